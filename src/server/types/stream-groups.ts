/*
 * Groups of a stream's consumers. A group reads a stream together: it remembers how far
 * it has come, who its consumers are (stream-consumers.ts) and what is pending with whom
 * (stream-deliveries.ts).
 */
import type { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Database } from '../keyspace/database.ts'
import type { Memory } from '../memory/arena.ts'
import { blockInt64, blockRef, setBlockInt64, setBlockWord } from '../memory/block.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { tableBytes, tableCount, tableCreate, tableFreeSome } from '../structures/hash-table.ts'
import { idFromWords, idToWords } from '../structures/id-words.ts'
import { treeBytes, treeCount, treeFree, treeFreeSome } from '../structures/ranked-tree.ts'
import { recordBytes, recordFree, recordValueRef } from '../structures/record.ts'
import { tableForEach } from '../structures/table-walk.ts'
import { treeForEach } from '../structures/tree-cursor.ts'
import { addByName, findByName, forEachByName, removeByName } from './named-blocks.ts'
import { GARBAGE, GROUPS } from './stream.ts'
import {
  consumerActiveAt,
  consumerCreate,
  consumerForEach,
  consumerSeenAt,
  consumerSetActive,
} from './stream-consumers.ts'
import { pendingDeliver } from './stream-deliveries.ts'
import {
  CONSUMERS,
  consumersOf,
  createWithTree,
  DYING,
  ENTRIES_READ,
  FREED_AT_ONCE,
  GROUP_WORDS,
  LAST_ID,
  NEXT,
  PENDING,
  pendingTree,
} from './stream-group-layout.ts'
import { PENDING_BYTES, pendingConsumer, pendingDeliveredAt, pendingDeliveries, pendingId } from './stream-pending.ts'

const pendingIdOf = new StreamId()

/** The entries that a group has read are not known. */
export const UNKNOWN = -1

// Groups

export function groupFind(memory: Memory, stream: Ref, name: Slice): Ref {
  return findByName(memory, blockRef(memory, stream, GROUPS), name)
}

/** Adds a group whose name no other one has; NIL when memory is exhausted: nothing changed. */
export function groupCreate(
  memory: Memory,
  stream: Ref,
  name: Slice,
  lastId: StreamId,
  entriesRead: number | bigint,
): Ref {
  let table = blockRef(memory, stream, GROUPS)
  if (table === NIL) {
    // It stays, even if the group cannot be made: an empty table is nothing that can be seen.
    table = tableCreate(memory)
    if (table === NIL) return NIL
    setBlockWord(memory, stream, GROUPS, table)
  }
  const group = createWithTree(memory, GROUP_WORDS)
  if (group === NIL) return NIL
  const consumers = tableCreate(memory)
  if (consumers !== NIL) setBlockWord(memory, group, CONSUMERS, consumers)
  if (consumers === NIL || addByName(memory, table, name, group) === NIL) {
    if (consumers !== NIL) memory.free(consumers)
    treeFree(memory, pendingTree(memory, group))
    memory.free(group)
    return NIL
  }
  groupSetLastId(memory, group, lastId)
  groupSetEntriesRead(memory, group, entriesRead)
  return group
}

/** Removes a group that exists. What is pending in it is freed in the background when it is much. */
export function groupDestroy(db: Database, stream: Ref, name: Slice): void {
  const { memory } = db
  const group = groupFind(memory, stream, name)
  removeByName(memory, blockRef(memory, stream, GROUPS), name)
  const dispose = (): void => {
    if (memory.witness?.keeps(group, dispose)) return
    db.keyspace.lazyFree.add({ pending: 1, freeSome: (items) => groupFreeSome(memory, group, items) }, FREED_AT_ONCE)
  }
  dispose()
}

export function groupCount(memory: Memory, stream: Ref): number {
  const table = blockRef(memory, stream, GROUPS)
  return table === NIL ? 0 : tableCount(memory, table)
}

/** Visits every group in the order of names. */
export function groupForEach(memory: Memory, stream: Ref, visit: (group: Ref, name: Slice) => void): void {
  forEachByName(memory, blockRef(memory, stream, GROUPS), visit)
}

/** The last id that was delivered to the group. */
export function groupLastId(memory: Memory, group: Ref, id: StreamId): StreamId {
  return idFromWords(memory, group, LAST_ID, id)
}

export function groupSetLastId(memory: Memory, group: Ref, id: StreamId): void {
  idToWords(memory, group, LAST_ID, id)
}

/** How many of the stream's entries the group has read, or UNKNOWN. */
export function groupEntriesRead(memory: Memory, group: Ref): number | bigint {
  return blockInt64(memory, group, ENTRIES_READ)
}

export function groupSetEntriesRead(memory: Memory, group: Ref, entries: number | bigint): void {
  setBlockInt64(memory, group, ENTRIES_READ, entries)
}

