import { keepPreviousData, type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { BrowseProgress } from '../../../shared/contract/browse.ts'
import type { Method, Request, Response } from '../../../shared/contract/contract.ts'
import type { KeyName, Latin1 } from '../../../shared/contract/types.ts'
import { bytesToLatin1, utf8ToBytes } from '../../../shared/text/bytes.ts'
import { ask } from '../../api/backend.ts'
import { ofDataOf } from '../../api/replaced-data.ts'
import { fetchKeyType } from './key-types.ts'
import type { Place } from './view-state.ts'

export interface ScanSpec extends Place {
  readonly match: string
  readonly type: string
  readonly scan: number
}

/** Every query of this feature starts with its root; those of a database carry the session, which forgets them. */
export const browserKeys = {
  /** One string: a browse survives what makes the session's other queries stale, for it recovers by itself. */
  browse: ({ sessionId, db, match, type, scan }: ScanSpec) =>
    ['browser', 'browse', JSON.stringify([sessionId, db, match, type, scan])] as const,
  rows: (browseId: string) => ['browser', 'rows', browseId] as const,
  key: ({ sessionId, db }: Place, key: KeyName) => ['browser', 'key', sessionId, db, key] as const,
  type: ({ sessionId, db }: Place, key: KeyName) => ['browser', 'type', sessionId, db, key] as const,
}

/** Starts the scan; from then on its events keep this entry up to date (use-browse.ts). */
export const browseQuery = (spec: ScanSpec) =>
  queryOptions({
    queryKey: browserKeys.browse(spec),
    queryFn: () =>
      ask('browse.start', {
        sessionId: spec.sessionId,
        db: spec.db,
        match: spec.match === '' ? undefined : (bytesToLatin1(utf8ToBytes(spec.match)) as Latin1),
        types: spec.type === '' ? [] : [spec.type],
      }),
    staleTime: Number.POSITIVE_INFINITY,
    // The backend holds the index as long as the session; a page that comes back finds it again.
    gcTime: Number.POSITIVE_INFINITY,
    meta: ofDataOf(spec.sessionId),
  })

export interface Rows {
  readonly offset: number
  readonly count: number
}

/** Rows shown until the new ones are there carry their own offset, so they are never shown in the wrong place. */
export const treeQuery = (browseId: string, expanded: readonly Latin1[], { offset, count }: Rows) =>
  queryOptions({
    queryKey: [...browserKeys.rows(browseId), 'tree', expanded, offset, count],
    queryFn: () => ask('browse.tree', { browseId, expanded: [...expanded], offset, count }),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    enabled: browseId !== '',
  })

export const listQuery = (browseId: string, { offset, count }: Rows) =>
  queryOptions({
    queryKey: [...browserKeys.rows(browseId), 'list', offset, count],
    queryFn: () => ask('browse.list', { browseId, offset, count, sort: 'name' }),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    enabled: browseId !== '',
  })

const TYPE_KEPT_MS = 60_000

/** What stands beside a key in the list. Asked for with all the others in view, in one call. */
export const keyTypeQuery = (place: Place, key: KeyName) =>
  queryOptions({
    queryKey: browserKeys.type(place, key),
    queryFn: () => fetchKeyType(place, key),
    staleTime: TYPE_KEPT_MS,
    gcTime: TYPE_KEPT_MS,
  })

export const describeQuery = (place: Place, key: KeyName) =>
  queryOptions({
    queryKey: [...browserKeys.key(place, key), 'describe'],
    // When it was asked, so that a time to live can be counted down from it.
    queryFn: async () => ({ ...(await ask('keys.describe', { ...place, key })), at: Date.now() }),
  })

/** Everything shown of one key, asked for again. */
export async function refreshKey(client: QueryClient, place: Place, key: KeyName): Promise<void> {
  // Later pages are forgotten: a value scrolled through would otherwise be read again from top to bottom.
  // Queries that bound how many they keep say so, and stay where they are.
  client.setQueriesData<Pages>(
    {
      queryKey: browserKeys.key(place, key),
      predicate: ({ meta, state }) => isPaged(state.data) && meta?.['keepsPages'] !== true,
    },
    firstPageOnly,
  )
  await Promise.all([
    client.invalidateQueries({ queryKey: browserKeys.key(place, key) }),
    client.invalidateQueries({ queryKey: browserKeys.type(place, key) }),
  ])
}

interface Pages {
  readonly pages: readonly unknown[]
  readonly pageParams: readonly unknown[]
}
const isPaged = (data: unknown): data is Pages => typeof data === 'object' && data !== null && 'pageParams' in data
const firstPageOnly = (data: Pages | undefined): Pages | undefined =>
  data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) }

/** A method that changes one key; afterwards all that is shown of it is asked for again. */
export function useKeyCall<M extends Method>(method: M, place: Place, key: KeyName) {
  const client = useQueryClient()
  return useMutation<Response<M>, Error, Request<M>>({
    mutationFn: (request) => ask(method, request),
    // Not waited for: what the change set off (a dialog that closes) must not wait for reading it back.
    onSettled: () => void refreshKey(client, place, key),
  })
}

export const setProgress = (client: QueryClient, spec: ScanSpec, progress: BrowseProgress): void => {
  client.setQueryData(browserKeys.browse(spec), progress)
}
