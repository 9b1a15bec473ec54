/*
 * `keystead checkpoint` and `keystead branch` from a shell, against a server that runs.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../support/ports.ts'
import { keysteadProgram, type ServerProcess, startServer } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'

const ENTRY = resolve(import.meta.dirname, '../../src/main/cli/main.ts')
const DONE = 0
const NOT_DONE = 1
const WRONG_USAGE = 2
const PASSWORD = 'a password'

let server: ServerProcess
let client: WireClient

beforeAll(async () => {
  server = await startServer(keysteadProgram(), { appendonly: 'yes', 'aof-timestamp-enabled': 'yes' })
  await server.says('Ready to accept connections')
  client = await WireClient.open({ port: server.port })
  await client.command('SET', 'a', '1')
  await client.command('CONFIG', 'SET', 'requirepass', PASSWORD)
}, 60_000)

afterAll(async () => server.stop())

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Without a terminal, and with nobody to answer. */
function keystead(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  return new Promise((done) => child.once('close', (code) => done({ code, out, err })))
}

/** At the server, with its password. */
const there = (...args: string[]): Promise<Ended> => keystead([...args, '-p', String(server.port), '-a', PASSWORD])

describe('keystead', { timeout: 60_000 }, () => {
  test('makes checkpoints, lists them, rewinds to one and deletes it', async () => {
    expect(await there('checkpoint', 'list')).toEqual({ code: DONE, out: 'There are no checkpoints.\n', err: '' })
    expect(await there('checkpoint', 'create', 'one two')).toEqual({
      code: DONE,
      out: "The checkpoint 'one two' is there.\n",
      err: '',
    })
    await client.command('SET', 'a', '2')
    const table = (await there('checkpoint', 'list')).out.split('\n')
    expect(table[0]).toMatch(/^NAME {5}MADE +WHY {4}KEYS {2}BYTES {2}PROBLEM$/)
    expect(table[1]).toMatch(/^one two {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}asked {5}1 +\d+$/)
    const json = JSON.parse((await there('checkpoint', 'list', '--json')).out)
    expect(json).toMatchObject([{ name: 'one two', reason: 'asked', keys: 1, problem: '' }])
    expect((await there('checkpoint', 'rewind', 'one two', '--yes')).out).toContain("that of the checkpoint 'one two'")
    expect(await client.command('GET', 'a')).toBe('1')
    expect(await there('checkpoint', 'delete', 'one two', '-y', '--json')).toEqual({
      code: DONE,
      out: '{"done":true}\n',
      err: '',
    })
  })

  test('verifies a checkpoint, and ends with 1 when a file is broken', async () => {
    await there('checkpoint', 'create', 'v')
    const sound = await there('checkpoint', 'verify', 'v')
    expect(sound).toMatchObject({ code: DONE, err: '' })
    expect(sound.out).toMatch(/^FILE +BYTES +AT BYTE +PROBLEM\nappendonlydir\/\S+ +\d+ +- +none\n/)
    rmSync(join(server.dir, 'checkpoints', 'v', 'appendonlydir', 'appendonly.aof.1.base.rdb'))
    const broken = await there('checkpoint', 'verify', 'v', '--json')
    expect(broken).toMatchObject({ code: NOT_DONE, err: '' })
    expect(JSON.parse(broken.out)[0]).toMatchObject({ problem: 'is missing', offset: -1 })
    await there('checkpoint', 'delete', 'v', '--yes')
  })

  test('goes back to a time, as milliseconds or as a date', async () => {
    const [{ created }] = JSON.parse((await there('checkpoint', 'list', '--json')).out)
    for (const time of [String(created), new Date(created).toISOString()]) {
      expect(await there('checkpoint', 'rewind', '--time', time, '--yes')).toMatchObject({ code: DONE, err: '' })
    }
    const early = await there('checkpoint', 'rewind', '--time', '2001-01-01T00:00:00Z', '--yes')
    expect(early).toMatchObject({ code: NOT_DONE, out: '' })
    expect(early.err).toContain('nothing is kept of that time')
  })

  test('makes branches, lists them and deletes them', async () => {
    await there('checkpoint', 'create', 'c')
    expect(await there('branch', 'create', 'now')).toMatchObject({ code: DONE })
    expect(await there('branch', 'create', 'then', '--from', 'c')).toMatchObject({ code: DONE })
    const branches = JSON.parse((await there('branch', 'list', '--json')).out)
    expect(branches).toMatchObject([
      { name: 'now', origin: 'now' },
      { name: 'then', origin: 'checkpoint c' },
    ])
    expect((await there('branch', 'list')).out).toContain(branches[0].dir)
    expect(await there('branch', 'delete', 'now', '--yes')).toMatchObject({ code: DONE })
    expect((await there('branch', 'list')).out).not.toContain('now')
  })

  test('finds the server by a URL, and a password in the environment', async () => {
    const url = `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.port}`
    expect(await keystead(['branch', 'list', '-u', url])).toMatchObject({ code: DONE })
    const args = ['branch', 'list', '-h', '127.0.0.1', '-p', String(server.port)]
    expect(await keystead(args, { KEYSTEAD_PASSWORD: PASSWORD })).toMatchObject({ code: DONE })
  })

  test('says why something is not done', async () => {
    const refused = await there('checkpoint', 'rewind', 'absent', '--yes')
    expect(refused).toEqual({ code: NOT_DONE, out: '', err: 'The server says: no such checkpoint\n' })
    const wrong = await keystead(['branch', 'list', '-p', String(server.port), '-a', 'wrong'])
    expect(wrong).toMatchObject({ code: NOT_DONE, out: '' })
    expect(wrong.err).toMatch(/password/i)
    const nobody = await keystead(['branch', 'list', '-p', String(await freePort())])
    expect(nobody).toMatchObject({ code: NOT_DONE, out: '' })
    expect(nobody.err).toContain('Nothing accepts connections')
  })

  test.each([
    ['-ERR \x1b[2J\x9b31mgone', /^The server says: \\u001b\[2J\\u009b31mgone\n$/],
    ['*1\r\n*2\r\n+name\r\n+a\x1b]0;b\x07', /^NAME .*\na\\u001b\]0;b\\u0007 {2}- /],
  ])('shows what a server would tell the terminal instead of doing it', async (reply, shown) => {
    const hostile = createServer((socket) => {
      socket.on('error', () => undefined) // The other side has its answer and goes.
      socket.on('data', (data) => {
        const isList = /LIST/.test(String(data))
        // It greets in RESP2: what is asked before that is refused.
        for (let i = isList ? 1 : String(data).split('*').length - 1; i > 0; i--)
          socket.write(isList ? Buffer.from(`${reply}\r\n`, 'latin1') : '-ERR unknown command\r\n')
      })
    })
    await new Promise<void>((done) => hostile.listen(0, '127.0.0.1', done))
    const { port } = hostile.address() as { port: number }
    const { out, err } = await keystead(['checkpoint', 'list', '-p', String(port)])
    hostile.close()
    expect(out + err).toMatch(shown)
  })

  test.each([
    [],
    ['database', 'list'],
    ['checkpoint'],
    ['checkpoint', 'make', 'x'],
    ['checkpoint', 'create'],
    ['checkpoint', 'create', 'a', 'b'],
    ['checkpoint', 'list', 'x'],
    ['checkpoint', 'rewind', 'x', '--time', '5', '--yes'],
    ['checkpoint', 'rewind', '--time', 'soon', '--yes'],
    ['branch', 'rewind', 'x'],
    ['branch', 'create', 'x', '--from', 'y', '--time', '5'],
    ['branch', 'delete', 'x', '--from', 'y', '--yes'],
    ['checkpoint', 'list', '-p', '0'],
    ['checkpoint', 'list', '--what'],
    ['checkpoint', 'delete', 'x'],
  ])('refuses what makes no sense: %j %j %j %j %j', async (...args) => {
    const ended = await keystead(args)
    expect(ended).toMatchObject({ code: WRONG_USAGE, out: '' })
    expect(ended.err).toContain('See keystead --help.')
  })

  test('explains itself', async () => {
    const { code, out } = await keystead(['--help'])
    expect(code).toBe(DONE)
    for (const word of ['checkpoint rewind', 'branch create', '--json', '--yes', '-u <url>'])
      expect(out).toContain(word)
  })
})
