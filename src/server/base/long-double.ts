/*
 * Addition as C's `long double` does it on x86: INCRBYFLOAT and HINCRBYFLOAT
 * answer with 64-bit mantissas, and 0.1 + 0.2 is 0.3 only with those.
 *
 * A finite value is mantissa * 2^exponent with |mantissa| < 2^64, held as a
 * bigint; every operation is exact and then rounded once, half to even. Text is
 * read as strtold reads it and written as "%.17Lf" without its trailing zeros.
 */

/** Binary digits of a mantissa. */
const PRECISION = 64
/** Exponents of a mantissa's last bit: of the smallest denormal, and of the largest finite value. */
const EXPONENT_MIN = -16445
const EXPONENT_MAX = 16383 - (PRECISION - 1)
/** Redis copies the text into a buffer of 5 KiB, terminator included, and refuses what does not fit. */
const TEXT_SIZE_MAX = 5 * 1024 - 1
/** No text of that size can bring an exponent of this size back into range. */
const SCALE_MAX = 20_000
const DECIMALS = 17
const DECIMAL_SCALE = 10n ** BigInt(DECIMALS)

interface LongDouble {
  readonly mantissa: bigint
  readonly exponent: number
}

type Sign = 1n | -1n
/** Not finite, or too small to tell from zero: what becomes of it is the caller's to say. */
type Exception = 'infinity' | 'underflow'

const ZERO: LongDouble = { mantissa: 0n, exponent: EXPONENT_MIN }
const DECIMAL = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:e([+-]?\d+))?$/i
const HEXADECIMAL = /^([+-]?)0x(?:([0-9a-f]+)\.?([0-9a-f]*)|\.([0-9a-f]+))(?:p([+-]?\d+))?$/i
const INFINITY = /^[+-]?inf(?:inity)?$/i

/**
 * The sum of two numbers given as text, as text; or 'invalid' when one of them is
 * no number, or 'nan-or-infinity' when one of them or the sum is not finite.
 */
export function addLongDouble(a: string, b: string): string {
  const x = parse(a)
  const y = parse(b)
  if (x === undefined || y === undefined) return 'invalid'
  if (x === 'infinity' || y === 'infinity') return 'nan-or-infinity'
  const sum = add(x, y)
  return sum === undefined ? 'nan-or-infinity' : format(sum)
}

/** Undefined for what strtold refuses, and, as in Redis, for finite text that overflows or vanishes. */
function parse(text: string): LongDouble | 'infinity' | undefined {
  if (text.length > TEXT_SIZE_MAX) return undefined
  if (INFINITY.test(text)) return 'infinity'
  const decimal = DECIMAL.exec(text)
  const parts = decimal ?? HEXADECIMAL.exec(text)
  if (parts === null) return undefined
  const fraction = parts[3] ?? parts[4] ?? ''
  const digits = (parts[2] ?? '') + fraction
  const magnitude = BigInt(decimal ? digits : `0x${digits}`)
  const sign: Sign = parts[1] === '-' ? -1n : 1n
  const written = Math.max(-SCALE_MAX, Math.min(SCALE_MAX, Number(parts[5] ?? 0)))
  const scale = written - fraction.length * (decimal ? 1 : 4)
  const power = (decimal ? 10n : 2n) ** BigInt(Math.abs(scale))
  const value = scale < 0 ? round(sign, magnitude, power) : round(sign, magnitude * power, 1n)
  return typeof value === 'string' ? undefined : value
}

function add(a: LongDouble, b: LongDouble): LongDouble | undefined {
  const exponent = Math.min(a.exponent, b.exponent)
  const exact = (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent))
  const sign: Sign = exact < 0n ? -1n : 1n
  const magnitude = exact * sign
  const sum =
    exponent < 0 ? round(sign, magnitude, 1n << BigInt(-exponent)) : round(sign, magnitude << BigInt(exponent), 1n)
  return typeof sum === 'string' ? undefined : sum
}

/** The long double nearest to sign * numerator / denominator. */
function round(sign: Sign, numerator: bigint, denominator: bigint): LongDouble | Exception {
  if (numerator === 0n) return ZERO
  // The quotient gets PRECISION or PRECISION + 1 bits; in the second case the last one goes as well.
  let exponent = bitsOf(numerator) - bitsOf(denominator) - PRECISION
  if (quotient(numerator, denominator, exponent).whole >> BigInt(PRECISION) > 0n) exponent++
  exponent = Math.max(exponent, EXPONENT_MIN)
  const { whole, rest, divisor } = quotient(numerator, denominator, exponent)
  let mantissa = whole + roundsUp(whole, rest, divisor)
  if (mantissa >> BigInt(PRECISION) > 0n) {
    mantissa >>= 1n
    exponent++
  }
  if (mantissa === 0n) return 'underflow'
  if (exponent > EXPONENT_MAX) return 'infinity'
  return { mantissa: sign * mantissa, exponent }
}

function quotient(numerator: bigint, denominator: bigint, exponent: number) {
  const dividend = exponent < 0 ? numerator << BigInt(-exponent) : numerator
  const divisor = exponent > 0 ? denominator << BigInt(exponent) : denominator
  const whole = dividend / divisor
  return { whole, rest: dividend - whole * divisor, divisor }
}

/** What rounding half to even adds to `whole`. */
function roundsUp(whole: bigint, rest: bigint, divisor: bigint): bigint {
  const twice = rest * 2n
  if (twice === divisor) return whole & 1n
  return twice > divisor ? 1n : 0n
}

const bitsOf = (value: bigint): number => {
  const hex = value.toString(16)
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0], 16)))
}

/** "%.17Lf" without trailing zeros; a negative zero loses its sign. */
function format({ mantissa, exponent }: LongDouble): string {
  const magnitude = mantissa < 0n ? -mantissa : mantissa
  let scaled: bigint
  if (exponent >= 0) scaled = (magnitude << BigInt(exponent)) * DECIMAL_SCALE
  else {
    const { whole, rest, divisor } = quotient(magnitude * DECIMAL_SCALE, 1n << BigInt(-exponent), 0)
    scaled = whole + roundsUp(whole, rest, divisor)
  }
  const digits = scaled.toString().padStart(DECIMALS + 1, '0')
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '')
  const sign = mantissa < 0n && scaled > 0n ? '-' : ''
  return sign + digits.slice(0, -DECIMALS) + (fraction === '' ? '' : `.${fraction}`)
}
