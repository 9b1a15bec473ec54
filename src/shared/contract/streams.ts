/*
 * Streams by window. Entries come in pages of a range of IDs, their values
 * shortened to `valueBytes`; consumer groups are looked at without reading for
 * them (never XREADGROUP), so that looking changes nothing.
 */
import * as v from 'valibot'
import { isStreamId, type StreamId } from '../text/stream-id.ts'
import { call, returns } from './call.ts'
import {
  bytes,
  type FieldName,
  fieldName,
  keyAddress,
  type Latin1,
  latin1Name,
  natural,
  VALUE_SIZE_MAX,
  WINDOW_MAX,
  windowCount,
} from './types.ts'

export interface EntryField {
  readonly field: FieldName
  /** The first bytes of the value; all of it when it is no longer than `valueSize`. */
  readonly value: Uint8Array
  readonly valueSize: number
}

export interface StreamEntry {
  readonly id: StreamId
  /** In the order they were added in; a name may occur more than once. The first of them, when `fieldCount` is more. */
  readonly fields: readonly EntryField[]
  readonly fieldCount: number
}

export interface StreamPage {
  /** In the order they were asked for in. */
  readonly entries: readonly StreamEntry[]
  /** Where the range goes on: its `min` or `max` for the next page. Absent: that was the end of it. */
  readonly next?: StreamId
  /** Entries of the whole stream. */
  readonly length: number
}

/** What XINFO STREAM tells. What a server is too old to tell is absent. */
export interface StreamInfo {
  readonly length: number
  readonly groups: number
  /** Absent: the stream is empty. */
  readonly first?: StreamId
  readonly last?: StreamId
  /** The greatest ID there ever was; `*` and whatever is added must be above it. */
  readonly lastGenerated: StreamId
  /** Since Redis 7.0. 0-0: none was deleted. */
  readonly maxDeleted?: StreamId
  /** Ever, those deleted since included. Since Redis 7.0. */
  readonly entriesAdded?: number
}

export interface StreamGroup {
  readonly name: Latin1
  readonly consumers: number
  readonly pending: number
  readonly lastDelivered: StreamId
  /** Null: the server cannot know it. Absent: it is too old to tell (before Redis 7.0). */
  readonly entriesRead?: number | null
  /** Entries not delivered yet; null and absent as above. */
  readonly lag?: number | null
}

export interface StreamConsumer {
  readonly name: Latin1
  readonly pending: number
  /** Since it last tried to read, claim or acknowledge. */
  readonly idleMs: number
  /** Since it last got something; null: never. Absent: the server is too old to tell (before Redis 7.2). */
  readonly inactiveMs?: number | null
}

export interface PendingEntry {
  readonly id: StreamId
  readonly consumer: Latin1
  /** Since it was last delivered. */
  readonly idleMs: number
  readonly deliveries: number
}

const id = v.custom<StreamId>((x) => typeof x === 'string' && isStreamId(x), 'must be an ID such as 1700000000000-0')
const ids = v.pipe(v.array(id), v.minLength(1), v.maxLength(WINDOW_MAX))
const valueBytes = v.optional(v.pipe(natural, v.maxValue(65_536)), 512)
/** A group's place: an ID, or `$` for the end of the stream as the server then finds it. */
const place = v.union([id, v.literal('$')])

/** What to let go of, oldest first. `approximate` lets the server keep a little more, which is quicker. */
const trimming = v.variant('by', [
  v.strictObject({ by: v.literal('maxlen'), keep: natural, approximate: v.boolean() }),
  v.strictObject({ by: v.literal('minid'), keep: id, approximate: v.boolean() }),
])
export type Trimming = v.InferOutput<typeof trimming>

const entryFields = v.pipe(
  v.array(v.strictObject({ field: fieldName, value: bytes })),
  v.minLength(1, 'must have at least one field'),
  v.maxLength(WINDOW_MAX),
)
/** `*`, `<ms>-*` and `<ms>` let the server choose the rest. */
const newEntryId = v.optional(
  v.pipe(v.string(), v.regex(/^(?:\*|\d{1,20}|\d{1,20}-(?:\d{1,20}|\*))$/, 'must be *, <ms>-* or an ID')),
  '*',
)

