/*
 * MULTI, EXEC, DISCARD, WATCH, UNWATCH over the wire.
 */
import { describe, expect, test } from 'vitest'
import { AS_REDIS, withServer } from '../support/server.ts'

const REDIS_AND_VALKEY = { since: { redis: '7.0.0', valkey: '7.2.0' } }

describe('MULTI and EXEC', () => {
  const connect = withServer()

  test('commands are queued, then run in order, and answered together', async () => {
    const r = await connect()
    expect(await r.command('MULTI')).toBe('OK')
    expect(await r.command('SET', 'a', '1')).toBe('QUEUED')
    expect(await r.command('INCR', 'a')).toBe('QUEUED')
    expect(await r.command('GET', 'a')).toBe('QUEUED')
    expect(await r.command('EXEC')).toEqual(['OK', 2, '2'])
    expect(await r.command('GET', 'a')).toBe('2')
  })

  test('nothing runs before EXEC', async () => {
    const r = await connect()
    const other = await connect()
    await r.command('MULTI')
    await r.command('SET', 'a', '1')
    expect(await other.command('EXISTS', 'a')).toBe(0)
    await r.command('EXEC')
    expect(await other.command('EXISTS', 'a')).toBe(1)
  })

  test('an empty transaction answers an empty array', async () => {
    const r = await connect()
    await r.command('MULTI')
    expect(await r.replyText('EXEC')).toBe('*0\r\n')
  })

  test('an error while running leaves the other commands in force', async () => {
    const r = await connect()
    await r.command('MULTI')
    await r.command('SET', 'a', 'x')
    await r.command('INCR', 'a')
    await r.command('SET', 'b', '1')
    expect(await r.replyText('EXEC')).toBe('*3\r\n+OK\r\n-ERR value is not an integer or out of range\r\n+OK\r\n')
    expect(await r.command('GET', 'b')).toBe('1')
  })

  test.each([
    ['an unknown command', ['nonsense']],
    ['an unknown subcommand', ['config', 'nonsense']],
    ['a wrong number of arguments', ['get']],
  ] as const)('%s while queueing aborts it', async (_, [name, ...args]) => {
    const r = await connect()
    await r.command('MULTI')
    await r.command('SET', 'a', '1')
    await expect(r.command(name, ...args)).rejects.toThrow('ERR')
    expect(await r.command('SET', 'b', '1')).toBe('QUEUED')
    await expect(r.command('EXEC')).rejects.toThrow('EXECABORT Transaction discarded because of previous errors.')
    expect(await r.command('EXISTS', 'a', 'b')).toBe(0)
    expect(await r.command('PING')).toBe('PONG')
  })

  test('does not nest, and goes on after the attempt', async () => {
    const r = await connect({ needs: AS_REDIS })
    await r.command('MULTI')
    await expect(r.command('MULTI')).rejects.toThrow('ERR MULTI calls can not be nested')
    await r.command('PING')
    expect(await r.command('EXEC')).toEqual(['PONG'])
  })

  test.each([
    ['EXEC', 'ERR EXEC without MULTI'],
    ['DISCARD', 'ERR DISCARD without MULTI'],
  ])('%s outside of a transaction is refused', async (name, error) => {
    const r = await connect()
    await expect(r.command(name)).rejects.toThrow(error)
  })

  test('EXEC that is itself refused says why and ends the transaction', async () => {
    const r = await connect()
    await r.command('MULTI')
    await expect(r.command('EXEC', 'x')).rejects.toThrow(
      "EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command",
    )
    await expect(r.command('EXEC')).rejects.toThrow('ERR EXEC without MULTI')
  })

  test('DISCARD forgets what was queued', async () => {
    const r = await connect()
    await r.command('MULTI')
    await r.command('SET', 'a', '1')
    expect(await r.command('DISCARD')).toBe('OK')
    expect(await r.command('EXISTS', 'a')).toBe(0)
  })

  test('SELECT inside it changes the database of what follows, and stays', async () => {
    const r = await connect()
    await r.command('MULTI')
    await r.command('SET', 'a', 'zero')
    await r.command('SELECT', '1')
    await r.command('SET', 'a', 'one')
    expect(await r.command('EXEC')).toEqual(['OK', 'OK', 'OK'])
    expect(await r.command('GET', 'a')).toBe('one')
    await r.command('SELECT', '0')
    expect(await r.command('GET', 'a')).toBe('zero')
  })

  test('HELLO inside it changes the protocol of the replies that follow', async () => {
    const r = await connect()
    await r.command('MULTI')
    await r.command('GET', 'missing')
    await r.command('HELLO', '3')
    await r.command('GET', 'missing')
    const text = await r.replyText('EXEC')
    expect(text.startsWith('*3\r\n$-1\r\n%7\r\n')).toBe(true)
    expect(text.endsWith('_\r\n')).toBe(true)
  })

  test('CLIENT REPLY OFF inside it silences what follows', async () => {
    const r = await connect({ needs: AS_REDIS })
    await r.command('MULTI')
    await r.command('PING')
    await r.command('CLIENT', 'REPLY', 'OFF')
    await r.command('PING')
    r.send('EXEC')
    r.send('PING')
    r.send('CLIENT', 'REPLY', 'ON')
    r.send('ECHO', 'end')
    // The array was announced with three elements: what completes it comes from the commands after it.
    expect(await r.receive()).toEqual(['PONG', 'OK', 'end'])
  })

  test('QUIT and RESET act at once', async () => {
    const r = await connect()
    await r.command('MULTI')
    await r.command('SET', 'a', '1')
    expect(await r.command('RESET')).toBe('RESET')
    await expect(r.command('EXEC')).rejects.toThrow('ERR EXEC without MULTI')
    await r.command('MULTI')
    expect(await r.command('QUIT')).toBe('OK')
    await r.closed
  })

  test('a client that goes away leaves nothing behind', async () => {
    const r = await connect()
    await r.command('WATCH', 'a')
    await r.command('MULTI')
    await r.command('SET', 'a', '1')
    await r.close()
    const other = await connect()
    expect(await other.command('SET', 'a', '2')).toBe('OK')
    expect(await other.command('GET', 'a')).toBe('2')
  })

  test('the queued arguments are those of the request, whatever was read since', async () => {
    const r = await connect()
    await r.command('MULTI')
    for (let i = 0; i < 50; i++) await r.command('SET', `key${i}`, `value${i}`.repeat(i))
    await r.command('EXEC')
    for (let i = 0; i < 50; i++) expect(await r.command('GET', `key${i}`)).toBe(`value${i}`.repeat(i))
  })
})

