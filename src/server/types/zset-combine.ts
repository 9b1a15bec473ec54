/*
 * What several sorted sets, or sets, have in common: their union, intersection and
 * difference. A set is read as a sorted set in which every score is 1.
 *
 * The result is a big sorted set that no key has (zset-skiplist.ts): it is either
 * read and freed, or stored, and then it is made small if it is.
 */
import type { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { TYPE_SET } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { setHas, setLength, setSome } from './set.ts'
import { Member } from './set-member.ts'
import { zsetLength, zsetScore } from './zset.ts'
import { type ScoreBox, ZSET_EXHAUSTED } from './zset-add.ts'
import { rootAdd, rootCreate, rootFree, rootRemove, rootScore } from './zset-skiplist.ts'
import { ZsetWalk } from './zset-walk.ts'

export interface Source {
  /** The record of a sorted set or a set, NIL where there is none. */
  readonly record: Ref
  /** What its scores are multiplied by. */
  weight: number
}

export type Aggregate = 'sum' | 'min' | 'max'

const box: ScoreBox = { score: 0 }

function sourceLength(db: Database, { record }: Source): number {
  if (record === NIL) return 0
  return db.typeOf(record) === TYPE_SET ? setLength(db, record) : zsetLength(db, record)
}

/** A member's score in a source, NaN where it has no such member. */
function sourceScore(db: Database, { record }: Source, member: Slice): number {
  if (record === NIL) return Number.NaN
  if (db.typeOf(record) === TYPE_SET) return setHas(db, record, member) ? 1 : Number.NaN
  return zsetScore(db, record, member)
}

/** Visits every member until the visitor answers true; whether it did. */
function sourceSome(db: Database, { record }: Source, visit: (member: Slice, score: number) => boolean): boolean {
  if (record === NIL) return false
  if (db.typeOf(record) === TYPE_SET) return setSome(db, record, new Member(), ({ text }) => visit(text, 1))
  const walk = new ZsetWalk().aim(db, record)
  for (let isOn = walk.first(); isOn; isOn = walk.next()) if (visit(walk.member, walk.score)) return true
  return false
}

/** The smallest first. Of equal ones the order stays: in it scores are added up. */
function bySize(db: Database, sources: readonly Source[]): Source[] {
  const sized = sources.map((source) => ({ source, length: sourceLength(db, source) }))
  return sized.sort((a, b) => a.length - b.length).map(({ source }) => source)
}

/** A score by weight: 0 where infinity meets the weight 0. */
function weighed(score: number, weight: number): number {
  const value = score * weight
  return Number.isNaN(value) ? 0 : value
}

function aggregated(a: number, b: number, aggregate: Aggregate): number {
  if (aggregate === 'min') return b < a ? b : a
  if (aggregate === 'max') return b > a ? b : a
  const sum = a + b
  return Number.isNaN(sum) ? 0 : sum
}

/** Frees a result that could not be completed. Answers NIL. */
function giveUp(db: Database, root: Ref): Ref {
  rootFree(db.memory, root)
  return NIL
}

/** All members of all sources; NIL when memory is exhausted. */
export function zsetUnion(db: Database, sources: readonly Source[], aggregate: Aggregate): Ref {
  const { memory } = db
  const root = rootCreate(memory)
  if (root === NIL) return NIL
  for (const source of bySize(db, sources)) {
    const isExhausted = sourceSome(db, source, (member, own) => {
      const score = weighed(own, source.weight)
      const there = rootScore(memory, root, member)
      const total = Number.isNaN(there) ? score : aggregated(there, score, aggregate)
      // 0 and -0 are one score to rootAdd, which would keep the old one: the new one is told by its own sign.
      if (total === there && !Object.is(total, there)) rootRemove(memory, root, member)
      return rootAdd(memory, root, total, member, 0, box) === ZSET_EXHAUSTED
    })
    if (isExhausted) return giveUp(db, root)
  }
  return root
}

/** Visits the members that are in all sources, with the score they get, until the visitor answers true. */
function someInAll(
  db: Database,
  sources: readonly Source[],
  aggregate: Aggregate,
  visit: (member: Slice, score: number) => boolean,
): boolean {
  const [smallest, ...others] = bySize(db, sources)
  return sourceSome(db, smallest, (member, own) => {
    let total = weighed(own, smallest.weight)
    for (const other of others) {
      const score = sourceScore(db, other, member)
      if (Number.isNaN(score)) return false
      total = aggregated(total, score * other.weight, aggregate)
    }
    return visit(member, total)
  })
}

/** The members that are in all sources; NIL when memory is exhausted. */
export function zsetIntersection(db: Database, sources: readonly Source[], aggregate: Aggregate): Ref {
  const { memory } = db
  const root = rootCreate(memory)
  if (root === NIL) return NIL
  const isExhausted = someInAll(db, sources, aggregate, (member, score) => {
    return rootAdd(memory, root, score, member, 0, box) === ZSET_EXHAUSTED
  })
  return isExhausted ? giveUp(db, root) : root
}

/** How many members are in all sources; it stops counting at `limit`, 0 for none. */
export function zsetIntersectionCount(db: Database, sources: readonly Source[], limit: number): number {
  let count = 0
  someInAll(db, sources, 'sum', () => ++count === limit)
  return count
}

/** The members of the first source that are in no other; NIL when memory is exhausted. */
export function zsetDifference(db: Database, sources: readonly Source[]): Ref {
  const { memory } = db
  const [first, ...others] = sources
  const root = rootCreate(memory)
  if (root === NIL) return NIL
  const isExhausted = sourceSome(db, first, (member, score) => {
    if (others.some((other) => !Number.isNaN(sourceScore(db, other, member)))) return false
    return rootAdd(memory, root, score, member, 0, box) === ZSET_EXHAUSTED
  })
  return isExhausted ? giveUp(db, root) : root
}
