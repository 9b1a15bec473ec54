/*
 * What adding to a sorted set may be told and what it answers, for both encodings.
 */

/** Options of zsetAdd; those of ZADD. */
export const ADD_NX = 1
export const ADD_XX = 2
export const ADD_GT = 4
export const ADD_LT = 8
export const ADD_INCR = 16

/** Answers of zsetAdd. */
export const ZSET_ADDED = 1
export const ZSET_UPDATED = 2
/** The member has this score already. */
export const ZSET_SAME = 3
/** An option forbids it; nothing changed. */
export const ZSET_SKIPPED = 4
/** Infinity and -infinity would be added up; nothing changed. */
export const ZSET_NAN = 5
/** Memory is exhausted; nothing changed. */
export const ZSET_EXHAUSTED = 6

/** Where zsetAdd leaves the score that the member then has. */
export interface ScoreBox {
  score: number
}

/** What becomes of a member with the score `current`: ZSET_UPDATED, ZSET_SAME, ZSET_SKIPPED or ZSET_NAN. */
export function judge(current: number, score: number, options: number, box: ScoreBox): number {
  box.score = current
  if (options & ADD_NX) return ZSET_SKIPPED
  const wanted = options & ADD_INCR ? current + score : score
  if (Number.isNaN(wanted)) return ZSET_NAN
  if ((options & ADD_LT && wanted >= current) || (options & ADD_GT && wanted <= current)) return ZSET_SKIPPED
  box.score = wanted
  return wanted === current ? ZSET_SAME : ZSET_UPDATED
}
