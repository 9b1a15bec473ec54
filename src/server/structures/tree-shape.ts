/*
 * The shape of a ranked tree (ranked-tree.ts): how nodes are added, split, joined and
 * taken out, so that there is room for an item where it is to go and no node is emptier
 * than it must be. What is put there or taken away, and what is counted of it, is not
 * known here.
 *
 * Leaves fill up where a sequence comes in order: an insertion before a leaf goes to
 * the end of the one before it if there is room, and between two full leaves, or at
 * either end, it begins a leaf of its own. Only in the middle of a full leaf is it
 * split in halves. Leaves that get sparse join a neighbour; leaves of few items are
 * small blocks.
 */
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import type { TreeCursor } from './tree-cursor.ts'
import {
  createNode,
  FIRST_LEAF,
  freeNode,
  LAST_LEAF,
  ROOT,
  relinkNeighbours,
  STRIDE,
  TOTAL,
  treeSetWord,
  treeWord,
} from './tree-header.ts'
import {
  capacityFor,
  closeEntry,
  entriesWeight,
  entryWord,
  FIRST,
  FIRST_KEY,
  firstItem,
  firstKey,
  INNER,
  moveEntries,
  NEXT,
  NODE_MAX,
  nodeCapacity,
  nodeCount,
  nodeLink,
  nodeSetLink,
  nodeStride,
  openEntry,
  PARENT,
  PREVIOUS,
  setEntryWord,
  setFirstAbove,
  slotInParent,
  WEIGHT,
} from './tree-node.ts'

/** A node with fewer entries looks for a neighbour to join, if both together have no more than JOINED_MAX. */
const SPARSE = NODE_MAX / 4
const JOINED_MAX = (NODE_MAX * 3) / 4

/** Blocks for the insertion under way, from the bottom up, and how many of them are used. */
const spare: Ref[] = []
let spareUsed = 0

// Growing

/** Moves the cursor to where the same place is and has room for one more item; false: memory is exhausted. */
export function findRoom(memory: Memory, tree: Ref, cursor: TreeCursor): boolean {
  if (cursor.leaf === NIL) return addFirstLeaf(memory, tree, cursor)
  if (cursor.slot === 0) {
    const previous = nodeLink(memory, cursor.leaf, PREVIOUS)
    if (previous !== NIL && nodeCount(memory, previous) < NODE_MAX) {
      cursor.leaf = previous
      cursor.slot = nodeCount(memory, previous)
    }
  }
  const { leaf, slot } = cursor
  const count = nodeCount(memory, leaf)
  if (count < nodeCapacity(memory, leaf)) return true
  if (count < NODE_MAX) {
    const block = createNode(memory, tree, nodeStride(memory, leaf), capacityFor(count + 1))
    if (block === NIL) return false
    moveNode(memory, tree, leaf, block)
    cursor.leaf = block
    return true
  }
  return slot === 0 || slot === count ? addLeaf(memory, tree, cursor) : splitLeaf(memory, tree, cursor)
}

function addFirstLeaf(memory: Memory, tree: Ref, cursor: TreeCursor): boolean {
  const leaf = createNode(memory, tree, treeWord(memory, tree, STRIDE), capacityFor(1))
  if (leaf === NIL) return false
  treeSetWord(memory, tree, ROOT, leaf)
  treeSetWord(memory, tree, FIRST_LEAF, leaf)
  treeSetWord(memory, tree, LAST_LEAF, leaf)
  cursor.leaf = leaf
  cursor.slot = 0
  return true
}

/** Puts an empty leaf before or behind the cursor's full one. */
function addLeaf(memory: Memory, tree: Ref, cursor: TreeCursor): boolean {
  const { leaf } = cursor
  const isAfter = cursor.slot !== 0
  // At the ends more is to come; in the middle that is not so sure.
  const isEnd = nodeLink(memory, leaf, isAfter ? NEXT : PREVIOUS) === NIL
  const added = reserve(memory, tree, leaf, isEnd ? NODE_MAX : capacityFor(1))
  if (added === NIL) return false
  linkLeaf(memory, tree, isAfter ? leaf : nodeLink(memory, leaf, PREVIOUS), added)
  attach(memory, tree, leaf, added, isAfter, 0, NIL, 0)
  cursor.leaf = added
  cursor.slot = 0
  return true
}

