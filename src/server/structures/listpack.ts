/*
 * Listpack: a list of short strings in one block, in exactly the bytes that
 * Redis and Valkey have for it, because RDB files and DUMP carry it as it is.
 *
 *  byte  0        4       6                                size-1
 *        +--------+-------+---------+---------+-- - - --+------+
 *        | size   | count | entry   | entry   |         | 0xff |    little endian
 *        | u32    | u16   |         |         |         |      |
 *        +--------+-------+---------+---------+-- - - --+------+
 *
 * A count of 65535 means: that many or more, walk to know. What an ENTRY is: listpack-entry.ts.
 *
 * A position is a byte offset from the list's start, 0 = none; it is dead after
 * any change. What changes a list answers the list, which may have moved; NIL
 * means that memory is exhausted or the list too long, and nothing changed.
 */
import { assert, assertLayout } from '../base/assert.ts'
import { parseInteger } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { copyBytes, moveBytes } from '../memory/bytes.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import {
  type ByteSink,
  backSize,
  before,
  END,
  encodeEntry,
  entryEquals,
  entryNumber,
  entryText,
  nextEntry,
  sendEntry,
  writeEntry,
  writeU32,
} from './listpack-entry.ts'

// The header, in bytes.
const SIZE = 0
const COUNT = 4
const HEADER_SIZE = 6
assertLayout('listpack header', HEADER_SIZE, [
  [SIZE, 4],
  [COUNT, 2],
])
const COUNT_UNKNOWN = 0xffff

/** Redis' own limit: longer lists are refused. */
export const LISTPACK_SIZE_MAX = 1 << 30

const measured = new Slice()

export type { ByteSink }

const startOf = (pack: Ref): number => (pack & WORD_MASK) << 2

// Making

/** An empty list; NIL when memory is exhausted. */
export function listpackCreate(memory: Memory): Ref {
  const pack = memory.alloc(HEADER_SIZE + 1)
  if (pack === NIL) return NIL
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  const start = startOf(pack)
  writeU32(u8, start + SIZE, HEADER_SIZE + 1)
  u8[start + COUNT] = 0
  u8[start + COUNT + 1] = 0
  u8[start + HEADER_SIZE] = END
  return pack
}

/** A list of these bytes, which listpackIsValid (listpack-survey.ts) has accepted. */
export function listpackOf(memory: Memory, bytes: Slice): Ref {
  const pack = memory.alloc(bytes.size)
  if (pack !== NIL) copyBytes(memory.u8[pack >>> SEGMENT_SHIFT], startOf(pack), bytes.buf, bytes.at, bytes.size)
  return pack
}

/** Aims `out` at all bytes of the list. */
export function listpackBytes(memory: Memory, pack: Ref, out: Slice): Slice {
  return out.aim(memory.u8[pack >>> SEGMENT_SHIFT], startOf(pack), listpackSize(memory, pack))
}

/** A list of the `count` entries from `position` on, up to `end`, which is a position too, or 0 for all that follow. */
export function listpackPart(memory: Memory, pack: Ref, position: number, end: number, count: number): Ref {
  const stop = end === 0 ? listpackSize(memory, pack) - 1 : end
  const size = HEADER_SIZE + stop - position + 1
  const part = memory.alloc(size)
  if (part === NIL) return NIL
  const u8 = memory.u8[part >>> SEGMENT_SHIFT]
  const start = startOf(part)
  copyBytes(u8, start + HEADER_SIZE, memory.u8[pack >>> SEGMENT_SHIFT], startOf(pack) + position, stop - position)
  u8[start + size - 1] = END
  writeHeader(u8, start, size, count)
  return part
}

/** Makes one list of two, which are both freed; NIL: memory is exhausted, and nothing has changed. */
export function listpackJoin(memory: Memory, left: Ref, right: Ref): Ref {
  const kept = listpackSize(memory, left) - 1
  const added = listpackSize(memory, right) - HEADER_SIZE
  const count = listpackCount(memory, left) + listpackCount(memory, right)
  const joined = memory.alloc(kept + added)
  if (joined === NIL) return NIL
  const u8 = memory.u8[joined >>> SEGMENT_SHIFT]
  const start = startOf(joined)
  copyBytes(u8, start, memory.u8[left >>> SEGMENT_SHIFT], startOf(left), kept)
  copyBytes(u8, start + kept, memory.u8[right >>> SEGMENT_SHIFT], startOf(right) + HEADER_SIZE, added)
  writeHeader(u8, start, kept + added, count)
  memory.free(left)
  memory.free(right)
  return joined
}

