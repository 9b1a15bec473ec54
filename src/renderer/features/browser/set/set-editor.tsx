import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { SessionInfo } from '../../../../shared/contract/sessions.ts'
import type { Member } from '../../../../shared/contract/sets.ts'
import type { KeyName } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { ask } from '../../../api/backend.ts'
import { toast } from '../../../ui/toast.tsx'
import { MemberEditor, memberDraftId, type Renaming } from '../member-editor.tsx'
import { showCommand } from '../names.ts'
import { refreshKey } from '../queries.ts'
import { type Place, useViewActions } from '../view-state.ts'

export interface SetEditorProps {
  readonly session: SessionInfo
  readonly place: Place
  readonly name: KeyName
  readonly member: Member
  readonly onClose: () => void
  readonly onRenamed: (member: Member) => void
}

export function SetEditor({ session, place, name, member, onClose, onRenamed }: SetEditorProps) {
  const client = useQueryClient()
  const { setDraft } = useViewActions(place)
  const key = latin1ToBytes(name)
  const rename = useMutation({
    mutationFn: (renaming: Renaming) => ask('sets.rename', { ...place, key: name, ...renaming }),
    onSuccess: (_, { to }) => {
      setDraft(memberDraftId(name, member), undefined)
      onRenamed({ member: to, size: to.length })
      toast({ kind: 'ok', title: 'Changed the member' })
      void refreshKey(client, place, name)
    },
  })
  return (
    <MemberEditor
      session={session}
      place={place}
      name={name}
      member={member}
      sends={({ from, to }) => [
        showCommand(['WATCH', key]),
        showCommand(['SISMEMBER', key, from]),
        showCommand(['SISMEMBER', key, to]),
        'MULTI',
        showCommand(['SADD', key, to]),
        showCommand(['SREM', key, from]),
        'EXEC',
      ]}
      rename={rename}
      onClose={onClose}
    />
  )
}
