/*
 * Request parser: bytes of a connection in, arguments out.
 *
 *   *2\r\n$3\r\nGET\r\n$3\r\nkey\r\n     an array of bulk strings, or
 *   GET key\r\n                          an inline command: words, quoted as in a shell
 *
 * Input comes in chunks that end anywhere. Arguments of a request that lies
 * whole in one chunk are slices of that chunk: nothing is copied. What a chunk
 * leaves unfinished is kept in a buffer of our own, and the rest appended, there or
 * in the joint buffer; parsing goes on where it stopped, so a request of a million
 * arguments in a thousand chunks is read once. It fills one buffer after another: the
 * arguments that are whole stay where they are. An argument of 32 KiB or more that is
 * not whole yet gets a buffer of its own size, and the chunks are copied straight into it.
 *
 * Limits and error texts are those of Redis 7.0. Like there, the bytes after a
 * bulk string are skipped without looking at them, and a line is searched for
 * only up to a zero byte: such a line never ends, until it is too long.
 */
import { Slice } from '../base/slice.ts'
import { widened } from '../base/wide-bytes.ts'
import { splitWords } from '../base/words.ts'
import type { Limits } from '../config/limits.ts'
import { giveArguments, giveBuffers, HUGE_BUFFER_BYTES, takeArguments, takeBuffer } from './huge-requests.ts'

/** What `next` found. */
export const NEED_MORE = 0
export const REQUEST = 1
export const ERROR = 2
export type Found = typeof NEED_MORE | typeof REQUEST | typeof ERROR

/** The longest line: an inline command, or a header with its number. */
const LINE_MAX_BYTES = 64 * 1024
const BIG_ARGUMENT_BYTES = 32 * 1024
const ARGUMENTS_MAX = 2 ** 31 - 1
/** Until the client has said who it is. */
const STRANGER_ARGUMENTS_MAX = 10
const STRANGER_ARGUMENT_MAX_BYTES = 16384
/** Argument slices kept for the next request; a request of more leaves all of its own to the next such request. */
const KEPT_ARGUMENTS = 256
const PENDING_START_BYTES = 4096
/** An empty one. */
const SHORTEST_ARGUMENT_BYTES = '$0\r\n\r\n'.length
/** What a big argument gets before its bytes have come. */
const BIG_START_BYTES = 16 * 1024 * 1024

const STAR = 42
const DOLLAR = 36
const MINUS = 45
const ZERO = 48
const CR = 13
const LF = 10

const EMPTY = widened(new Uint8Array(0))
/**
 * Where what a chunk left unfinished and the next chunk are put together. All parsers of a thread share it,
 * as their connections share the buffer that they read into: a new one for every chunk of a long pipeline
 * would be garbage twice as big as all that is sent.
 */
const joint = widened(new Uint8Array(128 * 1024))
/** No number stands there. */
const INVALID = Number.NaN

export class RequestParser {
  /** The arguments of the request found; alive until `next` or `feed` is called again. Entries from `argc` on are leftovers. */
  argv: Slice[] = []
  argc = 0
  /** After ERROR: what Redis would say, without the code. */
  error = ''
  /** Whether the client has authenticated; strangers get little room. */
  isTrusted = true
  private readonly limits: Limits

  // The input: the chunk, or a buffer of our own with what earlier chunks left and this one after it.
  private buf: Uint8Array = EMPTY
  private at = 0
  private end = 0
  private isOwn = false
  /** The last buffer of our own, for what the joint one leaves unfinished. */
  private spare: Uint8Array = EMPTY

  // The array request being read.
  /** Arguments still to come; 0 between requests. */
  private missing = 0
  /** Size of the argument whose header was read, or -1. */
  private size = -1
  /** Where in the input its first argument's header begins; nothing before is needed any more. */
  private start = 0
  /** The big argument being filled, and how much of it has come. */
  private big: Uint8Array | undefined
  private bigFilled = 0
  /** What a request has filled before the present buffer: bytes, and those buffers that another request could use. */
  private filled = 0
  private readonly full: Uint8Array[] = []
  /** The last request had arguments with buffers of their own. */
  private hadOwnBuffers = false

  constructor(limits: Limits) {
    this.limits = limits
  }

  /** Bytes held for requests that are not whole yet. */
  get heldBytes(): number {
    return (this.isOwn ? this.end - this.start : 0) + this.filled + this.bigFilled
  }

  /** Takes a chunk of input; its bytes must stay as they are until `next` says NEED_MORE or `keep` is called. */
  feed(chunk: Uint8Array, size: number): void {
    let from = 0
    if (this.big !== undefined) from = this.fillBig(chunk, 0, size)
    if (this.isOwn) return this.append(chunk, from, size)
    this.buf = chunk
    this.at = from
    this.end = size
    this.start = from
  }

  /** Keeps what `next` has not read yet, so that the chunk may be overwritten: the client has to wait. */
  keep(): void {
    this.release()
    this.argc = 0
    this.suspend()
  }

