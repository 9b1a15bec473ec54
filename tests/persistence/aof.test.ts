/*
 * The append-only file: what is there after a crash, what real servers make of
 * our files and we of theirs, and what becomes of files that are broken.
 * CRASH_ROUNDS makes the long runs.
 */
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { crashWhileStarting, inChains, untilCrash } from '../support/crash-rounds.ts'
import { kill, type Started, withDataFolders } from '../support/data-folders.ts'
import { findPeer, findProgram, type PeerName } from '../support/peers.ts'
import type { Random } from '../support/random.ts'
import { keysteadProgram, type Program, peerProgram, ServerRefusedToStart } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'

const CRASH_ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 2)
const folders = withDataFolders()
const { newFolder } = folders

function start(program: Program, dir: string, options: Readonly<Record<string, string>> = {}): Promise<Started> {
  return folders.start(program, { dir, appendonly: 'yes', ...options })
}

const folderOf = (dir: string): string => join(dir, 'appendonlydir')
const lastIncr = (dir: string): string =>
  join(
    folderOf(dir),
    readdirSync(folderOf(dir))
      .filter((name) => name.endsWith('.incr.aof'))
      .sort()
      .at(-1)!,
  )

/** Every type, in two databases. */
async function fill(r: WireClient): Promise<void> {
  for (const db of [0, 3]) {
    await r.command('SELECT', db)
    await r.command('SET', Buffer.from([0, 255, 13, 10]), Buffer.from([1, 0, 2]))
    await r.command('RPUSH', 'list', ...Array.from({ length: 300 }, (_, i) => `item ${i}`))
    await r.command('LPOP', 'list', 7)
    await r.command('SADD', 'set', ...Array.from({ length: 300 }, (_, i) => i))
    await r.command('HSET', 'hash', ...Array.from({ length: 600 }, (_, i) => `f${i}`))
    await r.command('ZADD', 'zset', ...Array.from({ length: 300 }, (_, i) => [i / 4, `m${i}`]).flat())
    for (let i = 0; i < 50; i++) await r.command('XADD', 'stream', `1-${i + 1}`, 'n', i)
    await r.command('XGROUP', 'CREATE', 'stream', 'group', '0')
    await r.command('PFADD', 'hll', 'a', 'b', 'c')
    await r.command('SETBIT', 'bits', 100, 1)
    await r.command('MULTI')
    await r.command('SET', 'in transaction', 1)
    await r.command('INCR', 'in transaction')
    await r.command('EXEC')
  }
  await r.command('SELECT', 0)
}

/** By commands whose effect depends on chance or on the time. */
async function fillByChance(r: WireClient): Promise<void> {
  await r.command('SET', 'expiring', 'x', 'EX', 10_000)
  await r.command('INCRBYFLOAT', 'float', '1.1')
  await r.command('SPOP', 'set', 20)
  await r.command('XREADGROUP', 'GROUP', 'group', 'me', 'COUNT', 10, 'STREAMS', 'stream', '>')
  await r.command('XADD', 'stream', '*', 'n', 'x')
}

const digest = async (r: WireClient): Promise<string> => String(await r.command('DEBUG', 'DIGEST'))

async function untilRewritten(r: WireClient): Promise<void> {
  const isOver = /aof_rewrite_in_progress:0\r?\naof_rewrite_scheduled:0/
  while (!isOver.test(String(await r.command('INFO', 'persistence')))) {}
}

async function rewrite(r: WireClient): Promise<void> {
  await untilRewritten(r)
  await r.command('BGREWRITEAOF')
  await untilRewritten(r)
}

const WRITERS = 8
/** With everysec: what was acknowledged so long ago is there. */
const PROMISED_MS = 2_000

interface Values {
  readonly key: number
  readonly twin: number
}

/** What one of the writers knows of its two keys. */
interface Writes {
  acknowledged: Values
  /** These must be there, or later ones. */
  safe: Values
  sent: number
}

const later = (a: Values, b: Values): Values => ({ key: Math.max(a.key, b.key), twin: Math.max(a.twin, b.twin) })

/**
 * Values only rise. Some are written by a transaction to the twin and then to the key, so no part of it is there
 * if the key is never behind its twin. A process that is killed loses nothing that the system has taken, so what
 * was found once is there for good, whatever the policy.
 */
