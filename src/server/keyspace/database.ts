/*
 * Database: the keys of one number, their values, and when they expire.
 *
 * The records and the tables over them are those of KeyRecords; here is what a
 * command does with them, and who is told: who waits for a key, and the snapshot
 * that has to see it before it changes. A record moves when its size changes
 * (another value, an expiry added), so a Ref is dead after any write through the
 * database. A key whose time has come is found by nobody: whoever comes across it
 * deletes it first (or only hides it, where Keyspace.deletesExpired is false).
 *
 * What answers false or NIL for lack of memory has changed nothing that can be
 * seen; at most a table has grown.
 */
import { assert } from '../base/assert.ts'
import { Slice } from '../base/slice.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { hashOf } from '../structures/hash-table.ts'
import {
  CLOCK_SHIFT,
  EXTERNAL,
  FIRST_OBJECT_KIND,
  HAS_EXPIRY,
  NEVER,
  recordClock,
  recordCreate,
  recordCreateObject,
  recordDerive,
  recordExpiresAt,
  recordFree,
  recordHash,
  recordHead,
  recordKey,
  recordKind,
  recordMoveExpiry,
  recordOverwrite,
  recordSetClock,
  recordSetKind,
  recordSetValueRef,
  recordValue,
  recordValueRef,
} from '../structures/record.ts'
import type { TableProgress } from '../structures/table-progress.ts'
import { ExpiryCycle } from './expiry-cycle.ts'
import { KeyRecords } from './key-records.ts'
import type { Keyspace } from './keyspace.ts'
import { KIND_STRING_RAW } from './object.ts'
import { longStringRecordOverwrite, stringRecordCreateZeros, stringRecordResize } from './string-record.ts'

export type { TableProgress }
export { NEVER }
/** For setString: the key keeps the expiry it has. */
export const KEEP_TTL = -2

/** What a record, and a block of its own, take at most beside the bytes in them. */
const BLOCK_BYTES = 48
/** Items of garbage that are freed before hasRoom looks again. */
const FREED_FOR_ROOM = 1024
/** For what hasRoom does not count: the first blocks of a value, the last byte of a rounding. */
const ROOM_SLACK_BYTES = 1024
/** A flush frees so many keys itself, and leaves the rest to the background. */
const FREED_BY_FLUSH = 10_000
/** Where expired keys may not be deleted, a random key may turn out to be one at last. */
const RANDOM_TRIES_MAX = 100

export class Database extends KeyRecords {
  readonly index: number
  readonly keyspace: Keyspace

  private cycle = new ExpiryCycle()
  private readonly valueSlice = new Slice()
  private readonly keySlice = new Slice()

  constructor(keyspace: Keyspace, index: number) {
    super(keyspace.memory, keyspace.random)
    this.keyspace = keyspace
    this.index = index
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
    const ref = this.find(key)
    if (ref === NIL || (recordHead(this.memory, ref) & HAS_EXPIRY) === 0) return ref
    return this.unlessExpired(ref)
  }

  /** Something about `key` is about to change. Whoever changes a value without lookupWrite says so first. */
  willChange(key: Slice): void {
    this.keyspace.snapshot?.willChange(this, hashOf(this.memory, key))
  }

  // Its access clock

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

  // Strings

