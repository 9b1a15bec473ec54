/*
 * Sorted sets over the wire, once per encoding. Nothing here imports src/server:
 * the suite also runs against a real server. Taking from the ends and combining
 * several sorted sets are in zset-pop.test.ts and zset-combine.test.ts.
 */
import { describe, expect, test } from 'vitest'
import { type Needs, withServer } from '../support/server.ts'

const REDIS_72: Needs = { since: { redis: '7.2.0', valkey: '7.2.0' } }

const encodings = {
  listpack: { 'zset-max-listpack-entries': '128' },
  skiplist: { 'zset-max-listpack-entries': '0' },
}

for (const [encoding, config] of Object.entries(encodings)) {
  describe(`a sorted set as ${encoding}`, () => {
    const connect = withServer(config)

    test('ZADD counts new members only, or all changed ones with CH', async () => {
      const r = await connect()
      expect(await r.command('ZADD', 'z', '1', 'a', '2', 'b')).toBe(2)
      expect(await r.command('ZADD', 'z', '1', 'a', '3', 'b', '4', 'c')).toBe(1)
      expect(await r.command('ZADD', 'z', 'CH', '1', 'a', '5', 'b', '6', 'd')).toBe(2)
      expect(await r.command('ZRANGE', 'z', '0', '-1', 'WITHSCORES')).toEqual(['a', '1', 'c', '4', 'b', '5', 'd', '6'])
      expect(await r.command('OBJECT', 'ENCODING', 'z')).toBe(encoding)
      expect(await r.command('TYPE', 'z')).toBe('zset')
    })

    test('members of equal score are ordered by their bytes, the shorter one first', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '0', 'b', '0', 'ab', '0', 'a', '0', '\x00', '0', '', '0', '10', '0', '9')
      expect(await r.command('ZRANGE', 'z', '0', '-1')).toEqual(['', '\x00', '10', '9', 'a', 'ab', 'b'])
    })

    test('ZADD NX and XX add only, or update only', async () => {
      const r = await connect()
      expect(await r.command('ZADD', 'z', 'XX', '1', 'a')).toBe(0)
      expect(await r.command('EXISTS', 'z')).toBe(0)
      await r.command('ZADD', 'z', 'NX', '1', 'a')
      expect(await r.command('ZADD', 'z', 'NX', 'CH', '2', 'a', '3', 'b')).toBe(1)
      expect(await r.command('ZADD', 'z', 'XX', 'CH', '5', 'a', '6', 'c')).toBe(1)
      expect(await r.command('ZRANGE', 'z', '0', '-1', 'WITHSCORES')).toEqual(['b', '3', 'a', '5'])
    })

    test('ZADD GT and LT move a score one way only', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '5', 'a')
      expect(await r.command('ZADD', 'z', 'GT', 'CH', '4', 'a', '1', 'b')).toBe(1)
      expect(await r.command('ZADD', 'z', 'GT', 'CH', '6', 'a')).toBe(1)
      expect(await r.command('ZADD', 'z', 'LT', 'CH', '7', 'a')).toBe(0)
      expect(await r.command('ZADD', 'z', 'LT', 'CH', '2', 'a')).toBe(1)
      expect(await r.command('ZSCORE', 'z', 'a')).toBe('2')
    })

    test('ZADD INCR answers the score, or nil when an option forbids it', async () => {
      const r = await connect()
      expect(await r.command('ZADD', 'z', 'INCR', '1.5', 'a')).toBe('1.5')
      expect(await r.command('ZADD', 'z', 'INCR', '1', 'a')).toBe('2.5')
      expect(await r.command('ZADD', 'z', 'NX', 'INCR', '1', 'a')).toBe(null)
      expect(await r.command('ZADD', 'z', 'XX', 'INCR', '1', 'b')).toBe(null)
      expect(await r.command('ZADD', 'nope', 'XX', 'INCR', '1', 'b')).toBe(null)
      expect(await r.command('ZADD', 'z', 'GT', 'INCR', '-1', 'a')).toBe(null)
      await r.command('ZADD', 'z', 'inf', 'a')
      const sum = r.command('ZADD', 'z', 'INCR', '-inf', 'a')
      await expect(sum).rejects.toThrow('ERR resulting score is not a number (NaN)')
      expect(await r.command('ZSCORE', 'z', 'a')).toBe('inf')
    })

    test('ZINCRBY takes an option of ZADD for one, and misses its member', async () => {
      const r = await connect()
      await expect(r.command('ZINCRBY', 'z', 'lt', '3')).rejects.toThrow('ERR syntax error')
      await expect(r.command('ZINCRBY', 'z', 'x', '3')).rejects.toThrow('ERR value is not a valid float')
    })

    test('ZINCRBY adds, beginning at 0', async () => {
      const r = await connect()
      expect(await r.command('ZINCRBY', 'z', '3', 'a')).toBe('3')
      expect(await r.command('ZINCRBY', 'z', '-0.5', 'a')).toBe('2.5')
      expect(await r.command('ZINCRBY', 'z', '-inf', 'a')).toBe('-inf')
    })

    test('ZADD refuses before it writes', async () => {
      const r = await connect()
      const refused: readonly (readonly [string, ...string[]])[] = [
        ['ERR XX and NX options at the same time are not compatible', 'NX', 'XX', '1', 'a'],
        ['ERR GT, LT, and/or NX options at the same time are not compatible', 'NX', 'GT', '1', 'a'],
        ['ERR GT, LT, and/or NX options at the same time are not compatible', 'GT', 'LT', '1', 'a'],
        ['ERR INCR option supports a single increment-element pair', 'INCR', '1', 'a', '2', 'b'],
        ['ERR syntax error', '1', 'a', '2'],
        ['ERR syntax error', 'NX', 'CH'],
        ['ERR value is not a valid float', '1', 'a', 'x', 'b'],
        ['ERR value is not a valid float', 'nan', 'a'],
        ['ERR value is not a valid float', '1e400', 'a'],
      ]
      for (const [error, ...args] of refused) {
        await expect(r.command('ZADD', 'z', ...args)).rejects.toThrow(error)
      }
      expect(await r.command('EXISTS', 'z')).toBe(0)
      await r.command('SET', 's', '1')
      await expect(r.command('ZADD', 's', '1', 'a')).rejects.toThrow('WRONGTYPE')
    })

    test('a member that moves is found where it has gone, and only there', async () => {
      const r = await connect()
      for (let i = 0; i < 100; i++) await r.command('ZADD', 'z', String(i), `m${i}`)
      for (const [member, score] of [
        ['m0', '50.5'],
        ['m99', '-1'],
        ['m40', '40.5'],
        ['m41', 'inf'],
        ['m42', '-inf'],
        ['m43', '43'],
      ]) {
        await r.command('ZADD', 'z', score!, member!)
        expect(await r.command('ZSCORE', 'z', member!)).toBe(score)
      }
      const all = (await r.command('ZRANGE', 'z', '0', '-1')) as string[]
      expect(all.length).toBe(100)
      expect(new Set(all).size).toBe(100)
      expect(all.slice(0, 3)).toEqual(['m42', 'm99', 'm1'])
      expect(all.at(-1)).toBe('m41')
      for (const member of ['m42', 'm0', 'm40', 'm43']) {
        expect(await r.command('ZRANK', 'z', member)).toBe(all.indexOf(member))
      }
    })

    test('ZREM counts what was there, and the key goes with its last member', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c')
      expect(await r.command('ZREM', 'z', 'a', 'nope', 'a')).toBe(1)
      expect(await r.command('ZCARD', 'z')).toBe(2)
      expect(await r.command('ZREM', 'z', 'b', 'c')).toBe(2)
      expect(await r.command('EXISTS', 'z')).toBe(0)
      expect(await r.command('ZREM', 'z', 'b')).toBe(0)
      expect(await r.command('ZCARD', 'z')).toBe(0)
    })

    test('ZSCORE and ZMSCORE answer nil for what is not there', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a', '2.5', 'b')
      expect(await r.command('ZSCORE', 'z', 'b')).toBe('2.5')
      expect(await r.command('ZSCORE', 'z', 'x')).toBe(null)
      expect(await r.command('ZSCORE', 'nope', 'x')).toBe(null)
      expect(await r.command('ZMSCORE', 'z', 'b', 'x', 'a')).toEqual(['2.5', null, '1'])
      expect(await r.command('ZMSCORE', 'nope', 'b', 'x')).toEqual([null, null])
    })

    test('scores are doubles in RESP3, and pairs there with WITHSCORES', async () => {
      const r2 = await connect()
      const r3 = await connect({ resp: 3 })
      await r2.command('ZADD', 'z', '1.5', 'a', '2', 'b')
      expect(await r2.replyText('ZRANGE', 'z', '0', '0', 'WITHSCORES')).toBe('*2\r\n$1\r\na\r\n$3\r\n1.5\r\n')
      expect(await r3.replyText('ZRANGE', 'z', '0', '0', 'WITHSCORES')).toBe('*1\r\n*2\r\n$1\r\na\r\n,1.5\r\n')
      expect(await r3.replyText('ZSCORE', 'z', 'b')).toBe(',2\r\n')
      expect(await r3.replyText('ZINCRBY', 'z', '1', 'b')).toBe(',3\r\n')
      expect(await r3.replyText('ZMSCORE', 'z', 'a', 'x')).toBe('*2\r\n,1.5\r\n_\r\n')
      expect(await r3.replyText('ZRANDMEMBER', 'z', '-1', 'WITHSCORES')).toMatch(/^\*1\r\n\*2\r\n\$1\r\n.\r\n,/)
    })

    test('scores read as the shortest text that says them', async () => {
      const r = await connect({ needs: REDIS_72 })
      const texts: readonly (readonly [string, string])[] = [
        ['0.1', '0.1'],
        ['3.0', '3'],
        ['-1.50', '-1.5'],
        ['1e-7', '1e-7'],
        ['0.000015', '0.000015'],
        ['0.00012345', '1.2345e-4'],
        ['1e17', '100000000000000000'],
        ['1e20', '1e+20'],
        ['12345678.125', '12345678.125'],
        ['4611686018427387904', '4611686018427387904'],
        ['9007199254740993', '9007199254740992'],
        ['123456789012345678901', '123456789012345680000'],
        ['+Infinity', 'inf'],
        ['-INF', '-inf'],
      ]
      for (const [given, read] of texts) {
        await r.command('ZADD', 'z', given, 'm')
        expect(await r.command('ZSCORE', 'z', 'm')).toBe(read)
      }
    })

    test('ZRANK and ZREVRANK count from either end', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a', '2', 'b', '2', 'c', '3', 'd')
      expect(await r.command('ZRANK', 'z', 'a')).toBe(0)
      expect(await r.command('ZRANK', 'z', 'c')).toBe(2)
      expect(await r.command('ZREVRANK', 'z', 'c')).toBe(1)
      expect(await r.command('ZRANK', 'z', 'x')).toBe(null)
      expect(await r.command('ZREVRANK', 'nope', 'x')).toBe(null)
    })

    test('ZRANK and ZREVRANK add the score WITHSCORE', async () => {
      const r = await connect({ needs: REDIS_72 })
      await r.command('ZADD', 'z', '1', 'a', '2.5', 'b')
      expect(await r.replyText('ZRANK', 'z', 'b', 'WITHSCORE')).toBe('*2\r\n:1\r\n$3\r\n2.5\r\n')
      expect(await r.replyText('ZREVRANK', 'z', 'b', 'withscore')).toBe('*2\r\n:0\r\n$3\r\n2.5\r\n')
      expect(await r.replyText('ZRANK', 'z', 'x', 'WITHSCORE')).toBe('*-1\r\n')
      await expect(r.command('ZRANK', 'z', 'b', 'WITHSCORES')).rejects.toThrow('ERR syntax error')
      const tooMany = r.command('ZRANK', 'z', 'b', 'WITHSCORE', 'x')
      await expect(tooMany).rejects.toThrow("ERR wrong number of arguments for 'zrank' command")
    })

    test('ZRANGE takes ranks from both ends', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c', '4', 'd')
      expect(await r.command('ZRANGE', 'z', '1', '2')).toEqual(['b', 'c'])
      expect(await r.command('ZRANGE', 'z', '-2', '-1')).toEqual(['c', 'd'])
      expect(await r.command('ZRANGE', 'z', '-100', '100')).toEqual(['a', 'b', 'c', 'd'])
      expect(await r.command('ZRANGE', 'z', '2', '1')).toEqual([])
      expect(await r.command('ZRANGE', 'z', '4', '9')).toEqual([])
      expect(await r.command('ZRANGE', 'z', '0', '1', 'REV', 'WITHSCORES')).toEqual(['d', '4', 'c', '3'])
      expect(await r.command('ZREVRANGE', 'z', '-2', '-1')).toEqual(['b', 'a'])
      expect(await r.command('ZRANGE', 'nope', '0', '-1')).toEqual([])
      await expect(r.command('ZRANGE', 'z', '0', 'x')).rejects.toThrow('ERR value is not an integer or out of range')
    })

    test('ZRANGE BYSCORE takes open ends, infinities and LIMIT', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '-inf', 'low', '1', 'a', '2', 'b', '2', 'c', '3', 'd', 'inf', 'high')
      expect(await r.command('ZRANGE', 'z', '1', '2', 'BYSCORE')).toEqual(['a', 'b', 'c'])
      expect(await r.command('ZRANGEBYSCORE', 'z', '(1', '(3')).toEqual(['b', 'c'])
      expect(await r.command('ZRANGEBYSCORE', 'z', '(2', '(2')).toEqual([])
      expect(await r.command('ZRANGEBYSCORE', 'z', '3', '1')).toEqual([])
      expect(await r.command('ZRANGEBYSCORE', 'z', '-inf', '1', 'WITHSCORES')).toEqual(['low', '-inf', 'a', '1'])
      expect(await r.command('ZREVRANGEBYSCORE', 'z', '+inf', '(2')).toEqual(['high', 'd'])
      expect(await r.command('ZRANGE', 'z', '3', '1', 'BYSCORE', 'REV', 'LIMIT', '1', '2')).toEqual(['c', 'b'])
      expect(await r.command('ZRANGEBYSCORE', 'z', '1', '3', 'LIMIT', '2', '-1')).toEqual(['c', 'd'])
      expect(await r.command('ZRANGEBYSCORE', 'z', '1', '3', 'LIMIT', '9', '1')).toEqual([])
      expect(await r.command('ZRANGEBYSCORE', 'z', '1', '3', 'LIMIT', '0', '0')).toEqual([])
      expect(await r.command('ZRANGEBYSCORE', 'z', '', '2')).toEqual(['a', 'b', 'c'])
      expect(await r.command('ZRANGEBYSCORE', 'z', '-1e400', '1')).toEqual(['low', 'a'])
      await expect(r.command('ZRANGEBYSCORE', 'z', 'nan', '2')).rejects.toThrow('ERR min or max is not a float')
      await expect(r.command('ZRANGEBYSCORE', 'z', '1', '((2')).rejects.toThrow('ERR min or max is not a float')
    })

    test('a negative offset of LIMIT counts from the far end where the encoding allows it', async () => {
      const r = await connect({ needs: REDIS_72 })
      await r.command('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c', '4', 'd')
      const isBig = encoding === 'skiplist'
      expect(await r.command('ZRANGEBYSCORE', 'z', '2', '4', 'LIMIT', '-2', '9')).toEqual(isBig ? ['c', 'd'] : [])
      expect(await r.command('ZREVRANGEBYSCORE', 'z', '4', '2', 'LIMIT', '-1', '9')).toEqual(isBig ? ['b'] : [])
      expect(await r.command('ZRANGEBYSCORE', 'z', '2', '4', 'LIMIT', '-4', '9')).toEqual([])
    })

    test('ZRANGE BYLEX goes by the bytes of members', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '0', 'a', '0', 'b', '0', 'bb', '0', 'c', '0', 'd')
      expect(await r.command('ZRANGE', 'z', '[b', '(c', 'BYLEX')).toEqual(['b', 'bb'])
      expect(await r.command('ZRANGEBYLEX', 'z', '-', '[b')).toEqual(['a', 'b'])
      expect(await r.command('ZRANGEBYLEX', 'z', '(b', '+', 'LIMIT', '1', '1')).toEqual(['c'])
      expect(await r.command('ZREVRANGEBYLEX', 'z', '+', '[bb')).toEqual(['d', 'c', 'bb'])
      expect(await r.command('ZRANGE', 'z', '[c', '-', 'BYLEX', 'REV')).toEqual(['c', 'bb', 'b', 'a'])
      expect(await r.command('ZRANGEBYLEX', 'z', '+', '-')).toEqual([])
      expect(await r.command('ZRANGEBYLEX', 'z', '[', '[a')).toEqual(['a'])
      expect(await r.command('ZLEXCOUNT', 'z', '[b', '[c')).toBe(3)
      expect(await r.command('ZLEXCOUNT', 'z', '-', '+')).toBe(5)
      for (const bad of ['b', '', '++', '-x']) {
        const refused = r.command('ZRANGEBYLEX', 'z', bad, '+')
        await expect(refused).rejects.toThrow('ERR min or max not valid string range item')
      }
    })

    test('the options of ranges exclude each other', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a')
      const syntax: readonly (readonly [string, ...string[]])[] = [
        ['ZRANGE', 'z', '0', '-1', 'BYSCORE', 'BYLEX'],
        ['ZRANGE', 'z', '0', '-1', 'REV', 'REV'],
        ['ZRANGE', 'z', '0', '-1', 'LIMIT', '1'],
        ['ZRANGE', 'z', '0', '-1', 'FOO'],
        ['ZREVRANGE', 'z', '0', '-1', 'REV'],
        ['ZREVRANGE', 'z', '0', '-1', 'BYSCORE'],
        ['ZRANGEBYSCORE', 'z', '0', '1', 'BYSCORE'],
        ['ZRANGEBYLEX', 'z', '-', '+', 'REV'],
      ]
      for (const args of syntax) await expect(r.command(...args)).rejects.toThrow('ERR syntax error')
      const byRank = r.command('ZRANGE', 'z', '0', '-1', 'LIMIT', '0', '1')
      await expect(byRank).rejects.toThrow('LIMIT is only supported in combination with either BYSCORE or BYLEX')
      const byLex = r.command('ZRANGE', 'z', '-', '+', 'BYLEX', 'WITHSCORES')
      await expect(byLex).rejects.toThrow('WITHSCORES not supported in combination with BYLEX')
    })

    test('ZCOUNT counts between scores', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c')
      expect(await r.command('ZCOUNT', 'z', '-inf', '+inf')).toBe(3)
      expect(await r.command('ZCOUNT', 'z', '(1', '3')).toBe(2)
      expect(await r.command('ZCOUNT', 'nope', '1', '3')).toBe(0)
      await expect(r.command('ZCOUNT', 'z', 'a', '3')).rejects.toThrow('ERR min or max is not a float')
    })

    test('ZREMRANGEBYRANK, -SCORE and -LEX remove, and the key goes with its last member', async () => {
      const r = await connect()
      const fill = () => r.command('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c', '4', 'd', '5', 'e')
      await fill()
      expect(await r.command('ZREMRANGEBYRANK', 'z', '1', '-2')).toBe(3)
      expect(await r.command('ZRANGE', 'z', '0', '-1')).toEqual(['a', 'e'])
      await fill()
      expect(await r.command('ZREMRANGEBYSCORE', 'z', '(1', '4')).toBe(3)
      expect(await r.command('ZREMRANGEBYSCORE', 'z', '7', '9')).toBe(0)
      expect(await r.command('ZRANGE', 'z', '0', '-1')).toEqual(['a', 'e'])
      await r.command('DEL', 'z')
      await r.command('ZADD', 'z', '0', 'a', '0', 'b', '0', 'c')
      expect(await r.command('ZREMRANGEBYLEX', 'z', '[b', '+')).toBe(2)
      expect(await r.command('ZREMRANGEBYLEX', 'z', '-', '+')).toBe(1)
      expect(await r.command('EXISTS', 'z')).toBe(0)
      expect(await r.command('ZREMRANGEBYRANK', 'z', '0', '-1')).toBe(0)
    })

    test('ZRANDMEMBER picks different ones, or any with a negative count', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c')
      expect(['a', 'b', 'c']).toContain(await r.command('ZRANDMEMBER', 'z'))
      expect((await r.command('ZRANDMEMBER', 'z', '2')) as string[]).toHaveLength(2)
      expect(new Set((await r.command('ZRANDMEMBER', 'z', '10')) as string[])).toEqual(new Set(['a', 'b', 'c']))
      expect((await r.command('ZRANDMEMBER', 'z', '-10', 'WITHSCORES')) as string[]).toHaveLength(20)
      expect(await r.command('ZRANDMEMBER', 'z', '0')).toEqual([])
      expect(await r.command('ZRANDMEMBER', 'nope')).toBe(null)
      expect(await r.command('ZRANDMEMBER', 'nope', '3')).toEqual([])
      await expect(r.command('ZRANDMEMBER', 'z', 'x')).rejects.toThrow('ERR value is not an integer or out of range')
      await expect(r.command('ZRANDMEMBER', 'z', '1', 'x')).rejects.toThrow('ERR syntax error')
    })

    test('ZSCAN walks all members with their scores', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a', '2', 'b', '3', 'ab')
      expect(await r.command('ZSCAN', 'z', '0', 'COUNT', '100', 'MATCH', 'b*')).toEqual(['0', ['b', '2']])
      const [cursor, members] = (await r.command('ZSCAN', 'z', '0', 'COUNT', '100')) as [string, string[]]
      expect(cursor).toBe('0')
      expect([...members].sort()).toEqual(['1', '2', '3', 'a', 'ab', 'b'])
      expect(await r.command('ZSCAN', 'nope', '0')).toEqual(['0', []])
      await expect(r.command('ZSCAN', 'z', 'x')).rejects.toThrow('ERR invalid cursor')
      await expect(r.command('ZSCAN', 'z', '0', 'COUNT', '0')).rejects.toThrow('ERR syntax error')
    })

    test('ZSCAN leaves scores out with NOSCORES, which no other scan takes', async () => {
      const r = await connect({ needs: { since: { valkey: '9.1.0' } } })
      await r.command('ZADD', 'z', '1', 'a')
      await r.command('HSET', 'h', 'a', '1')
      expect(await r.command('ZSCAN', 'z', '0', 'NOSCORES')).toEqual(['0', ['a']])
      const error = 'ERR NOSCORES option can only be used in ZSCAN'
      await expect(r.command('HSCAN', 'h', '0', 'NOSCORES')).rejects.toThrow(error)
      await expect(r.command('SCAN', '0', 'NOSCORES')).rejects.toThrow(error)
    })

    test('COPY keeps members, scores and encoding', async () => {
      const r = await connect()
      await r.command('ZADD', 'z', '1', 'a', '2.5', 'b', '-inf', 'c')
      expect(await r.command('COPY', 'z', 'y')).toBe(1)
      await r.command('ZREM', 'z', 'a')
      expect(await r.command('ZRANGE', 'y', '0', '-1', 'WITHSCORES')).toEqual(['c', '-inf', 'a', '1', 'b', '2.5'])
      expect(await r.command('OBJECT', 'ENCODING', 'y')).toBe(encoding)
    })
  })
}

