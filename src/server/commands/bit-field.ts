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
import { KIND_STRING_RAW, TYPE_STRING } from '../keyspace/object.ts'
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
  does: 'get' | 'set' | 'incrby'
  type: FieldType
  offset: number
  value: number | bigint
  overflow: Overflow
}

/** The operations of the request, and leftovers of others behind them: they are filled anew and not made anew. */
const operations: Operation[] = []
/** So many are kept for the next request. */
const POOLED_OPERATIONS = 64
/** Of the operations, how many there are and whether they only read. */
let count = 0
let areReads = true

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
  let offset = Number(parsed)
  if (isInFields) {
    offset *= bits
    // A product beyond 64 bits loses what is above them, as in Redis.
    if (!Number.isSafeInteger(offset)) offset = Number(BigInt.asIntN(64, BigInt(parsed) * BigInt(bits)))
  }
  return isBitOffset(c, offset) ? offset : undefined
}

const overflowOf = (argument: Slice): Overflow | undefined => {
  if (argument.is('wrap')) return 'wrap'
  if (argument.is('sat')) return 'saturate'
  return argument.is('fail') ? 'fail' : undefined
}

/** Reads all operations of the request; false, having refused the first that is none. */
function parseOrRefuse(c: Call): boolean {
  const { argv, argc } = c
  if (operations.length > POOLED_OPERATIONS) operations.length = POOLED_OPERATIONS
  count = 0
  areReads = true
  let overflow: Overflow = 'wrap'
  for (let i = 2; i < argc; ) {
    const left = argc - i - 1
    if (argv[i].is('overflow') && left >= 1) {
      const wanted = overflowOf(argv[i + 1])
      if (wanted === undefined) return refuse(c, OVERFLOW_INVALID)
      overflow = wanted
      i += 2
      continue
    }
    let does: Operation['does']
    if (argv[i].is('get') && left >= 2) does = 'get'
    else if (argv[i].is('set') && left >= 3) does = 'set'
    else if (argv[i].is('incrby') && left >= 3) does = 'incrby'
    else return refuse(c, Err.syntax)
    const type = fieldTypeOf(argv[i + 1])
    if (type === undefined) return refuse(c, TYPE_INVALID)
    const offset = fieldOffsetOf(c, argv[i + 2], type.bits)
    if (offset === undefined) return refuse(c, BIT_OFFSET_INVALID)
    const value = does === 'get' ? 0 : parseExact(argv[i + 3])
    if (value === undefined) return refuse(c, Err.notInteger)
    add(does, type, offset, value, overflow)
    i += does === 'get' ? 3 : 4
  }
  return true
}

function refuse(c: Call, line: Uint8Array): false {
  c.reply.error(line)
  return false
}

function add(
  does: Operation['does'],
  type: FieldType,
  offset: number,
  value: number | bigint,
  overflow: Overflow,
): void {
  if (does !== 'get') areReads = false
  if (count === operations.length) operations.push({ does, type, offset, value, overflow })
  else {
    const operation = operations[count]
    operation.does = does
    operation.type = type
    operation.offset = offset
    operation.value = value
    operation.overflow = overflow
  }
  count++
}

/** Answers operations that only read. */
function readFields(c: Call): void {
  const ref = readOf(c, c.argv[1], TYPE_STRING)
  if (ref === REFUSED) return
  const value = ref === NIL ? EMPTY : c.db.stringOf(ref, found)
  c.reply.array(count)
  for (let i = 0; i < count; i++) c.reply.integer(readField(value, operations[i].type, operations[i].offset))
}

/** Performs operations some of which write, one after the other, in a string long enough for all. */
function changeFields(c: Call): void {
  const { reply } = c
  // Look up.
  const key = c.argv[1]
  const ref = writeOf(c, key, TYPE_STRING)
  if (ref === REFUSED) return
  const oldSize = ref === NIL ? 0 : c.db.stringOf(ref, found).size
  let size = oldSize
  for (let i = 0; i < count; i++) {
    const { does, type, offset } = operations[i]
    if (does !== 'get') size = Math.max(size, Math.ceil((offset + type.bits) / 8))
  }
  // Work and reply. Bytes that lie in the record and are long enough can be written where they were found.
  const isInPlace = size === oldSize && c.db.kindOf(ref) === KIND_STRING_RAW
  if (!isInPlace && !c.db.writableString(key, size, found)) return reply.error(Err.arenaFull)
  reply.array(count)
  let changes = 0
  for (let i = 0; i < count; i++) {
    const { does, type, offset, value, overflow } = operations[i]
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
      less: (argv, argc) => (onlyReads(argv, argc) ? { access: 'ro', does: 'access' } : undefined),
    },
  ],
  run(c) {
    if (!parseOrRefuse(c)) return
    if (areReads) readFields(c)
    else changeFields(c)
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
    if (!parseOrRefuse(c)) return
    if (!areReads) return c.reply.error(ONLY_GET)
    readFields(c)
  },
})
