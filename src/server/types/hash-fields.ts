/*
 * The fields of a hash that is no listpack (hash.ts): a table of records, one a field,
 * and in a volatile hash a second one that indexes the fields which expire. Both agree
 * after every call.
 *
 *   ROOT of a volatile hash, in words:   | fields table | expiring table |
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_HASH_TABLE, KIND_HASH_VOLATILE, registerKind } from '../keyspace/object.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import {
  hashOf,
  tableBytes,
  tableCount,
  tableCreate,
  tableFind,
  tableFree,
  tableInsert,
  tableRemove,
  tableReplace,
  tableWillChange,
} from '../structures/hash-table.ts'
import {
  KIND_STRING_RAW,
  NEVER,
  recordCreate,
  recordDerive,
  recordExpiresAt,
  recordFree,
  recordKey,
  recordMoveExpiry,
  recordOverwrite,
  recordValue,
} from '../structures/record.ts'
import { recordTableFree, recordTableFreeSome, recordTableUsage } from './record-table.ts'

/** Answers of hashSet. */
export const HASH_UPDATED = 0
export const HASH_ADDED = 1
/** Memory is exhausted; nothing changed. */
export const HASH_EXHAUSTED = -1

/** The expiry of a field that has none. */
export const NO_EXPIRY = NEVER

/** `expiresAt` is in unix milliseconds, or NO_EXPIRY. */
export type VisitField = (field: Slice, value: Slice, expiresAt: number) => void

export const ROOT_BYTES = 8
const EXPIRING = 1

const fieldSlice = new Slice()
const valueSlice = new Slice()
const deriveSlice = new Slice()

/** The table of fields of a hash that is no listpack. */
export function fieldsOf(db: Database, hash: Ref): Ref {
  const value = db.valueRef(hash)
  return db.kindOf(hash) === KIND_HASH_VOLATILE ? rootWord(db.memory, value, 0) : value
}

/** The table of the fields of a volatile hash that expire. */
export function expiringOf(db: Database, hash: Ref): Ref {
  return rootWord(db.memory, db.valueRef(hash), EXPIRING)
}

function rootWord(memory: Memory, root: Ref, word: number): Ref {
  return memory.u32[root >>> SEGMENT_SHIFT][(root & WORD_MASK) + word] as Ref
}

/** Gives a table the index of expiring fields; false when memory is exhausted, nothing changed. */
export function hashToVolatile(db: Database, hash: Ref): boolean {
  if (db.kindOf(hash) === KIND_HASH_VOLATILE) return true
  const { memory } = db
  const root = memory.alloc(ROOT_BYTES)
  if (root === NIL) return false
  const expiring = tableCreate(memory)
  if (expiring === NIL) {
    memory.free(root)
    return false
  }
  const u32 = memory.u32[root >>> SEGMENT_SHIFT]
  const word = root & WORD_MASK
  memory.witness?.rootBecomes(db.valueRef(hash), root)
  u32[word] = db.valueRef(hash)
  u32[word + EXPIRING] = expiring
  db.setKind(hash, KIND_HASH_VOLATILE)
  db.setValueRef(hash, root)
  return true
}

/** Takes the index from a hash none of whose fields is to expire any more. */
export function unlessVolatile(db: Database, hash: Ref): void {
  if (db.kindOf(hash) !== KIND_HASH_VOLATILE) return
  const { memory } = db
  const root = db.valueRef(hash)
  const index = rootWord(memory, root, EXPIRING)
  if (tableCount(memory, index) > 0) return
  const fields = fieldsOf(db, hash)
  memory.witness?.rootBecomes(root, fields)
  tableFree(memory, index, () => {})
  memory.free(root)
  db.setKind(hash, KIND_HASH_TABLE)
  db.setValueRef(hash, fields)
}

// A field

/** Whether a record's time has come. */
export function isGone(db: Database, record: Ref): boolean {
  const at = recordExpiresAt(db.memory, record)
  return at !== NEVER && at < db.keyspace.deadline
}

/** The live record of a field, or NIL. Not for listpacks. */
export function liveRecord(db: Database, hash: Ref, field: Slice): Ref {
  const record = tableFind(db.memory, fieldsOf(db, hash), field, hashOf(db.memory, field))
  return record !== NIL && isGone(db, record) ? NIL : record
}

/** Visits the field of a record, if it is live; whether it is. */
export function visitRecord(db: Database, record: Ref, visit: VisitField): boolean {
  if (isGone(db, record)) return false
  visitStored(db, record, visit)
  return true
}

/** Visits the field of a record, live or not. */
export function visitStored(db: Database, record: Ref, visit: VisitField): void {
  const expiresAt = recordExpiresAt(db.memory, record)
  visit(recordKey(db.memory, record, fieldSlice), recordValue(db.memory, record, valueSlice), expiresAt)
}

