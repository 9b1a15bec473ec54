/*
 * Kinds of values: a type and an encoding in one number of 5 bits, as it stands
 * in a record (../structures/record.ts), and what must be known to free and to
 * measure a value, which the modules of types/ register here for theirs.
 *
 * Names of types and encodings are those that TYPE and OBJECT ENCODING answer.
 */
import { assert } from '../base/assert.ts'
import type { Memory } from '../memory/arena.ts'
import type { Ref } from '../memory/layout.ts'
import {
  EXTERNAL,
  FIRST_OBJECT_KIND,
  FIRST_REF_KIND,
  KIND_MASK,
  KIND_STRING_EMBSTR,
  KIND_STRING_INT,
  KIND_STRING_RAW,
} from '../structures/record.ts'

export { FIRST_OBJECT_KIND, FIRST_REF_KIND, KIND_STRING_EMBSTR, KIND_STRING_INT, KIND_STRING_RAW }

export const TYPE_STRING = 0
export const TYPE_LIST = 1
export const TYPE_SET = 2
export const TYPE_ZSET = 3
export const TYPE_HASH = 4
export const TYPE_STREAM = 5
/** Of whatever module: which one is the value's to tell (types/opaque-value.ts). */
export const TYPE_MODULE = 6
/** Of Redis 8.8, kept and not understood (the same). */
export const TYPE_ARRAY = 7

const TYPE_NAMES = ['string', 'list', 'set', 'zset', 'hash', 'stream', 'module', 'array'] as const
export type TypeName = (typeof TYPE_NAMES)[number]

/** The kinds that strings get when their bytes lie outside the record; callers pass the ones without. */
export const KIND_STRING_INT_EXTERNAL = KIND_STRING_INT + EXTERNAL
export const KIND_STRING_EMBSTR_EXTERNAL = KIND_STRING_EMBSTR + EXTERNAL
export const KIND_STRING_RAW_EXTERNAL = KIND_STRING_RAW + EXTERNAL

export const KIND_LIST_LISTPACK = 6
export const KIND_LIST_QUICKLIST = 7
export const KIND_SET_INTSET = 8
export const KIND_SET_LISTPACK = 9
export const KIND_SET_TABLE = 10
export const KIND_ZSET_LISTPACK = 11
export const KIND_ZSET_SKIPLIST = 12
export const KIND_HASH_LISTPACK = 13
export const KIND_HASH_TABLE = 14
/** A table of fields some of which expire. */
export const KIND_HASH_VOLATILE = 15
export const KIND_STREAM = 16
export const KIND_MODULE = 17
export const KIND_ARRAY = 18

const KINDS: readonly (readonly [kind: number, type: number, encoding: string])[] = [
  [KIND_STRING_INT, TYPE_STRING, 'int'],
  [KIND_STRING_EMBSTR, TYPE_STRING, 'embstr'],
  [KIND_STRING_RAW, TYPE_STRING, 'raw'],
  [KIND_STRING_INT_EXTERNAL, TYPE_STRING, 'int'],
  [KIND_STRING_EMBSTR_EXTERNAL, TYPE_STRING, 'embstr'],
  [KIND_STRING_RAW_EXTERNAL, TYPE_STRING, 'raw'],
  [KIND_LIST_LISTPACK, TYPE_LIST, 'listpack'],
  [KIND_LIST_QUICKLIST, TYPE_LIST, 'quicklist'],
  [KIND_SET_INTSET, TYPE_SET, 'intset'],
  [KIND_SET_LISTPACK, TYPE_SET, 'listpack'],
  [KIND_SET_TABLE, TYPE_SET, 'hashtable'],
  [KIND_ZSET_LISTPACK, TYPE_ZSET, 'listpack'],
  [KIND_ZSET_SKIPLIST, TYPE_ZSET, 'skiplist'],
  [KIND_HASH_LISTPACK, TYPE_HASH, 'listpack'],
  [KIND_HASH_TABLE, TYPE_HASH, 'hashtable'],
  [KIND_HASH_VOLATILE, TYPE_HASH, 'hashtable'],
  [KIND_STREAM, TYPE_STREAM, 'stream'],
  [KIND_MODULE, TYPE_MODULE, 'raw'],
  [KIND_ARRAY, TYPE_ARRAY, 'sliced-array'],
]

const typeOfKind = new Uint8Array(KIND_MASK + 1)
const encodingOfKind: string[] = new Array(KIND_MASK + 1).fill('unknown')
for (const [kind, type, encoding] of KINDS) {
  typeOfKind[kind] = type
  encodingOfKind[kind] = encoding
}

/** One of the TYPE_ numbers. */
export function kindType(kind: number): number {
  return typeOfKind[kind]
}

export function typeName(type: number): TypeName {
  return TYPE_NAMES[type]
}

export function encodingName(kind: number): string {
  return encodingOfKind[kind]
}

/** What the keyspace does with values it knows nothing about, by the Ref in their record. */
export interface TypeOps {
  /** Frees all of the value. */
  free(memory: Memory, value: Ref): void
  /**
   * The bytes of all blocks of the value. Where those of its elements would have to be counted one by one, no more
   * than `samples` are, and the others are taken for like them.
   */
  usage(memory: Memory, value: Ref, samples: number): number
  /**
   * Frees about `items` items of a value nobody can reach any more; true when all of it is gone.
   * A kind that can be big has it, so that deleting one does not stall the others.
   */
  freeSome?(memory: Memory, value: Ref, items: number): boolean
}

const operations: (TypeOps | undefined)[] = new Array(KIND_MASK + 1).fill(undefined)

export function registerKind(kind: number, ops: TypeOps): void {
  assert(kind >= FIRST_OBJECT_KIND && kind <= KIND_MASK, 'the kinds of strings are built in')
  operations[kind] = ops
}

export function kindOps(kind: number): TypeOps {
  const ops = operations[kind]
  assert(ops !== undefined, 'a kind that is stored is registered')
  return ops
}
