/*
 * Keys of any type over the wire: names, deletion, copies, databases, scans.
 */
import { describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

const NOT_INTEGER = 'ERR value is not an integer or out of range'
const NO_SUCH_DB = 'ERR DB index is out of range'
const SAME_OBJECT = 'ERR source and destination objects are the same'
const SYNTAX = 'ERR syntax error'

/** A key of each kind that there is, by name. */
async function fill(r: WireClient): Promise<void> {
  await r.command('MSET', 'int', '12', 'text', 'abc', 'long', 'long '.repeat(300))
  await r.command('HSET', 'small', 'f', 'v', 'g', 'w')
  for (let i = 0; i < 600; i++) r.send('HSET', 'big', `field${i}`, `value${i}`)
  for (let i = 0; i < 600; i++) await r.receive()
}
const KEYS = ['int', 'text', 'long', 'small', 'big']

async function contentOf(r: WireClient, key: string): Promise<unknown> {
  if ((await r.command('TYPE', key)) === 'string') return r.command('GET', key)
  const pairs = (await r.command('HGETALL', key)) as string[]
  return new Map(pairs.flatMap((field, i) => (i % 2 === 0 ? [[field, pairs[i + 1]]] : [])))
}

/** Every key that a walk with SCAN finds, as often as it is found. */
async function scanAll(r: WireClient, ...options: string[]): Promise<string[]> {
  const found: string[] = []
  let cursor = '0'
  do {
    const [next, keys] = (await r.command('SCAN', cursor, ...options)) as [string, string[]]
    found.push(...keys)
    cursor = next
  } while (cursor !== '0')
  return found
}

describe('existence, type and deletion', () => {
  const connect = withServer()

  test.each(['DEL', 'UNLINK'])('%s counts what it deleted', async (command) => {
    const r = await connect()
    await fill(r)
    expect(await r.command(command, ...([...KEYS, 'int', 'missing'] as const))).toBe(5)
    expect(await r.command('DBSIZE')).toBe(0)
    await expect(r.command(command)).rejects.toThrow(
      `ERR wrong number of arguments for '${command.toLowerCase()}' command`,
    )
  })

  test.each(['EXISTS', 'TOUCH'])('%s counts a key as often as it is named', async (command) => {
    const r = await connect()
    await fill(r)
    expect(await r.command(command, 'int', 'int', 'missing', 'big')).toBe(3)
  })

  test('TYPE is a simple string, none for a missing key', async () => {
    const r = await connect()
    await fill(r)
    expect(await r.replyText('TYPE', 'int')).toBe('+string\r\n')
    expect(await r.command('TYPE', 'big')).toBe('hash')
    expect(await r.command('TYPE', 'missing')).toBe('none')
  })

  test('RANDOMKEY is nil without keys, else one of them', async () => {
    const r = await connect()
    expect(await r.command('RANDOMKEY')).toBeNull()
    await fill(r)
    const seen = new Set<unknown>()
    for (let i = 0; i < 200; i++) seen.add(await r.command('RANDOMKEY'))
    expect(KEYS).toEqual(expect.arrayContaining([...seen]))
    expect(seen.size).toBeGreaterThan(1)
  })
})

describe('RENAME, MOVE and COPY', () => {
  const connect = withServer()

  test('RENAME takes value and expiry along, over what was there', async () => {
    const r = await connect()
    await fill(r)
    for (const key of KEYS) {
      const content = await contentOf(r, key)
      await r.command('SET', 'target', 'old', 'EX', '5000')
      await r.command('PEXPIREAT', key, '1999999999999')
      expect(await r.command('RENAME', key, 'target')).toBe('OK')
      expect(await r.command('EXISTS', key)).toBe(0)
      expect(await contentOf(r, 'target')).toEqual(content)
      expect(await r.command('PEXPIRETIME', 'target')).toBe(1999999999999)
    }
    await r.command('SET', 'stays', 'v')
    await r.command('RENAME', 'stays', 'target')
    expect(await r.command('TTL', 'target')).toBe(-1)
    expect(await r.command('DBSIZE')).toBe(1)
  })

  test('RENAME and RENAMENX need the key, even under its own name', async () => {
    const r = await connect()
    for (const command of ['RENAME', 'RENAMENX'] as const) {
      await expect(r.command(command, 'missing', 'missing')).rejects.toThrow('ERR no such key')
      await expect(r.command(command, 'missing', 'x')).rejects.toThrow('ERR no such key')
    }
    await r.command('SET', 'k', 'v')
    expect(await r.command('RENAME', 'k', 'k')).toBe('OK')
    expect(await r.command('RENAMENX', 'k', 'k')).toBe(0)
    expect(await r.command('GET', 'k')).toBe('v')
  })

  test('RENAMENX keeps what has the name', async () => {
    const r = await connect()
    await r.command('MSET', 'a', '1', 'b', '2')
    expect(await r.command('RENAMENX', 'a', 'b')).toBe(0)
    expect(await r.command('RENAMENX', 'a', 'c')).toBe(1)
    expect(await r.command('MGET', 'a', 'b', 'c')).toEqual([null, '2', '1'])
  })

  test('MOVE takes value and expiry to another database that has no such key', async () => {
    const r = await connect()
    await fill(r)
    for (const key of KEYS) {
      const content = await contentOf(r, key)
      await r.command('PEXPIREAT', key, '1999999999999')
      expect(await r.command('MOVE', key, '1')).toBe(1)
      expect(await r.command('MOVE', key, '1')).toBe(0)
      await r.command('SELECT', '1')
      expect(await contentOf(r, key)).toEqual(content)
      expect(await r.command('PEXPIRETIME', key)).toBe(1999999999999)
      await r.command('SELECT', '0')
    }
    expect(await r.command('DBSIZE')).toBe(0)
    await r.command('SET', 'int', 'new')
    expect(await r.command('MOVE', 'int', '1')).toBe(0)
    expect(await r.command('GET', 'int')).toBe('new')
  })

  test('MOVE looks at the database before the key', async () => {
    const r = await connect()
    await expect(r.command('MOVE', 'k', '0')).rejects.toThrow(SAME_OBJECT)
    for (const db of ['16', '-1']) await expect(r.command('MOVE', 'k', db)).rejects.toThrow(NO_SUCH_DB)
    for (const db of ['abc', '1.0', '9223372036854775808']) {
      await expect(r.command('MOVE', 'k', db)).rejects.toThrow(NOT_INTEGER)
    }
    await expect(r.command('MOVE', 'k', '99999999999')).rejects.toThrow(
      'ERR value is out of range, value must between -2147483648 and 2147483647',
    )
  })

  test('COPY duplicates value and expiry, here or in another database', async () => {
    const r = await connect()
    await fill(r)
    for (const key of KEYS) {
      await r.command('PEXPIREAT', key, '1999999999999')
      const content = await contentOf(r, key)
      expect(await r.command('COPY', key, `${key}:copy`)).toBe(1)
      expect(await r.command('COPY', key, key, 'DB', '1')).toBe(1)
      expect(await contentOf(r, `${key}:copy`)).toEqual(content)
      expect(await r.command('PEXPIRETIME', `${key}:copy`)).toBe(1999999999999)
      await r.command('SELECT', '1')
      expect(await contentOf(r, key)).toEqual(content)
      await r.command('SELECT', '0')
      expect(await contentOf(r, key)).toEqual(content)
    }
  })

  test('a copy and its original change apart', async () => {
    const r = await connect()
    await fill(r)
    for (const key of ['small', 'big'] as const) {
      await r.command('COPY', key, 'copy', 'REPLACE')
      await r.command('HSET', 'copy', 'f', 'changed', 'only', 'here')
      expect(await r.command('HGET', key, 'only')).toBeNull()
      await r.command('DEL', key)
      expect(await r.command('HGET', 'copy', 'f')).toBe('changed')
    }
  })

  test('COPY keeps what is there, unless REPLACE', async () => {
    const r = await connect()
    await fill(r)
    expect(await r.command('COPY', 'missing', 'x')).toBe(0)
    expect(await r.command('COPY', 'int', 'big')).toBe(0)
    expect(await r.command('TYPE', 'big')).toBe('hash')
    expect(await r.command('COPY', 'int', 'big', 'replace')).toBe(1)
    expect(await r.command('GET', 'big')).toBe('12')
    await r.command('EXPIRE', 'text', '100')
    expect(await r.command('COPY', 'int', 'text', 'REPLACE', 'REPLACE')).toBe(1)
    expect(await r.command('TTL', 'text')).toBe(-1)
  })

  test('COPY names the first thing wrong', async () => {
    const r = await connect()
    await expect(r.command('COPY', 'k', 'k')).rejects.toThrow(SAME_OBJECT)
    await expect(r.command('COPY', 'k', 'k', 'DB', '0')).rejects.toThrow(SAME_OBJECT)
    await expect(r.command('COPY', 'k', 'l', 'DB')).rejects.toThrow(SYNTAX)
    await expect(r.command('COPY', 'k', 'l', 'FOO')).rejects.toThrow(SYNTAX)
    await expect(r.command('COPY', 'k', 'l', 'DB', 'abc', 'FOO')).rejects.toThrow(NOT_INTEGER)
    await expect(r.command('COPY', 'k', 'l', 'DB', '16')).rejects.toThrow(NO_SUCH_DB)
  })
})

describe('whole databases', () => {
  const connect = withServer()

  test('SWAPDB exchanges contents, for every connection', async () => {
    const [r, other] = [await connect(), await connect()]
    await other.command('SELECT', '1')
    await r.command('MSET', 'a', '1', 'b', '2')
    await r.command('EXPIRE', 'a', '100')
    expect(await r.command('SWAPDB', '0', '1')).toBe('OK')
    expect(await r.command('DBSIZE')).toBe(0)
    expect(await other.command('GET', 'a')).toBe('1')
    expect(await other.command('TTL', 'a')).toBe(100)
    expect(await r.command('SWAPDB', '1', '1')).toBe('OK')
    expect(await other.command('DBSIZE')).toBe(2)
  })

  test('SWAPDB names which number is none', async () => {
    const r = await connect()
    await expect(r.command('SWAPDB', 'a', 'b')).rejects.toThrow('ERR invalid first DB index')
    await expect(r.command('SWAPDB', '0', '99999999999')).rejects.toThrow('ERR invalid second DB index')
    await expect(r.command('SWAPDB', '0', '16')).rejects.toThrow(NO_SUCH_DB)
    await expect(r.command('SWAPDB', '-1', '0')).rejects.toThrow(NO_SUCH_DB)
  })

  test('FLUSHDB empties one, FLUSHALL all', async () => {
    const r = await connect()
    for (const mode of [[], ['ASYNC'], ['sync']]) {
      await fill(r)
      await r.command('COPY', 'big', 'big', 'DB', '2')
      expect(await r.command('FLUSHDB', ...mode)).toBe('OK')
      expect(await r.command('DBSIZE')).toBe(0)
      await r.command('SELECT', '2')
      expect(await r.command('HLEN', 'big')).toBe(600)
      expect(await r.command('FLUSHALL', ...mode)).toBe('OK')
      expect(await r.command('DBSIZE')).toBe(0)
      await r.command('SELECT', '0')
    }
  })

  test('FLUSHDB and FLUSHALL refuse other words', async () => {
    const r = await connect()
    for (const command of ['FLUSHDB', 'FLUSHALL'] as const) {
      await expect(r.command(command, 'FOO')).rejects.toThrow(SYNTAX)
      await expect(r.command(command, 'ASYNC', 'SYNC')).rejects.toThrow(SYNTAX)
    }
  })
})

describe('KEYS and SCAN', () => {
  const connect = withServer()

  test.each([
    ['*', ['', '[', 'a', 'ab', 'abc', 'b', 'h*', '\\']],
    ['a*', ['a', 'ab', 'abc']],
    ['?', ['[', 'a', 'b', '\\']],
    ['a?c', ['abc']],
    ['[ab]', ['a', 'b']],
    ['[^ab]', ['[', '\\']],
    ['[b-a]', ['a', 'b']],
    ['h\\*', ['h*']],
    ['[', []],
    ['[a', ['a']],
    ['\\', ['\\']],
    ['\\[', ['[']],
    ['**', ['[', 'a', 'ab', 'abc', 'b', 'h*', '\\']],
    ['*b*', ['ab', 'abc', 'b']],
    ['', ['']],
    ['a*a*', []],
  ])('KEYS %j', async (pattern, expected) => {
    const r = await connect()
    for (const key of ['', '[', 'a', 'ab', 'abc', 'b', 'h*', '\\']) await r.command('SET', key, 'v')
    expect(((await r.command('KEYS', pattern)) as string[]).sort()).toEqual([...expected].sort())
    const scanned = new Set(await scanAll(r, 'MATCH', pattern))
    expect([...scanned].sort()).toEqual([...expected].sort())
  })

  test('KEYS does not choke on a pattern of many stars', async () => {
    const r = await connect()
    await r.command('SET', 'a'.repeat(5000), 'v')
    expect(await r.command('KEYS', `${'a*'.repeat(500)}b`)).toEqual([])
  })

  test('SCAN finds every key, however many it is asked for at once', async () => {
    const r = await connect()
    const keys = Array.from({ length: 1000 }, (_, i) => `key:${i}`)
    for (const key of keys) r.send('SET', key, 'v')
    for (const _ of keys) await r.receive()
    for (const count of ['1', '7', '100', '9223372036854775807']) {
      const found = await scanAll(r, 'COUNT', count)
      expect(new Set(found)).toEqual(new Set(keys))
    }
  })

  test('SCAN finds the keys that stay while others come and go', async () => {
    const r = await connect()
    const stay = Array.from({ length: 300 }, (_, i) => `stay:${i}`)
    for (const key of stay) await r.command('SET', key, 'v')
    const found = new Set<string>()
    let cursor = '0'
    let step = 0
    do {
      const [next, keys] = (await r.command('SCAN', cursor)) as [string, string[]]
      for (const key of keys) found.add(key)
      cursor = next
      // First the table grows by two sizes, then it shrinks again.
      for (let i = 0; i < 50; i++) {
        const key = `gone:${(step % 40) * 50 + i}`
        if (step < 40) r.send('SET', key, 'v')
        else r.send('DEL', key)
      }
      for (let i = 0; i < 50; i++) await r.receive()
      step++
    } while (cursor !== '0')
    expect([...found].filter((key) => key.startsWith('stay')).sort()).toEqual([...stay].sort())
  })

  test('SCAN removes the keys it finds to be over', async () => {
    const r = await connect()
    await r.command('DEBUG', 'SET-ACTIVE-EXPIRE', '0')
    try {
      await r.command('MSET', 'gone', '1', 'here', '1')
      await r.command('PEXPIRE', 'gone', '1')
      while ((await scanAll(r)).includes('gone'));
      expect(await scanAll(r)).toEqual(['here'])
      expect(await r.command('DBSIZE')).toBe(1)
    } finally {
      await r.command('DEBUG', 'SET-ACTIVE-EXPIRE', '1')
    }
  })

  test('SCAN filters by TYPE, in any case', async () => {
    const r = await connect()
    await fill(r)
    expect((await scanAll(r, 'TYPE', 'HASH')).sort()).toEqual(['big', 'small'])
    expect((await scanAll(r, 'TYPE', 'string', 'MATCH', '*t*')).sort()).toEqual(['int', 'text'])
    expect(await scanAll(r, 'TYPE', 'list')).toEqual([])
  })

  test.each([['abc'], ['1x'], ['0x10'], ['1 '], ['-'], ['18446744073709551616']])(
    'SCAN refuses the cursor %j, before it looks at options',
    async (cursor) => {
      const r = await connect()
      await expect(r.command('SCAN', cursor, 'COUNT', '0')).rejects.toThrow('ERR invalid cursor')
    },
  )

  test('SCAN goes on from any other cursor', async () => {
    const r = await connect()
    for (const cursor of ['18446744073709551615', '4294967295', '+1', '007', '3000000000']) {
      expect(await r.command('SCAN', cursor)).toEqual(['0', []])
    }
  })

  test('SCAN reads a cursor as strtoull does, but refuses a negative integer and nothing at all', async () => {
    const r = await connect({ needs: { since: { redis: '8.0', valkey: '8.1' } } })
    for (const cursor of [' 1', '\t+01', '-0', '-18446744073709551615', '1\0x']) {
      expect(await r.command('SCAN', cursor), JSON.stringify(cursor)).toEqual(['0', []])
    }
    for (const cursor of ['', '-1', '\0', '- 1']) {
      await expect(r.command('SCAN', cursor), JSON.stringify(cursor)).rejects.toThrow('ERR invalid cursor')
    }
  })

  test('SCAN names the first option that is wrong', async () => {
    const r = await connect()
    for (const options of [['MATCH'], ['COUNT', '0'], ['COUNT', '-1'], ['TYPE'], ['FOO'], ['FOO', 'x'], ['COUNT']]) {
      await expect(r.command('SCAN', '0', ...options)).rejects.toThrow(SYNTAX)
    }
    await expect(r.command('SCAN', '0', 'COUNT', 'abc', 'FOO')).rejects.toThrow(NOT_INTEGER)
    await expect(r.command('SCAN', '0', 'COUNT', '9223372036854775808')).rejects.toThrow(NOT_INTEGER)
  })
})

describe('OBJECT', () => {
  const connect = withServer()

  test('answers nil for a missing key', async () => {
    const r = await connect()
    for (const what of ['ENCODING', 'FREQ', 'IDLETIME', 'REFCOUNT'])
      expect(await r.command('OBJECT', what, 'k')).toBeNull()
  })

  test('ENCODING names it, REFCOUNT and IDLETIME count', async () => {
    const r = await connect()
    await fill(r)
    expect(await r.command('OBJECT', 'encoding', 'int')).toBe('int')
    expect(await r.command('OBJECT', 'encoding', 'text')).toBe('embstr')
    expect(await r.command('OBJECT', 'encoding', 'long')).toBe('raw')
    expect(await r.command('OBJECT', 'encoding', 'big')).toBe('hashtable')
    expect(await r.command('OBJECT', 'REFCOUNT', 'text')).toBe(1)
    expect(await r.command('OBJECT', 'IDLETIME', 'text')).toBe(0)
    await expect(r.command('OBJECT', 'FREQ', 'text')).rejects.toThrow(
      'ERR An LFU maxmemory policy is not selected, access frequency not tracked.',
    )
  })

  test('explains itself and refuses what it is not', async () => {
    const r = await connect()
    expect(((await r.command('OBJECT', 'HELP')) as string[])[0]).toBe(
      'OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
    )
    await expect(r.command('OBJECT', 'FOO')).rejects.toThrow("ERR unknown subcommand 'FOO'. Try OBJECT HELP.")
    await expect(r.command('OBJECT')).rejects.toThrow("ERR wrong number of arguments for 'object' command")
    await expect(r.command('OBJECT', 'ENCODING')).rejects.toThrow(
      "ERR wrong number of arguments for 'object|encoding' command",
    )
  })
})

describe('WAIT', () => {
  const connect = withServer()

  test('without replicas answers 0, when the time is over or at once', async () => {
    const r = await connect()
    expect(await r.command('WAIT', '0', '0')).toBe(0)
    expect(await r.command('WAIT', '-1', '100000')).toBe(0)
    expect(await r.command('WAIT', '1', '5')).toBe(0)
  })

  test('refuses times that are none', async () => {
    const r = await connect()
    await expect(r.command('WAIT', 'abc', '-1')).rejects.toThrow(NOT_INTEGER)
    await expect(r.command('WAIT', '0', 'abc')).rejects.toThrow('ERR timeout is not an integer or out of range')
    await expect(r.command('WAIT', '0', '-1')).rejects.toThrow('ERR timeout is negative')
  })
})

describe('how often a key is used', () => {
  const connect = withServer({ 'maxmemory-policy': 'allkeys-lfu', 'lfu-log-factor': '0' })

  test('OBJECT FREQ answers a counter that begins at 5 and grows with every access', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'some text')
    expect(await r.command('OBJECT', 'FREQ', 'k')).toBe(5)
    await r.command('GET', 'k')
    await r.command('APPEND', 'k', 'x')
    expect(await r.command('OBJECT', 'FREQ', 'k')).toBe(7)
    await r.command('OBJECT', 'ENCODING', 'k')
    await r.command('TYPE', 'k')
    expect(await r.command('OBJECT', 'FREQ', 'k')).toBe(7)
    await r.command('TOUCH', 'k')
    expect(await r.command('OBJECT', 'FREQ', 'k')).toBe(8)
    await r.command('HSET', 'h', 'a', '1')
    expect(await r.command('OBJECT', 'FREQ', 'h')).toBe(5)
    expect(await r.command('OBJECT', 'FREQ', 'nope')).toBe(null)
  })

  test('OBJECT IDLETIME is refused then', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'some text')
    await expect(r.command('OBJECT', 'IDLETIME', 'k')).rejects.toThrow(
      'ERR An LFU maxmemory policy is selected, idle time not tracked.',
    )
    expect(await r.command('OBJECT', 'IDLETIME', 'nope')).toBe(null)
  })

  test('a key that is set anew keeps its counter', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'some text')
    for (let i = 0; i < 10; i++) await r.command('GET', 'k')
    await r.command('SET', 'k', 'other text, and longer')
    expect(await r.command('OBJECT', 'FREQ', 'k')).toBeGreaterThanOrEqual(15)
  })
})
