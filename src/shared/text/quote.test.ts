import { describe, expect, test } from 'vitest'
import { random } from '../../../tests/support/random.ts'
import { bytesToLatin1, latin1ToBytes, utf8ToBytes } from './bytes.ts'
import { quote, quoteArgument, quoteReadable, splitLine, splitScript } from './quote.ts'

/** Arguments as latin1, or the fault. */
function split(line: string): string[] | { at: number; message: string } {
  const result = splitLine(line)
  if (!result.ok) return { at: result.position, message: result.message }
  return result.args.map((arg) => bytesToLatin1(arg.bytes))
}

describe('splitLine', () => {
  const cases: [line: string, args: string[]][] = [
    ['', []],
    ['  \t ', []],
    ['SET a b', ['SET', 'a', 'b']],
    ['  SET\ta  b ', ['SET', 'a', 'b']],
    ['""', ['']],
    ["'' x", ['', 'x']],
    ['"a b"', ['a b']],
    ['"a\\nb\\r\\t\\a\\b"', ['a\nb\r\t\x07\b']],
    ['"\\x00\\xfF\\xg1\\x"', ['\0\xffxg1x']],
    ['"say \\"hi\\" \\\\ \\q"', ['say "hi" \\ q']],
    ["'a\\nb\\'c\\\\d'", ["a\\nb'c\\\\d"]],
    ['a"b c"', ['ab c']],
    ["a'b c' d", ['ab c', 'd']],
    ['a\\nb', ['a\\nb']],
    ['é', ['Ã©']],
    ['"é\\xc3\\xa9"', ['Ã©Ã©']],
    ['a\vb', ['a\vb']],
  ]
  test.each(cases)('%j', (line, args) => {
    expect(split(line)).toEqual(args)
  })

  test('says where the quote is that is wrong', () => {
    expect(split('SET a "b')).toEqual({ at: 6, message: 'This double quote is never closed.' })
    expect(split("SET a 'b\\'")).toEqual({ at: 6, message: 'This single quote is never closed.' })
    expect(split('SET "a"b')).toEqual({ at: 6, message: 'A space must follow a closing quote.' })
    expect(split('"a\\')).toEqual({ at: 0, message: 'This double quote is never closed.' })
    expect(split('"a\\"')).toEqual({ at: 0, message: 'This double quote is never closed.' })
  })

  test('keeps the arguments that came before a fault, for hints while typing', () => {
    const result = splitLine('SET key "val')
    expect(result.args.map((arg) => bytesToLatin1(arg.bytes))).toEqual(['SET', 'key'])
  })

  test('says where each argument was written', () => {
    const result = splitLine(' SET "a b"  c')
    expect(result.args.map(({ start, end }) => [start, end])).toEqual([
      [1, 4],
      [5, 10],
      [12, 13],
    ])
  })
})

describe('quote', () => {
  test('writes what redis-cli writes', () => {
    expect(quote(latin1ToBytes('a"b\\c\n\r\t\x07\b\x01\x7f\xff é~ '))).toBe(
      '"a\\"b\\\\c\\n\\r\\t\\a\\b\\x01\\x7f\\xff \\xe9~ "',
    )
  })

  test('leaves text readable on demand, but nothing invisible', () => {
    expect(quoteReadable(utf8ToBytes('é€😀 x'))).toBe('"é€😀 x"')
    expect(quoteReadable(utf8ToBytes('a\u200bb\u00a0'))).toBe('"a\\xe2\\x80\\x8bb\\xc2\\xa0"')
    expect(quoteReadable(Uint8Array.of(0xff))).toBe('"\\xff"')
  })

  test('quotes an argument only where it must', () => {
    expect(quoteArgument(utf8ToBytes('user:1042'))).toBe('user:1042')
    expect(quoteArgument(utf8ToBytes('clé'))).toBe('clé')
    expect(quoteArgument(utf8ToBytes(''))).toBe('""')
    expect(quoteArgument(utf8ToBytes('a b'))).toBe('"a b"')
    expect(quoteArgument(utf8ToBytes("it's"))).toBe('"it\'s"')
    expect(quoteArgument(utf8ToBytes('a\\b'))).toBe('"a\\\\b"')
  })

  test('is undone by splitLine, whatever the bytes', () => {
    const r = random()
    for (let round = 0; round < 2_000; round++) {
      const args = Array.from({ length: r.between(1, 4) }, () =>
        r.chance(0.5)
          ? r.bytes(12)
          : utf8ToBytes(r.pick(['', 'é', '\u2028', '"', "'", '\\x41', '😀', 'a b', '\u0000'])),
      )
      for (const write of [quote, quoteReadable, quoteArgument]) {
        const line = args.map(write).join(' ')
        expect(split(line), `seed ${r.seed}, round ${round}: ${line}`).toEqual(args.map(bytesToLatin1))
      }
    }
  })
})

describe('splitScript', () => {
  test('finds one command per line, and leaves out what is blank', () => {
    const script = splitScript('\n SET a 1 \r\n\n  GET a\t\n')
    expect(script.ok && script.commands).toEqual([
      { text: 'SET a 1', start: 2, end: 9 },
      { text: 'GET a', start: 15, end: 20 },
    ])
  })

  test('keeps line breaks that are quoted', () => {
    const script = splitScript(`SET a "1\n2"\nGET 'x\ny'`)
    expect(script.ok && script.commands.map(({ text }) => text)).toEqual(['SET a "1\n2"', "GET 'x\ny'"])
  })

  test('says where a quote is wrong in the whole input', () => {
    expect(splitScript('PING\nSET a "1\nGET a')).toMatchObject({ ok: false, position: 11 })
  })

  test('ends, whatever it is given', () => {
    const r = random()
    for (let round = 0; round < 1_000; round++) {
      const input = Array.from({ length: r.below(20) }, () => r.pick([...' \n\0"\'\\ab\v'])).join('')
      const script = splitScript(input)
      if (script.ok)
        for (const { text } of script.commands) expect(splitLine(text).ok, JSON.stringify(input)).toBe(true)
    }
  })
})
