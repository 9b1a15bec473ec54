/*
 * Streams over the wire, with nodes of the usual size and with tiny ones, so that
 * what goes over the border between two nodes is met with few entries. Nothing here
 * imports src/server: the suite also runs against a real server.
 */
import { describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'

type Entry = [id: string, fields: string[]]

const nodes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'nodes of the usual size': {},
  'nodes of 3 entries': { 'stream-node-max-entries': '3' },
  'nodes of 64 bytes': { 'stream-node-max-bytes': '64' },
}

for (const [size, config] of Object.entries(nodes)) {
  describe(`a stream with ${size}`, () => {
    const connect = withServer(config)

    /** A stream of the ids 1-1 to `count`-1, each with its number. */
    async function filled(r: Awaited<ReturnType<typeof connect>>, key: string, count: number): Promise<void> {
      for (let i = 1; i <= count; i++) await r.command('XADD', key, `${i}-1`, 'n', `${i}`)
    }

    const ids = (reply: unknown): string[] => (reply as Entry[]).map(([id]) => id)

    test('XADD appends, XLEN counts, and XRANGE reads in both directions', async () => {
      const r = await connect()
      await filled(r, 's', 10)
      expect(await r.command('XLEN', 's')).toBe(10)
      expect(await r.command('XRANGE', 's', '3', '5')).toEqual([
        ['3-1', ['n', '3']],
        ['4-1', ['n', '4']],
        ['5-1', ['n', '5']],
      ])
      expect(ids(await r.command('XREVRANGE', 's', '5', '3'))).toEqual(['5-1', '4-1', '3-1'])
      expect(ids(await r.command('XREVRANGE', 's', '+', '-', 'COUNT', '2'))).toEqual(['10-1', '9-1'])
      expect(ids(await r.command('XRANGE', 's', '(3-1', '(6-1'))).toEqual(['4-1', '5-1'])
      expect(ids(await r.command('XRANGE', 's', '-', '+'))).toHaveLength(10)
      expect(await r.command('XRANGE', 's', '11', '+')).toEqual([])
      expect(await r.command('TYPE', 's')).toBe('stream')
      expect(await r.command('OBJECT', 'ENCODING', 's')).toBe('stream')
    })

    test('entries keep fields of any kind, those of the first one or their own', async () => {
      const r = await connect()
      const entries = [
        ['a', '1', 'b', 'x'],
        ['a', '-70000', 'b', ''],
        ['c', '9223372036854775807'],
        ['a', '1', 'b', 'x', 'b', 'y'],
        ['b', 'x', 'a', '1'],
        ['12', '13', '', 'long '.repeat(40)],
      ]
      for (const [i, fields] of entries.entries()) await r.command('XADD', 's', `${i + 1}`, ...fields)
      expect(await r.command('XRANGE', 's', '-', '+')).toEqual(entries.map((fields, i) => [`${i + 1}-0`, fields]))
      expect(await r.command('XREVRANGE', 's', '+', '-')).toEqual(
        entries.map((fields, i) => [`${i + 1}-0`, fields]).reverse(),
      )
    })

    test('XDEL deletes by id wherever it lies, and the stream stays without entries', async () => {
      const r = await connect()
      await filled(r, 's', 9)
      expect(await r.command('XDEL', 's', '1-1', '5-1', '5-1', '9-1', '77')).toBe(3)
      expect(ids(await r.command('XRANGE', 's', '-', '+'))).toEqual(['2-1', '3-1', '4-1', '6-1', '7-1', '8-1'])
      expect(ids(await r.command('XREVRANGE', 's', '+', '-'))).toEqual(['8-1', '7-1', '6-1', '4-1', '3-1', '2-1'])
      expect(await r.command('XDEL', 's', '2-1', '3-1', '4-1', '6-1', '7-1', '8-1')).toBe(6)
      expect(await r.command('XLEN', 's')).toBe(0)
      expect(await r.command('EXISTS', 's')).toBe(1)
      expect(await r.command('XADD', 's', '10', 'a', 'b')).toBe('10-0')
      expect(await r.command('XRANGE', 's', '-', '+')).toEqual([['10-0', ['a', 'b']]])
    })

    test('XTRIM leaves exactly as many entries as it is told, or those from an id on', async () => {
      const r = await connect()
      await filled(r, 's', 20)
      expect(await r.command('XTRIM', 's', 'MAXLEN', '15')).toBe(5)
      expect(ids(await r.command('XRANGE', 's', '-', '+', 'COUNT', '1'))).toEqual(['6-1'])
      expect(await r.command('XTRIM', 's', 'MINID', '=', '10-1')).toBe(4)
      expect(ids(await r.command('XRANGE', 's', '-', '+', 'COUNT', '1'))).toEqual(['10-1'])
      expect(await r.command('XTRIM', 's', 'MAXLEN', '0')).toBe(11)
      expect(await r.command('XLEN', 's')).toBe(0)
      expect(await r.command('XTRIM', 'nope', 'MAXLEN', '0')).toBe(0)
    })

    test('XADD trims after it has added', async () => {
      const r = await connect()
      await filled(r, 's', 10)
      await r.command('XADD', 's', 'MAXLEN', '=', '4', '11', 'a', 'b')
      expect(ids(await r.command('XRANGE', 's', '-', '+'))).toEqual(['8-1', '9-1', '10-1', '11-0'])
      await r.command('XADD', 's', 'MINID', '10', '12', 'a', 'b')
      expect(ids(await r.command('XRANGE', 's', '-', '+'))).toEqual(['10-1', '11-0', '12-0'])
    })

    test('COPY copies entries, counters and groups', async () => {
      const r = await connect()
      await filled(r, 's', 10)
      await r.command('XDEL', 's', '4-1')
      await r.command('XGROUP', 'CREATE', 's', 'g', '0')
      await r.command('XREADGROUP', 'GROUP', 'g', 'alice', 'COUNT', '3', 'STREAMS', 's', '>')
      await r.command('XREADGROUP', 'GROUP', 'g', 'bob', 'COUNT', '2', 'STREAMS', 's', '>')
      expect(await r.command('COPY', 's', 't')).toBe(1)
      expect(await r.command('XRANGE', 't', '-', '+')).toEqual(await r.command('XRANGE', 's', '-', '+'))
      expect(await r.command('XINFO', 'STREAM', 't', 'FULL')).toEqual(await r.command('XINFO', 'STREAM', 's', 'FULL'))
      await r.command('XACK', 't', 'g', '1-1', '5-1')
      expect(await r.command('XPENDING', 's', 'g')).toEqual([
        5,
        '1-1',
        '6-1',
        [
          ['alice', '3'],
          ['bob', '2'],
        ],
      ])
      expect(await r.command('XPENDING', 't', 'g')).toEqual([
        3,
        '2-1',
        '6-1',
        [
          ['alice', '2'],
          ['bob', '1'],
        ],
      ])
    })
  })
}

