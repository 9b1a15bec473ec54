/*
 * AUTH, HELLO, PING, SELECT, RESET, QUIT and CLIENT over the wire.
 */
import { describe, expect, test } from 'vitest'
import { AS_REDIS, type Needs, withServer } from '../support/server.ts'
import type { WireClient } from '../support/wire-client.ts'

/** What came after Redis 7.0. */
const REDIS_72 = { since: { redis: '7.2.0', valkey: '7.2.0' } }
const IN_VALKEY_9: Needs = { since: { valkey: '9.0.0' } }
const MAXAGE = { since: { redis: '7.4.0', valkey: '8.0.0' } }
const VALKEY_80 = { since: { valkey: '8.0.0' } }

/** A line of CLIENT LIST as its fields. */
function fieldsOf(line: string): Map<string, string> {
  return new Map(
    line
      .trim()
      .split(' ')
      .map((field): [string, string] => {
        const at = field.indexOf('=')
        return [field.slice(0, at), field.slice(at + 1)]
      }),
  )
}

const infoOf = async (r: WireClient): Promise<Map<string, string>> =>
  fieldsOf(String(await r.command('CLIENT', 'INFO')))

/** The lines of CLIENT LIST by id. */
async function list(r: WireClient, ...args: readonly string[]): Promise<Map<string, Map<string, string>>> {
  const lines = String(await r.command('CLIENT', 'LIST', ...args))
    .split('\n')
    .filter((line) => line !== '')
  return new Map(lines.map((line) => [fieldsOf(line).get('id')!, fieldsOf(line)]))
}

const idOf = async (r: WireClient): Promise<string> => String(await r.command('CLIENT', 'ID'))

