/*
 * Electron's main process: windows, menu, keychain, and the processes that do
 * the work. It is never in the data path and never blocks.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, BrowserWindow, dialog } from 'electron'
import { stderrLog } from '../core/log.ts'
import { registerAppScheme, serveAppScheme } from './app-scheme.ts'
import { BackendSupervisor } from './backend-supervisor.ts'
import { describeKeychain } from './keychain.ts'
import { installMenu } from './menu.ts'
import { lockDown } from './security.ts'
import { focusAnyWindow, openWindow } from './windows.ts'

const here = import.meta.dirname
const PRELOAD = join(here, '../preload/preload.cjs')
const log = stderrLog()

// Another data folder is another instance, with its own lock: so it is set first.
const home = process.env.KEYSTEAD_HOME
if (home) {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  app.setPath('userData', home)
}

// Two instances would run the same databases: the second one only shows the first.
if (app.requestSingleInstanceLock()) void run()
else app.quit()

async function run(): Promise<void> {
  registerAppScheme()
  await app.whenReady()
  lockDown()
  serveAppScheme(join(here, '../renderer'))
  const dataDir = app.getPath('userData')
  const backend = new BackendSupervisor({
    backendEntry: join(here, 'backend.js'),
    databaseEntry: join(here, 'database.js'),
    order: {
      version: app.getVersion(),
      dataDir,
      runtime: {
        node: process.versions.node,
        electron: process.versions.electron,
        chromium: process.versions.chrome,
      },
      secrets: await describeKeychain(),
    },
    log,
    gaveUp: (how) =>
      dialog.showErrorBox(
        'Keystead has stopped working',
        `Its backend crashed twice within a minute (${how}) and was not started again. Quit Keystead and start it anew.`,
      ),
  })
  backend.start()
  const open = (): void => void openWindow(PRELOAD, backend)
  installMenu({ openWindow: open, dataDir })
  open()
  app.on('second-instance', () => {
    if (!focusAnyWindow()) open()
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open()
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  stopBeforeQuit(backend)
}

/** Quitting waits until the databases have saved. */
function stopBeforeQuit(backend: BackendSupervisor): void {
  let state: 'running' | 'stopping' | 'stopped' = 'running'
  app.on('before-quit', (event) => {
    if (state === 'stopped') return
    event.preventDefault()
    if (state === 'stopping') return
    state = 'stopping'
    void backend.stop().finally(() => {
      state = 'stopped'
      app.quit()
    })
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit())
}
