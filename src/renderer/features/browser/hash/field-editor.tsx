import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { HashField } from '../../../../shared/contract/hashes.ts'
import type { SessionInfo } from '../../../../shared/contract/sessions.ts'
import { type KeyName, VALUE_SIZE_MAX } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { ask, toFailure } from '../../../api/backend.ts'
import { formatBytes } from '../../../lib/format-bytes.ts'
import { toast } from '../../../ui/toast.tsx'
import css from '../browser.module.css'
import { ElementEditor } from '../element-editor.tsx'
import { showCommand, showName } from '../names.ts'
import { fieldDraftId, type Place, useViewActions } from '../view-state.ts'
import { useWanted } from '../wanted.tsx'
import { fieldQuery } from './queries.ts'

export interface FieldEditorProps {
  readonly session: SessionInfo
  readonly place: Place
  readonly name: KeyName
  readonly row: HashField
  readonly onClose: () => void
  readonly onChanged: () => void
}

/** The whole value of one field, beside the table. */
export function FieldEditor({ session, place, name, row, onClose, onChanged }: FieldEditorProps) {
  const client = useQueryClient()
  const { setDraft } = useViewActions(place)
  const id = fieldDraftId(name, row.field)
  const query = fieldQuery(place, name, row.field, VALUE_SIZE_MAX)
  const wanted = useWanted(row.valueSize)
  const { data, error, refetch } = useQuery({ ...query, enabled: wanted.isWanted })
  const key = latin1ToBytes(name)
  const field = latin1ToBytes(row.field)
  const write = useMutation({
    mutationFn: ({ bytes, expected }: { readonly bytes: Uint8Array; readonly expected: Uint8Array | undefined }) =>
      ask('hashes.set', { ...place, key: name, field: row.field, value: bytes, expected }),
    onSuccess: (_, { bytes }) => {
      client.setQueryData(query.queryKey, { bytes, offset: 0, total: bytes.length })
      setDraft(id, undefined)
      toast({ kind: 'ok', title: `Wrote ${formatBytes(bytes.length)}` })
      onChanged()
    },
  })
  return (
    <ElementEditor
      title={`Field ${showName(row.field)}`}
      label={`Value of ${showName(row.field)}`}
      facts={<span className={css.fact}>{formatBytes(data?.total ?? row.valueSize)}</span>}
      place={place}
      draftId={id}
      wanted={wanted}
      bytes={data?.bytes}
      readError={error}
      sends={(bytes) => [
        showCommand(['WATCH', key]),
        showCommand(['EXISTS', key]),
        showCommand(['HEXISTS', key, field]),
        showCommand(['HGET', key, field]),
        ...(row.ttlMs === undefined ? [] : [showCommand(['HPEXPIRETIME', key, 'FIELDS', '1', field])]),
        'MULTI',
        showCommand(['HSET', key, field, bytes]),
        ...(row.ttlMs !== undefined && row.ttlMs >= 0
          ? [`${showCommand(['HPEXPIREAT', key])} <as it was> ${showCommand(['FIELDS', '1', field])}`]
          : []),
        'EXEC',
      ]}
      confirms={session.environment === 'production'}
      onApply={(bytes, expected) => write.mutate({ bytes, expected })}
      isApplying={write.isPending}
      failure={write.error ? toFailure(write.error) : undefined}
      onReload={() => {
        write.reset()
        void refetch()
      }}
      onClose={onClose}
    />
  )
}
