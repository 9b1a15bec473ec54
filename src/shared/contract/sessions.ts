/*
 * A session: one window's live hold on one server.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import type { Failure } from './failure.ts'
import { dbIndex, type Environment, id } from './types.ts'

const target = v.union(
  [v.strictObject({ connection: id }), v.strictObject({ database: id })],
  'must name a connection or a database',
)
export type SessionTarget = v.InferOutput<typeof target>

export interface SessionInfo {
  readonly sessionId: string
  readonly target: SessionTarget
  readonly name: string
  readonly environment: Environment
  readonly color?: string
  /** As one would type it: `host:port` or the path of a socket. */
  readonly address: string
  /** 'redis', 'valkey', 'keystead', 'keydb', 'dragonfly' ... */
  readonly kind: string
  readonly version: string
  readonly role: 'primary' | 'replica' | 'unknown'
  readonly mode: 'standalone' | 'cluster' | 'sentinel' | 'unknown'
  readonly protocol: 2 | 3
  /** The ACL user, where the server tells. */
  readonly user?: string
  readonly db: number
  /** How many databases there are, where the server tells. */
  readonly dbCount?: number
  /** Those that hold keys. */
  readonly dbs: readonly DbInfo[]
  /** What this user may not ask, so that the page can say what is missing and why. */
  readonly lacks: readonly Lack[]
}

export interface DbInfo {
  readonly db: number
  readonly keys: number
  readonly expires: number
}

/** One command the server refused, and the rule that would allow it. */
export interface Lack {
  readonly command: string
  readonly failure: Failure
  /** For ACL SETUSER: `+info`. */
  readonly grant?: string
}

export interface SessionState {
  readonly sessionId: string
  readonly state: 'connecting' | 'ready' | 'reconnecting' | 'failed'
  /** Why it is not ready. */
  readonly failure?: Failure
  /** With 'reconnecting': when the next attempt is made, in Unix milliseconds. */
  readonly retryAt?: number
  // As last seen; absent where the server does not tell.
  readonly latencyMs?: number
  readonly opsPerSec?: number
  readonly usedMemory?: number
  readonly clients?: number
  readonly dbsize?: number
  /**
   * How often, since the session began, all data was replaced (a rewind) or emptied (FLUSHALL), by whoever.
   * What was read before it grew is no longer there.
   */
  readonly dataReplaced: number
  /** Every command this session sent, console included. */
  readonly commandsSent: number
}

export const sessions = {
  'sessions.open': call(v.strictObject({ target }), returns<SessionInfo>()),
  /** Looks again: key counts, role, rights. */
  'sessions.info': call(v.strictObject({ sessionId: id }), returns<SessionInfo>()),
  /** The last state, for a page that came late to the event. */
  'sessions.state': call(v.strictObject({ sessionId: id }), returns<SessionState>()),
  'sessions.select': call(v.strictObject({ sessionId: id, db: dbIndex }), returns<SessionInfo>()),
  'sessions.close': call(v.strictObject({ sessionId: id }), returns<Record<string, never>>()),
} as const

export interface SessionEvents {
  readonly 'sessions.state': SessionState
}
