/*
 * Commands about the server over the wire: what it says of itself, of its
 * commands and of its memory.
 */
import { describe, expect, test } from 'vitest'
import { type Needs, withServer } from '../support/server.ts'

/** What came to Redis with 7.2, and so is in every Valkey. */
const AS_REDIS_7_2: Needs = { since: { redis: '7.2.0', valkey: '7.2.0' } }

const fieldsOf = (info: unknown): Map<string, string> =>
  new Map(
    String(info)
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  )

describe('the server about itself', () => {
  const connect = withServer()

  test('INFO has the sections asked for, in any case, and nothing for unknown ones', async () => {
    const r = await connect()
    const text = String(await r.command('INFO', 'SERVER', 'keyspace'))
    expect(text).toMatch(/^# Server\r\n/)
    expect(text).toContain('\r\n\r\n# Keyspace\r\n')
    expect(text).not.toContain('# Clients')
    expect(await r.command('INFO', 'no-such-section')).toBe('')
  })

  test('INFO keyspace counts keys and those that expire', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    await r.command('SET', 'b', '1', 'EX', '100')
    expect(fieldsOf(await r.command('INFO', 'keyspace')).get('db0')).toMatch(/^keys=2,expires=1,avg_ttl=\d+/)
  })

  test('INFO keyspace counts hashes with fields that are to expire, as long as there are such fields', async () => {
    const r = await connect({ needs: { since: { valkey: '9.0.0' } } })
    const counts = async () => {
      const fields = fieldsOf(await r.command('INFO', 'keyspace'))
      return ['db0', 'db1'].map((db) => fields.get(db)?.replace(/.*keys_with_volatile_items=/, ''))
    }
    await r.command('SET', 's', 'x', 'EX', '1000')
    expect(await counts()).toEqual(['0', undefined])
    for (const key of ['h', 'i', 'j', 'k']) {
      await r.command('HSET', key, 'a', '1', 'b', '2', 'c', '3')
      await r.command('HEXPIRE', key, '1000', 'FIELDS', '2', 'a', 'b')
    }
    expect(await counts()).toEqual(['4', undefined])
    await r.command('HPERSIST', 'h', 'FIELDS', '1', 'a')
    await r.command('HDEL', 'h', 'b')
    expect(await counts()).toEqual(['3', undefined])
    expect(await r.command('HGETALL', 'h')).toHaveLength(4)
    await r.command('HSET', 'i', 'a', '1', 'b', '2')
    expect(await counts()).toEqual(['2', undefined])
    await r.command('RENAME', 'j', 'i')
    await r.command('COPY', 'i', 'l')
    await r.command('MOVE', 'k', '1')
    expect(await counts()).toEqual(['2', '1'])
    await r.command('SET', 'i', 'x')
    await r.command('DEL', 'l')
    expect(await counts()).toEqual(['0', '1'])
    await r.command('SWAPDB', '0', '1')
    expect(await counts()).toEqual(['1', '0'])
    await r.command('FLUSHDB')
    expect(await counts()).toEqual([undefined, '0'])
  })

  test('INFO names the machine, and what the server listens on', async () => {
    const r = await connect({ needs: AS_REDIS_7_2 })
    const fields = fieldsOf(await r.command('INFO', 'server'))
    expect(fields.get('os')).toMatch(/^\S+ \S+ \S+$/)
    expect(fields.get('listener0')).toMatch(/^name=tcp,bind=\S+,port=\d+$/)
  })

  test('INFO tells of no keys that are being saved when there is no save', async () => {
    const r = await connect()
    const fields = fieldsOf(await r.command('INFO', 'persistence'))
    const names = ['current_fork_perc', 'current_save_keys_processed', 'current_save_keys_total']
    expect(names.map((name) => fields.get(name))).toEqual(['0.00', '0', '0'])
  })

  test('INFO counts from an empty server on what is data', async () => {
    const r = await connect()
    const read = async () => fieldsOf(await r.command('INFO', 'memory'))
    const startup = Number((await read()).get('used_memory_startup'))
    expect(startup).toBeGreaterThan(0)
    await r.command('SET', 'big', 'v'.repeat(100_000))
    const fields = await read()
    const data = Number(fields.get('used_memory')) - startup
    const percent = (100 * Number(fields.get('used_memory_dataset'))) / data
    expect(Number.parseFloat(fields.get('used_memory_dataset_perc') as string)).toBeCloseTo(percent, 1)
    const stats = (await r.command('MEMORY', 'STATS')) as unknown[]
    expect(stats[stats.indexOf('startup.allocated') + 1]).toBe(startup)
  })

  test('INFO counts commands and hits, and CONFIG RESETSTAT forgets them', async () => {
    const r = await connect()
    await r.command('CONFIG', 'RESETSTAT')
    await r.command('SET', 'k', 'v')
    await r.command('GET', 'k')
    await r.command('GET', 'nope')
    const stats = fieldsOf(await r.command('INFO', 'stats', 'commandstats'))
    expect(stats.get('keyspace_hits')).toBe('1')
    expect(stats.get('keyspace_misses')).toBe('1')
    expect(stats.get('cmdstat_get')).toMatch(/^calls=2,/)
    await r.command('CONFIG', 'RESETSTAT')
    expect(fieldsOf(await r.command('INFO', 'stats')).get('keyspace_hits')).toBe('0')
  })

  test('INFO counts big values that were freed behind the back of those who go on', async () => {
    const r = await connect()
    await r.command('CONFIG', 'RESETSTAT')
    await r.command('SADD', 'big', ...Array.from({ length: 20_000 }, (_, i) => `m${i}`))
    expect(await r.command('UNLINK', 'big')).toBe(1)
    const lazy = async () => {
      const fields = fieldsOf(await r.command('INFO', 'memory', 'stats'))
      return [fields.get('lazyfree_pending_objects'), fields.get('lazyfreed_objects')]
    }
    while ((await lazy()).join() !== '0,1');
    await r.command('CONFIG', 'RESETSTAT')
    expect(await lazy()).toEqual(['0', '0'])
  })

  test('INFO is verbatim text in RESP3', async () => {
    const r = await connect({ resp: 3 })
    expect(await r.replyText('INFO', 'cluster')).toMatch(/^=\d+\r\ntxt:# Cluster\r\ncluster_enabled:0\r\n/)
  })

  test('TIME answers seconds and microseconds', async () => {
    const r = await connect()
    const [seconds, micros] = (await r.command('TIME')) as string[]
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60)
    expect(Number(micros)).toBeLessThan(1_000_000)
  })

  test('ROLE is master without replicas, LASTSAVE a time', async () => {
    const r = await connect()
    expect(await r.command('ROLE')).toEqual(['master', 0, []])
    expect(await r.command('LASTSAVE')).toBeGreaterThan(1_700_000_000)
  })

  test('LOLWUT answers some text and refuses a version that is no number', async () => {
    const r = await connect()
    expect(String(await r.command('LOLWUT')).length).toBeGreaterThan(10)
    expect(String(await r.command('LOLWUT', 'VERSION', '9223372036854775807')).length).toBeGreaterThan(10)
    await expect(r.command('LOLWUT', 'VERSION', 'x')).rejects.toThrow('ERR value is not an integer or out of range')
  })

  test('SHUTDOWN refuses what it does not know, and ABORT when nothing is under way', async () => {
    const r = await connect()
    await expect(r.command('SHUTDOWN', 'LATER')).rejects.toThrow('ERR syntax error')
    await expect(r.command('SHUTDOWN', 'SAVE', 'NOSAVE')).rejects.toThrow('ERR syntax error')
    await expect(r.command('SHUTDOWN', 'ABORT')).rejects.toThrow('ERR No shutdown in progress.')
  })
})

