/*
 * Hashes by cursor. A field's value comes shortened to `valueBytes`; the whole
 * of it is read by range with `hashes.read`.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import {
  bytes,
  type FieldName,
  fieldName,
  keyAddress,
  latin1Name,
  natural,
  scanCursor,
  VALUE_SIZE_MAX,
  WINDOW_MAX,
  windowCount,
} from './types.ts'

export interface HashField {
  readonly field: FieldName
  /** The first bytes of the value; all of it when it is no longer than `valueSize`. */
  readonly value: Uint8Array
  readonly valueSize: number
  /** Milliseconds to live, -1: never; absent where the server has no field expiry. */
  readonly ttlMs?: number
}

export interface HashPage {
  readonly fields: readonly HashField[]
  /** '0': that was the last page. HSCAN may repeat a field while the hash is resized. */
  readonly cursor: string
  /** Fields of the whole hash. */
  readonly length: number
  /** Whether fields of this hash can expire on this server, and if not, what it lacks. */
  readonly fieldExpiry: { readonly supported: boolean; readonly why?: string }
}

const ttlMs = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(70_368_744_177_663))
const done = returns<{ readonly done: boolean }>()

/** As `keys.create` takes it. */
export const newHash = v.strictObject({
  type: v.literal('hash'),
  fields: v.pipe(
    v.array(v.strictObject({ field: fieldName, value: bytes })),
    v.minLength(1, 'must have at least one field'),
    v.maxLength(WINDOW_MAX),
  ),
})
export type NewHash = v.InferOutput<typeof newHash>

export const hashes = {
  'hashes.page': call(
    v.strictObject({
      ...keyAddress,
      /** '0' begins. */
      cursor: scanCursor,
      count: windowCount,
      match: v.optional(latin1Name),
      valueBytes: v.optional(v.pipe(natural, v.maxValue(65_536)), 1_024),
    }),
    returns<HashPage>(),
  ),
  'hashes.read': call(
    v.strictObject({
      ...keyAddress,
      field: fieldName,
      offset: natural,
      count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(VALUE_SIZE_MAX)),
    }),
    returns<{ readonly bytes: Uint8Array; readonly offset: number; readonly total: number }>(),
  ),
  /**
   * Writes one field. `expected` guards an edit as in `strings.write`; `create`
   * refuses to overwrite (KEY_EXISTS). The field's time to live stays where the
   * server can keep it.
   */
  'hashes.set': call(
    v.strictObject({
      ...keyAddress,
      field: fieldName,
      value: bytes,
      expected: v.optional(bytes),
      create: v.optional(v.boolean(), false),
    }),
    returns<{ readonly added: boolean }>(),
  ),
  'hashes.remove': call(
    v.strictObject({ ...keyAddress, fields: v.pipe(v.array(fieldName), v.minLength(1), v.maxLength(2_000)) }),
    returns<{ readonly removed: number }>(),
  ),
  /** UNSUPPORTED where the server has no HPEXPIRE, saying since when servers do. */
  'hashes.expireField': call(v.strictObject({ ...keyAddress, field: fieldName, ttlMs }), done),
  'hashes.persistField': call(v.strictObject({ ...keyAddress, field: fieldName }), done),
} as const
