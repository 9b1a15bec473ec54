/*
 * Strings over the wire. Nothing here imports src/server: the suite also runs
 * against a real server (ORACLE=valkey91, ORACLE=host:port), which is how we know
 * that the expectations, and not only the code, are right.
 */
import { describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'

const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value'
const NOT_INTEGER = 'ERR value is not an integer or out of range'
const NOT_FLOAT = 'ERR value is not a valid float'
const SYNTAX = 'ERR syntax error'
const INT64_MAX = '9223372036854775807'
const INT64_MIN = '-9223372036854775808'

/** Values that lie in different places: as an integer, in the key's record, in a block of their own. */
const VALUES = {
  'an integer': '12345',
  'no bytes': '',
  'a short text': 'short',
  'a long text': 'long '.repeat(400),
}

const IFEQ = { since: { redis: '8.4.0', valkey: '8.1.0' } }

describe('GET and SET', () => {
  const connect = withServer()

  test.each(Object.entries(VALUES))('give back %s', async (_, value) => {
    const r = await connect()
    expect(await r.command('SET', 'k', value)).toBe('OK')
    expect(await r.command('GET', 'k')).toBe(value)
    expect(await r.command('STRLEN', 'k')).toBe(value.length)
  })

  test('are binary safe in key and value', async () => {
    const r = await connect()
    const bytes = Buffer.from([0, 255, 13, 10, 36, 0])
    await r.command('SET', bytes, bytes)
    expect(await r.command('GET', bytes)).toEqual(bytes)
  })

  test('GET of a missing key is nil in either protocol', async () => {
    const [two, three] = [await connect(), await connect({ resp: 3 })]
    expect(await two.replyText('GET', 'k')).toBe('$-1\r\n')
    expect(await three.replyText('GET', 'k')).toBe('_\r\n')
  })

  test('GET refuses what is no string, SET replaces it', async () => {
    const r = await connect()
    await r.command('HSET', 'k', 'f', 'v')
    await expect(r.command('GET', 'k')).rejects.toThrow(WRONG_TYPE)
    expect(await r.command('SET', 'k', 'v')).toBe('OK')
    expect(await r.command('TYPE', 'k')).toBe('string')
  })

  test('SET with NX or XX writes only where there is none or one', async () => {
    const r = await connect()
    expect(await r.command('SET', 'k', '1', 'XX')).toBeNull()
    expect(await r.command('SET', 'k', '1', 'NX')).toBe('OK')
    expect(await r.command('SET', 'k', '2', 'nx')).toBeNull()
    expect(await r.command('SET', 'k', '3', 'xx')).toBe('OK')
    expect(await r.command('GET', 'k')).toBe('3')
  })

  test('SET with GET answers the old value, written or not', async () => {
    const r = await connect()
    expect(await r.command('SET', 'k', '1', 'GET')).toBeNull()
    expect(await r.command('SET', 'k', '2', 'GET')).toBe('1')
    expect(await r.command('SET', 'k', '3', 'NX', 'GET')).toBe('2')
    expect(await r.command('SET', 'other', '3', 'XX', 'GET')).toBeNull()
    expect(await r.command('MGET', 'k', 'other')).toEqual(['2', null])
  })

  test('SET with GET refuses another type, even when NX would not write', async () => {
    const r = await connect()
    await r.command('HSET', 'k', 'f', 'v')
    await expect(r.command('SET', 'k', '1', 'GET')).rejects.toThrow(WRONG_TYPE)
    await expect(r.command('SET', 'k', '1', 'NX', 'GET')).rejects.toThrow(WRONG_TYPE)
    expect(await r.command('SET', 'k', '1', 'NX')).toBeNull()
    expect(await r.command('TYPE', 'k')).toBe('hash')
  })

  test('SET with IFEQ writes only over the given value', async () => {
    const r = await connect({ needs: IFEQ })
    expect(await r.command('SET', 'k', '1', 'IFEQ', '')).toBeNull()
    await r.command('SET', 'k', '1')
    expect(await r.command('SET', 'k', '2', 'IFEQ', '0')).toBeNull()
    expect(await r.command('SET', 'k', '2', 'IFEQ', '1')).toBe('OK')
    expect(await r.command('SET', 'k', '3', 'IFEQ', '2', 'GET')).toBe('2')
    expect(await r.command('SET', 'k', '4', 'IFEQ', '2', 'GET')).toBe('3')
    await r.command('HSET', 'h', 'f', 'v')
    await expect(r.command('SET', 'h', '4', 'IFEQ', '2')).rejects.toThrow(WRONG_TYPE)
  })

  test.each([
    ['NX', 'XX'],
    ['XX', 'NX'],
    ['EX'],
    ['EX', '10', 'PX', '10'],
    ['EX', '10', 'KEEPTTL'],
    ['KEEPTTL', 'PXAT', '10'],
    ['EXAT', '100', 'PXAT', '100'],
    ['PERSIST'],
    ['FOO'],
    ['NX', 'IFEQ', '1'],
    ['IFEQ'],
    ['EX', '0', 'FOO'],
  ])('SET refuses %s %s %s %s', async (...options) => {
    const r = await connect()
    await expect(r.command('SET', 'k', 'v', ...options)).rejects.toThrow(SYNTAX)
    expect(await r.command('EXISTS', 'k')).toBe(0)
  })

  test('SET takes an option twice, and the last time to live', async () => {
    const r = await connect()
    expect(await r.command('SET', 'k', 'v', 'EX', '10', 'NX', 'nx', 'ex', '100')).toBe('OK')
    expect(await r.command('TTL', 'k')).toBe(100)
  })

  test('SET forgets the expiry, unless KEEPTTL', async () => {
    const r = await connect()
    await r.command('SET', 'k', '1', 'EX', '100')
    await r.command('SET', 'k', '2', 'KEEPTTL')
    expect(await r.command('TTL', 'k')).toBe(100)
    await r.command('SET', 'k', '3')
    expect(await r.command('TTL', 'k')).toBe(-1)
  })

  test.each([
    ['EX', '0'],
    ['EX', '-1'],
    ['PX', '0'],
    ['EXAT', '-5'],
    ['PXAT', '0'],
    ['EX', INT64_MAX],
    ['EX', '9223372036854775'],
    ['PX', INT64_MAX],
    ['EXAT', INT64_MAX],
  ])('SET refuses the time %s %s', async (option, time) => {
    const r = await connect()
    await r.command('SET', 'k', 'old')
    await expect(r.command('SET', 'k', 'v', option, time)).rejects.toThrow("ERR invalid expire time in 'set' command")
    expect(await r.command('GET', 'k')).toBe('old')
  })

  test('SET refuses a time that is no integer', async () => {
    const r = await connect()
    for (const time of ['abc', '1.5', '', '+1', ' 1', '9223372036854775808']) {
      await expect(r.command('SET', 'k', 'v', 'PX', time)).rejects.toThrow(NOT_INTEGER)
    }
  })

  test('SET with a moment that is past leaves no key', async () => {
    const r = await connect()
    expect(await r.command('SET', 'k', 'v', 'EXAT', '1')).toBe('OK')
    expect(await r.command('GET', 'k')).toBeNull()
    expect(await r.command('SET', 'k', 'v', 'PXAT', '1')).toBe('OK')
    expect(await r.command('EXISTS', 'k')).toBe(0)
  })

  test('wrong numbers of arguments are named', async () => {
    const r = await connect()
    await expect(r.command('GET')).rejects.toThrow("ERR wrong number of arguments for 'get' command")
    await expect(r.command('GET', 'a', 'b')).rejects.toThrow("ERR wrong number of arguments for 'get' command")
    await expect(r.command('SET', 'k')).rejects.toThrow("ERR wrong number of arguments for 'set' command")
  })
})

describe('the older forms of SET', () => {
  const connect = withServer()

  test('SETNX writes only where there is no key of any type', async () => {
    const r = await connect()
    expect(await r.command('SETNX', 'k', '1')).toBe(1)
    expect(await r.command('SETNX', 'k', '2')).toBe(0)
    await r.command('HSET', 'h', 'f', 'v')
    expect(await r.command('SETNX', 'h', '2')).toBe(0)
    expect(await r.command('GET', 'k')).toBe('1')
  })

  test.each(['SETEX', 'PSETEX'])('%s sets value and expiry, over any type', async (command) => {
    const r = await connect()
    await r.command('HSET', 'k', 'f', 'v')
    expect(await r.command(command, 'k', '100000', 'v')).toBe('OK')
    expect(await r.command('GET', 'k')).toBe('v')
    expect(await r.command('TTL', 'k')).toBe(command === 'SETEX' ? 100_000 : 100)
    const invalid = `ERR invalid expire time in '${command.toLowerCase()}' command`
    for (const time of ['0', '-5', INT64_MAX]) await expect(r.command(command, 'k', time, 'v')).rejects.toThrow(invalid)
    await expect(r.command(command, 'k', 'abc', 'v')).rejects.toThrow(NOT_INTEGER)
  })

  test('GETSET answers the old value and forgets the expiry', async () => {
    const r = await connect()
    expect(await r.command('GETSET', 'k', '1')).toBeNull()
    await r.command('EXPIRE', 'k', '100')
    expect(await r.command('GETSET', 'k', '2')).toBe('1')
    expect(await r.command('TTL', 'k')).toBe(-1)
    await r.command('HSET', 'h', 'f', 'v')
    await expect(r.command('GETSET', 'h', '1')).rejects.toThrow(WRONG_TYPE)
  })
})

describe('GETDEL, GETEX and DELIFEQ', () => {
  const connect = withServer()

  test('GETDEL answers the value and deletes the key', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    expect(await r.command('GETDEL', 'k')).toBe('v')
    expect(await r.command('GETDEL', 'k')).toBeNull()
    await r.command('HSET', 'h', 'f', 'v')
    await expect(r.command('GETDEL', 'h')).rejects.toThrow(WRONG_TYPE)
    expect(await r.command('EXISTS', 'h')).toBe(1)
  })

  test('GETEX sets, keeps and takes back the expiry', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    expect(await r.command('GETEX', 'k', 'EX', '100')).toBe('v')
    expect(await r.command('GETEX', 'k')).toBe('v')
    expect(await r.command('TTL', 'k')).toBe(100)
    expect(await r.command('GETEX', 'k', 'PERSIST')).toBe('v')
    expect(await r.command('TTL', 'k')).toBe(-1)
    expect(await r.command('GETEX', 'k', 'PXAT', '99999999999999')).toBe('v')
    expect(await r.command('PEXPIRETIME', 'k')).toBe(99999999999999)
    expect(await r.command('GETEX', 'k', 'EXAT', '1')).toBe('v')
    expect(await r.command('EXISTS', 'k')).toBe(0)
  })

  test('GETEX refuses options that SET has and times that are none', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    for (const options of [['NX'], ['KEEPTTL'], ['GET'], ['EX'], ['FOO'], ['PERSIST', 'EX', '10']]) {
      await expect(r.command('GETEX', 'missing', ...options)).rejects.toThrow(SYNTAX)
    }
    await expect(r.command('GETEX', 'k', 'EX', '0')).rejects.toThrow("ERR invalid expire time in 'getex' command")
    await expect(r.command('GETEX', 'k', 'PX', INT64_MAX)).rejects.toThrow('ERR invalid expire time')
    await expect(r.command('GETEX', 'k', 'PX', 'abc')).rejects.toThrow(NOT_INTEGER)
    expect(await r.command('GETEX', 'missing', 'PX', '10')).toBeNull()
    await r.command('HSET', 'h', 'f', 'v')
    await expect(r.command('GETEX', 'h', 'EX', '10')).rejects.toThrow(WRONG_TYPE)
  })

  test('DELIFEQ deletes only the given value', async () => {
    const r = await connect({ needs: { commands: ['delifeq'] } })
    await r.command('SET', 'k', '1')
    expect(await r.command('DELIFEQ', 'k', '01')).toBe(0)
    expect(await r.command('DELIFEQ', 'k', '1')).toBe(1)
    expect(await r.command('DELIFEQ', 'k', '1')).toBe(0)
    await r.command('HSET', 'h', 'f', 'v')
    await expect(r.command('DELIFEQ', 'h', 'v')).rejects.toThrow(WRONG_TYPE)
  })
})

