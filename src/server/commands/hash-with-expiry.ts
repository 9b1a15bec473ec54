/*
 * Commands that read or set fields of a hash and decide in the same step how long they
 * are to live: HGETEX, HSETEX, and HGETDEL, after which they do not. Those on the expiry
 * of fields alone are in hash-expire.ts. Replies and errors are those of Valkey 9.1.
 */
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err } from '../exec/errors.ts'
import { REFUSED } from '../exec/lookup.ts'
import { NIL } from '../memory/layout.ts'
import {
  hashCreate,
  hashExpiry,
  hashFind,
  hashHas,
  hashHasRoom,
  hashRemove,
  hashSet,
  hashSetExpiry,
} from '../types/hash.ts'
import { HASH_EXHAUSTED, NO_EXPIRY } from '../types/hash-fields.ts'
import { fieldsRemoved, forWrite, repeatRemoval } from './hash.ts'
import {
  countMatches,
  fieldsAt,
  momentOf,
  RECORD_SIZE_MAX,
  repeatExpiry,
  repeatPersistence,
  type Unit,
} from './hash-expire.ts'

const found = new Slice()

const TIME_OPTIONS: readonly (readonly [word: string, unit: Unit])[] = [
  ['ex', { scale: 1000, relative: true }],
  ['px', { scale: 1, relative: true }],
  ['exat', { scale: 1000, relative: false }],
  ['pxat', { scale: 1, relative: false }],
]

function timeOption(s: Slice): Unit | undefined {
  for (const [word, unit] of TIME_OPTIONS) if (s.is(word)) return unit
  return undefined
}

/** What stood before FIELDS in HGETEX and HSETEX. */
interface FieldOptions {
  words: Set<string>
  time: Slice | undefined
  unit: Unit | undefined
  /** Index of the argument after FIELDS: the count. */
  countAt: number
}

/** Reads options up to FIELDS; `allowed` are those without an argument. Undefined having refused. */
function takeFieldOptions(c: Call, allowed: readonly string[], groups: readonly string[][]): FieldOptions | undefined {
  const { argv } = c
  const end = fieldsAt(c, 2)
  if (end === undefined) return undefined
  const options: FieldOptions = { words: new Set(), time: undefined, unit: undefined, countAt: end + 1 }
  // Which option says how long the fields last. It may be repeated, another may not stand beside it.
  let lasting: Unit | string | undefined
  for (let i = 2; i < end; i++) {
    const unit = timeOption(argv[i])
    const word = allowed.find((name) => argv[i].is(name))
    const how = unit ?? (word === 'keepttl' || word === 'persist' ? word : undefined)
    const clashes = how !== undefined && lasting !== undefined && how !== lasting
    lasting ??= how
    if (unit !== undefined && i + 1 < end && !clashes) {
      options.unit = unit
      options.time = argv[++i]
    } else if (word !== undefined && !clashes) options.words.add(word)
    else {
      c.reply.error(Err.syntax)
      return undefined
    }
  }
  const clash = groups.some((group) => group.every((word) => options.words.has(word)))
  if (clash) {
    c.reply.error(Err.syntax)
    return undefined
  }
  return options
}

export const HGETEX = defineCommand({
  name: 'hgetex',
  usage:
    'key [EX seconds:integer | PX milliseconds:integer | EXAT unix-time-seconds:integer | PXAT unix-time-milliseconds:integer | PERSIST] FIELDS numfields:integer field...',
  summary: 'Reads fields of a hash and sets or takes off their expiry.',
  group: 'hash',
  since: '9.0.0',
  complexity: 'O(N) in the number of fields given',
  arity: -5,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rw', does: ['access', 'update'] }],
  run(c) {
    // Parse and look up: the time is judged last, when the key is known to be a hash.
    const options = takeFieldOptions(c, ['persist'], [])
    if (options === undefined || !countMatches(c, options.countAt, 1)) return
    const { argv, argc, reply } = c
    const key = argv[1]
    const hash = forWrite(c, key)
    if (hash === REFUSED) return
    let at = NO_EXPIRY
    if (options.unit !== undefined && options.time !== undefined) {
      const moment = momentOf(c, options.time, options.unit)
      if (moment === undefined) return
      at = moment
    }
    const first = options.countAt + 1
    if (hash !== NIL && !hashHasRoom(c.db, hash, argc - first, RECORD_SIZE_MAX, true)) return reply.error(Err.arenaFull)
    // Work and reply. A value is sent before its field may move or go.
    let set = 0
    let persisted = 0
    let removed = 0
    const touched: Slice[] = []
    reply.array(argc - first)
    for (let i = first; i < argc; i++) {
      if (hash === NIL || !hashFind(c.db, hash, argv[i], found)) {
        reply.nil()
        continue
      }
      reply.bulk(found)
      if (options.unit !== undefined && at <= c.db.keyspace.deadline) {
        hashRemove(c.db, hash, argv[i])
        removed++
      } else if (options.unit !== undefined) {
        hashSetExpiry(c.db, hash, argv[i], at)
        set++
      } else if (options.words.has('persist') && hashExpiry(c.db, hash, argv[i]) !== NO_EXPIRY) {
        hashSetExpiry(c.db, hash, argv[i], NO_EXPIRY)
        persisted++
      } else continue
      if (c.isRepeated) touched.push(argv[i])
    }
    // Effects.
    if (set > 0) c.changed('h', 'hexpire', key, set)
    if (persisted > 0) c.changed('h', 'hpersist', key, persisted)
    fieldsRemoved(c, key, hash, removed)
    if (set > 0) repeatExpiry(c, key, at, touched)
    else if (persisted > 0) repeatPersistence(c, key, touched)
    else repeatRemoval(c, key, touched)
  },
})

