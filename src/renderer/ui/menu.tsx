import { Menu as Base } from '@base-ui/react/menu'
import { clsx } from 'clsx'
import { Check } from 'lucide-react'
import type { ReactElement } from 'react'
import floating from './floating.module.css'
import { Kbd } from './kbd.tsx'
import type { MenuItem } from './menu-item.ts'

export interface MenuProps {
  /** The button that opens it: an IconButton or a Button. */
  readonly trigger: ReactElement<Record<string, unknown>>
  readonly items: readonly MenuItem[]
  readonly align?: 'start' | 'center' | 'end'
}

export function Menu({ trigger, items, align = 'start' }: MenuProps) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={floating.positioner} sideOffset={4} align={align}>
          <Base.Popup className={clsx(floating.popup, floating.list)}>
            <MenuItems items={items} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** The lines themselves; Base UI's context menu takes the same parts. */
export function MenuItems({ items }: { readonly items: readonly MenuItem[] }) {
  // Where no line has an icon or can be checked, none leaves room for one.
  const isBare = !items.some((item) => item.kind === 'check' || ('icon' in item && item.icon !== undefined))
  return items.map((item) => <Line key={item.id} item={item} isBare={isBare} />)
}

function Line({ item, isBare }: { readonly item: MenuItem; readonly isBare: boolean }) {
  if (item.kind === 'separator') return <Base.Separator className={floating.separator} />
  if (item.kind === 'label') return <div className={floating.groupLabel}>{item.label}</div>
  if (item.kind === 'check') {
    return (
      <Base.CheckboxItem
        className={floating.item}
        checked={item.checked}
        onCheckedChange={item.onCheckedChange}
        closeOnClick={false}
      >
        <span>
          <Base.CheckboxItemIndicator>
            <Check size={14} />
          </Base.CheckboxItemIndicator>
        </span>
        <span>{item.label}</span>
      </Base.CheckboxItem>
    )
  }
  return (
    <Base.Item
      className={clsx(floating.item, isBare && floating.bare, item.danger && floating.danger)}
      disabled={item.disabled}
      onClick={item.perform}
    >
      {!isBare && <span>{item.icon}</span>}
      <span>{item.label}</span>
      {item.shortcut !== undefined && <Kbd keys={item.shortcut} />}
    </Base.Item>
  )
}