describe('the encoding of a sorted set', () => {
  const connect = withServer({ 'zset-max-listpack-entries': '4', 'zset-max-listpack-value': '5' })

  test('becomes skiplist with one member too many, and stays so', async () => {
    const r = await connect()
    await r.command('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c', '4', 'd')
    expect(await r.command('OBJECT', 'ENCODING', 'z')).toBe('listpack')
    await r.command('ZADD', 'z', '0', 'e')
    expect(await r.command('OBJECT', 'ENCODING', 'z')).toBe('skiplist')
    expect(await r.command('ZRANGE', 'z', '0', '-1')).toEqual(['e', 'a', 'b', 'c', 'd'])
    await r.command('ZREM', 'z', 'a', 'b', 'c')
    expect(await r.command('OBJECT', 'ENCODING', 'z')).toBe('skiplist')
  })

  test('becomes skiplist with a member that is too long', async () => {
    const r = await connect()
    await r.command('ZADD', 'z', '1', '12345')
    expect(await r.command('OBJECT', 'ENCODING', 'z')).toBe('listpack')
    await r.command('ZADD', 'z', '1', '123456')
    expect(await r.command('OBJECT', 'ENCODING', 'z')).toBe('skiplist')
  })

  test('goes by how many members ZADD is given', async () => {
    const r = await connect({ needs: REDIS_72 })
    await r.command('ZADD', 'z', '1', 'a', '1', 'a', '1', 'a', '1', 'a', '1', 'a')
    expect(await r.command('OBJECT', 'ENCODING', 'z')).toBe('skiplist')
    await r.command('ZADD', 'y', '1', 'a')
    await r.command('ZADD', 'y', 'NX', '1', 'a', '1', 'a', '1', 'a', '1', 'a', '1', 'a')
    expect(await r.command('OBJECT', 'ENCODING', 'y')).toBe('skiplist')
  })

  test('is where minus zero is one: a listpack holds whole numbers', async () => {
    const r = await connect({ needs: REDIS_72 })
    await r.command('ZADD', 'small', '-0', 'a')
    await r.command('ZADD', 'big', '1', 'long member', '-0', 'a')
    expect(await r.command('ZSCORE', 'small', 'a')).toBe('0')
    expect(await r.command('ZSCORE', 'big', 'a')).toBe('-0')
    expect(await r.command('ZADD', 'big', 'CH', '0', 'a')).toBe(0)
    expect(await r.command('ZSCORE', 'big', 'a')).toBe('-0')
  })

  test('decides how ZSCAN writes scores: as they stand there, or with 17 digits', async () => {
    const r = await connect({ needs: REDIS_72 })
    await r.command('ZADD', 'small', '0.1', 'a')
    await r.command('ZADD', 'big', '0.1', 'a long one')
    expect(await r.command('ZSCAN', 'small', '0')).toEqual(['0', ['a', '0.1']])
    expect(await r.command('ZSCAN', 'big', '0')).toEqual(['0', ['a long one', '0.10000000000000001']])
  })
})