describe('many keys at once', () => {
  const connect = withServer()

  test('MGET answers nil for what is missing or no string', async () => {
    const [two, three] = [await connect(), await connect({ resp: 3 })]
    await two.command('MSET', 'a', '1', 'b', '2')
    await two.command('HSET', 'h', 'f', 'v')
    expect(await two.command('MGET', 'a', 'missing', 'h', 'b', 'a')).toEqual(['1', null, null, '2', '1'])
    expect(await three.replyText('MGET', 'a', 'h')).toBe('*2\r\n$1\r\n1\r\n_\r\n')
  })

  test('MSET sets all, the last of a key twice', async () => {
    const r = await connect()
    expect(await r.command('MSET', 'a', '1', 'b', '2', 'a', '3')).toBe('OK')
    expect(await r.command('MGET', 'a', 'b')).toEqual(['3', '2'])
    await expect(r.command('MSET', 'a', '1', 'b')).rejects.toThrow("ERR wrong number of arguments for 'mset' command")
  })

  test('MSETNX sets all or none', async () => {
    const r = await connect()
    expect(await r.command('MSETNX', 'a', '1', 'b', '2', 'a', '3')).toBe(1)
    expect(await r.command('MSETNX', 'c', '1', 'b', '2')).toBe(0)
    expect(await r.command('MGET', 'a', 'b', 'c')).toEqual(['3', '2', null])
    await expect(r.command('MSETNX', 'a', '1', 'b')).rejects.toThrow('ERR wrong number of arguments')
  })

  test('MSETEX sets all with one expiry, under NX or XX', async () => {
    const r = await connect({ needs: { commands: ['msetex'] } })
    expect(await r.command('MSETEX', '2', 'a', '1', 'b', '2', 'NX', 'EX', '100')).toBe(1)
    expect(await r.command('TTL', 'b')).toBe(100)
    expect(await r.command('MSETEX', '2', 'b', '3', 'c', '3', 'XX')).toBe(0)
    expect(await r.command('MSETEX', '2', 'c', '3', 'b', '3', 'NX')).toBe(0)
    expect(await r.command('MSETEX', '2', 'a', '4', 'b', '4', 'XX', 'KEEPTTL')).toBe(1)
    expect(await r.command('TTL', 'a')).toBe(100)
    expect(await r.command('MSETEX', '1', 'a', '5')).toBe(1)
    expect(await r.command('TTL', 'a')).toBe(-1)
    expect(await r.command('MGET', 'a', 'b', 'c')).toEqual(['5', '4', null])
  })

  test('MSETEX names what is wrong', async () => {
    const r = await connect({ needs: { commands: ['msetex'], since: { valkey: '9.1.0' } } })
    for (const count of ['0', '-1', 'abc', '2147483648']) {
      await expect(r.command('MSETEX', count, 'a', '1')).rejects.toThrow('ERR invalid numkeys value or out of range')
    }
    for (const rest of [['b'], ['b', '2'], ['NX', 'XX'], ['EX'], ['EX', 'abc', 'FOO'], ['GET']]) {
      await expect(r.command('MSETEX', '1', 'a', '1', ...rest)).rejects.toThrow(SYNTAX)
    }
    await expect(r.command('MSETEX', '3', 'a', '1', 'b', '2')).rejects.toThrow(SYNTAX)
    await expect(r.command('MSETEX', '1', 'a', '1', 'EX', '0')).rejects.toThrow(
      "ERR invalid expire time in 'msetex' command",
    )
    expect(await r.command('EXISTS', 'a')).toBe(0)
  })
})

