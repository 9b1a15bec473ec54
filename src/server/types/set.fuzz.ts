/*
 * Sets against a JavaScript Set, the slow thing that is obviously right: random
 * edits in and between all three encodings, draws, operations on several sets, and
 * a limit of memory that makes writes fail. SEED=<n> replays.
 */
import { describe, expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { createHashKey } from '../base/siphash.ts'
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { Keyspace } from '../keyspace/keyspace.ts'
import { encodingName } from '../keyspace/object.ts'
import { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { copyKey } from './copy.ts'
import {
  SET_ADDED,
  SET_EXHAUSTED,
  setAdd,
  setCreate,
  setForEach,
  setHas,
  setHasRoom,
  setLength,
  setPrepare,
  setRemove,
  setScan,
} from './set.ts'
import { type SetOperation, setBuildResult, setVisitResult } from './set-operations.ts'
import { setPop, setPopSome, setRandomRepeated, setRandomSample } from './set-random.ts'

/** The hash key is seeded too: a replay meets the same collisions. */
const seededKeyspace = (r: Random): Keyspace =>
  new Keyspace({ random: r, memory: new Memory(Number.POSITIVE_INFINITY, createHashKey(r.bytesOf(8))) })

function membersOf(db: Database, set: Ref): string[] {
  const members: string[] = []
  setForEach(db, set, (member) => members.push(member.text()))
  return members.toSorted()
}

/** Integers of every width for an intset; words, and now and then a long one, for the others. */
function memberOf(r: Random, range: number, words: number): string {
  if (r.chance(words)) return range > 100 && r.chance(0.005) ? 'long'.repeat(r.between(16, 300)) : `m${r.below(range)}`
  const value = BigInt(r.below(range)) ** BigInt(r.pick([1, 1, 1, 2, 5]))
  return String(BigInt.asIntN(64, r.chance(0.5) ? value : -value))
}

const SORTS = {
  'small, of integers': { range: 100, words: 0, encodings: ['intset'] },
  'big, of integers': { range: 3000, words: 0, encodings: ['intset', 'hashtable'] },
  'small, of words': { range: 30, words: 1, encodings: ['intset', 'listpack'] },
  'big, of both': { range: 3000, words: 0.1, encodings: ['intset', 'listpack', 'hashtable'] },
}

for (const [name, { range, words, encodings }] of Object.entries(SORTS)) {
  describe(`a set, ${name}`, () => {
    test('behaves as a set', () => {
      const r = random()
      const keyspace = seededKeyspace(r)
      const [db] = keyspace.databases
      const key = Slice.of('s')
      const used = keyspace.memory.usedBytes
      const set = setCreate(db, key, Slice.of('1'), 1)
      const model = new Set<string>()
      const met = new Set<string>()
      const take = (member: Slice): void => {
        expect(model.delete(member.text()), `seed ${r.seed}`).toBe(true)
      }
      for (let step = 0; step < 5000; step++) {
        const where = `seed ${r.seed}, step ${step}`
        met.add(encodingName(db.kindOf(set)))
        const member = memberOf(r, range, words)
        const dice = r.below(100)
        if (dice < 60) {
          expect(setAdd(db, set, Slice.of(member)), where).toBe(model.has(member) ? 0 : 1)
          model.add(member)
        } else if (dice < 75) expect(setRemove(db, set, Slice.of(member)), where).toBe(model.delete(member))
        else if (dice < 95) expect(setHas(db, set, Slice.of(member)), where).toBe(model.has(member))
        else if (dice < 98 && model.size > 0) setPop(db, set, take)
        else if (dice < 99 && model.size > 50 && r.chance(0.3)) setPopSome(db, set, r.between(1, model.size - 1), take)
        expect(setLength(db, set), where).toBe(model.size)
        if (step % 250 !== 249) continue
        expect(membersOf(db, set), where).toEqual([...model].toSorted())
        const sample: string[] = []
        const count = r.below(model.size + 1)
        setRandomSample(db, set, count, (one) => sample.push(one.text()))
        expect(new Set(sample).size, where).toBe(count)
        if (model.size > 0) setRandomRepeated(db, set, 10, (one) => sample.push(one.text()))
        expect(
          sample.every((one) => model.has(one)),
          where,
        ).toBe(true)
        const copy = Slice.of('copy')
        expect(copyKey(db, set, db, copy), where).toBe(true)
        expect(membersOf(db, db.peek(copy)), where).toEqual([...model].toSorted())
        expect(db.usageOf(db.peek(copy)), where).toBeGreaterThan(0)
        db.remove(copy)
        keyspace.memory.check()
      }
      // However small chance has kept a big one, in the end it outgrows its limits.
      if (encodings.includes('hashtable')) for (let i = 0; i < 600; i++) setAdd(db, set, Slice.of(String(i)))
      met.add(encodingName(db.kindOf(set)))
      for (const encoding of encodings) expect(met.has(encoding), `seed ${r.seed}, ${encoding}`).toBe(true)
      db.remove(key)
      while (keyspace.lazyFreeStep(1000));
      expect(keyspace.memory.usedBytes, `seed ${r.seed}`).toBe(used)
    })
  })
}

const MODELS: Readonly<Record<SetOperation, (sets: readonly Set<string>[]) => string[]>> = {
  intersection: ([first, ...others]) => [...first].filter((member) => others.every((other) => other.has(member))),
  union: (sets) => [...new Set(sets.flatMap((set) => [...set]))],
  difference: ([first, ...others]) => [...first].filter((member) => !others.some((other) => other.has(member))),
}

test('operations on several sets are those of mathematics, walked or built', () => {
  const r = random()
  const keyspace = seededKeyspace(r)
  const [db] = keyspace.databases
  const sets: Ref[] = []
  const models: Set<string>[] = []
  for (let i = 0; i < 14; i++) {
    const [range, words] = r.pick([
      [20, 0],
      [60, 0.5],
      [800, 0],
      [400, 0.5],
    ] as const)
    const set = setCreate(db, Slice.of(`s${i}`), Slice.of('0'), 1)
    const model = new Set<string>()
    for (let n = r.below(range); n >= 0; n--) {
      const member = memberOf(r, range, words)
      setAdd(db, set, Slice.of(member))
      model.add(member)
    }
    sets.push(set)
    models.push(model)
  }
  const used = keyspace.memory.usedBytes
  for (let step = 0; step < 600; step++) {
    const operation = r.pick(['intersection', 'union', 'difference'] as const)
    const where = `seed ${r.seed}, step ${step}, ${operation}`
    const chosen = Array.from({ length: r.between(1, r.chance(0.2) ? 12 : 4) }, () => r.below(16))
    const operands = chosen.map((i) => sets[i] ?? NIL)
    const expected = MODELS[operation](chosen.map((i) => models[i] ?? new Set<string>())).toSorted()
    const seen: string[] = []
    const isWhole = setVisitResult(db, operation, operands, (member) => {
      seen.push(member.text.text())
      return false
    })
    expect(isWhole, where).toBe(true)
    expect(seen.toSorted(), where).toEqual(expected)
    const built = setBuildResult(db, operation, operands, Slice.of('result'))
    expect(membersOf(db, built), where).toEqual(expected)
    db.discard(built)
    if (expected.length > 1) {
      let visited = 0
      setVisitResult(db, operation, operands, () => ++visited === 1)
      expect(visited, where).toBe(1)
    }
    while (keyspace.lazyFreeStep(1000));
    expect(keyspace.memory.usedBytes, where).toBe(used)
  }
})

test('a scan finds every member that stays, whatever comes and goes meanwhile', () => {
  const r = random()
  const keyspace = seededKeyspace(r)
  keyspace.limits.setMaxListpackEntries = 0
  const [db] = keyspace.databases
  const set = setCreate(db, Slice.of('s'), Slice.of('m'), 1)
  for (let i = 0; i < 2000; i++) setAdd(db, set, Slice.of(`stays:${i}`))
  const seen = new Set<string>()
  let cursor = 0
  let extra = 0
  do {
    cursor = setScan(db, set, cursor, 10, (member) => seen.add(member.text()))
    if (r.chance(0.5)) for (let i = 0; i < 200; i++) setAdd(db, set, Slice.of(`extra:${extra++}`))
    else for (let i = 0; i < 300 && extra > 0; i++) setRemove(db, set, Slice.of(`extra:${--extra}`))
  } while (cursor !== 0 && extra < 50_000)
  for (let i = 0; i < 2000; i++) expect(seen.has(`stays:${i}`), `seed ${r.seed}, stays:${i}`).toBe(true)
})

test('a write that finds no memory changes nothing, and one that was promised room succeeds', () => {
  const r = random()
  const keyspace = seededKeyspace(r)
  const { memory } = keyspace
  const [db] = keyspace.databases
  let refused = 0
  let promised = 0
  for (let round = 0; round < 12; round++) {
    const set = setCreate(db, Slice.of(`s${round}`), Slice.of('1'), 1)
    const model = new Set<string>()
    for (let step = 0; step < 400; step++) {
      const where = `seed ${r.seed}, round ${round}, step ${step}`
      const members = Array.from({ length: r.between(1, 20) }, () => memberOf(r, 900, round % 3 === 0 ? 0 : 0.5))
      const bytes = members.reduce((sum, member) => sum + member.length, 0)
      memory.limitBytes = r.chance(0.4) ? memory.usedBytes + r.below(30_000) : Number.POSITIVE_INFINITY
      const isPromised = setHasRoom(db, set, members.length, bytes)
      if (isPromised) {
        promised++
        expect(setPrepare(db, set, members.length), where).toBe(true)
      }
      for (const member of members) {
        const answer = setAdd(db, set, Slice.of(member))
        if (answer === SET_EXHAUSTED) refused++
        if (isPromised) expect(answer, where).not.toBe(SET_EXHAUSTED)
        if (answer === SET_ADDED) model.add(member)
      }
      expect(setLength(db, set), where).toBe(model.size)
    }
    memory.limitBytes = Number.POSITIVE_INFINITY
    expect(membersOf(db, set), `seed ${r.seed}, round ${round}`).toEqual([...model].toSorted())
  }
  expect(refused).toBeGreaterThan(0)
  expect(promised).toBeGreaterThan(0)
  memory.check()
})

test('a result that finds no memory is not there, and costs none', () => {
  const r = random()
  const keyspace = seededKeyspace(r)
  const { memory } = keyspace
  const [db] = keyspace.databases
  const sets = [0, 1, 2].map((i) => {
    const set = setCreate(db, Slice.of(`s${i}`), Slice.of('1'), 1)
    for (let n = 0; n < 400; n++) setAdd(db, set, Slice.of(memberOf(r, 500, i === 0 ? 0 : 0.3)))
    return set
  })
  const used = memory.usedBytes
  let refused = 0
  for (let room = 0; room < 60_000; room += 150) {
    for (const operation of ['intersection', 'union', 'difference'] as const) {
      memory.limitBytes = used + room
      const built = setBuildResult(db, operation, sets, Slice.of('result'))
      if (built === NIL) refused++
      else db.discard(built)
      memory.limitBytes = Number.POSITIVE_INFINITY
      while (keyspace.lazyFreeStep(1000));
      expect(memory.usedBytes, `seed ${r.seed}, room ${room}`).toBe(used)
    }
  }
  expect(refused).toBeGreaterThan(0)
})
