import { expect, test } from 'vitest'
import { formatManifest, parseManifest } from './manifest.ts'

const TEXT = `file appendonly.aof.2.base.rdb seq 2 type b
file appendonly.aof.1.incr.aof seq 1 type h
file appendonly.aof.2.incr.aof seq 2 type i
file "odd name.3.incr.aof" seq 3 type i
`

test('a manifest is written as it was read', () => {
  expect(formatManifest(parseManifest(TEXT))).toBe(TEXT)
})

test('comments and keys that are not known are skipped', () => {
  const { incrs } = parseManifest('# a comment\nfile a seq 1 type i startoffset 17\n')
  expect(incrs).toEqual([{ name: 'a', seq: 1, type: 'i' }])
})

test.each([
  ['', 'line 1: it is empty'],
  ['file a seq 1 type b', 'line 1: it does not end with a line break'],
  ['file a seq 1\n', 'line 1: it is no list of keys and values'],
  ['file a/b seq 1 type b\n', "line 1: 'a/b' is a path"],
  ['file a seq x type b\n', 'line 1: it has no number'],
  ['file a seq 1 type x\n', "line 1: the type 'x' is not known"],
  ['file a seq 1 type b\nfile b seq 2 type b\n', 'line 2: there is a second base file'],
  ['file a seq 2 type i\nfile b seq 1 type i\n', 'line 2: the numbers of the files do not grow'],
])('%j is refused', (text, reason) => {
  expect(() => parseManifest(text)).toThrow(reason)
})