// Whole groups

/** Copies all groups of a stream to another one without any; false when memory is exhausted: some may be there. */
export function copyGroups(from: Memory, source: Ref, to: Memory, target: Ref): boolean {
  let isWhole = true
  groupForEach(from, source, (group, name) => {
    if (!isWhole) return
    const copy = groupCreate(to, target, name, groupLastId(from, group, pendingIdOf), groupEntriesRead(from, group))
    isWhole = copy !== NIL && copyGroup(from, group, to, copy)
  })
  return isWhole
}

function copyGroup(from: Memory, group: Ref, to: Memory, copy: Ref): boolean {
  const copies = new Map<Ref, Ref>()
  let isWhole = true
  consumerForEach(from, group, (consumer, name) => {
    if (!isWhole) return
    const twin = consumerCreate(to, copy, name, consumerSeenAt(from, consumer))
    isWhole = twin !== NIL
    if (!isWhole) return
    consumerSetActive(to, twin, consumerActiveAt(from, consumer))
    copies.set(consumer, twin)
  })
  treeForEach(from, pendingTree(from, group), (pending) => {
    if (!isWhole) return
    const consumer = copies.get(pendingConsumer(from, pending))!
    const at = pendingDeliveredAt(from, pending)
    const id = pendingId(from, pending, pendingIdOf)
    isWhole = pendingDeliver(to, copy, consumer, id, at, pendingDeliveries(from, pending)) !== NIL
  })
  return isWhole
}

/** The bytes of all blocks of a stream's groups. */
export function groupsBytes(memory: Memory, stream: Ref): number {
  const table = blockRef(memory, stream, GROUPS)
  if (table === NIL) return 0
  let bytes = tableBytes(memory, table)
  tableForEach(memory, table, (record) => {
    bytes += recordBytes(memory, record) + groupBytes(memory, recordValueRef(memory, record))
  })
  return bytes
}

function groupBytes(memory: Memory, group: Ref): number {
  const consumers = consumersOf(memory, group)
  const tree = pendingTree(memory, group)
  const entries = treeCount(memory, tree) * memory.blockSize(PENDING_BYTES)
  let bytes = memory.sizeOf(group) + treeBytes(memory, tree) + entries + tableBytes(memory, consumers)
  tableForEach(memory, consumers, (record) => {
    const consumer = recordValueRef(memory, record)
    bytes += recordBytes(memory, record) + memory.sizeOf(consumer) + treeBytes(memory, pendingTree(memory, consumer))
  })
  return bytes
}

// Freeing, in slices: what is gone is NIL from then on

/** Frees about `items` items of the groups of a stream that nobody uses any more; true when all are gone. */
export function groupsFreeSome(memory: Memory, stream: Ref, items: number): boolean {
  if (!chainSome(memory, stream, GROUPS, GARBAGE, items)) return false
  const group = blockRef(memory, stream, GARBAGE)
  if (group === NIL) return true
  const next = blockRef(memory, group, NEXT)
  if (groupFreeSome(memory, group, items)) setBlockWord(memory, stream, GARBAGE, next)
  return false
}

/** As groupsFreeSome, of one group; true when it is gone itself. */
function groupFreeSome(memory: Memory, group: Ref, items: number): boolean {
  const tree = pendingTree(memory, group)
  if (tree !== NIL) {
    if (!treeFreeSome(memory, tree, items, (pending) => memory.free(pending))) return false
    setBlockWord(memory, group, PENDING, NIL)
  }
  if (!chainSome(memory, group, CONSUMERS, DYING, items)) return false
  for (let left = items; left > 0; left--) {
    const consumer = blockRef(memory, group, DYING)
    if (consumer === NIL) {
      memory.free(group)
      return true
    }
    if (!treeFreeSome(memory, pendingTree(memory, consumer), items, () => {})) return false
    setBlockWord(memory, group, DYING, blockRef(memory, consumer, NEXT))
    memory.free(consumer)
  }
  return false
}

/** Moves about `items` blocks out of a table of names into a chain; true when the table is gone. */
function chainSome(memory: Memory, owner: Ref, tableWord: number, chainWord: number, items: number): boolean {
  const table = blockRef(memory, owner, tableWord)
  if (table === NIL) return true
  const chain = (record: Ref): void => {
    const block = recordValueRef(memory, record)
    setBlockWord(memory, block, NEXT, blockRef(memory, owner, chainWord))
    setBlockWord(memory, owner, chainWord, block)
    recordFree(memory, record)
  }
  // An empty table is gone after a few more steps.
  while (!tableFreeSome(memory, table, items, chain)) if (tableCount(memory, table) > 0) return false
  setBlockWord(memory, owner, tableWord, NIL)
  return true
}
