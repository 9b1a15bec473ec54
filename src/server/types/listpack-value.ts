/*
 * A small collection as the one listpack that it is, for RDB files and DUMP,
 * which carry the same bytes: writing one is copying a block, and so is reading
 * one, once it has been looked through. Whether it is still small by the limits
 * of today is for its type to say.
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { hashOf } from '../structures/hash-table.ts'
import {
  listpackBytes,
  listpackCount,
  listpackFirst,
  listpackGet,
  listpackIsValid,
  listpackNext,
  listpackOf,
  listpackTextsOf,
} from '../structures/listpack.ts'

/** What a type keeps in its listpack. */
export interface ListpackShape {
  readonly kind: number
  /** Entries that make one item: a field and its value are two. */
  readonly width: number
  /** The first entry of an item is its name, and no two are the same. */
  readonly isNamed: boolean
}

/** The bytes are not what the shape says. */
export const BROKEN = -1

/** So few names are compared pair by pair; more are looked up in a set. */
const PAIRWISE_MAX = 128

const name = new Slice()
/** Of the names that differPairwise has seen. */
const hashes = new Int32Array(PAIRWISE_MAX)
const positions = new Uint32Array(PAIRWISE_MAX)

/** Aims `out` at the bytes of a value that is one listpack. */
export function listpackOfValue(db: Database, record: Ref, out: Slice): Slice {
  return listpackBytes(db.memory, db.valueRef(record), out)
}

/** Adds a value that is the listpack of these bytes, at a key that is not there. NIL: memory is exhausted. */
export function addListpackValue(db: Database, key: Slice, shape: ListpackShape, bytes: Slice): Ref | typeof BROKEN {
  if (!listpackIsValid(bytes)) return BROKEN
  const { memory } = db
  const pack = listpackOf(memory, bytes)
  if (pack === NIL) return NIL
  const record = isShaped(memory, pack, shape) ? db.add(key, shape.kind, pack) : BROKEN
  if (record === NIL || record === BROKEN) memory.free(pack)
  return record
}

/** The entries of a listpack that came from outside, as texts of their own; undefined when it is none. */
export function listpackTexts(bytes: Slice): Slice[] | undefined {
  return listpackIsValid(bytes) ? listpackTextsOf(bytes) : undefined
}

function isShaped(memory: Memory, pack: Ref, { width, isNamed }: ListpackShape): boolean {
  const count = listpackCount(memory, pack)
  if (count === 0 || count % width !== 0) return false
  if (!isNamed) return true
  return count / width <= PAIRWISE_MAX ? differPairwise(memory, pack, width) : differInSet(memory, pack, width)
}

/** Names are equal only if their hashes are: hardly a name is then read twice. */
function differPairwise(memory: Memory, pack: Ref, width: number): boolean {
  let names = 0
  for (let at = listpackFirst(memory, pack); at !== 0; at = nextName(memory, pack, at, width)) {
    const hash = hashOf(memory, listpackGet(memory, pack, at, name))
    for (let i = 0; i < names; i++) if (hashes[i] === hash && areEqual(memory, pack, positions[i], at)) return false
    hashes[names] = hash
    positions[names++] = at
  }
  return true
}

function areEqual(memory: Memory, pack: Ref, a: number, b: number): boolean {
  // A copy: both may be numbers, whose digits are written to one place.
  const first = listpackGet(memory, pack, a, name).copy()
  return listpackGet(memory, pack, b, name).equals(first)
}

function differInSet(memory: Memory, pack: Ref, width: number): boolean {
  const seen = new Set<string>()
  let names = 0
  for (let at = listpackFirst(memory, pack); at !== 0; at = nextName(memory, pack, at, width)) {
    seen.add(listpackGet(memory, pack, at, name).text())
    names++
  }
  return seen.size === names
}

function nextName(memory: Memory, pack: Ref, position: number, width: number): number {
  let at = position
  for (let i = 0; i < width && at !== 0; i++) at = listpackNext(memory, pack, at)
  return at
}
