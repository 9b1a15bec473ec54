/*
 * The time to live of hash fields over the wire, judged by Valkey 9.1.
 */
import { describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'

const FUTURE_S = 4_000_000_000

describe('hash fields that expire', () => {
  const connect = withServer({}, { needs: { commands: ['hexpire', 'hgetdel', 'hsetex'] } })

  async function filled() {
    const r = await connect()
    await r.command('HSET', 'h', 'a', '1', 'b', '2', 'c', '3')
    return r
  }

  test('HEXPIRE answers for each field whether it was set', async () => {
    const r = await filled()
    expect(await r.command('HEXPIRE', 'h', '100', 'FIELDS', '2', 'a', 'nope')).toEqual([1, -2])
    expect(await r.command('HEXPIRE', 'nope', '100', 'FIELDS', '1', 'a')).toEqual([-2])
    expect(await r.command('HTTL', 'h', 'FIELDS', '3', 'a', 'b', 'nope')).toEqual([100, -1, -2])
    expect(await r.command('OBJECT', 'ENCODING', 'h')).toBe('hashtable')
  })

  test('HPEXPIRE, HEXPIREAT and HPEXPIREAT set the same moment in their own units', async () => {
    const r = await filled()
    expect(await r.command('HPEXPIRE', 'h', '100000', 'FIELDS', '1', 'a')).toEqual([1])
    const [left] = (await r.command('HPTTL', 'h', 'FIELDS', '1', 'a')) as number[]
    expect(left).toBeGreaterThan(90_000)
    expect(await r.command('HEXPIREAT', 'h', `${FUTURE_S}`, 'FIELDS', '1', 'b')).toEqual([1])
    expect(await r.command('HPEXPIREAT', 'h', `${FUTURE_S}000`, 'FIELDS', '1', 'c')).toEqual([1])
    expect(await r.command('HEXPIRETIME', 'h', 'FIELDS', '2', 'b', 'c')).toEqual([FUTURE_S, FUTURE_S])
    expect(await r.command('HPEXPIRETIME', 'h', 'FIELDS', '2', 'b', 'c')).toEqual([FUTURE_S * 1000, FUTURE_S * 1000])
  })

  test('a moment in the past removes the field, and the hash with its last one', async () => {
    const r = await filled()
    expect(await r.command('HEXPIRE', 'h', '0', 'FIELDS', '1', 'a')).toEqual([2])
    expect(await r.command('HEXISTS', 'h', 'a')).toBe(0)
    expect(await r.command('HEXPIREAT', 'h', '1', 'FIELDS', '2', 'b', 'c')).toEqual([2, 2])
    expect(await r.command('EXISTS', 'h')).toBe(0)
  })

  test('NX, XX, GT and LT decide by what the field has', async () => {
    const r = await filled()
    const set = (seconds: string, condition: string) =>
      r.command('HEXPIRE', 'h', seconds, condition, 'FIELDS', '1', 'a')
    expect(await set('100', 'XX')).toEqual([0])
    expect(await set('100', 'GT')).toEqual([0])
    expect(await set('100', 'NX')).toEqual([1])
    expect(await set('200', 'NX')).toEqual([0])
    expect(await set('50', 'GT')).toEqual([0])
    expect(await set('200', 'GT')).toEqual([1])
    expect(await set('300', 'LT')).toEqual([0])
    expect(await set('50', 'LT')).toEqual([1])
    expect(await r.command('HEXPIRE', 'h', '50', 'LT', 'FIELDS', '1', 'b')).toEqual([1])
  })

  test('a field that expired is gone for every reader', async () => {
    const r = await filled()
    await r.command('HPEXPIRE', 'h', '1', 'FIELDS', '2', 'a', 'b')
    await expect.poll(() => r.command('HEXISTS', 'h', 'a')).toBe(0)
    expect(await r.command('HMGET', 'h', 'a', 'b', 'c')).toEqual([null, null, '3'])
    expect(await r.command('HGETALL', 'h')).toEqual(['c', '3'])
    expect(await r.command('HRANDFIELD', 'h')).toBe('c')
    expect(await r.command('HTTL', 'h', 'FIELDS', '1', 'a')).toEqual([-2])
    expect(await r.command('HSETNX', 'h', 'a', 'again')).toBe(1)
    expect(await r.command('HTTL', 'h', 'FIELDS', '1', 'a')).toEqual([-1])
  })

  test('HDEL finds no field that has expired, and the hash stays until its fields are freed', async () => {
    const r = await connect()
    await r.command('DEBUG', 'SET-ACTIVE-EXPIRE', '0')
    await r.command('HSET', 'h', 'a', '1', 'b', '2')
    await r.command('HPEXPIRE', 'h', '1', 'FIELDS', '2', 'a', 'b')
    await expect.poll(() => r.command('HEXISTS', 'h', 'a')).toBe(0)
    expect(await r.command('HDEL', 'h', 'a', 'b')).toBe(0)
    expect(await r.command('HLEN', 'h')).toBe(2)
    expect(await r.command('HGETALL', 'h')).toEqual([])
    await r.command('DEBUG', 'SET-ACTIVE-EXPIRE', '1')
    await expect.poll(() => r.command('EXISTS', 'h')).toBe(0)
  })

  test('a hash of which every field has expired is dumped, restored, saved and loaded', async () => {
    const r = await connect()
    await r.command('DEBUG', 'SET-ACTIVE-EXPIRE', '0')
    await r.command('HSETEX', 'h', 'PX', '1', 'FIELDS', '2', 'a', '1', 'b', '2')
    await expect.poll(() => r.command('HEXISTS', 'h', 'a')).toBe(0)
    const dumped = await r.reply('DUMP', 'h')
    if (dumped.type !== 'bulk') throw new Error('no dump')
    expect(await r.command('RESTORE', 'copy', '0', dumped.bytes)).toBe('OK')
    expect(await r.command('HLEN', 'copy')).toBe(2)
    expect(await r.command('HGETALL', 'copy')).toEqual([])
    await r.command('SET', 'other', '1')
    expect(await r.command('DEBUG', 'RELOAD')).toBe('OK')
    expect(await r.command('GET', 'other')).toBe('1')
    await r.command('DEBUG', 'SET-ACTIVE-EXPIRE', '1')
    await expect.poll(() => r.command('EXISTS', 'h')).toBe(0)
  })

  test('fields that nobody reads are freed, and the key with the last of them', async () => {
    const r = await filled()
    await r.command('HPEXPIRE', 'h', '1', 'FIELDS', '3', 'a', 'b', 'c')
    await expect.poll(() => r.command('EXISTS', 'h'), { timeout: 10_000 }).toBe(0)
  })

  test('HSET takes an expiry off, HINCRBY keeps it, HPERSIST removes it', async () => {
    const r = await filled()
    await r.command('HEXPIRE', 'h', '100', 'FIELDS', '3', 'a', 'b', 'c')
    await r.command('HSET', 'h', 'a', '9')
    await r.command('HINCRBY', 'h', 'b', '1')
    expect(await r.command('HTTL', 'h', 'FIELDS', '2', 'a', 'b')).toEqual([-1, 100])
    expect(await r.command('HPERSIST', 'h', 'FIELDS', '4', 'a', 'b', 'c', 'nope')).toEqual([-1, 1, 1, -2])
    expect(await r.command('HTTL', 'h', 'FIELDS', '2', 'b', 'c')).toEqual([-1, -1])
    expect(await r.command('HPERSIST', 'nope', 'FIELDS', '1', 'a')).toEqual([-2])
  })

  test('HSETEX sets values and expiry together, under conditions', async () => {
    const r = await filled()
    expect(await r.command('HSETEX', 'h', 'EX', '100', 'FIELDS', '2', 'a', 'x', 'd', 'y')).toBe(1)
    expect(await r.command('HMGET', 'h', 'a', 'd')).toEqual(['x', 'y'])
    expect(await r.command('HTTL', 'h', 'FIELDS', '2', 'a', 'd')).toEqual([100, 100])
    expect(await r.command('HSETEX', 'h', 'FNX', 'FIELDS', '2', 'a', '1', 'new', '1')).toBe(0)
    expect(await r.command('HSETEX', 'h', 'FXX', 'KEEPTTL', 'FIELDS', '1', 'a', 'z')).toBe(1)
    expect(await r.command('HTTL', 'h', 'FIELDS', '1', 'a')).toEqual([100])
    expect(await r.command('HSETEX', 'h', 'FIELDS', '1', 'a', 'z')).toBe(1)
    expect(await r.command('HTTL', 'h', 'FIELDS', '1', 'a')).toEqual([-1])
    expect(await r.command('HSETEX', 'h', 'EXAT', '1', 'FIELDS', '1', 'a', 'z')).toBe(1)
    expect(await r.command('HEXISTS', 'h', 'a')).toBe(0)
  })

  test('HGETEX reads and then sets, keeps or takes off the expiry', async () => {
    const r = await filled()
    expect(await r.command('HGETEX', 'h', 'EX', '100', 'FIELDS', '2', 'a', 'nope')).toEqual(['1', null])
    expect(await r.command('HGETEX', 'h', 'FIELDS', '1', 'a')).toEqual(['1'])
    expect(await r.command('HTTL', 'h', 'FIELDS', '1', 'a')).toEqual([100])
    expect(await r.command('HGETEX', 'h', 'PERSIST', 'FIELDS', '1', 'a')).toEqual(['1'])
    expect(await r.command('HTTL', 'h', 'FIELDS', '1', 'a')).toEqual([-1])
    expect(await r.command('HGETEX', 'h', 'EX', '0', 'FIELDS', '1', 'a')).toEqual(['1'])
    expect(await r.command('HEXISTS', 'h', 'a')).toBe(0)
  })

  test('HGETDEL reads and removes', async () => {
    const r = await filled()
    expect(await r.command('HGETDEL', 'h', 'FIELDS', '2', 'a', 'nope')).toEqual(['1', null])
    expect(await r.command('HGETDEL', 'h', 'FIELDS', '2', 'b', 'c')).toEqual(['2', '3'])
    expect(await r.command('EXISTS', 'h')).toBe(0)
  })

  test('HGETEX and HSETEX take an option twice, but not two that say how long', async () => {
    const r = await filled()
    expect(await r.command('HGETEX', 'h', 'EX', '100', 'EX', '200', 'FIELDS', '1', 'a')).toEqual(['1'])
    expect(await r.command('HTTL', 'h', 'FIELDS', '1', 'a')).toEqual([200])
    expect(await r.command('HSETEX', 'h', 'KEEPTTL', 'KEEPTTL', 'FIELDS', '1', 'a', 'x')).toBe(1)
    expect(await r.command('HTTL', 'h', 'FIELDS', '1', 'a')).toEqual([200])
    await expect(r.command('HGETEX', 'h', 'EX', '1', 'PX', '2', 'FIELDS', '1', 'a')).rejects.toThrow('ERR syntax error')
  })

  test('HGETEX and HSETEX look at the key before they look at the time', async () => {
    const r = await filled()
    await r.command('SET', 's', 'x')
    await expect(r.command('HGETEX', 's', 'EX', 'x', 'FIELDS', '1', 'a')).rejects.toThrow('WRONGTYPE')
    await expect(r.command('HSETEX', 's', 'EX', 'x', 'FIELDS', '1', 'a', '1')).rejects.toThrow('WRONGTYPE')
    expect(await r.command('HSETEX', 'h', 'NX', 'EX', 'x', 'FIELDS', '1', 'a', '9')).toBe(0)
    expect(await r.command('HGET', 'h', 'a')).toBe('1')
  })

  test.each([
    [['HEXPIRE', 'h', 'x', 'FIELDS', '3', 'a'], 'numfields should be greater than 0'],
    [['HEXPIRE', 'h', '-1', 'FIELDS', 'x', 'a'], 'value is not an integer or out of range'],
    [['HEXPIRE', 'h', '100', 'NX', 'a', 'b', 'c'], 'numfields should be greater than 0'],
    [['HGETEX', 'h', 'a', 'b', 'c'], 'numfields should be greater than 0'],
    [['HSETEX', 'h', 'EX', '10', 'FNX', 'FIELDS'], 'numfields should be greater than 0'],
    [['HEXPIRE', 'h', '100', 'FIELDS', '3', 'a', 'b'], 'numfields should be greater than 0'],
    [['HEXPIRE', 'h', '100', 'FIELDS', '-1', 'a'], 'numfields should be greater than 0'],
    [['HEXPIRE', 'h', '100', 'FIELDS', 'x', 'a'], 'value is not an integer or out of range'],
    [['HEXPIRE', 'h', 'x', 'FIELDS', '1', 'a'], 'value is not an integer or out of range'],
    [['HEXPIRE', 'h', '-1', 'FIELDS', '1', 'a'], "invalid expire time in 'hexpire' command"],
    [['HEXPIRE', 'h', '9223372036854775807', 'FIELDS', '1', 'a'], "invalid expire time in 'hexpire' command"],
    [['HEXPIRE', 'h', '100', 'NX', 'XX', 'FIELDS', '1', 'a'], 'NX and XX, GT or LT options at the same time'],
    [['HEXPIRE', 'h', '100', 'WHY', 'FIELDS', '1', 'a'], 'Unsupported option WHY'],
    [['HTTL', 'h', 'FIELDS', '2', 'b'], 'syntax error'],
    [['HTTL', 'h', 'WHAT', '1', 'b'], 'syntax error'],
    [['HSETEX', 'h', 'FXX', 'FNX', 'FIELDS', '1', 'x', '2'], 'syntax error'],
    [['HSETEX', 'h', 'EX', '10', 'PX', '10', 'FIELDS', '1', 'x', '2'], 'syntax error'],
    [['HSETEX', 'h', 'EX', '-1', 'FIELDS', '1', 'x', '2'], "invalid expire time in 'hsetex' command"],
    [['HSETEX', 'h', 'FIELDS', '2', 'x', '2'], 'numfields should be greater than 0'],
    [['HGETEX', 'h', 'PERSIST', 'EX', '10', 'FIELDS', '1', 'b'], 'syntax error'],
    [['HGETDEL', 'h', 'FIELDS', '0', 'a'], 'numfields should be greater than 0'],
    [['HGETDEL', 's', 'FIELDS', '1', 'a'], 'WRONGTYPE'],
    [['HEXPIRE', 's', '100', 'FIELDS', '1', 'a'], 'WRONGTYPE'],
  ] as [[string, ...string[]], string][])('%j is refused and changes nothing', async (args, text) => {
    const r = await filled()
    await r.command('SET', 's', 'x')
    await expect(r.command(...args)).rejects.toThrow(text)
    expect(await r.command('HMGET', 'h', 'a', 'b', 'c')).toEqual(['1', '2', '3'])
    expect(await r.command('HTTL', 'h', 'FIELDS', '3', 'a', 'b', 'c')).toEqual([-1, -1, -1])
  })
})
