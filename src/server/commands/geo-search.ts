/*
 * Searching geo sets by area: GEOSEARCH, GEOSEARCHSTORE, and the GEORADIUS family that
 * they replace. All of them are one search with options; which options a command
 * takes is what it says about itself (Kind). What is in an area is ../types/geo-area.ts.
 */
import type { Slice } from '../base/slice.ts'
import { doubleOf, int64Of, integerOf } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { REFUSED, readOf } from '../exec/lookup.ts'
import { TYPE_ZSET } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { type Found, geoSearch, type Order, sortFound } from '../types/geo.ts'
import { type Area, polygonOf } from '../types/geo-area.ts'
import { type Place, placeOf } from '../types/geohash.ts'
import { zsetAdd, zsetCreate, zsetHasRoom, zsetScore } from '../types/zset.ts'
import { distanceText, placeOrRefuse, replyPlace, unitOrRefuse } from './geo-text.ts'

const NO_MEMBER = errorLine('ERR could not decode requested zset member')
const NO_RADIUS = errorLine('ERR need numeric radius')
const NO_WIDTH = errorLine('ERR need numeric width')
const NO_HEIGHT = errorLine('ERR need numeric height')
const RADIUS_NEGATIVE = errorLine('ERR radius cannot be negative')
const BOX_NEGATIVE = errorLine('ERR height or width cannot be negative')
const COUNT_INVALID = errorLine('ERR COUNT must be > 0')
const ANY_ALONE = errorLine('ERR the ANY argument requires COUNT argument')
const CORNERS_INVALID = errorLine('ERR invalid number of vertices')
const CORNERS_FEW = errorLine('ERR GEOSEARCH BYPOLYGON must have at least 3 vertices')
const STORE_WITH = errorLine(
  'ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options',
)
const SEARCH_STORE_WITH = errorLine(
  'ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options',
)
const CORNERS_MIN = 3
const INT32_MAX = 2 ** 31 - 1

/** What tells the commands apart. */
interface Kind {
  /** Where the key stands that is searched. */
  readonly source: number
  /** Where the options begin; of GEORADIUS and its kin the area stands before them. */
  readonly options: number
  /** Whether centre and area are options. */
  readonly isSearch?: boolean
  /** The centre is a member, before the options. */
  readonly isByMember?: boolean
  /** Whether STORE and STOREDIST name a key. */
  readonly mayStore?: boolean
  /** GEOSEARCHSTORE: the destination stands before the source. */
  readonly stores?: boolean
}

/** A search as its arguments are read. */
interface Search {
  readonly kind: Kind
  readonly zset: Ref
  centre: Place | undefined
  /** Whether there is a centre; a member of nothing has no place. */
  hasCentre: boolean
  isCentreMember: boolean
  shape: 'circle' | 'box' | 'polygon' | undefined
  /** In metres. */
  radius: number
  width: number
  height: number
  corners: Place[]
  /** The metres of the unit in which distances are told. */
  unit: number
  order: Order | undefined
  count: number
  isAny: boolean
  withDistance: boolean
  withHash: boolean
  withPlace: boolean
  destination: Slice | undefined
  storesDistance: boolean
}

function newSearch(kind: Kind, zset: Ref): Search {
  return {
    kind,
    zset,
    centre: undefined,
    hasCentre: false,
    isCentreMember: false,
    shape: undefined,
    radius: 0,
    width: 0,
    height: 0,
    corners: [],
    unit: 1,
    order: undefined,
    count: 0,
    isAny: false,
    withDistance: false,
    withHash: false,
    withPlace: false,
    destination: undefined,
    storesDistance: false,
  }
}

/** Reads the member at argv[at] as the centre; false, having refused, if the sorted set has no such member. */
function takeMember(c: Call, search: Search, at: number): boolean {
  search.hasCentre = true
  search.isCentreMember = true
  // Of a key that is not there nothing is found, whatever the centre.
  if (search.zset === NIL) return true
  const score = zsetScore(c.db, search.zset, c.argv[at])
  if (Number.isNaN(score)) {
    c.reply.error(NO_MEMBER)
    return false
  }
  search.centre = placeOf(score)
  return true
}

function takePlace(c: Call, search: Search, at: number): boolean {
  search.centre = placeOrRefuse(c, at)
  search.hasCentre = true
  return search.centre !== undefined
}

/** Reads a radius and its unit. */
function takeRadius(c: Call, search: Search, at: number): boolean {
  const radius = doubleOf(c.argv[at])
  if (radius === undefined || radius < 0) {
    c.reply.error(radius === undefined ? NO_RADIUS : RADIUS_NEGATIVE)
    return false
  }
  const unit = unitOrRefuse(c, c.argv[at + 1])
  if (unit === undefined) return false
  search.shape = 'circle'
  search.radius = radius * unit
  search.unit = unit
  return true
}

/** Reads width, height and their unit. */
function takeBox(c: Call, search: Search, at: number): boolean {
  const width = doubleOf(c.argv[at])
  const height = doubleOf(c.argv[at + 1])
  if (width === undefined || height === undefined) {
    c.reply.error(width === undefined ? NO_WIDTH : NO_HEIGHT)
    return false
  }
  if (width < 0 || height < 0) {
    c.reply.error(BOX_NEGATIVE)
    return false
  }
  const unit = unitOrRefuse(c, c.argv[at + 2])
  if (unit === undefined) return false
  search.shape = 'box'
  search.width = width * unit
  search.height = height * unit
  search.unit = unit
  return true
}

