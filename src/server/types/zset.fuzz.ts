/*
 * Sorted sets against a sorted array, the slow thing that is obviously right:
 * random edits in both encodings and across the conversion, then with a limit of
 * memory that makes writes fail. SEED=<n> replays.
 */
import { describe, expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { createHashKey } from '../base/siphash.ts'
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { Keyspace } from '../keyspace/keyspace.ts'
import { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  zsetAdd,
  zsetCreate,
  zsetForEach,
  zsetLength,
  zsetRandomSample,
  zsetRank,
  zsetRemove,
  zsetScan,
  zsetScore,
} from './zset.ts'
import { ADD_GT, ADD_INCR, ADD_LT, ADD_NX, ADD_XX, ZSET_ADDED, ZSET_EXHAUSTED, ZSET_SKIPPED } from './zset-add.ts'
import { type Source, zsetDifference, zsetIntersection, zsetUnion } from './zset-combine.ts'
import { zsetForRun, zsetLimitRun, zsetPop, zsetRangeRun, zsetRemoveRun } from './zset-range.ts'
import { resultForEach, resultFree, resultStore } from './zset-result.ts'

type Pair = readonly [member: string, score: number]

/** The hash key is seeded too: a replay meets the same collisions. */
const seededKeyspace = (r: Random): Keyspace =>
  new Keyspace({ random: r, memory: new Memory(Number.POSITIVE_INFINITY, createHashKey(r.bytesOf(8))) })

function randomScore(r: Random): number {
  if (r.chance(0.6)) return r.between(-20, 20)
  return r.pick([0.1, -2.5, Infinity, -Infinity, 1e17, 2 ** 53, -1e-7, 123456.789, r.i32(), 5e-324])
}

/** What a sorted set should hold. */
class Model {
  readonly scores = new Map<string, number>()

  get sorted(): Pair[] {
    return [...this.scores].sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x - y))
  }
}

function pairsOf(db: Database, zset: Ref): Pair[] {
  const pairs: Pair[] = []
  zsetForEach(db, zset, (member, score) => pairs.push([member.text(), score]))
  return pairs
}

function checkReads(r: Random, db: Database, zset: Ref, model: Model, where: string): void {
  const { sorted } = model
  expect(pairsOf(db, zset), where).toEqual(sorted)
  expect(zsetLength(db, zset), where).toBe(sorted.length)
  const min = randomScore(r)
  const max = randomScore(r)
  const minOpen = r.chance(0.5)
  const maxOpen = r.chance(0.5)
  const within = sorted.filter(
    ([, score]) => (minOpen ? score > min : score >= min) && (maxOpen ? score < max : score <= max),
  )
  const run = zsetRangeRun(db, zset, { by: 'score', min, minOpen, max, maxOpen })
  expect(run.to - run.from, where).toBe(within.length)
  const isReverse = r.chance(0.5)
  const offset = r.below(5)
  const count = r.between(-1, 5)
  const walked: Pair[] = []
  const limited = zsetLimitRun(db, zset, run, offset, count, isReverse)
  zsetForRun(db, zset, limited, isReverse, (walk) => walked.push([walk.member.text(), walk.score]))
  const directed = isReverse ? within.toReversed() : within
  expect(walked, where).toEqual(directed.slice(offset, count < 0 ? undefined : offset + count))
  const start = r.between(-10, 10)
  const stop = r.between(-10, 10)
  const ranks = zsetRangeRun(db, zset, { by: 'rank', start, stop })
  expect(ranks.to - ranks.from, where).toBe(sorted.slice(start, stop === -1 ? undefined : stop + 1).length)
  const sample = new Set<string>()
  zsetRandomSample(db, zset, 5, (member) => sample.add(member.text()))
  expect(sample.size, where).toBe(Math.min(5, sorted.length))
}

/** How many members a removal takes out: a few, or now and then a good part of them, or nearly all. */
function runLength(r: Random, members: number): number {
  return r.chance(0.9) ? r.between(1, 5) : r.pick([r.between(1, members - 1), Math.ceil(members / 3), members - 2])
}

