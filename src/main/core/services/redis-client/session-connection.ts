/*
 * The one way the backend talks to a server: a connection that is kept.
 *
 * Why not ioredis: the console must show RESP3 as it came (maps, verbatim
 * strings, attributes, pushes), key names and values must stay bytes both ways,
 * and every command must pass one place that counts it. ioredis flattens maps,
 * turns replies into strings unless asked per call, and sends commands of its
 * own (INFO for its ready check, its offline queue after a reconnect) that no
 * ledger would see. What is left of its job is in this folder.
 *
 * It reconnects with growing pauses until it is closed. A command given while
 * it is away waits a moment for the connection to come back, then fails with
 * the reason. What was on its way when the connection broke is never sent
 * again: it may have been done.
 */
import { type Failure, FailureError } from '../../../../shared/contract/failure.ts'
import { isError, type RespValue } from '../../../../shared/resp/value.ts'
import { bytesToLatin1 } from '../../../../shared/text/bytes.ts'
import type { Ledger, LedgerSource } from '../ledger/ledger.ts'
import { describeAddress, type ServerAddress } from './address.ts'
import { errorText, needsAPerson, replyFailure, socketFailure, timedOut } from './failures.ts'
import { type Greeting, shakeHands } from './handshake.ts'
import { openSocket } from './open-socket.ts'
import { type Command, Wire } from './wire.ts'

export const CONNECT_TIMEOUT_MS = 10_000
/** How long a command waits for a connection that is being made again. */
const RECONNECT_WAIT_MS = 2_000
const RETRY_FIRST_MS = 100
const RETRY_MAX_MS = 5_000
/** A wrong password is not tried ten times a minute: servers and their keepers watch for that. */
const RETRY_NEEDS_A_PERSON_MS = 15_000

export type ConnectionState =
  | { readonly state: 'idle' | 'connecting' | 'ready' | 'closed' }
  | { readonly state: 'reconnecting' | 'failed'; readonly failure: Failure; readonly retryAt: number }

export interface CommandOptions {
  /** Runs it there: SELECT is sent first where the connection is elsewhere. Absent: wherever it is. */
  readonly db?: number
  /** Absent: no limit, as a blocking command wants. */
  readonly timeoutMs?: number
  /** Gives up waiting. The command itself cannot be taken back. */
  readonly signal?: AbortSignal
  /** Sends only on this very connection (see `epoch`): what went before it on another one is forgotten there. */
  readonly epoch?: number
  /** Who sends it, for the ledger. Absent: what the connection was made for. */
  readonly source?: LedgerSource
}

export interface SessionConnectionOptions {
  /** Asked before every attempt: a port can change, and a password is kept nowhere in clear. */
  readonly address: () => Promise<ServerAddress>
  readonly ledger: Ledger
  readonly source: LedgerSource
  readonly clientName: string
  readonly now?: () => number
  readonly connectTimeoutMs?: number
}

export class SessionConnection {
  readonly #options: SessionConnectionOptions
  readonly #now: () => number
  readonly #stateListeners = new Set<(state: ConnectionState) => void>()
  readonly #unaskedListeners = new Set<(value: RespValue) => void>()
  readonly #closing = new AbortController()
  #state: ConnectionState = { state: 'idle' }
  #wire: Wire | undefined
  #attempt: Promise<void> | undefined
  #retryTimer: NodeJS.Timeout | undefined
  #failuresInARow = 0
  #epoch = 0
  #greeting: Greeting = { protocol: 2, told: {} }
  /** The database the server runs our commands in; a reconnect goes back to it. Undefined until the first one. */
  #db: number | undefined
  /** Commands that need another database wait here for their turn; see #inDb. */
  #turn: Promise<unknown> | undefined

