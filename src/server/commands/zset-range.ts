/*
 * Sorted-set commands about ranges: reading, storing, counting and removing what
 * lies between two ranks, scores or members.
 */
import { int64Of } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { REFUSED } from '../exec/lookup.ts'
import { NIL } from '../memory/layout.ts'
import {
  type RankRun,
  type ZsetRange,
  zsetForRun,
  zsetLimitRun,
  zsetRangeRun,
  zsetRemoveRun,
} from '../types/zset-range.ts'
import { forRead, forWrite, membersRemoved, memberWriter } from './zset.ts'
import { parseMemberRange, parseRankRange, parseScoreRange } from './zset-bounds.ts'

const LIMIT_BY_RANK = errorLine('ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX')
const SCORES_BY_LEX = errorLine('ERR syntax error, WITHSCORES not supported in combination with BYLEX')

const READ = [{ at: 1, access: 'ro', does: 'access' }] as const

interface RangeRequest {
  by: ZsetRange['by'] | undefined
  isReverse: boolean | undefined
  withScores: boolean
  offset: number
  count: number
}

interface Found {
  readonly range: ZsetRange
  readonly request: RangeRequest
}

/**
 * Reads the range whose ends are argv[at] and argv[at + 1] with the options behind it. What `fixed` says
 * of order and direction, the options cannot. Undefined, having refused.
 */
export function parseRange(c: Call, at: number, isStore: boolean, fixed: Partial<RangeRequest>): Found | undefined {
  const request: RangeRequest = {
    by: undefined,
    isReverse: undefined,
    withScores: false,
    offset: 0,
    count: -1,
    ...fixed,
  }
  for (let i = at + 2; i < c.argc; ) {
    const taken = takeOption(c, request, i, isStore)
    if (taken === 0) return undefined
    i += taken
  }
  const by = request.by ?? 'rank'
  request.isReverse ??= false
  if (request.count !== -1 && by === 'rank') c.reply.error(LIMIT_BY_RANK)
  else if (request.withScores && by === 'member') c.reply.error(SCORES_BY_LEX)
  else {
    // By score or member, a reversed range is given from its high end.
    const isSwapped = request.isReverse && by !== 'rank'
    const low = isSwapped ? at + 1 : at
    const high = isSwapped ? at : at + 1
    const parse = by === 'rank' ? parseRankRange : by === 'score' ? parseScoreRange : parseMemberRange
    const range = parse(c, low, high)
    if (range !== undefined) return { range, request }
  }
  return undefined
}

/** Notes the option at argv[i]; how many arguments it took, 0 having refused. */
function takeOption(c: Call, request: RangeRequest, i: number, isStore: boolean): number {
  const word = c.argv[i]
  if (!isStore && word.is('withscores')) request.withScores = true
  else if (word.is('limit') && i + 2 < c.argc) {
    const offset = int64Of(c.argv[i + 1])
    const count = int64Of(c.argv[i + 2])
    if (offset === undefined || count === undefined) {
      c.reply.error(Err.notInteger)
      return 0
    }
    request.offset = Number(offset)
    request.count = Number(count)
    return 3
  } else if (request.isReverse === undefined && word.is('rev')) request.isReverse = true
  else if (request.by === undefined && word.is('bylex')) request.by = 'member'
  else if (request.by === undefined && word.is('byscore')) request.by = 'score'
  else {
    c.reply.error(Err.syntax)
    return 0
  }
  return 1
}

/** ZRANGE and those that it has taken the place of. */
function replyRange(c: Call, fixed: Partial<RangeRequest>): void {
  // Parse.
  const found = parseRange(c, 2, false, fixed)
  if (found === undefined) return
  const { range, request } = found
  // Look up.
  const zset = forRead(c, c.argv[1])
  if (zset === REFUSED) return
  if (zset === NIL) return c.reply.array(0)
  // Reply.
  const isReverse = request.isReverse === true
  let run = zsetRangeRun(c.db, zset, range, isReverse)
  if (range.by !== 'rank') run = zsetLimitRun(c.db, zset, run, request.offset, request.count, isReverse)
  const write = memberWriter(c, run.to - run.from, request.withScores)
  if (request.withScores) zsetForRun(c.db, zset, run, isReverse, (walk) => write(walk.member, walk.score))
  else zsetForRun(c.db, zset, run, isReverse, (walk) => write(walk.member, 0))
}

export const ZRANGE = defineCommand({
  name: 'zrange',
  usage: 'key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset:integer count:integer] [WITHSCORES]',
  summary: 'Reads the members between two ranks, scores or members.',
  group: 'sorted-set',
  since: '1.2.0',
  complexity: 'O(log(N)+M) with M the number of members read',
  arity: -4,
  flags: ['readonly'],
  keys: READ,
  history: [['6.2.0', 'The options REV, BYSCORE, BYLEX and LIMIT.']],
  run: (c) => replyRange(c, {}),
})

export const ZREVRANGE = defineCommand({
  name: 'zrevrange',
  usage: 'key start:integer stop:integer [WITHSCORES]',
  summary: 'Reads the members between two ranks, the last one first; ZRANGE with REV has taken its place.',
  group: 'sorted-set',
  since: '1.2.0',
  complexity: 'O(log(N)+M) with M the number of members read',
  arity: -4,
  flags: ['readonly'],
  keys: READ,
  run: (c) => replyRange(c, { by: 'rank', isReverse: true }),
})

