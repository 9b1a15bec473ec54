/*
 * Groups of streams over the wire: reading as a group, what is pending, claiming,
 * and what XINFO tells. Nothing here imports src/server: the suite also runs against
 * a real server.
 */
import { describe, expect, test } from 'vitest'
import { type Needs, withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

/** What Redis 7.2 and later do otherwise than Redis 7.0. */
const SINCE_72: Needs = { since: { redis: '7.2.0', valkey: '7.2.0' } }

type Entry = [id: string, fields: string[]]

async function filled(r: WireClient, key: string, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) await r.command('XADD', key, `${i}-1`, 'n', `${i}`)
}

/** A flat list of names and values, or a list of such lists, as objects. */
function named(reply: unknown): Record<string, unknown> {
  const flat = reply as unknown[]
  return Object.fromEntries(flat.flatMap((item, i) => (i % 2 === 0 ? [[String(item), flat[i + 1]]] : [])))
}

const idsOf = (reply: unknown): string[] => (reply as Entry[]).map(([id]) => id)
/** The ids that XREADGROUP answers for its only stream. */
const readIds = (reply: unknown): string[] => idsOf((reply as [string, Entry[]][])[0]![1])

const nodes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'nodes of the usual size': {},
  'nodes of 2 entries': { 'stream-node-max-entries': '2' },
}

