import { describe, expect, test } from 'vitest'
import { utf8ToBytes } from '../text/bytes.ts'
import { type DecoderLimits, ProtocolError, RespDecoder } from './decode.ts'
import { encodeCommand } from './encode.ts'
import type { RespValue } from './value.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

function decodeAll(text: string, limits?: Partial<DecoderLimits>): RespValue[] {
  const decoder = new RespDecoder(limits)
  decoder.push(bytes(text))
  const values: RespValue[] = []
  for (;;) {
    const value = decoder.next()
    if (value === undefined) return values
    values.push(value)
  }
}
const decode = (text: string): RespValue => decodeAll(text)[0]!

function refusal(text: string, limits?: Partial<DecoderLimits>): ProtocolError {
  try {
    decodeAll(text, limits)
  } catch (error) {
    if (error instanceof ProtocolError) return error
    throw error
  }
  throw new Error(`accepted ${JSON.stringify(text)}`)
}

describe('RespDecoder reads', () => {
  const cases: [string, RespValue][] = [
    ['+OK\r\n', { type: 'simple', text: 'OK' }],
    ['+\r\n', { type: 'simple', text: '' }],
    ['-ERR no\r\n', { type: 'error', text: 'ERR no' }],
    [':-12\r\n', { type: 'integer', value: -12 }],
    [':9007199254740991\r\n', { type: 'integer', value: 9007199254740991 }],
    [':9007199254740993\r\n', { type: 'integer', value: 9007199254740993n }],
    [':-9223372036854775808\r\n', { type: 'integer', value: -9223372036854775808n }],
    ['$3\r\na\r\n\r\n', { type: 'bulk', bytes: bytes('a\r\n') }],
    ['$0\r\n\r\n', { type: 'bulk', bytes: bytes('') }],
    ['$-1\r\n', { type: 'null' }],
    ['*-1\r\n', { type: 'nullArray' }],
    ['_\r\n', { type: 'null' }],
    ['*0\r\n', { type: 'array', items: [] }],
    ['#t\r\n', { type: 'boolean', value: true }],
    [',1.50\r\n', { type: 'double', value: 1.5, text: '1.50' }],
    [',-inf\r\n', { type: 'double', value: Number.NEGATIVE_INFINITY, text: '-inf' }],
    [',nan\r\n', { type: 'double', value: Number.NaN, text: 'nan' }],
    [',1e-7\r\n', { type: 'double', value: 1e-7, text: '1e-7' }],
    ['(-12345678901234567890123\r\n', { type: 'bigNumber', text: '-12345678901234567890123' }],
    ['!5\r\nERR x\r\n', { type: 'bulkError', bytes: bytes('ERR x') }],
    ['=7\r\ntxt:a\nb\r\n', { type: 'verbatim', format: 'txt', bytes: bytes('a\nb') }],
    ['%0\r\n', { type: 'map', entries: [] }],
    ['~1\r\n+a\r\n', { type: 'set', items: [{ type: 'simple', text: 'a' }] }],
    ['>1\r\n+a\r\n', { type: 'push', items: [{ type: 'simple', text: 'a' }] }],
    [
      '%1\r\n+k\r\n*2\r\n:1\r\n*-1\r\n',
      {
        type: 'map',
        entries: [
          [
            { type: 'simple', text: 'k' },
            { type: 'array', items: [{ type: 'integer', value: 1 }, { type: 'nullArray' }] },
          ],
        ],
      },
    ],
  ]
  test.each(cases)('%j', (wire, value) => {
    expect(decodeAll(wire + wire)).toEqual([value, value])
  })

  test('attributes as a part of the value they precede, at any depth', () => {
    const attributes = [[{ type: 'simple', text: 'ttl' } as const, { type: 'integer', value: 3600 } as const] as const]
    expect(decode('|1\r\n+ttl\r\n:3600\r\n+v\r\n')).toEqual({ type: 'simple', text: 'v', attributes })
    expect(decode('|1\r\n+ttl\r\n:3600\r\n*1\r\n+v\r\n')).toMatchObject({ type: 'array', attributes })
    expect(decode('|1\r\n+ttl\r\n:3600\r\n*0\r\n')).toEqual({ type: 'array', items: [], attributes })
    expect(decode('|1\r\n+ttl\r\n:3600\r\n*-1\r\n')).toEqual({ type: 'nullArray', attributes })
    expect(decode('*2\r\n+a\r\n|1\r\n+ttl\r\n:3600\r\n+b\r\n')).toEqual({
      type: 'array',
      items: [
        { type: 'simple', text: 'a' },
        { type: 'simple', text: 'b', attributes },
      ],
    })
    expect(decode('|1\r\n+ttl\r\n:3600\r\n|0\r\n+v\r\n')).toEqual({ type: 'simple', text: 'v', attributes })
  })

  test('an integer of minus zero as zero', () => {
    expect(Object.is((decode(':-0\r\n') as { value: number }).value, 0)).toBe(true)
  })

  test('a line feed within a line, which some modules write', () => {
    expect(decode('+a\nb\rc\r\n')).toEqual({ type: 'simple', text: 'a\nb\rc' })
  })

  test('one byte at a time, saying nothing before the last', () => {
    const wire = bytes('*2\r\n$5\r\nhello\r\n%1\r\n+k\r\n=6\r\ntxt:hi\r\n')
    const decoder = new RespDecoder()
    for (let i = 0; i < wire.length; i++) {
      decoder.push(wire.subarray(i, i + 1))
      const value = decoder.next()
      expect(value === undefined).toBe(i < wire.length - 1)
      expect(decoder.isInsideReply).toBe(i < wire.length - 1)
    }
  })

  test('and says how many bytes each reply was', () => {
    const decoder = new RespDecoder()
    const replies = ['+OK\r\n', '|1\r\n+a\r\n:1\r\n$3\r\nabc\r\n', '*2\r\n$-1\r\n%0\r\n']
    decoder.push(bytes(replies.join('')))
    for (const reply of replies) {
      decoder.next()
      expect(decoder.lastReplySize).toBe(reply.length)
    }
  })

  test('bytes of its own: what the chunk becomes later changes nothing', () => {
    const chunk = bytes('$3\r\nabc\r\n')
    const decoder = new RespDecoder()
    decoder.push(chunk)
    const value = decoder.next()
    chunk.fill(0)
    expect(value).toEqual({ type: 'bulk', bytes: bytes('abc') })
  })
})

