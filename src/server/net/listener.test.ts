/*
 * The listener with a service that only echoes: both ways of reading and writing, by
 * what is inside Node and the public way that it falls back to.
 */
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Service, Session, Sink } from '../base/session.ts'
import type { Slice } from '../base/slice.ts'
import { createLimits } from '../config/limits.ts'
import { Listener, ListenFailure } from './listener.ts'

class EchoSession implements Session {
  readonly isAwaited = false
  held = false
  closing = false
  isTrusted = true
  readonly sink: Sink
  output: Buffer[] = []

  constructor(sink: Sink) {
    this.sink = sink
  }
}

/** More than the system takes for a peer that does not read. */
const BIG = Buffer.alloc(16 * 1024 * 1024, 'x')

/** Answers each request with its words between bars; `hold` and `quit` do what they say, `big` is answered with BIG. */
class Echo implements Service<EchoSession> {
  readonly sessions: EchoSession[] = []
  closed = 0

  refusalFor(): undefined {}
  openClient(sink: Sink): EchoSession {
    const session = new EchoSession(sink)
    this.sessions.push(session)
    return session
  }
  closeClient(): void {
    this.closed++
  }
  received(): void {}
  inputEnded(session: EchoSession): void {
    session.closing = true
  }
  begin(): void {}
  execute(session: EchoSession, argv: readonly Slice[], argc: number): void {
    const words = argv.slice(0, argc).map((arg) => arg.text())
    session.output.push(words[0] === 'big' ? BIG : Buffer.from(`${words.join('|')}\n`, 'latin1'))
    if (words[0] === 'hold') session.held = true
    if (words[0] === 'quit') session.closing = true
  }
  refuseProtocol(session: EchoSession, text: string): void {
    session.output.push(Buffer.from(text))
    session.closing = true
  }
  finish(session: EchoSession): void {
    for (const bytes of session.output.splice(0)) session.sink.send(bytes)
  }
  isQueryTooBig(): boolean {
    return false
  }
  isOutputTooBig(): boolean {
    return false
  }
}

describe.each([
  ['reads into one shared buffer and writes directly', true],
  ['uses streams', false],
])('a listener that %s', (_, usesInternals) => {
  let listener: Listener<EchoSession>
  afterEach(() => listener.close())

  async function listen(): Promise<{ echo: Echo; port: number }> {
    const echo = new Echo()
    listener = new Listener({
      service: echo,
      limits: createLimits(),
      backlog: 16,
      keepAliveSeconds: () => 0,
      usesInternals,
    })
    return { echo, port: await listener.listenTcp(['127.0.0.1'], 0) }
  }

  /** Everything the server sends until it closes. */
  function exchange(port: number, input: string): Promise<string> {
    return new Promise((resolve) => {
      let received = ''
      const socket = connect(port, '127.0.0.1', () => socket.write(input))
      socket.on('data', (data) => (received += data))
      // A reset is a way of closing.
      socket.on('error', () => {})
      socket.on('close', () => resolve(received))
    })
  }

  test('executes what it reads and closes when told', async () => {
    const { echo, port } = await listen()
    const input = `${'*2\r\n$4\r\necho\r\n$3\r\nabc\r\n'.repeat(5_000)}quit\r\nafter\r\n`
    expect(await exchange(port, input)).toBe(`${'echo|abc\n'.repeat(5_000)}quit\n`)
    expect(echo.closed).toBe(1)
  })

  test('keeps what a held client sends until it may go on', async () => {
    const { echo, port } = await listen()
    const answer = exchange(port, 'hold\r\none\r\nquit\r\n')
    while (!echo.sessions[0]?.held) await new Promise((done) => setImmediate(done))
    echo.sessions[0].held = false
    echo.sessions[0].sink.resume()
    // Asking twice is as good as once.
    echo.sessions[0].sink.resume()
    expect(await answer).toBe('hold\none\nquit\n')
  })

  test('a client that goes away is forgotten', async () => {
    const { echo, port } = await listen()
    const socket = connect(port, '127.0.0.1', () => socket.end('half a requ'))
    await new Promise((done) => socket.on('close', done))
    while (echo.closed === 0) await new Promise((done) => setImmediate(done))
    expect(echo.sessions).toHaveLength(1)
  })

  test('a peer that reads late gets everything in order', async () => {
    const { echo, port } = await listen()
    const socket = connect(port, '127.0.0.1', () => socket.write('big\r\nbehind it\r\n'))
    socket.pause()
    while (!(echo.sessions[0]?.sink.pendingBytes() > 0)) await new Promise((done) => setImmediate(done))
    expect(echo.sessions[0].sink.pendingBytes()).toBeLessThanOrEqual(BIG.length + 'behind|it\n'.length)
    const received: Buffer[] = []
    let size = 0
    socket.on('data', (data) => {
      received.push(data)
      size += data.length
      // All has been taken, so this is written at once again; what is big leaves before the end too.
      if (size === BIG.length + 'behind|it\n'.length) socket.write('big\r\nquit\r\n')
    })
    socket.resume()
    await new Promise((done) => socket.on('close', done))
    expect(echo.sessions[0].sink.pendingBytes()).toBe(0)
    const text = Buffer.concat(received).toString('latin1')
    expect(text === `${BIG}behind|it\n${BIG}quit\n`).toBe(true)
  })

  test('a peer that goes away without having read is forgotten', async () => {
    const { echo, port } = await listen()
    const socket = connect(port, '127.0.0.1', () => socket.write('big\r\nbig\r\n'))
    socket.pause()
    while (!(echo.sessions[0]?.sink.pendingBytes() > 0)) await new Promise((done) => setImmediate(done))
    socket.resetAndDestroy()
    while (echo.closed === 0) await new Promise((done) => setImmediate(done))
    echo.sessions[0].sink.send(Buffer.from('to nobody'))
    expect(echo.closed).toBe(1)
  })

  test('closing it closes every connection', async () => {
    const { echo, port } = await listen()
    const open = exchange(port, 'one\r\n')
    while (echo.sessions.length === 0) await new Promise((done) => setImmediate(done))
    await listener.close()
    await open
    expect(echo.closed).toBe(1)
  })
})

test('an address that is taken or missing is a failure that names it', async () => {
  const options = { service: new Echo(), limits: createLimits(), backlog: 16, keepAliveSeconds: () => 0 }
  const first = new Listener(options)
  const port = await first.listenTcp(['127.0.0.1'], 0)
  const second = new Listener(options)
  await expect(second.listenTcp(['127.0.0.1'], port)).rejects.toMatchObject({
    code: 'EADDRINUSE',
    where: `127.0.0.1:${port}`,
  })
  await expect(second.listenTcp(['192.0.2.77'], 0)).rejects.toBeInstanceOf(ListenFailure)
  // With a minus sign a missing address is left out.
  expect(await second.listenTcp(['-192.0.2.77', '127.0.0.1'], 0)).toBeGreaterThan(0)
  await first.close()
  await second.close()
})