async function crashAgainAndAgain(appendfsync: string, rounds: number, dice: Random): Promise<void> {
  const dir = newFolder()
  const all: Writes[] = Array.from({ length: WRITERS }, () => ({
    acknowledged: { key: 0, twin: 0 },
    safe: { key: 0, twin: 0 },
    sent: 0,
  }))
  let count = 0
  for (let round = 0; round <= rounds; round++) {
    const where = `seed ${dice.seed}, round ${round}`
    const options = { appendfsync, 'aof-timestamp-enabled': round % 2 ? 'yes' : 'no' }
    if (dice.chance(0.1)) await crashWhileStarting({ dir, save: '', appendonly: 'yes', ...options }, dice)
    const started = await start(keysteadProgram(), dir, options)
    for (const [w, writes] of all.entries()) {
      const found = (await started.client.command('MGET', `key:${w}`, `twin:${w}`)) as (string | null)[]
      const [key, twin] = found.map(Number) as [number, number]
      expect(key, `key:${w}, ${where}`).toBeGreaterThanOrEqual(writes.safe.key)
      expect(twin, `twin:${w}, ${where}`).toBeGreaterThanOrEqual(writes.safe.twin)
      expect(key, `key:${w} beside its twin, ${where}`).toBeGreaterThanOrEqual(twin)
      expect(key, `key:${w}, ${where}`).toBeLessThanOrEqual(writes.sent)
      writes.safe = { key, twin }
    }
    if (round === rounds) return kill(started)
    let isOver = false
    const refusals: unknown[] = []
    const clients = await Promise.all(all.map(() => WireClient.open({ port: started.server.port })))
    const writers = all.map(async (writes, w) => {
      const r = clients[w]!
      try {
        for (;;) {
          const value = ++count
          // One of the two is nearly always under way.
          const work = value % 97 === 0 ? 'BGREWRITEAOF' : value % 89 === 0 ? 'BGSAVE' : undefined
          if (work) await r.command(work).catch((error) => expect(error.message).toMatch(/^ERR|closed/))
          const isPair = value % 3 === 0
          writes.sent = value
          if (isPair) {
            r.send('MULTI')
            r.send('SET', `twin:${w}`, value)
          }
          r.send('SET', `key:${w}`, value)
          if (isPair) r.send('EXEC')
          for (let replies = isPair ? 4 : 1; replies > 0; replies--) await r.receive()
          writes.acknowledged = { key: value, twin: isPair ? value : writes.acknowledged.twin }
        }
      } catch (error) {
        if (!isOver) refusals.push(error) // Else the server is gone.
        await r.close()
      }
    })
    await untilCrash(dice)
    if (appendfsync === 'everysec' && dice.chance(0.02)) {
      const then = all.map(({ acknowledged }) => acknowledged)
      await new Promise((done) => setTimeout(done, PROMISED_MS))
      for (const [w, writes] of all.entries()) writes.safe = later(writes.safe, then[w]!)
    }
    isOver = true
    await kill(started)
    await Promise.all(writers)
    expect(refusals, where).toEqual([])
    if (appendfsync === 'always') for (const writes of all) writes.safe = later(writes.safe, writes.acknowledged)
  }
}

