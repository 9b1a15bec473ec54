/*
 * HYPERLOGLOG: a string that estimates how many different elements it was shown. The
 * bytes are Redis', so that a value moves between servers and can be read by GET.
 *
 *  byte  0        4      5        8                    16
 *        +--------+------+--------+--------------------+-- - - --+
 *        | HYLL   | form | unused | cardinality        | registers
 *        | 4 B    | 0, 1 | 3 B    | u64 little endian  |
 *        +--------+------+--------+--------------------+-- - - --+
 *   form         0 dense, 1 sparse
 *   cardinality  as last computed; bit 63 says that registers have changed since
 *   dense        16384 registers of 6 bits, the lowest bits first: 12288 bytes
 *   sparse       runs of equal registers:
 *     00xxxxxx            x + 1 registers are 0
 *     01xxxxxx xxxxxxxx   x + 1 registers are 0
 *     1vvvvvxx            x + 1 registers are v + 1
 *
 * An element's hash says which register it concerns (14 bits), and the rest of it, by
 * how many zeros it ends in, what that register must at least be. Estimating is in
 * cardinality.ts.
 *
 * Sparse registers move when they change, so they are edited in a Sketch, a copy that
 * is stored when all is done; dense ones can be edited where they lie.
 */
import { assertLayout } from '../base/assert.ts'
import { type Hash64, murmurHash64 } from '../base/murmur-hash.ts'
import { Slice } from '../base/slice.ts'
import { cardinality, REGISTERS } from './cardinality.ts'

// Offsets in bytes.
const MAGIC = 0
const FORM = 4
const UNUSED = 5
const CARDINALITY = 8
const HEADER_BYTES = 16
assertLayout('hyperloglog', HEADER_BYTES, [
  [MAGIC, 4],
  [FORM, 1],
  [UNUSED, 3],
  [CARDINALITY, 8],
])

const MAGIC_BYTES = Uint8Array.from('HYLL', (c) => c.charCodeAt(0))
const DENSE = 0
const SPARSE = 1
const STALE = 0x80
const STALE_AT = CARDINALITY + 7

const HASH_SEED = 0xadc83b19
const INDEX_BITS = 14
/** The bit of a hash behind all that count: zeros end there at the latest. In the upper half, shifted as the hash is. */
const HASH_END = 1 << 18

const REGISTER_BITS = 6
const REGISTER_MASK = 63
const DENSE_BYTES = HEADER_BYTES + (REGISTERS * REGISTER_BITS) / 8

// Runs of the sparse form.
const IS_VALUE = 0x80
const IS_LONG = 0x40
const SHORT_RUN_MAX = 64
const VALUE_RUN_MAX = 4
/** Greater values only the dense form holds. */
const SPARSE_VALUE_MAX = 32
/** No more than one run of two bytes for each register; a longer value is broken. */
const SPARSE_BYTES_MAX = HEADER_BYTES + 2 * REGISTERS
/** Merging of equal neighbours looks at so many runs around one that has changed, as in Redis. */
const MERGED_RUNS = 5

const UNCHANGED = 0
export const CHANGED = 1
/** The registers are not what their form allows. */
export const CORRUPT = -1

/** Whether a string has the header, and if dense the size, of a HyperLogLog. */
export function isHyperLogLog(value: Slice): boolean {
  const { buf, at, size } = value
  if (size < HEADER_BYTES) return false
  for (let i = 0; i < 4; i++) if (buf[at + MAGIC + i] !== MAGIC_BYTES[i]) return false
  const form = buf[at + FORM]
  return form === SPARSE || (form === DENSE && size === DENSE_BYTES)
}

export function isDense(value: Slice): boolean {
  return value.buf[value.at + FORM] === DENSE
}

/** The cardinality as last computed, an unsigned 63-bit integer; undefined when registers have changed since. */
export function knownCardinality(value: Slice): bigint | undefined {
  const { buf, at } = value
  if (buf[at + STALE_AT] & STALE) return undefined
  let known = 0n
  for (let i = STALE_AT; i >= CARDINALITY; i--) known = (known << 8n) | BigInt(buf[at + i])
  return known
}

