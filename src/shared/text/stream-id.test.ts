import { expect, test } from 'vitest'
import {
  compareIds,
  idAfter,
  idBefore,
  idsOfMillisecond,
  isStreamId,
  type StreamId,
  timeOfId,
  toStreamId,
} from './stream-id.ts'

const id = (text: string): StreamId => text as StreamId
const MAX = '18446744073709551615'

test('an ID has both numbers, and each fits 64 bits', () => {
  for (const good of ['0-0', '1-2', `${MAX}-${MAX}`]) expect(isStreamId(good)).toBe(true)
  for (const bad of ['', '5', '-', '1-', '-1', '1-2-3', 'a-0', '1.5-0', ' 1-0', `18446744073709551616-0`, '05-1']) {
    expect(isStreamId(bad)).toBe(false)
  }
  expect(toStreamId('05-01')).toBe('5-1')
  expect(toStreamId('5')).toBeUndefined()
})

test('a number alone is a whole millisecond', () => {
  expect(idsOfMillisecond('5')).toEqual({ first: '5-0', last: `5-${MAX}` })
  expect(idsOfMillisecond('5-1')).toBeUndefined()
})

test('neighbours carry over from one millisecond to the next, and end at both ends', () => {
  expect(idAfter(id('1-5'))).toBe('1-6')
  expect(idAfter(id(`1-${MAX}`))).toBe('2-0')
  expect(idAfter(id(`${MAX}-${MAX}`))).toBeUndefined()
  expect(idBefore(id('1-6'))).toBe('1-5')
  expect(idBefore(id('2-0'))).toBe(`1-${MAX}`)
  expect(idBefore(id('0-0'))).toBeUndefined()
})

test('IDs are compared as numbers, not as text', () => {
  expect(compareIds(id('9-0'), id('10-0'))).toBe(-1)
  expect(compareIds(id('1-10'), id('1-9'))).toBe(1)
  expect(compareIds(id('1-1'), id('1-1'))).toBe(0)
})

test('only what looks like a time is one', () => {
  expect(timeOfId(id('1700000000000-3'))).toBe(1_700_000_000_000)
  expect(timeOfId(id('1-0'))).toBeUndefined()
  expect(timeOfId(id(`${MAX}-0`))).toBeUndefined()
})
