/*
 * MIGRATE over the wire: from the server under test to a Keystead, and from it to real
 * servers where there are some.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findPeer, type PeerName } from '../support/peers.ts'
import { ONLY_OURS, withServer } from '../support/server.ts'
import {
  keysteadProgram,
  type Program,
  peerProgram,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'

const SYNTAX = 'ERR syntax error'
const NOT_INTEGER = 'ERR value is not an integer or out of range'
const LATER = 4_000_000_000_000
const replied = (text: string): string => `ERR Target instance replied with error: ${text}`

let target: ServerProcess
let there: WireClient

/** Starts the target anew for each describe block that asks for it. */
function withTarget(program: () => Program, options: Readonly<Record<string, string>> = {}): void {
  beforeAll(async () => {
    target = await startServer(program(), options)
    there = await WireClient.open({ port: target.port })
    if (options['requirepass']) await there.command('AUTH', options['requirepass'])
  })
  beforeEach(() => there.command('FLUSHALL'))
  afterAll(() => target.stop())
}

/** A key of each type, the string of so many bytes; their names. */
async function setOneOfEach(r: WireClient, bytes: number): Promise<string[]> {
  await r.command('SET', 's', 'x'.repeat(bytes))
  await r.command('RPUSH', 'l', 'a', 'b')
  await r.command('SADD', 'set', '1', 'x')
  await r.command('ZADD', 'z', 1, 'a')
  await r.command('HSET', 'h', 'f', 'v')
  await r.command('XADD', 'x', '1-1', 'f', 'v')
  return ['s', 'l', 'set', 'z', 'h', 'x']
}

