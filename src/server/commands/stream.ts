/*
 * Commands on the entries of streams: adding, reading ranges, deleting, trimming.
 * What waits for entries is in stream-read.ts, what groups do in stream-groups.ts
 * and stream-pending.ts; what a stream is, in ../types/stream.ts.
 */
import { StreamId } from '../base/stream-id.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  isTooLargeToAdd,
  streamAppend,
  streamCreate,
  streamDelete,
  streamLastId,
  streamLength,
  streamMaxDeletedId,
  streamSetAdded,
  streamSetLastId,
  streamSetMaxDeletedId,
  streamTrim,
} from '../types/stream.ts'
import { StreamRange } from '../types/stream-range.ts'
import '../types/stream-value.ts'
import {
  addOptions,
  clampCount,
  groupChanged,
  parseAddOptions,
  parseId,
  parseInteger64,
  parseRange,
  parseTrimOptions,
  REFUSED,
  replyEntry,
  replyId,
  streamForRead,
  streamForWrite,
} from './stream-arguments.ts'

const ID_ZERO = errorLine('ERR The ID specified in XADD must be greater than 0-0')
const ID_SMALL = errorLine('ERR The ID specified in XADD is equal or smaller than the target stream top item')
const IDS_EXHAUSTED = errorLine('ERR The stream has exhausted the last possible ID, unable to add more items')
const TOO_LARGE = errorLine('ERR Elements are too large to be stored')
const SETID_SMALL = errorLine('ERR The ID specified in XSETID is smaller than the target stream top item')
const SETID_BELOW_DELETED = errorLine('ERR The ID specified in XSETID is smaller than current max_deleted_entry_id')
const SETID_BELOW_GIVEN = errorLine('ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id')
const ADDED_SMALL = errorLine('ERR The entries_added specified in XSETID is smaller than the target stream length')
const ADDED_NEGATIVE = errorLine('ERR entries_added must be positive')

const READ = [{ at: 1, access: 'ro', does: 'access' }] as const

const id = new StreamId()
const last = new StreamId()
const from = new StreamId()
const to = new StreamId()
const range = new StreamRange()

export const XADD = defineCommand({
  name: 'xadd',
  usage:
    'key [NOMKSTREAM] [<MAXLEN | MINID> [= | ~] threshold:string [LIMIT count:integer]] <* | id:string> <field value>...',
  summary: 'Appends an entry to a stream, creating the stream if there is none.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(1) to add an entry; O(N) with trimming, N being the entries that go',
  arity: -5,
  flags: ['write', 'denyoom', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'update' }],
  tips: ['nondeterministic_output'],
  history: [
    ['6.2.0', 'NOMKSTREAM, MINID and LIMIT.'],
    ['7.0.0', 'Takes ids of the form ms-*.'],
  ],
  run(c) {
    // Parse.
    const { argv, argc, db } = c
    const at = parseAddOptions(c, id)
    if (at === 0) return
    const first = at + 1
    if (argc - first < 2 || (argc - first) % 2 === 1) {
      return c.reply.error(WRONG_ARITY)
    }
    if (addOptions.id === 'whole' && id.isZero) return c.reply.error(ID_ZERO)
    // Look up.
    const key = argv[1]
    let stream = streamForWrite(c, key)
    if (stream === REFUSED) return
    if (stream === NIL && addOptions.makesNoStream) return c.reply.nil()
    if (stream === NIL) last.setMin()
    else streamLastId(db.memory, stream, last)
    if (last.isMax) return c.reply.error(IDS_EXHAUSTED)
    if (!settleId(c)) return c.reply.error(ID_SMALL)
    let bytes = 0
    for (let i = first; i < argc; i++) bytes += argv[i].size
    if (isTooLargeToAdd(bytes)) return c.reply.error(TOO_LARGE)
    // Work. A stream that was made for an entry goes again with it.
    const isNew = stream === NIL
    if (isNew) stream = streamCreate(db, key)
    if (stream === NIL) return c.reply.error(Err.arenaFull)
    if (!streamAppend(db, stream, id, argv, first, argc)) {
      if (isNew) db.remove(key)
      return c.reply.error(Err.arenaFull)
    }
    // Effects.
    c.changed('t', 'xadd', key)
    const gone = addOptions.isTrimming ? trim(c, stream) : 0
    if (c.isRepeated && (addOptions.id !== 'whole' || addOptions.trim.approximate)) {
      // By its length, because where whole nodes end is another matter each time.
      const trimming = gone > 0 ? ['MAXLEN', '=', streamLength(db.memory, stream)] : []
      c.repeatAs('XADD', [key, ...trimming, id, ...argv.slice(first, argc)])
    }
    if (!isNew) c.server.blocked.takeTurn(db, key)
    // Reply.
    replyId(c.reply, id)
  },
})

