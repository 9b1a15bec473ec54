/*
 * The open sessions. A session belongs to the page that opened it; when that
 * page goes, it stays for a moment, because a page that lost its WebSocket
 * comes back with another one.
 */
import { randomUUID } from 'node:crypto'
import { fail } from '../../../../shared/contract/failure.ts'
import type { SessionInfo, SessionTarget } from '../../../../shared/contract/sessions.ts'
import type { EventHub } from '../../events.ts'
import type { Caller } from '../../serve.ts'
import type { ConnectionsService } from '../connections/connections.ts'
import type { DatabasesService } from '../databases/databases.ts'
import { Session, type SessionProfile } from './session.ts'

const ORPHAN_KEPT_MS = 60_000
/** A page opens a handful; a page that leaks them is stopped before the server it looks at notices. */
const SESSIONS_MAX = 64

interface Dependencies {
  readonly connections: ConnectionsService
  readonly databases: DatabasesService
  readonly events: EventHub
  readonly now: () => number
}

interface Held {
  readonly session: Session
  owner: string | undefined
  orphanTimer?: NodeJS.Timeout
}

export class SessionsService {
  readonly #dependencies: Dependencies
  readonly #held = new Map<string, Held>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async open(target: SessionTarget, caller: Caller): Promise<SessionInfo> {
    if (this.#held.size >= SESSIONS_MAX) {
      fail({ code: 'TOO_LARGE', message: `There are ${SESSIONS_MAX} open sessions.`, hint: 'Close one of them first.' })
    }
    const session = new Session(this.#profile(randomUUID(), target))
    this.#held.set(session.id, { session, owner: caller.id })
    try {
      const info = await session.open()
      if ('connection' in target) await this.#dependencies.connections.markUsed(target.connection)
      return info
    } catch (error) {
      this.close(session.id)
      throw error
    }
  }

  /** The session, for whoever works with it. */
  get(sessionId: string): Session {
    return this.#find(sessionId).session
  }

  /** The same, and from now on it is this caller's. */
  adopt(sessionId: string, caller: Caller): Session {
    const held = this.#find(sessionId)
    clearTimeout(held.orphanTimer)
    held.owner = caller.id
    return held.session
  }

  /** A caller is gone. */
  release(caller: Caller): void {
    for (const [sessionId, held] of this.#held) {
      if (held.owner !== caller.id) continue
      held.owner = undefined
      held.orphanTimer = setTimeout(() => this.close(sessionId), ORPHAN_KEPT_MS)
      held.orphanTimer.unref()
    }
  }

  /** Closing twice is no mistake: a page says so and then goes away. */
  close(sessionId: string): void {
    const held = this.#held.get(sessionId)
    if (!held) return
    clearTimeout(held.orphanTimer)
    this.#held.delete(sessionId)
    held.session.close()
  }

  /** Somebody did something to this server: all sessions with it look how it is now. */
  askStatusOf(target: SessionTarget): void {
    for (const { session } of this.#held.values()) {
      if (isSame(session.target, target)) void session.askStatus()
    }
  }

  closeAll(): void {
    for (const sessionId of [...this.#held.keys()]) this.close(sessionId)
  }

  #find(sessionId: string): Held {
    return (
      this.#held.get(sessionId) ??
      fail({ code: 'NOT_FOUND', message: 'This session is closed.', hint: 'Open the connection again.' })
    )
  }

  #profile(sessionId: string, target: SessionTarget): SessionProfile {
    const { connections, databases, events, now } = this.#dependencies
    const common = {
      sessionId,
      target,
      now,
      onState: (state: Parameters<SessionProfile['onState']>[0]) => events.emit('sessions.state', state),
    }
    if ('database' in target) {
      const { name } = databases.get(target.database)
      return {
        ...common,
        name,
        environment: 'development',
        // Asked anew at every attempt: the database may have moved to another port meanwhile.
        address: async () => ({
          endpoint: { kind: 'tcp', host: '127.0.0.1', port: databases.get(target.database).port },
          db: 0,
        }),
      }
    }
    const { name, environment, color } = connections.get(target.connection)
    return {
      ...common,
      name,
      environment,
      color,
      address: async () => {
        const { endpoint, username, db } = connections.get(target.connection)
        return { endpoint, username, db, password: await connections.password(target.connection) }
      },
    }
  }
}

const isSame = (a: SessionTarget, b: SessionTarget): boolean =>
  'database' in a ? 'database' in b && a.database === b.database : 'connection' in b && a.connection === b.connection
