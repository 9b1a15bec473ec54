import type { ReactNode } from 'react'
import css from './stat.module.css'

export interface StatProps {
  readonly label: string
  readonly value: ReactNode
  /** The exact figure behind a humane one. */
  readonly exact?: string
}

/** A name and a number, in one line. */
export function Stat({ label, value, exact }: StatProps) {
  return (
    <span className={css.stat} title={exact}>
      <span className={css.label}>{label}</span>
      <span className={css.value}>{value}</span>
    </span>
  )
}
