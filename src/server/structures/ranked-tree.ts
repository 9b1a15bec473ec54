/*
 * The ranked tree: a sequence of items that is searched by position and, when its
 * items are in order, by comparison. A B+tree whose nodes (tree-node.ts) count what
 * is below them. Sorted sets keep their records in it, lists and streams their nodes.
 *
 * Here is what is done with a tree and its items. Its header is drawn in tree-header.ts;
 * places in it are found by tree-cursor.ts; how nodes come and go is in tree-shape.ts.
 *
 * A keyed tree keeps a number of 32 bits beside each item, by which items are ordered
 * as far as it goes. A search that knows its own number reads the items themselves only
 * where that is the same: they are scattered over memory, and the tree is not.
 *
 * A position counts weight: in a list it is the number of elements before, because
 * a node of a list weighs as many elements as it holds.
 *
 * An insertion takes all the blocks it may need before it changes anything, so when
 * memory is exhausted nothing has changed. A removal needs none: without memory,
 * nodes only stay bigger than they would be.
 */
import { assert } from '../base/assert.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { TreeCursor, treeFirst, treeItemWeight, treeSettle, treeToEnd } from './tree-cursor.ts'
import {
  COUNT,
  FIRST_LEAF,
  freeNode,
  HEADER_WORDS,
  LAST_LEAF,
  NODE_WORDS,
  ROOT,
  relinkNeighbours,
  STRIDE,
  TOTAL,
  treeAddToWord,
  treeSetWord,
  treeWord,
} from './tree-header.ts'
import {
  addWeightAbove,
  closeEntry,
  ENTRIES,
  entriesWeight,
  entryWord,
  FIRST,
  FIRST_KEY,
  firstItem,
  firstKey,
  INNER,
  KEYED,
  LEAF_KEY,
  NEXT,
  NODE_MAX,
  nodeCapacity,
  nodeCount,
  nodeLink,
  nodeSetLink,
  nodeStride,
  openEntry,
  PARENT,
  PLAIN,
  PREVIOUS,
  setEntryWord,
  setFirstAbove,
  slotInParent,
  strideIn,
  WEIGHT,
  WEIGHTED,
} from './tree-node.ts'
import { countSpare, dropLeaf, findRoom, takeOutLeaf, tidyLeaf } from './tree-shape.ts'

/** An insertion splits a full leaf at worst, and one in some thirty of those an inner node. */
const INSERTION_BYTES = 512
/** Blocks of a whole path from the root to a leaf, all of them full. */
const PATH_BYTES = 12288

/** Where treeAppend and treePrepend stand. */
const ownCursor = new TreeCursor()

/** An empty tree; NIL when memory is exhausted. */
export function treeCreate(memory: Memory, kind: typeof PLAIN | typeof KEYED | typeof WEIGHTED): Ref {
  const tree = memory.allocZeroed(HEADER_WORDS * 4)
  if (tree !== NIL) treeSetWord(memory, tree, STRIDE, kind)
  return tree
}

/** The number of items. */
export function treeCount(memory: Memory, tree: Ref): number {
  return treeWord(memory, tree, COUNT)
}

/** The sum of the items' weights. */
export function treeWeight(memory: Memory, tree: Ref): number {
  return treeWord(memory, tree, TOTAL)
}

/** The bytes of header and nodes, not of the items. */
export function treeBytes(memory: Memory, tree: Ref): number {
  return memory.sizeOf(tree) + treeWord(memory, tree, NODE_WORDS) * 4
}

/** The most bytes that a tree without weights allocates for so many insertions, wherever they are. */
export function treeGrowthBytes(insertions: number): number {
  return insertions * INSERTION_BYTES + PATH_BYTES
}

// Inserting

/** Adds an item behind the last one; false when memory is exhausted, nothing changed. */
export function treeAppend(memory: Memory, tree: Ref, item: Ref, extra: number): boolean {
  treeToEnd(memory, tree, ownCursor)
  return treeInsert(memory, tree, ownCursor, item, extra)
}

/** Adds an item before the first one; false when memory is exhausted, nothing changed. */
export function treePrepend(memory: Memory, tree: Ref, item: Ref, extra: number): boolean {
  treeFirst(memory, tree, ownCursor)
  return treeInsert(memory, tree, ownCursor, item, extra)
}

/**
 * Adds an item before the one that the cursor is on, or behind the last one. The cursor is then on the
 * new item. False when memory is exhausted: nothing changed. `extra` is the item's weight or its key,
 * whatever the tree has; a plain one has neither.
 */
