/*
 * Pending entries: what a group has delivered to a consumer and nobody has
 * acknowledged. Each is one block that is in two ranked trees, in the order of
 * ids: that of the group and that of the consumer it was delivered to.
 *
 * PENDING, in words:
 *
 *        0      4              6            8
 *        +------+--------------+------------+----------+
 *        | id   | delivered at | deliveries | consumer |
 *        | u64 2| i64 ms       | i64        | Ref      |
 *        +------+--------------+------------+----------+
 */
import { assertLayout } from '../base/assert.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Memory } from '../memory/arena.ts'
import { blockInt64, blockRef, setBlockInt64, setBlockWord } from '../memory/block.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { compareWords, idFromWords, idToWords } from '../structures/id-words.ts'
import { treeInsert, treeRemove } from '../structures/ranked-tree.ts'
import { TreeCursor, treeFirst, treeItem, treeLast, treeLowerBound, treeNext } from '../structures/tree-cursor.ts'

const ID = 0
const DELIVERED_AT = 4
const DELIVERIES = 6
const CONSUMER = 8
const PENDING_WORDS = 9
assertLayout('pending entry', PENDING_WORDS, [
  [ID, 4],
  [DELIVERED_AT, 2],
  [DELIVERIES, 2],
  [CONSUMER, 1],
])
export const PENDING_BYTES = PENDING_WORDS * 4

const cursor = new TreeCursor()
const sought = new StreamId()
let soughtMemory!: Memory

export function pendingId(memory: Memory, pending: Ref, id: StreamId): StreamId {
  return idFromWords(memory, pending, ID, id)
}

/** When it was delivered last, in unix milliseconds. */
export function pendingDeliveredAt(memory: Memory, pending: Ref): number {
  return Number(blockInt64(memory, pending, DELIVERED_AT))
}

/** How often it was delivered, or is said to have been. */
export function pendingDeliveries(memory: Memory, pending: Ref): number | bigint {
  return blockInt64(memory, pending, DELIVERIES)
}

export function pendingConsumer(memory: Memory, pending: Ref): Ref {
  return blockRef(memory, pending, CONSUMER)
}

export function pendingSetDelivery(memory: Memory, pending: Ref, at: number, deliveries: number | bigint): void {
  setBlockInt64(memory, pending, DELIVERED_AT, at)
  setBlockInt64(memory, pending, DELIVERIES, deliveries)
}

/** A pending entry that is in no tree yet; NIL when memory is exhausted. */
export function pendingCreate(
  memory: Memory,
  id: StreamId,
  consumer: Ref,
  at: number,
  deliveries: number | bigint,
): Ref {
  const pending = memory.alloc(PENDING_BYTES)
  if (pending === NIL) return NIL
  idToWords(memory, pending, ID, id)
  pendingSetDelivery(memory, pending, at, deliveries)
  pendingSetConsumer(memory, pending, consumer)
  return pending
}

export function pendingSetConsumer(memory: Memory, pending: Ref, consumer: Ref): void {
  setBlockWord(memory, pending, CONSUMER, consumer)
}

function isBefore(pending: Ref): boolean {
  return compareWords(soughtMemory, pending, ID, sought) < 0
}

/** To the first pending entry with this id or a later one; false when there is none: behind the last. */
export function pendingSeek(memory: Memory, tree: Ref, id: StreamId, at: TreeCursor): boolean {
  // Entries are mostly delivered, and so added, in order.
  if (!treeLast(memory, tree, at)) return false
  if (compareWords(memory, treeItem(memory, at), ID, id) < 0) return treeNext(memory, at)
  // And acknowledged, and so removed, in order too.
  if (treeFirst(memory, tree, at) && compareWords(memory, treeItem(memory, at), ID, id) >= 0) return true
  sought.copy(id)
  soughtMemory = memory
  return treeLowerBound(memory, tree, isBefore, at)
}

/** The pending entry with this id, or NIL; the cursor is on it, or where it would be. */
export function pendingFind(memory: Memory, tree: Ref, id: StreamId, at: TreeCursor = cursor): Ref {
  if (!pendingSeek(memory, tree, id, at)) return NIL
  const pending = treeItem(memory, at)
  return compareWords(memory, pending, ID, id) === 0 ? pending : NIL
}

/** Puts a pending entry into a tree that has none with its id; false when memory is exhausted: nothing changed. */
export function pendingInsert(memory: Memory, tree: Ref, id: StreamId, pending: Ref): boolean {
  pendingSeek(memory, tree, id, cursor)
  return treeInsert(memory, tree, cursor, pending, 1)
}

/** Takes a pending entry out of a tree that has it. */
export function pendingTakeOut(memory: Memory, tree: Ref, id: StreamId): void {
  if (pendingFind(memory, tree, id, cursor) !== NIL) treeRemove(memory, tree, cursor)
}
