import { CircleAlert } from 'lucide-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { Field } from '../../../ui/field.tsx'
import css from '../browser.module.css'
import type { ScoreRange } from './queries.ts'
import { readBound } from './scores.ts'

export interface ScoreFilterProps {
  readonly onRange: (range: ScoreRange) => void
  /** The user is done here: the table takes the focus. */
  readonly onLeave: () => void
}

const HINT = 'A score, or (5 to leave 5 itself out. Enter applies it; empty is no bound.'

/** Bounds of the scores that are shown. */
export function ScoreFilter({ onRange, onLeave }: ScoreFilterProps) {
  const [typed, setTyped] = useState({ min: '', max: '' })
  // What is applied may not be rendered yet: Escape empties the fields and leaves them at once.
  const latest = useRef(typed)
  const type = (text: Partial<typeof typed>): void => {
    latest.current = { ...latest.current, ...text }
    setTyped(latest.current)
  }
  const apply = (): void => {
    const min = readBound(latest.current.min)
    const max = readBound(latest.current.max)
    if (min.ok && max.ok) onRange({ min: min.bound, max: max.bound })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') apply()
    else if (event.key === 'Escape') {
      type({ min: '', max: '' })
      apply()
      onLeave()
    } else return
    event.preventDefault()
  }
  const boundProps = (id: 'min' | 'max') => ({
    className: css.bound,
    mono: true,
    title: HINT,
    value: typed[id],
    onValueChange: (text: string) => type({ [id]: text }),
    suffix: readBound(typed[id]).ok ? undefined : (
      <CircleAlert size={12} className={css.wrong} aria-label="Not a score" />
    ),
    'aria-invalid': !readBound(typed[id]).ok,
    onBlur: apply,
    onKeyDown,
  })
  return (
    <span className={css.bounds}>
      score
      <Field aria-label="Lowest score" placeholder="-inf" {...boundProps('min')} />
      to
      <Field aria-label="Highest score" placeholder="inf" {...boundProps('max')} />
    </span>
  )
}
