import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { findPeer, findProgram } from '../../../../../tests/support/peers.ts'
import { freePort } from '../../../../../tests/support/ports.ts'
import { peerProgram, type ServerProcess, startServer } from '../../../../../tests/support/server-process.ts'
import type { Endpoint } from '../../../../shared/contract/connections.ts'
import { FailureError } from '../../../../shared/contract/failure.ts'
import type { RespValue } from '../../../../shared/resp/value.ts'
import { Ledger } from '../ledger/ledger.ts'
import type { ServerAddress } from './address.ts'
import { integerOf, textOf } from './replies.ts'
import { SessionConnection, type SessionConnectionOptions } from './session-connection.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function redis(options: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await startServer(peerProgram('redis70'), options)
  cleanups.push(() => server.stop())
  return server
}

/** Options that take HELLO away, as servers before 6.0 never had it. */
function withoutHello(): Record<string, string> {
  const dir = mkdtempSync(join(tmpdir(), 'keystead-conf-'))
  cleanups.push(() => rmSync(dir, { recursive: true }))
  writeFileSync(join(dir, 'no-hello.conf'), 'rename-command HELLO ""\n')
  return { include: join(dir, 'no-hello.conf') }
}

const at = (port: number, more: Partial<ServerAddress> = {}): ServerAddress => ({
  endpoint: { kind: 'tcp', host: '127.0.0.1', port },
  db: 0,
  ...more,
})

function connectionTo(address: ServerAddress, options: Partial<SessionConnectionOptions> = {}) {
  const ledger = new Ledger()
  const connection = new SessionConnection({
    address: async () => address,
    ledger,
    source: 'browser',
    clientName: 'keystead-test',
    ...options,
  })
  cleanups.push(() => connection.close())
  return { connection, ledger }
}

/** A server that does what it is told with each socket. */
async function fake(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as { port: number }).port
}

async function failureOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(error instanceof FailureError)) throw new Error(`expected a failure, got ${String(error)}`)
  return error.failure
}

const commandsOf = (ledger: Ledger): string[] =>
  ledger
    .page(0, 100)
    .rows.map(({ command }) => command)
    .reverse()