describe('WATCH', () => {
  const connect = withServer()

  /** Whether a transaction that watched `a` still runs after `change` by another connection. */
  async function survives(
    prepare: readonly (readonly [string, ...string[]])[],
    change: readonly (readonly [string, ...string[]])[],
  ): Promise<boolean> {
    const r = await connect()
    const other = await connect()
    for (const command of prepare) await r.command(...command)
    await r.command('WATCH', 'a')
    for (const command of change) await other.command(...command)
    await r.command('MULTI')
    await r.command('PING')
    return (await r.command('EXEC')) !== null
  }

  test.each([
    ['is set', [['SET', 'a', '1']]],
    ['is set to the same value', [['SET', 'a', '0']]],
    ['is appended to', [['APPEND', 'a', '1']]],
    ['is deleted', [['DEL', 'a']]],
    ['gets a time to live', [['EXPIRE', 'a', '100']]],
    ['is renamed', [['RENAME', 'a', 'b']]],
    [
      'is overwritten by a rename',
      [
        ['SET', 'b', '1'],
        ['RENAME', 'b', 'a'],
      ],
    ],
    ['is moved away', [['MOVE', 'a', '1']]],
    ['is flushed with its database', [['FLUSHDB']]],
    ['is flushed with all databases', [['FLUSHALL']]],
    ['is swapped away', [['SWAPDB', '0', '1']]],
    ['expires', [['PEXPIREAT', 'a', '1']]],
  ] as const)('aborts when the key %s', async (_, change) => {
    expect(await survives([['SET', 'a', '0']], change)).toBe(false)
  })

  test.each([
    ['is read', [['GET', 'a']]],
    [
      'is looked at',
      [
        ['TYPE', 'a'],
        ['TTL', 'a'],
        ['EXISTS', 'a'],
      ],
    ],
    ['is refused a change', [['SET', 'a', '1', 'NX']]],
    ['keeps company with another key that is set', [['SET', 'b', '1']]],
    [
      'has a namesake in another database',
      [
        ['SELECT', '1'],
        ['SET', 'a', '1'],
      ],
    ],
  ] as const)('does not when the key only %s', async (_, change) => {
    expect(await survives([['SET', 'a', '0']], change)).toBe(true)
  })

  test('aborts when a key that was missing is created', async () => {
    expect(await survives([], [['SET', 'a', '1']])).toBe(false)
  })

  test.each([
    ['FLUSHALL', [['FLUSHALL']]],
    ['SWAPDB', [['SWAPDB', '0', '1']]],
    ['DEL', [['DEL', 'a']]],
  ] as const)('does not mind %s when the key was and is missing', async (_, change) => {
    expect(await survives([['SET', 'b', '1']], change)).toBe(true)
  })

  test('aborts when SWAPDB brings the key', async () => {
    expect(
      await survives(
        [
          ['SELECT', '1'],
          ['SET', 'a', '1'],
          ['SELECT', '0'],
        ],
        [['SWAPDB', '0', '1']],
      ),
    ).toBe(false)
  })

  test('aborts when the key expires between WATCH and EXEC', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1', 'PX', '20')
    await r.command('WATCH', 'a')
    await r.command('MULTI')
    await r.command('PING')
    const other = await connect()
    while ((await other.command('EXISTS', 'a')) === 1) await new Promise((done) => setTimeout(done, 5))
    expect(await r.command('EXEC')).toBeNull()
  })

  test('sees the changes of its own connection', async () => {
    const r = await connect()
    await r.command('WATCH', 'a')
    await r.command('SET', 'a', '1')
    await r.command('MULTI')
    await r.command('PING')
    expect(await r.replyText('EXEC')).toBe('*-1\r\n')
  })

  test('the nil of an aborted EXEC is a null in RESP3', async () => {
    const r = await connect({ resp: 3 })
    await r.command('WATCH', 'a')
    await r.command('SET', 'a', '1')
    await r.command('MULTI')
    expect(await r.replyText('EXEC')).toBe('_\r\n')
  })

  test.each(['EXEC', 'DISCARD'])('is over after %s', async (end) => {
    const r = await connect()
    await r.command('WATCH', 'a')
    await r.command('MULTI')
    await r.command(end)
    await r.command('SET', 'a', '1')
    await r.command('MULTI')
    await r.command('PING')
    expect(await r.command('EXEC')).toEqual(['PONG'])
  })

  test('is over after UNWATCH, even for a key that was changed already', async () => {
    const r = await connect()
    await r.command('WATCH', 'a', 'b', 'a')
    await r.command('SET', 'a', '1')
    expect(await r.command('UNWATCH')).toBe('OK')
    await r.command('MULTI')
    await r.command('PING')
    expect(await r.command('EXEC')).toEqual(['PONG'])
  })

  test('is refused inside MULTI, which goes on', async () => {
    const r = await connect({ needs: REDIS_AND_VALKEY })
    await r.command('MULTI')
    await expect(r.command('WATCH', 'a')).rejects.toThrow(/inside (MULTI|a transaction)/)
    expect(await r.command('PING')).toBe('QUEUED')
    await r.command('DISCARD')
  })
})

