/*
 * 64-bit integers in two words against BigInt, the slow thing that is obviously
 * right. Replay a failure with SEED=<n>.
 */
import { expect, test } from 'vitest'
import { random } from '../../../tests/support/random.ts'
import { Int64, int64Text, readInt64 } from './int64.ts'
import { Slice } from './slice.ts'

const LIMITS = [0n, 2n ** 15n, 2n ** 31n, 2n ** 32n, 2n ** 48n, 2n ** 53n, 2n ** 63n, 10n ** 9n, 10n ** 15n, 10n ** 18n]

test('the words and the text of an integer are those of BigInt', () => {
  const r = random()
  const out = new Int64()
  const text = new Slice()
  for (let step = 0; step < 50_000; step++) {
    const sign = r.pick([1n, -1n])
    const near = r.chance(0.3)
    const magnitude = near ? r.pick(LIMITS) + BigInt(r.between(-3, 3)) : (BigInt(r.u32()) << 31n) >> BigInt(r.below(63))
    const value = sign * magnitude
    const context = `seed ${r.seed}, step ${step}, ${value}`
    if (value !== BigInt.asIntN(64, value)) {
      expect(readInt64(Slice.of(String(value)), out), context).toBe(false)
      continue
    }
    expect(readInt64(Slice.of(String(value)), out), context).toBe(true)
    expect((BigInt(out.high) << 32n) | BigInt(out.low >>> 0), context).toBe(value)
    expect(int64Text(out.high, out.low, text).text(), context).toBe(String(value))
  }
})

test('text that is no canonical integer is refused', () => {
  const out = new Int64()
  for (const text of ['', '-', '+1', '01', '-0', '1.0', ' 1', '9223372036854775808', '-9223372036854775809']) {
    expect(readInt64(Slice.of(text), out), text).toBe(false)
  }
})
