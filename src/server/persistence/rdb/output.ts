/*
 * RdbOutput: the primitives of an RDB file, written into one growing buffer, or
 * in chunks that are handed on when they are full. What they mean and in which
 * order they come is its callers' affair; how a length and a string look is drawn
 * in format.ts.
 */
import { CRC64_SIZE, Crc64 } from '../../base/crc64.ts'
import { parseInteger } from '../../base/integer-text.ts'
import { lzfCompress } from '../../base/lzf-compress.ts'
import type { Slice } from '../../base/slice.ts'
import { widened, wideOf } from '../../base/wide-bytes.ts'
import { copyBytes } from '../../memory/bytes.ts'
import {
  LENGTH_14,
  LENGTH_32,
  LENGTH_64,
  RDB_VERSION,
  STRING_INT8,
  STRING_INT16,
  STRING_INT32,
  STRING_LZF,
} from './format.ts'

const INITIAL_BYTES = 1024
/** What is handed on at a time. It is summed up then, which takes some 0.3 ms of whatever command fills it. */
const CHUNK_BYTES = 64 * 1024
/** Longer texts are no integers of 32 bits. */
const INTEGER_TEXT_MAX = 11
/** Shorter strings are not worth compressing. */
const COMPRESSED_FROM = 21
/** What compression has to save. */
const SAVED_MIN = 4
const UINT32 = 0x1_0000_0000

export interface RdbOutputOptions {
  /** rdbcompression: whether strings are compressed where that saves something. */
  readonly compresses?: boolean
  /** The version of the format: 11, or 10 for Redis 7.0. */
  readonly version?: number
  /** Takes full chunks, which are then its own. Without it all bytes stay in `buf`. */
  readonly send?: (chunk: Uint8Array) => void
  /** The size of the first chunk; each is twice as long as the one before, up to what it is without this. */
  readonly chunkBytes?: number
  /** False: no checksum will be asked for. */
  readonly sums?: boolean
}

export class RdbOutput {
  buf: Uint8Array
  at = 0
  readonly version: number
  readonly compresses: boolean
  private readonly send: ((chunk: Uint8Array) => void) | undefined
  private readonly sums: boolean
  private readonly sum = new Crc64()
  /** Bytes that are in the sum: of all, and of those still in the buffer. */
  private summed = 0
  private summedInBuffer = 0

  constructor({
    compresses = true,
    version = RDB_VERSION,
    send,
    chunkBytes = CHUNK_BYTES,
    sums = true,
  }: RdbOutputOptions = {}) {
    this.compresses = compresses
    this.version = version
    this.send = send
    this.sums = sums
    this.buf = widened(new Uint8Array(send ? chunkBytes : INITIAL_BYTES))
  }

  bytes(from: Uint8Array, at: number, size: number): void {
    let start = at
    let left = size
    if (this.send) {
      for (let room = this.buf.length - this.at; left > room; room = this.buf.length) {
        this.copy(from, start, room)
        start += room
        left -= room
        this.flush()
      }
    } else this.reserve(size)
    this.copy(from, start, left)
  }

  private copy(from: Uint8Array, at: number, size: number): void {
    copyBytes(this.buf, this.at, from, at, size)
    this.at += size
  }

  /** Adds the checksum of all that was written; nothing may follow it. */
  checksum(): void {
    this.sumUp()
    this.reserve(CRC64_SIZE)
    this.sum.write(this.buf, this.at)
    this.at += CRC64_SIZE
  }

  /** Sums as if the first bytes, `difference` XOR what they were, had been others. Whoever has taken them writes them anew. */
  exchangeHead(difference: Uint8Array): void {
    this.sumUp()
    this.sum.exchange(difference, this.summed - difference.length)
  }

  private sumUp(): void {
    this.sum.add(this.buf, this.summedInBuffer, this.at - this.summedInBuffer)
    this.summed += this.at - this.summedInBuffer
    this.summedInBuffer = this.at
  }

