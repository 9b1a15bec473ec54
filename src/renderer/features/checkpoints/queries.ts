import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { CheckpointPlace, Moment } from '../../../shared/contract/checkpoints.ts'
import type { Method, Request, Response } from '../../../shared/contract/contract.ts'
import type { LocalDatabase } from '../../../shared/contract/databases.ts'
import type { SessionTarget } from '../../../shared/contract/sessions.ts'
import { ask, useBackendEvent } from '../../api/backend.ts'
import { useDatabases } from '../../api/databases.ts'
import { toTargetKey } from '../../api/target.ts'

/** The ID of the session is in the key, so that what a server away may have changed is asked for again. */
export const checkpointsKeys = {
  all: ['checkpoints'] as const,
  list: (place: CheckpointPlace) =>
    [...checkpointsKeys.all, 'sessionId' in place ? place.sessionId : place.database] as const,
}

export const listQuery = (place: CheckpointPlace) =>
  queryOptions({
    queryKey: checkpointsKeys.list(place),
    queryFn: () => ask('checkpoints.list', { place }),
    // Made by FLUSHALL of whoever, at any time: what was read a moment ago may be short of one.
    staleTime: 0,
  })

/** The local database that a session looks at, if it is one. */
export function useLocalDatabase(target: SessionTarget): LocalDatabase | undefined {
  const { data } = useDatabases()
  return 'database' in target ? data?.find(({ id }) => id === target.database) : undefined
}

/**
 * The list of a server. It follows what is done in other windows; that of a local
 * database also what others do to it, another server's is asked for by hand then.
 */
export function useCheckpoints(place: CheckpointPlace, target: SessionTarget) {
  const query = useQuery(listQuery(place))
  const database = useLocalDatabase(target)
  const known = database && `${database.checkpoints?.count} ${database.checkpoints?.latestAt}`
  const seen = useRef(known)
  const { refetch } = query
  const client = useQueryClient()
  useBackendEvent('checkpoints.changed', (changed) => {
    // What this window does asks for the list by itself when it is done.
    if (toTargetKey(changed) === toTargetKey(target) && client.isMutating() === 0) void refetch()
  })
  useEffect(() => {
    // The first that is told is what the list was asked for with.
    if (seen.current !== undefined && known !== seen.current) void refetch()
    seen.current = known
  }, [known, refetch])
  return query
}

/** One method of the contract as a mutation; afterwards the lists are asked for again, done or not. */
export function useCheckpointCall<M extends Method>(method: M) {
  const client = useQueryClient()
  return useMutation<Response<M>, Error, Request<M>>({
    mutationFn: (request) => ask(method, request),
    onSettled: () => client.invalidateQueries({ queryKey: checkpointsKeys.all }),
  })
}

export function useRewind(sessionId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (to: Moment) => ask('checkpoints.rewind', { place: { sessionId }, to }),
    // That the data is other data the session tells all its windows, this one too. The list is longer by one at any rate.
    onSettled: () => client.invalidateQueries({ queryKey: checkpointsKeys.all }),
  })
}

export type RewindCall = ReturnType<typeof useRewind>
