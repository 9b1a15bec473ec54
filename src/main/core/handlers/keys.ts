import type { keys } from '../../../shared/contract/keys.ts'
import type { HandlersOf } from '../serve.ts'
import type { Services } from '../services/services.ts'
import {
  createKey,
  describeKey,
  expireKey,
  persistKey,
  removeKeys,
  renameKey,
  typesOfKeys,
} from '../services/values/keys.ts'

/** Changes of which keys there are go to the browses too, so that a list is right without another scan. */
export const keysHandlers = ({ sessions, browses }: Services) =>
  ({
    'keys.describe': ({ sessionId, db, key }) => describeKey({ session: sessions.get(sessionId), db, key }),
    'keys.types': ({ sessionId, db, keys }) => typesOfKeys({ session: sessions.get(sessionId), db }, keys),
    'keys.expire': ({ sessionId, db, key, ttlMs }) => expireKey({ session: sessions.get(sessionId), db, key }, ttlMs),
    'keys.persist': ({ sessionId, db, key }) => persistKey({ session: sessions.get(sessionId), db, key }),
    'keys.rename': async ({ sessionId, db, key, to, overwrite }) => {
      const session = sessions.get(sessionId)
      const answer = await renameKey({ session, db, key }, to, overwrite)
      browses.keyRenamed(session, db, key, to)
      return answer
    },
    'keys.remove': async ({ sessionId, db, keys }) => {
      const session = sessions.get(sessionId)
      const answer = await removeKeys({ session, db }, keys)
      // Those that did not exist are gone just as well.
      browses.keysRemoved(session, db, keys)
      return answer
    },
    'keys.create': async ({ sessionId, db, key, value, ttlMs }) => {
      const session = sessions.get(sessionId)
      const description = await createKey({ session, db, key }, value, ttlMs)
      browses.keyAdded(session, db, key, value.type)
      return description
    },
  }) satisfies HandlersOf<typeof keys>
