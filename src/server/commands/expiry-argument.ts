/*
 * Times to live as arguments: `EX 10`, `PEXPIREAT key 1999999999999` and their
 * kin, turned into the unix time in milliseconds at which the key dies.
 *
 * Redis counts in signed 64-bit milliseconds and refuses what overflows them.
 * Our records hold 53 bits, the year 287396: later times are kept as that one.
 */
import { INT64_MAX, INT64_MIN, parseInt64, parseInteger } from '../base/integer-text.ts'
import type { Slice } from '../base/slice.ts'

export const SECONDS = 1000
export const MILLISECONDS = 1

/** Counts of seconds up to this, times 1000 and moved by any clock of ours, are exact in a double. */
const EXACT_COUNT_MAX = 4e12

/**
 * The unix time in milliseconds that is `text` units after `base` (0 for a time that is absolute).
 * NaN: the text is no 64-bit integer. Infinity: the time does not fit 64 bits.
 */
export function expiryFrom(text: Slice, unit: number, base: number): number {
  const count = parseInteger(text)
  if (count <= EXACT_COUNT_MAX && count >= -EXACT_COUNT_MAX) return count * unit + base
  const exact = parseInt64(text)
  if (exact === undefined) return Number.NaN
  const span = exact * BigInt(unit)
  const time = span + BigInt(base)
  // The span must fit by itself, too: a negative one is not saved by the clock.
  if (span > INT64_MAX || span < INT64_MIN || time > INT64_MAX) return Number.POSITIVE_INFINITY
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(time)))
}