/** One random change; the sorted set is never emptied. */
function edit(r: Random, db: Database, zset: Ref, model: Model, members: number, where: string): void {
  const name = `m${r.below(members)}`
  const member = Slice.of(name)
  const current = model.scores.get(name)
  const dice = r.below(100)
  if (dice < 70) {
    const options = r.pick([0, 0, 0, ADD_NX, ADD_XX, ADD_GT, ADD_LT, ADD_INCR])
    const score = options === ADD_INCR ? r.between(-5, 5) : randomScore(r)
    const box = { score: 0 }
    const answer = zsetAdd(db, zset, score, member, options, box)
    if (current === undefined) {
      expect(answer, where).toBe(options === ADD_XX ? ZSET_SKIPPED : ZSET_ADDED)
      if (options !== ADD_XX) model.scores.set(name, score)
      return
    }
    const wanted = options === ADD_INCR ? current + score : score
    const isTaken = options === ADD_GT ? wanted > current : options === ADD_LT ? wanted < current : options !== ADD_NX
    if (isTaken) model.scores.set(name, wanted)
    expect(box.score, where).toBe(isTaken ? wanted : current)
  } else if (dice < 85) {
    if (current !== undefined && model.scores.size === 1) return
    expect(zsetRemove(db, zset, member), where).toBe(current !== undefined)
    model.scores.delete(name)
  } else if (dice < 88 && model.scores.size > 10) {
    const isMax = r.chance(0.5)
    const expected = isMax ? model.sorted.toReversed() : model.sorted
    const count = runLength(r, model.scores.size)
    const popped: Pair[] = []
    zsetPop(db, zset, isMax, count, (m, score) => popped.push([m.text(), score]))
    expect(popped, where).toEqual(expected.slice(0, count))
    for (const [m] of popped) model.scores.delete(m)
  } else if (dice < 90 && model.scores.size > 10) {
    const count = runLength(r, model.scores.size)
    const from = r.below(model.scores.size - count)
    const to = from + count
    for (const [m] of model.sorted.slice(from, to)) model.scores.delete(m)
    zsetRemoveRun(db, zset, { from, to })
  } else {
    expect(zsetScore(db, zset, member), where).toBe(current ?? Number.NaN)
    expect(zsetRank(db, zset, member), where).toBe(model.sorted.findIndex(([m]) => m === name))
  }
}

describe.each([
  ['small', 100, 128],
  ['growing', 300, 20],
  ['big', 2000, 0],
])('a %s sorted set', (_, members, limit) => {
  test('behaves as a sorted array', () => {
    const r = random()
    const keyspace = seededKeyspace(r)
    keyspace.limits.zsetMaxListpackEntries = limit
    const db = keyspace.databases[0]
    const used = keyspace.memory.usedBytes
    const key = Slice.of('z')
    const zset = zsetCreate(db, key)
    const model = new Model()
    zsetAdd(db, zset, 0, Slice.of('first'))
    model.scores.set('first', 0)
    // What is in use beside the sorted set stays the same: its usage is told exactly.
    const others = keyspace.memory.usedBytes - db.usageOf(zset)
    for (let step = 0; step < 4000; step++) {
      const where = `seed ${r.seed}, step ${step}`
      edit(r, db, zset, model, members, where)
      if (step % 200 !== 199) continue
      checkReads(r, db, zset, model, where)
      while (keyspace.lazyFreeStep(100));
      expect(keyspace.memory.usedBytes - db.usageOf(zset), where).toBe(others)
      keyspace.memory.check()
    }
    expect(db.remove(key)).toBe(true)
    while (keyspace.lazyFreeStep(100));
    expect(keyspace.memory.usedBytes, `seed ${r.seed}`).toBe(used)
  })

  test('that found no memory for a change is as it was', () => {
    const r = random()
    const keyspace = seededKeyspace(r)
    keyspace.limits.zsetMaxListpackEntries = limit
    const { memory } = keyspace
    const db = keyspace.databases[0]
    const zset = zsetCreate(db, Slice.of('z'))
    const model = new Model()
    let refused = 0
    for (let step = 0; step < 3000; step++) {
      memory.limitBytes = r.chance(0.3) ? memory.usedBytes + r.below(200) : Number.POSITIVE_INFINITY
      const name = `m${r.below(members)}`
      const score = randomScore(r)
      if (zsetAdd(db, zset, score, Slice.of(name)) === ZSET_EXHAUSTED) refused++
      else model.scores.set(name, score)
      if (step % 300 !== 299) continue
      memory.limitBytes = Number.POSITIVE_INFINITY
      checkReads(r, db, zset, model, `seed ${r.seed}, step ${step}`)
    }
    expect(refused, `seed ${r.seed}`).toBeGreaterThan(0)
    // Nearly all of it goes, whatever memory there is: first with some for a tree, but none for a table.
    for (const room of [100, 0]) {
      memory.limitBytes = memory.usedBytes + room
      const { sorted } = model
      const run = { from: 1, to: Math.ceil(sorted.length * 0.8) }
      for (const [m] of sorted.slice(run.from, run.to)) model.scores.delete(m)
      zsetRemoveRun(db, zset, run)
      checkReads(r, db, zset, model, `seed ${r.seed}, room ${room}`)
      memory.limitBytes = Number.POSITIVE_INFINITY
      while (keyspace.lazyFreeStep(100));
      memory.check()
    }
  })
})

