/*
 * Set commands of one set: argv in, replies out. Those of several sets are in
 * set-operations.ts; what a set is (its encodings, when one becomes the other) is
 * in ../types/set.ts.
 */
import { parseExact } from '../base/integer-text.ts'
import type { Slice } from '../base/slice.ts'
import { int64Of } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { dropEmpty, REFUSED, readOf, writeOf } from '../exec/lookup.ts'
import { TYPE_SET } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  SET_ADDED,
  setAdd,
  setCreate,
  setForEach,
  setHas,
  setHasRoom,
  setLength,
  setPrepare,
  setReadAhead,
  setRemove,
  setScan,
} from '../types/set.ts'
import { setPop, setPopSome, setRandom, setRandomRepeated, setRandomSample } from '../types/set-random.ts'
import { scanCollection } from './scan-collection.ts'
import { scanFilter } from './scan-options.ts'

const NOT_POSITIVE = errorLine('ERR value is out of range, must be positive')
const RANDOM_RANGE = errorLine(
  'ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807',
)
const MIN_INT64 = -(2n ** 63n)
/** SRANDMEMBER with a negative count repeats members; a reply of more elements than this is refused instead of built. */
const MAX_REPEATED = 2 ** 27

const READ = [{ at: 1, access: 'ro', does: 'access' }] as const

/** The set at `key` for reading: its record, NIL if there is none, or REFUSED. */
const setForRead = (c: Call, key: Slice): Ref | typeof REFUSED => readOf(c, key, TYPE_SET)

/** As `setForRead`, without counting a hit or a miss. */
const setForWrite = (c: Call, key: Slice): Ref | typeof REFUSED => writeOf(c, key, TYPE_SET)

/** Deletes a set that lost its last member. */
function dropIfEmpty(c: Call, key: Slice, set: Ref): void {
  if (setLength(c.db, set) === 0) dropEmpty(c, key)
}

export const SADD = defineCommand({
  name: 'sadd',
  usage: 'key member...',
  summary: 'Adds members to a set, creating the set if there is none.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(1) for each member',
  arity: -3,
  flags: ['write', 'denyoom', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'insert' }],
  history: [['2.4.0', 'Accepts several members.']],
  run(c) {
    // Look up, or create. Room is made sure of first: all members are added, or none.
    const { argv, argc, db } = c
    const key = argv[1]
    const known = setForWrite(c, key)
    if (known === REFUSED) return
    const members = argc - 2
    let bytes = key.size
    for (let i = 2; i < argc; i++) bytes += argv[i].size
    if (!setHasRoom(db, known, members, bytes)) return c.reply.error(Err.arenaFull)
    const set = known === NIL ? setCreate(db, key, argv[2], members) : known
    if (set === NIL || !setPrepare(db, set, members)) return c.reply.error(Err.arenaFull)
    // Work.
    let added = 0
    for (let i = 2; i < argc; i++) if (setAdd(db, set, argv[i]) === SET_ADDED) added++
    // Effects and reply.
    if (added > 0) c.changed('s', 'sadd', key, added)
    c.reply.integer(added)
  },
})

export const SREM = defineCommand({
  name: 'srem',
  usage: 'key member...',
  summary: 'Removes members of a set, and the set with its last one.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(N) in the number of members to remove',
  arity: -3,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rw', does: 'delete' }],
  history: [['2.4.0', 'Accepts several members.']],
  run(c) {
    const key = c.argv[1]
    const set = setForWrite(c, key)
    if (set === REFUSED) return
    if (set === NIL) return c.reply.integer(0)
    let removed = 0
    for (let i = 2; i < c.argc; i++) {
      setReadAhead(c.db, set, c.argv, i, c.argc)
      if (setRemove(c.db, set, c.argv[i])) removed++
    }
    if (removed > 0) {
      c.changed('s', 'srem', key, removed)
      dropIfEmpty(c, key, set)
    }
    c.reply.integer(removed)
  },
})

