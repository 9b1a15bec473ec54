/*
 * Hashes over the wire, once per encoding. Nothing here imports src/server: the
 * suite also runs against a real server.
 */
import { describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'

const encodings = {
  listpack: { 'hash-max-listpack-entries': '128' },
  hashtable: { 'hash-max-listpack-entries': '0' },
}

for (const [encoding, config] of Object.entries(encodings)) {
  describe(`a hash as ${encoding}`, () => {
    const connect = withServer(config)

    test('HSET counts new fields only, and HGET reads what was set last', async () => {
      const r = await connect()
      expect(await r.command('HSET', 'h', 'a', '1', 'b', '2')).toBe(2)
      expect(await r.command('HSET', 'h', 'a', 'x', 'c', '3')).toBe(1)
      expect(await r.command('HGET', 'h', 'a')).toBe('x')
      expect(await r.command('HGET', 'h', 'nope')).toBe(null)
      expect(await r.command('HGET', 'nope', 'a')).toBe(null)
      expect(await r.command('OBJECT', 'ENCODING', 'h')).toBe(encoding)
    })

    test('HMSET answers OK', async () => {
      const r = await connect()
      expect(await r.command('HMSET', 'h', 'a', '1', 'b', '2')).toBe('OK')
      expect(await r.command('HMGET', 'h', 'b', 'nope', 'a')).toEqual(['2', null, '1'])
      expect(await r.command('HMGET', 'nope', 'a', 'b')).toEqual([null, null])
    })

    test('HSETNX leaves a field that is there alone', async () => {
      const r = await connect()
      expect(await r.command('HSETNX', 'h', 'a', '1')).toBe(1)
      expect(await r.command('HSETNX', 'h', 'a', '2')).toBe(0)
      expect(await r.command('HGET', 'h', 'a')).toBe('1')
    })

    test('HDEL counts what was there, and the key goes with its last field', async () => {
      const r = await connect()
      await r.command('HSET', 'h', 'a', '1', 'b', '2', 'c', '3')
      expect(await r.command('HDEL', 'h', 'a', 'nope', 'a')).toBe(1)
      expect(await r.command('HLEN', 'h')).toBe(2)
      expect(await r.command('HDEL', 'h', 'b', 'c')).toBe(2)
      expect(await r.command('EXISTS', 'h')).toBe(0)
      expect(await r.command('HDEL', 'h', 'b')).toBe(0)
    })

    test('HEXISTS, HLEN and HSTRLEN count nothing that is not there', async () => {
      const r = await connect()
      await r.command('HSET', 'h', 'a', 'hello', 'n', '12345')
      expect(await r.command('HEXISTS', 'h', 'a')).toBe(1)
      expect(await r.command('HEXISTS', 'h', 'b')).toBe(0)
      expect(await r.command('HSTRLEN', 'h', 'a')).toBe(5)
      expect(await r.command('HSTRLEN', 'h', 'n')).toBe(5)
      expect(await r.command('HSTRLEN', 'h', 'b')).toBe(0)
      expect(await r.command('HLEN', 'nope')).toBe(0)
    })

    test('HGETALL is a map in RESP3 and pairs in RESP2', async () => {
      const r = await connect()
      await r.command('HSET', 'h', 'a', '1')
      expect(await r.replyText('HGETALL', 'h')).toBe('*2\r\n$1\r\na\r\n$1\r\n1\r\n')
      expect(await r.replyText('HGETALL', 'nope')).toBe('*0\r\n')
      const r3 = await connect({ resp: 3 })
      expect(await r3.replyText('HGETALL', 'h')).toBe('%1\r\n$1\r\na\r\n$1\r\n1\r\n')
      expect(await r3.replyText('HGETALL', 'nope')).toBe('%0\r\n')
    })

    test('HKEYS and HVALS list each side', async () => {
      const r = await connect()
      await r.command('HSET', 'h', 'a', '1', 'b', '2')
      expect(((await r.command('HKEYS', 'h')) as string[]).toSorted()).toEqual(['a', 'b'])
      expect(((await r.command('HVALS', 'h')) as string[]).toSorted()).toEqual(['1', '2'])
    })

    test('HINCRBY adds 64-bit integers and refuses to overflow', async () => {
      const r = await connect()
      expect(await r.command('HINCRBY', 'h', 'n', '5')).toBe(5)
      expect(await r.command('HINCRBY', 'h', 'n', '-7')).toBe(-2)
      await r.command('HSET', 'h', 'big', '9223372036854775807', 'text', 'abc', 'blank', ' 1')
      await expect(r.command('HINCRBY', 'h', 'big', '1')).rejects.toThrow('ERR increment or decrement would overflow')
      expect(await r.command('HGET', 'h', 'big')).toBe('9223372036854775807')
      await expect(r.command('HINCRBY', 'h', 'text', '1')).rejects.toThrow('ERR hash value is not an integer')
      await expect(r.command('HINCRBY', 'h', 'blank', '1')).rejects.toThrow('ERR hash value is not an integer')
      await expect(r.command('HINCRBY', 'h', 'n', 'x')).rejects.toThrow('ERR value is not an integer or out of range')
    })

    test('HINCRBYFLOAT adds as long doubles do', async () => {
      const r = await connect()
      await r.command('HSET', 'h', 'n', '10.5', 'text', 'abc')
      expect(await r.command('HINCRBYFLOAT', 'h', 'n', '0.1')).toBe('10.6')
      expect(await r.command('HINCRBYFLOAT', 'h', 'n', '-5')).toBe('5.6')
      expect(await r.command('HINCRBYFLOAT', 'h', 'new', '5.0e3')).toBe('5000')
      await expect(r.command('HINCRBYFLOAT', 'h', 'text', '1')).rejects.toThrow('ERR hash value is not a float')
      await expect(r.command('HINCRBYFLOAT', 'h', 'n', 'abc')).rejects.toThrow('ERR value is not a valid float')
      await expect(r.command('HINCRBYFLOAT', 'h', 'n', 'inf')).rejects.toThrow('ERR value is NaN or Infinity')
    })

    test('HRANDFIELD picks different fields, or with a negative count any', async () => {
      const r = await connect()
      for (let i = 0; i < 20; i++) await r.command('HSET', 'h', `f${i}`, `${i}`)
      const some = (await r.command('HRANDFIELD', 'h', '7')) as string[]
      expect(new Set(some).size).toBe(7)
      const all = (await r.command('HRANDFIELD', 'h', '100')) as string[]
      expect(all.toSorted()).toEqual(((await r.command('HKEYS', 'h')) as string[]).toSorted())
      const repeated = (await r.command('HRANDFIELD', 'h', '-50')) as string[]
      expect(repeated).toHaveLength(50)
      expect(await r.command('HRANDFIELD', 'h')).toMatch(/^f\d+$/)
      const pairs = (await r.command('HRANDFIELD', 'h', '-3', 'WITHVALUES')) as string[]
      expect(pairs).toHaveLength(6)
      expect(pairs[0]).toBe(`f${pairs[1]}`)
      const r3 = await connect({ resp: 3 })
      const nested = (await r3.command('HRANDFIELD', 'h', '2', 'WITHVALUES')) as string[][]
      expect(nested[0]).toHaveLength(2)
      expect(await r.command('HRANDFIELD', 'nope')).toBe(null)
      expect(await r.command('HRANDFIELD', 'nope', '3')).toEqual([])
      expect(await r.command('HRANDFIELD', 'h', '0')).toEqual([])
    })

    test('HRANDFIELD refuses counts it cannot mean', async () => {
      const r = await connect()
      await r.command('HSET', 'h', 'a', '1')
      await expect(r.command('HRANDFIELD', 'h', 'x')).rejects.toThrow('ERR value is not an integer or out of range')
      await expect(r.command('HRANDFIELD', 'h', '-9223372036854775808')).rejects.toThrow('ERR value is out of range')
      await expect(r.command('HRANDFIELD', 'h', '4611686018427387904', 'WITHVALUES')).rejects.toThrow(
        'ERR value is out of range',
      )
      await expect(r.command('HRANDFIELD', 'h', '1', 'VALUES')).rejects.toThrow('ERR syntax error')
      await expect(r.command('HRANDFIELD', 'h', '1', 'WITHVALUES', 'x')).rejects.toThrow('ERR syntax error')
    })

    test('HSCAN finds every field of a big hash while it shrinks', async () => {
      const r = await connect()
      const args: string[] = []
      for (let i = 0; i < 3000; i++) args.push(`field:${i}`, `${i}`)
      await r.command('HSET', 'h', ...args)
      const seen = new Set<string>()
      let cursor = '0'
      let round = 0
      do {
        const [next, fields] = (await r.command('HSCAN', 'h', cursor, 'COUNT', '50')) as [string, string[]]
        for (let i = 0; i < fields.length; i += 2) seen.add(fields[i])
        // The first thousand go while the walk is under way; the others have to be seen.
        for (let i = 0; i < 100; i++) await r.command('HDEL', 'h', `field:${round * 100 + i}`)
        if (round < 9) round++
        cursor = next
      } while (cursor !== '0')
      for (let i = 1000; i < 3000; i++) expect(seen.has(`field:${i}`), `field:${i}`).toBe(true)
    })

    test('HSCAN filters by pattern and refuses bad options', async () => {
      const r = await connect()
      await r.command('HSET', 'h', 'a1', '1', 'a2', '2', 'b1', '3')
      const [, fields] = (await r.command('HSCAN', 'h', '0', 'MATCH', 'a*', 'COUNT', '100')) as [string, string[]]
      expect(fields.toSorted()).toEqual(['1', '2', 'a1', 'a2'])
      expect(await r.command('HSCAN', 'nope', '0')).toEqual(['0', []])
      await expect(r.command('HSCAN', 'h', 'x')).rejects.toThrow('ERR invalid cursor')
      await expect(r.command('HSCAN', 'nope', 'x')).rejects.toThrow('ERR invalid cursor')
      await expect(r.command('HSCAN', 'h', '0', 'COUNT', '0')).rejects.toThrow('ERR syntax error')
      await expect(r.command('HSCAN', 'h', '0', 'COUNT', 'x')).rejects.toThrow('ERR value is not an integer')
      await expect(r.command('HSCAN', 'h', '0', 'TYPE', 'hash')).rejects.toThrow('ERR syntax error')
    })

    test('COPY keeps the encoding when the limits have become smaller', async () => {
      const r = await connect()
      await r.command('HSET', 'h', 'a', '1', 'b', '2')
      const before = await r.command('OBJECT', 'ENCODING', 'h')
      await r.command('CONFIG', 'SET', 'hash-max-listpack-entries', '1')
      expect(await r.command('COPY', 'h', 'other')).toBe(1)
      expect(await r.command('OBJECT', 'ENCODING', 'other')).toBe(before)
      expect(await r.command('HGET', 'other', 'b')).toBe('2')
    })

    test('HSCAN looks at the key before it looks at options', async () => {
      const r = await connect()
      await r.command('SET', 's', 'x')
      expect(await r.command('HSCAN', 'nope', '0', 'COUNT', 'x')).toEqual(['0', []])
      await expect(r.command('HSCAN', 's', '0', 'COUNT', 'x')).rejects.toThrow('WRONGTYPE')
      await expect(r.command('HSCAN', 's', 'x')).rejects.toThrow('ERR invalid cursor')
    })

    test('names and values of any bytes and sizes come back as they were', async () => {
      const r = await connect()
      const binary = Buffer.from([0, 13, 10, 255, 128, 0])
      const long = Buffer.alloc(70_000, 'x')
      await r.command('HSET', 'h', binary, long)
      await r.command('HSET', 'h', long, binary)
      await r.command('HSET', 'h', '', '')
      expect(await r.command('HSTRLEN', 'h', binary)).toBe(70_000)
      expect(await r.command('HGET', 'h', long)).toEqual(binary)
      expect(await r.command('HGET', 'h', '')).toBe('')
      expect(await r.command('HLEN', 'h')).toBe(3)
    })

    test('a key of another type is refused and left alone', async () => {
      const r = await connect()
      await r.command('SET', 's', 'x')
      for (const args of [
        ['HSET', 's', 'a', '1'],
        ['HGET', 's', 'a'],
        ['HGETALL', 's'],
        ['HDEL', 's', 'a'],
        ['HINCRBY', 's', 'a', '1'],
        ['HSCAN', 's', '0'],
        ['HRANDFIELD', 's', '1'],
      ] as [string, ...string[]][]) {
        await expect(r.command(...args)).rejects.toThrow('WRONGTYPE')
      }
      expect(await r.command('GET', 's')).toBe('x')
    })
  })
}

describe('a hash that grows', () => {
  const connect = withServer({ 'hash-max-listpack-entries': '4', 'hash-max-listpack-value': '10' })

  test('becomes a table with one field too many, and stays one', async () => {
    const r = await connect()
    await r.command('HSET', 'h', 'a', '1', 'b', '2', 'c', '3', 'd', '4')
    expect(await r.command('OBJECT', 'ENCODING', 'h')).toBe('listpack')
    await r.command('HSET', 'h', 'e', '5')
    expect(await r.command('OBJECT', 'ENCODING', 'h')).toBe('hashtable')
    expect(await r.command('HMGET', 'h', 'a', 'b', 'c', 'd', 'e')).toEqual(['1', '2', '3', '4', '5'])
    await r.command('HDEL', 'h', 'b', 'c', 'd', 'e')
    expect(await r.command('OBJECT', 'ENCODING', 'h')).toBe('hashtable')
  })

  test('counts the arguments of HSET, not the new fields among them', async () => {
    const r = await connect({ needs: { since: { redis: '7.2', valkey: '7.2' } } })
    await r.command('HSET', 'h', 'a', '1')
    await r.command('HSET', 'h', 'a', '1', 'a', '2', 'a', '3', 'a', '4')
    expect(await r.command('OBJECT', 'ENCODING', 'h')).toBe('listpack')
    await r.command('HSET', 'h', 'a', '1', 'a', '2', 'a', '3', 'a', '4', 'a', '5')
    expect(await r.command('OBJECT', 'ENCODING', 'h')).toBe('hashtable')
    await r.command('HMSET', 'other', 'a', '1', 'a', '2', 'a', '3', 'a', '4', 'a', '5')
    expect(await r.command('OBJECT', 'ENCODING', 'other')).toBe('hashtable')
  })

  test('becomes a table with a text that is too long', async () => {
    const r = await connect()
    await r.command('HSET', 'h', 'a', '1234567890')
    expect(await r.command('OBJECT', 'ENCODING', 'h')).toBe('listpack')
    await r.command('HSET', 'h', 'a', '12345678901')
    expect(await r.command('OBJECT', 'ENCODING', 'h')).toBe('hashtable')
    expect(await r.command('HGET', 'h', 'a')).toBe('12345678901')
  })

  test('HSET refuses a field without a value', async () => {
    const r = await connect()
    await expect(r.command('HSET', 'h', 'a', '1', 'b')).rejects.toThrow(
      "ERR wrong number of arguments for 'hset' command",
    )
    expect(await r.command('EXISTS', 'h')).toBe(0)
  })
})
