import { Search, X } from 'lucide-react'
import { type Ref, useState } from 'react'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import css from './browser.module.css'

export interface FilterFieldProps {
  readonly inputRef: Ref<HTMLInputElement>
  readonly match: string
  readonly onMatch: (match: string) => void
  readonly onLeave: () => void
}

/** A glob for the server's MATCH. It is sent on Enter: each is a scan of the whole database. */
export function FilterField({ inputRef, match, onMatch, onLeave }: FilterFieldProps) {
  const [typed, setTyped] = useState(match)
  const [applied, setApplied] = useState(match)
  // Set from elsewhere ("Only this folder"): shown here at once.
  if (applied !== match) {
    setApplied(match)
    setTyped(match)
  }
  const apply = (pattern: string): void => onMatch(asPattern(pattern))
  return (
    <Field
      ref={inputRef}
      className={css.grow}
      aria-label="Filter keys"
      placeholder="filter keys, as in user:*"
      mono
      icon={<Search size={14} />}
      value={typed}
      onValueChange={setTyped}
      onKeyDown={(event) => {
        if (event.key === 'Enter') apply(typed)
        else if (event.key === 'ArrowDown') onLeave()
        else if (event.key === 'Escape' && typed !== match) setTyped(match)
        else if (event.key === 'Escape') onLeave()
        else return
        event.preventDefault()
      }}
      suffix={
        typed === '' ? (
          <Kbd keys="/" />
        ) : typed !== match ? (
          <Kbd keys="enter" />
        ) : (
          <IconButton label="Clear the filter" size="small" icon={<X size={12} />} onClick={() => apply('')} />
        )
      }
    />
  )
}

/** A word without wildcards means keys that contain it; one would otherwise find only itself. */
function asPattern(typed: string): string {
  const pattern = typed.trim()
  if (pattern === '' || pattern === '*') return ''
  return /[*?[\]\\]/.test(pattern) ? pattern : `*${pattern}*`
}
