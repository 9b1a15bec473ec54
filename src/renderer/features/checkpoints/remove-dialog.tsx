import type { Checkpoint, CheckpointPlace } from '../../../shared/contract/checkpoints.ts'
import { plural } from '../../lib/format-count.ts'
import { formatAbsolute } from '../../lib/format-time.ts'
import { DeletionDialog } from './deletion-dialog.tsx'

export interface RemoveDialogProps {
  readonly place: CheckpointPlace
  readonly checkpoint: Checkpoint
  readonly onClose: () => void
}

export function RemoveDialog({ place, checkpoint, onClose }: RemoveDialogProps) {
  const { name, keys, createdAt, problem } = checkpoint
  return (
    <DeletionDialog place={place} kind="checkpoint" name={name} onClose={onClose}>
      <p>
        {problem === undefined
          ? `The ${plural(keys, 'key')} of ${formatAbsolute(createdAt)} can no longer be brought back. `
          : 'Its files are deleted, as far as they are there. '}
        The data of the server stays as it is, and so do branches made from the checkpoint. This cannot be undone.
      </p>
    </DeletionDialog>
  )
}