for (const [size, config] of Object.entries(nodes)) {
  describe(`a group of a stream with ${size}`, () => {
    const connect = withServer(config)

    test('each entry goes to one consumer, and stays pending until it is acknowledged', async () => {
      const r = await connect()
      await filled(r, 's', 5)
      expect(await r.command('XGROUP', 'CREATE', 's', 'g', '0')).toBe('OK')
      expect(await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'COUNT', '2', 'STREAMS', 's', '>')).toEqual([
        [
          's',
          [
            ['1-1', ['n', '1']],
            ['2-1', ['n', '2']],
          ],
        ],
      ])
      expect(readIds(await r.command('XREADGROUP', 'GROUP', 'g', 'b', 'STREAMS', 's', '>'))).toEqual([
        '3-1',
        '4-1',
        '5-1',
      ])
      expect(await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '>')).toBe(null)
      expect(await r.command('XPENDING', 's', 'g')).toEqual([
        5,
        '1-1',
        '5-1',
        [
          ['a', '2'],
          ['b', '3'],
        ],
      ])
      expect(await r.command('XACK', 's', 'g', '1-1', '4-1', '4-1', '99')).toBe(2)
      expect(await r.command('XPENDING', 's', 'g')).toEqual([
        3,
        '2-1',
        '5-1',
        [
          ['a', '1'],
          ['b', '2'],
        ],
      ])
      expect(await r.command('XACK', 's', 'g', '2-1', '3-1', '5-1')).toBe(3)
      expect(await r.replyText('XPENDING', 's', 'g')).toBe('*4\r\n:0\r\n$-1\r\n$-1\r\n*-1\r\n')
    })

    test('a consumer reads again what is pending with it, and only ids of what is deleted', async () => {
      const r = await connect()
      await filled(r, 's', 4)
      await r.command('XGROUP', 'CREATE', 's', 'g', '0')
      await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '>')
      await r.command('XDEL', 's', '2-1')
      expect(await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'COUNT', '3', 'STREAMS', 's', '0')).toEqual([
        [
          's',
          [
            ['1-1', ['n', '1']],
            ['2-1', null],
            ['3-1', ['n', '3']],
          ],
        ],
      ])
      expect(readIds(await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '2-1'))).toEqual(['3-1', '4-1'])
      expect(await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '4-1')).toEqual([['s', []]])
      const pending = (await r.command('XPENDING', 's', 'g', '-', '+', '10')) as [string, string, number, number][]
      expect(pending.map(([id, , , deliveries]) => [id, deliveries])).toEqual([
        ['1-1', 2],
        ['2-1', 1],
        ['3-1', 3],
        ['4-1', 2],
      ])
    })

    test('NOACK leaves nothing pending', async () => {
      const r = await connect()
      await filled(r, 's', 3)
      await r.command('XGROUP', 'CREATE', 's', 'g', '0')
      expect(readIds(await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'NOACK', 'STREAMS', 's', '>'))).toHaveLength(3)
      expect(await r.command('XPENDING', 's', 'g')).toEqual([0, null, null, null])
    })

    test('XCLAIM hands over what has been idle for long enough', async () => {
      const r = await connect()
      await filled(r, 's', 4)
      await r.command('XGROUP', 'CREATE', 's', 'g', '0')
      await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'COUNT', '3', 'STREAMS', 's', '>')
      expect(await r.command('XCLAIM', 's', 'g', 'b', '100000', '1-1')).toEqual([])
      expect(await r.command('XCLAIM', 's', 'g', 'b', '0', '1-1', '77-7')).toEqual([['1-1', ['n', '1']]])
      expect(await r.command('XCLAIM', 's', 'g', 'b', '0', '2-1', 'JUSTID', 'RETRYCOUNT', '9')).toEqual(['2-1'])
      expect(await r.command('XCLAIM', 's', 'g', 'b', '0', '4-1')).toEqual([])
      expect(await r.command('XCLAIM', 's', 'g', 'b', '0', '4-1', 'FORCE', 'JUSTID')).toEqual(['4-1'])
      expect(await r.command('XCLAIM', 's', 'g', 'b', '0', '77-7', 'FORCE')).toEqual([])
      const pending = (await r.command('XPENDING', 's', 'g', '-', '+', '10')) as [string, string, number, number][]
      expect(pending.map(([id, consumer, , deliveries]) => [id, consumer, deliveries])).toEqual([
        ['1-1', 'b', 2],
        ['2-1', 'b', 9],
        ['3-1', 'a', 1],
        ['4-1', 'b', 1],
      ])
      await r.command('XCLAIM', 's', 'g', 'b', '0', '3-1', 'IDLE', '500000', 'JUSTID')
      expect(idsOf(await r.command('XPENDING', 's', 'g', 'IDLE', '400000', '-', '+', '10'))).toEqual(['3-1'])
      await r.command('XCLAIM', 's', 'g', 'b', '0', '4-1', 'TIME', '1000', 'JUSTID')
      expect(idsOf(await r.command('XPENDING', 's', 'g', 'IDLE', '600000', '-', '+', '10', 'b'))).toEqual(['4-1'])
    })

    test('claiming an entry that is deleted forgets it', async () => {
      const r = await connect()
      await filled(r, 's', 4)
      await r.command('XGROUP', 'CREATE', 's', 'g', '0')
      await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '>')
      await r.command('XDEL', 's', '1-1', '3-1')
      expect(await r.command('XCLAIM', 's', 'g', 'b', '0', '1-1', '2-1', 'JUSTID')).toEqual(['2-1'])
      expect(idsOf(await r.command('XPENDING', 's', 'g', '-', '+', '10'))).toEqual(['2-1', '3-1', '4-1'])
      expect(await r.command('XAUTOCLAIM', 's', 'g', 'c', '0', '-', 'JUSTID')).toEqual(['0-0', ['2-1', '4-1'], ['3-1']])
      expect(await r.command('XPENDING', 's', 'g', '-', '+', '10', 'c')).toHaveLength(2)
    })

    test('XAUTOCLAIM goes on where it ended', async () => {
      const r = await connect()
      await filled(r, 's', 5)
      await r.command('XGROUP', 'CREATE', 's', 'g', '0')
      await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '>')
      expect(await r.command('XAUTOCLAIM', 's', 'g', 'b', '0', '0', 'COUNT', '2')).toEqual([
        '3-1',
        [
          ['1-1', ['n', '1']],
          ['2-1', ['n', '2']],
        ],
        [],
      ])
      expect(await r.command('XAUTOCLAIM', 's', 'g', 'b', '0', '(3-1', 'COUNT', '2', 'JUSTID')).toEqual([
        '0-0',
        ['4-1', '5-1'],
        [],
      ])
      expect(await r.command('XAUTOCLAIM', 's', 'g', 'b', '100000', '0')).toEqual(['0-0', [], []])
    })

    test('a consumer goes with what is pending with it, a group with its consumers', async () => {
      const r = await connect()
      await filled(r, 's', 4)
      await r.command('XGROUP', 'CREATE', 's', 'g', '0')
      expect(await r.command('XGROUP', 'CREATECONSUMER', 's', 'g', 'a')).toBe(1)
      expect(await r.command('XGROUP', 'CREATECONSUMER', 's', 'g', 'a')).toBe(0)
      await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'COUNT', '3', 'STREAMS', 's', '>')
      await r.command('XREADGROUP', 'GROUP', 'g', 'b', 'STREAMS', 's', '>')
      expect(await r.command('XGROUP', 'DELCONSUMER', 's', 'g', 'a')).toBe(3)
      expect(await r.command('XGROUP', 'DELCONSUMER', 's', 'g', 'a')).toBe(0)
      expect(await r.command('XPENDING', 's', 'g')).toEqual([1, '4-1', '4-1', [['b', '1']]])
      expect(await r.command('XGROUP', 'DESTROY', 's', 'g')).toBe(1)
      expect(await r.command('XGROUP', 'DESTROY', 's', 'g')).toBe(0)
      expect(await r.command('XINFO', 'GROUPS', 's')).toEqual([])
    })

    test('XGROUP SETID takes the least and the greatest id, and XGROUP CREATE does not', async () => {
      const r = await connect()
      await filled(r, 's', 2)
      await r.command('XGROUP', 'CREATE', 's', 'g', '$')
      expect(await r.command('XGROUP', 'SETID', 's', 'g', '-')).toBe('OK')
      expect(readIds(await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '>'))).toEqual(['1-1', '2-1'])
      expect(await r.command('XGROUP', 'SETID', 's', 'g', '+')).toBe('OK')
      await r.command('XADD', 's', '9-9', 'f', 'v')
      expect(await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '>')).toBe(null)
      for (const end of ['-', '+']) {
        await expect(r.command('XGROUP', 'CREATE', 's', 'h', end)).rejects.toThrow('Invalid stream ID')
      }
    })

    test('XGROUP SETID lets a group read again, and entries go to whoever reads them then', async () => {
      const r = await connect()
      await filled(r, 's', 3)
      await r.command('XGROUP', 'CREATE', 's', 'g', '$')
      expect(await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '>')).toBe(null)
      await r.command('XGROUP', 'SETID', 's', 'g', '1-1')
      expect(readIds(await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '>'))).toEqual(['2-1', '3-1'])
      await r.command('XGROUP', 'SETID', 's', 'g', '2-1', 'ENTRIESREAD', '2')
      expect(readIds(await r.command('XREADGROUP', 'GROUP', 'g', 'b', 'STREAMS', 's', '>'))).toEqual(['3-1'])
      expect(await r.command('XPENDING', 's', 'g')).toEqual([
        2,
        '2-1',
        '3-1',
        [
          ['a', '1'],
          ['b', '1'],
        ],
      ])
    })
  })
}

