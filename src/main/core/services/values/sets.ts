/*
 * Sets by cursor, never whole.
 */
import { fail } from '../../../../shared/contract/failure.ts'
import type { Member, MemberPage, NewSet } from '../../../../shared/contract/sets.ts'
import { bytesEqual } from '../../../../shared/text/bytes.ts'
import { bytesOrNull, integerOf, itemsOf, textOf } from '../redis-client/replies.ts'
import type { Command } from '../redis-client/wire.ts'
import { accept, askOne, type KeyAt, keyBytes, keyMissing, send } from './ask.ts'
import { guarded } from './guarded.ts'
import { memberOf, type ScanRequest, scanArguments } from './members.ts'

export async function readSetPage(at: KeyAt, request: ScanRequest): Promise<MemberPage<Member>> {
  const [lengthReply, scanReply] = await send(at, [
    ['SCARD', keyBytes(at.key)],
    ['SSCAN', ...scanArguments(at, request)],
  ])
  const length = integerOf(accept(at, lengthReply!))
  if (length === 0) fail(keyMissing)
  const [cursor, found] = itemsOf(accept(at, scanReply!))
  const members = itemsOf(found!).map((item) =>
    memberOf(bytesOrNull(item) ?? new Uint8Array(0), (digest) => ({ type: 'set', digest, ...request })),
  )
  return { members, cursor: textOf(cursor!), length, looked: Math.max(request.count, members.length) }
}

export async function addSetMember(at: KeyAt, member: Uint8Array): Promise<{ added: boolean }> {
  const key = keyBytes(at.key)
  const [added] = await guarded(at, {
    look: [
      ['EXISTS', key],
      ['SISMEMBER', key, member],
    ],
    write: ([exists]) => {
      if (integerOf(exists!) === 0) fail(keyMissing)
      return [['SADD', key, member]]
    },
  })
  return { added: integerOf(added!) === 1 }
}

export async function renameSetMember(at: KeyAt, from: Uint8Array, to: Uint8Array): Promise<Record<string, never>> {
  if (bytesEqual(from, to)) return {}
  const key = keyBytes(at.key)
  await guarded(at, {
    look: [
      ['SISMEMBER', key, from],
      ['SISMEMBER', key, to],
    ],
    write: ([isMember, isTaken]) => {
      if (integerOf(isMember!) === 0) fail(memberMissing)
      if (integerOf(isTaken!) === 1) fail(memberExists)
      // In this order: a set is gone with its last member, and its time to live with it.
      return [
        ['SADD', key, to],
        ['SREM', key, from],
      ]
    },
  })
  return {}
}

export async function removeSetMembers(at: KeyAt, members: readonly Uint8Array[]): Promise<{ removed: number }> {
  return { removed: integerOf(await askOne(at, ['SREM', keyBytes(at.key), ...members])) }
}

/** SADD of all members of a new set. */
export const fillSet = (key: Uint8Array, { members }: NewSet): Command => ['SADD', key, ...members]

export const memberMissing = {
  code: 'KEY_MISSING',
  message: 'This member no longer exists. Nothing was written.',
  hint: 'It was removed since you looked, or the whole key was.',
} as const

export const memberExists = {
  code: 'KEY_EXISTS',
  message: 'There is a member of that name already. Nothing was written.',
  hint: 'A member is there once or not at all: choose another name, or delete that one first.',
} as const
