import { toFailure } from '../../api/backend.ts'
import { Button } from '../../ui/button.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import css from './browser.module.css'
import type { BrowseState } from './use-browse.ts'
import { type Place, useViewActions } from './view-state.ts'

/** Why there are no keys, or not all. */
export function ScanNote({ browse }: { readonly browse: BrowseState }) {
  const { progress, error, retry, resume } = browse
  const failure = error ? toFailure(error) : progress?.failure
  if (!failure) return null
  const isWaiting = progress?.state === 'scanning'
  return (
    <div className={css.note}>
      <FailureNote
        failure={isWaiting ? { ...failure, hint: 'The scan goes on by itself when the server is back.' } : failure}
        tone={isWaiting ? 'warning' : 'error'}
        actions={
          isWaiting ? undefined : (
            <Button size="small" onClick={error ? retry : resume}>
              Try again
            </Button>
          )
        }
      />
    </div>
  )
}

export interface RowsFailureProps {
  readonly error: Error
  readonly onRetry: () => void
  readonly place: Place
}

/** Rows that could not be had of a scan that found them. */
export function RowsFailure({ error, onRetry, place }: RowsFailureProps) {
  const { rescan } = useViewActions(place)
  const failure = toFailure(error)
  // A backend that forgot the browse (it was started anew, or others took its place) needs another scan.
  const retry = failure.code === 'NOT_FOUND' ? rescan : onRetry
  return (
    <div className={css.note}>
      <FailureNote
        failure={failure}
        actions={
          <Button size="small" onClick={retry}>
            {failure.code === 'NOT_FOUND' ? 'Scan again' : 'Try again'}
          </Button>
        }
      />
    </div>
  )
}
