/*
 * RECORD: an item of a table as it lies in the arena: a key of the keyspace, or a
 * field or member of a big hash or set. In words of 4 bytes, little endian.
 *
 *  word 0   +--------+-----------+-------+-----------+----------------+
 *           | kind 5 | expires 1 | pad 2 | keySize 8 | clock 16       |   bit 0 first
 *           +--------+-----------+-------+-----------+----------------+
 *      [2]  expiry: unix time in ms, low word, high word    when `expires`
 *           or the score of a sorted set's member: a double, low word, high word
 *      [1]  value: a Ref                                    when kind >= FIRST_REF_KIND
 *      [1]  key size                                        when keySize is 255
 *           key bytes, then the value's bytes at once       (no value bytes when it is a Ref)
 *
 * How long an embedded value is follows from the block: sizeOf(block) - all of the
 * above - what is unused at its end. `pad` says how much that is, 0 to 2; 3 means
 * that it is 3 or more and the block's last byte (which is then unused) says how
 * much. So a 16-byte key with a 32-byte value is a block of exactly 52 bytes.
 *
 * The key starts at a word, so that it can be hashed and compared by words. The
 * clock is last accessed time for LRU, or LFU's counter; this file only stores it.
 *
 * A kind is a type and its encoding (keyspace/object.ts). Only the string kinds
 * mean something here: their values are bytes, in the record or, when too long
 * for that, in a block of their own (long-string.ts), which is another kind.
 */
