import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Branch } from '../../../shared/contract/checkpoints.ts'
import { toFailure } from '../../api/backend.ts'
import { databasesKey } from '../../api/databases.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { Field } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'
import { type BranchToOpen, openBranch } from './use-branch.ts'

export interface OpenBranchDialogProps {
  /** The local database whose branch it is. */
  readonly of: string
  readonly branch: Branch
  readonly onClose: () => void
}

/** A local database on a branch that has none. */
export function OpenBranchDialog({ of, branch, onClose }: OpenBranchDialogProps) {
  const [name, setName] = useState(branch.name)
  const client = useQueryClient()
  const open = useMutation({
    mutationFn: (request: BranchToOpen) => openBranch(request),
    onSettled: () => client.invalidateQueries({ queryKey: databasesKey }),
  })
  const submit = (): void => {
    if (name.trim() === '') return
    open.mutate(
      { of, branch: branch.name, name: name.trim(), port: undefined, start: true },
      {
        onSuccess: (outcome) => {
          toast(outcome)
          onClose()
        },
      },
    )
  }
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Create a database on the branch “${branch.name}”`}
      description="It has its data in the folder of the branch, and a free port of its own."
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={open.isPending} disabled={name.trim() === ''}>
            Create and start
          </Button>
        </>
      }
    >
      <Field label="Name" value={name} onValueChange={setName} autoFocus onFocus={(event) => event.target.select()} />
      {open.error && <FailureNote failure={toFailure(open.error)} />}
    </Dialog>
  )
}
