import type { databases } from '../../../shared/contract/databases.ts'
import type { HandlersOf } from '../serve.ts'
import type { Services } from '../services/services.ts'

export const databasesHandlers = ({ databases: service }: Services) =>
  ({
    'databases.list': async () => service.list(),
    'databases.create': (request) => service.create(request),
    'databases.update': (request) => service.update(request),
    'databases.start': ({ id, port }) => service.start(id, port),
    'databases.stop': ({ id }) => service.stop(id),
    'databases.remove': ({ id, deleteData, confirm }) => service.remove(id, deleteData, confirm),
  }) satisfies HandlersOf<typeof databases>
