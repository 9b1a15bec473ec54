/*
 * Sorted-set commands about members that are named, or drawn at random. Ranges are
 * in zset-range.ts, taking from the ends in zset-pop.ts, several sorted sets at once
 * in zset-combine.ts; what a sorted set is, in ../types/zset.ts.
 */
import type { Slice } from '../base/slice.ts'
import { doubleOf, int64Of } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { dropEmpty, REFUSED, readOf, writeOf } from '../exec/lookup.ts'
import { TYPE_ZSET } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  type VisitMember,
  zsetAdd,
  zsetCreate,
  zsetHasRoom,
  zsetLength,
  zsetRandom,
  zsetRandomSample,
  zsetRank,
  zsetRemove,
  zsetReserve,
  zsetScan,
  zsetScore,
} from '../types/zset.ts'
import {
  ADD_GT,
  ADD_INCR,
  ADD_LT,
  ADD_NX,
  ADD_XX,
  type ScoreBox,
  ZSET_ADDED,
  ZSET_EXHAUSTED,
  ZSET_NAN,
  ZSET_SKIPPED,
  ZSET_UPDATED,
} from '../types/zset-add.ts'
import { scanCollection } from './scan-collection.ts'
import { scanFilter } from './scan-options.ts'

const BOTH_EXISTENCES = errorLine('ERR XX and NX options at the same time are not compatible')
const BOTH_ORDERS = errorLine('ERR GT, LT, and/or NX options at the same time are not compatible')
const INCR_ONE_PAIR = errorLine('ERR INCR option supports a single increment-element pair')
const NAN_SCORE = errorLine('ERR resulting score is not a number (NaN)')
const RANDOM_RANGE = errorLine(
  'ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807',
)
const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n
/** ZRANDMEMBER with a negative count repeats members; a reply of more elements than this is refused instead of built. */
const MAX_REPEATED = 2 ** 27

const READ = [{ at: 1, access: 'ro', does: 'access' }] as const
const UPDATE = [{ at: 1, access: 'rw', does: 'update' }] as const

/** The sorted set at `key` for reading: its record, NIL if there is none, or REFUSED. */
export const forRead = (c: Call, key: Slice): Ref | typeof REFUSED => readOf(c, key, TYPE_ZSET)

/** As `forRead`, without counting a hit or a miss. */
export const forWrite = (c: Call, key: Slice): Ref | typeof REFUSED => writeOf(c, key, TYPE_ZSET)

/** The effects of removing `removed` members; the key goes with its last member. */
export function membersRemoved(c: Call, key: Slice, zset: Ref, event: string, removed: number): void {
  if (removed === 0) return
  c.changed('z', event, key, removed)
  if (zsetLength(c.db, zset) === 0) dropEmpty(c, key)
}

const ADD_WORDS: readonly (readonly [word: string, bit: number])[] = [
  ['nx', ADD_NX],
  ['xx', ADD_XX],
  ['gt', ADD_GT],
  ['lt', ADD_LT],
  ['incr', ADD_INCR],
]
/** Not of zsetAdd: what ZADD counts. */
export const COUNT_CHANGED = 32

function addOption(word: Slice): number {
  for (const [name, bit] of ADD_WORDS) if (word.is(name)) return bit
  return word.is('ch') ? COUNT_CHANGED : 0
}

/** The scores of the running ZADD, parsed before anything is written. */
let scores = new Float64Array(16)
const box: ScoreBox = { score: 0 }

/** Reads the scores at argv[at], argv[at + 2] ...; false when one of them is none. */
function parseScores(c: Call, at: number, pairs: number): boolean {
  if (scores.length < pairs) scores = new Float64Array(pairs * 2)
  for (let i = 0; i < pairs; i++) {
    const score = doubleOf(c.argv[at + 2 * i])
    if (score === undefined) return false
    scores[i] = score
  }
  return true
}

