/*
 * All handlers: one file per domain, one line here.
 */
import type { Handlers } from '../serve.ts'
import type { Services } from '../services/services.ts'
import { appHandlers } from './app.ts'
import { connectionsHandlers } from './connections.ts'
import { databasesHandlers } from './databases.ts'
import { ledgerHandlers } from './ledger.ts'
import { sessionsHandlers } from './sessions.ts'

export const allHandlers = (services: Services): Partial<Handlers> => ({
  ...appHandlers(services),
  ...databasesHandlers(services),
  ...connectionsHandlers(services),
  ...sessionsHandlers(services),
  ...ledgerHandlers(services),
})
