/*
 * Commands on the elements of a list wherever they are, by index and by value. Those on
 * its ends are in list.ts.
 */
import { parseExact } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { REFUSED, readOf, writeOf } from '../exec/lookup.ts'
import { TYPE_LIST } from '../keyspace/object.ts'
import { NIL } from '../memory/layout.ts'
import {
  LIST_EXHAUSTED,
  LIST_NO_INDEX,
  listExpect,
  listGet,
  listHasRoom,
  listLength,
  listRemoveRange,
  listSend,
  listSet,
  listSettle,
} from '../types/list.ts'
import { LIST_INSERTED, LIST_NO_PIVOT, listFind, listInsert, listRemoveEqual } from '../types/list-search.ts'
import { dropOrSettle, positiveOf } from './list.ts'

const INDEX_OUT_OF_RANGE = errorLine('ERR index out of range')

const NOT_INT64 = errorLine(
  'ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807',
)
const RANK_ZERO = errorLine(
  "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from " +
    'the end of the list',
)
const COUNT_NEGATIVE = errorLine("ERR COUNT can't be negative")
const MAXLEN_NEGATIVE = errorLine("ERR MAXLEN can't be negative")
const MIN_INT64 = -(2n ** 63n)

const READ = [{ at: 1, access: 'ro', does: 'access' }] as const
const INSERT = [{ at: 1, access: 'rw', does: 'insert' }] as const
const DELETE = [{ at: 1, access: 'rw', does: 'delete' }] as const

/** Where elements are aimed by this file's commands; each use ends before the next begins. */
const found = new Slice()

// Reading

export const LINDEX = defineCommand({
  name: 'lindex',
  usage: 'key index:integer',
  summary: 'Reads the element with an index, counted from the end when negative.',
  group: 'list',
  since: '1.0.0',
  complexity: 'O(log N) in the length of the list',
  arity: 3,
  flags: ['readonly'],
  keys: READ,
  run(c) {
    const list = readOf(c, c.argv[1], TYPE_LIST)
    if (list === REFUSED) return
    if (list === NIL) return c.reply.nil()
    const index = parseExact(c.argv[2])
    if (index === undefined) return c.reply.error(Err.notInteger)
    if (listGet(c.db, list, Number(index), found)) c.reply.bulk(found)
    else c.reply.nil()
  },
})

export const LRANGE = defineCommand({
  name: 'lrange',
  usage: 'key start:integer stop:integer',
  summary: 'Reads the elements from one index to another.',
  group: 'list',
  since: '1.0.0',
  complexity: 'O(log N + M) in the length of the list and the number of elements read',
  arity: 4,
  flags: ['readonly'],
  keys: READ,
  run(c) {
    // Parse.
    const start = parseExact(c.argv[2])
    const stop = parseExact(c.argv[3])
    if (start === undefined || stop === undefined) return c.reply.error(Err.notInteger)
    // Look up.
    const list = readOf(c, c.argv[1], TYPE_LIST)
    if (list === REFUSED) return
    if (list === NIL) return c.reply.array(0)
    // Reply.
    const { first, count } = rangeOf(listLength(c.db, list), Number(start), Number(stop))
    c.reply.array(count)
    listSend(c.db, list, first, count, c.reply)
  },
})

/** The elements that two indexes stand for, both counted from the end when negative. */
function rangeOf(length: number, start: number, stop: number): { first: number; count: number } {
  const first = Math.max(start < 0 ? start + length : start, 0)
  const last = Math.min(stop < 0 ? stop + length : stop, length - 1)
  return first > last ? { first: length, count: 0 } : { first, count: last - first + 1 }
}

export const LPOS = defineCommand({
  name: 'lpos',
  usage: 'key element [RANK rank:integer] [COUNT num-matches:integer] [MAXLEN len:integer]',
  summary: 'Finds the indexes of elements that equal a value.',
  group: 'list',
  since: '6.0.6',
  complexity: 'O(N) in the number of elements compared',
  arity: -3,
  flags: ['readonly'],
  keys: READ,
  run(c) {
    // Parse.
    const options = parseFind(c)
    if (options === undefined) return
    const { rank, count, limit } = options
    // Look up.
    const list = readOf(c, c.argv[1], TYPE_LIST)
    if (list === REFUSED) return
    if (list === NIL) return count === undefined ? c.reply.nil() : c.reply.array(0)
    // Work and reply.
    const { db, reply } = c
    const last = listLength(db, list) - 1
    const wanted = count === undefined ? 1 : count === 0 ? Number.POSITIVE_INFINITY : count
    const mark = reply.mark()
    let skipped = Math.abs(rank) - 1
    let answered = 0
    listFind(db, list, c.argv[2], rank < 0, limit, (distance) => {
      if (skipped-- > 0) return true
      reply.integer(rank < 0 ? last - distance : distance)
      return ++answered < wanted
    })
    if (count !== undefined) reply.insertArray(mark, answered)
    else if (answered === 0) reply.nil()
  },
})

interface FindOptions {
  rank: number
  /** The matches to answer, 0 for all; undefined: one, and not as an array. */
  count: number | undefined
  /** The elements to compare at most. */
  limit: number
}

