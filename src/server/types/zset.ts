/*
 * Sorted sets: members with scores under one key, in one of two encodings.
 *
 *   listpack   small: member, score, member, score ... in one block (zset-listpack.ts)
 *   skiplist   big: a hash table and a ranked tree of the same records (zset-skiplist.ts)
 *
 * The order is by score, and by bytes among equal scores. A listpack becomes big when
 * it has more members or a longer one than the limits allow, and never turns back;
 * what commands put together is measured when it is done (zset-combine.ts). Walking
 * and searching in order is zset-walk.ts.
 *
 * Slices passed to visitors live until the next call here.
 */
import { doubleToDigits, doubleToText } from '../base/double-text.ts'
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_ZSET_LISTPACK, KIND_ZSET_SKIPLIST, registerKind, TYPE_ZSET } from '../keyspace/object.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { tableGrowthBytes } from '../structures/hash-table.ts'
import {
  listpackBytes,
  listpackCount,
  listpackCreate,
  listpackFind,
  listpackFirst,
  listpackGet,
  listpackOf,
  listpackRemove,
  listpackSeek,
} from '../structures/listpack.ts'
import { treeGrowthBytes } from '../structures/ranked-tree.ts'
import { recordKey, recordScore } from '../structures/record.ts'
import { tableRandom, tableScan } from '../structures/table-walk.ts'
import { registerCopy } from './copy.ts'
import { smallGrowthBytes } from './record-table.ts'
import { ADD_XX, judge, type ScoreBox, ZSET_ADDED, ZSET_EXHAUSTED, ZSET_SKIPPED, ZSET_UPDATED } from './zset-add.ts'
import { packInsert, packLowerBound, packMove, packNext, packScore } from './zset-listpack.ts'
import {
  type ComingMember,
  rootAdd,
  rootAppend,
  rootCount,
  rootCreate,
  rootFill,
  rootForEach,
  rootFree,
  rootFreeSome,
  rootRank,
  rootRemove,
  rootScore,
  rootTable,
  rootUsage,
} from './zset-skiplist.ts'

export type { ComingMember }
export type VisitMember = (member: Slice, score: number) => void

const memberSlice = new Slice()
const ownBox: ScoreBox = { score: 0 }

function isListpack(db: Database, zset: Ref): boolean {
  return db.kindOf(zset) === KIND_ZSET_LISTPACK
}

/**
 * Adds an empty sorted set at `key`, where there is none; NIL when memory is exhausted. It is big at once
 * if so many members are to come, or one of so many bytes.
 */
export function zsetCreate(db: Database, key: Slice, members = 1, longest = 0): Ref {
  const { memory } = db
  const { zsetMaxListpackEntries, zsetMaxListpackValue } = db.keyspace.limits
  const isSmall = members <= zsetMaxListpackEntries && longest <= zsetMaxListpackValue
  const value = isSmall ? listpackCreate(memory) : rootCreate(memory)
  if (value === NIL) return NIL
  const zset = db.add(key, isSmall ? KIND_ZSET_LISTPACK : KIND_ZSET_SKIPLIST, value)
  if (zset === NIL) {
    if (isSmall) memory.free(value)
    else rootFree(memory, value)
  }
  return zset
}

/**
 * Whether `members` members of `bytes` bytes in all can be added to a sorted set (NIL: to a new one) without
 * running out of memory halfway, whatever encodings it goes through.
 */
export function zsetHasRoom(db: Database, zset: Ref, members: number, bytes: number): boolean {
  const { memory } = db
  if (zset !== NIL && !isListpack(db, zset)) {
    const table = tableGrowthBytes(memory, rootTable(memory, db.valueRef(zset)), members)
    return db.hasRoom(1, members, bytes, table + treeGrowthBytes(members))
  }
  const { zsetMaxListpackEntries, zsetMaxListpackValue } = db.keyspace.limits
  const small = { entries: zsetMaxListpackEntries, bytes: zsetMaxListpackValue }
  const pack = zset === NIL ? NIL : db.valueRef(zset)
  const there = zset === NIL ? 0 : zsetLength(db, zset)
  const growth = smallGrowthBytes(memory, pack, there, members, bytes, small)
  return db.hasRoom(1, members, bytes, growth + treeGrowthBytes(there + members))
}

/**
 * Fills a new sorted set with `count` members: `next` says each in `coming`. ZSET_ADDED; or what came of the first
 * that could not be added, and then it is to be removed. A member that comes twice is ZSET_SKIPPED.
 */