describe('what a group has read', () => {
  const connect = withServer()

  const progress = async (r: WireClient, key = 's'): Promise<unknown[]> => {
    const group = named(((await r.command('XINFO', 'GROUPS', key)) as unknown[])[0])
    return [group['entries-read'], group['lag']]
  }

  test('is counted as it reads', async () => {
    const r = await connect()
    await filled(r, 's', 5)
    await r.command('XGROUP', 'CREATE', 's', 'g', '0')
    expect(await progress(r)).toEqual([null, 5])
    await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'COUNT', '2', 'STREAMS', 's', '>')
    expect(await progress(r)).toEqual([2, 3])
    await r.command('XADD', 's', '6-1', 'n', '6')
    expect(await progress(r)).toEqual([2, 4])
    await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '>')
    expect(await progress(r)).toEqual([6, 0])
  })

  test('is not known in the middle of a stream, until the end is reached', async () => {
    const r = await connect()
    await filled(r, 's', 5)
    await r.command('XGROUP', 'CREATE', 's', 'g', '2-1')
    expect(await progress(r)).toEqual([null, null])
    await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'COUNT', '1', 'STREAMS', 's', '>')
    expect(await progress(r)).toEqual([null, null])
    await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '>')
    expect(await progress(r)).toEqual([5, 0])
  })

  test('is not known either when an entry ahead was deleted', async () => {
    const r = await connect()
    await filled(r, 's', 5)
    await r.command('XGROUP', 'CREATE', 's', 'g', '0')
    await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'COUNT', '2', 'STREAMS', 's', '>')
    await r.command('XDEL', 's', '4-1')
    expect(await progress(r)).toEqual([2, null])
    await r.command('XDEL', 's', '1-1')
    expect(await progress(r)).toEqual([2, null])
    await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '>')
    expect(await progress(r)).toEqual([5, 0])
  })

  test('is counted in 64 bits, and so is what it has still to read', async () => {
    const r = await connect()
    await filled(r, 's', 1)
    await r.command('XSETID', 's', '5-1', 'ENTRIESADDED', '9223372036854775807')
    await r.command('XGROUP', 'CREATE', 's', 'g', '$', 'ENTRIESREAD', '2')
    expect(await progress(r)).toEqual([2, 9223372036854775805n])
    await r.command('XADD', 's', '6-1', 'n', '6')
    expect(await progress(r)).toEqual([2, 9223372036854775806n])
    await r.command('XGROUP', 'SETID', 's', 'g', '5-1', 'ENTRIESREAD', '9223372036854775807')
    await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'STREAMS', 's', '>')
    expect(await progress(r)).toEqual([-9223372036854775808n, 0])
  })

  test('may be more than was added, and less than nothing is left then', async () => {
    const r = await connect()
    await filled(r, 's', 5)
    await r.command('XGROUP', 'CREATE', 's', 'g', '0', 'ENTRIESREAD', '6')
    expect(await progress(r)).toEqual([6, -1])
  })

  test('follows from what was trimmed', async () => {
    const r = await connect()
    await filled(r, 's', 5)
    await r.command('XGROUP', 'CREATE', 's', 'g', '0')
    await r.command('XTRIM', 's', 'MAXLEN', '2')
    expect(await progress(r)).toEqual([null, 2])
    await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'COUNT', '1', 'STREAMS', 's', '>')
    expect(await progress(r)).toEqual([4, 1])
  })
})

