/*
 * redis-cli and redis-benchmark, which everybody has at hand.
 */
import { spawn } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { findPeer } from '../support/peers.ts'
import { encodeCommand } from '../support/reply.ts'
import { withServer } from '../support/server.ts'

const tools = findPeer('redis70')

function run(
  program: string,
  args: readonly string[],
  input: string | Buffer = '',
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
    child.stdin.end(input)
  })
}

describe('redis-cli', () => {
  const connect = withServer()
  const cli = async (args: readonly string[], input: string | Buffer = ''): Promise<string> => {
    const { code, output } = await run(tools!.cli!, ['-p', String(connect.port()), ...args], input)
    expect(code, output).toBe(0)
    return output
  }
  const cliTest = (name: string, body: () => Promise<void>): void =>
    test(name, async (context) => {
      if (tools?.cli === undefined) context.skip('redis-cli is not on this machine')
      await body()
    })

  cliTest('runs a command from its arguments, and many from its input', async () => {
    expect(await cli(['SET', 'k', 'v'])).toBe('OK\n')
    expect(await cli([], 'GET k\nSTRLEN k\nGET missing\n')).toBe('v\n1\n\n')
  })

  cliTest('speaks RESP3 with -3', async () => {
    await cli(['HSET', 'h', 'a', '1'])
    expect(await cli(['-3', '--no-raw', 'HGETALL', 'h'])).toBe('1# "a" => "1"\n')
    expect(await cli(['-3', '--no-raw', 'GET', 'missing'])).toBe('(nil)\n')
  })

  cliTest('loads a stream with --pipe', async () => {
    const commands = Array.from({ length: 20_000 }, (_, i) => encodeCommand(['SET', `key:${i}`, `value:${i}`]))
    expect(await cli(['--pipe'], Buffer.concat(commands))).toContain('errors: 0, replies: 20000')
    expect(await cli(['DBSIZE'])).toBe('20000\n')
  })

  cliTest('repeats a command with -r and switches the database with -n', async () => {
    expect(await cli(['-n', '3', '-r', '3', 'INCR', 'n'])).toBe('1\n2\n3\n')
    expect(await cli(['DBSIZE'])).toBe('0\n')
  })

  cliTest('lists keys with --scan', async () => {
    await cli(['MSET', 'a:1', 'x', 'a:2', 'x', 'b:1', 'x'])
    expect((await cli(['--scan', '--pattern', 'a:*'])).trim().split('\n').sort()).toEqual(['a:1', 'a:2'])
  })

  cliTest('prints INFO, and the fields that --stat reads are there', async () => {
    const info = await cli(['INFO'])
    const fields = [
      'used_memory',
      'connected_clients',
      'blocked_clients',
      'total_commands_processed',
      'total_connections_received',
    ]
    for (const field of fields) expect(info, field).toMatch(new RegExp(`^${field}:\\d+\r?$`, 'm'))
  })

  cliTest('exits with an error where the server refuses, when asked to by -e', async () => {
    const { code, output } = await run(tools!.cli!, ['-p', String(connect.port()), '-e', 'NOSUCH'])
    expect(output).toContain("ERR unknown command 'NOSUCH'")
    expect(code).toBe(1)
  })
})

describe('redis-benchmark', () => {
  const connect = withServer()

  test.for([
    ['one at a time', '1'],
    ['in a deep pipeline', '64'],
  ] as const)('runs its tests of strings and hashes, %s', async ([, pipeline], context) => {
    if (tools?.benchmark === undefined) return context.skip('redis-benchmark is not on this machine')
    const args = [
      '-p',
      String(connect.port()),
      '-n',
      '20000',
      '-P',
      pipeline,
      '-r',
      '1000',
      '-t',
      'ping,set,get,incr,hset,mset',
      '--csv',
    ]
    const { code, output } = await run(tools.benchmark, args)
    expect(code, output).toBe(0)
    for (const name of ['PING_INLINE', 'PING_MBULK', 'SET', 'GET', 'INCR', 'HSET', 'MSET (10 keys)']) {
      expect(output).toContain(`"${name}",`)
    }
    expect(output).not.toMatch(/error/i)
  })
})
