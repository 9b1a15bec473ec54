import { expect, test } from 'vitest'
import { nameOfMoment, nameProblem } from './names.ts'

test.each([
  ['a/b', 'Letters, digits'],
  ['.a', 'Letters, digits'],
  [' a', 'Letters, digits'],
  ['a ', 'Letters, digits'],
  ['a.', 'Letters, digits'],
  ['é', 'Letters, digits'],
  ['x'.repeat(65), 'At most 64'],
  ['MINE', 'There is “mine” already'],
])('%s is no name for a new checkpoint', (name, why) => {
  expect(nameProblem(name, ['mine'])).toContain(why)
})

test.each(['a', 'x'.repeat(64), 'before lunch', 'v1.2_3-4', '-'])('%s is', (name) => {
  expect(nameProblem(name, ['mine'])).toBe(undefined)
})

test('the name of a moment can be one', () => {
  const name = nameOfMoment(new Date(2026, 0, 2, 3, 4, 5))
  expect(name).toBe('2026-01-02 03.04.05')
  expect(nameProblem(name, [])).toBe(undefined)
})
