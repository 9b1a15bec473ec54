/*
 * The ranked tree: a sequence of items that is searched by position and, when its
 * items are in order, by comparison. A B+tree whose nodes (tree-node.ts) count what
 * is below them. Sorted sets keep their records in it, lists and streams their nodes.
 *
 * HEADER, one block; a tree is known by the Ref of it, which never changes:
 *
 *  word  0      1       2      3       4        5           6
 *        +------+-------+------+-------+--------+-----------+--------+
 *        | root | first | last | count | weight | nodeWords | stride |
 *        +------+-------+------+-------+--------+-----------+--------+
 *
 *  first, last: the leaves at both ends. nodeWords: what all nodes' blocks have.
 *  stride: words of a leaf's entry, by which the kinds of tree differ: in a plain and in
 *  a keyed one every item weighs 1, in a weighted one each has a weight of its own.
 *
 * A keyed tree keeps a number of 32 bits beside each item, by which items are ordered
 * as far as it goes. A search that knows its own number reads the items themselves only
 * where that is the same: they are scattered over memory, and the tree is not.
 *
 * A position counts weight: in a list it is the number of elements before, because
 * a node of a list weighs as many elements as it holds.
 *
 * Leaves fill up where a sequence comes in order: an insertion before a leaf goes to
 * the end of the one before it if there is room, and between two full leaves, or at
 * either end, it begins a leaf of its own. Only in the middle of a full leaf is it
 * split in halves. Leaves that get sparse join a neighbour; leaves of few items are
 * small blocks.
 *
 * An insertion takes all the blocks it may need before it changes anything, so when
 * memory is exhausted nothing has changed. A removal needs none: without memory,
 * nodes only stay bigger than they would be.
 */
import { assert, assertLayout } from '../base/assert.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import {
  addWeightAbove,
  capacityFor,
  closeEntry,
  countIn,
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
  moveEntries,
  NEXT,
  NODE_MAX,
  nodeCapacity,
  nodeCount,
  nodeCreate,
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

// The header, in words.
const ROOT = 0
const FIRST_LEAF = 1
const LAST_LEAF = 2
const COUNT = 3
const TOTAL = 4
const NODE_WORDS = 5
const STRIDE = 6
const HEADER_WORDS = 7
assertLayout('ranked tree', HEADER_WORDS, [
  [ROOT, 1],
  [FIRST_LEAF, 1],
  [LAST_LEAF, 1],
  [COUNT, 1],
  [TOTAL, 1],
  [NODE_WORDS, 1],
  [STRIDE, 1],
])

/** A node with fewer entries looks for a neighbour to join, if both together have no more than JOINED_MAX. */
const SPARSE = NODE_MAX / 4
const JOINED_MAX = (NODE_MAX * 3) / 4

/** An insertion splits a full leaf at worst, and one in some thirty of those an inner node. */
const INSERTION_BYTES = 512
/** Blocks of a whole path from the root to a leaf, all of them full. */
const PATH_BYTES = 12288

/**
 * A place in a tree: on an item, or behind the last one. It may be used again and again, and is dead
 * after any change of the tree that was not made through it.
 */
export class TreeCursor {
  leaf: Ref = NIL
  slot = 0
}

/** Where treeAppend and treePrepend stand. */
const ownCursor = new TreeCursor()

/** Blocks for the insertion under way, from the bottom up, and how many of them are used. */
const spare: Ref[] = []
let spareUsed = 0

function word(memory: Memory, tree: Ref, which: number): number {
  return memory.u32[tree >>> SEGMENT_SHIFT][(tree & WORD_MASK) + which]
}

function setWord(memory: Memory, tree: Ref, which: number, value: number): void {
  memory.u32[tree >>> SEGMENT_SHIFT][(tree & WORD_MASK) + which] = value
}

function addToWord(memory: Memory, tree: Ref, which: number, value: number): void {
  memory.u32[tree >>> SEGMENT_SHIFT][(tree & WORD_MASK) + which] += value
}

/** An empty tree; NIL when memory is exhausted. */
export function treeCreate(memory: Memory, kind: typeof PLAIN | typeof KEYED | typeof WEIGHTED): Ref {
  const tree = memory.allocZeroed(HEADER_WORDS * 4)
  if (tree !== NIL) setWord(memory, tree, STRIDE, kind)
  return tree
}

