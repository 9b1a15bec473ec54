/*
 * SORT and SORT_RO: the elements of a list, a set or a sorted set in order, or
 * what belongs to each of them under other keys. How is in ../types/sort.ts.
 */
import { parseExact } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import { doubleOf } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand, type KeySpec } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { TYPE_SET, TYPE_ZSET } from '../keyspace/object.ts'
import { NIL } from '../memory/layout.ts'
import { elementsOf, hasElements } from '../types/elements.ts'
import { listBuild, listHasRoom } from '../types/list.ts'
import { inOrder, sortElements } from '../types/sort.ts'
import { hasStar, SortPattern } from '../types/sort-pattern.ts'
import { Texts } from '../types/texts.ts'
import { zsetToSkiplist } from '../types/zset.ts'

const NOT_NUMBERS = errorLine("ERR One or more scores can't be converted into double")

const SOURCE: KeySpec = { at: 1, access: 'ro', does: 'access' }
const PATTERNS: KeySpec = {
  at: 0,
  access: 'ro',
  does: 'access',
  unknown: {
    note:
      "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the " +
      'key we sort',
  },
}
const DESTINATION: KeySpec = {
  at: 0,
  access: 'ow',
  does: 'update',
  unknown: {
    note:
      "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument " +
      'array',
  },
  find: destinationIndex,
}

/** Where the destination stands: behind the last STORE that is no other option's argument; a key may be called that. */
function destinationIndex(argv: readonly Slice[], argc: number): number | undefined {
  let index: number | undefined
  for (let i = 2; i < argc; i++) {
    if (argv[i].is('limit')) i += 2
    else if (argv[i].is('get') || argv[i].is('by')) i++
    else if (argv[i].is('store') && i + 1 < argc) index = i + 1
  }
  return index
}

interface SortOptions {
  isDescending: boolean
  isAlphabetic: boolean
  skip: number
  /** Negative: all. */
  count: number
  destination: Slice | undefined
  by: Slice | undefined
  readonly gets: SortPattern[]
}

/** The options from argv[2] on; undefined, having refused. */
function parse(c: Call, mayStore: boolean): SortOptions | undefined {
  const { argv, argc } = c
  const options: SortOptions = {
    isDescending: false,
    isAlphabetic: false,
    skip: 0,
    count: -1,
    destination: undefined,
    by: undefined,
    gets: [],
  }
  for (let i = 2; i < argc; i++) {
    const left = argc - i - 1
    const arg = argv[i]
    if (arg.is('asc')) options.isDescending = false
    else if (arg.is('desc')) options.isDescending = true
    else if (arg.is('alpha')) options.isAlphabetic = true
    else if (arg.is('limit') && left >= 2) {
      const skip = parseExact(argv[++i])
      const count = parseExact(argv[++i])
      if (skip === undefined || count === undefined) return refuse(c, Err.notInteger)
      options.skip = Number(skip)
      options.count = Number(count)
    } else if (mayStore && arg.is('store') && left >= 1) options.destination = argv[++i]
    else if (arg.is('by') && left >= 1) options.by = argv[++i]
    else if (arg.is('get') && left >= 1) options.gets.push(new SortPattern(argv[++i]))
    else return refuse(c, Err.syntax)
  }
  return options
}

function refuse(c: Call, line: Uint8Array): undefined {
  c.reply.error(line)
  return undefined
}

function sort(c: Call, mayStore: boolean): void {
  // Parse.
  const options = parse(c, mayStore)
  if (options === undefined) return
  // Look up.
  const { db } = c
  const record = db.lookupRead(c.argv[1])
  if (record !== NIL && !hasElements(db, record)) return c.reply.error(Err.wrongType)
  // Work.
  const { destination } = options
  const isSet = record !== NIL && db.typeOf(record) === TYPE_SET
  // As real servers do. Without memory for it, it is sorted as it is.
  if (record !== NIL && db.typeOf(record) === TYPE_ZSET) zsetToSkiplist(db, record)
  const elements = record === NIL ? new Texts() : elementsOf(db, record)
  const isSorted = options.by === undefined || hasStar(options.by)
  // A set has no order that could be kept, so what is stored of one is sorted all the same.
  const isForced = !isSorted && isSet && destination !== undefined
  let indices: Uint32Array | undefined
  if (isSorted || isForced) {
    const order = {
      by: isForced || options.by === undefined ? undefined : new SortPattern(options.by),
      isDescending: options.isDescending,
      isAlphabetic: options.isAlphabetic || isForced,
      isWhole: destination !== undefined,
    }
    indices = sortElements(db, elements, order, numberOf)
    if (indices === undefined) return c.reply.error(NOT_NUMBERS)
  } else {
    indices = inOrder(elements.count)
    if (options.isDescending && !isSet) indices.reverse()
  }
  const skip = Math.max(options.skip, 0)
  const picked = indices.subarray(skip, options.count < 0 ? undefined : skip + options.count)
  // Effects and reply.
  if (destination === undefined) answer(c, elements, picked, options.gets)
  else store(c, elements, picked, options.gets, destination)
}

