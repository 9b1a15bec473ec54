/*
 * Hash commands: argv in, replies out. Those about the time to live of fields
 * are in hash-expire.ts; what a hash is (its encodings, when one becomes the
 * other, how expired fields are hidden) is in ../types/hash.ts.
 */
import { addLongDouble } from '../base/long-double.ts'
import { Slice } from '../base/slice.ts'
import { int64Of } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { dropEmpty, REFUSED, readOf, writeOf } from '../exec/lookup.ts'
import { TYPE_HASH } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  hashCreate,
  hashExpiry,
  hashFind,
  hashForEach,
  hashHas,
  hashHasRoom,
  hashLength,
  hashPrepare,
  hashRemove,
  hashScan,
  hashSet,
} from '../types/hash.ts'
import { HASH_ADDED, HASH_EXHAUSTED, NO_EXPIRY } from '../types/hash-fields.ts'
import { hashRandomField, hashRandomSample } from '../types/hash-random.ts'
import { scanCollection } from './scan-collection.ts'
import { scanFilter } from './scan-options.ts'

const HASH_NOT_INTEGER = errorLine('ERR hash value is not an integer')
const HASH_NOT_FLOAT = errorLine('ERR hash value is not a float')
const NAN_OR_INFINITY = errorLine('ERR value is NaN or Infinity')
const RANDOM_RANGE = errorLine(
  'ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807',
)
const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n
/** HRANDFIELD with a negative count repeats fields; a reply of more elements than this is refused instead of built. */
const MAX_REPEATED = 2 ** 27

const READ = [{ at: 1, access: 'ro', does: 'access' }] as const
const UPDATE = [{ at: 1, access: 'rw', does: 'update' }] as const
const DELETE = [{ at: 1, access: 'rw', does: 'delete' }] as const

/** Where values are aimed by this file's commands; each use ends before the next begins. */
const found = new Slice()

/** The hash at `key` for reading: its record, NIL if there is none, or REFUSED. */
export const forRead = (c: Call, key: Slice): Ref | typeof REFUSED => readOf(c, key, TYPE_HASH)

/** As `forRead`, without counting a hit or a miss. */
export const forWrite = (c: Call, key: Slice): Ref | typeof REFUSED => writeOf(c, key, TYPE_HASH)

/** The effects of removing `removed` fields; the key goes with its last field. */
export function fieldsRemoved(c: Call, key: Slice, hash: Ref, removed: number): void {
  if (removed === 0) return
  c.changed('h', 'hdel', key, removed)
  dropIfEmpty(c, key, hash)
}

/**
 * Says which fields of a hash a command removed, if any. The command's own text might name others whose time had
 * come but that are still there: they go when they are freed, and that is said then.
 */
export function repeatRemoval(c: Call, key: Slice, fields: readonly Slice[]): void {
  if (fields.length > 0) c.repeatAs('HDEL', [key, ...fields])
}

/** Deletes a hash that lost its last field. */
export function dropIfEmpty(c: Call, key: Slice, hash: Ref): void {
  if (hashLength(c.db, hash) === 0) dropEmpty(c, key)
}

/** HSET and HMSET: sets the pairs from argv[2] on; answers how many were new, or -1 having refused. */
function setPairs(c: Call): number {
  // Parse.
  const { argv, argc } = c
  if (argc % 2 !== 0) {
    c.reply.errorText(`ERR wrong number of arguments for '${c.command.name}' command`)
    return -1
  }
  // Look up, or create. Room is made sure of first: all pairs are set, or none.
  const key = argv[1]
  const known = forWrite(c, key)
  if (known === REFUSED) return -1
  const fields = argc / 2 - 1
  let bytes = key.size
  for (let i = 2; i < argc; i++) bytes += argv[i].size
  const hash = hashHasRoom(c.db, known, fields, bytes) ? (known === NIL ? hashCreate(c.db, key) : known) : NIL
  if (hash === NIL || !hashPrepare(c.db, hash, fields)) {
    c.reply.error(Err.arenaFull)
    return -1
  }
  // Work.
  let added = 0
  for (let i = 2; i < argc; i += 2) if (hashSet(c.db, hash, argv[i], argv[i + 1]) === HASH_ADDED) added++
  // Effects.
  c.changed('h', 'hset', key, fields)
  return added
}

export const HSET = defineCommand({
  name: 'hset',
  usage: 'key <field value>...',
  summary: 'Sets fields of a hash, creating the hash if there is none.',
  group: 'hash',
  since: '2.0.0',
  complexity: 'O(1) for each field',
  arity: -4,
  flags: ['write', 'denyoom', 'fast'],
  keys: UPDATE,
  history: [['4.0.0', 'Accepts several pairs of field and value.']],
  run(c) {
    const added = setPairs(c)
    if (added >= 0) c.reply.integer(added)
  },
})

