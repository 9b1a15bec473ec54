/*
 * One key, whatever its type.
 */
import type { RequestOf } from '../../../../shared/contract/call.ts'
import { fail } from '../../../../shared/contract/failure.ts'
import type { KeyDescription, KeyTypeRow, keys } from '../../../../shared/contract/keys.ts'
import type { KeyName, KeyType } from '../../../../shared/contract/types.ts'
import { isError, isNull, type RespValue } from '../../../../shared/resp/value.ts'
import { errorText, replyFailure } from '../redis-client/failures.ts'
import { integerOf, textOf } from '../redis-client/replies.ts'
import type { Command } from '../redis-client/wire.ts'
import type { Session } from '../sessions/session.ts'
import { accept, askOne, type KeyAt, keyBytes, keyMissing, send, usageCommand } from './ask.ts'
import { guarded } from './guarded.ts'
import { fillHash } from './hashes.ts'
import { fillList } from './lists.ts'
import { fillSet } from './sets.ts'
import { addCommand } from './streams.ts'
import { fillZset } from './zsets.ts'

/** What counts the elements of a value, by its type. Types of modules have no common one. */
const LENGTH_COMMANDS: Readonly<Record<string, string>> = {
  string: 'STRLEN',
  hash: 'HLEN',
  list: 'LLEN',
  set: 'SCARD',
  zset: 'ZCARD',
  stream: 'XLEN',
}

export async function describeKey(at: KeyAt): Promise<KeyDescription> {
  const key = keyBytes(at.key)
  const replies = await send(at, [['TYPE', key], ['PTTL', key], ['OBJECT', 'ENCODING', key], usageCommand(at)])
  const type = textOf(accept(at, replies[0]!))
  if (type === 'none') return { exists: false }
  const ttlMs = integerOf(accept(at, replies[1]!))
  if (ttlMs === -2) return { exists: false }
  const length = Object.hasOwn(LENGTH_COMMANDS, type) ? (await send(at, [[LENGTH_COMMANDS[type]!, key]]))[0] : undefined
  return {
    exists: true,
    type,
    ttlMs,
    encoding: optional(replies[2]!, textOf),
    size: optional(replies[3]!, integerOf),
    length: length && optional(length, integerOf),
  }
}

/** What is nice to know but not every user may ask, and not every server has. */
const optional = <T>(reply: RespValue, read: (reply: RespValue) => T): T | undefined =>
  isError(reply) || isNull(reply) ? undefined : read(reply)

/** In the order asked. */
export async function typesOfKeys(
  at: { readonly session: Session; readonly db: number },
  keys: readonly KeyName[],
): Promise<readonly KeyTypeRow[]> {
  const replies = await send(
    at,
    keys.flatMap((name): Command[] => {
      const key = keyBytes(name)
      return [
        ['TYPE', key],
        ['PTTL', key],
      ]
    }),
  )
  return keys.map((key, i) => {
    const type: KeyType = textOf(accept(at, replies[2 * i]!))
    return { key, type, ttlMs: optional(replies[2 * i + 1]!, integerOf) }
  })
}

export async function expireKey(at: KeyAt, ttlMs: number): Promise<{ done: boolean }> {
  return { done: integerOf(await askOne(at, ['PEXPIRE', keyBytes(at.key), String(ttlMs)])) === 1 }
}

/** `done: false`: there is no such key, or it never expires. */
export async function persistKey(at: KeyAt): Promise<{ done: boolean }> {
  return { done: integerOf(await askOne(at, ['PERSIST', keyBytes(at.key)])) === 1 }
}

export async function renameKey(at: KeyAt, to: KeyName, overwrite: boolean): Promise<{ done: boolean }> {
  // RENAMENX answers 0 for a key renamed to itself, as if the name were taken by another.
  if (to === at.key) return { done: true }
  const command = overwrite ? 'RENAME' : 'RENAMENX'
  const [reply] = await send(at, [[command, keyBytes(at.key), keyBytes(to)]])
  if (isError(reply!) && /^ERR no such key/i.test(errorText(reply))) fail(keyMissing)
  const answer = accept(at, reply!)
  if (!overwrite && integerOf(answer) === 0) fail(keyExists)
  return { done: true }
}

export async function removeKeys(
  at: { readonly session: Session; readonly db: number },
  keys: readonly KeyName[],
): Promise<{ removed: number }> {
  // Keys of one command must share a slot in a cluster; apart, each may lie where it likes.
  const batches = at.session.info.mode === 'cluster' ? keys.map((key) => [key]) : [keys]
  const remove = (command: string) =>
    send(
      at,
      batches.map((batch) => [command, ...batch.map(keyBytes)]),
    )
  let replies = await remove('UNLINK')
  // Servers before 4.0 free the memory at once.
  if (replies.every(isUnknownCommand)) replies = await remove('DEL')
  return { removed: replies.reduce((sum, reply) => sum + integerOf(accept(at, reply)), 0) }
}

const isUnknownCommand = (reply: RespValue): boolean =>
  isError(reply) && replyFailure(errorText(reply)).code === 'UNSUPPORTED'

export type NewValue = RequestOf<(typeof keys)['keys.create']>['value']

/** Never overwrites. */
export async function createKey(at: KeyAt, value: NewValue, ttlMs: number | undefined): Promise<KeyDescription> {
  const key = keyBytes(at.key)
  if (value.type === 'string') {
    const expiry = ttlMs === undefined ? [] : ['PX', String(ttlMs)]
    if (isNull(await askOne(at, ['SET', key, value.bytes, 'NX', ...expiry]))) fail(keyExists)
  } else {
    await guarded(at, {
      look: [['EXISTS', key]],
      write: ([exists]) => {
        if (integerOf(exists!) !== 0) fail(keyExists)
        const expiry: Command[] = ttlMs === undefined ? [] : [['PEXPIRE', key, String(ttlMs)]]
        return [fillCommand(key, value), ...expiry]
      },
    })
  }
  return describeKey(at)
}

/** Adds to a value that is there: send it only where none is. */
function fillCommand(key: Uint8Array, value: Exclude<NewValue, { type: 'string' }>): Command {
  switch (value.type) {
    case 'hash':
      return fillHash(key, value)
    case 'list':
      return fillList(key, value)
    case 'set':
      return fillSet(key, value)
    case 'zset':
      return fillZset(key, value)
    case 'stream':
      return addCommand(key, value)
  }
}

const keyExists = {
  code: 'KEY_EXISTS',
  message: 'There is a key of that name already. Nothing was overwritten.',
  hint: 'Choose another name, or delete that key first.',
} as const