describe('a connection to a real server', () => {
  test('speaks RESP3 and keeps every byte', async () => {
    const { connection } = connectionTo(at((await redis()).port))
    const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i)
    await connection.command(['SET', everyByte, everyByte])
    expect(await connection.command(['GET', everyByte])).toEqual({ type: 'bulk', bytes: everyByte })
    await connection.command(['HSET', 'h', 'f', 'v'])
    expect((await connection.command(['HGETALL', 'h'])).type).toBe('map')
    expect(connection.protocol).toBe(3)
    expect(connection.greeting.told).toMatchObject({ server: 'redis', mode: 'standalone', role: 'master' })
  })

  test('answers a pipeline in order, errors among the replies', async () => {
    const { connection } = connectionTo(at((await redis()).port))
    const commands = Array.from({ length: 5_000 }, (_, i) => (i === 2_500 ? ['NOPE'] : ['ECHO', String(i)]))
    const replies = await connection.pipeline(commands)
    expect(replies.map((reply) => (reply.type === 'error' ? 'error' : textOf(reply)))).toEqual(
      commands.map((command) => command[1] ?? 'error'),
    )
  })

  test('runs each command in the database it names, whatever else is under way', async () => {
    const { connection } = connectionTo(at((await redis()).port))
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => connection.command(['SET', `k${i}`, String(i)], { db: i % 4 })),
    )
    for (const db of [0, 1, 2, 3]) {
      expect(integerOf(await connection.command(['DBSIZE'], { db }))).toBe(50)
      expect(textOf(await connection.command(['GET', `k${db}`], { db }))).toBe(String(db))
    }
  })

  test('sends nothing after a SELECT that was refused', async () => {
    const { connection } = connectionTo(at((await redis()).port))
    const failure = await failureOf(connection.command(['SET', 'lost', '1'], { db: 99 }))
    expect(failure).toMatchObject({ code: 'COMMAND_FAILED', detail: 'ERR DB index is out of range' })
    expect(integerOf(await connection.command(['EXISTS', 'lost'], { db: 0 }))).toBe(0)
  })

  test('lists every command it sends, without the password', async () => {
    const server = await redis({ requirepass: 'open sesame' })
    const { connection, ledger } = connectionTo(at(server.port, { password: 'open sesame', db: 2 }))
    await connection.command(['GET', 'a'], { db: 3 })
    expect(commandsOf(ledger)).toEqual([
      'HELLO 3 AUTH default (redacted) SETNAME keystead-test',
      'SELECT 2',
      'SELECT 3',
      'GET a',
    ])
    expect(textOf(await connection.command(['CLIENT', 'GETNAME']))).toBe('keystead-test')
  })

  test('authenticates a user of an ACL, and says when it may not', async () => {
    const server = await redis()
    const admin = connectionTo(at(server.port)).connection
    await admin.command(['ACL', 'SETUSER', 'ann', 'on', '>s3cret', '+ping', '+get', '~*'])
    const { connection } = connectionTo(at(server.port, { username: 'ann', password: 's3cret' }))
    expect(textOf(await connection.command(['PING']))).toBe('PONG')
    const wrong = connectionTo(at(server.port, { username: 'ann', password: 'no' }))
    expect(await failureOf(wrong.connection.connect())).toMatchObject({
      code: 'AUTH_FAILED',
      detail: 'WRONGPASS invalid username-password pair or user is disabled.',
    })
    const denied = connectionTo(at(server.port, { username: 'ann', password: 's3cret', db: 1 }))
    expect(await failureOf(denied.connection.connect())).toMatchObject({ code: 'NO_PERMISSION' })
  })

  test('asks for the password that is missing', async () => {
    const server = await redis({ requirepass: 'x' })
    const { connection } = connectionTo(at(server.port))
    const failure = await failureOf(connection.connect())
    expect(failure.code).toBe('AUTH_REQUIRED')
    expect(failure.detail).toMatch(/^NOAUTH/)
    expect(connection.state).toMatchObject({ state: 'failed', failure: { code: 'AUTH_REQUIRED' } })
  })

  test('falls back to RESP2 where HELLO is not known', async () => {
    const server = await redis({ ...withoutHello(), requirepass: 'x' })
    const { connection, ledger } = connectionTo(at(server.port, { password: 'x' }))
    await connection.command(['HSET', 'h', 'f', 'v'])
    expect((await connection.command(['HGETALL', 'h'])).type).toBe('array')
    expect(connection.protocol).toBe(2)
    expect(commandsOf(ledger)[1]).toBe('AUTH (redacted)')
  })

  test('reaches a server at its socket', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'keystead-socket-'))
    cleanups.push(() => rmSync(dir, { recursive: true }))
    const path = join(dir, 'r.sock')
    await redis({ unixsocket: path })
    const { connection } = connectionTo({ endpoint: { kind: 'unix', path }, db: 0 })
    expect(textOf(await connection.command(['PING']))).toBe('PONG')
    const gone = connectionTo({ endpoint: { kind: 'unix', path: join(dir, 'no.sock') }, db: 0 })
    expect(await failureOf(gone.connection.connect())).toMatchObject({ code: 'SOCKET_MISSING' })
  })

  test('comes back by itself when the server returns, in the database it was in', async () => {
    const port = String(await freePort())
    const first = await redis({ port })
    const { connection } = connectionTo(at(first.port))
    await connection.command(['SELECT', '5'])
    const states: string[] = []
    connection.onState(({ state }) => states.push(state))
    const underWay = failureOf(connection.command(['BLPOP', 'nothing', '0']))
    await connection.connect()
    await first.stop()
    expect((await underWay).code).toBe('CONNECTION_LOST')
    await redis({ port })
    await vi.waitFor(() => expect(connection.state.state).toBe('ready'), { timeout: 10_000 })
    await connection.command(['SET', 'a', '1'])
    expect(integerOf(await connection.command(['DBSIZE'], { db: 5 }))).toBe(1)
    expect(states[0]).toBe('reconnecting')
  })

  test('lets a command wait for the connection that is being made again', async () => {
    const { connection } = connectionTo(at((await redis()).port))
    await connection.connect()
    connection.interrupt()
    expect(textOf(await connection.command(['PING']))).toBe('PONG')
  })

  test('gives up a command that takes too long or is cancelled, and goes on', async () => {
    const { connection } = connectionTo(at((await redis()).port))
    const late = connection.command(['BLPOP', 'nothing', '0.3'], { timeoutMs: 20 })
    expect(await failureOf(late)).toMatchObject({ code: 'TIMED_OUT' })
    const cancel = new AbortController()
    const cancelled = connection.command(['BLPOP', 'nothing', '0.1'], { signal: cancel.signal })
    cancel.abort()
    expect(await failureOf(cancelled)).toMatchObject({ code: 'CANCELLED' })
    expect(textOf(await connection.command(['ECHO', 'still in step']))).toBe('still in step')
  })

  test.each([
    ['RESP3', () => ({})],
    ['RESP2', withoutHello],
  ])('tells messages from replies in %s', async (_protocol, options) => {
    const server = await redis(options())
    const { connection } = connectionTo(at(server.port))
    const other = connectionTo(at(server.port)).connection
    const unasked: RespValue[] = []
    connection.onUnasked((value) => unasked.push(value))
    const one = await connection.command(['SUBSCRIBE', 'a'])
    expect('items' in one && textOf(one.items[0])).toBe('subscribe')
    const two = await connection.command(['SUBSCRIBE', 'b', 'c'])
    expect('items' in two && two.items.length).toBe(2)
    await other.command(['PUBLISH', 'b', 'hello'])
    await vi.waitFor(() => expect(unasked.length).toBe(1))
    expect(await connection.command(['PING'])).toBeDefined()
    expect(await connection.command(['SUBSCRIBE', 'd'])).toMatchObject({ items: [{}, {}, { value: 4 }] })
  })

  test.runIf(findPeer('valkey91'))('knows a Valkey when it meets one', async () => {
    const server = await startServer(peerProgram('valkey91'))
    cleanups.push(() => server.stop())
    const { connection } = connectionTo(at(server.port))
    await connection.connect()
    expect(connection.greeting.told.server).toBe('valkey')
  })
})

