/*
 * Sets: different members under one key, in one of three encodings.
 *
 *   intset     integers only: sorted, in one block
 *   listpack   small: one member after the other in one block
 *   table      big: a hash table of records, one a member, without values
 *
 * A set becomes another encoding when it has more members, or a longer one, than
 * the limits of its encoding allow; it turns back only where setToIntset is called.
 * When it does so, and to what, is as in Redis 7.2. The table answers OBJECT
 * ENCODING with `hashtable`.
 *
 * What several sets have in common is set-operations.ts, drawing at random is
 * set-random.ts. Slices passed to visitors live until the next call here.
 */
import { Int64, int64Text, readInt64 } from '../base/int64.ts'
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import {
  KIND_SET_INTSET,
  KIND_SET_LISTPACK,
  KIND_SET_TABLE,
  KIND_STRING_RAW,
  registerKind,
  TYPE_SET,
} from '../keyspace/object.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  hashOf,
  READ_AHEAD_KEYS,
  tableCount,
  tableCreate,
  tableFind,
  tableGrowthBytes,
  tableInsert,
  tablePresize,
  tableReadAhead,
  tableRemove,
} from '../structures/hash-table.ts'
import {
  intsetBytes,
  intsetCount,
  intsetCreate,
  intsetFind,
  intsetHigh,
  intsetInsert,
  intsetIsValid,
  intsetLow,
  intsetOf,
  intsetRemove,
} from '../structures/intset.ts'
import {
  listpackAppend,
  listpackBytes,
  listpackCount,
  listpackCreate,
  listpackFind,
  listpackFirst,
  listpackGet,
  listpackNext,
  listpackOf,
  listpackRemove,
} from '../structures/listpack.ts'
import { recordCreate, recordFree, recordKey } from '../structures/record.ts'
import { tableForEach, tableScan, tableSome } from '../structures/table-walk.ts'
import { registerCopy } from './copy.ts'
import { BROKEN } from './listpack-value.ts'
import { recordTableFree, recordTableFreeSome, recordTableUsage, smallGrowthBytes } from './record-table.ts'
import type { Member } from './set-member.ts'

/** Answers of setAdd. */
export const SET_THERE = 0
export const SET_ADDED = 1
/** Memory is exhausted; nothing changed. */
export const SET_EXHAUSTED = -1

export type VisitMember = (member: Slice) => void

/** However high the limit is, an intset has no more members than Redis allows one. */
const INTSET_COUNT_MAX = 2 ** 30

const memberSlice = new Slice()
const integer = new Int64()

// Making

/** The encoding that a set begins with which is made for `members` members, `first` being one of them. */
function initialKind(db: Database, first: Slice, members: number): number {
  const { limits } = db.keyspace
  if (members <= limits.setMaxIntsetEntries && readInt64(first, integer)) return KIND_SET_INTSET
  return members <= limits.setMaxListpackEntries ? KIND_SET_LISTPACK : KIND_SET_TABLE
}

function emptyValue(memory: Memory, kind: number): Ref {
  if (kind === KIND_SET_INTSET) return intsetCreate(memory)
  return kind === KIND_SET_LISTPACK ? listpackCreate(memory) : tableCreate(memory)
}

/** Adds an empty set at `key`, where there is none, to be filled with `members` members; NIL when memory is exhausted. */
export function setCreate(db: Database, key: Slice, first: Slice, members: number): Ref {
  const kind = initialKind(db, first, members)
  const value = emptyValue(db.memory, kind)
  if (value === NIL) return NIL
  const set = db.add(key, kind, value)
  if (set === NIL) db.memory.free(value)
  return set
}

/**
 * A set at `key`, where there is none, of the bytes of an intset; undefined, and nothing made, if it has more
 * integers than the limits of today allow. NIL: memory is exhausted.
 */
