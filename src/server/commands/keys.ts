/*
 * Commands on keys of any type: whether they exist, their names, their deletion.
 * When keys die is in expire.ts, how to find them in scan.ts, what they are made
 * of in object.ts.
 */
import { parseExact } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import type { Database } from '../keyspace/database.ts'
import { NIL } from '../memory/layout.ts'
import { copyKey } from '../types/copy.ts'
import { typeNameOf } from '../types/opaque-value.ts'

const INT32_MIN = -(2 ** 31)
const INT32_MAX = 2 ** 31 - 1
const NOT_INT32 = errorLine('ERR value is out of range, value must between -2147483648 and 2147483647')

const DELETE = [{ at: 1, last: -1, access: 'rm', does: 'delete' }] as const
const PROBE = [{ at: 1, last: -1, access: 'ro' }] as const
const ALL_SHARDS_SUM = ['request_policy:multi_shard', 'response_policy:agg_sum'] as const

/** Where key names are aimed by this file's commands; each use ends before the next begins. */
const found = new Slice()

/** The effects of a change in a database that need not be the client's. */
function changedIn(c: Call, db: Database, event: string, key: Slice): void {
  c.server.watches.touch(db, key)
  c.server.notify?.('g', event, key, db)
}

/** The database that `text` names; undefined, having refused, if there is none. */
function databaseOrRefuse(c: Call, text: Slice): Database | undefined {
  const index = parseExact(text)
  if (index === undefined) c.reply.error(Err.notInteger)
  else if (index < INT32_MIN || index > INT32_MAX) c.reply.error(NOT_INT32)
  else {
    const db = c.server.keyspace.databases[Number(index)]
    if (db !== undefined) return db
    c.reply.error(Err.dbOutOfRange)
  }
  return undefined
}

/** DEL and UNLINK are one: what is big is freed bit by bit either way. */
function removeAll(c: Call): void {
  const { argv, argc, db } = c
  let removed = 0
  for (let i = 1; i < argc; i++) {
    if (!db.remove(argv[i])) continue
    c.changed('g', 'del', argv[i])
    removed++
  }
  c.reply.integer(removed)
}

export const DEL = defineCommand({
  name: 'del',
  usage: 'key...',
  summary: 'Deletes keys.',
  group: 'generic',
  since: '1.0.0',
  complexity: 'O(N) in the number of keys',
  arity: -2,
  flags: ['write'],
  keys: DELETE,
  tips: ALL_SHARDS_SUM,
  run: removeAll,
})

export const UNLINK = defineCommand({
  name: 'unlink',
  usage: 'key...',
  summary: 'Deletes keys; what is big is freed later.',
  group: 'generic',
  since: '4.0.0',
  complexity: 'O(N) in the number of keys',
  arity: -2,
  flags: ['write', 'fast'],
  keys: DELETE,
  tips: ALL_SHARDS_SUM,
  run: removeAll,
})

export const EXISTS = defineCommand({
  name: 'exists',
  usage: 'key...',
  summary: 'Counts how many of the keys exist; a key given twice counts twice.',
  group: 'generic',
  since: '1.0.0',
  complexity: 'O(N) in the number of keys',
  history: [['3.0.3', 'Accepts several keys.']],
  arity: -2,
  flags: ['readonly', 'fast'],
  keys: PROBE,
  tips: ALL_SHARDS_SUM,
  run(c) {
    let count = 0
    for (let i = 1; i < c.argc; i++) if (c.db.lookupUntouched(c.argv[i]) !== NIL) count++
    c.reply.integer(count)
  },
})

export const TOUCH = defineCommand({
  name: 'touch',
  usage: 'key...',
  summary: 'Marks keys as just accessed and counts those that exist.',
  group: 'generic',
  since: '3.2.1',
  complexity: 'O(N) in the number of keys',
  arity: -2,
  flags: ['readonly', 'fast'],
  keys: PROBE,
  tips: ALL_SHARDS_SUM,
  run(c) {
    const { keyspace } = c.db
    const { noTouch } = keyspace
    // Whoever asks for it means it, CLIENT NO-TOUCH or not.
    keyspace.noTouch = false
    let count = 0
    for (let i = 1; i < c.argc; i++) if (c.db.lookupRead(c.argv[i]) !== NIL) count++
    keyspace.noTouch = noTouch
    c.reply.integer(count)
  },
})

export const TYPE = defineCommand({
  name: 'type',
  usage: 'key',
  summary: 'Returns the type of the value at a key, or none.',
  group: 'generic',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, access: 'ro' }],
  run(c) {
    const ref = c.db.lookupUntouched(c.argv[1])
    c.reply.simple(ref === NIL ? 'none' : typeNameOf(c.db, ref))
  },
})