describe('RespDecoder refuses', () => {
  const malformed = [
    'HTTP/1.1 400 Bad Request\r\n',
    '\r\n',
    '$x\r\n',
    '$-2\r\n',
    '$3\r\nabcd\r\n',
    '*-2\r\n',
    '*1x\r\n',
    ':1.5\r\n',
    ':\r\n',
    ':123456789012345678901\r\n',
    ',abc\r\n',
    ',\r\n',
    '#x\r\n',
    '_x\r\n',
    '(12a\r\n',
    '=2\r\nab\r\n',
    '=4\r\ntxt \r\n',
    '%-1\r\n',
  ]
  test.each(malformed)('%j', (wire) => {
    expect(refusal(wire)).toMatchObject({ reason: 'malformed' })
  })

  test('streamed replies, in words', () => {
    for (const wire of ['$?\r\n', '*?\r\n', '%?\r\n', ';4\r\nabcd\r\n', '.\r\n']) {
      expect(refusal(wire).message).toContain('streams a reply of unknown length')
    }
  })

  test('what is over a limit, before it has all arrived', () => {
    expect(refusal('$11\r\n', { bulkSizeMax: 10 })).toMatchObject({ reason: 'limit' })
    expect(refusal('*3\r\n', { elementCountMax: 2 })).toMatchObject({ reason: 'limit' })
    expect(refusal('%2\r\n', { elementCountMax: 3 })).toMatchObject({ reason: 'limit' })
    expect(refusal(`+${'x'.repeat(20)}`, { lineSizeMax: 10 })).toMatchObject({ reason: 'limit' })
    expect(refusal('*1\r\n*1\r\n*1\r\n', { depthMax: 2 })).toMatchObject({ reason: 'limit' })
    expect(refusal('*9\r\n$5\r\nabcde\r\n$50\r\n', { replySizeMax: 40 })).toMatchObject({ reason: 'limit' })
    expect(refusal('*9\r\n:1\r\n:1\r\n:1\r\n', { replySizeMax: 10 })).toMatchObject({ reason: 'limit' })
  })

  test('nothing because of the replies before it: limits are of one reply', () => {
    expect(decodeAll('$5\r\nabcde\r\n'.repeat(10), { replySizeMax: 12 })).toHaveLength(10)
  })

  test('everything after an error, with the same error', () => {
    const decoder = new RespDecoder()
    decoder.push(bytes('?\r\n+OK\r\n'))
    expect(() => decoder.next()).toThrow(ProtocolError)
    expect(() => decoder.next()).toThrow('a reply cannot begin with "?"')
    expect(() => decoder.push(bytes('+OK\r\n'))).toThrow('a reply cannot begin with "?"')
  })

  test('replies that begin before the error are given first', () => {
    const decoder = new RespDecoder()
    decoder.push(bytes('+OK\r\n?\r\n'))
    expect(decoder.next()).toEqual({ type: 'simple', text: 'OK' })
    expect(() => decoder.next()).toThrow(ProtocolError)
  })
})

describe('encodeCommand', () => {
  test('writes an array of bulk strings, counting bytes and not characters', () => {
    expect(encodeCommand(['SET', 'é', Uint8Array.of(0, 255)])).toEqual(
      Uint8Array.of(...utf8ToBytes('*3\r\n$3\r\nSET\r\n$2\r\né\r\n$2\r\n'), 0, 255, 13, 10),
    )
  })

  test('writes empty arguments', () => {
    expect(encodeCommand(['GET', ''])).toEqual(utf8ToBytes('*2\r\n$3\r\nGET\r\n$0\r\n\r\n'))
  })
})