export function treeInsert(memory: Memory, tree: Ref, cursor: TreeCursor, item: Ref, extra: number): boolean {
  if (!findRoom(memory, tree, cursor)) return false
  const { leaf, slot } = cursor
  const stride = nodeStride(memory, leaf)
  openEntry(memory, leaf, slot)
  setEntryWord(memory, leaf, slot, 0, item)
  if (stride !== PLAIN) setEntryWord(memory, leaf, slot, stride === KEYED ? LEAF_KEY : WEIGHT, extra)
  const weight = stride === WEIGHTED ? extra : 1
  treeAddToWord(memory, tree, COUNT, 1)
  treeAddToWord(memory, tree, TOTAL, weight)
  if (slot === 0) setFirstAbove(memory, leaf, weight)
  else addWeightAbove(memory, leaf, weight)
  return true
}

// Removing and changing

/**
 * Takes out the item that the cursor is on, which is then on the next item or behind the last one. The
 * item itself is the caller's. Never fails.
 */
export function treeRemove(memory: Memory, tree: Ref, cursor: TreeCursor): void {
  const { leaf, slot } = cursor
  const weight = treeItemWeight(memory, cursor)
  closeEntry(memory, leaf, slot)
  treeAddToWord(memory, tree, COUNT, -1)
  treeAddToWord(memory, tree, TOTAL, -weight)
  const count = nodeCount(memory, leaf)
  if (slot === 0 && count > 0) setFirstAbove(memory, leaf, -weight)
  else addWeightAbove(memory, leaf, -weight)
  if (count === 0) {
    const next = nodeLink(memory, leaf, NEXT)
    dropLeaf(memory, tree, leaf)
    cursor.leaf = next
    cursor.slot = 0
    if (next === NIL) treeToEnd(memory, tree, cursor)
    return
  }
  tidyLeaf(memory, tree, cursor)
  treeSettle(memory, cursor)
}

/**
 * Moves the whole leaf that begins with the cursor's item to the end of `heap`, another tree, of which
 * nothing can be asked from then on: it is only to be freed, or walked by treeForEach. Answers how many
 * items went; 0, having changed nothing, when the cursor is not at the beginning of a leaf, or the leaf
 * has more than `most` items. The cursor is then on the next item or behind the last one. Never fails:
 * so a run of a million items is taken out without a visit to each.
 */
export function treeMoveLeaf(memory: Memory, tree: Ref, cursor: TreeCursor, most: number, heap: Ref): number {
  const { leaf } = cursor
  const count = nodeCount(memory, leaf)
  if (cursor.slot !== 0 || count > most) return 0
  const weight = entriesWeight(memory, leaf, 0, count)
  const next = nodeLink(memory, leaf, NEXT)
  treeAddToWord(memory, tree, COUNT, -count)
  treeAddToWord(memory, tree, TOTAL, -weight)
  addWeightAbove(memory, leaf, -weight)
  takeOutLeaf(memory, tree, leaf)
  nodeSetLink(memory, leaf, PARENT, NIL)
  nodeSetLink(memory, leaf, NEXT, NIL)
  const last = treeWord(memory, heap, LAST_LEAF) as Ref
  nodeSetLink(memory, leaf, PREVIOUS, last)
  relinkNeighbours(memory, heap, leaf, last, NIL)
  const words = memory.sizeOf(leaf) >>> 2
  treeAddToWord(memory, tree, NODE_WORDS, -words)
  treeAddToWord(memory, heap, NODE_WORDS, words)
  treeAddToWord(memory, heap, COUNT, count)
  cursor.leaf = next
  cursor.slot = 0
  if (next === NIL) treeToEnd(memory, tree, cursor)
  return count
}

/** Puts another item, or the same at another address, in the place of the cursor's. */
export function treeReplace(memory: Memory, cursor: TreeCursor, item: Ref): void {
  setEntryWord(memory, cursor.leaf, cursor.slot, 0, item)
  if (cursor.slot === 0) setFirstAbove(memory, cursor.leaf, 0)
}

/** Gives the cursor's item another key, in a keyed tree, with which it may stay where it is. */
export function treeSetKey(memory: Memory, cursor: TreeCursor, key: number): void {
  setEntryWord(memory, cursor.leaf, cursor.slot, LEAF_KEY, key)
  if (cursor.slot === 0) setFirstAbove(memory, cursor.leaf, 0)
}

/** Adds to the weight of the cursor's item, or takes from it, in a tree with weights. */
export function treeAddWeight(memory: Memory, tree: Ref, cursor: TreeCursor, change: number): void {
  const { leaf, slot } = cursor
  const u32 = memory.u32[leaf >>> SEGMENT_SHIFT]
  const n = leaf & WORD_MASK
  u32[n + ENTRIES + slot * strideIn(u32[n]) + WEIGHT] += change
  treeAddToWord(memory, tree, TOTAL, change)
  addWeightAbove(memory, leaf, change)
}

// Freeing

/** Frees a tree: header and nodes, not the items. */
export function treeFree(memory: Memory, tree: Ref): void {
  while (!treeFreeSome(memory, tree, Number.MAX_SAFE_INTEGER, () => {}));
}

