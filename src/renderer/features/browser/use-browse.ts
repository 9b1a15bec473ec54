import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import type { BrowseProgress, KeyRow, TreeRow as TreeRowData } from '../../../shared/contract/browse.ts'
import type { Latin1 } from '../../../shared/contract/types.ts'
import { ask, toFailure, useBackendEvent } from '../../api/backend.ts'
import { toast } from '../../ui/toast.tsx'
import { browseQuery, browserKeys, listQuery, type Rows, type ScanSpec, setProgress, treeQuery } from './queries.ts'
import type { Place, View } from './view-state.ts'

export interface BrowseState {
  readonly progress: BrowseProgress | undefined
  readonly error: Error | null
  readonly retry: () => void
  readonly pause: () => void
  readonly resume: () => void
}

/** The scan behind the list: started when first looked at, followed by its events. */
export function useBrowse(place: Place, { match, type, scan }: Pick<View, 'match' | 'type' | 'scan'>): BrowseState {
  const client = useQueryClient()
  const spec: ScanSpec = { ...place, match, type, scan }
  const { data: progress, error, refetch } = useQuery(browseQuery(spec))
  const browseId = progress?.browseId

  useBackendEvent('browse.progress', (told) => {
    if (told.browseId !== browseId) return
    setProgress(client, spec, told)
    if (told.revision !== progress?.revision)
      void client.invalidateQueries({ queryKey: browserKeys.rows(told.browseId) })
  })
  // A scan that could not begin begins when the server is back; one under way goes on by itself.
  useBackendEvent('sessions.state', ({ sessionId, state }) => {
    if (error && sessionId === place.sessionId && state === 'ready') void refetch()
  })
  useForgotten(browseId)

  const steer = (method: 'browse.pause' | 'browse.resume') => () => {
    if (browseId === undefined) return
    ask(method, { browseId })
      .then((told) => setProgress(client, spec, told))
      .catch((failed: unknown) => toast({ kind: 'error', title: toFailure(failed).message }))
  }
  return {
    progress,
    error,
    retry: () => void refetch(),
    pause: steer('browse.pause'),
    resume: steer('browse.resume'),
  }
}

/** Another filter is another browse: the one before is stopped, and forgotten here as well. */
function useForgotten(browseId: string | undefined): void {
  const client = useQueryClient()
  const [latest, setLatest] = useState(browseId)
  useEffect(() => {
    if (browseId === undefined || browseId === latest) return
    setLatest(browseId)
    if (latest === undefined) return
    client.removeQueries({ queryKey: browserKeys.rows(latest) })
    client.removeQueries({
      predicate: ({ queryKey, state }) =>
        queryKey[1] === 'browse' && (state.data as BrowseProgress | undefined)?.browseId === latest,
    })
    // A backend that has forgotten it already is no matter.
    ask('browse.stop', { browseId: latest }).catch(() => undefined)
  }, [browseId, latest, client])
}

export interface RowWindow<Row> {
  readonly total: number
  readonly rowAt: (index: number) => Row | undefined
  readonly onRangeChange: (first: number, end: number) => void
  readonly isPending: boolean
  readonly error: Error | null
  readonly retry: () => void
}

/** Windows begin at multiples of this, so that scrolling a few rows asks for nothing. */
const WINDOW_STEP = 128

function useRange(): readonly [Rows, (first: number, end: number) => void] {
  const [rows, setRows] = useState<Rows>({ offset: 0, count: 2 * WINDOW_STEP })
  const onRangeChange = useCallback((first: number, end: number) => {
    const offset = Math.max(0, (Math.floor(first / WINDOW_STEP) - 1) * WINDOW_STEP)
    const count = Math.ceil((end + WINDOW_STEP - offset) / WINDOW_STEP) * WINDOW_STEP
    setRows((old) => (old.offset === offset && old.count === count ? old : { offset, count }))
  }, [])
  return [rows, onRangeChange]
}

interface PageOf<Row> {
  readonly rows: readonly Row[]
  readonly offset: number
  readonly total: number
}

interface WindowQuery<Row> {
  readonly data: PageOf<Row> | undefined
  readonly error: Error | null
  readonly isPending: boolean
  readonly refetch: () => unknown
}

const windowOf = <Row>(query: WindowQuery<Row>, onRangeChange: RowWindow<Row>['onRangeChange']): RowWindow<Row> => ({
  total: query.data?.total ?? 0,
  rowAt: (index) => query.data?.rows[index - query.data.offset],
  onRangeChange,
  isPending: query.isPending,
  error: query.error,
  retry: () => void query.refetch(),
})

export function useTreeRows(browseId: string, expanded: readonly Latin1[]): RowWindow<TreeRowData> {
  const [rows, onRangeChange] = useRange()
  return windowOf(useQuery(treeQuery(browseId, expanded, rows)), onRangeChange)
}

export function useListRows(browseId: string): RowWindow<KeyRow> {
  const [rows, onRangeChange] = useRange()
  return windowOf(useQuery(listQuery(browseId, rows)), onRangeChange)
}
