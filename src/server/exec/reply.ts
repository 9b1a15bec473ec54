/*
 * The reply writer: values in, RESP2 or RESP3 bytes out, into one growing buffer.
 *
 * A command says what it means (a map, a set, a double); which bytes that makes
 * depends on the protocol of the client being served. The engine owns one writer
 * and aims it at the client whose commands it runs; what is between two marks
 * belongs to that client. Nothing here allocates but the buffer's own growth.
 */
import { doubleToText } from '../base/double-text.ts'
import { INTEGER_SIZE_MAX, writeInteger } from '../base/integer-text.ts'
import type { Slice } from '../base/slice.ts'
import { widened } from '../base/wide-bytes.ts'
import { copyBytes } from '../memory/bytes.ts'

const CR = 13
const LF = 10
const INITIAL_BYTES = 64 * 1024
/** A buffer that one huge reply made bigger than this is given back once it is sent. */
const KEPT_BYTES = 1024 * 1024
/** Replies up to this size leave in Buffers that are kept: to make one takes longer than to write a short reply. */
const VIEWED_BYTES = 128

/** Of an integer that is on its way into a bulk string. */
const integerText = widened(new Uint8Array(INTEGER_SIZE_MAX))

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))
const OK = ascii('+OK\r\n')
const QUEUED = ascii('+QUEUED\r\n')
const PONG = ascii('+PONG\r\n')
const NULL2 = ascii('$-1\r\n')
const NULL_ARRAY2 = ascii('*-1\r\n')
const NULL3 = ascii('_\r\n')
const ZERO = ascii(':0\r\n')
const ONE = ascii(':1\r\n')

export class Reply {
  buf: Uint8Array = widened(new Uint8Array(INITIAL_BYTES))
  /** Bytes written so far; setting it back takes replies back (CLIENT REPLY OFF, a failed EXEC). */
  at = 0
  /** The first bytes of `buf`, as streams want them, by their number. */
  private readonly views: (Buffer | undefined)[] = new Array<undefined>(VIEWED_BYTES + 1).fill(undefined)
  protocol: 2 | 3 = 2

  /** Makes room for `size` more bytes; `buf` may be another array afterwards. */
  reserve(size: number): void {
    if (this.at + size <= this.buf.length) return
    const written = this.buf.subarray(0, this.at)
    this.renew(Math.max(this.buf.length * 2, this.at + size))
    this.buf.set(written)
  }

  /** Hands the written bytes over, then starts again. True from `send` means that the bytes may be overwritten. */
  flush(sink: { send(bytes: Uint8Array): boolean }): void {
    if (this.at === 0) return
    const reusable = sink.send(this.written())
    this.at = 0
    if (!reusable || this.buf.length > KEPT_BYTES) this.renew(INITIAL_BYTES)
  }

  /** Forgets what was written. */
  clear(): void {
    this.at = 0
    if (this.buf.length > KEPT_BYTES) this.renew(INITIAL_BYTES)
  }

  private renew(size: number): void {
    this.buf = widened(new Uint8Array(size))
    this.views.fill(undefined)
  }

  private written(): Buffer {
    const { at, views } = this
    const view = at <= VIEWED_BYTES ? views[at] : undefined
    if (view !== undefined) return view
    const made = Buffer.from(this.buf.buffer as ArrayBuffer, 0, at)
    if (at <= VIEWED_BYTES) views[at] = made
    return made
  }

  raw(bytes: Uint8Array): void {
    const size = bytes.length
    this.reserve(size)
    if (size < 64) {
      const { buf } = this
      for (let i = 0, to = this.at; i < size; i++) buf[to++] = bytes[i]
    } else this.buf.set(bytes, this.at)
    this.at += size
  }

  ok(): void {
    this.raw(OK)
  }

  queued(): void {
    this.raw(QUEUED)
  }

  pong(): void {
    this.raw(PONG)
  }

  /** A refusal as `errorLine` encoded it. */
  error(line: Uint8Array): void {
    this.raw(line)
  }

  /** A refusal whose text depends on the request. Line breaks in it become spaces, as in Redis. */
  errorText(text: string): void {
    this.line(45, text.replace(/[\r\n]/g, ' '))
  }

  simple(text: string): void {
    this.line(43, text)
  }

  integer(value: number | bigint): void {
    if (value === 0) return this.raw(ZERO)
    if (value === 1) return this.raw(ONE)
    if (typeof value === 'bigint') return this.line(58, value.toString())
    this.header(58, value)
  }

  bulk(value: Slice): void {
    this.bulkOf(value.buf, value.at, value.size)
  }

  bulkBytes(bytes: Uint8Array): void {
    this.bulkOf(bytes, 0, bytes.length)
  }

  /** A bulk string of `size` bytes of `from`, starting at `at`. */
  bulkOf(from: Uint8Array, at: number, size: number): void {
    this.reserve(size + 32)
    const { buf } = this
    let to = this.at
    if (size >= 10 && size < 100) {
      // What most values are, and so written out: `$dd\r\n`.
      const tens = (size / 10) | 0
      buf[to] = 36
      buf[to + 1] = 48 + tens
      buf[to + 2] = 48 + size - tens * 10
      buf[to + 3] = CR
      buf[to + 4] = LF
      to += 5
    } else {
      this.header(36, size)
      to = this.at
    }
    copyBytes(buf, to, from, at, size)
    to += size
    buf[to] = CR
    buf[to + 1] = LF
    this.at = to + 2
  }

