/*
 * Walking a sorted set in order, whatever its encoding: from either end, from a
 * rank, a score or a member on, in both directions, and removing on the way.
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_ZSET_LISTPACK } from '../keyspace/object.ts'
import type { Memory } from '../memory/arena.ts'
import { compareBytes } from '../memory/bytes.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { listpackFirst, listpackGet, listpackRemove, listpackSeek, listpackSize } from '../structures/listpack.ts'
import { recordCompareKey, recordKey, recordScore, scoreKey } from '../structures/record.ts'
import {
  TreeCursor,
  treeFirst,
  treeItem,
  treeLast,
  treeLowerBound,
  treeLowerBoundKeyed,
  treeNext,
  treePrevious,
  treeRank,
  treeSeek,
} from '../structures/tree-cursor.ts'
import { zsetLength } from './zset.ts'
import { packLast, packNext, packPrevious, packScore } from './zset-listpack.ts'
import { rootRemoveAt, rootTree } from './zset-skiplist.ts'

/** A text that no member comes before, and one that none comes after. */
export const FIRST_MEMBER = Symbol('-')
export const LAST_MEMBER = Symbol('+')
export type MemberBound = Slice | typeof FIRST_MEMBER | typeof LAST_MEMBER

// What the tree's searches compare with: they take a function of one item and are not worth an object.
let soughtMemory: Memory
let soughtScore = 0
let soughtMember: Slice
/** 0: to what equals the sought; 1: past it. */
let soughtPast = 0

function isBeforeScore(record: Ref): boolean {
  const score = recordScore(soughtMemory, record)
  return score < soughtScore || (soughtPast === 1 && score === soughtScore)
}

function isBeforeMember(record: Ref): boolean {
  return recordCompareKey(soughtMemory, record, soughtMember) < soughtPast
}

/**
 * A place in a sorted set: on a member, or behind the last one. To be used again and again; dead after
 * any change of the sorted set that was not made through it.
 */
export class ZsetWalk {
  private readonly slice = new Slice()
  private readonly cursor = new TreeCursor()
  private db!: Database
  private memory!: Memory
  private zset: Ref = NIL
  /** NIL for a big sorted set. */
  private pack: Ref = NIL
  /** The member's position in the listpack, 0 behind the last one. */
  private at = 0
  /** NIL for a listpack. */
  private tree: Ref = NIL

  /** Says which sorted set is walked. Where in it, one of the movements says. */
  aim(db: Database, zset: Ref): this {
    this.db = db
    this.memory = db.memory
    this.zset = zset
    this.pack = db.kindOf(zset) === KIND_ZSET_LISTPACK ? db.valueRef(zset) : NIL
    this.tree = this.pack === NIL ? rootTree(db.memory, db.valueRef(zset)) : NIL
    return this
  }

  /** The member it is on; lives until the next movement. */
  get member(): Slice {
    if (this.pack !== NIL) return listpackGet(this.memory, this.pack, this.at, this.slice)
    return recordKey(this.memory, treeItem(this.memory, this.cursor), this.slice)
  }

  get score(): number {
    if (this.pack !== NIL) return packScore(this.memory, this.pack, this.at)
    return recordScore(this.memory, treeItem(this.memory, this.cursor))
  }

  /** To the first member; false when there is none. */
  first(): boolean {
    if (this.pack === NIL) return treeFirst(this.memory, this.tree, this.cursor)
    this.at = listpackFirst(this.memory, this.pack)
    return this.at !== 0
  }

  /** To the last member; false when there is none. */
  last(): boolean {
    if (this.pack === NIL) return treeLast(this.memory, this.tree, this.cursor)
    this.at = packLast(this.memory, this.pack)
    return this.at !== 0
  }

  /** To the next member; false behind the last one. */
  next(): boolean {
    if (this.pack === NIL) return treeNext(this.memory, this.cursor)
    this.at = packNext(this.memory, this.pack, this.at)
    return this.at !== 0
  }

  /** To the member before; false when there is none: it stays where it is. */
  previous(): boolean {
    if (this.pack === NIL) return treePrevious(this.memory, this.cursor)
    const at = this.at === 0 ? packLast(this.memory, this.pack) : packPrevious(this.memory, this.pack, this.at)
    if (at !== 0) this.at = at
    return at !== 0
  }

  /** To the member with so many before it; false behind the last one. */
  toRank(rank: number): boolean {
    if (this.pack === NIL) return treeSeek(this.memory, this.tree, rank, this.cursor) >= 0
    this.at = listpackSeek(this.memory, this.pack, rank * 2)
    return this.at !== 0
  }

  /** How many members are before the place it is at. */
  rank(): number {
    if (this.pack === NIL) return treeRank(this.memory, this.tree, this.cursor)
    if (this.at === 0) return zsetLength(this.db, this.zset)
    let rank = 0
    for (let at = listpackFirst(this.memory, this.pack); at !== this.at; rank++) {
      at = packNext(this.memory, this.pack, at)
    }
    return rank
  }

  /** To the first member with this score or a higher one, or with `past` only a higher one; false behind the last. */
  toScore(score: number, past: boolean): boolean {
    const { memory, pack } = this
    if (pack === NIL) {
      soughtMemory = memory
      soughtScore = score
      soughtPast = past ? 1 : 0
      return treeLowerBoundKeyed(memory, this.tree, scoreKey(score), isBeforeScore, this.cursor)
    }
    for (this.first(); this.at !== 0; this.at = packNext(memory, pack, this.at)) {
      const stored = packScore(memory, pack, this.at)
      if (stored > score || (stored === score && !past)) return true
    }
    return false
  }

  /** As toScore, by the bytes of members: they are in that order where all scores are equal. */
  toMember(bound: MemberBound, past: boolean): boolean {
    if (bound === FIRST_MEMBER) return this.first()
    if (bound === LAST_MEMBER) {
      if (this.last()) this.next()
      return false
    }
    const { memory, pack } = this
    if (pack === NIL) {
      soughtMemory = memory
      soughtMember = bound
      soughtPast = past ? 1 : 0
      return treeLowerBound(memory, this.tree, isBeforeMember, this.cursor)
    }
    for (this.first(); this.at !== 0; this.at = packNext(memory, pack, this.at)) {
      const { buf, at, size } = listpackGet(memory, pack, this.at, this.slice)
      const order = compareBytes(buf, at, size, bound.buf, bound.at, bound.size)
      if (order > 0 || (order === 0 && !past)) return true
    }
    return false
  }

  /** Removes the member it is on and stands on the next one, or behind the last. */
  remove(): void {
    const { memory } = this
    if (this.pack === NIL) return rootRemoveAt(memory, this.db.valueRef(this.zset), this.cursor)
    this.pack = listpackRemove(memory, this.pack, this.at, 2)
    this.db.setValueRef(this.zset, this.pack)
    if (this.at === listpackSize(memory, this.pack) - 1) this.at = 0
  }
}
