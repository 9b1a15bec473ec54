/*
 * Areas of the globe that are searched for places: a circle, a box, a polygon. What
 * is in one, how far from its centre, and which cells of the map cover it.
 *
 * Distances are great circles by the haversine formula on a sphere of Redis' radius.
 * The sides of a box are measured along the parallel of the place that is asked about
 * and along its meridian.
 */
import { arcSine, cosine, sine } from '../base/trigonometry.ts'
import {
  type Bounds,
  type Cell,
  cellBounds,
  cellOf,
  isOnMap,
  nearestOnMap,
  neighbour,
  type Place,
  STEP_MAX,
} from './geohash.ts'

const EARTH_RADIUS_M = 6_372_797.560856
const RADIANS = Math.PI / 180
/** Half of the way around the map's square. */
const MAP_HALF_M = 20_037_726.37
/** More than rounding can make of a distance. */
const ROUNDING = 1.000001

/** Lengths are in metres. */
export type Area =
  | { readonly shape: 'circle'; readonly centre: Place; readonly radius: number }
  | { readonly shape: 'box'; readonly centre: Place; readonly width: number; readonly height: number }
  | { readonly shape: 'polygon'; readonly centre: Place; readonly corners: readonly Place[] }

/** A polygon; its centre is where the sum of its corners, as points of a sphere, points to. */
export function polygonOf(corners: readonly Place[]): Area {
  let [x, y, z] = [0, 0, 0]
  for (const { longitude, latitude } of corners) {
    const [lon, lat] = [longitude * RADIANS, latitude * RADIANS]
    x += cosine(lat) * cosine(lon)
    y += cosine(lat) * sine(lon)
    z += sine(lat)
  }
  const longitude = Math.atan2(y, x) / RADIANS
  const latitude = Math.atan2(z, Math.sqrt(x * x + y * y)) / RADIANS
  return { shape: 'polygon', centre: { longitude, latitude }, corners }
}

/** Metres between two places. */
export function distanceBetween(a: Place, b: Place): number {
  const v = sine((b.longitude * RADIANS - a.longitude * RADIANS) / 2)
  if (v === 0) return alongMeridian(a.latitude, b.latitude)
  const [from, to] = [a.latitude * RADIANS, b.latitude * RADIANS]
  const u = sine((to - from) / 2)
  return 2 * EARTH_RADIUS_M * arcSine(Math.sqrt(u * u + cosine(from) * cosine(to) * v * v))
}

function alongMeridian(a: number, b: number): number {
  return EARTH_RADIUS_M * Math.abs(b * RADIANS - a * RADIANS)
}

/** Metres from the centre of an area to a place in it; -1 when it is not in it. */
export function distanceWithin(area: Area, place: Place): number {
  const { centre } = area
  if (area.shape === 'circle') {
    // Most of what a search meets is too far north or south already, which needs no trigonometry to see.
    if (alongMeridian(place.latitude, centre.latitude) > area.radius * ROUNDING + ROUNDING) return -1
    const distance = distanceBetween(centre, place)
    return distance > area.radius ? -1 : distance
  }
  if (area.shape === 'box') {
    if (alongMeridian(place.latitude, centre.latitude) > area.height / 2) return -1
    const beside = { longitude: centre.longitude, latitude: place.latitude }
    if (distanceBetween(place, beside) > area.width / 2) return -1
  } else if (!isInside(area.corners, place)) return -1
  return distanceBetween(centre, place)
}

/** Whether a line from the place to the east crosses the border of a polygon an odd number of times. */
function isInside(corners: readonly Place[], { longitude, latitude }: Place): boolean {
  let isIn = false
  let before = corners[corners.length - 1]
  for (const corner of corners) {
    if (corner.latitude > latitude !== before.latitude > latitude) {
      // In this order, because where a place lies on the border the last bit decides, and is to do so as in Valkey.
      const east = (before.longitude - corner.longitude) * (latitude - corner.latitude)
      if (longitude < east / (before.latitude - corner.latitude) + corner.longitude) isIn = !isIn
    }
    before = corner
  }
  return isIn
}

