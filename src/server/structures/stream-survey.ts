/*
 * A node of a stream that came from outside (an RDB file, RESTORE), looked through
 * before it is taken as it lies: whether it is a listpack and a node in every respect,
 * on one way through its bytes. What a node is: stream-node.ts.
 */
import type { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import { checkedNext, END, entryHigh, entryLow, isText, u32At } from './listpack-entry.ts'
import { DELETED, SAME_FIELDS } from './stream-node.ts'

// The listpack's header, in bytes: listpack.ts draws it.
const COUNT = 4
const HEADER_SIZE = 6
const COUNT_UNKNOWN = 0xffff
/** The most fields that are believed: no listpack has more entries. */
const FIELDS_MAX = 1 << 30

/** What is known of the nodes of a stream that have been looked through, in their order. */
export class StreamSurvey {
  /** Of the last entry, deleted or not; of no meaning before there is one. */
  readonly last = new StreamId()
  /** Of the first entry that is not deleted, likewise. */
  readonly firstLive = new StreamId()
  hasEntries = false
  hasLive = false
  /** The entries of the last node that are not deleted. */
  live = 0
}

const id = new StreamId()

/** Whether these bytes are a node under the id `master` that may follow those which `survey` knows; it then knows this one too. */
export function streamNodeSurvey(bytes: Slice, master: StreamId, survey: StreamSurvey): boolean {
  const { buf, at: start, size } = bytes
  const end = start + size - 1
  if (size < HEADER_SIZE + 1 || u32At(buf, start) !== size || buf[end] !== END) return false
  const liveAt = start + HEADER_SIZE
  const deletedAt = checkedNext(buf, liveAt, end)
  const fieldsAt = deletedAt === 0 ? 0 : checkedNext(buf, deletedAt, end)
  const namesAt = fieldsAt === 0 ? 0 : checkedNext(buf, fieldsAt, end)
  if (namesAt === 0) return false
  const fields = smallAt(buf, fieldsAt)
  const terminator = fields < 1 ? 0 : checkedSkip(buf, namesAt, fields, end)
  let at = terminator === 0 ? 0 : checkedNext(buf, terminator, end)
  if (at === 0 || smallAt(buf, terminator) !== 0) return false
  let count = fields + 4
  let live = 0
  let deleted = 0
  while (at < end) {
    // Flags are so small that they are one byte.
    const flags = buf[at]
    if (flags > (DELETED | SAME_FIELDS) || buf[at + 1] !== 1) return false
    const seqAt = checkedNext(buf, at + 2, end)
    const restAt = seqAt === 0 ? 0 : checkedNext(buf, seqAt, end)
    if (restAt === 0 || isText(buf[at + 2]) || isText(buf[seqAt])) return false
    const isSame = (flags & SAME_FIELDS) !== 0
    const own = isSame ? fields : smallAt(buf, restAt)
    const valuesAt = isSame ? restAt : checkedNext(buf, restAt, end)
    if (own < 1 || valuesAt === 0) return false
    const walkAt = checkedSkip(buf, valuesAt, isSame ? own : 2 * own, end)
    const walk = isSame ? own + 3 : 2 * own + 4
    const next = walkAt === 0 ? 0 : checkedNext(buf, walkAt, end)
    if (next === 0 || smallAt(buf, walkAt) !== walk) return false
    setId(buf, at + 2, seqAt, master)
    if (survey.hasEntries && id.compare(survey.last) <= 0) return false
    survey.hasEntries = true
    survey.last.copy(id)
    if (flags & DELETED) deleted++
    else if (live++ === 0 && !survey.hasLive) {
      survey.hasLive = true
      survey.firstLive.copy(id)
    }
    count += walk + 1
    at = next
  }
  const stored = buf[start + COUNT] | (buf[start + COUNT + 1] << 8)
  if (stored !== COUNT_UNKNOWN && stored !== count) return false
  survey.live = live
  return live > 0 && smallAt(buf, liveAt) === live && smallAt(buf, deletedAt) === deleted
}

/** Where the entry begins that comes after so many; 0 if one of them is not sound. */
function checkedSkip(buf: Uint8Array, from: number, entries: number, end: number): number {
  let at = from
  for (let left = entries; left > 0; left--) {
    at = checkedNext(buf, at, end)
    if (at === 0) return 0
  }
  return at
}

/** A small integer that is not negative; -1 where there is none. */
function smallAt(buf: Uint8Array, at: number): number {
  const first = buf[at]
  if (first < 0x80) return first
  if (first === END || isText(first) || entryHigh(buf, at) !== 0) return -1
  const value = entryLow(buf, at)
  return value <= FIELDS_MAX ? value : -1
}

/** Sets `id` to what is away from the master id by the integers at these places. */
function setId(buf: Uint8Array, msAt: number, seqAt: number, master: StreamId): void {
  const msLow = master.msLow + entryLow(buf, msAt)
  const seqLow = master.seqLow + entryLow(buf, seqAt)
  id.set(
    (master.msHigh + entryHigh(buf, msAt) + (msLow > 0xffff_ffff ? 1 : 0)) >>> 0,
    msLow >>> 0,
    (master.seqHigh + entryHigh(buf, seqAt) + (seqLow > 0xffff_ffff ? 1 : 0)) >>> 0,
    seqLow >>> 0,
  )
}
