/*
 * Commands on what is pending in the groups of streams: looking at it, and taking
 * it over from a consumer that may be gone.
 */
import { parseExact } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { streamHas } from '../types/stream.ts'
import { consumerFind, consumerForEach, consumerName, consumerSetActive } from '../types/stream-consumers.ts'
import {
  pendingCount,
  pendingDeliver,
  pendingDrop,
  pendingEdge,
  pendingFrom,
  pendingOf,
} from '../types/stream-deliveries.ts'
import { groupFind, groupLastId, groupSetLastId } from '../types/stream-groups.ts'
import { pendingConsumer, pendingDeliveredAt, pendingDeliveries, pendingId } from '../types/stream-pending.ts'
import { StreamRange } from '../types/stream-range.ts'
import {
  clampCount,
  consumerFor,
  groupChanged,
  parseId,
  parseInteger64,
  parseRange,
  parseRangeStart,
  REFUSED,
  refuseNoGroup,
  replyEntry,
  replyId,
  streamForRead,
  streamForWrite,
} from './stream-arguments.ts'
import { Deliveries, type Recipient, repeatProgress } from './stream-repeat.ts'

const CLAIM_MIN_IDLE = errorLine('ERR Invalid min-idle-time argument for XCLAIM')
const CLAIM_IDLE = errorLine('ERR Invalid IDLE option argument for XCLAIM')
const CLAIM_TIME = errorLine('ERR Invalid TIME option argument for XCLAIM')
const CLAIM_RETRYCOUNT = errorLine('ERR Invalid RETRYCOUNT option argument for XCLAIM')
const AUTOCLAIM_MIN_IDLE = errorLine('ERR Invalid min-idle-time argument for XAUTOCLAIM')
const COUNT_NOT_POSITIVE = errorLine('ERR COUNT must be > 0')
const COUNT_TOO_HIGH = errorLine('ERR Insufficient memory, failed allocating transient memory, COUNT too high.')

const AUTOCLAIM_COUNT = 100
/** XAUTOCLAIM looks at so many pending entries for each that it may answer. */
const LOOKED_AT_PER_CLAIM = 10
/** What real servers take as a COUNT, and where they run out of memory for the ids. */
const AUTOCLAIM_COUNT_MAX = (2n ** 63n - 1n) / 16n
const AUTOCLAIM_COUNT_HELD = 2 ** 40

/** What a claim of one entry takes at most, in both trees. */
const CLAIM_BYTES = 64
const CLAIM_SPARE_BYTES = 8192

const id = new StreamId()
const from = new StreamId()
const to = new StreamId()
const last = new StreamId()
const name = new Slice()
const range = new StreamRange()

/** Answers the entry with this id, which is there. */
function replyOne(c: Call, stream: Ref): void {
  if (range.seek(c.db.memory, stream, id, id).next()) replyEntry(c.reply, range)
}

/** Milliseconds since an entry was delivered. */
function idleOf(c: Call, pending: Ref): number {
  return c.db.keyspace.now - pendingDeliveredAt(c.db.memory, pending)
}

interface PendingQuery {
  readonly minIdle: number
  readonly count: number
  readonly consumer: Slice | undefined
}

/** Reads what XPENDING wants to see in detail, the range into `from` and `to`; undefined, having refused. */
function parseQuery(c: Call): PendingQuery | undefined {
  const { argv, argc } = c
  let at = 3
  let minIdle: number | bigint | undefined = 0
  if (argv[3].is('idle')) {
    minIdle = parseInteger64(c, argv[4])
    if (minIdle === undefined) return undefined
    if (argc < 8) {
      c.reply.error(Err.syntax)
      return undefined
    }
    at = 5
  }
  const count = parseInteger64(c, argv[at + 2])
  if (count === undefined || !parseRange(c, argv[at], argv[at + 1], from, to)) return undefined
  return { minIdle: Number(minIdle), count: clampCount(count), consumer: at + 3 < argc ? argv[at + 3] : undefined }
}

