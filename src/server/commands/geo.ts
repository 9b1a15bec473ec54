/*
 * Geo commands about members that are named. Searching is in geo-search.ts; what a
 * score says about a place, in ../types/geohash.ts. A geo set is a sorted set, and
 * all commands of those work on it.
 */
import { defineCommand } from '../exec/command.ts'
import { Err } from '../exec/errors.ts'
import { REFUSED, readOf } from '../exec/lookup.ts'
import { TYPE_ZSET } from '../keyspace/object.ts'
import { NIL } from '../memory/layout.ts'
import { distanceBetween } from '../types/geo-area.ts'
import { geohashText, placeOf, scoreOf } from '../types/geohash.ts'
import { zsetScore } from '../types/zset.ts'
import { ADD_NX, ADD_XX } from '../types/zset-add.ts'
import { distanceText, placeOrRefuse, replyPlace, unitOrRefuse } from './geo-text.ts'
import { addMembers, COUNT_CHANGED } from './zset.ts'

const READ = [{ at: 1, access: 'ro', does: 'access' }] as const

export const GEOADD = defineCommand({
  name: 'geoadd',
  usage: 'key [NX | XX] [CH] <longitude:double latitude:double member>...',
  summary: 'Adds members with their places to a geo set, or gives those that are there another place.',
  group: 'geo',
  since: '3.2.0',
  complexity: 'O(log(N)) for each member',
  arity: -5,
  flags: ['write', 'denyoom'],
  keys: [{ at: 1, access: 'rw', does: 'update' }],
  history: [['6.2.0', 'The options CH, NX and XX.']],
  run(c) {
    // Parse.
    let options = 0
    let at = 2
    for (; at < c.argc; at++) {
      if (c.argv[at].is('nx')) options |= ADD_NX
      else if (c.argv[at].is('xx')) options |= ADD_XX
      else if (c.argv[at].is('ch')) options |= COUNT_CHANGED
      else break
    }
    const isBoth = (options & ADD_NX) !== 0 && (options & ADD_XX) !== 0
    if ((c.argc - at) % 3 !== 0 || isBoth) return c.reply.error(Err.syntax)
    const scores = new Float64Array((c.argc - at) / 3)
    for (let i = 0; i < scores.length; i++) {
      const place = placeOrRefuse(c, at + i * 3)
      if (place === undefined) return
      scores[i] = scoreOf(place)
    }
    // The rest is what ZADD does.
    addMembers(c, at + 2, 3, scores, options)
  },
})

export const GEOPOS = defineCommand({
  name: 'geopos',
  usage: 'key [member...]',
  summary: 'Returns longitude and latitude of members of a geo set.',
  group: 'geo',
  since: '3.2.0',
  complexity: 'O(1) for each member',
  arity: -2,
  flags: ['readonly'],
  keys: READ,
  run(c) {
    const zset = readOf(c, c.argv[1], TYPE_ZSET)
    if (zset === REFUSED) return
    c.reply.array(c.argc - 2)
    for (let i = 2; i < c.argc; i++) {
      const score = zset === NIL ? Number.NaN : zsetScore(c.db, zset, c.argv[i])
      if (Number.isNaN(score)) c.reply.nilArray()
      else replyPlace(c, placeOf(score))
    }
  },
})

export const GEOHASH = defineCommand({
  name: 'geohash',
  usage: 'key [member...]',
  summary: 'Returns the geohashes of members of a geo set, as they are written elsewhere.',
  group: 'geo',
  since: '3.2.0',
  complexity: 'O(1) for each member',
  arity: -2,
  flags: ['readonly'],
  keys: READ,
  run(c) {
    const zset = readOf(c, c.argv[1], TYPE_ZSET)
    if (zset === REFUSED) return
    c.reply.array(c.argc - 2)
    for (let i = 2; i < c.argc; i++) {
      const score = zset === NIL ? Number.NaN : zsetScore(c.db, zset, c.argv[i])
      if (Number.isNaN(score)) c.reply.nil()
      else c.reply.bulkText(geohashText(score))
    }
  },
})

export const GEODIST = defineCommand({
  name: 'geodist',
  usage: 'key member1 member2 [M | KM | FT | MI]',
  summary: 'Returns the distance between two members of a geo set.',
  group: 'geo',
  since: '3.2.0',
  complexity: 'O(1)',
  arity: -4,
  flags: ['readonly'],
  keys: READ,
  run(c) {
    // Parse.
    if (c.argc > 5) return c.reply.error(Err.syntax)
    const unit = c.argc === 5 ? unitOrRefuse(c, c.argv[4]) : 1
    if (unit === undefined) return
    // Look up.
    const zset = readOf(c, c.argv[1], TYPE_ZSET)
    if (zset === REFUSED) return
    if (zset === NIL) return c.reply.nil()
    const [a, b] = [zsetScore(c.db, zset, c.argv[2]), zsetScore(c.db, zset, c.argv[3])]
    // Work and reply.
    if (Number.isNaN(a) || Number.isNaN(b)) return c.reply.nil()
    c.reply.bulkText(distanceText(distanceBetween(placeOf(a), placeOf(b)) / unit))
  },
})
