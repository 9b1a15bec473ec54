/*
 * Hashes: fields and values under one key, in one of three encodings.
 *
 *   listpack   small: field, value, field, value ... in one block
 *   table      big: a hash table of records, one a field
 *   volatile   a table, and a second one that indexes the fields which expire
 *
 * A listpack becomes a table when it has more fields or a longer text than the
 * limits allow, and never turns back, as in Redis; a field that is to expire makes
 * a hash volatile. Both tables answer OBJECT ENCODING with `hashtable`; what concerns
 * them alone is in hash-fields.ts. Drawing fields at random is in hash-random.ts.
 *
 * A field whose time has come is as good as gone for every reader at once. Its
 * memory is freed when it is overwritten or when hash-expiry.ts comes by; until
 * then hashLength still counts it, as Valkey's HLEN does.
 *
 * Slices passed to visitors and aimed at values live until the next call here.
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_HASH_LISTPACK, KIND_HASH_TABLE, KIND_HASH_VOLATILE, registerKind, TYPE_HASH } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  hashOf,
  tableCount,
  tableCreate,
  tableFind,
  tableGrowthBytes,
  tableInsert,
  tablePresize,
} from '../structures/hash-table.ts'
import {
  listpackAppend,
  listpackBytes,
  listpackCount,
  listpackCreate,
  listpackFind,
  listpackFirst,
  listpackGet,
  listpackLongest,
  listpackNext,
  listpackOf,
  listpackRemove,
  listpackReplace,
} from '../structures/listpack.ts'
import { ListpackSurvey } from '../structures/listpack-survey.ts'
import {
  KIND_STRING_RAW,
  recordCreate,
  recordExpiresAt,
  recordFree,
  recordKey,
  recordValue,
} from '../structures/record.ts'
import { tableForEach, tableScan } from '../structures/table-walk.ts'
import { registerCopy } from './copy.ts'
import {
  expiringOf,
  fieldsOf,
  HASH_ADDED,
  HASH_EXHAUSTED,
  HASH_UPDATED,
  hashToVolatile,
  isGone,
  liveRecord,
  NO_EXPIRY,
  ROOT_BYTES,
  removeRecord,
  setExpiryInTable,
  setInTable,
  unlessVolatile,
  type VisitField,
  visitRecord,
  visitStored,
} from './hash-fields.ts'
import { addListpackValue, BROKEN, type ListpackShape } from './listpack-value.ts'
import { recordTableFree, recordTableFreeSome, recordTableUsage, smallGrowthBytes } from './record-table.ts'

const fieldSlice = new Slice()
const valueSlice = new Slice()

/** Answers of hashExpiry. */
export const ABSENT = -2

export function isListpack(db: Database, hash: Ref): boolean {
  return db.kindOf(hash) === KIND_HASH_LISTPACK
}

/** Adds an empty hash at `key`, where there is none; NIL when memory is exhausted. */
export function hashCreate(db: Database, key: Slice): Ref {
  const pack = listpackCreate(db.memory)
  if (pack === NIL) return NIL
  const hash = db.add(key, KIND_HASH_LISTPACK, pack)
  if (hash === NIL) db.memory.free(pack)
  return hash
}

/** A hash at `key`, where there is none, of the bytes of a listpack; a table if they exceed the limits. NIL: memory is exhausted. */
export function hashOfListpack(db: Database, key: Slice, bytes: Slice): Ref | typeof BROKEN {
  const hash = addListpackValue(db, key, LISTPACK_SHAPE, bytes, survey)
  if (hash === NIL || hash === BROKEN || fitsListpack(db, hash, survey) || hashToTable(db, hash)) return hash
  db.remove(key)
  return NIL
}

const LISTPACK_SHAPE: ListpackShape = { kind: KIND_HASH_LISTPACK, width: 2, isNamed: true }
const survey = new ListpackSurvey()

function fitsListpack(db: Database, hash: Ref, { count, longest }: ListpackSurvey): boolean {
  const { hashMaxListpackEntries, hashMaxListpackValue } = db.keyspace.limits
  if (count / 2 > hashMaxListpackEntries) return false
  // The survey knows a bound only; what it is exactly matters where the limit is lower.
  return longest <= hashMaxListpackValue || listpackLongest(db.memory, db.valueRef(hash)) <= hashMaxListpackValue
}

