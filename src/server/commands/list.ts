/*
 * List commands on the length and the ends of a list: argv in, replies out. Those on
 * elements wherever they are are in list-elements.ts, those that move elements or take
 * them from one of several lists in list-move.ts, those that wait in list-blocking.ts;
 * what a list is lies in ../types/list.ts.
 */
import { parseExact } from '../base/integer-text.ts'
import type { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { dropEmpty, REFUSED, readOf, writeOf } from '../exec/lookup.ts'
import { TYPE_LIST } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  listCreate,
  listExpect,
  listHasRoom,
  listLength,
  listPop,
  listPush,
  listRemoveRange,
  listSend,
  listSendFromEnd,
  listSettle,
} from '../types/list.ts'

const NOT_POSITIVE = errorLine('ERR value is out of range, must be positive')

const INSERT = [{ at: 1, access: 'rw', does: 'insert' }] as const
const TAKE = [{ at: 1, access: 'rw', does: ['access', 'delete'] }] as const

// Adding at the ends

/** LPUSH and its kin: adds argv[2] and what follows at one end, all of it or nothing. */
function push(c: Call, atHead: boolean, onlyIfThere: boolean): void {
  const { db, argv, argc } = c
  const key = argv[1]
  // Look up, or create. Room is made sure of first.
  const known = writeOf(c, key, TYPE_LIST)
  if (known === REFUSED) return
  if (known === NIL && onlyIfThere) return c.reply.integer(0)
  let bytes = 0
  for (let i = 2; i < argc; i++) bytes += argv[i].size
  const count = argc - 2
  const list = listHasRoom(db, count, bytes) ? (known === NIL ? listCreate(db, key) : known) : NIL
  if (list === NIL) return c.reply.error(Err.arenaFull)
  // Work.
  let pushed = 0
  if (listExpect(db, list, count, bytes)) {
    while (pushed < count && listPush(db, list, argv[2 + pushed], atHead)) pushed++
  }
  if (pushed < count) {
    for (; pushed > 0; pushed--) listPop(db, list, atHead)
    if (known === NIL) db.remove(key)
    return c.reply.error(Err.arenaFull)
  }
  // Effects and reply.
  c.changed('l', atHead ? 'lpush' : 'rpush', key, count)
  c.reply.integer(listLength(db, list))
}

export const LPUSH = defineCommand({
  name: 'lpush',
  usage: 'key element...',
  summary: 'Adds elements before the first one of a list, creating the list if there is none.',
  group: 'list',
  since: '1.0.0',
  complexity: 'O(1) for each element',
  history: [['2.4.0', 'Accepts several elements.']],
  arity: -3,
  flags: ['write', 'denyoom', 'fast'],
  keys: INSERT,
  run: (c) => push(c, true, false),
})

export const RPUSH = defineCommand({
  name: 'rpush',
  usage: 'key element...',
  summary: 'Adds elements behind the last one of a list, creating the list if there is none.',
  group: 'list',
  since: '1.0.0',
  complexity: 'O(1) for each element',
  history: [['2.4.0', 'Accepts several elements.']],
  arity: -3,
  flags: ['write', 'denyoom', 'fast'],
  keys: INSERT,
  run: (c) => push(c, false, false),
})

export const LPUSHX = defineCommand({
  name: 'lpushx',
  usage: 'key element...',
  summary: 'Adds elements before the first one of a list, if there is such a list.',
  group: 'list',
  since: '2.2.0',
  complexity: 'O(1) for each element',
  history: [['4.0.0', 'Accepts several elements.']],
  arity: -3,
  flags: ['write', 'denyoom', 'fast'],
  keys: INSERT,
  run: (c) => push(c, true, true),
})

export const RPUSHX = defineCommand({
  name: 'rpushx',
  usage: 'key element...',
  summary: 'Adds elements behind the last one of a list, if there is such a list.',
  group: 'list',
  since: '2.2.0',
  complexity: 'O(1) for each element',
  history: [['4.0.0', 'Accepts several elements.']],
  arity: -3,
  flags: ['write', 'denyoom', 'fast'],
  keys: INSERT,
  run: (c) => push(c, false, true),
})