describe('transactions without the password', () => {
  const connect = withServer({ requirepass: 'secret' })

  test('EXEC says that the password is missing', async () => {
    const r = await connect()
    await expect(r.command('MULTI')).rejects.toThrow('NOAUTH Authentication required.')
    await expect(r.command('EXEC')).rejects.toThrow(
      'EXECABORT Transaction discarded because of: NOAUTH Authentication required.',
    )
  })
})

describe('transactions at maxmemory', () => {
  const connect = withServer({ 'maxmemory-policy': 'noeviction' })

  test('a write is refused when queued, and the transaction with it', async () => {
    const r = await connect()
    await r.command('CONFIG', 'SET', 'maxmemory', '1')
    try {
      await r.command('MULTI')
      await expect(r.command('SET', 'a', '1')).rejects.toThrow(
        "OOM command not allowed when used memory > 'maxmemory'.",
      )
      await expect(r.command('EXEC')).rejects.toThrow('EXECABORT Transaction discarded because of previous errors.')
    } finally {
      await r.command('CONFIG', 'SET', 'maxmemory', '0')
    }
  })

  test('EXEC of queued writes is refused as a whole', async () => {
    const r = await connect()
    const other = await connect()
    await r.command('MULTI')
    await r.command('PING')
    await r.command('SET', 'a', '1')
    await other.command('CONFIG', 'SET', 'maxmemory', '1')
    try {
      await expect(r.command('EXEC')).rejects.toThrow(
        "EXECABORT Transaction discarded because of: OOM command not allowed when used memory > 'maxmemory'.",
      )
    } finally {
      await other.command('CONFIG', 'SET', 'maxmemory', '0')
    }
    expect(await r.command('EXISTS', 'a')).toBe(0)
  })

  test('EXEC of reads only goes through', async () => {
    const r = await connect()
    const other = await connect()
    await r.command('MULTI')
    await r.command('GET', 'a')
    await other.command('CONFIG', 'SET', 'maxmemory', '1')
    try {
      expect(await r.command('EXEC')).toEqual([null])
    } finally {
      await other.command('CONFIG', 'SET', 'maxmemory', '0')
    }
  })
})
