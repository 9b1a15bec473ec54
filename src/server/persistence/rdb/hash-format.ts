/*
 * Hashes in RDB files and DUMP: a listpack as it lies, or the fields one by one;
 * with the times at which fields expire in the form of Valkey 9. Those of Redis
 * 7.4 and later, and the ziplists and zipmaps of old, are read.
 */
import { parseInteger } from '../../base/integer-text.ts'
import { Slice } from '../../base/slice.ts'
import type { Database } from '../../keyspace/database.ts'
import { KIND_HASH_LISTPACK, KIND_HASH_VOLATILE } from '../../keyspace/object.ts'
import { NIL, type Ref } from '../../memory/layout.ts'
import { hashCreate, hashExpect, hashForEachStored, hashLength, hashOfListpack, hashSet } from '../../types/hash.ts'
import { HASH_ADDED, HASH_EXHAUSTED, NO_EXPIRY } from '../../types/hash-fields.ts'
import { BROKEN, listpackOfValue, listpackTexts } from '../../types/listpack-value.ts'
import { hashWalk } from '../../types/value-walks.ts'
import type { Outlet, Parts } from './big-value.ts'
import {
  RDB_HASH,
  RDB_HASH_LISTPACK,
  RDB_HASH_LISTPACK_CANDIDATE,
  RDB_HASH_LISTPACK_REDIS,
  RDB_HASH_REDIS,
  RDB_HASH_VALKEY,
  RDB_HASH_ZIPLIST,
  RDB_HASH_ZIPMAP,
} from './format.ts'
import type { RdbInput } from './input.ts'
import { readZiplist, readZipmap } from './old-blocks.ts'
import type { RdbOutput } from './output.ts'
import type { ReadValue, ValueFormat } from './value-format.ts'

const block = new Slice()

function formOf(db: Database, hash: Ref): number {
  const kind = db.kindOf(hash)
  if (kind === KIND_HASH_LISTPACK) return RDB_HASH_LISTPACK
  return kind === KIND_HASH_VOLATILE ? RDB_HASH_VALKEY : RDB_HASH
}

/**
 * Fields whose time has come are among them, as they are in what Valkey writes: a hash that has no others is still
 * a key, and one without fields could not be read.
 */
function write(out: RdbOutput, db: Database, hash: Ref): void {
  const form = formOf(db, hash)
  if (form === RDB_HASH_LISTPACK) return out.string(listpackOfValue(db, hash, block))
  out.length(hashLength(db, hash))
  hashForEachStored(db, hash, (field, value, expiresAt) => {
    out.string(field)
    out.string(value)
    if (form === RDB_HASH_VALKEY) out.milliseconds(expiresAt)
  })
}

function begin(outlet: Outlet, db: Database, hash: Ref): Parts {
  const isVolatile = db.kindOf(hash) === KIND_HASH_VOLATILE
  outlet.out.length(hashLength(db, hash))
  const walk = hashWalk(db, hash, (field, value, expiresAt) => {
    const { out } = outlet
    out.string(field)
    out.string(value)
    if (isVolatile) out.milliseconds(expiresAt)
  })
  return { walk }
}

/** The field that is being read. */
class Field {
  name = new Slice()
  value = new Slice()
  expiresAt = NO_EXPIRY
}

const field = new Field()

/** Reads `count` fields, each of which `next` reads to `field`, into a new hash. */
function readFields(
  input: RdbInput,
  db: Database,
  key: Slice,
  count: number,
  next: (input: RdbInput) => void,
): boolean {
  if (count === 0) input.fail('a hash has no fields')
  const hash = hashCreate(db, key)
  if (hash === NIL) return false
  if (!hashExpect(db, hash, count)) {
    db.remove(key)
    return false
  }
  field.expiresAt = NO_EXPIRY
  for (let left = count; left > 0; left--) {
    next(input)
    const done = hashSet(db, hash, field.name, field.value, field.expiresAt)
    input.release()
    if (done === HASH_ADDED) continue
    db.remove(key)
    return done === HASH_EXHAUSTED ? false : input.fail('a hash has a field twice')
  }
  return true
}

function nextStrings(input: RdbInput): void {
  input.string(field.name)
  input.string(field.value)
}

function readTexts(input: RdbInput, db: Database, key: Slice, texts: readonly Slice[]): boolean {
  if (texts.length % 2 !== 0) input.fail('a field has no value')
  let at = 0
  return readFields(input, db, key, texts.length / 2, () => {
    field.name = texts[at++]
    field.value = texts[at++]
  })
}

/** -1, or unix milliseconds, of which a record holds 53 bits. */
const momentOf = (time: bigint): number => (time < 0n ? NO_EXPIRY : Math.min(Number(time), Number.MAX_SAFE_INTEGER))

const readListpack: ReadValue = (input, db, key) => {
  const hash = hashOfListpack(db, key, input.string())
  return hash === BROKEN ? input.fail('the listpack of a hash is broken') : hash !== NIL
}

/** Redis 7.4: field, value and expiry in threes, 0 for none. */
const readListpackWithTimes: ReadValue = (input, db, key) => {
  const entries = listpackTexts(input.string())
  if (entries === undefined || entries.length % 3 !== 0) return input.fail('the listpack of a hash is broken')
  let at = 0
  return readFields(input, db, key, entries.length / 3, () => {
    field.name = entries[at++]
    field.value = entries[at++]
    const moment = parseInteger(entries[at++])
    if (Number.isNaN(moment)) input.fail('an expiry is no number')
    field.expiresAt = moment === 0 ? NO_EXPIRY : moment
  })
}

/** Of a release candidate of Redis 7.4: unix milliseconds, 0 for none, before each field. */
export const readCandidate: ReadValue = (input, db, key) =>
  readFields(input, db, key, input.count(3), () => {
    const moment = input.length()
    field.expiresAt = moment === 0 ? NO_EXPIRY : moment
    nextStrings(input)
  })

export const hashFormat: ValueFormat = {
  formOf,
  write,
  begin,
  read: {
    [RDB_HASH]: (input, db, key) => readFields(input, db, key, input.count(2), nextStrings),
    [RDB_HASH_ZIPMAP]: (input, db, key) => readTexts(input, db, key, readZipmap(input, input.string())),
    [RDB_HASH_ZIPLIST]: (input, db, key) => readTexts(input, db, key, readZiplist(input, input.string())),
    [RDB_HASH_LISTPACK]: readListpack,
    [RDB_HASH_VALKEY]: (input, db, key) =>
      readFields(input, db, key, input.count(10), () => {
        nextStrings(input)
        field.expiresAt = momentOf(input.int64())
      }),
    [RDB_HASH_REDIS](input, db, key) {
      // Expiries are told as what they are later than the least of them, plus one; 0 is none.
      const least = momentOf(input.int64())
      return readFields(input, db, key, input.count(3), () => {
        const later = input.length()
        field.expiresAt = later === 0 ? NO_EXPIRY : Math.min(least + later - 1, Number.MAX_SAFE_INTEGER)
        nextStrings(input)
      })
    },
    [RDB_HASH_LISTPACK_CANDIDATE]: readListpackWithTimes,
    [RDB_HASH_LISTPACK_REDIS](input, db, key) {
      // The least of the expiries: it only saves looking.
      input.int64()
      return readListpackWithTimes(input, db, key)
    },
  },
}
