/*
 * Taking members from the ends of sorted sets, and waiting for some to take.
 */
import type { Slice } from '../base/slice.ts'
import { int64Of } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { REFUSED } from '../exec/lookup.ts'
import { TYPE_ZSET } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { type VisitMember, zsetLength } from '../types/zset.ts'
import { zsetPop } from '../types/zset-range.ts'
import { timeoutFromSeconds } from './timeout-argument.ts'
import { forWrite, membersRemoved, memberWriter } from './zset.ts'

const NOT_POSITIVE = errorLine('ERR value is out of range, must be positive')
const NO_KEYS = errorLine('ERR numkeys should be greater than 0')
const NO_COUNT = errorLine('ERR count should be greater than 0')

const DELETE = [{ at: 1, access: 'rw', does: ['access', 'delete'] }] as const

/** Takes `count` members, which are there, handing each to `visit`. */
function pop(c: Call, key: Slice, zset: Ref, isMax: boolean, count: number, visit: VisitMember): void {
  zsetPop(c.db, zset, isMax, count, visit)
  membersRemoved(c, key, zset, isMax ? 'zpopmax' : 'zpopmin', count)
}

/** ZPOPMIN and ZPOPMAX. */
function popOrEmpty(c: Call, isMax: boolean): void {
  // Parse.
  const { argv, argc, reply } = c
  if (argc > 3) return reply.error(Err.syntax)
  const wanted = argc === 3 ? Number(int64Of(argv[2]) ?? -1n) : 1
  if (wanted < 0) return reply.error(NOT_POSITIVE)
  // Look up.
  const zset = forWrite(c, argv[1])
  if (zset === REFUSED) return
  if (zset === NIL || wanted === 0) return reply.array(0)
  // Work, effects and reply. Without a count the one pair is not an array of its own in RESP3.
  if (argc === 3) {
    const count = Math.min(wanted, zsetLength(c.db, zset))
    return pop(c, argv[1], zset, isMax, count, memberWriter(c, count, true))
  }
  reply.array(2)
  pop(c, argv[1], zset, isMax, 1, (member, score) => replyPair(c, member, score))
}

function replyPair(c: Call, member: Slice, score: number): void {
  c.reply.bulk(member)
  c.reply.double(score)
}

export const ZPOPMIN = defineCommand({
  name: 'zpopmin',
  usage: 'key [count:integer]',
  summary: 'Takes the members with the lowest scores out of a sorted set.',
  group: 'sorted-set',
  since: '5.0.0',
  complexity: 'O(log(N)*M) with M the number of members taken',
  arity: -2,
  flags: ['write', 'fast'],
  keys: DELETE,
  run: (c) => popOrEmpty(c, false),
})

export const ZPOPMAX = defineCommand({
  name: 'zpopmax',
  usage: 'key [count:integer]',
  summary: 'Takes the members with the highest scores out of a sorted set.',
  group: 'sorted-set',
  since: '5.0.0',
  complexity: 'O(log(N)*M) with M the number of members taken',
  arity: -2,
  flags: ['write', 'fast'],
  keys: DELETE,
  run: (c) => popOrEmpty(c, true),
})

interface ManyRequest {
  /** The keys are argv[first] up to, not including, argv[end]. */
  readonly first: number
  readonly end: number
  readonly isMax: boolean
  readonly count: number
}

/** The first of some keys with a sorted set, as its index in argv and its record. */
interface Found {
  readonly at: number
  readonly zset: Ref
}

/** The first key from argv[first] up to argv[end] with a sorted set; undefined if there is none, REFUSED at another type. */
function firstOf(c: Call, first: number, end: number): Found | undefined | typeof REFUSED {
  for (let at = first; at < end; at++) {
    const zset = forWrite(c, c.argv[at])
    if (zset === REFUSED) return REFUSED
    if (zset !== NIL) return { at, zset }
  }
  return undefined
}

/** Waits for one of the keys, or answers nil at once where the client may not wait. */
function wait(c: Call, first: number, end: number, timeoutMs: number): void {
  const keys = c.argv.slice(first, end)
  const waits = c.block({ keys, type: TYPE_ZSET, timeoutMs, onTimeout: (reply) => reply.nilArray() })
  if (!waits) c.reply.nilArray()
}

/** Reads `numkeys key... <MIN | MAX> [COUNT count]` from argv[at] on; undefined, having refused. */
function parseMany(c: Call, at: number): ManyRequest | undefined {
  const { argv, argc } = c
  const numkeys = int64Of(argv[at])
  if (numkeys === undefined || numkeys < 1n) return refuse(c, NO_KEYS)
  if (numkeys >= argc - at - 1) return refuse(c, Err.syntax)
  const first = at + 1
  const end = first + Number(numkeys)
  const isMax = argv[end].is('max')
  if (!isMax && !argv[end].is('min')) return refuse(c, Err.syntax)
  if (argc === end + 1) return { first, end, isMax, count: 1 }
  if (argc === end + 2 || !argv[end + 1].is('count')) return refuse(c, Err.syntax)
  const count = int64Of(argv[end + 2])
  if (count === undefined || count < 1n) return refuse(c, NO_COUNT)
  if (argc > end + 3) return refuse(c, Err.syntax)
  return { first, end, isMax, count: Number(count) }
}

