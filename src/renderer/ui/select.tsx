import { Select as Base } from '@base-ui/react/select'
import { clsx } from 'clsx'
import { Check, ChevronsUpDown } from 'lucide-react'
import type { ReactNode } from 'react'
import floating from './floating.module.css'
import css from './select.module.css'

export interface SelectOption<V extends string> {
  readonly value: V
  readonly label: ReactNode
  /** In the trigger, where the label alone would say too little or too much. */
  readonly chosen?: ReactNode
  /** At the right edge, dimmed: a count, a shortcut. */
  readonly hint?: ReactNode
  readonly disabled?: boolean
}

export interface SelectProps<V extends string> {
  readonly value: V
  readonly onValueChange: (value: V) => void
  readonly options: readonly SelectOption<V>[]
  /** The accessible name, and the text above when `showLabel`. */
  readonly label: string
  readonly showLabel?: boolean
  /** Inside the trigger, before the value: "format:". */
  readonly prefix?: string
  readonly quiet?: boolean
  readonly size?: 'normal' | 'small'
  readonly disabled?: boolean
}

/** One of a few. For many, or to search, use a menu with a filter. */
export function Select<V extends string>(props: SelectProps<V>) {
  const { value, onValueChange, options, label, showLabel, prefix, quiet, size, disabled } = props
  const current = options.find((option) => option.value === value)
  const control = (
    <Base.Root
      value={value}
      items={options}
      disabled={disabled}
      onValueChange={(next) => next !== null && onValueChange(next as V)}
    >
      <Base.Trigger aria-label={label} className={clsx(css.trigger, quiet && css.quiet, size === 'small' && css.small)}>
        {prefix !== undefined && <span className={css.prefix}>{prefix}</span>}
        <span className={css.value}>
          <Base.Value>{() => current?.chosen ?? current?.label ?? value}</Base.Value>
        </span>
        <Base.Icon className={css.icon}>
          <ChevronsUpDown size={12} />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className={floating.positioner} sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className={clsx(floating.popup, floating.list)}>
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} disabled={option.disabled} className={floating.item}>
                <Base.ItemIndicator keepMounted style={{ visibility: option.value === value ? 'visible' : 'hidden' }}>
                  <Check size={14} />
                </Base.ItemIndicator>
                <Base.ItemText>{option.label}</Base.ItemText>
                <span className={floating.hint}>{option.hint}</span>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
  if (!showLabel) return control
  return (
    <div className={css.field}>
      <span className={css.label} aria-hidden="true">
        {label}
      </span>
      {control}
    </div>
  )
}
