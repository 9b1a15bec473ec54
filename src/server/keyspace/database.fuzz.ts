/*
 * Two databases of one keyspace against two Maps, the slow thing that is
 * obviously right, with expiry, every size at which a layout changes, values of
 * their own blocks, and memory that ends at a random allocation: what was refused
 * must have left every key as it was, and nothing may be lost: when all keys are
 * gone, the arena's used bytes are what they were at the start.
 *
 * `keyspace.check` walks arena and tables after each burst. Replay with SEED=<n>.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { createHashKey } from '../base/siphash.ts'
import { Slice } from '../base/slice.ts'
import { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { hashOf, tableCount, tableCreate, tableFree, tableFreeSome, tableInsert } from '../structures/hash-table.ts'
import { recordCreate, recordFree } from '../structures/record.ts'
import { type Database, KEEP_TTL, NEVER } from './database.ts'
import { Keyspace } from './keyspace.ts'
import {
  encodingName,
  KIND_SET_TABLE,
  KIND_STRING_EMBSTR,
  KIND_STRING_INT,
  KIND_STRING_RAW,
  registerKind,
  TYPE_SET,
  TYPE_STRING,
} from './object.ts'

interface Item {
  /** The text of a string; of a set only how many members it has. */
  value: string | number
  encoding: string
  expiresAt: number
}

type Model = Map<string, Item>

const ENCODINGS = [
  [KIND_STRING_INT, 'int'],
  [KIND_STRING_EMBSTR, 'embstr'],
  [KIND_STRING_RAW, 'raw'],
] as const

// The fuzz needs a value that is big and not a string, whatever types/ registers for it.
beforeAll(() => {
  registerKind(KIND_SET_TABLE, {
    free: (memory, value) => tableFree(memory, value, (record) => recordFree(memory, record)),
    freeSome: (memory, value, items) => tableFreeSome(memory, value, items, (record) => recordFree(memory, record)),
    usage: () => 0,
  })
})

/** An arena whose hash key is of the seed, too: where keys lie depends on it. */
function seededMemory(r: Random): Memory {
  return new Memory(Number.POSITIVE_INFINITY, createHashKey(r.bytesOf(8)))
}

function setOf(memory: Memory, members: number): Ref {
  const table = tableCreate(memory)
  if (table === NIL) return NIL
  for (let i = 0; i < members; i++) {
    const member = Slice.of(`m${i}`)
    const record = recordCreate(memory, KIND_STRING_RAW, member, null)
    if (record !== NIL && tableInsert(memory, table, hashOf(memory, member), record)) continue
    if (record !== NIL) recordFree(memory, record)
    tableFree(memory, table, (kept) => recordFree(memory, kept))
    return NIL
  }
  return table
}

/** Makes the nth allocation from now on fail, and all after it; restored by `endFailing`. */
function failAfter(memory: Memory, allocations: number): void {
  let left = allocations
  Object.defineProperty(memory, 'limitBytes', {
    configurable: true,
    get: () => (left-- > 0 ? Number.POSITIVE_INFINITY : 0),
  })
}

function endFailing(memory: Memory): void {
  Object.defineProperty(memory, 'limitBytes', { configurable: true, writable: true, value: Number.POSITIVE_INFINITY })
}

class Rig {
  readonly r: Random
  readonly keyspace: Keyspace
  readonly models: Model[] = [new Map(), new Map()]
  readonly start: number
  expired = 0
  refused = 0
  private readonly out = new Slice()

  constructor(r: Random) {
    this.r = r
    this.keyspace = new Keyspace({
      databases: 2,
      memory: seededMemory(r),
      random: r,
      clock: { now: () => 1_000_000, monotonic: () => 0 },
    })
    this.start = this.keyspace.memory.usedBytes
    this.keyspace.onExpired = (db, key) => {
      const item = this.models[db.index].get(key.text())
      expect(
        item !== undefined && item.expiresAt !== NEVER && item.expiresAt < this.keyspace.now,
        'expired too soon',
      ).toBe(true)
      this.models[db.index].delete(key.text())
      this.expired++
    }
  }

  /** What the model has of a key, unless its time has come. */
  live(index: number, name: string): Item | undefined {
    const item = this.models[index].get(name)
    return item === undefined || (item.expiresAt !== NEVER && item.expiresAt < this.keyspace.now) ? undefined : item
  }

  name(): string {
    const { r } = this
    const number = r.below(400)
    // A number's name always has the same size, so that it is met again.
    const size = [0, 1, 16, 16, 16, 16, 250, 254, 255, 256, 1_500, 2_044, 65_536][number % 13]
    return size === 0 ? (number % 2 === 0 ? '' : `${number}`) : `${number}`.padStart(size, 'k')
  }

