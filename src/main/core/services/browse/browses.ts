/*
 * The browses under way. They belong to their session and end with it.
 */
import { fail } from '../../../../shared/contract/failure.ts'
import type { KeyName, KeyType } from '../../../../shared/contract/types.ts'
import type { EventHub } from '../../events.ts'
import type { Log } from '../../log.ts'
import type { Session } from '../sessions/session.ts'
import { Browse, type BrowseOptions } from './browse.ts'

/** Of one session: each is an index of up to gigabytes. The oldest makes way. */
const BROWSES_MAX = 4

export class BrowsesService {
  readonly #events: EventHub
  readonly #log: Log
  readonly #browses = new Map<string, Browse>()
  readonly #sessions = new WeakSet<Session>()

  constructor(events: EventHub, log: Log) {
    this.#events = events
    this.#log = log
  }

  async start(options: Omit<BrowseOptions, 'onProgress' | 'log'>): Promise<Browse> {
    const browse = new Browse({
      ...options,
      log: this.#log,
      onProgress: (progress) => this.#events.emit('browse.progress', progress),
    })
    await browse.start()
    const { session } = options
    const others = [...this.#browses.values()].filter((other) => other.session === session)
    if (others.length >= BROWSES_MAX) this.stop(others[0]!.id)
    this.#browses.set(browse.id, browse)
    if (!this.#sessions.has(session)) {
      this.#sessions.add(session)
      session.onClose(() => {
        for (const held of this.#browses.values()) if (held.session === session) this.stop(held.id)
      })
    }
    return browse
  }

  get(browseId: string): Browse {
    return (
      this.#browses.get(browseId) ??
      fail({ code: 'NOT_FOUND', message: 'This list of keys is closed.', hint: 'Refresh it to scan again.' })
    )
  }

  /** Stopping twice is no mistake. */
  stop(browseId: string): void {
    this.#browses.get(browseId)?.stop()
    this.#browses.delete(browseId)
  }

  /** What the app itself changed, for every browse that looks there. */
  keyAdded(session: Session, db: number, key: KeyName, type: KeyType): void {
    for (const browse of this.#at(session, db)) browse.added(key, type)
  }

  keysRemoved(session: Session, db: number, keys: readonly KeyName[]): void {
    for (const browse of this.#at(session, db)) browse.removed(keys)
  }

  keyRenamed(session: Session, db: number, from: KeyName, to: KeyName): void {
    for (const browse of this.#at(session, db)) browse.renamed(from, to)
  }

  #at(session: Session, db: number): Browse[] {
    return [...this.#browses.values()].filter((browse) => browse.session === session && browse.db === db)
  }
}
