import { describe, expect, test } from 'vitest'
import { areLikePlaces, positionOf, readLatitude, readLongitude, scoreOfPosition } from './geo-score.ts'

/** As redis-server 7.0 answers GEOADD and then ZSCORE and GEOPOS. */
const ANSWERS = [
  { typed: [13.361389, 38.115556], score: '3479099956230698', kept: [13.361389338970184, 38.1155563954963] },
  { typed: [15.087269, 37.502669], score: '3479447370796909', kept: [15.087267458438873, 37.50266842333162] },
  { typed: [-73.935242, 40.73061], score: '1791875640195835', kept: [-73.93524438142776, 40.73061047253818] },
  { typed: [-180, -85.05112878], score: '0', kept: [-179.999997317791, -85.05112751264] },
  { typed: [0, 0], score: '3377699720527872', kept: [0.00000268220901489, 0.00000126736058093] },
] as const

describe('the score of a place', () => {
  test.each(ANSWERS)('$score is what the server makes of $typed, and reads', ({ typed, score, kept }) => {
    expect(scoreOfPosition({ longitude: typed[0], latitude: typed[1] })).toBe(score)
    const position = positionOf(score)!
    expect(position.longitude).toBeCloseTo(kept[0], 10)
    expect(position.latitude).toBeCloseTo(kept[1], 10)
    expect(scoreOfPosition(position)).toBe(score)
  })

  test('is none where it has a fraction, a sign, more bits than a place, or nothing', () => {
    for (const score of ['', '0.5', '-1', '4503599627370496', 'inf', '-inf', '1e300']) {
      expect(positionOf(score)).toBe(undefined)
    }
    expect(positionOf('4503599627370495')).toBeDefined()
  })

  test('is told from points and times of day, and from a set with anything else in it', () => {
    expect(areLikePlaces(['3479099956230698', '1791875640195835'])).toBe(true)
    expect(areLikePlaces(['1764000000000'])).toBe(false)
    expect(areLikePlaces(['3479099956230698', '12'])).toBe(false)
    expect(areLikePlaces([])).toBe(false)
  })
})

describe('degrees as they are typed', () => {
  test('are numbers on the map', () => {
    expect(readLongitude(' -73.5 ')).toEqual({ state: 'ok', degrees: -73.5 })
    expect(readLatitude('85.05112878')).toEqual({ state: 'ok', degrees: 85.05112878 })
    expect(readLongitude('')).toEqual({ state: 'empty' })
  })

  test('are refused with what to write instead', () => {
    expect(readLongitude('180')).toMatchObject({ why: 'Write it as -180, which is the same.' })
    expect(readLongitude('180.1')).toMatchObject({ why: expect.stringContaining('-180 to 180') })
    expect(readLatitude('86')).toMatchObject({ why: expect.stringContaining('85.05112878') })
    expect(readLatitude("38°6'")).toMatchObject({ why: expect.stringContaining('as a number') })
  })
})
