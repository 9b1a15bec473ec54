/*
 * How a group of a stream's consumers, and a consumer, lie in the arena. What is done
 * with them is in stream-groups.ts, stream-consumers.ts and stream-deliveries.ts.
 *
 * GROUP, in words; it and the consumer are known by Refs that never change:
 *
 *        0         1           2      3        4         8
 *        +---------+-----------+------+--------+---------+--------------+
 *        | pending | consumers | next | dying  | last id | entries read |
 *        | tree    | table     |      |        |         | i64          |
 *        +---------+-----------+------+--------+---------+--------------+
 *
 * CONSUMER, in words:
 *
 *        0         1      2      3         5
 *        +---------+------+------+---------+-----------+
 *        | pending | name | next | seen at | active at |
 *        | tree    |      |      | i64 ms  | i64 ms    |
 *        +---------+------+------+---------+-----------+
 *
 *  entries read: -1 when it is not known. name: the record in the table of consumers.
 *  active at: -1 when it never was. next, dying: while a stream or a group is freed in
 *  slices, they chain what is still to be freed.
 */
import { assertLayout } from '../base/assert.ts'
import type { Memory } from '../memory/arena.ts'
import { blockRef, setBlockWord } from '../memory/block.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { treeCreate } from '../structures/ranked-tree.ts'
import { PLAIN } from '../structures/tree-node.ts'

// What a group and a consumer have in the same place, in words.
export const PENDING = 0
export const NEXT = 2

// The rest of a group, and of a consumer.
export const CONSUMERS = 1
export const DYING = 3
export const LAST_ID = 4
export const ENTRIES_READ = 8
export const GROUP_WORDS = 10
assertLayout('group', GROUP_WORDS, [
  [PENDING, 1],
  [CONSUMERS, 1],
  [NEXT, 1],
  [DYING, 1],
  [LAST_ID, 4],
  [ENTRIES_READ, 2],
])

export const NAME = 1
export const SEEN_AT = 3
export const ACTIVE_AT = 5
export const CONSUMER_WORDS = 7
assertLayout('consumer', CONSUMER_WORDS, [
  [PENDING, 1],
  [NAME, 1],
  [NEXT, 1],
  [SEEN_AT, 2],
  [ACTIVE_AT, 2],
])

/** A group or a consumer that goes frees so many pending entries at once, and leaves the rest to the background. */
export const FREED_AT_ONCE = 64

/** A block with an empty tree of pending entries; NIL when memory is exhausted. */
export function createWithTree(memory: Memory, words: number): Ref {
  const block = memory.allocZeroed(words * 4)
  if (block === NIL) return NIL
  const tree = treeCreate(memory, PLAIN)
  if (tree !== NIL) {
    setBlockWord(memory, block, PENDING, tree)
    return block
  }
  memory.free(block)
  return NIL
}

/** The tree of what is pending in a group or with a consumer. */
export const pendingTree = (memory: Memory, block: Ref): Ref => blockRef(memory, block, PENDING)
/** The table of a group's consumers. */
export const consumersOf = (memory: Memory, group: Ref): Ref => blockRef(memory, group, CONSUMERS)
