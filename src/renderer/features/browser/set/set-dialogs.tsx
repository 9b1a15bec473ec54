import { useState } from 'react'
import type { Member } from '../../../../shared/contract/sets.ts'
import type { KeyName } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { toFailure } from '../../../api/backend.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog, Sends } from '../../../ui/dialog.tsx'
import { FailureNote } from '../../../ui/error-note.tsx'
import { Field } from '../../../ui/field.tsx'
import { toast } from '../../../ui/toast.tsx'
import { parseName, showCommand } from '../names.ts'
import { useKeyCall } from '../queries.ts'
import { RemoveMemberDialog } from '../remove-member-dialog.tsx'
import type { Place } from '../view-state.ts'
import { readSends, useMemberCall } from '../whole-member.ts'

export type SetDialog = { readonly does: 'add' } | { readonly does: 'remove'; readonly member: Member }

export interface SetDialogsProps {
  readonly place: Place
  readonly name: KeyName
  /** Members of the set: the last one takes the key with it. */
  readonly length: number
  readonly dialog: SetDialog | undefined
  readonly onClose: () => void
  readonly onRemoved: (member: Member) => void
}

export function SetDialogs({ dialog, ...props }: SetDialogsProps) {
  if (dialog?.does === 'add') return <Add {...props} />
  if (dialog?.does === 'remove') return <Remove {...props} member={dialog.member} />
  return null
}

type Common = Omit<SetDialogsProps, 'dialog'>

function Add({ place, name, onClose }: Common) {
  const [typed, setTyped] = useState('')
  const add = useKeyCall('sets.add', place, name)
  const member = parseName(typed)
  const key = latin1ToBytes(name)
  const submit = (): void => {
    if (!member.ok) return
    add.mutate(
      { ...place, key: name, member: latin1ToBytes(member.name) },
      {
        onSuccess: ({ added }) => {
          if (!added) toast({ title: 'It was a member already' })
          onClose()
        },
      },
    )
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a member"
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending} disabled={!member.ok}>
            Add member
          </Button>
        </>
      }
    >
      <Field
        label="Member"
        mono
        autoFocus
        value={typed}
        onValueChange={setTyped}
        error={member.ok ? undefined : member.why}
        hint={'Text as it is, or quoted for other bytes: "\\x00\\xff".'}
      />
      {member.ok && (
        <Sends
          commands={[
            showCommand(['WATCH', key]),
            showCommand(['EXISTS', key]),
            showCommand(['SISMEMBER', key, latin1ToBytes(member.name)]),
            'MULTI',
            showCommand(['SADD', key, latin1ToBytes(member.name)]),
            'EXEC',
          ]}
        />
      )}
      {add.error && <FailureNote failure={toFailure(add.error)} />}
    </Dialog>
  )
}

function Remove({ place, name, length, member, onClose, onRemoved }: Common & { readonly member: Member }) {
  const remove = useMemberCall('sets.remove', place, name, member)
  return (
    <RemoveMemberDialog
      member={member}
      isLast={length === 1}
      commands={[...readSends(name, member), showCommand(['SREM', latin1ToBytes(name), member])]}
      isRemoving={remove.isPending}
      error={remove.error}
      onConfirm={() =>
        remove.mutate((bytes) => ({ ...place, key: name, members: [bytes] }), {
          onSuccess: ({ removed }) => {
            if (removed === 0) toast({ title: 'The member was gone already' })
            onRemoved(member)
            onClose()
          },
        })
      }
      onClose={onClose}
    />
  )
}
