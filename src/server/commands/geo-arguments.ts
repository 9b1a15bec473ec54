/*
 * What the commands that search geo sets take: a centre, an area, and how what is found is
 * told or kept, in any order. All of them are one search with options; which options a
 * command takes is what it says about itself (Kind). What is done with a search is in
 * geo-search.ts.
 */
import type { Slice } from '../base/slice.ts'
import { doubleOf, int64Of, integerOf } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import type { Order } from '../types/geo.ts'
import { type Area, polygonOf } from '../types/geo-area.ts'
import { type Place, placeOf } from '../types/geohash.ts'
import { zsetScore } from '../types/zset.ts'
import { placeOrRefuse, unitOrRefuse } from './geo-text.ts'

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
export interface Kind {
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
export interface Search {
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

/** What the arguments ask for, of a sorted set or of a key that is not there (NIL); undefined, having refused. */
export function parseSearch(c: Call, kind: Kind, zset: Ref): Search | undefined {
  const wanted = newSearch(kind, zset)
  if (kind.stores) wanted.destination = c.argv[1]
  if (!kind.isSearch) {
    if (kind.isByMember) {
      if (!takeMember(c, wanted, 2)) return undefined
    } else if (!takePlace(c, wanted, 2)) return undefined
    // GEORADIUSBYMEMBER of a key that is not there does not look at the radius.
    const isRead = !kind.isByMember || zset !== NIL
    if (isRead && !takeRadius(c, wanted, kind.options - 2)) return undefined
  }
  return takeOptions(c, wanted) && isConsistent(c, wanted) ? wanted : undefined
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

/** The area that is searched; undefined where the centre is a member of nothing. */
export function areaOf({ shape, centre, radius, width, height, corners }: Search): Area | undefined {
  if (shape === 'polygon') return polygonOf(corners)
  if (centre === undefined) return undefined
  return shape === 'box' ? { shape, centre, width, height } : { shape: 'circle', centre, radius }
}