function writeHeader(u8: Uint8Array, start: number, size: number, count: number): void {
  writeU32(u8, start + SIZE, size)
  const stored = Math.min(count, COUNT_UNKNOWN)
  u8[start + COUNT] = stored
  u8[start + COUNT + 1] = stored >>> 8
}

/** The size of the list in bytes. */
export function listpackSize(memory: Memory, pack: Ref): number {
  return memory.u32[pack >>> SEGMENT_SHIFT][pack & WORD_MASK]
}

/** The number of entries. Walks only lists of 65535 and more. */
export function listpackCount(memory: Memory, pack: Ref): number {
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  const at = startOf(pack) + COUNT
  const stored = u8[at] | (u8[at + 1] << 8)
  if (stored !== COUNT_UNKNOWN) return stored
  let count = 0
  for (let position = listpackFirst(memory, pack); position !== 0; position = listpackNext(memory, pack, position))
    count++
  if (count < COUNT_UNKNOWN) {
    u8[at] = count
    u8[at + 1] = count >>> 8
  }
  return count
}

// Walking

/** The first entry's position, 0 when the list is empty. */
export function listpackFirst(memory: Memory, pack: Ref): number {
  return memory.u8[pack >>> SEGMENT_SHIFT][startOf(pack) + HEADER_SIZE] === END ? 0 : HEADER_SIZE
}

/** The position after this one, 0 at the end. */
export function listpackNext(memory: Memory, pack: Ref, position: number): number {
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  const at = startOf(pack) + position
  const next = nextEntry(u8, at)
  return u8[next] === END ? 0 : next - at + position
}

/** The position before this one, 0 at the beginning. */
export function listpackPrevious(memory: Memory, pack: Ref, position: number): number {
  if (position === HEADER_SIZE) return 0
  return before(memory.u8[pack >>> SEGMENT_SHIFT], startOf(pack), position)
}

/** The last entry's position, 0 when the list is empty. */
export function listpackLast(memory: Memory, pack: Ref): number {
  const end = listpackSize(memory, pack) - 1
  return end === HEADER_SIZE ? 0 : before(memory.u8[pack >>> SEGMENT_SHIFT], startOf(pack), end)
}

/** The position of the entry with this index, counted from the end when negative; 0 when there is none. */
export function listpackSeek(memory: Memory, pack: Ref, index: number): number {
  let left = index
  let position: number
  if (index < 0) {
    position = listpackLast(memory, pack)
    while (++left < 0 && position !== 0) position = listpackPrevious(memory, pack, position)
  } else {
    position = listpackFirst(memory, pack)
    while (left-- > 0 && position !== 0) position = listpackNext(memory, pack, position)
  }
  return position
}

// Reading

/** Aims `out` at an entry's text: in the list, or, for an integer, in a scratch text that soon is reused. */
export function listpackGet(memory: Memory, pack: Ref, position: number, out: Slice): Slice {
  return entryText(memory.u8[pack >>> SEGMENT_SHIFT], startOf(pack) + position, out)
}

/** The value of an integer entry, NaN for any other. Beyond 2^53 the nearest double. */
export function listpackNumber(memory: Memory, pack: Ref, position: number): number {
  return entryNumber(memory.u8[pack >>> SEGMENT_SHIFT], startOf(pack) + position)
}

/** Hands the texts of up to `count` entries from `position` on to a sink, and answers how many there were. */
export function listpackSend(memory: Memory, pack: Ref, position: number, count: number, sink: ByteSink): number {
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  let at = startOf(pack) + position
  let sent = 0
  for (; sent < count && u8[at] !== END; sent++) at = sendEntry(u8, at, sink)
  return sent
}

/** Whether an entry's text is this one. */
export function listpackEquals(memory: Memory, pack: Ref, position: number, text: Slice): boolean {
  return entryEquals(memory.u8[pack >>> SEGMENT_SHIFT], startOf(pack) + position, text, parseInteger(text))
}

/**
 * The position of the first entry with this text, looking at every (skip + 1)th from the one at `from`
 * on; 0 when there is none. With skip 1 it finds a field among fields and values.
 */
export function listpackFind(memory: Memory, pack: Ref, text: Slice, skip = 0, from = HEADER_SIZE): number {
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  const start = startOf(pack)
  const number = parseInteger(text)
  let at = start + from
  let unseen = 0
  while (u8[at] !== END) {
    if (unseen === 0) {
      if (entryEquals(u8, at, text, number)) return at - start
      unseen = skip
    } else unseen--
    at = nextEntry(u8, at)
  }
  return 0
}