describe('a connection', () => {
  const connect = withServer()

  test('PING answers PONG or the message', async () => {
    const r = await connect()
    expect(await r.replyText('PING')).toBe('+PONG\r\n')
    expect(await r.replyText('PING', 'a b')).toBe('$3\r\na b\r\n')
    await expect(r.command('PING', 'a', 'b')).rejects.toThrow("ERR wrong number of arguments for 'ping' command")
  })

  test('ECHO answers its argument, bytes and all', async () => {
    const r = await connect()
    expect(await r.replyText('ECHO', Buffer.from([0, 255, 13, 10]))).toBe('$4\r\n\0\xff\r\n\r\n')
  })

  test('QUIT answers and closes, whatever follows it', async () => {
    const r = await connect()
    r.raw('QUIT a b\r\nPING\r\n')
    expect(await r.receive()).toBe('OK')
    await r.closed
    expect(r.takeText()).toBe('+OK\r\n')
  })

  test('SELECT keeps databases apart', async () => {
    const r = await connect()
    await r.command('SET', 'a', '0')
    expect(await r.command('SELECT', '1')).toBe('OK')
    expect(await r.command('GET', 'a')).toBeNull()
    expect((await infoOf(r)).get('db')).toBe('1')
  })

  test.each([
    ['16', 'ERR DB index is out of range'],
    ['-1', 'ERR DB index is out of range'],
    ['x', 'ERR value is not an integer or out of range'],
    ['2147483648', 'ERR value is out of range, value must between -2147483648 and 2147483647'],
    ['-9223372036854775808', 'ERR value is out of range, value must between -2147483648 and 2147483647'],
    ['9223372036854775808', 'ERR value is not an integer or out of range'],
  ])('SELECT %s is refused', async (index, error) => {
    const r = await connect()
    await expect(r.command('SELECT', index)).rejects.toThrow(error)
  })

  test('HELLO tells about the server, in the protocol it chooses', async () => {
    const r = await connect()
    const two = await r.replyText('HELLO', '2')
    expect(two).toMatch(/^\*14\r\n\$6\r\nserver\r\n/)
    const three = await r.replyText('HELLO', '3')
    expect(three).toMatch(/^%7\r\n\$6\r\nserver\r\n/)
    for (const word of ['version', 'proto\r\n:3', `id\r\n:${await idOf(r)}`, 'standalone', 'master', 'modules']) {
      expect(three).toContain(word)
    }
    expect(await r.replyText('GET', 'missing')).toBe('_\r\n')
    expect(await r.replyText('HELLO')).toMatch(/^%7/)
    await r.command('HELLO', '2')
    expect(await r.replyText('GET', 'missing')).toBe('$-1\r\n')
  })

  test.each([
    [['4'], 'NOPROTO unsupported protocol version'],
    [['1'], 'NOPROTO unsupported protocol version'],
    [['x'], 'ERR Protocol version is not an integer or out of range'],
    [['3', 'FOO'], "ERR Syntax error in HELLO option 'FOO'"],
    [['3', 'AUTH', 'default'], "ERR Syntax error in HELLO option 'AUTH'"],
    [['3', 'SETNAME'], "ERR Syntax error in HELLO option 'SETNAME'"],
    [['3', 'SETNAME', 'a b'], 'ERR Client names cannot contain spaces, newlines or special characters.'],
  ])('HELLO %j is refused and changes nothing', async (args, error) => {
    const r = await connect()
    await expect(r.command('HELLO', ...args)).rejects.toThrow(error)
    expect(await r.replyText('GET', 'missing')).toBe('$-1\r\n')
  })

  test('HELLO names the connection', async () => {
    const r = await connect()
    await r.command('HELLO', '2', 'AUTH', 'default', 'any', 'SETNAME', 'first', 'SETNAME', 'second')
    expect(await r.command('CLIENT', 'GETNAME')).toBe('second')
  })

  test('AUTH where there is no password says so', async () => {
    const r = await connect()
    await expect(r.command('AUTH', 'x')).rejects.toThrow(
      'ERR AUTH <password> called without any password configured for the default user.',
    )
    expect(await r.command('AUTH', 'default', 'anything')).toBe('OK')
    await expect(r.command('AUTH', 'nobody', 'x')).rejects.toThrow('WRONGPASS')
    await expect(r.command('AUTH', 'a', 'b', 'c')).rejects.toThrow('ERR syntax error')
  })

  test('RESET makes the connection new', async () => {
    const r = await connect({ resp: 3, needs: AS_REDIS })
    await r.command('SELECT', '3')
    await r.command('CLIENT', 'SETNAME', 'me')
    await r.command('MULTI')
    expect(await r.replyText('RESET')).toBe('+RESET\r\n')
    const info = await infoOf(r)
    expect([info.get('db'), info.get('name'), info.get('multi'), info.get('resp')]).toEqual(['0', '', '-1', '2'])
  })

  test('ACL WHOAMI names the user', async () => {
    const r = await connect()
    expect(await r.command('ACL', 'WHOAMI')).toBe('default')
  })
})

describe('a server with a password', () => {
  const connect = withServer({ requirepass: 'sec ret' })

  test('runs nothing before it is given', async () => {
    const r = await connect()
    for (const command of [['PING'], ['GET', 'a'], ['CLIENT', 'ID'], ['MULTI']] as [string, ...string[]][]) {
      await expect(r.command(...command)).rejects.toThrow('NOAUTH Authentication required.')
    }
    await expect(r.command('HELLO', '3')).rejects.toThrow(
      'NOAUTH HELLO must be called with the client already authenticated',
    )
    await expect(r.command('AUTH', 'wrong')).rejects.toThrow(
      'WRONGPASS invalid username-password pair or user is disabled.',
    )
    await expect(r.command('HELLO', '3', 'AUTH', 'default', 'wrong')).rejects.toThrow('WRONGPASS')
    await expect(r.command('PING')).rejects.toThrow('NOAUTH')
  })

  test('tells arity and unknown commands even to strangers', async () => {
    const r = await connect({ needs: AS_REDIS })
    await expect(r.command('GET')).rejects.toThrow("wrong number of arguments for 'get' command")
    await expect(r.command('nonsense')).rejects.toThrow("unknown command 'nonsense'")
  })

  test.each([
    ['AUTH', ['AUTH', 'sec ret']],
    ['AUTH with a user', ['AUTH', 'default', 'sec ret']],
    ['HELLO', ['HELLO', '2', 'AUTH', 'default', 'sec ret']],
  ] as const)('opens by %s', async (_, [name, ...args]) => {
    const r = await connect()
    await r.command(name, ...args)
    expect(await r.command('PING')).toBe('PONG')
  })

  test('RESET takes the authentication back', async () => {
    const r = await connect({ password: 'sec ret' })
    expect(await r.command('PING')).toBe('PONG')
    await r.command('RESET')
    await expect(r.command('PING')).rejects.toThrow('NOAUTH')
  })

  test('a password that is taken away lets strangers in; a new one keeps out new strangers only', async () => {
    const admin = await connect({ password: 'sec ret' })
    const stranger = await connect()
    // Only now is it known to have been accepted while there was a password.
    await expect(stranger.command('PING')).rejects.toThrow('NOAUTH')
    await admin.command('CONFIG', 'SET', 'requirepass', '')
    try {
      expect(await stranger.command('PING')).toBe('PONG')
      const insider = await connect()
      await admin.command('CONFIG', 'SET', 'requirepass', 'new')
      expect(await insider.command('PING')).toBe('PONG')
      await expect(stranger.command('PING')).rejects.toThrow('NOAUTH')
    } finally {
      await admin.command('CONFIG', 'SET', 'requirepass', 'sec ret')
    }
  })
})

