/*
 * When keys die, over the wire. Times are far enough away that no answer depends
 * on how fast the test runs; where a key has to die, the test asks until it has.
 */
import { describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'

const INT64_MAX = '9223372036854775807'
const INT64_MIN = '-9223372036854775808'
const NOT_INTEGER = 'ERR value is not an integer or out of range'
const FAR_MS = 1_999_999_999_999

describe('EXPIRE and its kin', () => {
  const connect = withServer()

  test.each([
    ['EXPIRE', '100'],
    ['PEXPIRE', '100000'],
  ])('%s counts from now', async (command, time) => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    expect(await r.command(command, 'k', time)).toBe(1)
    expect(await r.command('TTL', 'k')).toBe(100)
    expect(await r.command('PTTL', 'k')).toBeGreaterThan(90_000)
    expect(await r.command('GET', 'k')).toBe('v')
    expect(await r.command(command, 'missing', time)).toBe(0)
  })

  test('EXPIREAT and PEXPIREAT name the moment', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    expect(await r.command('EXPIREAT', 'k', '2000000000')).toBe(1)
    expect(await r.command('PEXPIRETIME', 'k')).toBe(2_000_000_000_000)
    expect(await r.command('PEXPIREAT', 'k', FAR_MS)).toBe(1)
    expect(await r.command('PEXPIRETIME', 'k')).toBe(FAR_MS)
    expect(await r.command('EXPIREAT', 'missing', '2000000000')).toBe(0)
  })

  test('hold for every type', async () => {
    const r = await connect()
    await r.command('HSET', 'h', 'f', 'v')
    expect(await r.command('EXPIRE', 'h', '100')).toBe(1)
    expect(await r.command('TTL', 'h')).toBe(100)
    expect(await r.command('HGET', 'h', 'f')).toBe('v')
    expect(await r.command('PERSIST', 'h')).toBe(1)
    expect(await r.command('TTL', 'h')).toBe(-1)
  })

  test.each([
    ['EXPIRE', '0'],
    ['EXPIRE', '-1'],
    ['EXPIRE', '-9223372036854775'],
    ['PEXPIRE', INT64_MIN],
    ['EXPIREAT', '1'],
    ['PEXPIREAT', '0'],
    ['PEXPIREAT', INT64_MIN],
  ])('%s %s deletes at once', async (command, time) => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    expect(await r.command(command, 'k', time)).toBe(1)
    expect(await r.command('EXISTS', 'k')).toBe(0)
    expect(await r.command('DBSIZE')).toBe(0)
  })

  test.each([
    ['EXPIRE', INT64_MAX],
    ['EXPIRE', '9223372036854775'],
    ['EXPIRE', INT64_MIN],
    ['EXPIRE', '-9223372036854776'],
    ['PEXPIRE', INT64_MAX],
    ['EXPIREAT', INT64_MAX],
    ['EXPIREAT', '9223372036854776'],
    ['EXPIREAT', INT64_MIN],
  ])('%s %s does not fit', async (command, time) => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    const invalid = `ERR invalid expire time in '${command.toLowerCase()}' command`
    await expect(r.command(command, 'k', time)).rejects.toThrow(invalid)
    await expect(r.command(command, 'missing', time)).rejects.toThrow(invalid)
    expect(await r.command('TTL', 'k')).toBe(-1)
  })

  test('take the last moment there is', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    expect(await r.command('PEXPIREAT', 'k', INT64_MAX)).toBe(1)
    expect(await r.command('EXPIRE', 'k', '9223370000000000')).toBe(1)
    expect(await r.command('GET', 'k')).toBe('v')
  })

  test('refuse what is no integer, after the options', async () => {
    const r = await connect()
    for (const time of ['abc', '', '1.5', ' 1', '+1', '9223372036854775808']) {
      await expect(r.command('EXPIRE', 'missing', time)).rejects.toThrow(NOT_INTEGER)
    }
    await expect(r.command('EXPIRE', 'k', 'abc', 'FOO')).rejects.toThrow('ERR Unsupported option FOO')
    await expect(r.command('EXPIRE', 'k', '1', '2', '3')).rejects.toThrow('ERR Unsupported option 2')
    await expect(r.command('EXPIRE', 'k')).rejects.toThrow("ERR wrong number of arguments for 'expire' command")
  })
})

