/*
 * Small sorted sets: member, score, member, score ... in one listpack, in order of
 * score and then of the members' bytes. Whole scores are integers there, others the
 * text that ZSCORE answers. What a sorted set is, and when it is small, is zset.ts.
 *
 * A position is that of a member; the score is the entry behind it.
 */
import { doubleToText } from '../base/double-text.ts'
import { INTEGER_SIZE_MAX, writeInteger } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import type { Memory } from '../memory/arena.ts'
import { compareBytes } from '../memory/bytes.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  listpackAppend,
  listpackFirst,
  listpackGet,
  listpackInsert,
  listpackLast,
  listpackNext,
  listpackNumber,
  listpackPrevious,
  listpackRemove,
  listpackReplace,
  listpackSize,
} from '../structures/listpack.ts'

const otherSlice = new Slice()
const textSlice = new Slice()
const textBytes = new Uint8Array(INTEGER_SIZE_MAX)

/** The last member, 0 when there is none. */
export function packLast(memory: Memory, pack: Ref): number {
  const last = listpackLast(memory, pack)
  return last === 0 ? 0 : listpackPrevious(memory, pack, last)
}

/** The member before the one at `at`, 0 when there is none. */
export function packPrevious(memory: Memory, pack: Ref, at: number): number {
  const score = listpackPrevious(memory, pack, at)
  return score === 0 ? 0 : listpackPrevious(memory, pack, score)
}

/** The member after the one at `at`, 0 at the end. */
export function packNext(memory: Memory, pack: Ref, at: number): number {
  return listpackNext(memory, pack, listpackNext(memory, pack, at))
}

/** The score of the member at `at`. */
export function packScore(memory: Memory, pack: Ref, at: number): number {
  const scoreAt = listpackNext(memory, pack, at)
  const number = listpackNumber(memory, pack, scoreAt)
  if (!Number.isNaN(number)) return number
  const text = listpackGet(memory, pack, scoreAt, textSlice).text()
  return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text)
}

/** A score as it stands in a listpack: without the sign of zero, which is lost there in Redis too. */
export function scoreText(score: number): Slice {
  if (Number.isSafeInteger(score)) return textSlice.aim(textBytes, 0, writeInteger(score + 0, textBytes, 0))
  return Slice.of(doubleToText(score))
}

/** Orders an element of a listpack and a pair of score and member. */
function comparePack(memory: Memory, pack: Ref, at: number, score: number, member: Slice): number {
  const stored = packScore(memory, pack, at)
  if (stored !== score) return stored < score ? -1 : 1
  const { buf, at: start, size } = listpackGet(memory, pack, at, otherSlice)
  return compareBytes(buf, start, size, member.buf, member.at, member.size)
}

/** The first member that does not come before this pair, 0 when there is none. */
export function packLowerBound(memory: Memory, pack: Ref, score: number, member: Slice): number {
  // What comes in order goes to the end.
  const last = packLast(memory, pack)
  if (last === 0 || comparePack(memory, pack, last, score, member) < 0) return 0
  let at = listpackFirst(memory, pack)
  while (comparePack(memory, pack, at, score, member) < 0) at = packNext(memory, pack, at)
  return at
}

/** Inserts a pair before the member at `at`, or at the end; false when memory is exhausted, nothing changed. */
export function packInsert(db: Database, zset: Ref, at: number, score: number, member: Slice): boolean {
  const { memory } = db
  const pack = db.valueRef(zset)
  const half = at === 0 ? listpackAppend(memory, pack, member) : listpackInsert(memory, pack, at, member)
  if (half === NIL) return false
  db.setValueRef(zset, half)
  const text = scoreText(score)
  const behind = at === 0 ? 0 : listpackNext(memory, half, at)
  const whole = behind === 0 ? listpackAppend(memory, half, text) : listpackInsert(memory, half, behind, text)
  if (whole !== NIL) {
    db.setValueRef(zset, whole)
    return true
  }
  // A listpack can always give up an entry where it lies.
  const inserted = at === 0 ? listpackLast(memory, half) : at
  db.setValueRef(zset, listpackRemove(memory, half, inserted, 1))
  return false
}

/** Gives the member at `at` another score and place; false when memory is exhausted, nothing changed. */
export function packMove(db: Database, zset: Ref, at: number, score: number, member: Slice): boolean {
  const { memory } = db
  const pack = db.valueRef(zset)
  const scoreAt = listpackNext(memory, pack, at)
  const next = listpackNext(memory, pack, scoreAt)
  const before = packPrevious(memory, pack, at)
  const isAfter = before === 0 || comparePack(memory, pack, before, score, member) < 0
  if (isAfter && (next === 0 || comparePack(memory, pack, next, score, member) > 0)) {
    const changed = listpackReplace(memory, pack, scoreAt, scoreText(score))
    if (changed !== NIL) db.setValueRef(zset, changed)
    return changed !== NIL
  }
  // The new pair goes in before the old one goes out, so that nothing is lost when memory is exhausted.
  const size = listpackSize(memory, pack)
  const target = packLowerBound(memory, pack, score, member)
  if (!packInsert(db, zset, target, score, member)) return false
  const inserted = db.valueRef(zset)
  const old = target !== 0 && target <= at ? at + listpackSize(memory, inserted) - size : at
  db.setValueRef(zset, listpackRemove(memory, inserted, old, 2))
  return true
}