export function zsetFill(db: Database, zset: Ref, count: number, coming: ComingMember, next: () => void): number {
  if (!isListpack(db, zset)) return rootFill(db.memory, db.valueRef(zset), count, coming, next)
  for (let left = count; left > 0; left--) {
    next()
    if (!Number.isNaN(zsetScore(db, zset, coming.member))) return ZSET_SKIPPED
    const done = zsetAdd(db, zset, coming.score, coming.member)
    if (done !== ZSET_ADDED) return done
  }
  return ZSET_ADDED
}

/** Makes a listpack big to which more members are to come than it may have; false: memory is exhausted. */
export function zsetReserve(db: Database, zset: Ref, members: number): boolean {
  return !isListpack(db, zset) || members <= db.keyspace.limits.zsetMaxListpackEntries || zsetToSkiplist(db, zset)
}

/** The number of members. */
export function zsetLength(db: Database, zset: Ref): number {
  if (isListpack(db, zset)) return listpackCount(db.memory, db.valueRef(zset)) >>> 1
  return rootCount(db.memory, db.valueRef(zset))
}

/** A member's score, NaN when there is no such member. */
export function zsetScore(db: Database, zset: Ref, member: Slice): number {
  const { memory } = db
  if (isListpack(db, zset)) {
    const pack = db.valueRef(zset)
    const at = listpackFind(memory, pack, member, 1)
    return at === 0 ? Number.NaN : packScore(memory, pack, at)
  }
  return rootScore(memory, db.valueRef(zset), member)
}

/** How many members come before this one; -1 when there is no such member. */
export function zsetRank(db: Database, zset: Ref, member: Slice): number {
  const { memory } = db
  if (isListpack(db, zset)) {
    const pack = db.valueRef(zset)
    const found = listpackFind(memory, pack, member, 1)
    if (found === 0) return -1
    let rank = 0
    for (let at = listpackFirst(memory, pack); at !== found; rank++) at = packNext(memory, pack, at)
    return rank
  }
  return rootRank(memory, db.valueRef(zset), member)
}

/**
 * Gives a member a score, or with ADD_INCR adds to the one it has. `options` are ADD_ bits. The score that
 * the member then has goes into `box`. One of the ZSET_ answers.
 */
export function zsetAdd(
  db: Database,
  zset: Ref,
  score: number,
  member: Slice,
  options = 0,
  box: ScoreBox = ownBox,
): number {
  if (isListpack(db, zset)) return addToListpack(db, zset, score, member, options, box)
  return rootAdd(db.memory, db.valueRef(zset), score, member, options, box)
}

function addToListpack(db: Database, zset: Ref, score: number, member: Slice, options: number, box: ScoreBox): number {
  const { memory } = db
  const pack = db.valueRef(zset)
  const at = listpackFind(memory, pack, member, 1)
  if (at !== 0) {
    const current = packScore(memory, pack, at)
    const verdict = judge(current, score, options, box)
    if (verdict !== ZSET_UPDATED) return verdict
    return packMove(db, zset, at, box.score, member) ? ZSET_UPDATED : ZSET_EXHAUSTED
  }
  if (options & ADD_XX) return ZSET_SKIPPED
  const { zsetMaxListpackEntries, zsetMaxListpackValue } = db.keyspace.limits
  const isFull = listpackCount(memory, pack) >>> 1 >= zsetMaxListpackEntries
  if (isFull || member.size > zsetMaxListpackValue) {
    return zsetToSkiplist(db, zset) ? zsetAdd(db, zset, score, member, options, box) : ZSET_EXHAUSTED
  }
  box.score = score
  return packInsert(db, zset, packLowerBound(memory, pack, score, member), score, member) ? ZSET_ADDED : ZSET_EXHAUSTED
}

/** Removes a member; false when there is none. An empty sorted set is the caller's to delete. */
export function zsetRemove(db: Database, zset: Ref, member: Slice): boolean {
  const { memory } = db
  if (isListpack(db, zset)) {
    const pack = db.valueRef(zset)
    const at = listpackFind(memory, pack, member, 1)
    if (at === 0) return false
    db.setValueRef(zset, listpackRemove(memory, pack, at, 2))
    return true
  }
  return rootRemove(memory, db.valueRef(zset), member)
}

/** Visits every member in order. */
export function zsetForEach(db: Database, zset: Ref, visit: VisitMember): void {
  const { memory } = db
  if (!isListpack(db, zset)) return rootForEach(memory, db.valueRef(zset), visit)
  const pack = db.valueRef(zset)
  for (let at = listpackFirst(memory, pack); at !== 0; at = packNext(memory, pack, at)) {
    listpackGet(memory, pack, at, memberSlice)
    visit(memberSlice, packScore(memory, pack, at))
  }
}

function visitRecord(memory: Memory, record: Ref, visit: VisitMember): void {
  visit(recordKey(memory, record, memberSlice), recordScore(memory, record))
}

