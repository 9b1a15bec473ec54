/*
 * What several sets have together: intersection, union, difference, as a walk or
 * as a new set. Sources are records of sets, NIL for a key that is not there;
 * the same set may be among them several times.
 *
 * A walk looks each member up in the other sets, which takes no memory. Only where
 * that would be too slow (many sets) is a set built and walked instead.
 *
 * The new set goes through the same encodings as in Redis, so that it ends in the
 * same one. It is detached (Database.detached): the caller puts it in its place.
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_SET_INTSET, KIND_SET_LISTPACK, KIND_SET_TABLE } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  SET_EXHAUSTED,
  setAdd,
  setDetached,
  setExpect,
  setHasMember,
  setLength,
  setRemove,
  setSome,
  setToIntset,
} from './set.ts'
import { Member } from './set-member.ts'

export type SetOperation = 'intersection' | 'union' | 'difference'

/** Handed each member of a result; true ends the walk. */
export type VisitResult = (member: Member) => boolean

/** A union of more sets is built: looking its members up in all the sets before would take longer. */
const UNION_WALK_MAX = 8

const NO_KEY = new Slice()
const walked = new Member()

const isThere = (set: Ref): boolean => set !== NIL

/** Visits each member of the result once. False when memory is exhausted: nothing was visited, or only a part. */
export function setVisitResult(
  db: Database,
  operation: SetOperation,
  sets: readonly Ref[],
  visit: VisitResult,
): boolean {
  if (operation === 'intersection') {
    if (sets.every(isThere)) visitIntersection(db, bySize(db, sets), visit)
    return true
  }
  if (operation === 'union') return visitUnion(db, sets, visit)
  const others = subtrahends(sets)
  if (others === undefined) return true
  if (isLookedUp(db, sets)) {
    visitDifference(db, sets[0], bySize(db, others).toReversed(), visit)
    return true
  }
  return visitBuilt(db, buildDifference(db, NO_KEY, KIND_SET_TABLE, sets[0], others), visit)
}

/**
 * The result as a set of its own under `key`, in no table yet; it may be empty. NIL when memory is
 * exhausted. It is the caller's to put or to discard.
 */
export function setBuildResult(db: Database, operation: SetOperation, sets: readonly Ref[], key: Slice): Ref {
  if (operation === 'intersection') return buildIntersection(db, sets, key)
  if (operation === 'union') return buildUnion(db, sets, key, KIND_SET_INTSET)
  const others = subtrahends(sets)
  if (others === undefined) return setDetached(db, key, KIND_SET_INTSET)
  if (!isLookedUp(db, sets)) return buildDifference(db, key, KIND_SET_INTSET, sets[0], others)
  return filled(db, setDetached(db, key, KIND_SET_INTSET), (add) =>
    visitDifference(db, sets[0], bySize(db, others).toReversed(), add),
  )
}

/** The sets, each once, the smallest first. */
function bySize(db: Database, sets: readonly Ref[]): Ref[] {
  return [...new Set(sets)].sort((a, b) => setLength(db, a) - setLength(db, b))
}

/** Fills a new set with what `walk` hands to its visitor; NIL, having freed it, when memory is exhausted. */
function filled(db: Database, set: Ref, walk: (add: VisitResult) => void): Ref {
  if (set === NIL) return NIL
  let isExhausted = false
  walk((member) => {
    isExhausted = setAdd(db, set, member.text) === SET_EXHAUSTED
    return isExhausted
  })
  if (!isExhausted) return set
  db.discard(set)
  return NIL
}

/** Walks through a set that was built for that, and frees it. */
function visitBuilt(db: Database, set: Ref, visit: VisitResult): boolean {
  if (set === NIL) return false
  setSome(db, set, walked, visit)
  db.discard(set)
  return true
}

// Intersection

