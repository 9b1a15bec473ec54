/*
 * Doubles as Redis prints them in replies: the shortest decimal that reads back
 * as the same double, `inf`, `-inf`, `nan`, exponents as C prints them (e+20).
 *
 * JavaScript's own number-to-string is a shortest round-trip conversion too; the
 * two differ in when they use an exponent and in how they write it.
 */

/** `value` as text: plain digits up to 17 of them, otherwise `1e+20` or `1.5e-07`. */
export function doubleToText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  if (Number.isNaN(value)) return 'nan'
  if (value === Infinity) return 'inf'
  if (value === -Infinity) return '-inf'
  // Every double below 2^53 that is an integer has at most 16 digits: no exponent in either form.
  if (Number.isSafeInteger(value)) return String(value)
  const scientific = value.toExponential()
  const mark = scientific.indexOf('e')
  const exponent = Number(scientific.slice(mark + 1))
  const negative = scientific.charCodeAt(0) === 45
  const digits = scientific.slice(negative ? 1 : 0, mark).replace('.', '')
  const sign = negative ? '-' : ''
  if (exponent >= -4 && exponent < 17) {
    if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
    if (digits.length <= exponent + 1) return sign + digits + '0'.repeat(exponent + 1 - digits.length)
    return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
  }
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits
  const size = Math.abs(exponent)
  return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`
}
