import type { hashes } from '../../../shared/contract/hashes.ts'
import type { HandlersOf } from '../serve.ts'
import type { Services } from '../services/services.ts'
import {
  expireHashField,
  persistHashField,
  readHashField,
  readHashPage,
  removeHashFields,
  writeHashField,
} from '../services/values/hashes.ts'

export const hashesHandlers = ({ sessions }: Services) =>
  ({
    'hashes.page': ({ sessionId, db, key, ...page }) =>
      readHashPage({ session: sessions.get(sessionId), db, key }, page),
    'hashes.read': ({ sessionId, db, key, field, offset, count }) =>
      readHashField({ session: sessions.get(sessionId), db, key }, field, offset, count),
    'hashes.set': ({ sessionId, db, key, ...write }) =>
      writeHashField({ session: sessions.get(sessionId), db, key }, write),
    'hashes.remove': ({ sessionId, db, key, fields }) =>
      removeHashFields({ session: sessions.get(sessionId), db, key }, fields),
    'hashes.expireField': ({ sessionId, db, key, field, ttlMs }) =>
      expireHashField({ session: sessions.get(sessionId), db, key }, field, ttlMs),
    'hashes.persistField': ({ sessionId, db, key, field }) =>
      persistHashField({ session: sessions.get(sessionId), db, key }, field),
  }) satisfies HandlersOf<typeof hashes>