/** ZADD and ZINCRBY: gives the pairs from argv[at] on to the sorted set at argv[1]. */
function add(c: Call, at: number, options: number): void {
  if (!parseScores(c, at, (c.argc - at) >>> 1)) return c.reply.error(Err.notFloat)
  addMembers(c, at + 1, 2, scores, options)
}

/**
 * Adds the members at argv[first], argv[first + step] ... with their scores to the sorted set at argv[1],
 * and answers as ZADD does. `options` are ADD_ bits and COUNT_CHANGED.
 */
export function addMembers(c: Call, first: number, step: number, scores: Float64Array, options: number): void {
  const members = Math.ceil((c.argc - first) / step)
  // Look up, or create. Room is made sure of first: all members are added, or none.
  const key = c.argv[1]
  let zset = forWrite(c, key)
  if (zset === REFUSED) return
  if (zset === NIL && options & ADD_XX) return options & ADD_INCR ? c.reply.nil() : c.reply.integer(0)
  let bytes = 0
  for (let i = first; i < c.argc; i += step) bytes += c.argv[i].size
  if (!zsetHasRoom(c.db, zset, members, bytes)) return c.reply.error(Err.arenaFull)
  // As in Redis 7.2, the first member alone says whether any is too long for a small one to begin with.
  if (zset === NIL) zset = zsetCreate(c.db, key, members, c.argv[first].size)
  if (zset === NIL || !zsetReserve(c.db, zset, members)) return c.reply.error(Err.arenaFull)
  // Work. Of a sum that is no number there can be only one, as INCR takes one pair: nothing is to be undone.
  let added = 0
  let updated = 0
  let answer = 0
  for (let i = 0; i < members; i++) {
    answer = zsetAdd(c.db, zset, scores[i], c.argv[first + i * step], options, box)
    if (answer === ZSET_ADDED) added++
    else if (answer === ZSET_UPDATED) updated++
    else if (answer === ZSET_NAN) return c.reply.error(NAN_SCORE)
    else if (answer === ZSET_EXHAUSTED) break
  }
  // Effects.
  if (added + updated > 0) c.changed('z', options & ADD_INCR ? 'zincr' : 'zadd', key, added + updated)
  // Reply.
  if (answer === ZSET_EXHAUSTED) return c.reply.error(Err.arenaFull)
  if (!(options & ADD_INCR)) return c.reply.integer(options & COUNT_CHANGED ? added + updated : added)
  if (answer === ZSET_SKIPPED) c.reply.nil()
  else c.reply.double(box.score)
}

export const ZADD = defineCommand({
  name: 'zadd',
  usage: 'key [NX | XX] [GT | LT] [CH] [INCR] <score:double member>...',
  summary: 'Adds members to a sorted set, or gives those that are there another score.',
  group: 'sorted-set',
  since: '1.2.0',
  complexity: 'O(log(N)) for each member',
  arity: -4,
  flags: ['write', 'denyoom', 'fast'],
  keys: UPDATE,
  history: [
    ['2.4.0', 'Accepts several members.'],
    ['3.0.2', 'The options XX, NX, CH and INCR.'],
    ['6.2.0', 'The options GT and LT.'],
  ],
  run(c) {
    let options = 0
    let at = 2
    for (let bit = addOption(c.argv[at]); bit !== 0; bit = at < c.argc ? addOption(c.argv[at]) : 0) {
      options |= bit
      at++
    }
    const rest = c.argc - at
    if (rest === 0 || rest % 2 !== 0) return c.reply.error(Err.syntax)
    if (options & ADD_NX && options & ADD_XX) return c.reply.error(BOTH_EXISTENCES)
    const orders = options & (ADD_GT | ADD_LT)
    if (orders === (ADD_GT | ADD_LT) || (orders !== 0 && options & ADD_NX)) return c.reply.error(BOTH_ORDERS)
    if (options & ADD_INCR && rest > 2) return c.reply.error(INCR_ONE_PAIR)
    add(c, at, options)
  },
})

