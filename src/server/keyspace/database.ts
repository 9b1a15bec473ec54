/*
 * Database: the keys of one number, their values, and when they expire.
 *
 * Two tables over the same records: all keys, and those with an expiry. A record
 * moves when its size changes (another value, an expiry added), so a Ref is dead
 * after any write through the database. A key whose time has come is found by
 * nobody: whoever comes across it deletes it first (or only hides it, where
 * Keyspace.deletesExpired is false).
 *
 * What answers false or NIL for lack of memory has changed nothing that can be
 * seen; at most a table has grown.
 */
import { assert } from '../base/assert.ts'
import { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import {
  hashOf,
  tableBytes,
  tableCheck,
  tableClear,
  tableCount,
  tableCreate,
  tableFind,
  tableFreeSome,
  tableGrowthBytes,
  tableInsert,
  tablePresize,
  tableRandom,
  tableRemove,
  tableReplace,
  tableReserve,
  tableResizeStep,
  tableScan,
  type Visit,
} from '../structures/hash-table.ts'
import { longStringAim, longStringCreate, longStringOverwrite, longStringResize } from '../structures/long-string.ts'
import {
  CLOCK_SHIFT,
  EXTERNAL,
  FIRST_OBJECT_KIND,
  FIRST_REF_KIND,
  HAS_EXPIRY,
  isEmbeddable,
  NEVER,
  recordBytes,
  recordClock,
  recordCreate,
  recordCreateEmbedded,
  recordCreateObject,
  recordDerive,
  recordExpiresAt,
  recordFree,
  recordHash,
  recordHasKey,
  recordHead,
  recordKey,
  recordKind,
  recordMoveExpiry,
  recordOverwrite,
  recordResizeValue,
  recordSetClock,
  recordSetKind,
  recordSetValueRef,
  recordValue,
  recordValueRef,
} from '../structures/record.ts'
import { TableProgress } from '../structures/table-progress.ts'
import type { Keyspace } from './keyspace.ts'
import { KIND_STRING_RAW, kindOps, kindType } from './object.ts'

export { NEVER, type TableProgress }
/** For setString: the key keeps the expiry it has. */
export const KEEP_TTL = -2

/** What a table has of an item: its tag and its reference. */
const SLOT_BYTES = 5
/** What a record, and a block of its own, take at most beside the bytes in them. */
const BLOCK_BYTES = 48
/** Items of garbage that are freed before hasRoom looks again. */
const FREED_FOR_ROOM = 1024
/** For what hasRoom does not count: the first blocks of a value, the last byte of a rounding. */
const ROOM_SLACK_BYTES = 1024
/** Keys of one sample of the active cycle, and homes it looks at to find them. */
const SAMPLE_KEYS = 20
const SAMPLE_HOMES_MAX = 400
/** The average time to live is a running one; each sample moves it by this part. */
const TTL_SAMPLE_WEIGHT = 0.02
/** A flush frees so many keys itself, and leaves the rest to the background. */
const FREED_BY_FLUSH = 10_000
/** Where expired keys may not be deleted, a random key may turn out to be one at last. */
const RANDOM_TRIES_MAX = 100

export class Database {
  readonly index: number
  readonly keyspace: Keyspace
  readonly memory: Memory
  /** How many keys the last expireSample looked at. */
  sampled = 0

  private keys: Ref = NIL
  private expires: Ref = NIL
  /** The record that `peek` found last, if it still is in the table of keys: who comes for a key often comes again. */
  private found: Ref = NIL
  private averageTtlMs = 0
  private expiryCursor = 0
  private readonly valueSlice = new Slice()
  private readonly keySlice = new Slice()
  private readonly sample: Ref[] = []

  constructor(keyspace: Keyspace, index: number) {
    this.keyspace = keyspace
    this.memory = keyspace.memory
    this.index = index
    this.restart()
  }

  get size(): number {
    return tableCount(this.memory, this.keys)
  }

  /** How many keys have an expiry. */
  get expiring(): number {
    return tableCount(this.memory, this.expires)
  }

  /** The bytes of both tables, without the records. */
  get tableBytes(): number {
    return this.mainTableBytes + tableBytes(this.memory, this.expires)
  }

  get mainTableBytes(): number {
    return tableBytes(this.memory, this.keys)
  }

  /** The average time to live of keys with an expiry, in ms, as the active cycle has seen it; 0 = unknown. */
  averageTtl(): number {
    return this.expiring === 0 ? 0 : this.averageTtlMs
  }

  // Looking up

  /** The key's record for a command that reads it, or NIL. Counts a hit or a miss and touches the access clock. */
  lookupRead(key: Slice): Ref {
    const ref = this.lookupUntouched(key)
    if (ref !== NIL) this.touch(ref)
    return ref
  }

  /** As lookupRead, for a command that asks about the key and not for its value: the access clock is left alone. */
  lookupUntouched(key: Slice): Ref {
    const ref = this.peek(key)
    const { stats } = this.keyspace
    if (ref === NIL) stats.misses++
    else stats.hits++
    return ref
  }

  /** The key's record for a command that is about to change it: as lookupRead, but counts neither hit nor miss. */
  lookupWrite(key: Slice): Ref {
    if (this.keyspace.snapshot !== undefined) this.willChange(key)
    const ref = this.peek(key)
    if (ref !== NIL) this.touch(ref)
    return ref
  }

  /** The key's record or NIL, leaving statistics and access clock alone. */
  peek(key: Slice): Ref {
    const { memory, found } = this
    let ref = found
    if (found === NIL || !recordHasKey(memory, found, key.buf, key.at, key.size)) {
      ref = tableFind(memory, this.keys, key, hashOf(memory, key))
      this.found = ref
    }
    if (ref === NIL || (recordHead(memory, ref) & HAS_EXPIRY) === 0) return ref
    return this.unlessExpired(ref)
  }

  /** Something about `key` is about to change. Whoever changes a value without lookupWrite says so first. */
  willChange(key: Slice): void {
    this.keyspace.snapshot?.willChange(this, hashOf(this.memory, key))
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
    recordSetKind(this.memory, ref, kind)
  }

  /** LRU: seconds since the last access. */
  idleSeconds(ref: Ref): number {
    return this.keyspace.accessClock.idleSeconds(recordClock(this.memory, ref))
  }

  /** LFU: the logarithmic access counter. */
  frequency(ref: Ref): number {
    return this.keyspace.accessClock.frequency(recordClock(this.memory, ref))
  }

  setIdleSeconds(ref: Ref, seconds: number): void {
    recordSetClock(this.memory, ref, this.keyspace.accessClock.withIdleSeconds(seconds))
  }

  setFrequency(ref: Ref, counter: number): void {
    recordSetClock(this.memory, ref, this.keyspace.accessClock.withFrequency(counter))
  }

  /** The bytes of the key's record, of all blocks of its value, and of its places in the tables; exactly without `samples`. */
  usageOf(ref: Ref, samples = Number.POSITIVE_INFINITY): number {
    const { memory } = this
    const kind = recordKind(memory, ref)
    const hasExpiry = (recordHead(memory, ref) & HAS_EXPIRY) !== 0
    const value = kind >= FIRST_OBJECT_KIND ? kindOps(kind).usage(memory, recordValueRef(memory, ref), samples) : 0
    return recordBytes(memory, ref) + value + (hasExpiry ? 2 * SLOT_BYTES : SLOT_BYTES)
  }

  // Strings

  /**
   * Sets a key to a string, whatever it was. `kind` is one of the three that say what OBJECT
   * ENCODING answers; `expiresAt` is unix ms, NEVER or KEEP_TTL. False: memory is exhausted.
   */
  setString(key: Slice, value: Slice, kind: number, expiresAt: number): boolean {
    const { memory } = this
    const hash = hashOf(memory, key)
    this.keyspace.snapshot?.willChange(this, hash)
    let old = tableFind(memory, this.keys, key, hash)
    if (old !== NIL && (recordHead(memory, old) & HAS_EXPIRY) !== 0) old = this.unlessExpired(old)
    if (old === NIL) return this.insertString(key, hash, value, kind, expiresAt === KEEP_TTL ? NEVER : expiresAt)
    const at = expiresAt === KEEP_TTL ? recordExpiresAt(memory, old) : expiresAt
    if (recordOverwrite(memory, old, kind, value, at) || this.overwriteLong(old, kind, value, at)) {
      this.touch(old)
      return true
    }
    if (at !== NEVER && !tableReserve(memory, this.expires)) return false
    const ref = recordCreate(memory, kind, key, value, at)
    if (ref === NIL) return this.giveUp()
    recordSetClock(memory, ref, recordClock(memory, old))
    this.touch(ref)
    this.replace(hash, old, ref)
    this.dispose(old)
    this.keyspace.turns?.takeTurn(this, key)
    return true
  }

  /**
   * Sets a key to a raw string that lies in a block of its own already, whatever the key was; it has
   * no expiry then. False: memory is exhausted, and the block is freed.
   */
  setStringBlock(key: Slice, block: Ref): boolean {
    const { memory } = this
    this.willChange(key)
    const ref = recordCreateObject(memory, KIND_STRING_RAW + EXTERNAL, key, block)
    if (ref === NIL) {
      memory.free(block)
      return false
    }
    const hash = hashOf(memory, key)
    const old = this.peek(key)
    if (old === NIL) {
      recordSetClock(memory, ref, this.keyspace.accessClock.initial())
      return this.insert(hash, ref)
    }
    recordSetClock(memory, ref, recordClock(memory, old))
    this.touch(ref)
    this.replace(hash, old, ref)
    this.dispose(old)
    this.keyspace.turns?.takeTurn(this, key)
    return true
  }

  /**
   * A string's bytes to be written to, having made it `size` bytes long: what is added is zeros, a
   * key that is not there is made. Room to grow is kept, so that many small APPENDs cost little. The
   * string is then raw; expiry stays. False: memory is exhausted.
   */
  writableString(key: Slice, size: number, out: Slice): boolean {
    const { memory } = this
    const hash = hashOf(memory, key)
    this.keyspace.snapshot?.willChange(this, hash)
    const old = this.peek(key)
    if (old === NIL) {
      const ref = this.createZeros(key, size, NEVER)
      if (ref === NIL) return false
      recordSetClock(memory, ref, this.keyspace.accessClock.initial())
      if (!this.insert(hash, ref)) return false
      recordValue(memory, ref, out)
      return true
    }
    const ref = this.resizeString(key, hash, old, size)
    if (ref === NIL) return false
    recordValue(memory, ref, out)
    return true
  }

  // Keys

  /**
   * Whether a write can add so many keys, and so many elements to their values, with `bytes` bytes of names and
   * contents in all, without running out of memory halfway. `growth` is what the values' own structures take to grow.
   * A bound, not an exact sum; it counts what is allocated before what it replaces is freed.
   */
  hasRoom(keys: number, elements: number, bytes: number, growth: number): boolean {
    const { memory, keyspace } = this
    const tables = tableGrowthBytes(memory, this.keys, keys) + tableGrowthBytes(memory, this.expires, keys)
    // Blocks have at most an eighth of slack.
    const blocks = (keys + elements) * BLOCK_BYTES + bytes + bytes / 8
    const wanted = blocks + growth + tables + ROOM_SLACK_BYTES
    // What waits to be freed counts as used: before a write is refused for it, enough of it is freed.
    while (!memory.hasRoom(wanted)) if (!keyspace.lazyFree.step(FREED_FOR_ROOM)) return memory.hasRoom(wanted)
    return true
  }

  /** Adds a key that is not there, with a value of its own block. NIL: memory is exhausted, the value is the caller's. */
  add(key: Slice, kind: number, value: Ref): Ref {
    const { memory } = this
    this.willChange(key)
    const ref = recordCreateObject(memory, kind, key, value)
    if (ref === NIL) return NIL
    recordSetClock(memory, ref, this.keyspace.accessClock.initial())
    if (!tableInsert(memory, this.keys, hashOf(memory, key), ref)) {
      memory.free(ref)
      return NIL
    }
    this.keyspace.turns?.takeTurn(this, key)
    return ref
  }

  /**
   * A record that is in no table yet, for a value that is built before anybody may see it: `kindOf`, `valueRef` and
   * whatever else takes a record take it too. It ends in `put` or in `discard`. NIL: memory is exhausted, the value
   * is the caller's.
   */
  detached(key: Slice, kind: number, value: Ref): Ref {
    const ref = recordCreateObject(this.memory, kind, key, value)
    if (ref !== NIL) recordSetClock(this.memory, ref, this.keyspace.accessClock.initial())
    return ref
  }

  /** Puts a detached record in its place, deleting what has its name. False: memory is exhausted, nothing changed. */
  put(ref: Ref): boolean {
    const { memory } = this
    // A slice of its own: a key that turns out to be expired is deleted by way of this database's slices.
    const key = recordKey(memory, ref, new Slice())
    const hash = hashOf(memory, key)
    const old = this.peek(key)
    if (old === NIL) {
      if (!tableInsert(memory, this.keys, hash, ref)) return this.giveUp()
    } else {
      this.replace(hash, old, ref)
      this.dispose(old)
    }
    this.keyspace.turns?.takeTurn(this, key)
    return true
  }

  /** Gives a key the value of a detached record of the same type instead of its own. */
  takeValue(ref: Ref, from: Ref): void {
    const { memory } = this
    this.keyspace.disposeValue(recordKind(memory, ref), recordValueRef(memory, ref))
    recordSetKind(memory, ref, recordKind(memory, from))
    recordSetValueRef(memory, ref, recordValueRef(memory, from))
    memory.free(from)
  }

  /** Frees a detached record and its value. */
  discard(ref: Ref): void {
    this.dispose(ref)
  }

  /** Deletes a key and its value; false when there is none. */
  remove(key: Slice): boolean {
    this.willChange(key)
    const ref = this.peek(key)
    if (ref === NIL) return false
    this.unlink(hashOf(this.memory, key), ref)
    this.dispose(ref)
    this.keyspace.turns?.takeTurn(this, key)
    return true
  }

  /** Sets a key's expiry (unix ms, or NEVER). False when there is no such key or memory is exhausted. */
  setExpire(key: Slice, at: number): boolean {
    const { memory } = this
    this.willChange(key)
    const old = this.peek(key)
    if (old === NIL) return false
    const hasExpiry = (recordHead(memory, old) & HAS_EXPIRY) !== 0
    if (hasExpiry === (at !== NEVER)) {
      if (hasExpiry) recordMoveExpiry(memory, old, at)
      return true
    }
    if (!hasExpiry && !tableReserve(memory, this.expires)) return false
    const ref = recordDerive(memory, old, key, at, this.valueSlice)
    if (ref === NIL) return this.giveUp()
    this.replace(hashOf(memory, key), old, ref)
    memory.free(old)
    return true
  }

  /** Gives a key another name; what had that name is deleted, the expiry travels. False: memory is exhausted. */
  rename(from: Slice, to: Slice): boolean {
    const { memory } = this
    this.willChange(from)
    this.willChange(to)
    const old = this.peek(from)
    assert(old !== NIL, 'a key that is renamed exists')
    if (from.equals(to)) return true
    const overwritten = this.peek(to)
    const at = recordExpiresAt(memory, old)
    // Its place in the tables is made sure of before anything changes.
    if (overwritten === NIL && !tableReserve(memory, this.keys)) return false
    if (at !== NEVER && !tableReserve(memory, this.expires)) return false
    const ref = recordDerive(memory, old, to, at, this.valueSlice)
    if (ref === NIL) return false
    const toHash = hashOf(memory, to)
    if (overwritten === NIL) this.link(toHash, ref)
    else this.replace(toHash, overwritten, ref)
    this.unlink(hashOf(memory, from), old)
    memory.free(old)
    if (overwritten !== NIL) this.dispose(overwritten)
    this.keyspace.turns?.takeTurn(this, from)
    this.keyspace.turns?.takeTurn(this, to)
    return true
  }

  /** Moves a key to another database, deleting what has its name there. False: memory is exhausted, nothing changed. */
  moveTo(target: Database, key: Slice): boolean {
    const { memory } = this
    this.willChange(key)
    target.willChange(key)
    const ref = this.peek(key)
    assert(ref !== NIL, 'a key that is moved exists')
    const overwritten = target.peek(key)
    const hasExpiry = (recordHead(memory, ref) & HAS_EXPIRY) !== 0
    // Its place in the tables is made sure of before anything changes.
    const hasPlace = overwritten !== NIL || tableReserve(memory, target.keys)
    if (!hasPlace || (hasExpiry && !tableReserve(memory, target.expires))) return target.giveUp()
    const hash = hashOf(memory, key)
    this.unlink(hash, ref)
    if (overwritten === NIL) target.link(hash, ref)
    else {
      target.replace(hash, overwritten, ref)
      target.dispose(overwritten)
    }
    this.keyspace.turns?.takeTurn(this, key)
    this.keyspace.turns?.takeTurn(target, key)
    return true
  }

  /** Aims `out` at a random key; false when there is none. */
  randomKey(out: Slice): boolean {
    for (let tries = 0; ; tries++) {
      const ref = tableRandom(this.memory, this.keys, this.keyspace.random)
      if (ref === NIL) return false
      const isExpired = this.isExpired(ref)
      if (!isExpired || (!this.keyspace.deletesExpired && tries >= RANDOM_TRIES_MAX)) {
        this.keyOf(ref, out)
        return true
      }
      this.unlessExpired(ref)
    }
  }

  /** A random record of all keys, or of those with an expiry; NIL when there is none. For eviction. */
  randomRecord(isVolatile: boolean): Ref {
    return tableRandom(this.memory, isVolatile ? this.expires : this.keys, this.keyspace.random)
  }

  /**
   * Visits some keys and answers the next cursor, 0 at the end: the guarantees are SCAN's (see
   * tableScan). Keys whose time has come are among them. The visitor must not write.
   */
  scan(cursor: number, visit: Visit): number {
    return tableScan(this.memory, this.keys, cursor, visit)
  }

  /** So many keys are about to come, so many of them with an expiry. Only a hint, and only for an empty database. */
  expect(keys: number, expiring: number): void {
    tablePresize(this.memory, this.keys, keys)
    tablePresize(this.memory, this.expires, expiring)
  }

  /** Gives back what was reserved in a table that has stayed empty. */
  giveBackRoom(): void {
    const { memory } = this
    if (tableCount(memory, this.keys) === 0) tableClear(memory, this.keys)
    if (tableCount(memory, this.expires) === 0) tableClear(memory, this.expires)
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

  /** Deletes all keys. When no other database has any, the memory is free at once; else big ones take a while. */
  clear(): void {
    const { keyspace, memory } = this
    if (keyspace.databases.every((db) => db === this || db.size === 0)) return keyspace.flushAll()
    keyspace.snapshot?.willVanish()
    const detached = this.keys
    const fresh = tableCreate(memory)
    const isFresh = fresh !== NIL
    tableClear(memory, this.expires)
    const freeItem = (ref: Ref) => this.dispose(ref)
    const garbage = {
      pending: this.size,
      freeSome(items: number): boolean {
        const isGone = tableFreeSome(memory, detached, items, freeItem)
        this.pending = isGone ? 0 : tableCount(memory, detached)
        return isGone
      },
    }
    // Without the few bytes of another table, this one is emptied now and its own are used.
    while (!isFresh && !garbage.freeSome(Number.MAX_SAFE_INTEGER));
    this.keys = isFresh ? fresh : tableCreate(memory)
    this.found = NIL
    if (isFresh) keyspace.lazyFree.add(garbage, FREED_BY_FLUSH)
    keyspace.turns?.takeAllTurns(this)
    this.averageTtlMs = 0
    this.expiryCursor = 0
  }

  // For the keyspace

  /** Begins anew with empty tables, forgetting the old ones: the arena is empty. */
  restart(): void {
    this.keys = tableCreate(this.memory)
    this.expires = tableCreate(this.memory)
    this.found = NIL
    if (this.keys === NIL || this.expires === NIL) throw new RangeError('no memory for an empty database')
    this.averageTtlMs = 0
    this.expiryCursor = 0
  }

  /** Exchanges everything but the numbers. */
  exchange(other: Database): void {
    const { keys, expires, averageTtlMs, expiryCursor } = this
    this.found = NIL
    other.found = NIL
    this.keys = other.keys
    this.expires = other.expires
    this.averageTtlMs = other.averageTtlMs
    this.expiryCursor = other.expiryCursor
    other.keys = keys
    other.expires = expires
    other.averageTtlMs = averageTtlMs
    other.expiryCursor = expiryCursor
  }

  /** Looks at the next keys with an expiry (`sampled` of them), deletes those whose time has come, answers how many. */
  expireSample(): number {
    const { memory, sample } = this
    const { now } = this.keyspace
    sample.length = 0
    let homes = 0
    do {
      this.expiryCursor = tableScan(memory, this.expires, this.expiryCursor, (ref) => sample.push(ref))
    } while (this.expiryCursor !== 0 && sample.length < SAMPLE_KEYS && ++homes < SAMPLE_HOMES_MAX)
    let expired = 0
    let live = 0
    let ttlSum = 0
    for (const ref of sample) {
      const ttl = recordExpiresAt(memory, ref) - now
      if (ttl >= 0) {
        ttlSum += ttl
        live++
      } else {
        const left = this.expiring - 1
        this.deleteExpired(ref)
        expired++
        // A listener that came across other expired keys has deleted them: the sample may name them still.
        if (this.expiring !== left) break
      }
    }
    if (live > 0) {
      const average = ttlSum / live
      const weight = this.averageTtlMs === 0 ? 1 : TTL_SAMPLE_WEIGHT
      this.averageTtlMs += (average - this.averageTtlMs) * weight
    }
    this.sampled = live + expired
    return expired
  }

  /** Moves both tables on if they are being resized; true when there is nothing left to move. */
  resizeStep(homes: number): boolean {
    const isDone = tableResizeStep(this.memory, this.keys, homes)
    return tableResizeStep(this.memory, this.expires, homes) && isDone
  }

  check(): void {
    const { memory } = this
    let expiring = 0
    tableCheck(memory, this.keys, (ref) => {
      if ((recordHead(memory, ref) & HAS_EXPIRY) !== 0) expiring++
    })
    tableCheck(memory, this.expires, (ref) => {
      const same = tableFind(memory, this.keys, recordKey(memory, ref, this.keySlice), recordHash(memory, ref))
      assert(same === ref, 'the index of expiries names the records of the keys')
    })
    assert(expiring === this.expiring, 'every key with an expiry is in the index')
  }

  // Below

  private touch(ref: Ref): void {
    const { keyspace, memory } = this
    if (keyspace.noTouch) return
    const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
    const word = ref & WORD_MASK
    const clock = u32[word] >>> CLOCK_SHIFT
    const { accessClock } = keyspace
    // Most accesses fall in a second in which the key was accessed before: then nothing is written.
    if (!accessClock.countsFrequency && clock === accessClock.seconds) return
    recordSetClock(memory, ref, accessClock.touched(clock))
  }

  private isExpired(ref: Ref): boolean {
    const at = recordExpiresAt(this.memory, ref)
    return at !== NEVER && at < this.keyspace.deadline
  }

  /** The record, or NIL when its time has come; then the key is deleted. */
  private unlessExpired(ref: Ref): Ref {
    if (!this.isExpired(ref)) return ref
    if (this.keyspace.deletesExpired) this.deleteExpired(ref)
    return NIL
  }

  private deleteExpired(ref: Ref): void {
    const key = recordKey(this.memory, ref, this.keySlice).copy()
    this.willChange(key)
    this.unlink(recordHash(this.memory, ref), ref)
    this.dispose(ref)
    this.keyspace.stats.expiredKeys++
    this.keyspace.turns?.takeTurn(this, key)
    this.keyspace.onExpired?.(this, key)
  }

  private insertString(key: Slice, hash: number, value: Slice, kind: number, expiresAt: number): boolean {
    const ref = recordCreate(this.memory, kind, key, value, expiresAt)
    if (ref === NIL) return false
    recordSetClock(this.memory, ref, this.keyspace.accessClock.initial())
    return this.insert(hash, ref)
  }

  /** Puts a new record of a string into the tables; without the memory for that, frees it and answers false. */
  private insert(hash: number, ref: Ref): boolean {
    const { memory } = this
    const hasExpiry = (recordHead(memory, ref) & HAS_EXPIRY) !== 0
    if ((hasExpiry && !tableReserve(memory, this.expires)) || !tableInsert(memory, this.keys, hash, ref)) {
      recordFree(memory, ref)
      return this.giveUp()
    }
    if (hasExpiry) tableInsert(memory, this.expires, hash, ref)
    return true
  }

  /** A write has failed half way: gives back what was reserved for it. Answers false. */
  private giveUp(): false {
    this.giveBackRoom()
    return false
  }

  /** Puts a record into the tables; tableReserve has made sure that there is room. */
  private link(hash: number, ref: Ref): void {
    const { memory } = this
    const isIn = tableInsert(memory, this.keys, hash, ref)
    const hasExpiry = (recordHead(memory, ref) & HAS_EXPIRY) !== 0
    const isIndexed = !hasExpiry || tableInsert(memory, this.expires, hash, ref)
    assert(isIn && isIndexed, 'there is room that was reserved')
  }

  /** Takes a record out of the tables. */
  private unlink(hash: number, ref: Ref): void {
    this.found = NIL
    if ((recordHead(this.memory, ref) & HAS_EXPIRY) !== 0) tableRemove(this.memory, this.expires, hash, ref)
    tableRemove(this.memory, this.keys, hash, ref)
  }

  /** Puts a record in the place of another with the same key; room in the index of expiries is reserved. */
  private replace(hash: number, old: Ref, ref: Ref): void {
    const { memory } = this
    this.found = NIL
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

  /** Frees a record that is in no table, and its value. */
  private dispose(ref: Ref): void {
    const { memory } = this
    const kind = recordKind(memory, ref)
    if (kind >= FIRST_OBJECT_KIND) this.keyspace.disposeValue(kind, recordValueRef(memory, ref))
    recordFree(memory, ref)
  }

  private overwriteLong(ref: Ref, kind: number, value: Slice, at: number): boolean {
    const { memory } = this
    const oldKind = recordKind(memory, ref)
    if (oldKind < FIRST_REF_KIND || oldKind >= FIRST_OBJECT_KIND) return false
    const hasExpiry = (recordHead(memory, ref) & HAS_EXPIRY) !== 0
    if (hasExpiry !== (at !== NEVER) || !longStringOverwrite(memory, recordValueRef(memory, ref), value)) return false
    recordSetKind(memory, ref, kind + EXTERNAL)
    if (hasExpiry) recordMoveExpiry(memory, ref, at)
    return true
  }

  /** A raw string of zeros in a record of its own, in no table yet. */
  private createZeros(key: Slice, size: number, expiresAt: number): Ref {
    const { memory } = this
    if (isEmbeddable(key.size, size, expiresAt)) {
      const ref = recordCreateEmbedded(memory, KIND_STRING_RAW, key, size, expiresAt)
      if (ref !== NIL) recordValue(memory, ref, this.valueSlice).view().fill(0)
      return ref
    }
    const block = longStringCreate(memory, size)
    if (block === NIL) return NIL
    longStringAim(memory, block, this.valueSlice).view().fill(0)
    const ref = recordCreateObject(memory, KIND_STRING_RAW + EXTERNAL, key, block, expiresAt)
    if (ref === NIL) memory.free(block)
    return ref
  }

  /** The record of a string after it was made `size` bytes long. NIL: memory is exhausted. */
  private resizeString(key: Slice, hash: number, old: Ref, size: number): Ref {
    const { memory } = this
    if (recordKind(memory, old) >= FIRST_REF_KIND) {
      const block = longStringResize(memory, recordValueRef(memory, old), size)
      if (block === NIL) return NIL
      recordSetValueRef(memory, old, block)
      recordSetKind(memory, old, KIND_STRING_RAW + EXTERNAL)
      return old
    }
    if (recordResizeValue(memory, old, KIND_STRING_RAW, size)) return old
    const at = recordExpiresAt(memory, old)
    if (at !== NEVER && !tableReserve(memory, this.expires)) return NIL
    const ref = this.createZeros(key, size, at)
    if (ref === NIL) {
      this.giveUp()
      return NIL
    }
    const from = recordValue(memory, old, this.keySlice)
    const to = recordValue(memory, ref, this.valueSlice)
    to.buf.set(from.buf.subarray(from.at, from.at + Math.min(from.size, size)), to.at)
    recordSetClock(memory, ref, recordClock(memory, old))
    this.replace(hash, old, ref)
    memory.free(old)
    return ref
  }
}
