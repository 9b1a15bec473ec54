/*
 * The built desktop app, executed: main, preload, page, backend and a database's
 * process, under a stand-in for Electron (support/electron-standin). What only
 * the real one can show is in electron-real.test.ts.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { findProgram } from '../support/peers.ts'
import { freePort } from '../support/ports.ts'
import { WireClient } from '../support/wire-client.ts'
import { launch, type RunningApp } from './support/electron-standin/launch.ts'

const root = resolve(import.meta.dirname, '../..')
const out = resolve(root, process.env['KEYSTEAD_OUT'] ?? 'out')
const entry = join(out, 'main/index.js')
const chromium = findProgram(['chromium', 'chromium-browser', 'google-chrome'])

const NAME = 'proof'

async function ping(port: number): Promise<unknown> {
  const client = await WireClient.open({ port })
  try {
    return await client.reply('PING')
  } finally {
    await client.close()
  }
}

interface Forked {
  readonly serviceName: string
  readonly pid: number
}

describe.skipIf(!chromium)('the built desktop app', () => {
  let home: string
  let port: number
  let app: RunningApp
  const environment = () => ({ KEYSTEAD_HOME: home, STANDIN_ROOT: root, STANDIN_CHROMIUM: chromium })
  const evaluate = <T>(expression: string) => app.ask<T>({ type: 'evaluate', expression })
  const forked = () => app.ask<readonly Forked[]>({ type: 'forked' })
  const pageShows = (text: string) => app.ask<void>({ type: 'waitForText', text })

  const press = (name: string) =>
    evaluate(`[...document.querySelectorAll('button')].find((button) => button.innerText.trim() === '${name}').click()`)

  beforeAll(async () => {
    if (!existsSync(entry)) throw new Error(`${entry} is not built: npm run build`)
    home = mkdtempSync(join(tmpdir(), 'keystead-e2e-'))
    port = await freePort()
    const database = { id: 'd1', name: NAME, port, autoStart: true, createdAt: 0 }
    writeFileSync(join(home, 'databases.json'), JSON.stringify({ version: 1, databases: [database] }))
    app = launch(entry, environment())
  })

  afterAll(() => {
    app?.kill()
    rmSync(home, { recursive: true, force: true })
  })

  test('shows its page, with the local database running', async () => {
    await vi.waitFor(async () => expect((await app.ask<unknown[]>({ type: 'windows' })).length).toBe(1), {
      timeout: 20_000,
    })
    await app.ask({ type: 'waitForSelector', selector: '#root *' })
    await pageShows(NAME)
    await pageShows(String(port))
    await vi.waitFor(async () => expect(await ping(port)).toMatchObject({ text: 'PONG' }), { timeout: 20_000 })
    expect(await evaluate('location.pathname')).toBe('/')
  })

  test('runs its backend and its database in processes of their own', async () => {
    const names = (await forked()).map(({ serviceName }) => serviceName)
    expect(names).toEqual(['Keystead backend', 'Keystead database'])
  })

  test('asks for a sandboxed window, and shows it', async () => {
    const [window] = await app.ask<{ options: { webPreferences: unknown }; isShown: boolean }[]>({ type: 'windows' })
    expect(window?.isShown).toBe(true)
    expect(window?.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    })
  })

  test('gives the page nothing but a port', async () => {
    expect(await evaluate('[typeof require, typeof process, typeof module]')).toEqual([
      'undefined',
      'undefined',
      'undefined',
    ])
    const policy = await evaluate<string>(
      "fetch('/').then((response) => response.headers.get('content-security-policy'))",
    )
    expect(policy).toContain("default-src 'none'")
    expect(await evaluate("fetch('/../package.json').then((response) => response.status)")).toBe(404)
    expect(await evaluate("fetch('/%2e%2e/main/index.js').then((response) => response.status)")).toBe(404)
  })

  test('refuses to leave, to open windows, and to ask for permissions', async () => {
    await evaluate("window.open('https://example.com/'), undefined")
    await evaluate("void (location.href = 'https://example.org/')")
    await vi.waitFor(async () =>
      expect(await app.ask({ type: 'refused' })).toEqual([
        'open https://example.com/',
        'navigate https://example.org/',
      ]),
    )
    expect(await app.ask({ type: 'permission', permission: 'geolocation' })).toBe(false)
    expect(await app.ask({ type: 'permission', permission: 'clipboard-sanitized-write' })).toBe(true)
    await pageShows(NAME)
  })

  test('gives a reloaded page a new port', async () => {
    await app.ask({ type: 'reload' })
    await pageShows(NAME)
  })

  test('starts a backend that crashed again, and the page finds it', async () => {
    const backend = (await forked()).find(({ serviceName }) => serviceName === 'Keystead backend')
    process.kill(backend?.pid as number, 'SIGKILL')
    await vi.waitFor(async () => expect((await forked()).length).toBe(4), { timeout: 20_000 })
    await vi.waitFor(async () => expect(await ping(port)).toMatchObject({ text: 'PONG' }), { timeout: 20_000 })
    // The page still has its say: what it asks now goes through the new port.
    await press('Stop')
    await pageShows('stopped')
    await expect(ping(port)).rejects.toThrow()
    await press('Start')
    await pageShows('running')
    expect(await ping(port)).toMatchObject({ text: 'PONG' })
  })

  test('lets a second start only show the first', async () => {
    const second = launch(entry, { ...environment(), STANDIN_IS_SECOND: '1' })
    expect(await second.exited).toBe(0)
    expect((await app.ask<unknown[]>({ type: 'windows' })).length).toBe(1)
  })

  test('stops its database before it quits', async () => {
    const processes = await forked()
    expect(await app.quit()).toBe(0)
    await expect(ping(port)).rejects.toThrow()
    await vi.waitFor(() => {
      for (const { pid } of processes) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    })
  })
})
