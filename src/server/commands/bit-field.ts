/*
 * BITFIELD and BITFIELD_RO: numbers of any width anywhere in a string. What a field
 * is, and what becomes of a sum that does not fit, is in ../types/bit-field.ts.
 */
import { parseExact, parseInteger } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { REFUSED, readOf, writeOf } from '../exec/lookup.ts'
import { TYPE_STRING } from '../keyspace/object.ts'
import { NIL } from '../memory/layout.ts'
import {
  addToField,
  type FieldType,
  fieldOf,
  fieldType,
  type Overflow,
  readField,
  writeField,
} from '../types/bit-field.ts'
import { BIT_OFFSET_INVALID, isBitOffset } from './bitmap.ts'

const TYPE_INVALID = errorLine(
  'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.',
)
const OVERFLOW_INVALID = errorLine('ERR Invalid OVERFLOW type specified')
const ONLY_GET = errorLine('ERR BITFIELD_RO only supports the GET subcommand')

const HASH_SIGN = 35
const LOWER_I = 105
const LOWER_U = 117

const found = new Slice()
const digits = new Slice()
const EMPTY = new Slice()

interface Operation {
  readonly does: 'get' | 'set' | 'incrby'
  readonly type: FieldType
  readonly offset: number
  readonly value: number | bigint
  readonly overflow: Overflow
}

/** `i` or `u` and the number of bits; undefined if it is neither. */
function fieldTypeOf(argument: Slice): FieldType | undefined {
  const letter = argument.size > 1 ? argument.buf[argument.at] : 0
  if (letter !== LOWER_I && letter !== LOWER_U) return undefined
  const isSigned = letter === LOWER_I
  const bits = parseInteger(digits.aim(argument.buf, argument.at + 1, argument.size - 1))
  return fieldType(isSigned, bits)
}

/** An offset in bits, or in fields of so many `bits` if it begins with `#`; undefined if it is none. */
function fieldOffsetOf(c: Call, argument: Slice, bits: number): number | undefined {
  const isInFields = argument.size > 0 && argument.buf[argument.at] === HASH_SIGN
  const parsed = parseExact(isInFields ? digits.aim(argument.buf, argument.at + 1, argument.size - 1) : argument)
  if (parsed === undefined) return undefined
  // A product beyond 64 bits loses what is above them, as in Redis.
  const offset = isInFields ? Number(BigInt.asIntN(64, BigInt(parsed) * BigInt(bits))) : Number(parsed)
  return isBitOffset(c, offset) ? offset : undefined
}

const overflowOf = (argument: Slice): Overflow | undefined => {
  if (argument.is('wrap')) return 'wrap'
  if (argument.is('sat')) return 'saturate'
  return argument.is('fail') ? 'fail' : undefined
}

/** All operations of the request; undefined, having refused the first that is none. */
function operationsOrRefuse(c: Call): Operation[] | undefined {
  const { argv, argc } = c
  const operations: Operation[] = []
  const refuse = (line: Uint8Array): undefined => {
    c.reply.error(line)
    return undefined
  }
  let overflow: Overflow = 'wrap'
  for (let i = 2; i < argc; ) {
    const left = argc - i - 1
    if (argv[i].is('overflow') && left >= 1) {
      const wanted = overflowOf(argv[i + 1])
      if (wanted === undefined) return refuse(OVERFLOW_INVALID)
      overflow = wanted
      i += 2
      continue
    }
    let does: Operation['does']
    if (argv[i].is('get') && left >= 2) does = 'get'
    else if (argv[i].is('set') && left >= 3) does = 'set'
    else if (argv[i].is('incrby') && left >= 3) does = 'incrby'
    else return refuse(Err.syntax)
    const type = fieldTypeOf(argv[i + 1])
    if (type === undefined) return refuse(TYPE_INVALID)
    const offset = fieldOffsetOf(c, argv[i + 2], type.bits)
    if (offset === undefined) return refuse(BIT_OFFSET_INVALID)
    const value = does === 'get' ? 0 : parseExact(argv[i + 3])
    if (value === undefined) return refuse(Err.notInteger)
    operations.push({ does, type, offset, value, overflow })
    i += does === 'get' ? 3 : 4
  }
  return operations
}

