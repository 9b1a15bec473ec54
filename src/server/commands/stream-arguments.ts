/*
 * What several commands on streams take and answer: ids, bounds of ranges, counts,
 * and the options by which XADD and XTRIM trim.
 */
import { INT64_MAX, parseExact } from '../base/integer-text.ts'
import type { Slice } from '../base/slice.ts'
import { STREAM_ID_SIZE_MAX, StreamId } from '../base/stream-id.ts'
import { widened } from '../base/wide-bytes.ts'
import type { Call } from '../exec/call.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { REFUSED, readOf, writeOf } from '../exec/lookup.ts'
import type { Reply } from '../exec/reply.ts'
import { TYPE_STREAM } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import type { Trim } from '../types/stream.ts'
import { consumerCreate, consumerFind, consumerSetSeen } from '../types/stream-consumers.ts'
import type { StreamRange } from '../types/stream-range.ts'
import type { Recipient } from './stream-repeat.ts'

export { REFUSED }

const INVALID_ID = errorLine('ERR Invalid stream ID specified as stream command argument')
const INVALID_START = errorLine('ERR invalid start ID for the interval')
const INVALID_END = errorLine('ERR invalid end ID for the interval')
const TWO_STRATEGIES = errorLine('ERR syntax error, MAXLEN and MINID options at the same time are not compatible')
const MAXLEN_NEGATIVE = errorLine('ERR The MAXLEN argument must be >= 0.')
const LIMIT_NEGATIVE = errorLine('ERR The LIMIT argument must be >= 0.')
const LIMIT_ALONE = errorLine('ERR syntax error, LIMIT cannot be used without specifying a trimming strategy')
const NO_STRATEGY = errorLine('ERR syntax error, XTRIM must be called with a trimming strategy')
const LIMIT_EXACT = errorLine('ERR syntax error, LIMIT cannot be used without the special ~ option')

const OPEN = 40
const MINUS = 45
const PLUS = 43

/** By default an approximate trimming looks at so many nodes, and at no more entries than LIMIT_MAX. */
const LIMIT_NODES = 100
const LIMIT_WITHOUT_NODES = 10_000
const LIMIT_MAX = 1_000_000

const idText = widened(new Uint8Array(STREAM_ID_SIZE_MAX))

/** The stream at `key` for reading: NIL if there is none, or REFUSED. */
export function streamForRead(c: Call, key: Slice): Ref | typeof REFUSED {
  const record = readOf(c, key, TYPE_STREAM)
  return record === NIL || record === REFUSED ? record : c.db.valueRef(record as Ref)
}

/** As streamForRead, without counting a hit or a miss. */
export function streamForWrite(c: Call, key: Slice): Ref | typeof REFUSED {
  const record = writeOf(c, key, TYPE_STREAM)
  return record === NIL || record === REFUSED ? record : c.db.valueRef(record as Ref)
}

export function replyId(reply: Reply, id: StreamId): void {
  reply.bulkOf(idText, 0, id.write(idText, 0))
}

/** An entry as XRANGE and its kin answer it: the id and the flat list of fields and values. */
export function replyEntry(reply: Reply, range: StreamRange): void {
  reply.array(2)
  replyId(reply, range.id)
  reply.array(range.fields * 2)
  range.forEachField((field, value) => {
    reply.bulk(field)
    reply.bulk(value)
  })
}

/** As far as C sees it, a text is over at a zero byte. */
const isCharacter = (text: Slice, byte: number): boolean =>
  text.size > 0 && text.buf[text.at] === byte && (text.size === 1 || text.buf[text.at + 1] === 0)

/** Fills an id that is written out; false, having refused. */
export function parseId(c: Call, text: Slice, id: StreamId, missingSeq: 'first' | 'last' = 'first'): boolean {
  if (id.parse(text, missingSeq)) return true
  c.reply.error(INVALID_ID)
  return false
}