describe('CLIENT', () => {
  const connect = withServer()

  test('ID grows and is never the same', async () => {
    const first = Number(await idOf(await connect()))
    expect(Number(await idOf(await connect()))).toBeGreaterThan(first)
  })

  test('SETNAME and GETNAME', async () => {
    const r = await connect()
    expect(await r.command('CLIENT', 'GETNAME')).toBeNull()
    await r.command('CLIENT', 'SETNAME', 'worker-1')
    expect(await r.command('CLIENT', 'GETNAME')).toBe('worker-1')
    for (const bad of ['a b', 'a\nb', 'é']) {
      await expect(r.command('CLIENT', 'SETNAME', bad)).rejects.toThrow('ERR Client names cannot contain spaces')
    }
    await r.command('CLIENT', 'SETNAME', '')
    expect(await r.command('CLIENT', 'GETNAME')).toBeNull()
  })

  test('INFO tells about this connection', async () => {
    const r = await connect()
    const info = await infoOf(r)
    expect(info.get('addr')).toBe(`127.0.0.1:${r.localPort}`)
    expect(info.get('laddr')).toBe(`127.0.0.1:${connect.port()}`)
    expect(info.get('cmd')).toBe('client|info')
    expect([info.get('flags'), info.get('user'), info.get('resp'), info.get('multi')]).toEqual([
      'N',
      'default',
      '2',
      '-1',
    ])
  })

  test('LIST shows every connection, a transaction and its watched keys', async () => {
    const r = await connect({ needs: AS_REDIS })
    const other = await connect()
    await other.command('WATCH', 'a')
    await other.command('MULTI')
    await other.command('GET', 'a')
    await r.command('SET', 'a', '1')
    const clients = await list(r)
    expect(clients.has(await idOf(r))).toBe(true)
    const busy = [...clients.values()].find((client) => client.get('multi') === '1')
    expect(busy?.get('flags')).toBe('xd')
    expect(busy?.get('cmd')).toBe('get')
  })

  test('LIST by id and type', async () => {
    const r = await connect()
    const id = await idOf(r)
    const other = await idOf(await connect())
    expect([...(await list(r, 'ID', id, '999999', other)).keys()]).toEqual([id, other])
    expect((await list(r, 'TYPE', 'normal')).has(id)).toBe(true)
    expect((await list(r, 'TYPE', 'replica')).size).toBe(0)
    await expect(r.command('CLIENT', 'LIST', 'TYPE', 'foo')).rejects.toThrow("ERR Unknown client type 'foo'")
    await expect(r.command('CLIENT', 'LIST', 'FOO')).rejects.toThrow('ERR syntax error')
  })

  test('SETINFO names the library', async () => {
    const r = await connect({ needs: REDIS_72 })
    await r.command('CLIENT', 'SETINFO', 'LIB-NAME', 'lib')
    await r.command('CLIENT', 'SETINFO', 'lib-ver', '1.2')
    const info = await infoOf(r)
    expect([info.get('lib-name'), info.get('lib-ver')]).toEqual(['lib', '1.2'])
    await expect(r.command('CLIENT', 'SETINFO', 'foo', 'x')).rejects.toThrow("ERR Unrecognized option 'foo'")
    await expect(r.command('CLIENT', 'SETINFO', 'LIB-NAME', 'a b')).rejects.toThrow(
      /^(ERR )?(LIB-NAME|lib-name) cannot contain spaces, newlines or special characters\.$/i,
    )
  })

  test('NO-EVICT and NO-TOUCH are shown as flags', async () => {
    const r = await connect({ needs: REDIS_72 })
    await r.command('CLIENT', 'NO-EVICT', 'on')
    await r.command('CLIENT', 'NO-TOUCH', 'ON')
    expect((await infoOf(r)).get('flags')).toBe('eT')
    await r.command('CLIENT', 'NO-EVICT', 'off')
    await r.command('CLIENT', 'NO-TOUCH', 'off')
    expect((await infoOf(r)).get('flags')).toBe('N')
    await expect(r.command('CLIENT', 'NO-TOUCH', 'foo')).rejects.toThrow('ERR syntax error')
  })

  test('REPLY OFF silences, errors too, until ON', async () => {
    const r = await connect()
    r.raw('CLIENT REPLY OFF\r\nPING\r\nnonsense\r\nGET\r\nCLIENT REPLY SKIP\r\nPING\r\nCLIENT REPLY ON\r\nPING\r\n')
    expect(await r.receive()).toBe('OK')
    expect(await r.receive()).toBe('PONG')
    expect(r.takeText()).toBe('+OK\r\n+PONG\r\n')
  })

  test('REPLY SKIP silences the next command only', async () => {
    const r = await connect()
    r.raw('CLIENT REPLY SKIP\r\nECHO 1\r\nECHO 2\r\nCLIENT REPLY SKIP\r\nnonsense\r\nECHO 3\r\n')
    expect(await r.receive()).toBe('2')
    expect(await r.receive()).toBe('3')
    await expect(r.command('CLIENT', 'REPLY', 'foo')).rejects.toThrow('ERR syntax error')
  })

  test('UNBLOCK of a client that does not wait does nothing', async () => {
    const r = await connect()
    expect(await r.command('CLIENT', 'UNBLOCK', await idOf(r))).toBe(0)
    expect(await r.command('CLIENT', 'UNBLOCK', '999999', 'ERROR')).toBe(0)
    await expect(r.command('CLIENT', 'UNBLOCK', 'x')).rejects.toThrow('ERR value is not an integer or out of range')
    await expect(r.command('CLIENT', 'UNBLOCK', '1', 'FOO')).rejects.toThrow(
      'ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR',
    )
  })

  test.each([
    ['TIMEOUT', ':0\r\n'],
    ['ERROR', '-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n'],
  ])('UNBLOCK with %s ends a wait, and what was sent meanwhile is executed', async (how, reply) => {
    const r = await connect()
    const waiting = await connect()
    const id = await idOf(waiting)
    waiting.takeText()
    waiting.raw('WAIT 1 0\r\nPING\r\n')
    while ((await list(r, 'ID', id)).get(id)?.get('flags') !== 'b') await r.command('PING')
    expect(await r.command('CLIENT', 'UNBLOCK', id, how)).toBe(1)
    await waiting.receiveReply()
    await waiting.receiveReply()
    expect(waiting.takeText()).toBe(`${reply}+PONG\r\n`)
  })

  test('a wait ends by itself when its time is over, and with its connection', async () => {
    const r = await connect()
    expect(await r.command('WAIT', '1', '20')).toBe(0)
    r.send('WAIT', '1', '0')
    await r.close()
    expect(await (await connect()).command('PING')).toBe('PONG')
  })

  test('GETREDIR and TRACKINGINFO say that nothing is tracked', async () => {
    const r = await connect()
    expect(await r.command('CLIENT', 'GETREDIR')).toBe(-1)
    expect(await r.replyText('CLIENT', 'TRACKINGINFO')).toBe(
      '*6\r\n$5\r\nflags\r\n*1\r\n$3\r\noff\r\n$8\r\nredirect\r\n:-1\r\n$8\r\nprefixes\r\n*0\r\n',
    )
  })

  test('CAPA is taken, known or not; IMPORT-SOURCE needs import mode', async () => {
    const r = await connect({ needs: VALKEY_80 })
    expect(await r.command('CLIENT', 'CAPA', 'redirect', 'something')).toBe('OK')
    expect((await infoOf(r)).get('capa')).toBe('r')
    await expect(r.command('CLIENT', 'IMPORT-SOURCE', 'on')).rejects.toThrow('ERR Server is not in import mode')
  })

  test('HELP lists the subcommands', async () => {
    const r = await connect()
    const help = (await r.command('CLIENT', 'HELP')) as string[]
    expect(help[0]).toBe('CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:')
    expect(help).toContain('GETNAME')
  })
})

