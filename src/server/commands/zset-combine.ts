/*
 * Commands that put sorted sets together: unions, intersections, differences, and
 * parts of one that are stored as another. Sets may be among their sources.
 */
import type { Slice } from '../base/slice.ts'
import { doubleOf, int64Of } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { REFUSED } from '../exec/lookup.ts'
import { TYPE_SET, TYPE_ZSET } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  type Aggregate,
  type Source,
  zsetDifference,
  zsetIntersection,
  zsetIntersectionCount,
  zsetUnion,
} from '../types/zset-combine.ts'
import { zsetLimitRun, zsetRangeRun } from '../types/zset-range.ts'
import { resultForEach, resultFree, resultLength, resultStore, zsetOfRun } from '../types/zset-result.ts'
import { forRead, memberWriter } from './zset.ts'
import { parseRange } from './zset-range.ts'

const NOT_WEIGHT = errorLine('ERR weight value is not a float')
const NEGATIVE_LIMIT = errorLine("ERR LIMIT can't be negative")

type Operation = 'union' | 'inter' | 'diff'

interface Request {
  readonly sources: Source[]
  aggregate: Aggregate
  withScores: boolean
  limit: number
}

/** What a command takes behind its keys. */
interface Features {
  readonly weights?: boolean
  readonly scores?: boolean
  readonly limit?: boolean
}

/**
 * Reads the number of keys at argv[at], the keys and the options behind them. Keys are looked up before the
 * options are read, as in Redis. Undefined, having refused.
 */
function parse(c: Call, at: number, features: Features): Request | undefined {
  const { argv, argc, reply } = c
  const numkeys = int64Of(argv[at])
  if (numkeys === undefined) reply.error(Err.notInteger)
  else if (numkeys < 1n) reply.errorText(`ERR at least 1 input key is needed for '${c.command.name}' command`)
  else if (numkeys > argc - at - 1) reply.error(Err.syntax)
  else {
    const request: Request = { sources: [], aggregate: 'sum', withScores: false, limit: 0 }
    const end = at + 1 + Number(numkeys)
    for (let i = at + 1; i < end; i++) {
      const record = sourceAt(c, argv[i])
      if (record === REFUSED) return undefined
      request.sources.push({ record, weight: 1 })
    }
    for (let i = end; i < argc; ) {
      const taken = takeOption(c, request, i, features)
      if (taken === 0) return undefined
      i += taken
    }
    return request
  }
  return undefined
}

/** The record of a sorted set or a set, NIL if there is none, or REFUSED. */
function sourceAt(c: Call, key: Slice): Ref | typeof REFUSED {
  const record = c.db.lookupRead(key)
  if (record === NIL) return NIL
  const type = c.db.typeOf(record)
  if (type === TYPE_ZSET || type === TYPE_SET) return record
  c.reply.error(Err.wrongType)
  return REFUSED
}

/** Notes the option at argv[i]; how many arguments it took, 0 having refused. */
function takeOption(c: Call, request: Request, i: number, features: Features): number {
  const { argv, argc } = c
  const { sources } = request
  let refusal: Uint8Array | undefined
  if (features.weights && argv[i].is('weights') && argc - i > sources.length) {
    for (const [s, source] of sources.entries()) {
      const weight = doubleOf(argv[i + 1 + s])
      if (weight === undefined) refusal = NOT_WEIGHT
      else source.weight = weight
    }
    if (refusal === undefined) return 1 + sources.length
  } else if (features.weights && argv[i].is('aggregate') && i + 1 < argc) {
    for (const word of ['sum', 'min', 'max'] as const) {
      if (!argv[i + 1].is(word)) continue
      request.aggregate = word
      return 2
    }
  } else if (features.limit && argv[i].is('limit') && i + 1 < argc) {
    const limit = int64Of(argv[i + 1])
    if (limit !== undefined && limit >= 0n) {
      request.limit = Number(limit)
      return 2
    }
    refusal = NEGATIVE_LIMIT
  } else if (features.scores && argv[i].is('withscores')) {
    request.withScores = true
    return 1
  }
  c.reply.error(refusal ?? Err.syntax)
  return 0
}

/** The result of an operation; NIL, having refused. */
function combine(c: Call, operation: Operation, { sources, aggregate }: Request): Ref {
  let root: Ref
  if (operation === 'union') root = zsetUnion(c.db, sources, aggregate)
  else if (operation === 'inter') root = zsetIntersection(c.db, sources, aggregate)
  else root = zsetDifference(c.db, sources)
  if (root === NIL) c.reply.error(Err.arenaFull)
  return root
}

/** ZUNION, ZINTER and ZDIFF. */
function replyCombined(c: Call, operation: Operation): void {
  const request = parse(c, 1, { weights: operation !== 'diff', scores: true })
  if (request === undefined) return
  const root = combine(c, operation, request)
  if (root === NIL) return
  resultForEach(c.db, root, memberWriter(c, resultLength(c.db, root), request.withScores))
  resultFree(c.db, root)
}

/** ZUNIONSTORE, ZINTERSTORE and ZDIFFSTORE. */
function storeCombined(c: Call, operation: Operation): void {
  const request = parse(c, 2, { weights: operation !== 'diff' })
  if (request === undefined) return
  const root = combine(c, operation, request)
  if (root !== NIL) store(c, root)
}

/** Stores a result at argv[1]: of an empty one nothing is stored, and what was there goes. */
function store(c: Call, root: Ref): void {
  const key = c.argv[1]
  const length = resultLength(c.db, root)
  if (length === 0) {
    resultFree(c.db, root)
    if (c.db.remove(key)) c.changed('g', 'del', key)
  } else {
    if (!resultStore(c.db, key, root)) return c.reply.error(Err.arenaFull)
    c.changed('z', c.command.name, key)
  }
  c.reply.integer(length)
}

