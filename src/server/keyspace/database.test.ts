/*
 * Single promises of the keyspace, one by one: what is counted, touched, hidden,
 * expired, and freed when. That all of it holds together is database.fuzz.ts.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { Random } from '../base/random.ts'
import { Slice } from '../base/slice.ts'
import { NIL } from '../memory/layout.ts'
import { type Database, KEEP_TTL, NEVER } from './database.ts'
import { Keyspace } from './keyspace.ts'
import { KIND_STREAM, KIND_STRING_INT, KIND_STRING_RAW, registerKind, typeName } from './object.ts'

const START = 1_700_000_000_000
const key = Slice.of('key')
const other = Slice.of('other')
const value = Slice.of('value')
const out = new Slice()

let monotonic = 0
let keyspace: Keyspace
let db: Database

beforeEach(() => {
  monotonic = 0
  keyspace = new Keyspace({ clock: { now: () => START, monotonic: () => monotonic }, random: new Random(1) })
  db = keyspace.databases[0]
})

function set(name: Slice, expiresAt = NEVER): void {
  expect(db.setString(name, value, KIND_STRING_RAW, expiresAt)).toBe(true)
}

describe('looking up', () => {
  test('counts hits and misses only where it reads', () => {
    set(key)
    db.lookupRead(key)
    db.lookupRead(other)
    db.lookupWrite(key)
    db.lookupWrite(other)
    db.peek(other)
    expect(keyspace.stats).toMatchObject({ hits: 1, misses: 1 })
  })

  test('touches the access clock, except by peek and NO-TOUCH', () => {
    set(key)
    keyspace.now += 100_000
    expect(db.idleSeconds(db.peek(key))).toBe(100)
    keyspace.noTouch = true
    db.lookupRead(key)
    keyspace.noTouch = false
    expect(db.idleSeconds(db.peek(key))).toBe(100)
    expect(db.idleSeconds(db.lookupWrite(key))).toBe(0)
  })

  test('counts frequency instead when asked to, more and more rarely, and forgets it with time', () => {
    keyspace.accessClock.countsFrequency = true
    set(key)
    expect(db.frequency(db.peek(key))).toBe(5)
    for (let i = 0; i < 10_000; i++) db.lookupRead(key)
    const often = db.frequency(db.peek(key))
    expect(often).toBeGreaterThan(20)
    expect(often).toBeLessThan(120)
    keyspace.now += 3 * 60_000
    expect(db.frequency(db.peek(key))).toBe(often - 3)
    // Another value is no other key: what is known of it stays.
    expect(db.setString(key, Slice.of('v'.repeat(300)), KIND_STRING_RAW, NEVER)).toBe(true)
    expect(db.frequency(db.peek(key))).toBeGreaterThanOrEqual(often - 3)
    db.setFrequency(db.peek(key), 200)
    expect(db.frequency(db.peek(key))).toBe(200)
  })

  test('does not find again what was found when all keys have gone or are another database’s', () => {
    const second = keyspace.databases[1]
    set(key)
    db.peek(key)
    db.exchange(second)
    expect(db.peek(key)).toBe(NIL)
    second.peek(key)
    db.exchange(second)
    expect(second.peek(key)).toBe(NIL)
    expect(db.peek(key)).not.toBe(NIL)
    // Of several databases one is emptied by itself, the last one with the whole arena.
    second.setString(other, value, KIND_STRING_RAW, NEVER)
    db.clear()
    second.setString(key, value, KIND_STRING_RAW, NEVER)
    expect(db.peek(key)).toBe(NIL)
    second.peek(other)
    second.clear()
    expect(second.peek(other)).toBe(NIL)
  })

  test('tells idle times as they were set', () => {
    set(key)
    db.setIdleSeconds(db.peek(key), 5_000)
    expect(db.idleSeconds(db.peek(key))).toBe(5_000)
    db.setIdleSeconds(db.peek(key), 1_000_000)
    expect(db.idleSeconds(db.peek(key))).toBe(65_535)
  })
})

describe('expiry', () => {
  test('deletes a key on the first look after its time, and says so with the key', () => {
    const told: string[] = []
    keyspace.onExpired = (at, name) => told.push(`${at.index}:${name.text()}`)
    set(key, START + 10)
    keyspace.now = START + 10
    expect(db.peek(key)).not.toBe(NIL)
    keyspace.now = START + 11
    expect(db.size).toBe(1)
    expect(db.peek(key)).toBe(NIL)
    expect([db.size, db.expiring]).toEqual([0, 0])
    expect(told).toEqual(['0:key'])
    expect(keyspace.stats.expiredKeys).toBe(1)
  })

  test('is told apart from deletion, which then finds nothing', () => {
    set(key, START + 10)
    keyspace.now = START + 11
    expect(db.remove(key)).toBe(false)
    expect(keyspace.stats.expiredKeys).toBe(1)
  })

  test('only hides keys where they may not be deleted', () => {
    keyspace.deletesExpired = false
    set(key, START + 10)
    keyspace.now = START + 11
    expect(db.lookupRead(key)).toBe(NIL)
    expect(db.size).toBe(1)
    expect(keyspace.activeExpire(100)).toBe(0)
  })

  test('stays, moves, comes and goes as asked', () => {
    set(key, START + 1_000)
    expect(db.setString(key, Slice.of('another and longer value'), KIND_STRING_RAW, KEEP_TTL)).toBe(true)
    expect(db.expiresAt(db.peek(key))).toBe(START + 1_000)
    expect(db.setExpire(key, START + 2_000)).toBe(true)
    expect(db.expiresAt(db.peek(key))).toBe(START + 2_000)
    expect(db.setExpire(key, NEVER)).toBe(true)
    expect(db.expiresAt(db.peek(key))).toBe(NEVER)
    expect(db.expiring).toBe(0)
    expect(db.setExpire(key, 2 ** 53 - 1)).toBe(true)
    expect(db.expiresAt(db.peek(key))).toBe(2 ** 53 - 1)
    expect(db.setExpire(other, START)).toBe(false)
    expect(db.stringOf(db.peek(key), out).text()).toBe('another and longer value')
  })

  test('a new value without KEEP_TTL has none', () => {
    set(key, START + 1_000)
    set(key)
    expect([db.expiring, db.expiresAt(db.peek(key))]).toEqual([0, NEVER])
  })

  test('by the active cycle removes all that is stale when it has the time', () => {
    for (let i = 0; i < 10_000; i++) set(Slice.of(`${i}`), START + (i < 6_000 ? 10 : 100_000))
    expect(db.averageTtl()).toBe(0)
    keyspace.now = START + 11
    let expired = 0
    for (let turn = 0; turn < 200; turn++) expired += keyspace.activeExpire(1)
    expect(expired).toBe(6_000)
    expect([db.size, db.expiring]).toEqual([4_000, 4_000])
    expect(Math.abs(db.averageTtl() - 99_989)).toBeLessThan(1)
    keyspace.check()
  })

  test('by the active cycle stops after a sample when few are stale, and when its time is up', () => {
    for (let i = 0; i < 10_000; i++) set(Slice.of(`${i}`), START + 100_000)
    expect(keyspace.activeExpire(1)).toBe(0)
    expect(db.sampled).toBeLessThan(40)
    keyspace.now = START + 200_000
    // Every look at the clock finds two milliseconds gone.
    const hasty = new Keyspace({ clock: { now: () => START, monotonic: () => (monotonic += 2) } })
    for (let i = 0; i < 1_000; i++) hasty.databases[0].setString(Slice.of(`${i}`), value, KIND_STRING_RAW, START + 1)
    hasty.now = START + 2
    const expired = hasty.activeExpire(1)
    expect(expired).toBeGreaterThan(0)
    expect(expired).toBeLessThan(40)
    expect(hasty.stats.expiredTimeCapReached).toBe(1)
  })

  test('by the active cycle bears with a listener that looks at other expired keys', () => {
    const names: Slice[] = []
    for (let i = 0; i < 500; i++) names.push(Slice.of(`${i}`))
    for (const name of names) set(name, START + 1)
    set(key, START + 1_000)
    keyspace.onExpired = () => {
      for (const name of names) if (name.buf[0] === 49) db.peek(name)
    }
    keyspace.now = START + 2
    for (let turn = 0; turn < 500; turn++) keyspace.activeExpire(1)
    expect(db.size).toBe(1)
    expect(keyspace.stats.expiredKeys).toBe(500)
    keyspace.check()
  })

  test('by the active cycle rests when it is switched off', () => {
    set(key, START + 1)
    keyspace.now = START + 2
    keyspace.activeExpireEnabled = false
    expect(keyspace.activeExpire(100)).toBe(0)
    expect(db.size).toBe(1)
  })
})

describe('memory', () => {
  test('is unchanged to the byte when an operation is refused, wherever its memory ends', () => {
    const longValue = Slice.of('v'.repeat(2_000))
    const operations: readonly (() => boolean)[] = [
      () => db.setString(other, value, KIND_STRING_RAW, NEVER),
      () => db.setString(other, value, KIND_STRING_RAW, START + 1_000),
      () => db.setString(other, longValue, KIND_STRING_RAW, START + 1_000),
      () => db.setString(key, longValue, KIND_STRING_RAW, START + 1_000),
      () => db.writableString(key, 3_000, out),
      () => db.writableString(other, 3_000, out),
      () => db.setExpire(key, START + 1_000),
      () => db.rename(key, other),
      () => db.moveTo(keyspace.databases[1], key),
    ]
    const names = 'set, with expiry, long, overwriting, grow, new, expire, rename, move'.split(', ')
    let refusals = 0
    for (const [i, operation] of operations.entries()) {
      for (let allowed = 0; ; allowed++) {
        keyspace.flushAll()
        if (names[i] !== 'set' && !names[i].startsWith('with') && names[i] !== 'long') set(key)
        const { memory } = keyspace
        const before = memory.usedBytes
        let left = allowed
        const limit = { get: () => (left-- > 0 ? Number.POSITIVE_INFINITY : 0) }
        Object.defineProperty(memory, 'limitBytes', { configurable: true, ...limit })
        const isDone = operation()
        Object.defineProperty(memory, 'limitBytes', { configurable: true, value: Number.POSITIVE_INFINITY })
        keyspace.check()
        if (isDone) break
        refusals++
        expect(memory.usedBytes, `${names[i]}, after ${allowed} allocations`).toBe(before)
      }
    }
    expect(refusals).toBeGreaterThan(operations.length)
  })

  test('of a string that only changes its digits is written where it lies', () => {
    db.setString(key, Slice.of('1000'), KIND_STRING_INT, NEVER)
    const ref = db.peek(key)
    const used = keyspace.memory.usedBytes
    for (let i = 1_001; i < 2_000; i++) db.setString(key, Slice.of(`${i}`), KIND_STRING_INT, NEVER)
    expect(db.peek(key)).toBe(ref)
    expect(db.stringOf(ref, out).text()).toBe('1999')
    expect(keyspace.memory.usedBytes).toBe(used)
  })

  test('grows ahead of many appends, so that few of them copy the string', () => {
    let moves = 0
    let before = 0
    for (let size = 600; size < 200_000; size += 10) {
      db.writableString(key, size, out)
      if (out.at !== before) moves++
      before = out.at
    }
    expect(moves).toBeLessThan(12)
  })

  test('is given back whole when the only database with keys is cleared', () => {
    const start = keyspace.memory.usedBytes
    for (let i = 0; i < 50_000; i++) set(Slice.of(`${i}`), i % 2 === 0 ? NEVER : START + 5)
    db.clear()
    expect([db.size, db.expiring, keyspace.memory.usedBytes]).toEqual([0, 0, start])
    set(key)
    keyspace.check()
  })

  test('of a database that is cleared beside others is given back in the background', () => {
    keyspace.databases[1].setString(key, value, KIND_STRING_RAW, NEVER)
    const before = keyspace.memory.usedBytes
    for (let i = 0; i < 50_000; i++) set(Slice.of(`${i}`), i % 2 === 0 ? NEVER : START + 5)
    db.clear()
    expect([db.size, db.expiring]).toEqual([0, 0])
    expect(keyspace.lazyFreePending).toBeGreaterThan(0)
    expect(keyspace.lazyFreePending).toBeLessThan(50_000)
    set(key)
    while (keyspace.lazyFreeStep(1));
    expect(keyspace.lazyFreePending).toBe(0)
    keyspace.check()
    db.remove(key)
    expect(keyspace.memory.usedBytes).toBe(before)
  })

  test('of a big value is given back bit by bit, while the key is gone at once', () => {
    let left = 1_000
    registerKind(KIND_STREAM, {
      free: () => expect.fail('a value that can be freed bit by bit is'),
      freeSome(memory, block, items) {
        left -= items
        if (left > 0) return false
        memory.free(block)
        return true
      },
      usage: (memory, block) => memory.sizeOf(block),
    })
    const start = keyspace.memory.usedBytes
    const ref = db.add(key, KIND_STREAM, keyspace.memory.alloc(5_000))
    expect(typeName(db.typeOf(ref))).toBe('stream')
    expect(db.usageOf(ref)).toBeGreaterThan(5_000)
    expect(db.remove(key)).toBe(true)
    expect([db.size, keyspace.lazyFreePending]).toEqual([0, 1])
    expect(keyspace.memory.usedBytes).toBeGreaterThan(start)
    while (keyspace.lazyFreeStep(1));
    expect([keyspace.lazyFreePending, keyspace.memory.usedBytes]).toEqual([0, start])
  })
})

describe('databases', () => {
  test('exchange their keys by SWAPDB and keep their numbers', () => {
    set(key, START + 100)
    keyspace.swap(0, 3)
    expect([db.index, db.size, db.expiring]).toEqual([0, 0, 0])
    const third = keyspace.databases[3]
    expect([third.index, third.size, third.expiring]).toEqual([3, 1, 1])
    keyspace.swap(3, 3)
    expect(third.size).toBe(1)
    keyspace.check()
  })

  test('draw random keys that are alive', () => {
    expect(db.randomKey(out)).toBe(false)
    for (let i = 0; i < 100; i++) set(Slice.of(`${i}`), i < 90 ? START + 1 : NEVER)
    keyspace.now = START + 2
    const drawn = new Set<string>()
    for (let i = 0; i < 500; i++) {
      expect(db.randomKey(out)).toBe(true)
      drawn.add(out.text())
    }
    expect([...drawn].sort()).toEqual(['90', '91', '92', '93', '94', '95', '96', '97', '98', '99'])
  })

  test('finish the resizing of their tables when idle', () => {
    for (let i = 0; i < 1_345; i++) set(Slice.of(`${i}`))
    expect(keyspace.resizeStep(0)).toBe(false)
    const bytes = db.tableBytes
    for (let i = 0; i < 1_300; i++) db.remove(Slice.of(`${i}`))
    while (keyspace.resizeStep(0));
    expect(db.tableBytes).toBeLessThan(bytes / 4)
    keyspace.check()
  })
})
