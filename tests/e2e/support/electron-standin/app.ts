/*
 * `app`: life and paths of the application.
 */
import { EventEmitter } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { endAll } from './children.ts'

const entry = resolve(process.argv[1])
const root = packageRoot(dirname(entry))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
  productName?: string
  name: string
}
const home = process.env.STANDIN_HOME ?? join(root, 'out', 'standin-home')

/** STANDIN_ROOT, for bundles that were built outside of the repository. */
function packageRoot(from: string): string {
  if (process.env.STANDIN_ROOT) return process.env.STANDIN_ROOT
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) throw new Error(`there is no package.json above ${from}`)
  }
}

let browser: Browser | undefined
let ready = false
export const isReady = (): boolean => ready

/** Only for windows, which exist only after `ready`. */
export function theBrowser(): Browser {
  if (!browser) throw new Error('Cannot create BrowserWindow before app is ready')
  return browser
}

class App extends EventEmitter {
  readonly isPackaged = false
  readonly #paths = new Map<string, string>()
  readonly #ready: Promise<void>

  constructor() {
    super()
    this.#ready = chromium
      .launch({ executablePath: process.env.STANDIN_CHROMIUM, args: ['--no-sandbox'] })
      .then((launched) => {
        browser = launched
        ready = true
        this.emit('ready')
      })
  }

  whenReady(): Promise<void> {
    return this.#ready
  }

  isReady = isReady
  getVersion = (): string => manifest.version
  getName = (): string => manifest.productName ?? manifest.name
  getAppPath = (): string => root
  getPath = (name: string): string => this.#paths.get(name) ?? join(home, name)
  setPath = (name: string, path: string): void => void this.#paths.set(name, path)
  requestSingleInstanceLock = (): boolean => process.env.STANDIN_IS_SECOND === undefined

  quit(): void {
    let isPrevented = false
    this.emit('before-quit', {
      preventDefault: () => {
        isPrevented = true
      },
    })
    if (!isPrevented) this.exit(0)
  }

  exit(code = 0): void {
    void Promise.allSettled([browser?.close(), endAll()]).then(() => process.exit(code))
  }
}

export const app = new App()
