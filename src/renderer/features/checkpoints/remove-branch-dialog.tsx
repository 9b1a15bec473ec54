import type { Branch, CheckpointPlace } from '../../../shared/contract/checkpoints.ts'
import { plural } from '../../lib/format-count.ts'
import css from './checkpoints.module.css'
import { DeletionDialog } from './deletion-dialog.tsx'

export interface RemoveBranchDialogProps {
  readonly place: CheckpointPlace
  readonly branch: Branch
  readonly onClose: () => void
}

export function RemoveBranchDialog({ place, branch, onClose }: RemoveBranchDialogProps) {
  const { name, keys, dir } = branch
  return (
    <DeletionDialog place={place} kind="branch" name={name} onClose={onClose}>
      <p>
        Its folder is deleted with all data in it: {keys === undefined ? 'what' : `the ${plural(keys, 'key')}`} it began
        with, and whatever was written to it since. A server that was started on it by hand must be stopped first. This
        cannot be undone.
      </p>
      <code className={css.words}>{dir}</code>
    </DeletionDialog>
  )
}
