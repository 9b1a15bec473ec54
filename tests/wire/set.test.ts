/*
 * Sets over the wire, once per encoding. Nothing here imports src/server: the
 * suite also runs against a real server.
 */
import { describe, expect, test } from 'vitest'
import { encodeCommand } from '../support/reply.ts'
import { withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

/** Members are integers throughout, so that an intset stays one. Redis 7.0 knows no set as listpack. */
const encodings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  intset: {},
  listpack: { 'set-max-intset-entries': '0', 'set-max-listpack-entries': '128' },
  hashtable: { 'set-max-intset-entries': '0', 'set-max-listpack-entries': '0' },
}

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`)
const membersOf = async (r: WireClient, key: string): Promise<string[]> =>
  ((await r.command('SMEMBERS', key)) as string[]).toSorted((a, b) => Number(a) - Number(b))

for (const [encoding, config] of Object.entries(encodings)) {
  describe(`a set as ${encoding}`, () => {
    const connect = withServer(config)

    test('SADD counts new members only, and SMEMBERS has each once', async () => {
      const r = await connect()
      expect(await r.command('SADD', 's', '1', '2', '2')).toBe(2)
      expect(await r.command('SADD', 's', '2', '-3')).toBe(1)
      expect(await r.command('SCARD', 's')).toBe(3)
      expect(await membersOf(r, 's')).toEqual(['-3', '1', '2'])
      expect(await r.command('OBJECT', 'ENCODING', 's')).toBe(encoding)
    })

    test('SMEMBERS is a set in RESP3 and an array in RESP2', async () => {
      const r = await connect()
      await r.command('SADD', 's', '7')
      expect(await r.replyText('SMEMBERS', 's')).toBe('*1\r\n$1\r\n7\r\n')
      expect(await r.replyText('SMEMBERS', 'nope')).toBe('*0\r\n')
      const r3 = await connect({ resp: 3 })
      expect(await r3.replyText('SMEMBERS', 's')).toBe('~1\r\n$1\r\n7\r\n')
      expect(await r3.replyText('SMEMBERS', 'nope')).toBe('~0\r\n')
    })

    test('SREM counts what was there, and the key goes with its last member', async () => {
      const r = await connect()
      await r.command('SADD', 's', '1', '2', '3')
      expect(await r.command('SREM', 's', '1', 'nope', '1')).toBe(1)
      expect(await r.command('SCARD', 's')).toBe(2)
      expect(await r.command('SREM', 's', '2', '3')).toBe(2)
      expect(await r.command('EXISTS', 's')).toBe(0)
      expect(await r.command('SREM', 's', '2')).toBe(0)
      expect(await r.command('SCARD', 's')).toBe(0)
    })

    test('SISMEMBER and SMISMEMBER tell what is there', async () => {
      const r = await connect()
      await r.command('SADD', 's', '1', '300', '70000')
      expect(await r.command('SISMEMBER', 's', '300')).toBe(1)
      expect(await r.command('SISMEMBER', 's', '301')).toBe(0)
      expect(await r.command('SISMEMBER', 's', '01')).toBe(0)
      expect(await r.command('SISMEMBER', 'nope', '1')).toBe(0)
      expect(await r.command('SMISMEMBER', 's', '1', '2', 'x', '70000')).toEqual([1, 0, 0, 1])
      expect(await r.command('SMISMEMBER', 'nope', '1', '2')).toEqual([0, 0])
    })

    test('holds every 64-bit integer as it is', async () => {
      const r = await connect()
      const limits = ['-9223372036854775808', '-9007199254740993', '-1', '0', '4294967296', '9223372036854775807']
      expect(await r.command('SADD', 's', ...limits)).toBe(6)
      expect(await r.command('SMISMEMBER', 's', ...limits, '9223372036854775806')).toEqual([1, 1, 1, 1, 1, 1, 0])
      expect(((await r.command('SMEMBERS', 's')) as string[]).toSorted()).toEqual(limits.toSorted())
      expect(await r.command('OBJECT', 'ENCODING', 's')).toBe(encoding)
    })

    test('SPOP removes one member, the last one with its key', async () => {
      const r = await connect()
      await r.command('SADD', 's', ...numbers(1, 5))
      const popped = new Set<string>()
      for (let i = 0; i < 5; i++) popped.add((await r.command('SPOP', 's')) as string)
      expect([...popped].toSorted()).toEqual(numbers(1, 5))
      expect(await r.command('EXISTS', 's')).toBe(0)
      expect(await r.command('SPOP', 's')).toBe(null)
    })

    test('SPOP with a count removes so many different ones', async () => {
      const r = await connect()
      const r3 = await connect({ resp: 3 })
      for (const count of [1, 7, 30, 45, 49]) {
        await r.command('DEL', 's')
        await r.command('SADD', 's', ...numbers(1, 50))
        const popped = (await r.command('SPOP', 's', `${count}`)) as string[]
        expect(new Set(popped).size, `${count}`).toBe(count)
        const left = await membersOf(r, 's')
        expect(
          [...popped, ...left].toSorted((a, b) => Number(a) - Number(b)),
          `${count}`,
        ).toEqual(numbers(1, 50))
      }
      expect(await r.command('SPOP', 's', '0')).toEqual([])
      expect(await r3.replyText('SPOP', 's', '0')).toBe('~0\r\n')
      expect(await r3.replyText('SPOP', 'nope', '1')).toBe('~0\r\n')
      expect(await r.command('SPOP', 's', '100')).toHaveLength(1)
      expect(await r.command('EXISTS', 's')).toBe(0)
      expect(await r.command('SPOP', 's', '3')).toEqual([])
    })

    test('SPOP refuses counts it cannot mean, before it looks at the key', async () => {
      const r = await connect()
      await r.command('SET', 'text', 'x')
      for (const count of ['-1', 'x', '1.5', '', '9223372036854775808']) {
        await expect(r.command('SPOP', 'text', count)).rejects.toThrow('ERR value is out of range, must be positive')
      }
      await expect(r.command('SPOP', 'text', '1', '2')).rejects.toThrow('ERR syntax error')
      await expect(r.command('SPOP', 'text', '0')).rejects.toThrow('WRONGTYPE')
    })

    test('SPOP takes every member with the same probability', async () => {
      const r = await connect()
      const times = new Map<string, number>()
      for (let round = 0; round < 600; round++) {
        await r.command('SADD', 's', ...numbers(1, 6))
        for (const member of (await r.command('SPOP', 's', '2')) as string[]) {
          times.set(member, (times.get(member) ?? 0) + 1)
        }
      }
      // 200 expected of each; 5 deviations are 58.
      for (const member of numbers(1, 6)) expect(Math.abs((times.get(member) ?? 0) - 200), member).toBeLessThan(70)
    })

    test('SRANDMEMBER picks different members, or with a negative count any, and removes none', async () => {
      const r = await connect()
      await r.command('SADD', 's', ...numbers(1, 20))
      expect(numbers(1, 20)).toContain(await r.command('SRANDMEMBER', 's'))
      for (const count of [1, 7, 19]) {
        const some = (await r.command('SRANDMEMBER', 's', `${count}`)) as string[]
        expect(new Set(some).size).toBe(count)
      }
      const all = (await r.command('SRANDMEMBER', 's', '100')) as string[]
      expect(all.toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers(1, 20))
      const repeated = (await r.command('SRANDMEMBER', 's', '-50')) as string[]
      expect(repeated).toHaveLength(50)
      for (const member of repeated) expect(numbers(1, 20)).toContain(member)
      expect(await r.command('SCARD', 's')).toBe(20)
      expect(await r.command('SRANDMEMBER', 's', '0')).toEqual([])
      expect(await r.command('SRANDMEMBER', 'nope')).toBe(null)
      expect(await r.command('SRANDMEMBER', 'nope', '3')).toEqual([])
      const r3 = await connect({ resp: 3 })
      expect((await r3.replyText('SRANDMEMBER', 's', '-2')).startsWith('*2\r\n')).toBe(true)
    })

    test('SRANDMEMBER refuses counts it cannot mean, before it looks at the key', async () => {
      const r = await connect()
      await r.command('SET', 'text', 'x')
      await expect(r.command('SRANDMEMBER', 'text', 'x')).rejects.toThrow('ERR value is not an integer or out of range')
      await expect(r.command('SRANDMEMBER', 'text', '-9223372036854775808')).rejects.toThrow(
        'ERR value is out of range',
      )
      await expect(r.command('SRANDMEMBER', 'text', '1', '2')).rejects.toThrow('ERR syntax error')
    })

    test('SMOVE moves one member, and takes an empty source away', async () => {
      const r = await connect()
      await r.command('SADD', 'a', '1', '2')
      await r.command('SADD', 'b', '2', '3')
      expect(await r.command('SMOVE', 'a', 'b', '9')).toBe(0)
      expect(await r.command('SMOVE', 'a', 'b', '1')).toBe(1)
      expect(await membersOf(r, 'b')).toEqual(['1', '2', '3'])
      expect(await r.command('SMOVE', 'a', 'b', '2')).toBe(1)
      expect(await r.command('EXISTS', 'a')).toBe(0)
      expect(await membersOf(r, 'b')).toEqual(['1', '2', '3'])
      expect(await r.command('SMOVE', 'b', 'new', '3')).toBe(1)
      expect(await membersOf(r, 'new')).toEqual(['3'])
      expect(await r.command('OBJECT', 'ENCODING', 'new')).toBe(encoding)
      expect(await r.command('SMOVE', 'b', 'b', '1')).toBe(1)
      expect(await r.command('SMOVE', 'b', 'b', '9')).toBe(0)
      expect(await r.command('SMOVE', 'nope', 'b', '1')).toBe(0)
    })

    test('SMOVE looks at the type of its destination only when there is a source', async () => {
      const r = await connect()
      await r.command('SET', 'text', 'x')
      await r.command('SADD', 's', '1')
      expect(await r.command('SMOVE', 'nope', 'text', '1')).toBe(0)
      await expect(r.command('SMOVE', 's', 'text', '9')).rejects.toThrow('WRONGTYPE')
      await expect(r.command('SMOVE', 'text', 's', '1')).rejects.toThrow('WRONGTYPE')
    })

    test('SSCAN finds every member of a big set while it shrinks', async () => {
      const r = await connect()
      await r.command('SADD', 's', ...numbers(1, 3000))
      const seen = new Set<string>()
      let cursor = '0'
      let round = 0
      do {
        const [next, members] = (await r.command('SSCAN', 's', cursor, 'COUNT', '50')) as [string, string[]]
        for (const member of members) seen.add(member)
        // The first thousand go while the walk is under way; the others have to be seen.
        await r.command('SREM', 's', ...numbers(round * 100 + 1, round * 100 + 100))
        if (round < 9) round++
        cursor = next
      } while (cursor !== '0')
      for (const member of numbers(1001, 3000)) expect(seen.has(member), member).toBe(true)
    })

    test('SSCAN filters by pattern, looks at the key before it looks at options, and refuses bad ones', async () => {
      const r = await connect()
      await r.command('SET', 'text', 'x')
      await r.command('SADD', 's', '10', '11', '20')
      const [, members] = (await r.command('SSCAN', 's', '0', 'MATCH', '1*', 'COUNT', '100')) as [string, string[]]
      expect(members.toSorted()).toEqual(['10', '11'])
      expect(await r.command('SSCAN', 'nope', '0')).toEqual(['0', []])
      expect(await r.command('SSCAN', 'nope', '0', 'COUNT', 'x')).toEqual(['0', []])
      await expect(r.command('SSCAN', 'text', '0', 'COUNT', 'x')).rejects.toThrow('WRONGTYPE')
      await expect(r.command('SSCAN', 'text', 'x')).rejects.toThrow('ERR invalid cursor')
      await expect(r.command('SSCAN', 's', '0', 'COUNT', '0')).rejects.toThrow('ERR syntax error')
      await expect(r.command('SSCAN', 's', '0', 'COUNT', 'x')).rejects.toThrow('ERR value is not an integer')
      await expect(r.command('SSCAN', 's', '0', 'TYPE', 'set')).rejects.toThrow('ERR syntax error')
    })

    test('SSCAN has no values to leave out', async () => {
      const r = await connect({ needs: { since: { redis: '7.4', valkey: '8.0' } } })
      await r.command('SADD', 's', '10')
      const refusal = 'ERR NOVALUES option can only be used in HSCAN'
      await expect(r.command('SSCAN', 's', '0', 'NOVALUES')).rejects.toThrow(refusal)
      await expect(r.command('SCAN', '0', 'NOVALUES')).rejects.toThrow(refusal)
    })

    test('COPY keeps the encoding when the limits have become smaller', async () => {
      const r = await connect()
      await r.command('SADD', 's', '1', '2', '3')
      const before = await r.command('OBJECT', 'ENCODING', 's')
      await r.command('CONFIG', 'SET', 'set-max-intset-entries', '1')
      expect(await r.command('COPY', 's', 'other')).toBe(1)
      await r.command('CONFIG', 'SET', 'set-max-intset-entries', config['set-max-intset-entries'] ?? '512')
      expect(await r.command('OBJECT', 'ENCODING', 'other')).toBe(before)
      await r.command('SREM', 's', '3')
      expect(await membersOf(r, 'other')).toEqual(['1', '2', '3'])
    })

    test('a key of another type is refused and left alone', async () => {
      const r = await connect()
      await r.command('SET', 'text', 'x')
      for (const args of [
        ['SADD', 'text', '1'],
        ['SREM', 'text', '1'],
        ['SISMEMBER', 'text', '1'],
        ['SMISMEMBER', 'text', '1'],
        ['SCARD', 'text'],
        ['SMEMBERS', 'text'],
        ['SPOP', 'text'],
        ['SPOP', 'text', '1'],
        ['SRANDMEMBER', 'text'],
        ['SRANDMEMBER', 'text', '0'],
        ['SSCAN', 'text', '0'],
      ] as [string, ...string[]][]) {
        await expect(r.command(...args), args.join(' ')).rejects.toThrow('WRONGTYPE')
      }
      expect(await r.command('GET', 'text')).toBe('x')
    })
  })
}

describe('a set that grows', () => {
  const limits = { 'set-max-intset-entries': '4', 'set-max-listpack-entries': '6', 'set-max-listpack-value': '5' }
  const connect = withServer(limits)
  const encodingOf = (r: WireClient) => r.command('OBJECT', 'ENCODING', 's')

  test('leaves the intset with one integer too many, for a table', async () => {
    const r = await connect()
    for (const member of numbers(1, 4)) await r.command('SADD', 's', member)
    expect(await encodingOf(r)).toBe('intset')
    await r.command('SADD', 's', '4')
    expect(await encodingOf(r)).toBe('intset')
    await r.command('SADD', 's', '5')
    expect(await encodingOf(r)).toBe('hashtable')
    expect(await membersOf(r, 's')).toEqual(numbers(1, 5))
    await r.command('SREM', 's', '2', '3', '4', '5')
    expect(await encodingOf(r)).toBe('hashtable')
  })

  test('leaves the intset with a word, for a listpack if that has room', async () => {
    const r = await connect()
    await r.command('SADD', 's', '1', '2')
    await r.command('SADD', 's', 'word')
    expect(await encodingOf(r)).toBe('listpack')
    await r.command('DEL', 's')
    await r.command('SADD', 's', '1', '2')
    await r.command('SADD', 's', 'a long word')
    expect(await encodingOf(r)).toBe('hashtable')
    await r.command('DEL', 's')
    await r.command('SADD', 's', '-12345')
    await r.command('SADD', 's', 'word')
    expect(await encodingOf(r)).toBe('hashtable')
  })

  test('leaves the listpack with a member too many or too long', async () => {
    const r = await connect()
    for (const member of ['a', 'b', 'c', 'd', 'e', 'f']) await r.command('SADD', 's', member)
    expect(await encodingOf(r)).toBe('listpack')
    await r.command('SADD', 's', 'g')
    expect(await encodingOf(r)).toBe('hashtable')
    await r.command('DEL', 's')
    await r.command('SADD', 's', 'word')
    await r.command('SADD', 's', 'words')
    expect(await encodingOf(r)).toBe('listpack')
    await r.command('SADD', 's', 'wordy1')
    expect(await encodingOf(r)).toBe('hashtable')
    expect(((await r.command('SMEMBERS', 's')) as string[]).toSorted()).toEqual(['word', 'words', 'wordy1'])
  })

  test('counts the arguments of SADD, not the new members among them', async () => {
    const r = await connect()
    await r.command('SADD', 's', '1', '1', '1', '1', '1')
    expect(await encodingOf(r)).toBe('listpack')
    await r.command('DEL', 's')
    await r.command('SADD', 's', 'a', 'a', 'a', 'a', 'a', 'a', 'a')
    expect(await encodingOf(r)).toBe('hashtable')
    await r.command('DEL', 's')
    await r.command('SADD', 's', '1')
    await r.command('SADD', 's', '1', '1', '1', '1', '1')
    expect(await encodingOf(r)).toBe('hashtable')
  })

  test('is a small one again when SPOP leaves little of a table', async () => {
    const r = await connect()
    await r.command('SADD', 's', ...numbers(1, 50))
    expect(await encodingOf(r)).toBe('hashtable')
    await r.command('SPOP', 's', '20')
    expect(await encodingOf(r)).toBe('hashtable')
    await r.command('SPOP', 's', '26')
    expect(await encodingOf(r)).toBe('listpack')
    expect(await r.command('SCARD', 's')).toBe(4)
  })

  test('holds members of any bytes and sizes', async () => {
    const r = await connect()
    const binary = Buffer.from([0, 13, 10, 255, 128, 0])
    const long = Buffer.alloc(70_000, 'x')
    expect(await r.command('SADD', 's', '', binary, long)).toBe(3)
    expect(await r.command('SMISMEMBER', 's', '', binary, long, '0')).toEqual([1, 1, 1, 0])
    expect(await r.command('SREM', 's', long, '')).toBe(2)
    expect(await r.command('SPOP', 's')).toEqual(binary)
  })
})

for (const [encoding, config] of Object.entries(encodings)) {
  describe(`operations on sets as ${encoding}`, () => {
    const connect = withServer(config)
    const sorted = async (r: WireClient, ...args: [string, ...string[]]): Promise<string[]> =>
      ((await r.command(...args)) as string[]).toSorted((a, b) => Number(a) - Number(b))

    async function filled(): Promise<WireClient> {
      const r = await connect()
      await r.command('SADD', 'a', '1', '2', '3', '300', '70000')
      await r.command('SADD', 'b', '2', '3', '4', '70000')
      await r.command('SADD', 'c', '3', '70000', '5')
      return r
    }

    test('SINTER, SUNION and SDIFF are those of mathematics', async () => {
      const r = await filled()
      expect(await sorted(r, 'SINTER', 'a')).toEqual(['1', '2', '3', '300', '70000'])
      expect(await sorted(r, 'SINTER', 'a', 'b')).toEqual(['2', '3', '70000'])
      expect(await sorted(r, 'SINTER', 'a', 'b', 'c', 'a')).toEqual(['3', '70000'])
      expect(await sorted(r, 'SINTER', 'a', 'nope', 'b')).toEqual([])
      expect(await sorted(r, 'SUNION', 'a', 'b', 'nope', 'c', 'b')).toEqual(['1', '2', '3', '4', '5', '300', '70000'])
      expect(await sorted(r, 'SUNION', 'nope')).toEqual([])
      expect(await sorted(r, 'SDIFF', 'a')).toEqual(['1', '2', '3', '300', '70000'])
      expect(await sorted(r, 'SDIFF', 'a', 'b')).toEqual(['1', '300'])
      expect(await sorted(r, 'SDIFF', 'a', 'nope', 'c')).toEqual(['1', '2', '300'])
      expect(await sorted(r, 'SDIFF', 'a', 'b', 'a')).toEqual([])
      expect(await sorted(r, 'SDIFF', 'nope', 'a')).toEqual([])
    })

    test('the answer is a set in RESP3 and an array in RESP2', async () => {
      const r = await filled()
      expect(await r.replyText('SINTER', 'a', 'nope')).toBe('*0\r\n')
      expect(await r.replyText('SDIFF', 'c', 'a')).toBe('*1\r\n$1\r\n5\r\n')
      const r3 = await connect({ resp: 3 })
      expect(await r3.replyText('SINTER', 'a', 'nope')).toBe('~0\r\n')
      expect(await r3.replyText('SDIFF', 'c', 'a')).toBe('~1\r\n$1\r\n5\r\n')
      expect(await r3.replyText('SUNION', 'nope')).toBe('~0\r\n')
    })

    test('the STORE forms count what they store, and delete the destination for an empty result', async () => {
      const r = await filled()
      expect(await r.command('SINTERSTORE', 'out', 'a', 'b')).toBe(3)
      expect(await membersOf(r, 'out')).toEqual(['2', '3', '70000'])
      expect(await r.command('SUNIONSTORE', 'out', 'a', 'c')).toBe(6)
      expect(await membersOf(r, 'out')).toEqual(['1', '2', '3', '5', '300', '70000'])
      expect(await r.command('SDIFFSTORE', 'out', 'a', 'b', 'c')).toBe(2)
      expect(await membersOf(r, 'out')).toEqual(['1', '300'])
      expect(await r.command('SDIFFSTORE', 'out', 'a', 'a')).toBe(0)
      expect(await r.command('EXISTS', 'out')).toBe(0)
      expect(await r.command('SUNIONSTORE', 'out', 'nope')).toBe(0)
    })

    test('the STORE forms replace what they read, and a key of any type with its time to live', async () => {
      const r = await filled()
      expect(await r.command('SINTERSTORE', 'a', 'a', 'b')).toBe(3)
      expect(await membersOf(r, 'a')).toEqual(['2', '3', '70000'])
      expect(await r.command('SUNIONSTORE', 'b', 'b', 'c')).toBe(5)
      expect(await membersOf(r, 'b')).toEqual(['2', '3', '4', '5', '70000'])
      await r.command('SET', 'text', 'x', 'EX', '1000')
      expect(await r.command('SDIFFSTORE', 'text', 'c', 'nope')).toBe(3)
      expect(await r.command('TYPE', 'text')).toBe('set')
      expect(await r.command('TTL', 'text')).toBe(-1)
      await r.command('SET', 'text', 'x')
      expect(await r.command('SINTERSTORE', 'text', 'c', 'nope')).toBe(0)
      expect(await r.command('EXISTS', 'text')).toBe(0)
    })

    test('a source of another type is refused, even beside one that is not there', async () => {
      const r = await filled()
      await r.command('SET', 'text', 'x')
      for (const name of ['SINTER', 'SUNION', 'SDIFF']) {
        await expect(r.command(name, 'nope', 'text'), name).rejects.toThrow('WRONGTYPE')
        await expect(r.command(`${name}STORE`, 'a', 'nope', 'text'), name).rejects.toThrow('WRONGTYPE')
      }
      await expect(r.command('SINTERCARD', '2', 'nope', 'text')).rejects.toThrow('WRONGTYPE')
      expect(await r.command('SCARD', 'a')).toBe(5)
    })

    test('SINTERCARD counts, no further than its limit', async () => {
      const r = await filled()
      expect(await r.command('SINTERCARD', '2', 'a', 'b')).toBe(3)
      expect(await r.command('SINTERCARD', '2', 'a', 'b', 'LIMIT', '2')).toBe(2)
      expect(await r.command('SINTERCARD', '2', 'a', 'b', 'LIMIT', '0')).toBe(3)
      expect(await r.command('SINTERCARD', '2', 'a', 'b', 'limit', '1', 'LIMIT', '9')).toBe(3)
      expect(await r.command('SINTERCARD', '2', 'a', 'nope')).toBe(0)
    })

    test('SINTERCARD refuses what it cannot mean, before it looks at a key', async () => {
      const r = await filled()
      await r.command('SET', 'text', 'x')
      const refusals: [refusal: string, ...args: string[]][] = [
        ['ERR numkeys should be greater than 0', '0', 'text'],
        ['ERR numkeys should be greater than 0', '-1', 'text'],
        ['ERR numkeys should be greater than 0', 'x', 'text'],
        ["ERR Number of keys can't be greater than number of args", '2', 'text'],
        ["ERR LIMIT can't be negative", '1', 'text', 'LIMIT', '-1'],
        ["ERR LIMIT can't be negative", '1', 'text', 'LIMIT', 'x'],
        ['ERR syntax error', '1', 'text', 'LIMIT'],
        ['ERR syntax error', '1', 'text', 'a'],
      ]
      for (const [refusal, ...args] of refusals) {
        await expect(r.command('SINTERCARD', ...args), args.join(' ')).rejects.toThrow(refusal)
      }
    })

    test('many sets, and big ones beside small ones, are no different', async () => {
      const r = await connect()
      const keys: string[] = []
      for (let i = 0; i < 12; i++) {
        keys.push(`many:${i}`)
        await r.command('SADD', `many:${i}`, ...numbers(i * 10, i * 10 + 19))
      }
      await r.command('SADD', 'big', ...numbers(0, 999))
      expect(await sorted(r, 'SUNION', ...keys)).toEqual(numbers(0, 129))
      expect(await r.command('SUNIONSTORE', 'out', ...keys, 'big')).toBe(1000)
      expect(await sorted(r, 'SDIFF', 'big', ...keys)).toEqual(numbers(130, 999))
      expect(await r.command('SDIFFSTORE', 'out', 'big', ...keys)).toBe(870)
      expect(await r.command('SDIFFSTORE', 'out', ...keys)).toBe(10)
      expect(await sorted(r, 'SINTER', 'big', 'many:3')).toEqual(numbers(30, 49))
    })
  })
}

describe('what operations store', () => {
  const connect = withServer({ 'set-max-listpack-entries': '128' })
  const encodingOf = (r: WireClient, key: string) => r.command('OBJECT', 'ENCODING', key)

  test('is an intset when an intersection leaves only integers', async () => {
    const r = await connect()
    await r.command('SADD', 'words', '1', '2', 'a')
    await r.command('SADD', 'more', '1', '2', 'b')
    await r.command('SINTERSTORE', 'out', 'words', 'more')
    expect(await encodingOf(r, 'out')).toBe('intset')
    await r.command('SADD', 'more', 'a')
    await r.command('SINTERSTORE', 'out', 'words', 'more')
    expect(await encodingOf(r, 'out')).toBe('listpack')
  })

  test('is as small as its members allow, however big the sources are', async () => {
    const r = await connect()
    await r.command('SADD', 'big', ...numbers(1, 1000))
    await r.command('SADD', 'small', 'a', '5', '6')
    expect(await encodingOf(r, 'big')).toBe('hashtable')
    await r.command('SINTERSTORE', 'out', 'big', 'small')
    expect(await encodingOf(r, 'out')).toBe('intset')
    await r.command('SDIFFSTORE', 'out', 'small', 'big')
    expect(await encodingOf(r, 'out')).toBe('listpack')
    await r.command('SUNIONSTORE', 'out', 'big', 'small')
    expect(await encodingOf(r, 'out')).toBe('hashtable')
  })

  test('SUNIONSTORE takes more keys than a function takes arguments', async () => {
    const r = await connect()
    await r.command('SADD', 's', '1', '2')
    r.raw(encodeCommand(['SUNIONSTORE', 'out', ...new Array<string>(200_000).fill('nope'), 's']))
    expect(await r.receive()).toBe(2)
  })
})
