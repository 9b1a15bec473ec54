import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Method, Request, Response } from '../../../shared/contract/contract.ts'
import { ask, useBackendEvent } from '../../api/backend.ts'
import { databasesKey } from '../../api/databases.ts'

const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: () => ask('connections.list', {}),
})

/** The backend tells of every change with the whole list, so nothing is polled. */
export function useConnections() {
  const client = useQueryClient()
  useBackendEvent('connections.changed', (list) => client.setQueryData(connectionsQuery.queryKey, list))
  return useQuery(connectionsQuery)
}

/** One method of the contract as a mutation; afterwards the lists are asked for again, event or not. */
export function useCall<M extends Method>(method: M) {
  const client = useQueryClient()
  return useMutation<Response<M>, Error, Request<M>>({
    mutationFn: (request) => ask(method, request),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: databasesKey }),
        client.invalidateQueries({ queryKey: connectionsQuery.queryKey }),
      ]),
  })
}
