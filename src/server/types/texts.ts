/*
 * Texts: a list of byte strings outside the arena, for the time of one command. Their
 * bytes lie one behind the other in buffers, and where each of them lies is three
 * words: a million objects would cost more than what is done with them.
 *
 *   [buffer][offset][bytes]
 */
import type { Slice } from '../base/slice.ts'
import { widened } from '../base/wide-bytes.ts'
import { copyBytes } from '../memory/bytes.ts'

/** The first buffer is small, as most lists are; each after it twice as big as the one before, up to BUFFER_MAX_BYTES. */
const BUFFER_MIN_BYTES = 1024
const BUFFER_MAX_BYTES = 256 * 1024
const BUFFER = 0
const OFFSET = 1
const BYTES = 2
const WORDS = 3
/** In the place of the bytes of what is none. No text is so long. */
const NONE = 0xffffffff

interface Buffer {
  readonly bytes: Uint8Array
  /** So many of them are used. */
  end: number
}

export class Texts {
  count = 0
  /** Of all texts together. */
  bytes = 0
  private places = new Uint32Array(16 * WORDS)
  private readonly buffers: Buffer[]

  constructor(buffers: Buffer[] = []) {
    this.buffers = buffers
  }

  add({ buf, at, size }: Slice): void {
    let last = this.buffers[this.buffers.length - 1]
    if (last === undefined || last.end + size > last.bytes.length) {
      const usual = last === undefined ? BUFFER_MIN_BYTES : Math.min(last.bytes.length * 2, BUFFER_MAX_BYTES)
      last = { bytes: widened(new Uint8Array(Math.max(size, usual))), end: 0 }
      this.buffers.push(last)
    }
    copyBytes(last.bytes, last.end, buf, at, size)
    this.place(this.buffers.length - 1, last.end, size)
    last.end += size
    this.bytes += size
  }

  /** Adds what is no text: neither an empty one. */
  addNone(): void {
    this.place(0, 0, NONE)
  }

  private place(buffer: number, offset: number, bytes: number): void {
    const at = this.count++ * WORDS
    if (at === this.places.length) {
      const places = new Uint32Array(at * 2)
      places.set(this.places)
      this.places = places
    }
    this.places[at + BUFFER] = buffer
    this.places[at + OFFSET] = offset
    this.places[at + BYTES] = bytes
  }

  /** Aims `out` at a text; undefined where there is none. */
  get(index: number, out: Slice): Slice | undefined {
    const at = index * WORDS
    const bytes = this.places[at + BYTES]
    if (bytes === NONE) return undefined
    return out.aim(this.buffers[this.places[at + BUFFER]].bytes, this.places[at + OFFSET], bytes)
  }

  /** The same texts up to the first zero byte of each: themselves, where there is no such byte. */
  toZeros(): Texts {
    if (!this.buffers.some(({ bytes, end }) => bytes.subarray(0, end).includes(0))) return this
    const cut = new Texts(this.buffers)
    for (let i = 0; i < this.count; i++) {
      const [buffer, offset, bytes] = this.places.subarray(i * WORDS, (i + 1) * WORDS)
      if (bytes === NONE) cut.addNone()
      else {
        const zero = this.buffers[buffer].bytes.subarray(offset, offset + bytes).indexOf(0)
        cut.place(buffer, offset, zero < 0 ? bytes : zero)
      }
    }
    return cut
  }
}
