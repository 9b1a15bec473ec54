import { CircleCheck, Undo2, X } from 'lucide-react'
import { toFailure } from '../../api/backend.ts'
import { Button } from '../../ui/button.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import css from './checkpoints.module.css'
import { momentWords } from './moment.ts'
import type { RewindCall } from './queries.ts'

export interface RewindNoteProps {
  readonly rewind: RewindCall
}

/** What the last rewind did, and the way back, for as long as it is looked at. */
export function RewindNote({ rewind }: RewindNoteProps) {
  const { isPending, data, variables, error } = rewind
  if (error) {
    return (
      <div className={css.failure}>
        <FailureNote
          failure={toFailure(error)}
          actions={
            <Button size="small" onClick={() => rewind.reset()}>
              Dismiss
            </Button>
          }
        />
      </div>
    )
  }
  if (variables === undefined) return null
  const undo = data?.undo
  return (
    <div className={css.rewound} role="status">
      {isPending ? <Spinner /> : <CircleCheck size={16} className={css.ok} aria-hidden="true" />}
      <span className={css.rewoundText}>
        {isPending ? (
          `Rewinding to ${momentWords(variables)}…`
        ) : (
          <>
            The data is that of <b>{momentWords(variables)}</b>.{' '}
            {undo
              ? `What was there before is kept as “${undo.name}”.`
              : 'What was there before is kept as the newest checkpoint.'}
          </>
        )}
      </span>
      {/* It stays while an undo runs: the focus is on it. */}
      {(undo || isPending) && (
        <Button
          size="small"
          icon={<Undo2 size={14} />}
          busy={isPending}
          onClick={() => undo && rewind.mutate({ checkpoint: undo.name })}
        >
          Undo
        </Button>
      )}
      {!isPending && <IconButton label="Dismiss" size="small" icon={<X size={14} />} onClick={() => rewind.reset()} />}
    </div>
  )
}
