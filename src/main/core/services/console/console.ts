/*
 * The console of one session: a connection of its own, which the user moves
 * (SELECT, MULTI, HELLO, SUBSCRIBE) and we follow.
 *
 * It never reconnects behind the user's back: a transaction or a subscription
 * would be gone without a word. A lost connection is shown, and the next command
 * makes a new one in the same database and protocol.
 */
import {
  CONSOLE_REPLY_SIZE_MAX,
  type ConsoleCancelled,
  type ConsoleOutcome,
  type ConsoleResult,
  type ConsoleState,
} from '../../../../shared/contract/console.ts'
import { type Failure, FailureError, fail } from '../../../../shared/contract/failure.ts'
import { isError } from '../../../../shared/resp/value.ts'
import { humaneBytes } from '../../../../shared/text/number.ts'
import { splitLine } from '../../../../shared/text/quote.ts'
import { carriesSecret, describeCommand } from '../ledger/describe-command.ts'
import { describeAddress } from '../redis-client/address.ts'
import { errorText, replyFailure, timedOut } from '../redis-client/failures.ts'
import { openSocket } from '../redis-client/open-socket.ts'
import { CONNECT_TIMEOUT_MS } from '../redis-client/session-connection.ts'
import type { Command } from '../redis-client/wire.ts'
import type { Session } from '../sessions/session.ts'
import { ConsoleWire } from './console-wire.ts'
import { PositionTracker } from './position.ts'
import { refusalOf } from './refusals.ts'
import { StreamBatch } from './stream-batch.ts'

/** What a server is given to answer CLIENT UNBLOCK; one that is itself held up does not. */
const UNBLOCK_TIMEOUT_MS = 1_500
/** `1000 PING` is a test; a million is a mistake, or a benchmark. */
const REPEAT_MAX = 1_000

export interface ConsoleListener {
  state(state: ConsoleState): void
  stream(stream: { readonly raw: Uint8Array; readonly count: number; readonly dropped: number }): void
}

/** A line that can be sent: as it may be shown, and its words. */
export interface ConsoleCommand {
  readonly index: number
  readonly line: string
  readonly args: Command
}

export class Console {
  readonly #session: Session
  readonly #listener: ConsoleListener
  readonly #position: PositionTracker
  readonly #stream: StreamBatch
  #wire: ConsoleWire | undefined
  #connecting: Promise<ConsoleWire> | undefined
  #failure: Failure | undefined
  /** CLIENT ID, where the server tells: what CLIENT UNBLOCK needs. */
  #clientId: number | bigint | undefined
  #isClosed = false

  constructor(session: Session, listener: ConsoleListener) {
    this.#session = session
    this.#listener = listener
    this.#position = new PositionTracker(session.info.db)
    this.#stream = new StreamBatch((batch) => listener.stream(batch))
  }

  get state(): ConsoleState {
    const wire = this.#wire
    const count = wire?.subscriptionCount ?? 0
    return {
      sessionId: this.#session.id,
      connection: wire ? 'ready' : this.#connecting ? 'connecting' : 'closed',
      ...(this.#failure ? { failure: this.#failure } : {}),
      ...this.#position.now,
      pending: wire?.pending ?? 0,
      ...(wire?.isMonitoring ? { stream: { kind: 'monitor' } } : {}),
      ...(count > 0 && !wire?.isMonitoring ? { stream: { kind: 'subscribe', count } } : {}),
    }
  }

  async open(): Promise<ConsoleState> {
    await this.#connect()
    return this.state
  }

  /** Runs commands in order. Their failures are in the results; rejects only when there is no connection. */
  async run(commands: readonly ConsoleCommand[], stopOnError: boolean): Promise<ConsoleResult[]> {
    const wire = await this.#connect()
    let budget = CONSOLE_REPLY_SIZE_MAX
    let lastAnsweredAt = 0
    const runOne = async ({ index, line, args }: ConsoleCommand): Promise<ConsoleResult> => {
      const about = { index, line }
      const refusal = refusalOf(args)
      if (refusal) return this.#failed(about, refusal)
      const sentAt = performance.now()
      let elapsedMs = 0
      let position = this.#position.now
      try {
        const raw = await this.#send(wire, args, () => {
          // In a pipeline a command's time begins when the one before it was answered.
          const answeredAt = performance.now()
          elapsedMs = answeredAt - Math.max(sentAt, lastAnsweredAt)
          lastAnsweredAt = answeredAt
          position = this.#position.now
        })
        budget -= raw.length
        const isTooMuch = budget < 0
        const outcome: ConsoleOutcome = isTooMuch
          ? { kind: 'failed', failure: tooMuchAtOnce(raw.length) }
          : { kind: 'reply', raw }
        return { ...about, outcome, elapsedMs, ...position }
      } catch (error) {
        if (!(error instanceof FailureError)) throw error
        return { ...this.#failed(about, error.failure), elapsedMs: performance.now() - sentAt }
      }
    }
    try {
      const results = stopOnError ? this.#runUntilError(commands, runOne) : Promise.all(commands.map(runOne))
      this.#changed()
      return await results
    } finally {
      this.#changed()
    }
  }

