import { type KeyboardEvent, useState } from 'react'
import { Field } from '../../ui/field.tsx'
import css from './console.module.css'

interface HistorySearchProps {
  /** Newest last. */
  readonly history: readonly string[]
  /** Undefined: never mind. */
  readonly onTake: (text: string | undefined) => void
}

const SHOWN_MAX = 8

/** Ctrl+R: what was typed before, newest first, narrowed by every word typed here. */
export function HistorySearch({ history, onTake }: HistorySearchProps) {
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const found = history.filter((entry) => words.every((word) => entry.toLowerCase().includes(word))).reverse()
  const shown = found.slice(0, SHOWN_MAX)
  const chosen = Math.min(active, shown.length - 1)

  const onKeyDown = (event: KeyboardEvent): void => {
    const isOlder = event.key === 'ArrowDown' || (event.ctrlKey && event.key === 'r')
    if (event.key === 'Escape' || (event.ctrlKey && event.key === 'g')) onTake(undefined)
    else if (event.key === 'Enter') onTake(shown[chosen])
    else if (isOlder) setActive(Math.min(chosen + 1, shown.length - 1))
    else if (event.key === 'ArrowUp') setActive(Math.max(chosen - 1, 0))
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the field within.
    <div className={css.search} onKeyDown={onKeyDown}>
      <ul className={css.found} aria-label="Earlier input">
        {shown.map((entry, i) => (
          <li key={entry}>
            <button
              type="button"
              className={css.foundEntry}
              data-active={i === chosen ? '' : undefined}
              tabIndex={-1}
              onClick={() => onTake(entry)}
            >
              {entry}
            </button>
          </li>
        ))}
        {shown.length === 0 && (
          <li className={css.nothing}>{history.length === 0 ? 'Nothing was typed here yet.' : 'Nothing matches.'}</li>
        )}
      </ul>
      <Field
        mono
        aria-label="Search what was typed before"
        value={query}
        autoFocus
        placeholder={`Search ${history.length} earlier inputs; Enter takes, Esc leaves`}
        onValueChange={(next) => {
          setQuery(next)
          setActive(0)
        }}
      />
      {found.length > shown.length && <p className={css.nothing}>{`${found.length - shown.length} more match.`}</p>}
    </div>
  )
}