describe('adding to a stream', () => {
  const connect = withServer()

  test('ids are made from the clock and never go back', async () => {
    const r = await connect()
    const first = String(await r.command('XADD', 's', '*', 'a', 'b'))
    expect(first).toMatch(/^\d{13}-\d+$/)
    await r.command('XADD', 's', '9999999999999-5', 'a', 'b')
    expect(await r.command('XADD', 's', '*', 'a', 'b')).toBe('9999999999999-6')
    expect(await r.command('XADD', 's', '9999999999999-*', 'a', 'b')).toBe('9999999999999-7')
    expect(await r.command('XADD', 's', '99999999999999-*', 'a', 'b')).toBe('99999999999999-0')
    expect(await r.command('XADD', 'zero', '0-*', 'a', 'b')).toBe('0-1')
  })

  test('ids are 64 bits twice, to the last one', async () => {
    const r = await connect()
    expect(await r.command('XADD', 's', '9007199254740993-18446744073709551614', 'a', 'b')).toBe(
      '9007199254740993-18446744073709551614',
    )
    expect(await r.command('XADD', 's', '9007199254740993-*', 'a', 'b')).toBe('9007199254740993-18446744073709551615')
    await expect(r.command('XADD', 's', '9007199254740993-0', 'a', 'b')).rejects.toThrow(
      'ERR The ID specified in XADD is equal or smaller than the target stream top item',
    )
    expect(await r.command('XADD', 's', '*', 'a', 'b')).toBe('9007199254740994-0')
    expect(await r.command('XADD', 's', '18446744073709551615-18446744073709551615', 'a', 'b')).toBe(
      '18446744073709551615-18446744073709551615',
    )
    await expect(r.command('XADD', 's', '*', 'a', 'b')).rejects.toThrow(
      'ERR The stream has exhausted the last possible ID, unable to add more items',
    )
    expect(await r.command('XRANGE', 's', '9007199254740994', '+')).toEqual([
      ['9007199254740994-0', ['a', 'b']],
      ['18446744073709551615-18446744073709551615', ['a', 'b']],
    ])
    expect(await r.command('XDEL', 's', '9007199254740993-18446744073709551615')).toBe(1)
  })

  test('an id must be greater than the last one', async () => {
    const r = await connect()
    await r.command('XADD', 's', '5-5', 'a', 'b')
    const small = 'ERR The ID specified in XADD is equal or smaller than the target stream top item'
    await expect(r.command('XADD', 's', '5-5', 'a', 'b')).rejects.toThrow(small)
    await expect(r.command('XADD', 's', '4-*', 'a', 'b')).rejects.toThrow(small)
    const zero = 'ERR The ID specified in XADD must be greater than 0-0'
    await expect(r.command('XADD', 'new', '0-0', 'a', 'b')).rejects.toThrow(zero)
    expect(await r.command('EXISTS', 'new')).toBe(0)
    expect(await r.command('XLEN', 's')).toBe(1)
  })

  test('refuses what is no id, no pair and no option, having added nothing', async () => {
    const r = await connect()
    const invalid = 'ERR Invalid stream ID specified as stream command argument'
    for (const id of ['x', '-', '+', '5-', '-5', '5--5', '18446744073709551616', '(5', '', '1-2-3']) {
      await expect(r.command('XADD', 's', id, 'a', 'b')).rejects.toThrow(invalid)
    }
    const arity = "ERR wrong number of arguments for 'xadd' command"
    await expect(r.command('XADD', 's', '*', 'a')).rejects.toThrow(arity)
    await expect(r.command('XADD', 's', '*', 'a', 'b', 'c')).rejects.toThrow(arity)
    await expect(r.command('XADD', 's', 'MAXLEN', '5', 'NOMKSTREAM')).rejects.toThrow(arity)
    await expect(r.command('XADD', 's', 'MAXLEN', '-1', '*', 'a', 'b')).rejects.toThrow(
      'ERR The MAXLEN argument must be >= 0.',
    )
    await expect(r.command('XADD', 's', 'MAXLEN', 'x', '*', 'a', 'b')).rejects.toThrow(
      'ERR value is not an integer or out of range',
    )
    await expect(r.command('XADD', 's', 'MINID', '-', '*', 'a', 'b')).rejects.toThrow(invalid)
    await expect(r.command('XADD', 's', 'MAXLEN', '1', 'MINID', '1', '*', 'a', 'b')).rejects.toThrow(
      'ERR syntax error, MAXLEN and MINID options at the same time are not compatible',
    )
    await expect(r.command('XADD', 's', 'LIMIT', '1', '*', 'a', 'b')).rejects.toThrow(
      'ERR syntax error, LIMIT cannot be used without specifying a trimming strategy',
    )
    await expect(r.command('XADD', 's', 'MAXLEN', '1', 'LIMIT', '1', '*', 'a', 'b')).rejects.toThrow(
      'ERR syntax error, LIMIT cannot be used without the special ~ option',
    )
    await expect(r.command('XADD', 's', 'MAXLEN', '~', '1', 'LIMIT', '-1', '*', 'a', 'b')).rejects.toThrow(
      'ERR The LIMIT argument must be >= 0.',
    )
    expect(await r.command('EXISTS', 's')).toBe(0)
  })

  test('reads as C does what is no canonical number', async () => {
    const r = await connect()
    expect(await r.command('XADD', 's', ' 5-+7', 'a', 'b')).toBe('5-7')
    expect(await r.command('XADD', 's', '006-07', 'a', 'b')).toBe('6-7')
    expect(await r.command('XADD', 's', '7--0', 'a', 'b')).toBe('7-0')
    expect(await r.command('XADD', 's', '8- -1', 'a', 'b')).toBe('8-18446744073709551615')
    expect(await r.command('XADD', 's', '9\0x', 'a', 'b')).toBe('9-0')
  })

  test('NOMKSTREAM adds to a stream that is there only', async () => {
    const r = await connect()
    expect(await r.command('XADD', 's', 'NOMKSTREAM', '*', 'a', 'b')).toBe(null)
    expect(await r.command('EXISTS', 's')).toBe(0)
    await r.command('XADD', 's', '1', 'a', 'b')
    expect(await r.command('XADD', 's', 'NOMKSTREAM', '2', 'a', 'b')).toBe('2-0')
  })

  test('a key of another type is refused everywhere', async () => {
    const r = await connect()
    await r.command('SET', 'str', 'x')
    const commands: [string, ...string[]][] = [
      ['XADD', 'str', '*', 'a', 'b'],
      ['XLEN', 'str'],
      ['XRANGE', 'str', '-', '+'],
      ['XREVRANGE', 'str', '+', '-'],
      ['XDEL', 'str', 'x'],
      ['XTRIM', 'str', 'MAXLEN', '0'],
      ['XSETID', 'str', '1'],
    ]
    for (const command of commands) await expect(r.command(...command)).rejects.toThrow('WRONGTYPE')
  })
})

