import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CheckpointPlace } from '../../../shared/contract/checkpoints.ts'
import type { LocalDatabase } from '../../../shared/contract/databases.ts'
import { toFailure } from '../../api/backend.ts'
import { useDatabases } from '../../api/databases.ts'
import { formatRelative } from '../../lib/format-time.ts'
import { useNow } from '../../lib/use-now.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Dialog, Sends } from '../../ui/dialog.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { toast } from '../../ui/toast.tsx'
import css from './checkpoints.module.css'
import { commandLine } from './command-line.ts'
import { originOf, timeOf, timeText } from './moment.ts'
import { nameProblem } from './names.ts'
import { listQuery } from './queries.ts'
import { TimeField } from './time-field.tsx'
import { useBranch } from './use-branch.ts'

export interface BranchDialogProps {
  readonly place: CheckpointPlace
  /** Whose data it is, in the title. */
  readonly of: string
  /** The local database that the server is; without it the branch is a folder on the server's machine. */
  readonly database: LocalDatabase | undefined
  /** The checkpoint to begin with; absent: the data as it is now. */
  readonly from?: string
  readonly onClose: () => void
}

/** In the list of what to begin with; no checkpoint can have such a name. */
const NOW = ''
const TIME = '/time'

/** A branch, and of a local database a new one that has its data there. */
export function BranchDialog({ place, of, database, from: initial = NOW, onClose }: BranchDialogProps) {
  const [name, setName] = useState('')
  const [from, setFrom] = useState(initial)
  const [timeTyped, setTimeTyped] = useState(() => timeText(Date.now()))
  const [port, setPort] = useState('')
  const [start, setStart] = useState(true)
  const list = useQuery(listQuery(place))
  const databases = useDatabases().data ?? []
  const branch = useBranch()
  const now = useNow(10_000)

  const taken = [
    ...(list.data?.branches.map((other) => other.name) ?? []),
    ...(database ? databases.map((other) => other.name) : []),
  ].filter((other) => other !== branch.made)
  const problem = nameProblem(name, taken)
  const portNumber = port.trim() === '' ? undefined : Number(port)
  const isPortBad = portNumber !== undefined && !(Number.isInteger(portNumber) && portNumber > 0 && portNumber < 65_536)
  const time = timeOf(timeTyped)
  const canSubmit = name !== '' && problem === undefined && !isPortBad && (from !== TIME || time !== undefined)
  const moment = from === TIME ? time !== undefined && { time } : from !== NOW && { checkpoint: from }
  const submit = (): void => {
    if (!canSubmit) return
    branch.mutate(
      {
        place,
        name,
        from: moment || undefined,
        database: database && { of: database.id, port: portNumber, start },
      },
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
      onOpenChange={(open) => !open && onClose()}
      title={`Branch ${of}`}
      description={
        database
          ? 'A local database of its own that begins with this data. What is written to one is not in the other.'
          : 'A data folder beside that of the server, on its machine, for another keystead-server to start on.'
      }
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={branch.isPending} disabled={!canSubmit}>
            {database && start ? 'Create and start' : 'Create branch'}
          </Button>
        </>
      }
    >
      {/* First, for a small window shows no more of the form. */}
      {branch.error && <FailureNote failure={toFailure(branch.error)} />}
      <Select
        label="From"
        showLabel
        value={from}
        onValueChange={setFrom}
        options={[
          { value: NOW, label: 'the data as it is now' },
          ...(list.data?.keepsTimes ? [{ value: TIME, label: 'the data as it was at some time' }] : []),
          ...(list.data?.checkpoints ?? [])
            .filter(({ problem }) => problem === undefined)
            .map((checkpoint) => ({
              value: checkpoint.name,
              label: checkpoint.name,
              hint: formatRelative(Math.min(checkpoint.createdAt, now), now),
            })),
        ]}
      />
      {from === TIME && <TimeField value={timeTyped} onValueChange={setTimeTyped} />}
      <Field
        label="Name"
        value={name}
        onValueChange={(text) => {
          branch.reset()
          setName(text)
        }}
        placeholder="try-1"
        error={problem}
        hint={database && 'Of the branch and of the new database.'}
        autoFocus
      />
      {database && (
        <>
          <Field
            label="Port"
            value={port}
            onValueChange={setPort}
            inputMode="numeric"
            mono
            placeholder="the first free one from 6379"
            error={isPortBad ? '1 to 65535' : undefined}
          />
          <Checkbox label="Start it now" checked={start} onCheckedChange={setStart} />
        </>
      )}
      <Sends
        commands={[
          commandLine('KEYSTEAD.BRANCH', 'CREATE', name === '' ? 'name' : name, ...originOf(moment || undefined)),
        ]}
      />
      {list.error && <p className={css.quiet}>The checkpoints could not be listed: {toFailure(list.error).message}</p>}
    </Dialog>
  )
}
