/*
 * The protocol below the commands: arrays and inline commands, however they are
 * cut, every limit and what is said when it is exceeded. The last part sends the
 * same garbage to a real server and compares every byte of the answers.
 */
import { connect as connectSocket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPeer } from '../support/peers.ts'
import { type Random, random } from '../support/random.ts'
import { AS_REDIS, withServer } from '../support/server.ts'
import { peerProgram, type ServerProcess, startServer } from '../support/server-process.ts'

/** Sends bytes, in the given pieces, then the end of input; gives all that came back until the server closed. */
function exchange(port: number, ...pieces: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = []
    const socket = connectSocket({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true }, () => {
      for (const piece of pieces) socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
      socket.end()
    })
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')))
  })
}

/** Like `exchange`, but keeps the input open: resolves only when the server itself closes. */
async function closedBy(port: number, input: string): Promise<string> {
  return new Promise((resolve) => {
    const received: Buffer[] = []
    const socket = connectSocket({ port, host: '127.0.0.1' }, () => socket.write(Buffer.from(input, 'latin1')))
    socket.on('data', (chunk) => received.push(chunk))
    // A reset, because the server did not read everything, is a way of closing.
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')))
  })
}

const array = (...args: readonly string[]): string =>
  `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join('')}`

describe('requests', () => {
  const connect = withServer()

  test.each([
    ['an array', '*1\r\n$4\r\nPING\r\n', '+PONG\r\n'],
    ['a pipeline of arrays', array('PING') + array('ECHO', 'a b') + array('PING'), '+PONG\r\n$3\r\na b\r\n+PONG\r\n'],
    ['an empty argument', array('ECHO', ''), '$0\r\n\r\n'],
    ['line breaks inside an argument', array('ECHO', '\r\n$1\r\n'), '$6\r\n\r\n$1\r\n\r\n'],
    ['an array of nothing, which is skipped', '*0\r\n*-5\r\nPING\r\n', '+PONG\r\n'],
    ['an inline command', 'PING\r\n', '+PONG\r\n'],
    ['an inline command ended by LF alone', 'PING\n', '+PONG\r\n'],
    ['empty lines, which are skipped', '\r\n\n   \r\nPING\r\n', '+PONG\r\n'],
    ['inline words between tabs and blanks', '  ECHO\t a  \r\n', '$1\r\na\r\n'],
    ['double quotes with escapes', 'ECHO "a b\\x41\\n\\q\\""\r\n', '$7\r\na bA\nq"\r\n'],
    ['single quotes, which know one escape', "ECHO 'a\\n\\'b'\r\n", "$5\r\na\\n'b\r\n"],
    ['a quote that opens inside a word', 'E"CHO" x\r\n', '$1\r\nx\r\n'],
    ['an inline command and an array together', `PING\r\n${array('PING')}PING\r\n`, '+PONG\r\n+PONG\r\n+PONG\r\n'],
    ['a name in any case', 'pInG\r\n', '+PONG\r\n'],
  ])('answers %s', async (_, input, reply) => {
    expect(await exchange(connect.port(), input)).toBe(reply)
  })

  test('skips whatever two bytes stand after an argument', async () => {
    await connect({ needs: AS_REDIS })
    expect(await exchange(connect.port(), '*1\r\n$4\r\nPINGxxPING\r\n')).toBe('+PONG\r\n+PONG\r\n')
  })

  test.each([
    ["ERR unknown command 'foo', with args beginning with: ", 'foo\r\n'],
    ["ERR unknown command 'foo', with args beginning with: 'a' 'b  c' ", array('foo', 'a', 'b\r\nc')],
    [`ERR unknown command '${'n'.repeat(128)}', with args beginning with: `, array('n'.repeat(300))],
    [`ERR unknown command 'foo', with args beginning with: '${'x'.repeat(128)}' `, array('foo', 'x'.repeat(300), 'y')],
    ["ERR unknown command '', with args beginning with: ", array('')],
    ["ERR wrong number of arguments for 'get' command", 'GET\r\n'],
    ["ERR wrong number of arguments for 'config|set' command", 'CONFIG SET\r\n'],
    ["ERR unknown subcommand 'foo'. Try CONFIG HELP.", 'CONFIG foo\r\n'],
    ["ERR wrong number of arguments for 'client' command", 'CLIENT\r\n'],
  ])('refuses with "%s"', async (error, input) => {
    expect(await exchange(connect.port(), input)).toBe(`-${error}\r\n`)
  })

  test.each([
    ['invalid multibulk length', '*x\r\n'],
    ['invalid multibulk length', '*\r\n'],
    ['invalid multibulk length', '*+1\r\n'],
    ['invalid multibulk length', '*01\r\n'],
    ['invalid multibulk length', '*2147483648\r\n'],
    ["expected '$', got 'P'", '*1\r\nPING\r\n'],
    ["expected '$', got '\xff'", '*1\r\n\xff\r\n'],
    ['invalid bulk length', '*1\r\n$-1\r\n'],
    ['invalid bulk length', '*1\r\n$\r\n'],
    ['invalid bulk length', '*1\r\n$4x\r\n'],
    ['invalid bulk length', '*1\r\n$536870913\r\n'],
    ['unbalanced quotes in request', 'PING "a\r\n'],
    ['unbalanced quotes in request', "PING 'a'b\r\n"],
  ])('says "%s" and closes', async (error, input) => {
    // Valkey words this one of them otherwise.
    if (error.startsWith('unbalanced')) await connect({ needs: AS_REDIS })
    expect(await closedBy(connect.port(), `PING\r\n${input}`)).toBe(`+PONG\r\n-ERR Protocol error: ${error}\r\n`)
  })

  test.each([
    ['too big inline request', 'x'.repeat(70_000)],
    ['too big mbulk count string', `*${'1'.repeat(70_000)}`],
    ['too big bulk count string', `*1\r\n$${'1'.repeat(70_000)}`],
  ])('says "%s" when a line does not end, and closes', async (error, input) => {
    expect(await closedBy(connect.port(), input)).toBe(`-ERR Protocol error: ${error}\r\n`)
  })

  test('does not wait for a line that holds a zero byte to end', async () => {
    expect(await exchange(connect.port(), 'PING\r\nPING a\0b\r\n')).toBe('+PONG\r\n')
  })

  test.each(['POST / HTTP/1.1\r\n', 'PING\r\nHost: example\r\n', 'host: x\r\nPING\r\n'])(
    'closes without an answer on the HTTP of %j',
    async (input) => {
      expect(await closedBy(connect.port(), input)).toBe('')
    },
  )

  test('executes nothing after an error', async () => {
    const r = await connect()
    await closedBy(connect.port(), `*1\r\nx\r\n${array('SET', 'k', 'v')}`)
    expect(await r.command('GET', 'k')).toBeNull()
  })

  test('takes a request byte by byte', async () => {
    const input = array('SET', 'key', 'a\r\nb') + array('GET', 'key')
    const r = await connect()
    for (const byte of input) r.raw(byte)
    expect(await r.receive()).toBe('OK')
    expect(await r.receive()).toBe('a\r\nb')
  })

  test('takes big arguments that come in many pieces, between small ones', async () => {
    const random_ = random()
    const r = await connect()
    for (const size of [32 * 1024 - 1, 32 * 1024, 65_536, 3_000_000]) {
      const value = Buffer.from(random_.bytesOf(size)).toString('latin1')
      const input = array('SET', 'big', value) + array('PING') + array('GET', 'big')
      for (let at = 0; at < input.length; ) {
        const piece = random_.between(1, 200_000)
        r.raw(input.slice(at, at + piece))
        at += piece
      }
      expect(await r.receive()).toBe('OK')
      expect(await r.receive()).toBe('PONG')
      const reply = await r.receiveReply()
      expect(reply.type).toBe('bulk')
      expect(await r.command('STRLEN', 'big'), `seed ${random_.seed}`).toBe(size)
    }
  })

  test('answers a long pipeline in order', async () => {
    const r = await connect()
    let input = ''
    for (let i = 0; i < 20_000; i++) input += array('ECHO', String(i))
    r.raw(input)
    for (let i = 0; i < 20_000; i++) if ((await r.receive()) !== String(i)) throw new Error(`reply ${i} is another's`)
  })

  test('answers a pipeline whose sender reads nothing until all is sent', async () => {
    const r = await connect()
    const value = 'v'.repeat(10_000)
    await r.command('SET', 'k', value)
    r.raw(array('GET', 'k').repeat(3_000))
    for (let i = 0; i < 3_000; i++)
      if (String(await r.receive()).length !== 10_000) throw new Error(`reply ${i} is cut`)
  })
})

