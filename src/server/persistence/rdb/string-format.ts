/*
 * Strings in RDB files and DUMP: one form, in which an integer may be short.
 */
import { Slice } from '../../base/slice.ts'
import { NEVER } from '../../keyspace/database.ts'
import { stringKind } from '../../types/string.ts'
import { stringWalk } from '../../types/value-walks.ts'
import { RDB_STRING } from './format.ts'
import type { ValueFormat } from './value-format.ts'

const value = new Slice()

export const stringFormat: ValueFormat = {
  formOf: () => RDB_STRING,
  write: (out, db, record) => out.string(db.stringOf(record, value)),
  begin(outlet, db, record) {
    outlet.out.length(db.stringOf(record, value).size)
    return { walk: stringWalk(db, record, ({ buf, at, size }) => outlet.out.bytes(buf, at, size)) }
  },
  read: {
    [RDB_STRING](input, db, key) {
      const text = input.string()
      return db.setString(key, text, stringKind(text), NEVER)
    },
  },
}