/** Moves the upper half of the cursor's full leaf to a new one. */
function splitLeaf(memory: Memory, tree: Ref, cursor: TreeCursor): boolean {
  const { leaf } = cursor
  const half = NODE_MAX / 2
  const added = reserve(memory, tree, leaf, capacityFor(half + 1))
  if (added === NIL) return false
  const weight = entriesWeight(memory, leaf, half, NODE_MAX)
  moveEntries(memory, leaf, half, added)
  linkLeaf(memory, tree, leaf, added)
  attach(memory, tree, leaf, added, true, weight, firstItem(memory, added), firstKey(memory, added))
  const lower = shrink(memory, tree, leaf)
  if (cursor.slot > half) {
    cursor.leaf = added
    cursor.slot -= half
  } else cursor.leaf = lower
  return true
}

/** A new leaf, having put aside the blocks that attaching it beside `leaf` takes; NIL: memory is exhausted. */
function reserve(memory: Memory, tree: Ref, leaf: Ref, capacity: number): Ref {
  const added = createNode(memory, tree, nodeStride(memory, leaf), capacity)
  if (added === NIL) return NIL
  let isComplete = true
  for (let node = leaf; isComplete; ) {
    const parent = nodeLink(memory, node, PARENT)
    const count = parent === NIL ? 0 : nodeCount(memory, parent)
    if (parent !== NIL && count < nodeCapacity(memory, parent)) break
    const block = createNode(memory, tree, INNER, count === NODE_MAX ? NODE_MAX : capacityFor(count + 2))
    if (block === NIL) isComplete = false
    else spare.push(block)
    if (count < NODE_MAX) break
    node = parent
  }
  if (isComplete) return added
  freeNode(memory, tree, added)
  for (const block of spare) freeNode(memory, tree, block)
  spare.length = 0
  return NIL
}

function takeSpare(): Ref {
  const block = spare[spareUsed++]
  if (spareUsed === spare.length) {
    spare.length = 0
    spareUsed = 0
  }
  return block
}

/** The blocks that are put aside: none between two insertions. */
export function countSpare(): number {
  return spare.length
}

/** Links a leaf into the chain behind `previous`, or as the first one. */
function linkLeaf(memory: Memory, tree: Ref, previous: Ref, leaf: Ref): void {
  const next = (previous === NIL ? treeWord(memory, tree, FIRST_LEAF) : nodeLink(memory, previous, NEXT)) as Ref
  nodeSetLink(memory, leaf, PREVIOUS, previous)
  nodeSetLink(memory, leaf, NEXT, next)
  relinkNeighbours(memory, tree, leaf, previous, next)
}

/**
 * Gives `node` a parent: the one of `beside`, whose neighbour it becomes. `weight` is what it took over
 * from `beside`. Uses the spare blocks, in the order in which `reserve` took them.
 */
