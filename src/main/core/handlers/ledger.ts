import type { ledger } from '../../../shared/contract/ledger.ts'
import type { HandlersOf } from '../serve.ts'
import type { Services } from '../services/services.ts'

export const ledgerHandlers = ({ sessions }: Services) =>
  ({
    'ledger.list': async ({ sessionId, offset, count }) => sessions.get(sessionId).ledger.page(offset, count),
  }) satisfies HandlersOf<typeof ledger>