describe('XINFO', () => {
  const connect = withServer()

  test('STREAM tells what a stream is like', async () => {
    const r = await connect()
    await filled(r, 's', 3)
    await r.command('XDEL', 's', '2-1')
    await r.command('XGROUP', 'CREATE', 's', 'g', '0')
    expect(await r.command('XINFO', 'STREAM', 's')).toEqual([
      'length',
      2,
      'radix-tree-keys',
      1,
      'radix-tree-nodes',
      2,
      'last-generated-id',
      '3-1',
      'max-deleted-entry-id',
      '2-1',
      'entries-added',
      3,
      'recorded-first-entry-id',
      '1-1',
      'groups',
      1,
      'first-entry',
      ['1-1', ['n', '1']],
      'last-entry',
      ['3-1', ['n', '3']],
    ])
    const r3 = await connect({ resp: 3 })
    expect(await r3.replyText('XINFO', 'STREAM', 's')).toMatch(/^%10\r\n\$6\r\nlength\r\n:2\r\n/)
  })

  test('STREAM of an empty stream has no first and no last entry', async () => {
    const r = await connect()
    await r.command('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM')
    const info = named(await r.command('XINFO', 'STREAM', 's'))
    expect(info).toMatchObject({
      length: 0,
      'radix-tree-keys': 0,
      'radix-tree-nodes': 1,
      'recorded-first-entry-id': '0-0',
      'first-entry': null,
      'last-entry': null,
    })
  })

  test('STREAM FULL has entries, groups, consumers and what is pending, to a COUNT', async () => {
    const r = await connect({ needs: SINCE_72 })
    await filled(r, 's', 12)
    await r.command('XGROUP', 'CREATE', 's', 'g', '0')
    await r.command('XREADGROUP', 'GROUP', 'g', 'a', 'COUNT', '11', 'STREAMS', 's', '>')
    await r.command('XGROUP', 'CREATECONSUMER', 's', 'g', 'b')
    const full = named(await r.command('XINFO', 'STREAM', 's', 'FULL'))
    expect(full['entries']).toHaveLength(10)
    const group = named((full['groups'] as unknown[])[0])
    expect(group).toMatchObject({ name: 'g', 'last-delivered-id': '11-1', 'entries-read': 11, lag: 1, 'pel-count': 11 })
    expect(group['pending']).toHaveLength(10)
    expect((group['pending'] as unknown[])[0]).toEqual(['1-1', 'a', expect.any(Number), 1])
    const [a, b] = (group['consumers'] as unknown[]).map(named)
    expect(a).toMatchObject({ name: 'a', 'pel-count': 11, 'active-time': expect.any(Number) })
    expect((a!['pending'] as unknown[])[0]).toEqual(['1-1', expect.any(Number), 1])
    expect(b).toMatchObject({ name: 'b', 'pel-count': 0, 'active-time': -1, pending: [] })
    const all = named(await r.command('XINFO', 'STREAM', 's', 'FULL', 'COUNT', '0'))
    expect(all['entries']).toHaveLength(12)
    const two = named(await r.command('XINFO', 'STREAM', 's', 'FULL', 'COUNT', '2'))
    expect(two['entries']).toHaveLength(2)
  })

  test('CONSUMERS tells for how long each has been idle and inactive', async () => {
    const r = await connect({ needs: SINCE_72 })
    await filled(r, 's', 2)
    await r.command('XGROUP', 'CREATE', 's', 'g', '0')
    await r.command('XREADGROUP', 'GROUP', 'g', 'busy', 'STREAMS', 's', '>')
    await r.command('XREADGROUP', 'GROUP', 'g', 'bored', 'STREAMS', 's', '>')
    const [bored, busy] = ((await r.command('XINFO', 'CONSUMERS', 's', 'g')) as unknown[]).map(named)
    expect(bored).toEqual({ name: 'bored', pending: 0, idle: expect.any(Number), inactive: -1 })
    expect(busy).toEqual({ name: 'busy', pending: 2, idle: expect.any(Number), inactive: expect.any(Number) })
    expect(busy!['inactive']).toBeGreaterThanOrEqual(0)
  })

  test('lists groups and consumers in the order of their names', async () => {
    const r = await connect()
    await filled(r, 's', 1)
    for (const name of ['b', 'aa', 'B', '', 'a', 'ab']) {
      await r.command('XGROUP', 'CREATE', 's', name, '0')
      await r.command('XGROUP', 'CREATECONSUMER', 's', 'b', `c${name}`).catch(() => undefined)
    }
    const groups = ((await r.command('XINFO', 'GROUPS', 's')) as unknown[]).map((group) => named(group)['name'])
    expect(groups).toEqual(['', 'B', 'a', 'aa', 'ab', 'b'])
    const consumers = ((await r.command('XINFO', 'CONSUMERS', 's', 'b')) as unknown[]).map((one) => named(one)['name'])
    expect(consumers).toEqual(['c', 'cB', 'ca', 'caa', 'cab', 'cb'])
  })

  test('refuses what is not there, and what it does not know', async () => {
    const r = await connect()
    await filled(r, 's', 1)
    await expect(r.command('XINFO', 'STREAM', 'nope')).rejects.toThrow('ERR no such key')
    await expect(r.command('XINFO', 'GROUPS', 'nope')).rejects.toThrow('ERR no such key')
    await expect(r.command('XINFO', 'CONSUMERS', 'nope', 'g')).rejects.toThrow('ERR no such key')
    await expect(r.command('XINFO', 'CONSUMERS', 's', 'g')).rejects.toThrow(
      "NOGROUP No such consumer group 'g' for key name 's'",
    )
    await expect(r.command('XINFO', 'STREAM', 's', 'FOO')).rejects.toThrow(
      "ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try XINFO HELP.",
    )
    await expect(r.command('XINFO', 'STREAM', 's', 'FULL', 'COUNT', 'x')).rejects.toThrow('ERR value is not an integer')
    expect((await r.command('XINFO', 'HELP')) as string[]).toContain('GROUPS <key>')
  })
})

