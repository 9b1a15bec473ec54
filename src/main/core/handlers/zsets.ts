import type { zsets } from '../../../shared/contract/zsets.ts'
import type { HandlersOf } from '../serve.ts'
import type { Services } from '../services/services.ts'
import {
  addZsetMember,
  readZsetWindow,
  removeZsetMembers,
  renameZsetMember,
  searchZset,
  setZsetScore,
} from '../services/values/zsets.ts'

export const zsetsHandlers = ({ sessions }: Services) =>
  ({
    'zsets.window': ({ sessionId, db, key, ...window }) =>
      readZsetWindow({ session: sessions.get(sessionId), db, key }, window),
    'zsets.search': ({ sessionId, db, key, ...search }) =>
      searchZset({ session: sessions.get(sessionId), db, key }, search),
    'zsets.add': ({ sessionId, db, key, member, score }) =>
      addZsetMember({ session: sessions.get(sessionId), db, key }, member, score),
    'zsets.score': ({ sessionId, db, key, ...write }) =>
      setZsetScore({ session: sessions.get(sessionId), db, key }, write),
    'zsets.rename': ({ sessionId, db, key, from, to }) =>
      renameZsetMember({ session: sessions.get(sessionId), db, key }, from, to),
    'zsets.remove': ({ sessionId, db, key, members }) =>
      removeZsetMembers({ session: sessions.get(sessionId), db, key }, members),
  }) satisfies HandlersOf<typeof zsets>
