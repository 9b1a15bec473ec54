/*
 * One key, whatever its type: what it is, how long it lives, what it is called.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import { newHash } from './hashes.ts'
import { newList } from './lists.ts'
import { newSet } from './sets.ts'
import { newStream } from './streams.ts'
import { newString } from './strings.ts'
import { dbIndex, id, type KeyName, type KeyType, keyAddress, keyName, WINDOW_MAX } from './types.ts'
import { newZset } from './zsets.ts'

export type KeyDescription =
  | { readonly exists: false }
  | {
      readonly exists: true
      readonly type: KeyType
      /** As OBJECT ENCODING names it; absent where the user may not ask. */
      readonly encoding?: string
      /** -1: never expires. */
      readonly ttlMs: number
      /** MEMORY USAGE; absent where the server has none or the user may not ask. */
      readonly size?: number
      /** Bytes of a string, elements of a collection. */
      readonly length?: number
    }

/** `type: 'none'`: the key is gone. */
export interface KeyTypeRow {
  readonly key: KeyName
  readonly type: KeyType
  /** Absent where the user may not ask. */
  readonly ttlMs?: number
}

const done = returns<{ readonly done: boolean }>()

/** Milliseconds to live; ten thousand years are enough. */
const ttlMs = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(315_576_000_000_000))

export const keys = {
  'keys.describe': call(v.strictObject(keyAddress), returns<KeyDescription>()),
  /** TYPE and PTTL of the rows in view, in one pipeline. Answers in the order asked. */
  'keys.types': call(
    v.strictObject({ sessionId: id, db: dbIndex, keys: v.pipe(v.array(keyName), v.maxLength(WINDOW_MAX)) }),
    returns<readonly KeyTypeRow[]>(),
  ),
  /** `done: false`: there was no such key. */
  'keys.expire': call(v.strictObject({ ...keyAddress, ttlMs }), done),
  'keys.persist': call(v.strictObject(keyAddress), done),
  /** Fails with KEY_EXISTS when `to` is taken and `overwrite` is not given. */
  'keys.rename': call(v.strictObject({ ...keyAddress, to: keyName, overwrite: v.optional(v.boolean(), false) }), done),
  /** UNLINK where there is one. Answers how many existed. */
  'keys.remove': call(
    v.strictObject({
      sessionId: id,
      db: dbIndex,
      keys: v.pipe(v.array(keyName), v.minLength(1), v.maxLength(WINDOW_MAX)),
    }),
    returns<{ readonly removed: number }>(),
  ),
  /** Never overwrites: KEY_EXISTS. */
  'keys.create': call(
    v.strictObject({
      ...keyAddress,
      ttlMs: v.optional(ttlMs),
      value: v.variant('type', [newString, newHash, newList, newSet, newZset, newStream]),
    }),
    returns<KeyDescription>(),
  ),
} as const