describe('integers', () => {
  const connect = withServer()

  test('INCR and its kin count from nothing, up and down', async () => {
    const r = await connect()
    expect(await r.command('INCR', 'k')).toBe(1)
    expect(await r.command('INCRBY', 'k', '41')).toBe(42)
    expect(await r.command('DECR', 'k')).toBe(41)
    expect(await r.command('DECRBY', 'k', '50')).toBe(-9)
    expect(await r.command('GET', 'k')).toBe('-9')
  })

  test('are exact in all 64 bits', async () => {
    const r = await connect()
    await r.command('SET', 'k', '9007199254740991')
    expect(await r.command('INCR', 'k')).toBe(9007199254740992n)
    expect(await r.command('INCRBY', 'k', '1')).toBe(9007199254740993n)
    await r.command('SET', 'k', '9223372036854775806')
    expect(await r.command('INCR', 'k')).toBe(BigInt(INT64_MAX))
    expect(await r.command('DECRBY', 'low', INT64_MAX)).toBe(-BigInt(INT64_MAX))
    expect(await r.command('DECR', 'low')).toBe(BigInt(INT64_MIN))
    expect(await r.command('INCRBY', 'k', INT64_MIN)).toBe(-1)
  })

  test('refuse to overflow and change nothing', async () => {
    const r = await connect()
    await r.command('SET', 'k', INT64_MAX)
    await expect(r.command('INCR', 'k')).rejects.toThrow('ERR increment or decrement would overflow')
    await expect(r.command('DECRBY', 'k', INT64_MIN)).rejects.toThrow('ERR decrement would overflow')
    await r.command('SET', 'k', INT64_MIN)
    await expect(r.command('DECR', 'k')).rejects.toThrow('ERR increment or decrement would overflow')
    await expect(r.command('INCRBY', 'k', '-1')).rejects.toThrow('ERR increment or decrement would overflow')
    expect(await r.command('GET', 'k')).toBe(INT64_MIN)
  })

  test.each(['', ' 1', '1 ', '+1', '01', '-0', '1.0', 'abc', '-', '9223372036854775808', '-9223372036854775809'])(
    'refuse %j as value and as increment',
    async (text) => {
      const r = await connect()
      await r.command('SET', 'k', text)
      await expect(r.command('INCR', 'k')).rejects.toThrow(NOT_INTEGER)
      await r.command('SET', 'k', '1')
      await expect(r.command('INCRBY', 'k', text)).rejects.toThrow(NOT_INTEGER)
      await expect(r.command('DECRBY', 'k', text)).rejects.toThrow(NOT_INTEGER)
    },
  )

  test('keep the expiry, and refuse another type after a bad increment', async () => {
    const r = await connect()
    await r.command('SET', 'k', '1', 'EX', '100')
    await r.command('INCR', 'k')
    expect(await r.command('TTL', 'k')).toBe(100)
    await r.command('HSET', 'h', 'f', 'v')
    await expect(r.command('INCR', 'h')).rejects.toThrow(WRONG_TYPE)
    await expect(r.command('INCRBY', 'h', 'abc')).rejects.toThrow(NOT_INTEGER)
  })
})

