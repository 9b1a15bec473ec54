/*
 * What a string value is: bytes, and one of three encodings that OBJECT ENCODING
 * names. The encodings are Redis' (`int`: the text of a 64-bit integer; `embstr`:
 * up to 44 bytes, never edited in place; `raw`: the rest), and only names here:
 * where the bytes lie is the keyspace's affair, and an integer is kept as its text.
 */
import { isInt64 } from '../base/integer-text.ts'
import type { Slice } from '../base/slice.ts'
import { FIRST_REF_KIND, KIND_STRING_EMBSTR, KIND_STRING_INT, KIND_STRING_RAW } from '../keyspace/object.ts'

/** What fits a 64-byte allocation of Redis' beside the headers of object and string. */
const EMBSTR_SIZE_MAX = 44

/** The kind of a value that is stored as it came from a client. */
export function stringKind(value: Slice): number {
  return value.size <= EMBSTR_SIZE_MAX && isInt64(value) ? KIND_STRING_INT : textKind(value)
}

/** The kind of a value that is text even if it looks like an integer: a sum of INCRBYFLOAT is. */
export function textKind(value: Slice): number {
  return value.size <= EMBSTR_SIZE_MAX ? KIND_STRING_EMBSTR : KIND_STRING_RAW
}

/** The kind to store a string under so that it is encoded like one that is stored as `kind`, wherever that one lies. */
export function kindOfString(kind: number): number {
  return kind < FIRST_REF_KIND ? kind : kind - FIRST_REF_KIND
}

/**
 * Aims `out` at the bytes `start` to `end` of `value`, both included; negative ones count from its
 * end. What lies outside is cut off, and before the first byte means the first byte, as in Redis.
 */
export function aimAtRange(out: Slice, value: Slice, start: number | bigint, end: number | bigint): Slice {
  const { size } = value
  let first = Number(start)
  let last = Number(end)
  const isBackwards = first < 0 && last < 0 && start > end
  if (first < 0) first = Math.max(0, size + first)
  if (last < 0) last = Math.max(0, size + last)
  last = Math.min(last, size - 1)
  if (isBackwards || first > last) return out.aim(value.buf, value.at, 0)
  return out.aim(value.buf, value.at + first, last - first + 1)
}
