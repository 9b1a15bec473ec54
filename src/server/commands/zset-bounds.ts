/*
 * The ends of ranges, as sorted-set commands are told them: `1.5`, `(1.5`, `-inf`
 * for scores; `[text`, `(text`, `-`, `+` for members.
 */
import { Slice } from '../base/slice.ts'
import { int64Of, looseDoubleOf } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { FIRST_MEMBER, LAST_MEMBER, type MemberBound, type ZsetRange } from '../types/zset-range.ts'

const NOT_SCORE = errorLine('ERR min or max is not a float')
const NOT_MEMBER = errorLine('ERR min or max not valid string range item')

const OPEN_PARENTHESIS = 40
const PLUS = 43
const MINUS = 45
const OPEN_BRACKET = 91

/** A range by score between argv[min] and argv[max]; undefined, having refused. */
export function parseScoreRange(c: Call, min: number, max: number): ZsetRange | undefined {
  const low = scoreOf(c.argv[min])
  const high = scoreOf(c.argv[max])
  if (low !== undefined && high !== undefined) {
    return { by: 'score', min: low.value, minOpen: low.isOpen, max: high.value, maxOpen: high.isOpen }
  }
  c.reply.error(NOT_SCORE)
  return undefined
}

function scoreOf(text: Slice): { value: number; isOpen: boolean } | undefined {
  const isOpen = text.size > 0 && text.buf[text.at] === OPEN_PARENTHESIS
  const value = looseDoubleOf(isOpen ? new Slice(text.buf, text.at + 1, text.size - 1) : text)
  return value === undefined ? undefined : { value, isOpen }
}

/** A range by member between argv[min] and argv[max]; undefined, having refused. */
export function parseMemberRange(c: Call, min: number, max: number): ZsetRange | undefined {
  const low = memberOf(c.argv[min])
  const high = memberOf(c.argv[max])
  if (low !== undefined && high !== undefined) {
    return { by: 'member', min: low.value, minOpen: low.isOpen, max: high.value, maxOpen: high.isOpen }
  }
  c.reply.error(NOT_MEMBER)
  return undefined
}

function memberOf(text: Slice): { value: MemberBound; isOpen: boolean } | undefined {
  const first = text.size > 0 ? text.buf[text.at] : 0
  if (first === OPEN_BRACKET || first === OPEN_PARENTHESIS) {
    return { value: new Slice(text.buf, text.at + 1, text.size - 1), isOpen: first === OPEN_PARENTHESIS }
  }
  if (text.size !== 1) return undefined
  if (first === MINUS) return { value: FIRST_MEMBER, isOpen: false }
  return first === PLUS ? { value: LAST_MEMBER, isOpen: false } : undefined
}

/** A range by rank between argv[start] and argv[stop]; undefined, having refused. */
export function parseRankRange(c: Call, start: number, stop: number): ZsetRange | undefined {
  const from = indexOf(c.argv[start])
  const to = indexOf(c.argv[stop])
  if (from !== undefined && to !== undefined) return { by: 'rank', start: from, stop: to }
  c.reply.error(Err.notInteger)
  return undefined
}

/** An index from either end. Beyond 2^53 it is as far away as can be. */
function indexOf(text: Slice): number | undefined {
  const value = int64Of(text)
  return value === undefined ? undefined : Number(value)
}
