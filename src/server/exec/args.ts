/*
 * Arguments as numbers, with Redis' strictness: what is not exactly a number is
 * refused, never rounded, trimmed or guessed. A refusal is `undefined`; the
 * command decides which error that makes. Options are matched with `slice.is`.
 */
import { parseInt64, parseInteger } from '../base/integer-text.ts'
import type { Slice } from '../base/slice.ts'

/** Longer texts are no floats for Redis, whatever they say. */
const FLOAT_TEXT_MAX = 5 * 1024

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const HEXADECIMAL = /^([+-]?)0x([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?$/i
const INFINITE = /^([+-]?)inf(?:inity)?$/i
const HAS_DIGIT_BESIDES_ZERO = /^[^e]*[1-9]/i

/**
 * A decimal integer within +-(2^53 - 1), or undefined. As everywhere in Redis: no plus
 * sign, no leading zero, no blanks, no "-0". Beyond 2^53 use `int64Of`.
 */
export function integerOf(s: Slice): number | undefined {
  const value = parseInteger(s)
  return Number.isNaN(value) ? undefined : value
}

/** An exact signed 64-bit integer, as strict as `integerOf`. */
export function int64Of(s: Slice): bigint | undefined {
  return parseInt64(s)
}

/**
 * A double as C's strtod reads it, if the whole argument is one: decimal or hexadecimal,
 * `inf` and `infinity` in any case. Refused: blanks, nan, what overflows or vanishes to zero.
 */
export function doubleOf(s: Slice): number | undefined {
  const { size } = s
  if (size === 0 || size > FLOAT_TEXT_MAX) return undefined
  // Most are short and plain: no string is made of those.
  const plain = plainDecimal(s)
  if (!Number.isNaN(plain)) return plain
  const text = s.text()
  if (DECIMAL.test(text)) {
    const value = Number(text)
    if (!Number.isFinite(value)) return undefined
    return value === 0 && HAS_DIGIT_BESIDES_ZERO.test(text) ? undefined : value
  }
  const infinite = INFINITE.exec(text)
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity
  return hexadecimalOf(text)
}

/** So many digits are exact in a double, and so are the powers of ten below: one division rounds once. */
const PLAIN_DIGITS = 15
const POWERS_OF_TEN = Float64Array.from({ length: PLAIN_DIGITS + 1 }, (_, i) => 10 ** i)

/** The value of up to 15 digits with a sign and a point among them or not; NaN for any other text. */
function plainDecimal({ buf, at, size }: Slice): number {
  if (size > PLAIN_DIGITS + 2) return Number.NaN
  const end = at + size
  const isNegative = buf[at] === 45
  let value = 0
  let digits = 0
  let whole = -1
  for (let i = isNegative || buf[at] === 43 ? at + 1 : at; i < end; i++) {
    const c = buf[i]
    if (c >= 48 && c <= 57) {
      value = value * 10 + c - 48
      digits++
    } else if (c === 46 && whole < 0) whole = digits
    else return Number.NaN
  }
  if (digits === 0 || digits > PLAIN_DIGITS) return Number.NaN
  if (whole >= 0) value /= POWERS_OF_TEN[digits - whole]
  return isNegative ? -value : value
}

/**
 * A double where Redis leaves all to strtod (the ends of ranges): blanks before it, no text at all, which is 0,
 * infinity instead of what overflows, and an end at the first zero byte. Not a number is refused here too.
 */
export function looseDoubleOf(s: Slice): number | undefined {
  const all = s.textToZero()
  if (all === '') return 0
  const text = all.replace(/^[\t-\r ]+/, '')
  if (DECIMAL.test(text)) return Number(text)
  const infinite = INFINITE.exec(text)
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity
  return hexadecimal(text)
}

function hexadecimalOf(text: string): number | undefined {
  const value = hexadecimal(text)
  if (value === undefined || !Number.isFinite(value)) return undefined
  return value === 0 && /^[+-]?0x[^p]*[1-9a-f]/i.test(text) ? undefined : value
}

/** As large or as small as it may be: infinity where it is too large, zero where too small. */
function hexadecimal(text: string): number | undefined {
  const match = HEXADECIMAL.exec(text)
  if (!match) return undefined
  const [, sign, whole, fraction, exponent] = match
  const digits = whole + fraction
  if (digits === '') return undefined
  // The digits are an exact integer; the point and the exponent only scale it by powers of two.
  const scaled = scale(BigInt(`0x${digits}`), Number(exponent ?? 0) - 4 * fraction.length)
  return sign === '-' ? -scaled : scaled
}

/** `mantissa` times 2 to the `exponent`, rounded once. */
function scale(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0
  if (exponent >= 0) return exponent > 2048 ? Infinity : Number(mantissa << BigInt(exponent))
  // Two steps, because 2 ** exponent alone may vanish where the product does not.
  const half = Math.trunc(exponent / 2)
  return Number(mantissa) * 2 ** half * 2 ** (exponent - half)
}
