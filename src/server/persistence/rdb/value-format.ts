/*
 * How values are written and read, one entry for each type. A file or a DUMP
 * names the form a value has by a number (format.ts); the forms that old servers
 * wrote are read as well, and what is read is in the encoding of today's limits.
 */
import type { Slice } from '../../base/slice.ts'
import type { Database } from '../../keyspace/database.ts'
import {
  TYPE_ARRAY,
  TYPE_HASH,
  TYPE_LIST,
  TYPE_MODULE,
  TYPE_SET,
  TYPE_STREAM,
  TYPE_STRING,
  TYPE_ZSET,
} from '../../keyspace/object.ts'
import type { Ref } from '../../memory/layout.ts'
import { arrayFormat } from './array-format.ts'
import type { Outlet, Parts } from './big-value.ts'
import { RDB_HASH_CANDIDATE } from './format.ts'
import { hashFormat, readCandidate } from './hash-format.ts'
import type { RdbInput } from './input.ts'
import { listFormat } from './list-format.ts'
import { moduleFormat } from './module-format.ts'
import type { RdbOutput } from './output.ts'
import { setFormat } from './set-format.ts'
import { streamFormat } from './stream-format.ts'
import { stringFormat } from './string-format.ts'
import { zsetFormat } from './zset-format.ts'

/**
 * Reads a value's body into `key`, where there is nothing. False: memory is exhausted, and there is
 * nothing at `key`. What is no such value is thrown by the input; something may then be at `key`.
 */
export type ReadValue = (input: RdbInput, db: Database, key: Slice) => boolean

export interface ValueFormat {
  /** The form that `write` writes in this version of the format. */
  formOf(db: Database, record: Ref, version: number): number
  write(out: RdbOutput, db: Database, record: Ref): void
  /** As `write`, of a value that is big (types/value-walks.ts): what comes first is written, the rest bit by bit. */
  begin(outlet: Outlet, db: Database, record: Ref): Parts
  /** By form. */
  readonly read: Readonly<Record<number, ReadValue>>
}

/** By type. */
const FORMATS: (ValueFormat | undefined)[] = []
FORMATS[TYPE_STRING] = stringFormat
FORMATS[TYPE_HASH] = hashFormat
FORMATS[TYPE_LIST] = listFormat
FORMATS[TYPE_SET] = setFormat
FORMATS[TYPE_ZSET] = zsetFormat
FORMATS[TYPE_STREAM] = streamFormat
FORMATS[TYPE_MODULE] = moduleFormat
FORMATS[TYPE_ARRAY] = arrayFormat

const READERS = new Map<number, ReadValue>()
for (const format of FORMATS) {
  if (format === undefined) continue
  for (const [form, read] of Object.entries(format.read)) READERS.set(Number(form), read)
}

export function formatOf(db: Database, record: Ref): ValueFormat {
  const format = FORMATS[db.typeOf(record)]
  if (format === undefined) throw new Error(`no form of type ${db.typeOf(record)} is known`)
  return format
}

/** Whose numbers are meant: the families have given two of them different meanings. */
export type Family = 'redis' | 'valkey'

/** Undefined where no value of this form can be read. */
export function readerOf(form: number, family: Family): ReadValue | undefined {
  return form === RDB_HASH_CANDIDATE && family === 'redis' ? readCandidate : READERS.get(form)
}
