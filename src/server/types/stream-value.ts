/*
 * A stream as a value: how it is freed, measured and copied, groups included.
 */
import type { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_STREAM, registerKind, TYPE_STREAM } from '../keyspace/object.ts'
import type { Memory } from '../memory/arena.ts'
import { setBlockWord } from '../memory/block.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { treeAppend, treeBytes, treeFreeSome } from '../structures/ranked-tree.ts'
import { streamNodeCopy } from '../structures/stream-node.ts'
import { treeForEach } from '../structures/tree-cursor.ts'
import { registerCopy } from './copy.ts'
import { copyRoot, NODES, nodesOf, streamCreate } from './stream.ts'
import { copyGroups, groupsBytes, groupsFreeSome } from './stream-groups.ts'

function streamFreeSome(memory: Memory, stream: Ref, items: number): boolean {
  const nodes = nodesOf(memory, stream)
  if (nodes !== NIL) {
    if (!treeFreeSome(memory, nodes, items, (node) => memory.free(node))) return false
    setBlockWord(memory, stream, NODES, NIL)
  }
  if (!groupsFreeSome(memory, stream, items)) return false
  memory.free(stream)
  return true
}

function streamUsage(memory: Memory, stream: Ref): number {
  const nodes = nodesOf(memory, stream)
  let bytes = memory.sizeOf(stream) + treeBytes(memory, nodes) + groupsBytes(memory, stream)
  treeForEach(memory, nodes, (node) => {
    bytes += memory.sizeOf(node)
  })
  return bytes
}

/** Copies a stream to a new one at `key`; false, leaving none, when memory is exhausted. */
function streamCopy(from: Database, record: Ref, to: Database, key: Slice): boolean {
  const source = from.valueRef(record)
  const copy = streamCreate(to, key)
  if (copy === NIL) return false
  const nodes = nodesOf(to.memory, copy)
  let isWhole = true
  treeForEach(from.memory, nodesOf(from.memory, source), (node) => {
    if (!isWhole) return
    const twin = streamNodeCopy(from.memory, node, to.memory)
    isWhole = twin !== NIL && treeAppend(to.memory, nodes, twin, 1)
    if (!isWhole && twin !== NIL) to.memory.free(twin)
  })
  copyRoot(from.memory, source, to.memory, copy)
  if (isWhole && copyGroups(from.memory, source, to.memory, copy)) return true
  to.remove(key)
  return false
}

registerCopy(TYPE_STREAM, streamCopy)
registerKind(KIND_STREAM, {
  free(memory, stream) {
    while (!streamFreeSome(memory, stream, Number.MAX_SAFE_INTEGER));
  },
  usage: streamUsage,
  freeSome: streamFreeSome,
})
