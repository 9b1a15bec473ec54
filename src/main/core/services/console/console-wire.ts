/*
 * The console's end of a socket: replies as the bytes they came in, told apart
 * from what a server sends unasked (messages, lines of MONITOR).
 *
 * It differs from redis-client/wire.ts in what it keeps (bytes), what it takes
 * (anything, within limits), and in that it follows subscriptions, because here
 * a user may do whatever a server allows.
 */
import type { Socket } from 'node:net'
import { CONSOLE_REPLY_COUNT_MAX, CONSOLE_REPLY_SIZE_MAX } from '../../../../shared/contract/console.ts'
import { type Failure, FailureError } from '../../../../shared/contract/failure.ts'
import { ProtocolError, RespDecoder } from '../../../../shared/resp/decode.ts'
import { encodeCommand } from '../../../../shared/resp/encode.ts'
import type { RespValue } from '../../../../shared/resp/value.ts'
import { bytesToLatin1, concatBytes } from '../../../../shared/text/bytes.ts'
import { humaneBytes } from '../../../../shared/text/number.ts'
import { connectionLost, notRedis, socketFailure } from '../redis-client/failures.ts'
import type { Command } from '../redis-client/wire.ts'
import { wordAt } from './words.ts'

export interface WireReply {
  readonly value: RespValue
  /** The value as it came; with several confirmations of one command, all of them. */
  readonly raw: Uint8Array
}

export interface ConsoleWireListener {
  /** One value nobody asked for. */
  streamed(raw: Uint8Array): void
  /** Once, whoever closed it. */
  closed(failure: Failure): void
}

interface Expected {
  readonly args: Command
  readonly answered: (value: RespValue) => void
  readonly resolve: (reply: WireReply) => void
  readonly reject: (error: FailureError) => void
  /** What (un)subscribing still has to confirm; known once it is this command's turn. */
  confirmationsMissing: number | undefined
  readonly raw: Uint8Array[]
}