/** Keeps a cardinality that was computed. */
export function rememberCardinality(value: Slice, count: number): void {
  const { buf, at } = value
  let rest = count
  for (let i = CARDINALITY; i <= STALE_AT; i++) {
    buf[at + i] = rest % 256
    rest = Math.floor(rest / 256)
  }
}

function forgetCardinality(buf: Uint8Array, at: number): void {
  buf[at + STALE_AT] |= STALE
}

// An element

const hash: Hash64 = { high: 0, low: 0 }

/** The register that an element concerns; `rankOfElement` is then what that register must at least be. */
function registerOfElement(element: Slice): number {
  murmurHash64(element.buf, element.at, element.size, HASH_SEED, hash)
  return hash.low & (REGISTERS - 1)
}

/** Of the element whose register was asked for last: the zeros at the end of its hash without the register's bits, and one. */
function rankOfElement(): number {
  const low = (hash.low >>> INDEX_BITS) | (hash.high << (32 - INDEX_BITS))
  if (low !== 0) return trailingZeros(low) + 1
  return 32 + trailingZeros((hash.high >>> INDEX_BITS) | HASH_END) + 1
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word)
}

// Dense registers

function denseGet(buf: Uint8Array, registers: number, index: number): number {
  const bit = index * REGISTER_BITS
  const byte = registers + (bit >>> 3)
  const shift = bit & 7
  const low = buf[byte] >>> shift
  // A register that begins in the last two bits, or on a byte, has nothing in the next byte.
  return (shift > 2 ? low | (buf[byte + 1] << (8 - shift)) : low) & REGISTER_MASK
}

/** Raises a register to `value`; whether it was less. */
function denseRaise(buf: Uint8Array, registers: number, index: number, value: number): boolean {
  if (denseGet(buf, registers, index) >= value) return false
  const bit = index * REGISTER_BITS
  const byte = registers + (bit >>> 3)
  const shift = bit & 7
  buf[byte] = (buf[byte] & ~(REGISTER_MASK << shift)) | (value << shift)
  if (shift > 2) {
    const rest = 8 - shift
    buf[byte + 1] = (buf[byte + 1] & ~(REGISTER_MASK >>> rest)) | (value >>> rest)
  }
  return true
}

/** Shows an element to a dense value where it lies; whether a register changed. */
export function denseAdd(value: Slice, element: Slice): boolean {
  const { buf, at } = value
  const index = registerOfElement(element)
  const isChanged = denseRaise(buf, at + HEADER_BYTES, index, rankOfElement())
  if (isChanged) forgetCardinality(buf, at)
  return isChanged
}

// Sparse registers

type VisitRun = (first: number, length: number, value: number) => void

/** Visits the runs of a sparse value; false when they are not 16384 registers in all. */
function forEachRun(value: Slice, visit: VisitRun): boolean {
  const { buf, at, size } = value
  const end = at + size
  let index = 0
  for (let i = at + HEADER_BYTES; i < end; ) {
    const byte = buf[i]
    const isLong = (byte & (IS_VALUE | IS_LONG)) === IS_LONG
    const length = isLong ? longRun(byte, i + 1 < end ? buf[i + 1] : 0) : shortRun(byte)
    if (index + length > REGISTERS) return false
    visit(index, length, byte & IS_VALUE ? runValue(byte) : 0)
    index += length
    i += isLong ? 2 : 1
  }
  return index === REGISTERS
}

const longRun = (first: number, second: number): number => (((first & 0x3f) << 8) | second) + 1
const shortRun = (byte: number): number => (byte & IS_VALUE ? byte & 3 : byte & 0x3f) + 1
const runValue = (byte: number): number => ((byte >>> 2) & 0x1f) + 1
const valueRun = (value: number, length: number): number => IS_VALUE | ((value - 1) << 2) | (length - 1)

