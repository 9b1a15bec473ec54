/*
 * DEBUG DIGEST: 20 bytes that are equal for equal data. The digests below were
 * told by redis-server 7.0.15; that Keystead tells the same is what makes it
 * comparable with any server.
 */
import { describe, expect, test } from 'vitest'
import type { CommandArg } from '../support/reply.ts'
import { type Needs, withServer } from '../support/server.ts'

/** Redis 7.0 digests 17 digits of a score. */
const REDIS_72: Needs = { since: { redis: '7.2.0', valkey: '7.2.0' } }

type Command = readonly [CommandArg, ...CommandArg[]]

const many = (count: number, element: (i: number) => CommandArg[]): CommandArg[] =>
  Array.from({ length: count }, (_, i) => element(i)).flat()

/** What is made at the key `k`, and its digest, in each of its encodings. */
const VALUES: readonly (readonly [what: string, commands: readonly Command[], digest: string])[] = [
  ['a string', [['SET', 'k', 'hello']], '36b23a1456b2dce2c3ed252c456761301dba8060'],
  ['a string that is a number', [['SET', 'k', '12345']], 'e1cf90774e995ae03de66e8109dc5cb9d9c2dc83'],
  ['bytes', [['SET', 'k', new Uint8Array([0, 255, 13, 10])]], '0be8cedfeef041d42343f84d3f6672142a3b9692'],
  ['a string that expires', [['SET', 'k', 'hello', 'EX', '10000']], 'd037c4eb8a8b36b602fbced4000daeab0714c1e3'],
  ['a small hash', [['HSET', 'k', 'name', 'Ada', 'born', '1815']], '9a0052a6ff924ea50534bc7767dc41ee9efd5db0'],
  ['a large hash', [['HSET', 'k', ...many(600, (i) => [`field:${i}`, i])]], '62de58a10ba26815411428d45aab58015c26b28c'],
  ['a set of integers', [['SADD', 'k', '3', '-1', '70000', '99999999999']], 'b8976036e53f3034a43f7e6e8bcff2e67095d126'],
  ['a small set', [['SADD', 'k', 'one', 'two', '3']], '961a3332e24081f377c5512968d0052b5deb3930'],
  ['a large set', [['SADD', 'k', ...many(600, (i) => [`member:${i}`])]], '056b372e361a44d77e4081677de873789346b6b4'],
  [
    'a small sorted set',
    [['ZADD', 'k', '1', 'one', '2.5', 'two', '-inf', 'low']],
    '3406d25ac31f2d4b7088dc20fca86f0deb1cbce4',
  ],
  [
    'a large sorted set',
    [['ZADD', 'k', ...many(600, (i) => [i, `member:${i}`])]],
    'fbd46f5856dc6ee84e40845bb1390d91e5ce66c9',
  ],
  ['a small list', [['RPUSH', 'k', 'one', '2', 'one', '']], 'ccead3d9268dd2ef7837a6c4c6c9729e872adcec'],
  [
    'a large list',
    [['RPUSH', 'k', ...many(2_000, (i) => [`element:${i}`])]],
    '0e60e9ddf90e568b7846718aedda5a230164bcb2',
  ],
  [
    'a stream',
    [
      ['XADD', 'k', '1-2', 'f', 'v', 'g', 'w'],
      ['XADD', 'k', '1-3', 'f', '1', 'g', '2'],
      ['XADD', 'k', '9-0', 'other', 'x'],
      ['XDEL', 'k', '1-3'],
    ],
    '9d7d15c85833baa21518ced73daee4559efb04dc',
  ],
  [
    'a large stream',
    Array.from({ length: 500 }, (_, i) => ['XADD', 'k', `${i + 1}-${i}`, 'field', i, `f${i % 3}`, 'x'] as const),
    '7b1668fdbf9f595c4888f4b7f975cbe0c924fe15',
  ],
]

describe('DEBUG DIGEST', () => {
  const connect = withServer({ 'enable-debug-command': 'yes' })

  test.each(VALUES)('DIGEST-VALUE of %s', async (_, commands, digest) => {
    const r = await connect()
    for (const command of commands) await r.command(...command)
    expect(await r.command('DEBUG', 'DIGEST-VALUE', 'k')).toEqual([digest])
  })

  test('DIGEST-VALUE has scores as replies of fractions are written, integers too', async () => {
    const r = await connect({ needs: REDIS_72 })
    const scores = ['0.1', '1e-7', '-0', 'inf', '99999999', '-100000000', '1e15', '9007199254740993', '2e18', '-1e18']
    await r.command('ZADD', 'k', ...scores.flatMap((score) => [score, `of:${score}`]))
    expect(await r.command('DEBUG', 'DIGEST-VALUE', 'k')).toEqual(['f5f6379a5dcc8e84ea8957adccbcdbbe96215a1b'])
  })

  test('DIGEST-VALUE takes any number of keys, and zeros stand for those that are not there', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'hello')
    expect(await r.command('DEBUG', 'DIGEST-VALUE', 'nope', 'k')).toEqual(['0'.repeat(40), VALUES[0]![2]])
    expect(await r.command('DEBUG', 'DIGEST-VALUE')).toEqual([])
  })

  test('the order in which things came does not matter where there is none', async () => {
    const r = await connect()
    await r.command('HSET', 'a', 'f', '1', 'g', '2')
    await r.command('HSET', 'b', 'g', '2', 'f', '1')
    const [a, b] = (await r.command('DEBUG', 'DIGEST-VALUE', 'a', 'b')) as string[]
    expect(a).toBe(b)
  })

  test('DIGEST covers every key of every database', async () => {
    const r = await connect()
    expect(await r.command('DEBUG', 'DIGEST')).toBe('0'.repeat(40))
    await r.command('SET', 'k', 'hello')
    await r.command('HSET', 'h', 'f', 'v')
    expect(await r.command('DEBUG', 'DIGEST')).toBe('977889e4d5ea866535e941d5502317485be47a70')
    await r.command('SELECT', '3')
    await r.command('SET', 'k', 'other', 'EX', '10000')
    expect(await r.command('DEBUG', 'DIGEST')).toBe('ad167d6653cc610feaebcb0ea546bdd58ea897b0')
    await expect(r.command('DEBUG', 'DIGEST', 'x')).rejects.toThrow("wrong number of arguments for 'DIGEST'")
  })
})
