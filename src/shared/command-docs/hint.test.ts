import { describe, expect, test } from 'vitest'
import table from '../command-docs.json' with { type: 'json' }
import type { CommandDoc } from './doc.ts'
import { findCommand, hintFor, nextTokens, remainingArguments } from './hint.ts'
import { usageOf } from './usage.ts'

const commands = new Map((table.commands as CommandDoc[]).map((doc) => [doc.name, doc]))

function hint(line: string): string | undefined {
  const words = line.split(' ')
  const found = findCommand(commands, words)!
  return hintFor(found.doc, words.slice(found.nameLength))
}

describe('the hint says what may still be typed', () => {
  const cases: [line: string, hint: string | undefined][] = [
    ['GET', 'key'],
    ['GET k', ''],
    ['GET k extra', undefined],
    [
      'SET k',
      'value [NX | XX | IFEQ comparison-value] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]',
    ],
    ['SET k v EX', 'seconds [NX | XX | IFEQ comparison-value] [GET]'],
    ['SET k v ex 10 nx', '[GET]'],
    [
      'SET k v GET',
      '[NX | XX | IFEQ comparison-value] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]',
    ],
    ['MGET', 'key [key ...]'],
    ['MGET a b', '[key ...]'],
    ['HSET h f', 'value [field value ...]'],
    ['HSET h f v', '[field value ...]'],
    ['ZADD k NX 1', 'member [score member ...]'],
    ['ZRANGE k 0 -1 REV', '[BYSCORE | BYLEX] [LIMIT offset count] [WITHSCORES]'],
    ['XADD s MAXLEN ~ 10', '[LIMIT count] [NOMKSTREAM] <* | id> field value [field value ...]'],
    ['XADD s *', 'field value [field value ...]'],
    [
      'SORT k GET p',
      '[BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA] [STORE destination]',
    ],
    ['CONFIG SET maxmemory', 'value [parameter value ...]'],
    ['CLIENT SETNAME', 'connection-name'],
  ]
  test.each(cases)('%s', (line, expected) => {
    expect(hint(line)).toBe(expected)
  })

  test('completion offers tokens up to the next thing that must be given', () => {
    const tokens = (line: string): (string | undefined)[] => {
      const words = line.split(' ')
      const { doc, nameLength } = findCommand(commands, words)!
      return nextTokens(remainingArguments(doc.args, words.slice(nameLength)) ?? []).map(({ token }) => token)
    }
    expect(tokens('SET k v')).toEqual(['NX', 'XX', 'IFEQ', 'GET', 'EX', 'PX', 'EXAT', 'PXAT', 'KEEPTTL'])
    expect(tokens('SET k')).toEqual([])
    expect(tokens('ZADD k')).toEqual(['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'])
    expect(tokens('XREAD')).toEqual(['COUNT', 'BLOCK', 'STREAMS'])
  })

  test('never fails, whatever the words, for any command of the table', () => {
    const words = ['k', '1', 'EX', 'GET', 'LIMIT', '*', 'STREAMS', 'ID', 'BY', '']
    for (const doc of commands.values()) {
      expect(usageOf(doc.args), doc.name).not.toContain('undefined')
      for (let length = 0; length < 6; length++) {
        for (let start = 0; start < words.length; start++) {
          const given = Array.from({ length }, (_, i) => words[(start + i * 3) % words.length]!)
          expect(() => hintFor(doc, given), `${doc.name} ${given.join(' ')}`).not.toThrow()
        }
      }
    }
  })
})
