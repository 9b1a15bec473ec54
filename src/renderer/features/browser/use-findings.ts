import {
  hashKey,
  type InfiniteData,
  type QueryKey,
  type UseInfiniteQueryOptions,
  useInfiniteQuery,
} from '@tanstack/react-query'
import { useEffect, useState } from 'react'

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

export interface Findings<Row, P = FindingsPage<Row>> {
  /** The newest page. */
  readonly latest: P | undefined
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

export type FindingsQuery<Row, P extends FindingsPage<Row> = FindingsPage<Row>> = UseInfiniteQueryOptions<
  P,
  Error,
  InfiniteData<P>,
  QueryKey,
  string
>

/**
 * Rows that a cursor brings: read on until there are more than are in sight, or
 * it is stopped. A scan may bring a row twice; `nameOf` tells which are one.
 */
export function useFindings<Row, P extends FindingsPage<Row>>(
  query: FindingsQuery<Row, P>,
  nameOf: (row: Row) => string,
): Findings<Row, P> {
  const [lastVisible, setLastVisible] = useState(0)
  const [stopped, setStopped] = useState<string>()
  const [gathered] = useState(() => new Gathered<Row>())
  const name = hashKey(query.queryKey)
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useInfiniteQuery(query)
  const rows = gathered.rowsOf(data?.pages ?? [], nameOf)
  const isStopped = stopped === name
  const wantsMore = hasNextPage && !isStopped && !error && rows.length < lastVisible + ROWS_AHEAD
  useEffect(() => {
    if (wantsMore && !isFetching) void fetchNextPage()
  }, [wantsMore, isFetching, fetchNextPage])

  const latest = data?.pages.at(-1)
  const length = latest?.length
  const isComplete = data !== undefined && !hasNextPage
  const looked = data?.pages.reduce((sum, page) => sum + page.looked, 0) ?? 0
  return {
    latest,
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

/**
 * The rows of all pages, each once. Pages only ever come at the end, or begin
 * anew: gathering what is new alone keeps a scroll through a million rows from
 * costing a million for every page.
 */
class Gathered<Row> {
  #pages: readonly FindingsPage<Row>[] = []
  #places = new Map<string, number>()
  #rows: readonly Row[] = []

  rowsOf(pages: readonly FindingsPage<Row>[], nameOf: (row: Row) => string): readonly Row[] {
    const known = this.#pages.length
    const isSame = known === pages.length && this.#pages.every((page, i) => page === pages[i])
    if (isSame) return this.#rows
    const goesOn = known < pages.length && known > 0 && this.#pages.every((page, i) => page === pages[i])
    if (!goesOn) this.#places = new Map()
    const rows = goesOn ? [...this.#rows] : []
    for (const page of goesOn ? pages.slice(known) : pages) {
      for (const row of page.rows) {
        const place = this.#places.get(nameOf(row))
        if (place === undefined) this.#places.set(nameOf(row), rows.push(row) - 1)
        else rows[place] = row
      }
    }
    this.#pages = pages
    this.#rows = rows
    return rows
  }
}
