/*
 * SORT over the wire: of lists, sets and sorted sets, in both encodings of each.
 */
import { describe, expect, test } from 'vitest'
import { AS_REDIS, withServer } from '../support/server.ts'

const encodings = {
  small: {},
  big: {
    'list-max-listpack-size': '2',
    'set-max-intset-entries': '2',
    'zset-max-listpack-entries': '2',
  },
}
const NOT_NUMBERS = "ERR One or more scores can't be converted into double"

for (const [size, config] of Object.entries(encodings)) {
  describe(`SORT of ${size} collections`, () => {
    const connect = withServer(config)
    const filled = async (...elements: string[]) => {
      const r = await connect()
      await r.command('RPUSH', 'l', ...elements)
      return r
    }

    test('sorts numbers as numbers, and equal ones by their text', async () => {
      const r = await filled('10', '9', '1.5', '-3', '1.50', '2')
      expect(await r.command('SORT', 'l')).toEqual(['-3', '1.5', '1.50', '2', '9', '10'])
      expect(await r.command('SORT', 'l', 'DESC')).toEqual(['10', '9', '2', '1.50', '1.5', '-3'])
      expect(await r.command('SORT_RO', 'l', 'DESC', 'asc')).toEqual(['-3', '1.5', '1.50', '2', '9', '10'])
    })

    test('sorts texts byte by byte', async () => {
      const r = await filled('b', 'a', 'B', '10', '9', '')
      expect(await r.command('SORT', 'l', 'ALPHA')).toEqual(['', '10', '9', 'B', 'a', 'b'])
      expect(await r.command('SORT', 'l', 'ALPHA', 'DESC')).toEqual(['b', 'a', 'B', '9', '10', ''])
      await expect(r.command('SORT', 'l')).rejects.toThrow(NOT_NUMBERS)
    })

    test('reads infinities, and no other words', async () => {
      const r = await filled('inf', '0', '-inf', 'Infinity')
      expect(await r.command('SORT', 'l')).toEqual(['-inf', '0', 'Infinity', 'inf'])
      await r.command('RPUSH', 'l', 'nan')
      await expect(r.command('SORT', 'l')).rejects.toThrow(NOT_NUMBERS)
    })

    test('reads numbers as strtod does: blanks before them, hexadecimal, nothing at all', async () => {
      const r = await connect({ needs: AS_REDIS })
      await r.command('RPUSH', 'l', '0x10', ' 2', '', '1')
      expect(await r.command('SORT', 'l')).toEqual(['', '1', ' 2', '0x10'])
      await r.command('RPUSH', 'l', '1 ')
      await expect(r.command('SORT', 'l')).rejects.toThrow(NOT_NUMBERS)
    })

    test('LIMIT answers a part of what was sorted', async () => {
      const r = await filled('3', '1', '2', '5', '4')
      expect(await r.command('SORT', 'l', 'LIMIT', '1', '2')).toEqual(['2', '3'])
      expect(await r.command('SORT', 'l', 'LIMIT', '-1', '2')).toEqual(['1', '2'])
      expect(await r.command('SORT', 'l', 'LIMIT', '3', '-1')).toEqual(['4', '5'])
      expect(await r.command('SORT', 'l', 'LIMIT', '0', '0')).toEqual([])
      expect(await r.command('SORT', 'l', 'LIMIT', '9', '1')).toEqual([])
      expect(await r.command('SORT', 'l', 'LIMIT', '0', '9223372036854775807')).toHaveLength(5)
    })

    test('BY compares what lies under other keys', async () => {
      const r = await filled('1', '2', '3', '4')
      await r.command('MSET', 'w_1', '30', 'w_2', '10', 'w_3', '20')
      expect(await r.command('SORT', 'l', 'BY', 'w_*')).toEqual(['4', '2', '3', '1'])
      await r.command('HSET', 'h_1', 'f', 'b')
      await r.command('HSET', 'h_2', 'f', 'a')
      expect(await r.command('SORT', 'l', 'BY', 'h_*->f', 'ALPHA')).toEqual(['3', '4', '2', '1'])
      expect(await r.command('SORT', 'l', 'BY', 'h_*->f', 'ALPHA', 'DESC')).toEqual(['1', '2', '3', '4'])
      await expect(r.command('SORT', 'l', 'BY', 'h_*->f')).rejects.toThrow(NOT_NUMBERS)
    })

    test('BY without a star does not sort', async () => {
      const r = await filled('3', '1', '2')
      expect(await r.command('SORT', 'l', 'BY', 'nosort')).toEqual(['3', '1', '2'])
      expect(await r.command('SORT', 'l', 'BY', 'nosort', 'DESC')).toEqual(['2', '1', '3'])
      expect(await r.command('SORT', 'l', 'BY', 'nosort', 'DESC', 'LIMIT', '1', '5')).toEqual(['1', '3'])
      await r.command('ZADD', 'z', '2', 'b', '1', 'x', '3', 'a')
      expect(await r.command('SORT', 'z', 'BY', 'nosort')).toEqual(['x', 'b', 'a'])
      expect(await r.command('SORT', 'z', 'BY', 'nosort', 'DESC', 'LIMIT', '0', '2')).toEqual(['a', 'b'])
    })

    test('GET answers what lies under other keys, and # the element', async () => {
      const r = await filled('2', '1')
      await r.command('MSET', 'n_1', 'one', 'n_2', 'two')
      await r.command('HSET', 'h_1', 'f', 'x')
      expect(await r.command('SORT', 'l', 'GET', 'n_*')).toEqual(['one', 'two'])
      expect(await r.command('SORT', 'l', 'GET', '#', 'GET', 'n_*', 'GET', 'h_*->f')).toEqual([
        ...['1', 'one', 'x'],
        ...['2', 'two', null],
      ])
      expect(await r.command('SORT', 'l', 'GET', 'nostar', 'GET', 'h_*')).toEqual([null, null, null, null])
      expect(await r.command('SORT', 'l', 'GET', 'n_*->')).toEqual([null, null])
    })

    test('STORE makes a list in the place of what was there', async () => {
      const r = await filled('3', '1', '2')
      await r.command('SET', 'd', 'x')
      expect(await r.command('SORT', 'l', 'STORE', 'd')).toBe(3)
      expect(await r.command('LRANGE', 'd', '0', '-1')).toEqual(['1', '2', '3'])
      await r.command('SET', 'n_2', 'two')
      expect(await r.command('SORT', 'l', 'GET', 'n_*', 'GET', '#', 'STORE', 'l')).toBe(6)
      expect(await r.command('LRANGE', 'l', '0', '-1')).toEqual(['', '1', 'two', '2', '', '3'])
      expect(await r.command('SORT', 'nope', 'STORE', 'd')).toBe(0)
      expect(await r.command('EXISTS', 'd')).toBe(0)
      await expect(r.command('SORT_RO', 'l', 'STORE', 'd')).rejects.toThrow('ERR syntax error')
    })

    test('what is stored of a set is sorted even if nobody asks', async () => {
      const r = await connect()
      await r.command('SADD', 's', '3', '10', '2', '1')
      expect(await r.command('SORT', 's')).toEqual(['1', '2', '3', '10'])
      expect(await r.command('SORT', 's', 'BY', 'nosort', 'STORE', 'd')).toBe(4)
      expect(await r.command('LRANGE', 'd', '0', '-1')).toEqual(['1', '10', '2', '3'])
    })

    test('refuses other types and options it cannot mean', async () => {
      const r = await filled('1')
      await r.command('SET', 's', 'x')
      await r.command('HSET', 'h', 'f', 'x')
      for (const key of ['s', 'h']) await expect(r.command('SORT', key)).rejects.toThrow('WRONGTYPE')
      await expect(r.command('SORT', 'l', 'LIMIT', 'x', '1')).rejects.toThrow('ERR value is not an integer')
      for (const options of [['LIMIT', '1'], ['BY'], ['GET'], ['STORE'], ['WHAT']]) {
        await expect(r.command('SORT', 'l', ...options)).rejects.toThrow('ERR syntax error')
      }
      expect(await r.command('SORT', 'nope')).toEqual([])
    })
  })
}