describe('a sorted set of many members', () => {
  const connect = withServer()
  const COUNT = 5_000

  test('keeps its order through any insertion and removal', async () => {
    const r = await connect()
    // A permutation: 7919 has no factor in common with the count.
    const scores = Array.from({ length: COUNT }, (_, i) => (i * 7919) % COUNT)
    for (let at = 0; at < COUNT; at += 500) {
      const pairs = scores.slice(at, at + 500).flatMap((score) => [String(score), `m${score}`])
      await r.command('ZADD', 'z', ...pairs)
    }
    expect(await r.command('ZCARD', 'z')).toBe(COUNT)
    expect(await r.command('ZRANGE', 'z', '2500', '2502')).toEqual(['m2500', 'm2501', 'm2502'])
    expect(await r.command('ZRANK', 'z', 'm4321')).toBe(4321)
    expect(await r.command('ZCOUNT', 'z', '1000', '(4000')).toBe(3000)
    expect(await r.command('ZREMRANGEBYSCORE', 'z', '1000', '(4000')).toBe(3000)
    expect(await r.command('ZRANK', 'z', 'm4321')).toBe(1321)
    expect(await r.command('ZRANGE', 'z', '999', '1000')).toEqual(['m999', 'm4000'])
    const seen = new Set<string>()
    let cursor = '0'
    do {
      const [next, page] = (await r.command('ZSCAN', 'z', cursor, 'COUNT', '100')) as [string, string[]]
      for (let i = 0; i < page.length; i += 2) seen.add(page[i]!)
      cursor = next
    } while (cursor !== '0')
    expect(seen.size).toBe(2000)
    expect(await r.command('ZREMRANGEBYRANK', 'z', '0', '-1')).toBe(2000)
    expect(await r.command('EXISTS', 'z')).toBe(0)
  })
})
