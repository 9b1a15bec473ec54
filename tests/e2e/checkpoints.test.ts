/*
 * Checkpoints and branches of a local database in web mode, as a user meets
 * them: on Home and on the database's page, in a real browser.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findPeer } from '../support/peers.ts'
import { freePort } from '../support/ports.ts'
import { peerProgram, startServer } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'
import { dialog, keyRow } from './support/browsing.ts'
import { openServer } from './support/open-server.ts'
import { browserPath, startApp, type WebApp } from './support/web-app.ts'

/** A line of a table: a checkpoint, or a branch. */
const line = (page: Page, text: string | RegExp): Locator => page.getByRole('row').filter({ hasText: text })
const checkpoints = (page: Page): Locator => page.getByRole('region', { name: 'Checkpoints' })

describe.skipIf(!browserPath)('checkpoints', () => {
  let app: WebApp
  let page: Page
  let port: number
  let client: WireClient
  beforeEach(async () => {
    port = await freePort()
    app = await startApp({ databases: [{ id: 'd1', name: 'proof', port }] })
    page = app.page
    page.setDefaultTimeout(15_000)
    await page.getByText('running').waitFor()
    client = await WireClient.open({ port })
  })
  afterEach(async () => {
    const { complaints } = app
    await client.close()
    await app.stop()
    expect(complaints).toEqual([])
  })

  const openCheckpoints = async (): Promise<void> => {
    await page.getByRole('link', { name: 'proof', exact: true }).click()
    await page.getByRole('tab', { name: 'Checkpoints' }).click()
    await checkpoints(page).waitFor()
  }

  test('bring back what FLUSHALL deleted, and the undo brings back what came after it', async () => {
    await client.command('MSET', 'a', '1', 'b', '1')
    await openCheckpoints()
    await page.getByText('No checkpoint yet').waitFor()
    await page.getByRole('button', { name: 'Checkpoint now' }).click()
    await dialog(page).getByLabel('Name').fill('mine')
    await dialog(page).getByText('KEYSTEAD.CHECKPOINT CREATE mine').waitFor()
    await dialog(page).getByRole('button', { name: 'Create checkpoint' }).click()
    await line(page, 'mine').getByText('named').waitFor()

    await client.command('FLUSHALL')
    await client.command('SET', 'after', '1')
    await line(page, 'before FLUSHALL').getByText('automatic').waitFor()
    await line(page, 'before FLUSHALL').getByRole('button', { name: 'Rewind…' }).click()
    await dialog(page)
      .getByText(/KEYSTEAD\.CHECKPOINT REWIND "before FLUSHALL/)
      .waitFor()
    await dialog(page).getByText('This can be undone:').waitFor()
    await dialog(page).getByRole('button', { name: 'Rewind to 2 keys' }).click()
    await page.getByRole('status').getByText('“before FLUSHALL').waitFor()
    expect(await client.command('DBSIZE')).toBe(2)

    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('status').getByText('“before REWIND').first().waitFor()
    await expect.poll(() => client.command('EXISTS', 'after')).toBe(1)
    expect(await client.command('DBSIZE')).toBe(1)
  })

  test('are made, rewound to and deleted by keyboard alone', async () => {
    await client.command('SET', 'a', 'then')
    await openCheckpoints()
    await page.keyboard.press('n')
    await dialog(page).getByLabel('Name').fill('mine')
    await page.keyboard.press('Enter')
    await line(page, 'mine').waitFor()
    await client.command('SET', 'a', 'now')

    await page.getByRole('grid', { name: 'Checkpoints' }).focus()
    await page.keyboard.press('Enter')
    await dialog(page).getByText('KEYSTEAD.CHECKPOINT REWIND mine').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    expect(await client.command('GET', 'a')).toBe('then')

    await page.getByRole('grid', { name: 'Checkpoints' }).focus()
    await page.keyboard.press('End')
    await page.keyboard.press('Shift+F10')
    await page.getByRole('menuitem', { name: 'Branch from it…' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await dialog(page).getByText('KEYSTEAD.BRANCH CREATE name FROM mine').waitFor()
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
    await page.keyboard.press('ContextMenu')
    await page.getByRole('menu').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    await page.keyboard.press('Delete')
    await dialog(page).getByText('KEYSTEAD.CHECKPOINT DELETE mine').waitFor()
    await dialog(page).getByRole('button', { name: 'Delete the checkpoint' }).click()
    await line(page, /^mine/).waitFor({ state: 'detached' })
  })

  test('rewound to are what the browser shows, which forgets the keys it knew', async () => {
    await client.command('SET', 'key of then', '1')
    await client.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'then')
    await client.command('RENAME', 'key of then', 'key of now')
    await page.getByRole('link', { name: 'proof', exact: true }).click()
    await keyRow(page, 'key of now').waitFor()
    await page.getByRole('tab', { name: 'Checkpoints' }).click()
    await line(page, 'then').getByRole('button', { name: 'Rewind…' }).click()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    await page.getByRole('tab', { name: 'Browser' }).click()
    await keyRow(page, 'key of then').waitFor()
    expect(await keyRow(page, 'key of now').count()).toBe(0)
  })

  test('rewound to in one window are what the others show, and so is what a FLUSHALL leaves', async () => {
    await client.command('SET', 'key of then', '1')
    await client.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'then')
    await client.command('RENAME', 'key of then', 'key of now')
    const other = await page.context().newPage()
    other.setDefaultTimeout(15_000)
    await other.goto(app.url)
    await other.getByRole('link', { name: 'proof', exact: true }).click()
    await keyRow(other, 'key of now').click()
    await other.getByRole('article').getByText('string', { exact: true }).waitFor()
    const third = await page.context().newPage()
    await third.goto(app.url)
    await third.getByRole('link', { name: 'Checkpoints of proof' }).click()
    await line(third, 'then').waitFor()

    await page.bringToFront()
    await openCheckpoints()
    await line(page, 'then').getByRole('button', { name: 'Rewind…' }).click()
    await dialog(page).getByRole('button', { name: 'Rewind to 1 key' }).click()
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    await keyRow(other, 'key of then').waitFor()
    expect(await keyRow(other, 'key of now').count()).toBe(0)
    await other.getByText('This key does not exist').waitFor()
    await line(third, 'before REWIND').waitFor()

    await client.command('FLUSHALL')
    await keyRow(other, 'key of then').waitFor({ state: 'detached' })
  })

  test('are not needed to go back to a time', async () => {
    const secondsNow = async (): Promise<number> => Number(((await client.command('TIME')) as string[])[0])
    await client.command('SET', 'a', 'then')
    const then = await secondsNow()
    // The second in which something was done is all or nothing.
    await expect.poll(secondsNow, { interval: 100, timeout: 10_000 }).toBeGreaterThan(then)
    await client.command('FLUSHALL')
    await openCheckpoints()
    await page.getByRole('button', { name: 'Rewind to a time…' }).click()
    const local = new Date(then * 1_000 - new Date(then * 1_000).getTimezoneOffset() * 60_000)
    await dialog(page).getByLabel('Time').fill(local.toISOString().slice(0, 19))
    await dialog(page)
      .getByText(`KEYSTEAD.CHECKPOINT REWIND TIME ${then * 1_000}`)
      .waitFor()
    await dialog(page).getByRole('button', { name: 'Rewind to that time' }).click()
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    expect(await client.command('GET', 'a')).toBe('then')

    // Long before the database was there.
    await page.keyboard.press('t')
    await dialog(page).getByLabel('Time').fill('2020-01-01T00:00:00')
    await dialog(page).getByRole('button', { name: 'Rewind to that time' }).click()
    await dialog(page).getByRole('alert').getByText('The data was not rewound.').waitFor()
    await dialog(page).getByRole('alert').getByText('nothing is kept of that time').waitFor()
    await dialog(page)
      .getByRole('button', { name: /^Take / })
      .click()
    await dialog(page).getByRole('alert').waitFor({ state: 'detached' })
    expect(await dialog(page).getByLabel('Time').inputValue()).not.toBe('2020-01-01T00:00:00')
  })

  test('are branched on Home into a database of its own, which starts with one click', async () => {
    await client.command('SET', 'a', 'old')
    const proof = page.getByRole('listitem').filter({ hasText: `127.0.0.1:${port}` })
    await proof.getByRole('button', { name: 'Checkpoint proof now' }).click()
    await dialog(page).getByLabel('Name').fill('old')
    await page.keyboard.press('Enter')
    await proof.getByRole('link', { name: 'Checkpoints of proof' }).getByText('1 ·').waitFor()
    await client.command('SET', 'a', 'new')

    await proof.getByRole('button', { name: 'Branch proof' }).click()
    await dialog(page).getByRole('combobox', { name: 'From' }).click()
    await page.getByRole('option', { name: 'old' }).click()
    await dialog(page).getByLabel('Name').fill('try')
    await dialog(page).getByText('Start it now').click()
    await dialog(page).getByText('KEYSTEAD.BRANCH CREATE try FROM old').waitFor()
    await dialog(page).getByRole('button', { name: 'Create branch' }).click()

    const branch = page.getByRole('listitem').filter({ hasText: 'branch of proof' })
    await branch.getByText('stopped').waitFor()
    await branch.getByRole('button', { name: 'Start' }).click()
    await branch.getByText('running').waitFor()
    const address = await branch.getByText(/^127\.0\.0\.1:\d+$/).textContent()
    const other = await WireClient.open({ port: Number(address?.split(':')[1]) })
    expect(await other.command('GET', 'a')).toBe('old')
    await other.command('SET', 'a', 'of the branch')
    expect(await client.command('GET', 'a')).toBe('new')
    await other.close()

    await openCheckpoints()
    await line(page, 'try').getByText('running on').waitFor()
    await line(page, 'try').getByRole('button', { name: 'Open' }).click()
    await page.getByRole('heading', { name: 'try' }).waitFor()
  })

  test('are branched and the branch started from the page of the database, by keyboard alone', async () => {
    await client.command('SET', 'a', '1')
    await openCheckpoints()
    await page.keyboard.press('b')
    await dialog(page).getByLabel('Name').fill('try')
    await page.keyboard.press('Enter')
    await line(page, 'try').getByText('running on').waitFor()
    await page.getByRole('grid', { name: 'Branches' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'try' }).waitFor()
    await page.getByText('db 0 · 1 key').waitFor()
  })

  test('stand above the branches in a small window, which scrolls to what it has no room for', async () => {
    for (const name of ['alpha', 'beta', 'gamma']) await client.command('KEYSTEAD.BRANCH', 'CREATE', name)
    await client.command('KEYSTEAD.CHECKPOINT', 'CREATE', 'then')
    await page.setViewportSize({ width: 720, height: 300 })
    await openCheckpoints()
    await line(page, 'alpha').scrollIntoViewIfNeeded()
    await line(page, 'alpha').click()
    await page.getByRole('grid', { name: 'Branches' }).press('Shift+F10')
    await page.getByRole('menuitem', { name: 'Create a database on it…' }).waitFor()
    await page.keyboard.press('Escape')
    await line(page, 'then').getByRole('button', { name: 'More for then' }).click()
    await page.getByRole('menuitem', { name: 'Rewind to it…' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    // The keys are the table's again, whatever was pressed in it.
    await page.keyboard.press('Enter')
    await dialog(page).getByText('KEYSTEAD.CHECKPOINT REWIND then').waitFor()
    await page.keyboard.press('Escape')
  })

  test('that the disk does not take say why, in the words of the server', async () => {
    // A file where the folder belongs: even a privileged user cannot write into it.
    writeFileSync(join(app.home, 'databases/d1/checkpoints'), '')
    await openCheckpoints()
    await page.getByRole('alert').getByText('The checkpoints could not be listed.').waitFor()
    await page.getByRole('alert').getByText('the disk says ENOTDIR').waitFor()
    await page.keyboard.press('n')
    await dialog(page).getByRole('button', { name: 'Create checkpoint' }).click()
    await dialog(page).getByRole('alert').getByText('The checkpoint was not made.').waitFor()
    await page.keyboard.press('Escape')
    rmSync(join(app.home, 'databases/d1/checkpoints'))
    await page.getByRole('button', { name: 'Ask again' }).click()
    await page.getByText('No checkpoint yet').waitFor()
  })

  test.skipIf(!findPeer('redis70'))('are no subject with a server that has none', async () => {
    const other = await startServer(peerProgram('redis70'))
    try {
      await openServer(page, { port: other.port, name: 'real' })
      await page.getByRole('tab', { name: 'Console' }).waitFor()
      expect(await page.getByRole('tab', { name: 'Checkpoints' }).count()).toBe(0)
    } finally {
      await other.stop()
    }
  })
})
