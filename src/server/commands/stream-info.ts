/*
 * XINFO: what a stream, its groups and their consumers are like.
 */
import { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Call } from '../exec/call.ts'
import { type CommandSpec, defineCommand } from '../exec/command.ts'
import { Err } from '../exec/errors.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  streamAdded,
  streamFirstId,
  streamLastId,
  streamLength,
  streamMaxDeletedId,
  streamNodes,
} from '../types/stream.ts'
import {
  consumerActiveAt,
  consumerCount,
  consumerForEach,
  consumerName,
  consumerSeenAt,
  NEVER_ACTIVE,
} from '../types/stream-consumers.ts'
import { pendingCount, pendingFrom } from '../types/stream-deliveries.ts'
import { groupCount, groupEntriesRead, groupFind, groupForEach, groupLastId, UNKNOWN } from '../types/stream-groups.ts'
import { groupLag } from '../types/stream-lag.ts'
import { pendingConsumer, pendingDeliveredAt, pendingDeliveries, pendingId } from '../types/stream-pending.ts'
import { radixNodes } from '../types/stream-radix.ts'
import { StreamRange } from '../types/stream-range.ts'
import { helpCommand } from './help.ts'
import { clampCount, parseInteger64, REFUSED, replyEntry, replyId, streamForRead } from './stream-arguments.ts'

const READ = [{ at: 2, access: 'ro', does: 'access' }] as const
const FULL_COUNT = 10
/** Pairs that XINFO STREAM answers in both of its forms, and those of each alone. */
const COMMON_PAIRS = 7
const SHORT_PAIRS = 3
const FULL_PAIRS = 2

const LEAST = new StreamId()
const GREATEST = new StreamId().setMax()

const id = new StreamId()
const range = new StreamRange()
const name = new Slice()

/** The stream, which must be there; REFUSED, having said that it is not. */
function existing(c: Call): Ref | typeof REFUSED {
  const stream = streamForRead(c, c.argv[2])
  if (stream !== NIL) return stream
  c.reply.error(Err.noSuchKey)
  return REFUSED
}

function idField(c: Call, field: string, value: StreamId): void {
  c.reply.bulkText(field)
  replyId(c.reply, value)
}

function integerField(c: Call, field: string, value: number | bigint): void {
  c.reply.bulkText(field)
  c.reply.integer(value)
}

/** How much a group has read and has still to read; nil where that is not known. */
function progressFields(c: Call, stream: Ref, group: Ref): void {
  const { reply } = c
  const { memory } = c.db
  const read = groupEntriesRead(memory, group)
  reply.bulkText('entries-read')
  if (read === UNKNOWN) reply.nil()
  else reply.integer(read)
  const lag = groupLag(memory, stream, group)
  reply.bulkText('lag')
  if (lag === undefined) reply.nil()
  else reply.integer(lag)
}

const CONSUMERS = defineCommand({
  name: 'consumers',
  usage: 'key group:string',
  summary: 'Lists the consumers of a group.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(N log N) in the number of consumers',
  arity: 4,
  flags: ['readonly'],
  keys: READ,
  tips: ['nondeterministic_output'],
  history: [['7.2.0', 'Tells for how long a consumer has been inactive.']],
  run(c) {
    const stream = existing(c)
    if (stream === REFUSED) return
    const { argv, reply } = c
    const { memory, keyspace } = c.db
    const group = groupFind(memory, stream as Ref, argv[3])
    if (group === NIL) {
      const [, , key, groupName] = argv
      return reply.errorText(
        `NOGROUP No such consumer group '${groupName.textToZero()}' for key name '${key.textToZero()}'`,
      )
    }
    reply.array(consumerCount(memory, group))
    consumerForEach(memory, group, (consumer, itsName) => {
      const activeAt = consumerActiveAt(memory, consumer)
      reply.map(4)
      reply.bulkText('name')
      reply.bulk(itsName)
      integerField(c, 'pending', pendingCount(memory, consumer))
      integerField(c, 'idle', Math.max(keyspace.now - consumerSeenAt(memory, consumer), 0))
      integerField(c, 'inactive', activeAt === NEVER_ACTIVE ? NEVER_ACTIVE : Math.max(keyspace.now - activeAt, 0))
    })
  },
})

const GROUPS = defineCommand({
  name: 'groups',
  usage: 'key',
  summary: 'Lists the groups of a stream.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(N log N) in the number of groups',
  arity: 3,
  flags: ['readonly'],
  keys: READ,
  history: [['7.0.0', 'Tells how much a group has read and has still to read.']],
  run(c) {
    const stream = existing(c)
    if (stream === REFUSED) return
    const { reply } = c
    const { memory } = c.db
    reply.array(groupCount(memory, stream as Ref))
    groupForEach(memory, stream as Ref, (group, groupName) => {
      reply.map(6)
      reply.bulkText('name')
      reply.bulk(groupName)
      integerField(c, 'consumers', consumerCount(memory, group))
      integerField(c, 'pending', pendingCount(memory, group))
      idField(c, 'last-delivered-id', groupLastId(memory, group, id))
      progressFields(c, stream as Ref, group)
    })
  },
})

