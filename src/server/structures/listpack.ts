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
 * A count of 65535 means: that many or more, walk to know. An ENTRY is a head, in
 * whose first byte its encoding is told, the text if it is a string, and the back
 * length: the size of all that before, so that the list can be walked backwards.
 *
 *   0xxxxxxx                  integer 0 to 127
 *   110xxxxx +1               integer of 13 bits, signed, high bits first
 *   0xf1 +2, 0xf2 +3, 0xf3 +4, 0xf4 +8    signed integer, little endian
 *   10xxxxxx                  string of up to 63 bytes
 *   1110xxxx +1               string of up to 4095 bytes, high bits first
 *   0xf0 +4                   string, u32 little endian
 *
 * Text that is the canonical form of a signed 64-bit integer is stored as one.
 *
 * The back length is in groups of 7 bits, highest first; bit 7 is clear in its
 * first byte and set in all others, so that one reading from the right knows
 * where to stop. Servers before Redis 8.8 and Valkey 9.1 write one group too many
 * for sizes of exactly 16383, 2097151 and 268435455 (a leading group of 0); such
 * lists are walked, and kept, as they are.
 *
 * A position is a byte offset from the list's start, 0 = none; it is dead after
 * any change. What changes a list answers the list, which may have moved; NIL
 * means that memory is exhausted or the list too long, and nothing changed.
 */
import { assert, assertLayout } from '../base/assert.ts'
import { isInt64, parseInteger, writeInteger } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { copyBytes, sameBytes } from '../memory/bytes.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'

// The header, in bytes.
const SIZE = 0
const COUNT = 4
const HEADER_SIZE = 6
assertLayout('listpack header', HEADER_SIZE, [
  [SIZE, 4],
  [COUNT, 2],
])
const END = 0xff
const COUNT_UNKNOWN = 0xffff

/** Redis' own limit: longer lists are refused. */
export const LISTPACK_SIZE_MAX = 1 << 30

const INT13 = 0xc0
const STRING6 = 0x80
const STRING12 = 0xe0
const STRING32 = 0xf0
const INT16 = 0xf1
const INT24 = 0xf2
const INT64 = 0xf4

/** The texts of integers that were read lie here, in turns: each lives until so many others were read. */
const TEXTS = 16
const TEXT_SIZE = 24
const texts = new Uint8Array(TEXTS * TEXT_SIZE)
let nextText = 0
const measured = new Slice()
const sentText = new Slice()

/** The head of the entry that `encode` was last called for, and how much of the value follows it as text. */
const head = new Uint8Array(9)
let headSize = 0
let textSize = 0

const startOf = (pack: Ref): number => (pack & WORD_MASK) << 2

function u32At(u8: Uint8Array, at: number): number {
  return (u8[at] | (u8[at + 1] << 8) | (u8[at + 2] << 16) | (u8[at + 3] << 24)) >>> 0
}

function writeU32(u8: Uint8Array, at: number, value: number): void {
  u8[at] = value
  u8[at + 1] = value >>> 8
  u8[at + 2] = value >>> 16
  u8[at + 3] = value >>> 24
}

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

/** A list of these bytes, which listpackIsValid has accepted. */
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

/** The size of head and text of the entry at `at`. */
function entrySize(u8: Uint8Array, at: number): number {
  const first = u8[at]
  if (first < 0x80) return 1
  if (first < INT13) return 1 + (first & 0x3f)
  if (first < STRING12) return 2
  if (first < STRING32) return 2 + (((first & 0x0f) << 8) | u8[at + 1])
  if (first === STRING32) return 5 + u32At(u8, at + 1)
  return first === INT64 ? 9 : first - STRING32 + 2
}

/** How many bytes the back length takes that stands at `at` and says `size`. */
function backSizeAt(u8: Uint8Array, at: number, size: number): number {
  const bytes = backSize(size)
  // The only way in which a first group can be 0 is the old writers' group too many.
  return u8[at] === 0 && bytes > 1 ? bytes + 1 : bytes
}

/** How many bytes the back length of an entry of this size takes. */
function backSize(size: number): number {
  if (size <= 0x7f) return 1
  if (size <= 0x3fff) return 2
  if (size <= 0x1fffff) return 3
  return size <= 0xfffffff ? 4 : 5
}

