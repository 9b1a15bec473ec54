/*
 * Lists by window, never whole, and changed only where the element that was
 * meant still stands.
 *
 * No command removes an element by its index, or inserts beside one: LREM and
 * LINSERT go by value, and a list may hold one value many times. Inside of the
 * transaction the element is therefore first replaced by random bytes that
 * nothing else in the list can be, and those are what LREM or LINSERT is told.
 * Nobody sees them, for the transaction ends without them.
 */
import { randomBytes } from 'node:crypto'
import { type Failure, FailureError, fail } from '../../../../shared/contract/failure.ts'
import type { ListElement, ListEnd, ListFindings, NewList } from '../../../../shared/contract/lists.ts'
import type { Page } from '../../../../shared/contract/types.ts'
import type { RespValue } from '../../../../shared/resp/value.ts'
import { bytesToLatin1 } from '../../../../shared/text/bytes.ts'
import { compileGlob } from '../../../../shared/text/glob.ts'
import { bytesOrNull, integerOf, itemsOf } from '../redis-client/replies.ts'
import type { Command } from '../redis-client/wire.ts'
import { accept, askOne, type KeyAt, keyBytes, keyMissing, send } from './ask.ts'
import { guarded } from './guarded.ts'
import { digestOf } from './members.ts'

interface WindowRequest {
  readonly from: ListEnd
  /** From that end. */
  readonly offset: number
  readonly count: number
  readonly valueBytes: number
}

interface ElementRequest {
  readonly index: number
  readonly digest: string
}

export async function readListWindow(at: KeyAt, request: WindowRequest): Promise<Page<ListElement>> {
  const { total, items } = await readRange(at, request)
  const rows = items.map((bytes, i) => elementOf(bytes, indexAt(request.from, request.offset + i), request.valueBytes))
  return { rows, offset: request.offset, total }
}

interface Range {
  readonly total: number
  /** In the order asked for. */
  readonly items: readonly Uint8Array[]
}

async function readRange(at: KeyAt, { from, offset, count }: Omit<WindowRequest, 'valueBytes'>): Promise<Range> {
  const key = keyBytes(at.key)
  const ends = from === 'head' ? [offset, offset + count - 1] : [-offset - count, -offset - 1]
  const [lengthReply, rangeReply] = await send(at, [
    ['LLEN', key],
    ['LRANGE', key, ...ends.map(String)],
  ])
  const total = integerOf(accept(at, lengthReply!))
  if (total === 0) fail(keyMissing)
  const items = itemsOf(accept(at, rangeReply!)).map(bytesOf)
  return { total, items: from === 'head' ? items : items.reverse() }
}

const indexAt = (from: ListEnd, offset: number): number => (from === 'head' ? offset : -offset - 1)

const bytesOf = (reply: RespValue): Uint8Array => bytesOrNull(reply) ?? new Uint8Array(0)

const elementOf = (bytes: Uint8Array, index: number, valueBytes: number): ListElement => ({
  index,
  value: bytes.slice(0, valueBytes),
  size: bytes.length,
  digest: digestOf(bytes),
})

/** One call of a search ends after this, so that progress is told and it can be cancelled. */
const SEARCH_TURN_MS = 150
const FOUND_MAX = 200
/** Bytes that one LRANGE of a search should bring. */
const SEARCH_SIZE_AIM = 512 << 10
const SEARCH_COUNT_MAX = 5_000

interface SearchRequest {
  readonly from: ListEnd
  readonly offset: number
  readonly match: string
  readonly valueBytes: number
}

export async function searchList(at: KeyAt, request: SearchRequest): Promise<ListFindings> {
  const { from, offset: start, valueBytes } = request
  const matches = compileGlob(request.match)
  const rows: ListElement[] = []
  const until = performance.now() + SEARCH_TURN_MS
  let offset = start
  // Elements may be large: how many come at once is learnt from those that came.
  let count = 100
  for (;;) {
    const { total, items } = await readRange(at, { from, offset, count })
    for (const [i, bytes] of items.entries()) {
      if (matches(bytesToLatin1(bytes))) rows.push(elementOf(bytes, indexAt(from, offset + i), valueBytes))
    }
    offset += items.length
    const isDone = items.length === 0 || offset >= total
    if (isDone || rows.length >= FOUND_MAX || performance.now() >= until) {
      return { rows, next: isDone ? null : offset, looked: offset - start, length: total }
    }
    const size = items.reduce((sum, { length }) => sum + length, 0)
    const averageSize = Math.max(1, size / items.length)
    count = Math.max(1, Math.min(SEARCH_COUNT_MAX, 2 * count, Math.floor(SEARCH_SIZE_AIM / averageSize)))
  }
}

export async function readListElement(at: KeyAt, { index, digest }: ElementRequest): Promise<{ bytes: Uint8Array }> {
  const found = bytesOrNull(await askOne(at, ['LINDEX', keyBytes(at.key), String(index)]))
  if (found === null || digestOf(found) !== digest) throw await elementMoved(at, index, digest, found)
  return { bytes: found }
}

export async function pushToList(at: KeyAt, end: ListEnd, value: Uint8Array): Promise<{ length: number }> {
  const length = integerOf(await askOne(at, [end === 'head' ? 'LPUSHX' : 'RPUSHX', keyBytes(at.key), value]))
  if (length === 0) fail(keyMissing)
  return { length }
}

