/*
 * The nodes of a ranked tree (ranked-tree.ts): their bytes, and what concerns one
 * node, or a node and those above it. What a tree does with them lives there.
 *
 * NODE, in words:
 *
 *        0      1        2      3          4
 *        +------+--------+------+----------+---------+---------+-- - -
 *        | head | parent | next | previous | entry 0 | entry 1 |
 *        +------+--------+------+----------+---------+---------+-- - -
 *
 *  head, from the low byte:  count | capacity | place | words of an entry
 *
 *  ENTRY   1 word    leaf of a plain tree      | item |
 *          2 words   leaf of a keyed tree      | item | key |
 *          3 words   leaf of a weighted tree   | item | weight | unused |
 *          4 words   inner node                | child | weight | first item below | its key |
 *
 * Entries of a leaf, an inner node and all kinds of tree differ in their number of
 * words alone, so one code moves them all. An inner node keeps the first item below
 * each child so that a search reads one item a probe and visits no child in vain; in
 * a keyed tree a search reads keys, and items only where those are equal.
 *
 * Leaves are linked to their neighbours by `next` and `previous`, which are NIL in
 * inner nodes. `place` is where the parent has this node, or had it: it is looked
 * at first and the parent searched only when it is wrong.
 */
import { assertLayout } from '../base/assert.ts'
import type { Memory } from '../memory/arena.ts'
import { moveBytes } from '../memory/bytes.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'

const HEAD = 0
export const PARENT = 1
export const NEXT = 2
export const PREVIOUS = 3
export const ENTRIES = 4
assertLayout('tree node', ENTRIES, [
  [HEAD, 1],
  [PARENT, 1],
  [NEXT, 1],
  [PREVIOUS, 1],
])

// An entry, in words. Its first word is an item or a child.
export const WEIGHT = 1
export const FIRST = 2
/** In a leaf of a keyed tree. */
export const LEAF_KEY = 1
/** In an inner node; 0 in trees without keys. */
export const FIRST_KEY = 3

// Words of an entry, by which nodes are told apart.
export const PLAIN = 1
export const KEYED = 2
export const WEIGHTED = 3
export const INNER = 4

const COUNT_MASK = 0xff
const CAPACITY_SHIFT = 8
const PLACE_SHIFT = 16
const BYTE_MASK = 0xff
const STRIDE_SHIFT = 24

/** Entries of a full node. With 64 a leaf of a keyed tree is 528 bytes, half of which an insertion moves on average. */
export const NODE_MAX = 64

/** The entries for which a node of `count` gets room: few more, so that half-full nodes are not half empty. */
export function capacityFor(count: number): number {
  if (count > 8) return Math.min((count + 7) & ~7, NODE_MAX)
  return count > 4 ? 8 : count > 2 ? 4 : 2
}

/** A node without entries; NIL when memory is exhausted. */
export function nodeCreate(memory: Memory, stride: number, capacity: number): Ref {
  const node = memory.alloc((ENTRIES + stride * capacity) << 2)
  if (node === NIL) return NIL
  const u32 = memory.u32[node >>> SEGMENT_SHIFT]
  const n = node & WORD_MASK
  u32[n + HEAD] = (capacity << CAPACITY_SHIFT) | (stride << STRIDE_SHIFT)
  u32[n + PARENT] = NIL
  u32[n + NEXT] = NIL
  u32[n + PREVIOUS] = NIL
  return node
}

export function nodeLink(memory: Memory, node: Ref, link: number): Ref {
  return memory.u32[node >>> SEGMENT_SHIFT][(node & WORD_MASK) + link] as Ref
}

export function nodeSetLink(memory: Memory, node: Ref, link: number, to: Ref): void {
  memory.u32[node >>> SEGMENT_SHIFT][(node & WORD_MASK) + link] = to
}

export function nodeCount(memory: Memory, node: Ref): number {
  return memory.u32[node >>> SEGMENT_SHIFT][node & WORD_MASK] & COUNT_MASK
}

export function nodeCapacity(memory: Memory, node: Ref): number {
  return (memory.u32[node >>> SEGMENT_SHIFT][node & WORD_MASK] >>> CAPACITY_SHIFT) & BYTE_MASK
}

/** The words of an entry. */
export function nodeStride(memory: Memory, node: Ref): number {
  return memory.u32[node >>> SEGMENT_SHIFT][node & WORD_MASK] >>> STRIDE_SHIFT
}

/** The entries of a node whose head is at hand. */
export function countIn(head: number): number {
  return head & COUNT_MASK
}

/** The words of an entry of a node whose head is at hand. */
export function strideIn(head: number): number {
  return head >>> STRIDE_SHIFT
}

/** A word of an entry that exists. */
export function entryWord(memory: Memory, node: Ref, slot: number, word: number): number {
  const u32 = memory.u32[node >>> SEGMENT_SHIFT]
  const n = node & WORD_MASK
  return u32[n + ENTRIES + slot * (u32[n] >>> STRIDE_SHIFT) + word]
}

export function setEntryWord(memory: Memory, node: Ref, slot: number, word: number, value: number): void {
  const u32 = memory.u32[node >>> SEGMENT_SHIFT]
  const n = node & WORD_MASK
  u32[n + ENTRIES + slot * (u32[n] >>> STRIDE_SHIFT) + word] = value
}

/** The first item in or below a node that has entries. */
export function firstItem(memory: Memory, node: Ref): Ref {
  return entryWord(memory, node, 0, nodeStride(memory, node) === INNER ? FIRST : 0) as Ref
}

