/*
 * The digits of a double as the algorithm Grisu2 finds them (F. Loitsch, "Printing
 * Floating-Point Numbers Quickly and Accurately with Integers", 2010), which is what
 * replies of Redis 7.2 and Valkey have.
 *
 * Mostly they are the shortest ones that read back as the same double, which is what
 * JavaScript finds. But Grisu2 computes with 64 bits: to be sure of what it answers it
 * leaves out the very ends of the interval that rounds to the double, and one time in
 * some hundred the shortest digits lie there. Then it has one or two more, and here
 * they are wanted too: 233.765428 is 233.76542800000001.
 *
 * A number with 64 bits is a fraction and a power of two: f * 2^e. That takes big
 * integers and some microseconds; isCertain tells of nearly all numbers that both
 * would find the same, from how far the shortest digits are from the double.
 */

/** Bits of a double's fraction below the leading one, and what its exponent is counted from. */
const FRACTION_BITS = 52n
const EXPONENT_BIAS = 1075
const EXPONENT_MASK = 0x7ffn
const HIDDEN_BIT = 1n << FRACTION_BITS

/** Powers of ten are taken at this distance, from the first on: so many reach from the smallest double to the largest. */
const POWER_STEP = 8
const POWER_FIRST = -348
const POWER_COUNT = 87
/** The product with the power has an exponent between these: its whole part then has 4 to 32 bits. */
const EXPONENT_MIN = -60
const EXPONENT_MAX = -32
const LOG10_OF_2 = 0.30102999566398114

interface Power {
  /** 64 bits, the top one set, rounded to nearest. */
  readonly fraction: bigint
  readonly exponent: number
  /** Which power of ten it is. */
  readonly ten: number
}

const powers: (Power | undefined)[] = new Array(POWER_COUNT).fill(undefined)

function powerAt(index: number): Power {
  const known = powers[index]
  if (known !== undefined) return known
  const ten = POWER_FIRST + index * POWER_STEP
  // As a quotient with bits to spare; what is cut off is below half of the last bit that stays, or above.
  const spare = ten < 0 ? BigInt(Math.ceil(-ten * 3.33) + 80) : 80n
  const exact = ten < 0 ? (1n << spare) / 10n ** BigInt(-ten) : (10n ** BigInt(ten)) << spare
  const excess = exact.toString(2).length - 64
  const rounded = (exact + (1n << BigInt(excess - 1))) >> BigInt(excess)
  const power = { fraction: rounded, exponent: excess - Number(spare), ten }
  powers[index] = power
  return power
}

/** The power of ten that brings a number with this exponent into the range. */
function powerFor(exponent: number): Power {
  const estimate = Math.trunc(-(exponent + POWER_COUNT) * LOG10_OF_2)
  let index = Math.trunc((estimate - POWER_FIRST) / POWER_STEP)
  for (;;) {
    const power = powerAt(index)
    const sum = exponent + power.exponent + 64
    if (sum < EXPONENT_MIN) index++
    else if (sum > EXPONENT_MAX) index--
    else return power
  }
}

/** The upper 64 bits of a product, rounded. */
const times = (a: bigint, b: bigint): bigint => (a * b + (1n << 63n)) >> 64n

const double = new Float64Array(1)
const bits = new BigUint64Array(double.buffer)
const words = new Uint32Array(double.buffer)

/** Digits, the first of which stands for 10 to the `exponent`. */
export interface Digits {
  readonly digits: string
  readonly exponent: number
}

/** The digits of a finite double above zero. */
export function digitsOf(value: number): Digits {
  const text = value.toExponential()
  const mark = text.indexOf('e')
  const digits = mark === 1 ? text.slice(0, 1) : text.slice(0, 1) + text.slice(2, mark)
  const exponent = Number(text.slice(mark + 1))
  double[0] = value
  return isCertain(value, digits, exponent - digits.length + 1) ? { digits, exponent } : grisuDigits(digits.length)
}

/** Powers of ten that are doubles exactly. */
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, i) => 10 ** i)
/** Splits a double into halves of 26 bits, whose products are exact. */
const SPLITTER = 2 ** 27 + 1
const LOW_DIGITS = 8
/** How near the digits may be to the end of the interval, and to the middle between two numbers of as many digits. */
const INSIDE = 0.99
const NEAREST = 0.49

