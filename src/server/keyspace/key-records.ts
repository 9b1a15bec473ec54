/*
 * KeyRecords: the records of one database and the two tables over them, of all keys
 * and of those with an expiry, which agree after every call. What is asked of one
 * record is here too.
 *
 * It knows neither the time nor anybody who waits, watches or walks: a record whose
 * time has come is a record like any other. Database, which is built on it, is what
 * everybody else sees.
 */
import { assert } from '../base/assert.ts'
import type { Random } from '../base/random.ts'
import { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  hashOf,
  tableBytes,
  tableClear,
  tableCount,
  tableCreate,
  tableFind,
  tableFreeSome,
  tableGrowthBytes,
  tableInsert,
  tablePresize,
  tableRemove,
  tableReplace,
  tableReserve,
} from '../structures/hash-table.ts'
import {
  FIRST_OBJECT_KIND,
  HAS_EXPIRY,
  recordBytes,
  recordExpiresAt,
  recordHash,
  recordHasKey,
  recordHead,
  recordKey,
  recordKind,
  recordSetKind,
  recordSetValueRef,
  recordValue,
  recordValueRef,
} from '../structures/record.ts'
import { tableCheck } from '../structures/table-check.ts'
import type { Visit } from '../structures/table-groups.ts'
import { TableProgress } from '../structures/table-progress.ts'
import { tableResizeStep } from '../structures/table-resize.ts'
import { tableRandom, tableScan } from '../structures/table-walk.ts'
import type { Garbage } from './lazy-free.ts'
import { KIND_HASH_VOLATILE, kindOps, kindType } from './object.ts'

/** What a table has of an item: its tag and its reference. */
const SLOT_BYTES = 5

export class KeyRecords {
  readonly memory: Memory

  private readonly random: Random
  private keys: Ref = NIL
  private expires: Ref = NIL
  private volatile = 0
  /** The record that `find` found last, if it still is in the table of keys: who comes for a key often comes again. */
  private found: Ref = NIL

  constructor(memory: Memory, random: Random) {
    this.memory = memory
    this.random = random
    this.createTables()
  }

  get size(): number {
    return tableCount(this.memory, this.keys)
  }

  /** How many keys have an expiry. */
  get expiring(): number {
    return tableCount(this.memory, this.expires)
  }

  /** How many hashes have fields that are to expire. */
  get volatileHashes(): number {
    return this.volatile
  }

  /** The bytes of both tables, without the records. */
  get tableBytes(): number {
    return this.mainTableBytes + tableBytes(this.memory, this.expires)
  }

  get mainTableBytes(): number {
    return tableBytes(this.memory, this.keys)
  }

  // A record

  kindOf(ref: Ref): number {
    return recordKind(this.memory, ref)
  }

  /** One of the TYPE_ numbers of object.ts. */
  typeOf(ref: Ref): number {
    return kindType(recordKind(this.memory, ref))
  }

  /** Unix time in ms, or NEVER. */
  expiresAt(ref: Ref): number {
    return recordExpiresAt(this.memory, ref)
  }

  /** Aims `out` at the key's bytes in the arena. */
  keyOf(ref: Ref, out: Slice): Slice {
    return recordKey(this.memory, ref, out)
  }

  /** Aims `out` at a string's bytes in the arena; they live until the next call that allocates or frees. */
  stringOf(ref: Ref, out: Slice): Slice {
    return recordValue(this.memory, ref, out)
  }

  /** The root block of a value that is not a string. */
  valueRef(ref: Ref): Ref {
    return recordValueRef(this.memory, ref)
  }

  setValueRef(ref: Ref, value: Ref): void {
    recordSetValueRef(this.memory, ref, value)
  }

  /** Another encoding of the same type. */
  setKind(ref: Ref, kind: number): void {
    if (recordKind(this.memory, ref) === KIND_HASH_VOLATILE) this.volatile--
    if (kind === KIND_HASH_VOLATILE) this.volatile++
    recordSetKind(this.memory, ref, kind)
  }

