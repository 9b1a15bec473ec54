/*
 * XREAD and XREADGROUP, and how they wait. Nothing here imports src/server: the
 * suite also runs against a real server.
 */
import { describe, expect, test } from 'vitest'
import { type Needs, withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

/** What Redis 7.2 and later do otherwise than Redis 7.0. */
const SINCE_72: Needs = { since: { redis: '7.2.0', valkey: '7.2.0' } }
const HAS_TOP: Needs = { since: { redis: '7.4.0', valkey: '8.1.0' } }

const connect = withServer()

/** Sends a command that waits, and comes back when the server has it waiting. */
async function waiting(r: WireClient, other: WireClient, ...args: [string, ...string[]]): Promise<void> {
  const id = await r.command('CLIENT', 'ID')
  r.takeText()
  r.send(...args)
  const isBlocked = new RegExp(`^id=${id} .* flags=b `, 'm')
  await expect.poll(async () => String(await other.command('CLIENT', 'LIST')), { timeout: 5000 }).toMatch(isBlocked)
}

describe('XREAD', () => {
  test('reads what follows an id in several streams', async () => {
    const r = await connect()
    for (const id of ['1-1', '2-1', '3-1']) await r.command('XADD', 's', id, 'k', 's')
    await r.command('XADD', 't', '1-1', 'k', 't')
    expect(await r.command('XREAD', 'COUNT', '2', 'STREAMS', 's', 'nope', 't', '1-1', '0', '0')).toEqual([
      [
        's',
        [
          ['2-1', ['k', 's']],
          ['3-1', ['k', 's']],
        ],
      ],
      ['t', [['1-1', ['k', 't']]]],
    ])
    expect(await r.command('XREAD', 'STREAMS', 's', '3-1')).toBe(null)
    expect(await r.command('XREAD', 'STREAMS', 's', '$')).toBe(null)
    const r3 = await connect({ resp: 3 })
    expect(await r3.replyText('XREAD', 'STREAMS', 't', '0')).toBe(
      '%1\r\n$1\r\nt\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nk\r\n$1\r\nt\r\n',
    )
    expect(await r3.replyText('XREAD', 'STREAMS', 't', '1-1')).toBe('_\r\n')
  })

  test('+ is the last entry itself', async () => {
    const r = await connect({ needs: HAS_TOP })
    for (const id of ['1-1', '2-1', '3-1']) await r.command('XADD', 's', id, 'k', 's')
    expect(await r.command('XREAD', 'STREAMS', 's', '+')).toEqual([['s', [['3-1', ['k', 's']]]]])
    expect(await r.command('XREAD', 'STREAMS', 'nope', '+')).toBe(null)
  })

  test('refuses options and ids that it does not know, and keys of other types', async () => {
    const r = await connect()
    await r.command('XADD', 's', '1', 'a', 'b')
    await r.command('SET', 'str', 'x')
    await expect(r.command('XREAD', 'FOO', '1', 'STREAMS', 's', '0')).rejects.toThrow('ERR syntax error')
    await expect(r.command('XREAD', 'COUNT', '1', 's', '0')).rejects.toThrow('ERR syntax error')
    await expect(r.command('XREAD', 'STREAMS', 's', 't', '0')).rejects.toThrow('Unbalanced')
    await expect(r.command('XREAD', 'COUNT', 'x', 'STREAMS', 's', '0')).rejects.toThrow('ERR value is not an integer')
    await expect(r.command('XREAD', 'BLOCK', 'x', 'STREAMS', 's', '0')).rejects.toThrow(
      'ERR timeout is not an integer or out of range',
    )
    await expect(r.command('XREAD', 'BLOCK', '-1', 'STREAMS', 's', '0')).rejects.toThrow('ERR timeout is negative')
    await expect(r.command('XREAD', 'STREAMS', 's', 'x')).rejects.toThrow('ERR Invalid stream ID')
    await expect(r.command('XREAD', 'STREAMS', 's', '>')).rejects.toThrow(
      'ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.',
    )
    await expect(r.command('XREAD', 'GROUP', 'g', 'c', 'STREAMS', 's', '0')).rejects.toThrow(
      'ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.',
    )
    await expect(r.command('XREAD', 'NOACK', 'STREAMS', 's', '0')).rejects.toThrow(
      'ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.',
    )
    await expect(r.command('XREAD', 'STREAMS', 's', 'str', '0', '0')).rejects.toThrow('WRONGTYPE')
    await expect(r.command('XREADGROUP', 'COUNT', '1', 'STREAMS', 's', 's', '>', '>')).rejects.toThrow(
      'ERR Missing GROUP option for XREADGROUP',
    )
    await r.command('XGROUP', 'CREATE', 's', 'g', '0')
    await expect(r.command('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '$')).rejects.toThrow(
      'ERR The $ ID is meaningless in the context of XREADGROUP',
    )
  })

  test('waits for an entry behind $, in a stream that is there', async () => {
    const r = await connect()
    const other = await connect()
    await other.command('XADD', 's', '1-1', 'n', '1')
    await waiting(r, other, 'XREAD', 'BLOCK', '0', 'STREAMS', 's', 't', '$', '$')
    await other.command('XADD', 's', '2-1', 'n', '2')
    expect(await r.receive()).toEqual([['s', [['2-1', ['n', '2']]]]])
  })

  test('waits for a stream that comes into being', async () => {
    const r = await connect({ resp: 3 })
    const other = await connect()
    await waiting(r, other, 'XREAD', 'COUNT', '5', 'BLOCK', '0', 'STREAMS', 's', '$')
    await other.command('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM')
    await other.command('XADD', 's', '2-1', 'n', '2')
    await r.receive()
    expect(r.takeText()).toBe('%1\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n2-1\r\n*2\r\n$1\r\nn\r\n$1\r\n2\r\n')
  })

  test('is not woken by an entry that is not behind its id', async () => {
    const r = await connect()
    const other = await connect()
    await waiting(r, other, 'XREAD', 'BLOCK', '0', 'STREAMS', 's', '5')
    await other.command('XADD', 's', '4-1', 'n', '4')
    await other.command('XADD', 's', '5-1', 'n', '5')
    expect(await r.receive()).toEqual([['s', [['5-1', ['n', '5']]]]])
  })

  test('answers a null when its time is over', async () => {
    const r = await connect()
    expect(await r.replyText('XREAD', 'BLOCK', '5', 'STREAMS', 's', '$')).toBe('*-1\r\n')
    const r3 = await connect({ resp: 3 })
    expect(await r3.replyText('XREAD', 'BLOCK', '5', 'STREAMS', 's', '$')).toBe('_\r\n')
  })

  test('does not wait inside a transaction', async () => {
    const r = await connect()
    await r.command('MULTI')
    await r.command('XREAD', 'BLOCK', '0', 'STREAMS', 's', '$')
    await r.command('XADD', 's', '1', 'a', 'b')
    expect(await r.command('EXEC')).toEqual([null, '1-0'])
  })

  test('all who wait get the same entry', async () => {
    const other = await connect()
    const readers = [await connect(), await connect(), await connect()]
    for (const reader of readers) await waiting(reader, other, 'XREAD', 'BLOCK', '0', 'STREAMS', 's', '$')
    await other.command('XADD', 's', '1-1', 'a', 'b')
    for (const reader of readers) expect(await reader.receive()).toEqual([['s', [['1-1', ['a', 'b']]]]])
  })

  test('entries that a transaction adds come together when it is over', async () => {
    const r = await connect()
    const other = await connect()
    await waiting(r, other, 'XREAD', 'BLOCK', '0', 'STREAMS', 's', '$')
    await other.command('MULTI')
    await other.command('XADD', 's', '1-1', 'a', '1')
    await other.command('XADD', 's', '2-1', 'a', '2')
    await other.command('EXEC')
    expect(await r.receive()).toEqual([
      [
        's',
        [
          ['1-1', ['a', '1']],
          ['2-1', ['a', '2']],
        ],
      ],
    ])
  })
})

describe('XREADGROUP that waits', () => {
  test('gives each entry to one of those who wait, first come first served', async () => {
    const other = await connect()
    const [a, b] = [await connect(), await connect()]
    await other.command('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM')
    await waiting(a, other, 'XREADGROUP', 'GROUP', 'g', 'a', 'BLOCK', '0', 'STREAMS', 's', '>')
    await waiting(b, other, 'XREADGROUP', 'GROUP', 'g', 'b', 'BLOCK', '0', 'STREAMS', 's', '>')
    await other.command('XADD', 's', '1-1', 'n', '1')
    expect(await a.receive()).toEqual([['s', [['1-1', ['n', '1']]]]])
    await other.command('XADD', 's', '2-1', 'n', '2')
    expect(await b.receive()).toEqual([['s', [['2-1', ['n', '2']]]]])
    expect(await other.command('XPENDING', 's', 'g')).toEqual([
      2,
      '1-1',
      '2-1',
      [
        ['a', '1'],
        ['b', '1'],
      ],
    ])
  })

  test('never waits for its own history', async () => {
    const r = await connect()
    await r.command('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM')
    expect(await r.command('XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', '0', 'STREAMS', 's', '0')).toEqual([['s', []]])
  })

  test('makes its consumer even when it finds nothing', async () => {
    const r = await connect({ needs: SINCE_72 })
    await r.command('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM')
    expect(await r.command('XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', '5', 'STREAMS', 's', '>')).toBe(null)
    expect(await r.command('XINFO', 'CONSUMERS', 's', 'g')).toHaveLength(1)
  })

  test('is told when its stream or its group goes, or becomes something else', async () => {
    const r = await connect({ needs: SINCE_72 })
    const other = await connect()
    const gone = "NOGROUP No such key 's' or consumer group 'g'"
    const losses: [string, string, ...string[]][] = [
      [gone, 'DEL', 's'],
      [gone, 'XGROUP', 'DESTROY', 's', 'g'],
      [gone, 'FLUSHALL'],
      ['WRONGTYPE', 'SET', 's', 'x'],
    ]
    for (const [refusal, ...loss] of losses) {
      await other.command('DEL', 's')
      await other.command('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM')
      await waiting(r, other, 'XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', '0', 'STREAMS', 's', '>')
      await other.command(...loss)
      await expect(r.receive()).rejects.toThrow(refusal)
    }
  })

  test('goes on waiting when its stream is renamed away and back in a transaction', async () => {
    const r = await connect({ needs: SINCE_72 })
    const other = await connect()
    await other.command('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM')
    await waiting(r, other, 'XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', '0', 'STREAMS', 's', '>')
    await other.command('MULTI')
    await other.command('RENAME', 's', 't')
    await other.command('RENAME', 't', 's')
    await other.command('EXEC')
    await other.command('XADD', 's', '1-1', 'a', 'b')
    expect(await r.receive()).toEqual([['s', [['1-1', ['a', 'b']]]]])
  })
})
