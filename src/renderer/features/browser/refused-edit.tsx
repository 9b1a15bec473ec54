import type { Failure } from '../../../shared/contract/failure.ts'
import { Button } from '../../ui/button.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import css from './browser.module.css'

export interface RefusedEditProps {
  readonly failure: Failure
  readonly onReload: () => void
  readonly onOverwrite: (() => void) | undefined
}

/** Why an edit was not applied, and what to do with it where others wrote meanwhile. */
export function RefusedEdit({ failure, onReload, onOverwrite }: RefusedEditProps) {
  const actions =
    failure.code === 'CHANGED_MEANWHILE' ? (
      <>
        <Button size="small" onClick={onReload}>
          Discard mine, show theirs
        </Button>
        {onOverwrite && (
          <Button size="small" variant="danger" onClick={onOverwrite}>
            Overwrite theirs
          </Button>
        )}
      </>
    ) : undefined
  return (
    <div className={css.note}>
      <FailureNote
        failure={failure}
        tone={failure.code === 'CHANGED_MEANWHILE' ? 'warning' : 'error'}
        actions={actions}
      />
    </div>
  )
}
