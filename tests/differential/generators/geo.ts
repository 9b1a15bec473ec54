import type { CommandArg } from '../../support/reply.ts'
import {
  type Arg,
  anyKey,
  command,
  type Group,
  geoKey,
  many,
  maybe,
  oneOf,
  options,
  seq,
  since,
  word,
} from '../grammar.ts'

/**
 * Fixed places, so that distances are from a fixed set too: in one of some hundred two mathematics
 * libraries differ in the last of 17 digits, which a distance that is stored as a score shows.
 */
const PLACES: readonly (readonly [CommandArg, CommandArg])[] = [
  ['13.361389', '38.115556'],
  ['15.087269', '37.502669'],
  ['13.5', '38'],
  ['0', '0'],
  ['-180', '-85.05112878'],
  ['180', '85.05112878'],
  ['179.9', '10'],
  ['-179.9', '10'],
  ['0.5', '84'],
  ['-122.27652', '37.805186'],
  ['151.2', '-33.86'],
]
const place: Arg = ({ random }) =>
  random.chance(0.97)
    ? [...random.pick(PLACES)]
    : random.pick([
        ['181', '0'],
        ['0', '86'],
        ['x', '1'],
        ['1', 'nan'],
      ])

/** Few members: how many that are equally far are ordered is each server's own from seven on. */
const member: Arg = ({ random }) => [`m${random.below(6)}`]
const unit = word('m', 'km', 'KM', 'ft', 'mi', 'yd')
const length = word('0', '1', '200', '1000.5', '30000', '20000', '-1', 'x')
const order = options(
  word('ASC', 'DESC', 'asc'),
  seq(word('COUNT'), word('1', '2', '100', '0', 'x'), maybe(word('ANY'))),
)
const shown = options(word('WITHCOORD'), word('WITHDIST', 'withdist'), word('WITHHASH'))
const circle = seq(word('BYRADIUS'), length, unit)
const box = seq(word('BYBOX'), length, length, unit)
const polygon: Arg = (s) => {
  const count = s.random.between(3, 5)
  const said = s.random.chance(0.1) ? s.random.between(-1, 6) : count
  const corners = many(count, count, place)(s)
  return isCentreOnMap(corners.slice(0, 2 * Math.max(0, said))) ? ['BYPOLYGON', said, ...corners] : polygon(s)
}

/** Whether the centre of a polygon is on the map: beyond its edge Valkey answers by what was searched before. */
function isCentreOnMap(corners: readonly CommandArg[]): boolean {
  let [x, y, z] = [0, 0, 0]
  for (let i = 0; i < corners.length; i += 2) {
    const [east, north] = [Number(corners[i]) * (Math.PI / 180), Number(corners[i + 1]) * (Math.PI / 180)]
    x += Math.cos(north) * Math.cos(east)
    y += Math.cos(north) * Math.sin(east)
    z += Math.sin(north)
  }
  // Not said the other way around: what is not a number is refused.
  return !(Math.atan2(Math.abs(z), Math.hypot(x, y)) > 85 * (Math.PI / 180))
}
const centre = oneOf(seq(word('FROMLONLAT'), place), seq(word('FROMMEMBER', 'frommember'), member))
const round = oneOf(seq(centre, oneOf(circle, box)), seq(centre, circle))
const where = oneOf(round, round, since({ valkey: '9.0' }, polygon))
const store = maybe(seq(word('STORE', 'STOREDIST'), geoKey))

export const geo: Group = {
  name: 'geo',
  commands: [
    command('GEOADD', seq(geoKey, options(word('NX', 'XX'), word('CH')), many(1, 3, seq(place, member))), {
      weight: 8,
    }),
    command('GEOPOS', seq(geoKey, many(0, 3, member)), { weight: 2 }),
    command('GEOHASH', seq(geoKey, many(0, 3, member))),
    command('GEODIST', seq(geoKey, member, member, maybe(unit)), { weight: 2 }),
    command('GEOSEARCH', seq(geoKey, where, order, shown), { weight: 6 }),
    command('GEOSEARCH', seq(anyKey, where)),
    // Not polygons with their distances: the centre of one is no fixed place.
    command(
      'GEOSEARCHSTORE',
      seq(geoKey, geoKey, oneOf(seq(round, order, maybe(word('STOREDIST'))), seq(where, order))),
      {
        weight: 2,
      },
    ),
    command('GEORADIUS', seq(geoKey, place, length, unit, shown, order, store), { weight: 2 }),
    command('GEORADIUSBYMEMBER', seq(geoKey, member, length, unit, shown, order, store), { weight: 2 }),
    command('GEORADIUS_RO', seq(geoKey, place, length, unit, shown, order)),
    command('GEORADIUSBYMEMBER_RO', seq(geoKey, member, length, unit, shown, order)),
    // What stands in a sorted set need not be a place.
    command('ZADD', seq(geoKey, word('1', '-1', 'inf', '-inf', '1.5', '1e300', '4503599627370495'), member)),
    command('ZREM', seq(geoKey, member)),
    command('DEL', geoKey),
  ],
}
