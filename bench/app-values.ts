/*
 * From the click on a key to the first rows of its value on the screen, for a
 * value of each type with a million elements, as the page itself sees it.
 */
import type { Page } from 'playwright-core'
import type { WireClient } from '../tests/support/wire-client.ts'

const ELEMENTS = 1_000_000
/** Of one command: requests stay small enough for any server. */
const PER_COMMAND = 1_000
const STRING_SIZE = 100 << 20
const PENDING_GROUP = 'readers'

interface Value {
  readonly key: string
  readonly fill: (client: WireClient) => Promise<unknown>
  /** What is there when the first rows are. */
  readonly shown: string
}

/** Elements `i` of a value, as many as one command takes. */
const inCommands =
  (head: readonly string[], element: (i: number) => readonly string[]) =>
  async (client: WireClient): Promise<void> => {
    for (let from = 0; from < ELEMENTS; from += PER_COMMAND) {
      const elements = Array.from({ length: PER_COMMAND }, (_, i) => element(from + i)).flat()
      await client.command(...([...head, ...elements] as [string, ...string[]]))
    }
  }

const ROW = 'article [role=row][aria-rowindex="2"]:not([aria-busy])'

const VALUES: readonly Value[] = [
  { key: 'hash', fill: inCommands(['HSET', 'hash'], (i) => [`field:${i}`, `value ${i}`]), shown: ROW },
  { key: 'list', fill: inCommands(['RPUSH', 'list'], (i) => [`element ${i}`]), shown: ROW },
  { key: 'set', fill: inCommands(['SADD', 'set'], (i) => [`member:${i}`]), shown: ROW },
  { key: 'zset', fill: inCommands(['ZADD', 'zset'], (i) => [String(i), `member:${i}`]), shown: ROW },
  {
    key: 'stream',
    fill: async (client) => {
      for (let from = 0; from < ELEMENTS; from += PER_COMMAND) {
        const added = Array.from({ length: PER_COMMAND }, (_, i) =>
          client.command('XADD', 'stream', `${from + i + 1}-0`, 'kind', 'click', 'user', `user:${i}`),
        )
        await Promise.all(added)
      }
      await client.command('XGROUP', 'CREATE', 'stream', PENDING_GROUP, '0')
      for (let from = 0; from < ELEMENTS; from += 10_000) {
        await client.command('XREADGROUP', 'GROUP', PENDING_GROUP, 'one', 'COUNT', '10000', 'STREAMS', 'stream', '>')
      }
    },
    shown: ROW,
  },
  {
    key: 'string',
    fill: (client) => client.command('SET', 'string', Buffer.alloc(STRING_SIZE, 'a line of text\n')),
    shown: 'article .cm-line',
  },
]

/** In milliseconds, each round with a page that knows nothing of the value. */
export async function measureValues(page: Page, client: WireClient, rounds: number): Promise<void> {
  await client.command('FLUSHALL')
  await client.command('SET', 'a small string', 'x')
  for (const { key, fill, shown } of VALUES) {
    await fill(client)
    const opened: number[] = []
    const pending: number[] = []
    for (let round = 0; round < rounds; round++) {
      await page.reload()
      // The code of the pane is there, as it is for whoever has looked at any key.
      await page.getByRole('treeitem').filter({ hasText: 'a small string' }).click()
      await page.locator('article .cm-line').first().waitFor()
      const row = page.getByRole('treeitem').filter({ hasText: new RegExp(`^\\s*${key}|${key}$`) })
      await row.waitFor()
      opened.push(await timeToShow(page, shown, () => row.click()))
      if (key !== 'stream') continue
      await page.getByRole('button', { name: /^groups/ }).click()
      const group = page.getByRole('row').filter({ hasText: PENDING_GROUP })
      await group.waitFor()
      pending.push(
        await timeToShow(page, '[aria-label="Pending entries"] [aria-rowindex="2"]:not([aria-busy])', () =>
          group.dblclick(),
        ),
      )
    }
    print(`${key}: from the click to the first rows`, opened)
    if (pending.length > 0) print('a group with a million pending: to the first of them', pending)
    await client.command('UNLINK', key)
  }
}

/** From the press of the pointer to the frame after `selector` is there. */
async function timeToShow(page: Page, selector: string, click: () => Promise<unknown>): Promise<number> {
  const shown = page.evaluate(
    (selector) =>
      new Promise<number>((resolve) => {
        let pressedAt = Number.NaN
        addEventListener('mousedown', (event) => (pressedAt = event.timeStamp), { capture: true, once: true })
        const look = (): void => {
          if (Number.isNaN(pressedAt) || document.querySelector(selector) === null) return
          observer.disconnect()
          // Painted with the next frame; what runs after that frame sees it done.
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressedAt)))
        }
        const observer = new MutationObserver(look)
        observer.observe(document.body, { subtree: true, childList: true, attributes: true })
      }),
    selector,
  )
  await click()
  return shown
}

function print(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b)
  const median = sorted[sorted.length >> 1] ?? Number.NaN
  console.log(`${what} ${median.toFixed(0)} ms (${sorted.map((time) => time.toFixed(0)).join(', ')})`)
}
