/*
 * Sorted sets by rank, never whole. A window into a range of scores is found by
 * counting what lies outside of it: ranks are reached in O(log N), where LIMIT
 * would walk past everything before.
 */
import { FailureError, fail } from '../../../../shared/contract/failure.ts'
import type { MemberPage } from '../../../../shared/contract/sets.ts'
import type { NewZset, ScoredMember, ZsetWindow } from '../../../../shared/contract/zsets.ts'
import { isNull, type RespValue } from '../../../../shared/resp/value.ts'
import { bytesEqual } from '../../../../shared/text/bytes.ts'
import { bytesOrNull, integerOf, itemsOf, textOf } from '../redis-client/replies.ts'
import type { Command } from '../redis-client/wire.ts'
import { accept, askOne, changedMeanwhile, type KeyAt, keyBytes, keyMissing, send } from './ask.ts'
import { guarded } from './guarded.ts'
import { memberOf, type ScanRequest, scanArguments } from './members.ts'
import { memberExists, memberMissing } from './sets.ts'

interface ScoreRange {
  readonly min: string
  readonly max: string
}

interface WindowRequest extends ScoreRange {
  readonly first: 'lowest' | 'highest'
  readonly offset: number
  readonly count: number
}

export async function readZsetWindow(at: KeyAt, request: WindowRequest): Promise<ZsetWindow> {
  const isAll =
    numberOf(request.min) === -Infinity && numberOf(request.max) === Infinity && !/^\(/.test(request.min + request.max)
  return isAll ? readAll(at, request) : readWithin(at, request)
}

async function readAll(at: KeyAt, { first, offset, count }: WindowRequest): Promise<ZsetWindow> {
  const [lengthReply, rangeReply] = await send(at, [['ZCARD', keyBytes(at.key)], rankCommand(at, first, offset, count)])
  const length = integerOf(accept(at, lengthReply!))
  if (length === 0) fail(keyMissing)
  const rows = rankedRows(accept(at, rangeReply!), first, offset, length)
  return { rows, offset, total: length, length }
}

async function readWithin(at: KeyAt, { first, offset, count, min, max }: WindowRequest): Promise<ZsetWindow> {
  const key = keyBytes(at.key)
  const outside = first === 'lowest' ? ['-inf', beyond(min)] : [beyond(max), '+inf']
  const [lengthReply, totalReply, skippedReply] = await send(at, [
    ['ZCARD', key],
    ['ZCOUNT', key, min, max],
    ['ZCOUNT', key, ...outside],
  ])
  const length = integerOf(accept(at, lengthReply!))
  if (length === 0) fail(keyMissing)
  const total = integerOf(accept(at, totalReply!))
  const start = integerOf(accept(at, skippedReply!)) + offset
  const wanted = Math.min(count, total - offset)
  if (wanted <= 0) return { rows: [], offset, total, length }
  const byRank = rankedRows(await askOne(at, rankCommand(at, first, start, wanted)), first, start, length)
  if (byRank.every(({ score }) => isWithin(score, { min, max }))) return { rows: byRank, offset, total, length }
  // The sorted set changed between the questions. What is asked in one is right at any rate.
  const command = first === 'lowest' ? ['ZRANGEBYSCORE', key, min, max] : ['ZREVRANGEBYSCORE', key, max, min]
  const reply = await askOne(at, [...command, 'WITHSCORES', 'LIMIT', String(offset), String(count)])
  return { rows: rankedRows(reply, first, start, length), offset, total, length }
}

const rankCommand = (at: KeyAt, first: WindowRequest['first'], start: number, count: number): Command => [
  first === 'lowest' ? 'ZRANGE' : 'ZREVRANGE',
  keyBytes(at.key),
  String(start),
  String(start + count - 1),
  'WITHSCORES',
]

/** The bound of what lies on the other side of a bound. */
const beyond = (bound: string): string => (bound.startsWith('(') ? bound.slice(1) : `(${bound}`)

function rankedRows(
  reply: RespValue,
  first: WindowRequest['first'],
  start: number,
  length: number,
): readonly ScoredMember[] {
  return scoredPairs(reply).map(([member, score], i) => {
    const rank = first === 'lowest' ? start + i : length - 1 - start - i
    return { ...memberOf(member, (digest) => ({ digest, rank })), score, rank }
  })
}

/** Members with their scores: pairs in RESP3, one flat list in RESP2 and from ZSCAN. */
function scoredPairs(reply: RespValue): readonly (readonly [Uint8Array, string])[] {
  const items = itemsOf(reply)
  const isFlat = items[0]?.type !== 'array'
  const pairs = isFlat
    ? Array.from({ length: items.length >> 1 }, (_, i) => items.slice(2 * i, 2 * i + 2))
    : items.map(itemsOf)
  return pairs.map(([member, score]) => [bytesOrNull(member!) ?? new Uint8Array(0), scoreText(score!)])
}

/** As the server wrote it: a double in RESP3, text in RESP2. */
const scoreText = (reply: RespValue): string => (reply.type === 'double' ? reply.text : textOf(reply))

/** What a score is, for comparing only. */
function numberOf(score: string): number {
  if (/inf/i.test(score)) return score.startsWith('-') ? -Infinity : Infinity
  return Number(score)
}

function isWithin(score: string, { min, max }: ScoreRange): boolean {
  const value = numberOf(score)
  const above = min.startsWith('(') ? value > numberOf(min.slice(1)) : value >= numberOf(min)
  return above && (max.startsWith('(') ? value < numberOf(max.slice(1)) : value <= numberOf(max))
}

type SearchRequest = ScanRequest & ScoreRange

export async function searchZset(at: KeyAt, request: SearchRequest): Promise<MemberPage<ScoredMember>> {
  const [lengthReply, scanReply] = await send(at, [
    ['ZCARD', keyBytes(at.key)],
    ['ZSCAN', ...scanArguments(at, request)],
  ])
  const length = integerOf(accept(at, lengthReply!))
  if (length === 0) fail(keyMissing)
  const [cursor, found] = itemsOf(accept(at, scanReply!))
  const all = scoredPairs(found!)
  const { cursor: from, count, match } = request
  const place = { type: 'zset', cursor: from, count, match } as const
  const members = all.flatMap(([member, score]) =>
    isWithin(score, request) ? [{ ...memberOf(member, (digest) => ({ digest, ...place })), score }] : [],
  )
  return { members, cursor: textOf(cursor!), length, looked: Math.max(request.count, all.length) }
}

export async function addZsetMember(at: KeyAt, member: Uint8Array, score: string): Promise<Record<string, never>> {
  const key = keyBytes(at.key)
  await guarded(at, {
    look: [
      ['EXISTS', key],
      ['ZSCORE', key, member],
    ],
    write: ([exists, known]) => {
      if (integerOf(exists!) === 0) fail(keyMissing)
      if (!isNull(known!)) fail({ ...memberExists, hint: `Its score is ${scoreText(known!)}. Change that instead.` })
      return [['ZADD', key, score, member]]
    },
  })
  return {}
}

interface ScoreWrite {
  readonly member: Uint8Array
  readonly score: string
  readonly expected?: string
}

export async function setZsetScore(
  at: KeyAt,
  { member, score, expected }: ScoreWrite,
): Promise<{ readonly score: string }> {
  const key = keyBytes(at.key)
  const replies = await guarded(at, {
    look: [['ZSCORE', key, member]],
    write: ([known]) => {
      if (isNull(known!)) fail(memberMissing)
      const now = scoreText(known!)
      // Compared as numbers: ZSCAN and ZRANGE may write one score in two ways.
      if (expected !== undefined && numberOf(now) !== numberOf(expected)) throw scoreChanged(now)
      return [
        ['ZADD', key, 'XX', score, member],
        ['ZSCORE', key, member],
      ]
    },
  })
  return { score: scoreText(replies[1]!) }
}

const scoreChanged = (now: string): FailureError =>
  new FailureError({
    ...changedMeanwhile,
    message: `The score was changed to ${now} by someone else since you read it. Nothing was written.`,
    hint: 'Reload to see it, or write yours over it.',
  })

export async function renameZsetMember(at: KeyAt, from: Uint8Array, to: Uint8Array): Promise<Record<string, never>> {
  if (bytesEqual(from, to)) return {}
  const key = keyBytes(at.key)
  await guarded(at, {
    look: [
      ['ZSCORE', key, from],
      ['ZSCORE', key, to],
    ],
    write: ([score, taken]) => {
      if (isNull(score!)) fail(memberMissing)
      if (!isNull(taken!)) fail({ ...memberExists, hint: `Its score is ${scoreText(taken!)}.` })
      // In this order: a sorted set is gone with its last member, and its time to live with it.
      return [
        ['ZADD', key, scoreText(score!), to],
        ['ZREM', key, from],
      ]
    },
  })
  return {}
}

export async function removeZsetMembers(at: KeyAt, members: readonly Uint8Array[]): Promise<{ removed: number }> {
  return { removed: integerOf(await askOne(at, ['ZREM', keyBytes(at.key), ...members])) }
}

/** ZADD of all members of a new sorted set. */
export const fillZset = (key: Uint8Array, { members }: NewZset): Command => [
  'ZADD',
  key,
  ...members.flatMap(({ member, score }) => [score, member]),
]
