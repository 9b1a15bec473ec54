/*
 * Lists against an array, the slow thing that is obviously right: random edits
 * with nodes of few elements and with the default, and with a limit of memory that
 * makes writes fail. SEED=<n> replays.
 */
import { describe, expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { createHashKey } from '../base/siphash.ts'
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { Keyspace } from '../keyspace/keyspace.ts'
import { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { copyKey } from './copy.ts'
import {
  LIST_EXHAUSTED,
  LIST_NO_INDEX,
  LIST_SET,
  listCreate,
  listEnd,
  listExpect,
  listForEach,
  listGet,
  listLength,
  listPop,
  listPush,
  listRemoveRange,
  listSend,
  listSendFromEnd,
  listSet,
  listSettle,
} from './list.ts'
import { LIST_INSERTED, LIST_NO_PIVOT, listFind, listInsert, listRemoveEqual } from './list-search.ts'

const seededKeyspace = (r: Random): Keyspace =>
  new Keyspace({ random: r, memory: new Memory(Number.POSITIVE_INFINITY, createHashKey(r.bytesOf(8))) })

const KEY = Slice.of('l')

/** Few different elements, so that pivots are found, and some that are too long for a node. */
function elementOf(r: Random): string {
  const dice = r.below(100)
  if (dice < 50) return String(r.below(20))
  if (dice < 80) return `element ${r.below(10)}`
  if (dice < 97) return 'x'.repeat(r.below(300))
  return 'long'.repeat(1000 + r.below(2500))
}

function contentOf(db: Database, list: Ref): string[] {
  const content: string[] = []
  listForEach(db, list, (element) => content.push(element.text()))
  return content
}

/** One random edit of both; false when the list answered that memory is exhausted, and the model is as it was. */
function edit(r: Random, db: Database, list: Ref, model: string[]): boolean {
  const text = elementOf(r)
  const slice = Slice.of(text)
  const dice = r.below(100)
  const index = r.below(model.length + 2) - 1
  if (dice < 45) {
    const atHead = r.chance(0.5)
    if (!listExpect(db, list, 1, slice.size) || !listPush(db, list, slice, atHead)) return false
    if (atHead) model.unshift(text)
    else model.push(text)
  } else if (dice < 60) {
    const pivot = elementOf(r)
    const isAfter = r.chance(0.5)
    const at = model.indexOf(pivot)
    if (!listExpect(db, list, 1, slice.size)) return false
    const answer = listInsert(db, list, Slice.of(pivot), slice, isAfter)
    if (at < 0) expect(answer).toBe(LIST_NO_PIVOT)
    else if (answer !== LIST_INSERTED) return false
    else model.splice(isAfter ? at + 1 : at, 0, text)
  } else if (dice < 72) {
    if (!listExpect(db, list, 1, slice.size)) return false
    const isThere = index >= -model.length && index < model.length
    const answer = listSet(db, list, index, slice)
    if (answer === LIST_EXHAUSTED) return false
    expect(answer).toBe(isThere ? LIST_SET : LIST_NO_INDEX)
    if (isThere) model[index < 0 ? index + model.length : index] = text
    if (model.length > 0) listSettle(db, list)
  } else if (dice < 88 && model.length > 0) {
    const atHead = r.chance(0.5)
    const out = new Slice()
    expect(listEnd(db, list, atHead, out).text()).toBe(atHead ? model[0] : model.at(-1))
    const sent: string[] = []
    listPop(db, list, atHead, { bulkOf: (from, at, size) => sent.push(new Slice(from, at, size).text()) })
    expect(sent).toEqual([atHead ? model.shift() : model.pop()])
    if (model.length > 0) listSettle(db, list)
  } else if (dice < 94) {
    const backwards = r.chance(0.5)
    const limit = r.below(4) + 1
    let removed = 0
    if (backwards) model.reverse()
    for (let i = 0; i < model.length && removed < limit; ) {
      if (model[i] !== text) i++
      else {
        model.splice(i, 1)
        removed++
      }
    }
    if (backwards) model.reverse()
    expect(listRemoveEqual(db, list, slice, backwards, limit)).toBe(removed)
    if (model.length > 0) listSettle(db, list)
  } else if (model.length > 0) {
    const from = r.below(model.length)
    const count = Math.min(r.below(r.chance(0.1) ? 400 : 6), model.length - from)
    listRemoveRange(db, list, from, count)
    model.splice(from, count)
    if (model.length > 0) listSettle(db, list)
  }
  return true
}

for (const limit of [2, 3, 5, -1, -2]) {
  describe(`a list with list-max-listpack-size ${limit}`, () => {
    test('behaves as an array', () => {
      const r = random()
      const keyspace = seededKeyspace(r)
      const { memory } = keyspace
      keyspace.limits.listMaxListpackSize = limit
      const db = keyspace.databases[0]
      const used = memory.usedBytes
      const list = listCreate(db, KEY)
      const model: string[] = []
      const out = new Slice()
      for (let step = 0; step < 3000; step++) {
        const where = `seed ${r.seed}, step ${step}`
        edit(r, db, list, model)
        expect(listLength(db, list), where).toBe(model.length)
        const index = r.below(model.length * 2 + 2) - model.length - 1
        expect(listGet(db, list, index, out), where).toBe(model.at(index) !== undefined)
        if (model.at(index) !== undefined) expect(out.text(), where).toBe(model.at(index))
        if (step % 250 !== 249) continue
        expect(contentOf(db, list), where).toEqual(model)
        checkReading(r, db, list, model, where)
        checkCopy(db, model, where)
        expect(db.usageOf(list), where).toBeGreaterThan(0)
        memory.check()
      }
      expect(db.remove(KEY)).toBe(true)
      while (keyspace.lazyFreeStep(1000));
      expect(memory.usedBytes, `seed ${r.seed}`).toBe(used)
    })
  })
}

function checkReading(r: Random, db: Database, list: Ref, model: string[], where: string): void {
  const sent: string[] = []
  const sink = { bulkOf: (from: Uint8Array, at: number, size: number) => sent.push(new Slice(from, at, size).text()) }
  const from = r.below(model.length + 1)
  const count = r.below(model.length - from + 1)
  listSend(db, list, from, count, sink)
  expect(sent.splice(0), where).toEqual(model.slice(from, from + count))
  listSendFromEnd(db, list, count, sink)
  expect(sent, where).toEqual(model.toReversed().slice(0, count))
  const text = elementOf(r)
  const places: number[] = []
  listFind(db, list, Slice.of(text), true, Number.POSITIVE_INFINITY, (distance) => places.push(distance) > 0)
  const expected = model.flatMap((element, i) => (element === text ? [model.length - 1 - i] : []))
  expect(places, where).toEqual(expected.toReversed())
}

function checkCopy(db: Database, model: string[], where: string): void {
  const key = Slice.of('copy')
  expect(copyKey(db, db.peek(KEY), db, key), where).toBe(true)
  const copy = db.peek(key)
  expect(contentOf(db, copy), where).toEqual(model)
  expect(db.kindOf(copy), where).toBe(db.kindOf(db.peek(KEY)))
  db.remove(key)
  while (db.keyspace.lazyFreeStep(1000));
}

test('a list that finds no memory is as it was', () => {
  const r = random()
  const keyspace = seededKeyspace(r)
  const { memory } = keyspace
  const db = keyspace.databases[0]
  let refused = 0
  for (const limit of [2, 3, -1]) {
    keyspace.limits.listMaxListpackSize = limit
    const list = listCreate(db, KEY)
    expect(list).not.toBe(NIL)
    const model: string[] = []
    for (let step = 0; step < 2500; step++) {
      memory.limitBytes = r.chance(0.4)
        ? memory.usedBytes + r.below(r.chance(0.5) ? 200 : 9000)
        : Number.POSITIVE_INFINITY
      if (!edit(r, db, list, model)) refused++
      if (step % 20 === 0) expect(contentOf(db, list), `seed ${r.seed}, limit ${limit}, step ${step}`).toEqual(model)
    }
    memory.limitBytes = Number.POSITIVE_INFINITY
    memory.check()
    db.remove(KEY)
    while (keyspace.lazyFreeStep(1000));
  }
  expect(refused).toBeGreaterThan(0)
})
