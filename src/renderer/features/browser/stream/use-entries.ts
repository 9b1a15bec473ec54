import { useInfiniteQuery } from '@tanstack/react-query'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
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
  // The same, ahead of the render that tells of it: rows put before the first move what is in sight at once.
  const sight = useRef(range)
  const onRange = useCallback((first: number, end: number) => {
    sight.current = { first, end }
    setRange((old) => (old.first === first && old.end === end ? old : { first, end }))
  }, [])
  const query = useInfiniteQuery(entriesQuery(place, name, view))
  const { data, error, hasNextPage, hasPreviousPage, isFetching, fetchNextPage, fetchPreviousPage } = query
  const rows = useMemo(() => data?.pages.flatMap((page) => page.entries) ?? [], [data])
  const [firstAt] = (data?.pageParams ?? []) as readonly WindowAt[]
  useInSight({ rows, way: firstAt?.way, sight, table, viewed: JSON.stringify(view) })

  // biome-ignore lint/correctness/useExhaustiveDependencies: `range` is when to look; `sight` is what there is to see.
  useEffect(() => {
    if (isFetching || error || !data) return
    const { first, end } = sight.current
    const ahead = aheadOf(rows.length)
    if (hasNextPage && end + ahead >= rows.length) void fetchNextPage()
    else if (hasPreviousPage && (first < ahead || rows.length === 0)) void fetchPreviousPage()
  }, [range, rows, data, error, isFetching, hasNextPage, hasPreviousPage, fetchNextPage, fetchPreviousPage])

  return { ...query, rows, length: data?.pages.at(-1)?.length, range, onRange }
}

interface InSight {
  readonly rows: readonly StreamEntry[]
  readonly way: WindowAt['way'] | undefined
  readonly sight: RefObject<Range>
  readonly table: RefObject<RowsHandle | null>
  /** Changes when other entries are looked at. */
  readonly viewed: string
}

/** Keeps the rows in sight where they are when others come and go above them. */
function useInSight({ rows, way, sight, table, viewed }: InSight): void {
  const before = useRef({ rows, viewed })
  useLayoutEffect(() => {
    const old = before.current
    if (old.rows === rows) return
    before.current = { rows, viewed }
    const top = rows[0]
    if (top === undefined) return
    const shift = (by: number): void => {
      sight.current = { first: sight.current.first + by, end: sight.current.end + by }
      table.current?.shift(by)
    }
    if (old.viewed !== viewed || old.rows.length === 0) {
      // Before the first entry there is, or after the last: those nearest are at the end of what was read back.
      table.current?.show(way === 'back' ? rows.length - 1 : 0, 'start')
      return
    }
    const added = rows.findIndex((entry) => entry.id === old.rows[0]?.id)
    // At the top of the stream what is new comes into sight; anywhere else, nothing moves.
    if (added > 0 && (way === 'back' || sight.current.first > 0)) shift(added)
    if (added >= 0) return
    const dropped = old.rows.findIndex((entry) => entry.id === top.id)
    if (dropped > 0) shift(-dropped)
  }, [rows, viewed, way, table, sight])
}