describe('the server about its commands', () => {
  const connect = withServer()

  test('COMMAND INFO tells arity, flags, keys and categories', async () => {
    const r = await connect()
    const [get, missing] = (await r.command('COMMAND', 'INFO', 'GET', 'nope')) as unknown[][]
    expect(get.slice(0, 6)).toEqual(['get', 2, ['readonly', 'fast'], 1, 1, 1])
    expect(get[6]).toEqual(expect.arrayContaining(['@read', '@string', '@fast']))
    expect(missing).toBe(null)
    const [sub] = (await r.command('COMMAND', 'INFO', 'client|id')) as unknown[][]
    expect(sub.slice(0, 2)).toEqual(['client|id', 2])
  })

  test('COMMAND COUNT agrees with COMMAND and COMMAND LIST', async () => {
    const r = await connect()
    const count = await r.command('COMMAND', 'COUNT')
    expect((await r.command('COMMAND')) as unknown[]).toHaveLength(count as number)
    const names = (await r.command('COMMAND', 'LIST')) as string[]
    expect(names.filter((name) => !name.includes('|'))).toHaveLength(count as number)
    expect(names).toContain('client|id')
  })

  test('COMMAND LIST filters by pattern and category', async () => {
    const r = await connect()
    expect(((await r.command('COMMAND', 'LIST', 'FILTERBY', 'PATTERN', 'HG*')) as string[]).toSorted()).toEqual(
      expect.arrayContaining(['hget', 'hgetall']),
    )
    const hash = (await r.command('COMMAND', 'LIST', 'FILTERBY', 'ACLCAT', 'hash')) as string[]
    expect(hash).toContain('hset')
    expect(hash).not.toContain('set')
    expect(await r.command('COMMAND', 'LIST', 'FILTERBY', 'ACLCAT', 'nope')).toEqual([])
    expect(await r.command('COMMAND', 'LIST', 'FILTERBY', 'MODULE', 'nope')).toEqual([])
    await expect(r.command('COMMAND', 'LIST', 'FILTERBY', 'WHAT', 'x')).rejects.toThrow('ERR syntax error')
  })

  test('COMMAND DOCS has the arguments as a tree', async () => {
    const r = await connect({ resp: 3, needs: { since: { redis: '7.0.0', valkey: '7.2.0' } } })
    const docs = (await r.command('COMMAND', 'DOCS', 'get', 'nope')) as Record<string, Record<string, unknown>>
    expect(Object.keys(docs)).toEqual(['get'])
    expect(docs['get']['group']).toBe('string')
    expect(docs['get']['arguments']).toEqual([expect.objectContaining({ name: 'key', type: 'key', key_spec_index: 0 })])
  })

  test('COMMAND GETKEYS finds keys, and says why it finds none', async () => {
    const r = await connect()
    expect(await r.command('COMMAND', 'GETKEYS', 'MSET', 'a', '1', 'b', '2')).toEqual(['a', 'b'])
    expect(await r.command('COMMAND', 'GETKEYS', 'OBJECT', 'ENCODING', 'k')).toEqual(['k'])
    expect(await r.command('COMMAND', 'GETKEYSANDFLAGS', 'RENAME', 'a', 'b')).toEqual([
      ['a', ['RW', 'access', 'delete']],
      ['b', ['OW', 'update']],
    ])
    const rw = [['k', ['RW', 'access', 'update']]]
    for (const [command, flags] of [
      ['SET k v', [['k', ['OW', 'update']]]],
      ['SET k v EX 10 get', rw],
      ['BITFIELD k', [['k', ['RO', 'access']]]],
      ['BITFIELD k GET u8 0 OVERFLOW SAT GET u8 8', [['k', ['RO', 'access']]]],
      ['BITFIELD k GET u8 0 SET u8 0 1', rw],
      ['BITFIELD k GET u8', rw],
    ] as const) {
      expect(await r.command('COMMAND', 'GETKEYSANDFLAGS', ...command.split(' ')), command).toEqual(flags)
    }
    for (const command of [
      'ZUNION 3 a b',
      'SINTERCARD 0 a',
      'LMPOP x a LEFT',
      'PFMERGE a',
      'XREAD COUNT 1 x',
      'XREAD COUNT 1 STREAMS a',
    ]) {
      await expect(r.command('COMMAND', 'GETKEYS', ...command.split(' ')), command).rejects.toThrow(
        'ERR Invalid arguments specified for command',
      )
    }
    expect(await r.command('COMMAND', 'GETKEYS', 'XREAD', 'STREAMS', 'a', 'b', '0')).toEqual(['a'])
    await expect(r.command('COMMAND', 'GETKEYS', 'OBJECT', 'nope', 'x')).rejects.toThrow(
      'ERR Invalid command specified',
    )
    await expect(r.command('COMMAND', 'GETKEYS', 'nope', 'x')).rejects.toThrow('ERR Invalid command specified')
    await expect(r.command('COMMAND', 'GETKEYS', 'PING', 'x')).rejects.toThrow('ERR The command has no key arguments')
    await expect(r.command('COMMAND', 'GETKEYS', 'GET', 'a', 'b')).rejects.toThrow(
      'ERR Invalid number of arguments specified for command',
    )
  })

  test.each(['COMMAND', 'MEMORY', 'OBJECT', 'CLIENT', 'CONFIG'])('%s HELP explains its subcommands', async (name) => {
    const r = await connect()
    const lines = (await r.command(name, 'HELP')) as string[]
    expect(lines[0]).toContain(`${name} <subcommand>`)
    expect(lines).toContain('HELP')
  })

  test('an unknown subcommand is named, with the way to help', async () => {
    const r = await connect()
    await expect(r.command('COMMAND', 'FOO')).rejects.toThrow("ERR unknown subcommand 'FOO'. Try COMMAND HELP.")
  })
})

