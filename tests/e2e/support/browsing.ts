/*
 * The browser of a real server in the built app: what every test of its panes
 * starts from, and how its parts are found on the page.
 */
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { PeerName } from '../../support/peers.ts'
import { peerProgram, type ServerProcess, startServer } from '../../support/server-process.ts'
import { WireClient } from '../../support/wire-client.ts'
import { type OpenServer, openServer } from './open-server.ts'
import { startApp, type WebApp } from './web-app.ts'

export const keysPanel = (page: Page): Locator => page.getByRole('region', { name: 'Keys' })
export const keyRow = (page: Page, text: string | RegExp): Locator =>
  page.getByRole('treeitem').filter({ hasText: text })
/** A row of the table in the key pane. */
export const tableRow = (page: Page, text: string | RegExp): Locator => page.getByRole('row').filter({ hasText: text })
/** A toast is a dialog too, but without a form. */
export const dialog = (page: Page): Locator => page.getByRole('dialog').filter({ has: page.locator('form') })

/** A server for the file, and for each test an empty one with a fresh app, which must not complain. */
export function browsing(name: PeerName) {
  let server: ServerProcess
  let client: WireClient
  let app: WebApp
  beforeAll(async () => {
    server = await startServer(peerProgram(name))
    client = await WireClient.open({ port: server.port })
  })
  afterAll(async () => {
    await client.close()
    await server.stop()
  })
  beforeEach(async () => {
    await client.command('FLUSHALL')
    app = await startApp({ databases: [] })
  })
  afterEach(async () => {
    const { complaints } = app
    await app.stop()
    expect(complaints).toEqual([])
  })
  return {
    command: (...args: [string | Uint8Array, ...(string | Uint8Array)[]]) => client.command(...args),
    open: async (how: Omit<OpenServer, 'port'> = {}): Promise<Page> => {
      app.page.setDefaultTimeout(15_000)
      await openServer(app.page, { port: server.port, ...how })
      await keysPanel(app.page).waitFor()
      return app.page
    },
  }
}