/** How many entries there are from one position to another one behind it, which 0 says is the end. */
export function listpackDistance(memory: Memory, pack: Ref, from: number, to: number): number {
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  const start = startOf(pack)
  const end = to === 0 ? start + listpackSize(memory, pack) - 1 : start + to
  let distance = 0
  for (let at = start + from; at < end; at = nextEntry(u8, at)) distance++
  return distance
}

/** The size of the longest text among the entries, 0 when there is none. */
export function listpackLongest(memory: Memory, pack: Ref): number {
  let longest = 0
  for (let at = listpackFirst(memory, pack); at !== 0; at = listpackNext(memory, pack, at)) {
    longest = Math.max(longest, listpackGet(memory, pack, at, measured).size)
  }
  return longest
}

// Changing

/** Adds an entry at the end. */
export function listpackAppend(memory: Memory, pack: Ref, text: Slice): Ref {
  if (listpackAddInPlace(memory, pack, text, false)) return pack
  return splice(memory, pack, listpackSize(memory, pack) - 1, 0, 0, text)
}

/**
 * Adds an entry before all others or behind them if its block has room for it, which is what most additions to lists
 * and sorted sets are. False: nothing has changed.
 */
export function listpackAddInPlace(memory: Memory, pack: Ref, text: Slice, atHead: boolean): boolean {
  const segment = pack >>> SEGMENT_SHIFT
  const u32 = memory.u32[segment]
  const u8 = memory.u8[segment]
  const word = pack & WORD_MASK
  const size = u32[word + SIZE / 4]
  const entry = encodeEntry(text)
  const added = entry + backSize(entry)
  if (size + added > memory.sizeOf(pack)) return false
  const start = word << 2
  if (atHead) {
    // The text may be one of the list's own, which are about to be moved.
    if (text.buf === u8) return false
    const first = start + HEADER_SIZE
    moveBytes(u8, first + added, first, size - HEADER_SIZE)
    writeEntry(u8, first, text)
  } else {
    writeEntry(u8, start + size - 1, text)
    u8[start + size - 1 + added] = END
  }
  u32[word + SIZE / 4] = size + added
  // The count is the lower half of its word.
  if ((u32[word + COUNT / 4] & COUNT_UNKNOWN) !== COUNT_UNKNOWN) u32[word + COUNT / 4]++
  return true
}

/**
 * Gives a list that is to grow a block of `bytes` bytes; the list, which has moved, or where it was when
 * memory does not allow for that.
 */
export function listpackReserve(memory: Memory, pack: Ref, bytes: number): Ref {
  if (memory.resizeInPlace(pack, bytes)) return pack
  const target = memory.alloc(bytes)
  if (target === NIL) return pack
  const from = memory.u8[pack >>> SEGMENT_SHIFT]
  copyBytes(memory.u8[target >>> SEGMENT_SHIFT], startOf(target), from, startOf(pack), listpackSize(memory, pack))
  memory.free(pack)
  return target
}

/** Adds an entry before all others. */
export function listpackPrepend(memory: Memory, pack: Ref, text: Slice): Ref {
  if (listpackAddInPlace(memory, pack, text, true)) return pack
  return splice(memory, pack, HEADER_SIZE, 0, 0, text)
}

/** Adds an entry before the one at `position`. It then has that position. */
export function listpackInsert(memory: Memory, pack: Ref, position: number, text: Slice): Ref {
  return splice(memory, pack, position, 0, 0, text)
}

/** Puts another entry in the place of the one at `position`. */
export function listpackReplace(memory: Memory, pack: Ref, position: number, text: Slice): Ref {
  return splice(memory, pack, position, bytesOf(memory, pack, position, 1), 1, text)
}

/** Removes `count` entries from `position` on, which exist. Never fails. What followed them then has that position. */
export function listpackRemove(memory: Memory, pack: Ref, position: number, count: number): Ref {
  return splice(memory, pack, position, bytesOf(memory, pack, position, count), count, null)
}

/**
 * Removes the first or the last entry, which exists, if what is left still needs its block: which is what most removals
 * from lists are. False: nothing has changed.
 */