describe('CLIENT KILL', () => {
  const connect = withServer()

  test('closes by address, the old way', async () => {
    const r = await connect()
    const victim = await connect()
    expect(await r.command('CLIENT', 'KILL', `127.0.0.1:${victim.localPort}`)).toBe('OK')
    await victim.closed
    await expect(r.command('CLIENT', 'KILL', '1.1.1.1:1')).rejects.toThrow('ERR No such client')
  })

  test('answers before it closes its own connection', async () => {
    const r = await connect()
    expect(await r.command('CLIENT', 'KILL', `127.0.0.1:${r.localPort}`)).toBe('OK')
    await r.closed
  })

  test('closes by filters that must all hold', async () => {
    const r = await connect()
    const victim = await connect()
    const id = await idOf(victim)
    expect(await r.command('CLIENT', 'KILL', 'ID', id, 'ADDR', '1.1.1.1:1')).toBe(0)
    expect(await r.command('CLIENT', 'KILL', 'ID', id, 'TYPE', 'pubsub')).toBe(0)
    expect(await victim.command('PING')).toBe('PONG')
    const address = `127.0.0.1:${victim.localPort}`
    const filters = ['ID', id, 'ADDR', address, 'TYPE', 'normal', 'USER', 'default', 'SKIPME', 'yes'] as const
    expect(await r.command('CLIENT', 'KILL', ...filters)).toBe(1)
    await victim.closed
  })

  test('spares the caller unless SKIPME is no', async () => {
    const r = await connect()
    const id = await idOf(r)
    expect(await r.command('CLIENT', 'KILL', 'ID', id)).toBe(0)
    expect(await r.command('CLIENT', 'KILL', 'ID', id, 'SKIPME', 'no')).toBe(1)
    await r.closed
  })

  test('closes by local address', async () => {
    const r = await connect()
    const victim = await connect()
    const laddr = `127.0.0.1:${connect.port()}`
    expect(await r.command('CLIENT', 'KILL', 'LADDR', laddr, 'ID', await idOf(victim))).toBe(1)
    await victim.closed
  })

  test('MAXAGE spares the young', async () => {
    const r = await connect({ needs: MAXAGE })
    await connect()
    expect(await r.command('CLIENT', 'KILL', 'MAXAGE', '1000')).toBe(0)
    await expect(r.command('CLIENT', 'KILL', 'MAXAGE', 'x')).rejects.toThrow(
      'ERR maxage is not an integer or out of range',
    )
    await expect(r.command('CLIENT', 'KILL', 'MAXAGE', '0')).rejects.toThrow('ERR maxage should be greater than 0')
  })

  test('drops what the victim had not sent yet', async () => {
    const r = await connect()
    const victim = await connect()
    const id = await idOf(victim)
    victim.raw('*2\r\n$3\r\nSET\r\n')
    expect(await r.command('CLIENT', 'KILL', 'ID', id)).toBe(1)
    await victim.closed
    expect(await r.command('DBSIZE')).toBe(0)
  })

  test.each([
    [['ID', 'x'], 'ERR client-id should be greater than 0'],
    [['ID', '0'], 'ERR client-id should be greater than 0'],
    [['TYPE', 'foo'], "ERR Unknown client type 'foo'"],
    [['USER', 'nobody'], "ERR No such user 'nobody'"],
    [['SKIPME', 'foo'], 'ERR syntax error'],
    [['FOO', 'bar'], 'ERR syntax error'],
    [['ID', '1', 'ADDR'], 'ERR syntax error'],
  ])('refuses %j', async (args, error) => {
    const r = await connect({ needs: { since: { redis: '7.0.0', valkey: '99.0.0' } } })
    await expect(r.command('CLIENT', 'KILL', ...args)).rejects.toThrow(error)
  })
})