export const XPENDING = defineCommand({
  name: 'xpending',
  usage: 'key group:string [[IDLE min-idle-time:integer] start:string end:string count:integer [consumer:string]]',
  summary: 'Tells what a group has been given and has not acknowledged.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(log N + M), M being the pending entries that are looked at',
  arity: -3,
  flags: ['readonly'],
  keys: [{ at: 1, access: 'ro', does: 'access' }],
  tips: ['nondeterministic_output'],
  history: [['6.2.0', 'IDLE, and ends that are excluded.']],
  run(c) {
    // Parse.
    const { argv, argc, reply } = c
    const { memory } = c.db
    if (argc !== 3 && (argc < 6 || argc > 9)) return reply.error(Err.syntax)
    const query = argc === 3 ? undefined : parseQuery(c)
    if (argc > 3 && query === undefined) return
    // Look up.
    const stream = streamForRead(c, argv[1])
    if (stream === REFUSED) return
    const group = stream === NIL ? NIL : groupFind(memory, stream as Ref, argv[2])
    if (group === NIL) return refuseNoGroup(c, argv[1], argv[2])
    // Reply.
    if (query === undefined) return replySummary(c, group)
    const owner = query.consumer === undefined ? group : consumerFind(memory, group, query.consumer)
    if (owner === NIL) return reply.array(0)
    replyPending(c, owner, query)
  },
})

function replySummary(c: Call, group: Ref): void {
  const { reply } = c
  const { memory } = c.db
  const count = pendingCount(memory, group)
  reply.array(4)
  reply.integer(count)
  if (count === 0) {
    reply.nil()
    reply.nil()
    return reply.nilArray()
  }
  replyId(reply, pendingId(memory, pendingEdge(memory, group, 'first'), id))
  replyId(reply, pendingId(memory, pendingEdge(memory, group, 'last'), id))
  const mark = reply.mark()
  let consumers = 0
  consumerForEach(memory, group, (consumer, itsName) => {
    const pending = pendingCount(memory, consumer)
    if (pending === 0) return
    reply.array(2)
    reply.bulk(itsName)
    reply.bulkInteger(pending)
    consumers++
  })
  reply.insertArray(mark, consumers)
}

/** Answers what is pending with `owner`, a group or a consumer, one by one. */
function replyPending(c: Call, owner: Ref, query: PendingQuery): void {
  const { reply } = c
  const { memory } = c.db
  const mark = reply.mark()
  let found = 0
  if (query.count > 0) {
    pendingFrom(memory, owner, from, (pending) => {
      if (pendingId(memory, pending, id).compare(to) > 0) return false
      const idle = idleOf(c, pending)
      if (query.minIdle !== 0 && idle < query.minIdle) return true
      reply.array(4)
      replyId(reply, id)
      reply.bulk(consumerName(memory, pendingConsumer(memory, pending), name))
      reply.integer(Math.max(idle, 0))
      reply.integer(pendingDeliveries(memory, pending))
      return ++found < query.count
    })
  }
  reply.insertArray(mark, found)
}

/** How a pending entry is handed over. */
interface Claim {
  readonly minIdle: number
  readonly deliveredAt: number
  /** undefined: one more than before, unless only ids are wanted. */
  readonly deliveries: number | bigint | undefined
  readonly makesPending: boolean
  readonly onlyIds: boolean
}

/** Reads the options of XCLAIM that follow its ids; undefined, having refused. The last id to set is in `last`. */
function parseClaim(c: Call, at: number, minIdle: number): Claim | undefined {
  const { argv, argc } = c
  const { now } = c.db.keyspace
  let deliveredAt: number | undefined
  let deliveries: number | bigint | undefined
  let makesPending = false
  let onlyIds = false
  last.setMin()
  for (let i = at; i < argc; i++) {
    const option = argv[i]
    const hasMore = i + 1 < argc
    if (option.is('force')) makesPending = true
    else if (option.is('justid')) onlyIds = true
    else if (hasMore && option.is('idle')) {
      const idle = integerOr(c, argv[++i], CLAIM_IDLE)
      if (idle === undefined) return undefined
      deliveredAt = now - Number(idle)
    } else if (hasMore && option.is('time')) {
      const time = integerOr(c, argv[++i], CLAIM_TIME)
      if (time === undefined) return undefined
      deliveredAt = Number(time)
    } else if (hasMore && option.is('retrycount')) {
      const count = integerOr(c, argv[++i], CLAIM_RETRYCOUNT)
      if (count === undefined) return undefined
      deliveries = count < 0 ? undefined : count
    } else if (hasMore && option.is('lastid')) {
      if (!parseId(c, argv[++i], last)) return undefined
    } else {
      c.reply.errorText(`ERR Unrecognized XCLAIM option '${option.textToZero()}'`)
      return undefined
    }
  }
  // A time that makes no sense is as good as none.
  const isSane = deliveredAt !== undefined && deliveredAt >= 0 && deliveredAt <= now
  return { minIdle, deliveredAt: isSane ? deliveredAt! : now, deliveries, makesPending, onlyIds }
}