describe('trimming about', () => {
  const connect = withServer({ 'stream-node-max-entries': '10' })

  test('removes whole nodes only, and no more entries than LIMIT says', async () => {
    const r = await connect()
    for (let i = 1; i <= 55; i++) await r.command('XADD', 's', `${i}`, 'a', 'b')
    expect(await r.command('XTRIM', 's', 'MAXLEN', '~', '34', 'LIMIT', '9')).toBe(0)
    expect(await r.command('XTRIM', 's', 'MAXLEN', '~', '34', 'LIMIT', '19')).toBe(10)
    expect(await r.command('XTRIM', 's', 'MAXLEN', '~', '34')).toBe(10)
    expect(await r.command('XTRIM', 's', 'MINID', '~', '35')).toBe(10)
    expect(await r.command('XTRIM', 's', 'MINID', '~', '50', 'LIMIT', '0')).toBe(10)
    expect(await r.command('XLEN', 's')).toBe(15)
    const info = (await r.command('XINFO', 'STREAM', 's')) as unknown[]
    expect(info[info.indexOf('radix-tree-keys') + 1]).toBe(2)
  })

  test('XTRIM says what it misses', async () => {
    const r = await connect()
    await expect(r.command('XTRIM', 's', 'MAXLEN')).rejects.toThrow("ERR wrong number of arguments for 'xtrim' command")
    await expect(r.command('XTRIM', 's', 'FOO', '5')).rejects.toThrow('ERR syntax error')
    await expect(r.command('XTRIM', 's', 'LIMIT', '0')).rejects.toThrow(
      'ERR syntax error, XTRIM must be called with a trimming strategy',
    )
    await expect(r.command('XTRIM', 's', 'MAXLEN', '5', 'LIMIT', '4')).rejects.toThrow(
      'ERR syntax error, LIMIT cannot be used without the special ~ option',
    )
  })
})