/** The number of items. */
export function treeCount(memory: Memory, tree: Ref): number {
  return word(memory, tree, COUNT)
}

/** The sum of the items' weights. */
export function treeWeight(memory: Memory, tree: Ref): number {
  return word(memory, tree, TOTAL)
}

/** The bytes of header and nodes, not of the items. */
export function treeBytes(memory: Memory, tree: Ref): number {
  return memory.sizeOf(tree) + word(memory, tree, NODE_WORDS) * 4
}

/** The most bytes that a tree without weights allocates for so many insertions, wherever they are. */
export function treeGrowthBytes(insertions: number): number {
  return insertions * INSERTION_BYTES + PATH_BYTES
}

// Walking

/** To the first item; false when there is none. */
export function treeFirst(memory: Memory, tree: Ref, cursor: TreeCursor): boolean {
  cursor.leaf = word(memory, tree, FIRST_LEAF) as Ref
  cursor.slot = 0
  return cursor.leaf !== NIL
}

/** To the last item; false when there is none. */
export function treeLast(memory: Memory, tree: Ref, cursor: TreeCursor): boolean {
  toEnd(memory, tree, cursor)
  if (cursor.leaf === NIL) return false
  cursor.slot--
  return true
}

/** Behind the last item. */
function toEnd(memory: Memory, tree: Ref, cursor: TreeCursor): void {
  cursor.leaf = word(memory, tree, LAST_LEAF) as Ref
  cursor.slot = cursor.leaf === NIL ? 0 : nodeCount(memory, cursor.leaf)
}

/** To the next item; false when there is none: it is then behind the last one. */
export function treeNext(memory: Memory, cursor: TreeCursor): boolean {
  cursor.slot++
  return settle(memory, cursor)
}