export function setOfIntset(db: Database, key: Slice, bytes: Slice): Ref | typeof BROKEN | undefined {
  if (!intsetIsValid(bytes)) return BROKEN
  const { memory } = db
  const value = intsetOf(memory, bytes)
  if (value === NIL) return NIL
  const isSmall = intsetCount(memory, value) <= Math.min(db.keyspace.limits.setMaxIntsetEntries, INTSET_COUNT_MAX)
  const set = isSmall ? db.add(key, KIND_SET_INTSET, value) : undefined
  if (set === NIL || set === undefined) memory.free(value)
  return set
}

/** Before `members` members come to a new set that is a table already, gives it room for them if there is memory. */
export function setExpect(db: Database, set: Ref, members: number): void {
  if (db.kindOf(set) === KIND_SET_TABLE) tablePresize(db.memory, db.valueRef(set), members)
}

/** An empty set that is in no table yet (Database.detached), of one of the KIND_SET_ kinds; NIL when memory is exhausted. */
export function setDetached(db: Database, key: Slice, kind: number): Ref {
  const value = emptyValue(db.memory, kind)
  if (value === NIL) return NIL
  const set = db.detached(key, kind, value)
  if (set === NIL) db.memory.free(value)
  return set
}

/**
 * Whether `members` members of `bytes` bytes in all can be added to a set (NIL: to a new one) without
 * running out of memory halfway, whatever encodings it goes through.
 */
export function setHasRoom(db: Database, set: Ref, members: number, bytes: number): boolean {
  const { memory } = db
  if (set !== NIL && db.kindOf(set) === KIND_SET_TABLE) {
    return db.hasRoom(1, members, bytes, tableGrowthBytes(memory, db.valueRef(set), members))
  }
  const { setMaxIntsetEntries, setMaxListpackEntries, setMaxListpackValue } = db.keyspace.limits
  const small = { entries: Math.max(setMaxIntsetEntries, setMaxListpackEntries), bytes: setMaxListpackValue }
  const value = set === NIL ? NIL : db.valueRef(set)
  const there = set === NIL ? 0 : setLength(db, set)
  const growth = smallGrowthBytes(memory, value, there, members, bytes, small)
  return db.hasRoom(1, members, bytes, growth)
}

/** Aims `out` at the bytes of a set that is an intset. */
export function setIntset(db: Database, set: Ref, out: Slice): Slice {
  return intsetBytes(db.memory, db.valueRef(set), out)
}

// Reading

export function setLength(db: Database, set: Ref): number {
  const value = db.valueRef(set)
  const kind = db.kindOf(set)
  if (kind === KIND_SET_TABLE) return tableCount(db.memory, value)
  return kind === KIND_SET_INTSET ? intsetCount(db.memory, value) : listpackCount(db.memory, value)
}

export function setHas(db: Database, set: Ref, member: Slice): boolean {
  const { memory } = db
  const value = db.valueRef(set)
  const kind = db.kindOf(set)
  if (kind === KIND_SET_TABLE) return tableFind(memory, value, member, hashOf(memory, member)) !== NIL
  if (kind === KIND_SET_LISTPACK) return listpackFind(memory, value, member) !== 0
  return readInt64(member, integer) && intsetFind(memory, value, integer.high, integer.low) >= 0
}

/**
 * To be called before each of many members, members[at], is removed: at some of them it reads ahead
 * for those that come next, up to before members[end] (tableReadAhead).
 */
export function setReadAhead(db: Database, set: Ref, members: readonly Slice[], at: number, end: number): void {
  if (at % READ_AHEAD_KEYS !== 0 || db.kindOf(set) !== KIND_SET_TABLE) return
  tableReadAhead(db.memory, db.valueRef(set), members, at, end)
}

/** As setHas, of a member that may be known as an integer. */
export function setHasMember(db: Database, set: Ref, member: Member): boolean {
  if (db.kindOf(set) !== KIND_SET_INTSET) return setHas(db, set, member.text)
  const value = member.integer
  return value !== undefined && intsetFind(db.memory, db.valueRef(set), value.high, value.low) >= 0
}

