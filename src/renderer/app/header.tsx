import { Moon, Search, Sun } from 'lucide-react'
import type { ReactNode } from 'react'
import { changeSettings, useSettings } from '../api/settings.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { Menu } from '../ui/menu.tsx'
import type { MenuItem } from '../ui/menu-item.ts'
import { toast } from '../ui/toast.tsx'
import css from './layout.module.css'

export interface HeaderProps {
  readonly title?: ReactNode
  readonly onPalette: () => void
  /** Between the title and the tools. */
  readonly children?: ReactNode
}

export function Header({ title, onPalette, children }: HeaderProps) {
  return (
    <header className={css.header}>
      {title !== undefined && <h1 className={css.title}>{title}</h1>}
      {children ?? <span className={css.spacer} />}
      <div className={css.tools}>
        <IconButton label="Find an action" shortcut="mod+k" icon={<Search size={16} />} onClick={onPalette} />
        <LookMenu />
      </div>
    </header>
  )
}

function LookMenu() {
  const { theme, density } = useSettings()
  const set = (change: Parameters<typeof changeSettings>[0]): void => {
    changeSettings(change).catch((error: Error) => {
      toast({ kind: 'error', title: 'The setting could not be kept', description: error.message })
    })
  }
  const choice = (id: string, label: string, checked: boolean, change: Parameters<typeof changeSettings>[0]) =>
    ({ kind: 'check', id, label, checked, onCheckedChange: () => set(change) }) satisfies MenuItem
  const items: readonly MenuItem[] = [
    { kind: 'label', id: 'theme', label: 'Theme' },
    choice('system', 'As the system', theme === 'system', { theme: 'system' }),
    choice('light', 'Light', theme === 'light', { theme: 'light' }),
    choice('dark', 'Dark', theme === 'dark', { theme: 'dark' }),
    { kind: 'separator', id: 'line' },
    { kind: 'label', id: 'rows', label: 'Rows' },
    choice('compact', 'Compact', density === 'compact', { density: 'compact' }),
    choice('comfortable', 'Comfortable', density === 'comfortable', { density: 'comfortable' }),
  ]
  const isDark = document.documentElement.dataset.theme === 'dark'
  return (
    <Menu
      align="end"
      trigger={<IconButton label="Theme and density" icon={isDark ? <Moon size={16} /> : <Sun size={16} />} />}
      items={items}
    />
  )
}
