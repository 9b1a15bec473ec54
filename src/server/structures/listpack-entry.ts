/*
 * The entries of a listpack: their bytes, for whoever walks, compares or writes
 * them in a buffer. The list around them is listpack.ts; a stream's nodes
 * (stream-node.ts) are listpacks too and write many entries at once.
 *
 * An ENTRY is a head, in whose first byte its encoding is told, the text if it is
 * a string, and the back length: the size of all that before, so that the list can
 * be walked backwards.
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
 */
import { isInt64, parseInteger, writeInteger } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import { widened } from '../base/wide-bytes.ts'
import { copyBytes, sameBytes } from '../memory/bytes.ts'

/** The byte behind the last entry. */
export const END = 0xff

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
const texts = widened(new Uint8Array(TEXTS * TEXT_SIZE))
let nextText = 0
const sentText = new Slice()

/** The head of the entry that was encoded last, and how much of the value follows it as text. */
const head = new Uint8Array(9)
let headSize = 0
let textSize = 0

export function u32At(u8: Uint8Array, at: number): number {
  return (u8[at] | (u8[at + 1] << 8) | (u8[at + 2] << 16) | (u8[at + 3] << 24)) >>> 0
}

export function writeU32(u8: Uint8Array, at: number, value: number): void {
  u8[at] = value
  u8[at + 1] = value >>> 8
  u8[at + 2] = value >>> 16
  u8[at + 3] = value >>> 24
}

// Walking

/** The size of head and text of the entry at `at`. */
export function entrySize(u8: Uint8Array, at: number): number {
  const first = u8[at]
  if (first < 0x80) return 1
  if (first < INT13) return 1 + (first & 0x3f)
  if (first < STRING12) return 2
  if (first < STRING32) return 2 + (((first & 0x0f) << 8) | u8[at + 1])
  if (first === STRING32) return 5 + u32At(u8, at + 1)
  return first === INT64 ? 9 : first - STRING32 + 2
}

/** How many bytes the back length takes that stands at `at` and says `size`. */
export function backSizeAt(u8: Uint8Array, at: number, size: number): number {
  const bytes = backSize(size)
  // The only way in which a first group can be 0 is the old writers' group too many.
  return u8[at] === 0 && bytes > 1 ? bytes + 1 : bytes
}

/** How many bytes the back length of an entry of this size takes. */
export function backSize(size: number): number {
  if (size <= 0x7f) return 1
  if (size <= 0x3fff) return 2
  if (size <= 0x1fffff) return 3
  return size <= 0xfffffff ? 4 : 5
}

/** Where the entry after the one at `at` begins, or the end of the list. */
export function nextEntry(u8: Uint8Array, at: number): number {
  const first = u8[at]
  // What nearly every entry is; its back length takes a byte.
  if (first < INT13) return first < STRING6 ? at + 2 : at + 2 + (first & 0x3f)
  const size = entrySize(u8, at)
  return at + size + backSizeAt(u8, at + size, size)
}

/** The position, from `start`, of the entry that ends where `position` begins, by its back length. */
export function before(u8: Uint8Array, start: number, position: number): number {
  let at = start + position - 1
  let size = u8[at] & 0x7f
  for (let shift = 7; u8[at] >= 0x80; shift += 7) size |= (u8[--at] & 0x7f) << shift
  return at - start - size
}

/**
 * Where the entry after the one at `at` begins, which is `end` at most; 0 if no sound one is there. For bytes from
 * outside. Short for the short, so that it becomes a part of the loops that call it: what is loaded is checked by it.
 */
export function checkedNext(u8: Uint8Array, at: number, end: number): number {
  const first = u8[at]
  if (first >= INT13) return checkedNextOfLong(u8, at, end)
  const size = first < STRING6 ? 1 : 1 + (first & 0x3f)
  const back = at + size
  return back < end && u8[back] === size ? back + 1 : 0
}

function checkedNextOfLong(u8: Uint8Array, at: number, end: number): number {
  const first = u8[at]
  if (first > INT64 || (first === STRING32 && at + 5 > end)) return 0
  const size = entrySize(u8, at)
  const back = at + size
  if (back >= end) return 0
  if (size < 0x80) return u8[back] === size ? back + 1 : 0
  const next = back + backSizeAt(u8, back, size)
  return next > end || before(u8, at, next - at) !== 0 ? 0 : next
}

// Reading