const SOURCES = [{ at: 1, keyNum: { at: 0, firstKey: 1, step: 1 }, access: 'ro', does: 'access' }] as const
const STORED = [
  { at: 1, access: 'ow', does: 'update' },
  { at: 2, keyNum: { at: 0, firstKey: 1, step: 1 }, access: 'ro', does: 'access' },
] as const

export const ZUNION = defineCommand({
  name: 'zunion',
  usage: 'numkeys key... [WEIGHTS weight:double...] [AGGREGATE <SUM | MIN | MAX>] [WITHSCORES]',
  summary: 'Reads the members of all of the sorted sets.',
  group: 'sorted-set',
  since: '6.2.0',
  complexity: 'O(N)+O(M*log(M)) with N the members of all sources and M those of the result',
  arity: -3,
  flags: ['readonly'],
  keys: SOURCES,
  run: (c) => replyCombined(c, 'union'),
})

export const ZINTER = defineCommand({
  name: 'zinter',
  usage: 'numkeys key... [WEIGHTS weight:double...] [AGGREGATE <SUM | MIN | MAX>] [WITHSCORES]',
  summary: 'Reads the members that are in every one of the sorted sets.',
  group: 'sorted-set',
  since: '6.2.0',
  complexity: 'O(N*K)+O(M*log(M)) with N the members of the smallest of K sources and M those of the result',
  arity: -3,
  flags: ['readonly'],
  keys: SOURCES,
  run: (c) => replyCombined(c, 'inter'),
})

export const ZDIFF = defineCommand({
  name: 'zdiff',
  usage: 'numkeys key... [WITHSCORES]',
  summary: 'Reads the members of the first sorted set that are in none of the others.',
  group: 'sorted-set',
  since: '6.2.0',
  complexity: 'O(N*K)+O(M*log(M)) with N the members of the first of K sources and M those of the result',
  arity: -3,
  flags: ['readonly'],
  keys: SOURCES,
  run: (c) => replyCombined(c, 'diff'),
})

export const ZUNIONSTORE = defineCommand({
  name: 'zunionstore',
  usage: 'destination:key numkeys key... [WEIGHTS weight:double...] [AGGREGATE <SUM | MIN | MAX>]',
  summary: 'Stores the members of all of the sorted sets as another.',
  group: 'sorted-set',
  since: '2.0.0',
  complexity: 'O(N)+O(M*log(M)) with N the members of all sources and M those of the result',
  arity: -4,
  flags: ['write', 'denyoom'],
  keys: STORED,
  run: (c) => storeCombined(c, 'union'),
})

export const ZINTERSTORE = defineCommand({
  name: 'zinterstore',
  usage: 'destination:key numkeys key... [WEIGHTS weight:double...] [AGGREGATE <SUM | MIN | MAX>]',
  summary: 'Stores the members that are in every one of the sorted sets as another.',
  group: 'sorted-set',
  since: '2.0.0',
  complexity: 'O(N*K)+O(M*log(M)) with N the members of the smallest of K sources and M those of the result',
  arity: -4,
  flags: ['write', 'denyoom'],
  keys: STORED,
  run: (c) => storeCombined(c, 'inter'),
})

export const ZDIFFSTORE = defineCommand({
  name: 'zdiffstore',
  usage: 'destination:key numkeys key...',
  summary: 'Stores the members of the first sorted set that are in none of the others as another.',
  group: 'sorted-set',
  since: '6.2.0',
  complexity: 'O(N*K)+O(M*log(M)) with N the members of the first of K sources and M those of the result',
  arity: -4,
  flags: ['write', 'denyoom'],
  keys: STORED,
  run: (c) => storeCombined(c, 'diff'),
})

export const ZINTERCARD = defineCommand({
  name: 'zintercard',
  usage: 'numkeys key... [LIMIT limit:integer]',
  summary: 'Counts the members that are in every one of the sorted sets.',
  group: 'sorted-set',
  since: '7.0.0',
  complexity: 'O(N*K) with N the members of the smallest of K sources',
  arity: -3,
  flags: ['readonly'],
  keys: SOURCES,
  run(c) {
    const request = parse(c, 1, { limit: true })
    if (request !== undefined) c.reply.integer(zsetIntersectionCount(c.db, request.sources, request.limit))
  },
})

export const ZRANGESTORE = defineCommand({
  name: 'zrangestore',
  usage: 'dst:key src:key min max [BYSCORE | BYLEX] [REV] [LIMIT offset:integer count:integer]',
  summary: 'Stores the members between two ranks, scores or members as another sorted set.',
  group: 'sorted-set',
  since: '6.2.0',
  complexity: 'O(log(N)+M) with M the number of members stored',
  arity: -5,
  flags: ['write', 'denyoom'],
  keys: [
    { at: 1, access: 'ow', does: 'update' },
    { at: 2, access: 'ro', does: 'access' },
  ],
  run(c) {
    // Parse.
    const found = parseRange(c, 3, true, {})
    if (found === undefined) return
    // Look up.
    const zset = forRead(c, c.argv[2])
    if (zset === REFUSED) return
    // Work.
    const { range, request } = found
    const isReverse = request.isReverse === true
    let run = zset === NIL ? { from: 0, to: 0 } : zsetRangeRun(c.db, zset, range, isReverse)
    if (zset !== NIL && range.by !== 'rank') {
      run = zsetLimitRun(c.db, zset, run, request.offset, request.count, isReverse)
    }
    const root = zsetOfRun(c.db, zset, run)
    // Effects and reply.
    if (root === NIL) c.reply.error(Err.arenaFull)
    else store(c, root)
  },
})
