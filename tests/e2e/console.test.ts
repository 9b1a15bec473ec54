/*
 * The console in web mode, as a user meets it, on a real server.
 */
import type { Locator, Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findPeer } from '../support/peers.ts'
import { freePort } from '../support/ports.ts'
import { peerProgram, type ServerProcess, startServer } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'
import { browserPath, startApp, type WebApp } from './support/web-app.ts'

/** The console of the page, by what a user sees of it. */
class ConsoleScreen {
  readonly page: Page
  readonly transcript: Locator
  readonly line: Locator
  constructor(page: Page) {
    this.page = page
    this.transcript = page.getByRole('log', { name: 'Transcript' })
    this.line = page.getByRole('textbox', { name: 'Command', exact: true })
  }

  async run(text: string): Promise<void> {
    await this.line.click()
    await this.page.keyboard.insertText(text)
    await this.page.keyboard.press('Enter')
  }

  async says(text: string | RegExp): Promise<void> {
    await this.transcript.getByText(text).first().waitFor()
  }

  /** The last prompt on the page is that of the line. */
  async prompts(prompt: string): Promise<void> {
    await expect
      .poll(async () => (await this.page.getByText(/^127\.0\.0\.1:\d+.*>$/).allInnerTexts()).at(-1))
      .toBe(prompt)
  }

  async type(text: string): Promise<void> {
    await this.line.click()
    await this.page.keyboard.type(text)
  }

  /** What is typed, without the hint behind it. */
  async typed(): Promise<string> {
    return this.line.evaluate((element) => {
      const copy = element.cloneNode(true) as HTMLElement
      for (const extra of copy.querySelectorAll('.cm-ghost, .cm-placeholder')) extra.remove()
      return copy.innerText
    })
  }
}

