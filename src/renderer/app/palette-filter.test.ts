import { expect, test } from 'vitest'
import { filterActions, matchScore } from './palette-filter.ts'

const actions = ['Load scripts', 'Add a connection', 'Theme: dark', 'Create a local database'].map((label) => ({
  label,
  group: label.startsWith('Theme') ? 'Keystead' : 'Home',
}))
const found = (typed: string): readonly string[] => filterActions(actions, typed).map(({ label }) => label)

test('letters in order match, letters out of order do not', () => {
  expect(matchScore('Add a connection', 'adco')).not.toBe(null)
  expect(matchScore('Add a connection', 'oda')).toBe(null)
})

test('beginnings of words come before letters in between', () => {
  expect(found('ac')[0]).toBe('Add a connection')
  expect(found('data')).toEqual(['Create a local database'])
})

test('the group finds its actions as well', () => {
  expect(found('keystead')).toEqual(['Theme: dark'])
  expect(found('keystead dark')).toEqual(['Theme: dark'])
})

test('nothing typed is everything, in its own order', () => {
  expect(found('  ')).toEqual(actions.map(({ label }) => label))
})

test('letter case and spaces do not matter', () => {
  expect(found('THEME dark')).toEqual(['Theme: dark'])
  expect(found('zzz')).toEqual([])
})
