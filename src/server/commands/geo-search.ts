/*
 * Searching geo sets by area: GEOSEARCH, GEOSEARCHSTORE, and the GEORADIUS family that
 * they replace. What they take is read by geo-arguments.ts; what is in an area is
 * ../types/geo-area.ts.
 */
import type { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err } from '../exec/errors.ts'
import { REFUSED, readOf } from '../exec/lookup.ts'
import { TYPE_ZSET } from '../keyspace/object.ts'
import { NIL } from '../memory/layout.ts'
import { type Found, geoSearch, sortFound } from '../types/geo.ts'
import { zsetAdd, zsetCreate, zsetHasRoom } from '../types/zset.ts'
import { areaOf, type Kind, parseSearch, type Search } from './geo-arguments.ts'
import { distanceText, replyPlace } from './geo-text.ts'

function search(c: Call, kind: Kind): void {
  // Look up. As in Redis, the type of the key is looked at before any argument.
  const zset = readOf(c, c.argv[kind.source], TYPE_ZSET)
  if (zset === REFUSED) return
  // Parse.
  const wanted = parseSearch(c, kind, zset)
  if (wanted === undefined) return
  // Work. The closest ones are meant where a count stands without an order, unless any will do.
  const area = zset === NIL ? undefined : areaOf(wanted)
  const { count, isAny } = wanted
  const found = area === undefined ? [] : geoSearch(c.db, zset, area, isAny ? count : Number.POSITIVE_INFINITY)
  const order = wanted.order ?? (count > 0 && !isAny ? 'nearest' : undefined)
  if (order !== undefined) sortFound(found, order)
  if (count > 0 && found.length > count) found.length = count
  // Effects and reply.
  if (wanted.destination === undefined) replyFound(c, found, wanted)
  else storeFound(c, wanted.destination, found, wanted)
}

function replyFound(c: Call, found: readonly Found[], wanted: Search): void {
  const { reply } = c
  const { withDistance, withHash, withPlace } = wanted
  const details = Number(withDistance) + Number(withHash) + Number(withPlace)
  reply.array(found.length)
  for (const { member, distance, score, place } of found) {
    if (details > 0) reply.array(1 + details)
    reply.bulk(member)
    if (withDistance) reply.bulkText(distanceText(distance / wanted.unit))
    if (withHash) reply.integer(hashOf(score))
    if (withPlace) replyPlace(c, place)
  }
}

/** A score as a 64-bit integer, as the machine converts it: what does not fit is the least one. */
function hashOf(score: number): number | bigint {
  if (Number.isSafeInteger(score)) return score
  return Math.abs(score) < 2 ** 63 ? BigInt(Math.trunc(score)) : -(2n ** 63n)
}

/** Makes a sorted set of what was found, in the place of whatever is at `key`, and answers how many they are. */
function storeFound(c: Call, key: Slice, found: readonly Found[], wanted: Search): void {
  const { db } = c
  if (found.length === 0) {
    if (db.remove(key)) c.changed('g', 'del', key)
    return c.reply.integer(0)
  }
  let bytes = 0
  let longest = 0
  for (const { member } of found) {
    bytes += member.size
    longest = Math.max(longest, member.size)
  }
  // Room is made sure of before anything is removed.
  if (!zsetHasRoom(db, NIL, found.length, bytes)) return c.reply.error(Err.arenaFull)
  db.remove(key)
  const zset = zsetCreate(db, key, found.length, longest)
  if (zset === NIL) return c.reply.error(Err.arenaFull)
  for (const { member, score, distance } of found) {
    zsetAdd(db, zset, wanted.storesDistance ? distance / wanted.unit : score, member)
  }
  c.changed('z', wanted.kind.stores ? 'geosearchstore' : 'georadiusstore', key, found.length)
  c.reply.integer(found.length)
}

const WHERE =
  '[FROMMEMBER member | FROMLONLAT <longitude:double latitude:double>] <BYRADIUS <radius:double <M | KM | FT | MI>> | BYBOX <width:double height:double <M | KM | FT | MI>> | BYPOLYGON <num-vertices:integer <longitude:double latitude:double>...>>'
const SHOWN = '[WITHCOORD] [WITHDIST] [WITHHASH]'
const ORDER = '[ASC | DESC]'
const COUNT = '[COUNT count:integer [ANY]]'
const STORE = '[STORE storekey:key | STOREDIST storedistkey:key]'
const UNIT = '<M | KM | FT | MI>'
const READ = [{ at: 1, access: 'ro', does: 'access' }] as const
const SEARCH_HISTORY = [
  ['7.0.0', 'Units may be written in capitals.'],
  ['9.0.0', 'Added the `BYPOLYGON` option.'],
] as const
const RADIUS_HISTORY = [
  ['6.2.0', 'Added the `ANY` option of `COUNT`.'],
  ['7.0.0', 'Units may be written in capitals.'],
] as const

