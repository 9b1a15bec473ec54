/*
 * Globs against a matcher that tries everything, and against what real servers
 * say about patterns that are malformed. Replay a failure with SEED=<n>.
 */
import { expect, test } from 'vitest'
import { random } from '../../../tests/support/random.ts'
import { globMatches } from './glob.ts'
import { Slice } from './slice.ts'

const matches = (pattern: string, text: string, ignoreCase = false): boolean =>
  globMatches(Slice.of(pattern), Slice.of(text), ignoreCase)

/** A part of a pattern with the meaning it has by itself. */
type Part = readonly [text: string, takes: '*' | ((byte: string) => boolean)]

const PARTS: readonly Part[] = [
  ['*', '*'],
  ['**', '*'],
  ['?', () => true],
  ['a', (byte) => byte === 'a'],
  ['b', (byte) => byte === 'b'],
  ['\\*', (byte) => byte === '*'],
  ['\\a', (byte) => byte === 'a'],
  ['[ab]', (byte) => byte === 'a' || byte === 'b'],
  ['[^a]', (byte) => byte !== 'a'],
  ['[a-c]', (byte) => byte >= 'a' && byte <= 'c'],
  ['[c-a]', (byte) => byte >= 'a' && byte <= 'c'],
  ['[\\]x]', (byte) => byte === ']' || byte === 'x'],
]

/** Exponential, and obviously right for every text but the empty one. */
function tryAll(parts: readonly Part[], text: string): boolean {
  if (parts.length === 0) return text === ''
  const [[, takes], ...rest] = parts
  if (takes === '*') return tryAll(rest, text) || (text !== '' && tryAll(parts, text.slice(1)))
  return text !== '' && takes(text[0]) && tryAll(rest, text.slice(1))
}

test('globs match what trying everything matches', () => {
  const r = random()
  let matched = 0
  for (let step = 0; step < 20_000; step++) {
    const parts = Array.from({ length: r.below(6) }, () => r.pick(PARTS))
    const text = Array.from({ length: r.between(1, 7) }, () => r.pick([...'aaabbc*]'])).join('')
    const pattern = parts.map(([part]) => part).join('')
    const expected = tryAll(parts, text)
    if (expected) matched++
    expect(matches(pattern, text), `seed ${r.seed}, step ${step}, ${pattern} on ${text}`).toBe(expected)
  }
  expect(matched).toBeGreaterThan(1000)
})

test.each([
  // A class that is not closed ends with the pattern.
  ['[', 'a', false],
  ['[a', 'a', true],
  ['[^', 'a', true],
  ['[^a', 'a', false],
  ['[a-', '-', true],
  ['[]', 'a', false],
  ['x[a-c', 'xb', true],
  // A backslash at the end stands for itself.
  ['\\', '\\', true],
  ['[\\', '\\', true],
  // Ranges go over signed bytes.
  ['[\x80-\x00]', '\xff', true],
  ['[\x00-\x80]', '\x7f', false],
  // Stars match every text but the empty one; KEYS and SCAN know `*` by itself.
  ['*', '', false],
  ['**', '', false],
  ['', '', true],
])('the pattern %j on %j: %j, as in Redis', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected)
})

test('ignoring case holds for bytes and ranges, not for what is escaped in a class', () => {
  expect(matches('Max*', 'mAXMEMORY', true)).toBe(true)
  expect(matches('[A-C]?', 'bz', true)).toBe(true)
  expect(matches('[\\M]', 'm', true)).toBe(false)
  expect(matches('\\M', 'm', true)).toBe(true)
})

test('many stars take no exponential time', () => {
  expect(matches(`${'a*'.repeat(1000)}b`, 'a'.repeat(20_000))).toBe(false)
})