describe('after a crash', () => {
  test('everything is there again, before and after a rewrite', async () => {
    const dir = newFolder()
    const first = await start(keysteadProgram(), dir, { appendfsync: 'always' })
    await fill(first.client)
    await fillByChance(first.client)
    const wanted = await digest(first.client)
    await kill(first)
    const second = await start(keysteadProgram(), dir, { appendfsync: 'always' })
    expect(await digest(second.client)).toBe(wanted)
    await rewrite(second.client)
    await fillByChance(second.client)
    const later = await digest(second.client)
    await kill(second)
    expect(readdirSync(folderOf(dir)).length).toBe(3)
    const third = await start(keysteadProgram(), dir)
    expect(await digest(third.client)).toBe(later)
  })

  for (const appendfsync of ['always', 'everysec', 'no']) {
    test(
      `at any moment with ${appendfsync} it starts, and has what it must have`,
      () => inChains(CRASH_ROUNDS, (rounds, dice) => crashAgainAndAgain(appendfsync, rounds, dice)),
      60_000 + CRASH_ROUNDS * 5_000,
    )
  }

  test('a stop by a signal loses nothing, whatever the policy', async () => {
    const dir = newFolder()
    const first = await start(keysteadProgram(), dir, { appendfsync: 'no' })
    await fill(first.client)
    const wanted = await digest(first.client)
    first.server.signal('SIGTERM')
    expect(await first.server.exited).toBe(0)
    expect(await digest((await start(keysteadProgram(), dir)).client)).toBe(wanted)
  })

  test("commands of a file are counted as nobody's, those of a transaction too", async () => {
    const dir = newFolder()
    const first = await start(keysteadProgram(), dir)
    for (const command of [['MULTI'], ['SET', 'a', '1'], ['INCR', 'a'], ['EXEC'], ['INCR', 'a']] as const)
      await first.client.command(...(command as unknown as [string, ...string[]]))
    first.server.signal('SIGTERM')
    await first.server.exited
    const { client } = await start(keysteadProgram(), dir)
    expect(await client.command('INFO', 'commandstats')).not.toMatch(/cmdstat_(set|incr|multi|exec):/)
    expect(await client.command('GET', 'a')).toBe('3')
  })

  test('what was written during a rewrite, and a flush in it, is as it was', async () => {
    const dir = newFolder()
    const first = await start(keysteadProgram(), dir, { appendfsync: 'always' })
    await first.client.command('DEBUG', 'POPULATE', 50_000)
    first.client.send('BGREWRITEAOF')
    for (let i = 0; i < 500; i++) first.client.send('SET', `key:${i * 7}`, 'changed')
    first.client.send('FLUSHALL')
    for (let i = 0; i < 500; i++) first.client.send('SET', `after:${i}`, i)
    for (let i = 0; i < 1002; i++) await first.client.receive()
    await rewrite(first.client)
    const wanted = await digest(first.client)
    await kill(first)
    const second = await start(keysteadProgram(), dir)
    expect(await second.client.command('DBSIZE')).toBe(500)
    expect(await digest(second.client)).toBe(wanted)
  })

  test('a result that was stored over one of its sources during a rewrite was stored once', async () => {
    const dir = newFolder()
    const first = await start(keysteadProgram(), dir, { appendfsync: 'always' })
    const names = Array.from({ length: 20 }, (_, i) => `zset ${i}`)
    await first.client.command('DEBUG', 'POPULATE', 200_000)
    for (const name of names) await first.client.command('ZADD', name, 1, 'member')
    await untilRewritten(first.client)
    await first.client.command('BGREWRITEAOF')
    while (!/current_save_keys_total:[1-9]/.test(String(await first.client.command('INFO', 'persistence')))) {}
    for (const name of names) first.client.send('ZUNIONSTORE', name, 2, name, name)
    for (const _ of names) expect(await first.client.receive()).toBe(1)
    await untilRewritten(first.client)
    await kill(first)
    const { client } = await start(keysteadProgram(), dir)
    for (const name of names) expect(await client.command('ZSCORE', name, 'member')).toBe('2')
  })

  test('what CONFIG SET appendonly turned on and off is there', async () => {
    const dir = newFolder()
    const first = await start(keysteadProgram(), dir, { appendonly: 'no' })
    await fill(first.client)
    await first.client.command('CONFIG', 'SET', 'appendonly', 'yes')
    await rewrite(first.client)
    await first.client.command('CONFIG', 'SET', 'appendonly', 'no')
    await first.client.command('SET', 'between', '1')
    await first.client.command('CONFIG', 'SET', 'appendonly', 'yes')
    await rewrite(first.client)
    await first.client.command('SET', 'after', '1')
    const wanted = await digest(first.client)
    first.server.signal('SIGTERM')
    await first.server.exited
    expect(await digest((await start(keysteadProgram(), dir)).client)).toBe(wanted)
  })

  test('what was saved is the beginning of an append-only file that there was not yet', async () => {
    const dir = newFolder()
    const first = await start(keysteadProgram(), dir, { appendonly: 'no' })
    await fill(first.client)
    const wanted = await digest(first.client)
    await first.client.command('SAVE')
    await kill(first)
    const second = await start(keysteadProgram(), dir, { appendfsync: 'always' })
    expect(await digest(second.client)).toBe(wanted)
    await kill(second)
    rmSync(join(dir, 'dump.rdb'))
    expect(await digest((await start(keysteadProgram(), dir)).client)).toBe(wanted)
  })

  test('an append-only file that the options leave out is told of, and left alone', async () => {
    const dir = newFolder()
    const first = await start(keysteadProgram(), dir, { appendfsync: 'always' })
    await first.client.command('SET', 'a', '1')
    await kill(first)
    const second = await start(keysteadProgram(), dir, { appendonly: 'no' })
    await second.server.says('The append-only file is not loaded')
    expect(await second.client.command('DBSIZE')).toBe(0)
    await kill(second)
    expect(await (await start(keysteadProgram(), dir)).client.command('GET', 'a')).toBe('1')
  })

  test('a rewind to a checkpoint has been kept', async () => {
    const dir = newFolder()
    const first = await start(keysteadProgram(), dir, { appendfsync: 'always' })
    await first.client.command('SET', 'a', 'old')
    await first.client.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'then')
    await first.client.command('SET', 'a', 'new')
    await first.client.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'then')
    await first.client.command('APPEND', 'a', '+')
    await kill(first)
    expect(await (await start(keysteadProgram(), dir)).client.command('GET', 'a')).toBe('old+')
  })

  test('a key whose time is over is gone, and one that was made to stay is there', async () => {
    const dir = newFolder()
    const folder = folderOf(dir)
    mkdirSync(folder)
    writeFileSync(join(folder, 'appendonly.aof.manifest'), 'file appendonly.aof.1.incr.aof seq 1 type i\n')
    const lines = ['SET a 1', 'PEXPIREAT a 1000', 'PERSIST a', 'SET b 1', 'PEXPIREAT b 1000'].map((line) => {
      const words = line.split(' ')
      return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`
    })
    writeFileSync(join(folder, 'appendonly.aof.1.incr.aof'), `#TS:5\r\n${lines.join('')}`)
    const { client } = await start(keysteadProgram(), dir)
    expect(await client.command('GET', 'a')).toBe('1')
    expect(await client.command('GET', 'b')).toBe(null)
  })
})