/** Visits every member. The visitor must not change the set. */
export function setForEach(db: Database, set: Ref, visit: VisitMember): void {
  const { memory } = db
  const value = db.valueRef(set)
  const kind = db.kindOf(set)
  if (kind === KIND_SET_TABLE) {
    tableForEach(memory, value, (record) => visit(recordKey(memory, record, memberSlice)))
  } else if (kind === KIND_SET_INTSET) {
    const count = intsetCount(memory, value)
    for (let i = 0; i < count; i++) {
      visit(int64Text(intsetHigh(memory, value, i), intsetLow(memory, value, i), memberSlice))
    }
  } else {
    for (let at = listpackFirst(memory, value); at !== 0; at = listpackNext(memory, value, at)) {
      visit(listpackGet(memory, value, at, memberSlice))
    }
  }
}

/** Visits every member until the visitor answers true; integers of an intset stay integers. */
export function setSome(db: Database, set: Ref, member: Member, visit: (member: Member) => boolean): boolean {
  const { memory } = db
  const value = db.valueRef(set)
  const kind = db.kindOf(set)
  if (kind === KIND_SET_INTSET) {
    const count = intsetCount(memory, value)
    for (let i = 0; i < count; i++) {
      if (visit(member.ofInteger(intsetHigh(memory, value, i), intsetLow(memory, value, i)))) return true
    }
    return false
  }
  if (kind === KIND_SET_TABLE) {
    return tableSome(memory, value, (record) => visit(member.ofText(recordKey(memory, record, memberSlice))))
  }
  for (let at = listpackFirst(memory, value); at !== 0; at = listpackNext(memory, value, at)) {
    if (visit(member.ofText(listpackGet(memory, value, at, memberSlice)))) return true
  }
  return false
}

/** Visits about `count` members from `cursor` on; the next cursor, 0 at the end. What is no table is visited whole. */
export function setScan(db: Database, set: Ref, cursor: number, count: number, visit: VisitMember): number {
  if (db.kindOf(set) !== KIND_SET_TABLE) {
    setForEach(db, set, visit)
    return 0
  }
  const { memory } = db
  const table = db.valueRef(set)
  let seen = 0
  // Homes may be empty: the number of them is bounded too, as Redis bounds it.
  let homes = count * 10
  let next = cursor
  do {
    next = tableScan(memory, table, next, (record) => {
      seen++
      visit(recordKey(memory, record, memberSlice))
    })
  } while (next !== 0 && seen < count && --homes > 0)
  return next
}

// Changing

/** Adds a member: SET_ADDED, SET_THERE, or SET_EXHAUSTED. */
export function setAdd(db: Database, set: Ref, member: Slice): number {
  const kind = db.kindOf(set)
  if (kind === KIND_SET_TABLE) return addToTable(db, set, member)
  return kind === KIND_SET_INTSET ? addToIntset(db, set, member) : addToListpack(db, set, member)
}

function addToTable(db: Database, set: Ref, member: Slice): number {
  const { memory } = db
  const table = db.valueRef(set)
  const code = hashOf(memory, member)
  if (tableFind(memory, table, member, code) !== NIL) return SET_THERE
  return insertRecord(memory, table, code, member) ? SET_ADDED : SET_EXHAUSTED
}

function insertRecord(memory: Memory, table: Ref, code: number, member: Slice): boolean {
  const record = recordCreate(memory, KIND_STRING_RAW, member, null)
  if (record === NIL) return false
  if (tableInsert(memory, table, code, record)) return true
  recordFree(memory, record)
  return false
}

