/*
 * The RDB file: written here and read by real servers, written by them and read
 * here, and what becomes of data when a server stops, dies, or finds its file
 * broken.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inChains, untilCrash } from '../support/crash-rounds.ts'
import { withDataFolders } from '../support/data-folders.ts'
import { fill } from '../support/every-type.ts'
import { findPeer, findProgram, type PeerName } from '../support/peers.ts'
import type { Random } from '../support/random.ts'
import { keysteadProgram, peerProgram, type ServerProcess, ServerRefusedToStart } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'

/** CRASH_ROUNDS=<n> for a long run. */
const CRASH_ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 2)
const { newFolder, start } = withDataFolders()

const file = (folder: string): string => join(folder, 'dump.rdb')

/** What of all data servers of any family agree to tell. */
async function contents(client: WireClient): Promise<unknown> {
  const all: Record<string, unknown> = { digest: await client.command('DEBUG', 'DIGEST') }
  for (const db of [0, 3]) {
    await client.command('SELECT', db)
    for (const key of (await client.command('KEYS', '*')) as (string | Buffer)[]) {
      all[`${db}/${key}`] = [
        await client.command('TYPE', key),
        await client.command('DEBUG', 'DIGEST-VALUE', key),
        await client.command('PEXPIRETIME', key),
      ]
      if (!String(key).startsWith('stream')) continue
      const groups = (await client.reply('XINFO', 'GROUPS', key)) as unknown
      const pending = await client.command('XPENDING', key, 'group', '-', '+', 10)
      all[`${db}/${key} groups`] = [groups, (pending as unknown[][]).map(([id, owner, , times]) => [id, owner, times])]
    }
  }
  await client.command('SELECT', 0)
  return all
}

/** Kills a server that saves all the time, and looks what the next one finds. */
async function killAgainAndAgain(rounds: number, dice: Random): Promise<void> {
  const dir = newFolder()
  const fields = 3_000
  let written = 0
  let saved = 0
  for (let round = 0; round <= rounds; round++) {
    const where = `seed ${dice.seed}, round ${round}`
    const { client, server } = await start(keysteadProgram(), { dir })
    // Each change is of both keys, so a file of one moment has them equal.
    const found = Number(await client.command('GET', 'last'))
    const values = ((await client.command('HVALS', 'big')) as string[]).map(Number)
    expect(Math.max(0, ...values), where).toBe(found)
    expect(found, where).toBeGreaterThanOrEqual(saved)
    // What was being written when the server died has gone with it.
    expect(
      readdirSync(dir).filter((name) => name !== 'dump.rdb'),
      where,
    ).toEqual([])
    if (round === 0) {
      await client.command('DEBUG', 'POPULATE', 20_000)
      await client.command('HSET', 'big', ...Array.from({ length: fields }, (_, i) => [`f${i}`, 0]).flat())
      await client.command('SAVE')
    }
    const saves = untilItEnds(async () => {
      const atLeast = written
      await client.command('BGSAVE')
      await untilSaved(client)
      saved = atLeast
    })
    const writer = await WireClient.open({ port: server.port })
    const writes = untilItEnds(async () => {
      const value = written + 1
      for (const command of ['MULTI', ['SET', 'last', value], ['HSET', 'big', `f${value % fields}`, value], 'EXEC'])
        writer.send(...([command].flat() as [string]))
      for (let i = 0; i < 4; i++) await writer.receiveReply()
      written = value
    })
    await untilCrash(dice)
    server.signal('SIGKILL')
    await Promise.all([server.exited, saves, writes])
    await writer.close()
  }
}

