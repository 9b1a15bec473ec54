/*
 * Waiting for lists: who is served, in which order, with what, and what is left
 * behind by those who go. What is tested here of the waiting itself holds for
 * every type that can be waited for.
 */
import { describe, expect, test } from 'vitest'
import { AS_REDIS, withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

/** Since Redis 7.2 a waiting command runs again when its key is ready; before, it was served in parts. */
const RUNS_AGAIN = { since: { redis: '7.2.0', valkey: '7.2.0' } }
const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value'

describe('waiting for a list', () => {
  const connect = withServer({ 'enable-debug-command': 'yes' })

  const infoOf = async (r: WireClient, field: string) => {
    const info = String(await r.command('INFO', 'everything'))
    return new RegExp(`^${field}:(.*?)\r?$`, 'm').exec(info)?.[1]
  }

  /** Until so many clients wait; a wait is begun by another connection, so nothing else tells. */
  const waiting = async (r: WireClient, count: number) => {
    while ((await infoOf(r, 'blocked_clients')) !== String(count));
  }

  /** Sends a command that is to wait, after `already` others that do. */
  const wait = async (r: WireClient, already: number, ...args: [string, ...string[]]) => {
    const client = await connect()
    client.send(...args)
    await waiting(r, already + 1)
    return client
  }

  test('what is there is taken at once, from the first key that has some', async () => {
    const r = await connect()
    await r.command('RPUSH', 'b', '1', '2', '3')
    await r.command('RPUSH', 'c', '4')
    expect(await r.command('BLPOP', 'a', 'b', 'c', '0')).toEqual(['b', '1'])
    expect(await r.command('BRPOP', 'a', 'b', 'c', '0')).toEqual(['b', '3'])
    expect(await r.command('BLMPOP', '0', '2', 'a', 'c', 'LEFT', 'COUNT', '5')).toEqual(['c', ['4']])
    expect(await r.command('BLMOVE', 'b', 'd', 'LEFT', 'RIGHT', '0')).toBe('2')
    expect(await r.command('BRPOPLPUSH', 'd', 'e', '0')).toBe('2')
    expect(await r.command('KEYS', '*')).toEqual(['e'])
  })

  test('a key that is over by the time a transaction ends serves nobody', async () => {
    const r = await connect({ needs: { since: { redis: '7.2.4', valkey: '8.0.0' } } })
    const client = await wait(r, 0, 'BLPOP', 'a', '0')
    await r.command('MULTI')
    await r.command('RPUSH', 'a', 'gone')
    await r.command('PEXPIRE', 'a', '5')
    await r.command('DEBUG', 'SLEEP', '0.05')
    await r.command('EXEC')
    await r.command('RPUSH', 'a', 'there')
    expect(await client.receive()).toEqual(['a', 'there'])
  })

  test('a wait that nobody ends answers nil, as an array', async () => {
    const r = await connect()
    for (const command of [
      ['BLPOP', 'a', 'b', '0.01'],
      ['BRPOP', 'a', '0.01'],
      ['BLMPOP', '0.01', '1', 'a', 'LEFT'],
      ['BLMOVE', 'a', 'b', 'LEFT', 'LEFT', '0.01'],
      ['BRPOPLPUSH', 'a', 'b', '0.01'],
    ] as [string, ...string[]][]) {
      expect(await r.replyText(...command), command.join(' ')).toBe('*-1\r\n')
    }
    const r3 = await connect({ resp: 3 })
    expect(await r3.replyText('BLPOP', 'a', '0.01')).toBe('_\r\n')
  })

  test('a timeout that is less than a millisecond below zero means forever', async () => {
    const r = await connect()
    const client = await wait(r, 0, 'BLPOP', 'nothing', '-0.0009')
    await r.command('RPUSH', 'nothing', '1')
    expect(await client.receive()).toEqual(['nothing', '1'])
  })

  test('timeouts are seconds with decimals, and neither negative nor text', async () => {
    const r = await connect()
    for (const command of [
      ['BLPOP', 'a', '-1'],
      ['BRPOP', 'a', '-0.1'],
      ['BLMPOP', '-1', '1', 'a', 'LEFT'],
      ['BLMOVE', 'a', 'b', 'LEFT', 'LEFT', '-1'],
      ['BRPOPLPUSH', 'a', 'b', '-1'],
    ] as [string, ...string[]][]) {
      await expect(r.command(...command)).rejects.toThrow('ERR timeout is negative')
    }
    for (const text of ['x', '', '1 ', 'nan']) {
      await expect(r.command('BLPOP', 'a', text)).rejects.toThrow('ERR timeout is not a float or out of range')
    }
    expect(await r.command('BLPOP', 'a', '1e-3')).toBe(null)
  })

  test('timeouts beyond the end of time are out of range', async () => {
    const r = await connect({ needs: RUNS_AGAIN })
    await expect(r.command('BLPOP', 'a', '1e300')).rejects.toThrow('ERR timeout is out of range')
  })

  test('BLMPOP and BLMOVE refuse what they cannot mean before they wait', async () => {
    const r = await connect()
    await expect(r.command('BLMPOP', '1', '0', 'a', 'LEFT')).rejects.toThrow('ERR numkeys should be greater than 0')
    await expect(r.command('BLMPOP', '1', '1', 'a', 'UP')).rejects.toThrow('ERR syntax error')
    // The time to wait is looked at last.
    await expect(r.command('BLMPOP', 'x', '1', 'a', 'UP')).rejects.toThrow('ERR syntax error')
    await expect(r.command('BLMPOP', '1', '1', 'a', 'LEFT', 'COUNT', '0')).rejects.toThrow(
      'ERR count should be greater than 0',
    )
    await expect(r.command('BLMOVE', 'a', 'b', 'LEFT', 'UP', '1')).rejects.toThrow('ERR syntax error')
  })

  test('the first to come is the first to be served', async () => {
    const r = await connect()
    const first = await wait(r, 0, 'BLPOP', 'l', '0')
    const second = await wait(r, 1, 'BRPOP', 'l', '0')
    const third = await wait(r, 2, 'BLMPOP', '0', '1', 'l', 'RIGHT', 'COUNT', '2')
    expect(await r.command('RPUSH', 'l', '1', '2', '3', '4', '5')).toBe(5)
    expect(await first.receive()).toEqual(['l', '1'])
    expect(await second.receive()).toEqual(['l', '5'])
    expect(await third.receive()).toEqual(['l', ['4', '3']])
    expect(await r.command('LRANGE', 'l', '0', '-1')).toEqual(['2'])
    expect(await infoOf(r, 'blocked_clients')).toBe('0')
  })

  test('the pushed list is gone when all of it was handed out', async () => {
    const r = await connect()
    const client = await wait(r, 0, 'BLPOP', 'l', '0')
    expect(await r.command('LPUSH', 'l', 'x')).toBe(1)
    expect(await client.receive()).toEqual(['l', 'x'])
    expect(await r.command('EXISTS', 'l')).toBe(0)
  })

  test('a client that waits for several keys is served by the one that comes', async () => {
    const r = await connect()
    const client = await wait(r, 0, 'BLPOP', 'a', 'b', 'a', 'c', '0')
    await r.command('RPUSH', 'b', '1')
    expect(await client.receive()).toEqual(['b', '1'])
    await r.command('RPUSH', 'a', '2')
    expect(await r.command('LLEN', 'a')).toBe(1)
  })

  test('a transaction that fills several keys serves in the order in which they were filled', async () => {
    const r = await connect()
    const both = await wait(r, 0, 'BLPOP', 'a', 'b', '0')
    const onlyB = await wait(r, 1, 'BLPOP', 'b', '0')
    await r.command('MULTI')
    await r.command('RPUSH', 'b', 'b1')
    await r.command('RPUSH', 'a', 'a1')
    await r.command('RPUSH', 'b', 'b2')
    expect(await r.command('EXEC')).toEqual([1, 1, 2])
    expect(await onlyB.receive()).toEqual(['b', expect.any(String)])
    expect(await both.receive()).toHaveLength(2)
    expect((await r.command('DBSIZE')) as number).toBe(1)
  })

  test('what a transaction pushes and takes again serves nobody', async () => {
    const r = await connect()
    const client = await wait(r, 0, 'BLPOP', 'l', '0')
    await r.command('MULTI')
    await r.command('RPUSH', 'l', '1')
    await r.command('DEL', 'l')
    await r.command('EXEC')
    expect(await infoOf(r, 'blocked_clients')).toBe('1')
    await r.command('RPUSH', 'l', '2')
    expect(await client.receive()).toEqual(['l', '2'])
  })

  test('inside a transaction nothing waits', async () => {
    const r = await connect()
    await r.command('MULTI')
    await r.command('BLPOP', 'a', '0')
    await r.command('BLMPOP', '0', '1', 'a', 'LEFT')
    await r.command('BLMOVE', 'a', 'b', 'LEFT', 'LEFT', '0')
    await r.command('BRPOPLPUSH', 'a', 'b', '0')
    expect(await r.replyText('EXEC')).toBe('*4\r\n*-1\r\n*-1\r\n$-1\r\n$-1\r\n')
  })

  test('a served client may serve the next one: elements go down a chain', async () => {
    const r = await connect()
    const last = await wait(r, 0, 'BLPOP', 'c', '0')
    const second = await wait(r, 1, 'BLMOVE', 'b', 'c', 'LEFT', 'RIGHT', '0')
    const first = await wait(r, 2, 'BRPOPLPUSH', 'a', 'b', '0')
    expect(await r.command('RPUSH', 'a', 'x')).toBe(1)
    expect(await first.receive()).toBe('x')
    expect(await second.receive()).toBe('x')
    expect(await last.receive()).toEqual(['c', 'x'])
    expect(await r.command('DBSIZE')).toBe(0)
  })

  test('BLMOVE onto itself rotates what came', async () => {
    const r = await connect()
    const client = await wait(r, 0, 'BLMOVE', 'l', 'l', 'LEFT', 'RIGHT', '0')
    await r.command('RPUSH', 'l', '1', '2')
    expect(await client.receive()).toBe('1')
    expect(await r.command('LRANGE', 'l', '0', '-1')).toEqual(['2', '1'])
  })

  test('BLMOVE to a key of another type is refused when its turn comes, and takes nothing', async () => {
    const r = await connect()
    const moving = await wait(r, 0, 'BLMOVE', 'l', 's', 'LEFT', 'RIGHT', '0')
    const next = await wait(r, 1, 'BLPOP', 'l', '0')
    await r.command('SET', 's', 'x')
    await r.command('RPUSH', 'l', '1')
    await expect(moving.receive()).rejects.toThrow(WRONG_TYPE)
    expect(await next.receive()).toEqual(['l', '1'])
  })

  test('a client of several keys is refused when one before the ready one became another type', async () => {
    const r = await connect({ needs: RUNS_AGAIN })
    const client = await wait(r, 0, 'BLPOP', 'a', 'b', '0')
    await r.command('SET', 'a', 'x')
    await r.command('RPUSH', 'b', '1')
    await expect(client.receive()).rejects.toThrow(WRONG_TYPE)
    expect(await r.command('LLEN', 'b')).toBe(1)
  })

  test('elements that two clients hand to each other come to rest', async () => {
    const r = await connect()
    const there = await wait(r, 0, 'BLMOVE', 'a', 'b', 'LEFT', 'LEFT', '0')
    const back = await wait(r, 1, 'BLMOVE', 'b', 'a', 'LEFT', 'LEFT', '0')
    await r.command('RPUSH', 'a', '1')
    expect(await there.receive()).toBe('1')
    expect(await back.receive()).toBe('1')
    expect(await r.command('LRANGE', 'a', '0', '-1')).toEqual(['1'])
    expect(await r.command('EXISTS', 'b')).toBe(0)
  })

  test('a key of another type serves nobody, and is refused to who comes', async () => {
    const r = await connect()
    const client = await wait(r, 0, 'BLPOP', 'l', '0')
    await r.command('SET', 'l', 'x')
    expect(await infoOf(r, 'blocked_clients')).toBe('1')
    await expect(r.command('BLPOP', 'l', '0')).rejects.toThrow(WRONG_TYPE)
    await r.command('DEL', 'l')
    await r.command('LPUSH', 'l', 'y')
    expect(await client.receive()).toEqual(['l', 'y'])
  })

  test('a list that comes by another name, database or copy is a list that came', async () => {
    const r = await connect()
    await r.command('RPUSH', 'source', '1', '2', '3', '4')
    const renamed = await wait(r, 0, 'BLPOP', 'renamed', '0')
    await r.command('RENAME', 'source', 'renamed')
    expect(await renamed.receive()).toEqual(['renamed', '1'])
    const copied = await wait(r, 0, 'BLPOP', 'copied', '0')
    await r.command('COPY', 'renamed', 'copied')
    expect(await copied.receive()).toEqual(['copied', '2'])
    const restored = await wait(r, 0, 'BLPOP', 'restored', '0')
    const payload = await r.reply('DUMP', 'copied')
    await r.command('RESTORE', 'restored', '0', payload.type === 'bulk' ? payload.bytes : '')
    expect(await restored.receive()).toEqual(['restored', '3'])
    const elsewhere = await connect()
    await elsewhere.command('SELECT', '9')
    elsewhere.send('BLPOP', 'renamed', '0')
    await waiting(r, 1)
    await r.command('MOVE', 'renamed', '9')
    expect(await elsewhere.receive()).toEqual(['renamed', '2'])
  })

  test('SWAPDB serves those who wait on either side', async () => {
    const r = await connect()
    const client = await wait(r, 0, 'BLPOP', 'l', '0')
    await r.command('SELECT', '9')
    await r.command('RPUSH', 'l', 'x')
    await r.command('SWAPDB', '0', '9')
    expect(await client.receive()).toEqual(['l', 'x'])
  })

  test('CLIENT UNBLOCK ends a wait as if its time were over, or with an error', async () => {
    const r = await connect()
    const client = await connect()
    const id = String(await client.command('CLIENT', 'ID'))
    client.send('BLPOP', 'l', '0')
    await waiting(r, 1)
    expect(await r.command('CLIENT', 'UNBLOCK', id)).toBe(1)
    expect(await client.receive()).toBe(null)
    client.send('BLMOVE', 'l', 'm', 'LEFT', 'LEFT', '0')
    await waiting(r, 1)
    expect(await r.command('CLIENT', 'UNBLOCK', id, 'ERROR')).toBe(1)
    await expect(client.receive()).rejects.toThrow('UNBLOCKED client unblocked via CLIENT UNBLOCK')
    expect(await r.command('CLIENT', 'UNBLOCK', id)).toBe(0)
    expect(await client.command('PING')).toBe('PONG')
  })

  test('a client that goes, or is killed, leaves its place to the next one', async () => {
    const r = await connect()
    const gone = await wait(r, 0, 'BLPOP', 'l', '0')
    const killed = await connect()
    const id = String(await killed.command('CLIENT', 'ID'))
    killed.send('BLPOP', 'l', '0')
    await waiting(r, 2)
    const next = await wait(r, 2, 'BLPOP', 'l', 'm', '0')
    await gone.close()
    await waiting(r, 2)
    expect(await r.command('CLIENT', 'KILL', 'ID', id)).toBe(1)
    await killed.closed
    await waiting(r, 1)
    await r.command('RPUSH', 'l', '1')
    expect(await next.receive()).toEqual(['l', '1'])
    expect(await infoOf(r, 'blocked_clients')).toBe('0')
    expect(await infoOf(r, 'clients_in_timeout_table')).toBe('0')
  })

  test('INFO counts the keys that are waited for', async () => {
    const r = await connect({ needs: RUNS_AGAIN })
    const client = await wait(r, 0, 'BLPOP', 'a', 'b', '0')
    const other = await wait(r, 1, 'BLPOP', 'b', '0')
    expect(await infoOf(r, 'total_blocking_keys')).toBe('2')
    await r.command('RPUSH', 'b', '1', '2')
    await client.receive()
    await other.receive()
    expect(await infoOf(r, 'total_blocking_keys')).toBe('0')
    expect(await infoOf(r, 'total_blocking_keys_on_nokey')).toBe('0')
  })

  test('commands sent behind a waiting one run after it', async () => {
    const r = await connect()
    const client = await wait(r, 0, 'BLPOP', 'l', '0')
    client.send('SET', 's', '1')
    client.send('GET', 's')
    expect(await r.command('EXISTS', 's')).toBe(0)
    await r.command('RPUSH', 'l', 'x')
    expect(await client.receive()).toEqual(['l', 'x'])
    expect(await client.receive()).toBe('OK')
    expect(await client.receive()).toBe('1')
  })

  test('a client may serve itself no element, and waits behind its own push', async () => {
    const r = await connect()
    r.send('RPUSH', 'l', '1')
    r.send('BLPOP', 'l', '0')
    r.send('BLPOP', 'l', '0.01')
    expect(await r.receive()).toBe(1)
    expect(await r.receive()).toEqual(['l', '1'])
    expect(await r.receive()).toBe(null)
  })

  test('a reply is in the protocol of the client that waited', async () => {
    const r = await connect()
    const client = await connect({ resp: 3 })
    client.send('BLMPOP', '0', '1', 'l', 'LEFT')
    await waiting(r, 1)
    await r.command('RPUSH', 'l', 'x')
    await client.receive()
    expect(client.takeText()).toBe('*2\r\n$1\r\nl\r\n*1\r\n$1\r\nx\r\n')
  })

  test('CLIENT LIST shows who waits', async () => {
    const r = await connect()
    const client = await wait(r, 0, 'BLPOP', 'l', '0')
    expect(String(await r.command('CLIENT', 'LIST'))).toMatch(/ flags=b .* cmd=blpop /)
    await r.command('RPUSH', 'l', 'x')
    await client.receive()
  })

  test('a watched key that was filled and handed out was changed', async () => {
    const r = await connect()
    const watcher = await connect()
    await watcher.command('WATCH', 'l')
    const client = await wait(r, 0, 'BLPOP', 'l', '0')
    await r.command('RPUSH', 'l', 'x')
    await client.receive()
    await watcher.command('MULTI')
    await watcher.command('PING')
    expect(await watcher.command('EXEC')).toBe(null)
  })

  test('a wait counts as one call, when it ends', async () => {
    const r = await connect({ needs: RUNS_AGAIN })
    await r.command('CONFIG', 'RESETSTAT')
    const client = await wait(r, 0, 'BLPOP', 'l', '0')
    expect(await infoOf(r, 'cmdstat_blpop')).toBe(undefined)
    await r.command('RPUSH', 'l', 'x')
    await client.receive()
    expect(await infoOf(r, 'cmdstat_blpop')).toMatch(/^calls=1,/)
    await client.command('BLPOP', 'l', '0.01')
    expect(await infoOf(r, 'cmdstat_blpop')).toMatch(/^calls=2,.*rejected_calls=0,failed_calls=0/)
  })

  test('a wait that CLIENT UNBLOCK ends with an error counts as a call that failed', async () => {
    // Valkey 9.1 counts it as refused.
    const r = await connect({ needs: AS_REDIS })
    const client = await connect()
    const id = String(await client.command('CLIENT', 'ID'))
    await r.command('CONFIG', 'RESETSTAT')
    client.send('BLPOP', 'l', '0')
    await waiting(r, 1)
    await r.command('CLIENT', 'UNBLOCK', id, 'ERROR')
    await expect(client.receive()).rejects.toThrow('UNBLOCKED')
    expect(await infoOf(r, 'cmdstat_blpop')).toMatch(/^calls=1,.*rejected_calls=0,failed_calls=1/)
    expect(await infoOf(r, 'errorstat_UNBLOCKED')).toBe('count=1')
  })

  test('a client that waits for a list is not served while writes are paused', async () => {
    const r = await connect({ needs: RUNS_AGAIN })
    const client = await wait(r, 0, 'BLPOP', 'l', '0')
    await r.command('CLIENT', 'PAUSE', '100000', 'WRITE')
    const pusher = await connect()
    pusher.send('RPUSH', 'l', 'x')
    expect(await r.command('EXISTS', 'l')).toBe(0)
    await r.command('CLIENT', 'UNPAUSE')
    expect(await pusher.receive()).toBe(1)
    expect(await client.receive()).toEqual(['l', 'x'])
  })

  test('a key that is there when its time is over is not', async () => {
    const r = await connect({ needs: AS_REDIS })
    await r.command('RPUSH', 'l', 'x')
    await r.command('PEXPIREAT', 'l', '1')
    expect(await r.command('BLPOP', 'l', '0.01')).toBe(null)
  })
})
