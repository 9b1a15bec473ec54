import {
  hashKey,
  type InfiniteData,
  type QueryKey,
  type UseInfiniteQueryOptions,
  useInfiniteQuery,
} from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'

/** What one call of a scan brings. */
export interface FindingsPage<Row> {
  readonly rows: readonly Row[]
  /** Elements it looked at. */
  readonly looked: number
  /** Elements of the whole value. */
  readonly length: number
  /** Where to go on; undefined: that was all. */
  readonly next: string | undefined
}

export interface Findings<Row> {
  readonly rows: readonly Row[]
  readonly looked: number
  readonly length: number | undefined
  readonly state: 'reading' | 'enough' | 'stopped' | 'complete' | 'failed'
  readonly error: Error | null
  readonly stop: () => void
  /** After a stop, or a failure. */
  readonly goOn: () => void
  readonly onRangeChange: (first: number, end: number) => void
}

/** Rows that are there before they come into sight. */
const ROWS_AHEAD = 100

export type FindingsQuery<Row> = UseInfiniteQueryOptions<
  FindingsPage<Row>,
  Error,
  InfiniteData<FindingsPage<Row>>,
  QueryKey,
  string
>

/**
 * Rows that a cursor brings: read on until there are more than are in sight, or
 * it is stopped. A scan may bring a row twice; `nameOf` tells which are one.
 */
export function useFindings<Row>(query: FindingsQuery<Row>, nameOf: (row: Row) => string): Findings<Row> {
  const [lastVisible, setLastVisible] = useState(0)
  const [stopped, setStopped] = useState<string>()
  const name = hashKey(query.queryKey)
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useInfiniteQuery(query)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `nameOf` is the same function in other words at each render.
  const rows = useMemo(() => {
    const byName = new Map<string, Row>()
    for (const page of data?.pages ?? []) for (const row of page.rows) byName.set(nameOf(row), row)
    return [...byName.values()]
  }, [data])
  const isStopped = stopped === name
  const wantsMore = hasNextPage && !isStopped && !error && rows.length < lastVisible + ROWS_AHEAD
  useEffect(() => {
    if (wantsMore && !isFetching) void fetchNextPage()
  }, [wantsMore, isFetching, fetchNextPage])

  const length = data?.pages.at(-1)?.length
  const isComplete = data !== undefined && !hasNextPage
  const looked = data?.pages.reduce((sum, page) => sum + page.looked, 0) ?? 0
  return {
    rows,
    // A server looks at about as many as it is asked to; never more than there are, and in the end at all.
    looked: length === undefined ? looked : isComplete ? length : Math.min(looked, length),
    length,
    state: error
      ? 'failed'
      : isComplete
        ? 'complete'
        : isStopped
          ? 'stopped'
          : wantsMore || !data
            ? 'reading'
            : 'enough',
    error,
    stop: () => setStopped(name),
    goOn: () => {
      setStopped(undefined)
      if (error) void (data ? fetchNextPage() : refetch())
    },
    onRangeChange: (_, end) => setLastVisible(end),
  }
}
