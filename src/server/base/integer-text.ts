/*
 * Integers between text and number, byte by byte: no strings are made, because
 * INCR, EXPIRE and every integer argument come through here.
 *
 * Text is accepted in its canonical form only, as Redis does: an optional minus,
 * digits without leading zeros, nothing else (no plus, no spaces, no "-0"). So
 * text that is accepted is also what the number prints as, which is what lets a
 * string value be called an integer without a byte of it being lost.
 */
import type { Slice } from './slice.ts'

export const INT64_MIN = -(2n ** 63n)
export const INT64_MAX = 2n ** 63n - 1n
/** Sign and digits of the longest signed 64-bit integer, and so the room writeInteger needs. */
export const INTEGER_SIZE_MAX = 20

const MINUS = 45
const ZERO = 48
/** The digits of 2^63: the first 19-digit number that does not fit, except as a negative one. */
const LIMIT = Uint8Array.from('9223372036854775808', (digit) => digit.charCodeAt(0))

/** The integer that `text` spells, or NaN when it is none or lies beyond ±(2^53 - 1). */
export function parseInteger(text: Slice): number {
  const { buf, at, size } = text
  const isNegative = size > 0 && buf[at] === MINUS
  const first = isNegative ? at + 1 : at
  const end = at + size
  const digits = end - first
  if (digits < 1 || digits > 16) return Number.NaN
  if (buf[first] === ZERO) return digits === 1 && !isNegative ? 0 : Number.NaN
  let value = 0
  for (let i = first; i < end; i++) {
    const digit = buf[i] - ZERO
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  // Sixteen digits may pass 2^53; they round to no less than it then, so the comparison is exact.
  if (value > Number.MAX_SAFE_INTEGER) return Number.NaN
  return isNegative ? -value : value
}

/** Whether `text` is the canonical form of a signed 64-bit integer. */
export function isInt64(text: Slice): boolean {
  const { buf, at, size } = text
  const isNegative = size > 0 && buf[at] === MINUS
  const first = isNegative ? at + 1 : at
  const end = at + size
  const digits = end - first
  if (digits < 1 || digits > 19) return false
  if (buf[first] === ZERO) return digits === 1 && !isNegative
  for (let i = first; i < end; i++) {
    const digit = buf[i] - ZERO
    if (digit < 0 || digit > 9) return false
  }
  if (digits < 19) return true
  for (let i = 0; i < 19; i++) {
    const difference = buf[first + i] - LIMIT[i]
    if (difference !== 0) return difference < 0
  }
  return isNegative
}

/** The signed 64-bit integer that `text` spells, exactly. */
export function parseInt64(text: Slice): bigint | undefined {
  return isInt64(text) ? BigInt(text.text()) : undefined
}

/** The signed 64-bit integer that `text` spells: a number where that is exact, else a bigint. The two compare as one. */
export function parseExact(text: Slice): number | bigint | undefined {
  const value = parseInteger(text)
  return Number.isNaN(value) ? parseInt64(text) : value
}

/** Writes a safe integer in decimal at `at` and returns its size; at most INTEGER_SIZE_MAX bytes. */
export function writeInteger(value: number, buf: Uint8Array, at: number): number {
  let first = at
  let rest = value
  if (value < 0) {
    buf[first++] = MINUS
    rest = -value
  }
  let digits = 1
  for (let bound = 10; bound <= rest; bound *= 10) digits++
  const end = first + digits
  let i = end - 1
  // Divisions of 32-bit integers are many times cheaper than of doubles: there is one of those, for the last nine digits.
  if (rest > 0x7fffffff) {
    let billions = Math.floor(rest / 1e9)
    // The quotient may have been rounded up to a whole number.
    if (billions * 1e9 > rest) billions--
    let small = (rest - billions * 1e9) | 0
    for (const before = i - 9; i > before; i--) {
      const tenth = (small / 10) | 0
      buf[i] = ZERO + small - tenth * 10
      small = tenth
    }
    rest = billions
  }
  for (let small = rest | 0; i >= first; i--) {
    const tenth = (small / 10) | 0
    buf[i] = ZERO + small - tenth * 10
    small = tenth
  }
  return end - at
}