describe('the server about its options', () => {
  const connect = withServer()
  const failed = (name: string, reason: string): string =>
    `ERR CONFIG SET failed (possibly related to argument '${name}') - ${reason}`

  test('counts are 64-bit integers, sizes have units and are 0 when empty', async () => {
    const r = await connect()
    for (const [name, given, told] of [
      ['hash-max-listpack-entries', '9223372036854775807', '9223372036854775807'],
      ['hash-max-listpack-value', '1kb', '1024'],
      ['hash-max-listpack-value', '', '0'],
    ] as const) {
      expect(await r.command('CONFIG', 'SET', name, given)).toBe('OK')
      expect(await r.command('CONFIG', 'GET', name)).toEqual([name, told])
    }
  })

  test.each([
    ['hash-max-listpack-entries', '1kb', "argument couldn't be parsed into an integer"],
    ['hash-max-listpack-entries', '-0', "argument couldn't be parsed into an integer"],
    ['hash-max-listpack-entries', '9223372036854775808', "argument couldn't be parsed into an integer"],
    ['hash-max-ziplist-entries', '-1', 'argument must be between 0 and 9223372036854775807 inclusive'],
    ['hash-max-listpack-value', '-1', 'argument must be a memory value'],
  ])('CONFIG SET %s "%s" is refused in the name that was given', async (name, given, reason) => {
    const r = await connect()
    await expect(r.command('CONFIG', 'SET', name, given)).rejects.toThrow(failed(name, reason))
  })

  test('an error repeats an argument up to its first zero byte', async () => {
    const r = await connect()
    const message = "ERR Unknown option or number of arguments for CONFIG SET - 'a'"
    await expect(r.command('CONFIG', 'SET', 'a\0b', '1')).rejects.toThrow(new RegExp(`${message}$`))
  })
})

