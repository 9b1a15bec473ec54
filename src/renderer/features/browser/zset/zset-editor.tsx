import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { SessionInfo } from '../../../../shared/contract/sessions.ts'
import type { KeyName } from '../../../../shared/contract/types.ts'
import type { ScoredMember } from '../../../../shared/contract/zsets.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { ask } from '../../../api/backend.ts'
import { toast } from '../../../ui/toast.tsx'
import css from '../browser.module.css'
import { MemberEditor, memberDraftId, type Renaming } from '../member-editor.tsx'
import { showCommand } from '../names.ts'
import { refreshKey } from '../queries.ts'
import { type Place, useViewActions } from '../view-state.ts'

export interface ZsetEditorProps {
  readonly session: SessionInfo
  readonly place: Place
  readonly name: KeyName
  readonly member: ScoredMember
  readonly onScore: () => void
  readonly onClose: () => void
  readonly onRenamed: (member: ScoredMember) => void
}

export function ZsetEditor({ session, place, name, member, onScore, onClose, onRenamed }: ZsetEditorProps) {
  const client = useQueryClient()
  const { setDraft } = useViewActions(place)
  const key = latin1ToBytes(name)
  const rename = useMutation({
    mutationFn: (renaming: Renaming) => ask('zsets.rename', { ...place, key: name, ...renaming }),
    onSuccess: (_, { to }) => {
      setDraft(memberDraftId(name, member), undefined)
      onRenamed({ member: to, size: to.length, score: member.score, rank: member.rank })
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
      facts={
        <button type="button" className={css.ttl} title="Change the score" onClick={onScore}>
          score {member.score}
        </button>
      }
      sends={({ from, to }) => [
        showCommand(['WATCH', key]),
        showCommand(['ZSCORE', key, from]),
        showCommand(['ZSCORE', key, to]),
        'MULTI',
        showCommand(['ZADD', key, member.score, to]),
        showCommand(['ZREM', key, from]),
        'EXEC',
      ]}
      rename={rename}
      onClose={onClose}
    />
  )
}
