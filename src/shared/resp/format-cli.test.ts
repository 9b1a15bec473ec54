import { describe, expect, test } from 'vitest'
import { utf8ToBytes } from '../text/bytes.ts'
import { CliText, formatCli, isTextCommand, omission } from './format-cli.ts'
import type { RespValue } from './value.ts'

const bulk = (text: string): RespValue => ({ type: 'bulk', bytes: utf8ToBytes(text) })
const integers = (count: number): RespValue => ({
  type: 'array',
  items: Array.from({ length: count }, (_, value) => ({ type: 'integer', value }) as const),
})

// That it prints what redis-cli prints is shown in tests/compat/format-cli.test.ts; here is what redis-cli has not.
describe('CliText', () => {
  test('makes any line of a long reply without the others', () => {
    const text = new CliText(integers(1_000_000))
    expect(text.lineCount).toBe(1_000_000)
    expect(text.lineText(0)).toBe('      1) (integer) 0')
    expect(text.lineText(999_999)).toBe('1000000) (integer) 999999')
    expect(() => text.line(1_000_000)).toThrow(RangeError)
  })

  test('says what a part of a line is', () => {
    const value: RespValue = { type: 'map', entries: [[bulk('k'), { type: 'null' }]] }
    expect(new CliText(value).line(0)).toEqual([
      { kind: 'index', text: '1# ' },
      { kind: 'string', text: '"k"' },
      { kind: 'index', text: ' => ' },
      { kind: 'word', text: '(nil)' },
    ])
  })

  test('never shortens a string without counting what is left out', () => {
    const text = new CliText(bulk('abcdefgh'), { stringSizeMax: 5 })
    expect(text.line(0)).toEqual([{ kind: 'string', text: '"abcde', omitted: 3 }])
    expect(omission(3) + omission(1)).toBe(' (3 more bytes) (1 more byte)')
    expect(formatCli(bulk('abcde'), { stringSizeMax: 5 })).toBe('"abcde"\n')
  })

  test('does not cut a readable string within a character', () => {
    const [part] = new CliText(bulk('aé€'), { stringSizeMax: 4, readable: true }).line(0)
    expect(part).toEqual({ kind: 'string', text: '"aé', omitted: 3 })
  })

  test('leaves UTF-8 readable on demand', () => {
    expect(formatCli(bulk('é'))).toBe('"\\xc3\\xa9"\n')
    expect(formatCli(bulk('é'), { readable: true })).toBe('"é"\n')
  })

  test('prints what redis-cli 7 cannot: big numbers, bulk errors', () => {
    expect(formatCli({ type: 'bigNumber', text: '123' })).toBe('(big number) 123\n')
    expect(formatCli({ type: 'bulkError', bytes: utf8ToBytes('ERR x') })).toBe('(error) ERR x\n')
  })

  test('prints text for people as it is', () => {
    expect(isTextCommand(['info'])).toBe(true)
    expect(isTextCommand(['CLIENT', 'list'])).toBe(true)
    expect(isTextCommand(['CLIENT', 'getname'])).toBe(false)
    expect(formatCli(bulk('a\nb'), { isText: true })).toBe('a\nb\n')
  })
})