/**
 * Frees about `items` items, handing each to `freeItem`, of a tree that nobody uses any more, and the
 * tree after its last one. Answers true when the tree is gone. Between the calls nothing else may be
 * done with it.
 */
export function treeFreeSome(memory: Memory, tree: Ref, items: number, freeItem: (item: Ref) => void): boolean {
  let left = items
  let leaf = treeWord(memory, tree, LAST_LEAF) as Ref
  for (; leaf !== NIL && left > 0; leaf = treeWord(memory, tree, LAST_LEAF) as Ref) {
    const count = nodeCount(memory, leaf)
    for (let slot = 0; slot < count; slot++) freeItem(entryWord(memory, leaf, slot, 0) as Ref)
    left -= count
    treeAddToWord(memory, tree, COUNT, -count)
    treeSetWord(memory, tree, LAST_LEAF, nodeLink(memory, leaf, PREVIOUS))
    freeLast(memory, tree, leaf)
  }
  if (leaf !== NIL) return false
  memory.free(tree)
  return true
}

/** Frees the last node of its parent, and those above it that have no other. */
function freeLast(memory: Memory, tree: Ref, node: Ref): void {
  let last = node
  for (;;) {
    const parent = nodeLink(memory, last, PARENT)
    freeNode(memory, tree, last)
    if (parent === NIL) return
    closeEntry(memory, parent, nodeCount(memory, parent) - 1)
    if (nodeCount(memory, parent) > 0) return
    last = parent
  }
}

/** Walks the tree, throws where it does not agree with itself, and hands out each item in order. For tests. */
export function treeCheck(memory: Memory, tree: Ref, visit: (item: Ref) => void): void {
  const leaves: Ref[] = []
  const totals = { count: 0, words: 0 }
  const root = treeWord(memory, tree, ROOT) as Ref
  const weight = root === NIL ? 0 : checkNode(memory, tree, root, NIL, leaves, totals, visit)
  assert(weight === treeWord(memory, tree, TOTAL), 'the weights add up to that of the tree')
  assert(totals.count === treeWord(memory, tree, COUNT), 'the tree counts its items')
  assert(totals.words === treeWord(memory, tree, NODE_WORDS), 'the tree counts the words of its nodes')
  assert(treeWord(memory, tree, FIRST_LEAF) === (leaves[0] ?? NIL), 'the header has the first leaf')
  assert(treeWord(memory, tree, LAST_LEAF) === (leaves.at(-1) ?? NIL), 'the header has the last leaf')
  const depths = new Set<number>()
  leaves.forEach((leaf, i) => {
    assert(nodeLink(memory, leaf, PREVIOUS) === (leaves[i - 1] ?? NIL), 'leaves are linked backwards')
    assert(nodeLink(memory, leaf, NEXT) === (leaves[i + 1] ?? NIL), 'leaves are linked forwards')
    let depth = 0
    for (let node = leaf; node !== NIL; node = nodeLink(memory, node, PARENT)) depth++
    depths.add(depth)
  })
  assert(depths.size <= 1, 'all leaves are equally deep')
  assert(countSpare() === 0, 'no block is put aside')
}

/** Checks a node and all below it; answers its weight. */
function checkNode(
  memory: Memory,
  tree: Ref,
  node: Ref,
  parent: Ref,
  leaves: Ref[],
  totals: { count: number; words: number },
  visit: (item: Ref) => void,
): number {
  const count = nodeCount(memory, node)
  const stride = nodeStride(memory, node)
  const capacity = nodeCapacity(memory, node)
  totals.words += memory.sizeOf(node) >>> 2
  assert(count > 0 && count <= capacity && capacity <= NODE_MAX, 'a node has entries and capacity for them')
  assert((ENTRIES + capacity * stride) * 4 <= memory.sizeOf(node), "a node's entries fit into its block")
  assert(nodeLink(memory, node, PARENT) === parent, 'a node knows its parent')
  if (stride !== INNER) {
    assert(stride === treeWord(memory, tree, STRIDE), 'leaves have the entries of the tree')
    leaves.push(node)
    totals.count += count
    for (let slot = 0; slot < count; slot++) visit(entryWord(memory, node, slot, 0) as Ref)
    return entriesWeight(memory, node, 0, count)
  }
  assert(parent !== NIL || count > 1, 'a root that is no leaf has more than one child')
  let weight = 0
  for (let slot = 0; slot < count; slot++) {
    const child = entryWord(memory, node, slot, 0) as Ref
    const below = checkNode(memory, tree, child, node, leaves, totals, visit)
    assert(slotInParent(memory, node, child) === slot, 'a node is found in its parent')
    assert(below === entryWord(memory, node, slot, WEIGHT), 'a node knows the weight of each child')
    assert(firstItem(memory, child) === entryWord(memory, node, slot, FIRST), 'a node knows the first item below')
    assert(firstKey(memory, child) === entryWord(memory, node, slot, FIRST_KEY), 'a node knows its key')
    weight += below
  }
  return weight
}