  /** The bytes of the key's record, of all blocks of its value, and of its places in the tables; exactly without `samples`. */
  usageOf(ref: Ref, samples = Number.POSITIVE_INFINITY): number {
    const { memory } = this
    const kind = recordKind(memory, ref)
    const hasExpiry = (recordHead(memory, ref) & HAS_EXPIRY) !== 0
    const value = kind >= FIRST_OBJECT_KIND ? kindOps(kind).usage(memory, recordValueRef(memory, ref), samples) : 0
    return recordBytes(memory, ref) + value + (hasExpiry ? 2 * SLOT_BYTES : SLOT_BYTES)
  }

  // All of them

  /** A random record of all keys, or of those with an expiry; NIL when there is none. */
  randomRecord(isVolatile: boolean): Ref {
    return tableRandom(this.memory, isVolatile ? this.expires : this.keys, this.random)
  }

  /**
   * Visits some keys and answers the next cursor, 0 at the end: the guarantees are SCAN's (see
   * tableScan). Keys whose time has come are among them. The visitor must not write.
   */
  scan(cursor: number, visit: Visit): number {
    return tableScan(this.memory, this.keys, cursor, visit)
  }

  /** As scan, of the keys with an expiry. */
  scanExpiring(cursor: number, visit: Visit): number {
    return tableScan(this.memory, this.expires, cursor, visit)
  }

  /** The beginning of a walk over all keys as they are now, which whoever changes one moves on first. */
  beginWalk(): TableProgress {
    return new TableProgress(this.memory, this.keys)
  }

  /** Goes on with a walk by the keys of one home. The visitor must not write. */
  walkOn(walk: TableProgress, visit: Visit): void {
    walk.visitNext(this.memory, this.keys, visit)
  }

  /** Brings forward what a walk is to see of a key with this hash. The visitor must not write. */
  walkAhead(walk: TableProgress, hash: number, visit: Visit): void {
    walk.visitWith(this.memory, this.keys, hash, visit)
  }

  // Room

  /** So many keys are about to come, so many of them with an expiry. Only a hint, and only for an empty database. */
  expect(keys: number, expiring: number): void {
    tablePresize(this.memory, this.keys, keys)
    tablePresize(this.memory, this.expires, expiring)
  }

  /** Moves both tables on if they are being resized; true when there is nothing left to move. */
  resizeStep(homes: number): boolean {
    const isDone = tableResizeStep(this.memory, this.keys, homes)
    return tableResizeStep(this.memory, this.expires, homes) && isDone
  }

  /** Gives back what was reserved in a table that has stayed empty. */
  giveBackRoom(): void {
    const { memory } = this
    if (tableCount(memory, this.keys) === 0) tableClear(memory, this.keys)
    if (tableCount(memory, this.expires) === 0) tableClear(memory, this.expires)
  }

  /** What the tables allocate at most for so many more keys, all of them with an expiry. */
  protected growthBytes(keys: number): number {
    return tableGrowthBytes(this.memory, this.keys, keys) + tableGrowthBytes(this.memory, this.expires, keys)
  }

  /** Makes sure that one more key has a place; false: memory is exhausted. */
  protected reserveKey(): boolean {
    return tableReserve(this.memory, this.keys)
  }

  /** Makes sure that one more key with an expiry has a place among those; false: memory is exhausted. */
  protected reserveExpiry(): boolean {
    return tableReserve(this.memory, this.expires)
  }

  /** A write has failed half way: gives back what was reserved for it. Answers false. */
  protected giveUp(): false {
    this.giveBackRoom()
    return false
  }

  // Coming and going

  /** The key's record or NIL. */
  protected find(key: Slice): Ref {
    const { memory, found } = this
    if (found !== NIL && recordHasKey(memory, found, key.buf, key.at, key.size)) return found
    const ref = tableFind(memory, this.keys, key, hashOf(memory, key))
    this.found = ref
    return ref
  }

  /** As find, of a key that is not likely to have been asked for just before. */
  protected findHashed(key: Slice, hash: number): Ref {
    return tableFind(this.memory, this.keys, key, hash)
  }

  /** Puts a new record into the tables. False: memory is exhausted, the record is in none. */
  protected insert(hash: number, ref: Ref): boolean {
    const { memory } = this
    const hasExpiry = (recordHead(memory, ref) & HAS_EXPIRY) !== 0
    if ((hasExpiry && !tableReserve(memory, this.expires)) || !tableInsert(memory, this.keys, hash, ref)) {
      return this.giveUp()
    }
    if (hasExpiry) tableInsert(memory, this.expires, hash, ref)
    return true
  }

