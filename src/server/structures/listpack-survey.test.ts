/*
 * Listpacks from outside: which names are the same, however they are encoded and
 * however many there are. That broken bytes are found is listpack.test.ts.
 */
import { expect, test } from 'vitest'
import { Slice } from '../base/slice.ts'
import { Memory } from '../memory/arena.ts'
import { listpackAppend, listpackBytes, listpackCreate } from './listpack.ts'
import { ListpackSurvey, listpackNamesDiffer, listpackSurvey } from './listpack-survey.ts'

function listpackWith(texts: readonly string[]): Slice {
  const memory = new Memory()
  let pack = listpackCreate(memory)
  for (const text of texts) pack = listpackAppend(memory, pack, Slice.of(text))
  return listpackBytes(memory, pack, new Slice()).copy()
}

function differ(bytes: Slice, width: number): boolean {
  const survey = new ListpackSurvey()
  expect(listpackSurvey(bytes, survey)).toBe(true)
  return listpackNamesDiffer(bytes, width, survey.count)
}

test('names that are different differ, whatever their values are', () => {
  expect(differ(listpackWith(['a', '1', 'b', '1']), 2)).toBe(true)
  expect(differ(listpackWith(['a', '1', 'b', '1']), 1)).toBe(false)
  expect(differ(listpackWith(['', 'a', 'aa', '0', '00', '-1', '1']), 1)).toBe(true)
  expect(differ(listpackWith(['12345678901234567', 'x', '12345678901234567', 'y']), 2)).toBe(false)
})

test('a number is the same name as a string of its digits', () => {
  const string = Uint8Array.of(14, 0, 0, 0, 2, 0, 0x82, 0x31, 0x32, 3, 12, 1, 0xff)
  string[0] = string.length
  expect(differ(new Slice(string), 1)).toBe(false)
})

test('names of the same size, ends and middle are compared by all of their bytes', () => {
  const alike = (i: number): string => `same${String(i).padStart(6, 'a')}midd${String(i).padStart(6, 'b')}ends`
  // So many that they go through the set.
  for (const count of [20, 100, 600]) {
    const names = Array.from({ length: count }, (_, i) => alike(i))
    expect(differ(listpackWith(names), 1), `${count}`).toBe(true)
    expect(differ(listpackWith([...names, alike(count >> 1)]), 1), `${count}`).toBe(false)
  }
})

test('the longest text is told, and an integer counts as long as one can be', () => {
  const survey = new ListpackSurvey()
  listpackSurvey(listpackWith(['ab', 'a'.repeat(70), 'b'.repeat(69)]), survey)
  expect([survey.count, survey.longest]).toEqual([3, 70])
  listpackSurvey(listpackWith(['ab', '7']), survey)
  expect([survey.count, survey.longest]).toEqual([2, 20])
})