/** From the end of a leaf to the beginning of the next one, if there is one; false behind the last item. */
function settle(memory: Memory, cursor: TreeCursor): boolean {
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

/** Visits every item in order. The visitor must not write to the tree. */
export function treeForEach(memory: Memory, tree: Ref, visit: (item: Ref) => void): void {
  for (let leaf = word(memory, tree, FIRST_LEAF) as Ref; leaf !== NIL; leaf = nodeLink(memory, leaf, NEXT)) {
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
  if (position < 0 || position >= word(memory, tree, TOTAL)) {
    toEnd(memory, tree, cursor)
    return -1
  }
  let node = word(memory, tree, ROOT) as Ref
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
  if (cursor.leaf === NIL) return word(memory, tree, TOTAL)
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
  let node = word(memory, tree, ROOT) as Ref
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
      return settle(memory, cursor)
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
  let node = word(memory, tree, ROOT) as Ref
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
      return settle(memory, cursor)
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

// Inserting

/** Adds an item behind the last one; false when memory is exhausted, nothing changed. */
export function treeAppend(memory: Memory, tree: Ref, item: Ref, extra: number): boolean {
  toEnd(memory, tree, ownCursor)
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
  addToWord(memory, tree, COUNT, 1)
  addToWord(memory, tree, TOTAL, weight)
  addWeightAbove(memory, leaf, weight)
  if (slot === 0) setFirstAbove(memory, leaf)
  return true
}

/** Moves the cursor to where the same place is and has room for one more item; false: memory is exhausted. */
function findRoom(memory: Memory, tree: Ref, cursor: TreeCursor): boolean {
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

function createNode(memory: Memory, tree: Ref, stride: number, capacity: number): Ref {
  const node = nodeCreate(memory, stride, capacity)
  if (node !== NIL) addToWord(memory, tree, NODE_WORDS, memory.sizeOf(node) >>> 2)
  return node
}

function freeNode(memory: Memory, tree: Ref, node: Ref): void {
  addToWord(memory, tree, NODE_WORDS, -(memory.sizeOf(node) >>> 2))
  memory.free(node)
}

function addFirstLeaf(memory: Memory, tree: Ref, cursor: TreeCursor): boolean {
  const leaf = createNode(memory, tree, word(memory, tree, STRIDE), capacityFor(1))
  if (leaf === NIL) return false
  setWord(memory, tree, ROOT, leaf)
  setWord(memory, tree, FIRST_LEAF, leaf)
  setWord(memory, tree, LAST_LEAF, leaf)
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

/** Links a leaf into the chain behind `previous`, or as the first one. */
function linkLeaf(memory: Memory, tree: Ref, previous: Ref, leaf: Ref): void {
  const next = (previous === NIL ? word(memory, tree, FIRST_LEAF) : nodeLink(memory, previous, NEXT)) as Ref
  nodeSetLink(memory, leaf, PREVIOUS, previous)
  nodeSetLink(memory, leaf, NEXT, next)
  relinkNeighbours(memory, tree, leaf, previous, next)
}

/** Makes the neighbours of a leaf, or the header, point at it. */
function relinkNeighbours(memory: Memory, tree: Ref, leaf: Ref, previous: Ref, next: Ref): void {
  if (previous === NIL) setWord(memory, tree, FIRST_LEAF, leaf)
  else nodeSetLink(memory, previous, NEXT, leaf)
  if (next === NIL) setWord(memory, tree, LAST_LEAF, leaf)
  else nodeSetLink(memory, next, PREVIOUS, leaf)
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
    setEntryWord(memory, parent, 0, WEIGHT, word(memory, tree, TOTAL))
    setEntryWord(memory, parent, 0, FIRST, firstItem(memory, beside))
    setEntryWord(memory, parent, 0, FIRST_KEY, firstKey(memory, beside))
    nodeSetLink(memory, beside, PARENT, parent)
    setWord(memory, tree, ROOT, parent)
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
  if (parent === NIL) setWord(memory, tree, ROOT, block)
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

// Removing and changing

/**
 * Takes out the item that the cursor is on, which is then on the next item or behind the last one. The
 * item itself is the caller's. Never fails.
 */
export function treeRemove(memory: Memory, tree: Ref, cursor: TreeCursor): void {
  const { leaf, slot } = cursor
  const weight = treeItemWeight(memory, cursor)
  closeEntry(memory, leaf, slot)
  addToWord(memory, tree, COUNT, -1)
  addToWord(memory, tree, TOTAL, -weight)
  addWeightAbove(memory, leaf, -weight)
  const count = nodeCount(memory, leaf)
  if (count === 0) {
    const next = nodeLink(memory, leaf, NEXT)
    dropLeaf(memory, tree, leaf)
    cursor.leaf = next
    cursor.slot = 0
    if (next === NIL) toEnd(memory, tree, cursor)
    return
  }
  if (slot === 0) setFirstAbove(memory, leaf)
  if (count < SPARSE) join(memory, tree, leaf, cursor)
  if (nodeCount(memory, cursor.leaf) * 2 <= nodeCapacity(memory, cursor.leaf)) {
    cursor.leaf = shrink(memory, tree, cursor.leaf)
  }
  settle(memory, cursor)
}

/** Frees an empty leaf. */
function dropLeaf(memory: Memory, tree: Ref, leaf: Ref): void {
  takeOutLeaf(memory, tree, leaf)
  freeNode(memory, tree, leaf)
}

/** Takes a leaf, whose weight nobody above counts any more, out of the chain and out of its parent. */
function takeOutLeaf(memory: Memory, tree: Ref, leaf: Ref): void {
  const previous = nodeLink(memory, leaf, PREVIOUS)
  const next = nodeLink(memory, leaf, NEXT)
  if (previous === NIL) setWord(memory, tree, FIRST_LEAF, next)
  else nodeSetLink(memory, previous, NEXT, next)
  if (next === NIL) setWord(memory, tree, LAST_LEAF, previous)
  else nodeSetLink(memory, next, PREVIOUS, previous)
  detach(memory, tree, leaf)
}

/** Takes a node, whose weight nobody above counts any more, out of its parent, and frees a parent without others. */
function detach(memory: Memory, tree: Ref, node: Ref): void {
  const parent = nodeLink(memory, node, PARENT)
  if (parent === NIL) {
    setWord(memory, tree, ROOT, NIL)
    return
  }
  const slot = slotInParent(memory, parent, node)
  closeEntry(memory, parent, slot)
  if (nodeCount(memory, parent) === 0) {
    detach(memory, tree, parent)
    freeNode(memory, tree, parent)
    return
  }
  if (slot === 0) setFirstAbove(memory, parent)
  tidyInner(memory, tree, parent)
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
  addToWord(memory, tree, COUNT, -count)
  addToWord(memory, tree, TOTAL, -weight)
  addWeightAbove(memory, leaf, -weight)
  takeOutLeaf(memory, tree, leaf)
  nodeSetLink(memory, leaf, PARENT, NIL)
  nodeSetLink(memory, leaf, NEXT, NIL)
  const last = word(memory, heap, LAST_LEAF) as Ref
  nodeSetLink(memory, leaf, PREVIOUS, last)
  relinkNeighbours(memory, heap, leaf, last, NIL)
  const words = memory.sizeOf(leaf) >>> 2
  addToWord(memory, tree, NODE_WORDS, -words)
  addToWord(memory, heap, NODE_WORDS, words)
  addToWord(memory, heap, COUNT, count)
  cursor.leaf = next
  cursor.slot = 0
  if (next === NIL) toEnd(memory, tree, cursor)
  return count
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
    setWord(memory, tree, ROOT, child)
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

/** Puts another item, or the same at another address, in the place of the cursor's. */
export function treeReplace(memory: Memory, cursor: TreeCursor, item: Ref): void {
  setEntryWord(memory, cursor.leaf, cursor.slot, 0, item)
  if (cursor.slot === 0) setFirstAbove(memory, cursor.leaf)
}

/** Gives the cursor's item another key, in a keyed tree, with which it may stay where it is. */
export function treeSetKey(memory: Memory, cursor: TreeCursor, key: number): void {
  setEntryWord(memory, cursor.leaf, cursor.slot, LEAF_KEY, key)
  if (cursor.slot === 0) setFirstAbove(memory, cursor.leaf)
}

/** The key of the cursor's item, in a keyed tree. */
export function treeItemKey(memory: Memory, cursor: TreeCursor): number {
  return entryWord(memory, cursor.leaf, cursor.slot, LEAF_KEY)
}

/** Adds to the weight of the cursor's item, or takes from it, in a tree with weights. */
export function treeAddWeight(memory: Memory, tree: Ref, cursor: TreeCursor, change: number): void {
  const { leaf, slot } = cursor
  const u32 = memory.u32[leaf >>> SEGMENT_SHIFT]
  const n = leaf & WORD_MASK
  u32[n + ENTRIES + slot * strideIn(u32[n]) + WEIGHT] += change
  addToWord(memory, tree, TOTAL, change)
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
  let leaf = word(memory, tree, LAST_LEAF) as Ref
  for (; leaf !== NIL && left > 0; leaf = word(memory, tree, LAST_LEAF) as Ref) {
    const count = nodeCount(memory, leaf)
    for (let slot = 0; slot < count; slot++) freeItem(entryWord(memory, leaf, slot, 0) as Ref)
    left -= count
    addToWord(memory, tree, COUNT, -count)
    setWord(memory, tree, LAST_LEAF, nodeLink(memory, leaf, PREVIOUS))
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
  const root = word(memory, tree, ROOT) as Ref
  const weight = root === NIL ? 0 : checkNode(memory, tree, root, NIL, leaves, totals, visit)
  assert(weight === word(memory, tree, TOTAL), 'the weights add up to that of the tree')
  assert(totals.count === word(memory, tree, COUNT), 'the tree counts its items')
  assert(totals.words === word(memory, tree, NODE_WORDS), 'the tree counts the words of its nodes')
  assert(word(memory, tree, FIRST_LEAF) === (leaves[0] ?? NIL), 'the header has the first leaf')
  assert(word(memory, tree, LAST_LEAF) === (leaves.at(-1) ?? NIL), 'the header has the last leaf')
  const depths = new Set<number>()
  leaves.forEach((leaf, i) => {
    assert(nodeLink(memory, leaf, PREVIOUS) === (leaves[i - 1] ?? NIL), 'leaves are linked backwards')
    assert(nodeLink(memory, leaf, NEXT) === (leaves[i + 1] ?? NIL), 'leaves are linked forwards')
    let depth = 0
    for (let node = leaf; node !== NIL; node = nodeLink(memory, node, PARENT)) depth++
    depths.add(depth)
  })
  assert(depths.size <= 1, 'all leaves are equally deep')
  assert(spare.length === 0, 'no block is put aside')
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
    assert(stride === word(memory, tree, STRIDE), 'leaves have the entries of the tree')
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
