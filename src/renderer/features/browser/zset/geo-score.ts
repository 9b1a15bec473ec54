/*
 * Scores of sorted sets that GEOADD made: a place on the globe as a number.
 *
 *   52 bits: those of the longitude (-180 to 180) and of the latitude (-85.05112878 to
 *   85.05112878), each divided into 2^26 parts, alternate; latitude lowest
 *
 * Read and written here, not asked of the server: the scores are read anyway, and
 * GEOADD is ZADD with such a score.
 */
const LONGITUDE_MAX = 180
export const LATITUDE_MAX = 85.05112878
const BITS = 26
const PARTS = 2 ** BITS
const SCORE_END = 2 ** (2 * BITS)
/** Below it are places between New Zealand and Antarctica only, and all that is counted, or dated in milliseconds. */
const LIKELY_MIN = 2 ** 46

export interface GeoPosition {
  /** Degrees to the east. */
  readonly longitude: number
  /** Degrees to the north. */
  readonly latitude: number
}

/** The middle of what has this score, as GEOPOS tells it; undefined where it is none of a place. */
export function positionOf(score: string): GeoPosition | undefined {
  const number = score === '' ? Number.NaN : Number(score)
  if (!Number.isInteger(number) || number < 0 || number >= SCORE_END) return undefined
  let [x, y, rest] = [0, 0, number]
  for (let bit = 1; bit < PARTS; bit *= 2) {
    y += (rest % 2) * bit
    rest = Math.floor(rest / 2)
    x += (rest % 2) * bit
    rest = Math.floor(rest / 2)
  }
  return { longitude: middleOf(x, LONGITUDE_MAX), latitude: middleOf(y, LATITUDE_MAX) }
}

function middleOf(part: number, max: number): number {
  const from = -max + (part / PARTS) * 2 * max
  const to = -max + ((part + 1) / PARTS) * 2 * max
  return (from + to) / 2
}

/** The score of a place. Longitudes end below 180, which is -180. */
export function scoreOfPosition({ longitude, latitude }: GeoPosition): string {
  let [x, y] = [partOf(longitude, LONGITUDE_MAX), Math.min(partOf(latitude, LATITUDE_MAX), PARTS - 1)]
  let score = 0
  for (let weight = 1; weight < SCORE_END; weight *= 4) {
    score += (y % 2) * weight + (x % 2) * 2 * weight
    x = Math.floor(x / 2)
    y = Math.floor(y / 2)
  }
  return String(score)
}

const partOf = (degrees: number, max: number): number => Math.floor(((degrees + max) / (max + max)) * PARTS)

/** Whether scores can well be those of places: whole, and as large as such are. */
export function areLikePlaces(scores: readonly string[]): boolean {
  return scores.length > 0 && scores.every((score) => positionOf(score) !== undefined && Number(score) >= LIKELY_MIN)
}

/** To the digits that a score holds: a part is 0.000005 degrees wide. */
export const showDegrees = (degrees: number): string => degrees.toFixed(6)

export type TypedDegrees =
  | { readonly state: 'ok'; readonly degrees: number }
  | { readonly state: 'empty' }
  | { readonly state: 'wrong'; readonly why: string }

const DEGREES = /^[+-]?(?:\d+\.?\d*|\.\d+)$/

export const readLongitude = (typed: string): TypedDegrees =>
  readDegrees(typed, (degrees) =>
    degrees === LONGITUDE_MAX
      ? 'Write it as -180, which is the same.'
      : Math.abs(degrees) > LONGITUDE_MAX
        ? 'Degrees to the east, from -180 to 180.'
        : undefined,
  )

export const readLatitude = (typed: string): TypedDegrees =>
  readDegrees(typed, (degrees) =>
    Math.abs(degrees) > LATITUDE_MAX ? `Degrees to the north, from -${LATITUDE_MAX} to ${LATITUDE_MAX}.` : undefined,
  )

function readDegrees(typed: string, faultOf: (degrees: number) => string | undefined): TypedDegrees {
  const text = typed.trim()
  if (text === '') return { state: 'empty' }
  if (!DEGREES.test(text)) return { state: 'wrong', why: 'Write degrees as a number: 13.361389, or -0.5.' }
  const why = faultOf(Number(text))
  return why === undefined ? { state: 'ok', degrees: Number(text) } : { state: 'wrong', why }
}
