import { expect, test } from 'vitest'
import { earliestIn, originOf, rewindWords, timeOf, timeText } from './moment.ts'

test('a time goes into its field and comes back, to the second', () => {
  const at = Date.UTC(2026, 10, 29, 14, 5, 30)
  expect(timeText(at)).toMatch(/^2026-11-\d\dT\d\d:\d\d:30$/)
  expect(timeOf(timeText(at))).toBe(at)
  expect(timeOf(timeText(at + 999))).toBe(at)
  // A browser leaves out seconds that are 0.
  expect(timeOf(timeText(at).slice(0, 16))).toBe(at - 30_000)
})

test('what is no time is none', () => {
  for (const text of ['', 'yesterday', '2026-13-01T00:00']) expect(timeOf(text)).toBe(undefined)
})

test('a moment becomes the words of the commands', () => {
  expect(rewindWords({ time: 5 })).toEqual(['TIME', '5'])
  expect(rewindWords({ checkpoint: 'time' })).toEqual(['time'])
  expect(originOf(undefined)).toEqual([])
  expect(originOf({ checkpoint: 'a' })).toEqual(['FROM', 'a'])
  expect(originOf({ time: 5 })).toEqual(['TIME', '5'])
})

test('a failure may say what can be brought back instead', () => {
  const failure = { code: 'COMMAND_FAILED', message: 'The data was not rewound.' } as const
  const detail =
    'ERR nothing is kept of that time: one can go back to 1795945994001 (2026-11-29T09:53:14.001Z) or later'
  expect(earliestIn({ ...failure, detail })).toBe(1_795_945_995_000)
  expect(earliestIn({ ...failure, detail: 'ERR no such checkpoint' })).toBe(undefined)
  expect(earliestIn(failure)).toBe(undefined)
})