describe('refusals of groups', () => {
  const connect = withServer()

  test('XGROUP needs the key, the group, and options it knows', async () => {
    const r = await connect()
    await filled(r, 's', 1)
    const key = 'ERR The XGROUP subcommand requires the key to exist.'
    await expect(r.command('XGROUP', 'CREATE', 'nope', 'g', '0')).rejects.toThrow(key)
    await expect(r.command('XGROUP', 'DESTROY', 'nope', 'g')).rejects.toThrow(key)
    const group = "NOGROUP No such consumer group 'g' for key name 's'"
    await expect(r.command('XGROUP', 'SETID', 's', 'g', '0')).rejects.toThrow(group)
    await expect(r.command('XGROUP', 'CREATECONSUMER', 's', 'g', 'c')).rejects.toThrow(group)
    await expect(r.command('XGROUP', 'DELCONSUMER', 's', 'g', 'c')).rejects.toThrow(group)
    const options = "ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try XGROUP HELP."
    await expect(r.command('XGROUP', 'CREATE', 's', 'g', '0', 'FOO')).rejects.toThrow(options)
    await expect(r.command('XGROUP', 'CREATE', 's', 'g', '0', 'ENTRIESREAD')).rejects.toThrow(options)
    await expect(r.command('XGROUP', 'CREATE', 's', 'g', '0', 'ENTRIESREAD', '-2')).rejects.toThrow(
      'ERR value for ENTRIESREAD must be positive or -1',
    )
    await expect(r.command('XGROUP', 'CREATE', 'new', 'g', 'x', 'MKSTREAM')).rejects.toThrow('ERR Invalid stream ID')
    expect(await r.command('EXISTS', 'new')).toBe(0)
    await r.command('XGROUP', 'CREATE', 's', 'g', '0')
    await expect(r.command('XGROUP', 'CREATE', 's', 'g', '0')).rejects.toThrow(
      'BUSYGROUP Consumer Group name already exists',
    )
    expect((await r.command('XGROUP', 'HELP')) as string[]).toContain(
      '      Create the empty stream if it does not exist.',
    )
  })

  test('reading, claiming and asking need the group', async () => {
    const r = await connect()
    await filled(r, 's', 1)
    const missing = "NOGROUP No such key 's' or consumer group 'g'"
    await expect(r.command('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>')).rejects.toThrow(
      `${missing} in XREADGROUP with GROUP option`,
    )
    await expect(r.command('XPENDING', 's', 'g')).rejects.toThrow(missing)
    await expect(r.command('XCLAIM', 's', 'g', 'c', 'x', 'y')).rejects.toThrow(missing)
    await expect(r.command('XAUTOCLAIM', 's', 'g', 'c', '0', '0')).rejects.toThrow(missing)
    expect(await r.command('XACK', 's', 'g', 'x')).toBe(0)
  })

  test('claims refuse arguments that are none', async () => {
    const r = await connect()
    await filled(r, 's', 1)
    await r.command('XGROUP', 'CREATE', 's', 'g', '0')
    await expect(r.command('XCLAIM', 's', 'g', 'c', 'x', '1')).rejects.toThrow(
      'ERR Invalid min-idle-time argument for XCLAIM',
    )
    await expect(r.command('XCLAIM', 's', 'g', 'c', '0', 'x')).rejects.toThrow("ERR Unrecognized XCLAIM option 'x'")
    await expect(r.command('XCLAIM', 's', 'g', 'c', '0', '1', 'IDLE', 'x')).rejects.toThrow(
      'ERR Invalid IDLE option argument for XCLAIM',
    )
    await expect(r.command('XCLAIM', 's', 'g', 'c', '0', '1', 'LASTID', 'x')).rejects.toThrow('ERR Invalid stream ID')
    await expect(r.command('XAUTOCLAIM', 's', 'g', 'c', 'x', '1')).rejects.toThrow(
      'ERR Invalid min-idle-time argument for XAUTOCLAIM',
    )
    await expect(r.command('XAUTOCLAIM', 's', 'g', 'c', '0', '1', 'COUNT', '0')).rejects.toThrow(
      'ERR COUNT must be > 0',
    )
    await expect(r.command('XAUTOCLAIM', 's', 'g', 'c', '0', '1', 'FOO')).rejects.toThrow('ERR syntax error')
    expect(await r.command('XINFO', 'CONSUMERS', 's', 'g')).toEqual([])
  })

  test('XPENDING refuses half a range', async () => {
    const r = await connect()
    await filled(r, 's', 1)
    await r.command('XGROUP', 'CREATE', 's', 'g', '0')
    await expect(r.command('XPENDING', 's', 'g', '-', '+')).rejects.toThrow('ERR syntax error')
    await expect(r.command('XPENDING', 's', 'g', 'IDLE', '0', '-', '+')).rejects.toThrow('ERR syntax error')
    await expect(r.command('XPENDING', 's', 'g', '-', '+', 'x')).rejects.toThrow('ERR value is not an integer')
    await expect(r.command('XPENDING', 's', 'g', 'x', '+', '1')).rejects.toThrow('ERR Invalid stream ID')
    expect(await r.command('XPENDING', 's', 'g', '-', '+', '1', 'nobody')).toEqual([])
  })

  test('what groups do is no change of the key to WATCH', async () => {
    const r = await connect()
    const other = await connect()
    await filled(r, 's', 2)
    await r.command('XGROUP', 'CREATE', 's', 'g', '0')
    await r.command('WATCH', 's')
    await other.command('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>')
    await other.command('XCLAIM', 's', 'g', 'd', '0', '1-1')
    await other.command('XACK', 's', 'g', '1-1')
    await other.command('XGROUP', 'SETID', 's', 'g', '0')
    await r.command('MULTI')
    await r.command('PING')
    expect(await r.command('EXEC')).toEqual(['PONG'])
    await r.command('WATCH', 's')
    await other.command('XTRIM', 's', 'MAXLEN', '1')
    await r.command('MULTI')
    await r.command('PING')
    expect(await r.command('EXEC')).toBe(null)
  })
})
