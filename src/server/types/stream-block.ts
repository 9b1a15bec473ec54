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
import { listpackIsValid } from '../structures/listpack.ts'
import { treeAppend, treeForEach } from '../structures/ranked-tree.ts'
import {
  StreamEntry,
  streamNodeBytes,
  streamNodeFirst,
  streamNodeId,
  streamNodeIsValid,
  streamNodeLive,
  streamNodeNext,
  streamNodeOf,
  streamNodeRead,
} from '../structures/stream-node.ts'
import { FIRST_ID, LENGTH, nodesOf, streamLength } from './stream.ts'

/** The bytes are no node, or its entries are not in order. */
export const BROKEN_NODE = -1

const entry = new StreamEntry()
const nodeId = new StreamId()
const bytes = new Slice()

/** Visits every node in order. The visitor must not write. */
export function streamForNodes(memory: Memory, stream: Ref, visit: (id: StreamId, bytes: Slice) => void): void {
  treeForEach(memory, nodesOf(memory, stream), (node) => {
    visit(streamNodeId(memory, node, nodeId), streamNodeBytes(memory, node, bytes))
  })
}

/**
 * Adds a node after those that are there. `last` is the id of the last entry so far, and is set to that
 * of the node's. The node, BROKEN_NODE, or NIL when memory is exhausted.
 */
export function streamAddNode(
  memory: Memory,
  stream: Ref,
  id: StreamId,
  block: Slice,
  last: StreamId,
): Ref | typeof BROKEN_NODE {
  if (!listpackIsValid(block) || !streamNodeIsValid(block)) return BROKEN_NODE
  const node = streamNodeOf(memory, id, block)
  if (node === NIL) return NIL
  const firstLive = new StreamId()
  if (!isInOrder(memory, node, streamLength(memory, stream) === 0, last, firstLive)) {
    memory.free(node)
    return BROKEN_NODE
  }
  if (!treeAppend(memory, nodesOf(memory, stream), node, 1)) {
    memory.free(node)
    return NIL
  }
  const length = streamLength(memory, stream)
  if (length === 0) idToWords(memory, stream, FIRST_ID, firstLive)
  setBlockWord(memory, stream, LENGTH, length + streamNodeLive(memory, node))
  return node
}

/** Whether the ids of a node's entries grow from `last` on, which is set to the last of them. */
function isInOrder(memory: Memory, node: Ref, isFirstNode: boolean, last: StreamId, firstLive: StreamId): boolean {
  let isFirst = isFirstNode
  let isLive = false
  for (let at = streamNodeFirst(memory, node); at !== 0; at = streamNodeNext(memory, entry)) {
    streamNodeRead(memory, node, at, entry)
    if (!isFirst && entry.id.compare(last) <= 0) return false
    isFirst = false
    last.copy(entry.id)
    if (isLive || entry.isDeleted) continue
    isLive = true
    firstLive.copy(entry.id)
  }
  return true
}
