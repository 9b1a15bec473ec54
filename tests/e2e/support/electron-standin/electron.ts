/*
 * The stand-in for the `electron` module in the main process.
 */
import { EventEmitter } from 'node:events'
import './control.ts'

export { app } from './app.ts'
export { MessageChannelMain } from './ports.ts'
export { protocol } from './protocol.ts'
export { session } from './session.ts'
export { utilityProcess } from './utility-process.ts'
export { BrowserWindow } from './windows.ts'

const MARK = 'v10'

/** Reversible, and not the text itself: what a test looks for on disk must not be found by chance. */
export const safeStorage = {
  isAsyncEncryptionAvailable: async (): Promise<boolean> => true,
  getSelectedStorageBackend: (): string => process.env.STANDIN_KEYRING ?? 'gnome_libsecret',
  encryptStringAsync: async (text: string): Promise<Buffer> => Buffer.from(MARK + Buffer.from(text).toString('base64')),
  async decryptStringAsync(sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
    const text = sealed.toString()
    if (!text.startsWith(MARK)) throw new Error('Error while decrypting the ciphertext provided to safeStorage.')
    return { result: Buffer.from(text.slice(MARK.length), 'base64').toString(), shouldReEncrypt: false }
  },
}

export const dialog = {
  showErrorBox: (title: string, content: string): void => void process.stderr.write(`[dialog] ${title}: ${content}\n`),
}

interface MenuItem {
  readonly label?: string
  readonly role?: string
  readonly submenu?: readonly MenuItem[]
}
let applicationMenu: { readonly items: readonly MenuItem[] } | undefined
export const Menu = {
  buildFromTemplate: (items: readonly MenuItem[]) => ({ items }),
  setApplicationMenu: (menu: { readonly items: readonly MenuItem[] }): void => {
    applicationMenu = menu
  },
  getApplicationMenu: () => applicationMenu,
}

export const nativeTheme = Object.assign(new EventEmitter(), { themeSource: 'system', shouldUseDarkColors: false })
export const shell = { openPath: async (): Promise<string> => '' }

Object.defineProperty(process, 'type', { value: 'browser' })
Object.defineProperty(process.versions, 'electron', { value: '45.4.1' })
Object.defineProperty(process.versions, 'chrome', { value: '156.0.0.0' })
