/*
 * How many nodes a radix tree over the ids of a stream's nodes has. Real servers
 * keep theirs in one, and XINFO STREAM tells how big it is; ours lie in a ranked
 * tree, so the number is worked out from the ids, each 16 bytes, high byte first.
 *
 * Such a tree has a node for each id, one for each place where ids part, and one
 * for each run of bytes in between that has no choice; an empty tree has its root.
 */

import { StreamId } from '../base/stream-id.ts'
import type { Memory } from '../memory/arena.ts'
import type { Ref } from '../memory/layout.ts'
import { streamNodeId } from '../structures/stream-node.ts'
import { treeForEach } from '../structures/tree-cursor.ts'
import { nodesOf } from './stream.ts'

const ID_BYTES = 16

const previous = new StreamId()
const current = new StreamId()

/** The bytes that two words have in common from the high end. */
const commonBytes = (a: number, b: number): number => Math.clz32(a ^ b) >>> 3

/** The bytes that two different ids have in common from their beginning. */
function commonPrefix(a: StreamId, b: StreamId): number {
  if (a.msHigh !== b.msHigh) return commonBytes(a.msHigh, b.msHigh)
  if (a.msLow !== b.msLow) return 4 + commonBytes(a.msLow, b.msLow)
  if (a.seqHigh !== b.seqHigh) return 8 + commonBytes(a.seqHigh, b.seqHigh)
  return 12 + commonBytes(a.seqLow, b.seqLow)
}

export function radixNodes(memory: Memory, stream: Ref): number {
  /** Depths at which ids on the way to the current one part, outermost first. */
  const forks: number[] = []
  let nodes = 0
  let count = 0
  /** The node at `depth` is complete: it counts, and so does a run between it and what it hangs from. */
  const close = (depth: number): void => {
    const parent = forks.at(-1)
    const from = parent === undefined ? 0 : parent + 1
    nodes += depth > from ? 2 : 1
  }
  treeForEach(memory, nodesOf(memory, stream), (node) => {
    streamNodeId(memory, node, current)
    if (count++ > 0) {
      const shared = commonPrefix(previous, current)
      // The id before hangs from the deepest fork on its way, which may be the one that begins here.
      let depth = ID_BYTES
      while (forks.length > 0 && forks.at(-1)! > shared) {
        close(depth)
        depth = forks.pop()!
      }
      if (forks.at(-1) !== shared) forks.push(shared)
      close(depth)
    }
    previous.copy(current)
  })
  if (count === 0) return 1
  let depth = ID_BYTES
  while (forks.length > 0) {
    close(depth)
    depth = forks.pop()!
  }
  close(depth)
  return nodes
}