type SubscriptionKind = 'channel' | 'pattern' | 'shard'
const SUBSCRIBES: Readonly<Record<string, { kind: SubscriptionKind; adds: boolean } | undefined>> = {
  subscribe: { kind: 'channel', adds: true },
  psubscribe: { kind: 'pattern', adds: true },
  ssubscribe: { kind: 'shard', adds: true },
  unsubscribe: { kind: 'channel', adds: false },
  punsubscribe: { kind: 'pattern', adds: false },
  sunsubscribe: { kind: 'shard', adds: false },
}
const MESSAGES: ReadonlySet<string> = new Set(['message', 'pmessage', 'smessage'])
/** `1617111111.123456 [0 127.0.0.1:50000] "GET" "key"` */
const MONITOR_LINE = /^\d+\.\d+ \[/

export class ConsoleWire {
  readonly subscriptions: Readonly<Record<SubscriptionKind, Set<string>>> = {
    channel: new Set(),
    pattern: new Set(),
    shard: new Set(),
  }
  readonly #socket: Socket
  readonly #where: string
  readonly #listener: ConsoleWireListener
  readonly #decoder = new RespDecoder({
    replySizeMax: CONSOLE_REPLY_SIZE_MAX,
    bulkSizeMax: CONSOLE_REPLY_SIZE_MAX,
    lineSizeMax: CONSOLE_REPLY_SIZE_MAX,
    elementCountMax: CONSOLE_REPLY_COUNT_MAX,
  })
  /** Received, and not yet part of a reply that was handed on. */
  readonly #received: Uint8Array[] = []
  /** Where the first of them goes on. */
  #receivedAt = 0
  readonly #expected: Expected[] = []
  #isMonitoring = false
  #hasDecoded = false
  #closed: Failure | undefined

  constructor(socket: Socket, where: string, listener: ConsoleWireListener) {
    this.#socket = socket
    this.#where = where
    this.#listener = listener
    socket.on('data', (chunk: Uint8Array) => this.#read(chunk))
    socket.on('error', (error) => this.close(socketFailure(error, where)))
    socket.on('close', () => this.close(connectionLost(where)))
  }

  /** Commands sent and not answered. */
  get pending(): number {
    return this.#expected.length
  }

  get isMonitoring(): boolean {
    return this.#isMonitoring
  }

  get subscriptionCount(): number {
    const { channel, pattern, shard } = this.subscriptions
    return channel.size + pattern.size + shard.size
  }

  /**
   * Rejects only when no answer can come any more. Commands sent in one turn
   * leave in one write. `answered` is called before the next reply is read: of a
   * pipeline, whose promises all resolve later, it sees each reply in its turn.
   */
  send(args: Command, answered: (value: RespValue) => void = () => undefined): Promise<WireReply> {
    if (this.#closed) return Promise.reject(new FailureError(this.#closed))
    return new Promise((resolve, reject) => {
      this.#expected.push({ args, answered, resolve, reject, confirmationsMissing: undefined, raw: [] })
      this.#socket.cork()
      this.#socket.write(encodeCommand(args))
      queueMicrotask(() => this.#socket.uncork())
    })
  }

  close(failure: Failure): void {
    if (this.#closed) return
    this.#closed = failure
    this.#socket.destroy()
    for (const { reject } of this.#expected.splice(0)) reject(new FailureError(failure))
    this.#listener.closed(failure)
  }

  #read(chunk: Uint8Array): void {
    if (this.#closed) return
    this.#received.push(chunk)
    try {
      this.#decoder.push(chunk)
      for (let value = this.#decoder.next(); value !== undefined; value = this.#decoder.next()) {
        this.#hasDecoded = true
        this.#take(value, this.#takeReceived(this.#decoder.lastReplySize))
        if (this.#closed) return
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.close(this.#protocolFailure(error, chunk))
    }
  }

  /** The next bytes of what was received: a copy, so that a short reply does not keep a long chunk. */
  #takeReceived(size: number): Uint8Array {
    const pieces: Uint8Array[] = []
    let missing = size
    while (missing > 0) {
      const first = this.#received[0]
      const piece = first.subarray(this.#receivedAt, this.#receivedAt + missing)
      pieces.push(piece)
      missing -= piece.length
      this.#receivedAt += piece.length
      if (this.#receivedAt < first.length) continue
      this.#received.shift()
      this.#receivedAt = 0
    }
    return concatBytes(pieces)
  }

  #take(value: RespValue, raw: Uint8Array): void {
    const expected = this.#expected.at(0)
    const kind = value.type === 'push' || value.type === 'array' ? firstWord(value.items) : ''
    if (expected && kind !== '' && this.#confirms(expected, kind, value)) {
      expected.raw.push(raw)
      if (expected.confirmationsMissing === 0) this.#settle(value, concatBytes(expected.raw))
    } else if (expected === undefined || this.#isStreamed(value, kind)) {
      this.#listener.streamed(raw)
    } else {
      if (wordAt(expected.args, 0) === 'monitor' && value.type === 'simple' && value.text === 'OK') {
        this.#isMonitoring = true
      } else if (value.type === 'simple' && value.text === 'RESET') {
        this.#isMonitoring = false
        for (const names of Object.values(this.subscriptions)) names.clear()
      }
      this.#settle(value, raw)
    }
  }

  #settle(value: RespValue, raw: Uint8Array): void {
    const expected = this.#expected.shift()
    expected?.answered(value)
    expected?.resolve({ value, raw })
  }

  #isStreamed(value: RespValue, kind: string): boolean {
    if (value.type === 'push') return true
    if (value.type === 'simple') return this.#isMonitoring && MONITOR_LINE.test(value.text)
    // In RESP2 a message is an array like any other, but then nothing else can be answered with one.
    return MESSAGES.has(kind) && this.subscriptionCount > 0
  }

  /** Whether the value confirms a part of what was (un)subscribed; takes note of it. */
  #confirms(expected: Expected, kind: string, value: RespValue): boolean {
    const does = SUBSCRIBES[kind]
    if (does === undefined || wordAt(expected.args, 0) !== kind) return false
    const names = this.subscriptions[does.kind]
    // Without a name UNSUBSCRIBE ends, and confirms, all there are; or says once that there is none.
    expected.confirmationsMissing ??= expected.args.length > 1 ? expected.args.length - 1 : Math.max(1, names.size)
    expected.confirmationsMissing--
    const name = 'items' in value ? value.items[1] : undefined
    if (name?.type === 'bulk') {
      const text = bytesToLatin1(name.bytes)
      if (does.adds) names.add(text)
      else names.delete(text)
    }
    return true
  }

  #protocolFailure(error: ProtocolError, chunk: Uint8Array): Failure {
    if (error.reason === 'limit') {
      return {
        code: 'TOO_LARGE',
        message: `The reply is larger than the console takes (${humaneBytes(CONSOLE_REPLY_SIZE_MAX)}, ${CONSOLE_REPLY_COUNT_MAX.toLocaleString('en-US')} elements); none of it was kept, and the console's connection was closed.`,
        hint: 'Ask for parts: SCAN, HSCAN, SSCAN, ZSCAN, LRANGE or GETRANGE.',
        detail: error.message,
      }
    }
    if (!this.#hasDecoded) return notRedis(this.#where, chunk)
    return {
      code: 'NOT_REDIS',
      message: `${this.#where} sent a reply that cannot be read, so the connection was closed.`,
      hint: 'A proxy in between may have changed it.',
      detail: error.message,
    }
  }
}

function firstWord(items: readonly RespValue[]): string {
  const first = items.at(0)
  if (first?.type === 'simple') return first.text.toLowerCase()
  return first?.type === 'bulk' && first.bytes.length <= 12 ? bytesToLatin1(first.bytes).toLowerCase() : ''
}
