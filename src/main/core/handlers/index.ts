/*
 * All handlers: one file per domain, one line here.
 */
import type { Handlers } from '../serve.ts'
import type { Services } from '../services/services.ts'
import { appHandlers } from './app.ts'
import { browseHandlers } from './browse.ts'
import { checkpointsHandlers } from './checkpoints.ts'
import { connectionsHandlers } from './connections.ts'
import { consoleHandlers } from './console.ts'
import { databasesHandlers } from './databases.ts'
import { hashesHandlers } from './hashes.ts'
import { keysHandlers } from './keys.ts'
import { ledgerHandlers } from './ledger.ts'
import { listsHandlers } from './lists.ts'
import { sessionsHandlers } from './sessions.ts'
import { setsHandlers } from './sets.ts'
import { streamsHandlers } from './streams.ts'
import { stringsHandlers } from './strings.ts'
import { zsetsHandlers } from './zsets.ts'

export const allHandlers = (services: Services): Handlers => ({
  ...appHandlers(services),
  ...databasesHandlers(services),
  ...checkpointsHandlers(services),
  ...connectionsHandlers(services),
  ...sessionsHandlers(services),
  ...browseHandlers(services),
  ...keysHandlers(services),
  ...stringsHandlers(services),
  ...hashesHandlers(services),
  ...listsHandlers(services),
  ...setsHandlers(services),
  ...zsetsHandlers(services),
  ...streamsHandlers(services),
  ...consoleHandlers(services),
  ...ledgerHandlers(services),
})