function integerOr(c: Call, text: Slice, refusal: Uint8Array): number | bigint | undefined {
  const value = parseExact(text)
  if (value === undefined) c.reply.error(refusal)
  return value
}

const CLAIMED = 1
const LEFT = 0
const GONE = -1
const EXHAUSTED = -2

/** Hands the pending entry with the id in `id` to a consumer, and answers it: CLAIMED, LEFT, GONE or EXHAUSTED. */
function claim(c: Call, stream: Ref, group: Ref, consumer: Ref, how: Claim, told: Deliveries): number {
  const { memory, keyspace } = c.db
  const pending = pendingOf(memory, group, id)
  if (!streamHas(memory, stream, id)) {
    if (pending === NIL || !pendingDrop(memory, group, id)) return LEFT
    told.drop(id)
    return GONE
  }
  if (pending === NIL && !how.makesPending) return LEFT
  if (pending !== NIL && how.minIdle > 0 && idleOf(c, pending) < how.minIdle) return LEFT
  const before = pending === NIL ? 1 : pendingDeliveries(memory, pending)
  const deliveries = how.deliveries ?? (how.onlyIds ? before : BigInt(before) + 1n)
  if (pendingDeliver(memory, group, consumer, id, how.deliveredAt, deliveries) === NIL) return EXHAUSTED
  consumerSetActive(memory, consumer, keyspace.now)
  told.add(id, how.deliveredAt, deliveries)
  if (how.onlyIds) replyId(c.reply, id)
  else replyOne(c, stream)
  return CLAIMED
}

/** Whether there is memory for claiming so many entries. */
const hasRoomFor = (c: Call, claims: number): boolean => c.db.memory.hasRoom(claims * CLAIM_BYTES + CLAIM_SPARE_BYTES)

export const XCLAIM = defineCommand({
  name: 'xclaim',
  usage:
    'key group:string consumer:string min-idle-time:string id:string... [IDLE ms:integer] ' +
    '[TIME unix-time-milliseconds:unix-time] [RETRYCOUNT count:integer] [FORCE] [JUSTID] [LASTID lastid:string]',
  summary: 'Makes pending entries those of another consumer of the group.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(log N) for each id',
  arity: -6,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'update' }],
  tips: ['nondeterministic_output'],
  run(c) {
    // Look up: here it comes before all but the number of arguments.
    const { argv, argc, reply } = c
    const { memory } = c.db
    const [, key, groupName, consumerName] = argv
    const stream = streamForWrite(c, key)
    if (stream === REFUSED) return
    const group = stream === NIL ? NIL : groupFind(memory, stream as Ref, groupName)
    if (group === NIL) return refuseNoGroup(c, key, groupName)
    // Parse. What is no id begins the options.
    const minIdle = integerOr(c, argv[4], CLAIM_MIN_IDLE)
    if (minIdle === undefined) return
    let end = 5
    while (end < argc && id.parse(argv[end], 'first')) end++
    const how = parseClaim(c, end, Number(minIdle))
    if (how === undefined) return
    // Work and reply.
    const to: Recipient = { key, group: groupName, consumer: consumerName }
    const consumer = hasRoomFor(c, end - 5) ? consumerFor(c, to, group) : NIL
    if (consumer === NIL) return reply.error(Err.arenaFull)
    if (last.compare(groupLastId(memory, group, id)) > 0) {
      groupSetLastId(memory, group, last)
      repeatProgress(c, key, groupName, group)
    }
    const told = new Deliveries(c, to)
    const mark = reply.mark()
    let claimed = 0
    let changes = 0
    for (let i = 5; i < end; i++) {
      id.parse(argv[i], 'first')
      const outcome = claim(c, stream as Ref, group, consumer, how, told)
      if (outcome === EXHAUSTED) break
      if (outcome !== LEFT) changes++
      if (outcome === CLAIMED) claimed++
    }
    told.end()
    groupChanged(c, undefined, key, changes)
    reply.insertArray(mark, claimed)
  },
})

