import { toFailure } from '../../api/backend.ts'
import { Button } from '../../ui/button.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import css from './browser.module.css'

export interface ReadFailureProps {
  readonly error: Error
  readonly onRetry: () => void
}

/** What was asked for did not come: why, and once more. */
export function ReadFailure({ error, onRetry }: ReadFailureProps) {
  return (
    <div className={css.note}>
      <FailureNote
        failure={toFailure(error)}
        actions={
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        }
      />
    </div>
  )
}
