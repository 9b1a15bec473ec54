/*
 * CONFIG over the wire, what changed options do, and how a server process takes
 * its configuration, starts and ends.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../support/ports.ts'
import { AS_REDIS, withServer } from '../support/server.ts'
import { keysteadProgram, type ServerProcess, startServer } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'

describe('CONFIG GET', () => {
  const connect = withServer()

  test('answers names and values, by any number of patterns, each once', async () => {
    const r = await connect()
    expect(await r.command('CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', '0'])
    const many = (await r.command('CONFIG', 'GET', 'maxmemory', 'max*', 'tcp-keepalive')) as string[]
    expect(many.filter((word) => word === 'maxmemory')).toHaveLength(1)
    expect(many).toContain('maxclients')
    expect(many).toContain('tcp-keepalive')
    expect(await r.command('CONFIG', 'GET', 'nosuch*')).toEqual([])
  })

  test('ignores case, and repeats a name as it was written', async () => {
    const r = await connect()
    expect(await r.command('CONFIG', 'GET', 'MaxMemory')).toEqual(['MaxMemory', '0'])
    expect(await r.command('CONFIG', 'GET', 'MAXMEMORY-P*')).toEqual(['maxmemory-policy', 'noeviction'])
  })

  test('is a map in RESP3', async () => {
    const r = await connect({ resp: 3 })
    expect(await r.replyText('CONFIG', 'GET', 'timeout')).toBe('%1\r\n$7\r\ntimeout\r\n$1\r\n0\r\n')
  })

  test('answers aliases too', async () => {
    const r = await connect()
    await r.command('CONFIG', 'SET', 'hash-max-ziplist-entries', '7')
    expect(await r.command('CONFIG', 'GET', 'hash-max-listpack-entries')).toEqual(['hash-max-listpack-entries', '7'])
    expect(await r.command('CONFIG', 'GET', 'hash-max-ziplist-entries')).toEqual(['hash-max-ziplist-entries', '7'])
    await r.command('CONFIG', 'SET', 'hash-max-listpack-entries', '512')
  })
})

describe('CONFIG SET', () => {
  const connect = withServer()
  const failed = (name: string, why: string): string =>
    `ERR CONFIG SET failed (possibly related to argument '${name}') - ${why}`

  test.each([
    ['maxmemory', '1kb', '1024'],
    ['maxmemory', '2k', '2000'],
    ['maxmemory', '3MB', String(3 * 1024 * 1024)],
    ['maxmemory', '0', '0'],
    ['hz', '1000', '500'],
    ['hz', '10', '10'],
    ['loglevel', 'VERBOSE', 'verbose'],
    ['loglevel', 'notice', 'notice'],
    ['list-compress-depth', '2', '2'],
    ['list-compress-depth', '0', '0'],
    [
      'client-output-buffer-limit',
      'normal 1kb 2 3',
      'normal 1024 2 3 slave 268435456 67108864 60 pubsub 33554432 8388608 60',
    ],
    [
      'client-output-buffer-limit',
      'normal 0 0 0',
      'normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60',
    ],
  ])('%s %s is read as %s', async (name, value, read) => {
    const r = await connect()
    expect(await r.command('CONFIG', 'SET', name, value)).toBe('OK')
    expect(await r.command('CONFIG', 'GET', name)).toEqual([name, read])
  })

  test.each([
    [['maxmemory', 'x'], failed('maxmemory', 'argument must be a memory value')],
    [['maxmemory', '-1'], failed('maxmemory', 'argument must be a memory value')],
    [
      ['hll-sparse-max-bytes', '9223372036854775808'],
      failed('hll-sparse-max-bytes', 'argument must be between 0 and 9223372036854775807 inclusive'),
    ],
    [['timeout', '-1'], failed('timeout', 'argument must be between 0 and 2147483647 inclusive')],
    [
      ['list-compress-depth', '-1'],
      failed('list-compress-depth', 'argument must be between 0 and 2147483647 inclusive'),
    ],
    [['timeout', 'abc'], failed('timeout', "argument couldn't be parsed into an integer")],
    [['protected-mode', 'maybe'], failed('protected-mode', "argument must be 'yes' or 'no'")],
    [['maxclients', '0'], failed('maxclients', 'argument must be between 1 and 4294967295 inclusive')],
    [
      ['loglevel', 'foo'],
      failed('loglevel', 'argument(s) must be one of the following: debug, verbose, notice, warning'),
    ],
    [['databases', '3'], failed('databases', "can't set immutable config")],
    [['dir', '/tmp'], failed('dir', "can't set protected config")],
    [['maxmemory', '0', 'maxmemory', '1'], failed('maxmemory', 'duplicate parameter')],
    [['maxmemory', '0', 'nosuch', '1'], "ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"],
    [['maxmemory', '0', 'timeout'], 'ERR syntax error'],
    [
      ['client-output-buffer-limit', 'normal 1 2'],
      failed('client-output-buffer-limit', 'Wrong number of arguments in buffer limit configuration.'),
    ],
    [
      ['client-output-buffer-limit', 'foo 1 2 3'],
      failed('client-output-buffer-limit', 'Invalid client class specified in buffer limit configuration.'),
    ],
    [
      ['maxmemory-policy', 'foo'],
      failed(
        'maxmemory-policy',
        'argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, ' +
          'allkeys-lru, allkeys-lfu, allkeys-random, noeviction',
      ),
    ],
  ])('refuses %j', async (args, error) => {
    const r = await connect()
    await expect(r.command('CONFIG', 'SET', ...args)).rejects.toThrow(error)
  })

  test('changes all or nothing', async () => {
    const r = await connect()
    await r.command('CONFIG', 'SET', 'maxmemory', '100mb', 'timeout', '7')
    expect(await r.command('CONFIG', 'GET', 'timeout')).toEqual(['timeout', '7'])
    await expect(r.command('CONFIG', 'SET', 'maxmemory', '5mb', 'timeout', 'abc')).rejects.toThrow('timeout')
    expect(await r.command('CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', String(100 * 1024 * 1024)])
    await r.command('CONFIG', 'SET', 'maxmemory', '0', 'timeout', '0')
  })

  test('RESETSTAT resets', async () => {
    const r = await connect()
    await r.command('GET', 'missing')
    await r.command('CONFIG', 'RESETSTAT')
    expect(String(await r.command('INFO', 'stats'))).toContain('keyspace_misses:0')
  })

  test('REWRITE without a file says so', async () => {
    const r = await connect()
    await expect(r.command('CONFIG', 'REWRITE')).rejects.toThrow('ERR The server is running without a config file')
  })
})

describe('maxmemory', () => {
  const connect = withServer()

  async function usedMemory(r: WireClient): Promise<number> {
    return Number(/^used_memory:(\d+)/m.exec(String(await r.command('INFO', 'memory')))?.[1])
  }

  test('with noeviction refuses what would grow, and lets read and delete', async () => {
    const r = await connect()
    await r.command('SET', 'a', '1')
    await r.command('CONFIG', 'SET', 'maxmemory', '1')
    try {
      await expect(r.command('SET', 'b', '1')).rejects.toThrow(
        "OOM command not allowed when used memory > 'maxmemory'.",
      )
      expect(await r.command('GET', 'a')).toBe('1')
      expect(await r.command('DEL', 'a')).toBe(1)
    } finally {
      await r.command('CONFIG', 'SET', 'maxmemory', '0')
    }
  })

  test.each([
    'allkeys-lru',
    'allkeys-lfu',
    'allkeys-random',
    'volatile-lru',
    'volatile-lfu',
    'volatile-random',
    'volatile-ttl',
  ])('with %s makes room', async (policy) => {
    const r = await connect()
    const limit = (await usedMemory(r)) + 300_000
    await r.command('CONFIG', 'SET', 'maxmemory', String(limit), 'maxmemory-policy', policy)
    try {
      const count = 3_000
      for (let i = 0; i < count; i++) r.send('SET', `key:${i}`, 'x'.repeat(200), 'EX', String(1000 + i))
      for (let i = 0; i < count; i++) expect(await r.receive()).toBe('OK')
      const left = Number(await r.command('DBSIZE'))
      expect(left).toBeGreaterThan(300)
      expect(left).toBeLessThan(count - 500)
      expect(await usedMemory(r)).toBeLessThan(limit * 1.1)
    } finally {
      await r.command('CONFIG', 'SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction')
    }
  })

  test('with a volatile policy spares keys without expiry, and refuses when only those are left', async () => {
    const r = await connect()
    const limit = (await usedMemory(r)) + 100_000
    await r.command('CONFIG', 'SET', 'maxmemory', String(limit), 'maxmemory-policy', 'volatile-lru')
    try {
      let error = ''
      for (let i = 0; i < 5_000 && error === ''; i++) {
        const reply = await r.reply('SET', `key:${i}`, 'x'.repeat(200))
        if (reply.type === 'error') error = reply.text
      }
      expect(error).toContain('OOM command not allowed')
    } finally {
      await r.command('CONFIG', 'SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction')
    }
  })

  test('with volatile-ttl the keys that expire first go first', async () => {
    const r = await connect()
    const limit = (await usedMemory(r)) + 200_000
    await r.command(
      'CONFIG',
      'SET',
      'maxmemory',
      String(limit),
      'maxmemory-policy',
      'volatile-ttl',
      'maxmemory-samples',
      '64',
    )
    try {
      for (let i = 0; i < 2_000; i++) r.send('SET', `key:${i}`, 'x'.repeat(200), 'EX', String(100_000 - i))
      for (let i = 0; i < 2_000; i++) await r.receive()
      // Later keys expire sooner: the first ones outlive them.
      const early = Number(
        await r.command('EXISTS', ...(Array.from({ length: 100 }, (_, i) => `key:${i}`) as [string])),
      )
      const late = Number(
        await r.command('EXISTS', ...(Array.from({ length: 100 }, (_, i) => `key:${1850 + i}`) as [string])),
      )
      expect(early).toBeGreaterThan(late)
    } finally {
      await r.command('CONFIG', 'SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction', 'maxmemory-samples', '5')
    }
  })
})

describe('client-output-buffer-limit', () => {
  const connect = withServer()

  test('closes the client that does not read', async () => {
    const r = await connect()
    await r.command('SET', 'big', 'x'.repeat(1_000_000))
    await r.command('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 10mb 0 0')
    try {
      const greedy = connectSocket(connect.port(), '127.0.0.1', () => greedy.write('PING\r\n'))
      greedy.on('error', () => {})
      await new Promise((answered) => greedy.once('data', answered))
      greedy.pause()
      greedy.write('GET big\r\n'.repeat(200))
      // Seen from the other side: the client that does not read cannot notice.
      while (String(await r.command('CLIENT', 'LIST')).includes(`addr=127.0.0.1:${greedy.localPort} `)) {
        await new Promise((done) => setTimeout(done, 5))
      }
      greedy.destroy()
    } finally {
      await r.command('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 0 0 0')
    }
  })
})

describe('a server process', () => {
  let dir: string
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'keystead-config-'))
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  test('keeps its data in a folder that is named from where it starts', async () => {
    // The server starts in a folder beside this one.
    const server = await startServer(keysteadProgram(), { dir: join('..', basename(dir)), appendonly: 'yes' })
    const r = await WireClient.open({ port: server.port })
    expect(await r.command('CONFIG', 'GET', 'dir')).toEqual(['dir', realpathSync(dir)])
    expect(await r.command('SAVE')).toBe('OK')
    expect(readdirSync(dir)).toEqual(expect.arrayContaining(['appendonlydir', 'dump.rdb']))
    await r.close()
    await server.stop()
  })

  /** Runs the server with these arguments until it ends by itself. */
  function run(args: readonly string[], input = ''): Promise<{ code: number | null; out: string; err: string }> {
    const { command, args: before } = keysteadProgram()
    return new Promise((resolve) => {
      const child = spawn(command, [...before, ...args], { cwd: dir })
      let out = ''
      let err = ''
      child.stdout.on('data', (text) => (out += text))
      child.stderr.on('data', (text) => (err += text))
      child.on('close', (code) => resolve({ code, out, err }))
      child.stdin.end(input)
    })
  }

  /** A server with these options and what it holds as `name`; stopped by SIGTERM, which must end it with 0. */
  async function withProcess(
    args: Readonly<Record<string, string>>,
    body: (server: ServerProcess, r: WireClient) => Promise<void>,
  ): Promise<void> {
    const server = await startServer(keysteadProgram(), args)
    const r = await WireClient.open({ port: server.port })
    try {
      await body(server, r)
      server.signal('SIGTERM')
      expect(await server.exited).toBe(0)
    } finally {
      await r.close()
      await server.stop()
    }
  }

  const fileWith = (text: string): string => {
    const path = join(dir, `${Math.floor(performance.now() * 1000)}.conf`)
    writeFileSync(path, text)
    return path
  }

  test('logs as Redis does and ends with 0 on SIGTERM', async () => {
    await withProcess({}, async (server) => {
      await server.says(/^\d+:M \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} \* .*Keystead is starting/m)
      await server.says('Ready to accept connections')
    })
  })

  test('SHUTDOWN ends it with 0', async () => {
    const server = await startServer(keysteadProgram())
    const r = await WireClient.open({ port: server.port })
    r.send('SHUTDOWN')
    await r.closed
    expect(await server.exited).toBe(0)
    await server.stop()
  })

  test('takes a file, with includes, comments and quotes, and lets the command line win', async () => {
    const included = fileWith('timeout 11\n')
    const port = await freePort()
    const file = fileWith(
      `# a comment\n\n  MaxMemory 100mb  \nrequirepass "pass \\x77ord"\ninclude ${included}\ntcp-keepalive 1\nport ${port}\nbind 127.0.0.1\n`,
    )
    const { command, args } = keysteadProgram()
    const child = spawn(command, [...args, file, '--tcp-keepalive', '2', '--maxclients', '50'], { stdio: 'pipe' })
    try {
      await new Promise<void>((ready) => {
        child.stdout.on('data', (text) => String(text).includes('Ready to accept') && ready())
      })
      const r = await WireClient.open({ port, password: 'pass word' })
      const get = (await r.command('CONFIG', 'GET', 'maxmemory', 'timeout', 'tcp-keepalive', 'maxclients')) as string[]
      const values = Object.fromEntries(Array.from({ length: get.length / 2 }, (_, i) => [get[2 * i], get[2 * i + 1]]))
      expect(values).toEqual({ maxmemory: '104857600', timeout: '11', 'tcp-keepalive': '2', maxclients: '50' })
      // What was written by hand stays, what was changed is written.
      await r.command('CONFIG', 'SET', 'maxmemory', '200mb', 'hz', '20')
      expect(await r.command('CONFIG', 'REWRITE')).toBe('OK')
      const text = readFileSync(file, 'latin1')
      expect(text).toContain('# a comment\n')
      expect(text).toContain('maxmemory 209715200\n')
      expect(text).toContain('requirepass "pass word"\n')
      expect(text).toContain(`include ${included}\n`)
      expect(text).toMatch(/# Generated by CONFIG REWRITE\n(.*\n)*hz 20\n/)
      await r.close()
    } finally {
      child.kill('SIGKILL')
    }
  })

  test.each([
    ['timeout abc', "argument couldn't be parsed into an integer"],
    ['maxmemory 1x', 'argument must be a memory value'],
    ['requirepass "x', 'Unbalanced quotes in configuration line'],
    ['maxmemory', 'argument must be a memory value'],
  ])('refuses the line %j with its number and ends with 1', async (line, reason) => {
    const { code, err } = await run([fileWith(`# first\n${line}\n`)])
    expect(code).toBe(1)
    expect(err).toContain('FATAL CONFIG FILE ERROR')
    expect(err).toContain('Reading the configuration file, at line 2')
    expect(err).toContain(`>>> '${line}'`)
    expect(err).toContain(reason)
  })

  test('reads options from standard input', async () => {
    const { code, err } = await run(['-'], 'timeout abc\n')
    expect(code).toBe(1)
    expect(err).toContain(">>> 'timeout abc'")
  })

  test('a file that is not there is told, with its name', async () => {
    const { code, err } = await run(['/no/such.conf'])
    expect(code).toBe(1)
    expect(err).toContain("can't open config file '/no/such.conf'")
  })

  test('what is not supported is told and not ignored', async () => {
    await withProcess({ 'aof-use-rdb-preamble': 'no', 'repl-timeout': '7', nosuch: '1' }, async (server) => {
      await server.says(/# Configuration: 'aof-use-rdb-preamble no' cannot be done: .*smaller and loads faster/)
      await server.says(/# Configuration: 'repl-timeout' is not an option of this server/)
      await server.says(/# Configuration: 'nosuch' is not an option of this server/)
    })
  })

  test('a port that is taken is told, and what to do', async () => {
    await withProcess({}, async (server) => {
      const { code, out } = await run(['--port', String(server.port), '--bind', '127.0.0.1'])
      expect(code).toBe(1)
      expect(out).toContain(`127.0.0.1:${server.port}`)
      expect(out).toContain('another process listens there')
      expect(out).toContain('--port <number>')
    })
  })

  test('--version and --help answer and end', async () => {
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Keystead server v=\d+\.\d+\.\d+/),
    })
    expect(await run(['-h'])).toMatchObject({ code: 0, out: expect.stringContaining('Usage: keystead-server') })
  })

  test('listens on a unix socket', async () => {
    const path = join(dir, 'socket')
    await withProcess({ unixsocket: path, unixsocketperm: '700' }, async () => {
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = connectSocket(path, () => socket.write('CLIENT INFO\r\n'))
        socket.once('error', reject)
        socket.once('data', (data) => {
          resolve(String(data))
          socket.destroy()
        })
      })
      expect(answer).toContain(`addr=${path}:0`)
      expect(answer).toContain('flags=U')
    })
  })
})

describe('protected mode', () => {
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => address.family === 'IPv4' && !address.internal)?.address
  const connect = withServer({ bind: '*' })

  test('refuses who comes from outside while there is no password', async (context) => {
    if (outside === undefined) return context.skip('this machine has no address but loopback')
    const r = await connect({ needs: AS_REDIS })
    const refused = await WireClient.open({ host: outside, port: connect.port() })
    await refused.closed
    expect(refused.takeText()).toMatch(/^-DENIED Redis is running in protected mode because/)
    await r.command('CONFIG', 'SET', 'protected-mode', 'no')
    try {
      const accepted = await WireClient.open({ host: outside, port: connect.port() })
      expect(await accepted.command('PING')).toBe('PONG')
      await accepted.close()
    } finally {
      await r.command('CONFIG', 'SET', 'protected-mode', 'yes')
    }
  })
})

describe('timeout', () => {
  const connect = withServer()

  test('closes a client that is silent for so long', async () => {
    const admin = await connect()
    const silent = await connect()
    await silent.command('PING')
    await admin.command('CONFIG', 'SET', 'timeout', '1')
    try {
      await silent.closed
    } finally {
      await (await connect()).command('CONFIG', 'SET', 'timeout', '0')
    }
  })
})
