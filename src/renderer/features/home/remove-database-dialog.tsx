import { useState } from 'react'
import type { LocalDatabase } from '../../../shared/contract/databases.ts'
import { toFailure } from '../../api/backend.ts'
import { plural } from '../../lib/format-count.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { Field } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'
import css from './home.module.css'
import { useCall } from './queries.ts'

export interface RemoveDatabaseDialogProps {
  readonly database: LocalDatabase
  readonly onClose: () => void
}

/** Takes it off the list; its data goes only when that is said twice. */
export function RemoveDatabaseDialog({ database, onClose }: RemoveDatabaseDialogProps) {
  const { id, name, dir, keys } = database
  const [deleteData, setDeleteData] = useState(false)
  const [typed, setTyped] = useState('')
  const remove = useCall('databases.remove')
  const confirm = (): void =>
    remove.mutate(
      { id, deleteData, ...(deleteData && { confirm: typed }) },
      {
        onSuccess: ({ dataLeftIn }) => {
          onClose()
          toast({
            kind: 'ok',
            title: `${name} is removed`,
            description: dataLeftIn === undefined ? 'Its folder is deleted.' : `Its folder is still ${dataLeftIn}`,
          })
        },
      },
    )
  const what = [
    keys ? plural(keys, 'key') : '',
    database.checkpoints ? plural(database.checkpoints.count, 'checkpoint') : '',
  ]
    .filter(Boolean)
    .join(', ')
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Remove ${name}?`}
      action={deleteData ? 'Remove and delete its data' : 'Remove from the list'}
      danger={deleteData}
      busy={remove.isPending}
      disabled={deleteData && typed !== name}
      onConfirm={confirm}
    >
      <p>
        {database.status === 'running' ? 'It is stopped and taken' : 'It is taken'} off the list.{' '}
        {deleteData ? 'Its folder is deleted:' : 'Its folder stays:'}
      </p>
      <code className={css.words}>{dir}</code>
      <Checkbox
        label={['Delete its data as well', what].filter(Boolean).join(': ')}
        checked={deleteData}
        onCheckedChange={setDeleteData}
      />
      {deleteData && (
        <Field
          label={`This cannot be undone. Type “${name}” to confirm.`}
          value={typed}
          onValueChange={setTyped}
          autoFocus
        />
      )}
      {remove.error && <FailureNote failure={toFailure(remove.error)} />}
    </ConfirmDialog>
  )
}
