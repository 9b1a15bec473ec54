/*
 * When keys die: EXPIRE and its kin set it, TTL and its kin tell it, PERSIST
 * takes it back. How expired keys go away is the keyspace's affair.
 */
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { NEVER } from '../keyspace/database.ts'
import { NIL } from '../memory/layout.ts'
import { expiryFrom, MILLISECONDS, SECONDS } from './expiry-argument.ts'

const NX_CONFLICT = errorLine('ERR NX and XX, GT or LT options at the same time are not compatible')
const GT_LT_CONFLICT = errorLine('ERR GT and LT options at the same time are not compatible')

const NX = 1 << 0
const XX = 1 << 1
const GT = 1 << 2
const LT = 1 << 3
const REFUSED = -1

const MISSING = -2

const UPDATE = [{ at: 1, access: 'rw', does: 'update' }] as const
const READ = [{ at: 1, access: 'ro', does: 'access' }] as const
const HISTORY = [['7.0.0', 'Added the `NX`, `XX`, `GT` and `LT` options.']] as const

/** The conditions from argv[3] on, or REFUSED, having said why. */
function conditionsOrRefuse(c: Call): number {
  const { argv, argc, reply } = c
  let mask = 0
  for (let i = 3; i < argc; i++) {
    const word = argv[i]
    if (word.is('nx')) mask |= NX
    else if (word.is('xx')) mask |= XX
    else if (word.is('gt')) mask |= GT
    else if (word.is('lt')) mask |= LT
    else {
      // Redis formats this as a C string: a zero byte ends it.
      reply.errorText(`ERR Unsupported option ${word.textToZero()}`)
      return REFUSED
    }
  }
  if (mask & NX && mask & (XX | GT | LT)) reply.error(NX_CONFLICT)
  else if (mask & GT && mask & LT) reply.error(GT_LT_CONFLICT)
  else return mask
  return REFUSED
}

/** Whether a key that dies at `current` (or NEVER) may be told to die at `next`. A key without expiry lives longest. */
function mayChange(mask: number, current: number, next: number): boolean {
  if (mask & NX && current !== NEVER) return false
  if (mask & XX && current === NEVER) return false
  if (mask & GT && (current === NEVER || next <= current)) return false
  return !(mask & LT && current !== NEVER && next >= current)
}

function expire(c: Call, unit: number, isRelative: boolean): void {
  // Parse.
  const mask = c.argc > 3 ? conditionsOrRefuse(c) : 0
  if (mask === REFUSED) return
  const { now, deadline } = c.db.keyspace
  const time = expiryFrom(c.argv[2], unit, isRelative ? now : 0)
  if (Number.isNaN(time)) return c.reply.error(Err.notInteger)
  if (time === Number.POSITIVE_INFINITY) {
    return c.reply.errorText(`ERR invalid expire time in '${c.command.name}' command`)
  }
  // Look up.
  const key = c.argv[1]
  const ref = c.db.lookupWrite(key)
  if (ref === NIL || (mask !== 0 && !mayChange(mask, c.db.expiresAt(ref), time))) return c.reply.integer(0)
  // Work and effects.
  if (time <= deadline) {
    c.db.remove(key)
    c.changed('g', 'del', key)
    if (c.isRepeated) c.repeatAs('DEL', [key])
  } else if (c.db.setExpire(key, time)) {
    c.changed('g', 'expire', key)
    if (c.isRepeated) c.repeatAs('PEXPIREAT', [key, time])
  } else return c.reply.error(Err.arenaFull)
  // Reply.
  c.reply.integer(1)
}

/** When the key at argv[1] dies: unix ms, NEVER or MISSING. */
function timeOfDeath(c: Call): number {
  const ref = c.db.lookupUntouched(c.argv[1])
  return ref === NIL ? MISSING : c.db.expiresAt(ref)
}

function replyRemaining(c: Call, unit: number): void {
  const time = timeOfDeath(c)
  c.reply.integer(time < 0 ? time : inUnits(Math.max(0, time - c.db.keyspace.now), unit))
}

function replyTime(c: Call, unit: number): void {
  const time = timeOfDeath(c)
  c.reply.integer(time < 0 ? time : inUnits(time, unit))
}

