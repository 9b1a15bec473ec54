/*
 * The built app in web mode, in a browser: what every test of a screen starts
 * from. Each app has a data folder of its own, so tests share nothing.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findProgram } from '../../support/peers.ts'

const root = resolve(import.meta.dirname, '../../..')
const out = resolve(root, process.env['KEYSTEAD_OUT'] ?? 'out')
const entry = join(out, 'main/web.js')

/** Undefined where there is no Chromium: `describe.skipIf(!browserPath)`. */
export const browserPath = findProgram(['chromium', 'chromium-browser', 'google-chrome'])

export interface SeedDatabase {
  readonly id: string
  readonly name: string
  readonly port: number
  readonly autoStart?: boolean
}

export interface WebAppOptions {
  /** Written before the app first starts; absent: what a first start makes of an empty folder. */
  readonly databases?: readonly SeedDatabase[]
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly colorScheme?: 'light' | 'dark'
}

export interface WebApp {
  readonly page: Page
  /** With its token: whoever opens it is let in. */
  readonly url: string
  /** The data folder. */
  readonly home: string
  /** What the page complained about so far; a test ends by expecting none. */
  readonly complaints: readonly string[]
  /** Kills the backend as a crash would; what supervises it starts another. */
  readonly crashBackend: () => void
  readonly stop: () => Promise<void>
}

export async function startApp(options: WebAppOptions = {}): Promise<WebApp> {
  if (!existsSync(entry)) throw new Error(`${entry} is not built: npm run build`)
  if (!browserPath) throw new Error('there is no Chromium in PATH')
  const home = mkdtempSync(join(tmpdir(), 'keystead-e2e-'))
  if (options.databases) {
    const databases = options.databases.map((database) => ({ autoStart: true, createdAt: 0, ...database }))
    writeFileSync(join(home, 'databases.json'), JSON.stringify({ version: 1, databases }))
  }
  const host = await startHost(home)
  const browser: Browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] })
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 800 },
    colorScheme: options.colorScheme ?? 'dark',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(host.url)
  return {
    page,
    url: host.url,
    home,
    complaints,
    crashBackend: () => {
      // The process we started supervises one child, which is the backend.
      const children = execFileSync('pgrep', ['-P', String(host.process.pid)], { encoding: 'utf8' })
      for (const pid of children.trim().split('\n')) process.kill(Number(pid), 'SIGKILL')
    },
    stop: async () => {
      await browser.close()
      await end(host.process, 'SIGTERM')
      rmSync(home, { recursive: true, force: true })
    },
  }
}

interface Host {
  readonly process: ChildProcess
  readonly url: string
}

/** Resolves with the URL it prints; rejects with all it said when it ends instead. */
function startHost(home: string): Promise<Host> {
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, KEYSTEAD_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let said = ''
    const listen = (chunk: Buffer): void => {
      said += chunk.toString()
      const url = /http:\/\/\S+token=\S+/.exec(said)?.[0]
      if (url !== undefined) resolve({ process: child, url })
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', (code) => reject(new Error(`web mode ended with ${code}:\n${said}`)))
  })
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}