/**
 * Whether `fields` fields of `bytes` bytes in all can be set in a hash (NIL: in a new one), with or without an
 * expiry, without running out of memory halfway.
 */
export function hashHasRoom(db: Database, hash: Ref, fields: number, bytes: number, isExpiring = false): boolean {
  const { memory } = db
  const index = isExpiring ? ROOT_BYTES + tableGrowthBytes(memory, NIL, fields) : 0
  if (hash === NIL || isListpack(db, hash)) {
    const { hashMaxListpackEntries, hashMaxListpackValue } = db.keyspace.limits
    const small = { entries: 2 * hashMaxListpackEntries, bytes: hashMaxListpackValue }
    const pack = hash === NIL ? NIL : db.valueRef(hash)
    const there = hash === NIL ? 0 : listpackCount(memory, pack)
    return db.hasRoom(1, fields, bytes, index + smallGrowthBytes(memory, pack, there, 2 * fields, bytes, small))
  }
  const growth = tableGrowthBytes(memory, fieldsOf(db, hash), fields)
  const isVolatile = db.kindOf(hash) === KIND_HASH_VOLATILE
  const growthOfIndex = isVolatile && isExpiring ? tableGrowthBytes(memory, expiringOf(db, hash), fields) : index
  return db.hasRoom(1, fields, bytes, growth + growthOfIndex)
}

/**
 * Before so many fields are set at once: makes a table of a listpack that could not stay one if all of them were
 * new. False when memory is exhausted.
 */
export function hashPrepare(db: Database, hash: Ref, fields: number): boolean {
  return !isListpack(db, hash) || fields <= db.keyspace.limits.hashMaxListpackEntries || hashToTable(db, hash)
}

/**
 * Before so many fields come to a new hash: makes it the table that it will be, with room for them if there is memory
 * for that. False when memory is exhausted.
 */
export function hashExpect(db: Database, hash: Ref, fields: number): boolean {
  if (!hashPrepare(db, hash, fields)) return false
  if (!isListpack(db, hash)) tablePresize(db.memory, fieldsOf(db, hash), fields)
  return true
}

/** The number of fields, those included that expired and are not freed yet. */
export function hashLength(db: Database, hash: Ref): number {
  if (isListpack(db, hash)) return listpackCount(db.memory, db.valueRef(hash)) / 2
  return tableCount(db.memory, fieldsOf(db, hash))
}

/** Aims `out` at the value of a live field; false when there is none. */
export function hashFind(db: Database, hash: Ref, field: Slice, out: Slice): boolean {
  if (isListpack(db, hash)) {
    const pack = db.valueRef(hash)
    const at = listpackFind(db.memory, pack, field, 1)
    if (at === 0) return false
    listpackGet(db.memory, pack, listpackNext(db.memory, pack, at), out)
    return true
  }
  const record = liveRecord(db, hash, field)
  if (record === NIL) return false
  recordValue(db.memory, record, out)
  return true
}

export function hashHas(db: Database, hash: Ref, field: Slice): boolean {
  if (isListpack(db, hash)) return listpackFind(db.memory, db.valueRef(hash), field, 1) !== 0
  return liveRecord(db, hash, field) !== NIL
}

/** When a field expires in unix milliseconds, NO_EXPIRY, or ABSENT. */
export function hashExpiry(db: Database, hash: Ref, field: Slice): number {
  if (isListpack(db, hash)) return hashHas(db, hash, field) ? NO_EXPIRY : ABSENT
  const record = liveRecord(db, hash, field)
  return record === NIL ? ABSENT : recordExpiresAt(db.memory, record)
}

/**
 * Sets a field. `expiry` is a time in unix milliseconds, NO_EXPIRY, or 'keep' for what the field has.
 * HASH_ADDED, HASH_UPDATED, or HASH_EXHAUSTED.
 */
