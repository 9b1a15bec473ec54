/*
 * The other ways to look at a reply: table, JSON, the bytes.
 */
import { describe, expect, test } from 'vitest'
import { RespDecoder } from '../../../shared/resp/decode.ts'
import type { RespValue } from '../../../shared/resp/value.ts'
import { latin1ToBytes } from '../../../shared/text/bytes.ts'
import { reindentJson, toJson } from './json.ts'
import { rawLines } from './raw-lines.ts'
import { cellText, tabular, toCsv } from './tabular.ts'

function decode(wire: string): RespValue {
  const decoder = new RespDecoder()
  decoder.push(latin1ToBytes(wire))
  return decoder.next()!
}

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`
const array = (...items: string[]): string => `*${items.length}\r\n${items.join('')}`

function table(wire: string, command: string): string[][] | undefined {
  const found = tabular(decode(wire), command.split(' '))
  return (
    found && [
      [...found.columns],
      ...Array.from({ length: found.rowCount }, (_, row) => found.columns.map((_, column) => found.cell(row, column))),
    ]
  )
}

describe('a table', () => {
  test('is made of maps, and of the flat pairs that RESP2 gives for them', () => {
    const expected = [
      ['field', 'value'],
      ['a', '1'],
      ['b', '"\\xff"'],
    ]
    expect(table(`%2\r\n${bulk('a')}${bulk('1')}${bulk('b')}${bulk('\xff')}`, 'HGETALL h')).toEqual(expected)
    expect(table(array(bulk('a'), bulk('1'), bulk('b'), bulk('\xff')), 'hgetall h')).toEqual(expected)
    expect(table(array(bulk('a'), bulk('1')), 'ZRANGE z 0 -1 WITHSCORES')).toEqual([
      ['field', 'value'],
      ['a', '1'],
    ])
  })

  test('is not made of a list that merely has an even length', () => {
    expect(table(array(bulk('a'), bulk('b')), 'LRANGE l 0 -1')).toBeUndefined()
    expect(table('*0\r\n', 'HGETALL h')).toBeUndefined()
    expect(table('+OK\r\n', 'SET a b')).toBeUndefined()
  })

  test('is made of records with the same fields', () => {
    const group = (name: string, pending: number): string =>
      array(bulk('name'), bulk(name), bulk('pending'), `:${pending}\r\n`)
    expect(table(array(group('g1', 1), group('g2', 0)), 'XINFO GROUPS s')).toEqual([
      ['name', 'pending'],
      ['g1', '1'],
      ['g2', '0'],
    ])
    expect(table(array(group('g1', 1), array(bulk('other'), bulk('x'))), 'XINFO GROUPS s')).toBeUndefined()
  })

  test('is made of INFO and CLIENT LIST', () => {
    expect(table(bulk('# Server\r\nversion:7.0\r\nurl:a:b\r\n'), 'INFO')).toEqual([
      ['field', 'value'],
      ['version', '7.0'],
      ['url', 'a:b'],
    ])
    expect(table(bulk('id=1 addr=a name= db=0\nid=2 addr=b name=x=y db=1\n'), 'CLIENT LIST')).toEqual([
      ['id', 'addr', 'name', 'db'],
      ['1', 'a', '', '0'],
      ['2', 'b', 'x=y', '1'],
    ])
  })

  test('is copied as CSV with everything quoted that must be', () => {
    const found = tabular(decode(array(bulk('a,"b"'), bulk('1'))), ['hgetall', 'h'])!
    expect(toCsv(found)).toBe('field,value\r\n"""a,\\""b\\""""",1\r\n')
  })

  test('shows an empty string, a nil and what is nested', () => {
    expect(
      [bulk(''), '$-1\r\n', array(':1\r\n', array(bulk('x'))), '%1\r\n+a\r\n#t\r\n'].map((wire) =>
        cellText(decode(wire)),
      ),
    ).toEqual(['""', '(nil)', '[1, [x]]', '{a: true}'])
  })
})

describe('JSON', () => {
  test('keeps every digit and every key of a document', () => {
    const document = '{"big":12345678901234567890,"a":1.0,"a":2,"empty":{},"list":[],"s":"{\\"x\\": [1]}"}'
    expect(toJson(decode(bulk(document)))).toBe(
      '{\n  "big": 12345678901234567890,\n  "a": 1.0,\n  "a": 2,\n  "empty": {},\n  "list": [],\n  "s": "{\\"x\\": [1]}"\n}',
    )
  })

  test('shows the structure of other replies', () => {
    expect(JSON.parse(toJson(decode(array(bulk('a'), ':1\r\n', '$-1\r\n', '-ERR x\r\n', ',inf\r\n'))))).toEqual([
      'a',
      1,
      null,
      { error: 'ERR x' },
      'inf',
    ])
    expect(toJson(decode(':9007199254740993\r\n'))).toBe('9007199254740993')
    expect(toJson(decode(bulk('\xff')))).toBe('{\n  "bytes": "\\"\\\\xff\\""\n}')
  })

  test('loses no pair of a map whose keys are no names', () => {
    expect(JSON.parse(toJson(decode('%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n')))).toEqual({ a: 1, b: 2 })
    expect(JSON.parse(toJson(decode('%2\r\n+a\r\n:1\r\n+a\r\n:2\r\n')))).toEqual([
      ['a', 1],
      ['a', 2],
    ])
  })

  test('is indented without being parsed', () => {
    expect(reindentJson('[1,{"a":[true,null]}]')).toBe(
      '[\n  1,\n  {\n    "a": [\n      true,\n      null\n    ]\n  }\n]',
    )
  })
})

test('the bytes are shown by protocol line, escaped where they cannot be seen', () => {
  const lines = rawLines(latin1ToBytes(array(bulk('a"\xff'), ':1\r\n')))
  expect(Array.from({ length: lines.lineCount }, (_, i) => lines.line(i))).toEqual([
    '*2\\r\\n',
    '$3\\r\\n',
    'a"\\xff\\r\\n',
    ':1\\r\\n',
  ])
})
