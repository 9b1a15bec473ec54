import type { Checkpoint, CheckpointPlace } from '../../../shared/contract/checkpoints.ts'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import { toFailure } from '../../api/backend.ts'
import { plural } from '../../lib/format-count.ts'
import { formatAbsolute } from '../../lib/format-time.ts'
import { ConfirmDialog, Sends } from '../../ui/dialog.tsx'
import { ErrorNote, FailureNote } from '../../ui/error-note.tsx'
import css from './checkpoints.module.css'
import { commandLine } from './command-line.ts'
import type { RewindCall } from './queries.ts'

export interface RewindDialogProps {
  readonly session: SessionInfo
  readonly place: CheckpointPlace
  readonly checkpoint: Checkpoint
  /** The page's: it goes on, and is told of, when this dialog is closed meanwhile. */
  readonly rewind: RewindCall
  readonly onClose: () => void
}

export function RewindDialog({ session, place, checkpoint, rewind, onClose }: RewindDialogProps) {
  const { name, keys, createdAt } = checkpoint
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Rewind ${session.name} to “${name}”?`}
      action={`Rewind to ${plural(keys, 'key')}`}
      busy={rewind.isPending}
      onConfirm={() => rewind.mutate({ place, name }, { onSuccess: onClose })}
    >
      <p>
        All data, in all databases, becomes what it was on {formatAbsolute(createdAt)}: <b>{plural(keys, 'key')}</b>.
        What was written since is no longer there.
      </p>
      <p>
        <b>This can be undone:</b> the data as it is now is kept as a checkpoint first, and rewinding to that one brings
        it back. If that checkpoint cannot be made, nothing is changed.
      </p>
      <p className={css.quiet}>Until it is done, everybody who asks the server is told LOADING.</p>
      {session.environment === 'production' && (
        <ErrorNote
          tone="warning"
          what={`${session.name} is production.`}
          todo="Whoever uses it sees the old data from then on."
        />
      )}
      <Sends commands={[commandLine('KEYSTEAD.CHECKPOINT', 'REWIND', name)]} />
      {rewind.error && <FailureNote failure={toFailure(rewind.error)} />}
    </ConfirmDialog>
  )
}
