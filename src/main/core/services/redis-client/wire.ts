/*
 * One open connection: commands go out in order, replies come back in order,
 * and what nobody asked for is handed on. It knows nothing of reconnecting,
 * which is session-connection.ts.
 */
import type { Socket } from 'node:net'
import { type Failure, FailureError } from '../../../../shared/contract/failure.ts'
import { ProtocolError, RespDecoder } from '../../../../shared/resp/decode.ts'
import { type CommandArgument, encodeCommand } from '../../../../shared/resp/encode.ts'
import type { RespValue } from '../../../../shared/resp/value.ts'
import { bytesToLatin1 } from '../../../../shared/text/bytes.ts'
import { connectionLost, hungUpAtOnce, notRedis, socketFailure } from './failures.ts'

export type Command = readonly CommandArgument[]

export interface WireListener {
  /** A message, an invalidation, a line of MONITOR: not the answer to any command. */
  unasked(value: RespValue): void
  /** Called once, whoever closed it. */
  closed(failure: Failure): void
}

interface Waiting {
  readonly resolve: (reply: RespValue) => void
  readonly reject: (error: FailureError) => void
  /** (P|S)(UN)SUBSCRIBE answers once per channel, in RESP3 by pushes. */
  confirmationsMissing: number
  readonly confirmations: RespValue[]
}

export class Wire {
  readonly #socket: Socket
  readonly #where: string
  readonly #decoder = new RespDecoder()
  readonly #waiting = new Queue<Waiting>()
  readonly #unsent: Uint8Array[] = []
  #listener: WireListener
  #closed: Failure | undefined
  #everRead = false
  #everDecoded = false
  /** In RESP2 a message looks like any other array; only after SUBSCRIBE can it be one. */
  #maySeeMessages = false

  constructor(socket: Socket, where: string, listener: WireListener) {
    this.#socket = socket
    this.#where = where
    this.#listener = listener
    // Plain bytes from here on: a Buffer has its own ideas of slice and of JSON.
    socket.on('data', (chunk: Buffer) => this.#read(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)))
    socket.on('error', (error) => this.close(socketFailure(error, where)))
    socket.on('close', () => this.close(connectionLost(where)))
  }

  /** Hands the wire to its next owner, once the handshake is done. */
  listen(listener: WireListener): void {
    this.#listener = listener
    if (this.#closed) listener.closed(this.#closed)
  }

  get pending(): number {
    return this.#waiting.length
  }

  /** Resolves with whatever the server answers, errors too; rejects only when no answer can come any more. */
  send(args: Command): Promise<RespValue> {
    if (this.#closed) return Promise.reject(new FailureError(this.#closed))
    return new Promise((resolve, reject) => {
      const confirmationsMissing = expectedConfirmations(args)
      if (confirmationsMissing > 0) this.#maySeeMessages = true
      this.#waiting.push({ resolve, reject, confirmationsMissing, confirmations: [] })
      // What is sent in one turn of the loop leaves in one write: that is all a pipeline needs.
      if (this.#unsent.push(encodeCommand(args)) === 1) queueMicrotask(() => this.#flush())
    })
  }

  close(failure: Failure): void {
    if (this.#closed) return
    const isSpeechless = !this.#everDecoded && failure.code === 'CONNECTION_LOST'
    this.#closed = isSpeechless ? hungUpAtOnce(this.#where, failure) : failure
    this.#socket.destroy()
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift())
      next.reject(new FailureError(this.#closed))
    this.#listener.closed(this.#closed)
  }

  #flush(): void {
    const chunks = this.#unsent.splice(0)
    if (!this.#closed) this.#socket.write(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))
  }

  #read(chunk: Uint8Array): void {
    if (this.#closed) return
    // Whoever does not begin as RESP does may never end a line: an alert of TLS has none.
    if (!this.#everRead && !RESP_SIGNS.includes(chunk[0])) return this.close(notRedis(this.#where, chunk))
    this.#everRead = true
    try {
      this.#decoder.push(chunk)
      for (let value = this.#decoder.next(); value; value = this.#decoder.next()) {
        this.#everDecoded = true
        this.#take(value)
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.close(this.#everDecoded || error.reason === 'limit' ? this.#garbled(error) : notRedis(this.#where, chunk))
    }
  }

  #garbled(error: ProtocolError): Failure {
    return {
      code: 'NOT_REDIS',
      message: `${this.#where} sent a reply that cannot be read, so the connection was closed.`,
      hint: 'A proxy in between may have changed it.',
      detail: error.message,
    }
  }

  #take(value: RespValue): void {
    const first = this.#waiting.peek()
    const kind = value.type === 'push' || (this.#maySeeMessages && value.type === 'array') ? firstWord(value.items) : ''
    if (first && first.confirmationsMissing > 0 && CONFIRMS.has(kind)) {
      first.confirmations.push(value)
      if (--first.confirmationsMissing > 0) return
      this.#waiting.shift()
      first.resolve(first.confirmations.length === 1 ? value : { type: 'array', items: first.confirmations })
    } else if (!first || value.type === 'push' || MESSAGES.has(kind)) {
      this.#listener.unasked(value)
    } else {
      this.#waiting.shift()
      first.resolve(value)
    }
  }
}

/** The first bytes a reply can have. */
const RESP_SIGNS = new TextEncoder().encode('+-:$*_#,(!=%~>|')

const CONFIRMS: ReadonlySet<string> = new Set([
  'subscribe',
  'psubscribe',
  'ssubscribe',
  'unsubscribe',
  'punsubscribe',
  'sunsubscribe',
])
const MESSAGES: ReadonlySet<string> = new Set(['message', 'pmessage', 'smessage'])

function expectedConfirmations(args: Command): number {
  const name = args[0]
  if (name === undefined || name.length > 12) return 0
  const word = (typeof name === 'string' ? name : bytesToLatin1(name)).toLowerCase()
  // Without a channel UNSUBSCRIBE answers for each it was subscribed to, which may be none: the first one counts.
  return CONFIRMS.has(word) ? Math.max(1, args.length - 1) : 0
}

function firstWord(items: readonly RespValue[]): string {
  const first = items[0]
  if (first?.type === 'simple') return first.text
  return first?.type === 'bulk' && first.bytes.length <= 12 ? bytesToLatin1(first.bytes) : ''
}

/** First in, first out. Array.shift moves every element once a pipeline has thousands waiting. */
class Queue<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  peek(): T | undefined {
    return this.#items[this.#head]
  }

  shift(): T | undefined {
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    if (this.#head < this.#items.length) this.#head++
    if (this.#head === this.#items.length) {
      this.#items = []
      this.#head = 0
    } else if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
