/*
 * Signed 64-bit integers as two words of 32 bits, where a number is not exact
 * enough and a bigint would be an object at each step: sets of integers are
 * searched, compared and printed so. `high` is signed and carries the sign; `low`
 * is the lower half, as a signed number too, because that is how words are kept.
 */
import { INTEGER_SIZE_MAX, isInt64, writeInteger } from './integer-text.ts'
import type { Slice } from './slice.ts'

export class Int64 {
  high = 0
  low = 0
}

const TWO_32 = 0x1_0000_0000
const BILLION = 1e9
const BILLION_DIGITS = 9
const MINUS = 45
const ZERO = 48
/** What fits here is exact in every step of number arithmetic below. */
const SHORT_DIGITS = 15

/** Reads the canonical form of a signed 64-bit integer into `out`; false, leaving `out` alone, when `text` is none. */
export function readInt64(text: Slice, out: Int64): boolean {
  if (!isInt64(text)) return false
  const { buf, at, size } = text
  const isNegative = buf[at] === MINUS
  const first = isNegative ? at + 1 : at
  const end = at + size
  if (end - first <= SHORT_DIGITS) {
    let value = 0
    for (let i = first; i < end; i++) value = value * 10 + buf[i] - ZERO
    setWords(out, Math.floor(value / TWO_32), value, isNegative)
    return true
  }
  // billions * 10^9 + rest, where billions has at most 34 bits: in halves of 16 bits each product is exact.
  let billions = 0
  for (let i = first; i < end - BILLION_DIGITS; i++) billions = billions * 10 + buf[i] - ZERO
  let rest = 0
  for (let i = end - BILLION_DIGITS; i < end; i++) rest = rest * 10 + buf[i] - ZERO
  const upper = Math.floor(billions / 0x1_0000) * BILLION
  const lower = (billions % 0x1_0000) * BILLION + rest
  const upperHigh = Math.floor(upper / 0x1_0000)
  const low = (upper - upperHigh * 0x1_0000) * 0x1_0000 + lower
  setWords(out, upperHigh + Math.floor(low / TWO_32), low, isNegative)
  return true
}

/** Takes a magnitude, of which `low` may be more than its lower word, and the sign. */
function setWords(out: Int64, high: number, low: number, isNegative: boolean): void {
  // ToInt32 is modulo 2^32, and both are below 2^53.
  out.high = high | 0
  out.low = low | 0
  if (!isNegative) return
  out.low = -out.low | 0
  out.high = (~out.high + (out.low === 0 ? 1 : 0)) | 0
}

/** Writes the integer in decimal at `at` and returns its size; at most INTEGER_SIZE_MAX bytes. */
export function writeInt64(high: number, low: number, buf: Uint8Array, at: number): number {
  // Within 2^53 it is a number.
  if (high >= -0x20_0000 && high < 0x20_0000) return writeInteger(high * TWO_32 + (low >>> 0), buf, at)
  let first = at
  let upper = high
  let lower = low >>> 0
  if (high < 0) {
    buf[first++] = MINUS
    lower = -low >>> 0
    upper = ~high + (lower === 0 ? 1 : 0)
  }
  // The smallest integer's magnitude is 2^63: its upper word is unsigned.
  upper >>>= 0
  // Long division by 10^9 in steps of 16 bits; each remainder fits a number with them.
  const quotient0 = Math.floor(upper / BILLION)
  const step1 = (upper - quotient0 * BILLION) * 0x1_0000 + (lower >>> 16)
  const quotient1 = Math.floor(step1 / BILLION)
  const step2 = (step1 - quotient1 * BILLION) * 0x1_0000 + (lower & 0xffff)
  const quotient2 = Math.floor(step2 / BILLION)
  let rest = step2 - quotient2 * BILLION
  const end = first + writeInteger(quotient0 * TWO_32 + quotient1 * 0x1_0000 + quotient2, buf, first) + BILLION_DIGITS
  for (let i = end - 1; i >= end - BILLION_DIGITS; i--) {
    const tenth = Math.floor(rest / 10)
    buf[i] = ZERO + rest - tenth * 10
    rest = tenth
  }
  return end - at
}

/** Texts of integers, written in turns into one buffer: each lives until so many others were written. */
const TEXTS = 16
const TEXT_SIZE = INTEGER_SIZE_MAX + 4
const texts = new Uint8Array(TEXTS * TEXT_SIZE)
let nextText = 0

/** Aims `out` at the integer's text, which lives until 15 others were asked for. */
export function int64Text(high: number, low: number, out: Slice): Slice {
  const at = nextText
  nextText = (nextText + TEXT_SIZE) % texts.length
  return out.aim(texts, at, writeInt64(high, low, texts, at))
}
