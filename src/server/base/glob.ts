/*
 * Glob patterns of KEYS, SCAN MATCH, PSUBSCRIBE, CONFIG GET ...: `*`, `?`,
 * `[abc]`, `[^a-z]` and `\x`, over bytes.
 *
 * Everything but a star takes exactly one byte, so when a match fails it is
 * enough to let the last star take one byte more: any earlier star could only
 * find what the last one finds as well. That makes the time pattern size * text
 * size at worst, where trying every star recursively is exponential.
 *
 * What is malformed still means something, and the same as in Redis: a class
 * that is never closed ends with the pattern, a backslash at the end stands for
 * itself, a range may be written backwards.
 */
import type { Slice } from './slice.ts'

const STAR = 42
const DASH = 45
const QUESTION = 63
const OPEN = 91
const BACKSLASH = 92
const CLOSE = 93
const CARET = 94

/** Whether all of `text` matches `pattern`. A pattern of stars alone matches every text but the empty one. */
export function globMatches(pattern: Slice, text: Slice, ignoreCase = false): boolean {
  const p = pattern.buf
  const patternEnd = pattern.at + pattern.size
  const t = text.buf
  const textEnd = text.at + text.size
  let i = pattern.at
  let j = text.at
  // Where to go on when what follows the last star has failed.
  let afterStar = -1
  let starEnd = 0
  if (pattern.size > 0 && text.size === 0) return false
  while (j < textEnd) {
    if (i < patternEnd && p[i] === STAR) {
      afterStar = ++i
      starEnd = j
      if (i === patternEnd) return true
      continue
    }
    const next = i < patternEnd ? matchByte(p, i, patternEnd, t[j], ignoreCase) : -1
    if (next >= 0) {
      i = next
      j++
    } else {
      if (afterStar < 0) return false
      i = afterStar
      j = ++starEnd
    }
  }
  while (i < patternEnd && p[i] === STAR) i++
  return i === patternEnd
}

/** Where the pattern goes on if what stands at `i`, which is no star, takes `byte`; else -1. */
function matchByte(p: Uint8Array, i: number, end: number, byte: number, ignoreCase: boolean): number {
  switch (p[i]) {
    case QUESTION:
      return i + 1
    case OPEN:
      return matchClass(p, i + 1, end, byte, ignoreCase)
    case BACKSLASH:
      if (i + 1 < end) i++
  }
  return fold(p[i], ignoreCase) === fold(byte, ignoreCase) ? i + 1 : -1
}

/** As matchByte, for a class whose first byte after the bracket stands at `i`. */
function matchClass(p: Uint8Array, i: number, end: number, byte: number, ignoreCase: boolean): number {
  const isNegated = i < end && p[i] === CARET
  if (isNegated) i++
  const wanted = fold(byte, ignoreCase)
  let isIn = false
  while (i < end && p[i] !== CLOSE) {
    if (p[i] === BACKSLASH && i + 1 < end) {
      // An escaped byte is compared as it stands, whatever ignoreCase says.
      if (p[i + 1] === byte) isIn = true
      i += 2
    } else if (i + 2 < end && p[i + 1] === DASH) {
      const a = signed(p[i])
      const b = signed(p[i + 2])
      const low = fold(a < b ? a : b, ignoreCase)
      const high = fold(a < b ? b : a, ignoreCase)
      if (signed(wanted) >= low && signed(wanted) <= high) isIn = true
      i += 3
    } else {
      if (fold(p[i], ignoreCase) === wanted) isIn = true
      i++
    }
  }
  if (isIn === isNegated) return -1
  return i < end ? i + 1 : end
}

/** Ranges go over C's char, which is signed on x86 and Apple's ARM: there 0x80-0xff come before 0. */
const signed = (byte: number): number => (byte << 24) >> 24

function fold(byte: number, ignoreCase: boolean): number {
  return ignoreCase && byte >= 65 && byte <= 90 ? byte + 32 : byte
}