describe('what is stored', () => {
  const connect = withServer({ 'list-max-listpack-size': '3' })

  test('SORT STORE makes a listpack up to the limit, and a quicklist beyond', async () => {
    const r = await connect({ needs: { since: { redis: '7.2.0', valkey: '7.2.0' } } })
    await r.command('RPUSH', 'l', '3', '1', '2', '4')
    await r.command('SORT', 'l', 'LIMIT', '0', '3', 'STORE', 'd')
    expect(await r.command('OBJECT', 'ENCODING', 'd')).toBe('listpack')
    await r.command('SORT', 'l', 'STORE', 'd')
    expect(await r.command('OBJECT', 'ENCODING', 'd')).toBe('quicklist')
  })

  test('COMMAND GETKEYS finds the destination behind the last STORE', async () => {
    const r = await connect()
    const keys = (...args: string[]) => r.command('COMMAND', 'GETKEYS', 'SORT', ...args)
    expect(await keys('l', 'BY', 'w_*', 'STORE', 'd', 'STORE', 'e', 'LIMIT', '0', '1')).toEqual(['l', 'e'])
    expect(await keys('l', 'STORE', 'store', 'd')).toEqual(['l', 'd'])
    expect(await keys('l', 'GET', 'STORE', 'd')).toEqual(['l'])
    expect(await keys('l', 'LIMIT', '0', 'STORE', 'd')).toEqual(['l'])
  })

  test('a client that waits for a list takes what was stored', async () => {
    const r = await connect()
    const client = await connect()
    client.send('BLPOP', 'd', '0')
    while (!/blocked_clients:1\r/.test(String(await r.command('INFO', 'clients'))));
    await r.command('RPUSH', 'l', '2', '1')
    await r.command('SORT', 'l', 'STORE', 'd')
    expect(await client.receive()).toEqual(['d', '1'])
  })
})
