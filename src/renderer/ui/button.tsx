import { Button as BaseButton } from '@base-ui/react/button'
import { clsx } from 'clsx'
import type { ComponentPropsWithRef, ReactNode } from 'react'
import css from './button.module.css'
import { Spinner } from './spinner.tsx'

type BaseProps = Omit<ComponentPropsWithRef<typeof BaseButton>, 'className'>

export interface ButtonProps extends BaseProps {
  /** `primary` at most once per view; `danger` only for what destroys data. */
  readonly variant?: 'default' | 'primary' | 'danger' | 'quiet'
  readonly size?: 'normal' | 'small'
  readonly icon?: ReactNode
  /** The action is under way: it cannot be pressed again, and keeps focus. */
  readonly busy?: boolean
  readonly className?: string
}

export function Button({ variant = 'default', size, icon, busy, disabled, className, children, ...rest }: ButtonProps) {
  return (
    <BaseButton
      {...rest}
      disabled={disabled || busy}
      // Focus stays where it was while the action runs; otherwise it would fall to the body.
      focusableWhenDisabled={busy}
      data-busy={busy ? '' : undefined}
      className={clsx(css.button, css[variant], size === 'small' && css.small, className)}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </BaseButton>
  )
}
