/*
 * Sorted sets by rank, from either end, all of them or those within a range of
 * scores. Scores are text everywhere: what the server wrote is shown, and what
 * was typed is sent.
 */
import * as v from 'valibot'
import { call, returns } from './call.ts'
import type { Member, MemberPage } from './sets.ts'
import { bytes, keyAddress, latin1Name, natural, type Page, scanCursor, WINDOW_MAX, windowCount } from './types.ts'

export interface ScoredMember extends Member {
  /** As the server wrote it: `3`, `1.5`, `inf`. */
  readonly score: string
  /** From the lowest score, 0 first, in either order; absent in what a search found. */
  readonly rank?: number
}

export interface ZsetWindow extends Page<ScoredMember> {
  /** Members of the whole sorted set; `total` are those within the range of scores. */
  readonly length: number
}

const SCORE = /^[+-]?(?:inf|infinity|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?)$/i

/** What every server reads as a score: a decimal number, or inf. */
export const isScore = (text: string): boolean => text.length <= 400 && SCORE.test(text)
/** A score that bounds a range: without it after `(`. */
export const isBound = (text: string): boolean => isScore(text.startsWith('(') ? text.slice(1) : text)

const score = v.pipe(v.string(), v.check(isScore, 'must be a number, inf or -inf'))
const bound = v.pipe(v.string(), v.check(isBound, 'must be a score, with ( before it where it is left out'))

/** Which scores; `-inf` to `+inf` are all. */
const range = { min: v.optional(bound, '-inf'), max: v.optional(bound, '+inf') }

/** As `keys.create` takes it. */
export const newZset = v.strictObject({
  type: v.literal('zset'),
  members: v.pipe(
    v.array(v.strictObject({ member: bytes, score })),
    v.minLength(1, 'must have at least one member'),
    v.maxLength(WINDOW_MAX),
  ),
})
export type NewZset = v.InferOutput<typeof newZset>

export const zsets = {
  'zsets.window': call(
    v.strictObject({
      ...keyAddress,
      /** Which scores come first. `offset` counts from there, within the range. */
      first: v.picklist(['lowest', 'highest']),
      offset: natural,
      count: windowCount,
      ...range,
    }),
    returns<ZsetWindow>(),
  ),
  /** Members whose name matches a glob, in no order. */
  'zsets.search': call(
    v.strictObject({ ...keyAddress, cursor: scanCursor, count: windowCount, match: latin1Name, ...range }),
    returns<MemberPage<ScoredMember>>(),
  ),
  /** KEY_EXISTS where it is a member already: no score is changed. Never creates the key. */
  'zsets.add': call(v.strictObject({ ...keyAddress, member: bytes, score }), returns<Record<string, never>>()),
  /** Only over the score `expected`, as it was read. Answers the score as the server keeps it. */
  'zsets.score': call(
    v.strictObject({ ...keyAddress, member: bytes, score, expected: v.optional(score) }),
    returns<{ readonly score: string }>(),
  ),
  /** The score goes with it. KEY_EXISTS where `to` is a member already, KEY_MISSING where `from` is none. */
  'zsets.rename': call(v.strictObject({ ...keyAddress, from: bytes, to: bytes }), returns<Record<string, never>>()),
  'zsets.remove': call(
    v.strictObject({
      ...keyAddress,
      members: v.pipe(v.array(bytes), v.minLength(1), v.maxLength(WINDOW_MAX)),
    }),
    returns<{ readonly removed: number }>(),
  ),
} as const
