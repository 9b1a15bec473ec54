/*
 * Strings by range: a value of half a gigabyte is looked at without being read.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import { bytes, keyAddress, natural, VALUE_SIZE_MAX } from './types.ts'

export interface StringRange {
  readonly bytes: Uint8Array
  readonly offset: number
  /** Bytes of the whole value. */
  readonly total: number
}

/** As `keys.create` takes it. */
export const newString = v.strictObject({ type: v.literal('string'), bytes })

export const strings = {
  'strings.read': call(
    v.strictObject({
      ...keyAddress,
      offset: natural,
      count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(VALUE_SIZE_MAX)),
    }),
    returns<StringRange>(),
  ),
  /**
   * Replaces the whole value. With `expected` only if the value is still that
   * (else CHANGED_MEANWHILE, and nothing is written). The time to live stays.
   */
  'strings.write': call(
    v.strictObject({
      ...keyAddress,
      bytes,
      expected: v.optional(bytes),
      keepTtl: v.optional(v.boolean(), true),
    }),
    returns<{ readonly total: number }>(),
  ),
  /** About how many different elements a HyperLogLog was given. The server may keep the count in the value. */
  'strings.distinct': call(v.strictObject(keyAddress), returns<{ readonly count: number }>()),
  /** To a HyperLogLog. Never creates the key. `changed` is false where it tells the element from none it has. */
  'strings.addDistinct': call(
    v.strictObject({ ...keyAddress, element: bytes }),
    returns<{ readonly changed: boolean }>(),
  ),
} as const
