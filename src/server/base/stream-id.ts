/*
 * StreamId: the id of a stream's entry, milliseconds and a sequence number, both
 * unsigned 64-bit integers, so kept as two halves of 32 bits each. Ids are
 * compared and counted on the way of every XADD: they are objects to be filled
 * again and again, never made for a command.
 *
 * Text is read as real servers read it: what is no canonical number goes to C's
 * strtoull, which takes blanks, a sign (a minus wraps around) and leading zeros.
 */
import { parseInteger, writeInteger } from './integer-text.ts'
import { Slice } from './slice.ts'

const HALF = 0x1_0000_0000
const MAX_HALF = 0xffff_ffff
/** From this high half on, 64 bits are more than a number holds exactly. */
const EXACT_HIGH_END = 1 << 21
/** Longer texts are no ids, whatever they say. */
const TEXT_SIZE_MAX = 127
const MAX_U64 = 2n ** 64n - 1n
const MIN_INT64_MAGNITUDE = 2n ** 63n

const MINUS = 45
const STAR = 42

/** Two numbers of up to 20 digits and what is between them. */
export const STREAM_ID_SIZE_MAX = 41

export class StreamId {
  msHigh = 0
  msLow = 0
  seqHigh = 0
  seqLow = 0

  set(msHigh: number, msLow: number, seqHigh: number, seqLow: number): this {
    this.msHigh = msHigh
    this.msLow = msLow
    this.seqHigh = seqHigh
    this.seqLow = seqLow
    return this
  }

  copy(id: StreamId): this {
    return this.set(id.msHigh, id.msLow, id.seqHigh, id.seqLow)
  }

  setMin(): this {
    return this.set(0, 0, 0, 0)
  }

  setMax(): this {
    return this.set(MAX_HALF, MAX_HALF, MAX_HALF, MAX_HALF)
  }

  /** The first id of a millisecond, a number that is exact. */
  setMs(ms: number): this {
    const high = Math.floor(ms / HALF)
    return this.set(high, ms - high * HALF, 0, 0)
  }

  get isZero(): boolean {
    return (this.msHigh | this.msLow | this.seqHigh | this.seqLow) === 0
  }

  get isMax(): boolean {
    return (this.msHigh & this.msLow & this.seqHigh & this.seqLow) === -1
  }

  /** Negative, zero or positive: as this one is before, the same as or after the other. */
  compare(other: StreamId): number {
    if (this.msHigh !== other.msHigh) return this.msHigh - other.msHigh
    if (this.msLow !== other.msLow) return this.msLow - other.msLow
    if (this.seqHigh !== other.seqHigh) return this.seqHigh - other.seqHigh
    return this.seqLow - other.seqLow
  }

  hasMsOf(other: StreamId): boolean {
    return this.msHigh === other.msHigh && this.msLow === other.msLow
  }

  /** To the next id of the same millisecond; false when there is none: nothing changed. */
  nextInMs(): boolean {
    if ((this.seqHigh & this.seqLow) === -1) return false
    this.seqLow = (this.seqLow + 1) >>> 0
    if (this.seqLow === 0) this.seqHigh++
    return true
  }

  /** To the next id there is; false when there is none: nothing changed. */
  next(): boolean {
    if (this.nextInMs()) return true
    if ((this.msHigh & this.msLow) === -1) return false
    const low = (this.msLow + 1) >>> 0
    this.set(low === 0 ? this.msHigh + 1 : this.msHigh, low, 0, 0)
    return true
  }

  /** To the id before; false when there is none: nothing changed. */
  previous(): boolean {
    if ((this.seqHigh | this.seqLow) !== 0) {
      if (this.seqLow === 0) this.seqHigh--
      this.seqLow = (this.seqLow - 1) >>> 0
      return true
    }
    if ((this.msHigh | this.msLow) === 0) return false
    const high = this.msLow === 0 ? this.msHigh - 1 : this.msHigh
    this.set(high, (this.msLow - 1) >>> 0, MAX_HALF, MAX_HALF)
    return true
  }