describe('files of', () => {
  const PEERS: readonly PeerName[] = ['redis70', 'redis80', 'valkey91']
  for (const name of PEERS) {
    test.skipIf(findPeer(name) === undefined)(`${name} are read here`, async () => {
      const dir = newFolder()
      const theirs = await start(peerProgram(name), dir, { appendfsync: 'always', 'aof-timestamp-enabled': 'yes' })
      await fill(theirs.client)
      await fillByChance(theirs.client)
      await rewrite(theirs.client)
      await theirs.client.command('RPUSH', 'list', 'after the rewrite')
      await fillByChance(theirs.client)
      const wanted = await digest(theirs.client)
      await kill(theirs)
      expect(await digest((await start(keysteadProgram(), dir)).client)).toBe(wanted)
    })
  }

  // Redis 7.0 reads RDB files up to version 10; the base of ours is of version 11, unless one asks for it.
  for (const [name, format] of [
    ['redis70', 'redis-7.0'],
    ['redis80', 'auto'],
    ['valkey91', 'auto'],
  ] as const) {
    test.skipIf(findPeer(name) === undefined)(`ours are read by ${name}`, async () => {
      const dir = newFolder()
      const ours = await start(keysteadProgram(), dir, {
        appendfsync: 'always',
        'aof-timestamp-enabled': 'yes',
        'rdb-format': format,
      })
      await fill(ours.client)
      await fillByChance(ours.client)
      await rewrite(ours.client)
      await ours.client.command('RPUSH', 'list', 'after the rewrite')
      await fillByChance(ours.client)
      const wanted = await digest(ours.client)
      await kill(ours)
      expect(await digest((await start(peerProgram(name), dir)).client)).toBe(wanted)
    })
  }

  test('Redis before 7, a single one, become the base', async () => {
    const dir = newFolder()
    writeFileSync(
      join(dir, 'appendonly.aof'),
      '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n',
    )
    const { client } = await start(keysteadProgram(), dir)
    expect(await client.command('GET', 'a')).toBe('1')
    expect(existsSync(join(dir, 'appendonly.aof'))).toBe(false)
    expect(readFileSync(join(folderOf(dir), 'appendonly.aof.manifest'), 'latin1')).toContain(
      'file appendonly.aof seq 1 type b',
    )
  })
})