export const SMOVE = defineCommand({
  name: 'smove',
  usage: 'source destination member',
  summary: 'Moves a member from one set to another.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 4,
  flags: ['write', 'fast'],
  keys: [
    { at: 1, access: 'rw', does: ['access', 'delete'] },
    { at: 2, access: 'rw', does: 'insert' },
  ],
  run(c) {
    // Look up. The destination's type matters only when there is a source.
    const { db, reply } = c
    const [, from, to, member] = c.argv
    const source = setForWrite(c, from)
    if (source === REFUSED) return
    if (source === NIL) return reply.integer(0)
    const known = setForWrite(c, to)
    if (known === REFUSED) return
    if (!setHas(db, source, member)) return reply.integer(0)
    if (source === known) return reply.integer(1)
    // Work. It is added first, which may fail, and then removed, which does not.
    if (!setHasRoom(db, known, 1, to.size + member.size)) return reply.error(Err.arenaFull)
    const target = known === NIL ? setCreate(db, to, member, 1) : known
    if (target === NIL) return reply.error(Err.arenaFull)
    const isAdded = setAdd(db, target, member) === SET_ADDED
    setRemove(db, source, member)
    // Effects, in the order in which Redis has them.
    c.changed('s', 'srem', from)
    dropIfEmpty(c, from, source)
    if (isAdded) c.changed('s', 'sadd', to)
    // Reply.
    reply.integer(1)
  },
})

export const SISMEMBER = defineCommand({
  name: 'sismember',
  usage: 'key member',
  summary: 'Tells whether a set has a member.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, access: 'ro' }],
  run(c) {
    const set = setForRead(c, c.argv[1])
    if (set === REFUSED) return
    c.reply.integer(set !== NIL && setHas(c.db, set, c.argv[2]) ? 1 : 0)
  },
})

export const SMISMEMBER = defineCommand({
  name: 'smismember',
  usage: 'key member...',
  summary: 'Tells of each of several members whether a set has it.',
  group: 'set',
  since: '6.2.0',
  complexity: 'O(N) in the number of members asked for',
  arity: -3,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, access: 'ro', does: 'access' }],
  run(c) {
    const set = setForRead(c, c.argv[1])
    if (set === REFUSED) return
    c.reply.array(c.argc - 2)
    for (let i = 2; i < c.argc; i++) c.reply.integer(set !== NIL && setHas(c.db, set, c.argv[i]) ? 1 : 0)
  },
})

export const SCARD = defineCommand({
  name: 'scard',
  usage: 'key',
  summary: 'Counts the members of a set.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: [{ at: 1, access: 'ro' }],
  run(c) {
    const set = setForRead(c, c.argv[1])
    if (set === REFUSED) return
    c.reply.integer(set === NIL ? 0 : setLength(c.db, set))
  },
})

export const SMEMBERS = defineCommand({
  name: 'smembers',
  usage: 'key',
  summary: 'Reads all members of a set.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(N) in the size of the set',
  arity: 2,
  flags: ['readonly'],
  keys: READ,
  tips: ['nondeterministic_output_order'],
  run(c) {
    const set = setForRead(c, c.argv[1])
    if (set === REFUSED) return
    const { reply } = c
    if (set === NIL) return reply.set(0)
    reply.set(setLength(c.db, set))
    setForEach(c.db, set, (member) => reply.bulk(member))
  },
})

