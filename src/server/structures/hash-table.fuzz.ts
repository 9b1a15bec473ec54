/*
 * The hash table against a Map, the slow thing that is obviously right.
 *
 * Besides the equality of contents: after every burst `tableCheck` recounts each
 * overflow count and asks of each item whether a search would find it; walks
 * with a cursor run while the table is written to and resized, and must see every
 * item that was there all along; memory may run out at any allocation.
 * Replay with SEED=<n>.
 */
import { describe, expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { createHashKey } from '../base/siphash.ts'
import { Slice } from '../base/slice.ts'
import { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import {
  hashOf,
  tableBytes,
  tableCount,
  tableCreate,
  tableFind,
  tableFree,
  tableFreeSome,
  tableInsert,
  tableRemove,
  tableReplace,
} from './hash-table.ts'
import { KIND_STRING_RAW, recordCreate, recordFree, recordKey } from './record.ts'
import { tableCheck } from './table-check.ts'
import { tableIsResizing, tableResizeStep } from './table-resize.ts'
import { tableForEach, tableRandom, tableScan } from './table-walk.ts'

class Rig {
  readonly memory: Memory
  readonly table: Ref
  readonly model = new Map<string, Ref>()
  private readonly out = new Slice()

  /** The hash key is of the seed, too: where items lie depends on it. */
  constructor(r: Random) {
    this.memory = new Memory(Number.POSITIVE_INFINITY, createHashKey(r.bytesOf(8)))
    this.table = tableCreate(this.memory)
  }

  insert(name: string): boolean {
    const key = Slice.of(name)
    const record = recordCreate(this.memory, KIND_STRING_RAW, key, null)
    if (record === NIL) return false
    if (tableInsert(this.memory, this.table, hashOf(this.memory, key), record)) {
      this.model.set(name, record)
      return true
    }
    recordFree(this.memory, record)
    return false
  }

  find(name: string): Ref {
    const key = Slice.of(name)
    return tableFind(this.memory, this.table, key, hashOf(this.memory, key))
  }

  remove(name: string): void {
    const record = this.model.get(name)!
    tableRemove(this.memory, this.table, hashOf(this.memory, Slice.of(name)), record)
    recordFree(this.memory, record)
    this.model.delete(name)
  }

  replace(name: string): void {
    const old = this.model.get(name)!
    const key = Slice.of(name)
    const record = recordCreate(this.memory, KIND_STRING_RAW, key, key)
    tableReplace(this.memory, this.table, hashOf(this.memory, key), old, record)
    recordFree(this.memory, old)
    this.model.set(name, record)
  }

  nameOf(record: Ref): string {
    return recordKey(this.memory, record, this.out).text()
  }

  check(): void {
    this.memory.check()
    const seen = new Map<string, Ref>()
    tableCheck(this.memory, this.table, (record) => seen.set(this.nameOf(record), record))
    expect(seen).toEqual(this.model)
    expect(tableCount(this.memory, this.table)).toBe(this.model.size)
  }
}

/** Whether the table is two groups or more of which none has overflow 0, by the drawing in table-groups.ts. */
function haveAllOverflowed({ memory, table }: Rig): boolean {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const groups = header[(table & WORD_MASK) + 1]
  const mask = header[(table & WORD_MASK) + 2]
  if (groups === NIL || mask === 0) return false
  for (let group = 0; group <= mask; group++) {
    const word = (groups & WORD_MASK) + group * 16 + 3
    if ((memory.u32[groups >>> SEGMENT_SHIFT][word] & 0xffff) === 0) return false
  }
  return true
}

/** Keys of all the sizes at which a record's header changes. */
function randomName(r: Random, among: number): string {
  const number = r.below(among)
  const size = [0, 3, 16, 100, 254, 255, 256, 70_000][number % 97 === 0 ? r.below(8) : 2]
  return `${number}`.padStart(size, '-')
}

/** The most items that passed one group of a table because it was full: words 1 and 2 of the header, word 3 of a group. */
function mostPassed(memory: Memory, table: Ref): number {
  const u32 = (ref: Ref, word: number): number => memory.u32[ref >>> SEGMENT_SHIFT][(ref & WORD_MASK) + word]
  const groups = u32(table, 1) as Ref
  let most = 0
  for (let group = 0; group <= u32(table, 2); group++) most = Math.max(most, u32(groups, group * 16 + 3) & 0xffff)
  return most
}

describe('the hash table', () => {
  test('behaves as a map, through every resize in both directions', () => {
    const r = random()
    const rig = new Rig(r)
    const start = rig.memory.usedBytes
    let resizing = 0
    for (let step = 0; step < 60_000; step++) {
      const grows = (step / 6_000) % 2 < 1
      const name = randomName(r, 8_000)
      const found = rig.find(name)
      expect(found, `seed ${r.seed}, step ${step}`).toBe(rig.model.get(name) ?? NIL)
      if (found === NIL) {
        if (grows || r.chance(0.2)) expect(rig.insert(name)).toBe(true)
      } else if (!grows || r.chance(0.2)) rig.remove(name)
      else if (r.chance(0.3)) rig.replace(name)
      if (tableIsResizing(rig.memory, rig.table)) resizing++
      if (r.chance(0.001)) tableResizeStep(rig.memory, rig.table, r.below(100))
      if (step % 1_000 === 0) rig.check()
    }
    expect(resizing, `seed ${r.seed}`).toBeGreaterThan(100)
    for (const name of [...rig.model.keys()]) rig.remove(name)
    rig.check()
    expect(rig.memory.usedBytes).toBe(start)
  })

  test('ends every search in a table of few groups, all of which have overflowed', () => {
    const r = random()
    let overflowed = 0
    for (let round = 0; round < 300; round++) {
      const rig = new Rig(r)
      for (let step = 0; step < 200; step++) {
        const name = `${r.below(60)}`
        if (rig.model.has(name)) rig.remove(name)
        else if (rig.model.size < 21) rig.insert(name)
        if (!haveAllOverflowed(rig)) continue
        overflowed++
        for (let absent = 0; absent < 20; absent++) expect(rig.find(`absent:${absent}`)).toBe(NIL)
        for (const [present, record] of rig.model) expect(rig.find(present)).toBe(record)
      }
      rig.check()
    }
    expect(overflowed, `seed ${r.seed}`).toBeGreaterThan(0)
  })

  test('shows a walk every item that is there from its first step to its last', () => {
    const r = random()
    for (let round = 0; round < 30; round++) {
      const rig = new Rig(r)
      const stays = new Set<string>()
      for (let i = r.below(3_000); i > 0; i--) {
        const name = `stays:${i}`
        rig.insert(name)
        stays.add(name)
      }
      let others = 0
      const seen = new Set<string>()
      let cursor = 0
      const grows = r.chance(0.5)
      for (let i = grows ? 0 : 20_000; i > 0; i--) rig.insert(`other:${others++}`)
      do {
        cursor = tableScan(rig.memory, rig.table, cursor, (record) => seen.add(rig.nameOf(record)))
        // Between the steps it grows or shrinks by more than one doubling.
        for (let i = r.below(grows ? 40 : 200); i > 0; i--) {
          if (grows) rig.insert(`other:${others++}`)
          else if (others > 0) rig.remove(`other:${--others}`)
        }
        if (others > 50_000) break
      } while (cursor !== 0)
      while (cursor !== 0) cursor = tableScan(rig.memory, rig.table, cursor, (record) => seen.add(rig.nameOf(record)))
      for (const name of stays) if (!seen.has(name)) expect.fail(`seed ${r.seed}, round ${round}: ${name} was not seen`)
      rig.check()
    }
  })

  test('shows a walk every item once while nothing is written, resizing or not', () => {
    const r = random()
    const rig = new Rig(r)
    let timesResizing = 0
    for (let i = 0; i < 3_000; i++) {
      rig.insert(`${i}`)
      if (i % 37 !== 0) continue
      if (tableIsResizing(rig.memory, rig.table)) timesResizing++
      const seen: Ref[] = []
      let cursor = 0
      do cursor = tableScan(rig.memory, rig.table, cursor, (record) => seen.push(record))
      while (cursor !== 0)
      const walked: Ref[] = []
      tableForEach(rig.memory, rig.table, (record) => walked.push(record))
      const all = [...rig.model.values()].sort()
      expect(seen.sort(), `seed ${r.seed}, ${i} items`).toEqual(all)
      expect(walked.sort()).toEqual(all)
    }
    expect(timesResizing).toBeGreaterThan(0)
  })

  test('changes nothing when memory ends at any one of its allocations', () => {
    const r = random()
    const rig = new Rig(r)
    let refused = 0
    for (let step = 0; step < 3_000; step++) {
      const name = `${step}`
      let allocations = r.below(4)
      const size = rig.model.size
      Object.defineProperty(rig.memory, 'limitBytes', {
        configurable: true,
        get: () => (allocations-- > 0 ? Number.POSITIVE_INFINITY : 0),
      })
      const isIn = rig.insert(name)
      Object.defineProperty(rig.memory, 'limitBytes', { configurable: true, value: Number.POSITIVE_INFINITY })
      if (!isIn) {
        refused++
        expect(rig.model.size).toBe(size)
        expect(rig.find(name)).toBe(NIL)
      }
      if (step % 100 === 0) rig.check()
    }
    expect(refused, `seed ${r.seed}`).toBeGreaterThan(0)
    rig.check()
  })

  test('goes on without growing while there is no memory to grow, then refuses', () => {
    const rig = new Rig(random())
    while (rig.model.size < 1_344) rig.insert(`${rig.model.size}`)
    expect(tableIsResizing(rig.memory, rig.table)).toBe(false)
    const bytes = tableBytes(rig.memory, rig.table)
    rig.memory.limitBytes = rig.memory.usedBytes + 4_000
    while (rig.insert(`${rig.model.size}`));
    expect(rig.model.size).toBe(1_440) // 15/16 of 128 groups of 12.
    expect(tableBytes(rig.memory, rig.table)).toBe(bytes)
    rig.check()
    rig.memory.limitBytes = Number.POSITIVE_INFINITY
    for (let i = 0; i < 10_000; i++) rig.insert(`more:${i}`)
    rig.check()
  })

  test('draws each item about equally often, also while it is being resized', () => {
    const r = random()
    const rig = new Rig(r)
    while (rig.model.size < 85) rig.insert(`${rig.model.size}`)
    expect(tableIsResizing(rig.memory, rig.table)).toBe(true)
    const drawn = new Map<string, number>()
    const draws = 85_000
    for (let i = 0; i < draws; i++) {
      const name = rig.nameOf(tableRandom(rig.memory, rig.table, r))
      drawn.set(name, (drawn.get(name) ?? 0) + 1)
    }
    expect(drawn.size).toBe(85)
    for (const [name, times] of drawn) {
      if (Math.abs(times - 1_000) > 200) expect.fail(`seed ${r.seed}: ${name} was drawn ${times} times, not about 1000`)
    }
  })

  test('is walked in an order in which another table can be filled without crowding any of its homes', () => {
    const r = random()
    const rig = new Rig(r)
    while (rig.model.size < 16_000) rig.insert(`${rig.model.size}`)
    const { memory } = rig
    for (const part of [3, 2, 1]) {
      const copy = tableCreate(memory)
      let [count, longest] = [0, 0]
      tableForEach(memory, rig.table, (record) => {
        // The same record in both tables: the copy is only looked at, and its items are not its own.
        if (count++ % part > 0) return
        tableInsert(memory, copy, hashOf(memory, Slice.of(rig.nameOf(record))), record)
        if (count % 1_000 < part) longest = Math.max(longest, mostPassed(memory, copy))
      })
      expect(longest, `seed ${r.seed}, one of ${part}: items that passed one group`).toBeLessThan(100)
      while (!tableFreeSome(memory, copy, 1_000, () => {}));
    }
  })

  test('is freed whole or bit by bit, with every item handed out once', () => {
    const r = random()
    for (const items of [0, 1, 11, 500, 5_000]) {
      for (const isWhole of [true, false]) {
        const rig = new Rig(r)
        for (let i = 0; i < items; i++) rig.insert(`${i}`)
        const freed: Ref[] = []
        const free = (record: Ref): void => {
          freed.push(record)
          recordFree(rig.memory, record)
        }
        if (isWhole) tableFree(rig.memory, rig.table, free)
        else while (!tableFreeSome(rig.memory, rig.table, r.between(1, 50), free));
        expect(freed.sort()).toEqual([...rig.model.values()].sort())
        expect(rig.memory.usedBytes).toBe(0)
        rig.memory.check()
      }
    }
  })
})
