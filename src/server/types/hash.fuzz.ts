/*
 * Hashes against a Map, the slow thing that is obviously right: random edits in
 * all three encodings, with fields that expire while a fake clock moves, and with
 * a limit of memory that makes writes fail. SEED=<n> replays.
 */
import { describe, expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { createHashKey } from '../base/siphash.ts'
import { Slice } from '../base/slice.ts'
import { Keyspace } from '../keyspace/keyspace.ts'
import { Memory } from '../memory/arena.ts'
import { NIL } from '../memory/layout.ts'
import {
  ABSENT,
  hashCreate,
  hashExpiry,
  hashFind,
  hashForEach,
  hashLength,
  hashPurge,
  hashRemove,
  hashScan,
  hashSet,
  hashSetExpiry,
} from './hash.ts'
import { HASH_EXHAUSTED, NO_EXPIRY } from './hash-fields.ts'
import { hashRandomSample } from './hash-random.ts'

const KIND_NAMES = { small: 12, medium: 200, large: 3000 } as const

/** The hash key is seeded too: a replay meets the same collisions. */
const seededKeyspace = (r: Random): Keyspace =>
  new Keyspace({ random: r, memory: new Memory(Number.POSITIVE_INFINITY, createHashKey(r.bytesOf(8))) })

interface Field {
  value: string
  at: number
}

for (const [name, fields] of Object.entries(KIND_NAMES)) {
  describe(`a ${name} hash`, () => {
    test('behaves as a map whose entries expire', () => {
      const r = random()
      const keyspace = seededKeyspace(r)
      keyspace.now = 1_000_000
      const db = keyspace.databases[0]
      const key = Slice.of('h')
      const used = keyspace.memory.usedBytes
      const hash = hashCreate(db, key)
      const model = new Map<string, Field>()
      const live = (field: string): Field | undefined => {
        const entry = model.get(field)
        return entry && (entry.at === NO_EXPIRY || entry.at >= keyspace.now) ? entry : undefined
      }
      const out = new Slice()
      for (let step = 0; step < 6000; step++) {
        const where = `seed ${r.seed}, step ${step}`
        const field = `f${r.below(fields)}`
        const slice = Slice.of(field)
        const dice = r.below(100)
        if (dice < 50) {
          const value = r.chance(0.5) ? String(r.i32()) : 'v'.repeat(r.below(r.chance(0.02) ? 5000 : 40))
          const expiry = r.chance(0.1) ? keyspace.now + r.below(500) : r.chance(0.2) ? ('keep' as const) : NO_EXPIRY
          const before = live(field)
          const answer = hashSet(db, hash, slice, Slice.of(value), expiry)
          expect(answer, where).toBe(before ? 0 : 1)
          model.set(field, { value, at: expiry === 'keep' ? (before?.at ?? NO_EXPIRY) : expiry })
        } else if (dice < 65) {
          // One whose time has come stays until it is purged.
          const entry = live(field)
          expect(hashRemove(db, hash, slice), where).toBe(entry !== undefined)
          if (entry) model.delete(field)
        } else if (dice < 75) {
          const at = r.chance(0.3) ? NO_EXPIRY : keyspace.now + r.below(500)
          const entry = live(field)
          if (entry) {
            expect(hashSetExpiry(db, hash, slice, at), where).toBe(true)
            entry.at = at
          }
        } else if (dice < 97) {
          const entry = live(field)
          expect(hashFind(db, hash, slice, out), where).toBe(entry !== undefined)
          if (entry) expect(out.text(), where).toBe(entry.value)
          expect(hashExpiry(db, hash, slice), where).toBe(entry ? entry.at : ABSENT)
        } else keyspace.now += r.below(50)
        if (step % 500 === 499) {
          const seen = new Map<string, string>()
          hashForEach(db, hash, (f, v) => seen.set(f.text(), v.text()))
          const expected = [...model.keys()].filter((f) => live(f)).map((f) => [f, live(f)?.value])
          expect([...seen].toSorted(), where).toEqual(expected.toSorted())
          const sample = new Set<string>()
          hashRandomSample(db, hash, 5, (f) => sample.add(f.text()))
          expect(sample.size, where).toBe(Math.min(5, expected.length))
          const isVolatile = [...model.values()].some(({ at }) => at !== NO_EXPIRY)
          expect(db.volatileHashes, where).toBe(isVolatile ? 1 : 0)
          keyspace.check()
        }
      }
      keyspace.now += 1000
      if (model.size > 0 && [...model.values()].some((entry) => entry.at !== NO_EXPIRY)) {
        while (hashPurge(db, hash, 10, () => {}) === 10);
      }
      const lasting = [...model.values()].filter((entry) => entry.at === NO_EXPIRY).length
      expect(hashLength(db, hash), `seed ${r.seed}`).toBe(lasting)
      expect(db.remove(key)).toBe(true)
      while (keyspace.lazyFreeStep(1000));
      expect(keyspace.memory.usedBytes, `seed ${r.seed}`).toBe(used)
    })
  })
}

test('a scan finds every field that stays, whatever comes and goes meanwhile', () => {
  const r = random()
  const keyspace = seededKeyspace(r)
  keyspace.limits.hashMaxListpackEntries = 0
  const db = keyspace.databases[0]
  const hash = hashCreate(db, Slice.of('h'))
  for (let i = 0; i < 2000; i++) hashSet(db, hash, Slice.of(`stays:${i}`), Slice.of('1'))
  const seen = new Set<string>()
  let cursor = 0
  let extra = 0
  do {
    cursor = hashScan(db, hash, cursor, 10, (field) => seen.add(field.text()))
    if (r.chance(0.5)) for (let i = 0; i < 200; i++) hashSet(db, hash, Slice.of(`extra:${extra++}`), Slice.of('2'))
    else for (let i = 0; i < 300 && extra > 0; i++) hashRemove(db, hash, Slice.of(`extra:${--extra}`))
  } while (cursor !== 0 && extra < 50_000)
  for (let i = 0; i < 2000; i++) expect(seen.has(`stays:${i}`), `seed ${r.seed}, stays:${i}`).toBe(true)
})

test('a write that finds no memory changes nothing', () => {
  const r = random()
  const keyspace = seededKeyspace(r)
  const db = keyspace.databases[0]
  const hash = hashCreate(db, Slice.of('h'))
  const model = new Map<string, string>()
  let refused = 0
  for (let step = 0; step < 5000; step++) {
    const field = `f${r.below(700)}`
    const value = 'x'.repeat(r.below(200))
    keyspace.memory.limitBytes = r.chance(0.3) ? keyspace.memory.usedBytes + r.below(300) : Number.POSITIVE_INFINITY
    const expiry = r.chance(0.1) ? 9e12 : NO_EXPIRY
    const answer = hashSet(db, hash, Slice.of(field), Slice.of(value), expiry)
    if (answer === HASH_EXHAUSTED) refused++
    else model.set(field, value)
    expect(hashLength(db, hash), `seed ${r.seed}, step ${step}`).toBe(model.size)
  }
  keyspace.memory.limitBytes = Number.POSITIVE_INFINITY
  expect(refused).toBeGreaterThan(0)
  const out = new Slice()
  for (const [field, value] of model) {
    expect(hashFind(db, hash, Slice.of(field), out), `seed ${r.seed}, ${field}`).toBe(true)
    expect(out.text(), `seed ${r.seed}, ${field}`).toBe(value)
  }
  keyspace.memory.check()
  expect(hash).not.toBe(NIL)
})
