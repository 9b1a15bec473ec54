import type { ReactNode } from 'react'
import type { CheckpointPlace } from '../../../shared/contract/checkpoints.ts'
import { toFailure } from '../../api/backend.ts'
import { ConfirmDialog, Sends } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { toast } from '../../ui/toast.tsx'
import { commandLine } from './command-line.ts'
import { useCheckpointCall } from './queries.ts'

const KINDS = {
  checkpoint: { method: 'checkpoints.remove', command: 'KEYSTEAD.CHECKPOINT' },
  branch: { method: 'branches.remove', command: 'KEYSTEAD.BRANCH' },
} as const

export interface DeletionDialogProps {
  readonly place: CheckpointPlace
  readonly kind: keyof typeof KINDS
  readonly name: string
  /** What will be gone. */
  readonly children: ReactNode
  readonly onClose: () => void
}

/** Asks before a checkpoint or a branch is deleted. */
export function DeletionDialog({ place, kind, name, children, onClose }: DeletionDialogProps) {
  const { method, command } = KINDS[kind]
  const remove = useCheckpointCall(method)
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete the ${kind} “${name}”?`}
      action={`Delete the ${kind}`}
      danger
      busy={remove.isPending}
      onConfirm={() =>
        remove.mutate(
          { place, name },
          {
            onSuccess: () => {
              toast({ kind: 'ok', title: `Deleted the ${kind} “${name}”` })
              onClose()
            },
          },
        )
      }
    >
      {children}
      <Sends commands={[commandLine(command, 'DELETE', name)]} />
      {remove.error && <FailureNote failure={toFailure(remove.error)} />}
    </ConfirmDialog>
  )
}