function refuse(c: Call, line: Uint8Array): undefined {
  c.reply.error(line)
  return undefined
}

/** ZMPOP and BZMPOP: the reply names the key; pairs are arrays of their own in both protocols. */
function popMany(c: Call, request: ManyRequest): typeof REFUSED | boolean {
  const found = firstOf(c, request.first, request.end)
  if (found === REFUSED || found === undefined) return found ?? false
  const { reply } = c
  const key = c.argv[found.at]
  const count = Math.min(request.count, zsetLength(c.db, found.zset))
  reply.array(2)
  reply.bulk(key)
  reply.array(count)
  pop(c, key, found.zset, request.isMax, count, (member, score) => {
    reply.array(2)
    replyPair(c, member, score)
  })
  if (c.isRepeated) c.repeatAs(request.isMax ? 'ZPOPMAX' : 'ZPOPMIN', [key, count])
  return true
}

export const ZMPOP = defineCommand({
  name: 'zmpop',
  usage: 'numkeys key... <MIN | MAX> [COUNT count:integer]',
  summary: 'Takes members out of the first of several sorted sets that is not empty.',
  group: 'sorted-set',
  since: '7.0.0',
  complexity: 'O(K)+O(M*log(N)) with K the number of keys and M of members taken',
  arity: -4,
  flags: ['write'],
  keys: [{ at: 1, keyNum: { at: 0, firstKey: 1, step: 1 }, access: 'rw', does: ['access', 'delete'] }],
  run(c) {
    const request = parseMany(c, 1)
    if (request !== undefined && popMany(c, request) === false) c.reply.nilArray()
  },
})

export const BZMPOP = defineCommand({
  name: 'bzmpop',
  usage: 'timeout:double numkeys key... <MIN | MAX> [COUNT count:integer]',
  summary: 'As ZMPOP, and waits for members where there are none.',
  group: 'sorted-set',
  since: '7.0.0',
  complexity: 'O(K)+O(M*log(N)) with K the number of keys and M of members taken',
  arity: -5,
  flags: ['write', 'blocking'],
  keys: [{ at: 2, keyNum: { at: 0, firstKey: 1, step: 1 }, access: 'rw', does: ['access', 'delete'] }],
  run(c) {
    const request = parseMany(c, 2)
    if (request === undefined) return
    const timeoutMs = timeoutFromSeconds(c, c.argv[1])
    if (timeoutMs === undefined) return
    if (popMany(c, request) === false) wait(c, request.first, request.end, timeoutMs)
  },
})

/** BZPOPMIN and BZPOPMAX. */
function popOrWait(c: Call, isMax: boolean): void {
  const end = c.argc - 1
  const timeoutMs = timeoutFromSeconds(c, c.argv[end])
  if (timeoutMs === undefined) return
  const found = firstOf(c, 1, end)
  if (found === REFUSED) return
  if (found === undefined) return wait(c, 1, end, timeoutMs)
  const key = c.argv[found.at]
  c.reply.array(3)
  c.reply.bulk(key)
  pop(c, key, found.zset, isMax, 1, (member, score) => replyPair(c, member, score))
  if (c.isRepeated) c.repeatAs(isMax ? 'ZPOPMAX' : 'ZPOPMIN', [key])
}

export const BZPOPMIN = defineCommand({
  name: 'bzpopmin',
  usage: 'key... timeout:double',
  summary: 'Takes the member with the lowest score out of the first of several sorted sets, and waits for one.',
  group: 'sorted-set',
  since: '5.0.0',
  complexity: 'O(log(N))',
  arity: -3,
  flags: ['write', 'blocking', 'fast'],
  keys: [{ at: 1, last: -2, access: 'rw', does: ['access', 'delete'] }],
  history: [['6.0.0', 'The timeout may have decimals.']],
  run: (c) => popOrWait(c, false),
})

export const BZPOPMAX = defineCommand({
  name: 'bzpopmax',
  usage: 'key... timeout:double',
  summary: 'Takes the member with the highest score out of the first of several sorted sets, and waits for one.',
  group: 'sorted-set',
  since: '5.0.0',
  complexity: 'O(log(N))',
  arity: -3,
  flags: ['write', 'blocking', 'fast'],
  keys: [{ at: 1, last: -2, access: 'rw', does: ['access', 'delete'] }],
  history: [['6.0.0', 'The timeout may have decimals.']],
  run: (c) => popOrWait(c, true),
})
