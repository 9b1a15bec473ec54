/*
 * Drawing members of a set at random, each with the same probability, and taking
 * them out. A few members of a big set are drawn one by one; only when a good part
 * of it is wanted does anybody walk through it.
 */
import { int64Text } from '../base/int64.ts'
import type { Random } from '../base/random.ts'
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_SET_INTSET, KIND_SET_LISTPACK, KIND_SET_TABLE } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { hashOf, tableRemove } from '../structures/hash-table.ts'
import { intsetCount, intsetHigh, intsetLow, intsetRemove, intsetRetain } from '../structures/intset.ts'
import {
  listpackCount,
  listpackFirst,
  listpackGet,
  listpackNext,
  listpackRemove,
  listpackRetain,
  listpackSeek,
} from '../structures/listpack.ts'
import { recordFree, recordKey } from '../structures/record.ts'
import { tableForEach, tableRandom } from '../structures/table-walk.ts'
import { SET_EXHAUSTED, setAdd, setDetached, setForEach, setLength, type VisitMember } from './set.ts'

const drawn = new Slice()

/** Visits one member at random. */
export function setRandom(db: Database, set: Ref, visit: VisitMember): void {
  setRandomRepeated(db, set, 1, visit)
}

/** Draws `count` times, from all members each time. */
export function setRandomRepeated(db: Database, set: Ref, count: number, visit: VisitMember): void {
  const { memory } = db
  const { random } = db.keyspace
  const value = db.valueRef(set)
  const kind = db.kindOf(set)
  if (kind === KIND_SET_TABLE) {
    for (let i = 0; i < count; i++) visit(recordKey(memory, tableRandom(memory, value, random), drawn))
  } else if (kind === KIND_SET_INTSET) {
    const length = intsetCount(memory, value)
    for (let i = 0; i < count; i++) {
      const index = random.below(length)
      visit(int64Text(intsetHigh(memory, value, index), intsetLow(memory, value, index), drawn))
    }
  } else if (count === 1) {
    visit(listpackGet(memory, value, listpackSeek(memory, value, random.below(listpackCount(memory, value))), drawn))
  } else {
    // Finding an entry by its index is a walk: one walk serves all draws.
    const positions: number[] = []
    for (let at = listpackFirst(memory, value); at !== 0; at = listpackNext(memory, value, at)) positions.push(at)
    for (let i = 0; i < count; i++) visit(listpackGet(memory, value, random.pick(positions), drawn))
  }
}

/** A sample of at most one member in so many is drawn one by one, a bigger one in a walk through the set. */
const SPARSE = 16

/** Visits `count` different members at random, of which there are at least so many. */
export function setRandomSample(db: Database, set: Ref, count: number, visit: VisitMember): void {
  const { memory } = db
  const length = setLength(db, set)
  if (db.kindOf(set) === KIND_SET_TABLE && count * SPARSE <= length) {
    const sample = new Set<Ref>()
    while (sample.size < count) sample.add(tableRandom(memory, db.valueRef(set), db.keyspace.random))
    for (const record of sample) visit(recordKey(memory, record, drawn))
    return
  }
  const isChosen = chooser(db.keyspace.random, length, count)
  setForEach(db, set, (member) => {
    if (isChosen()) visit(member)
  })
}

/**
 * Asked `length` times in turn, answers true exactly `wanted` times, for every choice with the same probability:
 * each is taken with the probability that is left for it (Fan, Muller and Rezucha's selection sampling).
 */
function chooser(random: Random, length: number, wanted: number): () => boolean {
  let left = length
  let missing = wanted
  return () => {
    if (random.below(left--) >= missing) return false
    missing--
    return true
  }
}

/** Removes one member at random, visiting it first. An empty set is the caller's to delete. */
export function setPop(db: Database, set: Ref, visit: VisitMember): void {
  const { memory } = db
  const { random } = db.keyspace
  const value = db.valueRef(set)
  const kind = db.kindOf(set)
  if (kind === KIND_SET_TABLE) {
    const record = tableRandom(memory, value, random)
    const member = recordKey(memory, record, drawn)
    visit(member)
    tableRemove(memory, value, hashOf(memory, member), record)
    recordFree(memory, record)
  } else if (kind === KIND_SET_INTSET) {
    const index = random.below(intsetCount(memory, value))
    visit(int64Text(intsetHigh(memory, value, index), intsetLow(memory, value, index), drawn))
    db.setValueRef(set, intsetRemove(memory, value, index))
  } else {
    const at = listpackSeek(memory, value, random.below(listpackCount(memory, value)))
    visit(listpackGet(memory, value, at, drawn))
    db.setValueRef(set, listpackRemove(memory, value, at, 1))
  }
}

/** When more than so many members are popped for each that stays, those that stay are drawn instead. */
const KEEP_FACTOR = 5

/** Removes `count` members at random, fewer than there are, visiting each. */
export function setPopSome(db: Database, set: Ref, count: number, visit: VisitMember): void {
  const { memory } = db
  const length = setLength(db, set)
  const kind = db.kindOf(set)
  if (kind === KIND_SET_LISTPACK) {
    const pack = db.valueRef(set)
    const isChosen = chooser(db.keyspace.random, length, count)
    const rest = listpackRetain(memory, pack, (at) => {
      if (!isChosen()) return true
      visit(listpackGet(memory, pack, at, drawn))
      return false
    })
    db.setValueRef(set, rest)
    return
  }
  if (kind === KIND_SET_INTSET) {
    const isChosen = chooser(db.keyspace.random, length, count)
    const rest = intsetRetain(memory, db.valueRef(set), (high, low) => {
      if (!isChosen()) return true
      visit(int64Text(high, low, drawn))
      return false
    })
    db.setValueRef(set, rest)
    return
  }
  // As in Redis, what is left of a big set may so be small enough for a listpack.
  if ((length - count) * KEEP_FACTOR < count && popAllBut(db, set, length - count, visit)) return
  for (let i = 0; i < count; i++) setPop(db, set, visit)
}

/**
 * Removes all members of a table but `count` at random, which make a new set; the others are freed in the
 * background. False when memory is exhausted: nothing changed.
 */
function popAllBut(db: Database, set: Ref, count: number, visit: VisitMember): boolean {
  const { memory } = db
  const table = db.valueRef(set)
  const rest = setDetached(db, EMPTY, KIND_SET_LISTPACK)
  if (rest === NIL) return false
  const kept = new Set<Ref>()
  while (kept.size < count) kept.add(tableRandom(memory, table, db.keyspace.random))
  for (const record of kept) {
    if (setAdd(db, rest, recordKey(memory, record, drawn)) !== SET_EXHAUSTED) continue
    db.discard(rest)
    return false
  }
  tableForEach(memory, table, (record) => {
    if (!kept.has(record)) visit(recordKey(memory, record, drawn))
  })
  db.takeValue(set, rest)
  return true
}

const EMPTY = new Slice()
