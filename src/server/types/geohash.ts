/*
 * Geohashes: places on the globe as numbers that lie close together where the places
 * do. The score of a member of a geo set is one of 52 bits:
 *
 *   longitude -180 to 180, latitude -85.05112878 to 85.05112878 (what a square map shows),
 *   each divided into 2^26 parts; the bits of the two numbers alternate, latitude lowest
 *
 * With fewer bits a hash is a cell: a rectangle of the map. A cell is kept as the two
 * numbers; only a score has their bits mixed. At exactly 180 degrees a number has one
 * bit more than it should, as in Redis, and a score 54 bits.
 */
const LONGITUDE_MAX = 180
const LATITUDE_MAX = 85.05112878
/** Bits of each axis in a score. */
export const STEP_MAX = 26

/** The letters of the geohashes that people exchange, five bits each. */
const LETTERS = '0123456789bcdefghjkmnpqrstuvwxyz'
/** Less than half of the smallest cell from the edge. */
const INSIDE = 1 - 2 ** -28
const TWO_32 = 0x1_0000_0000
const TWO_63 = 2 ** 63

export interface Place {
  readonly longitude: number
  readonly latitude: number
}

const within = (degrees: number, max: number): number => Math.max(-max, Math.min(max, degrees))

/** A rectangle of the map: part `x` of the longitudes and part `y` of the latitudes, of 2^step parts each. */
export interface Cell {
  readonly x: number
  readonly y: number
  readonly step: number
}

/** The sides of a rectangle in degrees. */
export interface Bounds {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** Whether the map shows such a place. */
export function isOnMap({ longitude, latitude }: Place): boolean {
  return Math.abs(longitude) <= LONGITUDE_MAX && Math.abs(latitude) <= LATITUDE_MAX
}

/** The place on the map that is nearest to one beyond its edge, a little inside: the edge itself has no cell. */
export function nearestOnMap({ longitude, latitude }: Place): Place {
  return {
    longitude: within(longitude, LONGITUDE_MAX * INSIDE),
    latitude: within(latitude, LATITUDE_MAX * INSIDE),
  }
}

/** The cell that a place is in. */
export function cellOf(place: Place, step: number): Cell {
  return {
    x: partOf(place.longitude, LONGITUDE_MAX, step),
    y: partOf(place.latitude, LATITUDE_MAX, step),
    step,
  }
}

function partOf(degrees: number, max: number, step: number): number {
  return Math.floor(((degrees + max) / (max + max)) * 2 ** step)
}

export function cellBounds({ x, y, step }: Cell): Bounds {
  const parts = 2 ** step
  return {
    west: -LONGITUDE_MAX + (x / parts) * (2 * LONGITUDE_MAX),
    south: -LATITUDE_MAX + (y / parts) * (2 * LATITUDE_MAX),
    east: -LONGITUDE_MAX + ((x + 1) / parts) * (2 * LONGITUDE_MAX),
    north: -LATITUDE_MAX + ((y + 1) / parts) * (2 * LATITUDE_MAX),
  }
}

/** The cell so many cells to the east and to the north; beyond the edge of the map it begins anew. */
export function neighbour(cell: Cell, east: number, north: number): Cell {
  const parts = 2 ** cell.step
  return {
    x: east === 0 ? cell.x : (cell.x + east + parts) % parts,
    y: north === 0 ? cell.y : (cell.y + north + parts) % parts,
    step: cell.step,
  }
}

export function isSameCell(a: Cell, b: Cell): boolean {
  return a.x === b.x && a.y === b.y && a.step === b.step
}

/** The lowest score of a place in the cell. */
export function cellStart({ x, y, step }: Cell): number {
  return mixed(x, y) * 4 ** (STEP_MAX - step)
}

/** What is greater than the score of every place in the cell. */
export function cellEnd({ x, y, step }: Cell): number {
  return (mixed(x, y) + 1) * 4 ** (STEP_MAX - step)
}

export function scoreOf(place: Place): number {
  return cellStart(cellOf(place, STEP_MAX))
}

/** The place in the middle of what has this score. Any score will do: those that mean no place give one on the edge. */
export function placeOf(score: number): Place {
  const { high, low } = bitsOf(score)
  const cell = {
    x: everySecond(low >>> 1) + everySecond(high >>> 1) * 0x1_0000,
    y: everySecond(low) + everySecond(high) * 0x1_0000,
    step: STEP_MAX,
  }
  const { west, south, east, north } = cellBounds(cell)
  return {
    longitude: within((west + east) / 2, LONGITUDE_MAX),
    latitude: within((south + north) / 2, LATITUDE_MAX),
  }
}

/**
 * The 64 bits of a score as the machine converts it to an unsigned integer, in two unsigned halves.
 * Scores of places are small; a sorted set may hold any.
 */
function bitsOf(score: number): { high: number; low: number } {
  const whole = Math.trunc(score)
  // What no 64 bits can say becomes the highest bit alone, or none.
  if (whole >= 2 * TWO_63) return { high: 0, low: 0 }
  if (whole < -TWO_63) return { high: 0x8000_0000, low: 0 }
  const high = Math.floor(whole / TWO_32)
  return { high: high >>> 0, low: (whole - high * TWO_32) >>> 0 }
}

/** The bits of two numbers in turns, `y` lowest: exact up to 26 bits each. */
function mixed(x: number, y: number): number {
  const low = (spread(y & 0xffff) | (spread(x & 0xffff) << 1)) >>> 0
  const high = (spread(y >>> 16) | (spread(x >>> 16) << 1)) >>> 0
  return high * TWO_32 + low
}

/** 16 bits, a zero above each. */
function spread(bits: number): number {
  let x = bits
  x = (x | (x << 8)) & 0x00ff_00ff
  x = (x | (x << 4)) & 0x0f0f_0f0f
  x = (x | (x << 2)) & 0x3333_3333
  return (x | (x << 1)) & 0x5555_5555
}

/** The 16 bits at even places. */
function everySecond(bits: number): number {
  let x = bits & 0x5555_5555
  x = (x | (x >>> 1)) & 0x3333_3333
  x = (x | (x >>> 2)) & 0x0f0f_0f0f
  x = (x | (x >>> 4)) & 0x00ff_00ff
  return (x | (x >>> 8)) & 0xffff
}

/**
 * The geohash of a score as people write it: of the whole globe, so of other bits, in 11 letters. 52
 * bits make ten; the eleventh is always the first of the alphabet.
 */
export function geohashText(score: number): string {
  const { longitude, latitude } = placeOf(score)
  const x = partOf(longitude, LONGITUDE_MAX, STEP_MAX)
  const y = partOf(latitude, 90, STEP_MAX)
  let text = ''
  for (let letter = 0; letter < 10; letter++) {
    let index = 0
    // Bit 51 is the highest one of the longitude, bit 50 that of the latitude.
    for (let bit = 51 - letter * 5; bit > 46 - letter * 5; bit--) {
      const axis = bit & 1 ? x : y
      index = index * 2 + ((axis >>> (bit >>> 1)) & 1)
    }
    text += LETTERS[index]
  }
  return `${text}${LETTERS[0]}`
}
