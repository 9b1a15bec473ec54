/*
 * String commands of many keys: MGET, MSET, MSETNX, MSETEX.
 */

import { parseInteger } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { KEEP_TTL, NEVER } from '../keyspace/database.ts'
import { TYPE_STRING } from '../keyspace/object.ts'
import { NIL } from '../memory/layout.ts'
import { stringKind } from '../types/string.ts'
import { ANY_EXPIRY, KEEPTTL, NX, taken, takenExpiry, takeOptions, XX } from './set-options.ts'

const NUMKEYS_INVALID = errorLine('ERR invalid numkeys value or out of range')
const INT32_MAX = 2 ** 31 - 1

/** Where values are aimed by this file's commands; each use ends before the next begins. */
const found = new Slice()

/** Sets the pairs from argv[from] up to argv[end], all of them, or none: false, having refused, if memory is exhausted. */
function storePairs(c: Call, from: number, end: number, expiresAt: number): boolean {
  const { argv, db } = c
  let bytes = 0
  for (let i = from; i < end; i++) bytes += argv[i].size
  if (!db.hasRoom((end - from) / 2, 0, bytes, 0)) {
    c.reply.error(Err.arenaFull)
    return false
  }
  for (let i = from; i < end; i += 2) {
    const value = argv[i + 1]
    if (!db.setString(argv[i], value, stringKind(value), expiresAt)) {
      c.reply.error(Err.arenaFull)
      return false
    }
    c.changed('$', 'set', argv[i])
    if (expiresAt > 0) c.changed('g', 'expire', argv[i], 0)
  }
  return true
}

/** Says what MSETEX did by commands that every server knows. */
function repeatPairs(c: Call, end: number, expiresAt: number): void {
  const { argv } = c
  if (expiresAt === NEVER) return c.repeatAs('MSET', argv.slice(2, end))
  for (let i = 2; i < end; i += 2) {
    const life = expiresAt === KEEP_TTL ? ['KEEPTTL'] : ['PXAT', expiresAt]
    c.repeatAs('SET', [argv[i], argv[i + 1], ...life])
  }
}

/** How many of the keys at argv[from], argv[from + 2] ... before argv[end] exist. */
function existing(c: Call, from: number, end: number): number {
  let count = 0
  for (let i = from; i < end; i += 2) if (c.db.lookupWrite(c.argv[i]) !== NIL) count++
  return count
}

export const MGET = defineCommand({
  name: 'mget',
  usage: 'key...',
  summary: 'Returns the string values of keys, with nil for what is missing or no string.',
  group: 'string',
  since: '1.0.0',
  complexity: 'O(N) in the number of keys',
  arity: -2,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, last: -1, access: 'ro', does: 'access' }],
  tips: ['request_policy:multi_shard'],
  run(c) {
    const { argv, argc, db, reply } = c
    reply.array(argc - 1)
    for (let i = 1; i < argc; i++) {
      const ref = db.lookupRead(argv[i])
      if (ref === NIL || db.typeOf(ref) !== TYPE_STRING) reply.nil()
      else reply.bulk(db.stringOf(ref, found))
    }
  },
})

export const MSET = defineCommand({
  name: 'mset',
  usage: '<key value>...',
  summary: 'Sets keys to string values, all at once.',
  group: 'string',
  since: '1.0.1',
  complexity: 'O(N) in the number of keys',
  arity: -3,
  flags: ['write', 'denyoom'],
  keys: [{ at: 1, last: -1, step: 2, access: 'ow', does: 'update' }],
  tips: ['request_policy:multi_shard', 'response_policy:all_succeeded'],
  run(c) {
    if (c.argc % 2 === 0) return c.reply.errorText("ERR wrong number of arguments for 'mset' command")
    if (storePairs(c, 1, c.argc, NEVER)) c.reply.ok()
  },
})

export const MSETNX = defineCommand({
  name: 'msetnx',
  usage: '<key value>...',
  summary: 'Sets keys to string values if none of the keys exists.',
  group: 'string',
  since: '1.0.1',
  complexity: 'O(N) in the number of keys',
  arity: -3,
  flags: ['write', 'denyoom'],
  keys: [{ at: 1, last: -1, step: 2, access: 'ow', does: 'insert' }],
  run(c) {
    if (c.argc % 2 === 0) return c.reply.errorText("ERR wrong number of arguments for 'msetnx' command")
    if (existing(c, 1, c.argc) > 0) return c.reply.integer(0)
    if (storePairs(c, 1, c.argc, NEVER)) c.reply.integer(1)
  },
})

export const MSETEX = defineCommand({
  name: 'msetex',
  usage:
    'numkeys <key value>... [NX | XX] [EX seconds:integer | PX milliseconds:integer | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]',
  summary: 'Sets keys to string values and when they expire, all at once.',
  group: 'string',
  since: '9.1.0',
  complexity: 'O(N) in the number of keys',
  arity: -4,
  flags: ['write', 'denyoom', 'movablekeys'],
  keys: [{ at: 1, keyNum: { at: 0, firstKey: 1, step: 2 }, access: 'ow', does: 'update' }],
  tips: ['request_policy:multi_shard', 'response_policy:all_succeeded'],
  run(c) {
    // Parse.
    const count = parseInteger(c.argv[1])
    if (!(count >= 1 && count <= INT32_MAX)) return c.reply.error(NUMKEYS_INVALID)
    const end = 2 + count * 2
    if (end > c.argc || !takeOptions(c, end, NX | XX | KEEPTTL | ANY_EXPIRY)) return c.reply.error(Err.syntax)
    const { mask } = taken
    let expiresAt = mask & KEEPTTL ? KEEP_TTL : NEVER
    if (mask & ANY_EXPIRY) {
      expiresAt = takenExpiry(c)
      if (Number.isNaN(expiresAt)) return
    }
    // Look up.
    if (mask & NX && existing(c, 2, end) > 0) return c.reply.integer(0)
    if (mask & XX && existing(c, 2, end) < count) return c.reply.integer(0)
    // Work, effects and reply.
    if (!storePairs(c, 2, end, expiresAt)) return
    if (c.isRepeated) repeatPairs(c, end, expiresAt)
    c.reply.integer(1)
  },
})