export const ZINCRBY = defineCommand({
  name: 'zincrby',
  usage: 'key increment:double member',
  summary: 'Adds to the score of a member, which counts as 0 when it is not there.',
  group: 'sorted-set',
  since: '1.2.0',
  complexity: 'O(log(N))',
  arity: 4,
  flags: ['write', 'denyoom', 'fast'],
  keys: [{ at: 1, access: 'rw', does: ['access', 'update'] }],
  run(c) {
    // Real servers take an option of ZADD here too, and then miss the member.
    if (addOption(c.argv[2]) !== 0) return c.reply.error(Err.syntax)
    add(c, 2, ADD_INCR)
  },
})

export const ZREM = defineCommand({
  name: 'zrem',
  usage: 'key member...',
  summary: 'Removes members of a sorted set, and the sorted set with its last one.',
  group: 'sorted-set',
  since: '1.2.0',
  complexity: 'O(M*log(N)) with M the number of members to remove',
  arity: -3,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'delete' }],
  history: [['2.4.0', 'Accepts several members.']],
  run(c) {
    const key = c.argv[1]
    const zset = forWrite(c, key)
    if (zset === REFUSED) return
    let removed = 0
    if (zset !== NIL) for (let i = 2; i < c.argc; i++) if (zsetRemove(c.db, zset, c.argv[i])) removed++
    membersRemoved(c, key, zset, 'zrem', removed)
    c.reply.integer(removed)
  },
})

export const ZCARD = defineCommand({
  name: 'zcard',
  usage: 'key',
  summary: 'Counts the members of a sorted set.',
  group: 'sorted-set',
  since: '1.2.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, access: 'ro' }],
  run(c) {
    const zset = forRead(c, c.argv[1])
    if (zset === REFUSED) return
    c.reply.integer(zset === NIL ? 0 : zsetLength(c.db, zset))
  },
})

export const ZSCORE = defineCommand({
  name: 'zscore',
  usage: 'key member',
  summary: 'Reads the score of a member.',
  group: 'sorted-set',
  since: '1.2.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['readonly', 'fast'],
  keys: READ,
  run(c) {
    const zset = forRead(c, c.argv[1])
    if (zset === REFUSED) return
    replyScore(c, zset, c.argv[2])
  },
})

function replyScore(c: Call, zset: Ref, member: Slice): void {
  const score = zset === NIL ? Number.NaN : zsetScore(c.db, zset, member)
  if (Number.isNaN(score)) c.reply.nil()
  else c.reply.double(score)
}

export const ZMSCORE = defineCommand({
  name: 'zmscore',
  usage: 'key member...',
  summary: 'Reads the scores of several members.',
  group: 'sorted-set',
  since: '6.2.0',
  complexity: 'O(N) in the number of members asked for',
  arity: -3,
  flags: ['readonly', 'fast'],
  keys: READ,
  run(c) {
    const zset = forRead(c, c.argv[1])
    if (zset === REFUSED) return
    c.reply.array(c.argc - 2)
    for (let i = 2; i < c.argc; i++) replyScore(c, zset, c.argv[i])
  },
})

/** ZRANK and ZREVRANK. */
function replyRank(c: Call, isReverse: boolean): void {
  // Parse.
  const { argv, argc, reply } = c
  if (argc > 4) return reply.errorText(`ERR wrong number of arguments for '${c.command.name}' command`)
  if (argc === 4 && !argv[3].is('withscore')) return reply.error(Err.syntax)
  // Look up.
  const zset = forRead(c, argv[1])
  if (zset === REFUSED) return
  const rank = zset === NIL ? -1 : zsetRank(c.db, zset, argv[2])
  // Reply.
  if (rank < 0) return argc === 4 ? reply.nilArray() : reply.nil()
  if (argc === 4) reply.array(2)
  reply.integer(isReverse ? zsetLength(c.db, zset) - 1 - rank : rank)
  if (argc === 4) reply.double(zsetScore(c.db, zset, argv[2]))
}

