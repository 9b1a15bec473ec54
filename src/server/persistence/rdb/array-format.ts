/*
 * Arrays of Redis 8.8 in RDB files and DUMP. They are kept as they came, numbers and
 * strings in whatever form this server gives them:
 *
 *   how many | whether the place of the next insertion follows (0, 1) | that place |
 *   elements: each its index, what it is, and a string or 8 bytes
 *
 * Places and indexes have up to 64 bits.
 */
import { Slice } from '../../base/slice.ts'
import { KIND_ARRAY } from '../../keyspace/object.ts'
import { opaqueAdd, opaqueBytes } from '../../types/opaque-value.ts'
import { ARRAY_DOUBLE, ARRAY_INTEGER, ARRAY_SHORT_STRING, ARRAY_STRING, RDB_ARRAY } from './format.ts'
import type { RdbInput } from './input.ts'
import { RdbOutput } from './output.ts'
import type { ValueFormat } from './value-format.ts'

/** An index, what it is, and an empty string. */
const ELEMENT_SIZE_MIN = 3
const NUMBER_SIZE = 8

const value = new Slice()
const text = new Slice()

function copyBigLength(input: RdbInput, out: RdbOutput): void {
  const length = input.bigLength()
  out.halves(Number(length >> 32n), Number(length & 0xffff_ffffn))
}

/** Reads a value to its end, and answers its bytes. */
function readBytes(input: RdbInput): Slice {
  const out = new RdbOutput()
  const count = input.count(ELEMENT_SIZE_MIN)
  out.length(count)
  const hasPlace = input.length()
  if (hasPlace > 1) input.fail('an array does not say where to insert')
  out.length(hasPlace)
  if (hasPlace === 1) copyBigLength(input, out)
  for (let left = count; left > 0; left--) {
    input.release()
    copyBigLength(input, out)
    const what = input.length()
    out.length(what)
    if (what === ARRAY_STRING || what === ARRAY_SHORT_STRING) out.string(input.string(text))
    else if (what === ARRAY_INTEGER || what === ARRAY_DOUBLE) {
      const { buf, at } = input.bytes(NUMBER_SIZE, text)
      out.bytes(buf, at, NUMBER_SIZE)
    } else input.fail(`an element of an array is of the unknown form ${what}`)
  }
  return new Slice(out.buf, 0, out.at)
}

export const arrayFormat: ValueFormat = {
  formOf: () => RDB_ARRAY,
  write(out, db, record) {
    const { buf, at, size } = opaqueBytes(db, record, value)
    out.bytes(buf, at, size)
  },
  begin() {
    throw new Error('an array is written at once')
  },
  read: {
    [RDB_ARRAY]: (input, db, key) => opaqueAdd(db, key, KIND_ARRAY, readBytes(input)),
  },
}
