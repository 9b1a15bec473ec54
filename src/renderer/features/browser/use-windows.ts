import { hashKey, type QueryKey, type UseQueryOptions, useQueries } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Page } from '../../../shared/contract/types.ts'
import type { KnownKey } from './value-type.ts'

/** Bytes that one read of a table's rows should stay near. */
const READ_SIZE_AIM = 1 << 20
const ROWS_PER_READ_MAX = 128
/** Where the server does not tell how large a value is. */
const ROWS_PER_READ_UNKNOWN = 50

/** How many elements to read at once: fewer of large ones, for they come whole. */
export function rowsPerRead({ size, length }: Pick<KnownKey, 'size' | 'length'>): number {
  if (size === undefined || !length) return ROWS_PER_READ_UNKNOWN
  const fitting = READ_SIZE_AIM / (size / length)
  return Math.max(1, Math.min(ROWS_PER_READ_MAX, 2 ** Math.floor(Math.log2(fitting))))
}

export interface Windows<Row> {
  /** As the newest window says. */
  readonly total: number | undefined
  /** Undefined until its window is there. */
  readonly rowAt: (index: number) => Row | undefined
  readonly onRangeChange: (first: number, end: number) => void
  readonly error: Error | null
  readonly retry: () => void
  /** Windows in sight say different lengths: what is shown was never there at one time. */
  readonly isTorn: boolean
}

/** A thumb dragged through a million rows passes thousands of windows: only where it rests is read. */
const REST_MS = 80

type WindowQuery<Row> = UseQueryOptions<Page<Row>, Error, Page<Row>, QueryKey>

/**
 * The rows in sight of a value whose rows are reached by number. They are read
 * in windows that begin at multiples of `step`, and only those in sight.
 */
export function useWindows<Row>(
  queryOf: (offset: number, count: number) => WindowQuery<Row>,
  step: number,
  isEnabled: boolean,
): Windows<Row> {
  const [range, setRange] = useState({ first: 0, end: 1 })
  const shown = useRef(range)
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(waiting.current), [])
  const onRangeChange = useCallback((first: number, end: number) => {
    const show = (): void => {
      shown.current = { first, end }
      setRange(shown.current)
    }
    clearTimeout(waiting.current)
    const isNear = first <= shown.current.end && end >= shown.current.first
    if (isNear) show()
    else waiting.current = setTimeout(show, REST_MS)
  }, [])

  const start = Math.floor(range.first / step)
  // At least one, which tells how many rows there are.
  const windowCount = Math.max(1, Math.ceil(range.end / step) - start)
  const offsets = Array.from({ length: windowCount }, (_, i) => (start + i) * step)
  const windows = useQueries({
    queries: offsets.map((offset) => ({ ...queryOf(offset, step), enabled: isEnabled })),
  })
  const known = windows.flatMap(({ data }) => (data ? [data] : []))
  const newest = windows.reduce((a, b) => (b.dataUpdatedAt > a.dataUpdatedAt ? b : a), windows[0]!)
  const failed = windows.find(({ error }) => error !== null)
  // Where no window in sight is there yet, the length is what the last one said of the same rows.
  const family = hashKey(queryOf(0, step).queryKey)
  const [last, setLast] = useState<{ readonly family: string; readonly total: number }>()
  const total = newest.data?.total ?? (last?.family === family ? last.total : undefined)
  if (total !== undefined && (last?.family !== family || last.total !== total)) setLast({ family, total })
  return {
    total,
    rowAt: (index) => {
      const window = windows[Math.floor(index / step) - start]?.data
      return window?.rows[index - window.offset]
    },
    onRangeChange,
    error: failed?.error ?? null,
    retry: () => {
      for (const { error, refetch } of windows) if (error) void refetch()
    },
    // While windows are being read anew, one is always ahead of another.
    isTorn: !windows.some(({ isFetching }) => isFetching) && known.some(({ total }) => total !== known[0]!.total),
  }
}
