/*
 * Commands that move an element from one list to another, or take elements from
 * the first of several lists that has some. Their waiting forms are in
 * list-blocking.ts.
 */
import { isInt64, parseExact } from '../base/integer-text.ts'
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand, type KeySpec } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { REFUSED, writeOf } from '../exec/lookup.ts'
import { TYPE_LIST } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { listCreate, listEnd, listExpect, listHasRoom, listPop, listPush } from '../types/list.ts'
import { elementsTaken, popMany } from './list.ts'

const NUMKEYS_NOT_POSITIVE = errorLine('ERR numkeys should be greater than 0')
const COUNT_NOT_POSITIVE = errorLine('ERR count should be greater than 0')

/** The keys of a command that moves an element. */
export const MOVE: readonly KeySpec[] = [
  { at: 1, access: 'rw', does: ['access', 'delete'] },
  { at: 2, access: 'rw', does: 'insert' },
]

const found = new Slice()

/** Whether an argument names the left end; undefined, having refused, when it names none. */
export function endOf(c: Call, arg: Slice): boolean | undefined {
  if (arg.is('left')) return true
  if (arg.is('right')) return false
  c.reply.error(Err.syntax)
  return undefined
}

/** LMOVE once its source, argv[1], is known: moves an element to argv[2] and answers it. */
export function moveElement(c: Call, source: Ref, fromHead: boolean, toHead: boolean): void {
  const { db, argv, reply } = c
  const [, from, to] = argv
  const target = writeOf(c, to, TYPE_LIST)
  if (target === REFUSED) return
  const text = listEnd(db, source, fromHead, found).copy()
  const isMoved =
    listHasRoom(db, 1, text.size) && (target === source ? rotate : pushTo)(c, target, text, fromHead, toHead)
  if (!isMoved) return reply.error(Err.arenaFull)
  c.changed('l', toHead ? 'lpush' : 'rpush', to, 0)
  reply.bulk(text)
  const rest = db.peek(from)
  if (target !== source) listPop(db, rest, fromHead)
  elementsTaken(c, from, rest, fromHead, 1)
}

/** Adds an element to the target, made if there is none; false when memory is exhausted, nothing changed. */
function pushTo(c: Call, target: Ref, text: Slice, _fromHead: boolean, toHead: boolean): boolean {
  const { db, argv } = c
  const list = target === NIL ? listCreate(db, argv[2]) : target
  if (list === NIL) return false
  if (listExpect(db, list, 1, announcedSize(text)) && listPush(db, list, text, toHead)) return true
  if (target === NIL) db.remove(argv[2])
  return false
}

/** Moves an element from one end of a list to an end of the same. */
function rotate(c: Call, list: Ref, text: Slice, fromHead: boolean, toHead: boolean): boolean {
  const { db } = c
  listPop(db, list, fromHead)
  if (listExpect(db, list, 1, announcedSize(text)) && listPush(db, list, text, toHead)) return true
  listPush(db, list, text, fromHead)
  return false
}

/** What a moved element counts before it is added: real servers hand integers on as integers, which have no text. */
function announcedSize(text: Slice): number {
  return isInt64(text) ? 0 : text.size
}

export const LMOVE = defineCommand({
  name: 'lmove',
  usage: 'source destination <LEFT | RIGHT> <LEFT | RIGHT>',
  summary: 'Moves an element from one end of a list to an end of another or the same.',
  group: 'list',
  since: '6.2.0',
  complexity: 'O(1)',
  arity: 5,
  flags: ['write', 'denyoom'],
  keys: MOVE,
  run(c) {
    const fromHead = endOf(c, c.argv[3])
    if (fromHead === undefined) return
    const toHead = endOf(c, c.argv[4])
    if (toHead === undefined) return
    moveIfThere(c, fromHead, toHead)
  },
})

export const RPOPLPUSH = defineCommand({
  name: 'rpoplpush',
  usage: 'source destination',
  summary: 'Moves the last element of a list before the first one of another; LMOVE has taken its place.',
  group: 'list',
  since: '1.2.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['write', 'denyoom'],
  keys: MOVE,
  run: (c) => moveIfThere(c, false, true),
})

function moveIfThere(c: Call, fromHead: boolean, toHead: boolean): void {
  const source = writeOf(c, c.argv[1], TYPE_LIST)
  if (source === REFUSED) return
  if (source === NIL) return c.reply.nil()
  moveElement(c, source, fromHead, toHead)
}

/** From which lists how much is taken. */
export interface ManyPop {
  readonly keys: readonly Slice[]
  readonly atHead: boolean
  readonly count: number
}

/** `numkeys key... LEFT|RIGHT [COUNT count]` from argv[at] on; undefined, having refused. */
export function parseManyPop(c: Call, at: number): ManyPop | undefined {
  const { argv, argc, reply } = c
  const refuse = (line: Uint8Array): undefined => {
    reply.error(line)
    return undefined
  }
  const keyCount = Number(parseExact(argv[at]) ?? 0)
  if (keyCount < 1) return refuse(NUMKEYS_NOT_POSITIVE)
  const end = at + 1 + keyCount
  if (end >= argc) return refuse(Err.syntax)
  const atHead = endOf(c, argv[end])
  if (atHead === undefined) return undefined
  let count = 0
  for (let i = end + 1; i < argc; i += 2) {
    if (count > 0 || !argv[i].is('count') || i + 1 >= argc) return refuse(Err.syntax)
    count = Number(parseExact(argv[i + 1]) ?? 0)
    if (count < 1) return refuse(COUNT_NOT_POSITIVE)
  }
  return { keys: argv.slice(at + 1, end), atHead, count: Math.max(count, 1) }
}

/** Takes elements from the first of the lists that there is, and answers its name with them; false: there is none. */
export function popFromFirst(c: Call, { keys, atHead, count }: ManyPop): boolean {
  for (const key of keys) {
    const list = writeOf(c, key, TYPE_LIST)
    if (list === REFUSED) return true
    if (list === NIL) continue
    c.reply.array(2)
    c.reply.bulk(key)
    popMany(c, key, list, atHead, count)
    if (c.isRepeated) c.repeatAs(atHead ? 'LPOP' : 'RPOP', [key, count])
    return true
  }
  return false
}

export const LMPOP = defineCommand({
  name: 'lmpop',
  usage: 'numkeys key... <LEFT | RIGHT> [COUNT count:integer]',
  summary: 'Takes elements from one end of the first of several lists that has some.',
  group: 'list',
  since: '7.0.0',
  complexity: 'O(N + M) in the number of keys and of elements taken',
  arity: -4,
  flags: ['write'],
  keys: [{ at: 1, keyNum: { at: 0, firstKey: 1, step: 1 }, access: 'rw', does: ['access', 'delete'] }],
  run(c) {
    const wanted = parseManyPop(c, 1)
    if (wanted !== undefined && !popFromFirst(c, wanted)) c.reply.nilArray()
  },
})
