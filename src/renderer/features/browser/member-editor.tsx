import type { UseMutationResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import { MEMBER_WHOLE_MAX, type Member } from '../../../shared/contract/sets.ts'
import type { KeyName } from '../../../shared/contract/types.ts'
import { toFailure } from '../../api/backend.ts'
import { formatBytes } from '../../lib/format-bytes.ts'
import css from './browser.module.css'
import { ElementEditor } from './element-editor.tsx'
import { memberName } from './member-name.ts'
import { showElement } from './names.ts'
import { fieldDraftId, type Place } from './view-state.ts'

export interface MemberEditorProps {
  readonly session: SessionInfo
  readonly place: Place
  readonly name: KeyName
  readonly member: Member
  readonly facts?: ReactNode
  readonly sends: (to: Uint8Array) => readonly string[]
  readonly rename: UseMutationResult<unknown, Error, Uint8Array>
  readonly onClose: () => void
}

/** A member to read; edited, it is another member in its place. */
export function MemberEditor(props: MemberEditorProps) {
  const { session, place, name, member, facts, sends, rename, onClose } = props
  const isWhole = member.member.length === member.size
  const title = `Member ${showElement(member.member)}`
  return (
    <ElementEditor
      title={title}
      label={title}
      facts={
        <>
          {facts}
          <span className={css.fact}>{formatBytes(member.size)}</span>
        </>
      }
      place={place}
      draftId={memberDraftId(name, member)}
      bytes={member.member}
      isWhole={isWhole}
      readError={null}
      toolbar={
        !isWhole && (
          <span className={css.fact}>
            the first {formatBytes(member.member.length)}; members over {formatBytes(MEMBER_WHOLE_MAX)} are not read
            whole, and cannot be changed here
          </span>
        )
      }
      sends={sends}
      confirms={session.environment === 'production'}
      onApply={(bytes) => rename.mutate(bytes)}
      isApplying={rename.isPending}
      failure={rename.error ? toFailure(rename.error) : undefined}
      mayOverwrite={false}
      onReload={onClose}
      onClose={onClose}
    />
  )
}

export const memberDraftId = (name: KeyName, member: Member): string => fieldDraftId(name, memberName(member))
