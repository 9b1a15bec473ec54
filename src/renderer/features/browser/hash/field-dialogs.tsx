import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { HashField } from '../../../../shared/contract/hashes.ts'
import type { FieldName, KeyName } from '../../../../shared/contract/types.ts'
import { latin1ToBytes, utf8ToBytes } from '../../../../shared/text/bytes.ts'
import { ask, toFailure } from '../../../api/backend.ts'
import { Button } from '../../../ui/button.tsx'
import { ConfirmDialog, Dialog, Sends } from '../../../ui/dialog.tsx'
import { ErrorNote, FailureNote } from '../../../ui/error-note.tsx'
import { Field, TextArea } from '../../../ui/field.tsx'
import { toast } from '../../../ui/toast.tsx'
import { ExpiryDialog } from '../expiry-dialog.tsx'
import { parseName, showCommand, showName } from '../names.ts'
import { refreshKey, useKeyCall } from '../queries.ts'
import type { Place } from '../view-state.ts'

export type FieldDialog =
  | { readonly does: 'add' }
  | { readonly does: 'remove'; readonly field: FieldName }
  /** `at`: when the row's time to live was asked. */
  | { readonly does: 'expire'; readonly row: HashField; readonly at: number }

export interface FieldDialogsProps {
  readonly place: Place
  readonly name: KeyName
  /** Fields of the hash: the last one takes the key with it. */
  readonly length: number
  readonly dialog: FieldDialog | undefined
  readonly fieldExpiry: { readonly supported: boolean; readonly why?: string }
  readonly onClose: () => void
  readonly onRemoved: (field: FieldName) => void
}

export function FieldDialogs({ dialog, ...props }: FieldDialogsProps) {
  if (dialog?.does === 'add') return <AddField {...props} />
  if (dialog?.does === 'remove') return <RemoveField {...props} field={dialog.field} />
  if (dialog?.does === 'expire') return <ExpireField {...props} row={dialog.row} at={dialog.at} />
  return null
}

type Common = Omit<FieldDialogsProps, 'dialog'>

function AddField({ place, name, onClose }: Common) {
  const [typed, setTyped] = useState('')
  const [value, setValue] = useState('')
  const add = useKeyCall('hashes.set', place, name)
  const field = parseName(typed)
  const submit = (): void => {
    if (!field.ok) return
    const request = { ...place, key: name, field: field.name as FieldName, value: utf8ToBytes(value), create: true }
    add.mutate(request, { onSuccess: onClose })
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a field"
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending} disabled={!field.ok}>
            Add field
          </Button>
        </>
      }
    >
      <Field
        label="Field"
        mono
        autoFocus
        value={typed}
        onValueChange={setTyped}
        error={field.ok ? undefined : field.why}
        hint={'Text as it is, or quoted for other bytes: "\\x00\\xff".'}
      />
      <TextArea label="Value" mono rows={5} value={value} onValueChange={setValue} />
      {field.ok && (
        <Sends
          commands={[
            showCommand(['WATCH', latin1ToBytes(name)]),
            showCommand(['EXISTS', latin1ToBytes(name)]),
            showCommand(['HEXISTS', latin1ToBytes(name), latin1ToBytes(field.name)]),
            'MULTI',
            showCommand(['HSET', latin1ToBytes(name), latin1ToBytes(field.name), utf8ToBytes(value)]),
            'EXEC',
          ]}
        />
      )}
      {add.error && <FailureNote failure={toFailure(add.error)} />}
    </Dialog>
  )
}

function RemoveField({ place, name, length, field, onClose, onRemoved }: Common & { readonly field: FieldName }) {
  const remove = useKeyCall('hashes.remove', place, name)
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete the field ${showName(field)}?`}
      action="Delete the field"
      danger
      busy={remove.isPending}
      onConfirm={() =>
        remove.mutate(
          { ...place, key: name, fields: [field] },
          {
            onSuccess: ({ removed }) => {
              if (removed === 0) toast({ title: 'The field was gone already' })
              onRemoved(field)
              onClose()
            },
          },
        )
      }
    >
      {length === 1 && <ErrorNote tone="warning" what="It is the last field: the key goes with it." />}
      <Sends commands={[showCommand(['HDEL', latin1ToBytes(name), latin1ToBytes(field)])]} />
      {remove.error && <FailureNote failure={toFailure(remove.error)} />}
    </ConfirmDialog>
  )
}

type ExpireFieldProps = Common & { readonly row: HashField; readonly at: number }

function ExpireField({ place, name, row, at, fieldExpiry, onClose }: ExpireFieldProps) {
  const client = useQueryClient()
  const { field, ttlMs = -1 } = row
  const [openedAt] = useState(() => Date.now())
  const change = useMutation({
    mutationFn: (wanted: number | null) =>
      wanted === null
        ? ask('hashes.persistField', { ...place, key: name, field })
        : ask('hashes.expireField', { ...place, key: name, field, ttlMs: wanted }),
    onSuccess: ({ done }) => {
      if (!done) toast({ kind: 'error', title: 'The field is gone', description: 'It expired or was deleted.' })
      onClose()
    },
    onSettled: () => void refreshKey(client, place, name),
  })
  const of = ['FIELDS', '1', latin1ToBytes(field)] as const
  return (
    <ExpiryDialog
      of={showName(field)}
      ttlMs={ttlMs < 0 ? -1 : Math.max(1, at + ttlMs - openedAt)}
      lack={fieldExpiry.supported ? undefined : fieldExpiry.why}
      command={(wanted) =>
        wanted === null
          ? showCommand(['HPERSIST', latin1ToBytes(name), ...of])
          : showCommand(['HPEXPIRE', latin1ToBytes(name), String(wanted), ...of])
      }
      onApply={(wanted) => change.mutate(wanted)}
      isApplying={change.isPending}
      failure={change.error ? toFailure(change.error) : undefined}
      onClose={onClose}
    />
  )
}