describe('MIGRATE', () => {
  const connect = withServer()
  withTarget(keysteadProgram)

  const migrate = (r: WireClient, key: string, db: number, ...options: string[]): Promise<unknown> =>
    r.command('MIGRATE', '127.0.0.1', target.port, key, db, 5000, ...options)

  test('moves a key with its time to live', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    await r.command('PEXPIREAT', 'a', LATER)
    expect(await migrate(r, 'a', 0)).toBe('OK')
    expect(await r.command('EXISTS', 'a')).toBe(0)
    expect(await there.command('GET', 'a')).toBe('1')
    expect(Math.abs(Number(await there.command('PEXPIRETIME', 'a')) - LATER)).toBeLessThan(5_000)
  })

  test('moves many keys of all types, leaves out those that are not there', async () => {
    const r = await connect()
    const keys = await setOneOfEach(r, 100_000)
    const digests = await r.command('DEBUG', 'DIGEST-VALUE', ...keys)
    expect(await migrate(r, '', 3, 'KEYS', ...keys, 'nope')).toBe('OK')
    expect(await r.command('DBSIZE')).toBe(0)
    await there.command('SELECT', 3)
    expect(await there.command('DEBUG', 'DIGEST-VALUE', ...keys)).toEqual(digests)
    await there.command('SELECT', 0)
  })

  test('answers NOKEY where there is nothing to move', async () => {
    const r = await connect()
    expect(await migrate(r, 'nope', 0)).toBe('NOKEY')
    expect(await migrate(r, '', 0)).toBe('NOKEY')
    expect(await migrate(r, '', 0, 'KEYS')).toBe('NOKEY')
    expect(await migrate(r, '', 0, 'KEYS', 'no', 'nope')).toBe('NOKEY')
    expect(await r.command('MIGRATE', '127.0.0.1', '1', 'nope', 0, 10)).toBe('NOKEY')
  })

  test('with COPY leaves the keys where they are, with REPLACE replaces those over there', async () => {
    const r = await connect()
    await r.command('SET', 'a', 'here')
    await there.command('SET', 'a', 'there')
    await expect(migrate(r, 'a', 0)).rejects.toThrow(replied('BUSYKEY Target key name already exists.'))
    expect(await r.command('GET', 'a')).toBe('here')
    expect(await migrate(r, 'a', 0, 'copy', 'REPLACE')).toBe('OK')
    expect(await r.command('GET', 'a')).toBe('here')
    expect(await there.command('GET', 'a')).toBe('here')
    await expect(migrate(r, 'a', 0, 'COPY')).rejects.toThrow('BUSYKEY')
    expect(await migrate(r, 'a', 0, 'REPLACE')).toBe('OK')
    expect(await r.command('EXISTS', 'a')).toBe(0)
  })

  test('moves the keys that the other server takes, and tells the first error', async () => {
    const r = await connect()
    await r.command('MSET', 'a', '1', 'b', '2', 'c', '3')
    await there.command('SET', 'b', 'x')
    await expect(migrate(r, '', 0, 'KEYS', 'a', 'b', 'c')).rejects.toThrow(replied('BUSYKEY'))
    expect(await r.command('KEYS', '*')).toEqual(['b'])
    expect(await there.command('MGET', 'a', 'b', 'c')).toEqual(['1', 'x', '3'])
  })

  test('to the database -1 selects none', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    expect(await migrate(r, 'a', -1)).toBe('OK')
    expect(await there.command('GET', 'a')).toBe('1')
  })

  test('tells what the other server says to a database that it does not have', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    await expect(migrate(r, 'a', 99)).rejects.toThrow(replied('ERR DB index is out of range'))
    expect(await r.command('GET', 'a')).toBe('1')
  })

  test('refuses a host that has no name, or one with a zero byte', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    for (const host of ['', 'local\0host']) {
      const refused = r.command('MIGRATE', host, '1', 'a', 0, 1000)
      await expect(refused).rejects.toThrow('IOERR error or timeout connecting to the client')
    }
    expect(await r.command('GET', 'a')).toBe('1')
  })

  test('counts as a change, ends a transaction of who watches, and is told of', async () => {
    const r = await connect()
    const other = await connect()
    await r.command('SET', 'a', '1')
    await r.command('WATCH', 'a')
    await migrate(other, 'a', 0)
    await r.command('MULTI')
    await r.command('PING')
    expect(await r.command('EXEC')).toBe(null)
  })

  test('refuses what is no request of its kind, before it connects', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    const refusals: readonly (readonly [args: readonly string[], error: string])[] = [
      [['1', 'a', 'x', '10'], NOT_INTEGER],
      [['1', 'a', '0', 'x'], NOT_INTEGER],
      [['1', 'a', '0', '10', 'AUTH'], SYNTAX],
      [['1', 'a', '0', '10', 'AUTH2', 'user'], SYNTAX],
      [['1', 'a', '0', '10', 'FASTER'], SYNTAX],
      [
        ['1', 'a', '0', '10', 'KEYS', 'a'],
        'ERR When using MIGRATE KEYS option, the key argument must be set to the empty string',
      ],
    ]
    for (const [args, error] of refusals) {
      await expect(r.command('MIGRATE', '127.0.0.1', ...args), args.join(' ')).rejects.toThrow(error)
    }
    await expect(r.command('MIGRATE', '127.0.0.1', '1', 'a', '0')).rejects.toThrow('wrong number of arguments')
  })

  test('says which arguments are keys', async () => {
    const r = await connect()
    expect(await r.command('COMMAND', 'GETKEYS', 'MIGRATE', 'h', '1', 'a', '0', '1', 'REPLACE')).toEqual(['a'])
    // What follows AUTH is a password, whatever it looks like.
    const withPassword = ['MIGRATE', 'h', '1', '', '0', '1', 'AUTH', 'KEYS', 'KEYS', 'a', 'b']
    expect(await r.command('COMMAND', 'GETKEYS', ...withPassword)).toEqual(['a', 'b'])
    expect(await r.command('COMMAND', 'GETKEYSANDFLAGS', ...withPassword)).toEqual([
      ['a', ['RW', 'access', 'delete']],
      ['b', ['RW', 'access', 'delete']],
    ])
    await expect(r.command('COMMAND', 'GETKEYS', 'MIGRATE', 'h', '1', 'k', '0', '1', 'KEYS', 'a')).rejects.toThrow(
      'ERR Invalid arguments specified for command',
    )
  })
})

describe('MIGRATE to a server with a password', () => {
  const connect = withServer()
  withTarget(keysteadProgram, { requirepass: 'secret' })

  test('takes the password, with or without the name of the user', async () => {
    const r = await connect()
    await r.command('MSET', 'a', '1', 'b', '2')
    const to = ['MIGRATE', '127.0.0.1', target.port] as const
    await expect(r.command(...to, 'a', 0, 5000)).rejects.toThrow(replied('NOAUTH Authentication required.'))
    await expect(r.command(...to, 'a', 0, 5000, 'AUTH', 'wrong')).rejects.toThrow(replied('WRONGPASS'))
    expect(await r.command(...to, 'a', 0, 5000, 'AUTH', 'secret')).toBe('OK')
    expect(await r.command(...to, 'b', 0, 5000, 'AUTH2', 'default', 'secret')).toBe('OK')
    expect(await there.command('MGET', 'a', 'b')).toEqual(['1', '2'])
  })
})

