/*
 * The console against real servers: what it says of a command must be what the
 * server did.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findPeer, type PeerName } from '../../../../../tests/support/peers.ts'
import { peerProgram, type ServerProcess, startServer } from '../../../../../tests/support/server-process.ts'
import { WireClient } from '../../../../../tests/support/wire-client.ts'
import type { ConsoleResult, ConsoleState } from '../../../../shared/contract/console.ts'
import type { Environment } from '../../../../shared/contract/types.ts'
import { RespDecoder } from '../../../../shared/resp/decode.ts'
import { formatCli } from '../../../../shared/resp/format-cli.ts'
import { EventHub } from '../../events.ts'
import { Session } from '../sessions/session.ts'
import { Consoles } from './consoles.ts'
import { ConsoleDocs } from './docs.ts'

/** Everything one message or reply after another says, as redis-cli would print it. */
function printed(raw: Uint8Array): string {
  const decoder = new RespDecoder()
  decoder.push(raw)
  let text = ''
  for (let value = decoder.next(); value !== undefined; value = decoder.next()) text += formatCli(value)
  return text
}

const said = ({ outcome }: ConsoleResult): string =>
  outcome.kind === 'reply'
    ? printed(outcome.raw).trimEnd()
    : outcome.kind === 'failed'
      ? outcome.failure.code
      : 'skipped'

class Rig {
  readonly events = new EventHub()
  readonly docs = new ConsoleDocs()
  readonly consoles = new Consoles(this.events, this.docs)
  readonly states: ConsoleState[] = []
  streamed = ''
  dropped = 0
  readonly session: Session

  private constructor(port: number, environment: Environment) {
    this.session = new Session({
      sessionId: 'test',
      target: { connection: 'test' },
      name: 'shop',
      environment,
      address: async () => ({ endpoint: { kind: 'tcp', host: '127.0.0.1', port }, db: 0 }),
      now: Date.now,
      onState: () => undefined,
    })
    this.events.listen((frame) => {
      if (frame.name === 'console.state') this.states.push(frame.payload)
      if (frame.name !== 'console.stream') return
      this.streamed += printed(frame.payload.raw)
      this.dropped += frame.payload.dropped
    })
  }

  static async open(port: number, environment: Environment = 'development'): Promise<Rig> {
    const rig = new Rig(port, environment)
    await rig.session.open()
    return rig
  }

  run(lines: readonly string[], { stopOnError = false, confirmed = false } = {}) {
    return this.consoles.run(this.session, { lines, stopOnError, confirmed })
  }

  async say(...lines: string[]): Promise<string[]> {
    return (await this.run(lines)).map(said)
  }

  get state(): ConsoleState {
    return this.consoles.of(this.session).state
  }

  cancel() {
    return this.consoles.of(this.session).cancel()
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((turn) => setTimeout(turn, 5))
  }
}