describe('the server about its memory', () => {
  const connect = withServer()

  test('MEMORY USAGE grows with the value and is nil without a key', async () => {
    const r = await connect()
    await r.command('SET', 'small', 'x')
    await r.command('SET', 'big', 'x'.repeat(10_000))
    const small = (await r.command('MEMORY', 'USAGE', 'small')) as number
    const big = (await r.command('MEMORY', 'USAGE', 'big', 'SAMPLES', '0')) as number
    expect(big - small).toBeGreaterThan(9_900)
    expect(await r.command('MEMORY', 'USAGE', 'nope')).toBe(null)
    await expect(r.command('MEMORY', 'USAGE', 'big', 'SAMPLES', '-1')).rejects.toThrow('ERR syntax error')
    await expect(r.command('MEMORY', 'USAGE', 'big', 'SAMPLES')).rejects.toThrow('ERR syntax error')
    await expect(r.command('MEMORY', 'USAGE', 'big', 'SAMPLES', 'x', '-1')).rejects.toThrow('not an integer')
    expect(await r.command('MEMORY', 'USAGE', 'nope', 'SAMPLES', '1', 'SAMPLES', '2')).toBe(null)
  })

  test('MEMORY STATS is a map of numbers, one entry a database', async () => {
    const r = await connect({ resp: 3 })
    await r.command('SET', 'k', 'v')
    const stats = (await r.command('MEMORY', 'STATS')) as Record<string, unknown>
    expect(stats['keys.count']).toBe(1)
    expect(stats['total.allocated']).toBeGreaterThan(0)
    expect(stats['db.0']).toEqual(expect.objectContaining({ 'overhead.hashtable.expires': expect.any(Number) }))
  })

  test('MEMORY DOCTOR, MALLOC-STATS and PURGE answer', async () => {
    const r = await connect()
    expect(String(await r.command('MEMORY', 'DOCTOR')).length).toBeGreaterThan(10)
    expect(String(await r.command('MEMORY', 'MALLOC-STATS')).length).toBeGreaterThan(10)
    expect(await r.command('MEMORY', 'PURGE')).toBe('OK')
  })

  test('FLUSHALL gives the memory of all keys back', async () => {
    const r = await connect()
    const used = async () => Number(fieldsOf(await r.command('INFO', 'memory')).get('used_memory'))
    const before = await used()
    for (let batch = 0; batch < 20; batch++) {
      const args: string[] = []
      for (let i = 0; i < 500; i++) args.push(`key:${batch}:${i}`, 'v'.repeat(50))
      await r.command('MSET', args[0], ...args.slice(1))
    }
    expect((await used()) - before).toBeGreaterThan(500_000)
    await r.command('FLUSHALL')
    // Real servers keep buffers of the requests for a while: only here is the count exact.
    if (connect.isKeystead) expect(await used()).toBe(before)
    expect(await r.command('DBSIZE')).toBe(0)
  })
})

