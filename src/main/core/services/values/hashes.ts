/*
 * Hashes by cursor, never whole: a page of a million fields costs what its rows
 * cost, and a value of a megabyte is not fetched to fill a table cell.
 */
import { FailureError, fail } from '../../../../shared/contract/failure.ts'
import type { HashField, HashPage, NewHash } from '../../../../shared/contract/hashes.ts'
import { type FieldName, VALUE_SIZE_MAX } from '../../../../shared/contract/types.ts'
import { isError, type RespValue } from '../../../../shared/resp/value.ts'
import { bytesEqual, bytesToLatin1, latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { errorText } from '../redis-client/failures.ts'
import { bytesOrNull, integerOf, itemsOf, textOf } from '../redis-client/replies.ts'
import type { Command } from '../redis-client/wire.ts'
import type { Session } from '../sessions/session.ts'
import { accept, askOne, changedMeanwhile, type KeyAt, keyBytes, keyMissing, send, usageCommand } from './ask.ts'
import { fieldExpiryFailure, fieldExpiryLack, hasFieldExpiry } from './field-expiry.ts'
import { guarded } from './guarded.ts'

/** A hash of so many bytes in all may come with its values: no page of it can be larger. */
const SMALL_HASH_SIZE = 1 << 20
/** Bytes of values a page should stay near where the server cannot leave them out. */
const PAGE_SIZE_AIM = 1 << 20
/** Values longer than this are not fetched for a table where they can be left out; their size is shown. */
const CELL_VALUE_MAX = 64 << 10

/** Servers whose HSCAN does not know NOVALUES (Redis before 7.4, Valkey before 8.0). */
const withoutNoValues = new WeakSet<Session>()

interface PageRequest {
  readonly cursor: string
  readonly count: number
  readonly match?: string
  readonly valueBytes: number
}

export async function readHashPage(at: KeyAt, request: PageRequest): Promise<HashPage> {
  const key = keyBytes(at.key)
  const [lengthReply, sizeReply] = await send(at, [['HLEN', key], usageCommand(at)])
  const length = integerOf(accept(at, lengthReply!))
  if (length === 0) fail(keyMissing)
  // Without the right to ask for its size, a hash counts as large.
  const size = sizeReply!.type === 'integer' ? Number(sizeReply.value) : undefined
  const found =
    size !== undefined && size <= SMALL_HASH_SIZE
      ? await scanWithValues(at, request, request.count)
      : await scanLarge(at, request, size === undefined ? undefined : size / length)
  const { ttls, fieldExpiry } = await fieldTtls(at, found.fields)
  const fields = found.fields.map((field, i) => ({ ...field, ttlMs: ttls?.[i] }))
  return { fields, cursor: found.cursor, length, fieldExpiry }
}

interface Found {
  readonly fields: readonly HashField[]
  readonly cursor: string
}

async function scanLarge(at: KeyAt, request: PageRequest, averageSize: number | undefined): Promise<Found> {
  if (!withoutNoValues.has(at.session)) {
    const [reply] = await send(at, [scanCommand(at, request, request.count, 'NOVALUES')])
    if (!isError(reply!)) return withCellValues(at, request, itemsOf(reply!))
    if (!/^ERR syntax error/i.test(errorText(reply))) accept(at, reply)
    withoutNoValues.add(at.session)
  }
  const fitting = Math.floor(PAGE_SIZE_AIM / (averageSize ?? PAGE_SIZE_AIM / 100))
  return scanWithValues(at, request, Math.max(1, Math.min(request.count, fitting)))
}

function scanCommand(at: KeyAt, { cursor, match }: PageRequest, count: number, ...options: string[]): Command {
  const matching = match === undefined || match === '*' ? [] : ['MATCH', latin1ToBytes(match)]
  return ['HSCAN', keyBytes(at.key), cursor, ...matching, 'COUNT', String(count), ...options]
}

async function scanWithValues(at: KeyAt, request: PageRequest, count: number): Promise<Found> {
  const [cursor, list] = itemsOf(await askOne(at, scanCommand(at, request, count)))
  const items = itemsOf(list!)
  const fields: HashField[] = []
  for (let i = 0; i + 1 < items.length; i += 2) {
    const value = bytesOrNull(items[i + 1]!) ?? new Uint8Array(0)
    fields.push({ field: nameOf(items[i]!), value: value.slice(0, request.valueBytes), valueSize: value.length })
  }
  return { fields, cursor: textOf(cursor!) }
}

/** Fetches the values of the fields found that are not too long for a cell. */
async function withCellValues(at: KeyAt, { valueBytes }: PageRequest, reply: readonly RespValue[]): Promise<Found> {
  const key = keyBytes(at.key)
  const names = itemsOf(reply[1]!).map(nameOf)
  const sizes = (
    await send(
      at,
      names.map((name) => ['HSTRLEN', key, keyBytes(name)]),
    )
  ).map((size) => integerOf(accept(at, size)))
  const short = names.filter((_, i) => sizes[i]! <= CELL_VALUE_MAX)
  const values = new Map<FieldName, Uint8Array>()
  if (short.length > 0) {
    const replies = itemsOf(await askOne(at, ['HMGET', key, ...short.map(keyBytes)]))
    for (const [i, name] of short.entries()) values.set(name, bytesOrNull(replies[i]!) ?? new Uint8Array(0))
  }
  const fields = names.map((field, i): HashField => {
    const value = values.get(field)
    return {
      field,
      value: value?.slice(0, valueBytes) ?? new Uint8Array(0),
      valueSize: value?.length ?? sizes[i]!,
    }
  })
  return { fields, cursor: textOf(reply[0]!) }
}

const nameOf = (reply: RespValue): FieldName => bytesToLatin1(bytesOrNull(reply) ?? new Uint8Array(0)) as FieldName

interface FieldTtls {
  readonly ttls?: readonly number[]
  readonly fieldExpiry: HashPage['fieldExpiry']
}

async function fieldTtls(at: KeyAt, fields: readonly HashField[]): Promise<FieldTtls> {
  const lack = fieldExpiryLack(at.session)
  if (lack) return { fieldExpiry: { supported: false, why: `${lack.message} ${lack.hint}` } }
  if (fields.length === 0) return { fieldExpiry: { supported: true } }
  const names = fields.map(({ field }) => keyBytes(field))
  const [reply] = await send(at, [['HPTTL', keyBytes(at.key), 'FIELDS', String(names.length), ...names]])
  const failure = fieldExpiryFailure(at, reply!)
  if (failure) return { fieldExpiry: { supported: false, why: [failure.message, failure.hint].join(' ') } }
  return { ttls: itemsOf(reply!).map(integerOf), fieldExpiry: { supported: true } }
}

/** A range of one value. The server has no ranges of fields: the whole of it is fetched here, and a range passed on. */
export async function readHashField(at: KeyAt, field: FieldName, offset: number, count: number) {
  const key = keyBytes(at.key)
  const name = keyBytes(field)
  const total = integerOf(await askOne(at, ['HSTRLEN', key, name]))
  if (total > VALUE_SIZE_MAX) {
    fail({
      code: 'TOO_LARGE',
      message: `This value has ${total} bytes, and a hash's values can only be read whole.`,
      hint: 'Read it with a client of your own, or keep such values in strings.',
    })
  }
  const value = bytesOrNull(await askOne(at, ['HGET', key, name]))
  if (value === null) fail(fieldMissing)
  return { bytes: value.slice(offset, offset + count), offset, total: value.length }
}

interface FieldWrite {
  readonly field: FieldName
  readonly value: Uint8Array
  readonly expected?: Uint8Array
  readonly create: boolean
}

export async function writeHashField(at: KeyAt, write: FieldWrite): Promise<{ added: boolean }> {
  const key = keyBytes(at.key)
  const name = keyBytes(write.field)
  // HSET takes a field's time to live away; where fields can have one it is put back, to the millisecond.
  const keepsExpiry = !write.create && (await canFieldsExpire(at, name))
  const replies = await guarded(at, {
    look: [
      ['EXISTS', key],
      ['HEXISTS', key, name],
      ...(write.expected === undefined ? [] : [['HGET', key, name]]),
      ...(keepsExpiry ? [['HPEXPIRETIME', key, 'FIELDS', '1', name]] : []),
    ],
    write: (seen) => {
      const [exists, hasField, value] = seen
      if (integerOf(exists!) === 0) fail(keyMissing)
      const isThere = integerOf(hasField!) === 1
      if (write.create && isThere) fail(fieldExists)
      if (write.expected !== undefined) {
        if (!isThere) fail({ ...fieldMissing, message: `${fieldMissing.message} Nothing was written.` })
        if (!bytesEqual(bytesOrNull(value!) ?? new Uint8Array(0), write.expected)) fail(changedMeanwhile)
      }
      const at = keepsExpiry ? integerOf(itemsOf(seen.at(-1)!)[0] ?? NEVER) : -1
      const restore: Command[] = at > 0 ? [['HPEXPIREAT', key, String(at), 'FIELDS', '1', name]] : []
      return [['HSET', key, name, write.value], ...restore]
    },
  })
  return { added: integerOf(replies[0]!) === 1 }
}

async function canFieldsExpire(at: KeyAt, name: Uint8Array): Promise<boolean> {
  if (fieldExpiryLack(at.session)) return false
  if (hasFieldExpiry(at.session)) return true
  const [reply] = await send(at, [['HPEXPIRETIME', keyBytes(at.key), 'FIELDS', '1', name]])
  return fieldExpiryFailure(at, reply!) === undefined
}

const NEVER: RespValue = { type: 'integer', value: -1 }

export async function removeHashFields(at: KeyAt, fields: readonly FieldName[]): Promise<{ removed: number }> {
  return { removed: integerOf(await askOne(at, ['HDEL', keyBytes(at.key), ...fields.map(keyBytes)])) }
}

export const expireHashField = (at: KeyAt, field: FieldName, ttlMs: number): Promise<{ done: boolean }> =>
  changeExpiry(at, ['HPEXPIRE', keyBytes(at.key), String(ttlMs), 'FIELDS', '1', keyBytes(field)])

/** `done: false`: there is no such field, or it never expires. */
export const persistHashField = (at: KeyAt, field: FieldName): Promise<{ done: boolean }> =>
  changeExpiry(at, ['HPERSIST', keyBytes(at.key), 'FIELDS', '1', keyBytes(field)])

async function changeExpiry(at: KeyAt, command: Command): Promise<{ done: boolean }> {
  const lack = fieldExpiryLack(at.session)
  if (lack) fail(lack)
  const [reply] = await send(at, [command])
  const failure = fieldExpiryFailure(at, reply!)
  if (failure) throw new FailureError(failure)
  const [outcome] = itemsOf(reply!)
  return { done: outcome !== undefined && integerOf(outcome) === 1 }
}

/** HSET of all fields of a new hash. */
export const fillHash = (key: Uint8Array, { fields }: NewHash): Command => [
  'HSET',
  key,
  ...fields.flatMap(({ field, value }) => [keyBytes(field), value]),
]

const fieldMissing = {
  code: 'KEY_MISSING',
  message: 'This field no longer exists.',
  hint: 'It expired or was deleted since you looked.',
} as const

const fieldExists = {
  code: 'KEY_EXISTS',
  message: 'The hash has a field of that name already. Nothing was overwritten.',
  hint: 'Edit that field instead.',
} as const