const peers: PeerName[] = ['redis70', 'valkey91']
for (const peer of peers) {
  describe.skipIf(!findPeer(peer))(`the console on ${peer}`, () => {
    let server: ServerProcess
    let other: WireClient
    let rig: Rig
    beforeAll(async () => {
      server = await startServer(peerProgram(peer))
      other = await WireClient.open({ port: server.port })
    })
    afterAll(() => server.stop())
    beforeEach(async () => {
      await other.command('FLUSHALL')
      rig = await Rig.open(server.port)
      return () => rig.session.close()
    })

    test('answers each line with its reply, errors included', async () => {
      expect(await rig.say('SET k "a\\x00b"', 'GET k', 'INCR k', 'GET nothing', 'NOSUCH')).toEqual([
        'OK',
        '"a\\x00b"',
        '(error) ERR value is not an integer or out of range',
        '(nil)',
        expect.stringContaining("(error) ERR unknown command 'NOSUCH'"),
      ])
    })

    test('stops at the first error when told so', async () => {
      const results = await rig.run(['SET k x', 'INCR k', 'SET k y'], { stopOnError: true })
      expect(results.map(said)).toEqual(['OK', expect.stringContaining('not an integer'), 'skipped'])
      expect(await other.command('GET', 'k')).toBe('x')
    })

    test('repeats a command that has a number before it', async () => {
      const results = await rig.run(['PING', '3 INCR n'])
      expect(results.map((result) => [result.index, said(result)])).toEqual([
        [0, 'PONG'],
        [1, '(integer) 1'],
        [1, '(integer) 2'],
        [1, '(integer) 3'],
      ])
    })

    test('sends nothing when one of its lines cannot be read', async () => {
      await expect(rig.run(['SET k x', 'GET "k'])).rejects.toMatchObject({ failure: { code: 'BAD_REQUEST' } })
      expect(await other.command('EXISTS', 'k')).toBe(0)
    })

    test('follows SELECT, MULTI and HELLO, also through EXEC', async () => {
      const results = await rig.run(['SELECT 3', 'MULTI', 'SELECT 5', 'SET k v', 'EXEC', 'HELLO 3', 'RESET'])
      expect(results.map(({ db, inTransaction, protocol }) => [db, inTransaction, protocol])).toEqual([
        [3, false, 2],
        [3, true, 2],
        [3, true, 2],
        [3, true, 2],
        [5, false, 2],
        [5, false, 3],
        [0, false, 2],
      ])
    })

    test('stays where it is when SELECT is refused, in a transaction too', async () => {
      const results = await rig.run(['SELECT 99', 'MULTI', 'SELECT 98', 'EXEC'])
      expect(results.map(({ db }) => db)).toEqual([0, 0, 0, 0])
    })

    test('is out of the transaction after DISCARD and after an aborted EXEC', async () => {
      const results = await rig.run(['MULTI', 'DISCARD', 'MULTI', 'NOSUCH', 'EXEC'])
      expect(results.map(({ inTransaction }) => inTransaction)).toEqual([true, false, true, true, false])
      expect(said(results[4])).toContain('EXECABORT')
    })

    test('gives RESP3 as it came', async () => {
      expect(await rig.say('HELLO 3', 'HSET h a 1', 'HGETALL h')).toEqual([
        expect.stringContaining('"proto" => (integer) 3'),
        '(integer) 1',
        '1# "a" => "1"',
      ])
    })

    test('streams messages until it is cancelled, and then takes commands again', async () => {
      const [confirmed] = await rig.say('SUBSCRIBE a b')
      expect(confirmed).toContain('1) "subscribe"\n2) "b"\n3) (integer) 2')
      expect(rig.state.stream).toEqual({ kind: 'subscribe', count: 2 })
      await other.command('PUBLISH', 'b', 'hello')
      await rig.until(() => rig.streamed.includes('hello'))
      expect(rig.streamed).toBe('1) "message"\n2) "b"\n3) "hello"\n')
      expect(await rig.say('PING')).toEqual(['1) "pong"\n2) ""'])
      expect(await rig.cancel()).toEqual({ how: 'unsubscribed' })
      expect(rig.state.stream).toBeUndefined()
      expect(await rig.say('GET k')).toEqual(['(nil)'])
    })

    test('streams messages in RESP3 among the replies to other commands', async () => {
      await rig.say('HELLO 3', 'SUBSCRIBE a')
      expect(await rig.say('PUBLISH a hello')).toEqual(['(integer) 1'])
      await rig.until(() => rig.streamed.includes('hello'))
      expect(rig.streamed).toBe('1> "message"\n2> "a"\n3> "hello"\n')
      expect(await rig.say('UNSUBSCRIBE')).toEqual(['1> "unsubscribe"\n2> "a"\n3> (integer) 0'])
      expect(rig.state.stream).toBeUndefined()
    })

    test('unsubscribes from everything, or from nothing, without losing count of the replies', async () => {
      await rig.say('SUBSCRIBE a b c', 'PSUBSCRIBE p*')
      const [all] = await rig.say('UNSUBSCRIBE')
      expect(all.match(/unsubscribe/g)).toHaveLength(3)
      await rig.say('PUNSUBSCRIBE')
      expect(await rig.say('UNSUBSCRIBE', 'ECHO still-in-step')).toEqual([
        '1) "unsubscribe"\n2) (nil)\n3) (integer) 0',
        '"still-in-step"',
      ])
    })

    test('shows MONITOR as it runs, and ends it by a new connection', async () => {
      expect(await rig.say('MONITOR')).toEqual(['OK'])
      expect(rig.state.stream).toEqual({ kind: 'monitor' })
      await other.command('SET', 'seen', '1')
      await rig.until(() => rig.streamed.includes('"SET" "seen" "1"'))
      expect(await rig.cancel()).toEqual({ how: 'disconnected' })
      expect(rig.state.stream).toBeUndefined()
      expect(rig.states.some(({ failure }) => failure?.code === 'CANCELLED')).toBe(true)
      expect(await rig.say('GET seen')).toEqual(['"1"'])
    })

    test('cancels a command that blocks without losing the connection', async () => {
      await rig.say('SELECT 2')
      const blocked = rig.run(['BLPOP nothing 0'])
      while ((await other.command('INFO', 'clients'))?.toString().includes('blocked_clients:0')) await undefined
      expect(await rig.cancel()).toEqual({ how: 'unblocked' })
      expect((await blocked).map(said)).toEqual([expect.stringContaining('(error) UNBLOCKED')])
      expect(await rig.run(['PING'])).toMatchObject([{ db: 2 }])
    })

    test('cancels what cannot be unblocked by dropping the connection, and says so', async () => {
      await rig.say('SELECT 2')
      const blocked = rig.run(['BLPOP nothing 0', 'PING'])
      await rig.until(() => rig.state.pending === 2)
      expect(await rig.cancel()).toEqual({ how: 'disconnected' })
      expect((await blocked).map(said)).toEqual(['CANCELLED', 'CANCELLED'])
      expect(rig.states.some(({ failure }) => failure?.code === 'CANCELLED')).toBe(true)
      // It has connected again, in the same database.
      expect(await rig.run(['CLIENT LIST'])).toMatchObject([{ db: 2 }])
      expect(rig.state.connection).toBe('ready')
      expect(rig.state.failure).toBeUndefined()
    })

    test('says that the connection was lost, and with it the transaction', async () => {
      await rig.say('MULTI', 'SET k v')
      await other.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      await rig.until(() => rig.state.connection === 'closed')
      expect(rig.state).toMatchObject({ inTransaction: false, failure: { code: 'CONNECTION_LOST' } })
      expect(await rig.say('GET k')).toEqual(['(nil)'])
    })

    test('does not send what would leave it waiting for ever', async () => {
      expect(await rig.say('CLIENT REPLY OFF', 'PSYNC ? -1', 'CLIENT REPLY ON', 'PING')).toEqual([
        'UNSUPPORTED',
        'UNSUPPORTED',
        'OK',
        'PONG',
      ])
    })

    test('refuses a reply that is too large in words, and goes on', async () => {
      await other.command('SETRANGE', 'big', String(65 << 20), 'x')
      const [result] = await rig.run(['GET big'])
      expect(result.outcome).toMatchObject({ kind: 'failed', failure: { code: 'TOO_LARGE' } })
      expect(await rig.say('STRLEN big')).toEqual([`(integer) ${(65 << 20) + 1}`])
    })

    test('shows no secret of a line, and lists every command in the ledger without it', async () => {
      const [result] = await rig.run(['AUTH someone s3cret'])
      expect(result.line).not.toContain('s3cret')
      const commands = rig.session.ledger.page(0, 20).rows.map(({ command }) => command)
      expect(commands).toContain('AUTH someone (redacted)')
      expect(commands).toContain('CLIENT SETNAME keystead-console')
    })

    test('in production asks before a dangerous command, and then runs it', async () => {
      const production = await Rig.open(server.port, 'production')
      await other.command('SET', 'k', 'v')
      await expect(production.run(['GET k', 'FLUSHALL'])).rejects.toMatchObject({
        failure: { code: 'CONFIRMATION_REQUIRED', message: expect.stringContaining('FLUSHALL deletes every key') },
      })
      await expect(production.run(['CONFIG SET maxmemory 0'])).rejects.toMatchObject({
        failure: { code: 'CONFIRMATION_REQUIRED' },
      })
      expect(await other.command('EXISTS', 'k')).toBe(1)
      for (const harmless of ['GET k', 'CONFIG GET maxmemory', 'CLIENT LIST', 'SLOWLOG GET', 'INFO', 'ACL WHOAMI']) {
        expect(await production.run([harmless]), harmless).toHaveLength(1)
      }
      const confirmed = await production.run(['FLUSHALL'], { confirmed: true })
      expect(confirmed.map(said)).toEqual(['OK'])
      expect(await other.command('EXISTS', 'k')).toBe(0)
      production.session.close()
    })

    test('knows the commands from the server itself', async () => {
      const docs = await rig.docs.docs(rig.session)
      expect(docs.source).toBe('server')
      const names = docs.commands.map(({ name }) => name)
      expect(names).toEqual(expect.arrayContaining(['GET', 'CONFIG', 'CONFIG GET']))
      expect(docs.commands.find(({ name }) => name === 'GET')).toMatchObject({
        group: 'string',
        args: [{ name: 'key', type: 'key' }],
      })
    })
  })
}

test.skipIf(!findPeer('redis70'))('a server that is away is a failure in words, and it recovers', async () => {
  const first = await startServer(peerProgram('redis70'))
  const rig = await Rig.open(first.port)
  await first.stop()
  await expect(rig.run(['PING'])).rejects.toMatchObject({ failure: { code: 'CONNECTION_REFUSED' } })
  const second = await startServer(peerProgram('redis70'), { port: String(first.port) })
  expect(await rig.say('PING')).toEqual(['PONG'])
  rig.session.close()
  await second.stop()
})
