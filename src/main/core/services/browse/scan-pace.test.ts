import { expect, test } from 'vitest'
import { COUNT_FIRST, COUNT_MAX, COUNT_MIN, ScanPace } from './scan-pace.ts'

/** Calls of a server that needs so long per key, behind a line of so long a round trip. */
function settle(msPerKey: number, roundTripMs: number, pingMs = roundTripMs): number {
  const pace = new ScanPace()
  for (let call = 0; call < 40; call++) pace.observe(roundTripMs + pace.count * msPerKey, pingMs)
  return pace.count
}

test('a fast server is asked for as many keys as are allowed', () => {
  expect(settle(0.0005, 0.2)).toBe(COUNT_MAX)
})

test('a slow server is asked for what it does in about 12 ms, and never for nothing', () => {
  expect(settle(0.01, 0.2) * 0.01).toBeCloseTo(12, 0)
  expect(settle(10, 0.2)).toBe(COUNT_MIN)
})

test('a long line does not count as work', () => {
  expect(settle(0.0005, 800)).toBe(COUNT_MAX)
  expect(settle(0.01, 40) * 0.01).toBeCloseTo(12, 0)
})

test('a PING that waited behind a SCAN does not excuse a longer one', () => {
  const pace = new ScanPace()
  pace.observe(5, 0.3)
  for (let call = 0; call < 20; call++) pace.observe(100, 100)
  expect(pace.count).toBe(COUNT_MIN)
  expect(COUNT_FIRST).toBeGreaterThan(COUNT_MIN)
})