/** Milliseconds in the unit asked for; seconds are rounded to the nearest. */
const inUnits = (ms: number, unit: number): number => (unit === SECONDS ? Math.floor((ms + 500) / SECONDS) : ms)

export const EXPIRE = defineCommand({
  name: 'expire',
  usage: 'key seconds:integer [NX | XX | GT | LT]',
  summary: 'Sets the time to live of a key in seconds.',
  group: 'generic',
  since: '1.0.0',
  complexity: 'O(1)',
  history: HISTORY,
  arity: -3,
  flags: ['write', 'fast'],
  keys: UPDATE,
  run(c) {
    expire(c, SECONDS, true)
  },
})

export const PEXPIRE = defineCommand({
  name: 'pexpire',
  usage: 'key milliseconds:integer [NX | XX | GT | LT]',
  summary: 'Sets the time to live of a key in milliseconds.',
  group: 'generic',
  since: '2.6.0',
  complexity: 'O(1)',
  history: HISTORY,
  arity: -3,
  flags: ['write', 'fast'],
  keys: UPDATE,
  run(c) {
    expire(c, MILLISECONDS, true)
  },
})

export const EXPIREAT = defineCommand({
  name: 'expireat',
  usage: 'key unix-time-seconds [NX | XX | GT | LT]',
  summary: 'Sets when a key expires, in seconds since 1970.',
  group: 'generic',
  since: '1.2.0',
  complexity: 'O(1)',
  history: HISTORY,
  arity: -3,
  flags: ['write', 'fast'],
  keys: UPDATE,
  run(c) {
    expire(c, SECONDS, false)
  },
})

export const PEXPIREAT = defineCommand({
  name: 'pexpireat',
  usage: 'key unix-time-milliseconds [NX | XX | GT | LT]',
  summary: 'Sets when a key expires, in milliseconds since 1970.',
  group: 'generic',
  since: '2.6.0',
  complexity: 'O(1)',
  history: HISTORY,
  arity: -3,
  flags: ['write', 'fast'],
  keys: UPDATE,
  run(c) {
    expire(c, MILLISECONDS, false)
  },
})

export const TTL = defineCommand({
  name: 'ttl',
  usage: 'key',
  summary: 'Returns the time to live of a key in seconds; -1 if it stays, -2 if there is none.',
  group: 'generic',
  since: '1.0.0',
  complexity: 'O(1)',
  history: [['2.8.0', 'Added the -2 reply.']],
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: READ,
  tips: ['nondeterministic_output'],
  run(c) {
    replyRemaining(c, SECONDS)
  },
})

export const PTTL = defineCommand({
  name: 'pttl',
  usage: 'key',
  summary: 'Returns the time to live of a key in milliseconds; -1 if it stays, -2 if there is none.',
  group: 'generic',
  since: '2.6.0',
  complexity: 'O(1)',
  history: [['2.8.0', 'Added the -2 reply.']],
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: READ,
  tips: ['nondeterministic_output'],
  run(c) {
    replyRemaining(c, MILLISECONDS)
  },
})

export const EXPIRETIME = defineCommand({
  name: 'expiretime',
  usage: 'key',
  summary: 'Returns when a key expires, in seconds since 1970.',
  group: 'generic',
  since: '7.0.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: READ,
  run(c) {
    replyTime(c, SECONDS)
  },
})

export const PEXPIRETIME = defineCommand({
  name: 'pexpiretime',
  usage: 'key',
  summary: 'Returns when a key expires, in milliseconds since 1970.',
  group: 'generic',
  since: '7.0.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: READ,
  run(c) {
    replyTime(c, MILLISECONDS)
  },
})

export const PERSIST = defineCommand({
  name: 'persist',
  usage: 'key',
  summary: 'Lets a key stay that was to expire.',
  group: 'generic',
  since: '2.2.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['write', 'fast'],
  keys: UPDATE,
  run(c) {
    const key = c.argv[1]
    const ref = c.db.lookupWrite(key)
    if (ref === NIL || c.db.expiresAt(ref) === NEVER) return c.reply.integer(0)
    if (!c.db.setExpire(key, NEVER)) return c.reply.error(Err.arenaFull)
    c.changed('g', 'persist', key)
    c.reply.integer(1)
  },
})
