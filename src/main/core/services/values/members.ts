/*
 * Members of sets and sorted sets. No command reads one by itself, and a page
 * does not carry those that are long; they are read again, when asked for,
 * where the page found them.
 */
import { createHash } from 'node:crypto'
import { fail } from '../../../../shared/contract/failure.ts'
import { type FoundMember, MEMBER_WHOLE_MAX, type Member } from '../../../../shared/contract/sets.ts'
import { type Latin1, VALUE_SIZE_MAX } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { bytesOrNull, itemsOf, textOf } from '../redis-client/replies.ts'
import type { Command } from '../redis-client/wire.ts'
import { askOne, type KeyAt, keyBytes } from './ask.ts'

/** Bytes of the beginning of a member that is too long to come whole. */
const BEGINNING = 1_024

/** A member as a page shows it; `found` says where the page has it from. */
export function memberOf(bytes: Uint8Array, found: (digest: string) => FoundMember): Member {
  if (bytes.length <= MEMBER_WHOLE_MAX) return { member: bytes.slice(), size: bytes.length }
  return { member: bytes.slice(0, BEGINNING), size: bytes.length, found: found(digestOf(bytes)) }
}

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32)

export interface ScanRequest {
  readonly cursor: string
  readonly count: number
  readonly match?: Latin1
}

/** The arguments of SSCAN and ZSCAN. */
export const scanArguments = (at: KeyAt, { cursor, count, match }: ScanRequest): Command => [
  keyBytes(at.key),
  cursor,
  ...(match === undefined || match === '*' ? [] : ['MATCH', latin1ToBytes(match)]),
  'COUNT',
  String(count),
]

export async function readMember(at: KeyAt, found: FoundMember): Promise<{ bytes: Uint8Array }> {
  const bytes = 'rank' in found ? await readAtRank(at, found.rank) : await readInScan(at, found)
  if (bytes === undefined || digestOf(bytes) !== found.digest) fail(memberMoved)
  if (bytes.length > VALUE_SIZE_MAX) {
    fail({
      code: 'TOO_LARGE',
      message: `This member has ${bytes.length} bytes, and members can only be read whole.`,
      hint: 'Read it with a client of your own.',
    })
  }
  return { bytes: bytes.slice() }
}

async function readAtRank(at: KeyAt, rank: number): Promise<Uint8Array | undefined> {
  const [member] = itemsOf(await askOne(at, ['ZRANGE', keyBytes(at.key), String(rank), String(rank)]))
  return (member && bytesOrNull(member)) ?? undefined
}

/** Where a table was resized since, what was in one page is in a few that follow each other. */
const PAGES_MAX = 8

async function readInScan(
  at: KeyAt,
  { type, digest, ...request }: Extract<FoundMember, { type: string }>,
): Promise<Uint8Array | undefined> {
  const [command, step] = type === 'set' ? ['SSCAN', 1] : ['ZSCAN', 2]
  let { cursor } = request
  for (let page = 0; page < PAGES_MAX; page++) {
    const [next, list] = itemsOf(await askOne(at, [command, ...scanArguments(at, { ...request, cursor })]))
    const items = itemsOf(list!)
    for (let i = 0; i < items.length; i += step) {
      const bytes = bytesOrNull(items[i]!)
      if (bytes && bytes.length > MEMBER_WHOLE_MAX && digestOf(bytes) === digest) return bytes
    }
    cursor = textOf(next!)
    if (cursor === '0') return undefined
  }
  return undefined
}

const memberMoved = {
  code: 'CHANGED_MEANWHILE',
  message: 'This member is no longer where it was found.',
  hint: 'It was removed, or others came in before it. Reload the key to see it where it is now.',
} as const
