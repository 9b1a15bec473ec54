/*
 * Replies from bytes that arrive in any pieces.
 *
 * The decoder never starts over: what is open lies on a stack (one frame per
 * array, map ... begun and not ended), and a line or a bulk string that is not
 * all there waits in pieces. So a reply of n bytes costs n, however it is cut.
 *
 * A peer that does not speak RESP, or says more than the limits allow, poisons
 * the decoder: after a ProtocolError there is no knowing where the next reply
 * begins, and the only thing to do with the connection is to close it.
 */
import { bytesToLatin1, concatBytes } from '../text/bytes.ts'
import type { RespPairs, RespValue } from './value.ts'

export interface DecoderLimits {
  /** Aggregates within aggregates. redis-cli itself gives up at 9. */
  readonly depthMax: number
  /** Bytes of one bulk string. */
  readonly bulkSizeMax: number
  /** Bytes of one line: a simple string, an error, a big number. */
  readonly lineSizeMax: number
  /** Elements that one aggregate may announce; a map's keys and values count each. */
  readonly elementCountMax: number
  /** Bytes of one whole reply, all its elements included. */
  readonly replySizeMax: number
}

const DEFAULT_LIMITS: DecoderLimits = {
  // Values cross to the page in frames that nest at most 200 deep; a map costs three levels.
  depthMax: 60,
  bulkSizeMax: 512 << 20,
  lineSizeMax: 16 << 20,
  elementCountMax: 2 ** 32,
  replySizeMax: 2 ** 31,
}

/** `malformed`: the peer does not speak RESP. `limit`: it does, and says too much. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly reason: 'malformed' | 'limit'
  constructor(reason: 'malformed' | 'limit', message: string) {
    super(message)
    this.reason = reason
  }
}

type AggregateType = 'array' | 'set' | 'push' | 'map' | 'attribute'

/** An aggregate begun and not ended. */
interface Open {
  readonly type: AggregateType
  remaining: number
  readonly items: RespValue[]
  /** Attributes that came ahead of it. */
  readonly attributes: RespPairs | undefined
}

type BulkType = 'bulk' | 'bulkError' | 'verbatim'

const CR = 0x0d
const LF = 0x0a

const AGGREGATES: { readonly [sign: string]: AggregateType | undefined } = {
  '*': 'array',
  '~': 'set',
  '>': 'push',
  '%': 'map',
  '|': 'attribute',
}
const BULKS: { readonly [sign: string]: BulkType | undefined } = { $: 'bulk', '!': 'bulkError', '=': 'verbatim' }

export class RespDecoder {
  readonly #limits: DecoderLimits
  readonly #chunks: Uint8Array[] = []
  /** Where reading goes on in the first chunk. */
  #at = 0
  readonly #open: Open[] = []
  #attributes: RespPairs | undefined
  /** Parts of a line or a bulk string that is not all there. */
  #pieces: Uint8Array[] = []
  #piecesSize = 0
  /** The bulk string being read, and how many bytes are missing, its CR LF included. */
  #bulk: BulkType | undefined
  #bulkMissing = 0
  #replySize = 0
  #lastReplySize = 0
  #error: ProtocolError | undefined

  constructor(limits: Partial<DecoderLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
  }

