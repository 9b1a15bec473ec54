import { expect, test } from 'vitest'
import { readBound, readScore } from './scores.ts'

test.each([
  '3',
  '-1.5',
  '1e9',
  '0.1',
  '0.10',
  '+7',
  '.5',
  '5.',
  '-0',
  '1e-7',
  '1e21',
  '123456789012345680000',
  'inf',
  '-inf',
  '+INFINITY',
])('a score %s is sent as it was typed', (typed) => {
  expect(readScore(` ${typed} `)).toEqual({ state: 'ok', score: typed })
})

test.each([
  ['9007199254740993', '9007199254740992'],
  ['0.12345678901234567890', '0.12345678901234568'],
  ['1e-400', '0'],
])('a score %s that a double cannot hold is announced as %s', (typed, kept) => {
  expect(readScore(typed)).toEqual({
    state: 'ok',
    score: typed,
    note: `Scores are doubles: the server keeps it as ${kept}.`,
  })
})

test('what is no number is refused before it is sent', () => {
  for (const typed of ['x', '1,5', '0x10', 'nan', '1e999', '1 2', '(3']) expect(readScore(typed).state).toBe('wrong')
  expect(readScore(' ')).toEqual({ state: 'empty' })
})

test('a bound may be left out, and may leave its own score out', () => {
  expect(readBound('')).toEqual({ ok: true, bound: undefined })
  expect(readBound(' (1.5 ')).toEqual({ ok: true, bound: '(1.5' })
  expect(readBound('[1')).toMatchObject({ ok: false })
})
