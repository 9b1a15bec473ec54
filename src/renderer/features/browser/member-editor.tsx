import { type UseMutationResult, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import type { Member } from '../../../shared/contract/sets.ts'
import type { KeyName } from '../../../shared/contract/types.ts'
import { toFailure } from '../../api/backend.ts'
import { formatBytes } from '../../lib/format-bytes.ts'
import css from './browser.module.css'
import { ElementEditor } from './element-editor.tsx'
import { memberName } from './member-name.ts'
import { showElement } from './names.ts'
import { fieldDraftId, type Place } from './view-state.ts'
import { useWanted } from './wanted.tsx'
import { memberQuery } from './whole-member.ts'

export interface Renaming {
  readonly from: Uint8Array
  readonly to: Uint8Array
}

export interface MemberEditorProps {
  readonly session: SessionInfo
  readonly place: Place
  readonly name: KeyName
  readonly member: Member
  readonly facts?: ReactNode
  readonly sends: (renaming: Renaming) => readonly string[]
  readonly rename: UseMutationResult<unknown, Error, Renaming>
  readonly onClose: () => void
}

/** A member to read; edited, it is another member in its place. */
export function MemberEditor(props: MemberEditorProps) {
  const { session, place, name, member, facts, sends, rename, onClose } = props
  const wanted = useWanted(member.size)
  const { data, error, refetch } = useQuery({
    ...memberQuery(place, name, member),
    enabled: member.found !== undefined && wanted.isWanted,
  })
  const from = member.found ? data : member.member
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
      wanted={wanted}
      bytes={from}
      readError={error}
      sends={(to) => (from ? sends({ from, to }) : [])}
      confirms={session.environment === 'production'}
      onApply={(to) => from && rename.mutate({ from, to })}
      isApplying={rename.isPending}
      failure={rename.error ? toFailure(rename.error) : undefined}
      mayOverwrite={false}
      onReload={error ? () => void refetch() : onClose}
      onClose={onClose}
    />
  )
}

export const memberDraftId = (name: KeyName, member: Member): string => fieldDraftId(name, memberName(member))