describe('INCRBYFLOAT', () => {
  const connect = withServer()

  test.each([
    ['3.0e3', '200', '3200'],
    ['0.1', '0.2', '0.3'],
    ['5.0e3', '2.0e2', '5200'],
    ['10.50', '0.1', '10.6'],
    ['0', '1e-20', '0'],
    ['0', '1e-17', '0.00000000000000001'],
    ['0', '-0.0', '0'],
    ['1', '0x10', '17'],
    ['0', '0x1.8p1', '3'],
    ['0', '1e30', '1000000000000000000024696061952'],
    ['9007199254740993', '0.5', '9007199254740993.5'],
    ['0.000003814697265625', '0', '0.00000381469726562'],
    ['-1.5', '+.5', '-1'],
  ])('adds to %s the number %s as long doubles do', async (old, increment, sum) => {
    const r = await connect()
    await r.command('SET', 'k', old)
    expect(await r.command('INCRBYFLOAT', 'k', increment)).toBe(sum)
    expect(await r.command('GET', 'k')).toBe(sum)
  })

  test.each(['', ' 1', '1 ', 'abc', 'nan', '1e', '.', '0x', '1e5000', '1e-5000', '1\u0000'])(
    'refuses %j as value and as increment',
    async (text) => {
      const r = await connect()
      await r.command('SET', 'k', text)
      await expect(r.command('INCRBYFLOAT', 'k', '1')).rejects.toThrow(NOT_FLOAT)
      await expect(r.command('INCRBYFLOAT', 'missing', text)).rejects.toThrow(NOT_FLOAT)
      expect(await r.command('EXISTS', 'missing')).toBe(0)
    },
  )

  test('refuses what is not finite', async () => {
    const r = await connect()
    for (const increment of ['inf', '-inf', 'Infinity']) {
      await expect(r.command('INCRBYFLOAT', 'k', increment)).rejects.toThrow(
        'ERR increment would produce NaN or Infinity',
      )
    }
    await r.command('SET', 'k', '1.1e4932')
    await expect(r.command('INCRBYFLOAT', 'k', '1.1e4932')).rejects.toThrow('ERR increment would produce NaN')
  })

  test('keeps the expiry, makes text, and refuses another type before it looks at the number', async () => {
    const r = await connect()
    await r.command('SET', 'k', '1', 'EX', '100')
    await r.command('INCRBYFLOAT', 'k', '1')
    expect(await r.command('TTL', 'k')).toBe(100)
    expect(await r.command('OBJECT', 'ENCODING', 'k')).toBe('embstr')
    await r.command('HSET', 'h', 'f', 'v')
    await expect(r.command('INCRBYFLOAT', 'h', 'abc')).rejects.toThrow(WRONG_TYPE)
  })
})

