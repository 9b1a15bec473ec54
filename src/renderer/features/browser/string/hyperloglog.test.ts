import { expect, test } from 'vitest'
import { readHyperLogLog } from './hyperloglog.ts'

/** The header and the first registers, as PFADD and PFCOUNT of redis-server 7.0 leave them. */
const header = (encoding: number, ...count: number[]) =>
  Uint8Array.of(0x48, 0x59, 0x4c, 0x4c, encoding, 0, 0, 0, ...count, 0x7f, 0xff)

test('a HyperLogLog tells its last count, unless elements came since', () => {
  expect(readHyperLogLog(header(1, 0xe8, 3, 0, 0, 0, 0, 0, 0))).toEqual({ encoding: 'sparse', counted: 1_000 })
  expect(readHyperLogLog(header(0, 0xe8, 3, 0, 0, 0, 0, 0, 0x80))).toEqual({ encoding: 'dense', counted: undefined })
})

test('a string that only begins like one is none', () => {
  expect(readHyperLogLog(header(2, 0, 0, 0, 0, 0, 0, 0, 0))).toBe(undefined)
  expect(readHyperLogLog(header(0, 0, 0, 0, 0, 0, 0, 0, 0).subarray(0, 15))).toBe(undefined)
  expect(readHyperLogLog(new TextEncoder().encode('HYLO, and more than sixteen bytes'))).toBe(undefined)
})
