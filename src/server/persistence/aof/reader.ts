/*
 * AofReader: one file of commands, command by command: arrays of bulk strings as
 * clients send them, and lines that begin with #, of which `#TS:<seconds>` tells
 * when what follows was written. It knows where it is, but not what a command means.
 */
import { Slice } from '../../base/slice.ts'

const WINDOW_BYTES = 1024 * 1024
const LINE_MAX_BYTES = 64
const STAR = 42
const DOLLAR = 36
const HASH = 35
const CR = 13
const LF = 10
const INCOMPLETE = -1

/** There is something that is no command. */
export class AofError extends Error {
  override readonly name = 'AofError'
}

export interface AofSource {
  readonly size: number
  /** Reads bytes of the file from `position` on into `into` from `at` on; how many. */
  read(into: Uint8Array, at: number, position: number): number
}

export class AofReader {
  readonly argv: Slice[] = []
  argc = 0
  /** Told every line that begins with #, without its end, and where in the file it is. */
  onLine: ((line: string, offset: number) => void) | undefined
  private readonly source: AofSource
  private buf: Uint8Array
  private start = 0
  private end = 0
  /** Where in the file the buffer begins. */
  private origin: number
  /** The file ends within a command that is longer than the rest of it. */
  private isCut = false

  /** Begins at `position`. */
  constructor(source: AofSource, position = 0) {
    this.source = source
    this.origin = position
    this.buf = new Uint8Array(Math.max(1, Math.min(WINDOW_BYTES, source.size - position)))
  }

  /** Where in the file the next command begins. */
  get offset(): number {
    return this.origin + this.start
  }

  /** Reads a command into `argv`, whose bytes are good until the next call. Throws an AofError. */
  next(): 'command' | 'end' | 'truncated' {
    for (;;) {
      const found = this.start < this.end ? this.parse() : INCOMPLETE
      if (found !== INCOMPLETE) {
        this.start = found
        if (this.argc > 0) return 'command'
      } else if (this.isCut || !this.fill()) return this.start === this.end ? 'end' : 'truncated'
    }
  }

  /** Reads on; false at the end of the file. */
  private fill(): boolean {
    const kept = this.end - this.start
    if (this.origin + this.end >= this.source.size) return false
    if (kept * 2 > this.buf.length) {
      const grown = new Uint8Array(this.buf.length * 2)
      grown.set(this.buf.subarray(this.start, this.end))
      this.buf = grown
    } else this.buf.copyWithin(0, this.start, this.end)
    this.origin += this.start
    this.start = 0
    this.end = kept
    const got = this.source.read(this.buf, this.end, this.origin + this.end)
    this.end += got
    return got > 0
  }

  /** Where the command or line at `start` ends, or INCOMPLETE. */
  private parse(): number {
    const { buf, end } = this
    this.argc = 0
    if (buf[this.start] === HASH) {
      const lf = buf.indexOf(LF, this.start)
      if (lf < 0 || lf >= end) return INCOMPLETE
      this.onLine?.(
        Buffer.from(buf.buffer, this.start, lf - this.start)
          .toString('latin1')
          .trimEnd(),
        this.offset,
      )
      return lf + 1
    }
    if (buf[this.start] !== STAR) throw new AofError('a command does not begin with *')
    let at = this.lineEnd(this.start + 1)
    if (at < 0) return INCOMPLETE
    const count = this.numberIn(this.start + 1, at)
    if (count < 1) throw new AofError('a command has no words')
    at += 2
    for (let i = 0; i < count; i++) {
      if (at >= end) return INCOMPLETE
      if (buf[at] !== DOLLAR) throw new AofError('a word of a command does not begin with $')
      const headerEnd = this.lineEnd(at + 1)
      if (headerEnd < 0) return INCOMPLETE
      const size = this.numberIn(at + 1, headerEnd)
      at = headerEnd + 2
      // What the file cannot have is not waited for in memory.
      if (this.origin + at + size + 2 > this.source.size) {
        this.isCut = true
        return INCOMPLETE
      }
      if (at + size + 2 > end) return INCOMPLETE
      if (buf[at + size] !== CR || buf[at + size + 1] !== LF) {
        throw new AofError('a word of a command is not as long as it says')
      }
      this.word(i, at, size)
      at += size + 2
    }
    this.argc = count
    return at
  }

  private word(i: number, at: number, size: number): void {
    const { argv, buf } = this
    if (i < argv.length) argv[i].aim(buf, at, size)
    else argv.push(new Slice(buf, at, size))
  }

  /** Where the CR of a header line is, or -1 if the line is not whole. */
  private lineEnd(from: number): number {
    const { buf, end } = this
    const limit = Math.min(end, from + LINE_MAX_BYTES)
    for (let i = from; i < limit; i++) {
      if (buf[i] === CR) {
        if (i + 1 >= end) return -1
        if (buf[i + 1] !== LF) throw new AofError('a number is not followed by the end of its line')
        return i
      }
    }
    if (limit < end) throw new AofError('a number is too long')
    return -1
  }

  private numberIn(from: number, to: number): number {
    let value = 0
    for (let i = from; i < to; i++) {
      const digit = this.buf[i] - 48
      if (digit < 0 || digit > 9) throw new AofError('there is no number where one has to be')
      value = value * 10 + digit
    }
    if (from === to || value > 2 ** 31) throw new AofError('there is no number where one has to be')
    return value
  }
}
