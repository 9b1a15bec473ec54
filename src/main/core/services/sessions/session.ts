/*
 * One session: a server, a connection to it that is kept, and the ledger of what
 * was sent. The console has a connection of its own (services/console), so that
 * a command that blocks there never freezes the browser.
 */
import { FailureError } from '../../../../shared/contract/failure.ts'
import type { Lack, SessionInfo, SessionState, SessionTarget } from '../../../../shared/contract/sessions.ts'
import type { Environment } from '../../../../shared/contract/types.ts'
import { isError, type RespValue } from '../../../../shared/resp/value.ts'
import { Ledger } from '../ledger/ledger.ts'
import { describeAddress, type ServerAddress } from '../redis-client/address.ts'
import { errorText, replyFailure } from '../redis-client/failures.ts'
import { integerOf, pairsOf, textOf } from '../redis-client/replies.ts'
import { type CommandOptions, type ConnectionState, SessionConnection } from '../redis-client/session-connection.ts'
import type { Command } from '../redis-client/wire.ts'
import {
  dbsOf,
  type InfoFields,
  identify,
  modeOf,
  numberOf,
  parseInfo,
  type Replacements,
  replacementsOf,
  roleOf,
} from './server-info.ts'

/** How often a session that someone looks at asks the server how it is. */
const STATUS_EVERY_MS = 2_000
/** A server that answers nothing for so long is treated as gone; whoever waits for it learns so. */
const STATUS_TIMEOUT_MS = 10_000
/** What the browser and the editor wait for one command, unless they say otherwise. */
const COMMAND_TIMEOUT_MS = 30_000

export interface SessionProfile {
  readonly sessionId: string
  readonly target: SessionTarget
  readonly name: string
  readonly environment: Environment
  readonly color?: string
  readonly address: () => Promise<ServerAddress>
  readonly now: () => number
  readonly onState: (state: SessionState) => void
}

type Status = Pick<SessionState, 'latencyMs' | 'opsPerSec' | 'usedMemory' | 'clients' | 'dbsize'>

export class Session {
  readonly ledger = new Ledger()
  readonly #profile: SessionProfile
  readonly #browser: SessionConnection
  readonly #closeListeners = new Set<() => void>()
  #info: SessionInfo | undefined
  #infoFields: InfoFields = new Map()
  #status: Status = {}
  #replacements: Replacements | undefined
  #dataReplaced = 0
  #statusTimer: NodeJS.Timeout | undefined
  #db = 0
  #address = ''

  constructor(profile: SessionProfile) {
    this.#profile = profile
    this.#browser = this.#connection()
    this.#browser.onState((state) => this.#onState(state))
  }

  get id(): string {
    return this.#profile.sessionId
  }

  get target(): SessionTarget {
    return this.#profile.target
  }

