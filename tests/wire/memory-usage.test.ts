/*
 * MEMORY USAGE is a sum, not an estimate, unless SAMPLES asks for one: what a key and
 * its value are said to occupy is what all data grows by when they are made, and what is
 * free again when they are gone. Only Keystead counts like that; no real server is asked.
 */
import { describe, expect, test } from 'vitest'
import type { CommandArg } from '../support/reply.ts'
import { ONLY_OURS, withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

type Command = readonly [CommandArg, ...CommandArg[]]

/** A key has a place in the table of keys, and one in that of keys that expire: 5 bytes each, there before it came. */
const PLACE_SIZE = 5

const many = (count: number, element: (i: number) => CommandArg[]): CommandArg[] =>
  Array.from({ length: count }, (_, i) => element(i)).flat()

/** What is made at the key `k`, once in every encoding. */
const VALUES: readonly (readonly [encoding: string, what: string, commands: readonly Command[]])[] = [
  ['int', 'a number', [['SET', 'k', '12345']]],
  ['embstr', 'a short string', [['SET', 'k', 'hello']]],
  ['raw', 'a string', [['SET', 'k', 'x'.repeat(500)]]],
  ['raw', 'a long string', [['SET', 'k', 'x'.repeat(300_000)]]],
  [
    'raw',
    'a string that grew',
    [['SET', 'k', 'x'.repeat(50)], ...Array.from({ length: 50 }, () => ['APPEND', 'k', 'y'.repeat(100)] as const)],
  ],
  ['embstr', 'a string that expires', [['SET', 'k', 'hello', 'EX', '10000']]],
  ['listpack', 'a small hash', [['HSET', 'k', ...many(20, (i) => [`field:${i}`, i])]]],
  ['hashtable', 'a hash', [['HSET', 'k', ...many(2_000, (i) => [`field:${i}`, `value:${i}`])]]],
  [
    'hashtable',
    'a hash that shrank',
    [
      ['HSET', 'k', ...many(2_000, (i) => [`f${i}`, i])],
      ['HDEL', 'k', ...many(1_990, (i) => [`f${i}`])],
    ],
  ],
  [
    'hashtable',
    'a hash of fields that expire',
    [
      ['HSET', 'k', ...many(500, (i) => [`f${i}`, i])],
      ['HEXPIRE', 'k', '10000', 'FIELDS', '100', ...many(100, (i) => [`f${i}`])],
    ],
  ],
  ['listpack', 'a small list', [['RPUSH', 'k', ...many(50, (i) => [`element:${i}`])]]],
  ['quicklist', 'a list', [['RPUSH', 'k', ...many(5_000, (i) => [`element:${i}`])]]],
  [
    'quicklist',
    'a list with a large element',
    [['RPUSH', 'k', ...many(2_000, (i) => [`e:${i}`]), 'x'.repeat(100_000)]],
  ],
  [
    'quicklist',
    'a list that shrank',
    [
      ['RPUSH', 'k', ...many(5_000, (i) => [`element:${i}`])],
      ['LTRIM', 'k', '1000', '2500'],
      ['LREM', 'k', '0', 'element:1500'],
    ],
  ],
  ['intset', 'a set of integers', [['SADD', 'k', ...many(100, (i) => [i * 1_000_003])]]],
  ['listpack', 'a small set', [['SADD', 'k', ...many(50, (i) => [`member:${i}`])]]],
  ['hashtable', 'a set', [['SADD', 'k', ...many(2_000, (i) => [`member:${i}`])]]],
  ['listpack', 'a small sorted set', [['ZADD', 'k', ...many(50, (i) => [i, `member:${i}`])]]],
  ['skiplist', 'a sorted set', [['ZADD', 'k', ...many(2_000, (i) => [(i * 7) % 2_000, `member:${i}`])]]],
  [
    'skiplist',
    'a sorted set that shrank',
    [
      ['ZADD', 'k', ...many(2_000, (i) => [i, `m:${i}`])],
      ['ZREM', 'k', ...many(1_900, (i) => [`m:${i}`])],
    ],
  ],
  [
    'stream',
    'a stream',
    Array.from({ length: 1_000 }, (_, i) => ['XADD', 'k', '*', 'field', i, 'other', 'x'] as const),
  ],
  [
    'stream',
    'a stream that was trimmed',
    [
      ...Array.from({ length: 1_000 }, (_, i) => ['XADD', 'k', '*', 'field', i] as const),
      ['XTRIM', 'k', 'MAXLEN', '50'],
    ],
  ],
  [
    'stream',
    'a stream with a group',
    [
      ...Array.from({ length: 300 }, (_, i) => ['XADD', 'k', '*', 'field', i] as const),
      ['XGROUP', 'CREATE', 'k', 'g', '0'],
      ['XREADGROUP', 'GROUP', 'g', 'one', 'COUNT', '200', 'STREAMS', 'k', '>'],
      ['XREADGROUP', 'GROUP', 'g', 'two', 'STREAMS', 'k', '>'],
      ['XGROUP', 'CREATE', 'k', 'h', '$'],
    ],
  ],
  [
    'stream',
    'a stream whose groups are gone',
    [
      ...Array.from({ length: 300 }, (_, i) => ['XADD', 'k', '*', 'field', i] as const),
      ['XGROUP', 'CREATE', 'k', 'g', '0'],
      ['XREADGROUP', 'GROUP', 'g', 'one', 'STREAMS', 'k', '>'],
      ['XGROUP', 'DESTROY', 'k', 'g'],
    ],
  ],
]

/** Bytes of all blocks of all data. */
async function allocated(r: WireClient): Promise<number> {
  const stats = (await r.command('MEMORY', 'STATS')) as (string | number)[]
  return Number(stats[stats.indexOf('total.allocated') + 1])
}

describe('MEMORY USAGE', () => {
  const connect = withServer()

  test.each(VALUES)('of a %s: %s', async (encoding, _, commands) => {
    const r = await connect({ needs: ONLY_OURS })
    // The tables of keys are there already, and do not grow by one key more.
    await r.command('SET', 'other', '1')
    await r.command('SET', 'expiring', '1', 'EX', '10000')
    const before = await allocated(r)
    for (const command of commands) await r.command(...command)
    expect(await r.command('OBJECT', 'ENCODING', 'k')).toBe(encoding)
    const places = (await r.command('TTL', 'k')) === -1 ? 1 : 2
    const usage = (await r.command('MEMORY', 'USAGE', 'k')) as number
    // Not at once: what is large and gone is freed by and by.
    await expect.poll(async () => (await allocated(r)) - before).toBe(usage - places * PLACE_SIZE)
    await r.command('DEL', 'k')
    await expect.poll(() => allocated(r)).toBe(before)
  })

  test.each([
    ['HSET', (i: number) => [`field:${1_000 + i}`, `value:${1_000 + i}`]],
    ['SADD', (i: number) => [`member:${1_000 + i}`]],
    ['ZADD', (i: number) => [i, `member:${1_000 + i}`]],
  ] as const)('of what %s made is estimated by SAMPLES, and counted without', async (command, element) => {
    const r = await connect({ needs: ONLY_OURS })
    await r.command(command, 'k', ...many(5_000, element))
    const exact = (await r.command('MEMORY', 'USAGE', 'k')) as number
    expect(await r.command('MEMORY', 'USAGE', 'k', 'SAMPLES', '0')).toBe(exact)
    expect(await r.command('MEMORY', 'USAGE', 'k', 'SAMPLES', '5000')).toBe(exact)
    const estimate = (await r.command('MEMORY', 'USAGE', 'k', 'SAMPLES', '10')) as number
    expect(Math.abs(estimate / exact - 1)).toBeLessThan(0.05)
  })
})
