/*
 * String commands about a part of a value: APPEND, GETRANGE, SETRANGE, STRLEN,
 * and LCS, which looks for what two values have in common.
 */
import { parseExact } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { NEVER } from '../keyspace/database.ts'
import { TYPE_STRING } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { type CommonRange, lcsLength, lcsRanges, lcsTableBytes } from '../types/lcs.ts'
import { aimAtRange, stringKind } from '../types/string.ts'

const OFFSET_OUT_OF_RANGE = errorLine('ERR offset is out of range')
const LCS_NO_STRINGS = errorLine('ERR The specified keys must contain string values')
const LCS_EITHER = errorLine('ERR If you want both the length and indexes, please just use IDX.')
const LCS_TOO_BIG = errorLine('ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len')

/** Where values are aimed by this file's commands; each use ends before the next begins. */
const found = new Slice()
const other = new Slice()
const EMPTY = new Slice()

/** The key must hold a string or nothing; false, having refused, if it holds another type. */
function isStringOrRefuse(c: Call, ref: Ref): boolean {
  if (ref === NIL || c.db.typeOf(ref) === TYPE_STRING) return true
  c.reply.error(Err.wrongType)
  return false
}

/** No value may grow beyond what a client could send as one; false, having refused, if this one would. */
function isSizeAllowed(c: Call, size: number): boolean {
  if (size <= c.server.config.limits.protoMaxBulkLen) return true
  c.reply.error(Err.stringTooLong)
  return false
}

export const STRLEN = defineCommand({
  name: 'strlen',
  usage: 'key',
  summary: 'Returns the length of a string value in bytes.',
  group: 'string',
  since: '2.2.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, access: 'ro' }],
  run(c) {
    const ref = c.db.lookupRead(c.argv[1])
    if (!isStringOrRefuse(c, ref)) return
    c.reply.integer(ref === NIL ? 0 : c.db.stringOf(ref, found).size)
  },
})

export const APPEND = defineCommand({
  name: 'append',
  usage: 'key value',
  summary: 'Appends bytes to a string value, creating it if there is none.',
  group: 'string',
  since: '2.0.0',
  complexity: 'O(1) amortised, for each byte appended',
  arity: 3,
  flags: ['write', 'denyoom', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'insert' }],
  run(c) {
    const key = c.argv[1]
    const value = c.argv[2]
    // Look up.
    const ref = c.db.lookupWrite(key)
    if (!isStringOrRefuse(c, ref)) return
    // Work. A value that begins here is like one that was SET.
    const oldSize = ref === NIL ? 0 : c.db.stringOf(ref, found).size
    const size = oldSize + value.size
    if (ref !== NIL && !isSizeAllowed(c, size)) return
    const isStored =
      ref === NIL
        ? c.db.setString(key, value, stringKind(value), NEVER)
        : c.db.writableString(key, size, found) && copyInto(found, oldSize, value)
    if (!isStored) return c.reply.error(Err.arenaFull)
    // Effects and reply.
    c.changed('$', 'append', key)
    c.reply.integer(size)
  },
})

/** Copies all of `value` to offset `at` of `target`. Always true, so that it can end a chain of steps. */
function copyInto(target: Slice, at: number, value: Slice): true {
  target.buf.set(value.view(), target.at + at)
  return true
}

export const SETRANGE = defineCommand({
  name: 'setrange',
  usage: 'key offset:integer value',
  summary: 'Overwrites a string value from an offset on, with zero bytes where it had none.',
  group: 'string',
  since: '2.2.0',
  complexity: 'O(M) in the size of the bytes written',
  arity: 4,
  flags: ['write', 'denyoom'],
  keys: [{ at: 1, access: 'rw', does: 'update' }],
  run(c) {
    // Parse.
    const [, key, , value] = c.argv
    const parsed = parseExact(c.argv[2])
    if (parsed === undefined) return c.reply.error(Err.notInteger)
    if (parsed < 0) return c.reply.error(OFFSET_OUT_OF_RANGE)
    const offset = Number(parsed)
    // Look up.
    const ref = c.db.lookupWrite(key)
    if (!isStringOrRefuse(c, ref)) return
    const oldSize = ref === NIL ? 0 : c.db.stringOf(ref, found).size
    if (value.size === 0) return c.reply.integer(oldSize)
    if (!isSizeAllowed(c, offset + value.size)) return
    // Work.
    const size = Math.max(oldSize, offset + value.size)
    if (!c.db.writableString(key, size, found)) return c.reply.error(Err.arenaFull)
    copyInto(found, offset, value)
    // Effects and reply.
    c.changed('$', 'setrange', key)
    c.reply.integer(size)
  },
})

