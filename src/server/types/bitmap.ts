/*
 * A string as a bitmap: bit 0 is the highest bit of the first byte, and beyond the
 * last byte all bits are 0. Here bits are counted, looked for and combined; numbers
 * of several bits are in bit-field.ts.
 *
 * Long runs of bytes are read as 32-bit words through a second view of the same
 * buffer. Words lie where the machine wants them, values do not always begin there,
 * so the bytes before the first whole word and after the last are taken one by one.
 */
import { Slice } from '../base/slice.ts'
import { type Database, NEVER } from '../keyspace/database.ts'
import { KIND_STRING_RAW } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { longStringAim, longStringCreate } from '../structures/long-string.ts'

/** Shorter runs are not worth a view of their own. */
const WORDS_SIZE_MIN = 64
const NO_BITS: BitRange = { first: 0, last: -1 }

/** One bit; 0 beyond the end. `offset` is in bits and may pass 2^32. */
export function bitAt(value: Slice, offset: number): number {
  const byte = Math.floor(offset / 8)
  if (byte >= value.size) return 0
  return (value.buf[value.at + byte] >>> (7 - (offset % 8))) & 1
}

/** Sets one bit, which must lie within the value. */
export function setBitAt(value: Slice, offset: number, bit: number): void {
  const at = value.at + Math.floor(offset / 8)
  const mask = 0x80 >>> (offset % 8)
  value.buf[at] = bit === 1 ? value.buf[at] | mask : value.buf[at] & ~mask
}

/** A range of bits, both ends included; `first` beyond `last` is none. */
export interface BitRange {
  readonly first: number
  readonly last: number
}

/**
 * The bits from `start` to `end`, both included and counted in `unit` bits (1, or 8 for whole
 * bytes); negative ones count from the end. What lies outside is cut off, and before the first
 * means the first, for the end too.
 */
export function bitRange(value: Slice, start: number | bigint, end: number | bigint, unit: 1 | 8): BitRange {
  const size = value.size * (8 / unit)
  let first = Number(start)
  let last = Number(end)
  if (first < 0) first = Math.max(0, size + first)
  if (last < 0) last = Math.max(0, size + last)
  last = Math.min(last, size - 1)
  return first > last ? NO_BITS : { first: first * unit, last: (last + 1) * unit - 1 }
}

/** How many bits of the range are set. */
export function countBits(value: Slice, { first, last }: BitRange): number {
  if (first > last) return 0
  const firstByte = Math.floor(first / 8)
  const lastByte = Math.floor(last / 8)
  let count = countBytes(value.buf, value.at + firstByte, lastByte - firstByte + 1)
  // What stands in the outer bytes before the first bit and behind the last one was counted too.
  count -= onesOf(value.buf[value.at + firstByte] & ~(0xff >>> (first % 8)))
  count -= onesOf(value.buf[value.at + lastByte] & (0x7f >>> (last % 8)))
  return count
}

function countBytes(buf: Uint8Array, at: number, size: number): number {
  const end = at + size
  let count = 0
  let i = at
  if (size >= WORDS_SIZE_MIN) {
    const wordsEnd = end - ((buf.byteOffset + end) & 3)
    for (; ((buf.byteOffset + i) & 3) !== 0; i++) count += onesOf(buf[i])
    count += countWords(wordsOf(buf, i, wordsEnd))
    i = wordsEnd
  }
  for (; i < end; i++) count += onesOf(buf[i])
  return count
}

/**
 * Eight words are added up before the ones of their sum are counted, as Harley and Seal have it:
 * 32 additions at a time, bit by bit, whose carries are the ones of twice the weight.
 */
function countWords(words: Int32Array): number {
  const { length } = words
  let ones = 0
  let twos = 0
  let fours = 0
  let eights = 0
  let i = 0
  for (; i + 8 <= length; i += 8) {
    let a = words[i]
    let b = words[i + 1]
    let sum = ones ^ a
    const twosA = (ones & a) | (sum & b)
    ones = sum ^ b
    a = words[i + 2]
    b = words[i + 3]
    sum = ones ^ a
    const twosB = (ones & a) | (sum & b)
    ones = sum ^ b
    sum = twos ^ twosA
    const foursA = (twos & twosA) | (sum & twosB)
    twos = sum ^ twosB
    a = words[i + 4]
    b = words[i + 5]
    sum = ones ^ a
    const twosC = (ones & a) | (sum & b)
    ones = sum ^ b
    a = words[i + 6]
    b = words[i + 7]
    sum = ones ^ a
    const twosD = (ones & a) | (sum & b)
    ones = sum ^ b
    sum = twos ^ twosC
    const foursB = (twos & twosC) | (sum & twosD)
    twos = sum ^ twosD
    sum = fours ^ foursA
    eights += onesOf((fours & foursA) | (sum & foursB))
    fours = sum ^ foursB
  }
  let count = 8 * eights + 4 * onesOf(fours) + 2 * onesOf(twos) + onesOf(ones)
  for (; i < length; i++) count += onesOf(words[i])
  return count
}

/** Ones of a 32-bit word: sums of 1, 2, 4 bits side by side, then all four bytes by one multiplication. */
function onesOf(word: number): number {
  let sums = word - ((word >>> 1) & 0x5555_5555)
  sums = (sums & 0x3333_3333) + ((sums >>> 2) & 0x3333_3333)
  sums = (sums + (sums >>> 4)) & 0x0f0f_0f0f
  return Math.imul(sums, 0x0101_0101) >>> 24
}

/** The bytes from `at` to `end` as words; both lie at a whole word. */
function wordsOf(buf: Uint8Array, at: number, end: number): Int32Array {
  return new Int32Array(buf.buffer, buf.byteOffset + at, (end - at) >>> 2)
}