/** As parseId, taking `-` and `+` for the least and the greatest id. */
export function parseIdOrEnd(c: Call, text: Slice, id: StreamId, missingSeq: 'first' | 'last' = 'first'): boolean {
  if (isCharacter(text, MINUS)) id.setMin()
  else if (isCharacter(text, PLUS)) id.setMax()
  else return parseId(c, text, id, missingSeq)
  return true
}

const inner = { at: 0 }

/** Fills both ends of a range, which `(` excludes; false, having refused. */
export function parseRange(c: Call, start: Slice, end: Slice, from: StreamId, to: StreamId): boolean {
  if (!parseRangeStart(c, start, from)) return false
  const isEndOpen = isOpen(end)
  if (!parseEnd(c, end, isEndOpen, to, 'last')) return false
  return !isEndOpen || to.previous() || refuse(c, INVALID_END)
}

/** Fills the beginning of a range, which `(` excludes; false, having refused. */
export function parseRangeStart(c: Call, start: Slice, from: StreamId): boolean {
  const isStartOpen = isOpen(start)
  if (!parseEnd(c, start, isStartOpen, from, 'first')) return false
  return !isStartOpen || from.next() || refuse(c, INVALID_START)
}

const isOpen = (text: Slice): boolean => text.size > 1 && text.buf[text.at] === OPEN

function parseEnd(c: Call, text: Slice, isExclusive: boolean, id: StreamId, missingSeq: 'first' | 'last'): boolean {
  if (!isExclusive) return parseIdOrEnd(c, text, id, missingSeq)
  inner.at = text.at
  text.at++
  text.size--
  const isParsed = parseId(c, text, id, missingSeq)
  text.at = inner.at
  text.size++
  return isParsed
}

function refuse(c: Call, line: Uint8Array): false {
  c.reply.error(line)
  return false
}

/** A 64-bit integer; undefined, having refused. */
export function parseInteger64(c: Call, text: Slice): number | bigint | undefined {
  const value = parseExact(text)
  if (value === undefined) c.reply.error(Err.notInteger)
  return value
}

// Adding and trimming

/** What XADD and XTRIM are told before the id: filled by each command anew. */
export interface AddOptions {
  readonly trim: Trim
  isTrimming: boolean
  makesNoStream: boolean
  /** How the id is given. */
  id: 'auto' | 'whole' | 'without sequence'
}

export const addOptions: AddOptions = {
  trim: { by: 'length', maxLength: 0, minId: new StreamId(), approximate: false, limit: 0 },
  isTrimming: false,
  makesNoStream: false,
  id: 'auto',
}

const STAR = 42
const TILDE = 126
const EQUALS = 61

/** Reads the options of XADD up to its id, which is then in `id`. Where the id stands; argc when there is none; 0, having refused. */
export function parseAddOptions(c: Call, id: StreamId): number {
  return parseOptions(c, id)
}

/** Reads the options of XTRIM; false, having refused. */
export function parseTrimOptions(c: Call): boolean {
  return parseOptions(c, undefined) !== 0
}

function parseOptions(c: Call, id: StreamId | undefined): number {
  const { argv, argc } = c
  const options = addOptions
  const { trim } = options
  options.isTrimming = false
  options.makesNoStream = false
  options.id = 'auto'
  trim.approximate = false
  let limit: number | undefined
  let i = 2
  for (; i < argc; i++) {
    const option = argv[i]
    const hasMore = i + 1 < argc
    if (id !== undefined && isCharacter(option, STAR)) break
    if (hasMore && (option.is('maxlen') || option.is('minid'))) {
      i = parseStrategy(c, i, option.is('maxlen'))
      if (i === 0) return 0
    } else if (hasMore && option.is('limit')) {
      const value = parseInteger64(c, argv[++i])
      if (value === undefined) return 0
      if (value < 0) return refuseZero(c, LIMIT_NEGATIVE)
      limit = Number(value)
    } else if (id !== undefined && option.is('nomkstream')) options.makesNoStream = true
    else if (id !== undefined) {
      const given = id.parseToAdd(option)
      if (given === undefined) return refuseZero(c, INVALID_ID)
      options.id = given
      break
    } else return refuseZero(c, Err.syntax)
  }
  // A limit of 0 is as good as none here.
  if (limit !== undefined && limit !== 0 && !options.isTrimming) return refuseZero(c, LIMIT_ALONE)
  if (id === undefined && !options.isTrimming) return refuseZero(c, NO_STRATEGY)
  // Real servers make an approximate trimming exact in their files, and leave its limit there.
  if (limit !== undefined && !trim.approximate && !c.db.keyspace.isReplaying) return refuseZero(c, LIMIT_EXACT)
  trim.limit = limit ?? (trim.approximate ? defaultLimit(c) : 0)
  return i
}

