import { useState } from 'react'
import type { StreamConsumer, StreamGroup } from '../../../../shared/contract/streams.ts'
import type { Latin1 } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { idBefore, type StreamId } from '../../../../shared/text/stream-id.ts'
import { toFailure } from '../../../api/backend.ts'
import { formatExact, plural } from '../../../lib/format-count.ts'
import { Button } from '../../../ui/button.tsx'
import { ConfirmDialog, Dialog, Sends } from '../../../ui/dialog.tsx'
import { ErrorNote, FailureNote } from '../../../ui/error-note.tsx'
import { Field } from '../../../ui/field.tsx'
import { toast } from '../../../ui/toast.tsx'
import css from '../browser.module.css'
import { parseName, showCommand, showName } from '../names.ts'
import { useKeyCall } from '../queries.ts'
import { parsePoint } from './points.ts'
import type { OfStream } from './stream-dialogs.tsx'

type After = { readonly ok: true; readonly after: StreamId | '$' } | { readonly ok: false; readonly why?: string }

/** After which entry a group goes on. A time means what was added from then on. */
function readAfter(typed: string): After {
  const text = typed.trim()
  if (text === '') return { ok: false }
  if (text === '$') return { ok: true, after: '$' }
  const point = parsePoint(text, Date.now())
  if (!point.ok) return { ok: false, why: `Write $, 0, an ID, a time or how long ago.` }
  return { ok: true, after: point.isTime ? (idBefore(point.first) ?? point.first) : point.first }
}

interface AfterFieldProps {
  readonly typed: string
  readonly onTyped: (typed: string) => void
  readonly read: After
  readonly autoFocus?: boolean
}

function AfterField({ typed, onTyped, read, autoFocus }: AfterFieldProps) {
  return (
    <>
      <Field
        label="Delivers what comes after"
        mono
        autoFocus={autoFocus}
        value={typed}
        onValueChange={onTyped}
        error={read.ok ? undefined : read.why}
        hint="$ is the end of the stream, 0 its beginning; else an ID, a time, or how long ago (2h)."
      />
      <div className={css.presets}>
        {['$', '0', '1h', '1d'].map((preset) => (
          <Button key={preset} size="small" onClick={() => onTyped(preset)}>
            {preset}
          </Button>
        ))}
      </div>
    </>
  )
}

/** What was typed, read at that moment: "1h" must not move on while it is looked at. */
function useAfter(initial: string) {
  const [state, setState] = useState(() => ({ typed: initial, read: readAfter(initial) }))
  return { ...state, onTyped: (typed: string): void => setState({ typed, read: readAfter(typed) }) }
}

export function CreateGroup({ place, name, onClose }: OfStream) {
  const [typedName, setTypedName] = useState('')
  const { typed, read, onTyped } = useAfter('$')
  const create = useKeyCall('streams.createGroup', place, name)
  const group = parseName(typedName)
  const isReady = group.ok && typedName !== '' && read.ok
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Create a consumer group"
      onSubmit={() => {
        if (isReady)
          create.mutate({ ...place, key: name, group: group.name, after: read.after }, { onSuccess: onClose })
      }}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={create.isPending} disabled={!isReady}>
            Create group
          </Button>
        </>
      }
    >
      <Field
        label="Name"
        mono
        autoFocus
        value={typedName}
        onValueChange={(text) => {
          create.reset()
          setTypedName(text)
        }}
        error={group.ok ? undefined : group.why}
        hint={'Text as it is, or quoted for other bytes: "\\x00\\xff".'}
      />
      <AfterField typed={typed} onTyped={onTyped} read={read} />
      {isReady && (
        <Sends
          commands={[showCommand(['XGROUP', 'CREATE', latin1ToBytes(name), latin1ToBytes(group.name), read.after])]}
        />
      )}
      {create.error && <FailureNote failure={toFailure(create.error)} />}
    </Dialog>
  )
}