describe('a client that has not authenticated', () => {
  const connect = withServer({ requirepass: 'secret' })

  test.each([
    ['unauthenticated multibulk length', '*11\r\n'],
    ['unauthenticated bulk length', '*1\r\n$16385\r\n'],
  ])('hears "%s" and is closed', async (error, input) => {
    expect(await closedBy(connect.port(), input)).toBe(`-ERR Protocol error: ${error}\r\n`)
  })

  test('has room for a request of ten arguments', async () => {
    await connect({ needs: AS_REDIS })
    expect(await exchange(connect.port(), array(...'abcdefghij'))).toMatch(/^-ERR unknown command/)
  })

  test('has the usual room once it has authenticated, in the same pipeline', async () => {
    const input = array('AUTH', 'secret') + array('ECHO', 'x'.repeat(20_000))
    expect(await exchange(connect.port(), input)).toBe(`+OK\r\n$20000\r\n${'x'.repeat(20_000)}\r\n`)
  })
})

describe('limits that are configured', () => {
  const connect = withServer({ 'proto-max-bulk-len': '2mb', 'client-query-buffer-limit': '1mb' })

  test('proto-max-bulk-len bounds an argument', async () => {
    expect(await closedBy(connect.port(), '*1\r\n$2097153\r\n')).toBe('-ERR Protocol error: invalid bulk length\r\n')
  })

  test('client-query-buffer-limit closes the client that sends a request without end', async () => {
    expect(await closedBy(connect.port(), `*1\r\n$2097152\r\n${'x'.repeat(1_500_000)}`)).toBe('')
  })
})