test('combining several agrees with doing so by hand, and leaves no memory behind', () => {
  const r = random()
  const keyspace = seededKeyspace(r)
  const db = keyspace.databases[0]
  for (let round = 0; round < 100; round++) {
    const where = `seed ${r.seed}, round ${round}`
    keyspace.limits.zsetMaxListpackEntries = r.pick([0, 20, 128])
    const models = Array.from({ length: r.between(1, 4) }, () => new Model())
    const sources = models.map((model, i): Source => {
      const zset = zsetCreate(db, Slice.of(`z${i}`))
      for (let n = r.between(1, 60); n > 0; n--) {
        const member = `m${r.below(80)}`
        const score = r.between(-10, 10)
        zsetAdd(db, zset, score, Slice.of(member))
        model.scores.set(member, score)
      }
      return { record: zset, weight: r.between(-2, 2) }
    })
    const union = new Model()
    for (const [i, model] of models.entries()) {
      for (const [member, score] of model.scores) {
        union.scores.set(member, (union.scores.get(member) ?? 0) + score * sources[i]!.weight)
      }
    }
    const intersection = new Model()
    const difference = new Model()
    for (const [member, score] of union.scores) {
      if (models.every((model) => model.scores.has(member))) intersection.scores.set(member, score)
    }
    for (const [member, score] of models[0]!.scores) {
      if (!models.slice(1).some((model) => model.scores.has(member))) difference.scores.set(member, score)
    }
    const used = keyspace.memory.usedBytes
    for (const [root, model] of [
      [zsetUnion(db, sources, 'sum'), union],
      [zsetIntersection(db, sources, 'sum'), intersection],
      [zsetDifference(db, sources), difference],
    ] as const) {
      const pairs: Pair[] = []
      resultForEach(db, root, (member, score) => pairs.push([member.text(), score + 0]))
      expect(pairs, where).toEqual(model.sorted.map(([member, score]) => [member, score + 0]))
      resultFree(db, root)
    }
    expect(keyspace.memory.usedBytes, where).toBe(used)
    expect(resultStore(db, Slice.of('stored'), zsetUnion(db, sources, 'sum')), where).toBe(true)
    expect(zsetLength(db, db.peek(Slice.of('stored'))), where).toBe(union.scores.size)
    for (const key of ['stored', ...sources.map((_, i) => `z${i}`)]) db.remove(Slice.of(key))
    while (keyspace.lazyFreeStep(100));
  }
  keyspace.memory.check()
})

test('combining without memory answers NIL and leaves nothing behind', () => {
  const r = random()
  const keyspace = seededKeyspace(r)
  const db = keyspace.databases[0]
  const { memory } = keyspace
  const zset = zsetCreate(db, Slice.of('z'))
  for (let i = 0; i < 500; i++) zsetAdd(db, zset, i, Slice.of(`m${i}`))
  const sources: Source[] = [{ record: zset, weight: 1 }]
  let refused = 0
  for (let room = 0; room < 40_000; room += r.between(1, 400)) {
    const used = memory.usedBytes
    memory.limitBytes = used + room
    const root = zsetUnion(db, sources, 'sum')
    if (root === NIL) refused++
    else if (r.chance(0.5) && resultStore(db, Slice.of('d'), root)) {
      memory.limitBytes = Number.POSITIVE_INFINITY
      db.remove(Slice.of('d'))
      while (keyspace.lazyFreeStep(100));
    } else if (memory.usedBytes !== used) resultFree(db, root)
    expect(memory.usedBytes, `seed ${r.seed}, room ${room}`).toBe(used)
  }
  expect(refused, `seed ${r.seed}`).toBeGreaterThan(0)
})

test('a scan finds every member that stays, whatever comes and goes meanwhile', () => {
  const r = random()
  const keyspace = seededKeyspace(r)
  keyspace.limits.zsetMaxListpackEntries = 0
  const db = keyspace.databases[0]
  const zset = zsetCreate(db, Slice.of('z'))
  for (let i = 0; i < 2000; i++) zsetAdd(db, zset, i, Slice.of(`stays:${i}`))
  const seen = new Set<string>()
  let cursor = 0
  let extra = 0
  do {
    cursor = zsetScan(db, zset, cursor, 10, (member) => seen.add(member.text()))
    if (r.chance(0.5)) for (let i = 0; i < 200; i++) zsetAdd(db, zset, i, Slice.of(`extra:${extra++}`))
    else for (let i = 0; i < 300 && extra > 0; i++) zsetRemove(db, zset, Slice.of(`extra:${--extra}`))
  } while (cursor !== 0 && extra < 50_000)
  for (let i = 0; i < 2000; i++) expect(seen.has(`stays:${i}`), `seed ${r.seed}, stays:${i}`).toBe(true)
})