export const HSETEX = defineCommand({
  name: 'hsetex',
  usage:
    'key [NX | XX] [FNX | FXX] [EX seconds:integer | PX milliseconds:integer | EXAT unix-time-seconds:integer | PXAT unix-time-milliseconds:integer | KEEPTTL] FIELDS numfields:integer <field value>...',
  summary: 'Sets fields of a hash together with their expiry.',
  group: 'hash',
  since: '9.0.0',
  complexity: 'O(N) in the number of fields given',
  arity: -6,
  flags: ['write', 'denyoom', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'insert' }],
  run(c) {
    // Parse and look up: the time is judged when the key is known to be a hash that NX and XX allow.
    const options = takeFieldOptions(
      c,
      ['nx', 'xx', 'fnx', 'fxx', 'keepttl'],
      [
        ['nx', 'xx'],
        ['fnx', 'fxx'],
      ],
    )
    if (options === undefined || !countMatches(c, options.countAt, 2)) return
    const { argv, argc, reply } = c
    const { words } = options
    const key = argv[1]
    const known = forWrite(c, key)
    if (known === REFUSED) return
    if ((words.has('nx') && known !== NIL) || (words.has('xx') && known === NIL)) return reply.integer(0)
    let expiry: number | 'keep' = words.has('keepttl') ? 'keep' : NO_EXPIRY
    if (options.unit !== undefined && options.time !== undefined) {
      const moment = momentOf(c, options.time, options.unit)
      if (moment === undefined) return
      expiry = moment
    }
    const first = options.countAt + 1
    for (let i = first; i < argc; i += 2) {
      const has = known !== NIL && hashHas(c.db, known, argv[i])
      if ((has && words.has('fnx')) || (!has && words.has('fxx'))) return reply.integer(0)
    }
    // Work. A moment that is past removes the fields instead of setting them.
    if (typeof expiry === 'number' && expiry !== NO_EXPIRY && expiry <= c.db.keyspace.deadline) {
      const gone: Slice[] = []
      if (known !== NIL) for (let i = first; i < argc; i += 2) if (hashRemove(c.db, known, argv[i])) gone.push(argv[i])
      fieldsRemoved(c, key, known, gone.length)
      repeatRemoval(c, key, gone)
      return reply.integer(1)
    }
    let bytes = 0
    for (let i = first; i < argc; i++) bytes += argv[i].size
    const hasRoom = hashHasRoom(c.db, known, (argc - first) / 2, key.size + bytes, expiry !== NO_EXPIRY)
    const hash = !hasRoom ? NIL : known === NIL ? hashCreate(c.db, key) : known
    if (hash === NIL) return reply.error(Err.arenaFull)
    // Of those that keep their expiry: where something is to be kept, and where a time that had come must not be.
    const kept: Slice[] = []
    const fresh: Slice[] = []
    for (let i = first; i < argc; i += 2) {
      if (c.isRepeated && expiry === 'keep') {
        const lasts = hashExpiry(c.db, hash, argv[i]) <= NO_EXPIRY
        ;(lasts ? fresh : kept).push(argv[i], argv[i + 1])
      }
      if (hashSet(c.db, hash, argv[i], argv[i + 1], expiry) === HASH_EXHAUSTED) return reply.error(Err.arenaFull)
    }
    // Effects and reply.
    if (fresh.length > 0) c.repeatAs('HSET', [key, ...fresh])
    if (kept.length > 0) c.repeatAs('HSETEX', [key, 'KEEPTTL', 'FIELDS', kept.length / 2, ...kept])
    if (c.isRepeated && expiry === NO_EXPIRY) c.repeatAs('HSET', [key, ...argv.slice(first, argc)])
    else if (c.isRepeated && expiry !== 'keep') {
      c.repeatAs('HSETEX', [key, 'PXAT', expiry, 'FIELDS', (argc - first) / 2, ...argv.slice(first, argc)])
    }
    c.changed('h', 'hset', key, (argc - first) / 2)
    if (options.unit !== undefined) c.changed('h', 'hexpire', key, 0)
    reply.integer(1)
  },
})

export const HGETDEL = defineCommand({
  name: 'hgetdel',
  usage: 'key FIELDS numfields:integer field...',
  summary: 'Reads fields of a hash and removes them.',
  group: 'hash',
  since: '9.1.0',
  complexity: 'O(N) in the number of fields given',
  arity: -5,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rw', does: ['access', 'delete'] }],
  run(c) {
    // Parse.
    const { argv, argc, reply } = c
    if (!argv[2].is('fields')) return reply.error(Err.syntax)
    if (!countMatches(c, 3, 1)) return
    // Look up.
    const key = argv[1]
    const hash = forWrite(c, key)
    if (hash === REFUSED) return
    // Work and reply.
    let removed = 0
    const gone: Slice[] = []
    reply.array(argc - 4)
    for (let i = 4; i < argc; i++) {
      if (hash !== NIL && hashFind(c.db, hash, argv[i], found)) {
        reply.bulk(found)
        hashRemove(c.db, hash, argv[i])
        removed++
        if (c.isRepeated) gone.push(argv[i])
      } else reply.nil()
    }
    // Effects.
    fieldsRemoved(c, key, hash, removed)
    repeatRemoval(c, key, gone)
  },
})
