/*
 * List commands that wait until there is something to take. Each takes it if it
 * is there, and else says what it waits for; when that comes, the command runs
 * again (exec/blocking.ts). Inside a transaction none of them waits.
 */
import type { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { REFUSED, writeOf } from '../exec/lookup.ts'
import { TYPE_LIST } from '../keyspace/object.ts'
import { NIL } from '../memory/layout.ts'
import { popOne } from './list.ts'
import { endOf, MOVE, moveElement, parseManyPop, popFromFirst } from './list-move.ts'
import { timeoutFromSeconds } from './timeout-argument.ts'

const POP = [{ at: 1, last: -2, access: 'rw', does: ['access', 'delete'] }] as const

/** Waits for a list at one of the keys; where that is not possible its time is over at once. */
function waitFor(c: Call, keys: readonly Slice[], timeoutMs: number): boolean {
  return c.block({ keys, type: TYPE_LIST, timeoutMs, onTimeout: (reply) => reply.nilArray() })
}

/** BLPOP and BRPOP: takes one element of the first list that there is, and answers the key with it. */
function popOrWait(c: Call, atHead: boolean): void {
  const { argv, argc } = c
  // Parse.
  const timeoutMs = timeoutFromSeconds(c, argv[argc - 1])
  if (timeoutMs === undefined) return
  // Look up.
  for (let i = 1; i < argc - 1; i++) {
    const list = writeOf(c, argv[i], TYPE_LIST)
    if (list === REFUSED) return
    if (list === NIL) continue
    // Work, effects and reply.
    c.reply.array(2)
    c.reply.bulk(argv[i])
    popOne(c, argv[i], list, atHead)
    if (c.isRepeated) c.repeatAs(atHead ? 'LPOP' : 'RPOP', [argv[i]])
    return
  }
  if (!waitFor(c, argv.slice(1, argc - 1), timeoutMs)) c.reply.nilArray()
}

export const BLPOP = defineCommand({
  name: 'blpop',
  usage: 'key... timeout:double',
  summary: 'Takes the first element of the first of several lists that has one, waiting for it.',
  group: 'list',
  since: '2.0.0',
  complexity: 'O(N) in the number of keys',
  history: [['6.0.0', 'The timeout may have decimals.']],
  arity: -3,
  flags: ['write', 'blocking'],
  keys: POP,
  run: (c) => popOrWait(c, true),
})

export const BRPOP = defineCommand({
  name: 'brpop',
  usage: 'key... timeout:double',
  summary: 'Takes the last element of the first of several lists that has one, waiting for it.',
  group: 'list',
  since: '2.0.0',
  complexity: 'O(N) in the number of keys',
  history: [['6.0.0', 'The timeout may have decimals.']],
  arity: -3,
  flags: ['write', 'blocking'],
  keys: POP,
  run: (c) => popOrWait(c, false),
})

/** BLMOVE and BRPOPLPUSH: moves an element of argv[1] to argv[2], waiting for it. */
function moveOrWait(c: Call, fromHead: boolean, toHead: boolean, timeoutMs: number): void {
  const source = writeOf(c, c.argv[1], TYPE_LIST)
  if (source === REFUSED) return
  if (source !== NIL) {
    const before = c.server.dirty
    moveElement(c, source, fromHead, toHead)
    const [, from, to] = c.argv
    const [first, second] = [fromHead ? 'LEFT' : 'RIGHT', toHead ? 'LEFT' : 'RIGHT']
    if (c.isRepeated && c.server.dirty > before) c.repeatAs('LMOVE', [from, to, first, second])
    return
  }
  if (!waitFor(c, [c.argv[1]], timeoutMs)) c.reply.nil()
}

export const BLMOVE = defineCommand({
  name: 'blmove',
  usage: 'source destination <LEFT | RIGHT> <LEFT | RIGHT> timeout:double',
  summary: 'Moves an element from one end of a list to an end of another or the same, waiting for it.',
  group: 'list',
  since: '6.2.0',
  complexity: 'O(1)',
  arity: 6,
  flags: ['write', 'denyoom', 'blocking'],
  keys: MOVE,
  run(c) {
    const fromHead = endOf(c, c.argv[3])
    if (fromHead === undefined) return
    const toHead = endOf(c, c.argv[4])
    if (toHead === undefined) return
    const timeoutMs = timeoutFromSeconds(c, c.argv[5])
    if (timeoutMs !== undefined) moveOrWait(c, fromHead, toHead, timeoutMs)
  },
})

export const BRPOPLPUSH = defineCommand({
  name: 'brpoplpush',
  usage: 'source destination timeout:double',
  summary: 'Moves the last element of a list before the first one of another, waiting; BLMOVE has taken its place.',
  group: 'list',
  since: '2.2.0',
  complexity: 'O(1)',
  history: [['6.0.0', 'The timeout may have decimals.']],
  arity: 4,
  flags: ['write', 'denyoom', 'blocking'],
  keys: MOVE,
  run(c) {
    const timeoutMs = timeoutFromSeconds(c, c.argv[3])
    if (timeoutMs !== undefined) moveOrWait(c, false, true, timeoutMs)
  },
})

export const BLMPOP = defineCommand({
  name: 'blmpop',
  usage: 'timeout:double numkeys key... <LEFT | RIGHT> [COUNT count:integer]',
  summary: 'Takes elements from one end of the first of several lists that has some, waiting for them.',
  group: 'list',
  since: '7.0.0',
  complexity: 'O(N + M) in the number of keys and of elements taken',
  arity: -5,
  flags: ['write', 'blocking'],
  keys: [{ at: 2, keyNum: { at: 0, firstKey: 1, step: 1 }, access: 'rw', does: ['access', 'delete'] }],
  run(c) {
    const wanted = parseManyPop(c, 2)
    if (wanted === undefined) return
    const timeoutMs = timeoutFromSeconds(c, c.argv[1])
    if (timeoutMs === undefined || popFromFirst(c, wanted)) return
    if (!waitFor(c, wanted.keys, timeoutMs)) c.reply.nilArray()
  },
})