/** Of the members of the smallest set, those that all others have. */
function visitIntersection(db: Database, [smallest, ...others]: readonly Ref[], visit: VisitResult): void {
  setSome(db, smallest, walked, (member) => {
    for (const other of others) if (!setHasMember(db, other, member)) return false
    return visit(member)
  })
}

function buildIntersection(db: Database, sets: readonly Ref[], key: Slice): Ref {
  if (!sets.every(isThere)) return setDetached(db, key, KIND_SET_INTSET)
  const ordered = bySize(db, sets)
  const isIntset = db.kindOf(ordered[0]) === KIND_SET_INTSET
  let isOfIntegers = true
  const result = filled(db, setDetached(db, key, isIntset ? KIND_SET_INTSET : KIND_SET_LISTPACK), (add) =>
    visitIntersection(db, ordered, (member) => {
      isOfIntegers &&= member.integer !== undefined
      return add(member)
    }),
  )
  if (result === NIL || !isOfIntegers || setToIntset(db, result)) return result
  db.discard(result)
  return NIL
}

// Union

function visitUnion(db: Database, sets: readonly Ref[], visit: VisitResult): boolean {
  // The biggest first: its members need not be looked up at all.
  const ordered = bySize(db, sets.filter(isThere)).toReversed()
  if (ordered.length > UNION_WALK_MAX) return visitBuilt(db, buildUnion(db, ordered, NO_KEY, KIND_SET_TABLE), visit)
  let isEnough = false
  for (let i = 0; i < ordered.length && !isEnough; i++) {
    isEnough = setSome(db, ordered[i], walked, (member) => {
      for (let before = 0; before < i; before++) if (setHasMember(db, ordered[before], member)) return false
      return visit(member)
    })
  }
  return true
}

function buildUnion(db: Database, sets: readonly Ref[], key: Slice, kind: number): Ref {
  // It has as many members as the biggest: with more than small ones may have it ends as a table, and begins as one.
  let atLeast = 0
  for (const set of sets) if (set !== NIL) atLeast = Math.max(atLeast, setLength(db, set))
  const { setMaxIntsetEntries, setMaxListpackEntries } = db.keyspace.limits
  const isBig = atLeast > Math.max(setMaxIntsetEntries, setMaxListpackEntries)
  const result = setDetached(db, key, isBig ? KIND_SET_TABLE : kind)
  if (result !== NIL) setExpect(db, result, atLeast)
  return filled(db, result, (add) => {
    for (const set of sets) if (set !== NIL && setSome(db, set, walked, add)) return
  })
}

// Difference

/** The sets that are taken away from the first; undefined when nothing can be left. */
function subtrahends(sets: readonly Ref[]): Ref[] | undefined {
  const others = sets.slice(1).filter(isThere)
  return sets[0] === NIL || others.includes(sets[0]) ? undefined : others
}

/**
 * Whether looking the first set's members up in all others is less work than building a set of them
 * and taking the others' out. The comparison is Redis', because the encoding of the result depends on it.
 */
function isLookedUp(db: Database, sets: readonly Ref[]): boolean {
  const there = sets.filter(isThere)
  const lookups = (setLength(db, sets[0]) * there.length) / 2
  return Math.floor(lookups) <= there.reduce((sum, set) => sum + setLength(db, set), 0)
}

function visitDifference(db: Database, first: Ref, others: readonly Ref[], visit: VisitResult): void {
  setSome(db, first, walked, (member) => {
    for (const other of others) if (setHasMember(db, other, member)) return false
    return visit(member)
  })
}

function buildDifference(db: Database, key: Slice, kind: number, first: Ref, others: readonly Ref[]): Ref {
  const result = buildUnion(db, [first], key, kind)
  if (result === NIL) return NIL
  for (const other of others) {
    const isEmpty = setSome(db, other, walked, (member) => {
      setRemove(db, result, member.text)
      return setLength(db, result) === 0
    })
    if (isEmpty) break
  }
  return result
}