describe('reading ranges', () => {
  const connect = withServer()

  test('refuses ends that cannot be', async () => {
    const r = await connect()
    await r.command('XADD', 's', '1', 'a', 'b')
    const invalid = 'ERR Invalid stream ID specified as stream command argument'
    await expect(r.command('XRANGE', 's', 'x', '+')).rejects.toThrow(invalid)
    await expect(r.command('XRANGE', 'nope', '-', 'x')).rejects.toThrow(invalid)
    await expect(r.command('XRANGE', 's', '(-', '+')).rejects.toThrow(invalid)
    await expect(r.command('XRANGE', 's', '(18446744073709551615-18446744073709551615', '+')).rejects.toThrow(
      'ERR invalid start ID for the interval',
    )
    await expect(r.command('XREVRANGE', 's', '(0-0', '-')).rejects.toThrow('ERR invalid end ID for the interval')
    await expect(r.command('XRANGE', 's', '-', '+', 'COUNT')).rejects.toThrow('ERR syntax error')
    await expect(r.command('XRANGE', 's', '-', '+', 'COUNT', 'x')).rejects.toThrow('ERR value is not an integer')
  })

  test('COUNT 0 and less answer a null, but an empty array for no stream', async () => {
    const r = await connect()
    await r.command('XADD', 's', '1', 'a', 'b')
    expect(await r.replyText('XRANGE', 's', '-', '+', 'COUNT', '0')).toBe('*-1\r\n')
    expect(await r.replyText('XRANGE', 's', '-', '+', 'COUNT', '-3')).toBe('*-1\r\n')
    expect(await r.replyText('XRANGE', 'nope', '-', '+', 'COUNT', '0')).toBe('*0\r\n')
    const r3 = await connect({ resp: 3 })
    expect(await r3.replyText('XRANGE', 's', '-', '+', 'COUNT', '0')).toBe('_\r\n')
  })

  test('an id without sequence number is the first or the last of its millisecond', async () => {
    const r = await connect()
    for (const id of ['1-1', '2-0', '2-1', '2-9', '3-0']) await r.command('XADD', 's', id, 'a', 'b')
    const found = (await r.command('XRANGE', 's', '2', '2')) as Entry[]
    expect(found.map(([id]) => id)).toEqual(['2-0', '2-1', '2-9'])
  })
})

