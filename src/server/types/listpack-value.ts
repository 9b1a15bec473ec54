/*
 * A small collection as the one listpack that it is, for RDB files and DUMP,
 * which carry the same bytes: writing one is copying a block, and so is reading
 * one, once it has been looked through. Whether it is still small by the limits
 * of today is for its type to say.
 */
import type { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { listpackBytes, listpackOf } from '../structures/listpack.ts'
import {
  ListpackSurvey,
  listpackIsValid,
  listpackNamesDiffer,
  listpackSurvey,
  listpackTextsOf,
} from '../structures/listpack-survey.ts'

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

/** Aims `out` at the bytes of a value that is one listpack. */
export function listpackOfValue(db: Database, record: Ref, out: Slice): Slice {
  return listpackBytes(db.memory, db.valueRef(record), out)
}

/**
 * Adds a value that is the listpack of these bytes, at a key that is not there, and fills `survey`, if it is handed
 * one. NIL: memory is exhausted.
 */
export function addListpackValue(
  db: Database,
  key: Slice,
  { kind, width, isNamed }: ListpackShape,
  bytes: Slice,
  survey = ownSurvey,
): Ref | typeof BROKEN {
  if (!listpackSurvey(bytes, survey) || survey.count === 0 || survey.count % width !== 0) return BROKEN
  if (isNamed && !listpackNamesDiffer(bytes, width, survey.count)) return BROKEN
  const { memory } = db
  const pack = listpackOf(memory, bytes)
  if (pack === NIL) return NIL
  const record = db.add(key, kind, pack)
  if (record === NIL) memory.free(pack)
  return record
}

const ownSurvey = new ListpackSurvey()

/** The entries of a listpack that came from outside, as texts of their own; undefined when it is none. */
export function listpackTexts(bytes: Slice): Slice[] | undefined {
  return listpackIsValid(bytes) ? listpackTextsOf(bytes) : undefined
}
