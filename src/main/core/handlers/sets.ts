import type { sets } from '../../../shared/contract/sets.ts'
import type { HandlersOf } from '../serve.ts'
import type { Services } from '../services/services.ts'
import { readMember } from '../services/values/members.ts'
import { addSetMember, readSetPage, removeSetMembers, renameSetMember } from '../services/values/sets.ts'

export const setsHandlers = ({ sessions }: Services) =>
  ({
    'sets.page': ({ sessionId, db, key, ...page }) => readSetPage({ session: sessions.get(sessionId), db, key }, page),
    'members.read': ({ sessionId, db, key, found }) => readMember({ session: sessions.get(sessionId), db, key }, found),
    'sets.add': ({ sessionId, db, key, member }) => addSetMember({ session: sessions.get(sessionId), db, key }, member),
    'sets.rename': ({ sessionId, db, key, from, to }) =>
      renameSetMember({ session: sessions.get(sessionId), db, key }, from, to),
    'sets.remove': ({ sessionId, db, key, members }) =>
      removeSetMembers({ session: sessions.get(sessionId), db, key }, members),
  }) satisfies HandlersOf<typeof sets>