  /** Hands over bytes. The chunk must not change until `next` has returned undefined. */
  push(chunk: Uint8Array): void {
    if (this.#error) throw this.#error
    if (chunk.length > 0) this.#chunks.push(chunk)
  }

  /**
   * The next whole reply, or undefined until more bytes are pushed. Throws a
   * ProtocolError, and then always the same one.
   */
  next(): RespValue | undefined {
    if (this.#error) throw this.#error
    for (;;) {
      const value = this.#bulk === undefined ? this.#readLine() : this.#readBulk(this.#bulk)
      if (value === 'more') return undefined
      if (value === 'opened') continue
      const whole = this.#close(value)
      if (whole !== undefined) {
        this.#lastReplySize = this.#replySize
        this.#replySize = 0
        return whole
      }
    }
  }

  /** Whether a reply has begun and is not complete. */
  get isInsideReply(): boolean {
    return this.#open.length > 0 || this.#attributes !== undefined || this.#bulk !== undefined || this.#piecesSize > 0
  }

  /** Bytes that the reply last returned by `next` took, attributes included: for whoever keeps the bytes as well. */
  get lastReplySize(): number {
    return this.#lastReplySize
  }

  /** A scalar that is complete, or why there is none yet. */
  #readLine(): RespValue | 'more' | 'opened' {
    const line = this.#takeLine()
    if (line === undefined) return 'more'
    if (line.length === 0) throw this.#poison('malformed', 'an empty line where a reply should begin')
    const sign = String.fromCharCode(line[0]!)
    const text = bytesToLatin1(line.subarray(1))
    const aggregate = AGGREGATES[sign]
    if (aggregate !== undefined) return this.#openAggregate(aggregate, text)
    const bulk = BULKS[sign]
    if (bulk !== undefined) return this.#openBulk(bulk, text)
    return this.#scalar(sign, text)
  }

  #scalar(sign: string, text: string): RespValue {
    switch (sign) {
      case '+':
        return { type: 'simple', text }
      case '-':
        return { type: 'error', text }
      case ':':
        return { type: 'integer', value: this.#integer(text) }
      case '_':
        if (text !== '') throw this.#malformed('null', text)
        return { type: 'null' }
      case '#':
        if (text !== 't' && text !== 'f') throw this.#malformed('boolean', text)
        return { type: 'boolean', value: text === 't' }
      case ',':
        return { type: 'double', value: this.#double(text), text }
      case '(':
        if (!/^[+-]?\d+$/.test(text)) throw this.#malformed('big number', text)
        return { type: 'bigNumber', text }
      case '.':
      case ';':
        throw this.#poison('malformed', 'the peer streams a reply of unknown length, which no server does')
      default:
        throw this.#poison('malformed', `a reply cannot begin with ${excerpt(sign + text)}`)
    }
  }

  #openAggregate(type: AggregateType, text: string): RespValue | 'opened' {
    if (text === '-1' && type === 'array') return { type: 'nullArray' }
    const announced = this.#count(text)
    const remaining = type === 'map' || type === 'attribute' ? announced * 2 : announced
    if (remaining > this.#limits.elementCountMax)
      throw this.#poison('limit', `a reply of ${remaining} elements; the limit is ${this.#limits.elementCountMax}`)
    if (this.#open.length >= this.#limits.depthMax)
      throw this.#poison('limit', `a reply nested deeper than ${this.#limits.depthMax} levels`)
    const attributes = this.#takeAttributes()
    const open: Open = { type, remaining, items: [], attributes }
    if (remaining > 0) {
      this.#open.push(open)
      return 'opened'
    }
    if (type === 'attribute') {
      // Attributes that say nothing; those before them still hold.
      this.#attributes = attributes
      return 'opened'
    }
    return aggregateOf(type, open)
  }

  #openBulk(type: BulkType, text: string): RespValue | 'opened' {
    if (text === '-1' && type === 'bulk') return { type: 'null' }
    const size = this.#count(text)
    if (size > this.#limits.bulkSizeMax)
      throw this.#poison('limit', `a string of ${size} bytes; the limit is ${this.#limits.bulkSizeMax}`)
    // Sooner than when it has all come: nothing is gained by receiving what will be refused.
    if (this.#replySize + size > this.#limits.replySizeMax) throw this.#tooLarge()
    this.#bulk = type
    this.#bulkMissing = size + 2
    return 'opened'
  }

  #readBulk(type: BulkType): RespValue | 'more' {
    while (this.#bulkMissing > 0) {
      const chunk = this.#chunks[0]
      if (chunk === undefined) return 'more'
      const end = Math.min(chunk.length, this.#at + this.#bulkMissing)
      const piece = chunk.subarray(this.#at, end)
      this.#pieces.push(piece)
      this.#piecesSize += piece.length
      this.#bulkMissing -= piece.length
      this.#advance(chunk, end)
    }
    const isView = this.#pieces.length === 1
    const whole = this.#takePieces()
    this.#bulk = undefined
    const size = whole.length - 2
    if (whole[size] !== CR || whole[size + 1] !== LF)
      throw this.#poison('malformed', 'a string is longer or shorter than announced')
    // A view is copied: a few bytes must not keep a whole chunk alive.
    const bytes = isView ? whole.slice(0, size) : whole.subarray(0, size)
    if (type !== 'verbatim') return { type, bytes }
    if (size < 4 || bytes[3] !== 0x3a) throw this.#malformed('verbatim string', bytesToLatin1(bytes))
    return { type, format: bytesToLatin1(bytes.subarray(0, 3)), bytes: bytes.subarray(4) }
  }

  /** Puts a complete value where it belongs. Returns it when it is a whole reply. */
  #close(complete: RespValue): RespValue | undefined {
    let value = withAttributes(complete, this.#takeAttributes())
    for (;;) {
      const parent = this.#open.at(-1)
      if (parent === undefined) return value
      parent.items.push(value)
      parent.remaining--
      if (parent.remaining > 0) return undefined
      this.#open.pop()
      if (parent.type === 'attribute') {
        this.#attributes = [...(parent.attributes ?? []), ...pairsOf(parent.items)]
        return undefined
      }
      value = aggregateOf(parent.type, parent)
    }
  }

  #takeAttributes(): RespPairs | undefined {
    const attributes = this.#attributes
    this.#attributes = undefined
    return attributes
  }

  /** A line without its CR LF. A lone CR or LF belongs to it: some modules write such lines. */
  #takeLine(): Uint8Array | undefined {
    for (;;) {
      const chunk = this.#chunks[0]
      if (chunk === undefined) return undefined
      const lineFeed = chunk.indexOf(LF, this.#at)
      const end = lineFeed < 0 ? chunk.length : lineFeed + 1
      const piece = chunk.subarray(this.#at, end)
      const before = piece.length > 1 ? piece[piece.length - 2] : this.#pieces.at(-1)?.at(-1)
      this.#pieces.push(piece)
      this.#piecesSize += piece.length
      this.#advance(chunk, end)
      if (this.#piecesSize > this.#limits.lineSizeMax)
        throw this.#poison('limit', `a line longer than ${this.#limits.lineSizeMax} bytes`)
      if (lineFeed >= 0 && before === CR) {
        const line = this.#takePieces()
        return line.subarray(0, line.length - 2)
      }
    }
  }

  #takePieces(): Uint8Array {
    const whole = this.#pieces.length === 1 ? this.#pieces[0]! : concatBytes(this.#pieces)
    this.#pieces = []
    this.#piecesSize = 0
    this.#replySize += whole.length
    if (this.#replySize > this.#limits.replySizeMax) throw this.#tooLarge()
    return whole
  }

  #advance(chunk: Uint8Array, to: number): void {
    this.#at = to
    if (to < chunk.length) return
    this.#chunks.shift()
    this.#at = 0
  }

  #integer(text: string): number | bigint {
    if (!/^[+-]?\d{1,20}$/.test(text)) throw this.#malformed('integer', text)
    const value = Number(text)
    // -0 would print as 0 and compare as 0; it must also be 0.
    return Number.isSafeInteger(value) ? value + 0 : BigInt(text.startsWith('+') ? text.slice(1) : text)
  }

  #double(text: string): number {
    if (text === 'inf' || text === '+inf') return Number.POSITIVE_INFINITY
    if (text === '-inf') return Number.NEGATIVE_INFINITY
    // C's printf gives a sign to what is not a number.
    if (text === 'nan' || text === '-nan') return Number.NaN
    if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw this.#malformed('double', text)
    return Number(text)
  }

  #count(text: string): number {
    if (text === '?')
      throw this.#poison('malformed', 'the peer streams a reply of unknown length, which no server does')
    if (!/^\d{1,15}$/.test(text)) throw this.#malformed('length', text)
    return Number(text)
  }

  #tooLarge(): ProtocolError {
    return this.#poison('limit', `a reply of more than ${this.#limits.replySizeMax} bytes`)
  }

  #malformed(what: string, text: string): ProtocolError {
    return this.#poison('malformed', `${excerpt(text)} is no ${what}`)
  }

  #poison(reason: 'malformed' | 'limit', message: string): ProtocolError {
    this.#error = new ProtocolError(reason, message)
    // Nothing of what came is of use, and it may be much.
    this.#chunks.length = 0
    this.#open.length = 0
    this.#pieces = []
    this.#piecesSize = 0
    return this.#error
  }
}

function withAttributes(value: RespValue, attributes: RespPairs | undefined): RespValue {
  return attributes === undefined ? value : { ...value, attributes }
}

function aggregateOf(type: Exclude<AggregateType, 'attribute'>, open: Open): RespValue {
  const { items, attributes } = open
  return withAttributes(type === 'map' ? { type, entries: pairsOf(items) } : { type, items }, attributes)
}

function pairsOf(items: readonly RespValue[]): RespPairs {
  const pairs: [RespValue, RespValue][] = []
  for (let i = 0; i < items.length; i += 2) pairs.push([items[i]!, items[i + 1]!])
  return pairs
}

/** What came, quoted and short, so that a message can say it: "HTTP/1.1 400 Bad Request". */
function excerpt(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text)
}
