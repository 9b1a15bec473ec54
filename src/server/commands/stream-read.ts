/*
 * XREAD and XREADGROUP: what is new in some streams, waiting for it if need be.
 */
import { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { TYPE_STREAM } from '../keyspace/object.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { streamLastId, streamLength } from '../types/stream.ts'
import { consumerSetActive } from '../types/stream-consumers.ts'
import { pendingDeliver, pendingFrom, pendingRepeat } from '../types/stream-deliveries.ts'
import { groupFind, groupLastId, groupSetLastId } from '../types/stream-groups.ts'
import { groupCountRead } from '../types/stream-lag.ts'
import { pendingDeliveries, pendingId } from '../types/stream-pending.ts'
import { StreamRange } from '../types/stream-range.ts'
import {
  clampCount,
  consumerFor,
  groupChanged,
  parseId,
  parseInteger64,
  REFUSED,
  refuseNoGroup,
  replyEntry,
  replyId,
  streamForRead,
  streamForWrite,
} from './stream-arguments.ts'
import { Deliveries, type Recipient, repeatProgress } from './stream-repeat.ts'
import { timeoutFromMilliseconds } from './timeout-argument.ts'

const UNBALANCED = errorLine(
  "ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be specified.",
)
const UNBALANCED_GROUP = errorLine(
  "ERR Unbalanced 'xreadgroup' list of streams: for each stream key an ID or '>' must be specified.",
)
const GROUP_MISPLACED = errorLine('ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.')
const NOACK_MISPLACED = errorLine('ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.')
const GROUP_MISSING = errorLine('ERR Missing GROUP option for XREADGROUP')
const NEW_MISPLACED = errorLine(
  'ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.',
)
const meaningless = (id: string): Uint8Array =>
  errorLine(
    `ERR The ${id} ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by ` +
      `specifying a proper ID, or use the > ID to get new messages. The ${id} ID would just return an empty result set.`,
  )
const LAST_MEANINGLESS = meaningless('$')
const TOP_MEANINGLESS = meaningless('+')

const IN_XREADGROUP = ' in XREADGROUP with GROUP option'

/** What the options say; refilled by each command. */
interface Options {
  count: number
  /** undefined: it does not wait. */
  timeoutMs: number | undefined
  /** Where the keys begin, and how many there are: as many ids follow. */
  keysAt: number
  keys: number
  group: Slice | undefined
  consumer: Slice | undefined
  noAck: boolean
}

/** One of the streams that are read. */
interface Source {
  stream: Ref
  group: Ref
  /** What was read before: entries behind it are wanted. For a group the greatest id means what is new. */
  readonly after: StreamId
}

const LEAST = new StreamId()
const GREATEST = new StreamId().setMax()

const sources: Source[] = []
const range = new StreamRange()
const single = new StreamRange()
const start = new StreamId()
const id = new StreamId()

/** Reads the options up to STREAMS; undefined, having refused. */
function parseOptions(c: Call, isGroup: boolean): Options | undefined {
  const { argv, argc } = c
  const options: Options = {
    count: Number.POSITIVE_INFINITY,
    timeoutMs: undefined,
    keysAt: 0,
    keys: 0,
    group: undefined,
    consumer: undefined,
    noAck: false,
  }
  for (let i = 1; i < argc; i++) {
    const left = argc - i - 1
    const option = argv[i]
    if (left > 0 && option.is('block')) {
      const timeout = timeoutFromMilliseconds(c, argv[++i])
      if (timeout === undefined) return undefined
      options.timeoutMs = timeout
    } else if (left > 0 && option.is('count')) {
      const count = parseInteger64(c, argv[++i])
      if (count === undefined) return undefined
      options.count = clampCount(count) || Number.POSITIVE_INFINITY
    } else if (left > 0 && option.is('streams')) {
      if (left % 2 !== 0) return refuse(c, isGroup ? UNBALANCED_GROUP : UNBALANCED)
      options.keysAt = i + 1
      options.keys = left / 2
      break
    } else if (left > 1 && option.is('group')) {
      if (!isGroup) return refuse(c, GROUP_MISPLACED)
      options.group = argv[i + 1]
      options.consumer = argv[i + 2]
      i += 2
    } else if (option.is('noack')) {
      if (!isGroup) return refuse(c, NOACK_MISPLACED)
      options.noAck = true
    } else return refuse(c, Err.syntax)
  }
  if (options.keys === 0) return refuse(c, Err.syntax)
  if (isGroup && options.group === undefined) return refuse(c, GROUP_MISSING)
  return options
}

function refuse(c: Call, line: Uint8Array): undefined {
  c.reply.error(line)
  return undefined
}

/** Looks each stream up and reads from where it is wanted; false, having refused. */
function findSources(c: Call, options: Options): boolean {
  const { argv } = c
  for (let i = 0; i < options.keys; i++) {
    const key = argv[options.keysAt + i]
    const stream = options.group === undefined ? streamForRead(c, key) : streamForWrite(c, key)
    if (stream === REFUSED) return false
    if (sources.length === i) sources.push({ stream: NIL, group: NIL, after: new StreamId() })
    const source = sources[i]
    source.stream = stream as Ref
    source.group = NIL
    if (options.group !== undefined) {
      source.group = stream === NIL ? NIL : groupFind(c.db.memory, source.stream, options.group)
      if (source.group === NIL) {
        refuseNoGroup(c, key, options.group, IN_XREADGROUP)
        return false
      }
    }
    if (!parseAfter(c, argv[options.keysAt + options.keys + i], source)) return false
  }
  return true
}

/** Reads one of the ids; false, having refused. */
function parseAfter(c: Call, text: Slice, source: Source): boolean {
  const { after, stream, group } = source
  const { memory } = c.db
  const isGroup = group !== NIL
  // As far as C sees it, a text is over at a zero byte.
  const word = text.size > 0 && (text.size === 1 || text.buf[text.at + 1] === 0) ? text.buf[text.at] : 0
  if (word === DOLLAR) {
    if (isGroup) return refuse(c, LAST_MEANINGLESS) ?? false
    if (stream === NIL) after.setMin()
    else streamLastId(memory, stream, after)
    return true
  }
  if (word === PLUS) {
    if (isGroup) return refuse(c, TOP_MEANINGLESS) ?? false
    after.setMin()
    // The last entry itself is wanted, so what comes before it was read. As in Valkey it is the one that was
    // added last: when that is deleted there is none.
    if (stream !== NIL) streamLastId(memory, stream, after).previous()
    return true
  }
  if (word === GREATER) {
    if (!isGroup) return refuse(c, NEW_MISPLACED) ?? false
    after.setMax()
    return true
  }
  return parseId(c, text, after)
}

const DOLLAR = 36
const PLUS = 43
const GREATER = 62

/** Fills `top` with the id of the last entry; false when there is none. */
function topOf(memory: Memory, stream: Ref, top: StreamId): boolean {
  if (!range.seek(memory, stream, LEAST, GREATEST, true).next()) return false
  top.copy(range.id)
  return true
}

/** Whether a stream has an entry behind this id. */
function hasBehind(memory: Memory, stream: Ref, after: StreamId): boolean {
  return streamLength(memory, stream) > 0 && topOf(memory, stream, id) && id.compare(after) > 0
}

/** Begins the reply of one stream. */
function replyKey(c: Call, key: Slice): void {
  if (c.reply.protocol === 2) c.reply.array(2)
  c.reply.bulk(key)
}

/** Answers the entries behind `after`; how many. */
function replyBehind(c: Call, stream: Ref, after: StreamId, count: number): number {
  const { reply } = c
  const mark = reply.mark()
  let found = 0
  if (start.copy(after).next()) {
    range.seek(c.db.memory, stream, start, GREATEST)
    while (found < count && range.next()) {
      replyEntry(reply, range)
      found++
    }
  }
  reply.insertArray(mark, found)
  return found
}

export const XREAD = defineCommand({
  name: 'xread',
  usage: '[COUNT count:integer] [BLOCK milliseconds:integer] STREAMS key... id:string...',
  summary: 'Reads what follows an id in one stream or several, and may wait for it.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(log N + M) for each stream, M being the entries that are read',
  arity: -4,
  flags: ['readonly', 'blocking'],
  keys: [{ at: { keyword: 'STREAMS', from: 1 }, last: -1, limit: 2, access: 'ro', does: 'access' }],
  run(c) {
    // Parse and look up, which real servers do one stream at a time.
    const options = parseOptions(c, false)
    if (options === undefined || !findSources(c, options)) return
    // Reply.
    const { reply } = c
    const mark = reply.mark()
    let served = 0
    for (let i = 0; i < options.keys; i++) {
      const { stream, after } = sources[i]
      if (stream === NIL || !hasBehind(c.db.memory, stream, after)) continue
      replyKey(c, c.argv[options.keysAt + i])
      replyBehind(c, stream, after, options.count)
      served++
    }
    finish(c, options, mark, served, false)
  },
})

/** Ends the reply, or waits where nothing was found. */
function finish(c: Call, options: Options, mark: number, served: number, isGroup: boolean): void {
  const { reply } = c
  if (served > 0) {
    if (reply.protocol === 2) reply.insertArray(mark, served)
    else reply.insertMap(mark, served)
    return
  }
  const waits =
    options.timeoutMs !== undefined &&
    c.block({
      keys: c.argv.slice(options.keysAt, options.keysAt + options.keys),
      type: TYPE_STREAM,
      timeoutMs: options.timeoutMs,
      wakesOnLoss: isGroup,
      argv: isGroup ? undefined : settled(c, options),
      onTimeout: (late) => late.nilArray(),
    })
  if (!waits) reply.nilArray()
}

/** The request to be run again: `$` and `+` are what they mean now. */
function settled(c: Call, options: Options): readonly Slice[] {
  const idsAt = options.keysAt + options.keys
  return c.argv.slice(0, c.argc).map((arg, i) => (i < idsAt ? arg.copy() : Slice.of(String(sources[i - idsAt].after))))
}

export const XREADGROUP = defineCommand({
  name: 'xreadgroup',
  usage:
    'GROUP group:string consumer:string [COUNT count:integer] [BLOCK milliseconds:integer] [NOACK] ' +
    'STREAMS key... id:string...',
  summary: 'Reads what a group has not been given yet, or again what a consumer has not acknowledged.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(log N + M) for each stream, M being the entries that are read',
  arity: -7,
  flags: ['write', 'blocking'],
  keys: [{ at: { keyword: 'STREAMS', from: 4 }, last: -1, limit: 2, access: 'ro', does: 'access' }],
  run(c) {
    // Parse and look up, which real servers do one stream at a time.
    const options = parseOptions(c, true)
    if (options === undefined || !findSources(c, options)) return
    // Work and reply.
    const { reply } = c
    const mark = reply.mark()
    let served = 0
    for (let i = 0; i < options.keys; i++) {
      const source = sources[i]
      const key = c.argv[options.keysAt + i]
      const to: Recipient = { key, group: options.group!, consumer: options.consumer! }
      const consumer = consumerFor(c, to, source.group)
      if (consumer === NIL) return refuseFull(c, mark)
      const isHistory = !source.after.isMax
      if (!isHistory && !hasBehind(c.db.memory, source.stream, groupLastId(c.db.memory, source.group, start))) continue
      const before = reply.mark()
      replyKey(c, key)
      if (isHistory) replyHistory(c, source, consumer, options.count, to)
      else if (deliver(c, source, consumer, options, to) === 0) {
        reply.at = before
        if (served === 0) return refuseFull(c, mark)
        break
      }
      groupChanged(c, undefined, key)
      served++
    }
    finish(c, options, mark, served, true)
  },
})

/** Takes back what was written since `mark`, and says that memory is exhausted. */
function refuseFull(c: Call, mark: number): void {
  c.reply.at = mark
  c.reply.error(Err.arenaFull)
}

/** Gives a consumer what the group has not been given yet, as far as memory goes; how many entries. */
function deliver(c: Call, source: Source, consumer: Ref, options: Options, to: Recipient): number {
  const { reply } = c
  const { memory, keyspace } = c.db
  const { stream, group } = source
  const mark = reply.mark()
  const deliveries = new Deliveries(c, to)
  let found = 0
  groupLastId(memory, group, start).next()
  range.seek(memory, stream, start, GREATEST)
  while (found < options.count && range.next()) {
    if (!options.noAck && pendingDeliver(memory, group, consumer, range.id, keyspace.now, 1) === NIL) break
    if (!options.noAck) deliveries.add(range.id, keyspace.now, 1)
    groupCountRead(memory, stream, group, range.id)
    groupSetLastId(memory, group, range.id)
    replyEntry(reply, range)
    found++
  }
  reply.insertArray(mark, found)
  deliveries.end()
  if (found > 0) repeatProgress(c, to.key, to.group, group)
  if (!options.noAck && found > 0) consumerSetActive(memory, consumer, keyspace.now)
  return found
}

/** Answers again what is pending with a consumer. Of entries that are gone only the ids are left. */
function replyHistory(c: Call, source: Source, consumer: Ref, count: number, to: Recipient): void {
  const { reply } = c
  const { memory, keyspace } = c.db
  const mark = reply.mark()
  const deliveries = new Deliveries(c, to)
  let found = 0
  if (start.copy(source.after).next()) {
    pendingFrom(memory, consumer, start, (pending) => {
      pendingId(memory, pending, id)
      if (single.seek(memory, source.stream, id, id).next()) {
        replyEntry(reply, single)
        pendingRepeat(memory, source.group, pending, keyspace.now)
        deliveries.add(id, keyspace.now, pendingDeliveries(memory, pending))
      } else {
        reply.array(2)
        replyId(reply, id)
        reply.nilArray()
      }
      return ++found < count
    })
  }
  deliveries.end()
  reply.insertArray(mark, found)
}
