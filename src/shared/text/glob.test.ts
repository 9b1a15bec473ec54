import { describe, expect, test } from 'vitest'
import { compileGlob, escapeGlob, globMatches } from './glob.ts'

describe('a glob', () => {
  const cases: [pattern: string, yes: string[], no: string[]][] = [
    ['*', ['', 'a', 'abc'], []],
    ['user:*', ['user:', 'user:1'], ['user', 'xuser:1']],
    ['*:1', [':1', 'a:1', ':1:1'], [':1x']],
    ['a*b*c', ['abc', 'axbxc', 'abcbc'], ['ab', 'acb']],
    ['h?llo', ['hello', 'h\xe9llo'], ['hllo', 'heello']],
    ['h[ae]llo', ['hallo', 'hello'], ['hillo', 'h[ae]llo']],
    ['h[^e]llo', ['hallo'], ['hello', 'hllo']],
    ['[a-c]', ['a', 'b', 'c'], ['d', '-']],
    ['[c-a]', ['a', 'b', 'c'], ['d']],
    ['[a\\-c]', ['a', '-', 'c'], ['b']],
    ['[\\]]', [']'], ['\\']],
    ['a\\*', ['a*'], ['ab']],
    ['[abc', ['a', 'c'], ['[abc', 'd']],
    ['a\\', ['a\\'], ['a']],
    ['', [''], ['a']],
    ['**', ['a'], ['']],
  ]
  test.each(cases)('%j', (pattern, yes, no) => {
    for (const name of yes) expect(globMatches(pattern, name), name).toBe(true)
    for (const name of no) expect(globMatches(pattern, name), name).toBe(false)
  })

  test('folds only ASCII letters when case is ignored', () => {
    const matches = compileGlob('User:[A-C]*', { ignoreCase: true })
    expect([matches('uSER:bX'), matches('user:d')]).toEqual([true, false])
    expect(compileGlob('\xc9', { ignoreCase: true })('\xe9')).toBe(false)
  })

  test('with many stars costs no more than the product of the lengths', () => {
    // Naive recursion would not end while anybody waits for it.
    expect(globMatches(`${'a*'.repeat(40)}b`, 'a'.repeat(5_000))).toBe(false)
  })

  test('that is escaped matches its own text only', () => {
    for (const name of ['a*b', '[x]', 'a?', 'b\\c', '^-^']) {
      const pattern = escapeGlob(name)
      expect(globMatches(pattern, name)).toBe(true)
      expect(globMatches(pattern, 'aXb')).toBe(false)
    }
  })
})
