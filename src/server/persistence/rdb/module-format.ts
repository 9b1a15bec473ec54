/*
 * Values of modules in RDB files and DUMP: the id of their type, and pieces that say
 * what they are, up to an end. They are kept as they came, numbers and strings in
 * whatever form this server gives them.
 */
import { Slice } from '../../base/slice.ts'
import { KIND_MODULE } from '../../keyspace/object.ts'
import { MODULE_ID_SIZE, opaqueAdd, opaqueBytes } from '../../types/opaque-value.ts'
import {
  MODULE_DOUBLE,
  MODULE_END,
  MODULE_FLOAT,
  MODULE_SIGNED,
  MODULE_STRING,
  MODULE_UNSIGNED,
  RDB_MODULE,
} from './format.ts'
import type { RdbInput } from './input.ts'
import { RdbOutput } from './output.ts'
import type { ValueFormat } from './value-format.ts'

const value = new Slice()
const text = new Slice()
const id = new DataView(new ArrayBuffer(MODULE_ID_SIZE))

/** Reads a value to its end, and answers its bytes with the id before them. */
function readBytes(input: RdbInput): Slice {
  const out = new RdbOutput()
  id.setBigUint64(0, input.bigLength())
  out.bytes(new Uint8Array(id.buffer), 0, MODULE_ID_SIZE)
  for (;;) {
    input.release()
    const piece = input.length()
    out.length(piece)
    if (piece === MODULE_END) return new Slice(out.buf, 0, out.at)
    if (piece === MODULE_SIGNED || piece === MODULE_UNSIGNED) {
      const integer = input.bigLength()
      out.halves(Number(integer >> 32n), Number(integer & 0xffff_ffffn))
    } else if (piece === MODULE_STRING) out.string(input.string(text))
    else if (piece === MODULE_FLOAT || piece === MODULE_DOUBLE) {
      const number = input.bytes(piece === MODULE_FLOAT ? 4 : 8, text)
      out.bytes(number.buf, number.at, number.size)
    } else input.fail('data of a module is broken')
  }
}

export const moduleFormat: ValueFormat = {
  formOf: () => RDB_MODULE,
  write(out, db, record) {
    const { buf, at, size } = opaqueBytes(db, record, value)
    const view = new DataView(buf.buffer, buf.byteOffset + at, MODULE_ID_SIZE)
    out.halves(view.getUint32(0), view.getUint32(4))
    out.bytes(buf, at + MODULE_ID_SIZE, size - MODULE_ID_SIZE)
  },
  begin() {
    throw new Error('a value of a module is written at once')
  },
  read: {
    [RDB_MODULE]: (input, db, key) => opaqueAdd(db, key, KIND_MODULE, readBytes(input)),
  },
}