/**
 * Whether Grisu2 finds these shortest digits too, the last of which stands for 10 to the `place`: they
 * are well within the interval that rounds to `value`, and no other number of as many digits is about as
 * near. `double` holds the value. False where that is not known cheaply.
 */
function isCertain(value: number, digits: string, place: number): boolean {
  if (place >= 0 || place <= -POWERS_OF_TEN.length) return false
  const biased = (words[1] >>> 20) & 0x7ff
  // Below a power of two the interval is narrower.
  if (biased === 0 || (words[0] === 0 && (words[1] & 0xfffff) === 0)) return false
  const power = POWERS_OF_TEN[-place]
  // value * power = product + error, exactly (T. J. Dekker, 1971).
  const product = value * power
  const valueHigh = value * SPLITTER - (value * SPLITTER - value)
  const powerHigh = power * SPLITTER - (power * SPLITTER - power)
  const valueLow = value - valueHigh
  const powerLow = power - powerHigh
  const error = valueLow * powerLow - (product - valueHigh * powerHigh - valueLow * powerHigh - valueHigh * powerLow)
  // Up to 17 digits are more than a double holds, so they come in two parts.
  const cut = Math.max(digits.length - LOW_DIGITS, 0)
  const high = cut === 0 ? 0 : Number(digits.slice(0, cut)) * 10 ** LOW_DIGITS
  const distance = Math.abs(high - product + Number(digits.slice(cut)) - error)
  const half = 2 ** (biased - EXPONENT_BIAS - 1) * power
  return distance < NEAREST && distance < half * INSIDE
}

/** The digits of the value in `double`, of which the shortest has `length`. */
function grisuDigits(length: number): Digits {
  const biased = Number((bits[0] >> FRACTION_BITS) & EXPONENT_MASK)
  const fraction = (bits[0] & (HIDDEN_BIT - 1n)) | (biased === 0 ? 0n : HIDDEN_BIT)
  // Half a unit above and below, a quarter below a power of two; all with the exponent that 64 bits give the upper one.
  const shift = BigInt(64 - (fraction * 2n + 1n).toString(2).length)
  const exponent = Math.max(biased, 1) - EXPONENT_BIAS - 1 - Number(shift)
  const below = fraction === HIDDEN_BIT ? (fraction * 4n - 1n) << (shift - 1n) : (fraction * 2n - 1n) << shift
  const power = powerFor(exponent)
  const upper = times((fraction * 2n + 1n) << shift, power.fraction) - 1n
  const lower = times(below, power.fraction) + 1n
  const exact = times((fraction * 2n) << shift, power.fraction)
  const scale = BigInt(-(exponent + power.exponent + 64))
  return shortestBetween(upper, lower, exact, scale, power.ten, length)
}

/**
 * The fewest digits, at least `length`, of a number between the two, and of those the nearest to
 * `exact`. All three count units of 2 to the minus `scale`, and are 10 to the `ten` times too large.
 */
function shortestBetween(
  upper: bigint,
  lower: bigint,
  exact: bigint,
  scale: bigint,
  ten: number,
  length: number,
): Digits {
  const whole = (upper >> scale).toString().length
  for (let count = length; ; count++) {
    // The last digit stands for 10 to the `place`. Below the point, everything is multiplied up to it.
    const place = whole - count
    const factor = place < 0 ? 10n ** BigInt(-place) : 1n
    const unit = (place > 0 ? 10n ** BigInt(place) : 1n) << scale
    const top = upper * factor
    const room = (upper - lower) * factor
    let rest = top % unit
    if (place < 0 ? rest >= room : rest > room) continue
    let number = top / unit
    const distance = (upper - exact) * factor
    while (
      rest < distance &&
      room - rest >= unit &&
      (rest + unit < distance || distance - rest > rest + unit - distance)
    ) {
      number--
      rest += unit
    }
    const digits = number.toString()
    return { digits, exponent: place - ten + digits.length - 1 }
  }
}
