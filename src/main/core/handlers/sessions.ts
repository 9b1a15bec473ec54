import type { sessions } from '../../../shared/contract/sessions.ts'
import type { HandlersOf } from '../serve.ts'
import type { Services } from '../services/services.ts'

export const sessionsHandlers = ({ sessions: service }: Services) =>
  ({
    'sessions.open': ({ target }, caller) => service.open(target, caller),
    'sessions.info': ({ sessionId }, caller) => service.adopt(sessionId, caller).look(),
    'sessions.state': async ({ sessionId }, caller) => service.adopt(sessionId, caller).state(),
    'sessions.select': ({ sessionId, db }, caller) => service.adopt(sessionId, caller).select(db),
    'sessions.close': async ({ sessionId }) => {
      service.close(sessionId)
      return {}
    },
  }) satisfies HandlersOf<typeof sessions>
