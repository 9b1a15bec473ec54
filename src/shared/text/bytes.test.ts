import { describe, expect, test } from 'vitest'
import {
  bytesEqual,
  bytesToLatin1,
  bytesToUtf8,
  concatBytes,
  latin1ToBytes,
  showBytes,
  showLatin1,
  utf8ToBytes,
} from './bytes.ts'

describe('latin1', () => {
  test('holds every byte, also in more than one piece', () => {
    const bytes = Uint8Array.from({ length: 20_001 }, (_, i) => i & 0xff)
    const text = bytesToLatin1(bytes)
    expect(text).toHaveLength(20_001)
    expect(bytesEqual(latin1ToBytes(text), bytes)).toBe(true)
  })

  test('refuses what is no byte instead of cutting it', () => {
    expect(() => latin1ToBytes('aĀ')).toThrow('character 1')
  })
})

describe('bytesToUtf8', () => {
  test('gives text that encodes to the same bytes, byte order mark and all', () => {
    for (const text of ['', 'abc', 'é€😀', '\ufeffabc', '\0']) {
      expect(bytesToUtf8(utf8ToBytes(text))).toBe(text)
    }
  })

  test('refuses bytes that are not UTF-8: cut, overlong, surrogates', () => {
    for (const bytes of [[0xc3], [0xe2, 0x82], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xff]]) {
      expect(bytesToUtf8(Uint8Array.from(bytes))).toBeUndefined()
    }
  })
})

test('bytes of unknown origin are shown as UTF-8 where they are that, else byte by byte', () => {
  expect(showLatin1('Ã©')).toBe('é')
  expect(showLatin1('é')).toBe('é')
  expect(showBytes(Uint8Array.of(0x61, 0xff))).toBe('aÿ')
})

test('concatBytes joins, and bytesEqual compares all of it', () => {
  const joined = concatBytes([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)])
  expect(bytesEqual(joined, Uint8Array.of(1, 2, 3))).toBe(true)
  expect(bytesEqual(joined, Uint8Array.of(1, 2, 4))).toBe(false)
  expect(bytesEqual(joined, Uint8Array.of(1, 2))).toBe(false)
})