function writeBack(u8: Uint8Array, at: number, size: number): void {
  const bytes = backSize(size)
  let rest = size
  for (let i = bytes - 1; i > 0; i--) {
    u8[at + i] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  u8[at] = rest
}

/** The first entry's position, 0 when the list is empty. */
export function listpackFirst(memory: Memory, pack: Ref): number {
  return memory.u8[pack >>> SEGMENT_SHIFT][startOf(pack) + HEADER_SIZE] === END ? 0 : HEADER_SIZE
}

/** The position after this one, 0 at the end. */
export function listpackNext(memory: Memory, pack: Ref, position: number): number {
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  const at = startOf(pack) + position
  const size = entrySize(u8, at)
  const skipped = size + backSizeAt(u8, at + size, size)
  return u8[at + skipped] === END ? 0 : position + skipped
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

/** The position of the entry that ends where `position` begins, by its back length. */
function before(u8: Uint8Array, start: number, position: number): number {
  let at = start + position - 1
  let size = u8[at] & 0x7f
  for (let shift = 7; u8[at] >= 0x80; shift += 7) size |= (u8[--at] & 0x7f) << shift
  return at - start - size
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
  return textAt(memory.u8[pack >>> SEGMENT_SHIFT], startOf(pack) + position, out)
}

function textAt(u8: Uint8Array, at: number, out: Slice): Slice {
  const first = u8[at]
  if (isString(first)) {
    const size = entrySize(u8, at)
    const skipped = first < INT13 ? 1 : first < STRING32 ? 2 : 5
    return out.aim(u8, at + skipped, size - skipped)
  }
  const text = nextText
  nextText = (nextText + TEXT_SIZE) % texts.length
  const size =
    first === INT64 ? writeText(int64At(u8, at + 1).toString(), text) : writeInteger(integerAt(u8, at), texts, text)
  return out.aim(texts, text, size)
}

function writeText(digits: string, at: number): number {
  for (let i = 0; i < digits.length; i++) texts[at + i] = digits.charCodeAt(i)
  return digits.length
}

function isString(first: number): boolean {
  return first >= STRING6 && first <= STRING32 && (first < INT13 || first >= STRING12)
}

/** The value of an integer entry that is not of 64 bits. */
function integerAt(u8: Uint8Array, at: number): number {
  const first = u8[at]
  if (first < 0x80) return first
  if (first < STRING12) return ((((first & 0x1f) << 8) | u8[at + 1]) << 19) >> 19
  if (first === INT16) return ((u8[at + 1] | (u8[at + 2] << 8)) << 16) >> 16
  if (first === INT24) return ((u8[at + 1] | (u8[at + 2] << 8) | (u8[at + 3] << 16)) << 8) >> 8
  return u32At(u8, at + 1) | 0
}

function int64At(u8: Uint8Array, at: number): bigint {
  return (BigInt(u32At(u8, at + 4) | 0) << 32n) | BigInt(u32At(u8, at))
}

/** The value of an integer entry, NaN for any other. Beyond 2^53 the nearest double. */
export function listpackNumber(memory: Memory, pack: Ref, position: number): number {
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  const at = startOf(pack) + position
  if (isString(u8[at])) return Number.NaN
  return u8[at] === INT64 ? Number(int64At(u8, at + 1)) : integerAt(u8, at)
}

/** What takes texts as bytes: a writer of replies. */
export interface ByteSink {
  /** Takes `size` bytes of `from`, starting at `at`, and keeps nothing of it. */
  bulkOf(from: Uint8Array, at: number, size: number): void
}

/** Hands the texts of up to `count` entries from `position` on to a sink, and answers how many there were. */
export function listpackSend(memory: Memory, pack: Ref, position: number, count: number, sink: ByteSink): number {
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  let at = startOf(pack) + position
  let sent = 0
  for (; sent < count && u8[at] !== END; sent++) {
    const first = u8[at]
    const size = entrySize(u8, at)
    if (first >= STRING6 && first < INT13) sink.bulkOf(u8, at + 1, size - 1)
    else if (isString(first)) {
      const skipped = first < STRING32 ? 2 : 5
      sink.bulkOf(u8, at + skipped, size - skipped)
    } else {
      const text = listpackGet(memory, pack, at - startOf(pack), sentText)
      sink.bulkOf(text.buf, text.at, text.size)
    }
    at += size + backSizeAt(u8, at + size, size)
  }
  return sent
}

/** Whether an entry's text is this one. */
export function listpackEquals(memory: Memory, pack: Ref, position: number, text: Slice): boolean {
  return equalsAt(memory.u8[pack >>> SEGMENT_SHIFT], startOf(pack) + position, text, parseInteger(text))
}

/**
 * The position of the first entry with this text, looking at every (skip + 1)th from the first on;
 * 0 when there is none. With skip 1 it finds a field among fields and values.
 */
export function listpackFind(memory: Memory, pack: Ref, text: Slice, skip = 0): number {
  const u8 = memory.u8[pack >>> SEGMENT_SHIFT]
  const start = startOf(pack)
  const number = parseInteger(text)
  let at = start + HEADER_SIZE
  let unseen = 0
  while (u8[at] !== END) {
    if (unseen === 0) {
      if (equalsAt(u8, at, text, number)) return at - start
      unseen = skip
    } else unseen--
    const size = entrySize(u8, at)
    at += size + backSizeAt(u8, at + size, size)
  }
  return 0
}

/** `number` is the text as an integer, NaN when it is none or too big for a number to hold. */
function equalsAt(u8: Uint8Array, at: number, text: Slice, number: number): boolean {
  const first = u8[at]
  if (first >= STRING6 && first < INT13) {
    return (first & 0x3f) === text.size && sameBytes(u8, at + 1, text.buf, text.at, text.size)
  }
  if (isString(first)) {
    const skipped = first < STRING32 ? 2 : 5
    return entrySize(u8, at) - skipped === text.size && sameBytes(u8, at + skipped, text.buf, text.at, text.size)
  }
  if (first !== INT64) return integerAt(u8, at) === number
  return isInt64(text) && int64At(u8, at + 1) === BigInt(text.text())
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
  return splice(memory, pack, listpackSize(memory, pack) - 1, 0, 0, text)
}

/** Adds an entry before all others. */
export function listpackPrepend(memory: Memory, pack: Ref, text: Slice): Ref {
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
      if (to !== from) u8.copyWithin(start + to, start + from, start + from + size)
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
    const size = entrySize(u8, at)
    at += size + backSizeAt(u8, at + size, size)
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
    encode(text)
    entry = headSize + textSize
    entry += backSize(entry)
  }
  const newSize = size + entry - removed
  if (entry > removed && newSize > LISTPACK_SIZE_MAX) return NIL
  const count = countAfter(memory, pack, removedCount, text === null ? 0 : 1)
  let target = pack
  const room = memory.sizeOf(pack)
  if (newSize > room || memory.blockSize(newSize) <= room >>> 1) {
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
    u8.copyWithin(start + position + entry, start + position + removed, start + size)
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

/** Finds the encoding of a text: fills `head`, sets headSize and textSize. */
function encode(text: Slice): void {
  textSize = 0
  const number = parseInteger(text)
  if (!Number.isNaN(number)) return encodeInteger(number)
  if (isInt64(text)) {
    const value = BigInt.asUintN(64, BigInt(text.text()))
    head[0] = INT64
    writeU32(head, 1, Number(value & 0xffff_ffffn))
    writeU32(head, 5, Number(value >> 32n))
    headSize = 9
    return
  }
  const { size } = text
  textSize = size
  if (size < 64) {
    head[0] = STRING6 | size
    headSize = 1
  } else if (size < 4096) {
    head[0] = STRING12 | (size >>> 8)
    head[1] = size
    headSize = 2
  } else {
    head[0] = STRING32
    writeU32(head, 1, size)
    headSize = 5
  }
}

function encodeInteger(value: number): void {
  if (value >= 0 && value < 128) {
    head[0] = value
    headSize = 1
  } else if (value >= -4096 && value < 4096) {
    head[0] = INT13 | ((value >> 8) & 0x1f)
    head[1] = value
    headSize = 2
  } else if (value >= -0x80000000 && value < 0x80000000) {
    const bytes = value >= -0x8000 && value < 0x8000 ? 2 : value >= -0x800000 && value < 0x800000 ? 3 : 4
    head[0] = INT16 + bytes - 2
    writeU32(head, 1, value)
    headSize = 1 + bytes
  } else {
    const high = Math.floor(value / 0x1_0000_0000)
    head[0] = INT64
    writeU32(head, 1, value - high * 0x1_0000_0000)
    writeU32(head, 5, high)
    headSize = 9
  }
}

/** Writes the entry that `encode` found for this text. */
function writeEntry(u8: Uint8Array, at: number, text: Slice): void {
  for (let i = 0; i < headSize; i++) u8[at + i] = head[i]
  copyBytes(u8, at + headSize, text.buf, text.at, textSize)
  writeBack(u8, at + headSize + textSize, headSize + textSize)
}

// Checking

/** Whether these bytes are a listpack in every respect. For what comes from outside: RDB files, RESTORE. */
export function listpackIsValid(bytes: Slice): boolean {
  const { buf, at: start, size } = bytes
  if (size < HEADER_SIZE + 1 || u32At(buf, start) !== size) return false
  const end = start + size - 1
  let count = 0
  let at = start + HEADER_SIZE
  for (; at < end && buf[at] !== END; count++) {
    if (buf[at] > INT64 || (buf[at] === STRING32 && at + 5 > end)) return false
    const entry = entrySize(buf, at)
    const back = at + entry
    if (back >= end) return false
    const backBytes = backSizeAt(buf, back, entry)
    const next = back + backBytes
    if (next > end || before(buf, start, next - start) !== at - start) return false
    at = next
  }
  const stored = buf[start + COUNT] | (buf[start + COUNT + 1] << 8)
  return at === end && buf[end] === END && (stored === COUNT_UNKNOWN || stored === count)
}

/** The entries of a list outside the arena, which listpackIsValid has accepted, each a copy. */
export function listpackTextsOf(bytes: Slice): Slice[] {
  const { buf, at: start } = bytes
  const texts: Slice[] = []
  for (let at = start + HEADER_SIZE; buf[at] !== END; ) {
    texts.push(textAt(buf, at, measured).copy())
    const size = entrySize(buf, at)
    at += size + backSizeAt(buf, at + size, size)
  }
  return texts
}