/** Reads the options of XAUTOCLAIM; undefined, having refused. */
function parseAutoclaim(c: Call): { readonly count: number; readonly onlyIds: boolean } | undefined {
  const { argv, argc, reply } = c
  let count = AUTOCLAIM_COUNT
  let onlyIds = false
  for (let i = 6; i < argc; i++) {
    if (argv[i].is('count') && i + 1 < argc) {
      const value = integerOr(c, argv[++i], COUNT_NOT_POSITIVE)
      if (value === undefined) return undefined
      if (value < 1 || value > AUTOCLAIM_COUNT_MAX) {
        reply.error(COUNT_NOT_POSITIVE)
        return undefined
      }
      count = Number(value)
    } else if (argv[i].is('justid')) onlyIds = true
    else {
      reply.error(Err.syntax)
      return undefined
    }
  }
  return { count, onlyIds }
}

export const XAUTOCLAIM = defineCommand({
  name: 'xautoclaim',
  usage: 'key group:string consumer:string min-idle-time:string start:string [COUNT count:integer] [JUSTID]',
  summary: 'Makes entries that have been pending for long those of another consumer, from an id on.',
  group: 'stream',
  since: '6.2.0',
  complexity: 'O(log N) for each of COUNT entries',
  arity: -6,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'delete' }],
  tips: ['nondeterministic_output'],
  history: [['7.0.0', 'Answers the ids of entries that are gone, and forgets them.']],
  run(c) {
    // Parse.
    const { argv, reply } = c
    const { memory, keyspace } = c.db
    const [, key, groupName, consumerName] = argv
    const minIdle = integerOr(c, argv[4], AUTOCLAIM_MIN_IDLE)
    if (minIdle === undefined || !parseRangeStart(c, argv[5], from)) return
    const options = parseAutoclaim(c)
    if (options === undefined) return
    // Look up.
    const stream = streamForWrite(c, key)
    if (stream === REFUSED) return
    const group = stream === NIL ? NIL : groupFind(memory, stream as Ref, groupName)
    if (group === NIL) return refuseNoGroup(c, key, groupName)
    if (options.count > AUTOCLAIM_COUNT_HELD) return reply.error(COUNT_TOO_HIGH)
    const claims = Math.min(options.count, pendingCount(memory, group))
    const to: Recipient = { key, group: groupName, consumer: consumerName }
    const consumer = hasRoomFor(c, claims) ? consumerFor(c, to, group) : NIL
    if (consumer === NIL) return reply.error(Err.arenaFull)
    const told = new Deliveries(c, to)
    // Work and reply: the entries are answered as they are claimed, the two other parts when they are known.
    const how: Claim = {
      minIdle: Number(minIdle),
      deliveredAt: keyspace.now,
      deliveries: undefined,
      makesPending: false,
      onlyIds: options.onlyIds,
    }
    const mark = reply.mark()
    const gone: StreamId[] = []
    let claimed = 0
    let attempts = options.count * LOOKED_AT_PER_CLAIM
    let next = nextPending(c, group)
    while (next && attempts-- > 0 && claimed + gone.length < options.count) {
      const outcome = claim(c, stream as Ref, group, consumer, how, told)
      if (outcome === EXHAUSTED) break
      if (outcome === GONE) gone.push(new StreamId().copy(id))
      else if (outcome === CLAIMED) claimed++
      next = from.copy(id).next() && nextPending(c, group)
    }
    told.end()
    groupChanged(c, undefined, key, claimed + gone.length)
    reply.insertArray(mark, claimed)
    reply.insert(mark, () => {
      reply.array(3)
      replyId(reply, next ? id : from.setMin())
    })
    reply.array(gone.length)
    for (const goneId of gone) replyId(reply, goneId)
  },
})

/** Fills `id` with the first pending one from `from` on; false when there is none. */
function nextPending(c: Call, group: Ref): boolean {
  let isFound = false
  pendingFrom(c.db.memory, group, from, (pending) => {
    pendingId(c.db.memory, pending, id)
    isFound = true
    return false
  })
  return isFound
}