/** Answers operations that only read. */
function readFields(c: Call, operations: readonly Operation[]): void {
  const ref = readOf(c, c.argv[1], TYPE_STRING)
  if (ref === REFUSED) return
  const value = ref === NIL ? EMPTY : c.db.stringOf(ref, found)
  c.reply.array(operations.length)
  for (const { type, offset } of operations) c.reply.integer(readField(value, type, offset))
}

/** Performs operations some of which write, one after the other, in a string long enough for all. */
function changeFields(c: Call, operations: readonly Operation[]): void {
  const { reply } = c
  // Look up.
  const key = c.argv[1]
  const ref = writeOf(c, key, TYPE_STRING)
  if (ref === REFUSED) return
  const oldSize = ref === NIL ? 0 : c.db.stringOf(ref, found).size
  let size = oldSize
  for (const { does, type, offset } of operations) {
    if (does !== 'get') size = Math.max(size, Math.ceil((offset + type.bits) / 8))
  }
  // Work and reply.
  if (!c.db.writableString(key, size, found)) return reply.error(Err.arenaFull)
  reply.array(operations.length)
  let changes = 0
  for (const { does, type, offset, value, overflow } of operations) {
    const old = readField(found, type, offset)
    if (does === 'get') {
      reply.integer(old)
      continue
    }
    const next = does === 'set' ? fieldOf(type, value, overflow) : addToField(type, old, value, overflow)
    if (next === undefined) {
      reply.nil()
      continue
    }
    writeField(found, type, offset, next)
    // A number that was so already is no change, unless the string grew.
    if (next !== old || size > oldSize) changes++
    reply.integer(does === 'set' ? old : next)
  }
  // Effects.
  if (changes > 0) c.changed('$', 'setbit', key, changes)
  // Where every operation overflowed, the string has grown all the same.
  else if (size > oldSize) c.repeat()
}

/** Whether all there is are GET and OVERFLOW, their own arguments unseen. */
function onlyReads(argv: readonly Slice[], argc: number): boolean {
  for (let i = 2; i < argc; ) {
    if (argv[i].is('get') && i + 2 < argc) i += 3
    else if (argv[i].is('overflow') && i + 1 < argc) i += 2
    else return false
  }
  return true
}

export const BITFIELD = defineCommand({
  name: 'bitfield',
  usage:
    'key [GET <encoding offset:integer> | <[OVERFLOW <WRAP | SAT | FAIL>] <SET <encoding offset:integer value:integer> | INCRBY <encoding offset:integer increment:integer>>>]...',
  summary: 'Reads, sets and adds to numbers of any width in a string, several in one go.',
  group: 'bitmap',
  since: '3.2.0',
  complexity: 'O(1) for each operation',
  arity: -2,
  flags: ['write', 'denyoom'],
  keys: [
    {
      at: 1,
      access: 'rw',
      does: ['access', 'update'],
      variable: true,
      actual: (argv, argc) =>
        onlyReads(argv, argc) ? { access: 'ro', does: 'access' } : { access: 'rw', does: ['access', 'update'] },
    },
  ],
  run(c) {
    const operations = operationsOrRefuse(c)
    if (operations === undefined) return
    if (operations.every(({ does }) => does === 'get')) readFields(c, operations)
    else changeFields(c, operations)
  },
})

export const BITFIELD_RO = defineCommand({
  name: 'bitfield_ro',
  usage: 'key [GET encoding offset:integer]...',
  summary: 'Reads numbers of any width from a string.',
  group: 'bitmap',
  since: '6.0.0',
  complexity: 'O(1) for each operation',
  arity: -2,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, access: 'ro', does: 'access' }],
  run(c) {
    const operations = operationsOrRefuse(c)
    if (operations === undefined) return
    if (operations.some(({ does }) => does !== 'get')) return c.reply.error(ONLY_GET)
    readFields(c, operations)
  },
})
