/*
 * A stream as XINFO STREAM FULL tells it, with all entries, groups, consumers and
 * what is pending, without what is a clock's: when a consumer was seen or active,
 * when an entry was delivered. Redis 7.0 does not tell the one of the times.
 */
import type { Reply } from '../support/reply.ts'

const TIMES: ReadonlySet<string> = new Set(['seen-time', 'active-time'])

/** The question about the stream at a key, which is to be appended. */
export const STREAM_QUESTION = ['XINFO', 'STREAM'] as const
export const STREAM_QUESTION_END = ['FULL', 'COUNT', 0] as const

const nameOf = (reply: Reply | undefined): string => (reply?.type === 'bulk' ? reply.bytes.toString('latin1') : '')

/** The answer without times; it came as RESP2, names and values in turn. */
export function withoutTimes(reply: Reply): Reply {
  if (reply.type !== 'array') return reply
  const items = reply.items.flatMap((item, i) => {
    const name = nameOf(reply.items[i - (i % 2)])
    if (TIMES.has(name)) return []
    if (i % 2 === 0) return [item]
    if (name === 'pending') return [mapItems(item, withoutDelivery)]
    if (name === 'consumers') return [mapItems(busyOf(item), withoutTimes)]
    return [name === 'groups' ? mapItems(item, withoutTimes) : item]
  })
  return { ...reply, items }
}

/** Those with something pending: Redis 7.0 makes a consumer only when it gives it something, later servers before. */
function busyOf(consumers: Reply): Reply {
  if (consumers.type !== 'array') return consumers
  const isBusy = (consumer: Reply): boolean =>
    consumer.type === 'array' &&
    !consumer.items.some((item, i) => nameOf(item) === 'pel-count' && isZero(consumer.items[i + 1]))
  return { ...consumers, items: consumers.items.filter(isBusy) }
}

const isZero = (reply: Reply | undefined): boolean => reply?.type === 'integer' && reply.value === 0n

function mapItems(reply: Reply, change: (item: Reply) => Reply): Reply {
  return reply.type === 'array' ? { ...reply, items: reply.items.map(change) } : reply
}

/** A pending entry is its id, in a group also its consumer, the time of its delivery, and how many there were. */
function withoutDelivery(pending: Reply): Reply {
  if (pending.type !== 'array') return pending
  return { ...pending, items: pending.items.filter((_, i) => i !== pending.items.length - 2) }
}
