import { describe, expect, test } from 'vitest'
import { Slice } from '../base/slice.ts'
import { doubleOf, int64Of, integerOf } from './args.ts'

describe('integers', () => {
  test.each([
    ['0', 0n],
    ['-1', -1n],
    ['9007199254740991', 9007199254740991n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
  ])('%s is one', (text, value) => {
    expect(int64Of(Slice.of(text))).toBe(value)
    expect(integerOf(Slice.of(text))).toBe(Number.isSafeInteger(Number(text)) ? Number(value) : undefined)
  })

  test.each(['', '-', '+1', '01', '-0', ' 1', '1 ', '1.0', '1e3', '0x1', '9223372036854775808', '1\0'])(
    '%j is none',
    (text) => {
      expect(int64Of(Slice.of(text))).toBeUndefined()
      expect(integerOf(Slice.of(text))).toBeUndefined()
    },
  )
})

describe('doubles', () => {
  test.each([
    ['3', 3],
    ['+3.5', 3.5],
    ['-.5', -0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['0x1p3', 8],
    ['0x.8', 0.5],
    ['-0x1p-1074', -(2 ** -1074)],
    ['inf', Infinity],
    ['+INF', Infinity],
    ['-Infinity', -Infinity],
    ['0e-400', 0],
    ['000000000123', 123],
    ['-0', -0],
    ['0.3', 0.3],
    ['123456789.012345', 123456789.012345],
    ['0.12345678901234566', 0.12345678901234566],
    ['1.7976931348623157e308', Number.MAX_VALUE],
  ])('%s is read as strtod does', (text, value) => {
    expect(doubleOf(Slice.of(text))).toBe(value)
  })

  test.each(['', ' 1', '1 ', 'nan', '1e', '.', '0x', '0xp1', '1e400', '1e-400', '0x1p99999', '1_0', 'infi'])(
    '%j is refused',
    (text) => {
      expect(doubleOf(Slice.of(text))).toBeUndefined()
    },
  )
})
