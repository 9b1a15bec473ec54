import type { lists } from '../../../shared/contract/lists.ts'
import type { HandlersOf } from '../serve.ts'
import type { Services } from '../services/services.ts'
import {
  insertIntoList,
  pushToList,
  readListElement,
  readListWindow,
  removeListElement,
  searchList,
  setListElement,
} from '../services/values/lists.ts'

export const listsHandlers = ({ sessions }: Services) =>
  ({
    'lists.window': ({ sessionId, db, key, ...window }) =>
      readListWindow({ session: sessions.get(sessionId), db, key }, window),
    'lists.search': ({ sessionId, db, key, ...search }) =>
      searchList({ session: sessions.get(sessionId), db, key }, search),
    'lists.read': ({ sessionId, db, key, ...element }) =>
      readListElement({ session: sessions.get(sessionId), db, key }, element),
    'lists.push': ({ sessionId, db, key, end, value }) =>
      pushToList({ session: sessions.get(sessionId), db, key }, end, value),
    'lists.insert': ({ sessionId, db, key, ...insert }) =>
      insertIntoList({ session: sessions.get(sessionId), db, key }, insert),
    'lists.set': ({ sessionId, db, key, ...write }) =>
      setListElement({ session: sessions.get(sessionId), db, key }, write),
    'lists.remove': ({ sessionId, db, key, ...element }) =>
      removeListElement({ session: sessions.get(sessionId), db, key }, element),
  }) satisfies HandlersOf<typeof lists>
