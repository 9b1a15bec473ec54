/*
 * String commands that read or replace the whole value of one key: GET, SET and
 * their kin. Several keys at once are in string-many.ts, parts of a value in
 * string-range.ts, numbers in counter.ts; what a string is, in ../types/string.ts.
 */
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err } from '../exec/errors.ts'
import { KEEP_TTL, NEVER } from '../keyspace/database.ts'
import { TYPE_STRING } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { stringKind } from '../types/string.ts'
import { MILLISECONDS, SECONDS } from './expiry-argument.ts'
import {
  ANY_EXPIRY,
  expiryOrRefuse,
  GET as GET_OLD,
  IFEQ,
  KEEPTTL,
  NX,
  PERSIST,
  taken,
  takenExpiry,
  takeOptions,
  XX,
} from './set-options.ts'

const READ = [{ at: 1, access: 'ro', does: 'access' }] as const
const CHANGE = [{ at: 1, access: 'rw', does: ['access', 'update'] }] as const
const REPLACE = [{ at: 1, access: 'ow', does: 'update' }] as const

/** Where values are aimed by this file's commands; each use ends before the next begins. */
const found = new Slice()

/** Answers the string at `ref`, or nil where there is none; false, having refused, if the value is no string. */
function answerString(c: Call, ref: Ref): boolean {
  if (ref === NIL) c.reply.nil()
  else if (c.db.typeOf(ref) === TYPE_STRING) c.reply.bulk(c.db.stringOf(ref, found))
  else {
    c.reply.error(Err.wrongType)
    return false
  }
  return true
}

/** Sets `key` and tells of it; false if memory is exhausted, and then nothing has changed. */
function store(c: Call, key: Slice, value: Slice, expiresAt: number): boolean {
  if (!c.db.setString(key, value, stringKind(value), expiresAt)) return false
  c.changed('$', 'set', key)
  if (expiresAt > 0) {
    c.changed('g', 'expire', key, 0)
    if (c.isRepeated) c.repeatAs('SET', [key, value, 'PXAT', expiresAt])
  }
  return true
}

export const GET = defineCommand({
  name: 'get',
  usage: 'key',
  summary: 'Returns the string value of a key.',
  group: 'string',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: READ,
  run(c) {
    answerString(c, c.db.lookupRead(c.argv[1]))
  },
})

export const SET = defineCommand({
  name: 'set',
  usage:
    'key value [NX | XX | IFEQ comparison-value] [GET] [EX seconds:integer | PX milliseconds:integer | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]',
  summary: 'Sets a key to a string value, whatever it held before.',
  group: 'string',
  since: '1.0.0',
  complexity: 'O(1)',
  history: [
    ['2.6.12', 'Added the `EX`, `PX`, `NX` and `XX` options.'],
    ['6.0.0', 'Added the `KEEPTTL` option.'],
    ['6.2.0', 'Added the `GET`, `EXAT` and `PXAT` options.'],
    ['7.0.0', 'Allowed the `NX` and `GET` options to be used together.'],
    ['8.1.0', 'Added the `IFEQ` option.'],
  ],
  arity: -3,
  flags: ['write', 'denyoom'],
  keys: [
    {
      at: 1,
      access: 'rw',
      does: ['access', 'update'],
      variable: true,
      less: (argv, argc) =>
        argv.slice(3, argc).some((option) => option.is('get')) ? undefined : { access: 'ow', does: 'update' },
    },
  ],
  run(c) {
    const key = c.argv[1]
    const value = c.argv[2]
    if (c.argc > 3) return setWithOptions(c, key, value)
    if (store(c, key, value, NEVER)) c.reply.ok()
    else c.reply.error(Err.arenaFull)
  },
})

function setWithOptions(c: Call, key: Slice, value: Slice): void {
  // Parse.
  if (!takeOptions(c, 3, NX | XX | IFEQ | GET_OLD | KEEPTTL | ANY_EXPIRY)) return c.reply.error(Err.syntax)
  const { mask, comparison } = taken
  let expiresAt = mask & KEEPTTL ? KEEP_TTL : NEVER
  if (mask & ANY_EXPIRY) {
    expiresAt = takenExpiry(c)
    if (Number.isNaN(expiresAt)) return
  }
  // Look up. GET answers what was there, and then nothing else is answered but an error.
  const start = c.reply.mark()
  if (mask & GET_OLD && !answerString(c, c.db.lookupRead(key))) return
  if (mask & (NX | XX | IFEQ)) {
    const old = c.db.lookupWrite(key)
    if (old !== NIL && mask & IFEQ && c.db.typeOf(old) !== TYPE_STRING) return c.reply.error(Err.wrongType)
    const isRefused =
      old === NIL ? mask & (XX | IFEQ) : mask & NX || (mask & IFEQ && !c.db.stringOf(old, found).equals(comparison))
    if (isRefused) {
      if (!(mask & GET_OLD)) c.reply.nil()
      return
    }
  }
  // Work and effects.
  if (!store(c, key, value, expiresAt)) {
    c.reply.at = start
    return c.reply.error(Err.arenaFull)
  }
  // Servers that do not know IFEQ may have to repeat it.
  if (mask & IFEQ && !(mask & ANY_EXPIRY) && c.isRepeated) {
    c.repeatAs('SET', mask & KEEPTTL ? [key, value, 'KEEPTTL'] : [key, value])
  }
  // Reply.
  if (!(mask & GET_OLD)) c.reply.ok()
}

