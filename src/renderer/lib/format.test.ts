import { describe, expect, test } from 'vitest'
import { formatBytes, formatBytesExact } from './format-bytes.ts'
import { formatCount, formatExact, plural } from './format-count.ts'
import { formatDuration, formatLatency } from './format-duration.ts'
import { formatRelative } from './format-time.ts'

describe('counts', () => {
  test('are exact below ten thousand', () => {
    expect(formatCount(0)).toBe('0')
    expect(formatCount(9_999)).toBe('9,999')
    expect(formatCount(10_000)).toBe('10 k')
  })

  test('never claim more than there is', () => {
    expect(formatCount(1_299_999)).toBe('1.29 M')
    expect(formatCount(999_999)).toBe('999 k')
    expect(formatCount(999_999_999)).toBe('999 M')
  })

  test('have an exact form', () => {
    expect(formatExact(1_204_311)).toBe('1,204,311')
    expect(plural(1, 'key')).toBe('1 key')
    expect(plural(1_204, 'key')).toBe('1,204 keys')
  })
})

describe('bytes', () => {
  test('step by 1024', () => {
    expect(formatBytes(0)).toBe('0 B')
    expect(formatBytes(1_023)).toBe('1,023 B')
    expect(formatBytes(1_024)).toBe('1 KiB')
    expect(formatBytes(18_677)).toBe('18.2 KiB')
    expect(formatBytes(2 ** 50)).toBe('1024 TiB')
    expect(formatBytesExact(1)).toBe('1 byte')
  })
})

describe('durations', () => {
  test('show the two largest units and cut the rest', () => {
    expect(formatDuration(999)).toBe('999ms')
    expect(formatDuration(1_999)).toBe('1s')
    expect(formatDuration(250_000)).toBe('4m 10s')
    expect(formatDuration(2 * 86_400_000 + 4 * 3_600_000 + 59 * 60_000)).toBe('2d 4h')
    expect(formatDuration(3_600_000)).toBe('1h')
    expect(formatDuration(-5)).toBe('0ms')
  })

  test('of commands keep three digits', () => {
    expect(formatLatency(0.2134)).toBe('0.21 ms')
    expect(formatLatency(10.24)).toBe('10.2 ms')
    expect(formatLatency(1_240)).toBe('1.2 s')
  })
})

test('times are relative to now, both ways', () => {
  expect(formatRelative(1_000, 1_500)).toBe('now')
  expect(formatRelative(0, 250_000)).toBe('4m 10s ago')
  expect(formatRelative(250_000, 0)).toBe('in 4m 10s')
})
