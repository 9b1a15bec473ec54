/*
 * Snapshot: all keys as they were at one moment, written while the server goes
 * on. Nothing is copied for it: it walks over the homes of each table, and before
 * a key changes that the walk has not reached, that key is written first (Keyspace
 * tells: willChange). So every key is written once, as it was when the snapshot
 * began, and what it takes is two bytes a home (structures/table-progress.ts).
 *
 * A big value would hold everybody up: it is set aside when its key's turn comes, and
 * written bit by bit after all keys, still as it was (rdb/big-value.ts).
 *
 * What makes a table another one altogether (FLUSHALL, FLUSHDB) ends the snapshot: `isVoid`.
 */
import type { Clock } from '../base/clock.ts'
import type { Database, TableProgress } from '../keyspace/database.ts'
import type { Keyspace, KeyspaceSnapshot } from '../keyspace/keyspace.ts'
import type { Ref } from '../memory/layout.ts'
import type { BigValue } from './rdb/big-value.ts'
import { NotInFormat, type RdbFileWriter } from './rdb/file-writer.ts'

/** How a snapshot is taken. */
export interface SnapshotOptions {
  /** All in one step: nothing is set aside. */
  readonly isAtOnce?: boolean
  /** Before keys vanish they are written, at once, instead of being given up. */
  readonly outlivesFlush?: boolean
}

/** Homes written between two looks at the clock: some hundred small keys. */
const HOMES_PER_LOOK = 8
/** So many keys take about a millisecond. */
const KEYS_PER_MS = 1000

interface Walk {
  /** The number under which the keys are saved; after SWAPDB another one than that of their Database. */
  readonly index: number
  db: Database
  readonly progress: TableProgress
  readonly write: (record: Ref) => void
  readonly writeAhead: (record: Ref) => void
  /** What the file is to say of the database before its first key; undefined once it has. */
  announced: { readonly keys: number; readonly expiring: number } | undefined
}

export class Snapshot implements KeyspaceSnapshot {
  /** The keys it was to save are gone. */
  isVoid = false
  /** Why it cannot be finished. */
  failure: NotInFormat | undefined
  private readonly options: SnapshotOptions
  private readonly keyspace: Keyspace
  /** Another one that goes on at the same time, begun before this one, which tells it what it is told. */
  private outer: KeyspaceSnapshot | undefined
  private readonly writer: RdbFileWriter
  /** By the Database they are in now. */
  private readonly walks = new Map<Database, Walk>()
  /** What is still to be written when all homes are. */
  private readonly aside: BigValue[] = []
  /** Keys that have been written, and how many there are to be. A value set aside counts as soon as it is. */
  written = 0
  readonly keys: number
  /** Keys written before they changed since the last turn. */
  private ahead = 0

  /** From here on, and until `end`, the keyspace tells what is about to change. */
  constructor(keyspace: Keyspace, writer: RdbFileWriter, options: SnapshotOptions = {}) {
    this.keyspace = keyspace
    this.writer = writer
    this.options = options
    this.keys = keyspace.size
    for (const db of keyspace.databases) {
      if (db.size === 0) continue
      const walk: Walk = {
        index: db.index,
        db,
        progress: db.beginWalk(),
        write: (record) => this.write(walk, record),
        writeAhead: (record) => {
          this.ahead++
          this.write(walk, record)
        },
        announced: { keys: db.size, expiring: db.expiring },
      }
      this.walks.set(db, walk)
    }
    this.outer = keyspace.snapshot
    keyspace.snapshot = this
  }

  /**
   * One turn of so many milliseconds, less what commands have had to write since the last one: they have waited
   * for that, and are not to wait for as much again. Answers as `step`.
   */
  turn(clock: Pick<Clock, 'monotonic'>, ms: number): boolean {
    const left = ms - this.ahead / KEYS_PER_MS
    this.ahead = 0
    if (left <= 0) return this.isOver
    const deadline = clock.monotonic() + left
    return this.step(() => clock.monotonic() < deadline)
  }

  /** Writes on while `hasTime`; true when every key has been written, or none will be any more. */
  step(hasTime: () => boolean): boolean {
    for (const walk of this.walks.values()) {
      if (this.isOver) return true
      const { progress } = walk
      while (!progress.isComplete) {
        for (let i = 0; i < HOMES_PER_LOOK && !progress.isComplete; i++) walk.db.walkOn(progress, walk.write)
        if (this.isOver) return true
        if (!hasTime()) return false
      }
    }
    return this.writeAside(hasTime)
  }

  private writeAside(hasTime: () => boolean): boolean {
    const { aside } = this
    while (aside.length > 0) {
      if (this.writer.some(aside[0])) aside.shift()
      if (!hasTime()) return false
    }
    return true
  }

  end(): void {
    const { keyspace, outer } = this
    if (keyspace.snapshot === this) keyspace.snapshot = outer
    for (let other = keyspace.snapshot; other instanceof Snapshot; other = other.outer) {
      if (other.outer === this) other.outer = outer
    }
    for (const big of this.aside) big.end()
    this.aside.length = 0
  }

  private get isOver(): boolean {
    return this.isVoid || this.failure !== undefined
  }

  willChange(db: Database, hash: number): void {
    this.outer?.willChange(db, hash)
    const walk = this.walks.get(db)
    if (walk !== undefined) db.walkAhead(walk.progress, hash, walk.writeAhead)
  }

  willVanish(): void {
    this.outer?.willVanish()
    if (this.options.outlivesFlush) this.step(() => true)
    else this.isVoid = true
    this.end()
  }

  exchanged(a: Database, b: Database): void {
    this.outer?.exchanged(a, b)
    const [ofA, ofB] = [this.walks.get(a), this.walks.get(b)]
    for (const [db, walk] of [
      [a, ofB],
      [b, ofA],
    ] as const) {
      if (walk === undefined) this.walks.delete(db)
      else {
        walk.db = db
        this.walks.set(db, walk)
      }
    }
  }

  private write(walk: Walk, record: Ref): void {
    if (this.isOver) return
    const { db, index, announced } = walk
    if (announced !== undefined) {
      this.writer.database(index, announced.keys, announced.expiring)
      walk.announced = undefined
    }
    this.written++
    try {
      if (this.options.isAtOnce) this.writer.key(index, db, record)
      else {
        const big = this.writer.keyUnlessBig(index, db, record)
        if (big !== undefined) this.aside.push(big)
      }
    } catch (error) {
      // A value that the format asked for cannot tell. The command in whose way this came knows nothing of it.
      if (!(error instanceof NotInFormat)) throw error
      this.failure = error
      this.end()
    }
  }
}
