/*
 * Hashes: fields and values under one key, in one of three encodings.
 *
 *   listpack   small: field, value, field, value ... in one block
 *   table      big: a hash table of records, one a field
 *   volatile   a table, and a second one that indexes the fields which expire
 *
 *   ROOT of a volatile hash, in words:   | fields table | expiring table |
 *
 * A listpack becomes a table when it has more fields or a longer text than the
 * limits allow, and never turns back, as in Redis; a field that is to expire makes
 * a hash volatile. Both tables answer OBJECT ENCODING with `hashtable`.
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
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import {
  hashOf,
  tableBytes,
  tableCount,
  tableCreate,
  tableFind,
  tableFree,
  tableGrowthBytes,
  tableInsert,
  tablePresize,
  tableRemove,
  tableReplace,
  tableWillChange,
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
import { tableForEach, tableRandom, tableScan } from '../structures/table-walk.ts'
import { registerCopy } from './copy.ts'
import { addListpackValue, BROKEN, type ListpackShape } from './listpack-value.ts'
import { recordTableFree, recordTableFreeSome, recordTableUsage, smallGrowthBytes } from './record-table.ts'

/** Answers of hashExpiry. */
export const ABSENT = -2
export const NO_EXPIRY = NEVER

/** Answers of hashSet. */
export const HASH_UPDATED = 0
export const HASH_ADDED = 1
/** Memory is exhausted; nothing changed. */
export const HASH_EXHAUSTED = -1

/** `expiresAt` is in unix milliseconds, or NO_EXPIRY. */
export type VisitField = (field: Slice, value: Slice, expiresAt: number) => void

const ROOT_BYTES = 8
const EXPIRING = 1

const fieldSlice = new Slice()
const valueSlice = new Slice()
const deriveSlice = new Slice()

/** The table of fields of a hash that is no listpack. */
export function fieldsOf(db: Database, hash: Ref): Ref {
  const value = db.valueRef(hash)
  return db.kindOf(hash) === KIND_HASH_VOLATILE ? rootWord(db.memory, value, 0) : value
}

function rootWord(memory: Memory, root: Ref, word: number): Ref {
  return memory.u32[root >>> SEGMENT_SHIFT][(root & WORD_MASK) + word] as Ref
}

function isListpack(db: Database, hash: Ref): boolean {
  return db.kindOf(hash) === KIND_HASH_LISTPACK
}

/** Whether a record's time has come. */
function isGone(db: Database, record: Ref): boolean {
  const at = recordExpiresAt(db.memory, record)
  return at !== NEVER && at < db.keyspace.deadline
}

/** The live record of a field, or NIL. Not for listpacks. */
function liveRecord(db: Database, hash: Ref, field: Slice): Ref {
  const record = tableFind(db.memory, fieldsOf(db, hash), field, hashOf(db.memory, field))
  return record !== NIL && isGone(db, record) ? NIL : record
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

function setInTable(db: Database, hash: Ref, field: Slice, value: Slice, expiry: number | 'keep'): number {
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

function expiringOf(db: Database, hash: Ref): Ref {
  return rootWord(db.memory, db.valueRef(hash), EXPIRING)
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

function removeRecord(db: Database, hash: Ref, code: number, record: Ref): void {
  const { memory } = db
  if (recordExpiresAt(memory, record) !== NEVER) tableRemove(memory, expiringOf(db, hash), code, record)
  tableRemove(memory, fieldsOf(db, hash), code, record)
  recordFree(memory, record)
  unlessVolatile(db, hash)
}

/** Sets or, with NO_EXPIRY, takes off the expiry of a live field; false when memory is exhausted. */
export function hashSetExpiry(db: Database, hash: Ref, field: Slice, at: number): boolean {
  if (isListpack(db, hash) && (at === NO_EXPIRY || !hashToTable(db, hash))) return at === NO_EXPIRY
  if (at !== NO_EXPIRY && !hashToVolatile(db, hash)) return false
  const isSet = setExpiryInTable(db, hash, field, at)
  unlessVolatile(db, hash)
  return isSet
}

function setExpiryInTable(db: Database, hash: Ref, field: Slice, at: number): boolean {
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

function visitRecord(db: Database, record: Ref, visit: VisitField): boolean {
  if (isGone(db, record)) return false
  const expiresAt = recordExpiresAt(db.memory, record)
  visit(recordKey(db.memory, record, fieldSlice), recordValue(db.memory, record, valueSlice), expiresAt)
  return true
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

/** Draws at random this often before it looks for a live field one by one. */
const DRAWS_MAX = 64

/** Visits one live field at random; false when there is none. */
export function hashRandomField(db: Database, hash: Ref, visit: VisitField): boolean {
  const { memory } = db
  const { random } = db.keyspace
  if (isListpack(db, hash)) {
    const pack = db.valueRef(hash)
    let at = listpackFirst(memory, pack)
    for (let skip = random.below(listpackCount(memory, pack) / 2) * 2; skip > 0; skip--)
      at = listpackNext(memory, pack, at)
    listpackGet(memory, pack, at, fieldSlice)
    visit(fieldSlice, listpackGet(memory, pack, listpackNext(memory, pack, at), valueSlice), NO_EXPIRY)
    return true
  }
  const table = fieldsOf(db, hash)
  for (let draw = 0; draw < DRAWS_MAX; draw++) {
    if (visitRecord(db, tableRandom(memory, table, random), visit)) return true
  }
  let live = NIL
  tableForEach(memory, table, (record) => {
    if (live === NIL && !isGone(db, record)) live = record
  })
  return live !== NIL && visitRecord(db, live, visit)
}

/** Visits `count` different live fields at random, or all of them when there are not more. */
export function hashRandomSample(db: Database, hash: Ref, count: number, visit: VisitField): void {
  const length = hashLength(db, hash)
  if (count >= length) return hashForEach(db, hash, visit)
  if (!isListpack(db, hash) && count * 3 < length && db.kindOf(hash) !== KIND_HASH_VOLATILE) {
    // Few out of many: draw until there are enough different ones.
    const { memory } = db
    const drawn = new Set<Ref>()
    while (drawn.size < count) drawn.add(tableRandom(memory, fieldsOf(db, hash), db.keyspace.random))
    for (const record of drawn) visitRecord(db, record, visit)
    return
  }
  // Many out of not many more: one pass that takes each with the probability that is left for it.
  let left = 0
  hashForEach(db, hash, () => left++)
  let wanted = Math.min(count, left)
  hashForEach(db, hash, (field, value, expiresAt) => {
    if (db.keyspace.random.below(left--) >= wanted) return
    wanted--
    visit(field, value, expiresAt)
  })
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

/** Gives a table the index of expiring fields; false when memory is exhausted, nothing changed. */
function hashToVolatile(db: Database, hash: Ref): boolean {
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
function unlessVolatile(db: Database, hash: Ref): void {
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

/** Frees the index of a volatile hash that nobody can reach any more, if that is not done yet. */
function freeIndex(memory: Memory, root: Ref): void {
  const index = rootWord(memory, root, EXPIRING)
  if (index === NIL) return
  tableFree(memory, index, () => {})
  memory.u32[root >>> SEGMENT_SHIFT][(root & WORD_MASK) + EXPIRING] = NIL
}