  text(): string {
    const { r } = this
    const size = r.pick([0, 1, 5, 32, 44, 45, r.below(200), r.between(500, 520), r.below(3_000), r.below(70_000)])
    return String.fromCharCode(65 + r.below(26)).repeat(r.chance(0.002) ? r.below(3_000_000) : size)
  }

  expiry(): number {
    const { r } = this
    return r.chance(0.5) ? NEVER : this.keyspace.now + r.below(5_000)
  }

  verify(index: number, name: string, context: string): void {
    const db = this.keyspace.databases[index]
    const item = this.live(index, name)
    const ref = db.lookupRead(Slice.of(name))
    if (item === undefined) {
      expect(ref, context).toBe(NIL)
      return
    }
    expect(ref, context).not.toBe(NIL)
    expect(encodingName(db.kindOf(ref)), context).toBe(item.encoding)
    expect(db.expiresAt(ref), context).toBe(item.expiresAt)
    expect(db.keyOf(ref, this.out).text() === name, context).toBe(true)
    if (typeof item.value === 'number') {
      expect(db.typeOf(ref)).toBe(TYPE_SET)
      expect(tableCount(db.memory, db.valueRef(ref)), context).toBe(item.value)
    } else {
      expect(db.typeOf(ref)).toBe(TYPE_STRING)
      expect(db.stringOf(ref, this.out).text() === item.value, `${context}: the value of ${name.slice(0, 40)}`).toBe(
        true,
      )
    }
    expect(db.usageOf(ref)).toBeGreaterThan(name.length)
  }

  verifyAll(context: string): void {
    this.keyspace.check()
    for (let index = 0; index < 2; index++) {
      for (const name of [...this.models[index].keys()]) this.verify(index, name, context)
      expect(this.keyspace.databases[index].size, context).toBe(this.models[index].size)
    }
  }

  /** One random operation on a database and its model. */
  step(): void {
    const { r, keyspace } = this
    const index = r.below(2)
    const db = keyspace.databases[index]
    const model = this.models[index]
    const name = this.name()
    const key = Slice.of(name)
    const item = this.live(index, name)
    const isDone = this.operate(r.below(12), db, model, key, name, item)
    if (!isDone) this.refused++
  }

  /** False when memory ended; then the model has not been changed. */
  private operate(what: number, db: Database, model: Model, key: Slice, name: string, item: Item | undefined): boolean {
    const { r, keyspace } = this
    switch (what) {
      case 0:
      case 1:
      case 2:
      case 3: {
        const [kind, encoding] = r.pick(ENCODINGS)
        const value = this.text()
        const keeps = r.chance(0.2)
        const expiresAt = keeps ? KEEP_TTL : this.expiry()
        if (!db.setString(key, Slice.of(value), kind, expiresAt)) return false
        model.set(name, { value, encoding, expiresAt: keeps ? (item?.expiresAt ?? NEVER) : expiresAt })
        return true
      }
      case 4: {
        expect(db.remove(key)).toBe(item !== undefined)
        model.delete(name)
        return true
      }
      case 5: {
        const expiresAt = this.expiry()
        const isSet = db.setExpire(key, expiresAt)
        if (isSet) item!.expiresAt = expiresAt
        return isSet || item === undefined
      }
      case 6: {
        if (typeof item?.value === 'number') return true
        const old = item?.value ?? ''
        const size = r.pick([old.length + r.below(20), old.length * 2, r.below(1_000), r.below(100_000)])
        const out = new Slice()
        if (!db.writableString(key, size, out)) return false
        const value = old.slice(0, size).padEnd(size, '\0')
        expect(out.text() === value, 'what is writable is the old value and zeros').toBe(true)
        model.set(name, { value, encoding: 'raw', expiresAt: item?.expiresAt ?? NEVER })
        return true
      }
      case 7: {
        if (item !== undefined) return true
        db.peek(key) // An expired one goes first, as commands look before they add.
        const members = r.pick([0, 1, 12, 300])
        const value = setOf(db.memory, members)
        if (value === NIL) return false
        if (db.add(key, KIND_SET_TABLE, value) === NIL) {
          tableFree(db.memory, value, (record) => recordFree(db.memory, record))
          return false
        }
        model.set(name, { value: members, encoding: 'hashtable', expiresAt: NEVER })
        return true
      }
      case 8: {
        if (item === undefined) return true
        const to = this.name()
        if (!db.rename(key, Slice.of(to))) return false
        model.delete(name)
        model.set(to, item)
        return true
      }
      case 9: {
        const other = keyspace.databases[1 - db.index]
        if (item === undefined || other.peek(key) !== NIL) return true
        if (!db.moveTo(other, key)) return false
        model.delete(name)
        this.models[other.index].set(name, item)
        return true
      }
      case 10: {
        const out = new Slice()
        if (db.randomKey(out)) expect(model.has(out.text())).toBe(true)
        return true
      }
      default: {
        keyspace.now += r.below(300)
        if (r.chance(0.2)) keyspace.activeExpire(1)
        if (r.chance(0.2)) keyspace.lazyFreeStep(1)
        if (r.chance(0.2)) keyspace.resizeStep(1)
        if (r.chance(0.02)) {
          keyspace.swap(0, 1)
          this.models.reverse()
        }
        return true
      }
    }
  }

