/*
 * The types that are shown and created, by the word TYPE answers. In this order
 * they are offered.
 */
import { hashType } from './hash/hash-type.ts'
import { listType } from './list/list-type.ts'
import { setType } from './set/set-type.ts'
import { streamType } from './stream/stream-type.ts'
import { stringType } from './string/string-type.ts'
import type { ValueType } from './value-type.ts'
import { zsetType } from './zset/zset-type.ts'

export const VALUE_TYPES = {
  string: stringType,
  hash: hashType,
  list: listType,
  set: setType,
  zset: zsetType,
  stream: streamType,
} as const satisfies Readonly<Record<string, ValueType>>

export type KnownType = keyof typeof VALUE_TYPES

export const valueTypeOf = (type: string): ValueType | undefined =>
  Object.hasOwn(VALUE_TYPES, type) ? VALUE_TYPES[type as KnownType] : undefined
