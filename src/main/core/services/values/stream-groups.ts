/*
 * Consumer groups of a stream, looked at from outside: nothing here reads as a
 * consumer, so nothing is delivered by being looked at.
 */
import type { PendingEntry, StreamConsumer, StreamGroup } from '../../../../shared/contract/streams.ts'
import type { Latin1 } from '../../../../shared/contract/types.ts'
import { isNull, type RespValue } from '../../../../shared/resp/value.ts'
import { bytesToLatin1 } from '../../../../shared/text/bytes.ts'
import { idAfter, type StreamId } from '../../../../shared/text/stream-id.ts'
import { bytesOrNull, integerOf, itemsOf, pairsOf, textOf } from '../redis-client/replies.ts'
import { type KeyAt, keyBytes } from './ask.ts'
import { askStream } from './streams.ts'

/** A group of the stream. */
export interface GroupAt extends KeyAt {
  readonly group: Latin1
}

type Told = ReadonlyMap<string, RespValue>

const toldOf = (reply: RespValue): Told => new Map(pairsOf(reply).map(([name, value]) => [textOf(name), value]))
const nameOf = (reply: RespValue | undefined): Latin1 =>
  bytesToLatin1((reply && bytesOrNull(reply)) ?? new Uint8Array(0)) as Latin1
const countOf = (told: Told, name: string): number => (told.has(name) ? integerOf(told.get(name)!) : 0)

/** Absent where the server is too old to tell it, null where it does not know. */
function knowable(told: Told, name: string): number | null | undefined {
  const reply = told.get(name)
  return reply === undefined ? undefined : isNull(reply) ? null : integerOf(reply)
}

export async function readStreamGroups(at: KeyAt): Promise<readonly StreamGroup[]> {
  return itemsOf(await askStream(at, ['XINFO', 'GROUPS', keyBytes(at.key)])).map((reply) => {
    const told = toldOf(reply)
    return {
      name: nameOf(told.get('name')),
      consumers: countOf(told, 'consumers'),
      pending: countOf(told, 'pending'),
      lastDelivered: textOf(told.get('last-delivered-id')!) as StreamId,
      entriesRead: knowable(told, 'entries-read'),
      lag: knowable(told, 'lag'),
    }
  })
}

export async function readStreamConsumers(at: GroupAt): Promise<readonly StreamConsumer[]> {
  const reply = await askStream(at, ['XINFO', 'CONSUMERS', keyBytes(at.key), keyBytes(at.group)])
  return itemsOf(reply).map((consumer) => {
    const told = toldOf(consumer)
    const inactive = knowable(told, 'inactive')
    return {
      name: nameOf(told.get('name')),
      pending: countOf(told, 'pending'),
      idleMs: countOf(told, 'idle'),
      // -1: it never got anything.
      inactiveMs: inactive === -1 ? null : inactive,
    }
  })
}

interface PendingRequest {
  readonly consumer?: Latin1
  readonly minIdleMs?: number
  readonly min?: StreamId
  readonly count: number
}

export async function readPendingEntries(
  at: GroupAt,
  { consumer, minIdleMs, min, count }: PendingRequest,
): Promise<{ entries: readonly PendingEntry[]; next?: StreamId }> {
  const rows = itemsOf(
    await askStream(at, [
      'XPENDING',
      keyBytes(at.key),
      keyBytes(at.group),
      ...(minIdleMs === undefined ? [] : ['IDLE', String(minIdleMs)]),
      min ?? '-',
      '+',
      String(count),
      ...(consumer === undefined ? [] : [keyBytes(consumer)]),
    ]),
  )
  const entries = rows.map((row): PendingEntry => {
    const [id, owner, idle, deliveries] = itemsOf(row)
    return {
      id: textOf(id!) as StreamId,
      consumer: nameOf(owner),
      idleMs: integerOf(idle!),
      deliveries: integerOf(deliveries!),
    }
  })
  return { entries, next: entries.length < count ? undefined : idAfter(entries.at(-1)!.id) }
}

export async function createStreamGroup(at: GroupAt, after: StreamId | '$'): Promise<{ created: true }> {
  await askStream(at, ['XGROUP', 'CREATE', keyBytes(at.key), keyBytes(at.group), after])
  return { created: true }
}

export async function setStreamGroupPlace(at: GroupAt, after: StreamId | '$'): Promise<{ set: true }> {
  await askStream(at, ['XGROUP', 'SETID', keyBytes(at.key), keyBytes(at.group), after])
  return { set: true }
}

export async function removeStreamGroup(at: GroupAt): Promise<{ removed: boolean }> {
  return { removed: integerOf(await askStream(at, ['XGROUP', 'DESTROY', keyBytes(at.key), keyBytes(at.group)])) === 1 }
}

export async function removeStreamConsumer(at: GroupAt, consumer: Latin1): Promise<{ pendingLost: number }> {
  const names = [at.key, at.group, consumer].map(keyBytes)
  return { pendingLost: integerOf(await askStream(at, ['XGROUP', 'DELCONSUMER', ...names])) }
}

/** Those that were not pending (any more) are not counted; a group that is gone has none. */
export async function acknowledgeEntries(at: GroupAt, ids: readonly StreamId[]): Promise<{ acknowledged: number }> {
  return { acknowledged: integerOf(await askStream(at, ['XACK', keyBytes(at.key), keyBytes(at.group), ...ids])) }
}

interface Claim {
  readonly consumer: Latin1
  readonly minIdleMs: number
  readonly ids: readonly StreamId[]
}

export async function claimEntries(
  at: GroupAt,
  { consumer, minIdleMs, ids }: Claim,
): Promise<{ claimed: readonly StreamId[] }> {
  const names = [at.key, at.group, consumer].map(keyBytes)
  const reply = await askStream(at, ['XCLAIM', ...names, String(minIdleMs), ...ids, 'JUSTID'])
  return { claimed: itemsOf(reply).flatMap((id) => (isNull(id) ? [] : [textOf(id) as StreamId])) }
}