/** Visits every register, as a run; false when the value is broken. */
function forEachRegister(value: Slice, visit: VisitRun): boolean {
  if (!isDense(value)) return forEachRun(value, visit)
  const { buf, at } = value
  for (let index = 0; index < REGISTERS; index++) visit(index, 1, denseGet(buf, at + HEADER_BYTES, index))
  return true
}

/** The runs of a sparse value as PFDEBUG DECODE prints them: z and Z for short and long runs of zeros, v for others. */
export function describeRuns(value: Slice): string {
  const { buf, at, size } = value
  const runs: string[] = []
  for (let i = at + HEADER_BYTES; i < at + size; i++) {
    const byte = buf[i]
    if (byte & IS_VALUE) runs.push(`v:${runValue(byte)},${shortRun(byte)}`)
    else if (byte & IS_LONG) runs.push(`Z:${longRun(byte, ++i < at + size ? buf[i] : 0)}`)
    else runs.push(`z:${shortRun(byte)}`)
  }
  return runs.join(' ')
}

// Counting and merging

const counts = new Float64Array(REGISTER_MASK + 1)

/** The cardinality, estimated anew; CORRUPT when the value is broken. */
export function estimate(value: Slice): number {
  counts.fill(0)
  const isWhole = forEachRegister(value, (_, length, register) => {
    counts[register] += length
  })
  return isWhole ? cardinality(counts) : CORRUPT
}

/** The greatest value of each register over several HyperLogLogs: what one that saw all their elements would hold. */
export class Union {
  readonly registers = new Uint8Array(REGISTERS)

  clear(): void {
    this.registers.fill(0)
  }

  /** False when the value is broken. */
  add(value: Slice): boolean {
    const { registers } = this
    return forEachRegister(value, (first, length, register) => {
      for (let index = first; index < first + length; index++) {
        if (register > registers[index]) registers[index] = register
      }
    })
  }

  estimate(): number {
    counts.fill(0)
    for (const register of this.registers) counts[register]++
    return cardinality(counts)
  }
}

// A copy that is edited

/** Room for the longest sparse value and for what one edit adds to it. */
const SKETCH_BYTES = SPARSE_BYTES_MAX + 8

/** A HyperLogLog in its own buffer. Its methods answer UNCHANGED, CHANGED or CORRUPT. */
export class Sketch {
  /** The bytes, as they are to be stored. */
  readonly value = new Slice(new Uint8Array(SKETCH_BYTES), 0, 0)

  /** Begins with no element. */
  clear(): void {
    const { value } = this
    value.buf.fill(0, 0, HEADER_BYTES)
    value.buf.set(MAGIC_BYTES, MAGIC)
    value.buf[FORM] = SPARSE
    value.size = HEADER_BYTES
    value.buf[value.size++] = IS_LONG | ((REGISTERS - 1) >>> 8)
    value.buf[value.size++] = (REGISTERS - 1) & 0xff
  }

  /** Begins with what `source` holds; false when it is longer than a whole one can be. */
  load(source: Slice): boolean {
    if (source.size > SPARSE_BYTES_MAX) return false
    this.value.buf.set(source.view(), 0)
    this.value.size = source.size
    return true
  }

  forget(): void {
    forgetCardinality(this.value.buf, 0)
  }

  /** Shows it an element. A sparse one that would outgrow `sparseMax` bytes becomes dense. */
  add(element: Slice, sparseMax: number): number {
    const index = registerOfElement(element)
    return this.raise(index, rankOfElement(), sparseMax)
  }

  /** Raises a register to at least `value`. */
  raise(index: number, value: number, sparseMax: number): number {
    const { buf } = this.value
    if (!isDense(this.value)) {
      const outcome = value > SPARSE_VALUE_MAX ? TOO_MUCH : this.raiseSparse(index, value, sparseMax)
      if (outcome !== TOO_MUCH) return outcome
      if (!this.toDense()) return CORRUPT
    }
    return denseRaise(buf, HEADER_BYTES, index, value) ? CHANGED : UNCHANGED
  }

