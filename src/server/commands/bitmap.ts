/*
 * Bitmap commands: strings as rows of bits. Several bits as one number are in
 * bit-field.ts; how bits are counted, found and combined, in ../types/bitmap.ts.
 */
import { parseExact, parseInteger } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { REFUSED, readOf, writeOf } from '../exec/lookup.ts'
import { KIND_STRING_RAW, TYPE_STRING } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { bitAt, bitRange, type Combination, countBits, findBit, setBitAt, storeCombination } from '../types/bitmap.ts'
import { kindOfString } from '../types/string.ts'

const BIT_INVALID = errorLine('ERR bit is not an integer or out of range')
const BIT_NOT_BOOLEAN = errorLine('ERR The bit argument must be 1 or 0.')
const NOT_OF_ONE = errorLine('ERR BITOP NOT must be called with a single source key.')
export const BIT_OFFSET_INVALID = errorLine('ERR bit offset is not an integer or out of range')

const READ = [{ at: 1, access: 'ro', does: 'access' }] as const

/** Where values are aimed by this file's commands; each use ends before the next begins. */
const found = new Slice()

/** Whether a string that a client could send as one has a bit at `offset`; NaN is no offset. */
export function isBitOffset(c: Call, offset: number): boolean {
  return offset >= 0 && Math.floor(offset / 8) < c.server.config.limits.protoMaxBulkLen
}

export const SETBIT = defineCommand({
  name: 'setbit',
  usage: 'key offset:integer value:integer',
  summary: 'Sets one bit of a string, which grows by zeros as far as needed, and returns what the bit was.',
  group: 'bitmap',
  since: '2.2.0',
  complexity: 'O(1)',
  arity: 4,
  flags: ['write', 'denyoom'],
  keys: [{ at: 1, access: 'rw', does: ['access', 'update'] }],
  run(c) {
    // Parse.
    const key = c.argv[1]
    const offset = parseInteger(c.argv[2])
    if (!isBitOffset(c, offset)) return c.reply.error(BIT_OFFSET_INVALID)
    const bit = parseInteger(c.argv[3])
    if (bit !== 0 && bit !== 1) return c.reply.error(BIT_INVALID)
    // Look up.
    const ref = writeOf(c, key, TYPE_STRING)
    if (ref === REFUSED) return
    // Work. Most bits are set in strings that are long enough and raw already: those are written to at once.
    const oldSize = ref === NIL ? 0 : c.db.stringOf(ref, found).size
    const size = Math.max(oldSize, Math.floor(offset / 8) + 1)
    const isReady = size === oldSize && kindOfString(c.db.kindOf(ref)) === KIND_STRING_RAW
    if (!isReady && !c.db.writableString(key, size, found)) return c.reply.error(Err.arenaFull)
    const old = bitAt(found, offset)
    setBitAt(found, offset, bit)
    // Effects and reply. A bit that was so already is no change, unless the string grew.
    if (old !== bit || size > oldSize) c.changed('$', 'setbit', key)
    c.reply.integer(old)
  },
})

export const GETBIT = defineCommand({
  name: 'getbit',
  usage: 'key offset:integer',
  summary: 'Returns one bit of a string; bits beyond its end are 0.',
  group: 'bitmap',
  since: '2.2.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['readonly', 'fast'],
  keys: READ,
  run(c) {
    const offset = parseInteger(c.argv[2])
    if (!isBitOffset(c, offset)) return c.reply.error(BIT_OFFSET_INVALID)
    const ref = readOf(c, c.argv[1], TYPE_STRING)
    if (ref === REFUSED) return
    c.reply.integer(ref === NIL ? 0 : bitAt(c.db.stringOf(ref, found), offset))
  },
})

interface RangeArguments {
  readonly start: number | bigint
  readonly end: number | bigint
  readonly unit: 1 | 8
  /** Whether there was an end; BITPOS looks beyond the string only if there was none. */
  readonly hasEnd: boolean
}

/** `start [end [BYTE | BIT]]` from argv[at] on, all of them optional; undefined, having refused what is no range. */
function rangeOrRefuse(c: Call, at: number): RangeArguments | undefined {
  const { argv, argc } = c
  const refuse = (line: Uint8Array): undefined => {
    c.reply.error(line)
    return undefined
  }
  if (argc > at + 3) return refuse(Err.syntax)
  const start = argc > at ? parseExact(argv[at]) : 0
  if (start === undefined) return refuse(Err.notInteger)
  // The unit is looked at before the end, as in Valkey.
  const isInBits = argc > at + 2 && argv[at + 2].is('bit')
  if (argc > at + 2 && !isInBits && !argv[at + 2].is('byte')) return refuse(Err.syntax)
  const end = argc > at + 1 ? parseExact(argv[at + 1]) : -1
  if (end === undefined) return refuse(Err.notInteger)
  return { start, end, unit: isInBits ? 1 : 8, hasEnd: argc > at + 1 }
}