/** A number as C's strtod reads it: blanks before it are skipped, a zero byte ends it, and nothing at all is 0. */
function numberOf(text: Slice): number | undefined {
  const plain = doubleOf(text)
  if (plain !== undefined) return plain
  const digits = text.textToZero()
  if (digits === '') return 0
  return doubleOf(Slice.of(digits.replace(/^[\t-\r ]+/, '')))
}

const NOTHING = new Slice()
const element = new Slice()
const found = new Slice()

function answer(c: Call, elements: Texts, picked: Uint32Array, gets: readonly SortPattern[]): void {
  const { db, reply } = c
  reply.array(picked.length * Math.max(gets.length, 1))
  for (const index of picked) {
    elements.get(index, element)
    if (gets.length === 0) reply.bulk(element)
    for (const pattern of gets) {
      if (pattern.find(db, element, found)) reply.bulk(found)
      else reply.nil()
    }
  }
}

/** Whether a pattern may name fields of hashes: those whose time has come by now would be found when it is repeated. */
function readsFields({ argv, argc }: Call): boolean {
  for (let i = 2; i < argc; i++) if (argv[i].text().includes('->')) return true
  return false
}

/** Stores what would have been answered, empty texts in the place of nils; nothing at all deletes the destination. */
function store(c: Call, elements: Texts, picked: Uint32Array, gets: readonly SortPattern[], destination: Slice): void {
  const { db, reply } = c
  const texts = new Texts()
  for (const index of picked) {
    elements.get(index, element)
    if (gets.length === 0) texts.add(element)
    for (const pattern of gets) texts.add(pattern.find(db, element, found) ? found : NOTHING)
  }
  const { count } = texts
  if (count === 0) {
    if (db.remove(destination)) {
      c.changed('g', 'del', destination)
      if (c.isRepeated) c.repeatAs('DEL', [destination])
    }
    return reply.integer(0)
  }
  const text = (i: number): Slice => texts.get(i, element)!
  if (!listHasRoom(db, count, texts.bytes) || !listBuild(db, destination, count, text)) {
    return reply.error(Err.arenaFull)
  }
  c.changed('l', 'sortstore', destination, count)
  if (c.isRepeated && readsFields(c)) {
    c.repeatAs('DEL', [destination])
    c.repeatAs('RPUSH', [destination, ...Array.from({ length: count }, (_, i) => texts.get(i, new Slice())!)])
  }
  reply.integer(count)
}

export const SORT = defineCommand({
  name: 'sort',
  usage:
    'key [BY by-pattern:pattern] [LIMIT offset:integer count:integer] [GET get-pattern:pattern]... [ASC | DESC] [ALPHA] [STORE destination]',
  summary: 'Sorts the elements of a list, a set or a sorted set, and answers or stores them.',
  group: 'generic',
  since: '1.0.0',
  complexity: 'O(N * log N) in the number of elements, O(N) when they are not sorted',
  arity: -2,
  flags: ['write', 'denyoom'],
  categories: ['set', 'sortedset', 'list', 'dangerous'],
  keys: [SOURCE, PATTERNS, DESTINATION],
  run: (c) => sort(c, true),
})

export const SORT_RO = defineCommand({
  name: 'sort_ro',
  usage:
    'key [BY by-pattern:pattern] [LIMIT offset:integer count:integer] [GET get-pattern:pattern]... [ASC | DESC] [ALPHA]',
  summary: 'Sorts the elements of a list, a set or a sorted set, and answers them.',
  group: 'generic',
  since: '7.0.0',
  complexity: 'O(N * log N) in the number of elements, O(N) when they are not sorted',
  arity: -2,
  flags: ['readonly'],
  categories: ['set', 'sortedset', 'list', 'dangerous'],
  keys: [SOURCE, PATTERNS],
  run: (c) => sort(c, false),
})
