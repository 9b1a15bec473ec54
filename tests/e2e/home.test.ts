/*
 * Home in web mode, as a user meets it: local databases and saved connections
 * in a real browser over the built app. Where a server is needed it is a real
 * redis-server.
 */
import { createServer, type Server } from 'node:net'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findPeer } from '../support/peers.ts'
import { freePort } from '../support/ports.ts'
import { peerProgram, type ServerProcess, startServer } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'
import { browserPath, startApp, type WebApp } from './support/web-app.ts'

const redis = findPeer('redis70')

/** The row of the list that names `name`. */
const row = (page: Page, name: string) => page.getByRole('listitem').filter({ hasText: name })

describe.skipIf(!browserPath)('Home', () => {
  let app: WebApp
  let port: number
  const start = async (options: Parameters<typeof startApp>[0] = {}): Promise<Page> => {
    app = await startApp({ databases: [{ id: 'd1', name: 'proof', port }], ...options })
    return app.page
  }
  beforeEach(async () => {
    port = await freePort()
  })
  afterEach(() => app.stop())

  test('starts and stops a local database, and tells its port', async () => {
    const page = await start()
    const proof = row(page, 'proof')
    await proof.getByText('running').waitFor()
    await proof.getByText(`127.0.0.1:${port}`).waitFor()
    await proof.getByRole('button', { name: 'Stop' }).click()
    await proof.getByText('stopped').waitFor()
    await proof.getByRole('button', { name: 'Start' }).click()
    await proof.getByText('running').waitFor()
    expect(app.complaints).toEqual([])
  })

  test('starts a local database again that was killed, with all that was written', async () => {
    const page = await start()
    await row(page, 'proof').getByText('running').waitFor()
    const writer = await WireClient.open({ port })
    await writer.command('SET', 'kept', 'yes')
    await writer.command('WAITAOF', 1, 0, 0)
    const [, pid] = /process_id:(\d+)/.exec(String(await writer.command('INFO', 'server')))!
    process.kill(Number(pid), 'SIGKILL')
    await writer.close()
    const kept = async (): Promise<unknown> => {
      const reader = await WireClient.open({ port })
      return reader.command('GET', 'kept').finally(() => reader.close())
    }
    await expect.poll(kept, { timeout: 30_000 }).toBe('yes')
    await row(page, 'proof').getByText('running').waitFor()
  })

  test('creates, renames and removes a database', async () => {
    const page = await start({ databases: [] })
    await page.getByText('No local database').waitFor()
    await page.keyboard.press('n')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('shop')
    await dialog.getByLabel('Port').fill(String(port))
    await dialog.getByRole('button', { name: 'Create and start' }).click()
    await row(page, 'shop').getByText('running').waitFor()

    await page.getByRole('button', { name: 'More for shop' }).click()
    await page.getByRole('menuitem', { name: /Rename/ }).click()
    await dialog.getByLabel('Name').fill('store')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await row(page, 'store').waitFor()

    await page.getByRole('button', { name: 'More for store' }).click()
    await page.getByRole('menuitem', { name: 'Remove…' }).click()
    await dialog.getByText('Delete its data as well').click()
    await dialog.getByRole('textbox').fill('store')
    await dialog.getByRole('button', { name: 'Remove and delete its data' }).click()
    await page.getByText('No local database').waitFor()
    expect(app.complaints).toEqual([])
  })

  test('says that a port is taken, and moves to the next free one with one click', async () => {
    const holder = await hold(port)
    try {
      const page = await start()
      const proof = row(page, 'proof')
      await proof.getByText(`Port ${port} is taken by`).waitFor()
      await proof.getByRole('button', { name: /^Start on port/ }).click()
      await proof.getByText('running').waitFor()
      expect(await proof.getByText(`127.0.0.1:${port}`, { exact: true }).count()).toBe(0)
    } finally {
      holder.close()
    }
  })

  test('keeps a connection from a pasted URL, without its password in clear', async () => {
    const page = await start()
    await page.getByText('No saved connection').waitFor()
    await page.evaluate(() => navigator.clipboard.writeText('redis://ada:s3cret@127.0.0.1:1/2'))
    await page.keyboard.press('Control+v')
    const dialog = page.getByRole('dialog')
    await expect.poll(() => dialog.getByLabel('Host').inputValue()).toBe('127.0.0.1')
    expect(await dialog.getByLabel('Password').getAttribute('type')).toBe('password')
    await dialog.getByLabel('Name').fill('cache')
    await dialog.getByRole('button', { name: 'production' }).click()
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    const cache = row(page, 'cache')
    await cache.getByText('ada@127.0.0.1:1/2').waitFor()
    expect(await page.content()).not.toContain('s3cret')

    // Nothing listens on port 1: the test says so, with the system's own words.
    await cache.getByRole('button', { name: 'Test' }).click()
    await cache.getByRole('alert').waitFor()
    expect(await cache.getByRole('alert').textContent()).toContain('ECONNREFUSED')
  })

  test('reconnects by itself when the backend was killed and is back', async () => {
    const page = await start()
    await row(page, 'proof').getByText('running').waitFor()
    const away = page.getByText('The backend of Keystead is away')
    app.crashBackend()
    await away.waitFor()
    await away.waitFor({ state: 'detached' })
    // What is shown afterwards is the new backend's: it obeys.
    await row(page, 'proof').getByText('running').waitFor()
    await row(page, 'proof').getByRole('button', { name: 'Stop' }).click()
    await row(page, 'proof').getByText('stopped').waitFor()
  })

  test('is reached by keyboard alone: palette, theme, shortcuts', async () => {
    const page = await start()
    await row(page, 'proof').waitFor()
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme)
    expect(await theme()).toBe('dark')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('light')
    await page.keyboard.press('Enter')
    await expect.poll(theme).toBe('light')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Shortcuts here' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.reload()
    await row(page, 'proof').waitFor()
    expect(await theme()).toBe('light')
  })

  describe.skipIf(!redis)('with a real server', () => {
    let server: ServerProcess
    beforeEach(async () => {
      server = await startServer(peerProgram('redis70'))
    })
    afterEach(() => server.stop())

    test('tests a connection: latency, kind and version, or a wrong password', async () => {
      const page = await start()
      await page.getByRole('button', { name: 'Add connection' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('URL').fill(`redis://127.0.0.1:${server.port}`)
      await expect.poll(() => dialog.getByLabel('Port').inputValue()).toBe(String(server.port))
      await dialog.getByRole('button', { name: 'Test' }).click()
      await dialog.getByText(/ms · redis 7/).waitFor()
      const client = await WireClient.open({ port: server.port })
      await client.reply('CONFIG', 'SET', 'requirepass', 'right')
      await client.close()
      await dialog.getByLabel('Password').fill('wrong')
      await dialog.getByRole('button', { name: 'Test' }).click()
      await dialog.getByRole('alert').waitFor()
      expect(await dialog.getByRole('alert').textContent()).toContain('WRONGPASS')
      await dialog.getByLabel('Password').fill('right')
      await dialog.getByRole('button', { name: 'Test' }).click()
      await dialog.getByText(/ms · redis 7/).waitFor()
    })
  })
})

/** Listens on `port` and says nothing, as some other program would. */
function hold(port: number): Promise<Server> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
