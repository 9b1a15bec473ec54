/*
 * A stream by the nodes it lies in, as RDB files and DUMP carry it: each under
 * the id of its first entry, in the bytes that it has in the arena.
 */
import { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Memory } from '../memory/arena.ts'
import { setBlockWord } from '../memory/block.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { idToWords } from '../structures/id-words.ts'
import { treeAppend } from '../structures/ranked-tree.ts'
import { streamNodeBytes, streamNodeId, streamNodeOf } from '../structures/stream-node.ts'
import { StreamSurvey, streamNodeSurvey } from '../structures/stream-survey.ts'
import { treeForEach } from '../structures/tree-cursor.ts'
import { FIRST_ID, LENGTH, nodesOf, streamLength } from './stream.ts'

export { StreamSurvey }

/** The bytes are no node, or its entries are not in order. */
export const BROKEN_NODE = -1

const nodeId = new StreamId()
const bytes = new Slice()

/** Visits every node in order. The visitor must not write. */
export function streamForNodes(memory: Memory, stream: Ref, visit: (id: StreamId, bytes: Slice) => void): void {
  treeForEach(memory, nodesOf(memory, stream), (node) => {
    visit(streamNodeId(memory, node, nodeId), streamNodeBytes(memory, node, bytes))
  })
}

/**
 * Adds a node after those that are there, which `survey` knows. The node, BROKEN_NODE, or NIL when memory is
 * exhausted.
 */
export function streamAddNode(
  memory: Memory,
  stream: Ref,
  id: StreamId,
  block: Slice,
  survey: StreamSurvey,
): Ref | typeof BROKEN_NODE {
  if (!streamNodeSurvey(block, id, survey)) return BROKEN_NODE
  const node = streamNodeOf(memory, id, block)
  if (node === NIL) return NIL
  if (!treeAppend(memory, nodesOf(memory, stream), node, 1)) {
    memory.free(node)
    return NIL
  }
  const length = streamLength(memory, stream)
  if (length === 0) idToWords(memory, stream, FIRST_ID, survey.firstLive)
  setBlockWord(memory, stream, LENGTH, length + survey.live)
  return node
}
