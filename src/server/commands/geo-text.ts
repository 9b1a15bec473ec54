/*
 * Arguments and replies that geo commands share: places, lengths with their units,
 * distances and coordinates as text.
 */
import type { Slice } from '../base/slice.ts'
import { doubleOf } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { isOnMap, type Place } from '../types/geohash.ts'

const UNIT_UNKNOWN = errorLine('ERR unsupported unit provided. please use M, KM, FT, MI')

/** Metres of each unit. */
const UNITS: readonly (readonly [name: string, metres: number])[] = [
  ['m', 1],
  ['km', 1000],
  ['ft', 0.3048],
  ['mi', 1609.34],
]

/** The metres of the unit that `argument` names; undefined, having refused, if it names none. */
export function unitOrRefuse(c: Call, argument: Slice): number | undefined {
  for (const [name, metres] of UNITS) if (argument.is(name)) return metres
  c.reply.error(UNIT_UNKNOWN)
  return undefined
}

/** The place at argv[at], longitude, and argv[at + 1], latitude; undefined, having refused. */
export function placeOrRefuse(c: Call, at: number): Place | undefined {
  const longitude = doubleOf(c.argv[at])
  const latitude = doubleOf(c.argv[at + 1])
  if (longitude === undefined || latitude === undefined) {
    c.reply.error(Err.notFloat)
    return undefined
  }
  const place = { longitude, latitude }
  if (isOnMap(place)) return place
  c.reply.errorText(`ERR invalid longitude,latitude pair ${sixDecimals(longitude)},${sixDecimals(latitude)}`)
  return undefined
}

/** As C prints `%f`. */
function sixDecimals(value: number): string {
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  // From 2^53 on a double is an integer; toFixed would take to exponents soon after.
  return sign + (size < 2 ** 53 ? size.toFixed(6) : `${BigInt(size)}.000000`)
}

/** A distance with four decimals. */
export function distanceText(distance: number): string {
  const scaled = Math.round(distance * 10_000)
  const whole = Math.floor(scaled / 10_000)
  return `${whole}.${String(scaled - whole * 10_000).padStart(4, '0')}`
}

/** Longitude and latitude, each with as many of 17 decimals as are not zeros at the end. */
export function replyPlace(c: Call, { longitude, latitude }: Place): void {
  c.reply.array(2)
  c.reply.doubleText(degreesText(longitude))
  c.reply.doubleText(degreesText(latitude))
}

function degreesText(degrees: number): string {
  return degrees.toFixed(17).replace(/\.?0+$/, '')
}