describe('filters of CLIENT LIST and CLIENT KILL', () => {
  const connect = withServer()

  /** Connections that differ in everything, told by their names; `r` is one of them. */
  async function crowd() {
    const r = await connect({ needs: IN_VALKEY_9 })
    const a = await connect()
    const b = await connect()
    for (const [client, name] of [
      [r, 'me'],
      [a, 'a'],
      [b, 'b'],
    ] as const) {
      await client.command('CLIENT', 'SETNAME', name)
    }
    await a.command('SELECT', '3')
    await a.command('CLIENT', 'SETINFO', 'LIB-NAME', 'lib')
    await a.command('CLIENT', 'SETINFO', 'LIB-VER', '1.0')
    await b.command('CLIENT', 'CAPA', 'redirect')
    await b.command('CLIENT', 'NO-TOUCH', 'on')
    await b.command('CLIENT', 'NO-EVICT', 'on')
    return { r, a, b, ids: { a: await idOf(a), b: await idOf(b) } }
  }

  // Whoever set the server up for us is connected too, without a name.
  const namesOf = (list: unknown): string =>
    [...String(list).matchAll(/ name=(\w+) /g)].map(([, name]) => name).join(' ')

  test('LIST shows those for whom all filters hold', async () => {
    const { r, a, ids } = await crowd()
    const address = `127.0.0.1:${a.localPort}`
    const here = `127.0.0.1:${connect.port()}`
    const expected: readonly (readonly [string, ...string[]])[] = [
      ['a', 'NAME', 'a'],
      ['me b', 'NOT-NAME', 'a'],
      ['', 'NAME', ''],
      ['a', 'name', 'a\0b'],
      ['a', 'DB', '3'],
      ['me b', 'NOT-DB', '3'],
      ['a', 'LIB-NAME', 'lib'],
      ['me b', 'NOT-LIB-NAME', 'lib'],
      ['', 'LIB-NAME', ''],
      ['a', 'LIB-VER', '1.0'],
      ['me b', 'NOT-LIB-VER', '1.0'],
      ['b', 'FLAGS', 'eT'],
      ['me a', 'NOT-FLAGS', 'Te'],
      ['me a b', 'NOT-FLAGS', 'ex'],
      ['me a', 'FLAGS', 'N'],
      ['', 'FLAGS', 'M'],
      ['me a b', 'FLAGS', ''],
      ['b', 'CAPA', 'r'],
      ['me a', 'NOT-CAPA', 'r'],
      ['me a b', 'CAPA', ''],
      ['a', 'ADDR', address],
      ['me b', 'NOT-ADDR', address],
      ['me a b', 'LADDR', here],
      ['', 'NOT-LADDR', here],
      ['me a b', 'IP', '127.0.0.1'],
      ['', 'IP', '127.0.0'],
      ['', 'NOT-IP', '127.0.0.1'],
      ['me a b', 'TYPE', 'normal', 'USER', 'default'],
      ['', 'NOT-TYPE', 'normal'],
      ['', 'NOT-USER', 'default'],
      ['', 'MAXAGE', '1000'],
      ['', 'IDLE', '1000'],
      ['a b', 'SKIPME', 'yes'],
      ['me a b', 'SKIPME', 'yes', 'SKIPME', 'no'],
      ['a b', 'ID', ids.a, ids.b],
      ['a', 'ID', ids.a, ids.b, 'NAME', 'a'],
      ['a b', 'ID', ids.a, 'ID', ids.b],
      ['me', 'NOT-ID', ids.a, ids.b],
      ['', 'ID', ids.a, 'NOT-ID', ids.a],
      ['b', 'NAME', 'a', 'NAME', 'b'],
      ['', 'NAME', 'a', 'ID'],
      ['a', 'NAME', 'a', 'NOT-ID'],
      ['', 'NAME', 'a', 'DB', '0'],
    ]
    for (const [names, ...filters] of expected) {
      expect([namesOf(await r.command('CLIENT', 'LIST', ...filters)), ...filters]).toEqual([names, ...filters])
    }
  })

  test('KILL closes those for whom all filters hold, and nobody twice', async () => {
    const { r, a, b, ids } = await crowd()
    expect(await r.command('CLIENT', 'KILL', 'NOT-NAME', 'me', 'DB', '7')).toBe(0)
    expect(await r.command('CLIENT', 'KILL', 'ID', ids.a, ids.a, 'DB', '3')).toBe(1)
    await a.closed
    expect(await r.command('CLIENT', 'KILL', 'NOT-ID', ids.a, 'CAPA', 'r')).toBe(1)
    await b.closed
  })

  test.each([
    [['FLAGS', 'z'], 'ERR Unknown flags found in the provided filter: z'],
    [['NOT-FLAGS', 'Nz'], 'ERR Unknown flags found in the NOT-FLAGS filter: Nz'],
    [['CAPA', 'x'], 'ERR Unknown capa found in the provided filter: x'],
    [['NOT-CAPA', 'R'], 'ERR Unknown capa found in the NOT-CAPA filter: R'],
    [['DB', '16'], 'ERR DB number should be between 0 and 15'],
    [['NOT-DB', '-1'], 'ERR NOT-DB number should be between 0 and 15'],
    [['db', 'x'], 'ERR DB is not an integer or out of range'],
    [['NOT-DB', '2147483648'], 'ERR NOT-DB is not an integer or out of range'],
    [['IDLE', '0'], 'ERR idle should be greater than 0'],
    [['IDLE', 'x'], 'ERR idle is not an integer or out of range'],
    [['NOT-IDLE', '1'], 'ERR syntax error'],
    [['NOT-MAXAGE', '1'], 'ERR syntax error'],
    [['NOT-SKIPME', 'yes'], 'ERR syntax error'],
    [['NOT-USER', 'nobody'], "ERR No such user 'nobody'"],
    [['NOT-TYPE', 'foo'], "ERR Unknown client type 'foo'"],
    [['NOT-ID', '0'], 'ERR client-id should be greater than 0'],
    [['NOT-ID', 'x'], 'ERR syntax error'],
    [['NAME', 'a', 'DB'], 'ERR syntax error'],
    [['NAME', 'a', 'FOO', 'b'], 'ERR syntax error'],
  ])('both refuse %j', async (args, error) => {
    const r = await connect({ needs: IN_VALKEY_9 })
    await expect(r.command('CLIENT', 'LIST', ...args)).rejects.toThrow(error)
    await expect(r.command('CLIENT', 'KILL', ...args)).rejects.toThrow(error)
  })

  test('LIST ID keeps the order and the words of Redis 7', async () => {
    const r = await connect({ needs: { since: { redis: '7.0.0', valkey: '99.0.0' } } })
    const a = await connect()
    await r.command('CLIENT', 'SETNAME', 'me')
    await a.command('CLIENT', 'SETNAME', 'a')
    const [mine, other] = [await idOf(r), await idOf(a)]
    expect(namesOf(await r.command('CLIENT', 'LIST', 'ID', other, mine, other))).toBe('a me a')
    expect(await r.command('CLIENT', 'LIST', 'ID', '0')).toBe('')
    await expect(r.command('CLIENT', 'LIST', 'ID', mine, 'x')).rejects.toThrow('ERR Invalid client ID')
    await expect(r.command('CLIENT', 'LIST', 'ID', 'x')).rejects.toThrow('ERR Invalid client ID')
  })
})

