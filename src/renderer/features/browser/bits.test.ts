import { expect, test } from 'vitest'
import { bitAt, countOnes, nextOne, withFlipped } from './bits.ts'

/** SETBIT 7, 8 and 23. */
const bytes = Uint8Array.of(0x01, 0x80, 0x01)

test('bits are numbered as SETBIT numbers them', () => {
  expect(Array.from({ length: 24 }, (_, bit) => bitAt(bytes, bit)).flatMap((one, bit) => (one ? [bit] : []))).toEqual([
    7, 8, 23,
  ])
})

test('a flipped bit is flipped in a copy, and flipped back there', () => {
  const flipped = withFlipped(bytes, 0)
  expect([...flipped]).toEqual([0x81, 0x80, 0x01])
  expect([...bytes]).toEqual([0x01, 0x80, 0x01])
  expect([...withFlipped(flipped, 0)]).toEqual([...bytes])
})

test('ones are counted, and found one after another', () => {
  expect(countOnes(bytes)).toBe(3)
  expect(countOnes(new Uint8Array())).toBe(0)
  expect([nextOne(bytes, 0), nextOne(bytes, 8), nextOne(bytes, 9), nextOne(bytes, 24)]).toEqual([7, 8, 23, -1])
  expect(nextOne(new Uint8Array(1_000), 0)).toBe(-1)
})
