/*
 * Values of types that are not of this server: those of modules, and arrays of Redis
 * 8.8. Nothing here knows what they mean, so they are kept as the bytes in which they
 * came, to be copied, expired, deleted and saved again. Every command of another type
 * answers WRONGTYPE for one.
 *
 * A string (structures/long-string.ts) holds one: what RDB files have between the key
 * and the next one (persistence/rdb/), of an array; of a module
 *
 *  byte  0              8                        size
 *        +--------------+------------ - - -------+
 *        | id of the    | what the module wrote, |
 *        | type, u64 be | as in RDB files        |
 *        +--------------+------------ - - -------+
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_ARRAY, KIND_MODULE, registerKind, TYPE_ARRAY, TYPE_MODULE, typeName } from '../keyspace/object.ts'
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

/** Adds a value of one of the two kinds at `key`, where there is none; false: memory is exhausted. */
export function opaqueAdd(db: Database, key: Slice, kind: number, bytes: Slice): boolean {
  const value = longStringOf(db.memory, bytes)
  if (value === NIL) return false
  if (db.add(key, kind, value) !== NIL) return true
  db.memory.free(value)
  return false
}

/** Aims `out` at the bytes of a value. */
export function opaqueBytes(db: Database, record: Ref, out: Slice): Slice {
  return longStringAim(db.memory, db.valueRef(record), out)
}

/** What TYPE answers: of a module's value, the name of its own type. */
export function typeNameOf(db: Database, record: Ref): string {
  const type = db.typeOf(record)
  if (type !== TYPE_MODULE) return typeName(type)
  const { buf, at } = opaqueBytes(db, record, found)
  return moduleName(new DataView(buf.buffer, buf.byteOffset + at, MODULE_ID_SIZE).getBigUint64(0))
}

for (const [type, kind] of [
  [TYPE_MODULE, KIND_MODULE],
  [TYPE_ARRAY, KIND_ARRAY],
] as const) {
  registerCopy(type, (from, source, to, key) => opaqueAdd(to, key, kind, opaqueBytes(from, source, found)))
  registerKind(kind, {
    free: (memory, value) => memory.free(value),
    usage: (memory, value) => memory.sizeOf(value),
  })
}
