/*
 * Replies as tests see them: the exact form, the friendly form, and a reader.
 *
 * The reader is the tests' own and strict on purpose. The app's codec
 * (src/shared/resp) forgives what it can, as a client should; here a server
 * under test that writes one byte too many must fail, and a mistake must not
 * be shared by both ends.
 */

/** A reply exactly as it was sent. Text of one byte per character where it is a line, bytes where it is bulk. */
export type Reply =
  | { readonly type: 'simple'; readonly text: string }
  | { readonly type: 'error'; readonly text: string }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'bulk'; readonly bytes: Buffer }
  | { readonly type: 'nullBulk' }
  | { readonly type: 'nullArray' }
  | { readonly type: 'array'; readonly items: readonly Reply[] }
  // RESP3 only, from here on.
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'double'; readonly text: string }
  | { readonly type: 'bigNumber'; readonly text: string }
  | { readonly type: 'bulkError'; readonly bytes: Buffer }
  | { readonly type: 'verbatim'; readonly format: string; readonly bytes: Buffer }
  | { readonly type: 'map'; readonly entries: readonly (readonly [Reply, Reply])[] }
  | { readonly type: 'set'; readonly items: readonly Reply[] }
  | { readonly type: 'push'; readonly items: readonly Reply[] }
  | { readonly type: 'attribute'; readonly entries: readonly (readonly [Reply, Reply])[]; readonly of: Reply }

/** An error reply, with the server's text as its message. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError'
}

/** What the server sent is not RESP. */
export class NotRespError extends Error {
  override readonly name = 'NotRespError'
}

/**
 * What most tests compare with: text and numbers. Bytes that are not UTF-8 stay
 * a Buffer; an integer beyond 2^53 is a bigint; a map is a plain object (a Map
 * when a key is no text), a set a Set, an error inside an array a ReplyError.
 */
export type Friendly =
  | string
  | number
  | bigint
  | boolean
  | null
  | Buffer
  | ReplyError
  | readonly Friendly[]
  | Set<Friendly>
  | Map<Friendly, Friendly>
  | { readonly [key: string]: Friendly }

