import type { Member } from '../../../shared/contract/sets.ts'
import { toFailure } from '../../api/backend.ts'
import { formatBytes } from '../../lib/format-bytes.ts'
import { ConfirmDialog, Sends } from '../../ui/dialog.tsx'
import { ErrorNote, FailureNote } from '../../ui/error-note.tsx'
import css from './browser.module.css'
import { showElement } from './names.ts'

export interface RemoveMemberDialogProps {
  readonly member: Member
  /** The key goes with its last member. */
  readonly isLast: boolean
  /** What is sent, in order. */
  readonly commands: readonly string[]
  readonly isRemoving: boolean
  readonly error: Error | null
  readonly onConfirm: () => void
  readonly onClose: () => void
}

export function RemoveMemberDialog(props: RemoveMemberDialogProps) {
  const { member, isLast, commands, isRemoving, error, onConfirm, onClose } = props
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Delete this member?"
      action="Delete the member"
      danger
      busy={isRemoving}
      onConfirm={onConfirm}
    >
      <code className={css.wrapName}>{showElement(member.member)}</code>
      {isLast && <ErrorNote tone="warning" what="It is the last member: the key goes with it." />}
      <LongMemberNote member={member} />
      <Sends commands={commands} />
      {error && <FailureNote failure={toFailure(error)} />}
    </ConfirmDialog>
  )
}

/** Beside what is done to a member of which only the beginning is there. */
export function LongMemberNote({ member }: { readonly member: Member }) {
  if (!member.found) return null
  return (
    <p>
      It has {formatBytes(member.size)}, of which this is the beginning. A server knows a member only by all of its
      bytes: they are read first.
    </p>
  )
}