describe('parts of a value', () => {
  const connect = withServer()

  test('APPEND creates, then adds to the end, and keeps the expiry', async () => {
    const r = await connect()
    expect(await r.command('APPEND', 'k', 'ab')).toBe(2)
    await r.command('EXPIRE', 'k', '100')
    expect(await r.command('APPEND', 'k', 'cd')).toBe(4)
    expect(await r.command('APPEND', 'k', '')).toBe(4)
    expect(await r.command('GET', 'k')).toBe('abcd')
    expect(await r.command('TTL', 'k')).toBe(100)
    await r.command('HSET', 'h', 'f', 'v')
    await expect(r.command('APPEND', 'h', 'x')).rejects.toThrow(WRONG_TYPE)
  })

  test('APPEND grows a value through every place it can lie in', async () => {
    const r = await connect()
    let expected = ''
    for (let i = 0; i < 400; i++) {
      const piece = `${i}-`.repeat(1 + (i % 40))
      expected += piece
      expect(await r.command('APPEND', 'k', piece)).toBe(expected.length)
    }
    expect(await r.command('GET', 'k')).toBe(expected)
  })

  test.each([
    ['0', '-1', 'Hello'],
    ['1', '3', 'ell'],
    ['-3', '-1', 'llo'],
    ['3', '100', 'lo'],
    ['10', '20', ''],
    ['-1', '-3', ''],
    ['3', '1', ''],
    ['-100', '-50', 'H'],
    ['0', '-100', 'H'],
    [INT64_MIN, INT64_MAX, 'Hello'],
    [INT64_MAX, INT64_MIN, ''],
    ['-9223372036854775807', INT64_MIN, ''],
  ])('GETRANGE and SUBSTR from %s to %s', async (start, end, part) => {
    const r = await connect()
    await r.command('SET', 'k', 'Hello')
    expect(await r.command('GETRANGE', 'k', start, end)).toBe(part)
    expect(await r.command('SUBSTR', 'k', start, end)).toBe(part)
    expect(await r.command('GETRANGE', 'missing', start, end)).toBe('')
  })

  test('GETRANGE looks at the numbers before the key', async () => {
    const r = await connect()
    await r.command('HSET', 'h', 'f', 'v')
    await expect(r.command('GETRANGE', 'h', '0', 'a')).rejects.toThrow(NOT_INTEGER)
    await expect(r.command('GETRANGE', 'h', '0', '1')).rejects.toThrow(WRONG_TYPE)
    await expect(r.command('GETRANGE', 'missing', '9223372036854775808', '1')).rejects.toThrow(NOT_INTEGER)
  })

  test('SETRANGE overwrites, extends with zero bytes, and keeps the expiry', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'Hello', 'EX', '100')
    expect(await r.command('SETRANGE', 'k', '1', 'xx')).toBe(5)
    expect(await r.command('SETRANGE', 'k', '7', 'yy')).toBe(9)
    expect(await r.command('GET', 'k')).toBe('Hxxlo\0\0yy')
    expect(await r.command('TTL', 'k')).toBe(100)
    expect(await r.command('SETRANGE', 'new', '2', 'z')).toBe(3)
    expect(await r.command('GET', 'new')).toBe('\0\0z')
    expect(await r.command('SETRANGE', 'far', '5000', 'z')).toBe(5001)
    expect(await r.command('GETRANGE', 'far', '4998', '-1')).toBe('\0\0z')
  })

  test('SETRANGE with nothing to write changes nothing', async () => {
    const r = await connect()
    expect(await r.command('SETRANGE', 'k', '10', '')).toBe(0)
    expect(await r.command('SETRANGE', 'k', '536870912', '')).toBe(0)
    expect(await r.command('EXISTS', 'k')).toBe(0)
    await r.command('SET', 'k', '12345')
    expect(await r.command('SETRANGE', 'k', '0', '')).toBe(5)
    expect(await r.command('OBJECT', 'ENCODING', 'k')).toBe('int')
  })

  test('SETRANGE names the first thing wrong: number, offset, type, size', async () => {
    const r = await connect()
    await r.command('HSET', 'h', 'f', 'v')
    await expect(r.command('SETRANGE', 'h', 'abc', 'x')).rejects.toThrow(NOT_INTEGER)
    await expect(r.command('SETRANGE', 'h', '-1', 'x')).rejects.toThrow('ERR offset is out of range')
    await expect(r.command('SETRANGE', 'h', '536870912', 'x')).rejects.toThrow(WRONG_TYPE)
    await expect(r.command('SETRANGE', 'h', '0', '')).rejects.toThrow(WRONG_TYPE)
    for (const offset of ['536870912', INT64_MAX]) {
      await expect(r.command('SETRANGE', 'k', offset, 'x')).rejects.toThrow(
        'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
      )
    }
  })

  test('STRLEN is 0 for a missing key and refuses another type', async () => {
    const r = await connect()
    expect(await r.command('STRLEN', 'k')).toBe(0)
    await r.command('HSET', 'h', 'f', 'v')
    await expect(r.command('STRLEN', 'h')).rejects.toThrow(WRONG_TYPE)
  })
})

