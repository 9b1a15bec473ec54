import { describe, expect, test } from 'vitest'
import { doubleToDigestText, doubleToDigits, doubleToText } from './double-text.ts'
import { random } from './random.ts'

describe('a double in a reply', () => {
  // What redis-server 8.0 and valkey-server 9.1 answer.
  test.each([
    [0, '0'],
    [-0, '-0'],
    [3, '3'],
    [-1.5, '-1.5'],
    [0.1, '0.1'],
    [1e-7, '1e-7'],
    [0.000015, '0.000015'],
    [0.0000012, '1.2e-6'],
    [0.00012345, '1.2345e-4'],
    [12345678.125, '12345678.125'],
    [-236914.854964241, '-2.36914854964241e+5'],
    [1e17, '100000000000000000'],
    [2 ** 62, '4611686018427387904'],
    [-(2 ** 62), '-4611686018427387904'],
    [2 ** 63, '9223372036854776000'],
    [123456789012345680000, '123456789012345680000'],
    [1e19, '1e+19'],
    [1.5e21, '1.5e+21'],
    [1e23, '99999999999999990000000'],
    [5e-324, '5e-324'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [Number.NaN, 'nan'],
  ])('%s reads %s', (value, text) => {
    expect(doubleToText(value)).toBe(text)
  })

  test.each([
    [233.765428, '233.76542800000001'],
    [477.495711, '477.49571099999997'],
    [0.2813404657445224, '0.28134046574452243'],
    [1773066900.227651, '1.7730669002276509e+9'],
    [3.732015764e19, '37320157639999996000'],
    [8.602473052e157, '8.602473051999999e+157'],
    [4.432724963e-194, '4.4327249629999997e-194'],
  ])('%s is one of those that get more digits than need be', (value, text) => {
    expect(doubleToText(value)).toBe(text)
  })

  test('reads back as the same double, whichever it is', () => {
    const r = random()
    const words = new Uint32Array(2)
    const double = new Float64Array(words.buffer)
    for (let i = 0; i < 20_000; i++) {
      words[0] = r.u32()
      words[1] = r.u32()
      const value = r.chance(0.5) ? double[0]! : r.i32() / r.pick([3, 7, 100, 1e6, 2 ** 40])
      if (!Number.isFinite(value)) continue
      expect(Object.is(Number(doubleToText(value)), value), `seed ${r.seed}, ${value}`).toBe(true)
      expect(Object.is(Number(doubleToDigits(value)), value), `seed ${r.seed}, ${value}`).toBe(true)
    }
  })
})

test.each([
  [0.1, '0.10000000000000001'],
  [1e-7, '9.9999999999999995e-08'],
  [3, '3'],
  [1e16, '10000000000000000'],
  [1e17, '1e+17'],
  [-0, '-0'],
  [120, '120'],
  [1.5, '1.5'],
  [-Infinity, '-inf'],
])('with 17 digits %s reads %s', (value, text) => {
  expect(doubleToDigits(value)).toBe(text)
})

test.each([
  [0, '0'],
  [-0, '-0'],
  [0.1, '0.1'],
  [Infinity, 'inf'],
  [12345678, '12345678'],
  [10_000_000, '10000000'],
  [-100_000_000, '-1e+8'],
  [1.5e15, '1.5e+15'],
  [2 ** 62, '4611686018427388000'],
  [1e17, '1e+17'],
])('in a digest %s reads %s', (value, text) => {
  expect(doubleToDigestText(value)).toBe(text)
})
