import { Tooltip as Base } from '@base-ui/react/tooltip'
import { clsx } from 'clsx'
import type { ReactElement, ReactNode } from 'react'
import floating from './floating.module.css'
import { Kbd } from './kbd.tsx'
import css from './tooltip.module.css'

export interface TooltipProps {
  readonly text: ReactNode
  readonly shortcut?: string
  readonly side?: 'top' | 'bottom' | 'left' | 'right'
  /** One element that takes a ref and props. */
  readonly children: ReactElement<Record<string, unknown>>
}

/** A name or an exact value, on hover and on focus. Never the only place where something needed is said. */
export function Tooltip({ text, shortcut, side = 'bottom', children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} delay={400} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className={floating.positioner} style={{ zIndex: 40 }}>
          <Base.Popup className={clsx(floating.popup, css.tooltip)}>
            <span>{text}</span>
            {shortcut !== undefined && <Kbd keys={shortcut} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
