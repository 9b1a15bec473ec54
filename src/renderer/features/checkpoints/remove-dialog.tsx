import type { Checkpoint, CheckpointPlace } from '../../../shared/contract/checkpoints.ts'
import { toFailure } from '../../api/backend.ts'
import { plural } from '../../lib/format-count.ts'
import { formatAbsolute } from '../../lib/format-time.ts'
import { ConfirmDialog, Sends } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { toast } from '../../ui/toast.tsx'
import { commandLine } from './command-line.ts'
import { useCheckpointCall } from './queries.ts'

export interface RemoveDialogProps {
  readonly place: CheckpointPlace
  readonly checkpoint: Checkpoint
  readonly onClose: () => void
}

export function RemoveDialog({ place, checkpoint, onClose }: RemoveDialogProps) {
  const { name, keys, createdAt, problem } = checkpoint
  const remove = useCheckpointCall('checkpoints.remove')
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete the checkpoint “${name}”?`}
      action="Delete the checkpoint"
      danger
      busy={remove.isPending}
      onConfirm={() =>
        remove.mutate(
          { place, name },
          {
            onSuccess: () => {
              toast({ kind: 'ok', title: `Deleted the checkpoint “${name}”` })
              onClose()
            },
          },
        )
      }
    >
      <p>
        {problem === undefined
          ? `The ${plural(keys, 'key')} of ${formatAbsolute(createdAt)} can no longer be brought back. `
          : 'Its files are deleted, as far as they are there. '}
        The data of the server stays as it is, and so do branches made from the checkpoint. This cannot be undone.
      </p>
      <Sends commands={[commandLine('KEYSTEAD.CHECKPOINT', 'DELETE', name)]} />
      {remove.error && <FailureNote failure={toFailure(remove.error)} />}
    </ConfirmDialog>
  )
}
