/*
 * Doubles as text: as replies have them, a short decimal that reads back as the
 * same double (its digits are those of double-digits.ts), and as C's %.17g prints
 * them; `inf`, `-inf` and `nan` in both.
 *
 * Where an exponent is used and how it is written are facts of Redis 7.2.
 */
import { digitsOf } from './double-digits.ts'

/** Up to here integers are printed in full: half of what 64 bits hold. */
const WHOLE_MAX = 2 ** 62
/** An integer of fewer than so many zeros at its end is printed in full, however big it is. */
const ZEROS_MAX = 8
/** A number is printed without exponent with fewer digits behind the point than this ... */
const DECIMALS_MAX = 7
/** ... or when its first digit is fewer places than this away from the point. */
const EXPONENT_MAX = 4

const special = (value: number): string => (Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf')

/** `value` as replies have it: `3`, `-0`, `0.1`, `1e-7`, `1.5e+21`. */
export function doubleToText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  if (!Number.isFinite(value)) return special(value)
  if (Number.isSafeInteger(value)) return String(value)
  if (Number.isInteger(value) && Math.abs(value) <= WHOLE_MAX) return BigInt(value).toString()
  return laidOut(value)
}

/** `value` as digests have it: as replies do, except that integers with many zeros have an exponent too: `1e+15`. */
export function doubleToDigestText(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return doubleToText(value)
  // This only saves looking for the digits: they are all of an integer's.
  if (Number.isSafeInteger(value) && value % 10 ** ZEROS_MAX !== 0) return String(value)
  return laidOut(value)
}

function laidOut(value: number): string {
  const { digits, exponent } = digitsOf(Math.abs(value))
  return (value < 0 ? '-' : '') + layOut(digits, exponent)
}

/** Digits, of which the first stands for 10 to the `exponent`, with a point or an exponent where Redis puts them. */
function layOut(digits: string, exponent: number): string {
  const zeros = exponent - digits.length + 1
  if (zeros >= 0 && zeros < ZEROS_MAX) return digits + '0'.repeat(zeros)
  const size = Math.abs(exponent)
  if (zeros < 0 && (zeros > -DECIMALS_MAX || size < EXPONENT_MAX)) {
    if (exponent < 0) return `0.${'0'.repeat(size - 1)}${digits}`
    return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
  }
  return `${mantissaOf(digits)}e${exponent < 0 ? '-' : '+'}${size}`
}

const mantissaOf = (digits: string): string => (digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits)

/** `value` as C's %.17g prints it: 17 digits without zeros at their end. */
export function doubleToDigits(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  if (!Number.isFinite(value)) return special(value)
  // It has 16 digits at most.
  if (Number.isSafeInteger(value)) return String(value)
  const scientific = Math.abs(value).toExponential(16)
  const mark = scientific.indexOf('e')
  const digits = scientific.slice(0, mark).replace('.', '').replace(/0+$/, '')
  const exponent = Number(scientific.slice(mark + 1))
  const sign = value < 0 ? '-' : ''
  if (exponent < -4 || exponent >= 17) {
    const size = Math.abs(exponent)
    return `${sign}${mantissaOf(digits)}e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const fraction = digits.slice(exponent + 1)
  return sign + (fraction === '' ? whole : `${whole}.${fraction}`)
}
