/*
 * An arena that cannot grow: what a write answers then, and that nothing is lost
 * or half done. No real server has such a limit, so these tests are of Keystead
 * alone. That every command keeps to it is tests/differential/exhaustion.test.ts.
 */
import { describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'

const OOM = 'OOM the memory of this database cannot grow further.'

describe.skipIf(process.env['ORACLE'])('an arena at its limit', () => {
  const connect = withServer({ 'arena-limit': '2mb' })

  test('refuses what does not fit, keeps what is there, and takes writes again when there is room', async () => {
    const r = await connect()
    const block = 'x'.repeat(100_000)
    let stored = 0
    const fill = async (): Promise<void> => {
      for (; stored < 100; stored++) await r.command('SET', `k${stored}`, block)
    }
    await expect(fill()).rejects.toThrow(OOM)
    expect(stored).toBeGreaterThan(10)
    expect(await r.command('DBSIZE')).toBe(stored)
    expect(await r.command('GET', 'k0')).toBe(block)
    await expect(r.command('APPEND', 'k1', block)).rejects.toThrow(OOM)
    expect(await r.command('STRLEN', 'k1')).toBe(block.length)
    await r.command('DEL', 'k0', 'k2')
    expect(await r.command('APPEND', 'k1', '!')).toBe(block.length + 1)
  })

  test('sets all keys of MSET, or none', async () => {
    const r = await connect()
    const block = 'x'.repeat(300_000)
    const pairs = Array.from({ length: 10 }, (_, i) => [`k${i}`, block]).flat()
    await r.command('SET', 'k0', 'old')
    await expect(r.command('MSET', ...pairs)).rejects.toThrow(OOM)
    await expect(r.command('MSETNX', ...pairs.slice(2))).rejects.toThrow(OOM)
    await expect(r.command('MSETEX', '10', ...pairs, 'EX', '100')).rejects.toThrow(OOM)
    expect(await r.command('DBSIZE')).toBe(1)
    expect(await r.command('GET', 'k0')).toBe('old')
  })

  test('frees what waits to be freed before it refuses', async () => {
    const r = await connect()
    const members = Array.from({ length: 8_000 }, (_, i) => `member:${i}:${'x'.repeat(100)}`)
    await r.command('SADD', 's', ...members)
    // In one batch, so that nothing but the write itself can have freed the set.
    await r.command('MULTI')
    await r.command('UNLINK', 's')
    await r.command('SADD', 't', ...members)
    expect(await r.command('EXEC')).toEqual([1, members.length])
  })

  test('has a limit that can be moved, but not below what an empty server needs', async () => {
    const r = await connect()
    await expect(r.command('CONFIG', 'SET', 'arena-limit', '1000')).rejects.toThrow(
      'argument must be 0 or at least 1mb',
    )
    expect(await r.command('CONFIG', 'GET', 'arena-limit')).toEqual(['arena-limit', String(2 * 1024 * 1024)])
    await r.command('SETRANGE', 'k', '1400000', 'x')
    await r.command('CONFIG', 'SET', 'arena-limit', '1mb')
    await expect(r.command('SET', 'other', 'x'.repeat(100))).rejects.toThrow(OOM)
    await r.command('CONFIG', 'SET', 'arena-limit', '2mb')
    expect(await r.command('SET', 'other', 'x')).toBe('OK')
  })
})
