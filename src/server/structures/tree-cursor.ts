/*
 * A place in a ranked tree (ranked-tree.ts), and how it is found: by steps from a
 * neighbour, by position, by comparison. Nothing here changes a tree.
 */
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { FIRST_LEAF, LAST_LEAF, ROOT, TOTAL, treeWord } from './tree-header.ts'
import {
  countIn,
  ENTRIES,
  entriesWeight,
  entryWord,
  FIRST,
  FIRST_KEY,
  INNER,
  KEYED,
  LEAF_KEY,
  NEXT,
  nodeCount,
  nodeLink,
  nodeStride,
  PARENT,
  PREVIOUS,
  slotInParent,
  strideIn,
  WEIGHT,
  WEIGHTED,
} from './tree-node.ts'

/**
 * A place in a tree: on an item, or behind the last one. It may be used again and again, and is dead
 * after any change of the tree that was not made through it.
 */
export class TreeCursor {
  leaf: Ref = NIL
  slot = 0
}

// Walking

/** To the first item; false when there is none. */
export function treeFirst(memory: Memory, tree: Ref, cursor: TreeCursor): boolean {
  cursor.leaf = treeWord(memory, tree, FIRST_LEAF) as Ref
  cursor.slot = 0
  return cursor.leaf !== NIL
}

/** To the last item; false when there is none. */
export function treeLast(memory: Memory, tree: Ref, cursor: TreeCursor): boolean {
  treeToEnd(memory, tree, cursor)
  if (cursor.leaf === NIL) return false
  cursor.slot--
  return true
}

/** Behind the last item. */
export function treeToEnd(memory: Memory, tree: Ref, cursor: TreeCursor): void {
  cursor.leaf = treeWord(memory, tree, LAST_LEAF) as Ref
  cursor.slot = cursor.leaf === NIL ? 0 : nodeCount(memory, cursor.leaf)
}

/** To the next item; false when there is none: it is then behind the last one. */
export function treeNext(memory: Memory, cursor: TreeCursor): boolean {
  cursor.slot++
  return treeSettle(memory, cursor)
}

/** From the end of a leaf to the beginning of the next one, if there is one; false behind the last item. */
export function treeSettle(memory: Memory, cursor: TreeCursor): boolean {
  if (cursor.slot < nodeCount(memory, cursor.leaf)) return true
  const next = nodeLink(memory, cursor.leaf, NEXT)
  if (next === NIL) {
    cursor.slot = nodeCount(memory, cursor.leaf)
    return false
  }
  cursor.leaf = next
  cursor.slot = 0
  return true
}

/** To the item before; false when there is none: it stays where it is. */
export function treePrevious(memory: Memory, cursor: TreeCursor): boolean {
  if (cursor.slot > 0) {
    cursor.slot--
    return true
  }
  const previous = cursor.leaf === NIL ? NIL : nodeLink(memory, cursor.leaf, PREVIOUS)
  if (previous === NIL) return false
  cursor.leaf = previous
  cursor.slot = nodeCount(memory, previous) - 1
  return true
}

/** Whether the cursor is on an item, and not behind the last one. */
export function treeIsOnItem(memory: Memory, cursor: TreeCursor): boolean {
  return cursor.leaf !== NIL && cursor.slot < nodeCount(memory, cursor.leaf)
}

/** The item that the cursor is on. */
export function treeItem(memory: Memory, cursor: TreeCursor): Ref {
  return entryWord(memory, cursor.leaf, cursor.slot, 0) as Ref
}

export function treeItemWeight(memory: Memory, cursor: TreeCursor): number {
  return nodeStride(memory, cursor.leaf) < WEIGHTED ? 1 : entryWord(memory, cursor.leaf, cursor.slot, WEIGHT)
}

/** The key of the cursor's item, in a keyed tree. */
export function treeItemKey(memory: Memory, cursor: TreeCursor): number {
  return entryWord(memory, cursor.leaf, cursor.slot, LEAF_KEY)
}

/** Visits every item in order. The visitor must not write to the tree. */
export function treeForEach(memory: Memory, tree: Ref, visit: (item: Ref) => void): void {
  for (let leaf = treeWord(memory, tree, FIRST_LEAF) as Ref; leaf !== NIL; leaf = nodeLink(memory, leaf, NEXT)) {
    const count = nodeCount(memory, leaf)
    for (let slot = 0; slot < count; slot++) visit(entryWord(memory, leaf, slot, 0) as Ref)
  }
}

