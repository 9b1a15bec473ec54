/*
 * Commands on the groups of streams: making and removing groups and consumers, and
 * acknowledging. Reading as a group is in stream-read.ts, what is pending and who
 * claims it in stream-pending.ts.
 */
import type { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Call } from '../exec/call.ts'
import { type CommandSpec, defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { streamCreate, streamLastId } from '../types/stream.ts'
import { consumerCreate, consumerFind, consumerRemove } from '../types/stream-consumers.ts'
import { pendingDrop } from '../types/stream-deliveries.ts'
import {
  groupCreate,
  groupDestroy,
  groupFind,
  groupSetEntriesRead,
  groupSetLastId,
  UNKNOWN,
} from '../types/stream-groups.ts'
import { helpCommand } from './help.ts'
import { groupChanged, parseId, parseIdOrEnd, parseInteger64, REFUSED, streamForWrite } from './stream-arguments.ts'

const KEY_NEEDED = errorLine(
  'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option ' +
    'to create an empty stream automatically.',
)
const GROUP_EXISTS = errorLine('BUSYGROUP Consumer Group name already exists')
const ENTRIES_READ_NEGATIVE = errorLine('ERR value for ENTRIESREAD must be positive or -1')

/** CREATE takes no more arguments than this, SETID no more than that: options that are repeated do not fit. */
const CREATE_ARGC_MAX = 8
const SETID_ARGC_MAX = 7

const id = new StreamId()

function wrongSubcommand(c: Call): void {
  c.reply.errorText(
    `ERR unknown subcommand or wrong number of arguments for '${c.argv[1].textToZero()}'. Try XGROUP HELP.`,
  )
}

/** The stream, which must be there; REFUSED, having said that it is not. */
function existing(c: Call): Ref | typeof REFUSED {
  const stream = streamForWrite(c, c.argv[2])
  if (stream !== NIL) return stream
  c.reply.error(KEY_NEEDED)
  return REFUSED
}

/** The group, which must be there with its stream; REFUSED, having said that it is not. */
function existingGroup(c: Call): Ref | typeof REFUSED {
  const stream = existing(c)
  if (stream === REFUSED) return REFUSED
  const group = groupFind(c.db.memory, stream as Ref, c.argv[3])
  if (group !== NIL) return group
  const [, , key, name] = c.argv
  c.reply.errorText(`NOGROUP No such consumer group '${name.textToZero()}' for key name '${key.textToZero()}'`)
  return REFUSED
}

interface GroupOptions {
  readonly makesStream: boolean
  readonly entriesRead: number | bigint
}

/** The options from argv[5] on; undefined, having refused. */
function parseOptions(c: Call, takesMakeStream: boolean): GroupOptions | undefined {
  const { argv, argc } = c
  let makesStream = false
  let entriesRead: number | bigint = UNKNOWN
  for (let i = 5; i < argc; i++) {
    if (takesMakeStream && argv[i].is('mkstream')) makesStream = true
    else if (argv[i].is('entriesread') && i + 1 < argc) {
      const value = parseInteger64(c, argv[++i])
      if (value === undefined) return undefined
      if (value < 0 && value !== UNKNOWN) {
        c.reply.error(ENTRIES_READ_NEGATIVE)
        return undefined
      }
      entriesRead = value
    } else {
      wrongSubcommand(c)
      return undefined
    }
  }
  return { makesStream, entriesRead }
}

/** Fills the id that a group starts behind: `$` is the stream's last one. False, having refused. */
function parseStart(c: Call, stream: Ref, text: Slice, parse = parseId): boolean {
  if (text.textToZero() !== '$') return parse(c, text, id)
  if (stream === NIL) id.setMin()
  else streamLastId(c.db.memory, stream, id)
  return true
}

const CREATE = defineCommand({
  name: 'create',
  usage: 'key group:string <id:string | $> [MKSTREAM] [ENTRIESREAD entries-read:integer]',
  summary: 'Creates a group of consumers.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(1)',
  arity: -5,
  flags: ['write', 'denyoom'],
  keys: [{ at: 2, access: 'rw', does: 'insert' }],
  history: [['7.0.0', 'ENTRIESREAD.']],
  run(c) {
    // Parse.
    const { argv, argc, db } = c
    const [, , key, name] = argv
    const options = parseOptions(c, true)
    if (options === undefined) return
    // Look up.
    const known = options.makesStream ? streamForWrite(c, key) : existing(c)
    if (known === REFUSED) return
    if (argc > CREATE_ARGC_MAX) return wrongSubcommand(c)
    if (!parseStart(c, known as Ref, argv[4])) return
    if (known !== NIL && groupFind(db.memory, known as Ref, name) !== NIL) return c.reply.error(GROUP_EXISTS)
    // Work. A stream that was made for a group goes again with it.
    const stream = known === NIL ? streamCreate(db, key) : (known as Ref)
    if (stream === NIL) return c.reply.error(Err.arenaFull)
    if (groupCreate(db.memory, stream, name, id, options.entriesRead) === NIL) {
      if (known === NIL) db.remove(key)
      return c.reply.error(Err.arenaFull)
    }
    // Effects and reply.
    if (known === NIL) c.server.watches.touch(db, key)
    groupChanged(c, 'xgroup-create', key)
    c.reply.ok()
  },
})

const SETID = defineCommand({
  name: 'setid',
  usage: 'key group:string <id:string | $> [ENTRIESREAD entries-read:integer]',
  summary: 'Sets the last id that a group has been given.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(1)',
  arity: -5,
  flags: ['write'],
  keys: [{ at: 2, access: 'rw', does: 'update' }],
  history: [['7.0.0', 'ENTRIESREAD.']],
  run(c) {
    // Parse.
    const options = parseOptions(c, false)
    if (options === undefined) return
    // Look up.
    const group = existingGroup(c)
    if (group === REFUSED) return
    if (c.argc > SETID_ARGC_MAX) return wrongSubcommand(c)
    // CREATE takes neither - nor +.
    if (!parseStart(c, streamForWrite(c, c.argv[2]) as Ref, c.argv[4], parseIdOrEnd)) return
    // Work.
    const { memory } = c.db
    groupSetLastId(memory, group as Ref, id)
    groupSetEntriesRead(memory, group as Ref, options.entriesRead)
    // Effects and reply.
    groupChanged(c, 'xgroup-setid', c.argv[2])
    c.reply.ok()
  },
})

const DESTROY = defineCommand({
  name: 'destroy',
  usage: 'key group:string',
  summary: 'Removes a group with its consumers and all that is pending.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(N) in the number of pending entries, in the background',
  arity: 4,
  flags: ['write'],
  keys: [{ at: 2, access: 'rw', does: 'delete' }],
  run(c) {
    const [, , key, name] = c.argv
    const stream = existing(c)
    if (stream === REFUSED) return
    if (groupFind(c.db.memory, stream as Ref, name) === NIL) return c.reply.integer(0)
    groupDestroy(c.db, stream as Ref, name)
    groupChanged(c, 'xgroup-destroy', key)
    // Whoever waits as this group is told that it is gone.
    c.server.blocked.takeTurn(c.db, key)
    c.reply.integer(1)
  },
})

const CREATECONSUMER = defineCommand({
  name: 'createconsumer',
  usage: 'key group:string consumer:string',
  summary: 'Adds a consumer to a group.',
  group: 'stream',
  since: '6.2.0',
  complexity: 'O(1)',
  arity: 5,
  flags: ['write', 'denyoom'],
  keys: [{ at: 2, access: 'rw', does: 'insert' }],
  run(c) {
    const group = existingGroup(c)
    if (group === REFUSED) return
    const { memory, keyspace } = c.db
    const [, , key, , name] = c.argv
    if (consumerFind(memory, group as Ref, name) !== NIL) return c.reply.integer(0)
    if (consumerCreate(memory, group as Ref, name, keyspace.now) === NIL) return c.reply.error(Err.arenaFull)
    groupChanged(c, 'xgroup-createconsumer', key)
    c.reply.integer(1)
  },
})

const DELCONSUMER = defineCommand({
  name: 'delconsumer',
  usage: 'key group:string consumer:string',
  summary: 'Removes a consumer from a group, and counts what was pending with it.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(N log M), N being what is pending with the consumer and M what is in the group',
  arity: 5,
  flags: ['write'],
  keys: [{ at: 2, access: 'rw', does: 'delete' }],
  run(c) {
    const group = existingGroup(c)
    if (group === REFUSED) return
    const { memory } = c.db
    const [, , key, , name] = c.argv
    if (consumerFind(memory, group as Ref, name) === NIL) return c.reply.integer(0)
    const pending = consumerRemove(c.db, group as Ref, name)
    groupChanged(c, 'xgroup-delconsumer', key)
    c.reply.integer(pending)
  },
})

const CONTAINER: Pick<CommandSpec, 'group' | 'flags'> = { group: 'stream', flags: [] }

export const XGROUP = defineCommand({
  name: 'xgroup',
  usage: '',
  summary: 'A container for commands on the groups of a stream.',
  ...CONTAINER,
  since: '5.0.0',
  complexity: 'Depends on subcommand.',
  arity: -2,
  subcommands: [
    CREATE,
    CREATECONSUMER,
    DELCONSUMER,
    DESTROY,
    helpCommand('xgroup', CONTAINER, '5.0.0', [
      ['CREATE <key> <groupname> <id|$> [option]', 'Create a new consumer group. Options are:'],
      ['    * MKSTREAM', '  Create the empty stream if it does not exist.'],
      ['    * ENTRIESREAD entries_read', "  Set the group's entries_read counter (internal use)."],
      ['CREATECONSUMER <key> <groupname> <consumer>', 'Create a new consumer in the specified group.'],
      ['DELCONSUMER <key> <groupname> <consumer>', 'Remove the specified consumer.'],
      ['DESTROY <key> <groupname>', 'Remove the specified group.'],
      [
        'SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]',
        'Set the current group ID and entries_read counter.',
      ],
    ]),
    SETID,
  ],
})

export const XACK = defineCommand({
  name: 'xack',
  usage: 'key group:string id:string...',
  summary: 'Tells a group that entries are done with, and counts those that were pending.',
  group: 'stream',
  since: '5.0.0',
  complexity: 'O(log N) for each id',
  arity: -4,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'update' }],
  run(c) {
    const { argv, argc } = c
    const { memory } = c.db
    const stream = streamForWrite(c, argv[1])
    if (stream === REFUSED) return
    const group = stream === NIL ? NIL : groupFind(memory, stream as Ref, argv[2])
    if (group === NIL) return c.reply.integer(0)
    // All ids are looked at before anything is done.
    for (let i = 3; i < argc; i++) if (!parseId(c, argv[i], id)) return
    let acknowledged = 0
    for (let i = 3; i < argc; i++) {
      // One id alone has just been read.
      if (argc > 4) id.parse(argv[i], 'first')
      if (pendingDrop(memory, group, id)) acknowledged++
    }
    if (acknowledged > 0) groupChanged(c, undefined, argv[1], acknowledged)
    c.reply.integer(acknowledged)
  },
})