describe('a saved file', () => {
  const PEERS: readonly { readonly name: PeerName; readonly format: string }[] = [
    { name: 'redis70', format: 'redis-7.0' },
    { name: 'redis80', format: 'auto' },
    { name: 'redis80', format: 'redis' },
    { name: 'valkey81', format: 'auto' },
    { name: 'valkey81', format: 'redis-7.0' },
    { name: 'valkey91', format: 'auto' },
    { name: 'valkey91', format: 'valkey' },
  ]
  for (const { name, format } of PEERS) {
    test.skipIf(findPeer(name) === undefined)(
      `of ${name} is read here, and ours of rdb-format ${format} there`,
      async () => {
        const dir = newFolder()
        const theirs = await start(peerProgram(name), { dir })
        await fill(theirs.client)
        const wanted = await contents(theirs.client)
        await theirs.client.command('SAVE')
        await theirs.server.stop()
        const ours = await start(keysteadProgram(), { dir, 'rdb-format': format })
        expect(await contents(ours.client)).toEqual(wanted)
        expect(await ours.client.command('SAVE')).toBe('OK')
        await ours.server.stop()
        const again = await start(peerProgram(name), { dir })
        expect(await contents(again.client)).toEqual(wanted)
      },
    )
  }

  test.skipIf(findPeer('valkey91') === undefined)(
    'is of Valkey 9 when fields expire, and begins with its name',
    async () => {
      const dir = newFolder()
      const ours = await start(keysteadProgram(), { dir })
      await ours.client.command('SET', 'before', 'x')
      await ours.client.command('SAVE')
      expect(readFileSync(file(dir)).toString('latin1', 0, 9)).toBe('REDIS0011')
      await ours.client.command('HSET', 'h', 'a', '1', 'b', '2')
      await ours.client.command('HPEXPIREAT', 'h', 4_000_000_000_123, 'FIELDS', 1, 'a')
      await ours.client.command('SAVE')
      expect(readFileSync(file(dir)).toString('latin1', 0, 9)).toBe('VALKEY080')
      await ours.server.stop()
      for (const program of [peerProgram('valkey91'), keysteadProgram()]) {
        const reader = await start(program, { dir })
        expect(await reader.client.command('HPEXPIRETIME', 'h', 'FIELDS', 2, 'a', 'b')).toEqual([4_000_000_000_123, -1])
        await reader.server.stop()
      }
    },
  )

  test('of rdb-format redis is refused where fields expire, and the old one stays', async () => {
    const dir = newFolder()
    const { client, server } = await start(keysteadProgram(), { dir, 'rdb-format': 'redis' })
    await client.command('SET', 'a', '1')
    await client.command('SAVE')
    const before = readFileSync(file(dir))
    await client.command('HSETEX', 'h', 'EX', 1000, 'FIELDS', 1, 'a', '1')
    await expect(client.command('SAVE')).rejects.toThrow('ERR')
    await server.says("the hash 'h' has fields that expire: rdb-format redis has no form for it")
    expect(readFileSync(file(dir))).toEqual(before)
  })

  test('in the background has every key as it was when it began, whatever is written meanwhile', async () => {
    const dir = newFolder()
    const { client, server } = await start(keysteadProgram(), { dir })
    const keys = 60_000
    await client.command('DEBUG', 'POPULATE', keys)
    await client.command('HSET', 'h', 'f', 'old')
    client.send('BGSAVE')
    // Behind BGSAVE in one write: the snapshot has begun and has not got far.
    for (let i = 0; i < 3_000; i++) {
      client.send('SET', `key:${i * 7}`, 'changed')
      client.send('DEL', `key:${i * 7 + 1}`)
      client.send('RENAME', `key:${i * 7 + 2}`, `moved:${i}`)
      client.send('EXPIRE', `key:${i * 7 + 3}`, 1000)
      client.send('SET', `new:${i}`, 'x')
      client.send('APPEND', `key:${i * 7 + 4}`, 'more')
    }
    client.send('HSET', 'h', 'f', 'new')
    for (let i = 0; i < 2 + 6 * 3_000; i++) await client.receiveReply()
    await untilSaved(client)
    server.signal('SIGKILL')
    await server.exited
    const reader = await start(keysteadProgram(), { dir })
    expect(await reader.client.command('DBSIZE')).toBe(keys + 1)
    expect(await reader.client.command('HGET', 'h', 'f')).toBe('old')
    for (let i = 0; i < keys; i += 101) {
      expect(await reader.client.command('GET', `key:${i}`)).toBe(`value:${i}`)
      expect(await reader.client.command('TTL', `key:${i}`)).toBe(-1)
    }
  })

  test('in the background has big values as they were when it began, whatever is written to them meanwhile', async () => {
    const dir = newFolder()
    const { client, server } = await start(keysteadProgram(), { dir })
    const elements = 10_000
    for (let i = 0; i < elements; i++) {
      client.send('HSET', 'hash', `f${i}`, i)
      client.send('SADD', 'set', `m${i}`)
      client.send('ZADD', 'zset', i % 1000, `m${i}`)
      client.send('RPUSH', 'list', `element ${i}`)
      client.send('XADD', 'stream', `${i + 1}-1`, 'field', i)
      client.send('RPUSH', 'deleted', `element ${i}`)
    }
    client.send('XGROUP', 'CREATE', 'stream', 'group', 0)
    client.send('XREADGROUP', 'GROUP', 'group', 'c', 'COUNT', 100, 'STREAMS', 'stream', '>')
    for (let i = 0; i < 6 * elements + 2; i++) await client.receiveReply()
    client.send('DEBUG', 'DIGEST')
    client.send('BGSAVE')
    let sent = 0
    const change = (name: string, ...args: (string | number)[]): void => {
      client.send(name, ...args)
      sent++
    }
    for (let i = 0; i < 2_000; i++) {
      change('HSET', 'hash', `f${i * 13}`, 'changed', `new${i}`, i)
      change('HDEL', 'hash', `f${i * 13 + 1}`)
      change('SREM', 'set', `m${i * 11}`)
      change('SPOP', 'set')
      change('ZINCRBY', 'zset', 7, `m${i * 17}`)
      change('ZPOPMAX', 'zset')
      change('LPOP', 'list')
      change('RPUSH', 'list', `more ${i}`)
      change('LSET', 'list', 1_000 + i, 'changed')
      change('XADD', 'stream', '*', 'field', 'new')
      change('XDEL', 'stream', `${i * 3 + 1}-1`)
    }
    change('HEXPIRE', 'hash', 1000, 'FIELDS', 1, 'f5')
    change('XREADGROUP', 'GROUP', 'group', 'c', 'COUNT', 100, 'STREAMS', 'stream', '>')
    change('DEL', 'deleted')
    change('RENAME', 'set', 'elsewhere')
    const digest = await client.receive()
    expect(await client.receive()).toBe('Background saving started')
    for (; sent > 0; sent--) await client.receiveReply()
    await untilSaved(client)
    server.signal('SIGKILL')
    await server.exited
    const reader = await start(keysteadProgram(), { dir })
    expect(await reader.client.command('DEBUG', 'DIGEST')).toBe(digest)
    expect(await reader.client.command('XPENDING', 'stream', 'group')).toEqual([100, '1-1', '100-1', [['c', '100']]])
  })

  test(
    'in the background is whole or not there, whenever the server dies',
    () => inChains(CRASH_ROUNDS, killAgainAndAgain),
    60_000 + CRASH_ROUNDS * 10_000,
  )

  test('in the background tells how far it is', async () => {
    const { client } = await start(keysteadProgram(), { dir: newFolder() })
    await client.command('DEBUG', 'POPULATE', 50_000)
    client.send('BGSAVE')
    client.send('INFO', 'persistence')
    expect(await client.receive()).toBe('Background saving started')
    const [, percent, processed] = /current_fork_perc:(.*)\r\ncurrent_save_keys_processed:(\d+)/.exec(
      String(await client.receive()),
    )!
    expect(Number(processed)).toBeLessThan(50_000)
    expect(Number(percent)).toBeCloseTo(Number(processed) / 500, 2)
    await untilSaved(client)
    expect(await client.command('INFO', 'persistence')).toContain('current_save_keys_total:0\r\n')
  })

  test('in the background begins again after a flush, and can be cancelled', async () => {
    const dir = newFolder()
    const { client, server } = await start(keysteadProgram(), { dir })
    await client.command('DEBUG', 'POPULATE', 50_000)
    client.send('BGSAVE')
    client.send('FLUSHALL')
    client.send('SET', 'after', '1')
    for (let i = 0; i < 3; i++) await client.receiveReply()
    await untilSaved(client)
    await client.command('DEBUG', 'POPULATE', 50_000)
    client.send('BGSAVE')
    client.send('BGSAVE', 'CANCEL')
    client.send('BGSAVE', 'CANCEL')
    expect(await client.receive()).toBe('Background saving started')
    expect(await client.receive()).toBe('Background saving cancelled')
    await expect(client.receive()).rejects.toThrow('not in progress')
    await client.close()
    await server.stop()
    const reader = await start(keysteadProgram(), { dir })
    // Whether what came after the flush is in it depends on when the save began again.
    expect(['', 'after']).toContain(((await reader.client.command('KEYS', '*')) as string[]).join())
  })
})