export const HMSET = defineCommand({
  name: 'hmset',
  usage: 'key <field value>...',
  summary: 'Sets fields of a hash and answers OK; HSET has taken its place.',
  group: 'hash',
  since: '2.0.0',
  complexity: 'O(N) in the number of fields',
  arity: -4,
  flags: ['write', 'denyoom', 'fast'],
  keys: UPDATE,
  run(c) {
    if (setPairs(c) >= 0) c.reply.ok()
  },
})

export const HSETNX = defineCommand({
  name: 'hsetnx',
  usage: 'key field value',
  summary: 'Sets a field of a hash only if it is not there yet.',
  group: 'hash',
  since: '2.0.0',
  complexity: 'O(1)',
  arity: 4,
  flags: ['write', 'denyoom', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'insert' }],
  run(c) {
    const [, key, field, value] = c.argv
    const known = forWrite(c, key)
    if (known === REFUSED) return
    if (known !== NIL && hashHas(c.db, known, field)) return c.reply.integer(0)
    if (!hashHasRoom(c.db, known, 1, key.size + field.size + value.size)) return c.reply.error(Err.arenaFull)
    const hash = known === NIL ? hashCreate(c.db, key) : known
    if (hash === NIL || hashSet(c.db, hash, field, value) === HASH_EXHAUSTED) return c.reply.error(Err.arenaFull)
    c.changed('h', 'hset', key)
    if (c.isRepeated) c.repeatAs('HSET', [key, field, value])
    c.reply.integer(1)
  },
})

export const HGET = defineCommand({
  name: 'hget',
  usage: 'key field',
  summary: 'Reads one field of a hash.',
  group: 'hash',
  since: '2.0.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['readonly', 'fast'],
  keys: READ,
  run(c) {
    const hash = forRead(c, c.argv[1])
    if (hash === REFUSED) return
    if (hash === NIL || !hashFind(c.db, hash, c.argv[2], found)) return c.reply.nil()
    c.reply.bulk(found)
  },
})

export const HMGET = defineCommand({
  name: 'hmget',
  usage: 'key field...',
  summary: 'Reads several fields of a hash.',
  group: 'hash',
  since: '2.0.0',
  complexity: 'O(N) in the number of fields asked for',
  arity: -3,
  flags: ['readonly', 'fast'],
  keys: READ,
  run(c) {
    const hash = forRead(c, c.argv[1])
    if (hash === REFUSED) return
    c.reply.array(c.argc - 2)
    for (let i = 2; i < c.argc; i++) {
      if (hash !== NIL && hashFind(c.db, hash, c.argv[i], found)) c.reply.bulk(found)
      else c.reply.nil()
    }
  },
})

export const HDEL = defineCommand({
  name: 'hdel',
  usage: 'key field...',
  summary: 'Removes fields of a hash, and the hash with its last one.',
  group: 'hash',
  since: '2.0.0',
  complexity: 'O(N) in the number of fields to remove',
  arity: -3,
  flags: ['write', 'fast'],
  keys: DELETE,
  history: [['2.4.0', 'Accepts several fields.']],
  run(c) {
    const key = c.argv[1]
    const hash = forWrite(c, key)
    if (hash === REFUSED) return
    if (hash === NIL) return c.reply.integer(0)
    let removed = 0
    const gone: Slice[] = []
    for (let i = 2; i < c.argc; i++) {
      if (!hashRemove(c.db, hash, c.argv[i])) continue
      removed++
      if (c.isRepeated) gone.push(c.argv[i])
    }
    fieldsRemoved(c, key, hash, removed)
    repeatRemoval(c, key, gone)
    c.reply.integer(removed)
  },
})

export const HEXISTS = defineCommand({
  name: 'hexists',
  usage: 'key field',
  summary: 'Tells whether a hash has a field.',
  group: 'hash',
  since: '2.0.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, access: 'ro' }],
  run(c) {
    const hash = forRead(c, c.argv[1])
    if (hash === REFUSED) return
    c.reply.integer(hash !== NIL && hashHas(c.db, hash, c.argv[2]) ? 1 : 0)
  },
})

export const HLEN = defineCommand({
  name: 'hlen',
  usage: 'key',
  summary: 'Counts the fields of a hash.',
  group: 'hash',
  since: '2.0.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, access: 'ro' }],
  run(c) {
    const hash = forRead(c, c.argv[1])
    if (hash === REFUSED) return
    c.reply.integer(hash === NIL ? 0 : hashLength(c.db, hash))
  },
})

