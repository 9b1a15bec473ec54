import { clsx } from 'clsx'
import type { CSSProperties, ReactNode } from 'react'
import css from './badge.module.css'

export const BADGE_HUES = [
  'string',
  'hash',
  'list',
  'set',
  'zset',
  'stream',
  'json',
  'timeseries',
  'bloom',
  'vector',
  'other',
] as const
export type BadgeHue = (typeof BADGE_HUES)[number]

export interface BadgeProps {
  readonly hue?: BadgeHue
  /** Two letters at a fixed width, so that a column of them lines up. */
  readonly code?: boolean
  readonly outline?: boolean
  readonly title?: string
  readonly children: ReactNode
}

export function Badge({ hue = 'other', code, outline, title, children }: BadgeProps) {
  const style = { color: `var(--hue-${hue})`, backgroundColor: `var(--hue-${hue}-tint)` } satisfies CSSProperties
  return (
    <span
      className={clsx(css.badge, code && css.code, outline && css.outline)}
      style={outline ? undefined : style}
      title={title}
    >
      {children}
    </span>
  )
}
