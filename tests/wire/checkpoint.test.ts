/*
 * KEYSTEAD.CHECKPOINT and KEYSTEAD.BRANCH as clients see them: requests, answers,
 * refusals. What they do to files and after crashes is not looked at here.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ONLY_OURS, withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

/** Facts of RESP2, or of RESP3, by name. */
function factsOf(reply: unknown): Record<string, unknown> {
  if (reply instanceof Map) return Object.fromEntries(reply)
  if (!Array.isArray(reply)) return reply as Record<string, unknown>
  return Object.fromEntries(Array.from({ length: reply.length / 2 }, (_, i) => [reply[2 * i], reply[2 * i + 1]]))
}

async function list(r: WireClient, container = 'KEYSTEAD.CHECKPOINT'): Promise<Record<string, unknown>[]> {
  return ((await r.command(container, 'LIST')) as unknown[]).map(factsOf)
}

const namesOf = async (r: WireClient, container?: string): Promise<unknown[]> =>
  (await list(r, container)).map(({ name }) => name)

describe('checkpoints', () => {
  const connect = withServer({ save: '3600 1' }, { needs: ONLY_OURS })

  const removeAll = async (): Promise<void> => {
    const r = await connect()
    for (const container of ['KEYSTEAD.CHECKPOINT', 'KEYSTEAD.BRANCH']) {
      for (const name of await namesOf(r, container)) await r.command(container, 'DELETE', String(name))
    }
  }
  beforeEach(removeAll)
  afterEach(removeAll)

  test.each([2, 3] as const)('are listed in RESP%i with what is known of them', async (resp) => {
    const r = await connect({ resp })
    await r.command('MSET', 'a', '1', 'b', '2')
    const before = Date.now()
    expect(await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'one')).toBe('OK')
    await r.command('DEL', 'a')
    expect(await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'Two - 2.x')).toBe('OK')
    const [one, two] = await list(r)
    expect(one).toMatchObject({ name: 'one', reason: 'asked', keys: 2, problem: '' })
    expect(two).toMatchObject({ name: 'Two - 2.x', keys: 1 })
    expect(Object.keys(one!)).toEqual([
      ...['name', 'reason', 'created', 'keys', 'bytes', 'rewind-from', 'rewind-to', 'problem'],
    ])
    expect(one!['created']).toBeGreaterThanOrEqual(before)
    expect(one!['rewind-to']).toBe(one!['created'])
    expect(one!['bytes']).toBeGreaterThan(0)
  })

  test('VERIFY tells of every file of a checkpoint', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'v')
    expect(await r.command('KEYSTEAD.CHECKPOINT', 'VERIFY', 'V')).toEqual([
      ['file', 'dump.rdb', 'bytes', expect.any(Number), 'problem', '', 'offset', -1],
    ])
    await expect(r.command('KEYSTEAD.CHECKPOINT', 'VERIFY', 'absent')).rejects.toThrow('ERR no such checkpoint')
  })

  test('are gone back to, from which one goes back again', async () => {
    const r = await connect()
    await r.command('SELECT', 3)
    await r.command('RPUSH', 'l', 'x', 'y')
    await r.command('SELECT', 0)
    await r.command('SET', 'k', 'old')
    await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'old')
    await r.command('SET', 'k', 'new')
    await r.command('SET', 'more', '1')
    await r.command('SWAPDB', 0, 3)
    expect(await r.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'OLD')).toBe('OK')
    expect([await r.command('GET', 'k'), await r.command('EXISTS', 'more')]).toEqual(['old', 0])
    await r.command('SELECT', 3)
    expect(await r.command('LRANGE', 'l', 0, -1)).toEqual(['x', 'y'])
    const undo = (await list(r)).find(({ reason }) => reason === 'before REWIND')!
    await r.command('KEYSTEAD.CHECKPOINT', 'REWIND', String(undo['name']))
    expect(await r.command('MGET', 'k', 'more')).toEqual(['new', '1'])
  })

  test.each(['FLUSHALL', 'FLUSHDB'])('are made before %s, unless there is nothing to delete', async (flush) => {
    const r = await connect()
    await r.command('SELECT', 5)
    await r.command(flush)
    expect(await namesOf(r)).toEqual([])
    await r.command('SET', 'k', 'v')
    await r.command(flush)
    const [made] = await list(r)
    expect(made).toMatchObject({ reason: `before ${flush}`, keys: 1 })
    await r.command('KEYSTEAD.CHECKPOINT', 'REWIND', String(made!['name']))
    expect(await r.command('GET', 'k')).toBe('v')
  })

  test('are made before a flush inside EXEC, and not if the configuration says so', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    await r.command('CONFIG', 'SET', 'checkpoint-before-flush', 'no')
    await r.command('FLUSHALL')
    expect(await namesOf(r)).toEqual([])
    await r.command('CONFIG', 'SET', 'checkpoint-before-flush', 'yes')
    await r.command('MULTI')
    await r.command('SET', 'k', 'v')
    await r.command('FLUSHALL')
    await r.command('SET', 'k', 'w')
    await r.command('EXEC')
    expect(await list(r)).toMatchObject([{ reason: 'before FLUSHALL', keys: 1 }])
    expect(await r.command('GET', 'k')).toBe('w')
  })

  test.each([
    ...['', ' ', '.', '..', '...', '../x', 'a/b', 'a\\b', '/etc/passwd', 'C:', 'c:\\x', '~', 'a\0', 'a\nb', 'ü', '*'],
    ...['.hidden', 'x.', 'x ', ' x', 'con', 'NUL', 'nul.txt', 'com1 .x', 'Lpt9', 'a'.repeat(65), '.keystead-1-1'],
  ])('do not take the name %j', async (name) => {
    const r = await connect()
    for (const container of ['KEYSTEAD.CHECKPOINT', 'KEYSTEAD.BRANCH']) {
      await expect(r.command(container, 'CREATE', name)).rejects.toThrow('ERR invalid name')
      await expect(r.command(container, 'DELETE', name)).rejects.toThrow('ERR no such')
    }
    await expect(r.command('KEYSTEAD.CHECKPOINT', 'REWIND', name)).rejects.toThrow('ERR no such checkpoint')
    await expect(r.command('KEYSTEAD.BRANCH', 'CREATE', 'b', 'FROM', name)).rejects.toThrow('ERR no such checkpoint')
    expect(await namesOf(r)).toEqual([])
  })

  test('have each a name of its own, whatever its capital letters', async () => {
    const r = await connect()
    for (const name of ['a'.repeat(64), 'com10', 'nullable', '-', 'a..b', '_ .x']) {
      expect(await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', name)).toBe('OK')
    }
    await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'one')
    await expect(r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'ONE')).rejects.toThrow(
      'there is a checkpoint of that name',
    )
    expect(await r.command('KEYSTEAD.CHECKPOINT', 'DELETE', 'One')).toBe('OK')
    await expect(r.command('KEYSTEAD.CHECKPOINT', 'DELETE', 'one')).rejects.toThrow('ERR no such checkpoint')
  })

  test('break the transactions of whoever watches a key when one is gone back to', async () => {
    const r = await connect()
    const other = await connect()
    await r.command('SET', 'k', '1')
    await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
    await other.command('WATCH', 'k', 'absent')
    await r.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'c')
    await other.command('MULTI')
    await other.command('GET', 'k')
    expect(await other.command('EXEC')).toBeNull()
  })

  test('serve who waits for a key that a rewind brings back', async () => {
    const r = await connect()
    const waiting = await connect()
    await r.command('RPUSH', 'l', 'x')
    await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
    await r.command('DEL', 'l')
    waiting.send('BLPOP', 'l', 0)
    while (!/blocked_clients:1/.test(String(await r.command('INFO', 'clients'))));
    await r.command('KEYSTEAD.CHECKPOINT', 'REWIND', 'c')
    expect(await waiting.receive()).toEqual(['l', 'x'])
  })

  test('refuse what is no request', async () => {
    const r = await connect()
    const refused: [text: string, ...words: [string, ...string[]]][] = [
      ['ERR wrong number of arguments', 'KEYSTEAD.CHECKPOINT', 'CREATE'],
      ['ERR wrong number of arguments', 'KEYSTEAD.CHECKPOINT', 'LIST', 'x'],
      ['ERR wrong number of arguments', 'KEYSTEAD.CHECKPOINT', 'REWIND'],
      ['ERR syntax error', 'KEYSTEAD.CHECKPOINT', 'REWIND', 'x', 'y'],
      ['ERR syntax error', 'KEYSTEAD.CHECKPOINT', 'REWIND', 'TIME', '1', '2'],
      ['ERR value is not an integer', 'KEYSTEAD.CHECKPOINT', 'REWIND', 'TIME', 'x'],
      ['ERR value is not an integer', 'KEYSTEAD.CHECKPOINT', 'REWIND', 'TIME', '-1'],
      ['appendonly yes', 'KEYSTEAD.CHECKPOINT', 'REWIND', 'TIME', '1'],
      ['ERR syntax error', 'KEYSTEAD.BRANCH', 'CREATE', 'x', 'FROM'],
      ['ERR syntax error', 'KEYSTEAD.BRANCH', 'CREATE', 'x', 'OF', 'y'],
      ['ERR value is not an integer', 'KEYSTEAD.BRANCH', 'CREATE', 'x', 'TIME', ''],
      ['ERR unknown subcommand', 'KEYSTEAD.BRANCH', 'REWIND', 'x'],
    ]
    for (const [text, ...words] of refused) await expect(r.command(...words)).rejects.toThrow(text)
    await r.command('MULTI')
    await expect(r.command('KEYSTEAD.CHECKPOINT', 'LIST')).rejects.toThrow('not allowed inside a transaction')
  })

  test('explain themselves', async () => {
    const r = await connect()
    expect(((await r.command('KEYSTEAD.CHECKPOINT', 'HELP')) as string[]).join('\n')).toContain('REWIND <name>')
    expect(((await r.command('KEYSTEAD.BRANCH', 'HELP')) as string[]).join('\n')).toContain('CREATE <name> [FROM')
  })

  test('are answered to nobody but the one who asked, whom CLIENT UNBLOCK leaves alone', async () => {
    const r = await connect()
    const other = await connect()
    const id = String(await r.command('CLIENT', 'ID'))
    await r.command('DEBUG', 'POPULATE', 50_000)
    r.send('KEYSTEAD.CHECKPOINT', 'CREATE', 'big')
    r.send('PING')
    expect(await other.command('CLIENT', 'UNBLOCK', id)).toBe(0)
    expect([await r.receive(), await r.receive()]).toEqual(['OK', 'PONG'])
  })
})

