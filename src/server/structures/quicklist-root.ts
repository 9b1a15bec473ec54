/*
 * The root block of a quicklist (quicklist.ts), by whose Ref a list is known: the tree
 * of its nodes, and the limit of every node.
 *
 * ROOT, in words:   | tree | fill |      fill is signed
 */
import { assertLayout } from '../base/assert.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { treeCreate } from './ranked-tree.ts'
import { WEIGHTED } from './tree-node.ts'

// The root, in words.
const TREE = 0
const FILL = 1
const ROOT_WORDS = 2
assertLayout('quicklist', ROOT_WORDS, [
  [TREE, 1],
  [FILL, 1],
])

/** The tree of the nodes. */
export function quicklistTree(memory: Memory, list: Ref): Ref {
  return memory.u32[list >>> SEGMENT_SHIFT][(list & WORD_MASK) + TREE] as Ref
}

/** The limit of every node. */
export function quicklistFill(memory: Memory, list: Ref): number {
  return memory.u32[list >>> SEGMENT_SHIFT][(list & WORD_MASK) + FILL] | 0
}

/** An empty list with the limit of nodes `fill`; NIL when memory is exhausted. */
export function quicklistCreate(memory: Memory, fill: number): Ref {
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
