import { expect, test } from 'vitest'
import { random } from './random.ts'
import { sortByKeys } from './sort-by-keys.ts'

test('keys of every kind come in order, and those of equal ones stay as they were', () => {
  const r = random()
  const buffer = new DataView(new ArrayBuffer(8))
  const any = (): number => {
    buffer.setUint32(0, r.below(2 ** 32))
    buffer.setUint32(4, r.below(2 ** 32))
    const value = buffer.getFloat64(0)
    return Number.isNaN(value) ? 0 : value + 0
  }
  const kinds = [
    any,
    () => r.below(10) - 5,
    () => r.below(1_000_000),
    () => (r.below(2_000) - 1_000) / 8,
    () => r.pick([Infinity, -Infinity, 0, 1, -1, Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE]),
    () => 7,
  ]
  for (let round = 0; round < 200; round++) {
    const kind = r.pick(kinds)
    const all = Float64Array.from({ length: r.below(r.chance(0.5) ? 200 : 3_000) + 2 }, kind)
    // A part of a bigger array, because that is what it is called for.
    const keys = all.subarray(1, all.length - 1)
    const values = Uint32Array.from(keys, (_, i) => i)
    const expected = Array.from(keys, (key, i) => ({ key, i })).sort((a, b) => (a.key < b.key ? -1 : +(a.key > b.key)))
    sortByKeys(keys, values)
    const where = `seed ${r.seed}, round ${round}`
    expect(Array.from(keys), where).toEqual(expected.map(({ key }) => key))
    expect(Array.from(values), where).toEqual(expected.map(({ i }) => i))
  }
})