describe('with a small proto-max-bulk-len', () => {
  const connect = withServer({ 'proto-max-bulk-len': '1048576' })

  test('APPEND and SETRANGE refuse to pass it', async () => {
    const r = await connect()
    const tooLong = 'ERR string exceeds maximum allowed size (proto-max-bulk-len)'
    expect(await r.command('SETRANGE', 'k', '1048575', 'x')).toBe(1048576)
    await expect(r.command('APPEND', 'k', 'x')).rejects.toThrow(tooLong)
    await expect(r.command('SETRANGE', 'k', '1048576', 'x')).rejects.toThrow(tooLong)
    expect(await r.command('STRLEN', 'k')).toBe(1048576)
  })

  test('LCS refuses values whose table would pass it', async () => {
    const r = await connect()
    await r.command('MSET', 'a', 'x'.repeat(511), 'b', 'x'.repeat(511), 'c', 'x'.repeat(512))
    expect(await r.command('LCS', 'a', 'b', 'LEN')).toBe(511)
    await expect(r.command('LCS', 'a', 'c', 'LEN')).rejects.toThrow(
      'ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len',
    )
  })
})

describe('LCS', () => {
  const connect = withServer()
  const open = async (resp: 2 | 3 = 2) => {
    const r = await connect({ resp })
    await r.command('MSET', 'a', 'ohmytext', 'b', 'mynewtext')
    return r
  }

  test('answers the subsequence or its length', async () => {
    const r = await open()
    expect(await r.command('LCS', 'a', 'b')).toBe('mytext')
    expect(await r.command('LCS', 'a', 'b', 'LEN')).toBe(6)
    expect(await r.command('LCS', 'a', 'missing')).toBe('')
    expect(await r.command('LCS', 'missing', 'b', 'len')).toBe(0)
  })

  test('answers the matching ranges, the last first', async () => {
    const r = await open()
    const ranges = [
      [[4, 7], [5, 8], 4],
      [[2, 3], [0, 1], 2],
    ]
    expect(await r.command('LCS', 'a', 'b', 'IDX', 'WITHMATCHLEN')).toEqual(['matches', ranges, 'len', 6])
    expect(await r.command('LCS', 'a', 'b', 'IDX', 'MINMATCHLEN', '4')).toEqual([
      'matches',
      [
        [
          [4, 7],
          [5, 8],
        ],
      ],
      'len',
      6,
    ])
    expect(await r.command('LCS', 'a', 'b', 'IDX', 'MINMATCHLEN', '-5', 'WITHMATCHLEN')).toEqual([
      'matches',
      ranges,
      'len',
      6,
    ])
    expect(await r.command('LCS', 'missing', 'b', 'IDX')).toEqual(['matches', [], 'len', 0])
  })

  test('answers the ranges as a map in RESP3', async () => {
    const r = await open(3)
    expect(await r.command('LCS', 'a', 'b', 'IDX', 'MINMATCHLEN', '3')).toEqual({
      matches: [
        [
          [4, 7],
          [5, 8],
        ],
      ],
      len: 6,
    })
  })

  test('decides ties as real servers do', async () => {
    const r = await connect()
    await r.command('MSET', 'a', 'abcbdab', 'b', 'bdcaba')
    expect(await r.command('LCS', 'a', 'b')).toBe('bdab')
    await r.command('MSET', 'a', 'aaabbbccc', 'b', 'cccbbbaaa')
    expect(await r.command('LCS', 'a', 'b')).toBe('ccc')
  })

  test('names the first thing wrong: keys, then options in their order', async () => {
    const r = await open()
    await r.command('HSET', 'h', 'f', 'v')
    await expect(r.command('LCS', 'a', 'h', 'FOO')).rejects.toThrow('ERR The specified keys must contain string values')
    await expect(r.command('LCS', 'a', 'b', 'FOO')).rejects.toThrow(SYNTAX)
    await expect(r.command('LCS', 'a', 'b', 'MINMATCHLEN')).rejects.toThrow(SYNTAX)
    await expect(r.command('LCS', 'a', 'b', 'LEN', 'IDX', 'MINMATCHLEN', 'abc')).rejects.toThrow(NOT_INTEGER)
    await expect(r.command('LCS', 'a', 'b', 'LEN', 'IDX')).rejects.toThrow(
      'ERR If you want both the length and indexes, please just use IDX.',
    )
  })
})