export function SetPlace({ place, name, group, onClose }: OfStream & { readonly group: StreamGroup }) {
  const { typed, read, onTyped } = useAfter(group.lastDelivered)
  const set = useKeyCall('streams.setGroupPlace', place, name)
  const isSame = read.ok && read.after === group.lastDelivered
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Where ${showName(group.name)} goes on`}
      description="Back: entries are delivered again. Ahead: those between are not delivered. What is pending stays."
      onSubmit={() => {
        if (read.ok && !isSame)
          set.mutate({ ...place, key: name, group: group.name, after: read.after }, { onSuccess: onClose })
      }}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={set.isPending} disabled={!read.ok || isSame}>
            Set last delivered ID
          </Button>
        </>
      }
    >
      <AfterField typed={typed} onTyped={onTyped} read={read} autoFocus />
      {read.ok && !isSame && (
        <Sends
          commands={[showCommand(['XGROUP', 'SETID', latin1ToBytes(name), latin1ToBytes(group.name), read.after])]}
        />
      )}
      {set.error && <FailureNote failure={toFailure(set.error)} />}
    </Dialog>
  )
}

export function RemoveGroup({ place, name, group, onClose }: OfStream & { readonly group: StreamGroup }) {
  const remove = useKeyCall('streams.removeGroup', place, name)
  const { consumers, pending } = group
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Destroy the group ${showName(group.name)}?`}
      action="Destroy the group"
      danger
      busy={remove.isPending}
      onConfirm={() =>
        remove.mutate(
          { ...place, key: name, group: group.name },
          {
            onSuccess: ({ removed }) => {
              if (!removed) toast({ title: 'The group was gone already' })
              onClose()
            },
          },
        )
      }
    >
      The entries of the stream stay. How far the group had read is forgotten
      {consumers === 0 ? '.' : `, and its ${plural(consumers, 'consumer')} with it.`}
      {pending > 0 && <PendingLost pending={pending} />}
      <Sends commands={[showCommand(['XGROUP', 'DESTROY', latin1ToBytes(name), latin1ToBytes(group.name)])]} />
      {remove.error && <FailureNote failure={toFailure(remove.error)} />}
    </ConfirmDialog>
  )
}

const PendingLost = ({ pending }: { readonly pending: number }) => (
  <ErrorNote
    tone="warning"
    what={`${plural(pending, 'pending entry is', 'pending entries are')} lost with it.`}
    todo="They were delivered and not acknowledged: nobody can tell afterwards that they were never done."
  />
)

export interface RemoveConsumerProps extends OfStream {
  readonly group: Latin1
  readonly consumer: StreamConsumer
}

export function RemoveConsumer({ place, name, group, consumer, onClose }: RemoveConsumerProps) {
  const remove = useKeyCall('streams.removeConsumer', place, name)
  const command = ['XGROUP', 'DELCONSUMER', ...[name, group, consumer.name].map(latin1ToBytes)]
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete the consumer ${showName(consumer.name)}?`}
      action="Delete the consumer"
      danger
      busy={remove.isPending}
      onConfirm={() =>
        remove.mutate(
          { ...place, key: name, group, consumer: consumer.name },
          {
            onSuccess: ({ pendingLost }) => {
              if (pendingLost > 0) toast({ title: `${formatExact(pendingLost)} pending went with the consumer` })
              onClose()
            },
          },
        )
      }
    >
      {consumer.pending > 0 ? (
        <ErrorNote
          tone="warning"
          what={`${plural(consumer.pending, 'pending entry is', 'pending entries are')} lost with it.`}
          todo="Claim them for another consumer first, if they are still to be done."
        />
      ) : (
        'It has nothing pending. Should it read again, it comes back.'
      )}
      <Sends commands={[showCommand(command)]} />
      {remove.error && <FailureNote failure={toFailure(remove.error)} />}
    </ConfirmDialog>
  )
}
