/*
 * Intset: a sorted list of integers in one block, in exactly the bytes that Redis
 * and Valkey have for it, because RDB files and DUMP carry it as it is.
 *
 *  byte  0        4        8
 *        +--------+--------+---------+---------+-- - - --+
 *        | width  | count  | integer | integer |         |    little endian
 *        | u32    | u32    | width   | width   |         |
 *        +--------+--------+---------+---------+-- - - --+
 *
 * All integers have one width, 2, 4 or 8 bytes: the least that holds each of them.
 * One that needs more makes all of them wider, and none ever makes them narrower,
 * as in Redis. An integer is passed and read as two words (../base/int64.ts).
 *
 * What changes a list answers the list, which may have moved; NIL means that
 * memory is exhausted and nothing changed.
 */
import { assertLayout } from '../base/assert.ts'
import type { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { copyBytes, moveBytes } from '../memory/bytes.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'

// In words.
const WIDTH = 0
const COUNT = 1
const HEADER_WORDS = 2
assertLayout('intset header', HEADER_WORDS, [
  [WIDTH, 1],
  [COUNT, 1],
])
const HEADER_SIZE = HEADER_WORDS * 4

const NARROW = 2
const MIDDLE = 4
const WIDE = 8

/** An empty list; NIL when memory is exhausted. */
export function intsetCreate(memory: Memory): Ref {
  const set = memory.alloc(HEADER_SIZE)
  if (set === NIL) return NIL
  const u32 = memory.u32[set >>> SEGMENT_SHIFT]
  const word = set & WORD_MASK
  u32[word + WIDTH] = NARROW
  u32[word + COUNT] = 0
  return set
}

/** A list of these bytes, which intsetIsValid has accepted; NIL when memory is exhausted. */
export function intsetOf(memory: Memory, bytes: Slice): Ref {
  const set = memory.alloc(bytes.size)
  if (set !== NIL) copyBytes(memory.u8[set >>> SEGMENT_SHIFT], startOf(set), bytes.buf, bytes.at, bytes.size)
  return set
}

/** Aims `out` at all bytes of the list. */
export function intsetBytes(memory: Memory, set: Ref, out: Slice): Slice {
  const u32 = memory.u32[set >>> SEGMENT_SHIFT]
  const word = set & WORD_MASK
  return out.aim(memory.u8[set >>> SEGMENT_SHIFT], startOf(set), HEADER_SIZE + u32[word + WIDTH] * u32[word + COUNT])
}

export function intsetCount(memory: Memory, set: Ref): number {
  return memory.u32[set >>> SEGMENT_SHIFT][(set & WORD_MASK) + COUNT]
}

const startOf = (set: Ref): number => (set & WORD_MASK) << 2

/** The width that an integer needs. */
function widthOf(high: number, low: number): number {
  if (high !== low >> 31) return WIDE
  return low === (low << 16) >> 16 ? NARROW : MIDDLE
}

/** The upper word of the integer with this index. */
export function intsetHigh(memory: Memory, set: Ref, index: number): number {
  const u32 = memory.u32[set >>> SEGMENT_SHIFT]
  const word = set & WORD_MASK
  if (u32[word + WIDTH] === WIDE) return u32[word + HEADER_WORDS + 2 * index + 1] | 0
  return intsetLow(memory, set, index) >> 31
}

/** The lower word of the integer with this index. */
export function intsetLow(memory: Memory, set: Ref, index: number): number {
  const u32 = memory.u32[set >>> SEGMENT_SHIFT]
  const word = set & WORD_MASK
  const width = u32[word + WIDTH]
  if (width === MIDDLE) return u32[word + HEADER_WORDS + index] | 0
  if (width === WIDE) return u32[word + HEADER_WORDS + 2 * index] | 0
  // Two integers to a word: the even one in its lower half.
  const pair = u32[word + HEADER_WORDS + (index >>> 1)]
  return (index & 1) === 0 ? (pair << 16) >> 16 : pair >> 16
}

/** The index of an integer; when it is not there, ~index of where it belongs, which is negative. */
export function intsetFind(memory: Memory, set: Ref, high: number, low: number): number {
  const u32 = memory.u32[set >>> SEGMENT_SHIFT]
  const word = set & WORD_MASK
  const count = u32[word + COUNT]
  const width = u32[word + WIDTH]
  if (widthOf(high, low) > width) return high < 0 ? ~0 : ~count
  let first = 0
  let end = count
  if (width === WIDE) {
    const unsignedLow = low >>> 0
    while (first < end) {
      const middle = (first + end) >>> 1
      const at = word + HEADER_WORDS + 2 * middle
      const middleHigh = u32[at + 1] | 0
      const middleLow = u32[at]
      if (middleHigh === high && middleLow === unsignedLow) return middle
      if (middleHigh < high || (middleHigh === high && middleLow < unsignedLow)) first = middle + 1
      else end = middle
    }
    return ~first
  }
  while (first < end) {
    const middle = (first + end) >>> 1
    const value = intsetLow(memory, set, middle)
    if (value === low) return middle
    if (value < low) first = middle + 1
    else end = middle
  }
  return ~first
}

/** Puts in an integer that is not there, at the index that intsetFind answered the complement of. */
export function intsetInsert(memory: Memory, set: Ref, index: number, high: number, low: number): Ref {
  const word = set & WORD_MASK
  const segment = set >>> SEGMENT_SHIFT
  const count = memory.u32[segment][word + COUNT]
  const width = memory.u32[segment][word + WIDTH]
  const wanted = widthOf(high, low)
  if (wanted > width) return widen(memory, set, wanted, index, high, low)
  const size = HEADER_SIZE + (count + 1) * width
  let target = set
  if (size > memory.sizeOf(set) && !memory.resizeInPlace(set, size)) {
    target = memory.alloc(size)
    if (target === NIL) return NIL
  }
  const at = HEADER_SIZE + index * width
  const end = HEADER_SIZE + count * width
  const from = memory.u8[segment]
  const to = memory.u8[target >>> SEGMENT_SHIFT]
  if (target !== set) copyBytes(to, startOf(target), from, startOf(set), at)
  // Within one block this moves bytes over themselves.
  if (target === set) moveBytes(to, startOf(set) + at + width, startOf(set) + at, end - at)
  else copyBytes(to, startOf(target) + at + width, from, startOf(set) + at, end - at)
  write(memory, target, width, index, high, low)
  memory.u32[target >>> SEGMENT_SHIFT][(target & WORD_MASK) + COUNT] = count + 1
  if (target !== set) memory.free(set)
  return target
}

/** The list with wider integers and one more, which for its size is the first or the last. */
function widen(memory: Memory, set: Ref, width: number, index: number, high: number, low: number): Ref {
  const count = intsetCount(memory, set)
  const target = memory.alloc(HEADER_SIZE + (count + 1) * width)
  if (target === NIL) return NIL
  const u32 = memory.u32[target >>> SEGMENT_SHIFT]
  const word = target & WORD_MASK
  u32[word + WIDTH] = width
  u32[word + COUNT] = count + 1
  const shift = index === 0 ? 1 : 0
  for (let i = 0; i < count; i++) {
    write(memory, target, width, i + shift, intsetHigh(memory, set, i), intsetLow(memory, set, i))
  }
  write(memory, target, width, index, high, low)
  memory.free(set)
  return target
}

function write(memory: Memory, set: Ref, width: number, index: number, high: number, low: number): void {
  const u32 = memory.u32[set >>> SEGMENT_SHIFT]
  const at = (set & WORD_MASK) + HEADER_WORDS
  if (width === WIDE) {
    u32[at + 2 * index] = low
    u32[at + 2 * index + 1] = high
  } else if (width === MIDDLE) u32[at + index] = low
  else {
    const u8 = memory.u8[set >>> SEGMENT_SHIFT]
    const byte = (at << 2) + index * NARROW
    u8[byte] = low
    u8[byte + 1] = low >>> 8
  }
}

/** Takes out the integer with this index. Never fails. */
export function intsetRemove(memory: Memory, set: Ref, index: number): Ref {
  const u32 = memory.u32[set >>> SEGMENT_SHIFT]
  const word = set & WORD_MASK
  const width = u32[word + WIDTH]
  const at = startOf(set) + HEADER_SIZE + index * width
  const end = startOf(set) + HEADER_SIZE + u32[word + COUNT] * width
  moveBytes(memory.u8[set >>> SEGMENT_SHIFT], at, at + width, end - at - width)
  u32[word + COUNT]--
  return shrink(memory, set)
}

/** Keeps only the integers of which `isKept` says so, in one pass. Never fails. */
export function intsetRetain(memory: Memory, set: Ref, isKept: (high: number, low: number) => boolean): Ref {
  const u32 = memory.u32[set >>> SEGMENT_SHIFT]
  const word = set & WORD_MASK
  const count = u32[word + COUNT]
  const width = u32[word + WIDTH]
  let kept = 0
  for (let i = 0; i < count; i++) {
    const high = intsetHigh(memory, set, i)
    const low = intsetLow(memory, set, i)
    if (!isKept(high, low)) continue
    write(memory, set, width, kept, high, low)
    kept++
  }
  u32[word + COUNT] = kept
  return shrink(memory, set)
}

/** Gives back what a list does not need when it needs half of it; where memory is exhausted it stays as it is. */
function shrink(memory: Memory, set: Ref): Ref {
  const segment = set >>> SEGMENT_SHIFT
  const word = set & WORD_MASK
  const size = HEADER_SIZE + memory.u32[segment][word + COUNT] * memory.u32[segment][word + WIDTH]
  if (memory.blockSize(size) > memory.sizeOf(set) >>> 1 || memory.resizeInPlace(set, size)) return set
  const target = memory.alloc(size)
  if (target === NIL) return set
  copyBytes(memory.u8[target >>> SEGMENT_SHIFT], startOf(target), memory.u8[segment], startOf(set), size)
  memory.free(set)
  return target
}

/** Whether these bytes are an intset in every respect. For what comes from outside: RDB files, RESTORE. */
export function intsetIsValid(bytes: Slice): boolean {
  const { buf, at, size } = bytes
  if (size < HEADER_SIZE) return false
  const width = i32At(buf, at)
  const count = i32At(buf, at + 4) >>> 0
  if (width !== NARROW && width !== MIDDLE && width !== WIDE) return false
  // An intset is never empty: its key would not be there.
  if (count === 0 || size !== HEADER_SIZE + count * width) return false
  const first = at + HEADER_SIZE
  const end = at + size
  if (width === NARROW) return areNarrowAscending(buf, first, end)
  return width === MIDDLE ? areMiddleAscending(buf, first, end) : areWideAscending(buf, first, end)
}

function areNarrowAscending(buf: Uint8Array, first: number, end: number): boolean {
  let before = i16At(buf, first)
  for (let at = first + NARROW; at < end; at += NARROW) {
    const value = i16At(buf, at)
    if (value <= before) return false
    before = value
  }
  return true
}

function areMiddleAscending(buf: Uint8Array, first: number, end: number): boolean {
  let before = i32At(buf, first)
  for (let at = first + MIDDLE; at < end; at += MIDDLE) {
    const value = i32At(buf, at)
    if (value <= before) return false
    before = value
  }
  return true
}

function areWideAscending(buf: Uint8Array, first: number, end: number): boolean {
  let highBefore = i32At(buf, first + 4)
  let lowBefore = i32At(buf, first) >>> 0
  for (let at = first + WIDE; at < end; at += WIDE) {
    const high = i32At(buf, at + 4)
    const low = i32At(buf, at) >>> 0
    if (high < highBefore || (high === highBefore && low <= lowBefore)) return false
    highBefore = high
    lowBefore = low
  }
  return true
}

const i16At = (buf: Uint8Array, at: number): number => ((buf[at] | (buf[at + 1] << 8)) << 16) >> 16

const i32At = (buf: Uint8Array, at: number): number =>
  buf[at] | (buf[at + 1] << 8) | (buf[at + 2] << 16) | (buf[at + 3] << 24)