describe('CLIENT PAUSE', () => {
  const connect = withServer()

  /** Waits until the server has read what others sent: another command of ours comes back after it. */
  async function settle(r: WireClient): Promise<void> {
    for (let i = 0; i < 5; i++) await r.command('PING')
  }

  test('WRITE holds writes back, in order, until UNPAUSE; reads go on', async () => {
    const r = await connect()
    const writer = await connect()
    await r.command('SET', 'a', '0')
    await r.command('CLIENT', 'PAUSE', '100000', 'WRITE')
    writer.raw('INCR a\r\nGET a\r\nINCR a\r\nECHO end\r\n')
    await settle(r)
    expect(await r.command('GET', 'a')).toBe('0')
    expect(await r.command('INFO', 'clients')).toMatch(/blocked_clients:1\r\n/)
    await r.command('CLIENT', 'UNPAUSE')
    expect(await writer.receive()).toBe(1)
    expect(await writer.receive()).toBe('1')
    expect(await writer.receive()).toBe(2)
    expect(await writer.receive()).toBe('end')
  })

  test('INFO tells what is held back, and for how long', async () => {
    const r = await connect({ needs: IN_VALKEY_9 })
    const paused = async () =>
      String(await r.command('INFO', 'clients'))
        .split('\r\n')
        .filter((line) => line.startsWith('paused_'))
    const none = ['paused_reason:none', 'paused_actions:none', 'paused_timeout_milliseconds:0']
    expect(await paused()).toEqual(none)
    await r.command('CLIENT', 'PAUSE', '100000', 'WRITE')
    const [reason, actions, timeout] = await paused()
    expect([reason, actions]).toEqual(['paused_reason:client_pause', 'paused_actions:write'])
    expect(timeout).toMatch(/^paused_timeout_milliseconds:(99\d{3}|100000)$/)
    await r.command('CLIENT', 'UNPAUSE')
    expect(await paused()).toEqual(none)
  })

  test('WRITE holds back EXEC of a transaction that writes', async () => {
    const r = await connect()
    const writer = await connect()
    await writer.command('MULTI')
    await writer.command('SET', 'a', '1')
    await r.command('CLIENT', 'PAUSE', '100000', 'WRITE')
    writer.send('EXEC')
    await settle(r)
    expect(await r.command('EXISTS', 'a')).toBe(0)
    await r.command('CLIENT', 'UNPAUSE')
    expect(await writer.receive()).toEqual(['OK'])
  })

  test('ends by itself', async () => {
    const r = await connect()
    await r.command('CLIENT', 'PAUSE', '30', 'WRITE')
    expect(await r.command('SET', 'a', '1')).toBe('OK')
  })

  test('ALL holds everything back until its time is over', async () => {
    const r = await connect()
    await r.command('CLIENT', 'PAUSE', '30')
    expect(await r.command('PING')).toBe('PONG')
    expect(await r.command('CLIENT', 'UNPAUSE')).toBe('OK')
  })

  test('a held client may go away', async () => {
    const r = await connect()
    const writer = await connect()
    await r.command('CLIENT', 'PAUSE', '100000', 'WRITE')
    writer.send('SET', 'a', '1')
    await settle(r)
    await writer.close()
    await settle(r)
    await r.command('CLIENT', 'UNPAUSE')
    expect(await r.command('PING')).toBe('PONG')
  })

  test.each([
    [['x'], 'ERR timeout is not an integer or out of range'],
    [['-1'], 'ERR timeout is negative'],
    [['1', 'FOO'], 'ERR CLIENT PAUSE mode must be WRITE or ALL'],
  ])('refuses %j', async (args, error) => {
    const r = await connect()
    await expect(r.command('CLIENT', 'PAUSE', ...args)).rejects.toThrow(error)
  })
})

describe('limits on connections', () => {
  const connect = withServer({ maxclients: '3' })

  test('maxclients refuses the one too many, and room is found again', async () => {
    // The administrator of these tests is the first.
    const second = await connect()
    await second.command('PING')
    await (await connect()).command('PING')
    const refused = await connect()
    await refused.closed
    expect(refused.takeText()).toBe('-ERR max number of clients reached\r\n')
    await second.close()
    for (;;) {
      const again = await connect()
      const reply = await again.reply('PING').catch(() => undefined)
      if (reply?.type === 'simple') break
    }
  })
})
