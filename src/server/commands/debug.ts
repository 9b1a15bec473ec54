/*
 * DEBUG: what tests and people who look for a fault need. The
 * `protected` flag has dispatch refuse it unless enable-debug-command allows it.
 */
import { Slice } from '../base/slice.ts'
import { doubleOf, integerOf } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { lruClock } from '../keyspace/access-clock.ts'
import { encodingName, KIND_STRING_EMBSTR } from '../keyspace/object.ts'
import { NIL } from '../memory/layout.ts'
import { dataDigest, NO_DIGEST, valueDigest } from '../types/digest.ts'
import { answerWhenDone } from './answer-later.ts'

const PROTOCOL_TYPES =
  'ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false'

type Action = (c: Call) => void

/** Holds the engine still, as a slow command would. */
function sleep(seconds: number): void {
  if (seconds > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000)
}

function describeObject(c: Call): void {
  const record = c.db.peek(c.argv[2])
  if (record === NIL) return c.reply.error(Err.noSuchKey)
  const encoding = encodingName(c.db.kindOf(record))
  const bytes = c.db.usageOf(record)
  const idle = c.db.idleSeconds(record)
  const lastUse = lruClock(c.db.keyspace.now - idle * 1000)
  c.reply.simple(
    `Value at:0x${record.toString(16)} refcount:1 encoding:${encoding} serializedlength:${bytes} lru:${lastUse} lru_seconds_idle:${idle}`,
  )
}

/** `POPULATE count [prefix] [size]`: keys `prefix:0` on, each `value:<n>`, padded with NUL or cut to size. */
function populate(c: Call): void {
  const count = integerOf(c.argv[2])
  const size = c.argc > 4 ? integerOf(c.argv[4]) : 0
  if (count === undefined || count < 0 || size === undefined || size < 0) return c.reply.error(Err.notInteger)
  const prefix = c.argc > 3 ? c.argv[3].text() : 'key'
  for (let i = 0; i < count; i++) {
    const key = Slice.of(`${prefix}:${i}`)
    if (c.db.peek(key) !== NIL) continue
    const text = Slice.of(`value:${i}`)
    const value = size === 0 ? text : new Slice(new Uint8Array(size))
    if (size > 0) value.buf.set(text.buf.subarray(0, size))
    if (!c.db.setString(key, value, KIND_STRING_EMBSTR, -1)) return c.reply.error(Err.arenaFull)
    c.server.dirty++
  }
  c.reply.ok()
}

/** `RELOAD [NOSAVE]`. What NOSAVE throws away is kept in a checkpoint, as what a flush does. */
function reload(c: Call): void {
  const { server, reply } = c
  for (let i = 2; i < c.argc; i++) if (!c.argv[i].is('nosave')) return reply.error(RELOAD_OPTION)
  const saves = c.argc === 2
  if (!saves && server.config.get('appendonly')) return reply.error(RELOAD_PARTED)
  const kept = saves ? undefined : server.checkpoints.beforeFlush('DEBUG RELOAD')
  if (kept !== undefined) return reply.errorText(`ERR The checkpoint before reloading could not be made: ${kept}`)
  for (const db of server.keyspace.databases) server.watches.touchAll(db)
  if (server.saves.reload(saves) !== undefined) return reply.error(saves ? RELOAD_UNSAVED : RELOAD_FAILED)
  server.log.notice('DB reloaded by DEBUG RELOAD')
  reply.ok()
}

/** `LOADAOF`: what the append-only file holds becomes the data again, which it is. */
function loadAof(c: Call): void {
  const { server, reply } = c
  if (server.executor.isInTransaction) return reply.error(LOADAOF_IN_MULTI)
  if (!server.aof.isOn) return reply.error(LOADAOF_OFF)
  answerWhenDone(c, server.checkpoints.reloadAppendOnly())
}

const LOADAOF_IN_MULTI = errorLine('ERR DEBUG LOADAOF cannot wait inside a transaction.')
const LOADAOF_OFF = errorLine('ERR DEBUG LOADAOF needs an append-only file: appendonly is off.')
const RELOAD_OPTION = errorLine('ERR DEBUG RELOAD only supports the NOSAVE option.')
const RELOAD_PARTED = errorLine(
  'ERR DEBUG RELOAD NOSAVE would leave the append-only file with other data than the server.',
)
const RELOAD_UNSAVED = errorLine('ERR The data could not be saved and loaded again, check server logs.')
const RELOAD_FAILED = errorLine('ERR Error trying to load the RDB dump, check server logs.')

const PROTOCOL_SAMPLES: Readonly<Record<string, Action>> = {
  string: ({ reply }) => reply.bulkText('Hello World'),
  integer: ({ reply }) => reply.integer(12345),
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: it is the sample that real servers answer, not pi.
  double: ({ reply }) => reply.double(3.141),
  bignum: ({ reply }) => reply.bigNumber(1234567999999999999999999999999999999n),
  null: ({ reply }) => reply.nil(),
  array({ reply }) {
    reply.array(3)
    for (let i = 0; i < 3; i++) reply.integer(i)
  },
  set({ reply }) {
    reply.set(3)
    for (let i = 0; i < 3; i++) reply.integer(i)
  },
  map({ reply }) {
    reply.map(3)
    for (let i = 0; i < 3; i++) {
      reply.integer(i)
      reply.boolean(i === 1)
    }
  },
  attrib({ reply }) {
    if (reply.protocol === 3) {
      reply.attribute(1)
      reply.bulkText('key-popularity')
      reply.array(2)
      reply.bulkText('key:123')
      reply.integer(90)
    }
    reply.bulkText('Some real reply following the attribute')
  },
  push({ reply }) {
    if (reply.protocol === 3) {
      reply.push(2)
      reply.bulkText('server-cpu-usage')
      reply.integer(42)
    }
    reply.bulkText('Some real reply following the push reply')
  },
  verbatim: ({ reply }) => reply.verbatim('This is a verbatim\nstring'),
  true: ({ reply }) => reply.boolean(true),
  false: ({ reply }) => reply.boolean(false),
}

