/*
 * BGREWRITEAOF and WAITAOF over the wire, and the options of the append-only
 * file. What the files hold is in tests/persistence/aof.test.ts.
 */
import { describe, expect, test } from 'vitest'
import { type Connect, ONLY_OURS, withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

async function info(r: WireClient, field: string): Promise<string | undefined> {
  const text = String(await r.command('INFO', 'persistence'))
  return new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(text)?.[1]
}

async function untilRewritten(r: WireClient): Promise<void> {
  while ((await info(r, 'aof_rewrite_in_progress')) !== '0' || (await info(r, 'aof_rewrite_scheduled')) !== '0') {}
}

const SINCE_7_2 = { commands: ['waitaof'] }

describe('with an append-only file', () => {
  const connect: Connect = withServer({ appendonly: 'yes', appendfsync: 'always' })

  test('BGREWRITEAOF begins, and is refused while one goes on', async () => {
    const r = await connect()
    await untilRewritten(r)
    r.send('BGREWRITEAOF')
    expect(await r.command('BGREWRITEAOF')).toBe('Background append only file rewriting started')
  })

  test('BGREWRITEAOF within a transaction waits for its end', async () => {
    const r = await connect()
    await untilRewritten(r)
    await r.command('MULTI')
    await r.command('BGREWRITEAOF')
    await r.command('SET', 'k', 'v')
    expect(await r.command('EXEC')).toEqual(['Background append only file rewriting scheduled', 'OK'])
    await untilRewritten(r)
    expect(await info(r, 'aof_last_bgrewrite_status')).toBe('ok')
  })

  test('WAITAOF tells that what was written is safe', async () => {
    const r = await connect({ needs: SINCE_7_2 })
    await r.command('SET', 'k', 'v')
    expect(await r.command('WAITAOF', 1, 0, 0)).toEqual([1, 0])
    expect(await r.command('WAITAOF', 0, 0, 0)).toEqual([1, 0])
    expect(await r.command('WAITAOF', 0, 1, 10)).toEqual([1, 0])
  })

  test('WAITAOF refuses what makes no sense', async () => {
    const r = await connect({ needs: SINCE_7_2 })
    await expect(r.command('WAITAOF', 2, 0, 0)).rejects.toThrow('ERR value is out of range, value must between 0 and 1')
    await expect(r.command('WAITAOF', -1, 0, 0)).rejects.toThrow(
      'ERR value is out of range, value must between 0 and 1',
    )
    await expect(r.command('WAITAOF', 'x', 0, 0)).rejects.toThrow('ERR value is not an integer or out of range')
    await expect(r.command('WAITAOF', 0, -1, 0)).rejects.toThrow('ERR value is out of range, must be positive')
    await expect(r.command('WAITAOF', 1, 0, -10)).rejects.toThrow('ERR timeout is negative')
  })

  test('DEBUG LOADAOF loads what has been written, and goes on with that file', async () => {
    const r = await connect()
    await r.command('SET', 'k', 'v')
    await r.command('SET', 'brief', 'v', 'EX', '1000')
    await r.command('HSET', 'h', 'f', '1')
    const digest = await r.command('DEBUG', 'DIGEST')
    expect(await r.command('DEBUG', 'LOADAOF')).toBe('OK')
    expect(await r.command('DEBUG', 'DIGEST')).toBe(digest)
    await r.command('SET', 'k', 'w')
    expect(await r.command('DEBUG', 'LOADAOF')).toBe('OK')
    expect(await r.command('GET', 'k')).toBe('w')
    expect(await r.command('DBSIZE')).toBe(3)
  })

  test('DEBUG LOADAOF inside a transaction is refused, and does nothing', async () => {
    const r = await connect({ needs: ONLY_OURS })
    await r.command('MULTI')
    await r.command('SET', 'k', 'v')
    await r.command('DEBUG', 'LOADAOF')
    const [, refused] = (await r.command('EXEC')) as [unknown, Error]
    expect(String(refused)).toContain('DEBUG LOADAOF cannot wait inside a transaction')
    expect(await r.command('GET', 'k')).toBe('v')
  })

  test('QUIT after a write is answered after it', async () => {
    const r = await connect()
    r.send('SET', 'k', 'v')
    r.send('QUIT')
    expect(await r.receive()).toBe('OK')
    expect(await r.receive()).toBe('OK')
  })

  test('who sends no more after a write is answered all the same', async () => {
    const r = await connect()
    r.send('SET', 'k', 'v')
    r.end()
    expect(await r.receive()).toBe('OK')
    await r.closed
  })

  test('INFO tells of it', async () => {
    const r = await connect()
    expect(await info(r, 'aof_enabled')).toBe('1')
    expect(await info(r, 'aof_last_write_status')).toBe('ok')
    expect(Number(await info(r, 'aof_base_size'))).toBeGreaterThan(0)
  })
})

describe('without an append-only file', () => {
  const connect: Connect = withServer({})

  test('WAITAOF is refused where it asks for one', async () => {
    const r = await connect({ needs: SINCE_7_2 })
    await expect(r.command('WAITAOF', 1, 0, 0)).rejects.toThrow(
      'ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.',
    )
    expect(await r.command('WAITAOF', 0, 0, 0)).toEqual([0, 0])
  })

  test('DEBUG LOADAOF is refused, and the data stays', async () => {
    const r = await connect({ needs: ONLY_OURS })
    await r.command('SET', 'k', 'v')
    await expect(r.command('DEBUG', 'LOADAOF')).rejects.toThrow('ERR DEBUG LOADAOF needs an append-only file')
    expect(await r.command('GET', 'k')).toBe('v')
  })
})

describe('with an append-only file that comes and goes', () => {
  const connect: Connect = withServer({ appendonly: 'no', 'enable-protected-configs': 'yes' })

  test('CONFIG SET answers when it is open', async () => {
    const r = await connect()
    expect(await r.command('CONFIG', 'SET', 'appendonly', 'yes')).toBe('OK')
    expect(await info(r, 'aof_enabled')).toBe('1')
    expect(await r.command('CONFIG', 'SET', 'appendonly', 'no')).toBe('OK')
    expect(await info(r, 'aof_enabled')).toBe('0')
  })

  test('WAITAOF that waits is refused when it goes', async () => {
    const r = await connect({ needs: SINCE_7_2 })
    const waiting = await connect()
    await r.command('CONFIG', 'SET', 'appendonly', 'yes')
    const refused = expect(waiting.command('WAITAOF', 1, 1, 0)).rejects.toThrow(
      'ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.',
    )
    while (!String(await r.command('INFO', 'clients')).includes('blocked_clients:1')) {}
    await r.command('CONFIG', 'SET', 'appendonly', 'no')
    await refused
  })

  test('CONFIG SET moves no folder', async () => {
    const r = await connect({ needs: ONLY_OURS })
    await expect(r.command('CONFIG', 'SET', 'dir', '/')).rejects.toThrow("can't set immutable config")
  })
})