/** Where the first `bit` of the range is; -1 if there is none. */
export function findBit(value: Slice, bit: number, { first, last }: BitRange): number {
  if (first > last) return -1
  const { buf, at } = value
  // Zeros are looked for as ones of the complement.
  const flip = bit === 1 ? 0 : 0xff
  const firstByte = at + Math.floor(first / 8)
  const lastByte = at + Math.floor(last / 8)
  let byte = firstByte
  let bits = (buf[byte] ^ flip) & (0xff >>> (first % 8))
  if (bits === 0 && byte < lastByte) {
    byte = skipBytes(buf, byte + 1, lastByte, bit === 1 ? 0 : 0xff)
    bits = buf[byte] ^ flip
  }
  if (bits === 0) return -1
  const found = (byte - at) * 8 + Math.clz32(bits) - 24
  return found <= last ? found : -1
}

/** The first byte from `from` on that is not `plain`, or the byte at `last`. */
function skipBytes(buf: Uint8Array, from: number, last: number, plain: number): number {
  let i = from
  if (last - from >= WORDS_SIZE_MIN) {
    for (; ((buf.byteOffset + i) & 3) !== 0; i++) if (buf[i] !== plain) return i
    const words = wordsOf(buf, i, last - ((buf.byteOffset + last) & 3))
    i += plainWords(words, plain === 0 ? 0 : -1) * 4
  }
  while (i < last && buf[i] === plain) i++
  return i
}

/** How many words from the first on are all zeros (0) or all ones (-1), eight at a time. */
function plainWords(words: Int32Array, plain: number): number {
  const { length } = words
  let i = 0
  for (; i + 8 <= length; i += 8) {
    const low = (words[i] ^ plain) | (words[i + 1] ^ plain) | (words[i + 2] ^ plain) | (words[i + 3] ^ plain)
    const high = (words[i + 4] ^ plain) | (words[i + 5] ^ plain) | (words[i + 6] ^ plain) | (words[i + 7] ^ plain)
    if ((low | high) !== 0) break
  }
  while (i < length && (words[i] ^ plain) === 0) i++
  return i
}

/** Combined here first if not longer than this; else in the arena, where the result is to stay. */
const SCRATCH_BYTES = 4096
const scratch = new Uint8Array(SCRATCH_BYTES)
const target = new Slice()

export type Combination = 'and' | 'or' | 'xor' | 'not'

/**
 * Sets `key` to the combination of the strings at `sources`, of which NIL is an empty one. The
 * result is as long as the longest, `size` bytes and at least one; the shorter ones go on with
 * zeros. `not` has one source. False: memory is exhausted, nothing changed.
 */
export function storeCombination(
  db: Database,
  key: Slice,
  how: Combination,
  sources: readonly Ref[],
  size: number,
): boolean {
  if (size <= SCRATCH_BYTES) {
    combine(db, how, target.aim(scratch, 0, size), sources)
    return db.setString(key, target, KIND_STRING_RAW, NEVER)
  }
  const block = longStringCreate(db.memory, size)
  if (block === NIL) return false
  combine(db, how, longStringAim(db.memory, block, target), sources)
  return db.setStringBlock(key, block)
}

/** Writes the combination to `out`, which is as long as the longest source and none of them. */
function combine(db: Database, how: Combination, out: Slice, sources: readonly Ref[]): void {
  const { buf, at, size } = out
  const source = new Slice()
  for (const [i, ref] of sources.entries()) {
    if (ref === NIL) source.size = 0
    else db.stringOf(ref, source)
    if (i === 0) {
      buf.set(source.view(), at)
      buf.fill(0, at + source.size, at + size)
      continue
    }
    mixBytes(how, buf, at, source.buf, source.at, source.size)
    if (how === 'and') buf.fill(0, at + source.size, at + size)
  }
  if (how === 'not') invert(buf, at, size)
}

function invert(buf: Uint8Array, at: number, size: number): void {
  const end = at + size
  let i = at
  if (size >= WORDS_SIZE_MIN) {
    for (; ((buf.byteOffset + i) & 3) !== 0; i++) buf[i] = ~buf[i]
    const words = wordsOf(buf, i, end - ((buf.byteOffset + end) & 3))
    for (let word = 0; word < words.length; word++) words[word] = ~words[word]
    i += words.length * 4
  }
  for (; i < end; i++) buf[i] = ~buf[i]
}

/** Mixes `size` bytes of `from` into those of `to`. */
function mixBytes(
  how: Combination,
  to: Uint8Array,
  toAt: number,
  from: Uint8Array,
  fromAt: number,
  size: number,
): void {
  let i = 0
  const toByte = to.byteOffset + toAt
  const isAlike = ((toByte ^ (from.byteOffset + fromAt)) & 3) === 0
  if (isAlike && size >= WORDS_SIZE_MIN) {
    for (; ((toByte + i) & 3) !== 0; i++) to[toAt + i] = mixed(how, to[toAt + i], from[fromAt + i])
    const wordBytes = (size - i) & ~3
    const target = wordsOf(to, toAt + i, toAt + i + wordBytes)
    const source = wordsOf(from, fromAt + i, fromAt + i + wordBytes)
    if (how === 'and') for (let word = 0; word < target.length; word++) target[word] &= source[word]
    else if (how === 'or') for (let word = 0; word < target.length; word++) target[word] |= source[word]
    else for (let word = 0; word < target.length; word++) target[word] ^= source[word]
    i += wordBytes
  }
  for (; i < size; i++) to[toAt + i] = mixed(how, to[toAt + i], from[fromAt + i])
}

function mixed(how: Combination, a: number, b: number): number {
  if (how === 'and') return a & b
  return how === 'or' ? a | b : a ^ b
}
