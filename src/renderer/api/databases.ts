import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, useBackendEvent } from './backend.ts'

export const databasesKey = ['databases'] as const

const databasesQuery = queryOptions({
  queryKey: databasesKey,
  queryFn: () => ask('databases.list', {}),
})

/** The local databases. The backend tells of every change with the whole list, so nothing is polled. */
export function useDatabases() {
  const client = useQueryClient()
  useBackendEvent('databases.changed', (list) => client.setQueryData(databasesKey, list))
  return useQuery(databasesQuery)
}
