/*
 * Sine, cosine and arc sine, rounded to the nearest double nearly always.
 *
 * The engine's own are good to one unit in the last place, and so are those of C
 * libraries, but not the same unit: one distance in ten came out different in its
 * last digit, and distances are stored as scores (GEOSEARCHSTORE STOREDIST). What is
 * within a hundredth of a unit of the truth before it is rounded differs from other
 * such results only where both are all but half way between two doubles.
 *
 * An angle is a multiple of 1/256 and a small rest. Sine and cosine of the multiples
 * are in a table as two doubles each; what the rest adds is at most 1/512 and small
 * enough that its own rounding does not show:
 *
 *   sin(k + r) = sin k + (sin k * (cos r - 1) + cos k * sin r)
 */
const STEPS = 256
/** Up to a little beyond half of pi. */
const TABLE_LENGTH = 408
/** Below it, a sine is its angle and a series so small that rounding it does not show. */
const SERIES_MAX = 0.1
/** Pi is the sum of Math.PI and this. */
const PI_REST = 1.2246467991473532e-16
const HALF_PI = Math.PI / 2
/** Closer to one, a correction of the arc sine is divided by a cosine too small for it. */
const ARC_SINE_MAX = 0.9999

const SCALE_BITS = 120n
const SCALE = 2 ** 120

interface Table {
  readonly sine: Float64Array
  readonly sineRest: Float64Array
  readonly cosine: Float64Array
  readonly cosineRest: Float64Array
}

let table: Table | undefined

/** Made when it is first asked for, in some milliseconds, by the series in integers of 120 bits. */
function createTable(): Table {
  const sine = new Float64Array(TABLE_LENGTH)
  const sineRest = new Float64Array(TABLE_LENGTH)
  const cosine = new Float64Array(TABLE_LENGTH)
  const cosineRest = new Float64Array(TABLE_LENGTH)
  for (let k = 0; k < TABLE_LENGTH; k++) {
    const angle = (BigInt(k) << SCALE_BITS) / BigInt(STEPS)
    const square = (angle * angle) >> SCALE_BITS
    let [sum, odd, even] = [0n, angle, 1n << SCALE_BITS]
    let other = 0n
    for (let n = 1n; odd !== 0n || even !== 0n; n += 2n) {
      sum += odd
      other += even
      even = -((even * square) >> SCALE_BITS) / (n * (n + 1n))
      odd = -((odd * square) >> SCALE_BITS) / ((n + 1n) * (n + 2n))
    }
    sine[k] = Number(sum) / SCALE
    sineRest[k] = Number(sum - BigInt(sine[k] * SCALE)) / SCALE
    cosine[k] = Number(other) / SCALE
    cosineRest[k] = Number(other - BigInt(cosine[k] * SCALE)) / SCALE
  }
  return { sine, sineRest, cosine, cosineRest }
}

/** sin x - x, for small x. */
function sineSeries(x: number): number {
  const s = x * x
  return x * s * (-1 / 6 + s * (1 / 120 + s * (-1 / 5040 + s * (1 / 362_880 - s * (1 / 39_916_800)))))
}

/** cos x - 1, for small x. */
function cosineSeries(x: number): number {
  const s = x * x
  return s * (-0.5 + s * (1 / 24 - s * (1 / 720)))
}

/** The sine of an angle from -pi to pi. */
export function sine(angle: number): number {
  const size = Math.abs(angle)
  // Beyond half of pi it is that of what is left to pi, which two doubles say exactly.
  const isBeyond = size > HALF_PI
  const x = isBeyond ? Math.PI - size : size
  const rest = isBeyond ? PI_REST : 0
  const value = x < SERIES_MAX ? x + (rest + sineSeries(x)) : sineNear(x) + sineBeside(x, rest)
  return angle < 0 ? -value : value
}

/** The sine of the nearest multiple of 1/256. */
function sineNear(x: number): number {
  table ??= createTable()
  return table.sine[Math.round(x * STEPS)]
}

/** What is to be added to it for the sine of `x` + `rest`. */
function sineBeside(x: number, rest: number): number {
  table ??= createTable()
  const k = Math.round(x * STEPS)
  const r = x - k / STEPS + rest
  return table.sineRest[k] + table.sine[k] * cosineSeries(r) + table.cosine[k] * (r + sineSeries(r))
}

/** The cosine of an angle from -pi to pi. */
export function cosine(angle: number): number {
  const size = Math.abs(angle)
  // Beyond half of pi it is that of what is left to pi, with the other sign.
  return size > HALF_PI ? -cosineOf(Math.PI - size, PI_REST) : cosineOf(size, 0)
}

function cosineOf(x: number, rest: number): number {
  table ??= createTable()
  const k = Math.round(x * STEPS)
  const r = x - k / STEPS + rest
  return (
    table.cosine[k] + (table.cosineRest[k] + table.cosine[k] * cosineSeries(r) - table.sine[k] * (r + sineSeries(r)))
  )
}

/** The arc sine of a number from 0 to 1: the engine's, corrected by how far its sine is from the number. */
export function arcSine(value: number): number {
  const angle = Math.asin(value)
  if (value > ARC_SINE_MAX || value === 0) return angle
  const error = angle < SERIES_MAX ? value - angle - sineSeries(angle) : value - sineNear(angle) - sineBeside(angle, 0)
  return angle + error / cosine(angle)
}
