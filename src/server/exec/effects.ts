/*
 * Effects: what commands did, as commands that do it again. Whoever keeps them
 * (the append-only file) is the sink; it takes them in units, each of which is to
 * be repeated as a whole or not at all: a command, a transaction, a key that
 * expired by itself.
 *
 * A command that changed something (the server's count of changes rose while it
 * ran) is kept as it was sent, unless it has said what is to be repeated instead:
 * one that depends on the time, on chance or on who waits must say so. What went
 * on the way, such as a key whose time had come, stands before it in the unit.
 *
 *   a unit of one       [SELECT n] command
 *   a unit of several   MULTI [SELECT n] command [SELECT n] command ... EXEC
 *
 * SELECT stands where the database is another one than that of the last command.
 * Everything is encoded into one buffer as the arrays of bulk strings that
 * clients send. While there is no sink nothing is encoded.
 */
import { assert } from '../base/assert.ts'
import { INTEGER_SIZE_MAX, writeInteger } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import type { StreamId } from '../base/stream-id.ts'
import { copyBytes } from '../memory/bytes.ts'

/** Takes whole units, encoded. The bytes before `size` are good during the call only. */
export interface EffectSink {
  append(bytes: Uint8Array, size: number): void
}

/** What an argument of a repeated command is given as: bytes, an id, an integer, or a word in Latin-1. */
export type EffectArgument = Slice | StreamId | number | bigint | string

const INITIAL_BYTES = 16 * 1024
/** A buffer that one huge unit made bigger than this is given back. */
const KEPT_BYTES = 1024 * 1024
/** `*` or `$`, an integer, CR LF. */
const HEADER_BYTES = INTEGER_SIZE_MAX + 3
const NONE = -1

const STAR = 42
const DOLLAR = 36
const CR = 13
const LF = 10

const MULTI = Buffer.from('*1\r\n$5\r\nMULTI\r\n', 'latin1')
const EXEC = Buffer.from('*1\r\n$4\r\nEXEC\r\n', 'latin1')
const SELECT = Buffer.from('*2\r\n$6\r\nSELECT\r\n', 'latin1')

export class Effects {
  /** Who keeps the effects; undefined: nobody does. */
  sink: EffectSink | undefined
  /** The running command has said what is to be repeated, if anything: not its own text. */
  isChosen = false
  private buf: Uint8Array = new Uint8Array(INITIAL_BYTES)
  private at = 0
  /** Commands of this unit, without SELECT. */
  private count = 0
  /** Commands that are running: EXEC and one of its own are two. */
  private depth = 0
  private database = NONE
  private readonly digits = new Uint8Array(INTEGER_SIZE_MAX)

  /** Whether somebody keeps what commands did. */
  get isKept(): boolean {
    return this.sink !== undefined
  }

  /** Whether a unit has been begun and not been handed on. */
  get isWithinUnit(): boolean {
    return this.count > 0
  }

  /** The next command is preceded by SELECT: the sink has begun anew. Not in the middle of a unit. */
  forgetDatabase(): void {
    assert(this.count === 0, 'a unit is not divided')
    this.database = NONE
  }

  /** A command begins to run. What is kept until it ends is one unit; those that EXEC runs are in EXEC's. */
  begin(): void {
    this.depth++
    this.isChosen = false
  }

  /** The command of the matching `begin` has ended. */
  end(): void {
    this.isChosen = false
    if (--this.depth === 0 && this.count > 0) this.flush()
  }

  /** Keeps a command as it was sent. */
  command(db: number, argv: readonly Slice[], argc: number): void {
    if (this.sink === undefined) return
    this.open(db, argc)
    for (let i = 0; i < argc; i++) this.bulk(argv[i])
    this.close()
  }

  /** Keeps a command made of a name and its arguments. */
  repeat(db: number, name: string, args: readonly EffectArgument[]): void {
    if (this.sink === undefined) return
    this.open(db, args.length + 1)
    this.text(name)
    for (const arg of args) {
      if (arg instanceof Slice) this.bulk(arg)
      else if (typeof arg === 'number' && Number.isSafeInteger(arg)) this.integer(arg)
      else this.text(String(arg))
    }
    this.close()
  }

  /** Keeps that a key has gone by itself. */
  deleted(db: number, key: Slice): void {
    if (this.sink === undefined) return
    this.open(db, 2)
    this.text('DEL')
    this.bulk(key)
    this.close()
  }

  /** Keeps that a field of a hash has gone by itself. */
  fieldDeleted(db: number, key: Slice, field: Slice): void {
    if (this.sink === undefined) return
    this.open(db, 3)
    this.text('HDEL')
    this.bulk(key)
    this.bulk(field)
    this.close()
  }

  /** Begins a command of `argc` words in its unit. */
  private open(db: number, argc: number): void {
    if (this.count === 1) this.insertMulti()
    if (db !== this.database) {
      this.raw(SELECT)
      this.integer(db)
      this.database = db
    }
    this.reserve(HEADER_BYTES)
    this.header(STAR, argc)
  }

  /** Ends a command. Outside of any running one it is a unit of its own. */
  private close(): void {
    this.count++
    if (this.depth === 0) this.flush()
  }

  private flush(): void {
    if (this.count > 1) this.raw(EXEC)
    this.sink?.append(this.buf, this.at)
    this.at = 0
    this.count = 0
    if (this.buf.length > KEPT_BYTES) this.buf = new Uint8Array(INITIAL_BYTES)
  }

  /** The unit turns out to be one of several commands. */
  private insertMulti(): void {
    this.reserve(MULTI.length)
    this.buf.copyWithin(MULTI.length, 0, this.at)
    this.buf.set(MULTI)
    this.at += MULTI.length
  }

  private bulk({ buf, at, size }: Slice): void {
    this.reserve(HEADER_BYTES + size + 2)
    this.header(DOLLAR, size)
    copyBytes(this.buf, this.at, buf, at, size)
    this.at += size
    this.crlf()
  }

  private integer(value: number): void {
    const size = writeInteger(value, this.digits, 0)
    this.reserve(HEADER_BYTES + size + 2)
    this.header(DOLLAR, size)
    copyBytes(this.buf, this.at, this.digits, 0, size)
    this.at += size
    this.crlf()
  }

  private text(text: string): void {
    const size = text.length
    this.reserve(HEADER_BYTES + size + 2)
    this.header(DOLLAR, size)
    for (let i = 0; i < size; i++) this.buf[this.at++] = text.charCodeAt(i)
    this.crlf()
  }

  private raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.buf.set(bytes, this.at)
    this.at += bytes.length
  }

  /** `<type><value>` and the end of the line; room has been made. */
  private header(type: number, value: number): void {
    this.buf[this.at++] = type
    this.at += writeInteger(value, this.buf, this.at)
    this.crlf()
  }

  private crlf(): void {
    this.buf[this.at++] = CR
    this.buf[this.at++] = LF
  }

  private reserve(size: number): void {
    if (this.at + size <= this.buf.length) return
    const grown = new Uint8Array(Math.max(this.buf.length * 2, this.at + size))
    grown.set(this.buf.subarray(0, this.at))
    this.buf = grown
  }
}