export const HSTRLEN = defineCommand({
  name: 'hstrlen',
  usage: 'key field',
  summary: 'Tells how many bytes the value of a field has.',
  group: 'hash',
  since: '3.2.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, access: 'ro' }],
  run(c) {
    const hash = forRead(c, c.argv[1])
    if (hash === REFUSED) return
    c.reply.integer(hash !== NIL && hashFind(c.db, hash, c.argv[2], found) ? found.size : 0)
  },
})

const FIELDS = 1
const VALUES = 2

/** HKEYS, HVALS and HGETALL: every live field's name, value, or both. */
function replyAll(c: Call, parts: number): void {
  const hash = forRead(c, c.argv[1])
  if (hash === REFUSED) return
  const { reply } = c
  const both = parts === (FIELDS | VALUES)
  const mark = reply.mark()
  let count = 0
  if (hash !== NIL) {
    hashForEach(c.db, hash, (field, value) => {
      if (parts & FIELDS) reply.bulk(field)
      if (parts & VALUES) reply.bulk(value)
      count++
      return true
    })
  }
  if (both) reply.insertMap(mark, count)
  else reply.insertArray(mark, count)
}

export const HGETALL = defineCommand({
  name: 'hgetall',
  usage: 'key',
  summary: 'Reads all fields of a hash with their values.',
  group: 'hash',
  since: '2.0.0',
  complexity: 'O(N) in the size of the hash',
  arity: 2,
  flags: ['readonly'],
  keys: READ,
  tips: ['nondeterministic_output_order'],
  run: (c) => replyAll(c, FIELDS | VALUES),
})

export const HKEYS = defineCommand({
  name: 'hkeys',
  usage: 'key',
  summary: 'Reads the names of all fields of a hash.',
  group: 'hash',
  since: '2.0.0',
  complexity: 'O(N) in the size of the hash',
  arity: 2,
  flags: ['readonly'],
  keys: READ,
  tips: ['nondeterministic_output_order'],
  run: (c) => replyAll(c, FIELDS),
})

export const HVALS = defineCommand({
  name: 'hvals',
  usage: 'key',
  summary: 'Reads the values of all fields of a hash.',
  group: 'hash',
  since: '2.0.0',
  complexity: 'O(N) in the size of the hash',
  arity: 2,
  flags: ['readonly'],
  keys: READ,
  tips: ['nondeterministic_output_order'],
  run: (c) => replyAll(c, VALUES),
})

export const HINCRBY = defineCommand({
  name: 'hincrby',
  usage: 'key field increment:integer',
  summary: 'Adds an integer to a field, which counts as 0 when it is not there.',
  group: 'hash',
  since: '2.0.0',
  complexity: 'O(1)',
  arity: 4,
  flags: ['write', 'denyoom', 'fast'],
  keys: [{ at: 1, access: 'rw', does: ['access', 'update'] }],
  run(c) {
    // Parse.
    const increment = int64Of(c.argv[3])
    if (increment === undefined) return c.reply.error(Err.notInteger)
    // Look up.
    const [, key, field] = c.argv
    const known = forWrite(c, key)
    if (known === REFUSED) return
    let value = 0n
    if (known !== NIL && hashFind(c.db, known, field, found)) {
      const current = int64Of(found)
      if (current === undefined) return c.reply.error(HASH_NOT_INTEGER)
      value = current
    }
    // Work.
    value += increment
    if (value < MIN_INT64 || value > MAX_INT64) return c.reply.error(Err.overflow)
    const wasThere = known !== NIL && hashHas(c.db, known, field)
    if (!replaceKeepingExpiry(c, key, known, field, value.toString())) return
    if (c.isRepeated && !wasThere) c.repeatAs('HSET', [key, field, value])
    // Effects and reply.
    c.changed('h', 'hincrby', key)
    c.reply.integer(value)
  },
})