  async cancel(): Promise<ConsoleCancelled> {
    const wire = this.#wire
    if (!wire) return { how: 'nothing-to-cancel' }
    if (wire.pending > 0) {
      if (wire.pending === 1 && (await this.#unblock())) return { how: 'unblocked' }
      // It may have been answered while the server was asked.
      if (wire.pending === 0) return { how: 'nothing-to-cancel' }
      return this.#reconnect(wire, GIVEN_UP)
    }
    if (wire.isMonitoring) {
      return this.#reconnect(wire, MONITOR_ENDED)
    }
    if (wire.subscriptionCount === 0) return { how: 'nothing-to-cancel' }
    const { channel, pattern, shard } = wire.subscriptions
    const commands = [
      channel.size > 0 && 'UNSUBSCRIBE',
      pattern.size > 0 && 'PUNSUBSCRIBE',
      shard.size > 0 && 'SUNSUBSCRIBE',
    ]
    await Promise.all(commands.filter((name) => name !== false).map((name) => this.#send(wire, [name])))
    this.#changed()
    return { how: 'unsubscribed' }
  }

  /** The user ended the connection and wants another one; when there is none to be had, the state says why. */
  async #reconnect(wire: ConsoleWire, failure: Failure): Promise<ConsoleCancelled> {
    wire.close(failure)
    try {
      await this.#connect()
    } catch (error) {
      if (!(error instanceof FailureError)) throw error
    }
    return { how: 'disconnected' }
  }

  close(): void {
    this.#isClosed = true
    this.#stream.stop()
    this.#wire?.close(SESSION_CLOSED)
  }

  async #runUntilError(
    commands: readonly ConsoleCommand[],
    runOne: (command: ConsoleCommand) => Promise<ConsoleResult>,
  ): Promise<ConsoleResult[]> {
    const results: ConsoleResult[] = []
    let hasFailed = false
    for (const command of commands) {
      if (hasFailed) {
        const { index, line } = command
        results.push({ index, line, outcome: { kind: 'skipped' }, elapsedMs: 0, ...this.#position.now })
        continue
      }
      const result = await runOne(command)
      results.push(result)
      hasFailed = result.outcome.kind === 'failed' || isErrorReply(result.outcome)
    }
    return results
  }

  #failed(about: Pick<ConsoleResult, 'index' | 'line'>, failure: Failure): ConsoleResult {
    return { ...about, outcome: { kind: 'failed', failure }, elapsedMs: 0, ...this.#position.now }
  }

  async #send(wire: ConsoleWire, args: Command, answered: () => void = () => undefined): Promise<Uint8Array> {
    this.#session.ledger.record('console', args, Date.now())
    const { raw } = await wire.send(args, (value) => {
      this.#position.answered(args, value)
      answered()
    })
    return raw
  }

  /** Whether the server had the console's client blocked, and has let it go. */
  async #unblock(): Promise<boolean> {
    if (this.#clientId === undefined) return false
    try {
      const args = ['CLIENT', 'UNBLOCK', String(this.#clientId), 'ERROR']
      const reply = await this.#session.command(args, { source: 'console', timeoutMs: UNBLOCK_TIMEOUT_MS })
      return reply.type === 'integer' && reply.value === 1
    } catch (error) {
      // The server is held up, or away: dropping the connection is what is left.
      if (error instanceof FailureError) return false
      throw error
    }
  }

  #connect(): Promise<ConsoleWire> {
    if (this.#isClosed) return Promise.reject(new FailureError(SESSION_CLOSED))
    if (this.#wire) return Promise.resolve(this.#wire)
    if (!this.#connecting) {
      this.#connecting = this.#openWire().finally(() => {
        this.#connecting = undefined
        this.#changed()
      })
      this.#changed()
    }
    return this.#connecting
  }

  async #openWire(): Promise<ConsoleWire> {
    let wire: ConsoleWire | undefined
    try {
      const address = await this.#session.serverAddress()
      const where = describeAddress(address)
      const socket = await openSocket(address.endpoint, CONNECT_TIMEOUT_MS)
      wire = new ConsoleWire(socket, where, {
        streamed: (raw) => this.#stream.add(raw),
        closed: (failure) => this.#lost(wire, failure),
      })
      const timer = setTimeout(() => wire?.close(timedOut(where)), CONNECT_TIMEOUT_MS)
      await this.#greet(wire, address).finally(() => clearTimeout(timer))
    } catch (error) {
      if (!(error instanceof FailureError)) throw error
      this.#failure = error.failure
      wire?.close(error.failure)
      throw error
    }
    if (this.#isClosed) {
      wire.close(SESSION_CLOSED)
      fail(SESSION_CLOSED)
    }
    this.#position.reconnected()
    this.#failure = undefined
    this.#wire = wire
    return wire
  }

  /** As redis-cli begins: RESP2, unless the user went over to RESP3 before. */
  async #greet(wire: ConsoleWire, address: Awaited<ReturnType<Session['serverAddress']>>): Promise<void> {
    const { db, protocol } = this.#position.now
    const ask = async (args: Command) => {
      this.#session.ledger.record('connection', args, Date.now())
      return (await wire.send(args)).value
    }
    const must = async (args: Command): Promise<void> => {
      const reply = await ask(args)
      if (isError(reply)) throw new FailureError(replyFailure(errorText(reply)))
    }
    const { username, password } = address
    if (password !== undefined) await must(username ? ['AUTH', username, password] : ['AUTH', password])
    if (protocol === 3) await must(['HELLO', '3'])
    if (db !== 0) await must(['SELECT', String(db)])
    // A name is a courtesy to whoever reads CLIENT LIST, and the id is for cancelling: neither is needed to go on.
    await ask(['CLIENT', 'SETNAME', 'keystead-console'])
    const id = await ask(['CLIENT', 'ID'])
    this.#clientId = id.type === 'integer' ? id.value : undefined
  }

  #lost(wire: ConsoleWire | undefined, failure: Failure): void {
    if (wire === undefined || wire !== this.#wire) return
    this.#stream.flush()
    this.#wire = undefined
    this.#failure = failure
    this.#position.reconnected()
    this.#changed()
  }

  #changed(): void {
    if (!this.#isClosed) this.#listener.state(this.state)
  }
}

/** Cuts a line into a command; `3 PING` is one command three times, as in redis-cli. */
export function commandsOf(line: string, index: number): readonly ConsoleCommand[] {
  const split = splitLine(line)
  if (!split.ok) {
    fail({
      code: 'BAD_REQUEST',
      message: split.message,
      hint: 'Quotes must be closed, and followed by a space. Nothing was sent.',
      detail: `at character ${split.position + 1} of: ${line.slice(0, 200)}`,
    })
  }
  let args: Command = split.args.map((arg) => arg.bytes)
  if (args.length === 0) fail({ code: 'BAD_REQUEST', message: 'The line is empty.' })
  let repeat = 1
  const first = Buffer.from(args[0]).toString('latin1')
  if (args.length > 1 && /^\d{1,9}$/.test(first)) {
    repeat = Number(first)
    args = args.slice(1)
    if (repeat < 1 || repeat > REPEAT_MAX) {
      fail({ code: 'BAD_REQUEST', message: `A command can be repeated 1 to ${REPEAT_MAX} times, not ${first}.` })
    }
  }
  const command = { index, line: carriesSecret(args) ? describeCommand(args) : line.trim(), args }
  return Array.from({ length: repeat }, () => command)
}

const MINUS = 0x2d
const EXCLAMATION = 0x21
const isErrorReply = (outcome: ConsoleOutcome): boolean =>
  outcome.kind === 'reply' && (outcome.raw[0] === MINUS || outcome.raw[0] === EXCLAMATION)

const tooMuchAtOnce = (size: number): Failure => ({
  code: 'TOO_LARGE',
  message: `The replies of this run are more than the console takes at once (${humaneBytes(CONSOLE_REPLY_SIZE_MAX)}); this one of ${humaneBytes(size)} was not kept.`,
  hint: 'The command was executed. Run it alone, or ask for less.',
})

const GIVEN_UP: Failure = {
  code: 'CANCELLED',
  message: "It was cancelled by dropping the console's connection.",
  hint: 'The server may still be executing it. The console has connected again, in the same database.',
}
const MONITOR_ENDED: Failure = {
  code: 'CANCELLED',
  message: "MONITOR was ended by dropping the console's connection.",
}
const SESSION_CLOSED: Failure = { code: 'CANCELLED', message: 'The session was closed.' }
