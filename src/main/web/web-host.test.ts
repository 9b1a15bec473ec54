import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { findPeer } from '../../../tests/support/peers.ts'
import { freePort } from '../../../tests/support/ports.ts'
import { random } from '../../../tests/support/random.ts'
import { decodeFrame, encodeFrame } from '../../shared/contract/codec.ts'
import type { Method, Request, Response } from '../../shared/contract/contract.ts'
import type { Result } from '../../shared/contract/failure.ts'
import type { EventFrame } from '../../shared/contract/frames.ts'
import { Backend } from '../core/backend.ts'
import { silentLog } from '../core/log.ts'
import { aesSecrets } from '../core/services/secrets/file-secrets.ts'
import { Access } from './access.ts'
import { childProcesses } from './child-processes.ts'
import { WebHost } from './web-host.ts'

const TOKEN = 'the-token'
const DATABASE = fileURLToPath(new URL('../../../tests/support/redis-database-process.ts', import.meta.url))

let dir: string
let backend: Backend
let host: WebHost

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'keystead-web-'))
  mkdirSync(join(dir, 'page', 'assets'), { recursive: true })
  writeFileSync(join(dir, 'page', 'index.html'), '<html>the page</html>')
  writeFileSync(join(dir, 'page', 'assets', 'index-12345678.js'), 'let it = 1')
  writeFileSync(join(dir, 'secret.json'), '{}')
  backend = await Backend.start(
    {
      mode: 'web',
      version: '1.2.3',
      dataDir: join(dir, 'data'),
      runtime: { node: process.versions.node },
      processes: childProcesses(DATABASE, silentLog),
      secrets: aesSecrets(new Uint8Array(32), { kind: 'key-file' }),
      log: silentLog,
    },
    { defaultPort: await freePort() },
  )
  host = await listen({})
})
afterAll(async () => {
  await host.close()
  await backend.stop()
  rmSync(dir, { recursive: true, force: true })
})

const listen = (options: { password?: string; allowedHosts?: string[] }) =>
  WebHost.listen({
    backend,
    access: new Access({ token: TOKEN, allowedHosts: [], ...options }),
    assets: join(dir, 'page'),
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
  })

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** node:http and not fetch: a path, a Host and an Origin go out exactly as given. */
function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers: options.headers },
      (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString()
        })
        response.on('end', () => resolve({ status: response.statusCode as number, headers: response.headers, body }))
      },
    )
    asked.on('error', reject)
    asked.end(options.body)
  })
}

async function cookieOf(port: number): Promise<string> {
  const { headers } = await ask(port, `/?token=${TOKEN}`)
  return headers['set-cookie']?.[0]?.split(';')[0] as string
}

/** A page's end of the socket. */
async function openPage(port: number, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/session`, {
    headers: { Origin: `http://127.0.0.1:${port}`, Cookie: await cookieOf(port), ...headers },
  })
  const events: EventFrame[] = []
  const waiting = new Map<number, (result: Result<unknown>) => void>()
  socket.on('message', (data: Buffer) => {
    const decoded = decodeFrame(data)
    if (!decoded.ok) throw new Error(decoded.why)
    const frame = decoded.value as EventFrame | { t: 'result'; id: number; result: Result<unknown> }
    if (frame.t === 'event') events.push(frame)
    else waiting.get(frame.id)?.(frame.result)
  })
  const status = await new Promise<number>((resolve) => {
    socket.once('open', () => resolve(101))
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode as number))
    socket.once('error', () => undefined)
  })
  let lastId = 0
  return {
    status,
    socket,
    events,
    call<M extends Method>(method: M, body: Request<M>): Promise<Result<Response<M>>> {
      const id = ++lastId
      return new Promise((resolve) => {
        waiting.set(id, resolve as (result: Result<unknown>) => void)
        socket.send(encodeFrame({ t: 'call', id, method, request: body }))
      })
    },
  }
}

async function value<T>(result: Promise<Result<T>>): Promise<T> {
  const settled = await result
  if (!settled.ok) throw new Error(JSON.stringify(settled.error))
  return settled.value
}