export const ZRANK = defineCommand({
  name: 'zrank',
  usage: 'key member [WITHSCORE]',
  summary: 'Tells how many members have a lower place than this one.',
  group: 'sorted-set',
  since: '2.0.0',
  complexity: 'O(log(N))',
  arity: -3,
  flags: ['readonly', 'fast'],
  keys: READ,
  history: [['7.2.0', 'The option WITHSCORE.']],
  run: (c) => replyRank(c, false),
})

export const ZREVRANK = defineCommand({
  name: 'zrevrank',
  usage: 'key member [WITHSCORE]',
  summary: 'Tells how many members have a higher place than this one.',
  group: 'sorted-set',
  since: '2.0.0',
  complexity: 'O(log(N))',
  arity: -3,
  flags: ['readonly', 'fast'],
  keys: READ,
  history: [['7.2.0', 'The option WITHSCORE.']],
  run: (c) => replyRank(c, true),
})

export const ZRANDMEMBER = defineCommand({
  name: 'zrandmember',
  usage: 'key [count:integer [WITHSCORES]]',
  summary: 'Picks members of a sorted set at random; a negative count may pick one several times.',
  group: 'sorted-set',
  since: '6.2.0',
  complexity: 'O(N) in the number of members picked',
  arity: -2,
  flags: ['readonly'],
  keys: READ,
  tips: ['nondeterministic_output'],
  run(c) {
    if (c.argc === 2) return replyRandomMember(c)
    // Parse.
    const count = int64Of(c.argv[2])
    if (count === undefined) return c.reply.error(Err.notInteger)
    if (count === MIN_INT64) return c.reply.error(RANDOM_RANGE)
    if (c.argc > 4 || (c.argc === 4 && !c.argv[3].is('withscores'))) return c.reply.error(Err.syntax)
    const withScores = c.argc === 4
    if (withScores && (count > MAX_INT64 / 2n || count < MIN_INT64 / 2n)) return c.reply.error(Err.outOfRange)
    // Look up.
    const zset = forRead(c, c.argv[1])
    if (zset === REFUSED) return
    if (zset === NIL || count === 0n) return c.reply.array(0)
    if (count < -MAX_REPEATED) return c.reply.error(Err.outOfRange)
    // Reply.
    const length = zsetLength(c.db, zset)
    const picked = count < 0n ? Number(-count) : Math.min(Number(count), length)
    const emit = memberWriter(c, picked, withScores)
    if (count < 0n) for (let i = picked; i > 0; i--) zsetRandom(c.db, zset, emit)
    else zsetRandomSample(c.db, zset, picked, emit)
  },
})

function replyRandomMember(c: Call): void {
  const zset = forRead(c, c.argv[1])
  if (zset === REFUSED) return
  if (zset === NIL) c.reply.nil()
  else zsetRandom(c.db, zset, (member) => c.reply.bulk(member))
}

/** Begins a reply of `count` members; the answer writes one, with its score if they are wanted: in RESP3 as a pair. */
export function memberWriter(c: Call, count: number, withScores: boolean): VisitMember {
  const { reply } = c
  const isPaired = withScores && reply.protocol === 3
  reply.array(withScores && !isPaired ? count * 2 : count)
  return (member, score) => {
    if (isPaired) reply.array(2)
    reply.bulk(member)
    if (withScores) reply.double(score)
  }
}

export const ZSCAN = defineCommand({
  name: 'zscan',
  usage: 'key cursor:integer [MATCH pattern] [COUNT count:integer] [NOSCORES]',
  summary: 'Walks the members of a sorted set a few at a time.',
  group: 'sorted-set',
  since: '2.8.0',
  complexity: 'O(1) for every call, O(N) for a whole walk',
  arity: -3,
  flags: ['readonly'],
  keys: READ,
  tips: ['nondeterministic_output'],
  run(c) {
    // Scores are strings here in RESP3 too.
    scanCollection(c, TYPE_ZSET, { noscores: true }, (zset, from, options, sink) =>
      zsetScan(c.db, zset, from, options.count, (member, score) => {
        if (!scanFilter(options, member)) return
        sink.bulk(member)
        if (!options.noScores) sink.bulkText(score)
      }),
    )
  },
})