// Searching

/**
 * To the item that holds this position. Answers how much of the item's weight lies before it (0 when
 * all items weigh 1), or -1 when there is no such position; the cursor is then behind the last item.
 */
export function treeSeek(memory: Memory, tree: Ref, position: number, cursor: TreeCursor): number {
  if (position < 0 || position >= treeWord(memory, tree, TOTAL)) {
    treeToEnd(memory, tree, cursor)
    return -1
  }
  let node = treeWord(memory, tree, ROOT) as Ref
  let left = position
  for (;;) {
    const u32 = memory.u32[node >>> SEGMENT_SHIFT]
    const n = node & WORD_MASK
    const stride = strideIn(u32[n])
    let at = n + ENTRIES
    if (stride < WEIGHTED) {
      cursor.leaf = node
      cursor.slot = left
      return 0
    }
    while (left >= u32[at + WEIGHT]) {
      left -= u32[at + WEIGHT]
      at += stride
    }
    if (stride !== INNER) {
      cursor.leaf = node
      cursor.slot = (at - n - ENTRIES) / stride
      return left
    }
    node = u32[at] as Ref
  }
}

/** The position of the cursor's item: the weight before it. */
export function treeRank(memory: Memory, tree: Ref, cursor: TreeCursor): number {
  if (cursor.leaf === NIL) return treeWord(memory, tree, TOTAL)
  let node = cursor.leaf
  let rank = entriesWeight(memory, node, 0, cursor.slot)
  for (let parent = nodeLink(memory, node, PARENT); parent !== NIL; parent = nodeLink(memory, node, PARENT)) {
    rank += entriesWeight(memory, parent, 0, slotInParent(memory, parent, node))
    node = parent
  }
  return rank
}

/**
 * To the first item that is not before what is sought; false when there is none: the cursor is then
 * behind the last item, where that would be inserted. `isBefore` agrees with the order of the items.
 */
export function treeLowerBound(
  memory: Memory,
  tree: Ref,
  isBefore: (item: Ref) => boolean,
  cursor: TreeCursor,
): boolean {
  let node = treeWord(memory, tree, ROOT) as Ref
  cursor.leaf = node
  cursor.slot = 0
  if (node === NIL) return false
  for (;;) {
    const u32 = memory.u32[node >>> SEGMENT_SHIFT]
    const n = node & WORD_MASK
    const base = n + ENTRIES
    const stride = strideIn(u32[n])
    let high = countIn(u32[n])
    if (stride !== INNER) {
      let low = 0
      while (low < high) {
        const middle = (low + high) >>> 1
        if (isBefore(u32[base + middle * stride] as Ref)) low = middle + 1
        else high = middle
      }
      cursor.leaf = node
      cursor.slot = low
      return treeSettle(memory, cursor)
    }
    // The last child that begins before it, or else the first child.
    let low = 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(u32[base + middle * INNER + FIRST] as Ref)) low = middle + 1
      else high = middle
    }
    node = u32[base + (low - 1) * INNER] as Ref
  }
}

/** As treeLowerBound, in a keyed tree, where what is sought has this key. Only items with the same one are asked about. */
export function treeLowerBoundKeyed(
  memory: Memory,
  tree: Ref,
  key: number,
  isBefore: (item: Ref) => boolean,
  cursor: TreeCursor,
): boolean {
  let node = treeWord(memory, tree, ROOT) as Ref
  cursor.leaf = node
  cursor.slot = 0
  if (node === NIL) return false
  for (;;) {
    const u32 = memory.u32[node >>> SEGMENT_SHIFT]
    const n = node & WORD_MASK
    const base = n + ENTRIES
    let high = countIn(u32[n])
    if (strideIn(u32[n]) !== INNER) {
      let low = 0
      while (low < high) {
        const middle = (low + high) >>> 1
        const entry = base + middle * KEYED
        const found = u32[entry + LEAF_KEY]
        if (found < key || (found === key && isBefore(u32[entry] as Ref))) low = middle + 1
        else high = middle
      }
      cursor.leaf = node
      cursor.slot = low
      return treeSettle(memory, cursor)
    }
    let low = 1
    while (low < high) {
      const middle = (low + high) >>> 1
      const entry = base + middle * INNER
      const found = u32[entry + FIRST_KEY]
      if (found < key || (found === key && isBefore(u32[entry + FIRST] as Ref))) low = middle + 1
      else high = middle
    }
    node = u32[base + (low - 1) * INNER] as Ref
  }
}