  /** Makes it dense; false when it is broken. */
  toDense(): boolean {
    if (isDense(this.value)) return true
    dense.fill(0)
    const isWhole = forEachRun(this.value, (first, length, value) => {
      if (value === 0) return
      for (let index = first; index < first + length; index++) denseRaise(dense, 0, index, value)
    })
    if (!isWhole) return false
    const { buf } = this.value
    buf[FORM] = DENSE
    buf.set(dense, HEADER_BYTES)
    this.value.size = DENSE_BYTES
    return true
  }

  private raiseSparse(index: number, value: number, sparseMax: number): number {
    const { buf, size } = this.value
    // Behind the end lies a zero: a long run that lacks its second byte reads it.
    buf[size] = 0
    // Find the run that the register is in.
    let at = HEADER_BYTES
    let before = HEADER_BYTES
    let first = 0
    let length = 0
    while (at < size) {
      length = isLongRun(buf[at]) ? longRun(buf[at], buf[at + 1]) : shortRun(buf[at])
      if (index < first + length) break
      before = at
      at += isLongRun(buf[at]) ? 2 : 1
      first += length
    }
    if (at >= size) return CORRUPT
    const byte = buf[at]
    const old = byte & IS_VALUE ? runValue(byte) : 0
    if (old >= value) return UNCHANGED
    // Replace it by what comes before the register, the register, and what comes behind.
    let written = writeRun(split, 0, old, index - first)
    written = writeRun(split, written, value, 1)
    written = writeRun(split, written, old, first + length - index - 1)
    const replaced = isLongRun(byte) ? 2 : 1
    const grown = size + written - replaced
    if (written > replaced && grown > sparseMax) return TOO_MUCH
    if (grown > SPARSE_BYTES_MAX) return CORRUPT
    buf.copyWithin(at + written, at + replaced, size)
    for (let i = 0; i < written; i++) buf[at + i] = split[i]
    this.value.size = grown
    this.mergeRuns(before)
    return CHANGED
  }

  /** Makes one run of neighbours that are equal, among a few from `at` on. */
  private mergeRuns(at: number): void {
    const { value } = this
    const { buf } = value
    for (let i = at, looked = 0; i < value.size && looked < MERGED_RUNS; looked++) {
      const byte = buf[i]
      const next = buf[i + 1]
      const isPair = i + 1 < value.size && (byte & IS_VALUE) !== 0 && (next & IS_VALUE) !== 0
      const length = shortRun(byte) + shortRun(next)
      if (isPair && runValue(byte) === runValue(next) && length <= VALUE_RUN_MAX) {
        buf[i + 1] = valueRun(runValue(byte), length)
        buf.copyWithin(i, i + 1, value.size)
        value.size--
      } else i += isLongRun(byte) ? 2 : 1
    }
  }
}

const isLongRun = (byte: number): boolean => (byte & (IS_VALUE | IS_LONG)) === IS_LONG

/** Only the dense form can hold it. */
const TOO_MUCH = -2
const dense = new Uint8Array(DENSE_BYTES - HEADER_BYTES)
/** The runs in the place of one: two long ones and a value between them. */
const split = new Uint8Array(5)

/** Writes a run of `length` registers, none if that is 0, and answers where it ends. */
function writeRun(buf: Uint8Array, at: number, value: number, length: number): number {
  if (length === 0) return at
  if (value > 0) {
    buf[at] = valueRun(value, length)
    return at + 1
  }
  if (length <= SHORT_RUN_MAX) {
    buf[at] = length - 1
    return at + 1
  }
  buf[at] = IS_LONG | ((length - 1) >>> 8)
  buf[at + 1] = (length - 1) & 0xff
  return at + 2
}

/** A register's value of each, for PFDEBUG GETREG. The value is dense. */
export function denseRegisters(value: Slice): number[] {
  return Array.from({ length: REGISTERS }, (_, index) => denseGet(value.buf, value.at + HEADER_BYTES, index))
}