describe('MIGRATE to something else', () => {
  const connect = withServer()
  let silent: Server
  const sockets: Socket[] = []

  beforeEach(async () => {
    silent = createServer((socket) => sockets.push(socket))
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
  })
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
    silent.close()
  })
  const portOf = (): number => (silent.address() as { port: number }).port

  test('that refuses connections or has no address is an IOERR, and the key stays', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    const closed = portOf()
    silent.close()
    await expect(r.command('MIGRATE', '127.0.0.1', closed, 'a', 0, 1000)).rejects.toThrow(
      'IOERR error or timeout writing to target instance',
    )
    await expect(r.command('MIGRATE', 'nowhere.invalid', 6379, 'a', 0, 1000)).rejects.toThrow(
      'IOERR error or timeout connecting to the client',
    )
    expect(await r.command('GET', 'a')).toBe('1')
  })

  test('that never answers is an IOERR when the time is over', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    await expect(r.command('MIGRATE', '127.0.0.1', portOf(), 'a', 0, 50)).rejects.toThrow(
      'IOERR error or timeout reading to target instance',
    )
    expect(await r.command('GET', 'a')).toBe('1')
  })

  test('holds up who wants to write, and nobody who reads', async () => {
    const r = await connect({ needs: ONLY_OURS })
    const other = await connect()
    await r.command('SET', 'a', '1')
    r.send('MIGRATE', '127.0.0.1', portOf(), 'a', 0, 300)
    expect(await other.command('GET', 'a')).toBe('1')
    const append = other.command('APPEND', 'a', '2')
    await expect(r.receive()).rejects.toThrow('IOERR')
    expect(await append).toBe(2)
  })
})

describe('MIGRATE, when the data is replaced before the other server answers,', () => {
  const connect = withServer({ dbfilename: 'dump.rdb' }, { needs: ONLY_OURS })
  let slow: Server
  let asked: Promise<Socket>

  beforeEach(async () => {
    const { promise, resolve } = Promise.withResolvers<Socket>()
    asked = promise
    slow = createServer((socket) => socket.once('data', () => resolve(socket)))
    await new Promise<void>((done) => slow.listen(0, '127.0.0.1', done))
  })
  afterEach(async () => {
    ;(await asked).destroy()
    slow.close()
  })

  const replacements: readonly (readonly [string, ...string[]])[] = [
    ['DEBUG', 'RELOAD', 'NOSAVE'],
    ['KEYSTEAD.CHECKPOINT', 'REWIND', 'c'],
  ]
  for (const replacement of replacements) {
    test(`by ${replacement.join(' ')}, deletes no key of the same name, and says so`, async () => {
      const r = await connect()
      const other = await connect()
      await r.command('SET', 'a', 'saved')
      await r.command('SAVE')
      await r.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'c')
      await r.command('SET', 'a', 'sent')
      r.send('MIGRATE', '127.0.0.1', (slow.address() as { port: number }).port, 'a', -1, 60_000)
      const socket = await asked
      await other.command(...replacement)
      socket.write('+OK\r\n')
      await expect(r.receive()).rejects.toThrow('ERR The data was replaced while the other server answered')
      expect(await r.command('GET', 'a')).toBe('saved')
      await r.command('KEYSTEAD.CHECKPOINT', 'DELETE', 'c')
    })
  }
})

const PEERS: readonly PeerName[] = ['redis80', 'valkey81', 'valkey91']
for (const name of PEERS.filter((peer) => findPeer(peer) !== undefined)) {
  describe(`MIGRATE to ${name}`, () => {
    const connect = withServer({}, { needs: ONLY_OURS })
    withTarget(() => peerProgram(name))

    test('moves keys of all types', async () => {
      const r = await connect()
      const keys = await setOneOfEach(r, 1_000)
      const digests = await r.command('DEBUG', 'DIGEST-VALUE', ...keys)
      expect(await r.command('MIGRATE', 'localhost', target.port, '', 2, 5000, 'KEYS', ...keys)).toBe('OK')
      expect(await r.command('DBSIZE')).toBe(0)
      await there.command('SELECT', 2)
      expect(await there.command('DEBUG', 'DIGEST-VALUE', ...keys)).toEqual(digests)
    })
  })
}
