import { describe, expect, test } from 'vitest'
import { bytesToLatin1, utf8ToBytes } from '../../../shared/text/bytes.ts'
import { parseDuration, typedDuration } from './durations.ts'
import { hexText, parseHex } from './hex-text.ts'
import { compactJson, jsonFault, prettyJson } from './json-layout.ts'
import { parseName, showName, showValue } from './names.ts'
import { asJson, asText, guessFormat } from './value-text.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

describe('text', () => {
  test('gives every byte back that was not edited, whatever ends its lines', () => {
    for (const text of ['', 'a\nb', 'a\r\nb\r\n', '\ufeffx', '\u0000', 'é\n']) {
      const shown = asText(utf8ToBytes(text))!
      expect(shown.text).not.toContain('\r')
      expect(shown.readOnly).toBeUndefined()
      expect(shown.encode(shown.text)).toEqual(utf8ToBytes(text))
    }
  })
  test('may not be edited where lines end in different ways', () => {
    for (const text of ['a\rb', 'a\r\nb\n', '\n\r']) expect(asText(utf8ToBytes(text))!.readOnly).toContain('hex')
  })
  test('is no text where it is not UTF-8', () => {
    expect(asText(bytes('\xff'))).toBeUndefined()
    expect(guessFormat(bytes('\xff'), true)).toBe('hex')
    expect(guessFormat(utf8ToBytes('aé').subarray(0, 2), false)).toBe('text')
  })
})

describe('JSON', () => {
  const samples = [
    '{"a":1,"a":2,"big":12345678901234567890.10e5,"s":"\\u00e9 \\" [ , : }","e":{},"l":[],"n":[1,[2,{"x":null}]]}',
    '[]',
    '"x"',
    ' { "a" : [ 1 , 2 ] } ',
  ]
  test('is laid out without a change of any token', () => {
    for (const sample of samples) {
      expect(compactJson(prettyJson(sample))).toBe(compactJson(sample))
      expect(jsonFault(prettyJson(sample))).toBeNull()
    }
    expect(prettyJson('{"a":[1,{}],"b":[]}')).toBe('{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}')
  })
  test('is written compact where it was compact', () => {
    const shown = asJson(bytes('{"a":1}'))!
    expect(shown.encode(shown.text.replace('1', '2'))).toEqual(utf8ToBytes('{"a":2}'))
    const spaced = asJson(bytes('{ "a": 1 }'))!
    expect(spaced.encode(spaced.text)).toEqual(utf8ToBytes('{\n  "a": 1\n}'))
    expect(asJson(bytes('{"a":}'))).toBeUndefined()
  })
  test('is guessed for containers only', () => {
    expect(guessFormat(bytes('{"a":1}'), true)).toBe('json')
    expect(guessFormat(bytes('12'), true)).toBe('text')
    expect(guessFormat(bytes('[x'), true)).toBe('text')
  })
})

describe('hex', () => {
  test('reads back what it wrote', () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    for (let size = 0; size <= all.length; size++) {
      const value = all.slice(0, size)
      expect(parseHex(hexText(value))).toEqual({ ok: true, bytes: value })
    }
  })
  test('says what is wrong', () => {
    expect(parseHex('0g')).toMatchObject({ ok: false, why: expect.stringContaining('"g"') })
    expect(parseHex('00 1')).toMatchObject({ ok: false })
  })
})

describe('names', () => {
  test('are typed back as they are shown, whatever their bytes', () => {
    const awkward = ['', '"', "'x", 'a b', ' a', '\\', '\\x00', 'é', '日本', '\u2028'].map((text) =>
      bytesToLatin1(utf8ToBytes(text)),
    )
    const single = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))
    for (const name of [...awkward, ...single, ...single.map((byte) => `a${byte}"`)]) {
      expect(parseName(showName(name))).toEqual({ ok: true, name })
    }
  })
  test('take plain text as it is, spaces too', () => {
    expect(parseName('a b')).toEqual({ ok: true, name: 'a b' })
    expect(parseName('"a')).toMatchObject({ ok: false })
    expect(parseName('"a" b')).toMatchObject({ ok: false })
  })
})

describe('durations', () => {
  test('are read with units, and without one as seconds', () => {
    expect(parseDuration('2d 4h')).toBe(187_200_000)
    expect(parseDuration('90')).toBe(90_000)
    expect(parseDuration('1.5h')).toBe(5_400_000)
    expect(parseDuration('1500ms')).toBe(1_500)
    for (const wrong of ['', '0', 'x', '5 parsecs', '-1s', '1e9d']) expect(parseDuration(wrong)).toBeNull()
  })
  test('are typed back to the millisecond', () => {
    for (const ms of [1, 999, 61_001, 187_200_000]) expect(parseDuration(typedDuration(ms))).toBe(ms)
  })
})

describe('a value on one line', () => {
  test('is text where it reads as text, and quoted where it does not', () => {
    expect(showValue(utf8ToBytes('one\ntwo é'), false)).toBe('one\\ntwo é')
    expect(showValue(bytes('\x00\x01\x02'), false)).toBe('"\\x00\\x01\\x02"')
    expect(showValue(bytes('\xff\x00'), false)).toBe('"\\xff\\x00"')
  })

  test('that goes on may end within a character; one that ends there may not', () => {
    const cut = bytes('a\xc3')
    expect(showValue(cut, true)).toBe('a')
    expect(showValue(cut, false)).toBe('"a\\xc3"')
  })
})