  /** As insert, into room that is reserved. */
  protected link(hash: number, ref: Ref): void {
    const { memory } = this
    const isIn = tableInsert(memory, this.keys, hash, ref)
    const hasExpiry = (recordHead(memory, ref) & HAS_EXPIRY) !== 0
    const isIndexed = !hasExpiry || tableInsert(memory, this.expires, hash, ref)
    assert(isIn && isIndexed, 'there is room that was reserved')
    if (recordKind(memory, ref) === KIND_HASH_VOLATILE) this.volatile++
  }

  /** Takes a record out of the tables. */
  protected unlink(hash: number, ref: Ref): void {
    this.found = NIL
    if (recordKind(this.memory, ref) === KIND_HASH_VOLATILE) this.volatile--
    if ((recordHead(this.memory, ref) & HAS_EXPIRY) !== 0) tableRemove(this.memory, this.expires, hash, ref)
    tableRemove(this.memory, this.keys, hash, ref)
  }

  /** Puts a record in the place of another with the same key; for an expiry that the other did not have, room is reserved. */
  protected replace(hash: number, old: Ref, ref: Ref): void {
    const { memory } = this
    this.found = NIL
    if (recordKind(memory, old) === KIND_HASH_VOLATILE) this.volatile--
    if (recordKind(memory, ref) === KIND_HASH_VOLATILE) this.volatile++
    tableReplace(memory, this.keys, hash, old, ref)
    const had = (recordHead(memory, old) & HAS_EXPIRY) !== 0
    const has = (recordHead(memory, ref) & HAS_EXPIRY) !== 0
    if (had && has) tableReplace(memory, this.expires, hash, old, ref)
    else if (had) tableRemove(memory, this.expires, hash, old)
    else if (has) {
      const isIndexed = tableInsert(memory, this.expires, hash, ref)
      assert(isIndexed, 'there is room that was reserved')
    }
  }

  /** Begins anew with empty tables, forgetting the old ones: the arena is empty. */
  protected createTables(): void {
    this.keys = tableCreate(this.memory)
    this.expires = tableCreate(this.memory)
    this.volatile = 0
    this.found = NIL
    if (this.keys === NIL || this.expires === NIL) throw new RangeError('no memory for an empty database')
  }

  /**
   * Begins anew with empty tables, and answers what was in the old ones, each record of which `freeItem` is to free;
   * undefined when there was no memory for that: all of it is gone already.
   */
  protected setAside(freeItem: (ref: Ref) => void): Garbage | undefined {
    const { memory } = this
    const detached = this.keys
    const fresh = tableCreate(memory)
    const garbage = {
      pending: this.size,
      freeSome(items: number): boolean {
        const isGone = tableFreeSome(memory, detached, items, freeItem)
        this.pending = isGone ? 0 : tableCount(memory, detached)
        return isGone
      },
    }
    this.found = NIL
    this.volatile = 0
    tableClear(memory, this.expires)
    if (fresh !== NIL) {
      this.keys = fresh
      return garbage
    }
    // Without the few bytes of another table, this one is emptied now and its own are used.
    while (!garbage.freeSome(Number.MAX_SAFE_INTEGER));
    this.keys = tableCreate(memory)
    return undefined
  }

  protected exchangeTables(other: KeyRecords): void {
    const { keys, expires, volatile } = this
    this.found = NIL
    other.found = NIL
    this.keys = other.keys
    this.expires = other.expires
    this.volatile = other.volatile
    other.keys = keys
    other.expires = expires
    other.volatile = volatile
  }

  check(): void {
    const { memory } = this
    const key = new Slice()
    let expiring = 0
    let volatile = 0
    tableCheck(memory, this.keys, (ref) => {
      if (recordKind(memory, ref) === KIND_HASH_VOLATILE) volatile++
      if ((recordHead(memory, ref) & HAS_EXPIRY) !== 0) expiring++
    })
    tableCheck(memory, this.expires, (ref) => {
      const same = tableFind(memory, this.keys, recordKey(memory, ref, key), recordHash(memory, ref))
      assert(same === ref, 'the index of expiries names the records of the keys')
    })
    assert(expiring === this.expiring, 'every key with an expiry is in the index')
    assert(volatile === this.volatile, 'every hash with fields that expire is counted')
  }
}