const CR = 0x0d
const LF = 0x0a
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const DOUBLE = /^(?:[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|[+-]?inf|nan)$/

/** The first byte of every reply there is. */
const TYPES = '+-:$*_#,(!=%~>|'

const INCOMPLETE = Symbol('incomplete')

/** Takes bytes in any pieces, gives whole replies back with the bytes each was made of. */
export class ReplyReader {
  #buffer: Buffer = Buffer.alloc(0)
  #at = 0

  feed(chunk: Uint8Array): void {
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#buffer, chunk])
  }

  /** The next whole reply, or undefined while it is not all here. */
  next(): { readonly reply: Reply; readonly bytes: Buffer } | undefined {
    this.#at = 0
    try {
      const reply = this.#value()
      const bytes = this.#buffer.subarray(0, this.#at)
      this.#buffer = this.#buffer.subarray(this.#at)
      return { reply, bytes }
    } catch (error) {
      if (error === INCOMPLETE) return undefined
      throw error
    }
  }

  /** Bytes that are not yet part of a whole reply. */
  get pending(): Buffer {
    return this.#buffer
  }

  #line(): string {
    const end = this.#buffer.indexOf(LF, this.#at)
    if (end < 0) throw INCOMPLETE
    if (this.#buffer[end - 1] !== CR) throw this.#notResp('a line that ends in LF alone')
    const line = this.#buffer.toString('latin1', this.#at, end - 1)
    if (line.includes('\r')) throw this.#notResp('a line with CR inside')
    this.#at = end + 1
    return line
  }

  #size(text: string): number {
    if (!/^\d+$/.test(text)) throw this.#notResp(`the size "${text}"`)
    return Number(text)
  }

  #bytes(size: number): Buffer {
    const end = this.#at + size
    if (this.#buffer.length < end + 2) throw INCOMPLETE
    if (this.#buffer[end] !== CR || this.#buffer[end + 1] !== LF)
      throw this.#notResp('a bulk that does not end in CRLF')
    const bytes = Buffer.from(this.#buffer.subarray(this.#at, end))
    this.#at = end + 2
    return bytes
  }

  #items(count: number): Reply[] {
    return Array.from({ length: count }, () => this.#value())
  }

  #entries(count: number): (readonly [Reply, Reply])[] {
    return Array.from({ length: count }, () => [this.#value(), this.#value()] as const)
  }

  #value(): Reply {
    if (this.#at >= this.#buffer.length) throw INCOMPLETE
    const first = String.fromCharCode(this.#buffer[this.#at]!)
    if (!TYPES.includes(first)) throw this.#notResp(`the type byte ${JSON.stringify(first)}`)
    const line = this.#line()
    const text = line.slice(1)
    switch (first) {
      case '+':
        return { type: 'simple', text }
      case '-':
        return { type: 'error', text }
      case ':':
        if (!/^[+-]?\d+$/.test(text)) throw this.#notResp(`the integer "${text}"`)
        return { type: 'integer', value: BigInt(text) }
      case '$':
        return text === '-1' ? { type: 'nullBulk' } : { type: 'bulk', bytes: this.#bytes(this.#size(text)) }
      case '*':
        return text === '-1' ? { type: 'nullArray' } : { type: 'array', items: this.#items(this.#size(text)) }
      case '_':
        if (text !== '') throw this.#notResp('a null with content')
        return { type: 'null' }
      case '#':
        if (text !== 't' && text !== 'f') throw this.#notResp(`the boolean "${text}"`)
        return { type: 'boolean', value: text === 't' }
      case ',':
        if (!DOUBLE.test(text)) throw this.#notResp(`the double "${text}"`)
        return { type: 'double', text }
      case '(':
        if (!/^[+-]?\d+$/.test(text)) throw this.#notResp(`the big number "${text}"`)
        return { type: 'bigNumber', text }
      case '!':
        return { type: 'bulkError', bytes: this.#bytes(this.#size(text)) }
      case '=': {
        const bytes = this.#bytes(this.#size(text))
        if (bytes.length < 4 || bytes[3] !== 0x3a) throw this.#notResp('a verbatim string without format')
        return { type: 'verbatim', format: bytes.toString('latin1', 0, 3), bytes: bytes.subarray(4) }
      }
      case '%':
        return { type: 'map', entries: this.#entries(this.#size(text)) }
      case '~':
        return { type: 'set', items: this.#items(this.#size(text)) }
      case '>':
        return { type: 'push', items: this.#items(this.#size(text)) }
      case '|':
        return { type: 'attribute', entries: this.#entries(this.#size(text)), of: this.#value() }
      default:
        throw new Error(`no reader for the type byte ${first}`)
    }
  }

  #notResp(what: string): NotRespError {
    const around = this.#buffer.toString('latin1', 0, 200)
    return new NotRespError(`the server sent ${what}; the reply begins ${JSON.stringify(around)}`)
  }
}

/** Text where the bytes are UTF-8, the bytes themselves where they are not: never a lossy string. */
function textOrBytes(bytes: Buffer): string | Buffer {
  try {
    return utf8.decode(bytes)
  } catch {
    return bytes // Not UTF-8: the decoder is fatal.
  }
}

function doubleOf(text: string): number {
  const word = text.toLowerCase()
  if (word.endsWith('inf')) return word.startsWith('-') ? -Infinity : Infinity
  return Number(text) // "nan" too.
}

/** See Friendly. Throws nothing: an error reply comes back as a ReplyError. */
export function friendly(reply: Reply): Friendly {
  switch (reply.type) {
    case 'simple':
      return reply.text
    case 'error':
      return new ReplyError(reply.text)
    case 'bulkError':
      return new ReplyError(reply.bytes.toString())
    case 'integer': {
      const number = Number(reply.value)
      return Number.isSafeInteger(number) ? number : reply.value
    }
    case 'bulk':
    case 'verbatim':
      return textOrBytes(reply.bytes)
    case 'null':
    case 'nullBulk':
    case 'nullArray':
      return null
    case 'array':
    case 'push':
      return reply.items.map(friendly)
    case 'set':
      return new Set(reply.items.map(friendly))
    case 'boolean':
      return reply.value
    case 'double':
      return doubleOf(reply.text)
    case 'bigNumber':
      return BigInt(reply.text)
    case 'map': {
      const entries = reply.entries.map(([key, value]) => [friendly(key), friendly(value)] as const)
      return entries.every(([key]) => typeof key === 'string') ? Object.fromEntries(entries) : new Map(entries)
    }
    case 'attribute':
      return friendly(reply.of)
  }
}

/** One command as RESP. Text goes as UTF-8, numbers in decimal, bytes as they are. */
export function encodeCommand(args: readonly CommandArg[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from(`*${args.length}\r\n`)]
  for (const arg of args) {
    const bytes = arg instanceof Uint8Array ? arg : Buffer.from(String(arg))
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'))
  }
  return Buffer.concat(parts)
}

export type CommandArg = string | number | bigint | Uint8Array
