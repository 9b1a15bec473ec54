import { clsx } from 'clsx'
import type { ComponentPropsWithRef, ReactNode } from 'react'
import css from './status-bar.module.css'

export interface StatusBarProps {
  /** Only production tints the bar; nothing else shouts. */
  readonly tint?: 'production'
  readonly children: ReactNode
}

/** The one line that tells the truth about what is shown and what was sent. */
export function StatusBar({ tint, children }: StatusBarProps) {
  return (
    <footer className={css.bar} data-tint={tint}>
      {children}
    </footer>
  )
}

/** A fact without more behind it. */
export function StatusText({ title, children }: { readonly title?: string; readonly children: ReactNode }) {
  return (
    <span className={css.part} title={title}>
      {children}
    </span>
  )
}

/** A fact that opens its detail. Takes a ref, so that it may be a popover's trigger. */
export function StatusButton({ className, ...rest }: ComponentPropsWithRef<'button'>) {
  return <button type="button" {...rest} className={clsx(css.part, className)} />
}

export function StatusSpacer() {
  return <span className={css.spacer} />
}