const WRONG_ARITY = errorLine("ERR wrong number of arguments for 'xadd' command")

/** Makes `id` the id of the new entry, as the options tell; false when it is not greater than `last`. */
function settleId(c: Call): boolean {
  if (addOptions.id === 'auto') {
    id.setMs(c.db.keyspace.now)
    if (id.compare(last) > 0) return true
    id.copy(last)
    // The stream has ids left, so there is a next one.
    return id.next()
  }
  if (addOptions.id === 'without sequence' && id.hasMsOf(last)) return id.copy(last).nextInMs()
  return id.compare(last) > 0
}

/** Trims as the options tell, with all effects; how many entries went. */
function trim(c: Call, stream: Ref): number {
  const gone = streamTrim(c.db.memory, stream, addOptions.trim)
  if (gone > 0) c.changed('t', 'xtrim', c.argv[1], gone)
  return gone
}

export const XTRIM = defineCommand({
  name: 'xtrim',
  usage: 'key <MAXLEN | MINID> [= | ~] threshold:string [LIMIT count:integer]',
  summary: 'Deletes entries from the beginning of a stream.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(N) in the number of entries that go, in whole nodes',
  arity: -4,
  flags: ['write'],
  keys: [{ at: 1, access: 'rw', does: 'delete' }],
  tips: ['nondeterministic_output'],
  history: [['6.2.0', 'MINID and LIMIT.']],
  run(c) {
    if (!parseTrimOptions(c)) return
    const stream = streamForWrite(c, c.argv[1])
    if (stream === REFUSED) return
    const gone = stream === NIL ? 0 : trim(c, stream)
    if (gone > 0 && addOptions.trim.approximate && c.isRepeated) {
      c.repeatAs('XTRIM', [c.argv[1], 'MAXLEN', '=', streamLength(c.db.memory, stream)])
    }
    c.reply.integer(gone)
  },
})

export const XLEN = defineCommand({
  name: 'xlen',
  usage: 'key',
  summary: 'Counts the entries of a stream.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, access: 'ro' }],
  run(c) {
    const stream = streamForRead(c, c.argv[1])
    if (stream === REFUSED) return
    c.reply.integer(stream === NIL ? 0 : streamLength(c.db.memory, stream))
  },
})

/** XRANGE and XREVRANGE, which takes its ends the other way round. */
function replyRange(c: Call, isBackwards: boolean): void {
  // Parse.
  const { argv, argc, reply } = c
  if (!parseRange(c, argv[isBackwards ? 3 : 2], argv[isBackwards ? 2 : 3], from, to)) return
  let count = Number.POSITIVE_INFINITY
  for (let i = 4; i < argc; i += 2) {
    if (!argv[i].is('count') || i + 1 >= argc) return reply.error(Err.syntax)
    const value = parseInteger64(c, argv[i + 1])
    if (value === undefined) return
    count = clampCount(value)
  }
  // Look up.
  const stream = streamForRead(c, argv[1])
  if (stream === REFUSED) return
  if (stream === NIL) return reply.array(0)
  if (count === 0) return reply.nilArray()
  // Reply.
  const mark = reply.mark()
  let found = 0
  range.seek(c.db.memory, stream, from, to, isBackwards)
  while (found < count && range.next()) {
    replyEntry(reply, range)
    found++
  }
  reply.insertArray(mark, found)
}