// Taking from the ends

/** The effects of taking `count` elements from one end of a list; the key goes with its last one. */
export function elementsTaken(c: Call, key: Slice, list: Ref, atHead: boolean, count: number): void {
  c.changed('l', atHead ? 'lpop' : 'rpop', key, count)
  dropOrSettle(c, key, list)
}

/** After removals: the key goes with its last element, and a list that has become small changes its encoding. */
export function dropOrSettle(c: Call, key: Slice, list: Ref): void {
  if (listLength(c.db, list) === 0) dropEmpty(c, key)
  else listSettle(c.db, list)
}

/** Answers up to `count` elements from one end as an array, and takes them. */
export function popMany(c: Call, key: Slice, list: Ref, atHead: boolean, count: number): void {
  const { db, reply } = c
  const length = listLength(db, list)
  const taken = Math.min(count, length)
  reply.array(taken)
  if (atHead) listSend(db, list, 0, taken, reply)
  else listSendFromEnd(db, list, taken, reply)
  listRemoveRange(db, list, atHead ? 0 : length - taken, taken)
  elementsTaken(c, key, list, atHead, taken)
}

/** Answers one element from an end, and takes it. */
export function popOne(c: Call, key: Slice, list: Ref, atHead: boolean): void {
  listPop(c.db, list, atHead, c.reply)
  elementsTaken(c, key, list, atHead, 1)
}

function pop(c: Call, atHead: boolean): void {
  // Parse.
  if (c.argc > 3) return c.reply.errorText(`ERR wrong number of arguments for '${c.command.name}' command`)
  const hasCount = c.argc === 3
  const count = hasCount ? positiveOf(c, c.argv[2], NOT_POSITIVE) : 1
  if (count === undefined) return
  // Look up.
  const key = c.argv[1]
  const list = writeOf(c, key, TYPE_LIST)
  if (list === REFUSED) return
  if (list === NIL) return hasCount ? c.reply.nilArray() : c.reply.nil()
  // Work, effects and reply.
  if (!hasCount) return popOne(c, key, list, atHead)
  if (count === 0) return c.reply.array(0)
  popMany(c, key, list, atHead, count)
}

/** An integer that is not negative, which may lie beyond what a number holds exactly; undefined, having refused. */
export function positiveOf(c: Call, arg: Slice, refusal: Uint8Array): number | undefined {
  const value = parseExact(arg)
  if (value !== undefined && value >= 0) return Number(value)
  c.reply.error(refusal)
  return undefined
}

export const LPOP = defineCommand({
  name: 'lpop',
  usage: 'key [count:integer]',
  summary: 'Takes the first elements of a list.',
  group: 'list',
  since: '1.0.0',
  complexity: 'O(N) in the number of elements taken',
  history: [['6.2.0', 'Added the `count` argument.']],
  arity: -2,
  flags: ['write', 'fast'],
  keys: TAKE,
  run: (c) => pop(c, true),
})

export const RPOP = defineCommand({
  name: 'rpop',
  usage: 'key [count:integer]',
  summary: 'Takes the last elements of a list, the last one first.',
  group: 'list',
  since: '1.0.0',
  complexity: 'O(N) in the number of elements taken',
  history: [['6.2.0', 'Added the `count` argument.']],
  arity: -2,
  flags: ['write', 'fast'],
  keys: TAKE,
  run: (c) => pop(c, false),
})

// Its length

export const LLEN = defineCommand({
  name: 'llen',
  usage: 'key',
  summary: 'Counts the elements of a list.',
  group: 'list',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, access: 'ro' }],
  run(c) {
    const list = readOf(c, c.argv[1], TYPE_LIST)
    if (list === REFUSED) return
    c.reply.integer(list === NIL ? 0 : listLength(c.db, list))
  },
})