  /** Finds the next request in the input. After NEED_MORE all of the chunk has been read or kept. */
  next(): Found {
    if (this.missing === 0) {
      if (this.hadOwnBuffers || this.argv.length > KEPT_ARGUMENTS) this.release()
      this.argc = 0
      const found = this.begin()
      if (found !== REQUEST || this.missing === 0) return found
    }
    return this.readArguments()
  }

  /** Lets go of what only a big request needed. */
  private release(): void {
    if (this.argv.length > KEPT_ARGUMENTS) {
      giveArguments(this.argv)
      this.argv = []
    }
    for (const arg of this.argv) arg.aim(EMPTY, 0, 0)
    giveBuffers(this.full)
    this.hadOwnBuffers = false
    this.filled = 0
  }

  /** Reads the first line of a request: an inline command is whole then. */
  private begin(): Found {
    for (;;) {
      if (this.at >= this.end) return this.suspend()
      const isArray = this.buf[this.at] === STAR
      if (!isArray) {
        const found = this.readInline()
        if (found !== REQUEST || this.argc > 0) return found
      } else {
        const lineEnd = this.headerEnd()
        if (lineEnd < 0) return this.isLineTooLong() ? this.fail('too big mbulk count string') : this.suspend()
        const count = this.numberIn(this.at + 1, lineEnd)
        if (!(count <= ARGUMENTS_MAX)) return this.fail('invalid multibulk length')
        if (count > STRANGER_ARGUMENTS_MAX && !this.isTrusted) return this.fail('unauthenticated multibulk length')
        this.at = lineEnd + 2
        if (count > 0) {
          this.missing = count
          this.start = this.at
          return REQUEST
        }
      }
      // An empty line or an array of nothing is no request.
    }
  }

  private readArguments(): Found {
    for (;;) {
      if (this.size < 0) this.readShort()
      if (this.missing === 0) return REQUEST
      if (this.size < 0) {
        const found = this.readHeader()
        if (found !== REQUEST) return found
      }
      const { size } = this
      if (this.big !== undefined) {
        // The argument and the line break after it.
        if (this.bigFilled < size + 2) return this.suspend()
        this.argument(this.big, 0, size)
        this.hadOwnBuffers = true
        this.big = undefined
        this.bigFilled = 0
      } else {
        if (this.end - this.at < size + 2) {
          if (size >= BIG_ARGUMENT_BYTES) this.startBig(size)
          return this.suspend()
        }
        this.argument(this.buf, this.at, size)
        this.at += size + 2
      }
      this.size = -1
      this.missing--
    }
  }

  /**
   * Takes the arguments that come next as long as they are of up to 99 bytes and lie whole in the input, as nearly all
   * do. Whatever else there is, broken or not, is left to those who look at all of it.
   */
  private readShort(): void {
    const { buf, end } = this
    let { at } = this
    while (this.missing > 0 && end - at >= SHORTEST_ARGUMENT_BYTES && buf[at] === DOLLAR) {
      let size = buf[at + 1] - ZERO
      if (size < 0 || size > 9) break
      let from = at + 4
      if (buf[at + 2] !== CR) {
        const digit = buf[at + 2] - ZERO
        if (size === 0 || digit < 0 || digit > 9 || buf[at + 3] !== CR) break
        size = size * 10 + digit
        from++
      }
      if (end - from < size + 2) break
      this.argument(buf, from, size)
      this.missing--
      at = from + size + 2
    }
    this.at = at
  }

  /** Gives the argument of `size` bytes its own buffer: what there is of the input is the beginning of it. */
  private startBig(size: number): void {
    this.big = new Uint8Array(Math.min(size + 2, BIG_START_BYTES))
    this.bigFilled = 0
    this.fillBig(this.buf, this.at, this.end)
    this.end = this.at
  }

  /** Copies as much of a chunk as belongs to the big argument; returns where the rest begins. */
  private fillBig(chunk: Uint8Array, from: number, to: number): number {
    const taken = Math.min(to - from, this.size + 2 - this.bigFilled)
    const filled = this.bigFilled + taken
    if (filled > this.big!.length) {
      // Not the whole at once: who only announces half a gigabyte does not get it.
      const grown = new Uint8Array(Math.min(this.size + 2, Math.max(filled, this.big!.length * 2)))
      grown.set(this.big!.subarray(0, this.bigFilled))
      this.big = grown
    }
    this.big!.set(chunk.subarray(from, from + taken), this.bigFilled)
    this.bigFilled = filled
    return from + taken
  }

  private readHeader(): Found {
    const lineEnd = this.headerEnd()
    if (lineEnd < 0) return this.isLineTooLong() ? this.fail('too big bulk count string') : this.suspend()
    const first = this.buf[this.at]
    if (first !== DOLLAR) return this.fail(`expected '$', got '${String.fromCharCode(first)}'`)
    const size = this.numberIn(this.at + 1, lineEnd)
    if (!(size >= 0 && size <= this.limits.protoMaxBulkLen)) return this.fail('invalid bulk length')
    if (size > STRANGER_ARGUMENT_MAX_BYTES && !this.isTrusted) return this.fail('unauthenticated bulk length')
    this.size = size
    this.at = lineEnd + 2
    return REQUEST
  }

