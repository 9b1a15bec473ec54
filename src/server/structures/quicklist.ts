/*
 * Quicklist: a long list of texts, cut into nodes (quicklist-node.ts) that a
 * ranked tree (ranked-tree.ts) keeps in order. A node weighs as many elements as
 * it holds, so any element is found by its index in O(log n).
 *
 * Where nodes begin and end is what Redis and Valkey make of the same commands:
 * an element goes into the node at its place, or a neighbour it borders on, or a
 * node of its own; only in the middle of a full node is that split, and then the
 * nodes around are joined where they fit into one (quicklist-split.ts). A list
 * becomes a listpack again when one node is left, so that can be seen from outside.
 *
 * Here a list is made, changed and freed; its elements are found and read by
 * quicklist-cursor.ts.
 *
 * What answers false for lack of memory has changed nothing.
 */
import { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { blockWillChange } from '../memory/witness.ts'
import {
  type ByteSink,
  listpackAddInPlace,
  listpackAppend,
  listpackCreate,
  listpackFirst,
  listpackInsert,
  listpackLast,
  listpackNext,
  listpackPopInPlace,
  listpackPrepend,
  listpackPrevious,
  listpackRemove,
  listpackReplace,
  listpackReserve,
  listpackSend,
  listpackSize,
} from './listpack.ts'
import { positionIn, type QuicklistCursor, toFirst, toLast } from './quicklist-cursor.ts'
import { allowsInsert, isLarge, isPlain, nodeBytes, nodeCopy, plainAim, plainCreate } from './quicklist-node.ts'
import { quicklistCreate, quicklistFill, quicklistTree } from './quicklist-root.ts'
import { adoptPack, insertBeside, insertBetween, replaceByPlain } from './quicklist-split.ts'
import {
  treeAddWeight,
  treeAppend,
  treeBytes,
  treeCount,
  treeFree,
  treeFreeSome,
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

/** What an entry of a listpack takes at most beside its text. */
const ENTRY_FRAME_BYTES = 10
/** Blocks double up to this, what a node of the default limit has at most. */
const GROWN_BYTES_MAX = 8192

/** For what begins and ends within one function. */
const own = new TreeCursor()
const sent = new Slice()

/**
 * A list whose only node is a listpack of `count` elements, which is then the list's, or that has none
 * yet (NIL); NIL when memory is exhausted.
 */
export function quicklistOf(memory: Memory, fill: number, pack: Ref, count: number): Ref {
  const list = quicklistCreate(memory, fill)
  if (list === NIL || pack === NIL || treeAppend(memory, quicklistTree(memory, list), pack, count)) return list
  quicklistDropRoot(memory, list)
  return NIL
}

/** Adds a listpack of `count` elements, which is then the list's, as its last node; false when memory is exhausted. */
export function quicklistAddPack(memory: Memory, list: Ref, pack: Ref, count: number): boolean {
  return treeAppend(memory, quicklistTree(memory, list), pack, count)
}

/** Visits every node in order: the bytes of a listpack, or those of the one element of a plain node. */
export function quicklistForNodes(memory: Memory, list: Ref, visit: (bytes: Slice, isPlain: boolean) => void): void {
  const out = new Slice()
  treeForEach(memory, quicklistTree(memory, list), (node) => visit(nodeBytes(memory, node, out), isPlain(memory, node)))
}

/** The nodes in their order. */
export function quicklistRefs(memory: Memory, list: Ref): Uint32Array {
  const refs = new Uint32Array(quicklistNodes(memory, list))
  let next = 0
  treeForEach(memory, quicklistTree(memory, list), (node) => {
    refs[next++] = node
  })
  return refs
}

/** How many nodes there are. */
export function quicklistNodes(memory: Memory, list: Ref): number {
  return treeCount(memory, quicklistTree(memory, list))
}

/** The listpack that is the only node of a list, or NIL where there are more or it is plain. */
export function quicklistOnlyPack(memory: Memory, list: Ref): Ref {
  const tree = quicklistTree(memory, list)
  if (treeCount(memory, tree) !== 1) return NIL
  treeFirst(memory, tree, own)
  const node = treeItem(memory, own)
  return isPlain(memory, node) ? NIL : node
}

/** Frees a list but not its nodes: the caller has taken the only one. */
export function quicklistDropRoot(memory: Memory, list: Ref): void {
  treeFree(memory, quicklistTree(memory, list))
  memory.free(list)
}

/** The number of elements. */
export function quicklistCount(memory: Memory, list: Ref): number {
  return treeWeight(memory, quicklistTree(memory, list))
}

// Adding

/** Adds an element at one end; false when memory is exhausted. */
export function quicklistPush(memory: Memory, list: Ref, text: Slice, atHead: boolean): boolean {
  const tree = quicklistTree(memory, list)
  const fill = quicklistFill(memory, list)
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
  return adoptPack(memory, tree, at, grown, changed, 1)
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

/** Adds an element before or behind the cursor's, and leaves the cursor anywhere; false when memory is exhausted. */
export function quicklistInsert(
  memory: Memory,
  list: Ref,
  cursor: QuicklistCursor,
  text: Slice,
  isAfter: boolean,
): boolean {
  const tree = quicklistTree(memory, list)
  const fill = quicklistFill(memory, list)
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
    return adoptPack(memory, tree, at, node, changed, 1)
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

// Changing and removing

/** Puts another text in the place of the cursor's element, and leaves the cursor anywhere; false: memory is exhausted. */
export function quicklistReplace(memory: Memory, list: Ref, cursor: QuicklistCursor, text: Slice): boolean {
  const tree = quicklistTree(memory, list)
  const { node: at, position } = cursor
  const node = treeItem(memory, at)
  blockWillChange(memory, node)
  if (!isLarge(quicklistFill(memory, list), text.size)) {
    if (!isPlain(memory, node)) {
      return adoptPack(memory, tree, at, node, listpackReplace(memory, node, position, text), 0)
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

/** Removes the cursor's element and goes to the next one, or the one before; false when there is none. */
export function quicklistRemove(memory: Memory, list: Ref, cursor: QuicklistCursor, backwards: boolean): boolean {
  const tree = quicklistTree(memory, list)
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
  adoptPack(memory, tree, at, node, pack, -1)
  if (backwards) {
    cursor.position = listpackPrevious(memory, pack, position)
    return cursor.position !== 0 || (treePrevious(memory, at) && toLast(memory, cursor))
  }
  return !isLast || (treeNext(memory, at) && toFirst(memory, cursor))
}

/** Removes the first or the last element of a list that has some, having handed it to a sink, if there is one. */
export function quicklistPop(memory: Memory, list: Ref, atHead: boolean, sink: ByteSink | null): void {
  const tree = quicklistTree(memory, list)
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
  adoptPack(memory, tree, own, node, listpackRemove(memory, node, position, 1), -1)
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
  const tree = quicklistTree(memory, list)
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
      adoptPack(memory, tree, own, node, listpackRemove(memory, node, position, removed), -removed)
      treeNext(memory, own)
    }
  }
}

// The whole

/** Another list with the same nodes; NIL when memory is exhausted. */
export function quicklistCopy(memory: Memory, list: Ref): Ref {
  const copy = quicklistCreate(memory, quicklistFill(memory, list))
  if (copy === NIL) return NIL
  const tree = quicklistTree(memory, copy)
  const from = new TreeCursor()
  for (let more = treeFirst(memory, quicklistTree(memory, list), from); more; more = treeNext(memory, from)) {
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
  const tree = quicklistTree(memory, list)
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
  if (!treeFreeSome(memory, quicklistTree(memory, list), nodes, (node) => memory.free(node))) return false
  memory.free(list)
  return true
}
