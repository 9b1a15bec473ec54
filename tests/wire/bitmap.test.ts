/*
 * Bitmaps over the wire: strings as rows of bits, and as numbers of any width.
 * Nothing here imports src/server: the suite also runs against a real server.
 */
import { describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'

/** Redis 7.0 looks at the key first; the others refuse what is no range whatever the key holds. */
const RANGE_FIRST = { since: { redis: '7.2.0', valkey: '8.0.0' } }
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const ONLY_VALKEY_8 = { since: { valkey: '8.0.0' } }

describe('single bits', () => {
  const connect = withServer()

  test('SETBIT answers what the bit was, and grows the string by zeros', async () => {
    const r = await connect()
    expect(await r.command('SETBIT', 'k', '7', '1')).toBe(0)
    expect(await r.command('SETBIT', 'k', '7', '1')).toBe(1)
    expect(await r.command('SETBIT', 'k', '7', '0')).toBe(1)
    expect(await r.command('SETBIT', 'k', '33', '1')).toBe(0)
    expect(await r.command('GET', 'k')).toBe('\0\0\0\0@')
    expect(await r.command('SETBIT', 'zeros', '100', '0')).toBe(0)
    expect(await r.command('STRLEN', 'zeros')).toBe(13)
  })

  test('SETBIT makes a raw string of an integer and keeps the time to live', async () => {
    const r = await connect()
    await r.command('SET', 'n', '12345', 'EX', '1000')
    expect(await r.command('SETBIT', 'n', '1', '1')).toBe(0)
    expect(await r.command('GET', 'n')).toBe('q2345')
    expect(await r.command('OBJECT', 'ENCODING', 'n')).toBe('raw')
    expect(await r.command('TTL', 'n')).toBeGreaterThan(900)
  })

  test('GETBIT reads zeros beyond the end and from nothing', async () => {
    const r = await connect()
    await r.command('SET', 'k', bytes(0x81))
    expect(await r.command('GETBIT', 'k', '0')).toBe(1)
    expect(await r.command('GETBIT', 'k', '1')).toBe(0)
    expect(await r.command('GETBIT', 'k', '8')).toBe(0)
    expect(await r.command('GETBIT', 'k', '4294967295')).toBe(0)
    expect(await r.command('GETBIT', 'nope', '0')).toBe(0)
  })

  test('an offset or a bit that is none is refused before the key is looked at', async () => {
    const r = await connect()
    await r.command('HSET', 'h', 'a', '1')
    for (const offset of ['-1', 'x', '01', '', '4294967296', '9223372036854775808']) {
      await expect(r.command('SETBIT', 'h', offset, '1')).rejects.toThrow('ERR bit offset is not an integer')
      await expect(r.command('GETBIT', 'h', offset)).rejects.toThrow('ERR bit offset is not an integer')
    }
    for (const bit of ['2', '-1', 'x', '01']) {
      await expect(r.command('SETBIT', 'h', '0', bit)).rejects.toThrow('ERR bit is not an integer or out of range')
    }
    await expect(r.command('SETBIT', 'h', '0', '1')).rejects.toThrow('WRONGTYPE')
    await expect(r.command('GETBIT', 'h', '0')).rejects.toThrow('WRONGTYPE')
  })

  test('a bit that is set to what it was is no change for those who watch', async () => {
    const [r, other] = [await connect(), await connect()]
    await r.command('SETBIT', 'k', '9', '1')
    await r.command('WATCH', 'k')
    await other.command('SETBIT', 'k', '9', '1')
    await r.command('MULTI')
    expect(await r.command('EXEC')).toEqual([])
    await r.command('WATCH', 'k')
    await other.command('SETBIT', 'k', '16', '0')
    await r.command('MULTI')
    expect(await r.command('EXEC')).toBe(null)
  })
})

describe('a limit of the size of strings', () => {
  const connect = withServer({ 'proto-max-bulk-len': '1048576' })

  test('bits beyond it are refused, but the last field may reach over it', async () => {
    const r = await connect()
    expect(await r.command('SETBIT', 'k', '8388607', '1')).toBe(0)
    await expect(r.command('SETBIT', 'k', '8388608', '1')).rejects.toThrow('ERR bit offset is not')
    await expect(r.command('BITFIELD', 'k', 'GET', 'u8', '8388608')).rejects.toThrow('ERR bit offset is not')
    expect(await r.command('BITFIELD', 'k', 'SET', 'u8', '8388607', '1')).toEqual([128])
    expect(await r.command('STRLEN', 'k')).toBe(1_048_577)
  })
})

describe('counting and finding bits', () => {
  const connect = withServer()

  test('BITCOUNT counts all of a string or a range of bytes or bits', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'foobar')
    expect(await r.command('BITCOUNT', 'k')).toBe(26)
    expect(await r.command('BITCOUNT', 'k', '0', '0')).toBe(4)
    expect(await r.command('BITCOUNT', 'k', '1', '1', 'BYTE')).toBe(6)
    expect(await r.command('BITCOUNT', 'k', '5', '30', 'bit')).toBe(17)
    expect(await r.command('BITCOUNT', 'k', '-2', '-1')).toBe(7)
    expect(await r.command('BITCOUNT', 'k', '-1', '-2')).toBe(0)
    expect(await r.command('BITCOUNT', 'k', '-9223372036854775808', '9223372036854775807', 'BIT')).toBe(26)
    expect(await r.command('BITCOUNT', 'nope')).toBe(0)
  })

  test('BITCOUNT goes to the end where none is given', async () => {
    const r = await connect({ needs: ONLY_VALKEY_8 })
    await r.command('SET', 'k', 'foobar')
    expect(await r.command('BITCOUNT', 'k', '-1')).toBe(4)
    expect(await r.command('BITCOUNT', 'nope', '0')).toBe(0)
  })

  test('BITPOS finds ones, and zeros behind the end if the range has none', async () => {
    const r = await connect()
    await r.command('SET', 'k', bytes(0xff, 0xf0, 0))
    expect(await r.command('BITPOS', 'k', '0')).toBe(12)
    expect(await r.command('BITPOS', 'k', '1', '1')).toBe(8)
    expect(await r.command('BITPOS', 'k', '1', '2')).toBe(-1)
    expect(await r.command('BITPOS', 'k', '1', '9', '11', 'BIT')).toBe(9)
    expect(await r.command('BITPOS', 'k', '1', '12', '14', 'BIT')).toBe(-1)
    await r.command('SET', 'ones', bytes(0xff, 0xff))
    expect(await r.command('BITPOS', 'ones', '0')).toBe(16)
    expect(await r.command('BITPOS', 'ones', '0', '1')).toBe(16)
    expect(await r.command('BITPOS', 'ones', '0', '0', '-1')).toBe(-1)
    expect(await r.command('BITPOS', 'ones', '0', '5')).toBe(-1)
    expect(await r.command('BITPOS', 'k', '1', '-8', '-9')).toBe(0)
    expect(await r.command('BITPOS', 'nope', '1')).toBe(-1)
    expect(await r.command('BITPOS', 'nope', '0', '0', '-1')).toBe(0)
    await r.command('SET', 'empty', '')
    expect(await r.command('BITPOS', 'empty', '0')).toBe(-1)
  })

  test('a range that is none is refused', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'x')
    for (const command of [
      ['BITCOUNT', 'k'],
      ['BITPOS', 'k', '1'],
    ] as [string, ...string[]][]) {
      await expect(r.command(...command, 'x', '1')).rejects.toThrow('ERR value is not an integer')
      await expect(r.command(...command, '1', 'x')).rejects.toThrow('ERR value is not an integer')
      await expect(r.command(...command, '0', '1', 'WORD')).rejects.toThrow('ERR syntax error')
      await expect(r.command(...command, '0', '1', 'BIT', 'x')).rejects.toThrow('ERR syntax error')
    }
    await expect(r.command('BITPOS', 'k', '2')).rejects.toThrow('ERR The bit argument must be 1 or 0.')
    await expect(r.command('BITPOS', 'k', 'x')).rejects.toThrow('ERR value is not an integer')
  })

  test('a range is read before the key is looked at', async () => {
    const r = await connect({ needs: RANGE_FIRST })
    await r.command('HSET', 'h', 'a', '1')
    await expect(r.command('BITCOUNT', 'nope', 'x', '1')).rejects.toThrow('ERR value is not an integer')
    await expect(r.command('BITCOUNT', 'h', 'x', '1')).rejects.toThrow('ERR value is not an integer')
    await expect(r.command('BITCOUNT', 'h', '0', '1')).rejects.toThrow('WRONGTYPE')
    await expect(r.command('BITPOS', 'h', '1', '0', '1', 'WORD')).rejects.toThrow('ERR syntax error')
    await expect(r.command('BITPOS', 'h', '1')).rejects.toThrow('WRONGTYPE')
  })

  test('long strings are counted and searched to the last bit', async () => {
    const r = await connect()
    await r.command('SETBIT', 'k', '800003', '1')
    expect(await r.command('BITPOS', 'k', '1')).toBe(800_003)
    expect(await r.command('BITCOUNT', 'k')).toBe(1)
    expect(await r.command('BITOP', 'NOT', 'k', 'k')).toBe(100_001)
    expect(await r.command('BITPOS', 'k', '0')).toBe(800_003)
    expect(await r.command('BITCOUNT', 'k', '1', '-1', 'BIT')).toBe(800_006)
  })
})

