/*
 * Lists: texts in an order, pushed and popped at both ends.
 *
 *   listpack    small: one block
 *   quicklist   big: listpacks of limited size, found by index in O(log n)
 *
 * A listpack becomes a quicklist before an addition that would take it beyond
 * list-max-listpack-size. A quicklist becomes a listpack again when removals have
 * left it one node of at most half that: so a list at the limit does not change
 * to and fro. The texts to be added are counted before they are encoded, all of
 * one command together, as real servers do: the encoding can be asked for.
 *
 * Slices aimed at elements live until the next call here. Searching for values is
 * in list-search.ts.
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_LIST_LISTPACK, KIND_LIST_QUICKLIST, registerKind, TYPE_LIST } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { blockWillChange } from '../memory/witness.ts'
import {
  type ByteSink,
  listpackAppend,
  listpackBytes,
  listpackCount,
  listpackCreate,
  listpackFirst,
  listpackGet,
  listpackLast,
  listpackOf,
  listpackPrepend,
  listpackPrevious,
  listpackRemove,
  listpackReplace,
  listpackSeek,
  listpackSend,
  listpackSize,
} from '../structures/listpack.ts'
import { ListpackSurvey, listpackSurvey } from '../structures/listpack-survey.ts'
import {
  quicklistAddPack,
  quicklistBytes,
  quicklistCopy,
  quicklistCount,
  quicklistDropRoot,
  quicklistForNodes,
  quicklistFree,
  quicklistFreeSome,
  quicklistNodes,
  quicklistOf,
  quicklistOnlyPack,
  quicklistPop,
  quicklistPush,
  quicklistRemoveRange,
  quicklistReplace,
} from '../structures/quicklist.ts'
import {
  QuicklistCursor,
  quicklistGet,
  quicklistPrevious,
  quicklistSeek,
  quicklistSend,
  quicklistToEnd,
} from '../structures/quicklist-cursor.ts'
import { bytesMax, countMax, exceedsNode, fillOf } from '../structures/quicklist-node.ts'
import { registerCopy } from './copy.ts'
import { addListpackValue, BROKEN } from './listpack-value.ts'

export type { ByteSink }

/** Answers of listSet. */
export const LIST_SET = 1
export const LIST_NO_INDEX = 0
/** Memory is exhausted; nothing changed. */
export const LIST_EXHAUSTED = -1

/** No node is bigger than this, but for one that LSET has made so: what a change may have to copy. */
const NODE_BYTES = 64 * 1024

const cursor = new QuicklistCursor()
const scratch = new Slice()
const survey = new ListpackSurvey()

export function isListpack(db: Database, list: Ref): boolean {
  return db.kindOf(list) === KIND_LIST_LISTPACK
}

/** Adds an empty list at `key`, where there is none; NIL when memory is exhausted. */
export function listCreate(db: Database, key: Slice): Ref {
  const pack = listpackCreate(db.memory)
  if (pack === NIL) return NIL
  const list = db.add(key, KIND_LIST_LISTPACK, pack)
  if (list === NIL) db.memory.free(pack)
  return list
}

/**
 * Adds a list of the bytes of a listpack at `key`, where there is none; NIL when memory is exhausted. Undefined: it
 * exceeds the limits, and there is nothing at `key`.
 */
export function listOfListpack(db: Database, key: Slice, bytes: Slice): Ref | typeof BROKEN | undefined {
  const limit = db.keyspace.limits.listMaxListpackSize
  if (bytes.size > bytesMax(limit)) return undefined
  const list = addListpackValue(db, key, { kind: KIND_LIST_LISTPACK, width: 1, isNamed: false }, bytes)
  if (list === NIL || list === BROKEN || listLength(db, list) <= countMax(limit)) return list
  db.remove(key)
  return undefined
}