describe('what cannot be reached says why', () => {
  test('nobody listens', async () => {
    const { connection } = connectionTo(at(await freePort()))
    expect(await failureOf(connection.connect())).toMatchObject({ code: 'CONNECTION_REFUSED' })
    expect(connection.state).toMatchObject({ state: 'reconnecting' })
    expect(await failureOf(connection.command(['PING'], { timeoutMs: 10 }))).toMatchObject({
      code: 'CONNECTION_REFUSED',
    })
  })

  test('no such host', async () => {
    const endpoint: Endpoint = { kind: 'tcp', host: 'no-such-host.invalid', port: 6379 }
    const { connection } = connectionTo({ endpoint, db: 0 })
    expect(await failureOf(connection.connect())).toMatchObject({ code: 'HOST_NOT_FOUND' })
  })

  test('a web server', async () => {
    const port = await fake((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    expect(await failureOf(connectionTo(at(port)).connection.connect())).toMatchObject({
      code: 'NOT_REDIS',
      message: `What listens at 127.0.0.1:${port} is a web server.`,
      detail: expect.stringContaining('HTTP/1.1 400'),
    })
  })

  test('a server that says nothing', async () => {
    const port = await fake(() => undefined)
    const { connection } = connectionTo(at(port), { connectTimeoutMs: 50 })
    expect(await failureOf(connection.connect())).toMatchObject({ code: 'TIMED_OUT' })
  })

  test('a server that hangs up', async () => {
    const port = await fake((socket) => socket.destroy())
    expect(await failureOf(connectionTo(at(port)).connection.connect())).toMatchObject({ code: 'CONNECTION_LOST' })
  })

  test.each([
    ['-DENIED Redis is running in protected mode', 'PROTECTED_MODE'],
    ['-ERR max number of clients reached', 'TOO_MANY_CLIENTS'],
    ['-LOADING Redis is loading the dataset in memory', 'LOADING'],
  ])('%s', async (line, code) => {
    const port = await fake((socket) => socket.end(`${line}\r\n`))
    expect(await failureOf(connectionTo(at(port)).connection.connect())).toMatchObject({ code, detail: line.slice(1) })
  })

  test('a reply that breaks off into nonsense', async () => {
    const port = await fake((socket) => {
      socket.once('data', () => {
        socket.write('%1\r\n$5\r\nproto\r\n:3\r\n')
        socket.once('data', () => socket.write('+OK\r\n?what\r\n'))
      })
    })
    const { connection } = connectionTo(at(port))
    await connection.connect()
    const first = connection.command(['PING'])
    const second = failureOf(connection.command(['PING']))
    expect(await first).toEqual({ type: 'simple', text: 'OK' })
    expect(await second).toMatchObject({ code: 'NOT_REDIS', message: expect.stringContaining('cannot be read') })
  })

  test('a closed session', async () => {
    const { connection } = connectionTo(at(await freePort()))
    connection.close()
    expect(await failureOf(connection.command(['PING']))).toMatchObject({ code: 'CANCELLED' })
  })
})

describe.runIf(findProgram(['openssl']))('over TLS', () => {
  function certificate(): { readonly key: Buffer; readonly cert: Buffer } {
    const dir = mkdtempSync(join(tmpdir(), 'keystead-tls-'))
    cleanups.push(() => rmSync(dir, { recursive: true }))
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const request = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ]
    execFileSync('openssl', [...request, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
    return { key: readFileSync(key), cert: readFileSync(cert) }
  }

  /** A TLS end that greets and then answers PONG. */
  async function tlsServer(pair: ReturnType<typeof certificate>): Promise<number> {
    const server = createTlsServer(pair, (socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => {
        socket.write('%1\r\n$5\r\nproto\r\n:3\r\n')
        socket.on('data', () => socket.write('+PONG\r\n'))
      })
    })
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => server.close())
    return (server.address() as { port: number }).port
  }

  const over = (port: number, tls: { verify: boolean; serverName?: string; ca?: string }): ServerAddress => ({
    endpoint: { kind: 'tcp', host: '127.0.0.1', port, tls },
    db: 0,
  })

  test('a certificate is checked, unless told otherwise', async () => {
    const pair = certificate()
    const port = await tlsServer(pair)
    const ca = pair.cert.toString()
    const strict = connectionTo(over(port, { verify: true }))
    expect(await failureOf(strict.connection.connect())).toMatchObject({ code: 'TLS_FAILED' })
    const otherName = connectionTo(over(port, { verify: true, ca, serverName: 'elsewhere.example' }))
    expect(await failureOf(otherName.connection.connect())).toMatchObject({ code: 'TLS_FAILED' })
    const trusted = connectionTo(over(port, { verify: true, ca, serverName: 'localhost' }))
    expect(textOf(await trusted.connection.command(['PING']))).toBe('PONG')
    const lax = connectionTo(over(port, { verify: false }))
    expect(textOf(await lax.connection.command(['PING']))).toBe('PONG')
  })

  test('a server without TLS, and one with nothing else, are told apart', async () => {
    const plain = await redis()
    // It takes the greeting of TLS for the start of a line, and waits for the rest.
    const wrong = connectionTo(over(plain.port, { verify: true }), { connectTimeoutMs: 200 })
    expect(await failureOf(wrong.connection.connect())).toMatchObject({ code: 'TLS_NOT_SPOKEN' })
    // Redis hangs up on plain text, as Node's own listener does; others send an alert first.
    const silent = await tlsServer(certificate())
    expect(await failureOf(connectionTo(at(silent)).connection.connect())).toMatchObject({
      code: 'CONNECTION_LOST',
      hint: expect.stringContaining('rediss://'),
    })
    const alert = await fake((socket) => socket.end(Uint8Array.of(0x15, 0x03, 0x01, 0, 2, 2, 70)))
    expect(await failureOf(connectionTo(at(alert)).connection.connect())).toMatchObject({ code: 'TLS_REQUIRED' })
  })
})
