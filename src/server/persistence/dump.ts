/*
 * DUMP: one value as bytes that RESTORE takes, here and on real servers.
 *
 *  byte  0        1 ...          size-10     size-8        size
 *        +--------+--  - - -  --+-----------+-------------+
 *        | form   | value        | version   | CRC-64 of   |    little endian
 *        | u8     | (rdb/)       | u16       | all before  |
 *        +--------+--  - - -  --+-----------+-------------+
 */
import { CRC64_SIZE, Crc64 } from '../base/crc64.ts'
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import type { Ref } from '../memory/layout.ts'
import { OP_SLOT_IMPORT_OR_KEY_META, RDB_HASH_VALKEY, RDB_VERSION, VALKEY_VERSION } from './rdb/format.ts'
import { RdbError, RdbInput } from './rdb/input.ts'
import { RdbOutput } from './rdb/output.ts'
import { skipKeyMetadata } from './rdb/skip-value.ts'
import { formatOf, readerOf } from './rdb/value-format.ts'

const VERSION_SIZE = 2
/** Nothing is of this form. */
const NONE = -1
const FOOTER_SIZE = VERSION_SIZE + CRC64_SIZE

/** The value at `record` as DUMP answers it. */
export function dumpValue(db: Database, record: Ref): Slice {
  const format = formatOf(db, record)
  const out = new RdbOutput()
  const form = format.formOf(db, record, out.version)
  out.byte(form)
  format.write(out, db, record)
  const version = form === RDB_HASH_VALKEY ? VALKEY_VERSION : RDB_VERSION
  out.byte(version)
  out.byte(version >>> 8)
  out.checksum()
  return new Slice(out.buf, 0, out.at)
}

/** Whether the end of the payload is that of one. Of any version: what its value is, is looked at by itself. */
export function isDump(payload: Slice): boolean {
  const { buf, at, size } = payload
  if (size < FOOTER_SIZE) return false
  return new Crc64().add(buf, at, size - CRC64_SIZE).matches(buf, at + size - CRC64_SIZE)
}

/** What came of restoring. */
export type Restored = 'done' | 'broken' | 'exhausted'

/** Makes the value of a payload that isDump has accepted, at `key`, where there is nothing; and nothing unless done. */
export function restoreValue(db: Database, key: Slice, payload: Slice): Restored {
  const input = new RdbInput(new Slice(payload.buf, payload.at, payload.size - FOOTER_SIZE))
  try {
    const version = payload.buf[payload.at + payload.size - FOOTER_SIZE]
    const family = version >= VALKEY_VERSION ? 'valkey' : 'redis'
    let form = input.isAtEnd ? NONE : input.byte()
    if (form === OP_SLOT_IMPORT_OR_KEY_META && family === 'redis') {
      skipKeyMetadata(input)
      form = input.byte()
    }
    const read = readerOf(form, family)
    if (read === undefined) return 'broken'
    if (!read(input, db, key)) return 'exhausted'
    if (input.isAtEnd) return 'done'
  } catch (error) {
    if (!(error instanceof RdbError)) throw error
  }
  db.remove(key)
  return 'broken'
}
