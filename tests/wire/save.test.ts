/*
 * SAVE, BGSAVE and LASTSAVE as clients see them. What is in the file is the
 * business of tests/persistence.
 */
import { describe, expect, test } from 'vitest'
import { AS_REDIS, withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

describe('saving', () => {
  const connect = withServer()

  const persistence = async (r: WireClient): Promise<Record<string, string>> => {
    const lines = String(await r.command('INFO', 'persistence')).split('\r\n')
    return Object.fromEntries(lines.map((line) => line.split(':') as [string, string]))
  }

  test('SAVE answers when it is done, and takes the changes off the count', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    expect(Number((await persistence(r))['rdb_changes_since_last_save'])).toBeGreaterThan(0)
    expect(await r.command('SAVE')).toBe('OK')
    expect((await persistence(r))['rdb_changes_since_last_save']).toBe('0')
    const now = Math.floor(Date.now() / 1000)
    expect(Math.abs(Number(await r.command('LASTSAVE')) - now)).toBeLessThanOrEqual(2)
  })

  test('BGSAVE answers that it has begun, with SCHEDULE too, and that it will begin inside EXEC', async () => {
    const r = await connect()
    const saves = async (): Promise<number> => Number((await persistence(r))['rdb_saves'])
    const untilOver = async (): Promise<void> => {
      while ((await persistence(r))['rdb_bgsave_in_progress'] === '1');
    }
    expect(await r.command('BGSAVE')).toBe('Background saving started')
    await untilOver()
    expect(await r.command('BGSAVE', 'SCHEDULE')).toBe('Background saving started')
    await untilOver()
    const before = await saves()
    await r.command('MULTI')
    await r.command('bgsave')
    expect(await r.command('EXEC')).toEqual(['Background saving scheduled'])
    // Real servers count a save when it begins.
    while ((await saves()) === before);
    await untilOver()
    const { rdb_last_bgsave_status: status, rdb_last_bgsave_time_sec: seconds } = await persistence(r)
    expect(status).toBe('ok')
    expect(Number(seconds)).toBeGreaterThanOrEqual(0)
  })

  test('BGSAVE CANCEL without a save that is under way is refused', async () => {
    const r = await connect({ needs: { since: { valkey: '8.1.0' } } })
    await expect(r.command('BGSAVE', 'CANCEL')).rejects.toThrow(
      'ERR Background saving is currently not in progress or scheduled',
    )
  })

  test.each([
    ['BGSAVE', 'nosuch'],
    ['BGSAVE', 'SCHEDULE', 'more'],
    ['BGSAVE', ''],
  ])('%s %s is refused', async (...words) => {
    const r = await connect()
    await expect(r.command(...(words as [string, string]))).rejects.toThrow('ERR syntax error')
  })

  test('SAVE takes no arguments and does not run inside a transaction', async () => {
    const r = await connect({ needs: AS_REDIS })
    await expect(r.command('SAVE', 'x')).rejects.toThrow("ERR wrong number of arguments for 'save' command")
    await r.command('MULTI')
    await expect(r.command('SAVE')).rejects.toThrow('ERR Command not allowed inside a transaction')
    await expect(r.command('EXEC')).rejects.toThrow('EXECABORT')
  })

  test.each(['900', '0 1', '-1 1', 'x y', '900 1 x'])('CONFIG SET save %j is refused', async (points) => {
    const r = await connect()
    await expect(r.command('CONFIG', 'SET', 'save', points)).rejects.toThrow('Invalid save parameters')
  })

  test('CONFIG SET save takes pairs, and nothing for never', async () => {
    const r = await connect()
    await r.command('CONFIG', 'SET', 'save', '900 1 300 10')
    expect(await r.command('CONFIG', 'GET', 'save')).toEqual(['save', '900 1 300 10'])
    await r.command('CONFIG', 'SET', 'save', '')
    expect(await r.command('CONFIG', 'GET', 'save')).toEqual(['save', ''])
  })
})
