/*
 * Client: what the server knows of one connection. It holds no socket: replies
 * that are not the answer to a running command leave through its `sink`.
 */
import type { Origin, Session, Sink } from '../base/session.ts'
import type { Slice } from '../base/slice.ts'
import type { ClientClass } from '../config/buffer-limits.ts'
import type { Database } from '../keyspace/database.ts'
import type { KeyWait } from './blocking.ts'
import { NEEDS_AUTH } from './gates.ts'
import type { Reply } from './reply.ts'
import type { Command } from './table.ts'

/** A command kept between MULTI and EXEC, with its own copy of the request. */
export interface QueuedCommand {
  readonly command: Command
  readonly argv: readonly Slice[]
}

export interface Transaction {
  readonly queue: QueuedCommand[]
  /** The gates of all queued commands together. */
  gates: number
  /** A command could not be queued: EXEC will answer EXECABORT. */
  broken: boolean
  /** Bytes of the queued requests. */
  bytes: number
}

/** What a client waits for. When the wait ends otherwise than by being served, exactly one of these is called. */
export interface Wait {
  /** Writes the command's reply for the case that nothing came. */
  onTimeout(reply: Reply): void
  /** Nothing is to be written: the client went away or was unblocked with an error. Undo what was registered. */
  onCancel(): void
  /** The command is at work and answers by itself: CLIENT UNBLOCK leaves it alone. */
  readonly isFirm?: boolean
  /** What is known beyond that of a wait for keys. */
  readonly keys?: KeyWait
  /** How far the append-only file has to be synced for the wait to end; it ends too when there is no such file. */
  readonly syncedOffset?: number
}

// CLIENT REPLY.
export const REPLY_ON = 0
export const REPLY_OFF = 1
/** The command after the running one is not answered. */
export const REPLY_SKIP_NEXT = 2
/** The running command is not answered. */
export const REPLY_SKIP = 3

export class Client implements Session {
  readonly id: number
  readonly sink: Sink
  readonly origin: Origin
  readonly createdAt: number

  name = ''
  libName = ''
  libVersion = ''
  user = 'default'
  /** It gave the password, or came while there was none. */
  authenticated = false
  db: Database
  protocol: 2 | 3 = 2
  /** The bits of exec/gates.ts that hold for this client. */
  conditions = 0
  replyMode = REPLY_ON
  transaction: Transaction | undefined
  /** What WATCH watches; the registry is exec/watch.ts. */
  readonly watched: WatchedKey[] = []
  /** A watched key was changed, deleted or expired: EXEC will answer nil. */
  watchBroken = false

  noTouch = false
  noEvict = false
  /** CLIENT CAPA redirect. */
  redirects = false

  lastInteraction: number
  lastCommand: Command | undefined
  commandCount = 0
  bytesReceived = 0
  bytesSent = 0

  /** Since when its unread replies exceed the soft limit, in monotonic milliseconds; 0: they do not. */
  overSoftSince = 0

  /** It waits (a blocking command, CLIENT PAUSE): its requests are left unread meanwhile. */
  held = false
  wait: Wait | undefined
  waitTimer: NodeJS.Timeout | undefined
  /** The request that CLIENT PAUSE holds back; it is executed first when the pause ends. */
  postponed: readonly Slice[] | undefined
  /** Replies that wait in the gate. */
  heldReplies = 0
  /** The connection is to be closed once what is written has been sent. */
  closing = false
  /** The engine has forgotten it. */
  closed = false

  constructor(id: number, sink: Sink, origin: Origin, db: Database, now: number) {
    this.id = id
    this.sink = sink
    this.origin = origin
    this.db = db
    this.createdAt = now
    this.lastInteraction = now
  }

  get isTrusted(): boolean {
    return (this.conditions & NEEDS_AUTH) === 0
  }

  get isAwaited(): boolean {
    return this.heldReplies > 0
  }

  get dbIndex(): number {
    return this.db.index
  }

  /** Which client-output-buffer-limit holds. */
  get class(): ClientClass {
    return 'normal'
  }
}

/** Whether nothing is answered just now (CLIENT REPLY OFF or SKIP). */
export function isSilent(client: Client): boolean {
  return client.replyMode === REPLY_OFF || client.replyMode === REPLY_SKIP
}

/** A request that outlives the bytes it was read into. */
export function copyOf(argv: readonly Slice[], argc: number): Slice[] {
  const copy: Slice[] = []
  for (let i = 0; i < argc; i++) copy.push(argv[i].copy())
  return copy
}

export interface WatchedKey {
  readonly db: Database
  readonly key: Slice
}