function refuseZero(c: Call, line: Uint8Array): 0 {
  c.reply.error(line)
  return 0
}

/** Reads MAXLEN or MINID at `at`; where its argument stands, 0 having refused. */
function parseStrategy(c: Call, at: number, isLength: boolean): number {
  const { argv, argc } = c
  const { trim } = addOptions
  if (addOptions.isTrimming) return refuseZero(c, TWO_STRATEGIES)
  let i = at + 1
  trim.approximate = i + 1 < argc && isCharacter(argv[i], TILDE)
  if (trim.approximate || (i + 1 < argc && isCharacter(argv[i], EQUALS))) i++
  if (isLength) {
    const length = parseInteger64(c, argv[i])
    if (length === undefined) return 0
    if (length < 0) return refuseZero(c, MAXLEN_NEGATIVE)
    trim.by = 'length'
    trim.maxLength = Number(length)
  } else {
    if (!parseId(c, argv[i], trim.minId)) return 0
    trim.by = 'id'
  }
  addOptions.isTrimming = true
  return i
}

function defaultLimit(c: Call): number {
  const { streamNodeMaxEntries } = c.db.keyspace.limits
  if (streamNodeMaxEntries === 0) return LIMIT_WITHOUT_NODES
  return Math.min(streamNodeMaxEntries * LIMIT_NODES, LIMIT_MAX)
}

/** A COUNT below 0 is 0, and none is more than there can be. */
export function clampCount(count: number | bigint): number {
  return count < 0 ? 0 : count > INT64_MAX ? Number(INT64_MAX) : Number(count)
}

// Groups

/** That there is no such key, or no such group in it. */
export function refuseNoGroup(c: Call, key: Slice, group: Slice, where = ''): void {
  c.reply.errorText(`NOGROUP No such key '${key.textToZero()}' or consumer group '${group.textToZero()}'${where}`)
}

/**
 * The effects of what a group does: counted, and announced where it has a name. As in real servers,
 * WATCH does not see them: the entries of the stream have not changed.
 */
export function groupChanged(c: Call, event: string | undefined, key: Slice, changes = 1): void {
  c.server.dirty += changes
  if (event !== undefined) c.server.notify?.('t', event, key, c.db)
}

/**
 * The consumer of this name, seen now; made if there is none. NIL when memory is exhausted. Of the command nothing
 * is repeated as it was sent: whoever asks for a consumer gives entries by the time, and says which they were.
 */
export function consumerFor(c: Call, to: Recipient, group: Ref): Ref {
  const { memory, keyspace } = c.db
  const { key, consumer: name } = to
  c.repeatOnlyAs()
  const known = consumerFind(memory, group, name)
  if (known !== NIL) {
    consumerSetSeen(memory, known, keyspace.now)
    return known
  }
  const made = consumerCreate(memory, group, name, keyspace.now)
  if (made === NIL) return NIL
  groupChanged(c, 'xgroup-createconsumer', key)
  if (c.isRepeated) c.repeatAs('XGROUP', ['CREATECONSUMER', key, to.group, name])
  return made
}
