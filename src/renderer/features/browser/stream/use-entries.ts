import { useInfiniteQuery } from '@tanstack/react-query'
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { StreamEntry } from '../../../../shared/contract/streams.ts'
import type { KeyName } from '../../../../shared/contract/types.ts'
import type { RowsHandle } from '../../../ui/virtual-rows.tsx'
import type { Place } from '../view-state.ts'
import { type EntriesView, entriesQuery, type WindowAt } from './queries.ts'

/** Rows to have ready beyond those in sight; of few rows a fifth, lest reading on forget what is in sight. */
const aheadOf = (rows: number): number => Math.min(100, Math.floor(rows / 5))

export interface Range {
  readonly first: number
  readonly end: number
}

/**
 * The entries around what is in sight, read on in both directions. Windows come
 * and go at both ends; the rows in sight stay where they are.
 */
export function useEntries(place: Place, name: KeyName, view: EntriesView, table: RefObject<RowsHandle | null>) {
  const [range, setRange] = useState<Range>({ first: 0, end: 0 })
  const query = useInfiniteQuery(entriesQuery(place, name, view))
  const { data, error, hasNextPage, hasPreviousPage, isFetching, fetchNextPage, fetchPreviousPage } = query
  const rows = useMemo(() => data?.pages.flatMap((page) => page.entries) ?? [], [data])
  const [firstAt] = (data?.pageParams ?? []) as readonly WindowAt[]
  useInSight(rows, firstAt?.way, range, table, JSON.stringify(view))

  const ahead = aheadOf(rows.length)
  const wantsBelow = hasNextPage && range.end + ahead >= rows.length
  const wantsAbove = hasPreviousPage && (range.first < ahead || rows.length === 0)
  useEffect(() => {
    if (isFetching || error || !data) return
    if (wantsBelow) void fetchNextPage()
    else if (wantsAbove) void fetchPreviousPage()
  }, [wantsBelow, wantsAbove, isFetching, error, data, fetchNextPage, fetchPreviousPage])

  return { ...query, rows, length: data?.pages.at(-1)?.length, range, setRange }
}

function useInSight(
  rows: readonly StreamEntry[],
  way: WindowAt['way'] | undefined,
  { first }: Range,
  table: RefObject<RowsHandle | null>,
  viewed: string,
): void {
  const before = useRef({ rows, viewed })
  const at = useRef(first)
  useEffect(() => {
    at.current = first
  }, [first])
  useLayoutEffect(() => {
    const old = before.current
    if (old.rows === rows) return
    before.current = { rows, viewed }
    const top = rows[0]
    if (top === undefined) return
    if (old.viewed !== viewed || old.rows.length === 0) {
      // Before the first entry there is, or after the last: those nearest are at the end of what was read back.
      table.current?.show(way === 'back' ? rows.length - 1 : 0, 'start')
      return
    }
    const added = rows.findIndex((entry) => entry.id === old.rows[0]?.id)
    // At the top of the stream what is new comes into sight; anywhere else, nothing moves.
    if (added > 0 && (way === 'back' || at.current > 0)) table.current?.shift(added)
    if (added >= 0) return
    const dropped = old.rows.findIndex((entry) => entry.id === top.id)
    if (dropped > 0) table.current?.shift(-dropped)
  }, [rows, viewed, way, table])
}