describe('garbage', () => {
  const connect = withServer()
  let real: ServerProcess | undefined

  beforeAll(async () => {
    if (findPeer('redis70')) real = await startServer(peerProgram('redis70'))
  })
  afterAll(() => real?.stop())

  const verbs = ['PING', 'ECHO', 'ping', 'GET', 'foo', 'MULTI', 'SELECT']

  function fragment(r: Random): string {
    const words = Array.from({ length: r.between(1, 3) }, () =>
      r.chance(0.5) ? r.pick(verbs) : Buffer.from(r.bytes(6)).toString('latin1'),
    )
    switch (r.below(5)) {
      case 0:
        return `${words.join(' ')}\r\n`
      case 1:
        return Buffer.from(r.bytes(12)).toString('latin1')
      case 2:
        return r.pick(['*', '$', '*2\r\n', '$3\r\n', '\r\n', '*-1\r\n', '*1\r\n$0\r\n\r\n', '"', "'", ' '])
      default: {
        const valid = array(...words)
        if (r.chance(0.6)) return valid
        const at = r.below(valid.length)
        return valid.slice(0, at) + Buffer.from(r.bytesOf(1)).toString('latin1') + valid.slice(at + r.below(3))
      }
    }
  }

  test('is answered as Redis answers it, byte for byte', async (context) => {
    await connect({ needs: AS_REDIS })
    if (real === undefined) return context.skip('there is no redis-server on this machine')
    const r = random()
    for (let round = 0; round < 300; round++) {
      const input = Array.from({ length: r.between(1, 8) }, () => fragment(r)).join('')
      const [ours, theirs] = await Promise.all([exchange(connect.port(), input), exchange(real.port, input)])
      expect(ours, `seed ${r.seed}, round ${round}: ${JSON.stringify(input)}`).toBe(theirs)
    }
  })
})