describe('libraries of functions', () => {
  test.skipIf(findPeer('redis70') === undefined || findPeer('valkey91') === undefined)(
    'come from a real server, cannot be called here, and go on to the next one',
    async () => {
      const dir = newFolder()
      const code = '#!lua name=mine\nredis.register_function("answer", function() return 42 end)'
      const theirs = await start(peerProgram('redis70'), { dir })
      await theirs.client.command('FUNCTION', 'LOAD', code)
      await theirs.client.command('SET', 'a', '1')
      await theirs.client.command('SAVE')
      await theirs.server.stop()
      const ours = await start(keysteadProgram(), { dir })
      await ours.server.says('1 function libraries are kept as they are and saved again. They cannot be called.')
      await ours.client.command('FLUSHALL')
      await ours.client.command('SET', 'b', '2')
      await ours.client.command('DEBUG', 'RELOAD')
      await ours.client.command('SAVE')
      await ours.server.stop()
      const next = await start(peerProgram('valkey91'), { dir })
      expect(await next.client.command('FCALL', 'answer', 0)).toBe(42)
      expect(await next.client.command('KEYS', '*')).toEqual(['b'])
    },
  )
})

describe('DEBUG RELOAD', () => {
  test('saves everything and loads it again', async () => {
    const { client } = await start(keysteadProgram(), { dir: newFolder() })
    await fill(client)
    await client.command('XADD', 'stream', '1-1', 'f', 'v')
    const digest = await client.command('DEBUG', 'DIGEST')
    expect(await client.command('DEBUG', 'RELOAD')).toBe('OK')
    expect(await client.command('DEBUG', 'DIGEST')).toBe(digest)
    expect(await client.command('INFO', 'persistence')).toMatch(/rdb_changes_since_last_save:0\r/)
  })

  test('with NOSAVE goes back to what is in the file, and needs one', async () => {
    const dir = newFolder()
    const { client } = await start(keysteadProgram(), { dir })
    await client.command('SET', 'a', 'kept')
    await expect(client.command('DEBUG', 'RELOAD', 'NOSAVE')).rejects.toThrow(
      'ERR Error trying to load the RDB dump, check server logs.',
    )
    expect(await client.command('GET', 'a')).toBe('kept')
    await client.command('SAVE')
    await client.command('SET', 'a', 'changed')
    expect(await client.command('DEBUG', 'RELOAD', 'NOSAVE')).toBe('OK')
    expect(await client.command('GET', 'a')).toBe('kept')
    writeFileSync(file(dir), 'broken')
    await expect(client.command('DEBUG', 'RELOAD', 'NOSAVE')).rejects.toThrow('check server logs')
    await expect(client.command('DEBUG', 'RELOAD', 'QUICKLY')).rejects.toThrow('only supports')
  })
})

