/*
 * WATCH: who watches which key, and the breaking of their transactions when the
 * key changes. Writes ask `isEmpty` first, so that nobody pays while nobody watches.
 */
import type { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { NIL } from '../memory/layout.ts'
import type { Client } from './client.ts'

export class WatchRegistry {
  private readonly watchers = new Map<string, Set<Client>>()

  get isEmpty(): boolean {
    return this.watchers.size === 0
  }

  /** How many different keys are watched. */
  get keyCount(): number {
    return this.watchers.size
  }

  /** How many clients watch something. */
  get clientCount(): number {
    const watching = new Set<Client>()
    for (const clients of this.watchers.values()) for (const client of clients) watching.add(client)
    return watching.size
  }

  watch(client: Client, db: Database, key: Slice): void {
    if (client.watched.some((known) => known.db === db && known.key.equals(key))) return
    // A key that has expired but is still there goes now: its deletion later on would look like a change.
    db.peek(key)
    client.watched.push({ db, key: key.copy() })
    const id = idOf(db, key)
    const others = this.watchers.get(id)
    if (others) others.add(client)
    else this.watchers.set(id, new Set([client]))
  }

  unwatchAll(client: Client): void {
    for (const { db, key } of client.watched) {
      const id = idOf(db, key)
      const others = this.watchers.get(id)
      others?.delete(client)
      if (others?.size === 0) this.watchers.delete(id)
    }
    client.watched.length = 0
    client.watchBroken = false
  }

  /** `key` was changed, deleted or expired. */
  touch(db: Database, key: Slice): void {
    if (this.isEmpty) return
    const watching = this.watchers.get(idOf(db, key))
    if (watching) for (const client of watching) client.watchBroken = true
  }

  /** Everything has become something else: a rewind. */
  breakAll(): void {
    for (const clients of this.watchers.values()) for (const client of clients) client.watchBroken = true
  }

  /** Whether the client's transaction may still run. A watched key that has expired since counts as changed. */
  isIntact(client: Client): boolean {
    // Looking at an expired key deletes it, and its deletion comes back here as `touch`.
    for (const { db, key } of client.watched) db.peek(key)
    return !client.watchBroken
  }

  /**
   * All of `db` goes away (FLUSHDB), or its content is exchanged with that of `other` (SWAPDB).
   * Called before it happens: a key that exists in neither is the same before and after.
   */
  touchAll(db: Database, other?: Database): void {
    for (const [id, watching] of this.watchers) {
      for (const client of watching) {
        const isTouched = client.watched.some(
          (watched) =>
            idOf(watched.db, watched.key) === id &&
            watched.db === db &&
            (db.peek(watched.key) !== NIL || (other !== undefined && other.peek(watched.key) !== NIL)),
        )
        if (isTouched) client.watchBroken = true
      }
    }
  }
}

/** Database and key in one text; the key as Latin-1, so that any bytes can be told apart. */
const idOf = (db: Database, key: Slice): string => `${db.index}:${key.text()}`