export const BITCOUNT = defineCommand({
  name: 'bitcount',
  usage: 'key [start:integer [end:integer [BYTE | BIT]]]',
  summary: 'Counts the bits that are set in a string, or in a range of it.',
  group: 'bitmap',
  since: '2.6.0',
  complexity: 'O(N) in the size of the range',
  arity: -2,
  flags: ['readonly'],
  keys: READ,
  history: [
    ['7.0.0', 'Added the `BYTE|BIT` option.'],
    ['8.0.0', 'The end of the range may be left out.'],
  ],
  run(c) {
    const range = rangeOrRefuse(c, 2)
    if (range === undefined) return
    const ref = readOf(c, c.argv[1], TYPE_STRING)
    if (ref === REFUSED) return
    const { start, end, unit } = range
    // Two places before the first byte are both cut off to the first: then only their order tells that there is nothing.
    const isBackwards = start < 0 && end < 0 && start > end
    if (ref === NIL || isBackwards) return c.reply.integer(0)
    const value = c.db.stringOf(ref, found)
    c.reply.integer(countBits(value, bitRange(value, start, end, unit)))
  },
})

export const BITPOS = defineCommand({
  name: 'bitpos',
  usage: 'key bit:integer [start:integer [end:integer [BYTE | BIT]]]',
  summary: 'Finds the first bit of a string, or of a range of it, that is 1 or that is 0.',
  group: 'bitmap',
  since: '2.8.7',
  complexity: 'O(N) in the size of the range',
  arity: -3,
  flags: ['readonly'],
  keys: READ,
  history: [['7.0.0', 'Added the `BYTE|BIT` option.']],
  run(c) {
    // Parse.
    const bit = parseExact(c.argv[2])
    if (bit === undefined) return c.reply.error(Err.notInteger)
    if (bit !== 0 && bit !== 1) return c.reply.error(BIT_NOT_BOOLEAN)
    const range = rangeOrRefuse(c, 3)
    if (range === undefined) return
    // Look up.
    const ref = readOf(c, c.argv[1], TYPE_STRING)
    if (ref === REFUSED) return
    if (ref === NIL) return c.reply.integer(bit === 1 ? -1 : 0)
    // Work and reply. Without an end the string goes on with zeros, the first of them right behind it.
    const value = c.db.stringOf(ref, found)
    const bits = bitRange(value, range.start, range.end, range.unit)
    const at = findBit(value, bit, bits)
    const isBehindEnd = at < 0 && bit === 0 && !range.hasEnd && bits.first <= bits.last
    c.reply.integer(isBehindEnd ? value.size * 8 : at)
  },
})

const COMBINATIONS: readonly Combination[] = ['and', 'or', 'xor', 'not']

export const BITOP = defineCommand({
  name: 'bitop',
  usage: '<AND | OR | XOR | NOT> destkey:key key...',
  summary: 'Combines strings bit by bit and stores the result; shorter ones go on with zeros.',
  group: 'bitmap',
  since: '2.6.0',
  complexity: 'O(N) in the size of the strings',
  arity: -4,
  flags: ['write', 'denyoom'],
  keys: [
    { at: 2, access: 'ow', does: 'update' },
    { at: 3, last: -1, access: 'ro', does: 'access' },
  ],
  run(c) {
    // Parse.
    const how = COMBINATIONS.find((name) => c.argv[1].is(name))
    if (how === undefined) return c.reply.error(Err.syntax)
    if (how === 'not' && c.argc !== 4) return c.reply.error(NOT_OF_ONE)
    // Look up.
    const destination = c.argv[2]
    const sources: Ref[] = []
    let size = 0
    for (let i = 3; i < c.argc; i++) {
      const ref = readOf(c, c.argv[i], TYPE_STRING)
      if (ref === REFUSED) return
      sources.push(ref)
      if (ref !== NIL) size = Math.max(size, c.db.stringOf(ref, found).size)
    }
    // Work and effects. Nothing but empty strings makes no string at all.
    if (size === 0) {
      if (c.db.remove(destination)) c.changed('g', 'del', destination)
    } else if (storeCombination(c.db, destination, how, sources, size)) c.changed('$', 'set', destination)
    else return c.reply.error(Err.arenaFull)
    // Reply.
    c.reply.integer(size)
  },
})
