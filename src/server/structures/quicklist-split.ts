/*
 * Where an element of a quicklist (quicklist.ts) finds no room in the node at its place:
 * that node is split, or the element becomes a node of its own, and then the nodes
 * around are joined where two fit into one.
 *
 * All of it works on the tree of nodes; `at` is a place in that tree.
 */
import type { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { blockWillChange } from '../memory/witness.ts'
import {
  listpackAppend,
  listpackFirst,
  listpackJoin,
  listpackNext,
  listpackPart,
  listpackPrepend,
  listpackRemove,
} from './listpack.ts'
import type { QuicklistCursor } from './quicklist-cursor.ts'
import { allowsJoin, isLarge, plainCreate } from './quicklist-node.ts'
import { quicklistFill, quicklistTree } from './quicklist-root.ts'
import { treeAddWeight, treeInsert, treeRemove, treeReplace } from './ranked-tree.ts'
import { type TreeCursor, treeItem, treeItemWeight, treeNext, treePrevious, treeRank, treeSeek } from './tree-cursor.ts'

// Nodes beside nodes

/** Notes that the cursor's listpack has become another by some elements more; false when it is NIL. */
export function adoptPack(memory: Memory, tree: Ref, at: TreeCursor, node: Ref, changed: Ref, more: number): boolean {
  if (changed === NIL) return false
  if (changed !== node) treeReplace(memory, at, changed)
  if (more !== 0) treeAddWeight(memory, tree, at, more)
  return true
}

/** Puts a node before or behind the cursor's, on which the cursor stays; false: no memory, and the cursor is dead. */
export function insertBeside(
  memory: Memory,
  tree: Ref,
  at: TreeCursor,
  isAfter: boolean,
  node: Ref,
  count: number,
): boolean {
  if (isAfter) treeNext(memory, at)
  if (!treeInsert(memory, tree, at, node, count)) return false
  if (isAfter) treePrevious(memory, at)
  else treeNext(memory, at)
  return true
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

/** The number of entries of a listpack from a position on. */
function entriesFrom(memory: Memory, pack: Ref, position: number): number {
  let count = 0
  for (let at = position; at !== 0; at = listpackNext(memory, pack, at)) count++
  return count
}

// Splitting

/** Splits the cursor's listpack, which is full or the element large, at a place that is no edge. */
export function insertBetween(
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
  adoptPack(memory, tree, at, node, listpackRemove(memory, node, from, moved), -moved)
  if (!isLarge(fill, text.size)) joinAround(memory, tree, at, fill)
  return true
}

/** Puts a plain node (NIL: there was no memory for it) in the place of one element of a listpack. */
export function replaceByPlain(memory: Memory, list: Ref, cursor: QuicklistCursor, plain: Ref): boolean {
  const tree = quicklistTree(memory, list)
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
  adoptPack(memory, tree, at, node, listpackRemove(memory, node, position, removed), -removed)
  treeNext(memory, at)
  joinAround(memory, tree, at, quicklistFill(memory, list))
  return true
}

// Joining

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
  return adoptPack(memory, tree, at, left, joined, both - count)
}
