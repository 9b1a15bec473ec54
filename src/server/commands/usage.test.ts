import { describe, expect, test } from 'vitest'
import { parseUsage } from './usage.ts'

describe('parseUsage', () => {
  test('takes names, implied and stated types, and repetition', () => {
    expect(parseUsage('key <score:double member>...')).toEqual([
      { name: 'key', type: 'key' },
      {
        name: 'score',
        type: 'block',
        multiple: true,
        arguments: [
          { name: 'score', type: 'double' },
          { name: 'member', type: 'string' },
        ],
      },
    ])
  })

  test('makes a token name the value behind it, and stand alone otherwise', () => {
    expect(parseUsage('[COUNT count:integer] [NX]')).toEqual([
      { name: 'count', type: 'integer', token: 'COUNT', optional: true },
      { name: 'nx', type: 'pure-token', token: 'NX', optional: true },
    ])
  })

  test('reads a choice as one of its members', () => {
    expect(parseUsage('[EX seconds:integer | KEEPTTL]')).toEqual([
      {
        name: 'ex-or-keepttl',
        type: 'oneof',
        optional: true,
        arguments: [
          { name: 'seconds', type: 'integer', token: 'EX' },
          { name: 'keepttl', type: 'pure-token', token: 'KEEPTTL' },
        ],
      },
    ])
  })

  test('makes a block of a token with several values', () => {
    expect(parseUsage('[LIMIT offset:integer count:integer]')).toEqual([
      {
        name: 'limit',
        type: 'block',
        token: 'LIMIT',
        optional: true,
        arguments: [
          { name: 'offset', type: 'integer' },
          { name: 'count', type: 'integer' },
        ],
      },
    ])
  })

  test.each(['[NX', 'NX]', 'key:blob', '... key', '<a | b'])('refuses %s', (usage) => {
    expect(() => parseUsage(usage)).toThrow(SyntaxError)
  })
})