export const RANDOMKEY = defineCommand({
  name: 'randomkey',
  usage: '',
  summary: 'Returns a random key of the database, or nil if it is empty.',
  group: 'generic',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 1,
  flags: ['readonly'],
  tips: ['request_policy:all_shards', 'response_policy:special', 'nondeterministic_output'],
  run(c) {
    if (c.db.randomKey(found)) c.reply.bulk(found)
    else c.reply.nil()
  },
})

/** RENAME and RENAMENX; false where the new name was kept for who has it, or an error was answered. */
function rename(c: Call, overwrites: boolean): void {
  // Look up.
  const { db } = c
  const [, from, to] = c.argv
  if (db.lookupWrite(from) === NIL) return c.reply.error(Err.noSuchKey)
  const isSame = from.equals(to)
  if (!overwrites && (isSame || db.lookupWrite(to) !== NIL)) return c.reply.integer(0)
  // Work and effects.
  if (!isSame) {
    if (!db.rename(from, to)) return c.reply.error(Err.arenaFull)
    c.changed('g', 'rename_from', from)
    c.changed('g', 'rename_to', to, 0)
  }
  // Reply.
  if (overwrites) c.reply.ok()
  else c.reply.integer(1)
}

export const RENAME = defineCommand({
  name: 'rename',
  usage: 'key newkey',
  summary: 'Renames a key, replacing what has the new name.',
  group: 'generic',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['write'],
  keys: [
    { at: 1, access: 'rw', does: ['access', 'delete'] },
    { at: 2, access: 'ow', does: 'update' },
  ],
  run(c) {
    rename(c, true)
  },
})

export const RENAMENX = defineCommand({
  name: 'renamenx',
  usage: 'key newkey',
  summary: 'Renames a key if nothing has the new name.',
  group: 'generic',
  since: '1.0.0',
  complexity: 'O(1)',
  history: [['3.2.0', 'The command no longer returns an error when source and destination names are the same.']],
  arity: 3,
  flags: ['write', 'fast'],
  keys: [
    { at: 1, access: 'rw', does: ['access', 'delete'] },
    { at: 2, access: 'ow', does: 'insert' },
  ],
  run(c) {
    rename(c, false)
  },
})

export const MOVE = defineCommand({
  name: 'move',
  usage: 'key db:integer',
  summary: 'Moves a key to another database, unless that has one of the name.',
  group: 'generic',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rw', does: ['access', 'update'] }],
  run(c) {
    // Parse.
    const key = c.argv[1]
    const target = databaseOrRefuse(c, c.argv[2])
    if (target === undefined) return
    if (target === c.db) return c.reply.error(Err.sameObject)
    // Look up.
    if (c.db.lookupWrite(key) === NIL || target.lookupWrite(key) !== NIL) return c.reply.integer(0)
    // Work.
    if (!c.db.moveTo(target, key)) return c.reply.error(Err.arenaFull)
    // Effects and reply.
    c.changed('g', 'move_from', key)
    changedIn(c, target, 'move_to', key)
    c.reply.integer(1)
  },
})

export const COPY = defineCommand({
  name: 'copy',
  usage: 'source destination [DB destination-db:integer] [REPLACE]',
  summary: 'Copies the value and the expiry of a key to another key.',
  group: 'generic',
  since: '6.2.0',
  complexity: 'O(N) in the number of elements of the value',
  arity: -3,
  flags: ['write', 'denyoom'],
  keys: [
    { at: 1, access: 'ro', does: 'access' },
    { at: 2, access: 'ow', does: 'update' },
  ],
  run(c) {
    // Parse.
    const { argv, argc } = c
    const [, from, to] = argv
    let target: Database | undefined = c.db
    let replaces = false
    for (let i = 3; i < argc; i++) {
      if (argv[i].is('replace')) replaces = true
      else if (argv[i].is('db') && i + 1 < argc) {
        target = databaseOrRefuse(c, argv[++i])
        if (target === undefined) return
      } else return c.reply.error(Err.syntax)
    }
    if (target === c.db && from.equals(to)) return c.reply.error(Err.sameObject)
    // Look up.
    const source = c.db.lookupRead(from)
    if (source === NIL) return c.reply.integer(0)
    if (target.lookupWrite(to) !== NIL && !replaces) return c.reply.integer(0)
    // Work.
    if (!copyKey(c.db, source, target, to)) return c.reply.error(Err.arenaFull)
    // Effects and reply.
    c.server.dirty++
    changedIn(c, target, 'copy_to', to)
    c.reply.integer(1)
  },
})