export const ZRANGEBYSCORE = defineCommand({
  name: 'zrangebyscore',
  usage: 'key min max [WITHSCORES] [LIMIT offset:integer count:integer]',
  summary: 'Reads the members between two scores; ZRANGE with BYSCORE has taken its place.',
  group: 'sorted-set',
  since: '1.0.5',
  complexity: 'O(log(N)+M) with M the number of members read',
  arity: -4,
  flags: ['readonly'],
  keys: READ,
  history: [['2.0.0', 'The option WITHSCORES.']],
  run: (c) => replyRange(c, { by: 'score', isReverse: false }),
})

export const ZREVRANGEBYSCORE = defineCommand({
  name: 'zrevrangebyscore',
  usage: 'key max min [WITHSCORES] [LIMIT offset:integer count:integer]',
  summary: 'Reads the members between two scores, the highest first; ZRANGE with BYSCORE and REV has taken its place.',
  group: 'sorted-set',
  since: '2.2.0',
  complexity: 'O(log(N)+M) with M the number of members read',
  arity: -4,
  flags: ['readonly'],
  keys: READ,
  history: [['2.1.6', 'An end may be open.']],
  run: (c) => replyRange(c, { by: 'score', isReverse: true }),
})

export const ZRANGEBYLEX = defineCommand({
  name: 'zrangebylex',
  usage: 'key min max [LIMIT offset:integer count:integer]',
  summary: 'Reads the members between two texts where all scores are equal; ZRANGE with BYLEX has taken its place.',
  group: 'sorted-set',
  since: '2.8.9',
  complexity: 'O(log(N)+M) with M the number of members read',
  arity: -4,
  flags: ['readonly'],
  keys: READ,
  run: (c) => replyRange(c, { by: 'member', isReverse: false }),
})

export const ZREVRANGEBYLEX = defineCommand({
  name: 'zrevrangebylex',
  usage: 'key max min [LIMIT offset:integer count:integer]',
  summary: 'Reads the members between two texts, the last one first; ZRANGE with BYLEX and REV has taken its place.',
  group: 'sorted-set',
  since: '2.8.9',
  complexity: 'O(log(N)+M) with M the number of members read',
  arity: -4,
  flags: ['readonly'],
  keys: READ,
  run: (c) => replyRange(c, { by: 'member', isReverse: true }),
})

/** The run that a range is of the sorted set at argv[1]; empty where there is none; undefined, having refused. */
function countRange(c: Call, range: ZsetRange | undefined): RankRun | undefined {
  if (range === undefined) return undefined
  const zset = forRead(c, c.argv[1])
  if (zset === REFUSED) return undefined
  return zset === NIL ? { from: 0, to: 0 } : zsetRangeRun(c.db, zset, range)
}

export const ZCOUNT = defineCommand({
  name: 'zcount',
  usage: 'key min max',
  summary: 'Counts the members between two scores.',
  group: 'sorted-set',
  since: '2.0.0',
  complexity: 'O(log(N))',
  arity: 4,
  flags: ['readonly', 'fast'],
  keys: READ,
  run(c) {
    const run = countRange(c, parseScoreRange(c, 2, 3))
    if (run !== undefined) c.reply.integer(run.to - run.from)
  },
})

export const ZLEXCOUNT = defineCommand({
  name: 'zlexcount',
  usage: 'key min max',
  summary: 'Counts the members between two texts where all scores are equal.',
  group: 'sorted-set',
  since: '2.8.9',
  complexity: 'O(log(N))',
  arity: 4,
  flags: ['readonly', 'fast'],
  keys: READ,
  run(c) {
    const run = countRange(c, parseMemberRange(c, 2, 3))
    if (run !== undefined) c.reply.integer(run.to - run.from)
  },
})

/** ZREMRANGEBYRANK, ZREMRANGEBYSCORE and ZREMRANGEBYLEX. */
function removeRange(c: Call, event: string, range: ZsetRange | undefined): void {
  if (range === undefined) return
  const key = c.argv[1]
  const zset = forWrite(c, key)
  if (zset === REFUSED) return
  if (zset === NIL) return c.reply.integer(0)
  const run = zsetRangeRun(c.db, zset, range)
  zsetRemoveRun(c.db, zset, run)
  membersRemoved(c, key, zset, event, run.to - run.from)
  c.reply.integer(run.to - run.from)
}

const DELETE = [{ at: 1, access: 'rw', does: 'delete' }] as const

export const ZREMRANGEBYRANK = defineCommand({
  name: 'zremrangebyrank',
  usage: 'key start:integer stop:integer',
  summary: 'Removes the members between two ranks.',
  group: 'sorted-set',
  since: '2.0.0',
  complexity: 'O(log(N)+M) with M the number of members removed',
  arity: 4,
  flags: ['write'],
  keys: DELETE,
  run: (c) => removeRange(c, 'zremrangebyrank', parseRankRange(c, 2, 3)),
})

export const ZREMRANGEBYSCORE = defineCommand({
  name: 'zremrangebyscore',
  usage: 'key min max',
  summary: 'Removes the members between two scores.',
  group: 'sorted-set',
  since: '1.2.0',
  complexity: 'O(log(N)+M) with M the number of members removed',
  arity: 4,
  flags: ['write'],
  keys: DELETE,
  run: (c) => removeRange(c, 'zremrangebyscore', parseScoreRange(c, 2, 3)),
})

export const ZREMRANGEBYLEX = defineCommand({
  name: 'zremrangebylex',
  usage: 'key min max',
  summary: 'Removes the members between two texts where all scores are equal.',
  group: 'sorted-set',
  since: '2.8.9',
  complexity: 'O(log(N)+M) with M the number of members removed',
  arity: 4,
  flags: ['write'],
  keys: DELETE,
  run: (c) => removeRange(c, 'zremrangebylex', parseMemberRange(c, 2, 3)),
})