/** As hashSet, in a hash that is no listpack, and volatile if the field is to expire. */
export function setInTable(db: Database, hash: Ref, field: Slice, value: Slice, expiry: number | 'keep'): number {
  const { memory } = db
  const table = fieldsOf(db, hash)
  const code = hashOf(memory, field)
  tableWillChange(memory, table, code)
  const old = tableFind(memory, table, field, code)
  const gone = old !== NIL && isGone(db, old)
  const kept = old === NIL || gone ? NO_EXPIRY : recordExpiresAt(memory, old)
  const at = expiry === 'keep' ? kept : expiry
  if (old !== NIL && recordOverwrite(memory, old, KIND_STRING_RAW, value, at)) return gone ? HASH_ADDED : HASH_UPDATED
  const record = recordCreate(memory, KIND_STRING_RAW, field, value, at)
  if (record === NIL) return HASH_EXHAUSTED
  if (old !== NIL) {
    if (!replaceRecord(db, hash, code, old, record)) {
      recordFree(memory, record)
      return HASH_EXHAUSTED
    }
    recordFree(memory, old)
    return gone ? HASH_ADDED : HASH_UPDATED
  }
  if (!tableInsert(memory, table, code, record)) {
    recordFree(memory, record)
    return HASH_EXHAUSTED
  }
  if (at !== NO_EXPIRY && !tableInsert(memory, expiringOf(db, hash), code, record)) {
    tableRemove(memory, table, code, record)
    recordFree(memory, record)
    return HASH_EXHAUSTED
  }
  return HASH_ADDED
}

/** Puts `record` in the place of `old` in both tables; false when memory is exhausted, nothing changed. */
function replaceRecord(db: Database, hash: Ref, code: number, old: Ref, record: Ref): boolean {
  const { memory } = db
  const wasExpiring = recordExpiresAt(memory, old) !== NEVER
  const isExpiring = recordExpiresAt(memory, record) !== NEVER
  if (isExpiring) {
    const expiring = expiringOf(db, hash)
    if (wasExpiring) tableReplace(memory, expiring, code, old, record)
    else if (!tableInsert(memory, expiring, code, record)) return false
  } else if (wasExpiring) tableRemove(memory, expiringOf(db, hash), code, old)
  tableReplace(memory, fieldsOf(db, hash), code, old, record)
  return true
}

/** Takes a field out of the tables, and frees it. */
export function removeRecord(db: Database, hash: Ref, code: number, record: Ref): void {
  const { memory } = db
  if (recordExpiresAt(memory, record) !== NEVER) tableRemove(memory, expiringOf(db, hash), code, record)
  tableRemove(memory, fieldsOf(db, hash), code, record)
  recordFree(memory, record)
  unlessVolatile(db, hash)
}

/** As hashSetExpiry, in a hash that is no listpack, and volatile if the field is to expire. */
export function setExpiryInTable(db: Database, hash: Ref, field: Slice, at: number): boolean {
  const { memory } = db
  const code = hashOf(memory, field)
  tableWillChange(memory, fieldsOf(db, hash), code)
  const old = tableFind(memory, fieldsOf(db, hash), field, code)
  if (old === NIL) return true
  const current = recordExpiresAt(memory, old)
  if (current === at) return true
  if (current !== NEVER && at !== NO_EXPIRY) {
    recordMoveExpiry(memory, old, at)
    return true
  }
  // With or without an expiry is another layout, so another record. A long value changes hands.
  const record = recordDerive(memory, old, recordKey(memory, old, fieldSlice), at, deriveSlice)
  if (record === NIL) return false
  if (!replaceRecord(db, hash, code, old, record)) {
    memory.free(record)
    return false
  }
  memory.free(old)
  return true
}

// The whole

/** Frees the index of a volatile hash that nobody can reach any more, if that is not done yet. */
function freeIndex(memory: Memory, root: Ref): void {
  const index = rootWord(memory, root, EXPIRING)
  if (index === NIL) return
  tableFree(memory, index, () => {})
  memory.u32[root >>> SEGMENT_SHIFT][(root & WORD_MASK) + EXPIRING] = NIL
}

registerKind(KIND_HASH_VOLATILE, {
  free(memory, root) {
    freeIndex(memory, root)
    recordTableFree(memory, rootWord(memory, root, 0))
    memory.free(root)
  },
  usage(memory, root, samples) {
    const index = tableBytes(memory, rootWord(memory, root, EXPIRING))
    return memory.sizeOf(root) + index + recordTableUsage(memory, rootWord(memory, root, 0), samples)
  },
  freeSome(memory, root, items) {
    freeIndex(memory, root)
    const isGone = recordTableFreeSome(memory, rootWord(memory, root, 0), items)
    if (isGone) memory.free(root)
    return isGone
  },
})
