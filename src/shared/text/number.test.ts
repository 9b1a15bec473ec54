import { expect, test } from 'vitest'
import { exactBytes, exactCount, humaneBytes, humaneElapsed } from './number.ts'

test('exact numbers keep every digit', () => {
  expect(exactCount(1_204_311)).toBe('1,204,311')
  expect(exactCount(2n ** 64n)).toBe('18,446,744,073,709,551,616')
  expect(exactBytes(1)).toBe('1 byte')
  expect(exactBytes(19_012)).toBe('19,012 bytes')
})

test('humane sizes count in 1,024s', () => {
  expect([0, 1_023, 1_024, 18_637, 1_048_575, 1 << 20, 3.5 * 2 ** 30].map(humaneBytes)).toEqual([
    '0 B',
    '1,023 B',
    '1 KiB',
    '18.2 KiB',
    '1 MiB',
    '1 MiB',
    '3.5 GiB',
  ])
})

test('elapsed times take the unit that shows three digits', () => {
  expect([0.004, 0.314, 12.44, 999.9, 1_520, 120_000, 125_400].map(humaneElapsed)).toEqual([
    '< 0.01 ms',
    '0.31 ms',
    '12.4 ms',
    '999.9 ms',
    '1.52 s',
    '2 min',
    '2 min 5 s',
  ])
})
