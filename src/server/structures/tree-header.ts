/*
 * The header of a ranked tree (ranked-tree.ts), and the blocks of its nodes, which it
 * counts. What is in a node is in tree-node.ts.
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
 */
import { assertLayout } from '../base/assert.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { NEXT, nodeCreate, nodeSetLink, PREVIOUS } from './tree-node.ts'

// The header, in words.
export const ROOT = 0
export const FIRST_LEAF = 1
export const LAST_LEAF = 2
export const COUNT = 3
export const TOTAL = 4
export const NODE_WORDS = 5
export const STRIDE = 6
export const HEADER_WORDS = 7
assertLayout('ranked tree', HEADER_WORDS, [
  [ROOT, 1],
  [FIRST_LEAF, 1],
  [LAST_LEAF, 1],
  [COUNT, 1],
  [TOTAL, 1],
  [NODE_WORDS, 1],
  [STRIDE, 1],
])

export function treeWord(memory: Memory, tree: Ref, which: number): number {
  return memory.u32[tree >>> SEGMENT_SHIFT][(tree & WORD_MASK) + which]
}

export function treeSetWord(memory: Memory, tree: Ref, which: number, value: number): void {
  memory.u32[tree >>> SEGMENT_SHIFT][(tree & WORD_MASK) + which] = value
}

export function treeAddToWord(memory: Memory, tree: Ref, which: number, value: number): void {
  memory.u32[tree >>> SEGMENT_SHIFT][(tree & WORD_MASK) + which] += value
}

/** A node without entries, which the header counts; NIL when memory is exhausted. */
export function createNode(memory: Memory, tree: Ref, stride: number, capacity: number): Ref {
  const node = nodeCreate(memory, stride, capacity)
  if (node !== NIL) treeAddToWord(memory, tree, NODE_WORDS, memory.sizeOf(node) >>> 2)
  return node
}

/** Frees a node that nothing points at any more. */
export function freeNode(memory: Memory, tree: Ref, node: Ref): void {
  treeAddToWord(memory, tree, NODE_WORDS, -(memory.sizeOf(node) >>> 2))
  memory.free(node)
}

/** Makes the neighbours of a leaf, or the header, point at it. */
export function relinkNeighbours(memory: Memory, tree: Ref, leaf: Ref, previous: Ref, next: Ref): void {
  if (previous === NIL) treeSetWord(memory, tree, FIRST_LEAF, leaf)
  else nodeSetLink(memory, previous, NEXT, leaf)
  if (next === NIL) treeSetWord(memory, tree, LAST_LEAF, leaf)
  else nodeSetLink(memory, next, PREVIOUS, leaf)
}
