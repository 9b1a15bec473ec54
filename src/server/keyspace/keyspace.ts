/*
 * Keyspace: the databases of a server and what they share: the arena, the time,
 * statistics, and the work that is done in the background.
 *
 * The arena belongs to the keyspace alone: all of it is keys, values and their
 * tables. That is what lets FLUSHALL give it all back in one step, however much
 * it is. Whoever else wants such memory makes a Memory of their own.
 */
import { assert } from '../base/assert.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { type Random, random } from '../base/random.ts'
import type { Slice } from '../base/slice.ts'
import { createLimits, type Limits } from '../config/limits.ts'
import { Memory } from '../memory/arena.ts'
import type { Ref } from '../memory/layout.ts'
import { AccessClock } from './access-clock.ts'
import { Database } from './database.ts'
import { LazyFree } from './lazy-free.ts'
import { kindOps } from './object.ts'

export interface KeyspaceStats {
  hits: number
  misses: number
  expiredKeys: number
  /** Fields of hashes that expired; counted by types/. */
  expiredFields: number
  /** Running estimate of the percentage of keys that expired but are still there. */
  expiredStalePercent: number
  /** How often the active cycle ran out of time. */
  expiredTimeCapReached: number
}

/** Who is told that keys came, went or became something else, because somebody may wait for that (exec/blocking.ts). */
export interface KeyTurns {
  takeTurn(db: Database, key: Slice): void
  takeAllTurns(db: Database): void
}

/** Who writes all keys down as they are at one moment, and so has to know what is about to change (persistence/snapshot.ts). */
export interface KeyspaceSnapshot {
  /** Something about a key with this hash is about to change, or such a key to come or go. */
  willChange(db: Database, hash: number): void
  /** Many keys are about to go at once. */
  willVanish(): void
  /** Two databases have exchanged their keys. */
  exchanged(a: Database, b: Database): void
}

type KeyspaceClock = Pick<Clock, 'now' | 'monotonic'>

export interface KeyspaceOptions {
  readonly databases?: number
  readonly memory?: Memory
  readonly limits?: Limits
  /** For the time budgets of background work. */
  readonly clock?: KeyspaceClock
  readonly random?: Random
}

/** Items of a big value that its deletion frees itself; the rest is left to the background. */
const FREED_AT_ONCE = 64
/** Items freed, or homes moved, between two looks at the clock: some 10 us. */
const ITEMS_PER_STEP = 128
/** The active cycle goes on with a database while more than this part of its samples had expired. */
const STALE_ACCEPTABLE = 0.1

export class Keyspace {
  readonly memory: Memory
  readonly databases: Database[] = []
  /** No client's database: values are made here that are to replace another one only when they are whole. */
  readonly staging: Database
  /** What the tables take before there is any key. */
  readonly bytesAtStart: number
  readonly limits: Limits
  readonly random: Random
  readonly accessClock: AccessClock
  readonly lazyFree = new LazyFree()
  readonly stats: KeyspaceStats = {
    hits: 0,
    misses: 0,
    expiredKeys: 0,
    expiredFields: 0,
    expiredStalePercent: 0,
    expiredTimeCapReached: 0,
  }
  /** Called after a key was deleted because its time had come. The key's bytes are good during the call. */
  onExpired?: (db: Database, key: Slice) => void
  turns: KeyTurns | undefined
  snapshot: KeyspaceSnapshot | undefined
  /** While true, lookups leave the access clock alone (CLIENT NO-TOUCH). */
  noTouch = false
  /** False on a replica: keys whose time has come are hidden, and deleted when the primary says so. */
  deletesExpired = true
  /** DEBUG SET-ACTIVE-EXPIRE. */
  activeExpireEnabled = true

  /** The code of function libraries that came in a file: kept for the next file, and not run. No flush takes them. */
  libraries: Uint8Array[] = []

  private readonly clock: KeyspaceClock
  /** While true nothing expires: commands of a file are repeated, and later ones may keep a key whose time is over. */
  isReplaying = false
  /**
   * Another number: other data. Whoever comes back later to keys that were there, by their names, compares it.
   * Set by whoever replaces the data, before anything else.
   */
  generation = 0
  private time = 0
  private nextToExpire = 0

  constructor(options: KeyspaceOptions = {}) {
    this.memory = options.memory ?? new Memory()
    this.limits = options.limits ?? createLimits()
    this.clock = options.clock ?? systemClock
    this.random = options.random ?? random()
    this.accessClock = new AccessClock(this.random)
    this.now = this.clock.now()
    for (let index = 0; index < (options.databases ?? 16); index++) this.databases.push(new Database(this, index))
    this.staging = new Database(this, -1)
    this.bytesAtStart = this.memory.usedBytes
  }