describe('the door', () => {
  test('opens for the token, which is traded for a cookie', async () => {
    const { status, headers } = await ask(host.port, `/?token=${TOKEN}`)
    expect(status).toBe(303)
    expect(headers.location).toBe('/')
    expect(headers['set-cookie']?.[0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(headers['set-cookie']?.[0]).not.toContain(TOKEN)
    const page = await ask(host.port, '/', { headers: { Cookie: await cookieOf(host.port) } })
    expect(page).toMatchObject({ status: 200, body: '<html>the page</html>' })
    expect(page.headers['cache-control']).toBe('no-cache')
  })

  test.each([
    ['no cookie', {}],
    ['a wrong cookie', { Cookie: 'keystead-1=x; other=y' }],
    ['the token as cookie', { Cookie: `keystead=${TOKEN}` }],
  ])('stays shut with %s', async (_what, headers) => {
    const { status, body } = await ask(host.port, '/', { headers: headers as Record<string, string> })
    expect(status).toBe(401)
    expect(body).not.toContain('the page')
    expect((await ask(host.port, '/?token=wrong', { headers: headers as Record<string, string> })).status).toBe(401)
  })

  test('is not there under a name that DNS could point at us', async () => {
    const Cookie = await cookieOf(host.port)
    for (const Host of ['evil.example', `evil.example:${host.port}`, '127.0.0.1.evil.example', 'a b']) {
      expect((await ask(host.port, '/', { headers: { Cookie, Host } })).status, Host).toBe(421)
      expect((await ask(host.port, `/?token=${TOKEN}`, { headers: { Host } })).status, Host).toBe(421)
    }
    for (const Host of [`localhost:${host.port}`, '127.0.0.1', `[::1]:${host.port}`, 'LOCALHOST']) {
      expect((await ask(host.port, '/', { headers: { Cookie, Host } })).status, Host).toBe(200)
    }
  })

  test('knows the names it was told', async () => {
    const named = await listen({ allowedHosts: ['box.internal'] })
    const Cookie = await cookieOf(named.port)
    expect((await ask(named.port, '/', { headers: { Cookie, Host: 'Box.Internal:80' } })).status).toBe(200)
    await named.close()
  })

  test('asks for the password where there is one', async () => {
    const guarded = await listen({ password: 'open sesame' })
    const origin = { Host: `127.0.0.1:${guarded.port}`, Origin: `http://127.0.0.1:${guarded.port}` }
    const form = { ...origin, 'Content-Type': 'application/x-www-form-urlencoded' }
    expect((await ask(guarded.port, '/')).body).toContain('type="password"')
    const wrong = await ask(guarded.port, '/login', { method: 'POST', headers: form, body: 'password=no' })
    expect([wrong.status, wrong.headers['set-cookie']]).toEqual([401, undefined])
    const right = await ask(guarded.port, '/login', { method: 'POST', headers: form, body: 'password=open+sesame' })
    expect([right.status, right.headers.location]).toEqual([303, '/'])
    const foreign = { ...form, Origin: 'https://evil.example' }
    expect(
      (await ask(guarded.port, '/login', { method: 'POST', headers: foreign, body: 'password=open+sesame' })).status,
    ).toBe(403)
    expect((await ask(guarded.port, '/login', { method: 'POST', headers: form, body: 'x'.repeat(5_000) })).status).toBe(
      413,
    )
    await guarded.close()
  })

  test('takes no password where there is none', async () => {
    const origin = { Host: `127.0.0.1:${host.port}`, Origin: `http://127.0.0.1:${host.port}` }
    expect((await ask(host.port, '/login', { method: 'POST', headers: origin, body: 'password=' })).status).toBe(401)
  })
})

describe('an answer', () => {
  test('carries the policies, whatever it is', async () => {
    const Cookie = await cookieOf(host.port)
    for (const path of ['/', '/nothing', `/?token=${TOKEN}`]) {
      const { headers } = await ask(host.port, path, { headers: { Cookie } })
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['content-security-policy']).not.toContain('unsafe-eval')
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['referrer-policy']).toBe('no-referrer')
    }
  })

  test('may be kept when its name tells its content', async () => {
    const { headers } = await ask(host.port, '/assets/index-12345678.js', {
      headers: { Cookie: await cookieOf(host.port) },
    })
    expect(headers['cache-control']).toContain('immutable')
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
  })

  test.each([
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/..%5csecret.json',
    '/assets/%2e%2e/%2e%2e/secret.json',
    '//etc/passwd',
    '/.git/config.json',
    '/%00',
  ])('never leaves the folder: %s', async (path) => {
    expect((await ask(host.port, path, { headers: { Cookie: await cookieOf(host.port) } })).status).toBe(404)
  })

  test('is refused for other methods', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect((await ask(host.port, '/', { method })).status).toBe(405)
    expect((await ask(host.port, '/', { method: 'HEAD', headers: { Cookie: await cookieOf(host.port) } })).body).toBe(
      '',
    )
  })

  test('is given to garbage as well, and the host lives on', async () => {
    const r = random()
    for (let i = 0; i < 50; i++) {
      const socket = connect(host.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.resume()
      socket.write(
        r.chance(0.5)
          ? r.bytes(300)
          : `GET /${'a'.repeat(r.below(50))} HTTP/1.1\r\nHost: ${'x'.repeat(r.below(9))}\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n`,
      )
      socket.end()
      await new Promise((resolve) => socket.once('close', resolve))
    }
    expect((await ask(host.port, '/')).status, `seed ${r.seed}`).toBe(401)
  })
})

