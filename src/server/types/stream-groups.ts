/*
 * Groups of a stream's consumers. A group reads a stream together: it remembers
 * how far it has come and what is pending (stream-pending.ts) with whom.
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
 *
 * Groups and consumers lie in tables by name, and are visited in the order of names,
 * as real servers list them.
 */
import { assertLayout } from '../base/assert.ts'
import { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_STREAM } from '../keyspace/object.ts'
import type { Memory } from '../memory/arena.ts'
import { blockInt64, blockRef, setBlockInt64, setBlockWord } from '../memory/block.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  hashOf,
  tableBytes,
  tableCount,
  tableCreate,
  tableFind,
  tableFreeSome,
  tableInsert,
  tableRemove,
} from '../structures/hash-table.ts'
import { idFromWords, idToWords } from '../structures/id-words.ts'
import {
  treeAppend,
  treeBytes,
  treeCount,
  treeCreate,
  treeFree,
  treeFreeSome,
  treeRemove,
} from '../structures/ranked-tree.ts'
import { recordBytes, recordCreateObject, recordFree, recordKey, recordValueRef } from '../structures/record.ts'
import { tableForEach } from '../structures/table-walk.ts'
import {
  TreeCursor,
  treeFirst,
  treeForEach,
  treeIsOnItem,
  treeItem,
  treeLast,
  treeNext,
} from '../structures/tree-cursor.ts'
import { PLAIN } from '../structures/tree-node.ts'
import { GARBAGE, GROUPS } from './stream.ts'
import {
  PENDING_BYTES,
  pendingConsumer,
  pendingCreate,
  pendingDeliveredAt,
  pendingDeliveries,
  pendingFind,
  pendingId,
  pendingInsert,
  pendingSeek,
  pendingSetConsumer,
  pendingSetDelivery,
  pendingTakeOut,
} from './stream-pending.ts'

const PENDING = 0
const NEXT = 2

const CONSUMERS = 1
const DYING = 3
const LAST_ID = 4
const ENTRIES_READ = 8
const GROUP_WORDS = 10
assertLayout('group', GROUP_WORDS, [
  [PENDING, 1],
  [CONSUMERS, 1],
  [NEXT, 1],
  [DYING, 1],
  [LAST_ID, 4],
  [ENTRIES_READ, 2],
])

const NAME = 1
const SEEN_AT = 3
const ACTIVE_AT = 5
const CONSUMER_WORDS = 7
assertLayout('consumer', CONSUMER_WORDS, [
  [PENDING, 1],
  [NAME, 1],
  [NEXT, 1],
  [SEEN_AT, 2],
  [ACTIVE_AT, 2],
])

/** The entries that a group has read are not known. */
export const UNKNOWN = -1
/** A consumer has never been given or claimed an entry. */
export const NEVER_ACTIVE = -1
/** A group or a consumer that goes frees so many pending entries at once, and leaves the rest to the background. */
const FREED_AT_ONCE = 64
/** Entries of a tree that are freed for one item, where what they name is freed otherwise: whole leaves at a time. */
const ENTRIES_PER_ITEM = 16

const nameSlice = new Slice()
const pendingIdOf = new StreamId()
const cursor = new TreeCursor()

// By name

function findByName(memory: Memory, table: Ref, name: Slice): Ref {
  if (table === NIL) return NIL
  const record = tableFind(memory, table, name, hashOf(memory, name))
  return record === NIL ? NIL : recordValueRef(memory, record)
}

/** Puts a block into a table under a name; its record, or NIL when memory is exhausted: nothing changed. */
function addByName(memory: Memory, table: Ref, name: Slice, block: Ref): Ref {
  // The kind only says that the value is a block.
  const record = recordCreateObject(memory, KIND_STREAM, name, block)
  if (record === NIL) return NIL
  if (tableInsert(memory, table, hashOf(memory, name), record)) return record
  recordFree(memory, record)
  return NIL
}

