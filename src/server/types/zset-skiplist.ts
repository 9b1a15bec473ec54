/*
 * Big sorted sets: a hash table of records, one a member with its score in it, and
 * a ranked tree of the same records in order of score and then of bytes.
 *
 *   ROOT, in words:   | table | tree |
 *
 * Known by its root alone, so that one can also be made that no key has yet: what
 * ZUNION and its kin put together. What a sorted set is, and when it is big, is
 * zset.ts. OBJECT ENCODING calls it `skiplist`: the tree does what one does elsewhere.
 */
import { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import {
  hashOf,
  tableCount,
  tableCreate,
  tableFind,
  tableInsert,
  tablePresize,
  tableRemove,
  tableWillChange,
} from '../structures/hash-table.ts'
import {
  treeAppend,
  treeBytes,
  treeCreate,
  treeFree,
  treeFreeSome,
  treeInsert,
  treeMoveLeaf,
  treeRemove,
  treeSetKey,
} from '../structures/ranked-tree.ts'
import {
  recordCompareKey,
  recordCreateScored,
  recordFree,
  recordKey,
  recordScore,
  recordSetScore,
  scoreKey,
} from '../structures/record.ts'
import {
  TreeCursor,
  treeFirst,
  treeForEach,
  treeItem,
  treeLast,
  treeLowerBoundKeyed,
  treeNext,
  treePrevious,
  treeRank,
  treeSeek,
} from '../structures/tree-cursor.ts'
import { KEYED } from '../structures/tree-node.ts'
import { recordTableFree, recordTableFreeSome, recordTableUsage } from './record-table.ts'
import { ADD_XX, judge, type ScoreBox, ZSET_ADDED, ZSET_EXHAUSTED, ZSET_SKIPPED, ZSET_UPDATED } from './zset-add.ts'

const ROOT_BYTES = 8
const TABLE = 0
const TREE = 1
/** Entries of the tree are freed so many for one item: whole leaves at a time. */
const ENTRIES_PER_ITEM = 16

const memberSlice = new Slice()
const cursor = new TreeCursor()
const newCursor = new TreeCursor()

function rootWord(memory: Memory, root: Ref, word: number): Ref {
  return memory.u32[root >>> SEGMENT_SHIFT][(root & WORD_MASK) + word] as Ref
}

/** The table of records, by member. */
export function rootTable(memory: Memory, root: Ref): Ref {
  return rootWord(memory, root, TABLE)
}

/** The tree of records, in order. */
export function rootTree(memory: Memory, root: Ref): Ref {
  return rootWord(memory, root, TREE)
}

export function rootCount(memory: Memory, root: Ref): number {
  return tableCount(memory, rootWord(memory, root, TABLE))
}

/** An empty one; NIL when memory is exhausted. */
export function rootCreate(memory: Memory): Ref {
  const root = memory.alloc(ROOT_BYTES)
  if (root === NIL) return NIL
  const table = tableCreate(memory)
  const tree = treeCreate(memory, KEYED)
  if (table === NIL || tree === NIL) {
    if (table !== NIL) memory.free(table)
    if (tree !== NIL) memory.free(tree)
    memory.free(root)
    return NIL
  }
  const u32 = memory.u32[root >>> SEGMENT_SHIFT]
  const word = root & WORD_MASK
  u32[word + TABLE] = table
  u32[word + TREE] = tree
  return root
}

/** A member's score, NaN when there is no such member. */
export function rootScore(memory: Memory, root: Ref, member: Slice): number {
  const record = tableFind(memory, rootWord(memory, root, TABLE), member, hashOf(memory, member))
  return record === NIL ? Number.NaN : recordScore(memory, record)
}

/** How many members come before this one; -1 when there is no such member. */
export function rootRank(memory: Memory, root: Ref, member: Slice): number {
  const record = tableFind(memory, rootWord(memory, root, TABLE), member, hashOf(memory, member))
  if (record === NIL) return -1
  const tree = rootWord(memory, root, TREE)
  seek(memory, tree, recordScore(memory, record), member, cursor)
  return treeRank(memory, tree, cursor)
}

/** As zsetAdd. */
export function rootAdd(
  memory: Memory,
  root: Ref,
  score: number,
  member: Slice,
  options: number,
  box: ScoreBox,
): number {
  const table = rootWord(memory, root, TABLE)
  const tree = rootWord(memory, root, TREE)
  const hash = hashOf(memory, member)
  const record = tableFind(memory, table, member, hash)
  if (record !== NIL) {
    const current = recordScore(memory, record)
    const verdict = judge(current, score, options, box)
    if (verdict !== ZSET_UPDATED) return verdict
    tableWillChange(memory, table, hash)
    return move(memory, tree, record, current, box.score, member) ? ZSET_UPDATED : ZSET_EXHAUSTED
  }
  if (options & ADD_XX) return ZSET_SKIPPED
  box.score = score
  seek(memory, tree, score, member, cursor)
  return insert(memory, table, tree, hash, score, member) ? ZSET_ADDED : ZSET_EXHAUSTED
}

/** Adds a member that comes after all others; false when memory is exhausted, nothing changed. */
export function rootAppend(memory: Memory, root: Ref, score: number, member: Slice): boolean {
  const tree = rootWord(memory, root, TREE)
  if (treeLast(memory, tree, cursor)) treeNext(memory, cursor)
  return insert(memory, rootWord(memory, root, TABLE), tree, hashOf(memory, member), score, member)
}

/** Adds a record to the table, and to the tree at the cursor. */
function insert(memory: Memory, table: Ref, tree: Ref, hash: number, score: number, member: Slice): boolean {
  const record = recordCreateScored(memory, member, score)
  if (record === NIL) return false
  if (tableInsert(memory, table, hash, record)) {
    if (treeInsert(memory, tree, cursor, record, scoreKey(score))) return true
    tableRemove(memory, table, hash, record)
  }
  recordFree(memory, record)
  return false
}

/** The member that comes next to rootFill. */
export interface ComingMember {
  readonly member: Slice
  readonly score: number
}

/**
 * Fills an empty one with `count` members, each of which `next` says in `coming`; they may come in any order, and in
 * theirs or its reverse it takes a third of the time that adding them one by one would. ZSET_ADDED; or what came of
 * the first that could not be added, and then it is good for nothing but to be freed.
 */
export function rootFill(memory: Memory, root: Ref, count: number, coming: ComingMember, next: () => void): number {
  const table = rootWord(memory, root, TABLE)
  const tree = rootWord(memory, root, TREE)
  tablePresize(memory, table, count)
  const records = new Uint32Array(count)
  let [isAscending, isDescending] = [true, true]
  soughtMemory = memory
  for (let i = 0; i < count; i++) {
    next()
    const { member, score } = coming
    const hash = hashOf(memory, member)
    if (tableFind(memory, table, member, hash) !== NIL) return ZSET_SKIPPED
    const record = recordCreateScored(memory, member, score)
    if (record === NIL) return ZSET_EXHAUSTED
    if (!tableInsert(memory, table, hash, record)) {
      recordFree(memory, record)
      return ZSET_EXHAUSTED
    }
    if (i > 0 && (isAscending || isDescending)) {
      soughtScore = score
      soughtMember = member
      if (isBeforeSought(records[i - 1] as Ref)) isDescending = false
      else isAscending = false
    }
    records[i] = record
  }
  if (!isAscending && isDescending) records.reverse()
  else if (!isAscending) records.sort((a, b) => compareRecords(memory, a as Ref, b as Ref))
  for (let i = 0; i < count; i++) {
    const record = records[i] as Ref
    if (!treeAppend(memory, tree, record, scoreKey(recordScore(memory, record)))) return ZSET_EXHAUSTED
  }
  return ZSET_ADDED
}

function compareRecords(memory: Memory, a: Ref, b: Ref): number {
  const [scoreA, scoreB] = [recordScore(memory, a), recordScore(memory, b)]
  if (scoreA !== scoreB) return scoreA < scoreB ? -1 : 1
  return recordCompareKey(memory, a, recordKey(memory, b, memberSlice))
}

/** Visits every member in order. */
export function rootForEach(memory: Memory, root: Ref, visit: (member: Slice, score: number) => void): void {
  treeForEach(memory, rootWord(memory, root, TREE), (record) => {
    visit(recordKey(memory, record, memberSlice), recordScore(memory, record))
  })
}

/** Removes a member; false when there is none. */
export function rootRemove(memory: Memory, root: Ref, member: Slice): boolean {
  const hash = hashOf(memory, member)
  const table = rootWord(memory, root, TABLE)
  const record = tableFind(memory, table, member, hash)
  if (record === NIL) return false
  const tree = rootWord(memory, root, TREE)
  tableWillChange(memory, table, hash)
  // Members mostly go from the lowest score on: what is due, what is worst.
  if (!treeFirst(memory, tree, cursor) || treeItem(memory, cursor) !== record) {
    seek(memory, tree, recordScore(memory, record), member, cursor)
  }
  treeRemove(memory, tree, cursor)
  tableRemove(memory, table, hash, record)
  recordFree(memory, record)
  return true
}

/** Removes the record that `at` is on, which is then on the next one. */
export function rootRemoveAt(memory: Memory, root: Ref, at: TreeCursor): void {
  const record = treeItem(memory, at)
  const table = rootWord(memory, root, TABLE)
  const hash = hashOf(memory, recordKey(memory, record, memberSlice))
  // Of the tree as well, which is to be as it was when somebody is told.
  tableWillChange(memory, table, hash)
  treeRemove(memory, rootWord(memory, root, TREE), at)
  tableRemove(memory, table, hash, record)
  recordFree(memory, record)
}

/**
 * Removes `count` records from the rank `from` on, which are there, without freeing all of them: answers a
 * heap of those that are still to be freed, by heapFreeSome. NIL: memory is exhausted, nothing changed.
 */
export function rootCut(memory: Memory, root: Ref, from: number, count: number): Ref {
  const heap = treeCreate(memory, KEYED)
  if (heap === NIL) return NIL
  const tree = rootWord(memory, root, TREE)
  treeSeek(memory, tree, from, cursor)
  for (let left = count; left > 0; ) {
    const moved = treeMoveLeaf(memory, tree, cursor, left, heap)
    if (moved === 0) rootRemoveAt(memory, root, cursor)
    left -= moved === 0 ? 1 : moved
  }
  const table = rootWord(memory, root, TABLE)
  treeForEach(memory, heap, (record) => {
    tableRemove(memory, table, hashOf(memory, recordKey(memory, record, memberSlice)), record)
  })
  return heap
}

/** Frees about `items` records of what rootCut answered; true when it is gone. */
export function heapFreeSome(memory: Memory, heap: Ref, items: number): boolean {
  return treeFreeSome(memory, heap, items, (record) => recordFree(memory, record))
}

// What isBeforeSought compares with: a search takes a function of one item and is not worth an object.
let soughtMemory: Memory
let soughtScore = 0
let soughtMember = memberSlice

function isBeforeSought(record: Ref): boolean {
  const score = recordScore(soughtMemory, record)
  if (score !== soughtScore) return score < soughtScore
  return recordCompareKey(soughtMemory, record, soughtMember) < 0
}

/** To the first record that does not come before this pair. */
function seek(memory: Memory, tree: Ref, score: number, member: Slice, to: TreeCursor): void {
  soughtMemory = memory
  soughtScore = score
  soughtMember = member
  // What comes in order goes to the end, and the last record is in the cache then.
  if (treeLast(memory, tree, to) && isBeforeSought(treeItem(memory, to))) treeNext(memory, to)
  else treeLowerBoundKeyed(memory, tree, scoreKey(score), isBeforeSought, to)
}

/** Gives a record another score and place; false when memory is exhausted, nothing changed. */
function move(memory: Memory, tree: Ref, record: Ref, from: number, to: number, member: Slice): boolean {
  seek(memory, tree, from, member, cursor)
  if (staysInPlace(memory, to, member)) {
    recordSetScore(memory, record, to)
    treeSetKey(memory, cursor, scoreKey(to))
    return true
  }
  // It goes in at its new place before it goes out at the old one, so that nothing is lost when memory is
  // exhausted. In between the tree is searched by position only: one of the two is out of order.
  const rank = treeRank(memory, tree, cursor)
  seek(memory, tree, to, member, newCursor)
  if (!treeInsert(memory, tree, newCursor, record, scoreKey(to))) return false
  recordSetScore(memory, record, to)
  treeSeek(memory, tree, to < from ? rank + 1 : rank, cursor)
  treeRemove(memory, tree, cursor)
  return true
}

/** Whether the record that the cursor is on may have this score where it is. */
function staysInPlace(memory: Memory, score: number, member: Slice): boolean {
  soughtScore = score
  newCursor.leaf = cursor.leaf
  newCursor.slot = cursor.slot
  if (treePrevious(memory, newCursor) && !isBeforeSought(treeItem(memory, newCursor))) return false
  newCursor.leaf = cursor.leaf
  newCursor.slot = cursor.slot
  if (!treeNext(memory, newCursor)) return true
  const next = treeItem(memory, newCursor)
  const nextScore = recordScore(memory, next)
  return score < nextScore || (score === nextScore && recordCompareKey(memory, next, member) > 0)
}

export function rootFree(memory: Memory, root: Ref): void {
  treeFree(memory, rootWord(memory, root, TREE))
  recordTableFree(memory, rootWord(memory, root, TABLE))
  memory.free(root)
}

/** Frees about `items` members of what nobody can reach any more; true when all of it is gone. */
export function rootFreeSome(memory: Memory, root: Ref, items: number): boolean {
  const tree = rootWord(memory, root, TREE)
  if (tree !== NIL) {
    // The records are freed through the table; the tree only knows them too.
    if (treeFreeSome(memory, tree, items * ENTRIES_PER_ITEM, () => {})) {
      memory.u32[root >>> SEGMENT_SHIFT][(root & WORD_MASK) + TREE] = NIL
    }
    return false
  }
  const isGone = recordTableFreeSome(memory, rootWord(memory, root, TABLE), items)
  if (isGone) memory.free(root)
  return isGone
}

/** The bytes of all blocks, by `samples` of the members. */
export function rootUsage(memory: Memory, root: Ref, samples: number): number {
  const tree = treeBytes(memory, rootWord(memory, root, TREE))
  return memory.sizeOf(root) + tree + recordTableUsage(memory, rootWord(memory, root, TABLE), samples)
}
