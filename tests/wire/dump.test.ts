/*
 * DUMP and RESTORE over the wire. That a payload is understood by other servers
 * is shown in tests/persistence; nothing here imports src/server.
 */
import { describe, expect, test } from 'vitest'
import { withServer } from '../support/server.ts'

const BUSY = 'BUSYKEY Target key name already exists.'
const BAD_PAYLOAD = 'ERR DUMP payload version or checksum are wrong'

describe('DUMP and RESTORE', () => {
  const connect = withServer()

  const dumpOf = async (r: Awaited<ReturnType<typeof connect>>, key: string): Promise<Buffer> => {
    const reply = await r.reply('DUMP', key)
    if (reply.type !== 'bulk') throw new Error(`DUMP answered ${reply.type}`)
    return Buffer.from(reply.bytes)
  }

  test('a key that is not there has no dump', async () => {
    const r = await connect()
    expect(await r.command('DUMP', 'nope')).toBe(null)
  })

  test('a value comes back under another name, whatever its bytes are', async () => {
    const r = await connect()
    for (const value of [
      '',
      '1',
      '-129',
      '2147483648',
      'x'.repeat(100),
      'ab'.repeat(50_000),
      Buffer.from([0, 255, 13]),
    ]) {
      await r.command('SET', 'a', value)
      expect(await r.command('RESTORE', 'b', 0, await dumpOf(r, 'a'), 'REPLACE')).toBe('OK')
      expect(await r.reply('GET', 'b')).toEqual(await r.reply('GET', 'a'))
      expect(await r.command('OBJECT', 'ENCODING', 'b')).toBe(await r.command('OBJECT', 'ENCODING', 'a'))
    }
  })

  test('a hash none of whose fields is to expire any more has a dump that every server reads', async () => {
    const r = await connect({ needs: { commands: ['HPERSIST'] } })
    await r.command('HSET', 'h', 'a', '1', 'b', '2')
    await r.command('HEXPIRE', 'h', '1000', 'FIELDS', '2', 'a', 'b')
    const volatile = (await dumpOf(r, 'h'))[0]
    await r.command('HPERSIST', 'h', 'FIELDS', '1', 'a')
    expect((await dumpOf(r, 'h'))[0]).toBe(volatile)
    await r.command('HSET', 'h', 'b', '3')
    const HASH = 4
    expect((await dumpOf(r, 'h'))[0]).toBe(HASH)
  })

  test('a time to live is counted from now, or is a moment with ABSTTL', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    const payload = await dumpOf(r, 'a')
    await r.command('RESTORE', 'none', 0, payload)
    expect(await r.command('PTTL', 'none')).toBe(-1)
    await r.command('RESTORE', 'relative', 100_000, payload)
    expect(await r.command('TTL', 'relative')).toBe(100)
    await r.command('RESTORE', 'absolute', 99_999_999_999_999, payload, 'ABSTTL')
    expect(await r.command('PEXPIRETIME', 'absolute')).toBe(99_999_999_999_999)
  })

  test('what has expired already leaves nothing, and replaces what was there', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    expect(await r.command('RESTORE', 'a', 1, await dumpOf(r, 'a'), 'ABSTTL', 'REPLACE')).toBe('OK')
    expect(await r.command('EXISTS', 'a')).toBe(0)
  })

  test('a key that is there stays, unless it is to be replaced', async () => {
    const r = await connect()
    await r.command('SET', 'a', 'old')
    const payload = await dumpOf(r, 'a')
    await r.command('HSET', 'b', 'f', 'v')
    await expect(r.command('RESTORE', 'b', 0, payload)).rejects.toThrow(BUSY)
    await expect(r.command('RESTORE', 'b', 'x', payload)).rejects.toThrow(BUSY)
    expect(await r.command('TYPE', 'b')).toBe('hash')
    expect(await r.command('RESTORE', 'b', 0, payload, 'REPLACE')).toBe('OK')
    expect(await r.command('GET', 'b')).toBe('old')
  })

  test('IDLETIME says for how long nobody used the key', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    await r.command('RESTORE', 'b', 0, await dumpOf(r, 'a'), 'IDLETIME', 1000)
    expect(await r.command('OBJECT', 'IDLETIME', 'b')).toBeGreaterThanOrEqual(1000)
  })

  test('what asks about a key and not for its value leaves alone for how long nobody used it', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    await r.command('RESTORE', 'b', 0, await dumpOf(r, 'a'), 'IDLETIME', 1000)
    for (const command of ['EXISTS', 'TTL', 'PTTL', 'EXPIRETIME', 'PEXPIRETIME', 'TYPE']) await r.command(command, 'b')
    await r.command('OBJECT', 'ENCODING', 'b')
    await r.command('MEMORY', 'USAGE', 'b')
    await r.command('SCAN', '0', 'TYPE', 'string')
    expect(await r.command('OBJECT', 'IDLETIME', 'b')).toBeGreaterThanOrEqual(1000)
    expect(await r.command('TOUCH', 'b')).toBe(1)
    expect(await r.command('OBJECT', 'IDLETIME', 'b')).toBeLessThan(1000)
  })

  test('TOUCH counts as a use even of a client that leaves no trace', async () => {
    const r = await connect({ needs: { since: { redis: '7.2.0', valkey: '7.2.0' } } })
    await r.command('SET', 'a', '1')
    await r.command('RESTORE', 'b', 0, await dumpOf(r, 'a'), 'IDLETIME', 1000)
    await r.command('CLIENT', 'NO-TOUCH', 'ON')
    await r.command('GET', 'b')
    expect(await r.command('OBJECT', 'IDLETIME', 'b')).toBeGreaterThanOrEqual(1000)
    await r.command('TOUCH', 'b')
    expect(await r.command('OBJECT', 'IDLETIME', 'b')).toBeLessThan(1000)
  })

  test.each([
    [['-1', 'PAYLOAD'], 'ERR Invalid TTL value, must be >= 0'],
    [['1x', 'PAYLOAD'], 'ERR value is not an integer or out of range'],
    [['0', 'PAYLOAD', 'IDLETIME'], 'ERR syntax error'],
    [['0', 'PAYLOAD', 'IDLETIME', '-1'], 'ERR Invalid IDLETIME value, must be >= 0'],
    [['0', 'PAYLOAD', 'FREQ', '256'], 'ERR Invalid FREQ value, must be >= 0 and <= 255'],
    [['0', 'PAYLOAD', 'FREQ', 'x'], 'ERR value is not an integer or out of range'],
    [['0', 'PAYLOAD', 'FREQ', '1', 'IDLETIME', '1'], 'ERR syntax error'],
    [['0', 'PAYLOAD', 'NOSUCH'], 'ERR syntax error'],
    [['0', 'x'], BAD_PAYLOAD],
    [['0', ''], BAD_PAYLOAD],
  ])('%j is refused', async (args, error) => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    const payload = await dumpOf(r, 'a')
    const sent = args.map((arg) => (arg === 'PAYLOAD' ? payload : arg))
    await expect(r.command('RESTORE', 'b', ...sent)).rejects.toThrow(error)
    expect(await r.command('EXISTS', 'b')).toBe(0)
  })

  test('a payload with any one bit changed is refused, and what it was to replace stays', async () => {
    const r = await connect()
    await r.command('HSET', 'a', 'f', 'v', 'g', '1')
    await r.command('SET', 'b', 'old')
    const payload = await dumpOf(r, 'a')
    for (let bit = 0; bit < payload.length * 8; bit++) {
      const broken = Buffer.from(payload)
      broken[bit >> 3]! ^= 1 << (bit & 7)
      await expect(r.command('RESTORE', 'b', 0, broken, 'REPLACE')).rejects.toThrow(BAD_PAYLOAD)
    }
    expect(await r.command('GET', 'b')).toBe('old')
  })
})