export function listpackPopInPlace(memory: Memory, pack: Ref, atHead: boolean): boolean {
  const segment = pack >>> SEGMENT_SHIFT
  const u32 = memory.u32[segment]
  const u8 = memory.u8[segment]
  const word = pack & WORD_MASK
  const size = u32[word + SIZE / 4]
  const start = word << 2
  const first = start + HEADER_SIZE
  const end = start + size - 1
  const from = atHead ? first : start + before(u8, start, size - 1)
  const to = atHead ? nextEntry(u8, first) : end
  const newSize = size - (to - from)
  if (newSize <= memory.sizeOf(pack) >>> 1) return false
  if (atHead) moveBytes(u8, first, to, end + 1 - to)
  else u8[from] = END
  u32[word + SIZE / 4] = newSize
  // The count is the lower half of its word.
  if ((u32[word + COUNT / 4] & COUNT_UNKNOWN) !== COUNT_UNKNOWN) u32[word + COUNT / 4]--
  return true
}

/**
 * Keeps only the entries of which `isKept` says so, in one pass; it is handed each entry's position before anything
 * that follows it has moved. Never fails.
 */
export function listpackRetain(memory: Memory, pack: Ref, isKept: (position: number) => boolean): Ref {
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  const start = startOf(pack)
  let removed = 0
  let to = HEADER_SIZE
  let from = HEADER_SIZE
  while (u8[start + from] !== END) {
    const size = bytesOf(memory, pack, from, 1)
    if (isKept(from)) {
      if (to !== from) moveBytes(u8, start + to, start + from, size)
      to += size
    } else removed++
    from += size
  }
  return removed === 0 ? pack : splice(memory, pack, to, from - to, removed, null)
}

/** The bytes of `count` entries from `position` on. */
function bytesOf(memory: Memory, pack: Ref, position: number, count: number): number {
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  const start = startOf(pack) + position
  let at = start
  for (let left = count; left > 0; left--) {
    assert(u8[at] !== END, 'entries that are removed exist')
    at = nextEntry(u8, at)
  }
  return at - start
}

/** Takes out `removedCount` entries of `removed` bytes at `position` and puts in one of `text`, if it is not null. */
function splice(
  memory: Memory,
  pack: Ref,
  position: number,
  removed: number,
  removedCount: number,
  text: Slice | null,
): Ref {
  const size = listpackSize(memory, pack)
  let entry = 0
  if (text !== null) {
    entry = encodeEntry(text)
    entry += backSize(entry)
  }
  const newSize = size + entry - removed
  if (entry > removed && newSize > LISTPACK_SIZE_MAX) return NIL
  const count = countAfter(memory, pack, removedCount, text === null ? 0 : 1)
  let target = pack
  const room = memory.sizeOf(pack)
  // A list that grows keeps room it was given to grow into. Half of the room is asked about first: to find the size
  // of a block takes longer than to compare.
  if (newSize > room || (newSize < size && newSize <= room >>> 1 && memory.blockSize(newSize) <= room >>> 1)) {
    // When this shrinks it, the bytes that are about to be moved up may lie behind its new end: they are
    // still there, because nothing is allocated in between.
    if (!memory.resizeInPlace(pack, newSize)) {
      target = memory.alloc(newSize)
      if (target === NIL && newSize > room) return NIL
    }
  }
  if (target !== pack && target !== NIL) {
    const from = memory.u8[pack >>> SEGMENT_SHIFT]
    const to = memory.u8[target >>> SEGMENT_SHIFT]
    const tail = position + removed
    copyBytes(to, startOf(target), from, startOf(pack), position)
    copyBytes(to, startOf(target) + position + entry, from, startOf(pack) + tail, size - tail)
    if (text !== null) writeEntry(to, startOf(target) + position, text)
    memory.free(pack)
  } else {
    // A list that could not become smaller stays where it is.
    target = pack
    const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
    const start = startOf(pack)
    // The text may be one of the list's own, which is about to be moved.
    const isOwn = text !== null && text.buf === u8 && text.at < start + room && text.at + text.size > start
    const source = isOwn ? text.copy() : text
    moveBytes(u8, start + position + entry, start + position + removed, size - position - removed)
    if (source !== null) writeEntry(u8, start + position, source)
  }
  const u8 = memory.u8[target >>> SEGMENT_SHIFT]
  const start = startOf(target)
  writeU32(u8, start + SIZE, newSize)
  u8[start + COUNT] = count
  u8[start + COUNT + 1] = count >>> 8
  return target
}

/** The count field after a change: once unknown, it stays so until somebody counts. */
function countAfter(memory: Memory, pack: Ref, removed: number, added: number): number {
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  const at = startOf(pack) + COUNT
  const stored = u8[at] | (u8[at + 1] << 8)
  return stored === COUNT_UNKNOWN ? stored : Math.min(stored - removed + added, COUNT_UNKNOWN)
}
