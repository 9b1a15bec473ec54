/*
 * The harness itself, so that a mistake in it does not pass for one of the server.
 */
import { describe, expect, test } from 'vitest'
import { random } from './support/random.ts'
import { encodeCommand, friendly, NotRespError, ReplyError, ReplyReader } from './support/reply.ts'

const read = (text: string) => {
  const reader = new ReplyReader()
  reader.feed(Buffer.from(text, 'latin1'))
  return reader.next()?.reply
}

describe('the reply reader', () => {
  test('gives the same replies however the bytes are split', () => {
    const r = random()
    const stream = Buffer.from(
      '+OK\r\n:-12\r\n$5\r\na\r\nbc\r\n*2\r\n$-1\r\n*0\r\n%1\r\n+k\r\n~1\r\n,1.5\r\n=8\r\ntxt:ab\r\n\r\n_\r\n#t\r\n>1\r\n+p\r\n',
    )
    const whole = new ReplyReader()
    whole.feed(stream)
    const expected: unknown[] = []
    for (let next = whole.next(); next; next = whole.next()) expected.push(next.reply)
    expect(expected).toHaveLength(9)
    for (let round = 0; round < 200; round++) {
      const reader = new ReplyReader()
      const got: unknown[] = []
      for (let at = 0; at < stream.length; ) {
        const size = r.between(1, 6)
        reader.feed(stream.subarray(at, at + size))
        at += size
        for (let next = reader.next(); next; next = reader.next()) got.push(next.reply)
      }
      expect(got, `seed ${r.seed}`).toEqual(expected)
    }
  })

  test('refuses what is not RESP', () => {
    for (const bad of [
      'hello\r\n',
      '+OK\n',
      '$3\r\nabcd\r\n',
      ':1.5\r\n',
      '#x\r\n',
      ',one\r\n',
      '$-2\r\n',
      '_x\r\n',
      '\r\n',
    ]) {
      expect(() => read(bad), JSON.stringify(bad)).toThrow(NotRespError)
    }
  })

  test('makes friendly values without losing any', () => {
    const value = (text: string) => friendly(read(text)!)
    expect(value(':9007199254740993\r\n')).toBe(9007199254740993n)
    expect(value(':42\r\n')).toBe(42)
    expect(value('$2\r\n\xff\xfe\r\n')).toEqual(Buffer.from([0xff, 0xfe]))
    expect(value('%1\r\n$1\r\na\r\n:1\r\n')).toEqual({ a: 1 })
    expect(value('*2\r\n-ERR no\r\n*-1\r\n')).toEqual([new ReplyError('ERR no'), null])
    expect(value(',-inf\r\n')).toBe(-Infinity)
  })
})

test('a command is encoded by bytes, not by characters', () => {
  expect(encodeCommand(['SET', 'é', 7, new Uint8Array([0, 255])]).toString('latin1')).toBe(
    '*4\r\n$3\r\nSET\r\n$2\r\n\xc3\xa9\r\n$1\r\n7\r\n$2\r\n\x00\xff\r\n',
  )
})