/** Reads the number of corners and their places; how many arguments these are, 0 having refused. */
function takePolygon(c: Call, search: Search, at: number): number {
  const count = integerOf(c.argv[at])
  const left = (c.argc - at - 1) / 2
  if (count === undefined || count > INT32_MAX || count < -INT32_MAX - 1) {
    c.reply.error(CORNERS_INVALID)
    return 0
  }
  if (count < CORNERS_MIN || count > left) {
    c.reply.error(CORNERS_FEW)
    return 0
  }
  search.shape = 'polygon'
  search.corners = []
  for (let i = 0; i < count; i++) {
    const corner = placeOrRefuse(c, at + 1 + i * 2)
    if (corner === undefined) return 0
    search.corners.push(corner)
  }
  return 1 + count * 2
}

function takeCount(c: Call, search: Search, at: number): boolean {
  const count = int64Of(c.argv[at])
  if (count === undefined || count <= 0) {
    c.reply.error(count === undefined ? Err.notInteger : COUNT_INVALID)
    return false
  }
  search.count = Number(count)
  return true
}

/** Reads an option that is one word; false if it is none of these. */
function takeWord(search: Search, word: Slice): boolean {
  if (word.is('withdist')) search.withDistance = true
  else if (word.is('withhash')) search.withHash = true
  else if (word.is('withcoord')) search.withPlace = true
  else if (word.is('any')) search.isAny = true
  else if (word.is('asc')) search.order = 'nearest'
  else if (word.is('desc')) search.order = 'farthest'
  else if (word.is('storedist') && search.kind.stores) search.storesDistance = true
  else return false
  return true
}

/** Reads an option of GEOSEARCH about where to search; the arguments it took, 0 having refused, -1 if it is none. */
function takeWhere(c: Call, search: Search, at: number): number {
  const word = c.argv[at]
  const left = c.argc - at - 1
  const { shape } = search
  const isCentreFree = shape !== 'polygon'
  if (word.is('frommember') && left >= 1 && isCentreFree && (search.isCentreMember || !search.hasCentre)) {
    return takeMember(c, search, at + 1) ? 2 : 0
  }
  if (word.is('fromlonlat') && left >= 2 && isCentreFree && !search.isCentreMember) {
    return takePlace(c, search, at + 1) ? 3 : 0
  }
  if (word.is('byradius') && left >= 2 && (shape === undefined || shape === 'circle')) {
    return takeRadius(c, search, at + 1) ? 3 : 0
  }
  if (word.is('bybox') && left >= 3 && (shape === undefined || shape === 'box')) {
    return takeBox(c, search, at + 1) ? 4 : 0
  }
  if (word.is('bypolygon') && left >= 2 && (shape === undefined || shape === 'polygon') && !search.hasCentre) {
    const taken = takePolygon(c, search, at + 1)
    return taken === 0 ? 0 : taken + 1
  }
  return -1
}

/** Reads all options; false, having refused one. */
function takeOptions(c: Call, search: Search): boolean {
  const { argv, argc } = c
  const { kind } = search
  for (let i = kind.options; i < argc; ) {
    const hasNext = i + 1 < argc
    let taken = takeWord(search, argv[i]) ? 1 : -1
    if (argv[i].is('count') && hasNext) taken = takeCount(c, search, i + 1) ? 2 : 0
    else if (kind.isSearch && taken < 0) taken = takeWhere(c, search, i)
    else if (kind.mayStore && hasNext && (argv[i].is('store') || argv[i].is('storedist'))) {
      search.destination = argv[i + 1]
      search.storesDistance = argv[i].is('storedist')
      taken = 2
    }
    if (taken < 0) c.reply.error(Err.syntax)
    if (taken <= 0) return false
    i += taken
  }
  return true
}

/** Whether the options go together; false, having refused. */
function isConsistent(c: Call, search: Search): boolean {
  const { kind, reply } = { kind: search.kind, reply: c.reply }
  if (search.destination !== undefined && (search.withDistance || search.withHash || search.withPlace)) {
    reply.error(kind.stores ? SEARCH_STORE_WITH : STORE_WITH)
    return false
  }
  const name = c.argv[0].textToZero()
  if (kind.isSearch && !search.hasCentre && search.shape !== 'polygon') {
    reply.errorText(`ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${name}`)
    return false
  }
  if (kind.isSearch && search.shape === undefined) {
    reply.errorText(`ERR exactly one of BYRADIUS, BYBOX and BYPOLYGON can be specified for ${name}`)
    return false
  }
  if (!search.isAny || search.count > 0) return true
  reply.error(ANY_ALONE)
  return false
}

function areaOf({ shape, centre, radius, width, height, corners }: Search): Area | undefined {
  if (shape === 'polygon') return polygonOf(corners)
  if (centre === undefined) return undefined
  return shape === 'box' ? { shape, centre, width, height } : { shape: 'circle', centre, radius }
}

function search(c: Call, kind: Kind): void {
  // Look up. As in Redis, the type of the key is looked at before any argument.
  const zset = readOf(c, c.argv[kind.source], TYPE_ZSET)
  if (zset === REFUSED) return
  // Parse.
  const wanted = newSearch(kind, zset)
  if (kind.stores) wanted.destination = c.argv[1]
  if (!kind.isSearch) {
    if (kind.isByMember) {
      if (!takeMember(c, wanted, 2)) return
    } else if (!takePlace(c, wanted, 2)) return
    // GEORADIUSBYMEMBER of a key that is not there does not look at the radius.
    const isRead = !kind.isByMember || zset !== NIL
    if (isRead && !takeRadius(c, wanted, kind.options - 2)) return
  }
  if (!takeOptions(c, wanted) || !isConsistent(c, wanted)) return
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