export const XRANGE = defineCommand({
  name: 'xrange',
  usage: 'key start:string end:string [COUNT count:integer]',
  summary: 'Reads the entries of a stream between two ids.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(log N + M), M being the entries that are read',
  arity: -4,
  flags: ['readonly'],
  keys: READ,
  history: [['6.2.0', 'Ends that are excluded.']],
  run: (c) => replyRange(c, false),
})

export const XREVRANGE = defineCommand({
  name: 'xrevrange',
  usage: 'key end:string start:string [COUNT count:integer]',
  summary: 'Reads the entries of a stream between two ids, the last one first.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(log N + M), M being the entries that are read',
  arity: -4,
  flags: ['readonly'],
  keys: READ,
  history: [['6.2.0', 'Ends that are excluded.']],
  run: (c) => replyRange(c, true),
})

export const XDEL = defineCommand({
  name: 'xdel',
  usage: 'key id:string...',
  summary: 'Deletes entries of a stream by their ids, and counts those that were there.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(log N) for each id',
  arity: -3,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'delete' }],
  run(c) {
    const { argv, argc } = c
    const key = argv[1]
    const stream = streamForWrite(c, key)
    if (stream === REFUSED) return
    if (stream === NIL) return c.reply.integer(0)
    // All ids are looked at before anything goes: one that is none changes nothing.
    for (let i = 2; i < argc; i++) if (!parseId(c, argv[i], id)) return
    let deleted = 0
    for (let i = 2; i < argc; i++) {
      id.parse(argv[i], 'first')
      if (streamDelete(c.db.memory, stream, id)) deleted++
    }
    if (deleted > 0) c.changed('t', 'xdel', key, deleted)
    c.reply.integer(deleted)
  },
})

export const XSETID = defineCommand({
  name: 'xsetid',
  usage: 'key last-id:string [ENTRIESADDED entries-added:integer] [MAXDELETEDID max-deleted-id:string]',
  summary: 'Sets the last id of a stream, and what it counts.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(1)',
  arity: -3,
  flags: ['write', 'denyoom', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'update' }],
  history: [['7.0.0', 'ENTRIESADDED and MAXDELETEDID.']],
  run(c) {
    // Parse.
    const { argv, argc } = c
    const maxDeleted = from.setMin()
    let added: number | bigint | undefined
    if (!parseId(c, argv[2], id)) return
    for (let i = 3; i < argc; i += 2) {
      const hasMore = i + 1 < argc
      if (hasMore && argv[i].is('entriesadded')) {
        const value = parseInteger64(c, argv[i + 1])
        if (value === undefined) return
        if (value < 0) return c.reply.error(ADDED_NEGATIVE)
        added = value
      } else if (hasMore && argv[i].is('maxdeletedid')) {
        if (!parseId(c, argv[i + 1], maxDeleted)) return
        if (id.compare(maxDeleted) < 0) return c.reply.error(SETID_BELOW_GIVEN)
      } else return c.reply.error(Err.syntax)
    }
    // Look up.
    const { memory } = c.db
    const stream = streamForWrite(c, argv[1])
    if (stream === REFUSED) return
    if (stream === NIL) return c.reply.error(Err.noSuchKey)
    if (id.compare(streamMaxDeletedId(memory, stream, last)) < 0) return c.reply.error(SETID_BELOW_DELETED)
    if (streamLength(memory, stream) > 0) {
      range.seek(memory, stream, last.setMin(), to.setMax(), true)
      if (range.next() && id.compare(range.id) < 0) return c.reply.error(SETID_SMALL)
      if (added !== undefined && added < streamLength(memory, stream)) return c.reply.error(ADDED_SMALL)
    }
    // Work.
    streamSetLastId(memory, stream, id)
    if (added !== undefined) streamSetAdded(memory, stream, added)
    if (!maxDeleted.isZero) streamSetMaxDeletedId(memory, stream, maxDeleted)
    // Effects and reply.
    groupChanged(c, 'xsetid', argv[1])
    c.reply.ok()
  },
})
