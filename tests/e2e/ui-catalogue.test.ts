/*
 * The page of parts, in a real browser: that every part draws itself in both
 * themes, and what only a real layout can show of a very long list.
 */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserPath, startApp, type WebApp } from './support/web-app.ts'

describe.skipIf(!browserPath)('the page of parts', () => {
  let app: WebApp
  let page: Page
  let list: Locator
  beforeAll(async () => {
    app = await startApp({ databases: [] })
    page = app.page
    await page.evaluate(() => {
      location.hash = '#/ui'
    })
    list = page.getByRole('listbox', { name: 'Sample list' }).first()
    await list.waitFor()
  })
  afterAll(() => app.stop())

  const rows = () => list.getByRole('option')
  /** Rows whose box lies wholly inside the list's, first to last. */
  const visible = async (): Promise<readonly string[]> =>
    list.evaluate((element) => {
      const box = element.getBoundingClientRect()
      return [...element.querySelectorAll('[role="option"]')]
        .filter((row) => {
          const { top, bottom } = row.getBoundingClientRect()
          return top >= box.top - 1 && bottom <= box.bottom + 1
        })
        .map((row) => row.textContent ?? '')
    })

  test('draws every part in both themes, without a complaint', async () => {
    for (const theme of ['dark', 'light']) {
      expect(await page.getByRole('region', { name: new RegExp(`, ${theme}$`) }).count()).toBeGreaterThan(10)
    }
    expect(app.complaints).toEqual([])
  })

  test('a list of ten million rows reaches both of its ends by the scroll bar', async () => {
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await expect.poll(async () => (await visible()).at(-1)).toBe('row 10,000,000')
    await list.evaluate((element) => element.scrollTo(0, 0))
    await expect.poll(async () => (await visible())[0]).toBe('row 1')
    expect(await rows().count()).toBeLessThan(40)
  })

  test('the wheel passes no row of it by', async () => {
    await list.evaluate((element) => element.scrollTo(0, 0))
    await list.hover()
    for (let turn = 1; turn <= 5; turn++) {
      await page.mouse.wheel(0, 104)
      await expect.poll(async () => (await visible())[0]).toBe(`row ${turn * 4 + 1}`)
    }
  })

  test('the keyboard reaches its last row, and every row before it', async () => {
    await list.focus()
    await page.keyboard.press('End')
    await expect.poll(async () => (await visible()).at(-1)).toBe('row 10,000,000')
    for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowUp')
    await expect.poll(async () => (await visible())[0]).toBe('row 9,999,980')
    expect(await list.locator('[data-active]').textContent()).toBe('row 9,999,980')
  })
})
