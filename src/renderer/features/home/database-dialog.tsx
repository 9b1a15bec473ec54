import { useState } from 'react'
import type { LocalDatabase } from '../../../shared/contract/databases.ts'
import { toFailure } from '../../api/backend.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { Field } from '../../ui/field.tsx'
import { DatabaseFailure } from './database-failure.tsx'
import { useCall } from './queries.ts'

export interface DatabaseDialogProps {
  /** Absent: a new one. */
  readonly database?: LocalDatabase
  readonly onClose: () => void
}

export function DatabaseDialog({ database, onClose }: DatabaseDialogProps) {
  const [name, setName] = useState(database?.name ?? '')
  const [port, setPort] = useState(database ? String(database.port) : '')
  const [autoStart, setAutoStart] = useState(database?.autoStart ?? true)
  const create = useCall('databases.create')
  const update = useCall('databases.update')
  const { isPending, error } = database ? update : create
  const portNumber = port.trim() === '' ? undefined : Number(port)
  const isPortBad = portNumber !== undefined && !(Number.isInteger(portNumber) && portNumber > 0 && portNumber < 65_536)
  const canSave = name.trim() !== '' && !isPortBad && (!database || portNumber !== undefined)

  const save = (at: number | undefined = portNumber): void => {
    if (!canSave) return
    const done = { onSuccess: onClose }
    if (database) update.mutate({ id: database.id, name, port: at, autoStart }, done)
    else create.mutate({ name, ...(at !== undefined && { port: at }), autoStart }, done)
  }
  const failure = error ? toFailure(error) : null
  const willMove = database?.status === 'running' && portNumber !== database.port && !isPortBad
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={database ? `Change ${database.name}` : 'Create a local database'}
      onSubmit={() => save()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={isPending} disabled={!canSave}>
            {database ? 'Save' : 'Create and start'}
          </Button>
        </>
      }
    >
      <Field label="Name" value={name} onValueChange={setName} placeholder="shop" autoFocus required />
      <Field
        label="Port"
        value={port}
        onValueChange={setPort}
        inputMode="numeric"
        mono
        placeholder={database ? undefined : 'the first free one from 6379'}
        error={isPortBad ? '1 to 65535' : undefined}
        hint={
          willMove
            ? `It serves on ${database.port} until it is stopped and started again.`
            : 'On 127.0.0.1, where only this machine reaches it.'
        }
      />
      <Checkbox label="Start with Keystead" checked={autoStart} onCheckedChange={setAutoStart} />
      {failure?.port && (
        <DatabaseFailure
          failure={failure}
          onStart={(free) => {
            setPort(String(free))
            save(free)
          }}
        />
      )}
      {failure && !failure.port && <FailureNote failure={failure} />}
    </Dialog>
  )
}
