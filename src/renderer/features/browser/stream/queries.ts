import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { StreamEntry } from '../../../../shared/contract/streams.ts'
import { type KeyName, type Latin1, VALUE_SIZE_MAX } from '../../../../shared/contract/types.ts'
import { compareIds, idAfter, idBefore, type StreamId } from '../../../../shared/text/stream-id.ts'
import { ask } from '../../../api/backend.ts'
import { browserKeys } from '../queries.ts'
import type { Place } from '../view-state.ts'

/** What of a stream is looked at, and from where. */
export interface EntriesView {
  /** `down`: the latest on top. */
  readonly order: 'down' | 'up'
  readonly min?: StreamId
  readonly max?: StreamId
  /** Where the rows begin at first; they go on in both directions. Absent: at the end that is on top. */
  readonly anchor?: StreamId
}

/** One window: read on from an ID in the order of the rows, or back from it, against their order. */
export interface WindowAt {
  readonly way: 'on' | 'back'
  readonly from?: StreamId
}

export interface EntriesWindow {
  /** In the order of the rows. */
  readonly entries: readonly StreamEntry[]
  readonly length: number
  /** Where it goes on above and below; absent: there the range ends. */
  readonly above?: StreamId
  readonly below?: StreamId
}

const PAGE = 200
/** So many windows are kept; those farthest away are forgotten, and read again when one comes back to them. */
const PAGES_KEPT = 10

export const entriesQuery = (place: Place, key: KeyName, view: EntriesView) =>
  infiniteQueryOptions({
    queryKey: [...browserKeys.key(place, key), 'entries', view.order, view.min, view.max, view.anchor],
    queryFn: ({ pageParam }) => readWindow(place, key, view, pageParam),
    initialPageParam: { way: 'on', from: view.anchor } as WindowAt,
    getNextPageParam: ({ below }): WindowAt | undefined =>
      below === undefined ? undefined : { way: 'on', from: below },
    getPreviousPageParam: ({ above }): WindowAt | undefined =>
      above === undefined ? undefined : { way: 'back', from: above },
    maxPages: PAGES_KEPT,
    structuralSharing: false,
    meta: { keepsPages: true },
  })

async function readWindow(
  place: Place,
  key: KeyName,
  { order, min, max }: EntriesView,
  { way, from }: WindowAt,
): Promise<EntriesWindow> {
  const goesDown = (order === 'down') === (way === 'on')
  const page = await ask('streams.page', {
    ...place,
    key,
    order: goesDown ? 'down' : 'up',
    min: goesDown ? min : (from ?? min),
    max: goesDown ? (from ?? max) : max,
    count: PAGE,
  })
  // What lies on the other side of where this window began.
  const behind = from && within(goesDown ? idAfter(from) : idBefore(from), min, max)
  return way === 'on'
    ? { entries: page.entries, length: page.length, above: behind, below: page.next }
    : { entries: page.entries.toReversed(), length: page.length, above: page.next, below: behind }
}

function within(id: StreamId | undefined, min: StreamId | undefined, max: StreamId | undefined): StreamId | undefined {
  if (id === undefined || (min && compareIds(id, min) < 0) || (max && compareIds(id, max) > 0)) return undefined
  return id
}

export const infoQuery = (place: Place, key: KeyName) =>
  queryOptions({
    queryKey: [...browserKeys.key(place, key), 'info'],
    queryFn: () => ask('streams.info', { ...place, key }),
  })

/** Of longer values this much is read with their entry, the rest when asked for. */
export const ENTRY_VALUE_MAX = 16 << 10

export const entryQuery = (place: Place, key: KeyName, id: StreamId) =>
  queryOptions({
    queryKey: [...browserKeys.key(place, key), 'entry', id],
    queryFn: () => ask('streams.entry', { ...place, key, id, valueBytes: ENTRY_VALUE_MAX }),
    structuralSharing: false,
  })

export const entryValueQuery = (place: Place, key: KeyName, id: StreamId, index: number) =>
  queryOptions({
    queryKey: [...browserKeys.key(place, key), 'entry', id, index],
    queryFn: () => ask('streams.read', { ...place, key, id, index, offset: 0, count: VALUE_SIZE_MAX }),
    structuralSharing: false,
  })

const COUNT_WINDOW = 2_000

/** Entries below an ID, by windows. */
export const countQuery = (place: Place, key: KeyName, max: StreamId | undefined) =>
  infiniteQueryOptions({
    queryKey: [...browserKeys.key(place, key), 'count', max],
    queryFn: ({ pageParam }) => ask('streams.count', { ...place, key, min: pageParam, max, count: COUNT_WINDOW }),
    initialPageParam: undefined as StreamId | undefined,
    getNextPageParam: ({ next }) => next,
    enabled: max !== undefined,
    gcTime: 0,
  })

export const groupsQuery = (place: Place, key: KeyName) =>
  queryOptions({
    queryKey: [...browserKeys.key(place, key), 'groups'],
    // When it was asked: idle times count up from here.
    queryFn: async () => ({ groups: await ask('streams.groups', { ...place, key }), at: Date.now() }),
  })

export const consumersQuery = (place: Place, key: KeyName, group: Latin1) =>
  queryOptions({
    queryKey: [...browserKeys.key(place, key), 'consumers', group],
    queryFn: async () => ({ consumers: await ask('streams.consumers', { ...place, key, group }), at: Date.now() }),
  })

export interface PendingFilter {
  readonly consumer?: Latin1
  readonly minIdleMs?: number
  /** From this ID on. */
  readonly from?: StreamId
}

const PENDING_PAGE = 200

export const pendingQuery = (place: Place, key: KeyName, group: Latin1, { consumer, minIdleMs, from }: PendingFilter) =>
  infiniteQueryOptions({
    queryKey: [...browserKeys.key(place, key), 'pending', group, consumer, minIdleMs, from],
    queryFn: async ({ pageParam }) => {
      const request = { ...place, key, group, consumer, minIdleMs, min: pageParam, count: PENDING_PAGE }
      return { ...(await ask('streams.pending', request)), at: Date.now() }
    },
    initialPageParam: from,
    getNextPageParam: ({ next }) => next,
    structuralSharing: false,
  })
