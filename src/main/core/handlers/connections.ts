import type { connections } from '../../../shared/contract/connections.ts'
import type { HandlersOf } from '../serve.ts'
import { parseUrl } from '../services/connections/parse-url.ts'
import { testConnection } from '../services/connections/test-connection.ts'
import type { Services } from '../services/services.ts'

export const connectionsHandlers = ({ connections: service, now }: Services) =>
  ({
    'connections.list': async () => service.list(),
    'connections.save': (draft) => service.save(draft),
    'connections.remove': async ({ id }) => {
      await service.remove(id)
      return {}
    },
    'connections.test': async (draft) => {
      const { endpoint, username, db } = draft
      return testConnection({ endpoint, username, db, password: await service.passwordOf(draft) }, now)
    },
    'connections.parseUrl': async ({ url }) => parseUrl(url),
  }) satisfies HandlersOf<typeof connections>