describe('XSETID', () => {
  const connect = withServer()

  test('moves the last id on, and what is counted', async () => {
    const r = await connect()
    await r.command('XADD', 's', '1-1', 'a', 'b')
    expect(await r.command('XSETID', 's', '200', 'ENTRIESADDED', '100', 'MAXDELETEDID', '150')).toBe('OK')
    const info = (await r.command('XINFO', 'STREAM', 's')) as unknown[]
    const of = (field: string): unknown => info[info.indexOf(field) + 1]
    expect(of('last-generated-id')).toBe('200-0')
    expect(of('entries-added')).toBe(100)
    expect(of('max-deleted-entry-id')).toBe('150-0')
    expect(of('recorded-first-entry-id')).toBe('1-1')
    expect(await r.command('XADD', 's', '200-*', 'a', 'b')).toBe('200-1')
  })

  test('refuses what the stream is already beyond', async () => {
    const r = await connect()
    await r.command('XADD', 's', '5-1', 'a', 'b')
    await expect(r.command('XSETID', 'nope', '1')).rejects.toThrow('ERR no such key')
    await expect(r.command('XSETID', 's', '4')).rejects.toThrow(
      'ERR The ID specified in XSETID is smaller than the target stream top item',
    )
    await expect(r.command('XSETID', 's', '6', 'ENTRIESADDED', '0')).rejects.toThrow(
      'ERR The entries_added specified in XSETID is smaller than the target stream length',
    )
    await expect(r.command('XSETID', 's', '6', 'ENTRIESADDED', '-1')).rejects.toThrow(
      'ERR entries_added must be positive',
    )
    await expect(r.command('XSETID', 's', '6', 'MAXDELETEDID', '7')).rejects.toThrow(
      'ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id',
    )
    await expect(r.command('XSETID', 's', '6', 'FOO')).rejects.toThrow('ERR syntax error')
  })
})
