/*
 * Ranges of a sorted set, whichever way they are given: by rank, by score or by
 * member. All of them are a run of ranks in the end, found by two searches; so
 * they are counted without being walked, and walked from whichever end is wanted.
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_ZSET_SKIPLIST } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { tablePresize } from '../structures/hash-table.ts'
import { type VisitMember, zsetLength } from './zset.ts'
import { heapFreeSome, rootAppend, rootCreate, rootCut, rootFree, rootTable } from './zset-skiplist.ts'
import { FIRST_MEMBER, LAST_MEMBER, type MemberBound, ZsetWalk } from './zset-walk.ts'

export { FIRST_MEMBER, LAST_MEMBER, type MemberBound }

/** With an open end, what equals it is not in the range. */
export type ZsetRange =
  | { readonly by: 'rank'; readonly start: number; readonly stop: number }
  | {
      readonly by: 'score'
      readonly min: number
      readonly minOpen: boolean
      readonly max: number
      readonly maxOpen: boolean
    }
  | {
      readonly by: 'member'
      readonly min: MemberBound
      readonly minOpen: boolean
      readonly max: MemberBound
      readonly maxOpen: boolean
    }

/** Ranks from `from` up to, not including, `to`; none when both are equal. */
export interface RankRun {
  from: number
  to: number
}

const walk = new ZsetWalk()
const NO_KEY = new Slice()

/** Which ranks a range is. Of a range by rank that is `isReverse`, the last member has rank 0. */
export function zsetRangeRun(db: Database, zset: Ref, range: ZsetRange, isReverse = false): RankRun {
  const length = zsetLength(db, zset)
  let from: number
  let to: number
  if (range.by === 'rank') {
    const start = Math.max(range.start < 0 ? range.start + length : range.start, 0)
    const stop = Math.min(range.stop < 0 ? range.stop + length : range.stop, length - 1)
    from = isReverse ? length - 1 - stop : start
    to = isReverse ? length - start : stop + 1
  } else {
    walk.aim(db, zset)
    from = rankAt(range, false)
    to = rankAt(range, true)
  }
  return from < to ? { from, to } : { from: 0, to: 0 }
}

/** How many members come before the range, or before what is behind it. */
function rankAt(range: Exclude<ZsetRange, { by: 'rank' }>, isBehind: boolean): number {
  const isPast = isBehind ? !range.maxOpen : range.minOpen
  if (range.by === 'score') walk.toScore(isBehind ? range.max : range.min, isPast)
  else walk.toMember(isBehind ? range.max : range.min, isPast)
  return walk.rank()
}

/**
 * The part of a run that LIMIT leaves: it skips `offset` members from where the walk begins, and takes
 * `count`, all when negative. A negative offset counts from the other end in a big sorted set and leaves
 * nothing of a listpack, as in Redis.
 */
export function zsetLimitRun(
  db: Database,
  zset: Ref,
  run: RankRun,
  offset: number,
  count: number,
  isReverse: boolean,
): RankRun {
  const length = run.to - run.from
  const skipped = offset < 0 && db.kindOf(zset) === KIND_ZSET_SKIPLIST ? offset + length : offset
  if (skipped < 0 || skipped >= length) return { from: 0, to: 0 }
  const taken = count < 0 ? length - skipped : Math.min(count, length - skipped)
  const from = isReverse ? run.to - skipped - taken : run.from + skipped
  return { from, to: from + taken }
}

/** Visits a run from its beginning, or from its end. */
export function zsetForRun(
  db: Database,
  zset: Ref,
  run: RankRun,
  isReverse: boolean,
  visit: (walk: ZsetWalk) => void,
): void {
  const count = run.to - run.from
  if (count === 0) return
  walk.aim(db, zset).toRank(isReverse ? run.to - 1 : run.from)
  for (let left = count; left > 0; left--) {
    visit(walk)
    if (isReverse) walk.previous()
    else walk.next()
  }
}

/** So many members of a big sorted set, and more, are not freed while everybody waits. */
const LONG_RUN = 256
/** Of which so many are freed at once. */
const FREED_AT_ONCE = 64

/** Removes the members of a run, which are there. */
export function zsetRemoveRun(db: Database, zset: Ref, run: RankRun): void {
  const count = run.to - run.from
  const isLong = count >= LONG_RUN && db.kindOf(zset) === KIND_ZSET_SKIPLIST
  if (isLong && zsetLength(db, zset) < 2 * count && keepRest(db, zset, run)) return
  if (isLong && cut(db, zset, run)) return
  walk.aim(db, zset).toRank(run.from)
  for (let left = count; left > 0; left--) walk.remove()
}

/** Where less stays than goes: gives the key a copy of what stays. False when memory is exhausted, nothing changed. */
function keepRest(db: Database, zset: Ref, run: RankRun): boolean {
  const { memory } = db
  const length = zsetLength(db, zset)
  const root = rootCreate(memory)
  if (root === NIL) return false
  tablePresize(memory, rootTable(memory, root), length - (run.to - run.from))
  let isWhole = true
  const keep = ({ member, score }: ZsetWalk): void => {
    isWhole = isWhole && rootAppend(memory, root, score, member)
  }
  zsetForRun(db, zset, { from: 0, to: run.from }, false, keep)
  zsetForRun(db, zset, { from: run.to, to: length }, false, keep)
  const rest = isWhole ? db.detached(NO_KEY, KIND_ZSET_SKIPLIST, root) : NIL
  if (rest === NIL) rootFree(memory, root)
  else db.takeValue(zset, rest)
  return rest !== NIL
}

/** Takes the members of a run out, and leaves freeing them to the background. As keepRest. */
function cut(db: Database, zset: Ref, run: RankRun): boolean {
  const { memory } = db
  const heap = rootCut(memory, db.valueRef(zset), run.from, run.to - run.from)
  if (heap === NIL) return false
  const freeSome = (items: number): boolean => heapFreeSome(memory, heap, items)
  db.keyspace.lazyFree.add({ pending: 1, freeSome }, FREED_AT_ONCE)
  return true
}

/** Removes `count` members, which are there, from an end, handing each to `visit` first. */
export function zsetPop(db: Database, zset: Ref, isMax: boolean, count: number, visit: VisitMember): void {
  if (count >= LONG_RUN) {
    const length = zsetLength(db, zset)
    const run = isMax ? { from: length - count, to: length } : { from: 0, to: count }
    zsetForRun(db, zset, run, isMax, ({ member, score }) => visit(member, score))
    return zsetRemoveRun(db, zset, run)
  }
  walk.aim(db, zset)
  for (let left = count; left > 0; left--) {
    if (isMax) walk.last()
    else walk.first()
    visit(walk.member, walk.score)
    walk.remove()
  }
}
