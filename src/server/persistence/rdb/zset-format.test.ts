/*
 * Sorted sets whose members lie in a file in some other order than the one that
 * servers write them in: they come out in order, and a member that is there twice is
 * refused, however far apart its scores are.
 */
import { expect, test } from 'vitest'
import { random } from '../../../../tests/support/random.ts'
import { Slice } from '../../base/slice.ts'
import { Keyspace } from '../../keyspace/keyspace.ts'
import { zsetForEach } from '../../types/zset.ts'
import { RdbError, RdbInput } from './input.ts'
import { RdbOutput } from './output.ts'
import { zsetFormat } from './zset-format.ts'

const RDB_ZSET = 5
const KEY = Slice.of('key')

function bytesOf(members: readonly (readonly [member: string, score: number])[]): RdbInput {
  const out = new RdbOutput()
  out.length(members.length)
  for (const [member, score] of members) {
    out.string(Slice.of(member))
    out.double(score)
  }
  return new RdbInput(new Slice(out.buf, 0, out.at))
}

/** 500 members, of which every five have the same score. */
const sorted = Array.from({ length: 500 }, (_, i) => [`m${String(i).padStart(3, '0')}`, Math.floor(i / 5)] as const)

const orders = {
  ascending: () => sorted,
  descending: () => sorted.toReversed(),
  shuffled: () => random(3).shuffle([...sorted]),
}

for (const [order, members] of Object.entries(orders)) {
  test(`members in ${order} order come out in order`, () => {
    const keyspace = new Keyspace({ databases: 1 })
    const [db] = keyspace.databases
    expect(zsetFormat.read[RDB_ZSET](bytesOf(members()), db, KEY)).toBe(true)
    const read: [string, number][] = []
    zsetForEach(db, db.peek(KEY), (member, score) => read.push([member.text(), score]))
    expect(read).toEqual(sorted)
    keyspace.check()
  })

  test(`a member twice in ${order} order is refused`, () => {
    const keyspace = new Keyspace({ databases: 1 })
    const [db] = keyspace.databases
    const before = keyspace.memory.usedBytes
    const input = bytesOf([...members(), ['m250', 900]])
    expect(() => zsetFormat.read[RDB_ZSET](input, db, KEY)).toThrow(RdbError)
    expect(db.size).toBe(0)
    while (keyspace.lazyFreeStep(1_000));
    expect(keyspace.memory.usedBytes).toBe(before)
  })
}