/** The key of that item; 0 in a tree without keys. */
export function firstKey(memory: Memory, node: Ref): number {
  const stride = nodeStride(memory, node)
  if (stride === INNER) return entryWord(memory, node, 0, FIRST_KEY)
  return stride === KEYED ? entryWord(memory, node, 0, LEAF_KEY) : 0
}

/** Moves words within the segment of a node. */
function moveWords(memory: Memory, node: Ref, to: number, from: number, count: number): void {
  moveBytes(memory.u8[node >>> SEGMENT_SHIFT], to << 2, from << 2, count << 2)
}

/** Opens a gap for one entry at `slot`, whose words the caller writes. There is capacity for it. */
export function openEntry(memory: Memory, node: Ref, slot: number): void {
  const u32 = memory.u32[node >>> SEGMENT_SHIFT]
  const n = node & WORD_MASK
  const stride = u32[n] >>> STRIDE_SHIFT
  const at = n + ENTRIES + slot * stride
  const end = n + ENTRIES + (u32[n] & COUNT_MASK) * stride
  moveWords(memory, node, at + stride, at, end - at)
  u32[n]++
}

/** Takes out the entry at `slot`. */
export function closeEntry(memory: Memory, node: Ref, slot: number): void {
  const u32 = memory.u32[node >>> SEGMENT_SHIFT]
  const n = node & WORD_MASK
  const stride = u32[n] >>> STRIDE_SHIFT
  const at = n + ENTRIES + slot * stride
  const end = n + ENTRIES + (u32[n] & COUNT_MASK) * stride
  moveWords(memory, node, at, at + stride, end - at - stride)
  u32[n]--
}

/** Moves the entries from `slot` on to the end of another node with capacity for them, and with them their children. */
export function moveEntries(memory: Memory, from: Ref, slot: number, to: Ref): void {
  const source = memory.u32[from >>> SEGMENT_SHIFT]
  const target = memory.u32[to >>> SEGMENT_SHIFT]
  const f = from & WORD_MASK
  const t = to & WORD_MASK
  const stride = source[f] >>> STRIDE_SHIFT
  const moved = (source[f] & COUNT_MASK) - slot
  const at = f + ENTRIES + slot * stride
  let end = t + ENTRIES + (target[t] & COUNT_MASK) * stride
  for (let i = 0; i < moved * stride; i++) target[end + i] = source[at + i]
  source[f] -= moved
  target[t] += moved
  if (stride !== INNER) return
  for (let i = 0; i < moved; i++, end += INNER) nodeSetLink(memory, target[end] as Ref, PARENT, to)
}

/** The sum of the weights of the entries from `from` up to, not including, `to`. */
export function entriesWeight(memory: Memory, node: Ref, from: number, to: number): number {
  const u32 = memory.u32[node >>> SEGMENT_SHIFT]
  const n = node & WORD_MASK
  const stride = u32[n] >>> STRIDE_SHIFT
  if (stride < WEIGHTED) return to - from
  let weight = 0
  const end = n + ENTRIES + to * stride
  for (let at = n + ENTRIES + from * stride; at < end; at += stride) weight += u32[at + WEIGHT]
  return weight
}

/** Where `parent`, which has it, has `node`. */
export function slotInParent(memory: Memory, parent: Ref, node: Ref): number {
  const u32 = memory.u32[parent >>> SEGMENT_SHIFT]
  const p = parent & WORD_MASK
  const own = memory.u32[node >>> SEGMENT_SHIFT]
  const n = node & WORD_MASK
  const place = (own[n] >>> PLACE_SHIFT) & BYTE_MASK
  if (place < (u32[p] & COUNT_MASK) && u32[p + ENTRIES + place * INNER] === node) return place
  let slot = 0
  while (u32[p + ENTRIES + slot * INNER] !== node) slot++
  own[n] = (own[n] & ~(BYTE_MASK << PLACE_SHIFT)) | (slot << PLACE_SHIFT)
  return slot
}

/** Adds to the weight of a node in all nodes above it. */
export function addWeightAbove(memory: Memory, node: Ref, weight: number): void {
  let child = node
  for (let parent = nodeLink(memory, child, PARENT); parent !== NIL; parent = nodeLink(memory, child, PARENT)) {
    const slot = slotInParent(memory, parent, child)
    memory.u32[parent >>> SEGMENT_SHIFT][(parent & WORD_MASK) + ENTRIES + slot * INNER + WEIGHT] += weight
    child = parent
  }
}

/**
 * Tells the nodes above that the first item in or below `node`, which has entries, has changed, and adds to the
 * weight of `node` in all of them.
 */
export function setFirstAbove(memory: Memory, node: Ref, weight: number): void {
  const item = firstItem(memory, node)
  const key = firstKey(memory, node)
  let child = node
  let isFirst = true
  for (let parent = nodeLink(memory, child, PARENT); parent !== NIL; parent = nodeLink(memory, child, PARENT)) {
    const slot = slotInParent(memory, parent, child)
    const u32 = memory.u32[parent >>> SEGMENT_SHIFT]
    const entry = (parent & WORD_MASK) + ENTRIES + slot * INNER
    u32[entry + WEIGHT] += weight
    if (isFirst) {
      u32[entry + FIRST] = item
      u32[entry + FIRST_KEY] = key
      isFirst = slot === 0
    }
    child = parent
  }
}