describe('beside saves', () => {
  const connect = withServer({ save: '' }, { needs: ONLY_OURS })

  test('a checkpoint is not given up by BGSAVE CANCEL', async () => {
    const r = await connect()
    const other = await connect()
    await r.command('DEBUG', 'POPULATE', 50_000)
    r.send('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
    await expect(other.command('BGSAVE', 'CANCEL')).rejects.toThrow('not in progress or scheduled')
    expect(await r.receive()).toBe('OK')
  })

  test('keys that DEBUG POPULATE made are changes that a checkpoint has', async () => {
    const r = await connect()
    await r.command('FLUSHALL')
    await r.command('SET', 'k', '1')
    await r.command('SAVE')
    await r.command('DEBUG', 'POPULATE', 1)
    expect(String(await r.command('INFO', 'persistence'))).toContain('rdb_changes_since_last_save:1')
  })
})

describe('branches', () => {
  const connect = withServer({ save: '3600 1' }, { needs: ONLY_OURS })

  test('are made from now or from a checkpoint, listed and deleted', async () => {
    const r = await connect()
    await r.command('SET', 'k', '1')
    await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'from here')
    await r.command('SET', 'l', '2')
    await r.command('KEYSTEAD.BRANCH', 'CREATE', 'b1')
    await r.command('KEYSTEAD.BRANCH', 'CREATE', 'b2', 'from', 'From Here')
    await expect(r.command('KEYSTEAD.BRANCH', 'CREATE', 'B1')).rejects.toThrow('ERR there is a branch of that name')
    expect(await list(r, 'KEYSTEAD.BRANCH')).toMatchObject([
      { name: 'b1', origin: 'now', keys: 2 },
      { name: 'b2', origin: 'checkpoint from here', keys: 1 },
    ])
    for (const name of ['b1', 'b2']) expect(await r.command('KEYSTEAD.BRANCH', 'DELETE', name)).toBe('OK')
    expect(await list(r, 'KEYSTEAD.BRANCH')).toEqual([])
    await r.command('KEYSTEAD.CHECKPOINT', 'DELETE', 'from here')
  })
})

describe('a server that keeps nothing on disk', () => {
  const connect = withServer({ dbfilename: '' }, { needs: ONLY_OURS })

  test('has no checkpoints, and flushes without', async () => {
    const r = await connect()
    await r.command('SET', 'k', '1')
    await expect(r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')).rejects.toThrow(
      'ERR this server keeps nothing on disk',
    )
    await expect(r.command('KEYSTEAD.BRANCH', 'CREATE', 'c')).rejects.toThrow('ERR this server keeps nothing on disk')
    expect(await r.command('FLUSHALL')).toBe('OK')
    expect(await list(r)).toEqual([])
  })
})
