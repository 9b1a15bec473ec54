import type { Branch, CheckpointPlace } from '../../../shared/contract/checkpoints.ts'
import { toFailure } from '../../api/backend.ts'
import { plural } from '../../lib/format-count.ts'
import { ConfirmDialog, Sends } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { toast } from '../../ui/toast.tsx'
import css from './checkpoints.module.css'
import { commandLine } from './command-line.ts'
import { useCheckpointCall } from './queries.ts'

export interface RemoveBranchDialogProps {
  readonly place: CheckpointPlace
  readonly branch: Branch
  readonly onClose: () => void
}

export function RemoveBranchDialog({ place, branch, onClose }: RemoveBranchDialogProps) {
  const { name, keys, dir } = branch
  const remove = useCheckpointCall('branches.remove')
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete the branch “${name}”?`}
      action="Delete the branch"
      danger
      busy={remove.isPending}
      onConfirm={() =>
        remove.mutate(
          { place, name },
          {
            onSuccess: () => {
              toast({ kind: 'ok', title: `Deleted the branch “${name}”` })
              onClose()
            },
          },
        )
      }
    >
      <p>
        Its folder is deleted with all data in it: {keys === undefined ? 'what' : `the ${plural(keys, 'key')}`} it began
        with, and whatever was written to it since. A server that was started on it by hand must be stopped first. This
        cannot be undone.
      </p>
      <code className={css.words}>{dir}</code>
      <Sends commands={[commandLine('KEYSTEAD.BRANCH', 'DELETE', name)]} />
      {remove.error && <FailureNote failure={toFailure(remove.error)} />}
    </ConfirmDialog>
  )
}