/** Adds a list at `key`, where there is none, that has no element before a node is added; NIL when memory is exhausted. */
export function listCreateForNodes(db: Database, key: Slice): Ref {
  const { memory } = db
  const empty = quicklistOf(memory, fillOf(db.keyspace.limits.listMaxListpackSize), NIL, 0)
  if (empty === NIL) return NIL
  const list = db.add(key, KIND_LIST_QUICKLIST, empty)
  if (list === NIL) quicklistFree(memory, empty)
  return list
}

/** Answers of listAddNode, besides BROKEN. */
export const NODE_ADDED = 1
export const NODE_EXHAUSTED = 0
/** The limits of nodes allow no such one: it can be added by its elements. */
export const NODE_EXCEEDS = 2

/** Adds the bytes of a listpack as they lie, as the last node of a list from listCreateForNodes. */
export function listAddNode(db: Database, list: Ref, bytes: Slice): number {
  const { memory } = db
  if (!listpackSurvey(bytes, survey) || survey.count === 0) return BROKEN
  if (exceedsNode(db.keyspace.limits.listMaxListpackSize, bytes.size, survey.count)) return NODE_EXCEEDS
  const pack = listpackOf(memory, bytes)
  if (pack === NIL) return NODE_EXHAUSTED
  if (quicklistAddPack(memory, db.valueRef(list), pack, survey.count)) return NODE_ADDED
  memory.free(pack)
  return NODE_EXHAUSTED
}

/** Whether `count` elements of `bytes` bytes in all can be added without running out of memory halfway. A bound. */
export function listHasRoom(db: Database, count: number, bytes: number): boolean {
  return db.memory.hasRoom(bytes * 2 + count * 32 + 2 * NODE_BYTES)
}

export function listLength(db: Database, list: Ref): number {
  const value = db.valueRef(list)
  return isListpack(db, list) ? listpackCount(db.memory, value) : quicklistCount(db.memory, value)
}

// Encodings

/**
 * Prepares a list for elements to come: makes a quicklist of a listpack that they would outgrow. Every
 * addition is announced so. False when memory is exhausted.
 */
export function listExpect(db: Database, list: Ref, count: number, bytes: number): boolean {
  if (!isListpack(db, list)) return true
  const { memory } = db
  const pack = db.valueRef(list)
  const limit = db.keyspace.limits.listMaxListpackSize
  const length = listpackCount(memory, pack)
  if (!exceedsNode(limit, listpackSize(memory, pack) + bytes, length + count)) return true
  const quicklist = quicklistOf(memory, fillOf(limit), length === 0 ? NIL : pack, length)
  if (quicklist === NIL) return false
  if (length === 0) memory.free(pack)
  db.setKind(list, KIND_LIST_QUICKLIST)
  db.setValueRef(list, quicklist)
  return true
}

/** After removals from a list that still has elements: back to a listpack, if it has become small. */
export function listSettle(db: Database, list: Ref): void {
  if (isListpack(db, list)) return
  const { memory } = db
  const quicklist = db.valueRef(list)
  const pack = quicklistOnlyPack(memory, quicklist)
  if (pack === NIL) return
  const limit = db.keyspace.limits.listMaxListpackSize
  if (listpackSize(memory, pack) > bytesMax(limit) / 2) return
  if (listpackCount(memory, pack) > Math.floor(countMax(limit) / 2)) return
  toListpack(db, list, quicklist, pack)
}

/** After a list was built: a listpack, if that is within the limits. */
export function listSettleNew(db: Database, list: Ref): void {
  if (isListpack(db, list)) return
  const { memory } = db
  const quicklist = db.valueRef(list)
  const pack = quicklistOnlyPack(memory, quicklist)
  if (pack === NIL) return
  const limit = db.keyspace.limits.listMaxListpackSize
  if (listpackSize(memory, pack) > bytesMax(limit) || listpackCount(memory, pack) > countMax(limit)) return
  toListpack(db, list, quicklist, pack)
}

function toListpack(db: Database, list: Ref, quicklist: Ref, pack: Ref): void {
  blockWillChange(db.memory, pack)
  quicklistDropRoot(db.memory, quicklist)
  db.setKind(list, KIND_LIST_LISTPACK)
  db.setValueRef(list, pack)
}

