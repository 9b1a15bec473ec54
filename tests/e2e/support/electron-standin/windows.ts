/*
 * BrowserWindow and webContents over pages of the system's Chromium.
 */
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { app, theBrowser } from './app.ts'
import { fromText, pageScript, toText } from './page-script.ts'
import { End, releaseAll } from './ports.ts'
import { fromStandin, routeThroughHandlers, toStandin } from './protocol.ts'
import { session } from './session.ts'

interface WindowOptions {
  readonly width?: number
  readonly height?: number
  readonly webPreferences?: { readonly preload?: string; readonly [name: string]: unknown }
}

type OpenHandler = (details: { readonly url: string }) => { readonly action: 'allow' | 'deny' }

class WebContents extends EventEmitter {
  readonly session = session.defaultSession
  /** What the page did that its app refused: for tests. */
  readonly refused: string[] = []
  page!: Page
  #openHandler: OpenHandler = () => ({ action: 'allow' })
  #isDestroyed = false
  #isLoadedByUs = false
  readonly #held = new Set<End>()

  async load(url: string): Promise<void> {
    this.#isLoadedByUs = true
    await this.page.goto(toStandin(url))
    this.#isLoadedByUs = false
  }

  async prepare(options: WindowOptions): Promise<void> {
    const viewport = { width: options.width ?? 800, height: options.height ?? 600 }
    // The page tells Electron from a browser by this, as it does in earnest.
    const plain = `Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${theBrowser().version()}`
    const userAgent = `${plain} ${app.getName()}/${app.getVersion()} Electron/45.4.1 Safari/537.36`
    const context = await theBrowser().newContext({ viewport, userAgent })
    await routeThroughHandlers(context, (request, url) => {
      const isMainNavigation = request.isNavigationRequest() && request.frame() === this.page.mainFrame()
      return !isMainNavigation || this.#isLoadedByUs || url === this.getURL() || this.#ask('will-navigate', url)
    })
    this.page = await context.newPage()
    await this.page.exposeFunction('standinPort', (id: number, text: string) => End.find(id)?.send(fromText(text)))
    await this.page.exposeFunction('standinPortClosed', (id: number) => End.find(id)?.close())
    await this.page.exposeFunction('standinSend', () => undefined)
    await this.page.exposeFunction('standinOpen', (url: string) => {
      if (this.#openHandler({ url }).action === 'deny') this.refused.push(`open ${url}`)
    })
    const { preload } = options.webPreferences ?? {}
    if (preload) await this.page.addInitScript(pageScript(readFileSync(preload, 'utf8')))
    this.page.on('console', (message) => process.stderr.write(`[page] ${message.type()} ${message.text()}\n`))
    this.page.on('pageerror', (error) => process.stderr.write(`[page] error ${error.message}\n`))
    this.page.on('domcontentloaded', () => this.#closePorts())
    this.page.on('load', () => {
      this.emit('did-finish-load')
      this.emit('standin-loaded')
    })
  }

  postMessage(channel: string, message: unknown, transfer: readonly unknown[] = []): void {
    const ends = releaseAll(transfer)
    this.#evaluate(
      `standin.emit(${JSON.stringify(channel)}, [${JSON.stringify(message)}], ${JSON.stringify(ends.map(({ id }) => id))})`,
    )
    for (const end of ends) {
      this.#held.add(end)
      end.hold({
        message: (data) => this.#evaluate(`standin.port(${end.id}, ${JSON.stringify(toText(data))})`),
        closed: () => {
          this.#held.delete(end)
          this.#evaluate(`standin.portClosed(${end.id})`)
        },
      })
    }
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler
  }

  getURL = (): string => fromStandin(this.page.url())
  isDestroyed = (): boolean => this.#isDestroyed

  destroy(): void {
    this.#isDestroyed = true
    this.#closePorts()
    void this.page.context().close()
    this.emit('destroyed')
  }

  /** A page that is left takes its ports with it. */
  #closePorts(): void {
    for (const end of this.#held) end.close()
  }

  #ask(event: 'will-navigate', url: string): boolean {
    let isPrevented = false
    this.emit(event, {
      url,
      preventDefault: () => {
        isPrevented = true
      },
    })
    if (isPrevented) this.refused.push(`navigate ${url}`)
    return !isPrevented
  }

  #evaluate(expression: string): void {
    // The page may be on its way out: then nobody hears it, as in Electron.
    if (!this.#isDestroyed) this.page.evaluate(expression).catch(() => undefined)
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly #all = new Set<BrowserWindow>()
  static getAllWindows = (): BrowserWindow[] => [...BrowserWindow.#all]

  readonly options: WindowOptions
  readonly webContents = new WebContents()
  isShown = false
  /** The page is there. */
  readonly prepared: Promise<void>

  constructor(options: WindowOptions = {}) {
    super()
    theBrowser()
    this.options = options
    BrowserWindow.#all.add(this)
    this.prepared = this.webContents.prepare(options)
    this.webContents.once('standin-loaded', () => this.emit('ready-to-show'))
    app.emit('web-contents-created', {}, this.webContents)
    app.emit('browser-window-created', {}, this)
  }

  async loadURL(url: string): Promise<void> {
    await this.prepared
    await this.webContents.load(url)
  }

  show(): void {
    this.isShown = true
  }
  focus(): void {}
  restore(): void {}
  isMinimized = (): boolean => false

  close(): void {
    BrowserWindow.#all.delete(this)
    this.webContents.destroy()
    this.emit('closed')
    if (BrowserWindow.#all.size === 0) app.emit('window-all-closed')
  }
}