interface ElementWrite {
  readonly expected: Uint8Array
  readonly index: number
  readonly value: Uint8Array
}

export async function setListElement(at: KeyAt, { index, expected, value }: ElementWrite) {
  const key = keyBytes(at.key)
  await changeElement(at, { index, digest: digestOf(expected) }, () => [['LSET', key, String(index), value]])
  return { digest: digestOf(value) }
}

export function removeListElement(at: KeyAt, element: ElementRequest): Promise<Record<string, never>> {
  const key = keyBytes(at.key)
  return changeElement(at, element, ({ length, place }) => {
    if (place === 0) return [['LPOP', key]]
    if (place === length - 1) return [['RPOP', key]]
    const mark = randomMark()
    // LREM begins at the end that is nearer.
    return [
      ['LSET', key, String(place), mark],
      ['LREM', key, place < length / 2 ? '1' : '-1', mark],
    ]
  })
}

interface ElementInsert extends ElementRequest {
  readonly side: 'before' | 'after'
  readonly value: Uint8Array
}

export function insertIntoList(at: KeyAt, { side, value, ...element }: ElementInsert): Promise<Record<string, never>> {
  const key = keyBytes(at.key)
  return changeElement(at, element, ({ length, place, found }) => {
    if (place === 0 && side === 'before') return [['LPUSH', key, value]]
    if (place === length - 1 && side === 'after') return [['RPUSH', key, value]]
    const mark = randomMark()
    return [
      ['LSET', key, String(place), mark],
      ['LINSERT', key, side.toUpperCase(), mark, value],
      ['LSET', key, String(side === 'before' ? place + 1 : place), found],
    ]
  })
}

const randomMark = (): Uint8Array => new Uint8Array(randomBytes(24))

interface Standing {
  readonly length: number
  /** The index, counted from the head. */
  readonly place: number
  readonly found: Uint8Array
}

/** Writes if the element meant stands at its index. */
async function changeElement(
  at: KeyAt,
  { index, digest }: ElementRequest,
  write: (standing: Standing) => readonly Command[],
): Promise<Record<string, never>> {
  const key = keyBytes(at.key)
  let standing: Uint8Array | null = null
  try {
    await guarded(at, {
      look: [
        ['LLEN', key],
        ['LINDEX', key, String(index)],
      ],
      write: ([lengthReply, foundReply]) => {
        const length = integerOf(lengthReply!)
        if (length === 0) fail(keyMissing)
        standing = bytesOrNull(foundReply!)
        if (standing === null || digestOf(standing) !== digest) fail(anotherStandsThere)
        return write({ length, place: index < 0 ? length + index : index, found: standing })
      },
    })
    return {}
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure !== anotherStandsThere) throw error
    throw await elementMoved(at, index, digest, standing)
  }
}

const anotherStandsThere: Failure = {
  code: 'CHANGED_MEANWHILE',
  message: 'Another element stands there by now. Nothing was written.',
}

/** So far from its index an element is looked for that no longer stands there. */
const NEIGHBOURS = 100
/** Beside elements larger than this nothing is read for the sake of a better message. */
const NEIGHBOUR_SIZE_MAX = 16 << 10

/** What changed meanwhile: where the element is now that stood at `index`. */
async function elementMoved(
  at: KeyAt,
  index: number,
  digest: string,
  standing: Uint8Array | null,
): Promise<FailureError> {
  const where = index < 0 ? `${index} (from the tail)` : String(index)
  const message =
    standing === null
      ? `The list is too short by now to have an index ${where}. Nothing was written.`
      : `Another element stands at index ${where} by now. Nothing was written.`
  const near = (standing?.length ?? 0) > NEIGHBOUR_SIZE_MAX ? undefined : await findNear(at, index, digest)
  const hint =
    near === undefined
      ? 'Reload the list to see where yours is, if it is still there.'
      : `The one you meant stands at index ${near} now. Reload the list to go on there.`
  return new FailureError({ ...anotherStandsThere, message, hint })
}

async function findNear(at: KeyAt, index: number, digest: string): Promise<number | undefined> {
  const isFromHead = index >= 0
  const start = isFromHead ? Math.max(0, index - NEIGHBOURS) : index - NEIGHBOURS
  const end = isFromHead ? index + NEIGHBOURS : Math.min(-1, index + NEIGHBOURS)
  const key = keyBytes(at.key)
  const [lengthReply, rangeReply] = await send(at, [
    ['LLEN', key],
    ['LRANGE', key, String(start), String(end)],
  ])
  const length = integerOf(accept(at, lengthReply!))
  const items = itemsOf(accept(at, rangeReply!)).map(bytesOf)
  // A window that begins before the head is cut there by the server.
  const first = isFromHead ? start : Math.max(start, -length)
  const found = items.flatMap((bytes, i) => (digestOf(bytes) === digest ? [first + i] : []))
  return found.toSorted((a, b) => Math.abs(a - index) - Math.abs(b - index))[0]
}

/** RPUSH of all elements of a new list. */
export const fillList = (key: Uint8Array, { values }: NewList): Command => ['RPUSH', key, ...values]
