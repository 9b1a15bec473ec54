import { expect, test } from 'vitest'
import { exactBytes, exactCount, humaneBytes, humaneCount, humaneDuration, humaneElapsed } from './number.ts'

test('exact numbers keep every digit', () => {
  expect(exactCount(1_204_311)).toBe('1,204,311')
  expect(exactCount(2n ** 64n)).toBe('18,446,744,073,709,551,616')
  expect(exactBytes(1)).toBe('1 byte')
  expect(exactBytes(19_012)).toBe('19,012 bytes')
})

test('humane counts have three digits at most and never round to a thousand of a unit', () => {
  const said = [0, 999, 1_000, 12_345, 999_499, 999_500, 999_960, 1_204_311, -1_500, 5e9]
  expect(said.map(humaneCount)).toEqual(['0', '999', '1 k', '12.3 k', '999 k', '1 M', '1 M', '1.2 M', '-1.5 k', '5 G'])
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

test('a time to live is said in its two largest units, rounded down', () => {
  const day = 86_400_000
  expect([0, 350, 61_999, 250_000, 2 * day + 4 * 3_600_000, 2 * day + 5_000, 800 * day].map(humaneDuration)).toEqual([
    '0ms',
    '350ms',
    '1m 1s',
    '4m 10s',
    '2d 4h',
    '2d',
    '2y 70d',
  ])
})
