import { MEMBER_WHOLE_MAX, type Member } from '../../../shared/contract/sets.ts'
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
  readonly command: string
  readonly isRemoving: boolean
  readonly error: Error | null
  readonly onConfirm: () => void
  readonly onClose: () => void
}

export function RemoveMemberDialog(props: RemoveMemberDialogProps) {
  const { member, isLast, command, isRemoving, error, onConfirm, onClose } = props
  const isCut = member.member.length < member.size
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Delete this member?"
      action="Delete the member"
      danger
      busy={isRemoving}
      disabled={isCut}
      onConfirm={() => !isCut && onConfirm()}
    >
      <code className={css.wrapName}>{showElement(member.member)}</code>
      {isLast && <ErrorNote tone="warning" what="It is the last member: the key goes with it." />}
      {isCut ? (
        <ErrorNote
          what={`It has ${formatBytes(member.size)}, and a member is deleted by all of its bytes.`}
          todo={`Members over ${formatBytes(MEMBER_WHOLE_MAX)} are not read whole. Delete it with a client that has them.`}
        />
      ) : (
        <Sends commands={[command]} />
      )}
      {error && <FailureNote failure={toFailure(error)} />}
    </ConfirmDialog>
  )
}
