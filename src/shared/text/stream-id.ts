/*
 * IDs of stream entries, `<ms>-<seq>`: two unsigned 64-bit numbers. The first is
 * the time of the entry in milliseconds where the server chose the ID; where a
 * client did, it may be anything.
 *
 * What comes after an ID and before it is worked out here, so that a range can
 * go on without naming its last entry twice: `(` in front of an ID, which says
 * the same, is not known to servers before Redis 6.2.
 */
declare const streamId: unique symbol

/** In full: both numbers, in decimal, without leading zeros. */
export type StreamId = string & { readonly [streamId]: true }

const U64_MAX = 0xffff_ffff_ffff_ffffn

interface Parts {
  readonly ms: bigint
  readonly seq: bigint
}

/** The ID that `text` names in full (`5-1`), or undefined. */
export function toStreamId(text: string): StreamId | undefined {
  const parts = partsOf(text)
  return parts && join(parts)
}

/** Whether it is one as a server writes it. */
export const isStreamId = (text: string): text is StreamId => toStreamId(text) === text

/** The first and the last ID that a number alone stands for, as in XRANGE: `5` is 5-0 where a range begins, 5-<max> where it ends. */
export function idsOfMillisecond(ms: string): { readonly first: StreamId; readonly last: StreamId } | undefined {
  const number = u64(ms)
  if (number === undefined) return undefined
  return { first: join({ ms: number, seq: 0n }), last: join({ ms: number, seq: U64_MAX }) }
}

/** The least ID above it; undefined above the greatest there is. */
export function idAfter(id: StreamId): StreamId | undefined {
  const { ms, seq } = parse(id)
  if (seq < U64_MAX) return join({ ms, seq: seq + 1n })
  return ms < U64_MAX ? join({ ms: ms + 1n, seq: 0n }) : undefined
}

/** The greatest ID below it; undefined below 0-0. */
export function idBefore(id: StreamId): StreamId | undefined {
  const { ms, seq } = parse(id)
  if (seq > 0n) return join({ ms, seq: seq - 1n })
  return ms > 0n ? join({ ms: ms - 1n, seq: U64_MAX }) : undefined
}

/** Below zero where `a` is the earlier one. */
export function compareIds(a: StreamId, b: StreamId): number {
  const [left, right] = [parse(a), parse(b)]
  if (left.ms !== right.ms) return left.ms < right.ms ? -1 : 1
  if (left.seq !== right.seq) return left.seq < right.seq ? -1 : 1
  return 0
}

/** Between 1973 and 2096: what is outside was hardly meant as a time. */
const TIME_MIN = 100_000_000_000n
const TIME_MAX = 4_000_000_000_000n

/** The time it encodes, in milliseconds since 1970; undefined where it does not look like one. */
export function timeOfId(id: StreamId): number | undefined {
  const { ms } = parse(id)
  return ms >= TIME_MIN && ms < TIME_MAX ? Number(ms) : undefined
}

const join = ({ ms, seq }: Parts): StreamId => `${ms}-${seq}` as StreamId

function parse(id: StreamId): Parts {
  const parts = partsOf(id)
  if (parts === undefined) throw new RangeError(`not the ID of a stream entry: ${id}`)
  return parts
}

function partsOf(text: string): Parts | undefined {
  const [left, right, ...more] = text.split('-')
  if (left === undefined || right === undefined || more.length > 0) return undefined
  const ms = u64(left)
  const seq = u64(right)
  return ms === undefined || seq === undefined ? undefined : { ms, seq }
}

function u64(digits: string): bigint | undefined {
  if (!/^\d{1,20}$/.test(digits)) return undefined
  const number = BigInt(digits)
  return number <= U64_MAX ? number : undefined
}
