import { expect, test } from 'vitest'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import { newIdFault } from './new-id.ts'

const fault = (typed: string) => newIdFault(typed, '5-3' as StreamId)

test('an ID for a new entry may leave all or the number to the server', () => {
  for (const typed of ['*', '5-4', '6', '6-0', '5-*', '1700000000000-*']) expect(fault(typed)).toBeUndefined()
})

test('one that is not above the greatest is refused before the server is asked', () => {
  for (const typed of ['5-3', '5', '4-*', '0-1']) expect(fault(typed)).toContain('above 5-3')
})

test('what is no ID is refused, and so is the one that no entry has', () => {
  for (const typed of ['', 'x', '5-', '-1', '5-*-*']) expect(fault(typed)).toContain('Write *')
  expect(newIdFault('0-0', undefined)).toContain('0-1')
})