export const SPOP = defineCommand({
  name: 'spop',
  usage: 'key [count:integer]',
  summary: 'Removes members of a set at random and answers them.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(1) without a count, O(N) in the count',
  arity: -2,
  flags: ['write', 'fast'],
  keys: [{ at: 1, access: 'rw', does: ['access', 'delete'] }],
  tips: ['nondeterministic_output'],
  history: [['3.2.0', 'Accepts a count.']],
  run(c) {
    const key = c.argv[1]
    if (c.argc > 3) return c.reply.error(Err.syntax)
    if (c.argc === 3) return popSome(c, key)
    const set = setForWrite(c, key)
    if (set === REFUSED) return
    if (set === NIL) return c.reply.nil()
    setPop(c.db, set, (member) => {
      c.reply.bulk(member)
      if (c.isRepeated) c.repeatAs('SREM', [key, member])
    })
    c.changed('s', 'spop', key)
    dropIfEmpty(c, key, set)
  },
})

/** SPOP with a count. */
function popSome(c: Call, key: Slice): void {
  // Parse.
  const { reply, db } = c
  const count = parseExact(c.argv[2])
  if (count === undefined || count < 0) return reply.error(NOT_POSITIVE)
  // Look up.
  const set = setForWrite(c, key)
  if (set === REFUSED) return
  if (set === NIL || count === 0) return reply.set(0)
  const length = setLength(db, set)
  const wanted = Math.min(Number(count), length)
  // Reply and work are one: a member is gone when it has been popped.
  reply.set(wanted)
  const gone: Slice[] = []
  const emit = (member: Slice): void => {
    reply.bulk(member)
    if (c.isRepeated && wanted < length) gone.push(member.copy())
  }
  if (wanted === length) {
    setForEach(db, set, emit)
    db.remove(key)
    if (c.isRepeated) c.repeatAs('DEL', [key])
  } else setPopSome(db, set, wanted, emit)
  if (gone.length > 0) c.repeatAs('SREM', [key, ...gone])
  // Effects.
  c.changed('s', 'spop', key, wanted)
  if (wanted === length) c.changed('g', 'del', key, 0)
}

export const SRANDMEMBER = defineCommand({
  name: 'srandmember',
  usage: 'key [count:integer]',
  summary: 'Picks members of a set at random; a negative count may pick one several times.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(N) in the number of members picked',
  arity: -2,
  flags: ['readonly'],
  keys: READ,
  tips: ['nondeterministic_output'],
  history: [['2.6.0', 'Accepts a count.']],
  run(c) {
    const { reply, db, argc } = c
    const emit = (member: Slice): void => reply.bulk(member)
    if (argc > 3) return reply.error(Err.syntax)
    if (argc === 2) {
      const set = setForRead(c, c.argv[1])
      if (set === REFUSED) return
      if (set === NIL) return reply.nil()
      return setRandom(db, set, emit)
    }
    // Parse.
    const count = int64Of(c.argv[2])
    if (count === undefined) return reply.error(Err.notInteger)
    if (count === MIN_INT64) return reply.error(RANDOM_RANGE)
    // Look up.
    const set = setForRead(c, c.argv[1])
    if (set === REFUSED) return
    if (set === NIL || count === 0n) return reply.array(0)
    if (count < -MAX_REPEATED) return reply.error(Err.outOfRange)
    // Reply.
    if (count < 0n) {
      reply.array(-Number(count))
      return setRandomRepeated(db, set, -Number(count), emit)
    }
    const wanted = Math.min(Number(count), setLength(db, set))
    reply.array(wanted)
    setRandomSample(db, set, wanted, emit)
  },
})

export const SSCAN = defineCommand({
  name: 'sscan',
  usage: 'key cursor:integer [MATCH pattern] [COUNT count:integer]',
  summary: 'Walks the members of a set a few at a time.',
  group: 'set',
  since: '2.8.0',
  complexity: 'O(1) for every call, O(N) for a whole walk',
  arity: -3,
  flags: ['readonly'],
  keys: READ,
  tips: ['nondeterministic_output'],
  run(c) {
    scanCollection(c, TYPE_SET, {}, (set, from, options, sink) =>
      setScan(c.db, set, from, options.count, (member) => {
        if (scanFilter(options, member)) sink.bulk(member)
      }),
    )
  },
})