  private argument(buf: Uint8Array, at: number, size: number): void {
    const { argc } = this
    if (argc === KEPT_ARGUMENTS && argc === this.argv.length) {
      this.argv = takeArguments(this.argv, argc + this.missing)
    }
    const { argv } = this
    if (argc < argv.length) argv[argc].aim(buf, at, size)
    else argv.push(new Slice(buf, at, size))
    this.argc = argc + 1
  }

  /** Where the header line at `at` ends (its CR), if the byte after that has come too; else -1. */
  private headerEnd(): number {
    const { buf, end } = this
    for (let i = this.at; i < end; i++) {
      const c = buf[i]
      if (c === CR) return i + 1 < end ? i : -1
      if (c === 0) return -1
    }
    return -1
  }

  private isLineTooLong(): boolean {
    return this.end - this.at > LINE_MAX_BYTES
  }

  /** The canonical decimal integer between two places, or NaN. */
  private numberIn(from: number, to: number): number {
    const { buf } = this
    const isNegative = from < to && buf[from] === MINUS
    const first = isNegative ? from + 1 : from
    const digits = to - first
    if (digits < 1 || digits > 15 || (buf[first] === ZERO && (digits > 1 || isNegative))) return INVALID
    let value = 0
    for (let i = first; i < to; i++) {
      const digit = buf[i] - ZERO
      if (digit < 0 || digit > 9) return INVALID
      value = value * 10 + digit
    }
    return isNegative ? -value : value
  }

  private readInline(): Found {
    const { buf, end, at } = this
    let lf = at
    while (lf < end && buf[lf] !== LF && buf[lf] !== 0) lf++
    if (lf === end || buf[lf] === 0) return this.isLineTooLong() ? this.fail('too big inline request') : this.suspend()
    const words = splitWords(buf, at, lf > at && buf[lf - 1] === CR ? lf - 1 : lf)
    if (words === undefined) return this.fail('unbalanced quotes in request')
    this.at = lf + 1
    for (const word of words) this.argument(word, 0, word.length)
    this.hadOwnBuffers = true
    return REQUEST
  }

  private fail(reason: string): Found {
    this.error = `Protocol error: ${reason}`
    return ERROR
  }

  /** Keeps what is unfinished until more comes. */
  private suspend(): Found {
    // Without arguments in it, nothing of the input before this place is needed: what it said is in the fields.
    if (this.argc === 0) this.start = this.at
    const size = this.end - this.start
    if (size === 0) {
      // Or else slices that are not needed before the next request would hold a buffer until then.
      if (this.argc === 0 && (this.isOwn || this.spare !== EMPTY)) {
        for (const arg of this.argv) arg.aim(EMPTY, 0, 0)
      }
      this.buf = EMPTY
      this.at = 0
      this.end = 0
      this.start = 0
      this.isOwn = false
      this.spare = EMPTY
    } else if (!this.isOwn) {
      const fits = size <= this.spare.length
      this.move(fits ? this.spare : widened(new Uint8Array(Math.max(size * 2, PENDING_START_BYTES))))
      this.isOwn = true
      this.spare = EMPTY
    }
    return NEED_MORE
  }

  private append(chunk: Uint8Array, from: number, to: number): void {
    const size = to - from
    const kept = this.end - this.start
    if (this.end + size > this.buf.length) {
      if (kept + size <= this.buf.length) this.move(this.buf)
      else if (kept + size <= joint.length) {
        this.spare = this.buf
        this.isOwn = false
        this.move(joint)
      } else this.leave(size)
    }
    this.buf.set(chunk.subarray(from, to), this.end)
    this.end += size
  }

  /** Goes on in another buffer, with room for `size` more bytes: the arguments that are whole stay in this one. */
  private leave(size: number): void {
    const { buf } = this
    const unread = buf.subarray(this.at, this.end)
    const needed = unread.length + size
    this.filled += this.at - this.start
    if (buf.length === HUGE_BUFFER_BYTES) this.full.push(buf)
    // More than that is what a client sends while it has to wait, and more of it may come.
    this.buf = needed <= HUGE_BUFFER_BYTES ? takeBuffer() : widened(new Uint8Array(needed * 2))
    this.buf.set(unread)
    this.at = 0
    this.end = unread.length
    this.start = 0
    this.hadOwnBuffers = true
  }

  /** Moves the unfinished request, and the arguments that point into it, to the front of `target`. */
  private move(target: Uint8Array): void {
    const { buf, start } = this
    target.set(buf.subarray(start, this.end))
    for (let i = 0; i < this.argc; i++) {
      const arg = this.argv[i]
      if (arg.buf === buf) arg.aim(target, arg.at - start, arg.size)
    }
    this.buf = target
    this.at -= start
    this.end -= start
    this.start = 0
  }
}