  /**
   * Sets a key to a string, whatever it was. `kind` is one of the three that say what OBJECT
   * ENCODING answers; `expiresAt` is unix ms, NEVER or KEEP_TTL. False: memory is exhausted.
   */
  setString(key: Slice, value: Slice, kind: number, expiresAt: number): boolean {
    const { memory } = this
    const hash = hashOf(memory, key)
    this.keyspace.snapshot?.willChange(this, hash)
    let old = this.findHashed(key, hash)
    if (old !== NIL && (recordHead(memory, old) & HAS_EXPIRY) !== 0) old = this.unlessExpired(old)
    if (old === NIL) return this.createString(key, hash, value, kind, expiresAt === KEEP_TTL ? NEVER : expiresAt)
    const at = expiresAt === KEEP_TTL ? recordExpiresAt(memory, old) : expiresAt
    if (recordOverwrite(memory, old, kind, value, at) || longStringRecordOverwrite(memory, old, kind, value, at)) {
      this.touch(old)
      return true
    }
    if (at !== NEVER && !this.reserveExpiry()) return false
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
      return this.insertString(hash, ref)
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
      const ref = stringRecordCreateZeros(memory, key, size, NEVER)
      if (ref === NIL) return false
      recordSetClock(memory, ref, this.keyspace.accessClock.initial())
      if (!this.insertString(hash, ref)) return false
      recordValue(memory, ref, out)
      return true
    }
    const ref = stringRecordResize(memory, key, old, size)
    if (ref === NIL) return false
    if (ref !== old) {
      this.replace(hash, old, ref)
      memory.free(old)
    }
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
    // Blocks have at most an eighth of slack.
    const blocks = (keys + elements) * BLOCK_BYTES + bytes + bytes / 8
    const wanted = blocks + growth + this.growthBytes(keys) + ROOM_SLACK_BYTES
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
    if (!this.insert(hashOf(memory, key), ref)) {
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
    this.keyspace.snapshot?.willChange(this, hash)
    const old = this.peek(key)
    if (old === NIL) {
      if (!this.insert(hash, ref)) return false
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
    if (!hasExpiry && !this.reserveExpiry()) return false
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
    if (overwritten === NIL && !this.reserveKey()) return false
    if (at !== NEVER && !this.reserveExpiry()) return false
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
    const hasPlace = overwritten !== NIL || target.reserveKey()
    if (!hasPlace || (hasExpiry && !target.reserveExpiry())) return target.giveUp()
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
      const ref = this.randomRecord(false)
      if (ref === NIL) return false
      const isExpired = this.isExpired(ref)
      if (!isExpired || (!this.keyspace.deletesExpired && tries >= RANDOM_TRIES_MAX)) {
        this.keyOf(ref, out)
        return true
      }
      this.unlessExpired(ref)
    }
  }

  /** Deletes all keys. When no other database has any, the memory is free at once; else big ones take a while. */
  clear(): void {
    const { keyspace } = this
    if (keyspace.databases.every((db) => db === this || db.size === 0)) return keyspace.flushAll()
    keyspace.snapshot?.willVanish()
    const garbage = this.setAside((ref) => this.dispose(ref))
    if (garbage !== undefined) keyspace.lazyFree.add(garbage, FREED_BY_FLUSH)
    keyspace.turns?.takeAllTurns(this)
    this.cycle.restart()
  }

  // For the keyspace

  /** Begins anew without keys, forgetting those that were there: the arena is empty. */
  restart(): void {
    this.createTables()
    this.cycle.restart()
  }

  /** Exchanges everything but the numbers. */
  exchange(other: Database): void {
    const { cycle } = this
    this.exchangeTables(other)
    this.cycle = other.cycle
    other.cycle = cycle
  }

  // Expiring

  /** The average time to live of keys with an expiry, in ms, as the active cycle has seen it; 0 = unknown. */
  averageTtl(): number {
    return this.expiring === 0 ? 0 : this.cycle.averageTtlMs
  }

  /** How many keys the last expireSample looked at. */
  get sampled(): number {
    return this.cycle.sampled
  }

  /** Looks at the next keys with an expiry (`sampled` of them), deletes those whose time has come, answers how many. */
  expireSample(): number {
    return this.cycle.expireNext(this)
  }

  /** Deletes a key whose time has come, and tells so. */
  deleteExpired(ref: Ref): void {
    const key = recordKey(this.memory, ref, this.keySlice).copy()
    this.willChange(key)
    this.unlink(recordHash(this.memory, ref), ref)
    this.dispose(ref)
    this.keyspace.stats.expiredKeys++
    this.keyspace.turns?.takeTurn(this, key)
    this.keyspace.onExpired?.(this, key)
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

  private createString(key: Slice, hash: number, value: Slice, kind: number, expiresAt: number): boolean {
    const ref = recordCreate(this.memory, kind, key, value, expiresAt)
    if (ref === NIL) return false
    recordSetClock(this.memory, ref, this.keyspace.accessClock.initial())
    return this.insertString(hash, ref)
  }

  /** Puts a new record of a string into the tables; without the memory for that, frees it and answers false. */
  private insertString(hash: number, ref: Ref): boolean {
    if (this.insert(hash, ref)) return true
    recordFree(this.memory, ref)
    return false
  }

  /** Frees a record that is in no table, and its value. */
  private dispose(ref: Ref): void {
    const { memory } = this
    const kind = recordKind(memory, ref)
    if (kind >= FIRST_OBJECT_KIND) this.keyspace.disposeValue(kind, recordValueRef(memory, ref))
    recordFree(memory, ref)
  }
}
