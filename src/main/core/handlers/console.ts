import type { consoleCalls } from '../../../shared/contract/console.ts'
import type { HandlersOf } from '../serve.ts'
import { Consoles } from '../services/console/consoles.ts'
import { ConsoleDocs } from '../services/console/docs.ts'
import { ConsoleHistory } from '../services/console/history.ts'
import type { Services } from '../services/services.ts'

export const consoleHandlers = ({ sessions, events, dataDir, notices }: Services) => {
  const docs = new ConsoleDocs()
  const consoles = new Consoles(events, docs)
  const history = new ConsoleHistory(dataDir, notices)
  return {
    'console.run': ({ sessionId, ...request }, caller) => consoles.run(sessions.adopt(sessionId, caller), request),
    'console.cancel': ({ sessionId }, caller) => consoles.of(sessions.adopt(sessionId, caller)).cancel(),
    'console.open': ({ sessionId }, caller) => consoles.of(sessions.adopt(sessionId, caller)).open(),
    'console.docs': ({ sessionId }, caller) => docs.docs(sessions.adopt(sessionId, caller)),
    'console.history.get': ({ sessionId, count }, caller) =>
      history.list(sessions.adopt(sessionId, caller).info.target, count),
    'console.history.add': async ({ sessionId, input }, caller) => ({
      kept: await history.add(sessions.adopt(sessionId, caller).info.target, input),
    }),
  } satisfies HandlersOf<typeof consoleCalls>
}
