/*
 * Whole databases: their size, emptying them, exchanging two of them.
 */
import { parseExact } from '../base/integer-text.ts'
import type { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { LOADING } from '../exec/gates.ts'
import type { Database } from '../keyspace/database.ts'

const FIRST_INVALID = errorLine('ERR invalid first DB index')
const SECOND_INVALID = errorLine('ERR invalid second DB index')
const INT32_MIN = -(2 ** 31)
const INT32_MAX = 2 ** 31 - 1
const CATEGORIES = ['keyspace', 'dangerous'] as const
const ALL_SHARDS = ['request_policy:all_shards', 'response_policy:all_succeeded'] as const

export const DBSIZE = defineCommand({
  name: 'dbsize',
  usage: '',
  summary: 'Returns how many keys the database has.',
  group: 'server',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 1,
  flags: ['readonly', 'fast'],
  categories: ['keyspace'],
  tips: ['request_policy:all_shards', 'response_policy:agg_sum'],
  run(c) {
    c.reply.integer(c.db.size)
  },
})

/**
 * Whether the request is FLUSHDB or FLUSHALL as they may be; refuses what is not. ASYNC and SYNC make
 * no difference here: either way a flush hands its keys over and returns.
 */
function isFlushOrRefuse(c: Call): boolean {
  const { argv, argc } = c
  if (argc === 1 || (argc === 2 && (argv[1].is('async') || argv[1].is('sync')))) return true
  c.reply.error(Err.syntax)
  return false
}

/** Whether what is about to go has been kept as far as it is to be; says why not. */
function isKeptOrRefuse({ server, command, reply }: Call): boolean {
  if (server.conditions & LOADING) return true
  const why = server.checkpoints.beforeFlush(command.name.toUpperCase())
  if (why === undefined) return true
  reply.errorText(
    `ERR Nothing was deleted, because the checkpoint before it could not be made: ${why}. ` +
      'CONFIG SET checkpoint-before-flush no deletes without one.',
  )
  return false
}

/** The effects of emptying `db`, which is still full: watchers must see which keys go. */
function willBeEmptied(c: Call, db: Database): void {
  c.server.watches.touchAll(db)
  c.server.dirty += db.size
}

export const FLUSHDB = defineCommand({
  name: 'flushdb',
  usage: '[ASYNC | SYNC]',
  summary: 'Deletes all keys of the database.',
  group: 'server',
  since: '1.0.0',
  complexity: 'O(N) in the number of keys',
  history: [
    ['4.0.0', 'Added the `ASYNC` flushing mode modifier.'],
    ['6.2.0', 'Added the `SYNC` flushing mode modifier.'],
  ],
  arity: -1,
  flags: ['write'],
  categories: CATEGORIES,
  tips: ALL_SHARDS,
  run(c) {
    if (!isFlushOrRefuse(c)) return
    if (c.db.size > 0 && !isKeptOrRefuse(c)) return
    willBeEmptied(c, c.db)
    c.db.clear()
    c.repeat()
    c.reply.ok()
  },
})

export const FLUSHALL = defineCommand({
  name: 'flushall',
  usage: '[ASYNC | SYNC]',
  summary: 'Deletes all keys of all databases.',
  group: 'server',
  since: '1.0.0',
  complexity: 'O(N) in the number of keys',
  history: [
    ['4.0.0', 'Added the `ASYNC` flushing mode modifier.'],
    ['6.2.0', 'Added the `SYNC` flushing mode modifier.'],
  ],
  arity: -1,
  flags: ['write'],
  categories: CATEGORIES,
  tips: ALL_SHARDS,
  run(c) {
    if (!isFlushOrRefuse(c) || !isKeptOrRefuse(c)) return
    const { keyspace } = c.server
    for (const db of keyspace.databases) willBeEmptied(c, db)
    keyspace.flushAll()
    c.repeat()
    c.reply.ok()
  },
})

/** The number in `text`, whether there is such a database or not; undefined if it is no 32-bit integer. */
function indexOf(text: Slice): number | undefined {
  const index = parseExact(text)
  return index === undefined || index < INT32_MIN || index > INT32_MAX ? undefined : Number(index)
}

export const SWAPDB = defineCommand({
  name: 'swapdb',
  usage: 'index1:integer index2:integer',
  summary: 'Exchanges the contents of two databases.',
  group: 'server',
  since: '4.0.0',
  complexity: 'O(N) in the number of clients that watch keys of either database',
  arity: 3,
  flags: ['write', 'fast'],
  categories: CATEGORIES,
  run(c) {
    // Parse.
    const first = indexOf(c.argv[1])
    if (first === undefined) return c.reply.error(FIRST_INVALID)
    const second = indexOf(c.argv[2])
    if (second === undefined) return c.reply.error(SECOND_INVALID)
    // Look up.
    const { keyspace, watches } = c.server
    const a = keyspace.databases[first]
    const b = keyspace.databases[second]
    if (a === undefined || b === undefined) return c.reply.error(Err.dbOutOfRange)
    // Work and effects.
    if (a !== b) {
      watches.touchAll(a, b)
      watches.touchAll(b, a)
      keyspace.swap(first, second)
    }
    c.server.dirty++
    c.reply.ok()
  },
})
