/*
 * The application menu: what the system expects of any app. Actions of Keystead
 * itself are in the command palette of the page.
 */
import { Menu, type MenuItemConstructorOptions, shell } from 'electron'

export interface MenuActions {
  readonly openWindow: () => void
  readonly dataDir: string
}

export function installMenu({ openWindow, dataDir }: MenuActions): void {
  const isMac = process.platform === 'darwin'
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: openWindow },
        { type: 'separator' },
        { role: isMac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'reload' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [{ label: 'Show Data Folder', click: () => void shell.openPath(dataDir) }],
    },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