function getRange(c: Call): void {
  const start = parseExact(c.argv[2])
  const end = parseExact(c.argv[3])
  if (start === undefined || end === undefined) return c.reply.error(Err.notInteger)
  const ref = c.db.lookupRead(c.argv[1])
  if (!isStringOrRefuse(c, ref)) return
  const value = ref === NIL ? EMPTY : c.db.stringOf(ref, found)
  c.reply.bulk(aimAtRange(other, value, start, end))
}

export const GETRANGE = defineCommand({
  name: 'getrange',
  usage: 'key start:integer end:integer',
  summary: 'Returns a part of a string value.',
  group: 'string',
  since: '2.4.0',
  complexity: 'O(N) in the size of the part',
  arity: 4,
  flags: ['readonly'],
  keys: [{ at: 1, access: 'ro', does: 'access' }],
  run: getRange,
})

export const SUBSTR = defineCommand({
  name: 'substr',
  usage: 'key start:integer end:integer',
  summary: 'Returns a part of a string value; the old name of GETRANGE.',
  group: 'string',
  since: '1.0.0',
  complexity: 'O(N) in the size of the part',
  arity: 4,
  flags: ['readonly'],
  keys: [{ at: 1, access: 'ro', does: 'access' }],
  run: getRange,
})

interface LcsOptions {
  wantsLength: boolean
  wantsRanges: boolean
  wantsSizes: boolean
  sizeMin: number
}

export const LCS = defineCommand({
  name: 'lcs',
  usage: 'key1 key2 [LEN] [IDX] [MINMATCHLEN min-match-len:integer] [WITHMATCHLEN]',
  summary: 'Finds the longest common subsequence of two string values.',
  group: 'string',
  since: '7.0.0',
  complexity: 'O(N*M) in the sizes of the two values',
  arity: -3,
  flags: ['readonly'],
  keys: [{ at: 1, last: 1, access: 'ro', does: 'access' }],
  run(c) {
    // Look up: Redis names what is wrong with the keys before what is wrong with the options.
    const refA = c.db.lookupRead(c.argv[1])
    const refB = c.db.lookupRead(c.argv[2])
    for (const ref of [refA, refB]) {
      if (ref !== NIL && c.db.typeOf(ref) !== TYPE_STRING) return c.reply.error(LCS_NO_STRINGS)
    }
    const a = refA === NIL ? EMPTY : c.db.stringOf(refA, found)
    const b = refB === NIL ? EMPTY : c.db.stringOf(refB, other)
    // Parse.
    const options = lcsOptionsOrRefuse(c)
    if (options === undefined) return
    if (lcsTableBytes(a, b) > c.server.config.limits.protoMaxBulkLen) return c.reply.error(LCS_TOO_BIG)
    // Work and reply.
    if (options.wantsLength) return c.reply.integer(lcsLength(a, b))
    const ranges = lcsRanges(a, b)
    let length = 0
    for (const range of ranges) length += range.size
    if (options.wantsRanges) replyRanges(c, ranges, length, options)
    else replyCommon(c, a, ranges, length)
  },
})

function lcsOptionsOrRefuse(c: Call): LcsOptions | undefined {
  const { argv, argc, reply } = c
  const options: LcsOptions = { wantsLength: false, wantsRanges: false, wantsSizes: false, sizeMin: 0 }
  for (let i = 3; i < argc; i++) {
    if (argv[i].is('idx')) options.wantsRanges = true
    else if (argv[i].is('len')) options.wantsLength = true
    else if (argv[i].is('withmatchlen')) options.wantsSizes = true
    else if (argv[i].is('minmatchlen') && i + 1 < argc) {
      const size = parseExact(argv[++i])
      if (size === undefined) {
        reply.error(Err.notInteger)
        return undefined
      }
      options.sizeMin = Number(size)
    } else {
      reply.error(Err.syntax)
      return undefined
    }
  }
  if (!options.wantsRanges || !options.wantsLength) return options
  reply.error(LCS_EITHER)
  return undefined
}

/** The subsequence itself; `ranges` come last first. */
function replyCommon(c: Call, a: Slice, ranges: readonly CommonRange[], length: number): void {
  const common = new Uint8Array(length)
  let at = length
  for (const range of ranges) {
    at -= range.size
    const from = a.at + range.a
    common.set(a.buf.subarray(from, from + range.size), at)
  }
  c.reply.bulkBytes(common)
}

function replyRanges(c: Call, ranges: readonly CommonRange[], length: number, options: LcsOptions): void {
  const { reply } = c
  const shown = ranges.filter((range) => range.size >= options.sizeMin)
  reply.map(2)
  reply.bulkText('matches')
  reply.array(shown.length)
  for (const { a, b, size } of shown) {
    reply.array(options.wantsSizes ? 3 : 2)
    reply.array(2)
    reply.integer(a)
    reply.integer(a + size - 1)
    reply.array(2)
    reply.integer(b)
    reply.integer(b + size - 1)
    if (options.wantsSizes) reply.integer(size)
  }
  reply.bulkText('len')
  reply.integer(length)
}