/** Takes a name out of a table. */
function removeByName(memory: Memory, table: Ref, name: Slice): void {
  const hash = hashOf(memory, name)
  const record = tableFind(memory, table, name, hash)
  tableRemove(memory, table, hash, record)
  recordFree(memory, record)
}

/** Visits what a table has, in the order of the names' bytes. */
function forEachByName(memory: Memory, table: Ref, visit: (block: Ref, name: Slice) => void): void {
  if (table === NIL) return
  const named: { readonly name: Uint8Array; readonly block: Ref }[] = []
  tableForEach(memory, table, (record) => {
    named.push({ name: recordKey(memory, record, nameSlice).bytes(), block: recordValueRef(memory, record) })
  })
  named.sort((a, b) => Buffer.compare(a.name, b.name))
  const own = new Slice()
  for (const { name, block } of named) visit(block, own.aim(name, 0, name.length))
}

/** A block with an empty tree of pending entries; NIL when memory is exhausted. */
function createWithTree(memory: Memory, words: number): Ref {
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

const pendingTree = (memory: Memory, block: Ref): Ref => blockRef(memory, block, PENDING)
const consumersOf = (memory: Memory, group: Ref): Ref => blockRef(memory, group, CONSUMERS)

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

// Consumers

export function consumerFind(memory: Memory, group: Ref, name: Slice): Ref {
  return findByName(memory, consumersOf(memory, group), name)
}

/** Adds a consumer whose name no other one of the group has, seen at `now`; NIL when memory is exhausted: nothing changed. */
export function consumerCreate(memory: Memory, group: Ref, name: Slice, now: number): Ref {
  const consumer = createWithTree(memory, CONSUMER_WORDS)
  if (consumer === NIL) return NIL
  const record = addByName(memory, consumersOf(memory, group), name, consumer)
  if (record === NIL) {
    treeFree(memory, pendingTree(memory, consumer))
    memory.free(consumer)
    return NIL
  }
  setBlockWord(memory, consumer, NAME, record)
  consumerSetSeen(memory, consumer, now)
  consumerSetActive(memory, consumer, NEVER_ACTIVE)
  return consumer
}

/**
 * Removes a consumer that exists, with all that is pending with it: how much that was. It is freed in the
 * background when it is much.
 */
export function consumerRemove(db: Database, group: Ref, name: Slice): number {
  const { memory } = db
  const { lazyFree } = db.keyspace
  const consumer = consumerFind(memory, group, name)
  const tree = pendingTree(memory, consumer)
  const count = treeCount(memory, tree)
  const { witness } = memory
  if (witness !== undefined) {
    treeForEach(memory, tree, (pending) => witness.pendingWillChange(group, pendingId(memory, pending, pendingIdOf)))
  }
  removeByName(memory, consumersOf(memory, group), name)
  const isMuch = count * RENEW_FACTOR > pendingCount(memory, group)
  const old = isMuch ? renewPending(memory, group, consumer, count) : NIL
  if (old !== NIL) {
    const freeOld = (items: number): boolean => treeFreeSome(memory, old, items * ENTRIES_PER_ITEM, () => {})
    lazyFree.add({ pending: 1, freeSome: freeOld }, FREED_AT_ONCE)
  } else takePending(memory, pendingTree(memory, group), tree)
  const freeSome = (items: number): boolean => treeFreeSome(memory, tree, items, (pending) => memory.free(pending))
  lazyFree.add({ pending: 1, freeSome }, FREED_AT_ONCE)
  memory.free(consumer)
  return count
}

/** When more than one in so many of a group's pending entries go with a consumer, the others are put in a new tree. */
const RENEW_FACTOR = 8

/**
 * Gives a group a new tree, of what is pending with others than this consumer, who has `count` of it. Answers
 * the old tree; NIL when memory is exhausted: nothing changed.
 */
function renewPending(memory: Memory, group: Ref, consumer: Ref, count: number): Ref {
  const old = pendingTree(memory, group)
  const tree = treeCreate(memory, PLAIN)
  if (tree === NIL) return NIL
  let isWhole = true
  if (count < treeCount(memory, old)) {
    treeForEach(memory, old, (pending) => {
      if (pendingConsumer(memory, pending) !== consumer) isWhole = isWhole && treeAppend(memory, tree, pending, 1)
    })
  }
  if (isWhole) setBlockWord(memory, group, PENDING, tree)
  else treeFree(memory, tree)
  return isWhole ? old : NIL
}

/** What a consumer has is rarely further apart than this in its group, and found by walking on. */
const STEPS_MAX = 16

/** Takes all that is in a consumer's tree out of that of its group. */
function takePending(memory: Memory, groupTree: Ref, tree: Ref): void {
  const at = new TreeCursor()
  treeForEach(memory, tree, (pending) => {
    for (let steps = STEPS_MAX; steps > 0 && treeIsOnItem(memory, at); steps--) {
      if (treeItem(memory, at) === pending) return treeRemove(memory, groupTree, at)
      treeNext(memory, at)
    }
    pendingFind(memory, groupTree, pendingId(memory, pending, pendingIdOf), at)
    treeRemove(memory, groupTree, at)
  })
}

export function consumerCount(memory: Memory, group: Ref): number {
  return tableCount(memory, consumersOf(memory, group))
}

/** Visits every consumer in the order of names. */
export function consumerForEach(memory: Memory, group: Ref, visit: (consumer: Ref, name: Slice) => void): void {
  forEachByName(memory, consumersOf(memory, group), visit)
}

/** Aims `out` at the consumer's name. */
export function consumerName(memory: Memory, consumer: Ref, out: Slice): Slice {
  return recordKey(memory, blockRef(memory, consumer, NAME), out)
}

/** When it last asked for anything, in unix milliseconds. */
export function consumerSeenAt(memory: Memory, consumer: Ref): number {
  return Number(blockInt64(memory, consumer, SEEN_AT))
}

export function consumerSetSeen(memory: Memory, consumer: Ref, at: number): void {
  setBlockInt64(memory, consumer, SEEN_AT, at)
}

/** When it last was given or claimed anything, in unix milliseconds, or NEVER_ACTIVE. */
export function consumerActiveAt(memory: Memory, consumer: Ref): number {
  return Number(blockInt64(memory, consumer, ACTIVE_AT))
}

export function consumerSetActive(memory: Memory, consumer: Ref, at: number): void {
  setBlockInt64(memory, consumer, ACTIVE_AT, at)
}

// What is pending, in a group or with a consumer: `owner` is either

export function pendingCount(memory: Memory, owner: Ref): number {
  return treeCount(memory, pendingTree(memory, owner))
}

/** How much is pending in all groups of a stream. */
export function pendingInAll(memory: Memory, stream: Ref): number {
  const table = blockRef(memory, stream, GROUPS)
  let count = 0
  if (table !== NIL) {
    tableForEach(memory, table, (record) => {
      count += pendingCount(memory, recordValueRef(memory, record))
    })
  }
  return count
}

/** The pending entry with this id, or NIL. */
export function pendingOf(memory: Memory, owner: Ref, id: StreamId): Ref {
  return pendingFind(memory, pendingTree(memory, owner), id)
}

/** The first or the last pending entry, or NIL. */
export function pendingEdge(memory: Memory, owner: Ref, edge: 'first' | 'last'): Ref {
  const tree = pendingTree(memory, owner)
  const isFound = edge === 'first' ? treeFirst(memory, tree, cursor) : treeLast(memory, tree, cursor)
  return isFound ? treeItem(memory, cursor) : NIL
}

/** Visits pending entries from `from` on until the visitor answers false. It must not change what is pending. */
export function pendingFrom(memory: Memory, owner: Ref, from: StreamId, visit: (pending: Ref) => boolean): void {
  const at = new TreeCursor()
  if (!pendingSeek(memory, pendingTree(memory, owner), from, at)) return
  while (visit(treeItem(memory, at)) && treeNext(memory, at));
}

/**
 * Books an entry as delivered to a consumer, whoever had it before. The pending entry, or NIL when
 * memory is exhausted: nothing changed.
 */
export function pendingDeliver(
  memory: Memory,
  group: Ref,
  consumer: Ref,
  id: StreamId,
  at: number,
  deliveries: number | bigint,
): Ref {
  memory.witness?.pendingWillChange(group, id)
  const known = pendingOf(memory, group, id)
  if (known !== NIL) {
    if (!pendingGive(memory, known, consumer, id)) return NIL
    pendingSetDelivery(memory, known, at, deliveries)
    return known
  }
  const pending = pendingCreate(memory, id, consumer, at, deliveries)
  if (pending === NIL) return NIL
  if (pendingInsert(memory, pendingTree(memory, group), id, pending)) {
    if (pendingInsert(memory, pendingTree(memory, consumer), id, pending)) return pending
    pendingTakeOut(memory, pendingTree(memory, group), id)
  }
  memory.free(pending)
  return NIL
}

/**
 * Books an entry that is not pending as delivered to a consumer who is not known yet. pendingAssign has to tell who it
 * is before anything else is done with the group but freeing it. False when memory is exhausted: nothing changed.
 */
export function pendingExpect(
  memory: Memory,
  group: Ref,
  id: StreamId,
  at: number,
  deliveries: number | bigint,
): boolean {
  const pending = pendingCreate(memory, id, NIL, at, deliveries)
  if (pending === NIL) return false
  if (pendingInsert(memory, pendingTree(memory, group), id, pending)) return true
  memory.free(pending)
  return false
}

/** What came of pendingAssign. */
export const PENDING_UNKNOWN = 0
export const PENDING_TAKEN = 1
export const PENDING_ASSIGNED = 2
export const PENDING_EXHAUSTED = 3

/** Makes an expected entry that of a consumer, if there is one with this id and no other has it. */
export function pendingAssign(memory: Memory, group: Ref, consumer: Ref, id: StreamId): number {
  const pending = pendingOf(memory, group, id)
  if (pending === NIL) return PENDING_UNKNOWN
  if (pendingConsumer(memory, pending) !== NIL) return PENDING_TAKEN
  if (!pendingInsert(memory, pendingTree(memory, consumer), id, pending)) return PENDING_EXHAUSTED
  pendingSetConsumer(memory, pending, consumer)
  return PENDING_ASSIGNED
}

/** Books a pending entry as delivered once more to the consumer that has it. */
export function pendingRepeat(memory: Memory, group: Ref, pending: Ref, at: number): void {
  memory.witness?.pendingWillChange(group, pendingId(memory, pending, pendingIdOf))
  pendingSetDelivery(memory, pending, at, BigInt(pendingDeliveries(memory, pending)) + 1n)
}

/** Makes a pending entry another consumer's; false when memory is exhausted: nothing changed. */
function pendingGive(memory: Memory, pending: Ref, consumer: Ref, id: StreamId): boolean {
  const owner = pendingConsumer(memory, pending)
  if (owner === consumer) return true
  if (!pendingInsert(memory, pendingTree(memory, consumer), id, pending)) return false
  pendingTakeOut(memory, pendingTree(memory, owner), id)
  pendingSetConsumer(memory, pending, consumer)
  return true
}

/** Forgets a pending entry: acknowledged, or its entry is gone. False when there is none with this id. */
export function pendingDrop(memory: Memory, group: Ref, id: StreamId): boolean {
  memory.witness?.pendingWillChange(group, id)
  const tree = pendingTree(memory, group)
  const pending = pendingFind(memory, tree, id, cursor)
  if (pending === NIL) return false
  treeRemove(memory, tree, cursor)
  pendingTakeOut(memory, pendingTree(memory, pendingConsumer(memory, pending)), id)
  memory.free(pending)
  return true
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
