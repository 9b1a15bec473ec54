/*
 * ServerContext: the state of one server that commands may see and change, and
 * what they may ask of the engine. It knows no sockets and no files.
 */
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { TalkToPeer } from '../base/peer-talk.ts'
import type { Slice } from '../base/slice.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../keyspace/database.ts'
import { evictOne } from '../keyspace/eviction.ts'
import type { Keyspace } from '../keyspace/keyspace.ts'
import type { AofControl } from './aof-control.ts'
import { BlockedClients } from './blocking.ts'
import type { CheckpointControl } from './checkpoint-control.ts'
import type { Client } from './client.ts'
import { Clients } from './clients.ts'
import { Effects } from './effects.ts'
import { Pause } from './pause.ts'
import type { Reply } from './reply.ts'
import { ReplyGate } from './reply-gate.ts'
import type { SaveControl } from './save-control.ts'
import { ServerStats } from './stats.ts'
import type { CommandTable } from './table.ts'
import type { Waiting } from './waiting.ts'
import { WatchRegistry } from './watch.ts'

/** As long as Redis takes with its default maxmemory-eviction-tenacity. */
const EVICTION_BUDGET_MS = 0.5

export interface ShutdownRequest {
  /** Whether data is to be saved first; undefined: if there are save points. */
  readonly save?: boolean
  readonly now?: boolean
  readonly force?: boolean
}

/** What commands may ask of the engine beyond answering their own client. */
export interface Executor {
  /** Whether the running command is one of EXEC's. */
  readonly isInTransaction: boolean
  /** Runs the queued commands of `client`, replies included, and ends its transaction. */
  runTransaction(client: Client): void
  /** Ends a transaction without running it; what was watched no longer is. */
  discard(client: Client): void
  /** Answers a client outside of its own command. */
  replyTo(client: Client, write: (reply: Reply) => void): void
  /** Closes a connection: at once, or for the client of the running command after its reply. */
  disconnect(client: Client): void
}

export interface ServerContextOptions {
  readonly keyspace: Keyspace
  readonly config: Config
  readonly commands: CommandTable
  readonly log: Log
  readonly clock: Clock
  /** 40 random hexadecimal digits. */
  readonly runId: string
}

export class ServerContext {
  readonly keyspace: Keyspace
  readonly config: Config
  readonly commands: CommandTable
  readonly log: Log
  readonly clock: Clock
  readonly runId: string
  /** Unix time in milliseconds. */
  readonly startedAt: number
  readonly clients = new Clients()
  readonly stats = new ServerStats()
  readonly watches = new WatchRegistry()
  readonly blocked = new BlockedClients()
  readonly pause = new Pause(this)
  readonly effects = new Effects()
  /** The bits of exec/gates.ts that hold for the server. */
  conditions = 0
  /** Changes since the last save. */
  dirty = 0
  /** Keys that were loaded at the start, and those left out because their time was over. */
  loaded = { keys: 0, expired: 0 }
  /** Set by the engine. */
  executor!: Executor
  waiting!: Waiting
  /** Set by whoever builds the server. */
  saves!: SaveControl
  checkpoints!: CheckpointControl
  aof!: AofControl
  /** The append-only file is being turned on or off; resolves when that is over, with why it failed. */
  switching: Promise<string | undefined> | undefined
  talkToPeer!: TalkToPeer
  readonly replyGate = new ReplyGate()
  /** The file CONFIG REWRITE writes to; none when the server was started without one. */
  configFile: string | undefined
  /** The first TCP port in use. */
  port = 0
  /** Ends the process; set by whoever owns it. False: this host cannot be shut down by a client. */
  requestShutdown: (request: ShutdownRequest) => boolean = () => false
  /** Announces a keyspace event; nobody listens until pub/sub registers here. */
  notify: ((type: string, event: string, key: Slice, db: Database) => void) | undefined

  constructor(options: ServerContextOptions) {
    this.keyspace = options.keyspace
    this.config = options.config
    this.commands = options.commands
    this.log = options.log
    this.clock = options.clock
    this.runId = options.runId
    this.startedAt = options.clock.now()
  }

  /** Whether there is room for more, by the rules of maxmemory; evicts what the policy allows to. */
  makeRoom(): boolean {
    const { keyspace, config, clock } = this
    const { memory } = keyspace
    const limit = config.get('maxmemory')
    if (limit === 0 || memory.usedBytes <= limit) return true
    const policy = config.get('maxmemory-policy')
    const deadline = clock.monotonic() + EVICTION_BUDGET_MS
    while (memory.usedBytes > limit) {
      // What was evicted a moment ago may still wait to be freed.
      if (keyspace.lazyFreePending > 0) keyspace.lazyFreeStep(EVICTION_BUDGET_MS)
      else if (!evictOne(keyspace, policy, config.get('maxmemory-samples'), this.evicted)) return false
      // The client does not wait for all of it: the next command goes on with it.
      if (clock.monotonic() > deadline) break
    }
    return true
  }

  private readonly evicted = (db: Database, key: Slice): void => {
    this.stats.evictedKeys++
    this.watches.touch(db, key)
    this.effects.deleted(db.index, key)
    this.notify?.('e', 'evicted', key, db)
  }
}
