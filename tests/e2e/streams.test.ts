/*
 * Streams in web mode, as a user meets them: long ones by window, empty ones,
 * and the groups that read them, on real servers and on our own.
 */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findPeer, type PeerName } from '../support/peers.ts'
import { keysteadProgram, peerProgram, type ServerProcess, startServer } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'
import { type OpenServer, openServer } from './support/open-server.ts'
import { browserPath, startApp, type WebApp } from './support/web-app.ts'

const key = (page: Page, name: string) => page.getByRole('treeitem').filter({ hasText: name })
const dialog = (page: Page) => page.getByRole('dialog').filter({ has: page.locator('form') })
const entries = (page: Page) => page.getByRole('grid', { name: 'Entries' })
const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })

const SERVERS: readonly (PeerName | 'keystead')[] = ['redis70', 'valkey91', 'keystead']

describe.each(SERVERS)('streams on %s', (name) => {
  const isThere = browserPath !== undefined && (name === 'keystead' || findPeer(name) !== undefined)
  let server: ServerProcess
  let client: WireClient
  let app: WebApp
  beforeAll(async () => {
    if (!isThere) return
    server = await startServer(name === 'keystead' ? keysteadProgram() : peerProgram(name))
    client = await WireClient.open({ port: server.port })
  })
  afterAll(async () => {
    await client?.close()
    await server?.stop()
  })
  beforeEach(async (context) => {
    context.skip(!isThere, `${name} or Chromium is not on this machine`)
    await client.command('FLUSHALL')
    app = await startApp({ databases: [] })
  })
  afterEach(async () => {
    if (!app) return
    const { complaints } = app
    await app.stop()
    expect(complaints).toEqual([])
  })
  const command = (...args: [string | Uint8Array, ...(string | Uint8Array)[]]) => client.command(...args)
  const open = async (how: Omit<OpenServer, 'port'> = {}): Promise<Page> => {
    app.page.setDefaultTimeout(15_000)
    await openServer(app.page, { port: server.port, ...how })
    return app.page
  }
  const fill = async (stream: string, count: number): Promise<void> => {
    for (let i = 1; i <= count; i++) client.send('XADD', stream, `${i}-0`, 'n', String(i), 'text', `value ${i}`)
    for (let i = 1; i <= count; i++) await client.receive()
  }

  test('goes to a place in a long stream, and on from there in both directions without a gap', async () => {
    await fill('log', 20_000)
    const page = await open()
    await key(page, 'log').click()
    await page.getByText('200 of 20,000 read').waitFor()
    expect(await entries(page).getByRole('columnheader').allTextContents()).toEqual(['ID', 'time', 'n', 'text'])
    await row(page, '20000-0').waitFor()

    await page.keyboard.press('Control+f')
    await page.keyboard.type('10000')
    await page.keyboard.press('Enter')
    await row(page, '10000-0').waitFor()
    expect(await row(page, '10000-0').getAttribute('aria-selected')).toBe('true')
    // The rows before it come in above, and nothing in sight moves.
    for (let i = 0; i < 40; i++) await page.keyboard.press('PageUp')
    await page.keyboard.press('ArrowUp')
    const shown = await entries(page)
      .getByRole('row')
      .evaluateAll((rows) => rows.slice(1).map((row) => Number.parseInt(row.textContent ?? '', 10)))
    expect(shown.length).toBeGreaterThan(10)
    expect(shown).toEqual(Array.from(shown, (_, i) => shown[0]! - i))
    expect(shown[0]).toBeGreaterThan(10_400)
    for (let i = 0; i < 200; i++) await page.keyboard.press('PageDown')
    await entries(page).getByRole('row', { selected: true }).waitFor()
    const at = Number.parseInt((await entries(page).getByRole('row', { selected: true }).textContent()) ?? '', 10)
    expect(at).toBeLessThan(9_000)

    await page.getByLabel('From an ID or time').fill('50-0')
    await page.keyboard.press('Enter')
    await page.getByLabel('To an ID or time', { exact: true }).fill('59-0')
    await page.keyboard.press('Enter')
    await page.getByText('10 of 20,000 in this range').waitFor()
  })

  test('shows all of an entry beside the table, whatever its bytes', async () => {
    await command('XADD', 'odd', '5-1', Buffer.from('\xff\x00', 'latin1'), Buffer.from([0, 0xfe]), 'json', '{"a":[1]}')
    await command('XADD', 'odd', '6-1', 'long', 'x'.repeat(100_000))
    const page = await open()
    await key(page, 'odd').click()
    await row(page, '5-1').dblclick()
    const pane = page.getByRole('region', { name: 'Entry 5-1' })
    await pane.getByText('00 fe').waitFor()
    await pane.getByText('never changes').waitFor()
    await pane.getByRole('option', { name: 'json' }).click()
    await pane.getByRole('textbox', { name: 'Value of json' }).getByText('"a"').waitFor()
    await page.keyboard.press('Escape')
    await pane.waitFor({ state: 'hidden' })
    await row(page, '6-1').dblclick()
    await page.getByRole('option', { name: 'long' }).getByText('97.6 KiB').waitFor()
  })

  test('adds, deletes and trims by exactly what it showed', async () => {
    await fill('log', 10)
    const page = await open()
    await key(page, 'log').click()
    await page.getByText('10 entries, all read').waitFor()
    await page.getByRole('button', { name: 'Entry', exact: true }).click()
    await dialog(page).getByLabel('ID').fill('9')
    await dialog(page).getByText('It must be above 10-0').waitFor()
    await dialog(page).getByLabel('ID').fill('11')
    await dialog(page).getByLabel('Field 1').fill('"\\xff"')
    await dialog(page).getByLabel('Value 1', { exact: true }).fill('one')
    await dialog(page).getByRole('button', { name: 'Another field' }).click()
    await page.keyboard.type('second')
    await dialog(page).getByText('XADD log NOMKSTREAM 11 "\\xff" one second ""').waitFor()
    await dialog(page).getByRole('button', { name: 'Add entry' }).click()
    await row(page, '11-0').waitFor()
    expect(await command('XREVRANGE', 'log', '+', '-', 'COUNT', '1')).toEqual([
      ['11-0', [Buffer.from([0xff]), 'one', 'second', '']],
    ])

    await row(page, '11-0').click()
    await page.keyboard.press('Delete')
    await dialog(page).getByText('XDEL log 11-0').waitFor()
    await dialog(page).getByRole('button', { name: 'Delete the entry' }).click()
    await row(page, '11-0').waitFor({ state: 'hidden' })

    await page.getByRole('button', { name: 'Trim', exact: true }).click()
    await dialog(page).getByLabel('Trim by').click()
    await page.getByRole('option', { name: /MINID/ }).click()
    await dialog(page).getByLabel('Everything before this goes').fill('4-0')
    await dialog(page).getByText('3 of 10 entries go, the oldest').waitFor()
    await dialog(page).getByText('XTRIM log MINID = 4-0').waitFor()
    expect(await command('XLEN', 'log')).toBe(10)
    await dialog(page).getByRole('button', { name: 'Trim', exact: true }).click()
    await page.getByText('7 entries, all read').waitFor()
    expect(await command('XLEN', 'log')).toBe(7)
  })

  test('gives all that a consumer left to another, and acknowledges all, however many they are', async () => {
    await fill('jobs', 4_500)
    await command('XGROUP', 'CREATE', 'jobs', 'workers', '0')
    await command('XREADGROUP', 'GROUP', 'workers', 'gone', 'COUNT', '3500', 'STREAMS', 'jobs', '>')
    await command('XREADGROUP', 'GROUP', 'workers', 'here', 'STREAMS', 'jobs', '>')
    const page = await open()
    await key(page, 'jobs').click()
    await page.getByRole('button', { name: 'groups 1' }).click()
    await row(page, 'workers').dblclick()
    await page.getByText('200 of 4,500 read').waitFor()
    await page.getByRole('combobox', { name: 'Consumer' }).click()
    await page.getByRole('option', { name: /^gone/ }).click()
    await page.getByRole('button', { name: 'All that match…' }).click()
    await page.getByRole('menuitem', { name: 'Claim all…' }).click()
    await dialog(page).getByLabel('For the consumer').fill('gone')
    await dialog(page).getByText('They are its own already.').waitFor()
    await dialog(page).getByLabel('For the consumer').fill('here')
    await dialog(page).getByText('XPENDING jobs workers - + 1000 gone').waitFor()
    await dialog(page).getByText('XCLAIM jobs workers here 0 <IDs that it told> JUSTID').waitFor()
    await dialog(page).getByRole('button', { name: 'Claim 3,500 entries' }).click()
    await dialog(page).getByText('3,500 claimed').waitFor()
    expect(await command('XPENDING', 'jobs', 'workers')).toEqual([4_500, '1-0', '4500-0', [['here', '4500']]])
    await dialog(page).getByRole('button', { name: 'Close' }).click()

    await page.getByText('No pending entry matches').waitFor()
    await page.getByRole('combobox', { name: 'Consumer' }).click()
    await page.getByRole('option', { name: /^all/ }).click()
    await page.getByLabel('From an ID or time').fill('4001-0')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'All that match…' }).click()
    await page.getByRole('menuitem', { name: 'Acknowledge all…' }).click()
    await dialog(page).getByText('from 4001-0 on').waitFor()
    await dialog(page).getByRole('button', { name: 'Acknowledge all that match' }).click()
    await dialog(page).getByText('500 acknowledged').waitFor()
    expect(await command('XPENDING', 'jobs', 'workers')).toEqual([4_000, '1-0', '4000-0', [['here', '4000']]])
  })

  test('shows groups without reading for them, and changes them by exactly what it showed', async () => {
    await fill('jobs', 10)
    await command('XGROUP', 'CREATE', 'jobs', 'workers', '0')
    await command('XREADGROUP', 'GROUP', 'workers', 'w1', 'COUNT', '5', 'STREAMS', 'jobs', '>')
    const before = await command('XINFO', 'GROUPS', 'jobs')
    const page = await open()
    await key(page, 'jobs').click()
    await page.getByRole('button', { name: 'groups 1' }).click()
    await row(page, 'workers').dblclick()
    await row(page, '1-0').waitFor()
    expect(await command('XINFO', 'GROUPS', 'jobs')).toEqual(before)

    await page.getByRole('button', { name: 'Choose 1-0' }).click()
    await page.getByRole('button', { name: 'Choose 2-0' }).click()
    await page.getByRole('button', { name: 'Claim', exact: true }).click()
    await dialog(page).getByLabel('For the consumer').fill('w2')
    await dialog(page).getByText('XCLAIM jobs workers w2 0 1-0 2-0 JUSTID').waitFor()
    await dialog(page).getByRole('button', { name: 'Claim 2 entries' }).click()
    await page.getByText('Claimed 2 entries').waitFor()
    await row(page, '1-0').getByText('w2').waitFor()
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).click()
    await dialog(page).getByText('XACK jobs workers 1-0 2-0').waitFor()
    await dialog(page).getByRole('button', { name: 'Acknowledge 2 entries' }).click()
    await row(page, '1-0').waitFor({ state: 'hidden' })

    await page.getByRole('button', { name: /^consumers/ }).click()
    await row(page, 'w1').click()
    await page.keyboard.press('Delete')
    await dialog(page).getByText('3 pending entries are lost with it').waitFor()
    await dialog(page).getByText('XGROUP DELCONSUMER jobs workers w1').waitFor()
    await dialog(page).getByRole('button', { name: 'Delete the consumer' }).click()
    await row(page, 'w1').waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Destroy the group' }).click()
    await dialog(page).getByText('XGROUP DESTROY jobs workers').waitFor()
    await dialog(page).getByRole('button', { name: 'Destroy the group' }).click()
    await page.getByText('No consumer group reads this stream').waitFor()

    await page.getByRole('button', { name: 'Group', exact: true }).click()
    await dialog(page).getByLabel('Name').fill('late')
    await dialog(page).getByLabel('Delivers what comes after').fill('4-0')
    await dialog(page).getByText('XGROUP CREATE jobs late 4-0').waitFor()
    await dialog(page).getByRole('button', { name: 'Create group' }).click()
    await row(page, 'late').waitFor()
    expect(await command('XPENDING', 'jobs', 'late')).toEqual([0, null, null, null])
  })

  test('creates a stream, and shows one that is empty', async () => {
    await command('XGROUP', 'CREATE', 'hollow', 'waiting', '0', 'MKSTREAM')
    const page = await open()
    await key(page, 'hollow').click()
    await page.getByText('This stream is empty').waitFor()
    await page.getByText('1 group still waits').waitFor()
    await page.keyboard.press('n')
    await dialog(page).getByLabel('Type', { exact: true }).click()
    await page.getByRole('option', { name: 'stream' }).click()
    await dialog(page).getByLabel('Name').fill('fresh')
    await dialog(page).getByLabel('ID of the first entry').fill('7-1')
    await dialog(page).getByLabel('First field').fill('a')
    await dialog(page).getByLabel('Value').fill('b')
    await dialog(page).getByText('XADD fresh 7-1 a b').waitFor()
    await dialog(page).getByRole('button', { name: 'Create key' }).click()
    await row(page, '7-1').waitFor()
    expect(await command('XRANGE', 'fresh', '-', '+')).toEqual([['7-1', ['a', 'b']]])
  })

  test('names the right that is missing, and shows what may be seen', async (context) => {
    if (name === 'keystead') return context.skip('keystead has one user, who may do anything')
    await fill('log', 3)
    await command('ACL', 'SETUSER', 'low', 'reset', 'on', '>p', '~*', '+@connection', '+scan', '+type', '+pttl')
    await command('ACL', 'SETUSER', 'low', '+xlen', '+xrevrange', '+info')
    const page = await open({ user: 'low', password: 'p' })
    await key(page, 'log').click()
    await row(page, '3-0').waitFor()
    await page.getByText(/may not run XINFO STREAM/).waitFor()
    await page.getByRole('button', { name: 'groups' }).click()
    await page.getByText(/ACL SETUSER .* \+xinfo\|groups/).waitFor()
  })
})
