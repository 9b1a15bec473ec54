/*
 * How long a blocking command waits, as an argument: seconds with decimals
 * (BLPOP) or whole milliseconds (XREAD BLOCK). Both become milliseconds, 0 is
 * forever, and what does not fit 64 bits of them together with the clock is
 * refused.
 */
import { INT64_MAX, parseExact } from '../base/integer-text.ts'
import { addLongDouble } from '../base/long-double.ts'
import type { Slice } from '../base/slice.ts'
import { doubleOf } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { errorLine } from '../exec/errors.ts'

const NOT_FLOAT = errorLine('ERR timeout is not a float or out of range')
const NOT_INTEGER = errorLine('ERR timeout is not an integer or out of range')
const NEGATIVE = errorLine('ERR timeout is negative')
const OUT_OF_RANGE = errorLine('ERR timeout is out of range')

/** Milliseconds from an argument in seconds, rounded up; undefined, having refused. */
export function timeoutFromSeconds(c: Call, text: Slice): number | undefined {
  const seconds = doubleOf(text) ?? beyondDouble(text)
  if (seconds === undefined) return refuse(c, NOT_FLOAT)
  // Up is towards zero here: what is less than a millisecond below it is no time, which means forever.
  if (seconds < -0.001) return refuse(c, NEGATIVE)
  return inRange(c, Math.max(0, Math.ceil(seconds * 1000)))
}

/** Real servers read a long double: what is too large for a double is out of range, not no number; what is too small is not quite 0. */
function beyondDouble(text: Slice): number | undefined {
  const value = text.text()
  if (addLongDouble('0', value) === 'invalid') return undefined
  const isSmall = /e-/i.test(value)
  const magnitude = isSmall ? Number.MIN_VALUE : Number.POSITIVE_INFINITY
  return value.startsWith('-') ? -magnitude : magnitude
}

/** Milliseconds from an argument in milliseconds; undefined, having refused. */
export function timeoutFromMilliseconds(c: Call, text: Slice): number | undefined {
  const milliseconds = parseExact(text)
  if (milliseconds === undefined) return refuse(c, NOT_INTEGER)
  if (milliseconds < 0) return refuse(c, NEGATIVE)
  return inRange(c, Number(milliseconds))
}

function inRange(c: Call, milliseconds: number): number | undefined {
  return milliseconds > Number(INT64_MAX) - c.db.keyspace.now ? refuse(c, OUT_OF_RANGE) : milliseconds
}

function refuse(c: Call, line: Uint8Array): undefined {
  c.reply.error(line)
  return undefined
}