export const HINCRBYFLOAT = defineCommand({
  name: 'hincrbyfloat',
  usage: 'key field increment:double',
  summary: 'Adds a floating-point number to a field, which counts as 0 when it is not there.',
  group: 'hash',
  since: '2.6.0',
  complexity: 'O(1)',
  arity: 4,
  flags: ['write', 'denyoom', 'fast'],
  keys: [{ at: 1, access: 'rw', does: ['access', 'update'] }],
  run(c) {
    // Parse.
    const [, key, field] = c.argv
    const increment = c.argv[3].text()
    const alone = addLongDouble('0', increment)
    if (alone === 'invalid') return c.reply.error(Err.notFloat)
    if (alone === 'nan-or-infinity') return c.reply.error(NAN_OR_INFINITY)
    // Look up.
    const known = forWrite(c, key)
    if (known === REFUSED) return
    const current = known !== NIL && hashFind(c.db, known, field, found) ? found.text() : '0'
    // Work.
    const sum = addLongDouble(current, increment)
    if (sum === 'invalid') return c.reply.error(HASH_NOT_FLOAT)
    if (sum === 'nan-or-infinity') return c.reply.error(Err.nanOrInfinity)
    const lasts = known === NIL || hashExpiry(c.db, known, field) <= NO_EXPIRY
    if (!replaceKeepingExpiry(c, key, known, field, sum)) return
    if (c.isRepeated && lasts) c.repeatAs('HSET', [key, field, sum])
    else if (c.isRepeated) c.repeatAs('HSETEX', [key, 'KEEPTTL', 'FIELDS', 1, field, sum])
    // Effects and reply.
    c.changed('h', 'hincrbyfloat', key)
    c.reply.bulkText(sum)
  },
})

/** Sets a field of a hash, if there is one, without touching its time to live; false having refused. */
function replaceKeepingExpiry(c: Call, key: Slice, known: Ref, field: Slice, text: string): boolean {
  const hasRoom = hashHasRoom(c.db, known, 1, key.size + field.size + text.length)
  const hash = !hasRoom ? NIL : known === NIL ? hashCreate(c.db, key) : known
  const done = hash !== NIL && hashSet(c.db, hash, field, Slice.of(text), 'keep') !== HASH_EXHAUSTED
  if (!done) c.reply.error(Err.arenaFull)
  return done
}

export const HRANDFIELD = defineCommand({
  name: 'hrandfield',
  usage: 'key [count:integer [WITHVALUES]]',
  summary: 'Picks fields of a hash at random; a negative count may pick one several times.',
  group: 'hash',
  since: '6.2.0',
  complexity: 'O(N) in the number of fields picked',
  arity: -2,
  flags: ['readonly'],
  keys: READ,
  tips: ['nondeterministic_output'],
  run(c) {
    if (c.argc === 2) return replyRandomField(c)
    // Parse.
    const count = int64Of(c.argv[2])
    if (count === undefined) return c.reply.error(Err.notInteger)
    if (count === MIN_INT64) return c.reply.error(RANDOM_RANGE)
    if (c.argc > 4 || (c.argc === 4 && !c.argv[3].is('withvalues'))) return c.reply.error(Err.syntax)
    const withValues = c.argc === 4
    if (withValues && (count > MAX_INT64 / 2n || count < MIN_INT64 / 2n)) return c.reply.error(Err.outOfRange)
    // Look up.
    const hash = forRead(c, c.argv[1])
    if (hash === REFUSED) return
    if (hash === NIL || count === 0n) return c.reply.array(0)
    if (count < -MAX_REPEATED) return c.reply.error(Err.outOfRange)
    // Reply.
    const { reply } = c
    const pairs = withValues && reply.protocol === 3
    const mark = reply.mark()
    let picked = 0
    const emit = (field: Slice, value: Slice): void => {
      if (pairs) reply.array(2)
      reply.bulk(field)
      if (withValues) reply.bulk(value)
      picked++
    }
    if (count < 0n) for (let i = Number(-count); i > 0; i--) hashRandomField(c.db, hash, emit)
    else hashRandomSample(c.db, hash, Number(count), emit)
    reply.insertArray(mark, withValues && !pairs ? picked * 2 : picked)
  },
})

function replyRandomField(c: Call): void {
  const hash = forRead(c, c.argv[1])
  if (hash === REFUSED) return
  if (hash === NIL || !hashRandomField(c.db, hash, (field) => c.reply.bulk(field))) c.reply.nil()
}

export const HSCAN = defineCommand({
  name: 'hscan',
  usage: 'key cursor:integer [MATCH pattern] [COUNT count:integer] [NOVALUES]',
  summary: 'Walks the fields of a hash a few at a time.',
  group: 'hash',
  since: '2.8.0',
  complexity: 'O(1) for every call, O(N) for a whole walk',
  arity: -3,
  flags: ['readonly'],
  keys: READ,
  tips: ['nondeterministic_output'],
  run(c) {
    scanCollection(c, TYPE_HASH, { novalues: true }, (hash, from, options, sink) =>
      hashScan(c.db, hash, from, options.count, (field, value) => {
        if (!scanFilter(options, field)) return
        sink.bulk(field)
        if (!options.noValues) sink.bulk(value)
      }),
    )
  },
})