export function hashSet(
  db: Database,
  hash: Ref,
  field: Slice,
  value: Slice,
  expiry: number | 'keep' = NO_EXPIRY,
): number {
  const lasting = expiry === NO_EXPIRY || expiry === 'keep'
  if (isListpack(db, hash)) {
    const { hashMaxListpackValue } = db.keyspace.limits
    if (lasting && field.size <= hashMaxListpackValue && value.size <= hashMaxListpackValue) {
      return setInListpack(db, hash, field, value)
    }
    if (!hashToTable(db, hash)) return HASH_EXHAUSTED
  }
  if (!lasting && !hashToVolatile(db, hash)) return HASH_EXHAUSTED
  const answer = setInTable(db, hash, field, value, expiry)
  unlessVolatile(db, hash)
  return answer
}

function setInListpack(db: Database, hash: Ref, field: Slice, value: Slice): number {
  const { memory } = db
  const pack = db.valueRef(hash)
  const at = listpackFind(memory, pack, field, 1)
  if (at !== 0) {
    const changed = listpackReplace(memory, pack, listpackNext(memory, pack, at), value)
    if (changed === NIL) return HASH_EXHAUSTED
    db.setValueRef(hash, changed)
    return HASH_UPDATED
  }
  if (listpackCount(memory, pack) / 2 >= db.keyspace.limits.hashMaxListpackEntries) {
    return hashToTable(db, hash) ? setInTable(db, hash, field, value, NO_EXPIRY) : HASH_EXHAUSTED
  }
  const grown = listpackAppend(memory, pack, field)
  if (grown === NIL) return HASH_EXHAUSTED
  db.setValueRef(hash, grown)
  const whole = listpackAppend(memory, grown, value)
  if (whole !== NIL) {
    db.setValueRef(hash, whole)
    return HASH_ADDED
  }
  // A listpack can always give up its last entry where it lies.
  db.setValueRef(hash, listpackRemove(memory, grown, listpackFind(memory, grown, field, 1), 1))
  return HASH_EXHAUSTED
}

/** Removes a live field; whether there was one. An empty hash is the caller's to delete. */
export function hashRemove(db: Database, hash: Ref, field: Slice): boolean {
  const { memory } = db
  if (isListpack(db, hash)) {
    const pack = db.valueRef(hash)
    const at = listpackFind(memory, pack, field, 1)
    if (at === 0) return false
    db.setValueRef(hash, listpackRemove(memory, pack, at, 2))
    return true
  }
  const code = hashOf(memory, field)
  const record = tableFind(memory, fieldsOf(db, hash), field, code)
  if (record === NIL || isGone(db, record)) return false
  removeRecord(db, hash, code, record)
  return true
}

/** Sets or, with NO_EXPIRY, takes off the expiry of a live field; false when memory is exhausted. */
export function hashSetExpiry(db: Database, hash: Ref, field: Slice, at: number): boolean {
  if (isListpack(db, hash) && (at === NO_EXPIRY || !hashToTable(db, hash))) return at === NO_EXPIRY
  if (at !== NO_EXPIRY && !hashToVolatile(db, hash)) return false
  const isSet = setExpiryInTable(db, hash, field, at)
  unlessVolatile(db, hash)
  return isSet
}

/** Visits every live field. */
export function hashForEach(db: Database, hash: Ref, visit: VisitField): void {
  const { memory } = db
  if (isListpack(db, hash)) {
    const pack = db.valueRef(hash)
    for (let at = listpackFirst(memory, pack); at !== 0; at = listpackNext(memory, pack, at)) {
      listpackGet(memory, pack, at, fieldSlice)
      at = listpackNext(memory, pack, at)
      visit(fieldSlice, listpackGet(memory, pack, at, valueSlice), NO_EXPIRY)
    }
    return
  }
  tableForEach(memory, fieldsOf(db, hash), (record) => visitRecord(db, record, visit))
}

/**
 * Visits every field of a hash that is no listpack, also those whose time has come and that are not removed yet:
 * as many as hashLength says, and never none.
 */
export function hashForEachStored(db: Database, hash: Ref, visit: VisitField): void {
  tableForEach(db.memory, fieldsOf(db, hash), (record) => visitStored(db, record, visit))
}