// The ends

/** Adds an element, which listExpect has announced, at one end; false when memory is exhausted. */
export function listPush(db: Database, list: Ref, text: Slice, atHead: boolean): boolean {
  const { memory } = db
  const value = db.valueRef(list)
  if (!isListpack(db, list)) return quicklistPush(memory, value, text, atHead)
  const pack = atHead ? listpackPrepend(memory, value, text) : listpackAppend(memory, value, text)
  if (pack === NIL) return false
  if (pack !== value) db.setValueRef(list, pack)
  return true
}

/** Aims `out` at the first or the last element of a list that has some. */
export function listEnd(db: Database, list: Ref, atHead: boolean, out: Slice): Slice {
  const { memory } = db
  const value = db.valueRef(list)
  if (isListpack(db, list)) {
    return listpackGet(memory, value, atHead ? listpackFirst(memory, value) : listpackLast(memory, value), out)
  }
  quicklistToEnd(memory, value, atHead, cursor)
  return quicklistGet(memory, cursor, out)
}

/** Removes the first or the last element of a list that has some, having handed it to a sink, if one is given. */
export function listPop(db: Database, list: Ref, atHead: boolean, sink: ByteSink | null = null): void {
  const { memory } = db
  const value = db.valueRef(list)
  if (!isListpack(db, list)) return quicklistPop(memory, value, atHead, sink)
  const position = atHead ? listpackFirst(memory, value) : listpackLast(memory, value)
  if (sink !== null) listpackSend(memory, value, position, 1, sink)
  db.setValueRef(list, listpackRemove(memory, value, position, 1))
}

// By index

/** Aims `out` at the element with this index, counted from the end when negative; false when there is none. */
export function listGet(db: Database, list: Ref, index: number, out: Slice): boolean {
  const { memory } = db
  const value = db.valueRef(list)
  if (isListpack(db, list)) {
    const position = positionOf(db, value, index)
    if (position === 0) return false
    listpackGet(memory, value, position, out)
    return true
  }
  if (!quicklistSeek(memory, value, index < 0 ? index + quicklistCount(memory, value) : index, cursor)) return false
  quicklistGet(memory, cursor, out)
  return true
}

/** The position of a listpack's element, sought from the nearer end; 0 when there is none. */
function positionOf(db: Database, pack: Ref, index: number): number {
  const count = listpackCount(db.memory, pack)
  if (index >= count || index < -count) return 0
  const nearer = index * 2 > count ? index - count : index * 2 < -count ? index + count : index
  return listpackSeek(db.memory, pack, nearer)
}

/** Replaces the element with this index by a text that listExpect has announced: one of the LIST_ answers. */
export function listSet(db: Database, list: Ref, index: number, text: Slice): number {
  const { memory } = db
  const value = db.valueRef(list)
  if (isListpack(db, list)) {
    const position = positionOf(db, value, index)
    if (position === 0) return LIST_NO_INDEX
    const pack = listpackReplace(memory, value, position, text)
    if (pack === NIL) return LIST_EXHAUSTED
    db.setValueRef(list, pack)
    return LIST_SET
  }
  const at = index < 0 ? index + quicklistCount(memory, value) : index
  if (!quicklistSeek(memory, value, at, cursor)) return LIST_NO_INDEX
  return quicklistReplace(memory, value, cursor, text) ? LIST_SET : LIST_EXHAUSTED
}

/** Hands `count` elements, which exist, from `index` on to a sink. */
export function listSend(db: Database, list: Ref, index: number, count: number, sink: ByteSink): void {
  if (count <= 0) return
  const { memory } = db
  const value = db.valueRef(list)
  if (isListpack(db, list)) {
    listpackSend(memory, value, positionOf(db, value, index), count, sink)
    return
  }
  quicklistSeek(memory, value, index, cursor)
  quicklistSend(memory, cursor, count, sink, scratch)
}

