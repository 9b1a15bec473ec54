/*
 * node bench/app-browse.ts [--only keys,values] [--server redis70|keystead|...]:
 * how soon the browser shows keys, and the first rows of a value of a million
 * elements, and whether the page stays responsive while a million keys are
 * scanned. It needs a built app (npm run build), Chromium, and the server
 * (redis-server 7.0, unless another is named).
 *
 * What is to be reached: the list of a database of 100,000 keys within 2 s of
 * the page's load; the first rows of any value within 200 ms of the click on
 * its key; no task of the page over 100 ms while 1,000,000 keys are scanned,
 * with the list being scrolled meanwhile. The rows are those a user
 * sees; a task is what the page's PerformanceObserver calls a long one (50 ms).
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { openServer } from '../tests/e2e/support/open-server.ts'
import { startApp } from '../tests/e2e/support/web-app.ts'
import { isPeerName } from '../tests/support/peers.ts'
import { keysteadProgram, type Program, peerProgram, startServer } from '../tests/support/server-process.ts'
import { WireClient } from '../tests/support/wire-client.ts'
import { measureValues } from './app-values.ts'

const ROUNDS = 3
const VALUE_ROUNDS = 5

const { values: options } = parseArgs({
  options: { only: { type: 'string', default: 'keys,values' }, server: { type: 'string', default: 'redis70' } },
})
const parts = options.only.split(',')

declare global {
  interface Window {
    longTasks: number[]
  }
}

const server = await startServer(programOf(options.server))
const client = await WireClient.open({ port: server.port })
const app = await startApp({ databases: [] })
const { page } = app
try {
  await page.addInitScript(() => {
    window.longTasks = []
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longTasks.push(Math.round(entry.duration))
    }).observe({ type: 'longtask', buffered: true })
  })
  await openServer(page, { port: server.port })
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`)
  if (parts.includes('values')) await measureValues(page, client, VALUE_ROUNDS)
  for (const keys of parts.includes('keys') ? [100_000, 1_000_000] : []) {
    await client.command('FLUSHALL')
    await client.command('DEBUG', 'POPULATE', String(keys), 'user', '32')
    for (let round = 0; round < ROUNDS; round++) report(keys, await measure(page))
  }
} finally {
  await app.stop()
  await client.close()
  await server.stop()
}

function programOf(name: string): Program {
  if (isPeerName(name)) return peerProgram(name)
  if (name !== 'keystead') throw new RangeError(`${name} is no server that is known here`)
  return keysteadProgram()
}

interface Figures {
  readonly firstRowMs: number
  readonly completeMs: number
  readonly longTasks: readonly number[]
}

async function measure(page: Page): Promise<Figures> {
  // A reload opens another session: nothing of the scan before is left.
  const startedAt = performance.now()
  await page.reload({ waitUntil: 'commit' })
  await page.getByRole('treeitem').first().waitFor()
  const firstRowMs = performance.now() - startedAt
  await page.getByRole('treeitem').first().dblclick()
  const tree = page.getByRole('tree')
  const done = page.getByRole('status').filter({ hasText: 'all scanned' }).first()
  // Scrolls all the while, to the end of what there is and back.
  for (let step = 0; !(await done.isVisible()); step++) {
    await tree.hover()
    await page.mouse.wheel(0, step % 20 < 15 ? 4_000 : -4_000)
    await page.waitForTimeout(16)
  }
  return {
    firstRowMs,
    completeMs: performance.now() - startedAt,
    longTasks: await page.evaluate(() => window.longTasks),
  }
}

function report(keys: number, { firstRowMs, completeMs, longTasks }: Figures): void {
  const longest = Math.max(0, ...longTasks)
  console.log(
    `${keys.toLocaleString('en-US')} keys: first row after ${firstRowMs.toFixed(0)} ms, all scanned after ` +
      `${completeMs.toFixed(0)} ms, ${longTasks.length} tasks over 50 ms, the longest ${longest} ms`,
  )
}
