import { useState } from 'react'
import type { KeyName } from '../../../../shared/contract/types.ts'
import type { ScoredMember } from '../../../../shared/contract/zsets.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { toFailure } from '../../../api/backend.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog, Sends } from '../../../ui/dialog.tsx'
import { FailureNote } from '../../../ui/error-note.tsx'
import { Field } from '../../../ui/field.tsx'
import { toast } from '../../../ui/toast.tsx'
import css from '../browser.module.css'
import { parseName, showCommand, showElement } from '../names.ts'
import { useKeyCall } from '../queries.ts'
import { LongMemberNote, RemoveMemberDialog } from '../remove-member-dialog.tsx'
import type { Place } from '../view-state.ts'
import { readSends, useMemberCall } from '../whole-member.ts'
import { positionOf } from './geo-score.ts'
import { useScoreInput } from './use-score-input.tsx'

export type ZsetDialog =
  | { readonly does: 'add' }
  | { readonly does: 'score'; readonly member: ScoredMember }
  | { readonly does: 'remove'; readonly member: ScoredMember }

export interface ZsetDialogsProps {
  readonly place: Place
  readonly name: KeyName
  /** Members of the sorted set: the last one takes the key with it. */
  readonly length: number
  /** Scores are those of places, and typed as such. */
  readonly asPlaces: boolean
  readonly dialog: ZsetDialog | undefined
  readonly onClose: () => void
  readonly onRemoved: (member: ScoredMember) => void
  readonly onScore: (member: ScoredMember, score: string) => void
}

export function ZsetDialogs({ dialog, ...props }: ZsetDialogsProps) {
  if (dialog?.does === 'add') return <Add {...props} />
  if (dialog?.does === 'score') return <ChangeScore {...props} member={dialog.member} />
  if (dialog?.does === 'remove') return <Remove {...props} member={dialog.member} />
  return null
}

type Common = Omit<ZsetDialogsProps, 'dialog'>

function Add({ place, name, asPlaces, onClose }: Common) {
  const [typed, setTyped] = useState('')
  const add = useKeyCall('zsets.add', place, name)
  const member = parseName(typed)
  const { score, fields } = useScoreInput({ initial: asPlaces ? '' : '0', isPlace: asPlaces })
  const key = latin1ToBytes(name)
  const isReady = member.ok && score.state === 'ok'
  const submit = (): void => {
    if (!isReady) return
    const request = { ...place, key: name, member: latin1ToBytes(member.name), score: score.score }
    add.mutate(request, { onSuccess: onClose })
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
          <Button type="submit" variant="primary" busy={add.isPending} disabled={!isReady}>
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
      {fields}
      {isReady && (
        <Sends
          commands={[
            showCommand(['WATCH', key]),
            showCommand(['EXISTS', key]),
            showCommand(['ZSCORE', key, latin1ToBytes(member.name)]),
            'MULTI',
            showCommand(['ZADD', key, score.score, latin1ToBytes(member.name)]),
            'EXEC',
          ]}
        />
      )}
      {add.error && <FailureNote failure={toFailure(add.error)} />}
    </Dialog>
  )
}

type OfMember = Common & { readonly member: ScoredMember }

function ChangeScore({ place, name, asPlaces, member, onClose, onScore }: OfMember) {
  const isPlace = asPlaces && positionOf(member.score) !== undefined
  const { score, fields } = useScoreInput({ initial: member.score, isPlace, autoFocus: true })
  const change = useMemberCall('zsets.score', place, name, member)
  const key = latin1ToBytes(name)
  const isReady = score.state === 'ok' && score.score !== member.score
  // Writing over another's change is offered only once the server has said that there is one.
  const isChanged = change.error !== null && toFailure(change.error).code === 'CHANGED_MEANWHILE'
  const submit = (): void => {
    if (!isReady) return
    const expected = isChanged ? undefined : member.score
    change.mutate((bytes) => ({ ...place, key: name, member: bytes, score: score.score, expected }), {
      onSuccess: (written) => {
        onScore(member, written.score)
        onClose()
      },
    })
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={isPlace ? 'Change the place' : 'Change the score'}
      description={<code className={css.wrapName}>{showElement(member.member)}</code>}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant={isChanged ? 'danger' : 'primary'} busy={change.isPending} disabled={!isReady}>
            {isChanged ? 'Overwrite theirs' : isPlace ? 'Set place' : 'Set score'}
          </Button>
        </>
      }
    >
      <LongMemberNote member={member} />
      {fields}
      {isReady && (
        <Sends
          commands={[
            ...readSends(name, member),
            showCommand(['WATCH', key]),
            showCommand(['ZSCORE', key, member]),
            'MULTI',
            showCommand(['ZADD', key, 'XX', score.score, member]),
            showCommand(['ZSCORE', key, member]),
            'EXEC',
          ]}
        />
      )}
      {change.error && <FailureNote failure={toFailure(change.error)} tone={isChanged ? 'warning' : 'error'} />}
    </Dialog>
  )
}

function Remove({ place, name, length, member, onClose, onRemoved }: OfMember) {
  const remove = useMemberCall('zsets.remove', place, name, member)
  return (
    <RemoveMemberDialog
      member={member}
      isLast={length === 1}
      commands={[...readSends(name, member), showCommand(['ZREM', latin1ToBytes(name), member])]}
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