describe('BITOP', () => {
  const connect = withServer()

  test('combines strings of any length as if the shorter went on with zeros', async () => {
    const r = await connect()
    await r.command('MSET', 'a', bytes(0xf0, 0x0f, 0xaa), 'b', bytes(0xff))
    expect(await r.command('BITOP', 'AND', 'd', 'a', 'b')).toBe(3)
    expect(await r.replyText('GET', 'd')).toBe('$3\r\n\xf0\0\0\r\n')
    expect(await r.command('BITOP', 'or', 'd', 'a', 'b', 'nope')).toBe(3)
    expect(await r.replyText('GET', 'd')).toBe('$3\r\n\xff\x0f\xaa\r\n')
    expect(await r.command('BITOP', 'XOR', 'd', 'b', 'a')).toBe(3)
    expect(await r.replyText('GET', 'd')).toBe('$3\r\n\x0f\x0f\xaa\r\n')
    expect(await r.command('BITOP', 'NOT', 'd', 'a')).toBe(3)
    expect(await r.replyText('GET', 'd')).toBe('$3\r\n\x0f\xf0\x55\r\n')
    expect(await r.command('OBJECT', 'ENCODING', 'd')).toBe('raw')
  })

  test('replaces a destination of any type, its time to live too, even if it is a source', async () => {
    const r = await connect()
    await r.command('HSET', 'h', 'a', '1')
    await r.command('SET', 'a', 'abc', 'EX', '1000')
    expect(await r.command('BITOP', 'AND', 'h', 'a')).toBe(3)
    expect(await r.command('GET', 'h')).toBe('abc')
    expect(await r.command('BITOP', 'NOT', 'a', 'a')).toBe(3)
    expect(await r.command('BITOP', 'NOT', 'a', 'a')).toBe(3)
    expect(await r.command('GET', 'a')).toBe('abc')
    expect(await r.command('TTL', 'a')).toBe(-1)
  })

  test('of nothing but empty strings deletes the destination', async () => {
    const r = await connect()
    await r.command('MSET', 'd', 'x', 'empty', '')
    expect(await r.command('BITOP', 'OR', 'd', 'nope', 'empty')).toBe(0)
    expect(await r.command('EXISTS', 'd')).toBe(0)
    expect(await r.command('BITOP', 'NOT', 'd', 'nope')).toBe(0)
  })

  test('refuses unknown operations, NOT of several, and keys of another type', async () => {
    const r = await connect()
    await r.command('HSET', 'h', 'a', '1')
    await expect(r.command('BITOP', 'NAND', 'd', 'h')).rejects.toThrow('ERR syntax error')
    await expect(r.command('BITOP', 'NOT', 'd', 'h', 'a')).rejects.toThrow(
      'ERR BITOP NOT must be called with a single source key.',
    )
    await expect(r.command('BITOP', 'AND', 'd', 'a', 'h')).rejects.toThrow('WRONGTYPE')
    await expect(r.command('BITOP', 'AND', 'd')).rejects.toThrow('wrong number of arguments')
  })
})