function attach(
  memory: Memory,
  tree: Ref,
  beside: Ref,
  node: Ref,
  isAfter: boolean,
  weight: number,
  first: Ref,
  key: number,
): void {
  let parent = nodeLink(memory, beside, PARENT)
  if (parent === NIL) {
    parent = takeSpare()
    openEntry(memory, parent, 0)
    setEntryWord(memory, parent, 0, 0, beside)
    setEntryWord(memory, parent, 0, WEIGHT, treeWord(memory, tree, TOTAL))
    setEntryWord(memory, parent, 0, FIRST, firstItem(memory, beside))
    setEntryWord(memory, parent, 0, FIRST_KEY, firstKey(memory, beside))
    nodeSetLink(memory, beside, PARENT, parent)
    treeSetWord(memory, tree, ROOT, parent)
  }
  let slot = slotInParent(memory, parent, beside)
  setEntryWord(memory, parent, slot, WEIGHT, entryWord(memory, parent, slot, WEIGHT) - weight)
  if (isAfter) slot++
  const count = nodeCount(memory, parent)
  if (count === NODE_MAX) {
    // At its ends a full node gets a neighbour of one child, elsewhere one of half its children.
    const half = slot === 0 || slot === count ? slot : NODE_MAX / 2
    const added = takeSpare()
    if (slot === 0) {
      attach(memory, tree, parent, added, false, weight, first, key)
      parent = added
    } else {
      const isMoved = slot > half || half === count
      const moved = entriesWeight(memory, parent, half, count) + (isMoved ? weight : 0)
      moveEntries(memory, parent, half, added)
      if (half === count) attach(memory, tree, parent, added, true, moved, first, key)
      else attach(memory, tree, parent, added, true, moved, firstItem(memory, added), firstKey(memory, added))
      if (isMoved) {
        slot -= half
        parent = added
      }
    }
  } else if (count === nodeCapacity(memory, parent)) {
    const block = takeSpare()
    moveNode(memory, tree, parent, block)
    parent = block
  }
  openEntry(memory, parent, slot)
  setEntryWord(memory, parent, slot, 0, node)
  setEntryWord(memory, parent, slot, WEIGHT, weight)
  setEntryWord(memory, parent, slot, FIRST, first)
  setEntryWord(memory, parent, slot, FIRST_KEY, key)
  nodeSetLink(memory, node, PARENT, parent)
}

/** Moves a node to another block, which is empty and has capacity for it, and frees the old one. */
function moveNode(memory: Memory, tree: Ref, node: Ref, block: Ref): void {
  const parent = nodeLink(memory, node, PARENT)
  moveEntries(memory, node, 0, block)
  nodeSetLink(memory, block, PARENT, parent)
  if (parent === NIL) treeSetWord(memory, tree, ROOT, block)
  else setEntryWord(memory, parent, slotInParent(memory, parent, node), 0, block)
  if (nodeStride(memory, block) !== INNER) {
    const previous = nodeLink(memory, node, PREVIOUS)
    const next = nodeLink(memory, node, NEXT)
    nodeSetLink(memory, block, PREVIOUS, previous)
    nodeSetLink(memory, block, NEXT, next)
    relinkNeighbours(memory, tree, block, previous, next)
  }
  freeNode(memory, tree, node)
}

// Shrinking

/** Frees an empty leaf. */
export function dropLeaf(memory: Memory, tree: Ref, leaf: Ref): void {
  takeOutLeaf(memory, tree, leaf)
  freeNode(memory, tree, leaf)
}

/** Takes a leaf, whose weight nobody above counts any more, out of the chain and out of its parent. */
export function takeOutLeaf(memory: Memory, tree: Ref, leaf: Ref): void {
  const previous = nodeLink(memory, leaf, PREVIOUS)
  const next = nodeLink(memory, leaf, NEXT)
  if (previous === NIL) treeSetWord(memory, tree, FIRST_LEAF, next)
  else nodeSetLink(memory, previous, NEXT, next)
  if (next === NIL) treeSetWord(memory, tree, LAST_LEAF, previous)
  else nodeSetLink(memory, next, PREVIOUS, previous)
  detach(memory, tree, leaf)
}

/** Takes a node, whose weight nobody above counts any more, out of its parent, and frees a parent without others. */
function detach(memory: Memory, tree: Ref, node: Ref): void {
  const parent = nodeLink(memory, node, PARENT)
  if (parent === NIL) {
    treeSetWord(memory, tree, ROOT, NIL)
    return
  }
  const slot = slotInParent(memory, parent, node)
  closeEntry(memory, parent, slot)
  if (nodeCount(memory, parent) === 0) {
    detach(memory, tree, parent)
    freeNode(memory, tree, parent)
    return
  }
  if (slot === 0) setFirstAbove(memory, parent, 0)
  tidyInner(memory, tree, parent)
}