function addToListpack(db: Database, set: Ref, member: Slice): number {
  const { memory } = db
  const { limits } = db.keyspace
  const pack = db.valueRef(set)
  if (listpackFind(memory, pack, member) !== 0) return SET_THERE
  if (member.size > limits.setMaxListpackValue || listpackCount(memory, pack) >= limits.setMaxListpackEntries) {
    return convertAndAdd(db, set, setToTable, member)
  }
  const grown = listpackAppend(memory, pack, member)
  if (grown === NIL) return SET_EXHAUSTED
  db.setValueRef(set, grown)
  return SET_ADDED
}

function addToIntset(db: Database, set: Ref, member: Slice): number {
  const { memory } = db
  const { limits } = db.keyspace
  const value = db.valueRef(set)
  const count = intsetCount(memory, value)
  if (readInt64(member, integer)) {
    const { high, low } = integer
    const index = intsetFind(memory, value, high, low)
    if (index >= 0) return SET_THERE
    if (count >= Math.min(limits.setMaxIntsetEntries, INTSET_COUNT_MAX))
      return convertAndAdd(db, set, setToTable, member)
    const grown = intsetInsert(memory, value, ~index, high, low)
    if (grown === NIL) return SET_EXHAUSTED
    db.setValueRef(set, grown)
    return SET_ADDED
  }
  const longest = Math.max(member.size, longestDigits(memory, value))
  const isShort = count < limits.setMaxListpackEntries && longest <= limits.setMaxListpackValue
  return convertAndAdd(db, set, isShort ? setToListpack : setToTable, member)
}

function convertAndAdd(db: Database, set: Ref, convert: (db: Database, set: Ref) => boolean, member: Slice): number {
  // The text of an integer that was read from somewhere lives shorter than the conversion takes.
  const kept = member.copy()
  return convert(db, set) ? setAdd(db, set, kept) : SET_EXHAUSTED
}

/** The digits of the longest member of an intset, which is its first or its last. */
function longestDigits(memory: Memory, value: Ref): number {
  const count = intsetCount(memory, value)
  if (count === 0) return 0
  const first = int64Text(intsetHigh(memory, value, 0), intsetLow(memory, value, 0), memberSlice).size
  const last = int64Text(intsetHigh(memory, value, count - 1), intsetLow(memory, value, count - 1), memberSlice).size
  return Math.max(first, last)
}

/**
 * Before so many members are added at once: makes a table of a set that could not keep its encoding if all
 * of them were new. False when memory is exhausted.
 */
export function setPrepare(db: Database, set: Ref, members: number): boolean {
  const { limits } = db.keyspace
  const kind = db.kindOf(set)
  if (kind === KIND_SET_TABLE) return true
  const limit = kind === KIND_SET_INTSET ? limits.setMaxIntsetEntries : limits.setMaxListpackEntries
  return members <= limit || setToTable(db, set)
}

/** Removes a member; whether it was there. An empty set is the caller's to delete. */
export function setRemove(db: Database, set: Ref, member: Slice): boolean {
  const { memory } = db
  const value = db.valueRef(set)
  const kind = db.kindOf(set)
  if (kind === KIND_SET_TABLE) {
    const code = hashOf(memory, member)
    const record = tableFind(memory, value, member, code)
    if (record === NIL) return false
    tableRemove(memory, value, code, record)
    recordFree(memory, record)
    return true
  }
  if (kind === KIND_SET_INTSET) {
    if (!readInt64(member, integer)) return false
    const index = intsetFind(memory, value, integer.high, integer.low)
    if (index < 0) return false
    db.setValueRef(set, intsetRemove(memory, value, index))
    return true
  }
  const at = listpackFind(memory, value, member)
  if (at === 0) return false
  db.setValueRef(set, listpackRemove(memory, value, at, 1))
  return true
}

// Encodings

/** Makes a table of what is none; false when memory is exhausted, nothing changed. */
export function setToTable(db: Database, set: Ref): boolean {
  const { memory } = db
  const old = db.valueRef(set)
  const table = tableCreate(memory)
  if (table === NIL) return false
  let isWhole = true
  setForEach(db, set, (member) => {
    isWhole &&= insertRecord(memory, table, hashOf(memory, member), member)
  })
  if (!isWhole) {
    recordTableFree(memory, table)
    return false
  }
  replaceValue(db, set, KIND_SET_TABLE, table)
  memory.free(old)
  return true
}