describe('the conditions of EXPIRE', () => {
  const connect = withServer()

  test('NX and XX ask whether there is an expiry', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    expect(await r.command('EXPIRE', 'k', '100', 'XX')).toBe(0)
    expect(await r.command('EXPIRE', 'k', '100', 'nx')).toBe(1)
    expect(await r.command('EXPIRE', 'k', '200', 'NX')).toBe(0)
    expect(await r.command('EXPIRE', 'k', '300', 'XX', 'xx')).toBe(1)
    expect(await r.command('TTL', 'k')).toBe(300)
  })

  test('GT and LT compare, and a key without expiry lives longest', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    expect(await r.command('EXPIRE', 'k', '100', 'GT')).toBe(0)
    expect(await r.command('PEXPIREAT', 'k', FAR_MS, 'LT')).toBe(1)
    expect(await r.command('PEXPIREAT', 'k', FAR_MS, 'LT')).toBe(0)
    expect(await r.command('PEXPIREAT', 'k', FAR_MS, 'GT')).toBe(0)
    expect(await r.command('PEXPIREAT', 'k', FAR_MS + 1, 'GT')).toBe(1)
    expect(await r.command('PEXPIREAT', 'k', FAR_MS, 'LT')).toBe(1)
    expect(await r.command('PEXPIRETIME', 'k')).toBe(FAR_MS)
  })

  test('XX goes with GT or LT', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    expect(await r.command('EXPIRE', 'k', '100', 'XX', 'LT')).toBe(0)
    await r.command('EXPIRE', 'k', '100')
    expect(await r.command('EXPIRE', 'k', '50', 'XX', 'LT')).toBe(1)
    expect(await r.command('EXPIRE', 'k', '40', 'GT', 'XX')).toBe(0)
  })

  test('hold for a moment that is past', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    expect(await r.command('EXPIRE', 'k', '-1', 'GT')).toBe(0)
    expect(await r.command('EXPIRE', 'k', '-1', 'XX')).toBe(0)
    expect(await r.command('EXISTS', 'k')).toBe(1)
    expect(await r.command('EXPIRE', 'k', '-1', 'LT')).toBe(1)
    expect(await r.command('EXISTS', 'k')).toBe(0)
  })

  test.each([
    ['NX', 'XX'],
    ['NX', 'GT'],
    ['LT', 'NX'],
    ['GT', 'LT', 'NX'],
  ])('refuse %s %s', async (...options) => {
    const r = await connect()
    await expect(r.command('EXPIRE', 'missing', '100', ...options)).rejects.toThrow(
      'ERR NX and XX, GT or LT options at the same time are not compatible',
    )
  })

  test('refuse GT with LT', async () => {
    const r = await connect()
    await expect(r.command('EXPIRE', 'missing', '100', 'GT', 'XX', 'LT')).rejects.toThrow(
      'ERR GT and LT options at the same time are not compatible',
    )
  })
})

describe('TTL and its kin', () => {
  const connect = withServer()

  test.each(['TTL', 'PTTL', 'EXPIRETIME', 'PEXPIRETIME'])(
    '%s is -2 without a key, -1 without expiry',
    async (command) => {
      const r = await connect()
      expect(await r.command(command, 'k')).toBe(-2)
      await r.command('SET', 'k', 'v')
      expect(await r.command(command, 'k')).toBe(-1)
    },
  )

  test('EXPIRETIME rounds to the nearest second', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'v', 'PXAT', '1999999999499')
    expect(await r.command('EXPIRETIME', 'k')).toBe(1_999_999_999)
    await r.command('PEXPIREAT', 'k', '1999999999500')
    expect(await r.command('EXPIRETIME', 'k')).toBe(2_000_000_000)
  })

  test('PERSIST takes an expiry back, once', async () => {
    const r = await connect()
    expect(await r.command('PERSIST', 'k')).toBe(0)
    await r.command('SET', 'k', 'v', 'EX', '100')
    expect(await r.command('PERSIST', 'k')).toBe(1)
    expect(await r.command('PERSIST', 'k')).toBe(0)
    expect(await r.command('GET', 'k')).toBe('v')
  })
})

describe('a key whose time has come', () => {
  const connect = withServer()

  test('is found by nobody', async () => {
    const r = await connect()
    await r.command('MSET', 'a', '1', 'b', '2', 'c', '3', 'd', '4')
    await r.command('HSET', 'h', 'f', 'v')
    for (const key of ['a', 'b', 'c', 'd', 'h']) await r.command('PEXPIRE', key, '2')
    while ((await r.command('PTTL', 'a')) !== -2);
    while ((await r.command('PTTL', 'h')) !== -2);
    expect(await r.command('GET', 'a')).toBeNull()
    expect(await r.command('HGET', 'h', 'f')).toBeNull()
    expect(await r.command('TYPE', 'b')).toBe('none')
    expect(await r.command('EXISTS', 'b', 'h')).toBe(0)
    expect(await r.command('DEL', 'c')).toBe(0)
    expect(await r.command('KEYS', '*')).toEqual([])
    expect(await r.command('SCAN', '0', 'COUNT', '100')).toEqual(['0', []])
    expect(await r.command('RANDOMKEY')).toBeNull()
    expect(await r.command('INCR', 'd')).toBe(1)
    expect(await r.command('TTL', 'd')).toBe(-1)
  })

  test('goes away by itself', async () => {
    const r = await connect()
    for (let i = 0; i < 100; i++) r.send('SET', `k${i}`, 'v', 'PX', '1')
    for (let i = 0; i < 100; i++) await r.receive()
    await expect.poll(() => r.command('DBSIZE'), { timeout: 10_000, interval: 20 }).toBe(0)
  })
})
