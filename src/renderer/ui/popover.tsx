import { Popover as Base } from '@base-ui/react/popover'
import { clsx } from 'clsx'
import type { ReactElement, ReactNode } from 'react'
import floating from './floating.module.css'
import css from './popover.module.css'

export interface PopoverProps {
  readonly trigger: ReactElement<Record<string, unknown>>
  readonly title?: ReactNode
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
  /** For a list, which needs more than a paragraph's width. */
  readonly wide?: boolean
  readonly side?: 'top' | 'bottom' | 'left' | 'right'
  readonly align?: 'start' | 'center' | 'end'
  readonly children: ReactNode
}

/** Detail beside the thing it belongs to. What changes data belongs in a dialog. */
export function Popover(props: PopoverProps) {
  const { trigger, title, open, onOpenChange, wide, side = 'bottom', align = 'start', children } = props
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange?.(next)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={floating.positioner} side={side} align={align} sideOffset={6} collisionPadding={8}>
          <Base.Popup className={clsx(floating.popup, css.popover, wide && css.wide)}>
            {title !== undefined && <Base.Title className={css.title}>{title}</Base.Title>}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
