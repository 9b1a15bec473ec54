/*
 * How many entries of a stream a group has read and has still to read, as far as
 * that can be told. Entries have no numbers: a group counts what it reads, and
 * when it was placed in the middle of a stream the count is inferred from what the
 * stream knows of itself: its first and last id, its length, how many entries were
 * ever added, and the greatest id that was deleted. The rules are those of Redis 7.
 */
import { StreamId } from '../base/stream-id.ts'
import type { Memory } from '../memory/arena.ts'
import type { Ref } from '../memory/layout.ts'
import { streamAdded, streamFirstId, streamLastId, streamLength, streamMaxDeletedId } from './stream.ts'
import { groupEntriesRead, groupLastId, groupSetEntriesRead, UNKNOWN } from './stream-groups.ts'

const first = new StreamId()
const last = new StreamId()
const deleted = new StreamId()
const groupLast = new StreamId()

/** Whether an entry from `from` on may have been deleted that is not the stream's past. */
function hasTombstonesFrom(memory: Memory, stream: Ref, from: StreamId): boolean {
  streamMaxDeletedId(memory, stream, deleted)
  if (streamLength(memory, stream) === 0 || deleted.isZero) return false
  if (streamFirstId(memory, stream, first).compare(deleted) > 0) return false
  return from.compare(deleted) <= 0
}

/** How many entries were added up to this id, or UNKNOWN. */
export function addedUpTo(memory: Memory, stream: Ref, id: StreamId): number | bigint {
  const added = streamAdded(memory, stream)
  if (added === 0) return 0
  const length = streamLength(memory, stream)
  const order = id.compare(streamLastId(memory, stream, last))
  if (order === 0 || (length === 0 && order < 0)) return added
  if (order > 0) return UNKNOWN
  streamFirstId(memory, stream, first)
  if (!streamMaxDeletedId(memory, stream, deleted).isZero && deleted.compare(first) >= 0) return UNKNOWN
  const orderToFirst = id.compare(first)
  if (orderToFirst > 0) return UNKNOWN
  return minus(added, orderToFirst === 0 ? length - 1 : length)
}

/** How many entries the group has not read yet, or undefined when it cannot be told. */
export function groupLag(memory: Memory, stream: Ref, group: Ref): number | bigint | undefined {
  const added = streamAdded(memory, stream)
  if (added === 0) return 0
  groupLastId(memory, group, groupLast)
  const read = groupEntriesRead(memory, group)
  if (read !== UNKNOWN && !hasTombstonesFrom(memory, stream, groupLast)) return minus(added, read)
  const estimated = addedUpTo(memory, stream, groupLast)
  return estimated === UNKNOWN ? undefined : minus(added, estimated)
}

/** Counts that the group has read the entry with this id, which comes after its last one. */
export function groupCountRead(memory: Memory, stream: Ref, group: Ref, id: StreamId): void {
  const read = groupEntriesRead(memory, group)
  groupLastId(memory, group, groupLast)
  const isCounting =
    read !== UNKNOWN &&
    groupLast.compare(streamFirstId(memory, stream, first)) >= 0 &&
    !hasTombstonesFrom(memory, stream, groupLast)
  if (isCounting) groupSetEntriesRead(memory, group, plusOne(read))
  else if (streamAdded(memory, stream) !== 0) groupSetEntriesRead(memory, group, addedUpTo(memory, stream, id))
}

/** A difference as 64 bits hold it: counts that somebody has set may be that far apart. */
function minus(a: number | bigint, b: number | bigint): number | bigint {
  return typeof a === 'number' && typeof b === 'number' ? a - b : BigInt.asIntN(64, BigInt(a) - BigInt(b))
}

function plusOne(value: number | bigint): number | bigint {
  return typeof value === 'number' ? value + 1 : value + 1n
}