describe.skipIf(!browserPath || !findPeer('redis70'))('the console', () => {
  let server: ServerProcess
  let other: WireClient
  let app: WebApp
  let screen: ConsoleScreen

  const open = async (environment = 'development'): Promise<void> => {
    const { page } = app
    await page.getByText('No saved connection').waitFor()
    await page.keyboard.press('a')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('URL').fill(`redis://127.0.0.1:${server.port}`)
    await expect.poll(() => dialog.getByLabel('Port').inputValue()).toBe(String(server.port))
    await dialog.getByLabel('Name').fill('shop')
    await dialog.getByRole('button', { name: environment }).click()
    await dialog.getByRole('button', { name: 'Save and open' }).click()
    await page.getByRole('tab', { name: 'Console' }).click()
    screen = new ConsoleScreen(page)
    await screen.line.waitFor()
  }

  beforeEach(async () => {
    server = await startServer(peerProgram('redis70'))
    other = await WireClient.open({ port: server.port })
    app = await startApp({ databases: [] })
  })
  afterEach(async () => {
    await app.stop()
    await server.stop()
  })

  test('prints replies as redis-cli does, and its prompt follows SELECT and MULTI', async () => {
    await open()
    await screen.run('RPUSH l a "b\\x00"')
    await screen.says('(integer) 2')
    await screen.run('LRANGE l 0 -1')
    await screen.says('"b\\x00"')
    await screen.run('INCR l')
    await screen.says('(error) WRONGTYPE Operation against a key holding the wrong kind of value')
    await screen.run('SELECT 3')
    await screen.run('MULTI')
    await screen.prompts(`127.0.0.1:${server.port}[3](TX)>`)
    await screen.run('DISCARD')
    await screen.prompts(`127.0.0.1:${server.port}[3]>`)
    expect(app.complaints).toEqual([])
  })

  test('keeps its transcript and what is typed while another page is shown', async () => {
    await open()
    await screen.run('ECHO still-here')
    await screen.says('"still-here"')
    await screen.type('GET unfinished')
    await app.page.getByRole('tab', { name: 'Browser' }).click()
    await app.page.getByRole('tab', { name: 'Console' }).click()
    await screen.says('"still-here"')
    await expect.poll(() => screen.typed()).toBe('GET unfinished')
  })

  test('hints at arguments, completes with Tab and explains with F1', async () => {
    await open()
    const { page } = app
    // The first hint says that the commands are known.
    await screen.type('getdel ')
    await page.locator('.cm-ghost', { hasText: 'key' }).waitFor()
    await page.keyboard.press('Control+c')
    await screen.type('getde')
    await page.keyboard.press('Tab')
    await expect.poll(() => screen.typed()).toBe('getdel ')
    await page.locator('.cm-ghost', { hasText: 'key' }).waitFor()
    await page.keyboard.press('F1')
    const docs = page.getByRole('complementary', { name: 'Command documentation' })
    await docs.getByRole('heading', { name: 'GETDEL' }).waitFor()
    await docs.getByText('6.2.0').waitFor()
    await page.keyboard.press('Control+c')
    await page.keyboard.type('config ')
    await page.keyboard.press('Tab')
    await page.getByRole('option', { name: /^RESETSTAT/ }).waitFor()
    expect(app.complaints).toEqual([])
  })

  test('remembers what was typed, but no password, over a reload', async () => {
    await open()
    const { page } = app
    await screen.run('SET first 1')
    await screen.run('AUTH nobody s3cret')
    await screen.says(/WRONGPASS/)
    await screen.run('GET first')
    await screen.says('"1"')
    expect(await screen.transcript.innerText()).not.toContain('s3cret')
    await page.reload()
    await screen.line.waitFor()
    await screen.line.click()
    await expect
      .poll(async () => {
        await page.keyboard.press('ArrowUp')
        return screen.typed()
      })
      .toBe('GET first')
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => screen.typed()).toBe('SET first 1')
    await page.keyboard.press('Control+c')
    await page.keyboard.press('Control+r')
    await page.keyboard.type('get')
    await page.keyboard.press('Enter')
    await expect.poll(() => screen.typed()).toBe('GET first')
  })

  test('runs pasted lines as a pipeline, each with its own reply', async () => {
    await open()
    await screen.run(
      Array.from({ length: 300 }, (_, i) => `SET key:${i} ${i}`)
        .concat('INCR key:x y', 'DBSIZE')
        .join('\n'),
    )
    await screen.says(/wrong number of arguments/)
    await screen.says('(integer) 300')
    expect(await other.command('DBSIZE')).toBe(300)
  })

  test('sends nothing of input whose quotes are open, and says where', async () => {
    await open()
    await screen.run('SET a 1\nSET b "2')
    await app.page.getByRole('alert').getByText('This double quote is never closed.').waitFor()
    expect(await other.command('DBSIZE')).toBe(0)
  })

  test('cancels a command that blocks', async () => {
    await open()
    await screen.run('BLPOP nothing 0')
    await app.page.getByText('cancels').waitFor()
    await screen.line.click()
    await app.page.keyboard.press('Control+c')
    await screen.says(/\(error\) UNBLOCKED/)
    await screen.run('PING')
    await screen.says('PONG')
  })

  test('shows messages as they come until it is stopped', async () => {
    await open()
    await screen.run('SUBSCRIBE news')
    await app.page.getByText('1 subscription: messages are shown as they come.').waitFor()
    await other.command('PUBLISH', 'news', 'extra extra')
    await screen.says('"extra extra"')
    await app.page.getByRole('button', { name: /^Stop/ }).click()
    await screen.says('All subscriptions were ended.')
    await screen.run('GET x')
    await screen.says('(nil)')
  })

  test('asks before it empties production', async () => {
    await other.command('SET', 'k', 'v')
    await open('production')
    await screen.run('FLUSHALL')
    const question = app.page.getByRole('alertdialog')
    await question.getByText('FLUSHALL deletes every key of every database').waitFor()
    // A second Enter is the safe answer.
    await app.page.keyboard.press('Enter')
    await screen.says('not run')
    expect(await other.command('EXISTS', 'k')).toBe(1)
    await screen.run('FLUSHALL')
    await question.getByRole('button', { name: 'Run it on production' }).click()
    await screen.says('OK')
    expect(await other.command('EXISTS', 'k')).toBe(0)
  })

  test('shows a reply as a table and as JSON, and copies it', async () => {
    await open()
    const { page } = app
    await screen.run('HSET h name Ada doc "[1,{\\"n\\":12345678901234567890}]"')
    await screen.run('HGETALL h')
    await screen.says('"Ada"')
    const views = page.getByRole('group', { name: 'Show the reply as' }).last()
    await views.getByRole('button', { name: 'table' }).click()
    await page.getByRole('grid', { name: 'Reply' }).getByText('Ada', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Copy the reply' }).last().click()
    await page.getByRole('menuitem', { name: 'Copy as CSV' }).click()
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('name,Ada')
    await screen.run('HGET h doc')
    await page.getByRole('group', { name: 'Show the reply as' }).last().getByRole('button', { name: 'json' }).click()
    await page.getByRole('textbox', { name: 'Reply as JSON' }).getByText('12345678901234567890').waitFor()
  })

  test('says how much of a long reply it shows, and shows all of it', async () => {
    await other.command('EVAL', "for i = 1, 100000 do redis.call('RPUSH', 'l', i) end", '0')
    await open()
    const { page } = app
    await screen.run('LRANGE l 0 -1')
    await screen.says('99,500 more of 100,000 lines')
    await page.getByRole('button', { name: 'Show all in a pane' }).click()
    const pane = page.getByRole('region', { name: 'Reply' })
    await pane.getByText('100,000 lines').waitFor()
    await page.keyboard.press('End')
    await pane.getByText('100000) "100000"').waitFor()
    await page.keyboard.press('Escape')
    await screen.says('99,500 more of 100,000 lines')
    expect(app.complaints).toEqual([])
  })

  test('says that the server is away, and comes back with it', async () => {
    await open()
    const { port } = server
    await screen.run('PING')
    await screen.says('PONG')
    await server.stop()
    await app.page.getByText(/^Not connected:/).waitFor()
    await screen.run('PING')
    await screen.says(`Nothing accepts connections at 127.0.0.1:${port}.`)
    server = await startServer(peerProgram('redis70'), { port: String(port) })
    await app.page.getByText(/^Not connected:/).waitFor({ state: 'hidden' })
    await screen.run('ECHO back')
    await screen.says('"back"')
  })
})

describe.skipIf(!browserPath)('the console of a local database', () => {
  test('knows its commands from the database itself', async () => {
    const app = await startApp({ databases: [{ id: 'd1', name: 'proof', port: await freePort() }] })
    try {
      const { page } = app
      await page.getByText('running').waitFor()
      await page.evaluate(() => {
        location.hash = '#/s/database-d1/console'
      })
      const screen = new ConsoleScreen(page)
      await screen.run('SET greeting hello')
      await screen.says('OK')
      await screen.run('GET greeting')
      await screen.says('"hello"')
      await screen.type('hset ')
      await page.locator('.cm-ghost', { hasText: 'key field value' }).waitFor()
      expect(app.complaints).toEqual([])
    } finally {
      await app.stop()
    }
  })
})
