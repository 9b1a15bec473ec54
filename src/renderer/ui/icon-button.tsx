import { Button as BaseButton } from '@base-ui/react/button'
import { clsx } from 'clsx'
import type { ComponentPropsWithRef, ReactNode } from 'react'
import css from './button.module.css'
import { Spinner } from './spinner.tsx'
import { Tooltip } from './tooltip.tsx'

type BaseProps = Omit<ComponentPropsWithRef<typeof BaseButton>, 'className' | 'children'>

export interface IconButtonProps extends BaseProps {
  /** Says what it does; it is the accessible name and the tooltip. */
  readonly label: string
  readonly icon: ReactNode
  readonly shortcut?: string
  readonly size?: 'normal' | 'small'
  readonly pressed?: boolean
  readonly busy?: boolean
  readonly className?: string
}

export function IconButton(props: IconButtonProps) {
  const { label, icon, shortcut, size, pressed, busy, disabled, className, ...rest } = props
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <BaseButton
        {...rest}
        aria-label={label}
        aria-pressed={pressed}
        disabled={disabled || busy}
        focusableWhenDisabled={busy}
        data-busy={busy ? '' : undefined}
        className={clsx(css.button, css.quiet, css.icon, size === 'small' && css.small, className)}
      >
        {busy ? <Spinner /> : icon}
      </BaseButton>
    </Tooltip>
  )
}