  /** Hands on what has been written. */
  flush(): void {
    if (this.at === 0 || this.send === undefined) return
    if (this.sums) this.sumUp()
    const { buf, at } = this
    this.buf = widened(new Uint8Array(Math.min(buf.length * 2, CHUNK_BYTES)))
    this.at = 0
    this.summedInBuffer = 0
    this.send(buf.subarray(0, at))
  }

  byte(value: number): void {
    this.reserve(1)
    this.buf[this.at++] = value
  }

  length(value: number): void {
    this.reserve(9)
    const { buf } = this
    if (value < 64) buf[this.at++] = value
    else if (value < 1 << 14) {
      buf[this.at++] = LENGTH_14 | (value >>> 8)
      buf[this.at++] = value
    } else if (value < UINT32) {
      buf[this.at++] = LENGTH_32
      this.bigEndian(value)
    } else {
      buf[this.at++] = LENGTH_64
      this.bigEndian(Math.floor(value / UINT32))
      this.bigEndian(value % UINT32)
    }
  }

  /** A length of 64 bits in two halves, unsigned. */
  halves(high: number, low: number): void {
    if (high === 0) return this.length(low)
    this.reserve(9)
    this.buf[this.at++] = LENGTH_64
    this.bigEndian(high)
    this.bigEndian(low)
  }

  /** A string in its shortest form. */
  string(value: Slice): void {
    const { buf, at, size } = value
    if (size <= INTEGER_TEXT_MAX && this.integerString(parseInteger(value))) return
    if (this.compresses && size >= COMPRESSED_FROM && this.compressedString(buf, at, size)) return
    this.length(size)
    this.bytes(buf, at, size)
  }

  /** What comes before the `packed` bytes that a string of `size` bytes was compressed to. */
  compressedHead(packed: number, size: number): void {
    this.byte(STRING_LZF)
    this.length(packed)
    this.length(size)
  }

  /** 8 bytes, little endian: unix time in milliseconds, or -1. */
  milliseconds(value: number): void {
    this.reserve(8)
    const view = wideOf(this.buf)!
    view.setUint32(this.at, value % UINT32, true)
    view.setInt32(this.at + 4, Math.floor(value / UINT32), true)
    this.at += 8
  }

  /** 8 bytes, little endian, IEEE 754. */
  double(value: number): void {
    this.reserve(8)
    wideOf(this.buf)!.setFloat64(this.at, value, true)
    this.at += 8
  }

  private bigEndian(value: number): void {
    for (let shift = 24; shift >= 0; shift -= 8) this.buf[this.at++] = value >>> shift
  }

  private integerString(value: number): boolean {
    // Not for NaN, which is no integer.
    if (!(value >= -0x80000000 && value <= 0x7fffffff)) return false
    const size = value >= -0x80 && value <= 0x7f ? 1 : value >= -0x8000 && value <= 0x7fff ? 2 : 4
    this.byte(size === 1 ? STRING_INT8 : size === 2 ? STRING_INT16 : STRING_INT32)
    this.reserve(4)
    for (let i = 0; i < size; i++) this.buf[this.at++] = value >> (i << 3)
    return true
  }

  private compressedString(buf: Uint8Array, at: number, size: number): boolean {
    const packed = lzfCompress(buf, at, size, size - SAVED_MIN)
    if (packed === undefined) return false
    this.compressedHead(packed.size, size)
    this.bytes(packed.buf, packed.at, packed.size)
    return true
  }

  /** Makes room for a few bytes, or without a taker of chunks for any number of them. */
  private reserve(size: number): void {
    if (this.at + size <= this.buf.length) return
    if (this.send) return this.flush()
    const grown = widened(new Uint8Array(Math.max(this.buf.length * 2, this.at + size)))
    grown.set(this.buf.subarray(0, this.at))
    this.buf = grown
  }
}