  /** Writes `ms-seq`, at most STREAM_ID_SIZE_MAX bytes, and returns the size. */
  write(buf: Uint8Array, at: number): number {
    const ms = writeHalves(this.msHigh, this.msLow, buf, at)
    buf[at + ms] = MINUS
    return ms + 1 + writeHalves(this.seqHigh, this.seqLow, buf, at + ms + 1)
  }

  toString(): string {
    return `${u64Of(this.msHigh, this.msLow)}-${u64Of(this.seqHigh, this.seqLow)}`
  }

  /**
   * Fills the id from text. `missingSeq` is the sequence number of an id that is only milliseconds:
   * the first one there is or the last one. False when the text is no id.
   */
  parse(text: Slice, missingSeq: 'first' | 'last'): boolean {
    return this.parseParts(text, missingSeq, false) !== INVALID
  }

  /** As parse, for XADD: the sequence number may be left to the server, as `ms-*`. */
  parseToAdd(text: Slice): 'whole' | 'without sequence' | undefined {
    const parsed = this.parseParts(text, 'first', true)
    if (parsed === INVALID) return undefined
    return parsed === WHOLE ? 'whole' : 'without sequence'
  }

  private parseParts(text: Slice, missingSeq: 'first' | 'last', takesStar: boolean): number {
    if (text.size > TEXT_SIZE_MAX) return INVALID
    const { buf, at } = text
    let size = 0
    let dash = -1
    for (; size < text.size && buf[at + size] !== 0; size++) {
      if (dash < 0 && buf[at + size] === MINUS) dash = at + size
    }
    if (dash < 0) dash = at + size
    if (!parseU64(buf, at, dash - at)) return INVALID
    this.msHigh = parsedHigh
    this.msLow = parsedLow
    if (dash === at + size) {
      this.seqHigh = this.seqLow = missingSeq === 'first' ? 0 : MAX_HALF
      return WHOLE
    }
    const seqAt = dash + 1
    const seqSize = at + size - seqAt
    if (takesStar && seqSize === 1 && buf[seqAt] === STAR) {
      this.seqHigh = this.seqLow = 0
      return WITHOUT_SEQUENCE
    }
    if (!parseU64(buf, seqAt, seqSize)) return INVALID
    this.seqHigh = parsedHigh
    this.seqLow = parsedLow
    return WHOLE
  }
}

const INVALID = 0
const WHOLE = 1
const WITHOUT_SEQUENCE = 2

/** What parseU64 has read. */
let parsedHigh = 0
let parsedLow = 0
const digits = new Slice()

function parseU64(buf: Uint8Array, at: number, size: number): boolean {
  const value = parseInteger(digits.aim(buf, at, size))
  if (Number.isNaN(value)) return parseAsStrtoull(digits.text())
  if (value < 0) return false
  parsedHigh = Math.floor(value / HALF)
  parsedLow = value - parsedHigh * HALF
  return true
}

function parseAsStrtoull(text: string): boolean {
  const match = /^[ \t\n\v\f\r]*([+-]?)(\d+)$/.exec(text)
  if (!match) return false
  const magnitude = BigInt(match[2]!)
  if (magnitude > MAX_U64) return false
  // A negative number that is canonical and of 64 bits is refused as such; strtoull makes others wrap around.
  if (/^-[1-9]/.test(text) && magnitude <= MIN_INT64_MAGNITUDE) return false
  const value = match[1] === '-' ? BigInt.asUintN(64, -magnitude) : magnitude
  parsedHigh = Number(value >> 32n)
  parsedLow = Number(value & 0xffff_ffffn)
  return true
}

function u64Of(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low)
}

function writeHalves(high: number, low: number, buf: Uint8Array, at: number): number {
  if (high < EXACT_HIGH_END) return writeInteger(high * HALF + low, buf, at)
  const text = u64Of(high, low).toString()
  for (let i = 0; i < text.length; i++) buf[at + i] = text.charCodeAt(i)
  return text.length
}
