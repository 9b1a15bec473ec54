/*
 * Taking members from the ends of sorted sets, once per encoding, and waiting for
 * them. Nothing here imports src/server: the suite also runs against a real server.
 */
import { describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

const encodings = {
  listpack: { 'zset-max-listpack-entries': '128' },
  skiplist: { 'zset-max-listpack-entries': '0' },
}

/** Resolves when so many clients wait for keys. */
async function waiters(r: WireClient, count: number): Promise<void> {
  while (!String(await r.command('INFO', 'clients')).includes(`blocked_clients:${count}\r\n`));
}

for (const [encoding, config] of Object.entries(encodings)) {
  describe(`taking from a sorted set as ${encoding}`, () => {
    const connect = withServer(config)

    test('ZPOPMIN and ZPOPMAX take from either end, and the key goes with its last member', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c', '4', 'd')
      expect(await r.command('ZPOPMIN', 'z')).toEqual(['a', '1'])
      expect(await r.command('ZPOPMAX', 'z')).toEqual(['d', '4'])
      expect(await r.command('ZPOPMAX', 'z', '10')).toEqual(['c', '3', 'b', '2'])
      expect(await r.command('EXISTS', 'z')).toBe(0)
      expect(await r.command('ZPOPMIN', 'z')).toEqual([])
      expect(await r.command('ZPOPMIN', 'z', '2')).toEqual([])
    })

    test('a count makes pairs in RESP3, none does not', async () => {
      const r = await connect({ resp: 3 })
      await r.command('ZADD', 'z', '1', 'a', '2', 'b')
      expect(await r.replyText('ZPOPMIN', 'z')).toBe('*2\r\n$1\r\na\r\n,1\r\n')
      expect(await r.replyText('ZPOPMIN', 'z', '1')).toBe('*1\r\n*2\r\n$1\r\nb\r\n,2\r\n')
    })

    test('ZPOPMIN refuses counts that are none', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a')
      const error = 'ERR value is out of range, must be positive'
      await expect(r.command('ZPOPMIN', 'z', '-1')).rejects.toThrow(error)
      await expect(r.command('ZPOPMAX', 'z', 'x')).rejects.toThrow(error)
      await expect(r.command('ZPOPMAX', 'z', '1', '2')).rejects.toThrow('ERR syntax error')
      expect(await r.command('ZPOPMIN', 'z', '0')).toEqual([])
      expect(await r.command('ZCARD', 'z')).toBe(1)
    })

    test('ZMPOP takes from the first sorted set that is there', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c')
      expect(await r.command('ZMPOP', '2', 'nope', 'z', 'MIN')).toEqual(['z', [['a', '1']]])
      expect(await r.command('ZMPOP', '1', 'z', 'MAX', 'COUNT', '9')).toEqual([
        'z',
        [
          ['c', '3'],
          ['b', '2'],
        ],
      ])
      expect(await r.replyText('ZMPOP', '1', 'z', 'MIN')).toBe('*-1\r\n')
    })

    test('ZMPOP refuses what is not as it should be', async () => {
      const r = await connect()
      await r.command('SET', 's', '1')
      const refused: readonly (readonly [string, ...string[]])[] = [
        ['ERR numkeys should be greater than 0', '0', 'z', 'MIN'],
        ['ERR numkeys should be greater than 0', 'x', 'z', 'MIN'],
        ['ERR syntax error', '2', 'z', 'MIN'],
        ['ERR syntax error', '1', 'z', 'MID'],
        ['ERR syntax error', '1', 'z', 'MIN', 'COUNT'],
        ['ERR syntax error', '1', 'z', 'MIN', 'COUNT', '1', 'COUNT', '2'],
        ['ERR count should be greater than 0', '1', 'z', 'MIN', 'COUNT', '0'],
        ['WRONGTYPE', '2', 's', 'z', 'MIN'],
      ]
      for (const [error, ...args] of refused) {
        await expect(r.command('ZMPOP', ...(args as [string]))).rejects.toThrow(error)
      }
    })

    test('BZPOPMIN, BZPOPMAX and BZMPOP take at once what is there', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c', '4', 'd')
      expect(await r.command('BZPOPMIN', 'nope', 'z', '0')).toEqual(['z', 'a', '1'])
      expect(await r.command('BZPOPMAX', 'z', '0')).toEqual(['z', 'd', '4'])
      expect(await r.command('BZMPOP', '0', '1', 'z', 'MAX', 'COUNT', '2')).toEqual([
        'z',
        [
          ['c', '3'],
          ['b', '2'],
        ],
      ])
    })

    test('who waits is served by ZADD, in the order in which they came', async () => {
      const r = await connect()
      const first = await connect()
      const second = await connect()
      first.send('BZPOPMIN', 'z', '0')
      await waiters(r, 1)
      second.send('BZMPOP', '0', '2', 'y', 'z', 'MAX', 'COUNT', '5')
      await waiters(r, 2)
      expect(await r.command('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c')).toBe(3)
      expect(await first.receive()).toEqual(['z', 'a', '1'])
      expect(await second.receive()).toEqual([
        'z',
        [
          ['c', '3'],
          ['b', '2'],
        ],
      ])
      expect(await r.command('EXISTS', 'z')).toBe(0)
    })

    test('who waits is served by what stores a sorted set', async () => {
      const r = await connect()
      const waiting = await connect()
      await r.command('ZADD', 'src', '1', 'a', '2', 'b')
      for (const store of [
        ['ZUNIONSTORE', 'z', '1', 'src'],
        ['ZRANGESTORE', 'z', 'src', '1', '1'],
        ['COPY', 'src', 'z'],
      ] as const) {
        waiting.send('BZPOPMAX', 'z', '0')
        await waiters(r, 1)
        await r.command(...(store as readonly [string, ...string[]]))
        expect(await waiting.receive()).toEqual(['z', 'b', '2'])
        await r.command('DEL', 'z')
      }
    })
  })
}

