/*
 * The workspace around every page of a connection: what its header and its
 * status bar say, and what becomes of it when the server goes away.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findPeer } from '../support/peers.ts'
import { freePort } from '../support/ports.ts'
import { peerProgram, type ServerProcess, startServer } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'
import { browserPath, startApp, type WebApp } from './support/web-app.ts'

describe.skipIf(!browserPath || !findPeer('redis70'))('the workspace of a connection', () => {
  let server: ServerProcess
  let app: WebApp
  const send = async (command: string, ...args: string[]): Promise<void> => {
    const client = await WireClient.open({ port: server.port })
    await client.reply(command, ...args)
    await client.close()
  }
  /** Saves the server as a production connection, through the interface, and opens it. */
  const open = async (): Promise<void> => {
    const { page } = app
    await page.getByText('No saved connection').waitFor()
    await page.keyboard.press('a')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('URL').fill(`redis://127.0.0.1:${server.port}`)
    await expect.poll(() => dialog.getByLabel('Port').inputValue()).toBe(String(server.port))
    await dialog.getByLabel('Name').fill('cache')
    await dialog.getByRole('button', { name: 'production' }).click()
    await dialog.getByRole('button', { name: 'Save and open' }).click()
    await page.getByRole('heading', { name: 'cache' }).waitFor()
  }

  beforeEach(async () => {
    server = await startServer(peerProgram('redis70'))
    app = await startApp({ databases: [] })
  })
  afterEach(async () => {
    await app.stop()
    await server.stop()
  })

  test('says which server it is, and that it is production', async () => {
    await open()
    const { page } = app
    await page.getByText(/^redis 7.*primary$/).waitFor()
    const status = page.getByRole('contentinfo')
    await status.getByText('PRODUCTION').waitFor()
    await status.getByRole('button', { name: /commands sent/ }).click()
    const ledger = page.getByRole('listbox', { name: 'Commands sent' })
    await ledger
      .getByText(/HELLO|INFO/)
      .first()
      .waitFor()
    expect(app.complaints).toEqual([])
  })

  test('moves between databases, each with its count of keys', async () => {
    await send('MSET', 'a', '1', 'b', '2')
    await open()
    const { page } = app
    const select = page.getByRole('combobox', { name: 'Database' })
    await select.getByText('db 0 · 2 keys').waitFor()
    await select.click()
    await page.getByRole('option', { name: /db 5/ }).click()
    await select.getByText('db 5 · 0 keys').waitFor()
  })

  test('says that the server went away, and recovers by itself when it is back', async () => {
    await open()
    const { page } = app
    await page.getByText(/^redis 7/).waitFor()
    const port = server.port
    await server.stop()
    await page.getByText(/[^.]\. What is shown may be out of date\. Trying again/).waitFor()
    // Its page stays: what was known can still be read.
    expect(await page.getByRole('tab', { name: 'Browser' }).count()).toBe(1)
    server = await startServer(peerProgram('redis70'), { port: String(port) })
    await page.getByText('cache is back.').waitFor()
  })

  test('that cannot be reached says why, and opens when the server comes', async () => {
    const port = await freePort()
    const { page } = app
    await page.getByText('No saved connection').waitFor()
    await page.keyboard.press('a')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Port').fill(String(port))
    await dialog.getByRole('button', { name: 'Save and open' }).click()
    const note = page.getByRole('alert')
    await note.waitFor()
    expect(await note.textContent()).toContain('ECONNREFUSED')
    const late = await startServer(peerProgram('redis70'), { port: String(port) })
    try {
      await page.getByText(/^redis 7/).waitFor()
      await note.waitFor({ state: 'detached' })
    } finally {
      await late.stop()
    }
  })
})
