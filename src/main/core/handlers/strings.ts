import type { strings } from '../../../shared/contract/strings.ts'
import type { HandlersOf } from '../serve.ts'
import type { Services } from '../services/services.ts'
import { addDistinct, countDistinct, readString, writeString } from '../services/values/strings.ts'

export const stringsHandlers = ({ sessions }: Services) =>
  ({
    'strings.read': ({ sessionId, db, key, offset, count }) =>
      readString({ session: sessions.get(sessionId), db, key }, offset, count),
    'strings.write': ({ sessionId, db, key, ...write }) =>
      writeString({ session: sessions.get(sessionId), db, key }, write),
    'strings.distinct': ({ sessionId, db, key }) => countDistinct({ session: sessions.get(sessionId), db, key }),
    'strings.addDistinct': ({ sessionId, db, key, element }) =>
      addDistinct({ session: sessions.get(sessionId), db, key }, element),
  }) satisfies HandlersOf<typeof strings>