describe('OBJECT ENCODING of strings', () => {
  const connect = withServer()

  test.each([
    ['0', 'int'],
    ['-5', 'int'],
    [INT64_MAX, 'int'],
    [INT64_MIN, 'int'],
    ['9223372036854775808', 'embstr'],
    ['-0', 'embstr'],
    ['01', 'embstr'],
    ['+1', 'embstr'],
    [' 1', 'embstr'],
    ['', 'embstr'],
    ['x'.repeat(44), 'embstr'],
  ])('of %j is %s', async (value, encoding) => {
    const r = await connect()
    for (const command of ['SET', 'GETSET', 'APPEND'] as const) {
      await r.command('DEL', 'k')
      await r.command(command, 'k', value)
      expect(await r.command('OBJECT', 'ENCODING', 'k')).toBe(encoding)
    }
  })

  // Valkey 9 embeds by the size of key and value together; we keep the limit that Redis has.
  test('of more than 44 bytes is raw', async () => {
    const r = await connect({ needs: { since: { redis: '7.0.0' } } })
    await r.command('SET', 'k', 'x'.repeat(45))
    expect(await r.command('OBJECT', 'ENCODING', 'k')).toBe('raw')
    await r.command('SET', 'k'.repeat(100), 'x'.repeat(44))
    expect(await r.command('OBJECT', 'ENCODING', 'k'.repeat(100))).toBe('embstr')
  })

  test('is raw once a value was edited in place, whatever it spells, and int again after INCR', async () => {
    const r = await connect()
    await r.command('SET', 'k', '10')
    await r.command('APPEND', 'k', '')
    expect(await r.command('OBJECT', 'ENCODING', 'k')).toBe('raw')
    expect(await r.command('INCR', 'k')).toBe(11)
    expect(await r.command('OBJECT', 'ENCODING', 'k')).toBe('int')
    await r.command('SETRANGE', 'k', '1', '2')
    expect(await r.command('OBJECT', 'ENCODING', 'k')).toBe('raw')
    await r.command('SETRANGE', 'new', '0', '12')
    expect(await r.command('OBJECT', 'ENCODING', 'new')).toBe('raw')
  })

  test('survives a new expiry, a new name and a copy', async () => {
    const r = await connect()
    await r.command('MSET', 'int', '10', 'text', 'abc', 'edited', 'abc')
    await r.command('APPEND', 'edited', 'd')
    for (const [key, encoding] of [
      ['int', 'int'],
      ['text', 'embstr'],
      ['edited', 'raw'],
    ] as const) {
      await r.command('EXPIRE', key, '100')
      await r.command('COPY', key, 'copied', 'REPLACE')
      await r.command('RENAME', key, 'renamed')
      expect(await r.command('OBJECT', 'ENCODING', 'copied')).toBe(encoding)
      expect(await r.command('OBJECT', 'ENCODING', 'renamed')).toBe(encoding)
    }
  })
})
