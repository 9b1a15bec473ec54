import { queryOptions } from '@tanstack/react-query'
import type { ListElement, ListEnd } from '../../../../shared/contract/lists.ts'
import type { KeyName, Latin1 } from '../../../../shared/contract/types.ts'
import { ask } from '../../../api/backend.ts'
import { browserKeys, type Rows } from '../queries.ts'
import type { FindingsQuery } from '../use-findings.ts'
import type { Place } from '../view-state.ts'

/** A window scrolled past is kept for so long. */
const WINDOW_KEPT_MS = 60_000

export const listWindowQuery = (place: Place, key: KeyName, from: ListEnd, { offset, count }: Rows) => ({
  queryKey: [...browserKeys.key(place, key), 'list', from, offset, count],
  queryFn: () => ask('lists.window', { ...place, key, from, offset, count }),
  structuralSharing: false,
  gcTime: WINDOW_KEPT_MS,
})

export const listSearchQuery = (
  place: Place,
  key: KeyName,
  from: ListEnd,
  match: string,
): FindingsQuery<ListElement> => ({
  queryKey: [...browserKeys.key(place, key), 'list-search', from, match],
  queryFn: async ({ pageParam }) => {
    const { next, ...found } = await ask('lists.search', {
      ...place,
      key,
      from,
      offset: Number(pageParam),
      match: match as Latin1,
    })
    return { ...found, next: next === null ? undefined : String(next) }
  },
  initialPageParam: '0',
  getNextPageParam: ({ next }) => next,
  structuralSharing: false,
  enabled: match !== '',
})

/** By its digest as well: another element that has come to stand there is another query. */
export const listElementQuery = (place: Place, key: KeyName, index: number, digest: string) =>
  queryOptions({
    queryKey: [...browserKeys.key(place, key), 'list-element', index, digest],
    queryFn: () => ask('lists.read', { ...place, key, index, digest }),
    structuralSharing: false,
  })