/** Hands the last `count` elements, which exist, to a sink, the last one first. */
export function listSendFromEnd(db: Database, list: Ref, count: number, sink: ByteSink): void {
  if (count <= 0) return
  const { memory } = db
  const value = db.valueRef(list)
  if (isListpack(db, list)) {
    let position = listpackLast(memory, value)
    for (let left = count; left > 0; left--) {
      listpackGet(memory, value, position, scratch)
      sink.bulkOf(scratch.buf, scratch.at, scratch.size)
      position = listpackPrevious(memory, value, position)
    }
    return
  }
  quicklistSeek(memory, value, quicklistCount(memory, value) - 1, cursor)
  for (let left = count; left > 0; left--) {
    quicklistGet(memory, cursor, scratch)
    sink.bulkOf(scratch.buf, scratch.at, scratch.size)
    quicklistPrevious(memory, cursor)
  }
}

/** How many blocks the elements lie in. */
export function listNodes(db: Database, list: Ref): number {
  return isListpack(db, list) ? 1 : quicklistNodes(db.memory, db.valueRef(list))
}

/** Visits every block in order: the bytes of a listpack, or of one long element. The visitor must not write. */
export function listForNodes(db: Database, list: Ref, visit: (bytes: Slice, isPlain: boolean) => void): void {
  const value = db.valueRef(list)
  if (isListpack(db, list)) visit(listpackBytes(db.memory, value, scratch), false)
  else quicklistForNodes(db.memory, value, visit)
}

/** Visits every element in order. The visitor must not write. */
export function listForEach(db: Database, list: Ref, visit: (element: Slice) => void): void {
  listSend(db, list, 0, listLength(db, list), {
    bulkOf: (from, at, size) => visit(scratch.aim(from, at, size)),
  })
}

/** Removes `count` elements, which exist, from `index` on. */
export function listRemoveRange(db: Database, list: Ref, index: number, count: number): void {
  if (count <= 0) return
  const value = db.valueRef(list)
  if (!isListpack(db, list)) return quicklistRemoveRange(db.memory, value, index, count)
  db.setValueRef(list, listpackRemove(db.memory, value, positionOf(db, value, index), count))
}

// The whole

/** Stores a list of `count` elements, which is not 0, in the place of whatever is at `key`; false: no memory. */
export function listBuild(db: Database, key: Slice, count: number, element: (i: number) => Slice): boolean {
  const { memory } = db
  const empty = quicklistOf(memory, fillOf(db.keyspace.limits.listMaxListpackSize), NIL, 0)
  if (empty === NIL) return false
  const list = db.detached(key, KIND_LIST_QUICKLIST, empty)
  if (list === NIL) {
    quicklistFree(memory, empty)
    return false
  }
  let pushed = 0
  while (pushed < count && quicklistPush(memory, empty, element(pushed), false)) pushed++
  if (pushed === count) {
    listSettleNew(db, list)
    if (db.put(list)) return true
  }
  db.discard(list)
  return false
}

/** Copies a list to `key` of another database or the same; false, leaving none, when memory is exhausted. */
function listCopy(from: Database, source: Ref, to: Database, key: Slice): boolean {
  const { memory } = to
  const value = from.valueRef(source)
  // A copy keeps its encoding and its nodes: it is not measured against the limits again.
  const kind = from.kindOf(source)
  const isPack = kind === KIND_LIST_LISTPACK
  const copy = isPack ? listpackOf(memory, listpackBytes(memory, value, scratch)) : quicklistCopy(memory, value)
  if (copy === NIL) return false
  if (to.add(key, kind, copy) !== NIL) return true
  if (isPack) memory.free(copy)
  else quicklistFree(memory, copy)
  return false
}

registerCopy(TYPE_LIST, listCopy)
registerKind(KIND_LIST_LISTPACK, {
  free: (memory, value) => memory.free(value),
  usage: (memory, value) => memory.sizeOf(value),
})
registerKind(KIND_LIST_QUICKLIST, {
  free: quicklistFree,
  usage: quicklistBytes,
  freeSome: quicklistFreeSome,
})