import { assert } from '../base/assert.ts'
import { sipHash } from '../base/siphash.ts'
import type { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { compareBytes, copyBytes, sameBytes } from '../memory/bytes.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { blockWillChange } from '../memory/witness.ts'
import { longStringAim, longStringOf } from './long-string.ts'

/** Embedded string values; +EXTERNAL: the same kind of string, but behind a Ref. */
export const KIND_STRING_INT = 0
export const KIND_STRING_EMBSTR = 1
export const KIND_STRING_RAW = 2
export const EXTERNAL = 3
/** Records of this kind and above have a Ref for a value. */
export const FIRST_REF_KIND = EXTERNAL
/** Records of this kind and above have a Ref to something that is not a string. */
export const FIRST_OBJECT_KIND = 2 * EXTERNAL

export const KIND_MASK = 0x1f
export const HAS_EXPIRY = 1 << 5
const PAD_SHIFT = 6
const PAD_MASK = 3
const KEY_SIZE_SHIFT = 8
const KEY_SIZE_MASK = 0xff
const LONG_KEY = 255
export const CLOCK_SHIFT = 16
const BELOW_CLOCK = 0xffff

/** No expiry. */
export const NEVER = -1

/** Longer values get a block of their own, so that a change of one byte does not copy more than this. */
const EMBEDDED_VALUE_SIZE_MAX = 512
/** Bigger blocks could have more unused bytes than the byte at their end can say. */
const EMBEDDED_BLOCK_SIZE_MAX = 2048

/** The words before the key, given word 0. */
export function headerWords(head: number): number {
  return (
    1 +
    ((head & HAS_EXPIRY) >>> 4) +
    ((head & KIND_MASK) >= FIRST_REF_KIND ? 1 : 0) +
    (((head >>> KEY_SIZE_SHIFT) & KEY_SIZE_MASK) === LONG_KEY ? 1 : 0)
  )
}

export function recordHead(memory: Memory, ref: Ref): number {
  return memory.u32[ref >>> SEGMENT_SHIFT][ref & WORD_MASK]
}

export function recordKind(memory: Memory, ref: Ref): number {
  return memory.u32[ref >>> SEGMENT_SHIFT][ref & WORD_MASK] & KIND_MASK
}

/** Only between kinds of one sort: embedded strings, external strings, objects. */
export function recordSetKind(memory: Memory, ref: Ref, kind: number): void {
  const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
  const word = ref & WORD_MASK
  assert(
    kind >= FIRST_REF_KIND === (u32[word] & KIND_MASK) >= FIRST_REF_KIND,
    'a kind does not change where values lie',
  )
  u32[word] = (u32[word] & ~KIND_MASK) | kind
}

export function recordClock(memory: Memory, ref: Ref): number {
  return memory.u32[ref >>> SEGMENT_SHIFT][ref & WORD_MASK] >>> CLOCK_SHIFT
}

export function recordSetClock(memory: Memory, ref: Ref, clock: number): void {
  const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
  const word = ref & WORD_MASK
  u32[word] = (u32[word] & BELOW_CLOCK) | (clock << CLOCK_SHIFT)
}

/** Unix time in milliseconds, or NEVER. */
export function recordExpiresAt(memory: Memory, ref: Ref): number {
  const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
  const word = ref & WORD_MASK
  return (u32[word] & HAS_EXPIRY) === 0 ? NEVER : u32[word + 2] * 0x1_0000_0000 + u32[word + 1]
}

function writeExpiry(u32: Uint32Array, word: number, at: number): void {
  const high = Math.floor(at / 0x1_0000_0000)
  u32[word + 1] = at - high * 0x1_0000_0000
  u32[word + 2] = high
}

// A sorted set's members expire no more than its record of the key says, so their score lies where an expiry would.

/** A double as the two words in which records keep it. */
const scoreWords = new Uint32Array(2)
const scoreDouble = new Float64Array(scoreWords.buffer)

/** A record of a sorted set's member and its score; NIL when memory is exhausted. */
export function recordCreateScored(memory: Memory, member: Slice, score: number): Ref {
  const ref = recordCreateEmbedded(memory, KIND_STRING_RAW, member, 0, 0)
  if (ref !== NIL) recordSetScore(memory, ref, score)
  return ref
}

export function recordScore(memory: Memory, ref: Ref): number {
  const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
  const word = ref & WORD_MASK
  scoreWords[0] = u32[word + 1]
  scoreWords[1] = u32[word + 2]
  return scoreDouble[0]
}

export function recordSetScore(memory: Memory, ref: Ref, score: number): void {
  const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
  const word = ref & WORD_MASK
  scoreDouble[0] = score
  u32[word + 1] = scoreWords[0]
  u32[word + 2] = scoreWords[1]
}

/**
 * A number of 32 bits by which scores are ordered as far as it goes: the upper half of the double, made so that
 * numbers compare as the doubles do. Of whole numbers up to 2^20 and of many others no two have the same.
 */
export function scoreKey(score: number): number {
  // Both zeros are equal, and so are to have one key.
  scoreDouble[0] = score + 0
  const high = scoreWords[1]
  return (high >>> 31 === 1 ? ~high : high | 0x8000_0000) >>> 0
}

/** Compares a record's key with a text byte by byte, as memcmp does, the shorter one first: below zero, zero or above. */
export function recordCompareKey(memory: Memory, ref: Ref, text: Slice): number {
  const segment = ref >>> SEGMENT_SHIFT
  const head = memory.u32[segment][ref & WORD_MASK]
  const stored = (head >>> KEY_SIZE_SHIFT) & KEY_SIZE_MASK
  const at = ((ref & WORD_MASK) + headerWords(head)) << 2
  const size = stored === LONG_KEY ? recordKeySize(memory, ref) : stored
  return compareBytes(memory.u8[segment], at, size, text.buf, text.at, text.size)
}

export function recordKeySize(memory: Memory, ref: Ref): number {
  const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
  const word = ref & WORD_MASK
  const head = u32[word]
  const size = (head >>> KEY_SIZE_SHIFT) & KEY_SIZE_MASK
  return size === LONG_KEY ? u32[word + headerWords(head) - 1] : size
}

/** Aims `out` at the key. */
export function recordKey(memory: Memory, ref: Ref, out: Slice): Slice {
  const at = ((ref & WORD_MASK) + headerWords(recordHead(memory, ref))) << 2
  return out.aim(memory.u8[ref >>> SEGMENT_SHIFT], at, recordKeySize(memory, ref))
}

export function recordHash(memory: Memory, ref: Ref): number {
  const at = ((ref & WORD_MASK) + headerWords(recordHead(memory, ref))) << 2
  return sipHash(memory.hashKey, memory.u8[ref >>> SEGMENT_SHIFT], at, recordKeySize(memory, ref))
}

/** Whether the record's key is these bytes. The last step of every lookup. */
export function recordHasKey(memory: Memory, ref: Ref, buf: Uint8Array, at: number, size: number): boolean {
  const segment = ref >>> SEGMENT_SHIFT
  const word = ref & WORD_MASK
  const u32 = memory.u32[segment]
  const head = u32[word]
  const storedSize = (head >>> KEY_SIZE_SHIFT) & KEY_SIZE_MASK
  let keyWord = word + 1 + ((head & HAS_EXPIRY) >>> 4) + ((head & KIND_MASK) >= FIRST_REF_KIND ? 1 : 0)
  if (storedSize !== size) {
    if (storedSize !== LONG_KEY || u32[keyWord] !== size) return false
    keyWord++
  } else if (storedSize === LONG_KEY) {
    if (u32[keyWord] !== size) return false
    keyWord++
  }
  return sameBytes(memory.u8[segment], keyWord << 2, buf, at, size)
}

/** The bytes at the end of an embedded record's block that belong to nothing. */
function padding(memory: Memory, ref: Ref, head: number, blockSize: number): number {
  const pad = (head >>> PAD_SHIFT) & PAD_MASK
  if (pad < PAD_MASK) return pad
  return memory.u8[ref >>> SEGMENT_SHIFT][((ref & WORD_MASK) << 2) + blockSize - 1]
}

/** Aims `out` at a string value, embedded or not. */
export function recordValue(memory: Memory, ref: Ref, out: Slice): Slice {
  const segment = ref >>> SEGMENT_SHIFT
  const word = ref & WORD_MASK
  const u32 = memory.u32[segment]
  const head = u32[word]
  if ((head & KIND_MASK) >= FIRST_REF_KIND) return longStringAim(memory, recordValueRef(memory, ref), out)
  const keySize = (head >>> KEY_SIZE_SHIFT) & KEY_SIZE_MASK
  const keyWord = word + 1 + ((head & HAS_EXPIRY) >>> 4) + (keySize === LONG_KEY ? 1 : 0)
  const at = (keyWord << 2) + (keySize === LONG_KEY ? u32[keyWord - 1] : keySize)
  const blockSize = memory.sizeOf(ref)
  return out.aim(memory.u8[segment], at, (word << 2) + blockSize - padding(memory, ref, head, blockSize) - at)
}

export function recordValueRef(memory: Memory, ref: Ref): Ref {
  const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
  const word = ref & WORD_MASK
  return u32[word + 1 + ((u32[word] & HAS_EXPIRY) >>> 4)] as Ref
}

export function recordSetValueRef(memory: Memory, ref: Ref, value: Ref): void {
  const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
  const word = ref & WORD_MASK
  u32[word + 1 + ((u32[word] & HAS_EXPIRY) >>> 4)] = value
}

/** Whether a string of this size can lie in the record of such a key. */
export function isEmbeddable(keySize: number, valueSize: number, expiresAt: number): boolean {
  return valueSize <= EMBEDDED_VALUE_SIZE_MAX && embeddedSize(keySize, valueSize, expiresAt) <= EMBEDDED_BLOCK_SIZE_MAX
}

function embeddedSize(keySize: number, valueSize: number, expiresAt: number): number {
  return 4 + (expiresAt === NEVER ? 0 : 8) + (keySize >= LONG_KEY ? 4 : 0) + keySize + valueSize
}

/**
 * A record of a string (or of a set's member: null, no value). `kind` is one of the three embedded
 * string kinds; a value too long for the record makes it the external one. NIL when memory is
 * exhausted: nothing changed. The clock is 0.
 */
export function recordCreate(memory: Memory, kind: number, key: Slice, value: Slice | null, expiresAt = NEVER): Ref {
  const valueSize = value === null ? 0 : value.size
  const keySize = key.size
  if (value !== null && !isEmbeddable(keySize, valueSize, expiresAt)) {
    const block = longStringOf(memory, value)
    if (block === NIL) return NIL
    const ref = recordCreateObject(memory, kind + EXTERNAL, key, block, expiresAt)
    if (ref === NIL) memory.free(block)
    return ref
  }
  const ref = recordCreateEmbedded(memory, kind, key, valueSize, expiresAt)
  if (ref !== NIL && value !== null) {
    const at = embeddedSize(keySize, 0, expiresAt) + ((ref & WORD_MASK) << 2)
    copyBytes(memory.u8[ref >>> SEGMENT_SHIFT], at, value.buf, value.at, valueSize)
  }
  return ref
}

/** A record with `valueSize` undefined bytes as its embedded value. The caller has asked isEmbeddable. */
export function recordCreateEmbedded(
  memory: Memory,
  kind: number,
  key: Slice,
  valueSize: number,
  expiresAt: number,
): Ref {
  const keySize = key.size
  const size = embeddedSize(keySize, valueSize, expiresAt)
  const ref = memory.alloc(size)
  if (ref === NIL) return NIL
  const u8 = memory.u8[ref >>> SEGMENT_SHIFT]
  const at = (ref & WORD_MASK) << 2
  const blockSize = memory.sizeOf(ref)
  const pad = blockSize - size
  if (pad >= PAD_MASK) u8[at + blockSize - 1] = pad
  writeHeader(memory, ref, kind | (Math.min(pad, PAD_MASK) << PAD_SHIFT), keySize, expiresAt, NIL)
  copyBytes(u8, at + size - valueSize - keySize, key.buf, key.at, keySize)
  return ref
}

/** A record whose value is behind a Ref. NIL when memory is exhausted: the value is still the caller's. */
export function recordCreateObject(memory: Memory, kind: number, key: Slice, value: Ref, expiresAt = NEVER): Ref {
  assert(value !== NIL && kind >= FIRST_REF_KIND, 'the value of an object is a block')
  const keySize = key.size
  const size = embeddedSize(keySize, 0, expiresAt) + 4
  const ref = memory.alloc(size)
  if (ref === NIL) return NIL
  writeHeader(memory, ref, kind, keySize, expiresAt, value)
  const at = ((ref & WORD_MASK) << 2) + size - keySize
  copyBytes(memory.u8[ref >>> SEGMENT_SHIFT], at, key.buf, key.at, keySize)
  return ref
}

function writeHeader(memory: Memory, ref: Ref, low: number, keySize: number, expiresAt: number, value: Ref): void {
  const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
  const start = ref & WORD_MASK
  let word = start + 1
  let head = low | (Math.min(keySize, LONG_KEY) << KEY_SIZE_SHIFT)
  if (expiresAt !== NEVER) {
    head |= HAS_EXPIRY
    writeExpiry(u32, start, expiresAt)
    word += 2
  }
  if (value !== NIL) u32[word++] = value
  if (keySize >= LONG_KEY) u32[word] = keySize
  u32[start] = head
}

/**
 * Puts a new embedded value into the record if key, expiry and block size stay as they are; false:
 * nothing changed. `expiresAt` is what the record is to have. The clock stays.
 */
export function recordOverwrite(memory: Memory, ref: Ref, kind: number, value: Slice, expiresAt: number): boolean {
  const segment = ref >>> SEGMENT_SHIFT
  const word = ref & WORD_MASK
  const u32 = memory.u32[segment]
  const head = u32[word]
  if ((head & KIND_MASK) >= FIRST_REF_KIND || (expiresAt !== NEVER) !== ((head & HAS_EXPIRY) !== 0)) return false
  const keySize = recordKeySize(memory, ref)
  const valueSize = value.size
  if (!isEmbeddable(keySize, valueSize, expiresAt)) return false
  const size = embeddedSize(keySize, valueSize, expiresAt)
  const blockSize = memory.sizeOf(ref)
  if (size > blockSize || memory.blockSize(size) !== blockSize) return false
  const u8 = memory.u8[segment]
  const at = word << 2
  copyBytes(u8, at + size - valueSize, value.buf, value.at, valueSize)
  const pad = blockSize - size
  if (pad >= PAD_MASK) u8[at + blockSize - 1] = pad
  if (expiresAt !== NEVER) writeExpiry(u32, word, expiresAt)
  u32[word] = (head & ~(KIND_MASK | (PAD_MASK << PAD_SHIFT))) | kind | (Math.min(pad, PAD_MASK) << PAD_SHIFT)
  return true
}

/** Makes an embedded value longer (by zeros) or shorter if the block stays the same; false: nothing changed. */
export function recordResizeValue(memory: Memory, ref: Ref, kind: number, valueSize: number): boolean {
  const segment = ref >>> SEGMENT_SHIFT
  const word = ref & WORD_MASK
  const head = memory.u32[segment][word]
  if ((head & KIND_MASK) >= FIRST_REF_KIND) return false
  const expiresAt = recordExpiresAt(memory, ref)
  const keySize = recordKeySize(memory, ref)
  if (!isEmbeddable(keySize, valueSize, expiresAt)) return false
  const size = embeddedSize(keySize, valueSize, expiresAt)
  const blockSize = memory.sizeOf(ref)
  if (size > blockSize || memory.blockSize(size) !== blockSize) return false
  const u8 = memory.u8[segment]
  const at = word << 2
  const end = at + blockSize - padding(memory, ref, head, blockSize)
  if (at + size > end) u8.fill(0, end, at + size)
  const pad = blockSize - size
  if (pad >= PAD_MASK) u8[at + blockSize - 1] = pad
  memory.u32[segment][word] =
    (head & ~(KIND_MASK | (PAD_MASK << PAD_SHIFT))) | kind | (Math.min(pad, PAD_MASK) << PAD_SHIFT)
  return true
}

/** Sets the expiry of a record that has one, where it lies. */
export function recordMoveExpiry(memory: Memory, ref: Ref, expiresAt: number): void {
  writeExpiry(memory.u32[ref >>> SEGMENT_SHIFT], ref & WORD_MASK, expiresAt)
}

/**
 * The record under another key or with another expiry: a new record with the same value and clock.
 * An external value is then behind both: free the old one by memory.free. NIL: memory is exhausted.
 */
export function recordDerive(memory: Memory, ref: Ref, key: Slice, expiresAt: number, value: Slice): Ref {
  const kind = recordKind(memory, ref)
  let derived: Ref
  if (kind >= FIRST_REF_KIND) {
    derived = recordCreateObject(memory, kind, key, recordValueRef(memory, ref), expiresAt)
  } else derived = recordCreate(memory, kind, key, recordValue(memory, ref, value), expiresAt)
  if (derived !== NIL) recordSetClock(memory, derived, recordClock(memory, ref))
  return derived
}

/** Frees a record and, when its value is a string of its own block, that block; not an object's value. */
export function recordFree(memory: Memory, ref: Ref): void {
  const kind = recordKind(memory, ref)
  if (kind >= FIRST_REF_KIND && kind < FIRST_OBJECT_KIND) {
    const block = recordValueRef(memory, ref)
    blockWillChange(memory, block)
    memory.free(block)
  }
  memory.free(ref)
}

/** The bytes of a record's block and of a string's own block. */
export function recordBytes(memory: Memory, ref: Ref): number {
  const kind = recordKind(memory, ref)
  const isLongString = kind >= FIRST_REF_KIND && kind < FIRST_OBJECT_KIND
  return memory.sizeOf(ref) + (isLongString ? memory.sizeOf(recordValueRef(memory, ref)) : 0)
}