/** The sides of a rectangle around the area. */
function boundsOf(area: Area): Bounds {
  if (area.shape === 'polygon') {
    const bounds = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity }
    for (const { longitude, latitude } of area.corners) {
      bounds.west = Math.min(bounds.west, longitude)
      bounds.south = Math.min(bounds.south, latitude)
      bounds.east = Math.max(bounds.east, longitude)
      bounds.north = Math.max(bounds.north, latitude)
    }
    return bounds
  }
  const { longitude, latitude } = area.centre
  const height = area.shape === 'circle' ? area.radius : area.height / 2
  const width = area.shape === 'circle' ? area.radius : area.width / 2
  const up = height / EARTH_RADIUS_M / RADIANS
  // Degrees of longitude are narrowest on the side that is further from the equator.
  const narrow = Math.cos((latitude < 0 ? latitude - up : latitude + up) * RADIANS)
  const across = width / EARTH_RADIUS_M / narrow / RADIANS
  return { west: longitude - across, south: latitude - up, east: longitude + across, north: latitude + up }
}

/** How far the area reaches from its centre at most; a polygon no further than the corners of its bounds. */
function reachOf(area: Area, { west, south, east, north }: Bounds): number {
  if (area.shape === 'circle') return area.radius
  if (area.shape === 'box')
    return Math.sqrt((area.width / 2) * (area.width / 2) + (area.height / 2) * (area.height / 2))
  let reach = 0
  for (const longitude of [west, east]) {
    for (const latitude of [south, north]) {
      reach = Math.max(reach, distanceBetween(area.centre, { longitude, latitude }))
    }
  }
  return reach
}

/** The size of cells of which nine in a square cover so many metres around a place. */
function stepFor(reach: number, latitude: number): number {
  if (reach === 0) return STEP_MAX
  let step = -1
  for (let covered = reach; covered < MAP_HALF_M; covered *= 2) step++
  // Towards the poles the map is stretched: there a cell of the map is less of the globe.
  if (Math.abs(latitude) > 66) step--
  if (Math.abs(latitude) > 80) step--
  return Math.max(1, Math.min(STEP_MAX, step))
}

/** Where the cells are that are searched, in this order: the order in which members are found. */
const AROUND: readonly (readonly [east: number, north: number])[] = [
  [0, 0],
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
]

/** The cells that cover an area: the one that its centre is in, and those around it that the area may reach. */
export function cellsCovering(area: Area): Cell[] {
  // The centre of a polygon around a pole may lie beyond the edge of the map. What Valkey 9.1 finds then depends on
  // what was searched before it; here it is what is in the polygon.
  const isBeyond = !isOnMap(area.centre)
  const centre = isBeyond ? nearestOnMap(area.centre) : area.centre
  const bounds = boundsOf(area)
  let step = stepFor(reachOf(area, bounds), centre.latitude)
  // Once, as in Redis, even if it takes more: that decides what is found beyond the edge of the map, and in which order.
  const stepMin = isBeyond ? 1 : Math.max(1, step - 1)
  while (step > stepMin && !reachesAll(cellOf(centre, step), bounds)) step--
  const middle = cellOf(centre, step)
  const { west, south, east, north } = cellBounds(middle)
  const cells: Cell[] = []
  for (const [x, y] of AROUND) {
    if (step >= 2) {
      if ((y < 0 && south < bounds.south) || (y > 0 && north > bounds.north)) continue
      if ((x < 0 && west < bounds.west) || (x > 0 && east > bounds.east)) continue
    }
    cells.push(neighbour(middle, x, y))
  }
  return cells
}

/** Whether the cells around one reach as far as the bounds. */
function reachesAll(middle: Cell, { west, south, east, north }: Bounds): boolean {
  return (
    cellBounds(neighbour(middle, 0, 1)).north >= north &&
    cellBounds(neighbour(middle, 0, -1)).south <= south &&
    cellBounds(neighbour(middle, 1, 0)).east >= east &&
    cellBounds(neighbour(middle, -1, 0)).west <= west
  )
}