/**
 * Visits about `count` members from the cursor `from` on; the next cursor, 0 at the end. A listpack is
 * visited whole. Scores come as ZSCAN answers them: as they stand in a listpack, or with 17 digits.
 */
export function zsetScan(
  db: Database,
  zset: Ref,
  from: number,
  count: number,
  visit: (member: Slice, score: string) => void,
): number {
  if (isListpack(db, zset)) {
    zsetForEach(db, zset, (member, score) => visit(member, doubleToText(score)))
    return 0
  }
  const { memory } = db
  const table = rootTable(memory, db.valueRef(zset))
  let seen = 0
  // Homes may be empty: the number of them is bounded too, as Redis bounds it.
  let homes = count * 10
  let next = from
  do {
    next = tableScan(memory, table, next, (record) => {
      seen++
      visit(recordKey(memory, record, memberSlice), doubleToDigits(recordScore(memory, record)))
    })
  } while (next !== 0 && seen < count && --homes > 0)
  return next
}

/** Visits one member at random, each with the same probability. */
export function zsetRandom(db: Database, zset: Ref, visit: VisitMember): void {
  const { memory } = db
  const { random } = db.keyspace
  if (!isListpack(db, zset)) {
    return visitRecord(memory, tableRandom(memory, rootTable(memory, db.valueRef(zset)), random), visit)
  }
  const pack = db.valueRef(zset)
  const at = listpackSeek(memory, pack, random.below(listpackCount(memory, pack) >>> 1) * 2)
  listpackGet(memory, pack, at, memberSlice)
  visit(memberSlice, packScore(memory, pack, at))
}

/** Visits `count` different members at random, or all of them when there are not more. */
export function zsetRandomSample(db: Database, zset: Ref, count: number, visit: VisitMember): void {
  const { random } = db.keyspace
  let left = zsetLength(db, zset)
  if (!isListpack(db, zset) && count * 3 < left) {
    // Few out of many: draw until there are enough different ones.
    const { memory } = db
    const table = rootTable(memory, db.valueRef(zset))
    const drawn = new Set<Ref>()
    while (drawn.size < count) drawn.add(tableRandom(memory, table, random))
    for (const record of drawn) visitRecord(memory, record, visit)
    return
  }
  // Many out of not many more: one pass that takes each with the probability that is left for it.
  let wanted = Math.min(count, left)
  zsetForEach(db, zset, (member, score) => {
    if (random.below(left--) >= wanted) return
    wanted--
    visit(member, score)
  })
}

/** Makes a listpack big, if it is one; false when memory is exhausted, nothing changed. */
export function zsetToSkiplist(db: Database, zset: Ref): boolean {
  if (!isListpack(db, zset)) return true
  const { memory } = db
  const pack = db.valueRef(zset)
  const root = rootCreate(memory)
  if (root === NIL) return false
  for (let at = listpackFirst(memory, pack); at !== 0; at = packNext(memory, pack, at)) {
    listpackGet(memory, pack, at, memberSlice)
    const score = packScore(memory, pack, at)
    if (rootAppend(memory, root, score, memberSlice)) continue
    rootFree(memory, root)
    return false
  }
  memory.free(pack)
  db.setKind(zset, KIND_ZSET_SKIPLIST)
  db.setValueRef(zset, root)
  return true
}

/** Copies a sorted set to a new one at `key`; false, leaving none, when memory is exhausted. */
function zsetCopy(from: Database, source: Ref, to: Database, key: Slice): boolean {
  // A copy keeps its encoding: it is not measured against the limits again.
  const { memory } = to
  if (isListpack(from, source)) {
    const pack = listpackOf(memory, listpackBytes(from.memory, from.valueRef(source), memberSlice))
    if (pack === NIL) return false
    if (to.add(key, KIND_ZSET_LISTPACK, pack) !== NIL) return true
    memory.free(pack)
    return false
  }
  const root = rootCreate(memory)
  if (root === NIL) return false
  let isWhole = true
  rootForEach(from.memory, from.valueRef(source), (member, score) => {
    isWhole = isWhole && rootAppend(memory, root, score, member)
  })
  if (isWhole && to.add(key, KIND_ZSET_SKIPLIST, root) !== NIL) return true
  rootFree(memory, root)
  return false
}

registerCopy(TYPE_ZSET, zsetCopy)
registerKind(KIND_ZSET_LISTPACK, {
  free: (memory, value) => memory.free(value),
  usage: (memory, value) => memory.sizeOf(value),
})
registerKind(KIND_ZSET_SKIPLIST, { free: rootFree, usage: rootUsage, freeSome: rootFreeSome })