  /** As it was last looked at. */
  get info(): SessionInfo {
    if (!this.#info) throw new FailureError({ code: 'CONNECTION_LOST', message: 'The session has not connected yet.' })
    return this.#info
  }

  /** Sends a command on the connection of the browser and editors. An error reply is a reply. */
  command(args: Command, options: CommandOptions = {}): Promise<RespValue> {
    return this.#browser.command(args, { timeoutMs: COMMAND_TIMEOUT_MS, ...options })
  }

  /** Sends commands together. They are not a transaction. */
  pipeline(commands: readonly Command[], options: CommandOptions = {}): Promise<RespValue[]> {
    return this.#browser.pipeline(commands, { timeoutMs: COMMAND_TIMEOUT_MS, ...options })
  }

  /** Counts the connections the browser has had; see CommandOptions.epoch. */
  get epoch(): number {
    return this.#browser.epoch
  }

  /** For a connection of one's own: asked before every attempt, because a port can change. */
  serverAddress(): Promise<ServerAddress> {
    return this.#profile.address()
  }

  /** Connects and looks around. Rejects with the failure of the attempt. */
  async open(): Promise<SessionInfo> {
    await this.#browser.connect()
    this.#db = this.#browser.db
    return this.look()
  }

  /** Asks the server who it is and what it holds. */
  async look(): Promise<SessionInfo> {
    const [info, user, databases] = await this.pipeline([['INFO'], ['ACL', 'WHOAMI'], ['CONFIG', 'GET', 'databases']], {
      source: 'connection',
    })
    const lacks: Lack[] = []
    const refused = (command: string, grant: string, reply: RespValue): boolean => {
      if (!isError(reply)) return false
      const failure = replyFailure(errorText(reply))
      if (failure.code === 'NO_PERMISSION') lacks.push({ command, failure, grant })
      return true
    }
    this.#infoFields = refused('INFO', '+info', info) ? new Map() : parseInfo(textOf(info))
    const { told, protocol } = this.#browser.greeting
    const count = refused('CONFIG GET', '+config|get', databases) ? undefined : pairsOf(databases)[0]?.[1]
    const mode = modeOf(this.#infoFields, told)
    this.#info = {
      sessionId: this.id,
      target: this.#profile.target,
      name: this.#profile.name,
      environment: this.#profile.environment,
      color: this.#profile.color,
      address: this.#address,
      ...identify(this.#infoFields, told),
      role: roleOf(this.#infoFields, told),
      mode,
      protocol,
      user: refused('ACL WHOAMI', '+acl|whoami', user) ? undefined : textOf(user),
      db: this.#db,
      dbCount: count ? Number(textOf(count)) : mode === 'cluster' ? 1 : undefined,
      dbs: dbsOf(this.#infoFields),
      lacks,
    }
    return this.#info
  }

  /** The database the window looks at. Fails, and stays where it was, when the server has no such one. */
  async select(db: number): Promise<SessionInfo> {
    await this.command(['DBSIZE'], { db, source: 'connection' })
    this.#db = db
    return this.look()
  }

  state(): SessionState {
    const { state } = this.#browser
    const connection = this.#browser.state
    return {
      sessionId: this.id,
      state: state.state === 'idle' || state.state === 'closed' ? 'connecting' : state.state,
      ...('failure' in connection ? { failure: connection.failure, retryAt: connection.retryAt } : {}),
      ...this.#status,
      dataReplaced: this.#dataReplaced,
      commandsSent: this.ledger.commandsSent,
    }
  }

  onClose(listener: () => void): void {
    this.#closeListeners.add(listener)
  }

  close(): void {
    clearTimeout(this.#statusTimer)
    this.#browser.close()
    for (const listener of this.#closeListeners) listener()
    this.#closeListeners.clear()
  }

  #connection(): SessionConnection {
    return new SessionConnection({
      address: async () => {
        const address = await this.#profile.address()
        this.#address = describeAddress(address)
        return address
      },
      ledger: this.ledger,
      source: 'browser',
      clientName: 'keystead-browser',
      now: this.#profile.now,
    })
  }

  #onState(connection: ConnectionState): void {
    clearTimeout(this.#statusTimer)
    if (connection.state === 'closed') return
    if (connection.state === 'ready') this.#statusTimer = setTimeout(() => void this.askStatus(), 0)
    this.#profile.onState(this.state())
  }

  /** Asks the server how it is, and tells; whoever did something to it does not wait for the next time. */
  async askStatus(): Promise<void> {
    const startedAt = performance.now()
    try {
      const options = { source: 'status', timeoutMs: STATUS_TIMEOUT_MS } as const
      await this.#browser.command(['PING'], options)
      const latencyMs = performance.now() - startedAt
      this.#status = { ...this.#status, latencyMs, ...(await this.#askLoad(options)) }
      clearTimeout(this.#statusTimer)
      this.#statusTimer = setTimeout(() => void this.askStatus(), STATUS_EVERY_MS)
      this.#statusTimer.unref()
      this.#profile.onState(this.state())
    } catch (error) {
      if (!(error instanceof FailureError)) throw error
      // Lost connections report themselves. One that is silent has to be given up by us.
      if (error.failure.code === 'TIMED_OUT') this.#browser.interrupt(error.failure)
    }
  }

  async #askLoad(options: CommandOptions): Promise<Status> {
    const [info, stats] = await this.#browser.pipeline([['INFO'], ['INFO', 'commandstats']], options)
    if (isError(info)) {
      const size = await this.#browser.command(['DBSIZE'], { ...options, db: this.#db })
      return isError(size) ? {} : { dbsize: integerOf(size) }
    }
    const fields = parseInfo(textOf(info))
    const dbsize = dbsOf(fields).find(({ db }) => db === this.#db)?.keys ?? 0
    // What is still being loaded is told of when it is there.
    if (!isError(stats) && numberOf(fields, 'loading') !== 1)
      this.#compare(replacementsOf(parseInfo(textOf(stats))), dbsize)
    return {
      opsPerSec: numberOf(fields, 'instantaneous_ops_per_sec'),
      usedMemory: numberOf(fields, 'used_memory'),
      clients: numberOf(fields, 'connected_clients'),
      dbsize,
    }
  }

  /**
   * The server does not say which database was emptied or swapped; ours was, if the number of its keys is another.
   * Counts that are lower than before are those of a server that was started anew, which is told as a reconnect.
   */
  #compare(now: Replacements, dbsize: number): void {
    const before = this.#replacements
    this.#replacements = now
    if (!before) return
    if (now.ofAll > before.ofAll || (now.ofOne > before.ofOne && dbsize !== this.#status.dbsize)) this.#dataReplaced++
  }
}