  /** Unix time in milliseconds. Whoever runs commands sets it, once a batch: all of a command sees one time. */
  get now(): number {
    return this.time
  }

  set now(unixMs: number) {
    this.time = unixMs
    this.accessClock.set(unixMs)
  }

  /** The keys of all databases. */
  get size(): number {
    let keys = 0
    for (const db of this.databases) keys += db.size
    return keys
  }

  /** Bytes of the tables of all databases: what the arena holds that is neither key nor value. */
  get tableBytes(): number {
    let bytes = this.staging.tableBytes
    for (const db of this.databases) bytes += db.tableBytes
    return bytes
  }

  /** What was to live until before this moment has expired. */
  get deadline(): number {
    return this.isReplaying ? 0 : this.time
  }

  /** The objects that wait to be freed. */
  get lazyFreePending(): number {
    return this.lazyFree.pending
  }

  /** SWAPDB: each number then names the other's keys. */
  swap(a: number, b: number): void {
    this.databases[a].exchange(this.databases[b])
    this.snapshot?.exchanged(this.databases[a], this.databases[b])
    for (const index of [a, b]) this.turns?.takeAllTurns(this.databases[index])
  }

  /** Empties all databases and gives all memory back, in no time that depends on how much it is. */
  flushAll(): void {
    this.generation++
    this.snapshot?.willVanish()
    this.lazyFree.clear()
    this.memory.reset()
    this.staging.restart()
    for (const db of this.databases) {
      db.restart()
      this.turns?.takeAllTurns(db)
    }
  }

  /** Frees a value that is in no table any more: at once when it is small, in the background when big. */
  disposeValue(kind: number, value: Ref): void {
    const { memory } = this
    if (memory.witness?.keeps(value, () => this.disposeValue(kind, value))) return
    const ops = kindOps(kind)
    if (ops.freeSome === undefined) return ops.free(memory, value)
    const freeSome = ops.freeSome
    this.lazyFree.add({ pending: 1, freeSome: (items) => freeSome(memory, value, items) }, FREED_AT_ONCE)
  }

  /**
   * Deletes keys whose time has come, as many as the budget allows, and answers how many. Samples 20
   * keys of a database at a time and goes on with it while more than a tenth of them had expired: so
   * the effort follows the need, and at most about a tenth of the keys with expiry are stale.
   */
  activeExpire(budgetMs: number): number {
    if (!this.activeExpireEnabled || !this.deletesExpired) return 0
    const deadline = this.clock.monotonic() + budgetMs
    let sampledInAll = 0
    let expiredInAll = 0
    for (let turn = 0; turn < this.databases.length; turn++) {
      const db = this.databases[this.nextToExpire]
      this.nextToExpire = (this.nextToExpire + 1) % this.databases.length
      let sampled: number
      let expired: number
      do {
        if (db.expiring === 0) break
        expired = db.expireSample()
        sampled = db.sampled
        sampledInAll += sampled
        expiredInAll += expired
        if (this.clock.monotonic() < deadline) continue
        this.stats.expiredTimeCapReached++
        this.noteStale(sampledInAll, expiredInAll)
        return expiredInAll
      } while (sampled === 0 || expired > sampled * STALE_ACCEPTABLE)
    }
    this.noteStale(sampledInAll, expiredInAll)
    return expiredInAll
  }

  /** Moves the tables that are being resized on; true while there is more to do. */
  resizeStep(budgetMs: number): boolean {
    const deadline = this.clock.monotonic() + budgetMs
    for (const db of this.databases) {
      while (!db.resizeStep(ITEMS_PER_STEP)) if (this.clock.monotonic() >= deadline) return true
    }
    return false
  }

  /** Frees what waits to be freed; true while there is more to do. */
  lazyFreeStep(budgetMs: number): boolean {
    const deadline = this.clock.monotonic() + budgetMs
    while (this.lazyFree.step(ITEMS_PER_STEP)) if (this.clock.monotonic() >= deadline) return true
    return false
  }

  /** Walks the arena and every database and throws where something does not agree. For tests. */
  check(): void {
    this.memory.check()
    for (const db of this.databases) db.check()
    assert(this.staging.size === 0, 'nothing is left where values are made')
    assert(this.databases.length > 0, 'there is a database')
  }

  private noteStale(sampled: number, expired: number): void {
    const percent = sampled === 0 ? 0 : (expired / sampled) * 100
    this.stats.expiredStalePercent = this.stats.expiredStalePercent * 0.95 + percent * 0.05
  }
}