test.skipIf(findProgram(['redis-check-aof']) === undefined)('redis-check-aof accepts what is written', async () => {
  const dir = newFolder()
  // The one of Redis 7.0 is the newest at hand that comes without its server.
  const { client, server } = await start(keysteadProgram(), dir, {
    'aof-timestamp-enabled': 'yes',
    'rdb-format': 'redis-7.0',
  })
  await fill(client)
  await rewrite(client)
  await fillByChance(client)
  await server.stop()
  const manifest = join(folderOf(dir), 'appendonly.aof.manifest')
  const checked = spawnSync(findProgram(['redis-check-aof'])!, [manifest], { encoding: 'utf8' })
  expect(checked.stdout).toContain('All AOF files and manifest are valid')
  expect(checked.status).toBe(0)
})

describe('a file that', () => {
  async function made(): Promise<string> {
    const dir = newFolder()
    const started = await start(keysteadProgram(), dir, { appendfsync: 'always' })
    await started.client.command('SET', 'a', '1')
    await started.client.command('SET', 'b', '2')
    await kill(started)
    return dir
  }

  async function refusal(dir: string, options: Readonly<Record<string, string>> = {}): Promise<string> {
    try {
      await start(keysteadProgram(), dir, options)
    } catch (error) {
      if (error instanceof ServerRefusedToStart) return error.output
      throw error
    }
    throw new Error('it started')
  }

  test('ends within a command is cut, and the rest is there', async () => {
    const dir = await made()
    const whole = statSync(lastIncr(dir)).size
    appendFileSync(lastIncr(dir), '*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n9\r\n*3\r\n$3\r\nSE')
    expect(await refusal(dir, { 'aof-load-truncated': 'no' })).toMatch(/ends within a command, .*Nothing was loaded/)
    const { server, client } = await start(keysteadProgram(), dir)
    await server.says(`cut off at byte ${whole}`)
    expect(await client.command('MGET', 'a', 'b')).toEqual(['1', '2'])
    expect(statSync(lastIncr(dir)).size).toBe(whole)
  })

  test('is broken is refused with the place, and kept as far as it is good if one asks for that', async () => {
    const dir = await made()
    const whole = statSync(lastIncr(dir)).size
    appendFileSync(lastIncr(dir), '*3\r\n$3\r\nSET\r\n$x\r\n')
    expect(await refusal(dir)).toMatch(new RegExp(`is broken at byte ${whole}: there is no number`))
    const first = await start(keysteadProgram(), dir, { recover: 'yes', appendfsync: 'always' })
    expect(await first.client.command('MGET', 'a', 'b')).toEqual(['1', '2'])
    await first.client.command('SET', 'c', '3')
    await kill(first)
    const second = await start(keysteadProgram(), dir)
    expect(await second.client.command('MGET', 'a', 'b', 'c')).toEqual(['1', '2', '3'])
  })

  test('is missing is told', async () => {
    const dir = await made()
    rmSync(lastIncr(dir))
    expect(await refusal(dir)).toMatch(/incr\.aof cannot be opened/)
  })

  test('is a manifest that makes no sense is told with its line', async () => {
    const dir = await made()
    appendFileSync(join(folderOf(dir), 'appendonly.aof.manifest'), 'file x seq 1\n')
    expect(await refusal(dir)).toMatch(/manifest is broken: line 3: it is no list of keys and values/)
  })

  test('is a manifest that makes no sense fails a rewrite for a server that keeps no such file, and no more', async () => {
    const dir = await made()
    appendFileSync(join(folderOf(dir), 'appendonly.aof.manifest'), 'file x seq 1\n')
    const { server, client } = await start(keysteadProgram(), dir, { appendonly: 'no' })
    await server.says('Ready to accept connections')
    await client.command('BGREWRITEAOF')
    await server.says('could not be rewritten')
    expect(await client.command('PING')).toBe('PONG')
  })
})
