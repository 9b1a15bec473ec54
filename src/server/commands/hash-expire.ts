/*
 * Hash commands about the time to live of fields: the HEXPIRE family, HTTL and its kin,
 * HPERSIST. Those that read or write fields and set it on the way are in
 * hash-with-expiry.ts. Replies and errors are those of Valkey 9.1.
 */
import type { Slice } from '../base/slice.ts'
import { int64Of } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { type CommandSpec, defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { REFUSED } from '../exec/lookup.ts'
import { NIL } from '../memory/layout.ts'
import { ABSENT, hashExpiry, hashHasRoom, hashRemove, hashSetExpiry } from '../types/hash.ts'
import { NO_EXPIRY } from '../types/hash-fields.ts'
import { fieldsRemoved, forRead, forWrite, repeatRemoval } from './hash.ts'

/** A field that gets an expiry or loses it moves to another record, while the first is still there. */
export const RECORD_SIZE_MAX = 2048

const NUM_FIELDS = errorLine('ERR numfields should be greater than 0 and match the provided number of fields')
const NX_WITH_OTHERS = errorLine('ERR NX and XX, GT or LT options at the same time are not compatible')
const GT_WITH_LT = errorLine('ERR GT and LT options at the same time are not compatible')
/** The latest moment a record can hold: 2^53 - 1, the last one a double tells from its neighbours. */
const LATEST_MS = Number.MAX_SAFE_INTEGER

export interface Unit {
  /** Milliseconds in one unit of the argument. */
  readonly scale: 1 | 1000
  /** Whether the argument counts from now (EX, HEXPIRE) or is a point in time (EXAT, HEXPIREAT). */
  readonly relative: boolean
}

/**
 * A time argument as unix milliseconds; undefined having refused. Negative times
 * are refused, times past are not: they expire the field at once.
 */
export function momentOf(c: Call, argument: Slice, unit: Unit): number | undefined {
  const given = int64Of(argument)
  if (given === undefined) {
    c.reply.error(Err.notInteger)
    return undefined
  }
  const at = given * BigInt(unit.scale) + (unit.relative ? BigInt(c.db.keyspace.now) : 0n)
  if (given < 0n || at >= 2n ** 63n) {
    c.reply.errorText(`ERR invalid expire time in '${c.command.name}' command`)
    return undefined
  }
  return at > LATEST_MS ? LATEST_MS : Number(at)
}

/**
 * Where FIELDS stands, from argv[at] on, with something behind it; undefined having refused. It is looked for
 * before the options: without it they are not judged.
 */
export function fieldsAt({ argv, argc, reply }: Call, at: number): number | undefined {
  for (let i = at; i < argc - 1; i++) if (argv[i].is('fields')) return i
  reply.error(NUM_FIELDS)
  return undefined
}

/** Whether argv[at] is a count that the arguments after it match, `each` for every field; false having refused. */
export function countMatches(c: Call, at: number, each: 1 | 2): boolean {
  const count = int64Of(c.argv[at])
  if (count === undefined) c.reply.error(Err.notInteger)
  else if (count <= 0n || count * BigInt(each) !== BigInt(c.argc - at - 1)) c.reply.error(NUM_FIELDS)
  else return true
  return false
}

const CONDITIONS = { nx: 1, xx: 2, gt: 4, lt: 8 } as const

/** Whether a field whose expiry is `current` may get `at` under the conditions in `mask`. */
function allows(mask: number, current: number, at: number): boolean {
  const lasting = current === NO_EXPIRY
  if (mask & CONDITIONS.nx && !lasting) return false
  if (mask & CONDITIONS.xx && lasting) return false
  // No expiry counts as the infinitely far future.
  if (mask & CONDITIONS.gt && (lasting || at <= current)) return false
  if (mask & CONDITIONS.lt && !lasting && at >= current) return false
  return true
}

function conditionOf(s: Slice): number {
  for (const [word, bit] of Object.entries(CONDITIONS)) if (s.is(word)) return bit
  return 0
}

/** `key time [NX | XX | GT | LT] FIELDS count field...` for all four of the HEXPIRE family. */
function runExpire(c: Call, unit: Unit): void {
  // Parse.
  const { argv, argc, reply } = c
  const next = fieldsAt(c, 3)
  if (next === undefined) return
  let mask = 0
  for (let i = 3; i < next; i++) {
    const bit = conditionOf(argv[i])
    if (bit === 0) return reply.errorText(`ERR Unsupported option ${argv[i].textToZero()}`)
    mask |= bit
  }
  if (mask & CONDITIONS.nx && mask & ~CONDITIONS.nx) return reply.error(NX_WITH_OTHERS)
  if (mask & CONDITIONS.gt && mask & CONDITIONS.lt) return reply.error(GT_WITH_LT)
  if (!countMatches(c, next + 1, 1)) return
  const at = momentOf(c, argv[2], unit)
  if (at === undefined) return
  // Look up.
  const key = argv[1]
  const hash = forWrite(c, key)
  if (hash === REFUSED) return
  const first = next + 2
  if (hash !== NIL && !hashHasRoom(c.db, hash, argc - first, RECORD_SIZE_MAX, true)) return reply.error(Err.arenaFull)
  // Work and reply.
  let set = 0
  let removed = 0
  const touched: Slice[] = []
  reply.array(argc - first)
  for (let i = first; i < argc; i++) {
    const current = hash === NIL ? ABSENT : hashExpiry(c.db, hash, argv[i])
    if (current === ABSENT) reply.integer(-2)
    else if (!allows(mask, current, at)) reply.integer(0)
    else if (at <= c.db.keyspace.deadline) {
      hashRemove(c.db, hash, argv[i])
      removed++
      if (c.isRepeated) touched.push(argv[i])
      reply.integer(2)
    } else {
      hashSetExpiry(c.db, hash, argv[i], at)
      set++
      if (c.isRepeated) touched.push(argv[i])
      reply.integer(1)
    }
  }
  // Effects.
  if (set > 0) c.changed('h', 'hexpire', key, set)
  fieldsRemoved(c, key, hash, removed)
  if (set > 0) repeatExpiry(c, key, at, touched)
  else repeatRemoval(c, key, touched)
}

/** Says which fields got an expiry; those that the conditions left alone are not named. */
export function repeatExpiry(c: Call, key: Slice, at: number, fields: readonly Slice[]): void {
  if (fields.length > 0) c.repeatAs('HPEXPIREAT', [key, at, 'FIELDS', fields.length, ...fields])
}

export function repeatPersistence(c: Call, key: Slice, fields: readonly Slice[]): void {
  if (fields.length > 0) c.repeatAs('HPERSIST', [key, 'FIELDS', fields.length, ...fields])
}

const EXPIRE_ARITY = -6

function expireCommand(name: string, argument: string, summary: string, unit: Unit): CommandSpec {
  return defineCommand({
    name,
    usage: `key ${argument}:integer [NX | XX | GT | LT] FIELDS numfields:integer field...`,
    summary,
    group: 'hash',
    since: '9.0.0',
    complexity: 'O(N) in the number of fields given',
    arity: EXPIRE_ARITY,
    flags: ['write', 'fast'],
    keys: [{ at: 1, access: 'rw', does: 'update' }],
    run: (c) => runExpire(c, unit),
  })
}

export const HEXPIRE = expireCommand('hexpire', 'seconds', 'Makes fields of a hash expire after seconds.', {
  scale: 1000,
  relative: true,
})
export const HPEXPIRE = expireCommand('hpexpire', 'milliseconds', 'Makes fields of a hash expire after milliseconds.', {
  scale: 1,
  relative: true,
})
export const HEXPIREAT = expireCommand(
  'hexpireat',
  'unix-time-seconds',
  'Makes fields of a hash expire at a time in seconds.',
  { scale: 1000, relative: false },
)
export const HPEXPIREAT = expireCommand(
  'hpexpireat',
  'unix-time-milliseconds',
  'Makes fields of a hash expire at a time in milliseconds.',
  { scale: 1, relative: false },
)

/** `key FIELDS count field...`: for each field -2 when absent, -1 when it does not expire, else `answer(expiry)`. */
function runExpiryQuery(c: Call, answer: (at: number, now: number) => number): void {
  const { argv, argc, reply } = c
  if (!argv[2].is('fields')) return reply.error(Err.syntax)
  const count = int64Of(argv[3])
  if (count === undefined) return reply.error(Err.notInteger)
  if (count !== BigInt(argc - 4)) return reply.error(Err.syntax)
  const hash = forRead(c, argv[1])
  if (hash === REFUSED) return
  reply.array(argc - 4)
  for (let i = 4; i < argc; i++) {
    const at = hash === NIL ? ABSENT : hashExpiry(c.db, hash, argv[i])
    reply.integer(at === ABSENT ? -2 : at === NO_EXPIRY ? -1 : answer(at, c.db.keyspace.now))
  }
}

function expiryQuery(name: string, summary: string, answer: (at: number, now: number) => number): CommandSpec {
  return defineCommand({
    name,
    usage: 'key FIELDS numfields:integer field...',
    summary,
    group: 'hash',
    since: '9.0.0',
    complexity: 'O(N) in the number of fields given',
    arity: -5,
    flags: ['readonly', 'fast'],
    keys: [{ at: 1, access: 'ro', does: 'access' }],
    run: (c) => runExpiryQuery(c, answer),
  })
}

export const HTTL = expiryQuery('httl', 'Tells in how many seconds fields of a hash expire.', (at, now) =>
  Math.floor((Math.max(0, at - now) + 500) / 1000),
)
export const HPTTL = expiryQuery('hpttl', 'Tells in how many milliseconds fields of a hash expire.', (at, now) =>
  Math.max(0, at - now),
)
export const HEXPIRETIME = expiryQuery('hexpiretime', 'Tells at which time in seconds fields of a hash expire.', (at) =>
  Math.floor((at + 500) / 1000),
)
export const HPEXPIRETIME = expiryQuery(
  'hpexpiretime',
  'Tells at which time in milliseconds fields of a hash expire.',
  (at) => at,
)

export const HPERSIST = defineCommand({
  name: 'hpersist',
  usage: 'key FIELDS numfields:integer field...',
  summary: 'Takes the expiry off fields of a hash.',
  group: 'hash',
  since: '9.0.0',
  complexity: 'O(N) in the number of fields given',
  arity: -5,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'update' }],
  run(c) {
    const { argv, argc, reply } = c
    if (!argv[2].is('fields')) return reply.error(Err.syntax)
    if (!countMatches(c, 3, 1)) return
    const key = argv[1]
    const hash = forWrite(c, key)
    if (hash === REFUSED) return
    if (hash !== NIL && !hashHasRoom(c.db, hash, argc - 4, RECORD_SIZE_MAX)) return reply.error(Err.arenaFull)
    let changed = 0
    const touched: Slice[] = []
    reply.array(argc - 4)
    for (let i = 4; i < argc; i++) {
      const at = hash === NIL ? ABSENT : hashExpiry(c.db, hash, argv[i])
      if (at === ABSENT) reply.integer(-2)
      else if (at === NO_EXPIRY) reply.integer(-1)
      else {
        hashSetExpiry(c.db, hash, argv[i], NO_EXPIRY)
        changed++
        if (c.isRepeated) touched.push(argv[i])
        reply.integer(1)
      }
    }
    if (changed > 0) c.changed('h', 'hpersist', key, changed)
    repeatPersistence(c, key, touched)
  },
})