/** The keys of commands that may store what they find under a key that an option names. */
const storingFrom = (from: number) =>
  [
    { at: 1, access: 'ro', does: 'access' },
    { at: { keyword: 'STORE', from }, access: 'ow', does: 'update', variable: true },
    { at: { keyword: 'STOREDIST', from }, access: 'ow', does: 'update', variable: true },
  ] as const

export const GEOSEARCH = defineCommand({
  name: 'geosearch',
  usage: `key ${WHERE} ${ORDER} ${COUNT} ${SHOWN}`,
  summary: 'Finds the members of a geo set in a circle, a box or a polygon.',
  group: 'geo',
  since: '6.2.0',
  complexity: 'O(N+log(M)) in the members of the cells that cover the area and those of the set',
  arity: -7,
  flags: ['readonly'],
  keys: READ,
  history: SEARCH_HISTORY,
  run: (c) => search(c, { source: 1, options: 2, isSearch: true }),
})

export const GEOSEARCHSTORE = defineCommand({
  name: 'geosearchstore',
  usage: `destination source ${WHERE} ${ORDER} ${COUNT} [STOREDIST]`,
  summary: 'Stores the members of a geo set in a circle, a box or a polygon as another one.',
  group: 'geo',
  since: '6.2.0',
  complexity: 'O(N+log(M)) in the members of the cells that cover the area and those of the set',
  arity: -8,
  flags: ['write', 'denyoom'],
  keys: [
    { at: 1, access: 'ow', does: 'update' },
    { at: 2, access: 'ro', does: 'access' },
  ],
  history: SEARCH_HISTORY,
  run: (c) => search(c, { source: 2, options: 3, isSearch: true, stores: true }),
})

export const GEORADIUS = defineCommand({
  name: 'georadius',
  usage: `key longitude:double latitude:double radius:double ${UNIT} ${SHOWN} ${COUNT} ${ORDER} ${STORE}`,
  summary: 'Finds, or stores, the members of a geo set around a place; GEOSEARCH has taken its place.',
  group: 'geo',
  since: '3.2.0',
  complexity: 'O(N+log(M)) in the members of the cells that cover the area and those of the set',
  arity: -6,
  flags: ['write', 'denyoom', 'movablekeys'],
  keys: storingFrom(6),
  history: RADIUS_HISTORY,
  run: (c) => search(c, { source: 1, options: 6, mayStore: true }),
})

export const GEORADIUSBYMEMBER = defineCommand({
  name: 'georadiusbymember',
  usage: `key member radius:double ${UNIT} ${SHOWN} ${COUNT} ${ORDER} ${STORE}`,
  summary: 'Finds, or stores, the members of a geo set around one of them; GEOSEARCH has taken its place.',
  group: 'geo',
  since: '3.2.0',
  complexity: 'O(N+log(M)) in the members of the cells that cover the area and those of the set',
  arity: -5,
  flags: ['write', 'denyoom', 'movablekeys'],
  keys: storingFrom(5),
  history: RADIUS_HISTORY,
  run: (c) => search(c, { source: 1, options: 5, isByMember: true, mayStore: true }),
})

export const GEORADIUS_RO = defineCommand({
  name: 'georadius_ro',
  usage: `key longitude:double latitude:double radius:double ${UNIT} ${SHOWN} ${COUNT} ${ORDER}`,
  summary: 'Finds the members of a geo set around a place, and never stores them.',
  group: 'geo',
  since: '3.2.10',
  complexity: 'O(N+log(M)) in the members of the cells that cover the area and those of the set',
  arity: -6,
  flags: ['readonly'],
  keys: READ,
  history: RADIUS_HISTORY,
  run: (c) => search(c, { source: 1, options: 6 }),
})

export const GEORADIUSBYMEMBER_RO = defineCommand({
  name: 'georadiusbymember_ro',
  usage: `key member radius:double ${UNIT} ${SHOWN} ${COUNT} ${ORDER}`,
  summary: 'Finds the members of a geo set around one of them, and never stores them.',
  group: 'geo',
  since: '3.2.10',
  complexity: 'O(N+log(M)) in the members of the cells that cover the area and those of the set',
  arity: -5,
  flags: ['readonly'],
  keys: READ,
  history: RADIUS_HISTORY,
  run: (c) => search(c, { source: 1, options: 5, isByMember: true }),
})
