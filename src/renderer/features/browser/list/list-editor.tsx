import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ListElement } from '../../../../shared/contract/lists.ts'
import type { SessionInfo } from '../../../../shared/contract/sessions.ts'
import type { KeyName } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { ask, toFailure } from '../../../api/backend.ts'
import { formatBytes } from '../../../lib/format-bytes.ts'
import { formatExact } from '../../../lib/format-count.ts'
import { toast } from '../../../ui/toast.tsx'
import css from '../browser.module.css'
import { ElementEditor } from '../element-editor.tsx'
import { showCommand } from '../names.ts'
import { refreshKey } from '../queries.ts'
import { fieldDraftId, type Place, useViewActions } from '../view-state.ts'
import { useWanted } from '../wanted.tsx'
import { listElementQuery } from './queries.ts'

export interface ListEditorProps {
  readonly session: SessionInfo
  readonly place: Place
  readonly name: KeyName
  readonly element: ListElement
  readonly onClose: () => void
  /** The element as it is now. */
  readonly onWritten: (element: ListElement) => void
}

/** One element, written back only if it still stands at its index. */
export function ListEditor({ session, place, name, element, onClose, onWritten }: ListEditorProps) {
  const client = useQueryClient()
  const { setDraft } = useViewActions(place)
  const { index, digest, size } = element
  const draftId = fieldDraftId(name, `${index} ${digest}`)
  const wanted = useWanted(size)
  const { data, error } = useQuery({ ...listElementQuery(place, name, index, digest), enabled: wanted.isWanted })
  const key = latin1ToBytes(name)
  const write = useMutation({
    mutationFn: ({ bytes, expected }: { readonly bytes: Uint8Array; readonly expected: Uint8Array }) =>
      ask('lists.set', { ...place, key: name, index, value: bytes, expected }),
    onSuccess: (written, { bytes }) => {
      client.setQueryData(listElementQuery(place, name, index, written.digest).queryKey, { bytes })
      setDraft(draftId, undefined)
      onWritten({ index, digest: written.digest, value: bytes, size: bytes.length })
      toast({ kind: 'ok', title: `Wrote ${formatBytes(bytes.length)}` })
      void refreshKey(client, place, name)
    },
  })
  return (
    <ElementEditor
      title={`Element ${formatExact(index)}`}
      label={`Element ${index}`}
      facts={<span className={css.fact}>{formatBytes(size)}</span>}
      place={place}
      draftId={draftId}
      wanted={wanted}
      bytes={data?.bytes}
      readError={error}
      sends={(bytes) => [
        showCommand(['WATCH', key]),
        showCommand(['LLEN', key]),
        showCommand(['LINDEX', key, String(index)]),
        'MULTI',
        showCommand(['LSET', key, String(index), bytes]),
        'EXEC',
      ]}
      confirms={session.environment === 'production'}
      onApply={(bytes, expected) => write.mutate({ bytes, expected: expected ?? data!.bytes })}
      isApplying={write.isPending}
      failure={write.error ? toFailure(write.error) : undefined}
      // Another element stands there: writing over that is not what was meant.
      mayOverwrite={false}
      onReload={() => {
        void refreshKey(client, place, name)
        onClose()
      }}
      onClose={onClose}
    />
  )
}
