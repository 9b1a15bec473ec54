/*
 * Commands of several sets: SINTER, SUNION, SDIFF, their STORE forms, SINTERCARD.
 * How the sets are walked is in ../types/set-operations.ts.
 */
import { parseExact } from '../base/integer-text.ts'
import type { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { REFUSED, readOf } from '../exec/lookup.ts'
import { TYPE_SET } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { setLength } from '../types/set.ts'
import { type SetOperation, setBuildResult, setVisitResult } from '../types/set-operations.ts'

const NO_KEYS = errorLine('ERR numkeys should be greater than 0')
const TOO_MANY_KEYS = errorLine("ERR Number of keys can't be greater than number of args")
const NEGATIVE_LIMIT = errorLine("ERR LIMIT can't be negative")

const SOURCES = [{ at: 1, last: -1, access: 'ro', does: 'access' }] as const
const STORE_KEYS = [
  { at: 1, access: 'ow', does: 'update' },
  { at: 2, last: -1, access: 'ro', does: 'access' },
] as const

/** The sets at `count` keys from argv[at] on, NIL where there is none; undefined, having refused, when one is no set. */
function sourcesOf(c: Call, at: number, count: number): Ref[] | undefined {
  const sets: Ref[] = []
  for (let i = at; i < at + count; i++) {
    const set = readOf(c, c.argv[i], TYPE_SET)
    if (set === REFUSED) return undefined
    sets.push(set)
  }
  return sets
}

/** SINTER, SUNION, SDIFF. */
function answer(c: Call, operation: SetOperation): void {
  const sets = sourcesOf(c, 1, c.argc - 1)
  if (sets === undefined) return
  const { reply } = c
  const mark = reply.mark()
  let count = 0
  const isWhole = setVisitResult(c.db, operation, sets, (member) => {
    reply.bulk(member.text)
    count++
    return false
  })
  if (isWhole) return reply.insertSet(mark, count)
  reply.at = mark
  reply.error(Err.arenaFull)
}

/** SINTERSTORE, SUNIONSTORE, SDIFFSTORE: the result takes the destination's place; an empty one deletes it. */
function store(c: Call, operation: SetOperation): void {
  // Look up.
  const sets = sourcesOf(c, 2, c.argc - 2)
  if (sets === undefined) return
  // Work. The destination may be one of the sources: it is replaced when the result is whole.
  const { db } = c
  const key = c.argv[1]
  const result = setBuildResult(db, operation, sets, key)
  if (result === NIL) return c.reply.error(Err.arenaFull)
  const count = setLength(db, result)
  if (count === 0) {
    db.discard(result)
    return answerEmpty(c, key)
  }
  if (!db.put(result)) {
    db.discard(result)
    return c.reply.error(Err.arenaFull)
  }
  // Effects and reply.
  c.changed('s', c.command.name, key)
  c.reply.integer(count)
}

function answerEmpty(c: Call, key: Slice): void {
  if (c.db.peek(key) !== NIL) {
    c.db.remove(key)
    c.changed('g', 'del', key)
  }
  c.reply.integer(0)
}

export const SINTER = defineCommand({
  name: 'sinter',
  usage: 'key...',
  summary: 'Answers the members that all of several sets have.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(N*M) in the size of the smallest set and the number of sets',
  arity: -2,
  flags: ['readonly'],
  keys: SOURCES,
  tips: ['nondeterministic_output_order'],
  run: (c) => answer(c, 'intersection'),
})

export const SINTERSTORE = defineCommand({
  name: 'sinterstore',
  usage: 'destination key...',
  summary: 'Stores the members that all of several sets have.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(N*M) in the size of the smallest set and the number of sets',
  arity: -3,
  flags: ['write', 'denyoom'],
  keys: STORE_KEYS,
  run: (c) => store(c, 'intersection'),
})

export const SUNION = defineCommand({
  name: 'sunion',
  usage: 'key...',
  summary: 'Answers the members that any of several sets has.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(N) in the number of members of all sets',
  arity: -2,
  flags: ['readonly'],
  keys: SOURCES,
  tips: ['nondeterministic_output_order'],
  run: (c) => answer(c, 'union'),
})

export const SUNIONSTORE = defineCommand({
  name: 'sunionstore',
  usage: 'destination key...',
  summary: 'Stores the members that any of several sets has.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(N) in the number of members of all sets',
  arity: -3,
  flags: ['write', 'denyoom'],
  keys: STORE_KEYS,
  run: (c) => store(c, 'union'),
})

export const SDIFF = defineCommand({
  name: 'sdiff',
  usage: 'key...',
  summary: 'Answers the members of the first set that none of the others has.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(N) in the number of members of all sets',
  arity: -2,
  flags: ['readonly'],
  keys: SOURCES,
  tips: ['nondeterministic_output_order'],
  run: (c) => answer(c, 'difference'),
})

export const SDIFFSTORE = defineCommand({
  name: 'sdiffstore',
  usage: 'destination key...',
  summary: 'Stores the members of the first set that none of the others has.',
  group: 'set',
  since: '1.0.0',
  complexity: 'O(N) in the number of members of all sets',
  arity: -3,
  flags: ['write', 'denyoom'],
  keys: STORE_KEYS,
  run: (c) => store(c, 'difference'),
})

export const SINTERCARD = defineCommand({
  name: 'sintercard',
  usage: 'numkeys:integer key... [LIMIT limit:integer]',
  summary: 'Counts the members that all of several sets have, up to a limit.',
  group: 'set',
  since: '7.0.0',
  complexity: 'O(N*M) in the size of the smallest set and the number of sets',
  arity: -3,
  flags: ['readonly', 'movablekeys'],
  keys: [{ at: 1, keyNum: { at: 0, firstKey: 1, step: 1 }, access: 'ro', does: 'access' }],
  run(c) {
    // Parse.
    const { argv, argc, reply } = c
    const keys = parseExact(argv[1])
    if (keys === undefined || keys < 1) return reply.error(NO_KEYS)
    if (keys > argc - 2) return reply.error(TOO_MANY_KEYS)
    const count = Number(keys)
    let limit = 0
    for (let i = 2 + count; i < argc; i += 2) {
      if (!argv[i].is('limit') || i + 1 === argc) return reply.error(Err.syntax)
      const given = parseExact(argv[i + 1])
      if (given === undefined || given < 0) return reply.error(NEGATIVE_LIMIT)
      limit = Number(given)
    }
    // Look up.
    const sets = sourcesOf(c, 2, count)
    if (sets === undefined) return
    // Work. Without a limit the walk never has enough.
    let found = 0
    setVisitResult(c.db, 'intersection', sets, () => ++found === limit)
    // Reply.
    reply.integer(found)
  },
})
