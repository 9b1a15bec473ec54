/*
 * Unions, intersections and differences of sorted sets, once per encoding of the
 * sources, and what is stored of them. Nothing here imports src/server: the suite
 * also runs against a real server.
 */
import { describe, expect, test } from 'vitest'
import { AS_REDIS, withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

const encodings = {
  listpack: { 'zset-max-listpack-entries': '128' },
  skiplist: { 'zset-max-listpack-entries': '0' },
}

const fill = async (r: WireClient): Promise<void> => {
  await r.command('ZADD', 'a', '1', 'x', '2', 'y', '3', 'z')
  await r.command('ZADD', 'b', '10', 'y', '20', 'z', '30', 'w')
  await r.command('SADD', 's', 'x', 'w')
}

for (const [encoding, config] of Object.entries(encodings)) {
  describe(`combining sorted sets as ${encoding}`, () => {
    const connect = withServer(config)

    test('ZUNION adds scores up, or takes the lowest or highest, by weight', async () => {
      const r = await connect()
      await fill(r)
      expect(await r.command('ZUNION', '2', 'a', 'b')).toEqual(['x', 'y', 'z', 'w'])
      const union = (...args: string[]) => r.command('ZUNION', '2', 'a', 'b', 'WITHSCORES', ...args)
      expect(await union()).toEqual(['x', '1', 'y', '12', 'z', '23', 'w', '30'])
      expect(await union('AGGREGATE', 'MIN')).toEqual(['x', '1', 'y', '2', 'z', '3', 'w', '30'])
      expect(await union('AGGREGATE', 'max')).toEqual(['x', '1', 'y', '10', 'z', '20', 'w', '30'])
      expect(await union('WEIGHTS', '-1', '0.5')).toEqual(['x', '-1', 'y', '3', 'z', '7', 'w', '15'])
    })

    test('ZINTER keeps what is everywhere, ZDIFF what is only in the first', async () => {
      const r = await connect()
      await fill(r)
      expect(await r.command('ZINTER', '2', 'a', 'b', 'WITHSCORES')).toEqual(['y', '12', 'z', '23'])
      expect(await r.command('ZINTER', '2', 'a', 'nope')).toEqual([])
      expect(await r.command('ZDIFF', '2', 'a', 'b', 'WITHSCORES')).toEqual(['x', '1'])
      expect(await r.command('ZDIFF', '2', 'a', 'nope')).toEqual(['x', 'y', 'z'])
      expect(await r.command('ZDIFF', '2', 'a', 'a')).toEqual([])
      expect(await r.command('ZDIFF', '2', 'nope', 'a')).toEqual([])
    })

    test('a set counts as a sorted set of scores of 1', async () => {
      const r = await connect()
      await fill(r)
      expect(await r.command('ZUNION', '2', 'a', 's', 'WITHSCORES')).toEqual(['w', '1', 'x', '2', 'y', '2', 'z', '3'])
      expect(await r.command('ZINTER', '2', 's', 'b', 'WEIGHTS', '5', '1', 'WITHSCORES')).toEqual(['w', '35'])
      expect(await r.command('ZDIFF', '2', 'b', 's')).toEqual(['y', 'z'])
      expect(await r.command('ZINTERCARD', '2', 's', 'a')).toBe(1)
      await r.command('SADD', 'numbers', '1', '2', '3')
      await r.command('ZADD', 'ranked', '7', '2', '8', '4')
      expect(await r.command('ZINTER', '2', 'numbers', 'ranked', 'WITHSCORES')).toEqual(['2', '8'])
    })

    test('infinities add up to 0 where they would add up to nothing', async () => {
      const r = await connect()
      await r.command('ZADD', 'up', 'inf', 'm')
      await r.command('ZADD', 'down', '-inf', 'm')
      expect(await r.command('ZUNION', '2', 'up', 'down', 'WITHSCORES')).toEqual(['m', '0'])
      expect(await r.command('ZUNION', '1', 'up', 'WEIGHTS', '0', 'WITHSCORES')).toEqual(['m', '0'])
      expect(await r.command('ZINTER', '2', 'up', 'up', 'WITHSCORES')).toEqual(['m', 'inf'])
    })

    test('0 added to -0 is 0, and -0 alone keeps its sign', async () => {
      const r = await connect()
      await r.command('ZADD', 'a', '0', 'm', '1', 'n')
      for (const operation of ['ZUNION', 'ZINTER']) {
        const both = await r.command(operation, '2', 'a', 'a', 'WEIGHTS', '-4', '1', 'WITHSCORES')
        expect(both).toEqual(['n', '-3', 'm', '0'])
        const one = await r.command(operation, '1', 'a', 'WEIGHTS', '-4', 'WITHSCORES')
        expect(one).toEqual(['n', '-4', 'm', '-0'])
      }
      await r.command('ZUNIONSTORE', 'd', '2', 'a', 'a', 'WEIGHTS', '-4', '1')
      expect(await r.command('ZSCORE', 'd', 'm')).toBe('0')
    })

    test('ZINTERCARD stops counting at its LIMIT', async () => {
      const r = await connect()
      await fill(r)
      expect(await r.command('ZINTERCARD', '2', 'a', 'b')).toBe(2)
      expect(await r.command('ZINTERCARD', '2', 'a', 'b', 'LIMIT', '1')).toBe(1)
      expect(await r.command('ZINTERCARD', '2', 'a', 'b', 'LIMIT', '0')).toBe(2)
      expect(await r.command('ZINTERCARD', '2', 'a', 'nope')).toBe(0)
      await expect(r.command('ZINTERCARD', '1', 'a', 'LIMIT', '-1')).rejects.toThrow("ERR LIMIT can't be negative")
      await expect(r.command('ZINTERCARD', '1', 'a', 'LIMIT')).rejects.toThrow('ERR syntax error')
    })

    test('what is stored replaces what was there, and nothing is stored of nothing', async () => {
      const r = await connect()
      await fill(r)
      await r.command('SET', 'd', 'text', 'EX', '100')
      expect(await r.command('ZUNIONSTORE', 'd', '2', 'a', 'b')).toBe(4)
      expect(await r.command('ZRANGE', 'd', '0', '-1', 'WITHSCORES')).toEqual([
        'x',
        '1',
        'y',
        '12',
        'z',
        '23',
        'w',
        '30',
      ])
      expect(await r.command('TTL', 'd')).toBe(-1)
      expect(await r.command('OBJECT', 'ENCODING', 'd')).toBe(encoding)
      expect(await r.command('ZDIFFSTORE', 'd', '2', 'a', 'b')).toBe(1)
      expect(await r.command('ZRANGE', 'd', '0', '-1')).toEqual(['x'])
      expect(await r.command('ZINTERSTORE', 'd', '2', 'a', 'nope')).toBe(0)
      expect(await r.command('EXISTS', 'd')).toBe(0)
    })

    test('a source may be what is stored to', async () => {
      const r = await connect()
      await fill(r)
      expect(await r.command('ZINTERSTORE', 'a', '2', 'a', 'b')).toBe(2)
      expect(await r.command('ZRANGE', 'a', '0', '-1', 'WITHSCORES')).toEqual(['y', '12', 'z', '23'])
      expect(await r.command('ZRANGESTORE', 'a', 'a', '0', '0')).toBe(1)
      expect(await r.command('ZRANGE', 'a', '0', '-1')).toEqual(['y'])
    })

    test('ZRANGESTORE stores any range', async () => {
      const r = await connect()
      await fill(r)
      expect(await r.command('ZRANGESTORE', 'd', 'a', '1', '-1')).toBe(2)
      expect(await r.command('ZRANGE', 'd', '0', '-1', 'WITHSCORES')).toEqual(['y', '2', 'z', '3'])
      expect(await r.command('ZRANGESTORE', 'd', 'a', '+inf', '-inf', 'BYSCORE', 'REV', 'LIMIT', '0', '2')).toBe(2)
      expect(await r.command('ZRANGE', 'd', '0', '-1')).toEqual(['y', 'z'])
      expect(await r.command('ZRANGESTORE', 'd', 'a', '[y', '+', 'BYLEX')).toBe(2)
      expect(await r.command('OBJECT', 'ENCODING', 'd')).toBe(encoding)
      expect(await r.command('ZRANGESTORE', 'd', 'a', '7', '9')).toBe(0)
      expect(await r.command('EXISTS', 'd')).toBe(0)
      await expect(r.command('ZRANGESTORE', 'd', 'a', '0', '1', 'WITHSCORES')).rejects.toThrow('ERR syntax error')
    })

    test('keys are looked at before options are', async () => {
      const r = await connect()
      await fill(r)
      await r.command('SET', 'text', '1')
      const refused: readonly (readonly [string, string, ...string[]])[] = [
        ["ERR at least 1 input key is needed for 'zunion' command", 'ZUNION', '0', 'a'],
        ["ERR at least 1 input key is needed for 'zunionstore' command", 'ZUNIONSTORE', 'd', '-1', 'a'],
        ['ERR value is not an integer or out of range', 'ZINTER', 'x', 'a'],
        ['ERR syntax error', 'ZDIFF', '3', 'a', 'b'],
        ['WRONGTYPE', 'ZUNION', '2', 'nope', 'text', 'FOO'],
        ['ERR syntax error', 'ZUNION', '2', 'a', 'b', 'WEIGHTS', '1'],
        ['ERR weight value is not a float', 'ZUNION', '2', 'a', 'b', 'WEIGHTS', '1', 'x'],
        ['ERR syntax error', 'ZUNION', '2', 'a', 'b', 'AGGREGATE', 'avg'],
        ['ERR syntax error', 'ZUNIONSTORE', 'd', '1', 'a', 'WITHSCORES'],
        ['ERR syntax error', 'ZDIFF', '1', 'a', 'WEIGHTS', '1'],
      ]
      for (const [error, ...args] of refused) {
        await expect(r.command(...(args as [string]))).rejects.toThrow(error)
      }
    })
  })
}

describe('what is stored of sorted sets', () => {
  const connect = withServer({ 'zset-max-listpack-entries': '3', 'zset-max-listpack-value': '5' })

  test('is a listpack when it is small, whatever the sources are', async () => {
    const r = await connect()
    await r.command('ZADD', 'big', '1', 'a', '2', 'b', '3', 'c', '4', 'd', '5', 'long member')
    expect(await r.command('OBJECT', 'ENCODING', 'big')).toBe('skiplist')
    await r.command('ZRANGESTORE', 'd', 'big', '0', '2')
    expect(await r.command('OBJECT', 'ENCODING', 'd')).toBe('listpack')
    await r.command('ZUNIONSTORE', 'd', '1', 'd')
    expect(await r.command('OBJECT', 'ENCODING', 'd')).toBe('listpack')
    await r.command('ZRANGESTORE', 'd', 'big', '0', '3')
    expect(await r.command('OBJECT', 'ENCODING', 'd')).toBe('skiplist')
    await r.command('ZRANGESTORE', 'd', 'big', '4', '4')
    expect(await r.command('OBJECT', 'ENCODING', 'd')).toBe('skiplist')
  })

  test('may be weighed in hexadecimal', async () => {
    const r = await connect({ needs: AS_REDIS })
    await r.command('ZADD', 'a', '3', 'm')
    expect(await r.command('ZUNION', '1', 'a', 'WEIGHTS', '0x10', 'WITHSCORES')).toEqual(['m', '48'])
  })
})
