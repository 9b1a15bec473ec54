/*
 * Sets in RDB files and DUMP: an intset or a listpack as it lies, or the members
 * one by one.
 */
import { writeInteger } from '../../base/integer-text.ts'
import { Slice } from '../../base/slice.ts'
import type { Database } from '../../keyspace/database.ts'
import { KIND_SET_INTSET, KIND_SET_LISTPACK } from '../../keyspace/object.ts'
import { NIL, type Ref } from '../../memory/layout.ts'
import { BROKEN, listpackOfValue, listpackTexts } from '../../types/listpack-value.ts'
import {
  SET_ADDED,
  SET_EXHAUSTED,
  setAdd,
  setCreate,
  setExpect,
  setForEach,
  setIntset,
  setLength,
  setOfIntset,
} from '../../types/set.ts'
import { setWalk } from '../../types/value-walks.ts'
import { RDB_SET, RDB_SET_INTSET, RDB_SET_LISTPACK, RDB_VERSION_7_0 } from './format.ts'
import type { RdbInput } from './input.ts'
import type { ValueFormat } from './value-format.ts'

const INTSET_HEADER = 8

const block = new Slice()
const text = new Slice()

function formOf(db: Database, set: Ref, version: number): number {
  const kind = db.kindOf(set)
  if (kind === KIND_SET_INTSET) return RDB_SET_INTSET
  return kind === KIND_SET_LISTPACK && version > RDB_VERSION_7_0 ? RDB_SET_LISTPACK : RDB_SET
}

function readMembers(input: RdbInput, db: Database, key: Slice, count: number, next: () => Slice): boolean {
  if (count === 0) input.fail('a set has no members')
  let member = next()
  const set = setCreate(db, key, member, count)
  if (set === NIL) return false
  setExpect(db, set, count)
  for (let left = count; ; ) {
    const done = setAdd(db, set, member)
    if (done !== SET_ADDED) {
      db.remove(key)
      return done === SET_EXHAUSTED ? false : input.fail('a set has a member twice')
    }
    if (--left === 0) return true
    input.release()
    member = next()
  }
}

function readIntset(input: RdbInput, db: Database, key: Slice): boolean {
  const bytes = input.string()
  const set = setOfIntset(db, key, bytes)
  if (set === BROKEN) return input.fail('an intset is broken')
  if (set !== undefined) return set !== NIL
  const view = new DataView(bytes.buf.buffer, bytes.buf.byteOffset + bytes.at, bytes.size)
  const width = view.getUint32(0, true)
  let next = INTSET_HEADER
  return readMembers(input, db, key, view.getUint32(4, true), () => {
    const text = integerAt(view, next, width)
    next += width
    return text
  })
}

function integerAt(view: DataView, at: number, width: number): Slice {
  if (width === 8) return Slice.of(view.getBigInt64(at, true).toString())
  const text = new Uint8Array(INTEGER_SIZE)
  return new Slice(text, 0, writeInteger(width === 2 ? view.getInt16(at, true) : view.getInt32(at, true), text, 0))
}

/** Sign and digits of an integer of 32 bits. */
const INTEGER_SIZE = 11

export const setFormat: ValueFormat = {
  formOf,
  write(out, db, set) {
    const form = formOf(db, set, out.version)
    if (form === RDB_SET_INTSET) return out.string(setIntset(db, set, block))
    if (form === RDB_SET_LISTPACK) return out.string(listpackOfValue(db, set, block))
    out.length(setLength(db, set))
    setForEach(db, set, (member) => out.string(member))
  },
  begin(outlet, db, set) {
    outlet.out.length(setLength(db, set))
    return { walk: setWalk(db, set, (member) => outlet.out.string(member)) }
  },
  read: {
    [RDB_SET]: (input, db, key) => readMembers(input, db, key, input.count(), () => input.string(text)),
    [RDB_SET_INTSET]: readIntset,
    [RDB_SET_LISTPACK](input, db, key) {
      const members = listpackTexts(input.string())
      if (members === undefined) return input.fail('the listpack of a set is broken')
      let at = 0
      return readMembers(input, db, key, members.length, () => members[at++])
    },
  },
}