describe('the socket', () => {
  test('answers a call', async () => {
    const page = await openPage(host.port)
    expect(await value(page.call('app.info', {}))).toMatchObject({ name: 'Keystead', version: '1.2.3', mode: 'web' })
    page.socket.close()
  })

  test.each([
    ['another origin', { Origin: 'https://evil.example' }],
    ['the origin of another port', { Origin: 'http://127.0.0.1:1' }],
    ['no origin worth the name', { Origin: 'null' }],
    ['no cookie', { Cookie: '' }],
    ['a name that is not ours', { Host: 'evil.example', Origin: 'http://evil.example' }],
  ])('is refused to %s', async (_what, headers) => {
    const { status } = await openPage(host.port, headers as Record<string, string>)
    expect(status).toBe(403)
  })

  test('refuses what is no method and what is no request, and goes on', async () => {
    const page = await openPage(host.port)
    expect(await page.call('app.nothing' as Method, {} as never)).toMatchObject({
      ok: false,
      error: { code: 'UNKNOWN_METHOD' },
    })
    expect(await page.call('constructor' as Method, {} as never)).toMatchObject({
      ok: false,
      error: { code: 'UNKNOWN_METHOD' },
    })
    expect(await page.call('databases.create', { name: 7 } as never)).toMatchObject({
      ok: false,
      error: { code: 'BAD_REQUEST', message: 'databases.create: name is wrong.' },
    })
    page.socket.send(encodeFrame({ not: 'a call' }))
    expect((await page.call('settings.get', {})).ok).toBe(true)
    page.socket.close()
  })

  test.each([
    ['text', 'hello'],
    ['half a frame', Uint8Array.of(9, 0, 0, 0, 1)],
    ['nothing', new Uint8Array(0)],
  ])('is closed on %s', async (_what, data) => {
    const page = await openPage(host.port)
    const closed = new Promise<number>((resolve) => page.socket.once('close', resolve))
    page.socket.send(data)
    expect(await closed).toBe(1008)
  })

  test('tells every page what changed', async () => {
    const [one, two] = [await openPage(host.port), await openPage(host.port)]
    await value(one.call('settings.set', { theme: 'dark', panes: { browser: [30, 70] } }))
    await vi.waitFor(() =>
      expect(two.events).toContainEqual({
        t: 'event',
        name: 'settings.changed',
        payload: expect.objectContaining({ theme: 'dark', panes: { browser: [30, 70] } }),
      }),
    )
    one.socket.close()
    two.socket.close()
  })
})

