/*
 * Slice: some bytes in a bigger buffer, passed around without copying them.
 *
 * Requests, keys and values all travel as slices: of a read buffer, of the
 * arena, of a scratch buffer. Whoever hands one out owns the bytes and says how
 * long they live (an argument: until its command returns; an arena slice: until
 * the next call that may allocate or free). Slices are pooled and re-aimed, so
 * the hot path makes no objects; copy() what must outlive the call.
 */
import { sameBytes, widened } from './wide-bytes.ts'

const EMPTY = widened(new Uint8Array(0))

export class Slice {
  buf: Uint8Array
  at: number
  size: number

  constructor(buf: Uint8Array = EMPTY, at = 0, size = buf.length - at) {
    this.buf = buf
    this.at = at
    this.size = size
  }

  /** A slice of its own bytes: `text` as Latin-1, one byte a character. */
  static of(text: string): Slice {
    const buf = new Uint8Array(text.length)
    for (let i = 0; i < text.length; i++) buf[i] = text.charCodeAt(i)
    return new Slice(buf)
  }

  aim(buf: Uint8Array, at: number, size: number): this {
    this.buf = buf
    this.at = at
    this.size = size
    return this
  }

  /** The bytes as a view, alive only as long as the slice's own buffer is. */
  view(): Uint8Array {
    return this.buf.subarray(this.at, this.at + this.size)
  }

  /** The bytes in an array of their own. Not by `buf.slice`, which in a Buffer shares them. */
  bytes(): Uint8Array {
    const copy = new Uint8Array(this.size)
    copy.set(this.view())
    return copy
  }

  /** A slice that owns its bytes. */
  copy(): Slice {
    return new Slice(this.bytes())
  }

  equals(other: Slice): boolean {
    return this.size === other.size && sameBytes(this.buf, this.at, other.buf, other.at, this.size)
  }

  /** Equality with an ASCII word in lower case, ignoring the slice's case. */
  is(word: string): boolean {
    const size = this.size
    if (size !== word.length) return false
    const { buf, at } = this
    for (let i = 0; i < size; i++) {
      let c = buf[at + i]
      if (c >= 65 && c <= 90) c += 32
      if (c !== word.charCodeAt(i)) return false
    }
    return true
  }

  /** Latin-1 text, one character a byte: lossless, for cold paths and as a map key. */
  text(): string {
    const { buf, at, size } = this
    if (size > 64) return Buffer.from(buf.buffer, buf.byteOffset + at, size).toString('latin1')
    let text = ''
    for (let i = 0; i < size; i++) text += String.fromCharCode(buf[at + i])
    return text
  }

  /** The text up to its first zero byte: what is left of an argument where Redis repeats it in an error. */
  textToZero(): string {
    const text = this.text()
    const end = text.indexOf('\0')
    return end < 0 ? text : text.slice(0, end)
  }
}
