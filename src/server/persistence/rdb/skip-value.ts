/*
 * The way over a value without making it: where a value of each form ends, which
 * is known from its lengths alone. So what follows a value that is broken inside
 * can still be read (--recover). Whether it holds together is not looked at.
 */
import {
  ARRAY_DOUBLE,
  ARRAY_INTEGER,
  MODULE_DOUBLE,
  MODULE_END,
  MODULE_FLOAT,
  MODULE_SIGNED,
  MODULE_STRING,
  MODULE_UNSIGNED,
  RDB_ARRAY,
  RDB_HASH,
  RDB_HASH_CANDIDATE,
  RDB_HASH_LISTPACK,
  RDB_HASH_LISTPACK_CANDIDATE,
  RDB_HASH_LISTPACK_REDIS,
  RDB_HASH_REDIS,
  RDB_HASH_VALKEY,
  RDB_HASH_ZIPLIST,
  RDB_HASH_ZIPMAP,
  RDB_LIST,
  RDB_LIST_QUICKLIST,
  RDB_LIST_QUICKLIST_2,
  RDB_LIST_ZIPLIST,
  RDB_MODULE,
  RDB_SET,
  RDB_SET_INTSET,
  RDB_SET_LISTPACK,
  RDB_STREAM_1,
  RDB_STREAM_2,
  RDB_STREAM_3,
  RDB_STREAM_4,
  RDB_STREAM_5,
  RDB_STRING,
  RDB_ZSET,
  RDB_ZSET_LISTPACK,
  RDB_ZSET_TEXT,
  RDB_ZSET_ZIPLIST,
} from './format.ts'
import type { RdbInput } from './input.ts'
import type { Family } from './value-format.ts'

type Skip = (input: RdbInput) => void

const ID_SIZE = 16
/** What a module's metadata is, as a number. */
const CLASS_SIZE = 4
/** Sizes of a score's text from here on stand for what no text can tell. */
const TEXT_MAX = 252

const string: Skip = (input) => void input.string()
const length: Skip = (input) => void input.bigLength()
const eight: Skip = (input) => void input.bytes(8)
const id: Skip = (input) => void input.bytes(ID_SIZE)

/** All of these, one after the other. */
const each =
  (...parts: readonly Skip[]): Skip =>
  (input) => {
    for (const part of parts) part(input)
  }

/** A count, and so many times these. */
const many = (...parts: readonly Skip[]): Skip => {
  const item = each(...parts)
  return (input) => {
    for (let left = input.count(); left > 0; left--) {
      input.release()
      item(input)
    }
  }
}

const scoreText: Skip = (input) => {
  const size = input.byte()
  if (size <= TEXT_MAX) input.bytes(size)
}

/** What stands here is drawn in stream-format.ts. */
function stream(version: 1 | 2 | 3 | 4 | 5): Skip {
  const head = version === 1 ? [length, length, length] : new Array<Skip>(8).fill(length)
  const pending = many(id, eight, length)
  const consumer = version < 3 ? [string, eight, many(id)] : [string, eight, eight, many(id)]
  const group = version === 1 ? [string, length, length] : [string, length, length, length]
  const released = version < 5 ? [] : [many(id)]
  const producers = version < 4 ? [] : [length, length, many(string, many(string, length, length)), length, length]
  return each(many(string, string), ...head, many(...group, pending, many(...consumer), ...released), ...producers)
}

/** What stands here is drawn in array-format.ts. */
const array: Skip = (input) => {
  const count = input.count()
  if (input.length() === 1) length(input)
  for (let left = count; left > 0; left--) {
    input.release()
    length(input)
    const what = input.length()
    if (what === ARRAY_INTEGER || what === ARRAY_DOUBLE) eight(input)
    else string(input)
  }
}

const module: Skip = (input) => {
  input.bigLength()
  skipModuleData(input)
}

const FORMS = new Map<number, Skip>([
  [RDB_STRING, string],
  [RDB_LIST, many(string)],
  [RDB_SET, many(string)],
  [RDB_ZSET_TEXT, many(string, scoreText)],
  [RDB_HASH, many(string, string)],
  [RDB_ZSET, many(string, eight)],
  [RDB_MODULE, module],
  [RDB_HASH_ZIPMAP, string],
  [RDB_LIST_ZIPLIST, string],
  [RDB_SET_INTSET, string],
  [RDB_ZSET_ZIPLIST, string],
  [RDB_HASH_ZIPLIST, string],
  [RDB_LIST_QUICKLIST, many(string)],
  [RDB_STREAM_1, stream(1)],
  [RDB_HASH_LISTPACK, string],
  [RDB_ZSET_LISTPACK, string],
  [RDB_LIST_QUICKLIST_2, many(length, string)],
  [RDB_STREAM_2, stream(2)],
  [RDB_SET_LISTPACK, string],
  [RDB_STREAM_3, stream(3)],
  [RDB_HASH_VALKEY, many(string, string, eight)],
  [RDB_HASH_REDIS, each(eight, many(length, string, string))],
  [RDB_HASH_LISTPACK_CANDIDATE, string],
  [RDB_HASH_LISTPACK_REDIS, each(eight, string)],
  [RDB_STREAM_4, stream(4)],
  [RDB_STREAM_5, stream(5)],
  [RDB_ARRAY, array],
])

const candidate = many(length, string, string)

/** Reads to the end of a value of this form. Throws the input's error where that cannot be known. */
export function skipValue(input: RdbInput, form: number, family: Family): void {
  const known = form === RDB_HASH_CANDIDATE && family === 'redis' ? candidate : FORMS.get(form)
  const skip = known ?? input.fail(`where a value of form ${form} ends cannot be known`)
  skip(input)
}

/** Reads to the end of what modules keep of one key; how many of them did. */
export function skipKeyMetadata(input: RdbInput): number {
  const classes = input.count(CLASS_SIZE + 1)
  for (let left = classes; left > 0; left--) {
    input.bytes(CLASS_SIZE)
    skipModuleData(input)
  }
  return classes
}

/** Reads to the end of what a module wrote, in pieces that say what they are. */
export function skipModuleData(input: RdbInput): void {
  for (;;) {
    input.release()
    switch (input.length()) {
      case MODULE_END:
        return
      case MODULE_SIGNED:
      case MODULE_UNSIGNED:
        input.bigLength()
        break
      case MODULE_FLOAT:
        input.bytes(4)
        break
      case MODULE_DOUBLE:
        input.bytes(8)
        break
      case MODULE_STRING:
        input.string()
        break
      default:
        input.fail('data of a module is broken')
    }
  }
}