describe('waiting for a sorted set', () => {
  const connect = withServer()

  test('ends with nil when its time is over', async () => {
    const r = await connect()
    expect(await r.replyText('BZPOPMIN', 'z', '0.01')).toBe('*-1\r\n')
    expect(await r.replyText('BZMPOP', '0.01', '1', 'z', 'MIN')).toBe('*-1\r\n')
  })

  test('is no waiting in a transaction', async () => {
    const r = await connect()
    await r.command('MULTI')
    await r.command('BZPOPMAX', 'z', '0')
    await r.command('BZMPOP', '0', '1', 'z', 'MIN')
    expect(await r.command('EXEC')).toEqual([null, null])
  })

  test('goes on when the key becomes something else', async () => {
    const r = await connect()
    const waiting = await connect()
    waiting.send('BZPOPMIN', 'z', '0')
    await waiters(r, 1)
    await r.command('SET', 'z', 'text')
    await r.command('DEL', 'z')
    await r.command('ZADD', 'z', '1', 'a')
    expect(await waiting.receive()).toEqual(['z', 'a', '1'])
  })

  test('is refused with a timeout that is none, or at a key of another type', async () => {
    const r = await connect()
    await r.command('SET', 's', '1')
    await expect(r.command('BZPOPMIN', 'z', 'x')).rejects.toThrow('ERR timeout is not a float or out of range')
    await expect(r.command('BZPOPMAX', 'z', '-1')).rejects.toThrow('ERR timeout is negative')
    await expect(r.command('BZMPOP', 'x', '1', 'z', 'MIN')).rejects.toThrow('ERR timeout is not a float')
    await expect(r.command('BZMPOP', 'x', '0', 'z', 'MIN')).rejects.toThrow('ERR numkeys should be greater than 0')
    await expect(r.command('BZPOPMIN', 's', '0')).rejects.toThrow('WRONGTYPE')
  })
})
