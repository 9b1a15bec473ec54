import { useState } from 'react'
import type { CheckpointPlace } from '../../../shared/contract/checkpoints.ts'
import { toFailure } from '../../api/backend.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, Sends } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { Field } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'
import { commandLine } from './command-line.ts'
import { nameOfMoment, nameProblem } from './names.ts'
import { useCheckpointCall } from './queries.ts'

export interface CreateDialogProps {
  readonly place: CheckpointPlace
  /** Whose data it is, in the title. */
  readonly of: string
  /** Names that are taken, as far as they are known here. */
  readonly taken: readonly string[]
  /** Shows it in its list; absent where there is none. */
  readonly onCreated?: (name: string) => void
  readonly onClose: () => void
}

/** "Checkpoint now": a name is proposed, so that Enter is enough. */
export function CreateDialog({ place, of, taken, onCreated, onClose }: CreateDialogProps) {
  const [name, setName] = useState(() => nameOfMoment(new Date()))
  const create = useCheckpointCall('checkpoints.create')
  const problem = nameProblem(name, taken)
  const submit = (): void => {
    if (name === '' || problem !== undefined) return
    create.mutate(
      { place, name },
      {
        onSuccess: () => {
          if (onCreated) onCreated(name)
          else toast({ kind: 'ok', title: `Kept as “${name}”`, description: `All data of ${of}, as it is now.` })
          onClose()
        },
      },
    )
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Checkpoint ${of} now`}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={create.isPending}
            disabled={name === '' || problem !== undefined}
          >
            Create checkpoint
          </Button>
        </>
      }
    >
      <Field
        label="Name"
        value={name}
        onValueChange={(text) => {
          create.reset()
          setName(text)
        }}
        error={problem}
        hint="All data, in all databases, is kept under it as it is now."
        autoFocus
        onFocus={(event) => event.target.select()}
      />
      <Sends commands={[commandLine('KEYSTEAD.CHECKPOINT', 'CREATE', name)]} />
      {create.error && <FailureNote failure={toFailure(create.error)} />}
    </Dialog>
  )
}