  /** A bulk string of a Latin-1 text, one byte a character. */
  bulkText(text: string): void {
    const size = text.length
    this.reserve(size + 32)
    this.header(36, size)
    this.ascii(text)
    this.crlf()
  }

  bulkInteger(value: number | bigint): void {
    this.bulkText(value.toString())
  }

  nil(): void {
    this.raw(this.protocol === 3 ? NULL3 : NULL2)
  }

  /** The nil of commands that otherwise answer an array (`*-1` in RESP2). */
  nilArray(): void {
    this.raw(this.protocol === 3 ? NULL3 : NULL_ARRAY2)
  }

  array(count: number): void {
    this.header(42, count)
  }

  /** A map of `pairs` keys and values; in RESP2 an array of twice as many elements. */
  map(pairs: number): void {
    if (this.protocol === 3) this.header(37, pairs)
    else this.header(42, pairs * 2)
  }

  set(count: number): void {
    this.header(this.protocol === 3 ? 126 : 42, count)
  }

  push(count: number): void {
    this.header(this.protocol === 3 ? 62 : 42, count)
  }

  /** The header of `pairs` attributes before the reply they are about; RESP3 only. */
  attribute(pairs: number): void {
    this.header(124, pairs)
  }

  boolean(value: boolean): void {
    if (this.protocol === 3) this.line(35, value ? 't' : 'f')
    else this.integer(value ? 1 : 0)
  }

  double(value: number): void {
    // Most scores are whole: their text is that of the integer, and is written without a string in between.
    if ((value | 0) !== value || Object.is(value, -0)) return this.doubleText(doubleToText(value))
    if (this.protocol === 3) return this.header(44, value)
    this.bulkOf(integerText, 0, writeInteger(value, integerText, 0))
  }

  /** A double as `text` spells it, where that is not the shortest text. */
  doubleText(text: string): void {
    if (this.protocol === 3) this.line(44, text)
    else this.bulkText(text)
  }

  bigNumber(value: bigint): void {
    if (this.protocol === 3) this.line(40, value.toString())
    else this.bulkText(value.toString())
  }

  /** Text for people: `format` is txt or mkd. The text is sent as UTF-8. */
  verbatim(text: string, format: 'txt' | 'mkd' = 'txt'): void {
    const bytes = Buffer.from(text, 'utf8')
    if (this.protocol !== 3) return this.bulkBytes(bytes)
    this.header(61, bytes.length + 4)
    this.reserve(bytes.length + 16)
    this.ascii(`${format}:`)
    this.raw(bytes)
    this.crlf()
  }

  /** A place to which `insertArray` and its kin can come back when the number of elements is known. */
  mark(): number {
    return this.at
  }

  /** Makes what was written since `mark` the elements of an array of `count`. */
  insertArray(mark: number, count: number): void {
    this.insert(mark, () => this.array(count))
  }

  insertMap(mark: number, pairs: number): void {
    this.insert(mark, () => this.map(pairs))
  }

  insertSet(mark: number, count: number): void {
    this.insert(mark, () => this.set(count))
  }

  /** Puts what `header` writes before what was written since `mark`. */
  insert(mark: number, header: () => void): void {
    const end = this.at
    header()
    const size = this.at - end
    this.reserve(size)
    const { buf } = this
    const head = buf.slice(end, end + size)
    buf.copyWithin(mark + size, mark, end)
    buf.set(head, mark)
    this.at = end + size
  }

  /** `<type><value>\r\n` for an integer within 2^53. */
  private header(type: number, value: number): void {
    this.reserve(24)
    const { buf } = this
    let to = this.at
    buf[to++] = type
    if (value < 0 || value > 0x7fffffff) {
      this.at = to
      this.ascii(String(value))
      to = this.at
    } else if (value < 10) {
      buf[to++] = 48 + value
    } else {
      let digits = 1
      for (let bound = 10; bound <= value && digits < 10; bound *= 10) digits++
      let rest = value | 0
      for (let i = to + digits - 1; i >= to; i--) {
        const tenth = (rest / 10) | 0
        buf[i] = 48 + rest - tenth * 10
        rest = tenth
      }
      to += digits
    }
    buf[to] = CR
    buf[to + 1] = LF
    this.at = to + 2
  }

  private line(type: number, text: string): void {
    this.reserve(text.length + 3)
    this.buf[this.at++] = type
    this.ascii(text)
    this.crlf()
  }

  /** Appends Latin-1 text; room has been made. */
  private ascii(text: string): void {
    const { buf } = this
    let to = this.at
    for (let i = 0; i < text.length; i++) buf[to++] = text.charCodeAt(i)
    this.at = to
  }

  private crlf(): void {
    this.reserve(2)
    this.buf[this.at++] = CR
    this.buf[this.at++] = LF
  }
}
