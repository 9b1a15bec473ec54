/*
 * Streams by window of IDs, never whole. A range of entries can only be read
 * with all their values, so how many are asked for follows from how large the
 * ones before were; what goes on to the page is shortened.
 */
import { type Failure, FailureError, fail } from '../../../../shared/contract/failure.ts'
import type { EntryField, StreamEntry, StreamInfo, StreamPage, Trimming } from '../../../../shared/contract/streams.ts'
import type { FieldName } from '../../../../shared/contract/types.ts'
import { isError, isNull, type RespValue } from '../../../../shared/resp/value.ts'
import { bytesToLatin1 } from '../../../../shared/text/bytes.ts'
import { idAfter, idBefore, type StreamId } from '../../../../shared/text/stream-id.ts'
import { errorText } from '../redis-client/failures.ts'
import { bytesOrNull, integerOf, itemsOf, pairsOf, textOf } from '../redis-client/replies.ts'
import type { Command } from '../redis-client/wire.ts'
import { accept, askOne, failureOf, type KeyAt, keyBytes, keyMissing, send } from './ask.ts'

/** Read first to learn how large entries are: enough for a screen of most streams. */
const FIRST_READ = 20
/** Bytes of entries one page should stay near, whatever was asked for. */
const PAGE_SIZE_AIM = 1 << 20
/** Fields of one entry that go into a page; the entry by itself has all. */
const PAGE_FIELDS_MAX = 64

interface IdRange {
  readonly min?: StreamId
  readonly max?: StreamId
}

interface PageRequest extends IdRange {
  readonly order: 'down' | 'up'
  readonly count: number
  readonly valueBytes: number
}

export async function readStreamPage(at: KeyAt, request: PageRequest): Promise<StreamPage> {
  const { order, count, valueBytes } = request
  const [lengthReply, firstReply] = await send(at, [
    ['XLEN', keyBytes(at.key)],
    rangeCommand(at, request, order, Math.min(count, FIRST_READ)),
  ])
  const length = integerOf(accept(at, lengthReply!))
  if (length === 0) await mustExist(at)
  const window = await readOn(at, request, order, count, itemsOf(accept(at, firstReply!)))
  const entries = window.replies.map((reply) => shorten(entryOf(reply), valueBytes, PAGE_FIELDS_MAX))
  return { entries, next: window.next, length }
}

interface Window {
  readonly replies: readonly RespValue[]
  readonly next?: StreamId
}

/** Goes on from the `first` entries of a range until there are `count`, the range ends, or they are large enough. */
async function readOn(
  at: KeyAt,
  range: IdRange,
  order: 'down' | 'up',
  count: number,
  first: readonly RespValue[],
): Promise<Window> {
  const replies = [...first]
  let asked = Math.min(count, FIRST_READ)
  let got = first.length
  let size = sizeOf(first)
  for (;;) {
    const last = replies.at(-1)
    const next = last && got === asked ? beyond(range, order, idOf(last)) : undefined
    if (next === undefined || replies.length >= count || size >= PAGE_SIZE_AIM) return { replies, next }
    const average = Math.max(1, size / replies.length)
    asked = Math.max(1, Math.min(count - replies.length, Math.floor((PAGE_SIZE_AIM - size) / average)))
    const rest = order === 'down' ? { ...range, max: next } : { ...range, min: next }
    const more = itemsOf(await askOne(at, rangeCommand(at, rest, order, asked)))
    got = more.length
    size += sizeOf(more)
    replies.push(...more)
  }
}

/** Where a range goes on past an entry of it; undefined where it ends with that entry. */
function beyond(range: IdRange, order: 'down' | 'up', id: StreamId): StreamId | undefined {
  if (id === (order === 'down' ? range.min : range.max)) return undefined
  return order === 'down' ? idBefore(id) : idAfter(id)
}

function rangeCommand(
  at: KeyAt,
  { min = '-' as StreamId, max = '+' as StreamId }: IdRange,
  order: 'down' | 'up',
  count: number,
): Command {
  const key = keyBytes(at.key)
  return order === 'down'
    ? ['XREVRANGE', key, max, min, 'COUNT', String(count)]
    : ['XRANGE', key, min, max, 'COUNT', String(count)]
}

/** Bytes of names and values; what stands around them is not counted. */
function sizeOf(entries: readonly RespValue[]): number {
  let size = 0
  for (const entry of entries) {
    for (const item of itemsOf(itemsOf(entry)[1]!)) size += bytesOrNull(item)?.length ?? 0
  }
  return size
}

const idOf = (entry: RespValue): StreamId => textOf(itemsOf(entry)[0]!) as StreamId

function entryOf(reply: RespValue): StreamEntry {
  const [id, flat] = itemsOf(reply)
  const fields = pairsOf(flat!).map(([name, value]): EntryField => {
    const bytes = bytesOrNull(value) ?? new Uint8Array(0)
    return {
      field: bytesToLatin1(bytesOrNull(name) ?? new Uint8Array(0)) as FieldName,
      value: bytes,
      valueSize: bytes.length,
    }
  })
  return { id: textOf(id!) as StreamId, fields, fieldCount: fields.length }
}

/** Copies what is kept: a view would keep the whole reply in memory. */
const shorten = (entry: StreamEntry, valueBytes: number, fieldsMax = entry.fieldCount): StreamEntry => ({
  ...entry,
  fields: entry.fields.slice(0, fieldsMax).map((field) => ({ ...field, value: field.value.slice(0, valueBytes) })),
})