/** Makes a listpack of an intset; false when memory is exhausted, nothing changed. */
function setToListpack(db: Database, set: Ref): boolean {
  const { memory } = db
  const old = db.valueRef(set)
  let pack = listpackCreate(memory)
  if (pack === NIL) return false
  let isWhole = true
  setForEach(db, set, (member) => {
    if (!isWhole) return
    const grown = listpackAppend(memory, pack, member)
    if (grown === NIL) isWhole = false
    else pack = grown
  })
  if (!isWhole) {
    memory.free(pack)
    return false
  }
  replaceValue(db, set, KIND_SET_LISTPACK, pack)
  memory.free(old)
  return true
}

/**
 * Makes an intset of a set whose members are all integers, if it is not more than an intset may have;
 * false when memory is exhausted, nothing changed.
 */
export function setToIntset(db: Database, set: Ref): boolean {
  const { memory } = db
  const oldKind = db.kindOf(set)
  const old = db.valueRef(set)
  if (oldKind === KIND_SET_INTSET || setLength(db, set) > db.keyspace.limits.setMaxIntsetEntries) return true
  let ints = intsetCreate(memory)
  if (ints === NIL) return false
  let isWhole = true
  setForEach(db, set, (member) => {
    if (!isWhole) return
    readInt64(member, integer)
    const { high, low } = integer
    const grown = intsetInsert(memory, ints, ~intsetFind(memory, ints, high, low), high, low)
    if (grown === NIL) isWhole = false
    else ints = grown
  })
  if (!isWhole) {
    memory.free(ints)
    return false
  }
  replaceValue(db, set, KIND_SET_INTSET, ints)
  db.keyspace.disposeValue(oldKind, old)
  return true
}

function replaceValue(db: Database, set: Ref, kind: number, value: Ref): void {
  db.setKind(set, kind)
  db.setValueRef(set, value)
}

// As a value

/** Copies every member to a new set at `key`; false, leaving none, when memory is exhausted. */
function setCopy(from: Database, source: Ref, to: Database, key: Slice): boolean {
  // A copy keeps its encoding: it is not measured against the limits again.
  const kind = from.kindOf(source)
  const value = copyValue(from, source, to.memory)
  if (value === NIL) return false
  if (to.add(key, kind, value) !== NIL) return true
  if (kind === KIND_SET_TABLE) recordTableFree(to.memory, value)
  else to.memory.free(value)
  return false
}

function copyValue(from: Database, source: Ref, memory: Memory): Ref {
  const kind = from.kindOf(source)
  const value = from.valueRef(source)
  if (kind === KIND_SET_INTSET) return intsetOf(memory, intsetBytes(from.memory, value, memberSlice))
  if (kind === KIND_SET_LISTPACK) return listpackOf(memory, listpackBytes(from.memory, value, memberSlice))
  const table = tableCreate(memory)
  if (table === NIL) return NIL
  tablePresize(memory, table, setLength(from, source))
  let isWhole = true
  setForEach(from, source, (member) => {
    isWhole &&= insertRecord(memory, table, hashOf(memory, member), member)
  })
  if (isWhole) return table
  recordTableFree(memory, table)
  return NIL
}

const inOneBlock = {
  free: (memory: Memory, value: Ref) => memory.free(value),
  usage: (memory: Memory, value: Ref) => memory.sizeOf(value),
}

registerCopy(TYPE_SET, setCopy)
registerKind(KIND_SET_INTSET, inOneBlock)
registerKind(KIND_SET_LISTPACK, inOneBlock)
registerKind(KIND_SET_TABLE, { free: recordTableFree, usage: recordTableUsage, freeSome: recordTableFreeSome })