/** Aims `out` at an entry's text: where it lies, or, for an integer, in a scratch text that soon is reused. */
export function entryText(u8: Uint8Array, at: number, out: Slice): Slice {
  const first = u8[at]
  if (isText(first)) {
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

/** Whether an entry that begins with this byte is a string. */
export function isText(first: number): boolean {
  return first >= STRING6 && first <= STRING32 && (first < INT13 || first >= STRING12)
}

/** The size of the text of an entry that is a string of up to 63 bytes, which begins behind its first byte; -1 for others. */
export function shortTextSize(u8: Uint8Array, at: number): number {
  const first = u8[at]
  return first >= STRING6 && first < INT13 ? first & 0x3f : -1
}

/** The size of the text of a string entry. */
export function textSizeAt(u8: Uint8Array, at: number): number {
  const first = u8[at]
  return entrySize(u8, at) - (first < INT13 ? 1 : first < STRING32 ? 2 : 5)
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
export function entryNumber(u8: Uint8Array, at: number): number {
  if (isText(u8[at])) return Number.NaN
  return u8[at] === INT64 ? Number(int64At(u8, at + 1)) : integerAt(u8, at)
}

/** What takes texts as bytes: a writer of replies. */
export interface ByteSink {
  /** Takes `size` bytes of `from`, starting at `at`, and keeps nothing of it. */
  bulkOf(from: Uint8Array, at: number, size: number): void
}

/** Hands an entry's text to a sink, and answers where the next entry begins. */
export function sendEntry(u8: Uint8Array, at: number, sink: ByteSink): number {
  const first = u8[at]
  const size = entrySize(u8, at)
  if (first >= STRING6 && first < INT13) sink.bulkOf(u8, at + 1, size - 1)
  else if (isText(first)) {
    const skipped = first < STRING32 ? 2 : 5
    sink.bulkOf(u8, at + skipped, size - skipped)
  } else {
    const text = entryText(u8, at, sentText)
    sink.bulkOf(text.buf, text.at, text.size)
  }
  return at + size + backSizeAt(u8, at + size, size)
}

/** The low 32 bits of an integer entry, unsigned. */
export function entryLow(u8: Uint8Array, at: number): number {
  return u8[at] === INT64 ? u32At(u8, at + 1) : integerAt(u8, at) >>> 0
}

/** The high 32 bits of an integer entry, signed. */
export function entryHigh(u8: Uint8Array, at: number): number {
  return u8[at] === INT64 ? u32At(u8, at + 5) | 0 : integerAt(u8, at) >> 31
}

/** Whether an entry's text is this one, whose integer is `number`: NaN when it is none, or too big for a number to hold. */
export function entryEquals(u8: Uint8Array, at: number, text: Slice, number: number): boolean {
  const first = u8[at]
  if (first >= STRING6 && first < INT13) {
    return (first & 0x3f) === text.size && sameBytes(u8, at + 1, text.buf, text.at, text.size)
  }
  if (isText(first)) {
    const skipped = first < STRING32 ? 2 : 5
    return entrySize(u8, at) - skipped === text.size && sameBytes(u8, at + skipped, text.buf, text.at, text.size)
  }
  if (first !== INT64) return integerAt(u8, at) === number
  return isInt64(text) && int64At(u8, at + 1) === BigInt(text.text())
}

/** As entryEquals, for a text that nobody has parsed yet. */
export function entryIs(u8: Uint8Array, at: number, text: Slice): boolean {
  return entryEquals(u8, at, text, isText(u8[at]) ? Number.NaN : parseInteger(text))
}

// Writing

/** Finds the encoding of a text, for writeEntry. The size of its head and text. */
export function encodeEntry(text: Slice): number {
  textSize = 0
  const number = parseInteger(text)
  if (!Number.isNaN(number)) encodeInteger(number)
  else if (isInt64(text)) {
    const value = BigInt.asUintN(64, BigInt(text.text()))
    encodeInt64(Number(value >> 32n), Number(value & 0xffff_ffffn))
  } else encodeText(text.size)
  return headSize + textSize
}

function encodeText(size: number): void {
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
    encodeInt64(high, value - high * 0x1_0000_0000)
  }
}

function encodeInt64(high: number, low: number): void {
  head[0] = INT64
  writeU32(head, 1, low)
  writeU32(head, 5, high)
  headSize = 9
}

/** Writes the entry that encodeEntry found for this text; where the next one begins. */
export function writeEntry(u8: Uint8Array, at: number, text: Slice): number {
  for (let i = 0; i < headSize; i++) u8[at + i] = head[i]
  copyBytes(u8, at + headSize, text.buf, text.at, textSize)
  const end = at + headSize + textSize
  return end + writeBack(u8, end, headSize + textSize)
}

/** Writes an entry of the signed 64-bit integer of these halves, whose lower one is unsigned; where the next one begins. */
export function writeIntegerEntry(u8: Uint8Array, at: number, high: number, low: number): number {
  if (high === low >> 31) encodeInteger(low | 0)
  else encodeInt64(high, low)
  for (let i = 0; i < headSize; i++) u8[at + i] = head[i]
  u8[at + headSize] = headSize
  return at + headSize + 1
}

/** The bytes that writeIntegerEntry writes for an integer of up to 31 bits. */
export function integerEntryBytes(value: number): number {
  encodeInteger(value)
  return headSize + 1
}

/** The most bytes that an entry of a text of this size can take. */
export function entryBytesMax(size: number): number {
  return size < 64 ? size + 2 : size < 4096 ? size + 4 : size + 10
}

function writeBack(u8: Uint8Array, at: number, size: number): number {
  const bytes = backSize(size)
  let rest = size
  for (let i = bytes - 1; i > 0; i--) {
    u8[at + i] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  u8[at] = rest
  return bytes
}
