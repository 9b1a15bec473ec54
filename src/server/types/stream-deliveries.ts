/*
 * Which entries of a stream were delivered to which consumer of a group, and not
 * acknowledged: booked in the group and with the consumer alike. One such pending entry
 * is in stream-pending.ts.
 *
 * What is pending is asked of an `owner`, which is a group or a consumer.
 */
import { StreamId } from '../base/stream-id.ts'
import type { Memory } from '../memory/arena.ts'
import { blockRef } from '../memory/block.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { treeCount, treeRemove } from '../structures/ranked-tree.ts'
import { recordValueRef } from '../structures/record.ts'
import { tableForEach } from '../structures/table-walk.ts'
import { TreeCursor, treeFirst, treeItem, treeLast, treeNext } from '../structures/tree-cursor.ts'
import { GROUPS } from './stream.ts'
import { pendingTree } from './stream-group-layout.ts'
import {
  pendingConsumer,
  pendingCreate,
  pendingDeliveries,
  pendingFind,
  pendingId,
  pendingInsert,
  pendingSeek,
  pendingSetConsumer,
  pendingSetDelivery,
  pendingTakeOut,
} from './stream-pending.ts'

export const pendingIdOf = new StreamId()
const cursor = new TreeCursor()

// Asking

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

// Booking

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