function protocolSample(c: Call): void {
  const name = c.argv[2].text().toLowerCase()
  if (!Object.hasOwn(PROTOCOL_SAMPLES, name)) return c.reply.errorText(PROTOCOL_TYPES)
  PROTOCOL_SAMPLES[name](c)
}

interface Entry {
  readonly usage: string
  readonly explanation: string
  readonly argc: readonly [min: number, max: number]
  readonly run: Action
}

const ACTIONS: Readonly<Record<string, Entry>> = {
  digest: {
    usage: 'DIGEST',
    explanation: 'A digest of all data, equal to that of any server with equal data.',
    argc: [2, 2],
    run: (c) => c.reply.simple(dataDigest(c.server.keyspace.databases)),
  },
  'digest-value': {
    usage: 'DIGEST-VALUE <key> [<key> ...]',
    explanation: 'A digest of the value of each key.',
    argc: [2, Number.MAX_SAFE_INTEGER],
    run(c) {
      c.reply.array(c.argc - 2)
      for (let i = 2; i < c.argc; i++) {
        const record = c.db.peek(c.argv[i])
        c.reply.simple(record === NIL ? NO_DIGEST : valueDigest(c.db, record))
      }
    },
  },
  error: {
    usage: 'ERROR <string>',
    explanation: 'Answer an error with that text.',
    argc: [3, 3],
    run: (c) => c.reply.errorText(c.argv[2].text()),
  },
  log: {
    usage: 'LOG <message>',
    explanation: 'Write a line to the log of the server.',
    argc: [3, 3],
    run(c) {
      c.server.log.warning(`DEBUG LOG: ${c.argv[2].text()}`)
      c.reply.ok()
    },
  },
  object: {
    usage: 'OBJECT <key>',
    explanation: 'How the value of a key is stored.',
    argc: [3, 3],
    run: describeObject,
  },
  populate: {
    usage: 'POPULATE <count> [<prefix>] [<size>]',
    explanation: 'Create <count> string keys named key:<n>, or <prefix>:<n>.',
    argc: [3, 5],
    run: populate,
  },
  protocol: {
    usage: 'PROTOCOL <type>',
    explanation: 'Answer a sample of a reply type.',
    argc: [3, 3],
    run: protocolSample,
  },
  loadaof: {
    usage: 'LOADAOF',
    explanation: 'End what is written to the append-only file and load all data from there.',
    argc: [2, Number.MAX_SAFE_INTEGER],
    run: loadAof,
  },
  reload: {
    usage: 'RELOAD [NOSAVE]',
    explanation: 'Save all data to the RDB file and load it from there; with NOSAVE, load what is there.',
    argc: [2, Number.MAX_SAFE_INTEGER],
    run: reload,
  },
  'set-active-expire': {
    usage: 'SET-ACTIVE-EXPIRE <0|1>',
    explanation: 'Whether keys that nobody reads expire on their own.',
    argc: [3, 3],
    run(c) {
      c.server.keyspace.activeExpireEnabled = Number.parseInt(c.argv[2].text(), 10) > 0
      c.reply.ok()
    },
  },
  sleep: {
    usage: 'SLEEP <seconds>',
    explanation: 'Hold the server still for so long; decimals are allowed.',
    argc: [3, 3],
    run(c) {
      sleep(doubleOf(c.argv[2]) ?? 0)
      c.reply.ok()
    },
  },
}

function replyHelp({ reply }: Call): void {
  const entries = Object.values(ACTIONS)
  reply.array(entries.length * 2 + 3)
  reply.simple('DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:')
  for (const { usage, explanation } of entries) {
    reply.simple(usage)
    reply.simple(`    ${explanation}`)
  }
  reply.simple('HELP')
  reply.simple('    Print this help.')
}

export const DEBUG = defineCommand({
  name: 'debug',
  usage: 'subcommand [arg...]',
  summary: 'Helps to test the server and to look inside it.',
  group: 'server',
  since: '1.0.0',
  complexity: 'Depends on the subcommand.',
  arity: -2,
  flags: ['admin', 'noscript', 'loading', 'stale', 'protected'],
  run(c) {
    const name = c.argv[1].text().toLowerCase()
    if (name === 'help' && c.argc === 2) return replyHelp(c)
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
    if (action === undefined || c.argc < action.argc[0] || c.argc > action.argc[1]) {
      const given = c.argv[1].text()
      return c.reply.errorText(
        `ERR unknown subcommand or wrong number of arguments for '${given.slice(0, 128)}'. Try DEBUG HELP.`,
      )
    }
    action.run(c)
  },
})
