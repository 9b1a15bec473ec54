import { useLink } from '../api/link.ts'
import { Spinner } from '../ui/spinner.tsx'
import css from './layout.module.css'

/** Calm, because it mends itself; after some attempts it says what may have happened. */
const LONG_AWAY = 4

export function BackendAway() {
  const { state, attempts } = useLink()
  if (state !== 'away') return null
  return (
    <div className={css.away} role="status">
      <Spinner />
      <span>
        The backend of Keystead is away; reconnecting. What you see is what was last known.
        {attempts >= LONG_AWAY && ' If Keystead was started anew, open the address it printed.'}
      </span>
    </div>
  )
}