/** Does something again and again for as long as there is a server. */
async function untilItEnds(action: () => Promise<void>): Promise<void> {
  try {
    for (;;) await action()
  } catch (error) {
    expect((error as Error).message).toMatch(/closed|ECONNRESET|EPIPE/)
  }
}

async function untilSaved(client: WireClient): Promise<void> {
  while (/rdb_bgsave_in_progress:1/.test(String(await client.command('INFO', 'persistence'))));
}

describe('a server that stops', () => {
  test('saves when there are save points, on SIGTERM and on SHUTDOWN', async () => {
    const dir = newFolder()
    for (const [value, stop] of [
      ['1', (server: ServerProcess) => server.signal('SIGTERM')],
      ['2', (_: ServerProcess, client: WireClient) => client.send('SHUTDOWN')],
    ] as const) {
      const { client, server } = await start(keysteadProgram(), { dir, save: '900 1' })
      if (value === '2') expect(await client.command('GET', 'a')).toBe('1')
      await client.command('SET', 'a', value)
      stop(server, client)
      expect(await server.exited).toBe(0)
    }
    const { client } = await start(keysteadProgram(), { dir })
    expect(await client.command('GET', 'a')).toBe('2')
  })

  test('saves nothing without save points, or when told not to', async () => {
    const dir = newFolder()
    const cases: [save: string, words: [string, ...string[]]][] = [
      ['', ['SHUTDOWN']],
      ['900 1', ['SHUTDOWN', 'NOSAVE']],
    ]
    for (const [save, words] of cases) {
      const { client, server } = await start(keysteadProgram(), { dir, save })
      await client.command('SET', 'a', '1')
      client.send(...words)
      expect(await server.exited).toBe(0)
      expect(existsSync(file(dir))).toBe(false)
    }
  })

  test('saves by itself when a save point is reached', async () => {
    const dir = newFolder()
    const { client } = await start(keysteadProgram(), { dir, save: '1 3' })
    await client.command('MSET', 'a', '1', 'b', '2')
    await client.command('SET', 'c', '3')
    while (!/rdb_changes_since_last_save:0\r/.test(String(await client.command('INFO', 'persistence'))));
    expect(existsSync(file(dir))).toBe(true)
  })
})

