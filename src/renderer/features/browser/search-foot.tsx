import { formatExact, plural } from '../../lib/format-count.ts'
import { Button } from '../../ui/button.tsx'
import { Progress } from '../../ui/progress.tsx'
import css from './browser.module.css'
import type { Findings } from './use-findings.ts'

export interface SearchFootProps {
  readonly findings: Pick<Findings<unknown>, 'rows' | 'looked' | 'length' | 'state' | 'stop' | 'goOn'>
  /** One of what is searched: "element". */
  readonly element: string
  /** The server does not say exactly how many it looked at. */
  readonly isAbout?: boolean
}

/** How far a search came, below what it found, until it has looked at everything. */
export function SearchFoot({ findings, element, isAbout = false }: SearchFootProps) {
  const { rows, looked, length, state, stop, goOn } = findings
  if (state === 'complete' || state === 'failed' || length === undefined) return null
  const share = length === 0 ? null : looked / length
  return (
    <div className={css.searchFoot}>
      {state === 'reading' && (
        <div className={css.searchBar}>
          <Progress label={`Searching every ${element}`} value={share} bare />
        </div>
      )}
      <span role="status">
        {formatExact(rows.length)} found so far, {isAbout && 'about '}
        {formatExact(looked)} of {plural(length, element)} looked at
        {state === 'stopped' && ', stopped'}
        {state === 'enough' && '; scroll down to search on'}
      </span>
      <span className={css.grow} />
      {state === 'reading' && (
        <Button size="small" onClick={stop}>
          Stop
        </Button>
      )}
      {state === 'stopped' && (
        <Button size="small" onClick={goOn}>
          Search on
        </Button>
      )}
    </div>
  )
}
