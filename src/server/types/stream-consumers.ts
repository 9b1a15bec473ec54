/*
 * The consumers of a group: by name, when they were last seen, and how one goes with all
 * that is pending with it. How entries get there is in stream-deliveries.ts.
 */

import type { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Database } from '../keyspace/database.ts'
import type { Memory } from '../memory/arena.ts'
import { blockInt64, blockRef, setBlockInt64, setBlockWord } from '../memory/block.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { tableCount } from '../structures/hash-table.ts'
import { treeAppend, treeCount, treeCreate, treeFree, treeFreeSome, treeRemove } from '../structures/ranked-tree.ts'
import { recordKey } from '../structures/record.ts'
import { TreeCursor, treeForEach, treeIsOnItem, treeItem, treeNext } from '../structures/tree-cursor.ts'
import { PLAIN } from '../structures/tree-node.ts'
import { addByName, findByName, forEachByName, removeByName } from './named-blocks.ts'
import { pendingCount } from './stream-deliveries.ts'
import {
  ACTIVE_AT,
  CONSUMER_WORDS,
  consumersOf,
  createWithTree,
  FREED_AT_ONCE,
  NAME,
  PENDING,
  pendingTree,
  SEEN_AT,
} from './stream-group-layout.ts'
import { pendingConsumer, pendingFind, pendingId } from './stream-pending.ts'

const pendingIdOf = new StreamId()

/** A consumer has never been given or claimed an entry. */
export const NEVER_ACTIVE = -1

/** When more than one in so many of a group's pending entries go with a consumer, the others are put in a new tree. */
const RENEW_FACTOR = 8

/** What a consumer has is rarely further apart than this in its group, and found by walking on. */
const STEPS_MAX = 16

/** Entries of a tree that are freed for one item, where what they name is freed otherwise: whole leaves at a time. */
const ENTRIES_PER_ITEM = 16

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

// Going

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
