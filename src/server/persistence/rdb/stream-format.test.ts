/*
 * What is pending with a group of a stream is told twice in a file, once with the group
 * and once with whom it is: where the two do not agree the value is refused, and nothing
 * of it stays.
 */
import { expect, test } from 'vitest'
import { Slice } from '../../base/slice.ts'
import { StreamId } from '../../base/stream-id.ts'
import { Keyspace } from '../../keyspace/keyspace.ts'
import { pendingCount, pendingFrom } from '../../types/stream-deliveries.ts'
import { groupFind } from '../../types/stream-groups.ts'
import { pendingDeliveredAt, pendingId } from '../../types/stream-pending.ts'
import { RdbInput } from './input.ts'
import { RdbOutput } from './output.ts'
import { streamFormat } from './stream-format.ts'

const RDB_STREAM = 21
const KEY = Slice.of('key')
const GROUP = Slice.of('group')

/** A stream without entries, whose group has these ids pending, and whose consumers these. */
function bytesOf(group: readonly number[], ...consumers: readonly (readonly number[])[]): RdbInput {
  const out = new RdbOutput()
  const rawId = (ms: number): void =>
    out.bytes(Uint8Array.from([0, 0, 0, 0, 0, 0, 0, ms, ...new Array(8).fill(0)]), 0, 16)
  const lengths = (...values: number[]): void => {
    for (const value of values) out.length(value)
  }
  // No nodes, no entries; last, first and greatest deleted id, entries added; one group.
  lengths(0, 0, 9, 0, 0, 0, 0, 0, 9, 1)
  out.string(GROUP)
  lengths(9, 0, 9, group.length)
  for (const ms of group) {
    rawId(ms)
    out.milliseconds(1000 + ms)
    out.length(1)
  }
  out.length(consumers.length)
  for (const [i, ids] of consumers.entries()) {
    out.string(Slice.of(`consumer ${i}`))
    out.milliseconds(5)
    out.milliseconds(5)
    out.length(ids.length)
    for (const ms of ids) rawId(ms)
  }
  return new RdbInput(new Slice(out.buf, 0, out.at))
}

test('what is pending comes with its times, in whatever order it is told', () => {
  const keyspace = new Keyspace({ databases: 1 })
  const [db] = keyspace.databases
  expect(streamFormat.read[RDB_STREAM](bytesOf([2, 1, 4, 3], [3, 1], [4, 2]), db, KEY)).toBe(true)
  const group = groupFind(db.memory, db.valueRef(db.peek(KEY)), GROUP)
  expect(pendingCount(db.memory, group)).toBe(4)
  const read: [number, number][] = []
  pendingFrom(db.memory, group, new StreamId(), (pending) => {
    read.push([pendingId(db.memory, pending, new StreamId()).msLow, pendingDeliveredAt(db.memory, pending)])
    return true
  })
  expect(read).toEqual([1, 2, 3, 4].map((ms) => [ms, 1000 + ms]))
  keyspace.check()
})

test.each([
  ['twice with the group', bytesOf([1, 1], [1]), 'an entry is pending twice with a group'],
  ['with a consumer only', bytesOf([1], [1, 2]), 'a consumer has a pending entry that its group has not'],
  ['with two consumers', bytesOf([1, 2], [1, 2], [1]), 'an entry is pending with two consumers'],
  ['twice with a consumer', bytesOf([1, 2], [1, 1]), 'an entry is pending with two consumers'],
  ['with no consumer', bytesOf([1, 2], [1]), 'a pending entry has no consumer'],
])('an entry that is pending %s is refused', (_, input, reason) => {
  const keyspace = new Keyspace({ databases: 1 })
  const [db] = keyspace.databases
  const before = keyspace.memory.usedBytes
  // It says where, too.
  expect(() => streamFormat.read[RDB_STREAM](input, db, KEY)).toThrow(reason)
  db.remove(KEY)
  while (keyspace.lazyFreeStep(1_000));
  expect(keyspace.memory.usedBytes).toBe(before)
})