describe.runIf(findPeer('redis70'))('from the page to a real server', () => {
  test('a local database is started, looked at, lost and found again', async () => {
    const page = await openPage(host.port)
    const [local] = await vi.waitFor(async () => {
      const list = await value(page.call('databases.list', {}))
      expect(list[0]).toMatchObject({ name: 'local', status: 'running', memoryUsed: 1_000_000 })
      return list
    })
    const target = { database: local?.id as string }
    const info = await value(page.call('sessions.open', { target }))
    expect(info).toMatchObject({
      kind: 'redis',
      role: 'primary',
      mode: 'standalone',
      protocol: 3,
      user: 'default',
      dbCount: 16,
      dbs: [],
      lacks: [],
    })
    const { sessionId } = info
    expect(await value(page.call('sessions.select', { sessionId, db: 3 }))).toMatchObject({ db: 3 })
    expect(await page.call('sessions.select', { sessionId, db: 99 })).toMatchObject({
      ok: false,
      error: { detail: 'ERR DB index is out of range' },
    })

    const states = () =>
      page.events.flatMap((frame) =>
        frame.name === 'sessions.state' && frame.payload.sessionId === sessionId ? [frame.payload] : [],
      )
    await vi.waitFor(() => expect(states().at(-1)).toMatchObject({ state: 'ready', clients: 1, dbsize: 0 }))
    const { rows, commandsSent } = await value(page.call('ledger.list', { sessionId, offset: 0, count: 50 }))
    expect(rows.at(-1)?.command).toBe('HELLO 3 SETNAME keystead-browser')
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(commandsSent)

    await value(page.call('databases.stop', { id: target.database }))
    await vi.waitFor(() =>
      expect(states().at(-1)).toMatchObject({
        state: 'reconnecting',
        failure: { code: expect.stringMatching(/CONNECTION/) },
      }),
    )
    await value(page.call('databases.start', { id: target.database }))
    await vi.waitFor(() => expect(states().at(-1)?.state).toBe('ready'), { timeout: 10_000 })
    expect(await value(page.call('sessions.info', { sessionId }))).toMatchObject({ db: 3 })
    await value(page.call('sessions.close', { sessionId }))
    expect(await page.call('sessions.info', { sessionId })).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
    page.socket.close()
  })

  test('a session outlives the socket of its page, for the page that comes back', async () => {
    const page = await openPage(host.port)
    const [local] = await value(page.call('databases.list', {}))
    const { sessionId } = await value(page.call('sessions.open', { target: { database: local?.id as string } }))
    const closed = new Promise((resolve) => page.socket.once('close', resolve))
    page.socket.terminate()
    await closed
    const again = await openPage(host.port)
    expect(await value(again.call('sessions.state', { sessionId }))).toMatchObject({ sessionId, state: 'ready' })
    await value(again.call('sessions.close', { sessionId }))
    again.socket.close()
  })

  test('a database whose process is killed comes back, and the user is told', async () => {
    const page = await openPage(host.port)
    const { id, pid } = await value(page.call('databases.create', { name: 'crashing' }))
    process.kill(pid as number, 'SIGKILL')
    await vi.waitFor(
      async () => {
        const again = (await value(page.call('databases.list', {}))).find((database) => database.id === id)
        expect(again).toMatchObject({ status: 'running' })
        expect(again?.pid).not.toBe(pid)
      },
      { timeout: 10_000 },
    )
    expect(page.events).toContainEqual(
      expect.objectContaining({
        name: 'app.notice',
        payload: expect.objectContaining({ message: expect.stringContaining('crashing') }),
      }),
    )
    await value(page.call('databases.remove', { id, deleteData: true, confirm: 'crashing' }))
    page.socket.close()
  })

  test('a saved connection with a wrong password says so, and works with the right one', async () => {
    const page = await openPage(host.port)
    const port = await freePort()
    const database = await value(page.call('databases.create', { name: 'guarded', port }))
    const parsed = await value(page.call('connections.parseUrl', { url: `redis://127.0.0.1:${port}/1` }))
    const { name, endpoint, db } = parsed
    const draft = { name, endpoint, db, environment: 'staging' as const }
    expect(await value(page.call('connections.test', draft))).toMatchObject({
      kind: 'redis',
      version: '7.0.15',
      keys: 0,
    })
    expect(await page.call('connections.test', { ...draft, username: 'ann', password: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'AUTH_FAILED', detail: expect.stringContaining('WRONGPASS') },
    })
    const saved = await value(page.call('connections.save', draft))
    expect(await value(page.call('sessions.open', { target: { connection: saved.id } }))).toMatchObject({
      db: 1,
      environment: 'staging',
    })
    expect((await value(page.call('connections.list', {})))[0]?.lastUsedAt).toBeGreaterThan(0)
    await value(page.call('databases.remove', { id: database.id, deleteData: true, confirm: 'guarded' }))
    page.socket.close()
  })
})