describe('BITFIELD', () => {
  const connect = withServer()

  test('sets and reads numbers of any width and sign', async () => {
    const r = await connect()
    expect(await r.command('BITFIELD', 'k', 'SET', 'i5', '100', '-7', 'GET', 'i5', '100', 'GET', 'u5', '100')).toEqual([
      0, -7, 25,
    ])
    expect(await r.command('BITFIELD', 'k', 'SET', 'i64', '1', '-5', 'GET', 'i64', '1')).toEqual([0, -5])
    expect(await r.replyText('BITFIELD', 'k', 'GET', 'u63', '2')).toBe('*1\r\n:9223372036854775803\r\n')
    expect(await r.command('BITFIELD', 'k', 'SET', 'u8', '#3', '5', 'GET', 'u8', '24')).toEqual([255, 5])
    expect(await r.command('BITFIELD', 'k')).toEqual([])
  })

  test('INCRBY wraps, saturates or fails, as OVERFLOW before it says', async () => {
    const r = await connect()
    expect(await r.command('BITFIELD', 'k', 'INCRBY', 'u8', '0', '300', 'INCRBY', 'i8', '8', '-200')).toEqual([44, 56])
    const more = ['OVERFLOW', 'SAT', 'INCRBY', 'u8', '0', '1000', 'INCRBY', 'i8', '8', '-10000']
    const last = ['OVERFLOW', 'FAIL', 'INCRBY', 'u8', '0', '1', 'INCRBY', 'u8', '0', '-1']
    expect(await r.command('BITFIELD', 'k', ...more, ...last)).toEqual([255, -128, null, 254])
    expect(
      await r.replyText('BITFIELD', 'w', 'SET', 'i64', '0', '9223372036854775807', 'INCRBY', 'i64', '0', '1'),
    ).toBe('*2\r\n:0\r\n:-9223372036854775808\r\n')
  })

  test('SET obeys OVERFLOW too, and takes a negative number for a huge unsigned one', async () => {
    const r = await connect()
    const set = (mode: string): [string, ...string[]] => [
      ...(['BITFIELD', 'k', 'OVERFLOW', mode, 'SET', 'u8', '0', '300', 'SET', 'u8', '0', '-5'] as const),
      ...['SET', 'i8', '8', '-300', 'GET', 'u8', '0', 'GET', 'i8', '8'],
    ]
    expect(await r.command(...set('WRAP'))).toEqual([0, 44, 0, 251, -44])
    expect(await r.command(...set('SAT'))).toEqual([251, 255, -44, 255, -128])
    expect(await r.command(...set('FAIL'))).toEqual([null, null, null, 255, -128])
  })

  test('SET of a number that is much too low saturates at the highest', async () => {
    const r = await connect()
    const set = ['OVERFLOW', 'SAT', 'SET', 'i32', '0', '-9223372036854775808', 'GET', 'i32', '0']
    expect(await r.command('BITFIELD', 'k', ...set)).toEqual([0, 2_147_483_647])
    expect(await r.command('BITFIELD', 'k', 'OVERFLOW', 'SAT', 'SET', 'i32', '0', '-4294967296')).toEqual([2147483647])
    expect(await r.command('BITFIELD', 'k', 'GET', 'i32', '0')).toEqual([-2_147_483_648])
  })

  test('a null is one of the protocol in use', async () => {
    const r3 = await connect({ resp: 3 })
    expect(await r3.replyText('BITFIELD', 'k', 'OVERFLOW', 'FAIL', 'SET', 'u2', '0', '9')).toBe('*1\r\n_\r\n')
    const r = await connect()
    expect(await r.replyText('BITFIELD', 'k', 'OVERFLOW', 'FAIL', 'SET', 'u2', '0', '9')).toBe('*1\r\n$-1\r\n')
  })

  test('grows the string even where nothing was stored, and leaves one that is only read', async () => {
    const r = await connect()
    await r.command('BITFIELD', 'k', 'OVERFLOW', 'FAIL', 'INCRBY', 'u8', '100', '1000')
    expect(await r.command('STRLEN', 'k')).toBe(14)
    await r.command('SET', 'n', '123')
    expect(await r.command('BITFIELD', 'n', 'GET', 'u8', '4000', 'OVERFLOW', 'SAT')).toEqual([0])
    expect(await r.command('OBJECT', 'ENCODING', 'n')).toBe('int')
    expect(await r.command('BITFIELD', 'nope', 'GET', 'u8', '0')).toEqual([0])
    expect(await r.command('EXISTS', 'nope')).toBe(0)
  })

  test('refuses what is no type, no offset, no number or no operation, and then does nothing', async () => {
    const r = await connect()
    for (const type of ['u64', 'i65', 'u0', 'i0', 'x8', 'u', 'U8', 'u08', 'u8x', '']) {
      await expect(r.command('BITFIELD', 'k', 'SET', 'u8', '0', '1', 'GET', type, '0')).rejects.toThrow(
        'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.',
      )
    }
    for (const offset of ['-1', '#-1', '#', '#x', 'x', '4294967296', '#536870912']) {
      await expect(r.command('BITFIELD', 'k', 'GET', 'u8', offset)).rejects.toThrow('ERR bit offset is not an integer')
    }
    await expect(r.command('BITFIELD', 'k', 'SET', 'u8', '0', 'x')).rejects.toThrow('ERR value is not an integer')
    await expect(r.command('BITFIELD', 'k', 'SET', 'u8', '0')).rejects.toThrow('ERR syntax error')
    await expect(r.command('BITFIELD', 'k', 'OVERFLOW')).rejects.toThrow('ERR syntax error')
    await expect(r.command('BITFIELD', 'k', 'OVERFLOW', 'x')).rejects.toThrow('ERR Invalid OVERFLOW type specified')
    expect(await r.command('EXISTS', 'k')).toBe(0)
    await r.command('HSET', 'h', 'a', '1')
    await expect(r.command('BITFIELD', 'h', 'GET', 'u8', '0')).rejects.toThrow('WRONGTYPE')
    await expect(r.command('BITFIELD', 'h', 'SET', 'u8', '0', '1')).rejects.toThrow('WRONGTYPE')
  })

  test('BITFIELD_RO only reads', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'a')
    expect(await r.command('BITFIELD_RO', 'k', 'GET', 'u8', '0', 'GET', 'i4', '#1')).toEqual([97, 1])
    await expect(r.command('BITFIELD_RO', 'k', 'GET', 'u8', '0', 'SET', 'u8', '0', '1')).rejects.toThrow(
      'ERR BITFIELD_RO only supports the GET subcommand',
    )
    await expect(r.command('BITFIELD_RO', 'k', 'INCRBY', 'u99', '0', '1')).rejects.toThrow('ERR Invalid bitfield type')
  })
})
