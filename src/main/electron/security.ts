/*
 * What no page of ours may do, whatever runs in it: leave, open a window, embed
 * another page, or be given a permission.
 */
import { app, session } from 'electron'
import { APP_URL } from './app-scheme.ts'

export const isOurs = (url: string): boolean => url.startsWith(APP_URL)

export function lockDown(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
    contents.on('will-navigate', (event) => {
      if (!isOurs(event.url)) event.preventDefault()
    })
    contents.on('will-redirect', (event) => {
      if (!isOurs(event.url)) event.preventDefault()
    })
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
  // The page writes to the clipboard when asked to copy; Chromium asks for that one.
  const isAllowed = (permission: string): boolean => permission === 'clipboard-sanitized-write'
  session.defaultSession.setPermissionRequestHandler((contents, permission, decide) => {
    decide(isAllowed(permission) && isOurs(contents.getURL()))
  })
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => isAllowed(permission))
}
