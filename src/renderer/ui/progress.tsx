import { Progress as Base } from '@base-ui/react/progress'
import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import css from './progress.module.css'

export interface ProgressProps {
  readonly label: string
  /** 0..1; null while it is not known how much there is. */
  readonly value: number | null
  /** "412,000 of about 1.2 M, 61,000/s". */
  readonly detail?: ReactNode
  /** The line alone, without words, for the edge of a panel. */
  readonly bare?: boolean
}

export function Progress({ label, value, detail, bare }: ProgressProps) {
  return (
    <Base.Root
      value={value === null ? null : Math.round(value * 1000) / 10}
      aria-label={label}
      className={bare ? css.bare : css.progress}
    >
      {!bare && <span className={css.label}>{label}</span>}
      {!bare && <span className={css.value}>{detail}</span>}
      <Base.Track className={css.track}>
        <Base.Indicator className={clsx(css.indicator, value === null && css.unknown)} />
      </Base.Track>
    </Base.Root>
  )
}