/** Restores what is true of the cursor's leaf, which has lost an item but not its last: it is not sparse if it can help it. */
export function tidyLeaf(memory: Memory, tree: Ref, cursor: TreeCursor): void {
  if (nodeCount(memory, cursor.leaf) < SPARSE) join(memory, tree, cursor.leaf, cursor)
  if (nodeCount(memory, cursor.leaf) * 2 <= nodeCapacity(memory, cursor.leaf)) {
    cursor.leaf = shrink(memory, tree, cursor.leaf)
  }
}

/** Restores what is true of an inner node: it is not sparse if it can help it, and as a root has two children. */
function tidyInner(memory: Memory, tree: Ref, node: Ref): void {
  if (nodeLink(memory, node, PARENT) !== NIL) {
    if (nodeCount(memory, node) < SPARSE) join(memory, tree, node, null)
    return
  }
  let root = node
  while (nodeCount(memory, root) === 1 && nodeStride(memory, root) === INNER) {
    const child = entryWord(memory, root, 0, 0) as Ref
    freeNode(memory, tree, root)
    nodeSetLink(memory, child, PARENT, NIL)
    treeSetWord(memory, tree, ROOT, child)
    root = child
  }
}

/** Joins a node with a neighbour under the same parent, if both fit well into one. The cursor, if any, stays on its item. */
function join(memory: Memory, tree: Ref, node: Ref, cursor: TreeCursor | null): void {
  const parent = nodeLink(memory, node, PARENT)
  if (parent === NIL) return
  const slot = slotInParent(memory, parent, node)
  const count = nodeCount(memory, node)
  if (slot + 1 < nodeCount(memory, parent)) {
    const next = entryWord(memory, parent, slot + 1, 0) as Ref
    const joined = count + nodeCount(memory, next) <= JOINED_MAX ? joinTwo(memory, tree, node, next) : NIL
    if (joined !== NIL) {
      if (cursor !== null) cursor.leaf = joined
      return
    }
  }
  if (slot === 0) return
  const previous = entryWord(memory, parent, slot - 1, 0) as Ref
  const before = nodeCount(memory, previous)
  if (before + count > JOINED_MAX) return
  const joined = joinTwo(memory, tree, previous, node)
  if (joined === NIL || cursor === null) return
  cursor.leaf = joined
  cursor.slot += before
}

/** Moves all of `right` to its neighbour `left`. Answers where that is then, or NIL: no memory, nothing changed. */
function joinTwo(memory: Memory, tree: Ref, left: Ref, right: Ref): Ref {
  const count = nodeCount(memory, left) + nodeCount(memory, right)
  let joined = left
  if (count > nodeCapacity(memory, left)) {
    joined = createNode(memory, tree, nodeStride(memory, left), capacityFor(count + 1))
    if (joined === NIL) return NIL
    moveNode(memory, tree, left, joined)
  }
  const parent = nodeLink(memory, joined, PARENT)
  const slot = slotInParent(memory, parent, joined)
  moveEntries(memory, right, 0, joined)
  const weight = entryWord(memory, parent, slot, WEIGHT) + entryWord(memory, parent, slot + 1, WEIGHT)
  setEntryWord(memory, parent, slot, WEIGHT, weight)
  if (nodeStride(memory, right) === INNER) {
    detach(memory, tree, right)
    freeNode(memory, tree, right)
  } else dropLeaf(memory, tree, right)
  return joined
}

/** Moves a node to a smaller block, if there is one; answers where it is then. */
function shrink(memory: Memory, tree: Ref, node: Ref): Ref {
  const capacity = capacityFor(nodeCount(memory, node) + 1)
  if (capacity >= nodeCapacity(memory, node)) return node
  const block = createNode(memory, tree, nodeStride(memory, node), capacity)
  if (block === NIL) return node
  moveNode(memory, tree, node, block)
  return block
}