describe('a folder that has gone', () => {
  test('makes writes fail with MISCONF until a save succeeds, and stops nobody from reading', async () => {
    const parent = newFolder()
    const dir = mkdtempSync(join(parent, 'gone-'))
    const { client } = await start(keysteadProgram(), { dir, save: '900 1' })
    await client.command('SET', 'a', '1')
    rmSync(dir, { recursive: true })
    await expect(client.command('SAVE')).rejects.toThrow('ERR')
    await expect(client.command('SET', 'a', '2')).rejects.toThrow('MISCONF Redis is configured to save RDB snapshots')
    await expect(client.command('PING')).rejects.toThrow('MISCONF')
    expect(await client.command('GET', 'a')).toBe('1')
    await expect(client.command('SHUTDOWN')).rejects.toThrow('ERR Errors trying to SHUTDOWN. Check logs.')
    await client.command('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no')
    expect(await client.command('SET', 'a', '2')).toBe('OK')
    await client.command('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'yes')
    await expect(client.command('SET', 'a', '3')).rejects.toThrow('MISCONF')
  })
})

describe('a broken file', () => {
  async function savedFolder(): Promise<string> {
    const dir = newFolder()
    const { client, server } = await start(keysteadProgram(), { dir })
    for (let i = 0; i < 200; i++) await client.command('SET', `key:${i}`, `value ${i}`)
    await client.command('SAVE')
    await server.stop()
    return dir
  }

  const refusal = async (dir: string): Promise<string> => {
    try {
      await start(keysteadProgram(), { dir })
      return 'it started'
    } catch (error) {
      if (!(error instanceof ServerRefusedToStart)) throw error
      return error.output
    }
  }

  test('keeps the server from starting, says where it is broken, and is left as it is', async () => {
    const dir = await savedFolder()
    const bytes = readFileSync(file(dir))
    bytes[bytes.length >> 1]! ^= 0x40
    writeFileSync(file(dir), bytes)
    expect(await refusal(dir)).toMatch(/dump\.rdb is broken: .* at offset \d+\. Nothing was loaded/)
    expect(readFileSync(file(dir))).toEqual(bytes)
  })

  test('that ends too early is told as such, and with --recover what it has is kept', async () => {
    const dir = await savedFolder()
    truncateSync(file(dir), readFileSync(file(dir)).length >> 1)
    expect(await refusal(dir)).toMatch(/bytes were expected and \d+ are left at offset \d+/)
    const { client, server } = await start(keysteadProgram(), { dir, recover: 'yes' })
    const kept = Number(await client.command('DBSIZE'))
    expect(kept).toBeGreaterThan(20)
    expect(kept).toBeLessThan(200)
    await server.says(`Kept: the ${kept} keys before that`)
  })

  test('with --recover loses the keys whose values are broken, by name, and keeps those around them', async () => {
    const dir = newFolder()
    const bytes = Buffer.from(
      'REDIS0011\xfe\x00\xfb\x04\x00\x00\x01a\x011' +
        // A set of integers out of order, and a hash with a field twice.
        '\x0b\x07numbers\x0c\x02\0\0\0\x02\0\0\0\x05\0\x04\0' +
        '\x04\x04h\n"\xff\x02\x01f\x011\x01f\x012' +
        '\x00\x01b\x012\xff\0\0\0\0\0\0\0\0',
      'latin1',
    )
    writeFileSync(file(dir), bytes)
    expect(await refusal(dir)).toMatch(/an intset is broken at offset \d+/)
    const { client, server } = await start(keysteadProgram(), { dir, recover: 'yes' })
    expect(((await client.command('KEYS', '*')) as string[]).toSorted()).toEqual(['a', 'b'])
    await server.says('Lost: the key "numbers" of database 0: an intset is broken at offset 41.')
    await server.says('Lost: the key "h\\n\\"\xff" of database 0: a hash has a field twice at offset')
    await server.says('2 keys of it were left out, 2 are loaded')
    expect(await client.command('SAVE')).toBe('OK')
    expect(readFileSync(`${file(dir)}.broken`)).toEqual(bytes)
  })

  test('with --recover is kept under a name of its own, whatever was kept before', async () => {
    const dir = newFolder()
    const recover = async (options: Readonly<Record<string, string>>): Promise<void> => {
      const { client, server } = await start(keysteadProgram(), { dir, recover: 'yes', ...options })
      await server.says('The broken file stays as')
      if (options['save'] !== undefined) await client.command('SAVE')
      server.signal('SIGTERM')
      await server.exited
    }
    const broken = (text: string): Buffer => Buffer.from(`REDIS0011\xfe\x00\x00\x01a\x01${text}\xc8`, 'latin1')
    for (const text of ['1', '2']) {
      writeFileSync(file(dir), broken(text))
      await recover({})
      await recover({ save: '3600 1' })
    }
    expect(readdirSync(dir).toSorted()).toEqual(['dump.rdb', 'dump.rdb.broken', 'dump.rdb.broken.2'])
    expect(readFileSync(`${file(dir)}.broken`)).toEqual(broken('1'))
    expect(readFileSync(`${file(dir)}.broken.2`)).toEqual(broken('2'))
  })

  test('with --recover says what cannot be read behind the place where it is broken', async () => {
    const dir = newFolder()
    writeFileSync(
      file(dir),
      Buffer.from('REDIS0011\xfe\x00\xfb\x03\x00\x00\x01a\x011\xc8\x01b\x01vvvvvvvvvv', 'latin1'),
    )
    const { client, server } = await start(keysteadProgram(), { dir, recover: 'yes' })
    expect(await client.command('GET', 'a')).toBe('1')
    await server.says('is of the unknown form 200 at offset')
    await server.says('Lost: the 11 bytes from there to the end of the file.')
    await server.says('Lost: 2 keys that the file says to have')
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('this is no RDB file at all')],
    ['only a head', Buffer.from('REDIS0011')],
    ['an unknown form', Buffer.from('REDIS0011\xc8\x01k\x01v\xff', 'latin1')],
    ['a key of a database that is not there', Buffer.from('REDIS0011\xfe\x30\x00\x01k\x01v\xff', 'latin1')],
  ])('of %s is refused', async (_, bytes) => {
    const dir = newFolder()
    writeFileSync(file(dir), bytes)
    expect(await refusal(dir)).toMatch(/is broken: .* at offset \d+/)
  })
})

test.skipIf(findProgram(['redis-check-rdb']) === undefined)('redis-check-rdb accepts what is saved', async () => {
  const dir = newFolder()
  // That of Redis 7.0 knows versions up to 10.
  const { client } = await start(keysteadProgram(), { dir, 'rdb-format': 'redis-7.0' })
  await fill(client)
  await client.command('SAVE')
  const checked = spawnSync(findProgram(['redis-check-rdb'])!, [file(dir)], { encoding: 'utf8' })
  expect(checked.stdout).toContain('\\o/ RDB looks OK! \\o/')
  expect(checked.status).toBe(0)
})