/** An empty stream and no key answer alike. */
async function mustExist(at: KeyAt): Promise<void> {
  if (integerOf(await askOne(at, ['EXISTS', keyBytes(at.key)])) === 0) fail(keyMissing)
}

export async function readStreamInfo(at: KeyAt): Promise<StreamInfo> {
  const told = new Map(
    pairsOf(await askStream(at, ['XINFO', 'STREAM', keyBytes(at.key)])).map(([name, value]) => [textOf(name), value]),
  )
  const number = (name: string): number | undefined => optional(told.get(name), integerOf)
  const id = (name: string): StreamId | undefined => optional(told.get(name), (reply) => textOf(reply) as StreamId)
  return {
    length: number('length') ?? 0,
    groups: number('groups') ?? 0,
    first: optional(told.get('first-entry'), idOf),
    last: optional(told.get('last-entry'), idOf),
    lastGenerated: id('last-generated-id') ?? ('0-0' as StreamId),
    maxDeleted: id('max-deleted-entry-id'),
    entriesAdded: number('entries-added'),
  }
}

/** What an older server does not tell, and what it tells by null. */
const optional = <T>(reply: RespValue | undefined, read: (reply: RespValue) => T): T | undefined =>
  reply === undefined || isNull(reply) ? undefined : read(reply)

/** The whole entry as the server has it, all of every value. */
async function readEntry(at: KeyAt, id: StreamId): Promise<StreamEntry> {
  const [reply] = itemsOf(await askOne(at, ['XRANGE', keyBytes(at.key), id, id, 'COUNT', '1']))
  if (reply === undefined) fail(entryMissing)
  return entryOf(reply)
}

export const readStreamEntry = async (at: KeyAt, id: StreamId, valueBytes: number): Promise<StreamEntry> =>
  shorten(await readEntry(at, id), valueBytes)

/** The server has no ranges of values: the entry is fetched here, and a range of it passed on. */
export async function readStreamValue(at: KeyAt, id: StreamId, index: number, offset: number, count: number) {
  const field = (await readEntry(at, id)).fields[index]
  if (field === undefined) fail(entryMissing)
  return { bytes: field.value.slice(offset, offset + count), offset, total: field.valueSize }
}

export async function countStreamRange(
  at: KeyAt,
  { count, ...range }: IdRange & { readonly count: number },
): Promise<{ counted: number; next?: StreamId }> {
  const first = itemsOf(await askOne(at, rangeCommand(at, range, 'up', Math.min(count, FIRST_READ))))
  const { replies, next } = await readOn(at, range, 'up', count, first)
  return { counted: replies.length, next }
}

interface NewEntry {
  readonly id: string
  readonly fields: readonly { readonly field: FieldName; readonly value: Uint8Array }[]
  readonly trim?: Trimming
}

/** XADD with all but NOMKSTREAM, which a new key must not have. */
export const addCommand = (key: Uint8Array, { id, fields, trim }: NewEntry, ...options: string[]): Command => [
  'XADD',
  key,
  ...options,
  ...(trim ? trimArguments(trim) : []),
  id,
  ...fields.flatMap(({ field, value }) => [keyBytes(field), value]),
]

export async function addStreamEntry(at: KeyAt, entry: NewEntry): Promise<{ id: StreamId }> {
  const added = await askStream(at, addCommand(keyBytes(at.key), entry, 'NOMKSTREAM'))
  if (isNull(added)) fail(keyMissing)
  return { id: textOf(added) as StreamId }
}

export async function removeStreamEntries(at: KeyAt, ids: readonly StreamId[]): Promise<{ removed: number }> {
  return { removed: integerOf(await askOne(at, ['XDEL', keyBytes(at.key), ...ids])) }
}

export async function trimStream(at: KeyAt, trim: Trimming): Promise<{ removed: number }> {
  return { removed: integerOf(await askOne(at, ['XTRIM', keyBytes(at.key), ...trimArguments(trim)])) }
}

const trimArguments = ({ by, keep, approximate }: Trimming): readonly string[] => [
  by.toUpperCase(),
  approximate ? '~' : '=',
  String(keep),
]

/** One command about a stream; the errors that only streams have are worded. */
export async function askStream(at: KeyAt, command: Command): Promise<RespValue> {
  const [reply] = await send(at, [command])
  if (!isError(reply!)) return reply!
  const detail = errorText(reply)
  const known = STREAM_ERRORS.find(([pattern]) => pattern.test(detail))?.[1]
  throw new FailureError(known ? { ...known, detail } : failureOf(at, detail))
}

const entryMissing: Failure = {
  code: 'NOT_FOUND',
  message: 'This entry is no longer in the stream.',
  hint: 'It was deleted or trimmed away since you looked.',
}

const STREAM_ERRORS: readonly (readonly [pattern: RegExp, failure: Failure])[] = [
  [
    /^NOGROUP/,
    {
      code: 'NOT_FOUND',
      message: 'This consumer group no longer exists.',
      hint: 'It, or the whole stream, was deleted since you looked.',
    },
  ],
  [
    /^BUSYGROUP/,
    { code: 'KEY_EXISTS', message: 'The stream has a group of that name already.', hint: 'Choose another name.' },
  ],
  [/^ERR (?:no such key|The XGROUP subcommand requires the key to exist)/i, keyMissing],
  [
    /^ERR The ID specified in XADD is equal or smaller/i,
    {
      code: 'COMMAND_FAILED',
      message: 'IDs of a stream only grow, and this one is not above the greatest it ever had.',
      hint: 'Use *, or a greater ID.',
    },
  ],
]
