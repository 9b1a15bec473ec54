/*
 * RdbOutput: the primitives of an RDB file, written into one growing buffer.
 * What they mean and in which order they come is its callers' affair; how a
 * length and a string look is drawn in format.ts.
 */
import { parseInteger } from '../../base/integer-text.ts'
import { lzfCompress } from '../../base/lzf.ts'
import type { Slice } from '../../base/slice.ts'
import { LENGTH_14, LENGTH_32, LENGTH_64, STRING_INT8, STRING_INT16, STRING_INT32, STRING_LZF } from './format.ts'

const INITIAL_BYTES = 1024
/** Longer texts are no integers of 32 bits. */
const INTEGER_TEXT_MAX = 11
/** Shorter strings are not worth compressing. */
const COMPRESSED_FROM = 21
/** What compression has to save. */
const SAVED_MIN = 4
const UINT32 = 0x1_0000_0000

const scratch = new DataView(new ArrayBuffer(8))

export class RdbOutput {
  buf: Uint8Array = new Uint8Array(INITIAL_BYTES)
  at = 0
  /** rdbcompression: whether strings are compressed where that saves something. */
  readonly compresses: boolean

  constructor(compresses = true) {
    this.compresses = compresses
  }

  bytes(from: Uint8Array, at: number, size: number): void {
    this.reserve(size)
    this.buf.set(from.subarray(at, at + size), this.at)
    this.at += size
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

  /** A string in its shortest form. */
  string(value: Slice): void {
    const { buf, at, size } = value
    if (size <= INTEGER_TEXT_MAX && this.integerString(parseInteger(value))) return
    if (this.compresses && size >= COMPRESSED_FROM && this.compressedString(buf, at, size)) return
    this.length(size)
    this.bytes(buf, at, size)
  }

  /** 8 bytes, little endian: unix time in milliseconds, or -1. */
  milliseconds(value: number): void {
    scratch.setBigInt64(0, BigInt(value), true)
    this.scratch()
  }

  /** 8 bytes, little endian, IEEE 754. */
  double(value: number): void {
    scratch.setFloat64(0, value, true)
    this.scratch()
  }

  private scratch(): void {
    this.bytes(new Uint8Array(scratch.buffer), 0, 8)
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
    const packed = new Uint8Array(size)
    const packedSize = lzfCompress(buf, at, size, packed, size - SAVED_MIN)
    if (packedSize === 0) return false
    this.byte(STRING_LZF)
    this.length(packedSize)
    this.length(size)
    this.bytes(packed, 0, packedSize)
    return true
  }

  private reserve(size: number): void {
    if (this.at + size <= this.buf.length) return
    const grown = new Uint8Array(Math.max(this.buf.length * 2, this.at + size))
    grown.set(this.buf.subarray(0, this.at))
    this.buf = grown
  }
}