  constructor(options: SessionConnectionOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  get state(): ConnectionState {
    return this.#state
  }

  get protocol(): 2 | 3 {
    return this.#greeting.protocol
  }

  get greeting(): Greeting {
    return this.#greeting
  }

  /** Counts the connections made so far. WATCH, for one, does not outlive the one it was sent on. */
  get epoch(): number {
    return this.#epoch
  }

  /** The database the connection is in. */
  get db(): number {
    return this.#db ?? 0
  }

  /** Connects, or waits for the attempt under way. Rejects with the failure of that one attempt; trying goes on. */
  connect(): Promise<void> {
    if (this.#state.state === 'ready') return Promise.resolve()
    if (this.#state.state === 'closed') return Promise.reject(new FailureError(CLOSED))
    clearTimeout(this.#retryTimer)
    this.#attempt ??= this.#open().finally(() => {
      this.#attempt = undefined
    })
    return this.#attempt
  }

  /**
   * Sends one command and resolves with the server's reply, whatever it is:
   * an error reply is a reply. Text is sent as UTF-8, so a KeyName must be
   * given as bytes (latin1ToBytes).
   */
  async command(args: Command, options: CommandOptions = {}): Promise<RespValue> {
    const [reply] = await this.pipeline([args], options)
    return reply
  }

  /** Sends commands together; resolves when all are answered. Rejects as a whole when any got no answer. */
  async pipeline(commands: readonly Command[], options: CommandOptions = {}): Promise<RespValue[]> {
    if (commands.length === 0) return []
    if (this.#state.state !== 'ready') await this.#comeBack(options)
    const replies = this.#inDb(options.db, () => {
      if (options.epoch !== undefined && options.epoch !== this.#epoch) throw new FailureError(INTERRUPTED)
      return Promise.all(commands.map((args) => this.#send(args, options.source)))
    })
    return this.#bounded(replies, options)
  }

  /** Replies nobody asked for: messages, invalidations, lines of MONITOR. Returns its unsubscribe. */
  onUnasked(listener: (value: RespValue) => void): () => void {
    this.#unaskedListeners.add(listener)
    return () => this.#unaskedListeners.delete(listener)
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  /** Drops the connection and makes it anew: the only way out of a command that blocks. */
  interrupt(failure: Failure = { code: 'CANCELLED', message: 'The command was given up by reconnecting.' }): void {
    this.#wire?.close(failure)
  }

  close(): void {
    clearTimeout(this.#retryTimer)
    this.#closing.abort()
    this.#setState({ state: 'closed' })
    this.#wire?.close(CLOSED)
    this.#stateListeners.clear()
    this.#unaskedListeners.clear()
  }

  async #open(): Promise<void> {
    this.#setState(this.#failuresInARow === 0 ? { state: 'connecting' } : this.#state)
    let wire: Wire | undefined
    try {
      const configured = await this.#options.address()
      const address = { ...configured, db: this.#db ?? configured.db }
      const where = describeAddress(address)
      const timeoutMs = this.#options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS
      const socket = await openSocket(address.endpoint, timeoutMs, this.#closing.signal)
      wire = new Wire(socket, where, { unasked: () => undefined, closed: () => undefined })
      const timer = setTimeout(() => wire?.close(silent(where)), timeoutMs)
      this.#greeting = await shakeHands({
        wire,
        address,
        clientName: this.#options.clientName,
        sending: (command) => this.#options.ledger.record('connection', command, this.#now()),
      }).finally(() => clearTimeout(timer))
      if (this.#closing.signal.aborted) throw new FailureError(CLOSED)
      this.#settle(wire, address.db)
    } catch (error) {
      const failure = error instanceof FailureError ? error.failure : socketFailure(error, 'the server')
      wire?.close(failure)
      this.#away(failure)
      throw new FailureError(failure, error)
    }
  }

  #settle(wire: Wire, db: number): void {
    this.#wire = wire
    this.#failuresInARow = 0
    this.#epoch++
    this.#db = db
    this.#setState({ state: 'ready' })
    wire.listen({
      unasked: (value) => {
        for (const listener of this.#unaskedListeners) listener(value)
      },
      closed: (failure) => {
        this.#wire = undefined
        this.#away(failure)
      },
    })
  }

  /** The connection is not there; try again in a while. */
  #away(failure: Failure): void {
    if (this.#state.state === 'closed') return
    const growing = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(this.#failuresInARow, 10))
    const waitMs = needsAPerson(failure) ? RETRY_NEEDS_A_PERSON_MS : growing
    this.#failuresInARow++
    clearTimeout(this.#retryTimer)
    this.#retryTimer = setTimeout(() => {
      // The failure is in the state by then, and the next attempt already planned.
      this.connect().catch(() => undefined)
    }, waitMs)
    this.#retryTimer.unref()
    this.#setState({
      state: needsAPerson(failure) ? 'failed' : 'reconnecting',
      failure,
      retryAt: this.#now() + waitMs,
    })
  }

  #setState(state: ConnectionState): void {
    if (this.#state.state === 'closed') return
    this.#state = state
    for (const listener of this.#stateListeners) listener(state)
  }

  /** Resolves when the connection is ready; else rejects with the reason why it is not. */
  async #comeBack(options: CommandOptions): Promise<void> {
    if (this.#state.state === 'closed') throw new FailureError(CLOSED)
    if (this.#state.state === 'idle' || this.#state.state === 'connecting') return this.connect()
    if (this.#state.state === 'failed') throw new FailureError(this.#state.failure)
    const waitMs = Math.min(RECONNECT_WAIT_MS, options.timeoutMs ?? RECONNECT_WAIT_MS)
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer)
        unlisten()
        resolve()
      }
      const timer = setTimeout(finish, waitMs)
      const unlisten = this.onState((state) => {
        if (state.state === 'ready' || state.state === 'closed') finish()
      })
    })
    if (this.#wire === undefined) {
      throw new FailureError('failure' in this.#state ? this.#state.failure : CLOSED)
    }
  }

  /**
   * Runs `send` when the connection is in the right database. SELECT must have
   * succeeded before anything is sent after it: a write that followed a refused
   * SELECT would land in the wrong database. So a switch is waited for, and
   * whoever comes meanwhile queues behind it; commands for the database the
   * connection is in go straight out.
   */
  async #inDb<T>(db: number | undefined, send: () => Promise<T>): Promise<T> {
    if (this.#turn === undefined && (db === undefined || db === this.#db)) return send()
    let sent: Promise<T> | undefined
    const turn = (this.#turn ?? Promise.resolve()).then(async () => {
      if (db !== undefined && db !== this.#db) {
        const reply = await this.#send(['SELECT', String(db)], 'connection')
        if (isError(reply)) throw new FailureError(replyFailure(errorText(reply)))
      }
      sent = send()
      // Only the sending is waited for here. Its outcome is its caller's, below.
      sent.catch(() => undefined)
    })
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (this.#turn === settled) this.#turn = undefined
      })
    this.#turn = settled
    await turn
    return sent as Promise<T>
  }

  #send(args: Command, source: LedgerSource | undefined): Promise<RespValue> {
    const wire = this.#wire
    if (!wire) return Promise.reject(new FailureError('failure' in this.#state ? this.#state.failure : CLOSED))
    this.#options.ledger.record(source ?? this.#options.source, args, this.#now())
    const reply = wire.send(args)
    const db = changesDb(args)
    return db === undefined ? reply : reply.then((value) => this.#followDb(value, db))
  }

  #followDb(reply: RespValue, db: number): RespValue {
    // In a transaction SELECT answers QUEUED, and what EXEC makes of it is seen by the next explicit `db`.
    if (reply.type === 'simple' && (reply.text === 'OK' || reply.text === 'RESET')) this.#db = db
    return reply
  }

  #bounded<T>(work: Promise<T>, { timeoutMs, signal }: CommandOptions): Promise<T> {
    if (timeoutMs === undefined && signal === undefined) return work
    return new Promise<T>((resolve, reject) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => give(timedOut('The server')), timeoutMs)
      const abort = (): void => give({ code: 'CANCELLED', message: 'It was cancelled.' })
      const clear = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
      }
      const give = (failure: Failure): void => {
        clear()
        reject(new FailureError(failure))
      }
      if (signal?.aborted) abort()
      else signal?.addEventListener('abort', abort)
      work.finally(clear).then(resolve, reject)
    })
  }
}

const CLOSED: Failure = { code: 'CANCELLED', message: 'The session was closed.' }
const INTERRUPTED: Failure = {
  code: 'CONNECTION_LOST',
  message: 'The connection was made anew in the middle of this; nothing was written.',
  hint: 'Try again.',
}

const silent = (where: string): Failure => ({
  code: 'TIMED_OUT',
  message: `${where} accepted the connection and then said nothing.`,
  hint: 'It may not be a Redis or Valkey server, it may want TLS (rediss://), or it may be busy with a long command.',
})

/** The database a command moves its connection to, if it does. */
function changesDb(args: Command): number | undefined {
  const name = wordOf(args[0])
  if (name === 'reset') return 0
  if (name !== 'select') return undefined
  const db = Number(wordOf(args[1]))
  return Number.isInteger(db) ? db : undefined
}

function wordOf(arg: string | Uint8Array | undefined): string {
  if (arg === undefined || arg.length > 12) return ''
  return (typeof arg === 'string' ? arg : bytesToLatin1(arg)).toLowerCase()
}
