import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Method, Request, Response } from '../../../shared/contract/contract.ts'
import { ask, useBackendEvent } from '../../api/backend.ts'

export const homeKeys = {
  databases: ['home', 'databases'] as const,
  connections: ['home', 'connections'] as const,
}

const databasesQuery = queryOptions({
  queryKey: homeKeys.databases,
  queryFn: () => ask('databases.list', {}),
})

const connectionsQuery = queryOptions({
  queryKey: homeKeys.connections,
  queryFn: () => ask('connections.list', {}),
})

/** The backend tells of every change with the whole list, so nothing is polled. */
export function useDatabases() {
  const client = useQueryClient()
  useBackendEvent('databases.changed', (list) => client.setQueryData(homeKeys.databases, list))
  return useQuery(databasesQuery)
}

export function useConnections() {
  const client = useQueryClient()
  useBackendEvent('connections.changed', (list) => client.setQueryData(homeKeys.connections, list))
  return useQuery(connectionsQuery)
}

/** One method of the contract as a mutation; afterwards the lists are asked for again, event or not. */
export function useCall<M extends Method>(method: M) {
  const client = useQueryClient()
  return useMutation<Response<M>, Error, Request<M>>({
    mutationFn: (request) => ask(method, request),
    onSettled: () => client.invalidateQueries({ queryKey: ['home'] }),
  })
}