describe('DEBUG', () => {
  describe('where it is allowed', () => {
    const connect = withServer({ 'enable-debug-command': 'yes' })

    test('DEBUG OBJECT tells the encoding', async () => {
      const r = await connect()
      await r.command('SET', 'k', '123')
      expect(await r.command('DEBUG', 'OBJECT', 'k')).toMatch(/ encoding:int /)
      const clock = Number(fieldsOf(await r.command('INFO', 'server')).get('lru_clock'))
      const [, lastUse, idle] = / lru:(\d+) lru_seconds_idle:(\d+)/.exec(
        String(await r.command('DEBUG', 'OBJECT', 'k')),
      )!
      expect(Math.abs(clock - Number(lastUse))).toBeLessThan(60)
      expect(Number(idle)).toBeLessThan(60)
      await expect(r.command('DEBUG', 'OBJECT', 'nope')).rejects.toThrow('ERR no such key')
    })

    test('DEBUG SET-ACTIVE-EXPIRE 0 leaves expired keys in place', async () => {
      const r = await connect()
      await r.command('DEBUG', 'SET-ACTIVE-EXPIRE', '0')
      await r.command('SET', 'k', 'v', 'PX', '1')
      await r.command('DEBUG', 'SLEEP', '0.01')
      expect(await r.command('DBSIZE')).toBe(1)
      await r.command('DEBUG', 'SET-ACTIVE-EXPIRE', '1')
      await expect.poll(() => r.command('DBSIZE')).toBe(0)
    })

    test('DEBUG POPULATE makes keys of the size asked for', async () => {
      const r = await connect()
      expect(await r.command('DEBUG', 'POPULATE', '3', 'p', '20')).toBe('OK')
      expect(await r.command('STRLEN', 'p:2')).toBe(20)
      expect(await r.command('DBSIZE')).toBe(3)
    })

    test('DEBUG PROTOCOL shows every type of reply', async () => {
      const r = await connect({ resp: 3 })
      expect(await r.replyText('DEBUG', 'PROTOCOL', 'double')).toBe(',3.141\r\n')
      expect(await r.replyText('DEBUG', 'PROTOCOL', 'true')).toBe('#t\r\n')
      expect(await r.replyText('DEBUG', 'PROTOCOL', 'verbatim')).toBe('=29\r\ntxt:This is a verbatim\nstring\r\n')
      await expect(r.command('DEBUG', 'PROTOCOL', 'nope')).rejects.toThrow('ERR Wrong protocol type name.')
      await expect(r.command('DEBUG', 'NOPE')).rejects.toThrow(
        "ERR unknown subcommand or wrong number of arguments for 'NOPE'. Try DEBUG HELP.",
      )
    })
  })

  describe('where it is not', () => {
    const connect = withServer({ 'enable-debug-command': 'no' })

    test('DEBUG is refused with the way to allow it', async () => {
      const r = await connect()
      await expect(r.command('DEBUG', 'SLEEP', '0')).rejects.toThrow(
        'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local"',
      )
    })
  })
})
