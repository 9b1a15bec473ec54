/*
 * Geo searches against looking at every member, the slow thing that is obviously
 * right, and the arithmetic under them: scores against bits one by one, sines against
 * the engine's. SEED=<n> replays.
 */
import { describe, expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { Slice } from '../base/slice.ts'
import { arcSine, cosine, sine } from '../base/trigonometry.ts'
import { Keyspace } from '../keyspace/keyspace.ts'
import { Memory } from '../memory/arena.ts'
import { geoSearch } from './geo.ts'
import { type Area, distanceBetween, distanceWithin, polygonOf } from './geo-area.ts'
import { cellBounds, cellEnd, cellOf, cellStart, type Place, placeOf, scoreOf } from './geohash.ts'
import { zsetAdd, zsetCreate } from './zset.ts'

const LATITUDE_MAX = 85.05112878
const unit = (r: Random): number => r.u32() / 2 ** 32

/** A place around another one. */
function placeNear(r: Random, centre: Place, degrees: number): Place {
  const around = (middle: number, max: number): number =>
    Math.max(-max, Math.min(max, middle + (unit(r) - 0.5) * 2 * degrees))
  return { longitude: around(centre.longitude, 180), latitude: around(centre.latitude, 85) }
}

const anyPlace = (r: Random): Place => placeNear(r, { longitude: 0, latitude: 0 }, 180)

function anyArea(r: Random, centre: Place, degrees: number): Area {
  const size = (): number => unit(r) * degrees * 150_000
  const shape = r.below(3)
  if (shape === 0) return { shape: 'circle', centre, radius: size() }
  if (shape === 1) return { shape: 'box', centre, width: size(), height: size() }
  return polygonOf(Array.from({ length: 3 + r.below(4) }, () => placeNear(r, centre, degrees)))
}

for (const entries of [0, 1000]) {
  describe(`a geo set of ${entries === 0 ? 'a skiplist' : 'a listpack'}`, () => {
    test('finds in an area what is in it, once', () => {
      const r = random()
      const keyspace = new Keyspace({ random: r, memory: new Memory() })
      keyspace.limits.zsetMaxListpackEntries = entries
      const db = keyspace.databases[0]
      for (let round = 0; round < 12; round++) {
        const degrees = [60, 5, 0.5, 0.01][round % 4]
        // Not around the edges of the map: there a search ends at the edge, as in Redis.
        const middle = { longitude: (unit(r) - 0.5) * 200, latitude: (unit(r) - 0.5) * 40 }
        db.remove(Slice.of('g'))
        const zset = zsetCreate(db, Slice.of('g'))
        const members = new Map<string, Place>()
        for (let i = 0; i < 150; i++) {
          const score = scoreOf(placeNear(r, middle, degrees))
          zsetAdd(db, zset, score, Slice.of(`m${i}`))
          members.set(`m${i}`, placeOf(score))
        }
        for (let step = 0; step < 20; step++) {
          const where = `seed ${r.seed}, round ${round}, step ${step}`
          const area = anyArea(r, placeNear(r, middle, degrees / 3), degrees / 3)
          const expected = [...members].filter(([, place]) => distanceWithin(area, place) >= 0).map(([name]) => name)
          const found = geoSearch(db, zset, area)
          expect(found.map(({ member }) => member.text()).toSorted(), where).toEqual(expected.toSorted())
          for (const { member, distance } of found) {
            const place = members.get(member.text()) as Place
            expect(distance, where).toBe(distanceBetween(area.centre, place))
          }
          const some = geoSearch(db, zset, area, 3)
          expect(
            some.map(({ member }) => member.text()),
            where,
          ).toEqual(found.slice(0, 3).map(({ member }) => member.text()))
        }
      }
    })
  })
}

test('a polygon around a pole finds what is in it, though its centre is beyond the edge of the map', () => {
  const r = random()
  const db = new Keyspace({ random: r, memory: new Memory() }).databases[0]
  let all = 0
  for (let round = 0; round < 100; round++) {
    const sign = r.below(2) === 0 ? 1 : -1
    const degrees = [360, 120, 20, 1, 0.01][round % 5]
    const east = (unit(r) - 0.5) * 2 * 180
    const atPole = (reach: number): Place => ({
      longitude: Math.max(-180, Math.min(180, east + (unit(r) - 0.5) * degrees)),
      latitude: sign * (LATITUDE_MAX - unit(r) ** 4 * reach),
    })
    db.remove(Slice.of('g'))
    const zset = zsetCreate(db, Slice.of('g'))
    const places = Array.from({ length: 100 }, () => atPole(degrees / 4))
    for (const [i, place] of places.entries()) zsetAdd(db, zset, scoreOf(place), Slice.of(`m${i}`))
    for (let step = 0; step < 30; step++) {
      const where = `seed ${r.seed}, round ${round}, step ${step}`
      const area = polygonOf(Array.from({ length: 3 + r.below(4) }, () => atPole(degrees / 20)))
      if (Math.abs(area.centre.latitude) <= LATITUDE_MAX) continue
      const isIn = (place: Place): boolean => distanceWithin(area, placeOf(scoreOf(place))) >= 0
      const expected = places.flatMap((place, i) => (isIn(place) ? [`m${i}`] : []))
      all += expected.length
      const found = geoSearch(db, zset, area).map(({ member }) => member.text())
      expect(found.toSorted(), where).toEqual(expected.toSorted())
    }
  }
  expect(all, `seed ${r.seed}`).toBeGreaterThan(100)
})

test('a score mixes the bits of two numbers, and means a place near the one it was made of', () => {
  const r = random()
  for (let i = 0; i < 3000; i++) {
    const place = anyPlace(r)
    const { x, y } = cellOf(place, 26)
    const bits = (part: number): string[] => [...part.toString(2).padStart(26, '0')]
    const [east, north] = [bits(x), bits(y)]
    if (x < 2 ** 26) {
      const mixed = east.map((bit, at) => `${bit}${north[at]}`).join('')
      expect(scoreOf(place), `seed ${r.seed}`).toBe(Number(BigInt(`0b${mixed}`)))
    }
    const back = placeOf(scoreOf(place))
    expect(Math.abs(back.longitude - place.longitude), `seed ${r.seed}`).toBeLessThan(1e-5)
    expect(Math.abs(back.latitude - place.latitude), `seed ${r.seed}`).toBeLessThan(1e-5)
  }
})

test('a cell is where its scores are', () => {
  const r = random()
  for (let i = 0; i < 3000; i++) {
    const cell = cellOf(anyPlace(r), 1 + r.below(26))
    const { west, south, east, north } = cellBounds(cell)
    const inside = {
      longitude: west + unit(r) * (east - west) * 0.999,
      latitude: south + unit(r) * (north - south) * 0.999,
    }
    expect(scoreOf(inside), `seed ${r.seed}`).toBeGreaterThanOrEqual(cellStart(cell))
    expect(scoreOf(inside), `seed ${r.seed}`).toBeLessThan(cellEnd(cell))
  }
})

test('scores that mean no place give one on the map', () => {
  for (const score of [-1, -0.5, Infinity, -Infinity, 1e300, 2 ** 63, 2 ** 64, -(2 ** 63), 1.5]) {
    const { longitude, latitude } = placeOf(score)
    expect(Math.abs(longitude)).toBeLessThanOrEqual(180)
    expect(Math.abs(latitude)).toBeLessThanOrEqual(85.05112878)
  }
})

test('sine, cosine and arc sine are those of the engine but for the last bit', () => {
  const r = random()
  const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 2 ** -52 * Math.max(Math.abs(a), 2 ** -52)
  for (let i = 0; i < 20_000; i++) {
    const angle = (unit(r) - 0.5) * 2 * Math.PI
    expect(isClose(sine(angle), Math.sin(angle)), `sine of ${angle}`).toBe(true)
    const right = angle / 2.2
    expect(isClose(cosine(right), Math.cos(right)), `cosine of ${right}`).toBe(true)
    const value = unit(r)
    expect(isClose(arcSine(value), Math.asin(value)), `arc sine of ${value}`).toBe(true)
  }
  expect([sine(0), cosine(0), arcSine(0), arcSine(1)]).toEqual([0, 1, 0, Math.PI / 2])
})
