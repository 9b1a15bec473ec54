import { ContextMenu as Base } from '@base-ui/react/context-menu'
import { clsx } from 'clsx'
import type { ReactElement } from 'react'
import floating from './floating.module.css'
import { MenuItems } from './menu.tsx'
import type { MenuItem } from './menu-item.ts'

export interface ContextMenuProps {
  /** What was right-clicked decides the lines; note the target in the child's onContextMenu. */
  readonly items: readonly MenuItem[]
  readonly children: ReactElement<Record<string, unknown>>
}

export function ContextMenu({ items, children }: ContextMenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner className={floating.positioner}>
          <Base.Popup className={clsx(floating.popup, floating.list)}>
            <MenuItems items={items} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