  removeAll(): void {
    for (let index = 0; index < 2; index++) {
      for (const name of [...this.models[index].keys()]) this.keyspace.databases[index].remove(Slice.of(name))
    }
    while (this.keyspace.lazyFreeStep(1_000));
  }
}

describe('a keyspace', () => {
  test('behaves as maps do', () => {
    const rig = new Rig(random())
    for (let step = 0; step < 12_000; step++) {
      rig.step()
      if (step % 50 === 0) rig.verify(step % 2, rig.name(), `seed ${rig.r.seed}, step ${step}`)
      if (step % 1_000 === 0) rig.verifyAll(`seed ${rig.r.seed}, step ${step}`)
    }
    expect(rig.refused).toBe(0)
    expect(rig.expired, `seed ${rig.r.seed}`).toBeGreaterThan(100)
    rig.verifyAll(`seed ${rig.r.seed}, at the end`)
    rig.removeAll()
    rig.keyspace.check()
    expect(rig.keyspace.memory.usedBytes, `seed ${rig.r.seed}`).toBe(rig.start)
  })

  test('is as it was after an operation for which there was no memory, and loses none', () => {
    const rig = new Rig(random())
    const { memory } = rig.keyspace
    for (let step = 0; step < 8_000; step++) {
      failAfter(memory, rig.r.below(5))
      rig.step()
      endFailing(memory)
      if (step % 3 === 0) rig.step()
      if (step % 500 === 0) rig.verifyAll(`seed ${rig.r.seed}, step ${step}`)
    }
    expect(rig.refused, `seed ${rig.r.seed}`).toBeGreaterThan(100)
    rig.verifyAll(`seed ${rig.r.seed}, at the end`)
    rig.removeAll()
    rig.keyspace.check()
    expect(memory.usedBytes, `seed ${rig.r.seed}`).toBe(rig.start)
  })

  test('fills a small arena to its limit and empties it to the byte', () => {
    const r = random()
    const keyspace = new Keyspace({ databases: 1, memory: seededMemory(r), random: r })
    const [db] = keyspace.databases
    const { memory } = keyspace
    const start = memory.usedBytes
    memory.limitBytes = 4 * 1024 * 1024
    for (let round = 0; round < 3; round++) {
      let count = 0
      while (
        db.setString(
          Slice.of(`key:${count}`),
          Slice.of('v'.repeat(r.below(100))),
          KIND_STRING_RAW,
          r.chance(0.5) ? NEVER : 2e13,
        )
      )
        count++
      expect(count).toBeGreaterThan(10_000)
      expect(db.size).toBe(count)
      expect(memory.limitBytes - memory.usedBytes).toBeLessThan(200_000)
      keyspace.check()
      if (round === 1) db.clear()
      else for (let i = 0; i < count; i++) expect(db.remove(Slice.of(`key:${i}`))).toBe(true)
      expect(memory.usedBytes).toBe(start)
    }
  })

  test('holds a value of 40 MiB, which is a segment of its own, and lets it grow', () => {
    const keyspace = new Keyspace({ databases: 1 })
    const [db] = keyspace.databases
    const start = keyspace.memory.usedBytes
    const size = 40 * 1024 * 1024
    const out = new Slice()
    expect(db.setString(Slice.of('big'), new Slice(new Uint8Array(size).fill(7)), KIND_STRING_RAW, NEVER)).toBe(true)
    expect(db.writableString(Slice.of('big'), size + 5, out)).toBe(true)
    expect([out.size, out.buf[out.at + size - 1], out.buf[out.at + size]]).toEqual([size + 5, 7, 0])
    keyspace.check()
    db.remove(Slice.of('big'))
    expect(keyspace.memory.usedBytes).toBe(start)
  })
})