const STREAM = defineCommand({
  name: 'stream',
  usage: 'key [FULL [COUNT count:integer]]',
  summary: 'Tells what a stream is like; in full, with its entries, groups, consumers and what is pending.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(N) in the number of nodes; in full also in what is answered',
  arity: -3,
  flags: ['readonly'],
  keys: READ,
  history: [
    ['6.0.0', 'FULL.'],
    ['7.0.0', 'Tells how many entries were added, and the greatest id that was deleted.'],
    ['7.2.0', 'Tells when a consumer was active.'],
  ],
  run(c) {
    // Look up: here it comes before the options.
    const stream = existing(c)
    if (stream === REFUSED) return
    const { argv, argc } = c
    if (argc === 3) return replyShort(c, stream as Ref)
    const isFull = argv[3].is('full') && (argc === 4 || (argc === 6 && argv[4].is('count')))
    if (!isFull) {
      return c.reply.errorText(
        `ERR unknown subcommand or wrong number of arguments for '${argv[1].textToZero()}'. Try XINFO HELP.`,
      )
    }
    const count = argc === 6 ? parseInteger64(c, argv[5]) : FULL_COUNT
    if (count === undefined) return
    // A count of 0 is none; a negative one is none given.
    const limit = count < 0 ? FULL_COUNT : clampCount(count) || Number.POSITIVE_INFINITY
    replyFull(c, stream as Ref, limit)
  },
})

function commonFields(c: Call, stream: Ref): void {
  const { memory } = c.db
  integerField(c, 'length', streamLength(memory, stream))
  integerField(c, 'radix-tree-keys', streamNodes(memory, stream))
  integerField(c, 'radix-tree-nodes', radixNodes(memory, stream))
  idField(c, 'last-generated-id', streamLastId(memory, stream, id))
  idField(c, 'max-deleted-entry-id', streamMaxDeletedId(memory, stream, id))
  integerField(c, 'entries-added', streamAdded(memory, stream))
  idField(c, 'recorded-first-entry-id', streamFirstId(memory, stream, id))
}

function replyShort(c: Call, stream: Ref): void {
  const { reply } = c
  const { memory } = c.db
  reply.map(COMMON_PAIRS + SHORT_PAIRS)
  commonFields(c, stream)
  integerField(c, 'groups', groupCount(memory, stream))
  for (const edge of ['first-entry', 'last-entry'] as const) {
    reply.bulkText(edge)
    if (range.seek(memory, stream, LEAST, GREATEST, edge === 'last-entry').next()) replyEntry(reply, range)
    else reply.nil()
  }
}

function replyFull(c: Call, stream: Ref, limit: number): void {
  const { reply } = c
  const { memory } = c.db
  reply.map(COMMON_PAIRS + FULL_PAIRS)
  commonFields(c, stream)
  reply.bulkText('entries')
  const mark = reply.mark()
  let found = 0
  range.seek(memory, stream, LEAST, GREATEST)
  while (found < limit && range.next()) {
    replyEntry(reply, range)
    found++
  }
  reply.insertArray(mark, found)
  reply.bulkText('groups')
  reply.array(groupCount(memory, stream))
  groupForEach(memory, stream, (group, groupName) => replyGroup(c, stream, group, groupName, limit))
}

function replyGroup(c: Call, stream: Ref, group: Ref, groupName: Slice, limit: number): void {
  const { reply } = c
  const { memory } = c.db
  reply.map(7)
  reply.bulkText('name')
  reply.bulk(groupName)
  idField(c, 'last-delivered-id', groupLastId(memory, group, id))
  progressFields(c, stream, group)
  integerField(c, 'pel-count', pendingCount(memory, group))
  replyPending(c, group, limit, (pending) => {
    reply.array(4)
    replyId(reply, id)
    reply.bulk(consumerName(memory, pendingConsumer(memory, pending), name))
    replyDelivery(c, memory, pending)
  })
  reply.bulkText('consumers')
  reply.array(consumerCount(memory, group))
  consumerForEach(memory, group, (consumer, itsName) => {
    reply.map(5)
    reply.bulkText('name')
    reply.bulk(itsName)
    integerField(c, 'seen-time', consumerSeenAt(memory, consumer))
    integerField(c, 'active-time', consumerActiveAt(memory, consumer))
    integerField(c, 'pel-count', pendingCount(memory, consumer))
    replyPending(c, consumer, limit, (pending) => {
      reply.array(3)
      replyId(reply, id)
      replyDelivery(c, memory, pending)
    })
  })
}

/** What is pending with a group or a consumer, each entry answered by `replyOne`, when its id is in `id`. */
function replyPending(c: Call, owner: Ref, limit: number, replyOne: (pending: Ref) => void): void {
  const { reply } = c
  const { memory } = c.db
  reply.bulkText('pending')
  const mark = reply.mark()
  let found = 0
  pendingFrom(memory, owner, LEAST, (pending) => {
    pendingId(memory, pending, id)
    replyOne(pending)
    return ++found < limit
  })
  reply.insertArray(mark, found)
}

function replyDelivery(c: Call, memory: Memory, pending: Ref): void {
  c.reply.integer(pendingDeliveredAt(memory, pending))
  c.reply.integer(pendingDeliveries(memory, pending))
}

const CONTAINER: Pick<CommandSpec, 'group' | 'flags'> = { group: 'stream', flags: [] }

export const XINFO = defineCommand({
  name: 'xinfo',
  usage: '',
  summary: 'A container for commands that tell what a stream is like.',
  ...CONTAINER,
  since: '5.0.0',
  complexity: 'Depends on subcommand.',
  arity: -2,
  subcommands: [
    CONSUMERS,
    GROUPS,
    helpCommand('xinfo', CONTAINER, '5.0.0', [
      ['CONSUMERS <key> <groupname>', 'Show consumers of <groupname>.'],
      ['GROUPS <key>', 'Show the stream consumer groups.'],
      ['STREAM <key> [FULL [COUNT <count>]', 'Show information about the stream.'],
    ]),
    STREAM,
  ],
})
