/*
 * Lists over the wire, once per encoding: as one listpack, and as a quicklist of
 * nodes of two elements. Waiting for lists is in blocking.test.ts.
 */
import { describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

const encodings = {
  listpack: { 'list-max-listpack-size': '-2' },
  quicklist: { 'list-max-listpack-size': '2' },
}
/** Before Redis 7.2 every list answers `quicklist`, and a few texts were other ones. */
const LISTPACKS = { since: { redis: '7.2.0', valkey: '7.2.0' } }
const NOT_INTEGER = 'ERR value is not an integer or out of range'
const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value'

for (const [encoding, config] of Object.entries(encodings)) {
  describe(`a list as ${encoding}`, () => {
    const connect = withServer(config)
    const all = (r: WireClient, key = 'l') => r.command('LRANGE', key, '0', '-1')
    const filled = async (...elements: string[]) => {
      const r = await connect()
      await r.command('RPUSH', 'l', ...elements)
      return r
    }

    test('LPUSH and RPUSH add one after the other and answer the length', async () => {
      const r = await connect()
      expect(await r.command('LPUSH', 'l', 'b', 'a')).toBe(2)
      expect(await r.command('RPUSH', 'l', 'c', '4', '')).toBe(5)
      expect(await all(r)).toEqual(['a', 'b', 'c', '4', ''])
      expect(await r.command('LLEN', 'l')).toBe(5)
      expect(await r.command('TYPE', 'l')).toBe('list')
    })

    test('OBJECT ENCODING names the encoding', async () => {
      const r = await connect({ needs: LISTPACKS })
      await r.command('RPUSH', 'l', 'a', 'b', 'c', 'd', 'e')
      expect(await r.command('OBJECT', 'ENCODING', 'l')).toBe(encoding)
      await r.command('COPY', 'l', 'm')
      expect(await r.command('OBJECT', 'ENCODING', 'm')).toBe(encoding)
      expect(await all(r, 'm')).toEqual(['a', 'b', 'c', 'd', 'e'])
    })

    test('LPUSHX and RPUSHX make no list', async () => {
      const r = await connect()
      expect(await r.command('LPUSHX', 'l', 'a')).toBe(0)
      expect(await r.command('RPUSHX', 'l', 'a')).toBe(0)
      expect(await r.command('EXISTS', 'l')).toBe(0)
      await r.command('RPUSH', 'l', 'x')
      expect(await r.command('LPUSHX', 'l', 'b', 'a')).toBe(3)
      expect(await r.command('RPUSHX', 'l', 'y')).toBe(4)
      expect(await all(r)).toEqual(['a', 'b', 'x', 'y'])
    })

    test('LPOP and RPOP take from their end, and the key goes with the last element', async () => {
      const r = await filled('a', 'b', 'c', 'd', 'e', 'f', 'g')
      expect(await r.command('LPOP', 'l')).toBe('a')
      expect(await r.command('RPOP', 'l')).toBe('g')
      expect(await r.command('LPOP', 'l', '2')).toEqual(['b', 'c'])
      expect(await r.command('RPOP', 'l', '2')).toEqual(['f', 'e'])
      expect(await r.command('LPOP', 'l', '0')).toEqual([])
      expect(await r.command('RPOP', 'l', '9')).toEqual(['d'])
      expect(await r.command('EXISTS', 'l')).toBe(0)
    })

    test('LPOP of nothing answers nil, with a count a nil array', async () => {
      const r = await connect()
      expect(await r.replyText('LPOP', 'l')).toBe('$-1\r\n')
      expect(await r.replyText('RPOP', 'l', '3')).toBe('*-1\r\n')
      expect(await r.replyText('LPOP', 'l', '0')).toBe('*-1\r\n')
      const r3 = await connect({ resp: 3 })
      expect(await r3.replyText('LPOP', 'l', '3')).toBe('_\r\n')
    })

    test('LPOP refuses counts it cannot mean, and more arguments', async () => {
      const r = await filled('a')
      for (const count of ['-1', 'x', '', '1.5', '9223372036854775808']) {
        await expect(r.command('LPOP', 'l', count)).rejects.toThrow('ERR value is out of range, must be positive')
      }
      await expect(r.command('LPOP', 'l', '1', '1')).rejects.toThrow("ERR wrong number of arguments for 'lpop' command")
      expect(await r.command('LPOP', 'l', '9223372036854775807')).toEqual(['a'])
    })

    test('LINDEX counts from both ends', async () => {
      const r = await filled('a', 'b', 'c', 'd', 'e')
      for (const [index, element] of ['a', 'b', 'c', 'd', 'e'].entries()) {
        expect(await r.command('LINDEX', 'l', index)).toBe(element)
        expect(await r.command('LINDEX', 'l', index - 5)).toBe(element)
      }
      expect(await r.command('LINDEX', 'l', '5')).toBe(null)
      expect(await r.command('LINDEX', 'l', '-6')).toBe(null)
      expect(await r.command('LINDEX', 'l', '9223372036854775807')).toBe(null)
      expect(await r.command('LINDEX', 'l', '-9223372036854775808')).toBe(null)
      await expect(r.command('LINDEX', 'l', 'x')).rejects.toThrow(NOT_INTEGER)
      expect(await r.command('LINDEX', 'nope', 'x')).toBe(null)
    })

    test('LRANGE cuts what lies beyond the ends', async () => {
      const r = await filled('a', 'b', 'c', '4', 'e')
      expect(await r.command('LRANGE', 'l', '1', '3')).toEqual(['b', 'c', '4'])
      expect(await r.command('LRANGE', 'l', '-2', '100')).toEqual(['4', 'e'])
      expect(await r.command('LRANGE', 'l', '-100', '0')).toEqual(['a'])
      expect(await r.command('LRANGE', 'l', '3', '1')).toEqual([])
      expect(await r.command('LRANGE', 'l', '5', '9')).toEqual([])
      expect(await r.command('LRANGE', 'l', '0', '-6')).toEqual([])
      expect(await r.command('LRANGE', 'l', '-9223372036854775808', '9223372036854775807')).toHaveLength(5)
      expect(await r.command('LRANGE', 'nope', '0', '-1')).toEqual([])
      await expect(r.command('LRANGE', 'nope', 'x', '1')).rejects.toThrow(NOT_INTEGER)
    })

    test('LSET replaces one element', async () => {
      const r = await filled('a', 'b', 'c', 'd', 'e')
      expect(await r.command('LSET', 'l', '0', 'A')).toBe('OK')
      expect(await r.command('LSET', 'l', '-1', '55')).toBe('OK')
      expect(await r.command('LSET', 'l', '2', 'x'.repeat(9000))).toBe('OK')
      expect(await all(r)).toEqual(['A', 'b', 'x'.repeat(9000), 'd', '55'])
      expect(await r.command('LSET', 'l', '2', 'c')).toBe('OK')
      expect(await all(r)).toEqual(['A', 'b', 'c', 'd', '55'])
      await expect(r.command('LSET', 'l', '5', 'x')).rejects.toThrow('ERR index out of range')
      await expect(r.command('LSET', 'l', '-6', 'x')).rejects.toThrow('ERR index out of range')
      await expect(r.command('LSET', 'l', 'x', 'x')).rejects.toThrow(NOT_INTEGER)
      await expect(r.command('LSET', 'nope', 'x', 'x')).rejects.toThrow('ERR no such key')
    })

    test('LINSERT finds the first pivot', async () => {
      const r = await filled('a', 'b', 'c', 'b')
      expect(await r.command('LINSERT', 'l', 'BEFORE', 'b', '1')).toBe(5)
      expect(await r.command('LINSERT', 'l', 'after', 'b', '2')).toBe(6)
      expect(await r.command('LINSERT', 'l', 'AFTER', 'c', 'y'.repeat(9000))).toBe(7)
      expect(await r.command('LINSERT', 'l', 'BEFORE', 'a', 'first')).toBe(8)
      expect(await all(r)).toEqual(['first', 'a', '1', 'b', '2', 'c', 'y'.repeat(9000), 'b'])
      expect(await r.command('LINSERT', 'l', 'AFTER', 'none', 'x')).toBe(-1)
      expect(await r.command('LINSERT', 'nope', 'AFTER', 'none', 'x')).toBe(0)
      await expect(r.command('LINSERT', 'nope', 'BESIDE', 'b', 'x')).rejects.toThrow('ERR syntax error')
    })

    test('LTRIM keeps a range, and nothing at all when it is empty', async () => {
      const r = await filled('a', 'b', 'c', 'd', 'e', 'f', 'g')
      expect(await r.command('LTRIM', 'l', '1', '-2')).toBe('OK')
      expect(await all(r)).toEqual(['b', 'c', 'd', 'e', 'f'])
      expect(await r.command('LTRIM', 'l', '-100', '100')).toBe('OK')
      expect(await r.command('LTRIM', 'l', '2', '2')).toBe('OK')
      expect(await all(r)).toEqual(['d'])
      expect(await r.command('LTRIM', 'l', '5', '1')).toBe('OK')
      expect(await r.command('EXISTS', 'l')).toBe(0)
      expect(await r.command('LTRIM', 'nope', '5', '1')).toBe('OK')
      await expect(r.command('LTRIM', 'nope', '5', 'x')).rejects.toThrow(NOT_INTEGER)
    })

    test('LREM removes from the front, from the back, or all', async () => {
      const r = await filled('x', 'a', 'x', 'b', 'x', 'c', 'x', '7', 'x')
      expect(await r.command('LREM', 'l', '1', 'x')).toBe(1)
      expect(await r.command('LREM', 'l', '-2', 'x')).toBe(2)
      expect(await all(r)).toEqual(['a', 'x', 'b', 'x', 'c', '7'])
      expect(await r.command('LREM', 'l', '0', 'x')).toBe(2)
      expect(await r.command('LREM', 'l', '0', '7')).toBe(1)
      expect(await r.command('LREM', 'l', '0', 'none')).toBe(0)
      expect(await all(r)).toEqual(['a', 'b', 'c'])
      for (const element of ['a', 'b', 'c']) await r.command('LREM', 'l', '-5', element)
      expect(await r.command('EXISTS', 'l')).toBe(0)
      expect(await r.command('LREM', 'l', '1', 'x')).toBe(0)
      await expect(r.command('LREM', 'l', 'x', 'x')).rejects.toThrow(NOT_INTEGER)
    })

    test('LREM and LPOS refuse the one integer whose negative is none', async () => {
      const r = await connect({ needs: LISTPACKS })
      await r.command('RPUSH', 'l', 'a')
      const refusal = 'ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807'
      await expect(r.command('LREM', 'l', '-9223372036854775808', 'x')).rejects.toThrow(refusal)
      await expect(r.command('LPOS', 'l', 'a', 'RANK', '-9223372036854775808')).rejects.toThrow(refusal)
      expect(await r.command('LREM', 'l', '-9223372036854775807', 'x')).toBe(0)
    })

    test('LPOS finds the first, the last, or several', async () => {
      const r = await filled('a', 'b', 'c', '1', '2', '3', 'c', 'c')
      expect(await r.command('LPOS', 'l', 'c')).toBe(2)
      expect(await r.command('LPOS', 'l', 'c', 'RANK', '2')).toBe(6)
      expect(await r.command('LPOS', 'l', 'c', 'RANK', '-1')).toBe(7)
      expect(await r.command('LPOS', 'l', 'c', 'COUNT', '2')).toEqual([2, 6])
      expect(await r.command('LPOS', 'l', 'c', 'count', '0', 'rank', '-2')).toEqual([6, 2])
      expect(await r.command('LPOS', 'l', 'c', 'COUNT', '0', 'MAXLEN', '7')).toEqual([2, 6])
      expect(await r.command('LPOS', 'l', 'a', 'RANK', '-1', 'MAXLEN', '7')).toBe(null)
      expect(await r.command('LPOS', 'l', '3')).toBe(5)
      expect(await r.command('LPOS', 'l', 'x')).toBe(null)
      expect(await r.command('LPOS', 'l', 'x', 'COUNT', '0')).toEqual([])
      expect(await r.command('LPOS', 'nope', 'x')).toBe(null)
      expect(await r.command('LPOS', 'nope', 'x', 'COUNT', '0')).toEqual([])
    })

    test('LPOS refuses options it cannot mean', async () => {
      const r = await filled('a')
      await expect(r.command('LPOS', 'l', 'a', 'RANK', '0')).rejects.toThrow("ERR RANK can't be zero: use 1 to start")
      await expect(r.command('LPOS', 'l', 'a', 'COUNT', '-1')).rejects.toThrow("ERR COUNT can't be negative")
      await expect(r.command('LPOS', 'l', 'a', 'MAXLEN', '-1')).rejects.toThrow("ERR MAXLEN can't be negative")
      await expect(r.command('LPOS', 'l', 'a', 'COUNT', 'x')).rejects.toThrow("ERR COUNT can't be negative")
      await expect(r.command('LPOS', 'l', 'a', 'MAXLEN', 'x')).rejects.toThrow("ERR MAXLEN can't be negative")
      await expect(r.command('LPOS', 'l', 'a', 'COUNT')).rejects.toThrow('ERR syntax error')
      await expect(r.command('LPOS', 'l', 'a', 'WHAT', '1')).rejects.toThrow('ERR syntax error')
    })

    test('LMOVE moves between all four pairs of ends', async () => {
      const r = await filled('a', 'b', 'c', '4', 'e')
      expect(await r.command('LMOVE', 'l', 'm', 'LEFT', 'LEFT')).toBe('a')
      expect(await r.command('LMOVE', 'l', 'm', 'RIGHT', 'LEFT')).toBe('e')
      expect(await r.command('LMOVE', 'l', 'm', 'left', 'right')).toBe('b')
      expect(await r.command('RPOPLPUSH', 'l', 'm')).toBe('4')
      expect(await all(r)).toEqual(['c'])
      expect(await all(r, 'm')).toEqual(['4', 'e', 'a', 'b'])
      expect(await r.command('LMOVE', 'l', 'm', 'LEFT', 'RIGHT')).toBe('c')
      expect(await r.command('EXISTS', 'l')).toBe(0)
      expect(await r.command('LMOVE', 'l', 'm', 'LEFT', 'RIGHT')).toBe(null)
      expect(await r.command('RPOPLPUSH', 'l', 'm')).toBe(null)
    })

    test('LMOVE rotates a list onto itself, even of one element', async () => {
      const r = await filled('a', 'b', 'c', 'd')
      expect(await r.command('LMOVE', 'l', 'l', 'LEFT', 'RIGHT')).toBe('a')
      expect(await r.command('RPOPLPUSH', 'l', 'l')).toBe('a')
      expect(await r.command('LMOVE', 'l', 'l', 'LEFT', 'LEFT')).toBe('a')
      expect(await all(r)).toEqual(['a', 'b', 'c', 'd'])
      await r.command('RPUSH', 'one', 'x')
      expect(await r.command('RPOPLPUSH', 'one', 'one')).toBe('x')
      expect(await all(r, 'one')).toEqual(['x'])
    })

    test('LMOVE to a key of another type moves nothing', async () => {
      const r = await filled('a', 'b')
      await r.command('SET', 's', 'x')
      await expect(r.command('LMOVE', 'l', 's', 'LEFT', 'LEFT')).rejects.toThrow(WRONG_TYPE)
      await expect(r.command('LMOVE', 's', 'l', 'LEFT', 'LEFT')).rejects.toThrow(WRONG_TYPE)
      await expect(r.command('LMOVE', 'l', 's', 'UP', 'LEFT')).rejects.toThrow('ERR syntax error')
      expect(await r.command('LMOVE', 'nope', 's', 'LEFT', 'LEFT')).toBe(null)
      expect(await all(r)).toEqual(['a', 'b'])
    })

    test('LMPOP takes from the first list that has elements', async () => {
      const r = await filled('a', 'b', 'c', 'd')
      expect(await r.command('LMPOP', '2', 'nope', 'l', 'LEFT')).toEqual(['l', ['a']])
      expect(await r.command('LMPOP', '1', 'l', 'RIGHT', 'COUNT', '2')).toEqual(['l', ['d', 'c']])
      expect(await r.command('LMPOP', '1', 'l', 'left', 'count', '10')).toEqual(['l', ['b']])
      expect(await r.command('EXISTS', 'l')).toBe(0)
      expect(await r.replyText('LMPOP', '1', 'l', 'LEFT')).toBe('*-1\r\n')
    })

    test('LMPOP refuses what is no number of keys, no end, no count', async () => {
      const r = await filled('a')
      await r.command('SET', 's', 'x')
      for (const keys of ['0', '-1', 'x', '1.5']) {
        await expect(r.command('LMPOP', keys, 'l', 'LEFT')).rejects.toThrow('ERR numkeys should be greater than 0')
      }
      await expect(r.command('LMPOP', '2', 'l', 'LEFT')).rejects.toThrow('ERR syntax error')
      await expect(r.command('LMPOP', '1', 'l', 'UP')).rejects.toThrow('ERR syntax error')
      await expect(r.command('LMPOP', '1', 'l', 'LEFT', 'COUNT')).rejects.toThrow('ERR syntax error')
      for (const count of ['0', '-1', 'x']) {
        await expect(r.command('LMPOP', '1', 'l', 'LEFT', 'COUNT', count)).rejects.toThrow(
          'ERR count should be greater than 0',
        )
      }
      await expect(r.command('LMPOP', '1', 'l', 'LEFT', 'COUNT', '1', 'COUNT', '1')).rejects.toThrow('ERR syntax error')
      await expect(r.command('LMPOP', '2', 's', 'l', 'LEFT')).rejects.toThrow(WRONG_TYPE)
    })

    test('a list command on another type is refused', async () => {
      const r = await connect()
      await r.command('SET', 's', 'x')
      for (const command of [
        ['LPUSH', 's', 'a'],
        ['RPUSH', 's', 'a'],
        ['LPUSHX', 's', 'a'],
        ['RPUSHX', 's', 'a'],
        ['LPOP', 's'],
        ['RPOP', 's', '2'],
        ['LLEN', 's'],
        ['LINDEX', 's', '0'],
        ['LRANGE', 's', '0', '-1'],
        ['LSET', 's', '0', 'a'],
        ['LINSERT', 's', 'BEFORE', 'a', 'b'],
        ['LTRIM', 's', '0', '1'],
        ['LREM', 's', '0', 'a'],
        ['LPOS', 's', 'a'],
        ['RPOPLPUSH', 's', 'l'],
      ] as [string, ...string[]][]) {
        await expect(r.command(...command), command.join(' ')).rejects.toThrow(WRONG_TYPE)
      }
      expect(await r.command('GET', 's')).toBe('x')
    })

    test('what is stored as an integer is read as it was written', async () => {
      const numbers = ['0', '-1', '127', '4095', '-4096', '32767', '-32768', '8388607', '2147483647', '-2147483648']
      numbers.push('9223372036854775807', '-9223372036854775808', '9223372036854775808', '007', '+1', '1.0', '-0')
      const r = await filled(...numbers)
      expect(await all(r)).toEqual(numbers)
      for (const [index, number] of numbers.entries()) expect(await r.command('LPOS', 'l', number)).toBe(index)
    })

    test('a long element is read, found and removed like any other', async () => {
      const long = 'long '.repeat(20_000)
      const r = await filled('a', long, 'b', long, 'c')
      expect(await r.command('LINDEX', 'l', '1')).toBe(long)
      expect(await r.command('LPOS', 'l', long, 'RANK', '2')).toBe(3)
      expect(await r.command('LINSERT', 'l', 'AFTER', long, 'x')).toBe(6)
      expect(await r.command('LINSERT', 'l', 'BEFORE', long, 'w')).toBe(7)
      expect(await r.command('LREM', 'l', '-1', long)).toBe(1)
      expect(await r.command('LRANGE', 'l', '2', '3')).toEqual([long, 'x'])
      expect(await r.command('LSET', 'l', '2', 'short')).toBe('OK')
      expect(await all(r)).toEqual(['a', 'w', 'short', 'x', 'b', 'c'])
    })

    test('a list of many elements is the same from both ends and in the middle', async () => {
      const r = await connect()
      for (let from = 0; from < 3000; from += 500) {
        await r.command('RPUSH', 'l', ...Array.from({ length: 500 }, (_, i) => `element ${from + i}`))
      }
      for (let i = 0; i < 3000; i += 137) {
        expect(await r.command('LINDEX', 'l', i)).toBe(`element ${i}`)
        expect(await r.command('LINDEX', 'l', i - 3000)).toBe(`element ${i}`)
      }
      expect(await r.command('LRANGE', 'l', '1498', '1501')).toEqual(
        [1498, 1499, 1500, 1501].map((i) => `element ${i}`),
      )
      await r.command('LTRIM', 'l', '1000', '-1001')
      expect(await r.command('LLEN', 'l')).toBe(1000)
      expect(await r.command('LINDEX', 'l', '0')).toBe('element 1000')
      expect(await r.command('LINDEX', 'l', '-1')).toBe('element 1999')
      expect(await r.command('DEL', 'l')).toBe(1)
    })
  })
}

describe('the encoding of a list', () => {
  const connect = withServer({ 'list-max-listpack-size': '4' })
  const encoding = (r: WireClient, key = 'l') => r.command('OBJECT', 'ENCODING', key)

  test('turns when the limit is passed, and turns back at half of it', async () => {
    const r = await connect({ needs: LISTPACKS })
    await r.command('RPUSH', 'l', '1', '2', '3', '4')
    expect(await encoding(r)).toBe('listpack')
    await r.command('RPUSH', 'l', '5')
    expect(await encoding(r)).toBe('quicklist')
    await r.command('RPOP', 'l')
    expect(await encoding(r)).toBe('quicklist')
    await r.command('RPOP', 'l')
    expect(await encoding(r)).toBe('quicklist')
    await r.command('RPOP', 'l')
    expect(await encoding(r)).toBe('listpack')
  })

  test('stays while there are two nodes, however small', async () => {
    const r = await connect({ needs: LISTPACKS })
    await r.command('RPUSH', 'l', '1', '2', '3', '4', '5', '6')
    await r.command('LTRIM', 'l', '3', '4')
    expect(await r.command('LRANGE', 'l', '0', '-1')).toEqual(['4', '5'])
    expect(await encoding(r)).toBe('quicklist')
    await r.command('LPOP', 'l')
    expect(await encoding(r)).toBe('listpack')
  })

  test('counts bytes where the limit says so', async () => {
    const r = await connect({ needs: LISTPACKS })
    await r.command('CONFIG', 'SET', 'list-max-listpack-size', '-1')
    await r.command('RPUSH', 'l', 'x'.repeat(4000))
    expect(await encoding(r)).toBe('listpack')
    await r.command('RPUSH', 'l', 'x'.repeat(90))
    expect(await encoding(r)).toBe('quicklist')
    await r.command('LPOP', 'l')
    expect(await encoding(r)).toBe('listpack')
    await r.command('RPUSH', 'big', 'x'.repeat(4097))
    expect(await encoding(r, 'big')).toBe('quicklist')
    await r.command('CONFIG', 'SET', 'list-max-listpack-size', '4')
  })

  test('a list that is written to with a larger limit keeps the nodes it began with', async () => {
    const r = await connect({ needs: LISTPACKS })
    await r.command('RPUSH', 'l', '1', '2', '3', '4', '5')
    await r.command('CONFIG', 'SET', 'list-max-listpack-size', '128')
    await r.command('RPUSH', 'l', '6', '7', '8', '9', '10')
    await r.command('LTRIM', 'l', '3', '5')
    expect(await encoding(r)).toBe('quicklist')
    await r.command('LTRIM', 'l', '1', '2')
    expect(await encoding(r)).toBe('listpack')
    await r.command('CONFIG', 'SET', 'list-max-listpack-size', '4')
  })
})