/** Visits about `count` fields from `cursor` on; the next cursor, 0 at the end. A listpack is visited whole. */
export function hashScan(db: Database, hash: Ref, cursor: number, count: number, visit: VisitField): number {
  if (isListpack(db, hash)) {
    hashForEach(db, hash, visit)
    return 0
  }
  const table = fieldsOf(db, hash)
  let seen = 0
  // Homes may be empty: the number of them is bounded too, as Redis bounds it.
  let homes = count * 10
  let next = cursor
  do {
    next = tableScan(db.memory, table, next, (record) => {
      seen++
      visitRecord(db, record, visit)
    })
  } while (next !== 0 && seen < count && --homes > 0)
  return next
}

/** Makes a table of a listpack; false when memory is exhausted, nothing changed. */
function hashToTable(db: Database, hash: Ref): boolean {
  const { memory } = db
  const pack = db.valueRef(hash)
  const table = tableCreate(memory)
  if (table === NIL) return false
  let at = listpackFirst(memory, pack)
  while (at !== 0) {
    listpackGet(memory, pack, at, fieldSlice)
    at = listpackNext(memory, pack, at)
    listpackGet(memory, pack, at, valueSlice)
    at = listpackNext(memory, pack, at)
    const record = recordCreate(memory, KIND_STRING_RAW, fieldSlice, valueSlice)
    if (record === NIL || !tableInsert(memory, table, hashOf(memory, fieldSlice), record)) {
      if (record !== NIL) recordFree(memory, record)
      recordTableFree(memory, table)
      return false
    }
  }
  memory.free(pack)
  db.setKind(hash, KIND_HASH_TABLE)
  db.setValueRef(hash, table)
  return true
}

/**
 * Frees up to `limit` fields of a volatile hash whose time has come, handing each to `visit` first.
 * How many there were; fewer than `limit` means that none is left.
 */
export function hashPurge(db: Database, hash: Ref, limit: number, visit: (field: Slice) => void): number {
  if (db.kindOf(hash) !== KIND_HASH_VOLATILE) return 0
  const { memory } = db
  const gone: Ref[] = []
  tableForEach(memory, expiringOf(db, hash), (record) => {
    if (gone.length < limit && isGone(db, record)) gone.push(record)
  })
  for (const record of gone) {
    recordKey(memory, record, fieldSlice)
    visit(fieldSlice)
    removeRecord(db, hash, hashOf(memory, fieldSlice), record)
  }
  return gone.length
}

/**
 * Copies every field, with its expiry, to a new hash at `key`; false, leaving none, when memory is exhausted. Fields
 * whose time has come are copied too: so a copy is the same one whenever the command is repeated, and never empty.
 */
function hashCopy(from: Database, source: Ref, to: Database, key: Slice): boolean {
  // A copy keeps its encoding: it is not measured against the limits again.
  if (isListpack(from, source)) {
    const pack = listpackOf(to.memory, listpackBytes(from.memory, from.valueRef(source), valueSlice))
    if (pack === NIL) return false
    if (to.add(key, KIND_HASH_LISTPACK, pack) !== NIL) return true
    to.memory.free(pack)
    return false
  }
  const copy = hashCreate(to, key)
  if (copy === NIL) return false
  let whole = hashToTable(to, copy)
  tableForEach(from.memory, fieldsOf(from, source), (record) => {
    if (!whole) return
    const field = recordKey(from.memory, record, fieldSlice)
    const value = recordValue(from.memory, record, valueSlice)
    whole = hashSet(to, copy, field, value, recordExpiresAt(from.memory, record)) !== HASH_EXHAUSTED
  })
  if (!whole) to.remove(key)
  return whole
}

registerCopy(TYPE_HASH, hashCopy)
registerKind(KIND_HASH_LISTPACK, {
  free: (memory, value) => memory.free(value),
  usage: (memory, value) => memory.sizeOf(value),
})
registerKind(KIND_HASH_TABLE, {
  free: recordTableFree,
  usage: recordTableUsage,
  freeSome: recordTableFreeSome,
})