/** The options of LPOS; undefined, having refused. */
function parseFind(c: Call): FindOptions | undefined {
  const options: FindOptions = { rank: 1, count: undefined, limit: Number.POSITIVE_INFINITY }
  const { argv, argc, reply } = c
  for (let i = 3; i < argc; i += 2) {
    const hasValue = i + 1 < argc
    if (hasValue && argv[i].is('rank')) {
      const rank = int64Of(c, argv[i + 1])
      if (rank === undefined) return undefined
      if (rank === 0) {
        reply.error(RANK_ZERO)
        return undefined
      }
      options.rank = rank
    } else if (hasValue && argv[i].is('count')) {
      options.count = positiveOf(c, argv[i + 1], COUNT_NEGATIVE)
      if (options.count === undefined) return undefined
    } else if (hasValue && argv[i].is('maxlen')) {
      const limit = positiveOf(c, argv[i + 1], MAXLEN_NEGATIVE)
      if (limit === undefined) return undefined
      options.limit = limit === 0 ? Number.POSITIVE_INFINITY : limit
    } else {
      reply.error(Err.syntax)
      return undefined
    }
  }
  return options
}

/** An integer whose negative fits 64 bits too; undefined, having refused. */
function int64Of(c: Call, arg: Slice): number | undefined {
  const value = parseExact(arg)
  if (value !== undefined && value !== MIN_INT64) return Number(value)
  c.reply.error(value === undefined ? Err.notInteger : NOT_INT64)
  return undefined
}

// Changing

export const LSET = defineCommand({
  name: 'lset',
  usage: 'key index:integer element',
  summary: 'Replaces the element with an index.',
  group: 'list',
  since: '1.0.0',
  complexity: 'O(log N) in the length of the list',
  arity: 4,
  flags: ['write', 'denyoom'],
  keys: [{ at: 1, access: 'rw', does: 'update' }],
  run(c) {
    const [, key, indexArg, text] = c.argv
    const { db, reply } = c
    const list = writeOf(c, key, TYPE_LIST)
    if (list === REFUSED) return
    if (list === NIL) return reply.error(Err.noSuchKey)
    const index = parseExact(indexArg)
    if (index === undefined) return reply.error(Err.notInteger)
    if (!listHasRoom(db, 1, text.size) || !listExpect(db, list, 1, text.size)) return reply.error(Err.arenaFull)
    const answer = listSet(db, list, Number(index), text)
    if (answer === LIST_NO_INDEX) return reply.error(INDEX_OUT_OF_RANGE)
    if (answer === LIST_EXHAUSTED) return reply.error(Err.arenaFull)
    listSettle(db, list)
    c.changed('l', 'lset', key)
    reply.ok()
  },
})

export const LINSERT = defineCommand({
  name: 'linsert',
  usage: 'key <BEFORE | AFTER> pivot element',
  summary: 'Adds an element before or behind the first one that equals another.',
  group: 'list',
  since: '2.2.0',
  complexity: 'O(N) in the number of elements before that one',
  arity: 5,
  flags: ['write', 'denyoom'],
  keys: INSERT,
  run(c) {
    // Parse.
    const [, key, where, pivot, text] = c.argv
    const { db, reply } = c
    const isAfter = where.is('after')
    if (!isAfter && !where.is('before')) return reply.error(Err.syntax)
    // Look up.
    const list = writeOf(c, key, TYPE_LIST)
    if (list === REFUSED) return
    if (list === NIL) return reply.integer(0)
    // Work.
    if (!listHasRoom(db, 1, text.size) || !listExpect(db, list, 1, text.size)) return reply.error(Err.arenaFull)
    const answer = listInsert(db, list, pivot, text, isAfter)
    if (answer === LIST_NO_PIVOT) return reply.integer(-1)
    if (answer !== LIST_INSERTED) return reply.error(Err.arenaFull)
    // Effects and reply.
    c.changed('l', 'linsert', key)
    reply.integer(listLength(db, list))
  },
})

export const LTRIM = defineCommand({
  name: 'ltrim',
  usage: 'key start:integer stop:integer',
  summary: 'Removes all elements but those from one index to another.',
  group: 'list',
  since: '1.0.0',
  complexity: 'O(N) in the number of elements removed',
  arity: 4,
  flags: ['write'],
  keys: DELETE,
  run(c) {
    // Parse.
    const key = c.argv[1]
    const start = parseExact(c.argv[2])
    const stop = parseExact(c.argv[3])
    if (start === undefined || stop === undefined) return c.reply.error(Err.notInteger)
    // Look up.
    const list = writeOf(c, key, TYPE_LIST)
    if (list === REFUSED) return
    if (list === NIL) return c.reply.ok()
    // Work.
    const length = listLength(c.db, list)
    const { first, count } = rangeOf(length, Number(start), Number(stop))
    listRemoveRange(c.db, list, 0, first)
    listRemoveRange(c.db, list, count, length - first - count)
    // Effects and reply.
    c.changed('l', 'ltrim', key, length - count)
    dropOrSettle(c, key, list)
    c.reply.ok()
  },
})

export const LREM = defineCommand({
  name: 'lrem',
  usage: 'key count:integer element',
  summary: 'Removes elements that equal a value: the first ones, with a negative count the last ones, with 0 all.',
  group: 'list',
  since: '1.0.0',
  complexity: 'O(N) in the length of the list',
  arity: 4,
  flags: ['write'],
  keys: DELETE,
  run(c) {
    // Parse.
    const [, key, , text] = c.argv
    const count = int64Of(c, c.argv[2])
    if (count === undefined) return
    // Look up.
    const list = writeOf(c, key, TYPE_LIST)
    if (list === REFUSED) return
    if (list === NIL) return c.reply.integer(0)
    // Work.
    const limit = count === 0 ? Number.POSITIVE_INFINITY : Math.abs(count)
    const removed = listRemoveEqual(c.db, list, text, count < 0, limit)
    // Effects and reply.
    if (removed > 0) {
      c.changed('l', 'lrem', key, removed)
      dropOrSettle(c, key, list)
    }
    c.reply.integer(removed)
  },
})
