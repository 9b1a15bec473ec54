/*
 * Clients that wait for keys: BLPOP and its kin, XREAD BLOCK. Who waits for
 * what, in the order in which they came, and which keys have had a turn since.
 *
 * A key takes a turn when it comes into being, is replaced or goes, or when
 * somebody says so who made more of it (XADD to a stream that is there). That
 * only puts the key on a list. After the command the engine takes the list from
 * its front and runs the commands of those who wait for the key again, first
 * come, first served; a command that still finds nothing leaves its client where
 * it was. So no command knows how to serve a waiting client but the waiting
 * command itself, and a value that two keys make ready is handed out once.
 */
import type { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import type { Client } from './client.ts'
import type { Reply } from './reply.ts'
import type { Command } from './table.ts'

/** What a command waits for. */
export interface BlockRequest {
  readonly keys: readonly Slice[]
  /** The type that is waited for, a TYPE_ number of keyspace/object.ts. */
  readonly type: number
  /** 0 is forever. */
  readonly timeoutMs: number
  /** Also wakes when a key goes or becomes another type: XREADGROUP, whose group goes with its stream. */
  readonly wakesOnLoss?: boolean
  /** The request to run again, where it is not the one that was sent: what `$` meant when it was sent. */
  readonly argv?: readonly Slice[]
  /** Writes the reply for the case that nothing came. */
  onTimeout(reply: Reply): void
}

/** A wait for keys, with the command that ends it. */
export interface KeyWait {
  readonly places: readonly string[]
  readonly type: number
  readonly wakesOnLoss: boolean
  readonly command: Command
  readonly argv: readonly Slice[]
}

export interface Turn {
  readonly db: Database
  readonly key: Slice
}

export class BlockedClients {
  /** By database and key; in a set, the first to come is the first. */
  private readonly waiting = new Map<string, { readonly turn: Turn; readonly clients: Set<Client> }>()
  private turns = new Map<string, Turn>()

  /** How many keys are waited for. */
  get keyCount(): number {
    return this.waiting.size
  }

  /** How many keys are waited for by somebody who also wakes when they go. */
  get lossKeyCount(): number {
    let count = 0
    for (const { clients } of this.waiting.values()) if ([...clients].some((c) => c.wait?.keys?.wakesOnLoss)) count++
    return count
  }

  get hasTurns(): boolean {
    return this.turns.size > 0
  }

  /** Lines `client` up at each of the keys and answers the places it has taken. */
  add(client: Client, db: Database, keys: readonly Slice[]): readonly string[] {
    const places = new Set<string>()
    for (const key of keys) {
      const place = placeOf(db, key)
      places.add(place)
      const known = this.waiting.get(place)
      if (known) known.clients.add(client)
      else this.waiting.set(place, { turn: { db, key: key.copy() }, clients: new Set([client]) })
    }
    return [...places]
  }

  remove(client: Client, places: readonly string[]): void {
    for (const place of places) {
      const clients = this.waiting.get(place)?.clients
      clients?.delete(client)
      if (clients?.size === 0) this.waiting.delete(place)
    }
  }

  /** Something has happened to `key`: whoever waits for it gets a turn after the command. */
  takeTurn(db: Database, key: Slice): void {
    if (this.waiting.size === 0) return
    const place = placeOf(db, key)
    const known = this.waiting.get(place)
    if (known) this.turns.set(place, known.turn)
  }

  /** All keys of `db` may have changed: FLUSHDB, SWAPDB. */
  takeAllTurns(db: Database): void {
    for (const [place, { turn }] of this.waiting) if (turn.db === db) this.turns.set(place, turn)
  }

  /** Takes the key off the list that has been on it the longest, with those who wait for it now. */
  nextTurn(): { readonly turn: Turn; readonly clients: readonly Client[] } | undefined {
    const first = this.turns.entries().next()
    if (first.done) return undefined
    const [place, turn] = first.value
    this.turns.delete(place)
    return { turn, clients: [...(this.waiting.get(place)?.clients ?? [])] }
  }
}

/** Database and key in one text; the key as Latin-1, so that any bytes can be told apart. */
const placeOf = (db: Database, key: Slice): string => `${db.index}:${key.text()}`
