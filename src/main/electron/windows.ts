/*
 * The app's windows. Each shows the whole app; its page gets a port to the
 * backend every time it has loaded.
 */
import { BrowserWindow, nativeTheme } from 'electron'
import { APP_URL } from './app-scheme.ts'
import type { BackendSupervisor } from './backend-supervisor.ts'
import { isOurs } from './security.ts'

/** What is seen before the page has drawn: the grounds of tokens.css, so that nothing flashes. */
const GROUND = { light: '#ffffff', dark: '#14161a' }

export function openWindow(preload: string, backend: BackendSupervisor): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 820,
    minWidth: 720,
    minHeight: 480,
    title: 'Keystead',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  window.webContents.on('did-finish-load', () => {
    // A port is the whole contract: it is given to our own page and to nothing else.
    if (isOurs(window.webContents.getURL())) backend.attach(window.webContents)
  })
  void window.loadURL(APP_URL)
  return window
}

/** Brings the app to the front: a second start of it asked for that. */
export function focusAnyWindow(): boolean {
  const window = BrowserWindow.getAllWindows()[0]
  if (!window) return false
  if (window.isMinimized()) window.restore()
  window.focus()
  return true
}
