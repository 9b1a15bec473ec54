/*
 * Quicklist: a long list of texts, cut into nodes (quicklist-node.ts) that a
 * ranked tree (ranked-tree.ts) keeps in order. A node weighs as many elements as
 * it holds, so any element is found by its index in O(log n).
 *
 * ROOT, in words:   | tree | fill |      fill is signed: the limit of every node
 *
 * Where nodes begin and end is what Redis and Valkey make of the same commands:
 * an element goes into the node at its place, or a neighbour it borders on, or a
 * node of its own; only in the middle of a full node is that split, and then the
 * nodes around are joined where they fit into one. A list becomes a listpack again
 * when one node is left, so that can be seen from outside.
 *
 * What answers false for lack of memory has changed nothing.
 */
import { assertLayout } from '../base/assert.ts'
import { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { blockWillChange } from '../memory/witness.ts'
import {
  type ByteSink,
  listpackAddInPlace,
  listpackAppend,
  listpackCreate,
  listpackDistance,
  listpackEquals,
  listpackFind,
  listpackFirst,
  listpackGet,
  listpackInsert,
  listpackJoin,
  listpackLast,
  listpackNext,
  listpackPart,
  listpackPopInPlace,
  listpackPrepend,
  listpackPrevious,
  listpackRemove,
  listpackReplace,
  listpackReserve,
  listpackSeek,
  listpackSend,
  listpackSize,
} from './listpack.ts'
import {
  allowsInsert,
  allowsJoin,
  isLarge,
  isPlain,
  nodeBytes,
  nodeCopy,
  plainAim,
  plainCreate,
} from './quicklist-node.ts'
import {
  treeAddWeight,
  treeAppend,
  treeBytes,
  treeCount,
  treeCreate,
  treeFree,
  treeFreeSome,
  treeInsert,
  treePrepend,
  treeRemove,
  treeReplace,
  treeWeight,
} from './ranked-tree.ts'
import {
  TreeCursor,
  treeFirst,
  treeForEach,
  treeIsOnItem,
  treeItem,
  treeItemWeight,
  treeLast,
  treeNext,
  treePrevious,
  treeRank,
  treeSeek,
} from './tree-cursor.ts'
import { WEIGHTED } from './tree-node.ts'

// The root, in words.
const TREE = 0
const FILL = 1
const ROOT_WORDS = 2
assertLayout('quicklist', ROOT_WORDS, [
  [TREE, 1],
  [FILL, 1],
])

/** What an entry of a listpack takes at most beside its text. */
const ENTRY_FRAME_BYTES = 10
/** Blocks double up to this, what a node of the default limit has at most. */
const GROWN_BYTES_MAX = 8192
/** Where the element of a plain node is said to stand. */
const PLAIN_POSITION = 1

/** A place in a list: on an element, or nowhere. Dead after any change that was not made through it. */
export class QuicklistCursor {
  readonly node = new TreeCursor()
  position = 0
}

/** For what begins and ends within one function. */
const own = new TreeCursor()
const sent = new Slice()

function treeOf(memory: Memory, list: Ref): Ref {
  return memory.u32[list >>> SEGMENT_SHIFT][(list & WORD_MASK) + TREE] as Ref
}

function fillIn(memory: Memory, list: Ref): number {
  return memory.u32[list >>> SEGMENT_SHIFT][(list & WORD_MASK) + FILL] | 0
}

/** An empty list with the limit of nodes `fill`; NIL when memory is exhausted. */
function quicklistCreate(memory: Memory, fill: number): Ref {
  const list = memory.alloc(ROOT_WORDS * 4)
  if (list === NIL) return NIL
  const tree = treeCreate(memory, WEIGHTED)
  if (tree === NIL) {
    memory.free(list)
    return NIL
  }
  const u32 = memory.u32[list >>> SEGMENT_SHIFT]
  const word = list & WORD_MASK
  u32[word + TREE] = tree
  u32[word + FILL] = fill
  return list
}

/**
 * A list whose only node is a listpack of `count` elements, which is then the list's, or that has none
 * yet (NIL); NIL when memory is exhausted.
 */
export function quicklistOf(memory: Memory, fill: number, pack: Ref, count: number): Ref {
  const list = quicklistCreate(memory, fill)
  if (list === NIL || pack === NIL || treeAppend(memory, treeOf(memory, list), pack, count)) return list
  quicklistDropRoot(memory, list)
  return NIL
}

/** Adds a listpack of `count` elements, which is then the list's, as its last node; false when memory is exhausted. */
export function quicklistAddPack(memory: Memory, list: Ref, pack: Ref, count: number): boolean {
  return treeAppend(memory, treeOf(memory, list), pack, count)
}

/** Visits every node in order: the bytes of a listpack, or those of the one element of a plain node. */
export function quicklistForNodes(memory: Memory, list: Ref, visit: (bytes: Slice, isPlain: boolean) => void): void {
  const out = new Slice()
  treeForEach(memory, treeOf(memory, list), (node) => visit(nodeBytes(memory, node, out), isPlain(memory, node)))
}

/** The nodes in their order. */
export function quicklistRefs(memory: Memory, list: Ref): Uint32Array {
  const refs = new Uint32Array(quicklistNodes(memory, list))
  let next = 0
  treeForEach(memory, treeOf(memory, list), (node) => {
    refs[next++] = node
  })
  return refs
}

/** How many nodes there are. */
export function quicklistNodes(memory: Memory, list: Ref): number {
  return treeCount(memory, treeOf(memory, list))
}

/** The listpack that is the only node of a list, or NIL where there are more or it is plain. */
export function quicklistOnlyPack(memory: Memory, list: Ref): Ref {
  const tree = treeOf(memory, list)
  if (treeCount(memory, tree) !== 1) return NIL
  treeFirst(memory, tree, own)
  const node = treeItem(memory, own)
  return isPlain(memory, node) ? NIL : node
}

/** Frees a list but not its nodes: the caller has taken the only one. */
export function quicklistDropRoot(memory: Memory, list: Ref): void {
  treeFree(memory, treeOf(memory, list))
  memory.free(list)
}

/** The number of elements. */
export function quicklistCount(memory: Memory, list: Ref): number {
  return treeWeight(memory, treeOf(memory, list))
}

// Walking

/** To the element with this index, which is not negative; false when there is none. */
export function quicklistSeek(memory: Memory, list: Ref, index: number, cursor: QuicklistCursor): boolean {
  const { node: at } = cursor
  const before = treeSeek(memory, treeOf(memory, list), index, at)
  if (before < 0) return false
  cursor.position = positionIn(memory, treeItem(memory, at), before, treeItemWeight(memory, at))
  return true
}

/** To the first or the last element of a list that has some. */
export function quicklistToEnd(memory: Memory, list: Ref, atHead: boolean, cursor: QuicklistCursor): void {
  const tree = treeOf(memory, list)
  if (atHead) treeFirst(memory, tree, cursor.node)
  else treeLast(memory, tree, cursor.node)
  const node = treeItem(memory, cursor.node)
  cursor.position = atHead ? firstIn(memory, node) : lastIn(memory, node)
}

/** The position of the element with an index in a node, sought from the nearer end. */
function positionIn(memory: Memory, node: Ref, index: number, count: number): number {
  if (isPlain(memory, node)) return PLAIN_POSITION
  return listpackSeek(memory, node, index * 2 <= count ? index : index - count)
}

function firstIn(memory: Memory, node: Ref): number {
  return isPlain(memory, node) ? PLAIN_POSITION : listpackFirst(memory, node)
}

function lastIn(memory: Memory, node: Ref): number {
  return isPlain(memory, node) ? PLAIN_POSITION : listpackLast(memory, node)
}

/** To the next element; false at the end. */
export function quicklistNext(memory: Memory, cursor: QuicklistCursor): boolean {
  const node = treeItem(memory, cursor.node)
  if (!isPlain(memory, node)) {
    cursor.position = listpackNext(memory, node, cursor.position)
    if (cursor.position !== 0) return true
  }
  return treeNext(memory, cursor.node) && toFirst(memory, cursor)
}

/**
 * From the cursor's element on to the first that equals `text`: how many were passed on the way, at most `limit` and
 * some more of the same node; -1 when none of them does.
 */
export function quicklistFind(
  memory: Memory,
  cursor: QuicklistCursor,
  text: Slice,
  limit: number,
  scratch: Slice,
): number {
  let passed = 0
  do {
    const node = treeItem(memory, cursor.node)
    if (isPlain(memory, node)) {
      if (quicklistEquals(memory, cursor, text, scratch)) return passed
      passed++
      continue
    }
    const { position } = cursor
    const found = listpackFind(memory, node, text, 0, position)
    if (found !== 0) {
      cursor.position = found
      return passed + listpackDistance(memory, node, position, found)
    }
    passed +=
      position === listpackFirst(memory, node)
        ? treeItemWeight(memory, cursor.node)
        : listpackDistance(memory, node, position, 0)
  } while (passed < limit && treeNext(memory, cursor.node) && toFirst(memory, cursor))
  return -1
}

/** To the element before; false at the beginning. */
export function quicklistPrevious(memory: Memory, cursor: QuicklistCursor): boolean {
  const node = treeItem(memory, cursor.node)
  if (!isPlain(memory, node)) {
    cursor.position = listpackPrevious(memory, node, cursor.position)
    if (cursor.position !== 0) return true
  }
  return treePrevious(memory, cursor.node) && toLast(memory, cursor)
}

function toFirst(memory: Memory, cursor: QuicklistCursor): true {
  cursor.position = firstIn(memory, treeItem(memory, cursor.node))
  return true
}

function toLast(memory: Memory, cursor: QuicklistCursor): true {
  cursor.position = lastIn(memory, treeItem(memory, cursor.node))
  return true
}

/** Aims `out` at the cursor's element; see listpackGet for how long it lives. */
export function quicklistGet(memory: Memory, cursor: QuicklistCursor, out: Slice): Slice {
  const node = treeItem(memory, cursor.node)
  return isPlain(memory, node) ? plainAim(memory, node, out) : listpackGet(memory, node, cursor.position, out)
}

/** Whether the cursor's element is this text. `scratch` is aimed anew. */
export function quicklistEquals(memory: Memory, cursor: QuicklistCursor, text: Slice, scratch: Slice): boolean {
  const node = treeItem(memory, cursor.node)
  if (isPlain(memory, node)) return plainAim(memory, node, scratch).equals(text)
  return listpackEquals(memory, node, cursor.position, text)
}

/** Hands `count` elements from the cursor on to a sink; as many there are. The cursor is then anywhere. */
export function quicklistSend(memory: Memory, cursor: QuicklistCursor, count: number, sink: ByteSink, scratch: Slice) {
  let left = count
  let { position } = cursor
  do {
    const node = treeItem(memory, cursor.node)
    if (isPlain(memory, node)) {
      plainAim(memory, node, scratch)
      sink.bulkOf(scratch.buf, scratch.at, scratch.size)
      left--
    } else left -= listpackSend(memory, node, position === 0 ? listpackFirst(memory, node) : position, left, sink)
    position = 0
  } while (left > 0 && treeNext(memory, cursor.node))
}

// Adding

/** Adds an element at one end; false when memory is exhausted. */
export function quicklistPush(memory: Memory, list: Ref, text: Slice, atHead: boolean): boolean {
  const tree = treeOf(memory, list)
  const fill = fillIn(memory, list)
  if (atHead ? treeFirst(memory, tree, own) : treeLast(memory, tree, own)) {
    const node = treeItem(memory, own)
    const count = treeItemWeight(memory, own)
    if (allowsInsert(memory, node, count, fill, text.size)) {
      return addTo(memory, tree, own, atHead ? 0 : count, text)
    }
  }
  const node = nodeOf(memory, fill, text)
  if (node === NIL) return false
  if (atHead ? treePrepend(memory, tree, node, 1) : treeAppend(memory, tree, node, 1)) return true
  memory.free(node)
  return false
}

/** A node of one element; NIL when memory is exhausted. */
function nodeOf(memory: Memory, fill: number, text: Slice): Ref {
  if (isLarge(fill, text.size)) return plainCreate(memory, text)
  const pack = listpackCreate(memory)
  if (pack === NIL) return NIL
  const node = listpackAppend(memory, pack, text)
  if (node === NIL) memory.free(pack)
  return node
}

/** Adds an element as the first (index 0) or the last one of the cursor's listpack. */
function addTo(memory: Memory, tree: Ref, at: TreeCursor, index: number, text: Slice): boolean {
  const node = treeItem(memory, at)
  blockWillChange(memory, node)
  if (listpackAddInPlace(memory, node, text, index === 0)) {
    treeAddWeight(memory, tree, at, 1)
    return true
  }
  const grown = roomy(memory, at, text.size)
  const changed = index === 0 ? listpackPrepend(memory, grown, text) : listpackAppend(memory, grown, text)
  return adopt(memory, tree, at, grown, changed, 1)
}

/**
 * The cursor's listpack, in a block of twice the size when its own has no room for a text of `size` bytes:
 * what is pushed to one by one would otherwise move to the next bigger block again and again.
 */
function roomy(memory: Memory, at: TreeCursor, size: number): Ref {
  const node = treeItem(memory, at)
  const needed = listpackSize(memory, node) + size + ENTRY_FRAME_BYTES
  if (needed <= memory.sizeOf(node)) return node
  const changed = listpackReserve(memory, node, Math.max(needed, Math.min(2 * needed, GROWN_BYTES_MAX)))
  if (changed !== node) treeReplace(memory, at, changed)
  return changed
}

/** Notes that the cursor's listpack has become another by some elements more; false when it is NIL. */
function adopt(memory: Memory, tree: Ref, at: TreeCursor, node: Ref, changed: Ref, more: number): boolean {
  if (changed === NIL) return false
  if (changed !== node) treeReplace(memory, at, changed)
  if (more !== 0) treeAddWeight(memory, tree, at, more)
  return true
}

/** Adds an element before or behind the cursor's, and leaves the cursor anywhere; false when memory is exhausted. */
export function quicklistInsert(
  memory: Memory,
  list: Ref,
  cursor: QuicklistCursor,
  text: Slice,
  isAfter: boolean,
): boolean {
  const tree = treeOf(memory, list)
  const fill = fillIn(memory, list)
  const { node: at, position } = cursor
  const node = treeItem(memory, at)
  const beyond = isPlain(memory, node)
    ? 0
    : isAfter
      ? listpackNext(memory, node, position)
      : listpackPrevious(memory, node, position)
  if (allowsInsert(memory, node, treeItemWeight(memory, at), fill, text.size)) {
    blockWillChange(memory, node)
    const place = isAfter ? beyond : position
    const changed = place === 0 ? listpackAppend(memory, node, text) : listpackInsert(memory, node, place, text)
    return adopt(memory, tree, at, node, changed, 1)
  }
  if (beyond !== 0) return insertBetween(memory, list, cursor, text, isAfter)
  // At an edge: into the neighbour, or a node between the two.
  own.leaf = at.leaf
  own.slot = at.slot
  if (isAfter ? treeNext(memory, own) : treePrevious(memory, own)) {
    const count = treeItemWeight(memory, own)
    if (allowsInsert(memory, treeItem(memory, own), count, fill, text.size)) {
      return addTo(memory, tree, own, isAfter ? 0 : count, text)
    }
  }
  const added = nodeOf(memory, fill, text)
  if (added === NIL) return false
  if (insertBeside(memory, tree, at, isAfter, added, 1)) return true
  memory.free(added)
  return false
}

/** Puts a node before or behind the cursor's, on which the cursor stays; false: no memory, and the cursor is dead. */
function insertBeside(memory: Memory, tree: Ref, at: TreeCursor, isAfter: boolean, node: Ref, count: number): boolean {
  if (isAfter) treeNext(memory, at)
  if (!treeInsert(memory, tree, at, node, count)) return false
  if (isAfter) treePrevious(memory, at)
  else treeNext(memory, at)
  return true
}

/** Splits the cursor's listpack, which is full or the element large, at a place that is no edge. */
function insertBetween(memory: Memory, list: Ref, cursor: QuicklistCursor, text: Slice, isAfter: boolean): boolean {
  const tree = treeOf(memory, list)
  const fill = fillIn(memory, list)
  const { node: at, position } = cursor
  const node = treeItem(memory, at)
  const count = treeItemWeight(memory, at)
  // The elements on the other side of the new one move to another node.
  const from = isAfter ? listpackNext(memory, node, position) : listpackFirst(memory, node)
  const behind = entriesFrom(memory, node, isAfter ? from : position)
  const moved = isAfter ? behind : count - behind
  const part = listpackPart(memory, node, from, isAfter ? 0 : position, moved)
  if (part === NIL) return false
  if (isLarge(fill, text.size)) {
    if (!insertTwo(memory, tree, at, isAfter, plainCreate(memory, text), part, moved)) return false
  } else {
    const grown = isAfter ? listpackPrepend(memory, part, text) : listpackAppend(memory, part, text)
    if (grown === NIL || !insertBeside(memory, tree, at, isAfter, grown, moved + 1)) {
      memory.free(grown === NIL ? part : grown)
      return false
    }
  }
  blockWillChange(memory, node)
  adopt(memory, tree, at, node, listpackRemove(memory, node, from, moved), -moved)
  if (!isLarge(fill, text.size)) joinAround(memory, tree, at, fill)
  return true
}

/** The number of entries of a listpack from a position on. */
function entriesFrom(memory: Memory, pack: Ref, position: number): number {
  let count = 0
  for (let at = position; at !== 0; at = listpackNext(memory, pack, at)) count++
  return count
}

/**
 * Puts a plain node beside the cursor's, and on its far side `part` of `count` elements (NIL: none). The
 * cursor stays where it is. False: memory is exhausted, both are freed, nothing has changed.
 */
function insertTwo(
  memory: Memory,
  tree: Ref,
  at: TreeCursor,
  isAfter: boolean,
  plain: Ref,
  part: Ref,
  count: number,
): boolean {
  const start = treeRank(memory, tree, at) + (isAfter ? treeItemWeight(memory, at) : 0)
  const isIn = plain !== NIL && (part === NIL || insertBeside(memory, tree, at, isAfter, part, count))
  if (isIn && insertBeside(memory, tree, at, isAfter, plain, 1)) return true
  if (isIn && part !== NIL) {
    treeSeek(memory, tree, start, at)
    treeRemove(memory, tree, at)
  }
  if (plain !== NIL) memory.free(plain)
  if (part !== NIL) memory.free(part)
  return false
}

/** Joins the nodes around the cursor's, and it with them, where two fit into one. The cursor is then anywhere. */
function joinAround(memory: Memory, tree: Ref, at: TreeCursor, fill: number): void {
  const start = treeRank(memory, tree, at)
  if (treePrevious(memory, at) && treePrevious(memory, at)) joinWithNext(memory, tree, at, fill)
  treeSeek(memory, tree, start, at)
  if (treeNext(memory, at)) joinWithNext(memory, tree, at, fill)
  treeSeek(memory, tree, start, at)
  if (treePrevious(memory, at) && !joinWithNext(memory, tree, at, fill)) treeNext(memory, at)
  joinWithNext(memory, tree, at, fill)
}

/** Joins the cursor's node with the next one; the cursor is then on what it was on, or on both. False: they stay two. */
function joinWithNext(memory: Memory, tree: Ref, at: TreeCursor, fill: number): boolean {
  const left = treeItem(memory, at)
  const count = treeItemWeight(memory, at)
  if (!treeNext(memory, at)) {
    treePrevious(memory, at)
    return false
  }
  const right = treeItem(memory, at)
  const both = count + treeItemWeight(memory, at)
  const mayJoin = allowsJoin(memory, left, right, fill, both)
  if (mayJoin) for (const node of [left, right]) blockWillChange(memory, node)
  const joined = mayJoin ? listpackJoin(memory, left, right) : NIL
  if (joined !== NIL) treeRemove(memory, tree, at)
  treePrevious(memory, at)
  return adopt(memory, tree, at, left, joined, both - count)
}

// Changing and removing

/** Puts another text in the place of the cursor's element, and leaves the cursor anywhere; false: memory is exhausted. */
export function quicklistReplace(memory: Memory, list: Ref, cursor: QuicklistCursor, text: Slice): boolean {
  const tree = treeOf(memory, list)
  const { node: at, position } = cursor
  const node = treeItem(memory, at)
  blockWillChange(memory, node)
  if (!isLarge(fillIn(memory, list), text.size)) {
    if (!isPlain(memory, node)) {
      return adopt(memory, tree, at, node, listpackReplace(memory, node, position, text), 0)
    }
    const start = treeRank(memory, tree, at)
    if (!quicklistInsert(memory, list, cursor, text, true)) return false
    treeSeek(memory, tree, start, at)
    treeRemove(memory, tree, at)
    memory.free(node)
    return true
  }
  const plain = plainCreate(memory, text)
  if (!isPlain(memory, node)) return replaceByPlain(memory, list, cursor, plain)
  if (plain === NIL) return false
  treeReplace(memory, at, plain)
  memory.free(node)
  return true
}

/** Puts a plain node (NIL: there was no memory for it) in the place of one element of a listpack. */
function replaceByPlain(memory: Memory, list: Ref, cursor: QuicklistCursor, plain: Ref): boolean {
  const tree = treeOf(memory, list)
  const { node: at, position } = cursor
  const node = treeItem(memory, at)
  const next = listpackNext(memory, node, position)
  const moved = next === 0 ? 0 : entriesFrom(memory, node, next)
  const part = moved === 0 ? NIL : listpackPart(memory, node, next, 0, moved)
  if (moved > 0 && part === NIL) {
    if (plain !== NIL) memory.free(plain)
    return false
  }
  if (!insertTwo(memory, tree, at, true, plain, part, moved)) return false
  const removed = moved + 1
  if (removed === treeItemWeight(memory, at)) {
    treeRemove(memory, tree, at)
    memory.free(node)
    return true
  }
  adopt(memory, tree, at, node, listpackRemove(memory, node, position, removed), -removed)
  treeNext(memory, at)
  joinAround(memory, tree, at, fillIn(memory, list))
  return true
}

/** Removes the cursor's element and goes to the next one, or the one before; false when there is none. */
export function quicklistRemove(memory: Memory, list: Ref, cursor: QuicklistCursor, backwards: boolean): boolean {
  const tree = treeOf(memory, list)
  const { node: at, position } = cursor
  const node = treeItem(memory, at)
  blockWillChange(memory, node)
  if (treeItemWeight(memory, at) === 1) {
    treeRemove(memory, tree, at)
    memory.free(node)
    if (backwards) return treePrevious(memory, at) && toLast(memory, cursor)
    return treeIsOnItem(memory, at) && toFirst(memory, cursor)
  }
  const isLast = listpackNext(memory, node, position) === 0
  const pack = listpackRemove(memory, node, position, 1)
  adopt(memory, tree, at, node, pack, -1)
  if (backwards) {
    cursor.position = listpackPrevious(memory, pack, position)
    return cursor.position !== 0 || (treePrevious(memory, at) && toLast(memory, cursor))
  }
  return !isLast || (treeNext(memory, at) && toFirst(memory, cursor))
}

/** Removes the first or the last element of a list that has some, having handed it to a sink, if there is one. */
export function quicklistPop(memory: Memory, list: Ref, atHead: boolean, sink: ByteSink | null): void {
  const tree = treeOf(memory, list)
  if (atHead) treeFirst(memory, tree, own)
  else treeLast(memory, tree, own)
  const node = treeItem(memory, own)
  if (sink !== null) sendEnd(memory, node, atHead, sink)
  blockWillChange(memory, node)
  if (treeItemWeight(memory, own) === 1) {
    treeRemove(memory, tree, own)
    memory.free(node)
    return
  }
  if (listpackPopInPlace(memory, node, atHead)) return treeAddWeight(memory, tree, own, -1)
  const position = atHead ? listpackFirst(memory, node) : listpackLast(memory, node)
  adopt(memory, tree, own, node, listpackRemove(memory, node, position, 1), -1)
}

/** Hands the first or the last element of a node to a sink. */
function sendEnd(memory: Memory, node: Ref, atHead: boolean, sink: ByteSink): void {
  if (!isPlain(memory, node)) {
    listpackSend(memory, node, atHead ? listpackFirst(memory, node) : listpackLast(memory, node), 1, sink)
    return
  }
  plainAim(memory, node, sent)
  sink.bulkOf(sent.buf, sent.at, sent.size)
}

/** Removes `count` elements, which exist, from an index on. */
export function quicklistRemoveRange(memory: Memory, list: Ref, index: number, count: number): void {
  const tree = treeOf(memory, list)
  let before = treeSeek(memory, tree, index, own)
  for (let left = count; left > 0; before = 0) {
    const node = treeItem(memory, own)
    const weight = treeItemWeight(memory, own)
    const removed = Math.min(left, weight - before)
    left -= removed
    blockWillChange(memory, node)
    if (removed === weight) {
      treeRemove(memory, tree, own)
      memory.free(node)
    } else {
      const position = positionIn(memory, node, before, weight)
      adopt(memory, tree, own, node, listpackRemove(memory, node, position, removed), -removed)
      treeNext(memory, own)
    }
  }
}

// The whole

/** Another list with the same nodes; NIL when memory is exhausted. */
export function quicklistCopy(memory: Memory, list: Ref): Ref {
  const copy = quicklistCreate(memory, fillIn(memory, list))
  if (copy === NIL) return NIL
  const tree = treeOf(memory, copy)
  const from = new TreeCursor()
  for (let more = treeFirst(memory, treeOf(memory, list), from); more; more = treeNext(memory, from)) {
    const node = nodeCopy(memory, treeItem(memory, from))
    if (node !== NIL && treeAppend(memory, tree, node, treeItemWeight(memory, from))) continue
    if (node !== NIL) memory.free(node)
    quicklistFree(memory, copy)
    return NIL
  }
  return copy
}

/** The bytes of all blocks. */
export function quicklistBytes(memory: Memory, list: Ref): number {
  const tree = treeOf(memory, list)
  let bytes = memory.sizeOf(list) + treeBytes(memory, tree)
  treeForEach(memory, tree, (node) => {
    bytes += memory.sizeOf(node)
  })
  return bytes
}

export function quicklistFree(memory: Memory, list: Ref): void {
  while (!quicklistFreeSome(memory, list, Number.MAX_SAFE_INTEGER));
}

/** Frees about `nodes` nodes of a list that nobody uses any more; true when it is gone. */
export function quicklistFreeSome(memory: Memory, list: Ref, nodes: number): boolean {
  if (!treeFreeSome(memory, treeOf(memory, list), nodes, (node) => memory.free(node))) return false
  memory.free(list)
  return true
}