/** As `keys.create` takes it: a stream begins with an entry. */
export const newStream = v.strictObject({ type: v.literal('stream'), id: newEntryId, fields: entryFields })
export type NewStream = v.InferOutput<typeof newStream>

const group = { ...keyAddress, group: latin1Name }

export const streams = {
  /** `down`: the latest first, from `max`; `up`: the earliest first, from `min`. Both bounds belong to the range. */
  'streams.page': call(
    v.strictObject({
      ...keyAddress,
      order: v.picklist(['down', 'up']),
      min: v.optional(id),
      max: v.optional(id),
      count: windowCount,
      valueBytes,
    }),
    returns<StreamPage>(),
  ),
  'streams.info': call(v.strictObject(keyAddress), returns<StreamInfo>()),
  /** All fields of one entry. NOT_FOUND where it was deleted. */
  'streams.entry': call(v.strictObject({ ...keyAddress, id, valueBytes }), returns<StreamEntry>()),
  /** A range of one value, which is named by where its field stands: names may repeat. */
  'streams.read': call(
    v.strictObject({
      ...keyAddress,
      id,
      index: natural,
      offset: natural,
      count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(VALUE_SIZE_MAX)),
    }),
    returns<{ readonly bytes: Uint8Array; readonly offset: number; readonly total: number }>(),
  ),
  /**
   * How many entries a range has, counted by reading them: no command tells. At
   * most `count` per call; `next` is the `min` with which to count on.
   */
  'streams.count': call(
    v.strictObject({ ...keyAddress, min: v.optional(id), max: v.optional(id), count: windowCount }),
    returns<{ readonly counted: number; readonly next?: StreamId }>(),
  ),
  /** Never creates the stream: KEY_MISSING. */
  'streams.add': call(
    v.strictObject({ ...keyAddress, id: newEntryId, fields: entryFields, trim: v.optional(trimming) }),
    returns<{ readonly id: StreamId }>(),
  ),
  'streams.remove': call(v.strictObject({ ...keyAddress, ids }), returns<{ readonly removed: number }>()),
  'streams.trim': call(v.strictObject({ ...keyAddress, trim: trimming }), returns<{ readonly removed: number }>()),

  'streams.groups': call(v.strictObject(keyAddress), returns<readonly StreamGroup[]>()),
  /** NOT_FOUND where the group is gone, as with all that name one. */
  'streams.consumers': call(v.strictObject(group), returns<readonly StreamConsumer[]>()),
  /** By ID from `min` on; `next` is the `min` of the next page. */
  'streams.pending': call(
    v.strictObject({
      ...group,
      consumer: v.optional(latin1Name),
      minIdleMs: v.optional(natural),
      min: v.optional(id),
      count: windowCount,
    }),
    returns<{ readonly entries: readonly PendingEntry[]; readonly next?: StreamId }>(),
  ),
  /** KEY_EXISTS where there is a group of that name. */
  'streams.createGroup': call(v.strictObject({ ...group, after: place }), returns<{ readonly created: true }>()),
  'streams.setGroupPlace': call(v.strictObject({ ...group, after: place }), returns<{ readonly set: true }>()),
  'streams.removeGroup': call(v.strictObject(group), returns<{ readonly removed: boolean }>()),
  /** Answers how many entries it had pending, which nobody has now. */
  'streams.removeConsumer': call(
    v.strictObject({ ...group, consumer: latin1Name }),
    returns<{ readonly pendingLost: number }>(),
  ),
  'streams.acknowledge': call(v.strictObject({ ...group, ids }), returns<{ readonly acknowledged: number }>()),
  /**
   * Makes `consumer` (created where there is none) the owner of those that have
   * been idle for `minIdleMs`; their deliveries are not counted up. Entries
   * that are no longer in the stream leave the pending list (since Redis 7.0).
   */
  'streams.claim': call(
    v.strictObject({ ...group, consumer: latin1Name, minIdleMs: natural, ids }),
    returns<{ readonly claimed: readonly StreamId[] }>(),
  ),
} as const
