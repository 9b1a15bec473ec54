/*
 * Values of modules: nothing here knows what they mean, so they are kept as the bytes
 * in which their module wrote them, to be copied, expired, deleted and saved again.
 * Every command of another type answers WRONGTYPE for one.
 *
 *  The string (structures/long-string.ts) that holds one:
 *
 *  byte  0              8                        size
 *        +--------------+------------ - - -------+
 *        | id of the    | what the module wrote, |
 *        | type, u64 be | as in RDB files        |
 *        +--------------+------------ - - -------+
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_MODULE, registerKind, TYPE_MODULE, typeName } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { longStringAim, longStringOf } from '../structures/long-string.ts'
import { registerCopy } from './copy.ts'

export const MODULE_ID_SIZE = 8

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const NAME_SIZE = 9

const found = new Slice()

/** A module type's id is nine letters of six bits and ten bits of a version. */
export function moduleName(id: bigint): string {
  let name = ''
  for (let i = 0; i < NAME_SIZE; i++) name = LETTERS[Number((id >> BigInt(10 + 6 * i)) & 63n)] + name
  return name
}

/** Adds a value of these bytes, its id included, at `key`, where there is none; false: memory is exhausted. */
export function moduleAdd(db: Database, key: Slice, bytes: Slice): boolean {
  const value = longStringOf(db.memory, bytes)
  if (value === NIL) return false
  if (db.add(key, KIND_MODULE, value) !== NIL) return true
  db.memory.free(value)
  return false
}

/** Aims `out` at the bytes of a value. */
export function moduleBytes(db: Database, record: Ref, out: Slice): Slice {
  return longStringAim(db.memory, db.valueRef(record), out)
}

/** What TYPE answers: of a module's value, the name of its own type. */
export function typeNameOf(db: Database, record: Ref): string {
  const type = db.typeOf(record)
  if (type !== TYPE_MODULE) return typeName(type)
  const { buf, at } = moduleBytes(db, record, found)
  return moduleName(new DataView(buf.buffer, buf.byteOffset + at, MODULE_ID_SIZE).getBigUint64(0))
}

registerCopy(TYPE_MODULE, (from, source, to, key) => moduleAdd(to, key, moduleBytes(from, source, found)))
registerKind(KIND_MODULE, {
  free: (memory, value) => memory.free(value),
  usage: (memory, value) => memory.sizeOf(value),
})