export const SETNX = defineCommand({
  name: 'setnx',
  usage: 'key value',
  summary: 'Sets a key to a string value if the key does not exist.',
  group: 'string',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['write', 'denyoom', 'fast'],
  keys: [{ at: 1, access: 'ow', does: 'insert' }],
  run(c) {
    const key = c.argv[1]
    if (c.db.lookupWrite(key) !== NIL) return c.reply.integer(0)
    if (!store(c, key, c.argv[2], NEVER)) return c.reply.error(Err.arenaFull)
    c.reply.integer(1)
  },
})

/** SETEX and PSETEX: the time to live, counted in `unit`, stands before the value. */
function setWithExpiry(c: Call, unit: number): void {
  const expiresAt = expiryOrRefuse(c, c.argv[2], unit, true)
  if (Number.isNaN(expiresAt)) return
  if (store(c, c.argv[1], c.argv[3], expiresAt)) c.reply.ok()
  else c.reply.error(Err.arenaFull)
}

export const SETEX = defineCommand({
  name: 'setex',
  usage: 'key seconds:integer value',
  summary: 'Sets a key to a string value that lives for some seconds.',
  group: 'string',
  since: '2.0.0',
  complexity: 'O(1)',
  arity: 4,
  flags: ['write', 'denyoom'],
  keys: REPLACE,
  run(c) {
    setWithExpiry(c, SECONDS)
  },
})

export const PSETEX = defineCommand({
  name: 'psetex',
  usage: 'key milliseconds:integer value',
  summary: 'Sets a key to a string value that lives for some milliseconds.',
  group: 'string',
  since: '2.6.0',
  complexity: 'O(1)',
  arity: 4,
  flags: ['write', 'denyoom'],
  keys: REPLACE,
  run(c) {
    setWithExpiry(c, MILLISECONDS)
  },
})

export const GETSET = defineCommand({
  name: 'getset',
  usage: 'key value',
  summary: 'Sets a key to a string value and returns the one it had.',
  group: 'string',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['write', 'denyoom', 'fast'],
  keys: CHANGE,
  run(c) {
    const key = c.argv[1]
    const start = c.reply.mark()
    if (!answerString(c, c.db.lookupRead(key))) return
    if (store(c, key, c.argv[2], NEVER)) return
    c.reply.at = start
    c.reply.error(Err.arenaFull)
  },
})

export const GETDEL = defineCommand({
  name: 'getdel',
  usage: 'key',
  summary: 'Returns the string value of a key and deletes the key.',
  group: 'string',
  since: '6.2.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rw', does: ['access', 'delete'] }],
  run(c) {
    const key = c.argv[1]
    if (!answerString(c, c.db.lookupRead(key)) || !c.db.remove(key)) return
    c.changed('g', 'del', key)
    if (c.isRepeated) c.repeatAs('DEL', [key])
  },
})

export const GETEX = defineCommand({
  name: 'getex',
  usage:
    'key [EX seconds:integer | PX milliseconds:integer | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST]',
  summary: 'Returns the string value of a key and changes when the key expires.',
  group: 'string',
  since: '6.2.0',
  complexity: 'O(1)',
  arity: -2,
  flags: ['write', 'fast'],
  keys: CHANGE,
  run(c) {
    // Parse. The time itself is only looked at once there is a string for it, as in Redis 7.
    if (!takeOptions(c, 2, PERSIST | ANY_EXPIRY)) return c.reply.error(Err.syntax)
    const { mask } = taken
    // Look up.
    const key = c.argv[1]
    const ref = c.db.lookupRead(key)
    if (ref === NIL) return c.reply.nil()
    if (c.db.typeOf(ref) !== TYPE_STRING) return c.reply.error(Err.wrongType)
    let expiresAt = NEVER
    if (mask & ANY_EXPIRY) {
      expiresAt = takenExpiry(c)
      if (Number.isNaN(expiresAt)) return
    }
    // Reply, before the change moves or removes what it is made of.
    const start = c.reply.mark()
    c.reply.bulk(c.db.stringOf(ref, found))
    if (mask === 0) return
    // Work and effects.
    if (mask & PERSIST && c.db.expiresAt(ref) === NEVER) return
    if (!(mask & PERSIST) && expiresAt <= c.db.keyspace.deadline) {
      c.db.remove(key)
      c.changed('g', 'del', key)
      if (c.isRepeated) c.repeatAs('DEL', [key])
    } else if (c.db.setExpire(key, expiresAt)) {
      c.changed('g', mask & PERSIST ? 'persist' : 'expire', key)
      if (c.isRepeated && mask & PERSIST) c.repeatAs('PERSIST', [key])
      else if (c.isRepeated) c.repeatAs('PEXPIREAT', [key, expiresAt])
    } else {
      c.reply.at = start
      c.reply.error(Err.arenaFull)
    }
  },
})

export const DELIFEQ = defineCommand({
  name: 'delifeq',
  usage: 'key value',
  summary: 'Deletes a key if its string value is the given one.',
  group: 'string',
  since: '9.0.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rm', does: 'delete' }],
  run(c) {
    const key = c.argv[1]
    const ref = c.db.lookupWrite(key)
    if (ref === NIL) return c.reply.integer(0)
    if (c.db.typeOf(ref) !== TYPE_STRING) return c.reply.error(Err.wrongType)
    if (!c.db.stringOf(ref, found).equals(c.argv[2])) return c.reply.integer(0)
    c.db.remove(key)
    c.changed('g', 'del', key)
    if (c.isRepeated) c.repeatAs('DEL', [key])
    c.reply.integer(1)
  },
})
