/*
 * Numbers in string values: INCR and its kin on signed 64-bit integers, and
 * INCRBYFLOAT. Integers are doubles as long as those are exact, which is nearly
 * always; beyond 2^53 the same is done with bigints.
 */
import {
  INT64_MAX,
  INT64_MIN,
  INTEGER_SIZE_MAX,
  parseExact,
  parseInt64,
  parseInteger,
  writeInteger,
} from '../base/integer-text.ts'
import { addLongDouble } from '../base/long-double.ts'
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err } from '../exec/errors.ts'
import { KEEP_TTL } from '../keyspace/database.ts'
import { KIND_STRING_INT, TYPE_STRING } from '../keyspace/object.ts'
import { NIL } from '../memory/layout.ts'
import { textKind } from '../types/string.ts'

const CHANGE = [{ at: 1, access: 'rw', does: ['access', 'update'] }] as const

/** Where the old value is aimed, and where the new one is written; each use ends before the next begins. */
const found = new Slice()
const digits = new Slice(new Uint8Array(INTEGER_SIZE_MAX))

/** Adds `increment` to the integer at argv[1] and answers the sum. */
function addInteger(c: Call, increment: number | bigint): void {
  // Look up.
  const key = c.argv[1]
  const ref = c.db.lookupWrite(key)
  let old: number | bigint = 0
  if (ref !== NIL) {
    if (c.db.typeOf(ref) !== TYPE_STRING) return c.reply.error(Err.wrongType)
    old = parseInteger(c.db.stringOf(ref, found))
    if (Number.isNaN(old)) {
      const exact = parseInt64(found)
      if (exact === undefined) return c.reply.error(Err.notInteger)
      old = exact
    }
  }
  // Work.
  const sum = sumOf(old, increment)
  if (sum === undefined) return c.reply.error(Err.overflow)
  let text = digits
  if (typeof sum === 'number') digits.size = writeInteger(sum, digits.buf, 0)
  else text = Slice.of(sum.toString())
  if (!c.db.setString(key, text, KIND_STRING_INT, KEEP_TTL)) return c.reply.error(Err.arenaFull)
  // Effects and reply.
  c.changed('$', 'incrby', key)
  c.reply.integer(sum)
}

/** A number where that is exact, undefined where the sum does not fit 64 bits. */
function sumOf(a: number | bigint, b: number | bigint): number | bigint | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  const exact = BigInt(a) + BigInt(b)
  return exact < INT64_MIN || exact > INT64_MAX ? undefined : exact
}

export const INCR = defineCommand({
  name: 'incr',
  usage: 'key',
  summary: 'Adds one to the integer at a key; a missing key counts as 0.',
  group: 'string',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['write', 'denyoom', 'fast'],
  keys: CHANGE,
  run(c) {
    addInteger(c, 1)
  },
})

export const DECR = defineCommand({
  name: 'decr',
  usage: 'key',
  summary: 'Subtracts one from the integer at a key; a missing key counts as 0.',
  group: 'string',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['write', 'denyoom', 'fast'],
  keys: CHANGE,
  run(c) {
    addInteger(c, -1)
  },
})

export const INCRBY = defineCommand({
  name: 'incrby',
  usage: 'key increment:integer',
  summary: 'Adds to the integer at a key; a missing key counts as 0.',
  group: 'string',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['write', 'denyoom', 'fast'],
  keys: CHANGE,
  run(c) {
    const increment = parseExact(c.argv[2])
    if (increment === undefined) return c.reply.error(Err.notInteger)
    addInteger(c, increment)
  },
})

export const DECRBY = defineCommand({
  name: 'decrby',
  usage: 'key decrement:integer',
  summary: 'Subtracts from the integer at a key; a missing key counts as 0.',
  group: 'string',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['write', 'denyoom', 'fast'],
  keys: CHANGE,
  run(c) {
    const decrement = parseExact(c.argv[2])
    if (decrement === undefined) return c.reply.error(Err.notInteger)
    // Its negation is no 64-bit integer.
    if (decrement === INT64_MIN) return c.reply.error(Err.decrementOverflow)
    addInteger(c, -decrement)
  },
})

export const INCRBYFLOAT = defineCommand({
  name: 'incrbyfloat',
  usage: 'key increment:double',
  summary: 'Adds to the number at a key, which need be no integer; a missing key counts as 0.',
  group: 'string',
  since: '2.6.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['write', 'denyoom', 'fast'],
  keys: CHANGE,
  run(c) {
    // Look up.
    const key = c.argv[1]
    const ref = c.db.lookupWrite(key)
    if (ref !== NIL && c.db.typeOf(ref) !== TYPE_STRING) return c.reply.error(Err.wrongType)
    // Work.
    const old = ref === NIL ? '0' : c.db.stringOf(ref, found).text()
    const sum = addLongDouble(old, c.argv[2].text())
    if (sum === 'invalid') return c.reply.error(Err.notFloat)
    if (sum === 'nan-or-infinity') return c.reply.error(Err.nanOrInfinity)
    const text = Slice.of(sum)
    if (!c.db.setString(key, text, textKind(text), KEEP_TTL)) return c.reply.error(Err.arenaFull)
    // Effects and reply.
    c.changed('$', 'incrbyfloat', key)
    if (c.isRepeated) c.repeatAs('SET', [key, text, 'KEEPTTL'])
    c.reply.bulk(text)
  },
})
