import { Tabs as Base } from '@base-ui/react/tabs'
import { Toggle } from '@base-ui/react/toggle'
import { ToggleGroup } from '@base-ui/react/toggle-group'
import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import css from './tabs.module.css'

export interface TabItem<V extends string> {
  readonly value: V
  readonly label: ReactNode
  readonly icon?: ReactNode
  readonly disabled?: boolean
}

export interface TabsProps<V extends string> {
  readonly label: string
  readonly value: V
  readonly onValueChange: (value: V) => void
  readonly items: readonly TabItem<V>[]
  readonly className?: string
}

/** A row of tabs; what they show is drawn by whoever holds the value. */
export function Tabs<V extends string>({ label, value, onValueChange, items, className }: TabsProps<V>) {
  return (
    <Base.Root
      value={value}
      onValueChange={(next) => onValueChange(next as V)}
      className={className}
      style={{ height: '100%' }}
    >
      <Base.List aria-label={label} className={css.list} activateOnFocus>
        {items.map((item) => (
          <Base.Tab key={item.value} value={item.value} disabled={item.disabled} className={css.tab}>
            {item.icon}
            {item.label}
          </Base.Tab>
        ))}
      </Base.List>
    </Base.Root>
  )
}

/** Two to five ways to see the same thing: table | raw. */
export function Segments<V extends string>({ label, value, onValueChange, items, className }: TabsProps<V>) {
  return (
    <ToggleGroup
      aria-label={label}
      value={[value]}
      // Pressing the pressed one would empty the group; one way of seeing always holds.
      onValueChange={(next) => next[0] !== undefined && onValueChange(next[0] as V)}
      className={clsx(css.segments, className)}
    >
      {items.map((item) => (
        <Toggle key={item.value} value={item.value} disabled={item.disabled} className={css.segment}>
          {item.label}
        </Toggle>
      ))}
    </ToggleGroup>
  )
}
