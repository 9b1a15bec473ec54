import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import type { HashField } from '../../../../shared/contract/hashes.ts'
import type { SessionInfo } from '../../../../shared/contract/sessions.ts'
import { type KeyName, VALUE_SIZE_MAX } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { ask, toFailure } from '../../../api/backend.ts'
import { formatBytes } from '../../../lib/format-bytes.ts'
import { FailureNote } from '../../../ui/error-note.tsx'
import { IconButton } from '../../../ui/icon-button.tsx'
import { Spinner } from '../../../ui/spinner.tsx'
import { toast } from '../../../ui/toast.tsx'
import css from '../browser.module.css'
import { showCommand, showName } from '../names.ts'
import { ValueEditor } from '../value-editor.tsx'
import { fieldDraftId, type Place, useView, useViewActions } from '../view-state.ts'
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
  const draft = useView(place).drafts.get(id)
  const query = fieldQuery(place, name, row.field, VALUE_SIZE_MAX)
  const { data, error, refetch } = useQuery(query)
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
    <section className={css.fieldPane} aria-label={`Field ${showName(row.field)}`}>
      <header className={css.fieldHead}>
        <span className={css.fieldTitle} title={showName(row.field)}>
          {showName(row.field)}
        </span>
        <span className={css.fact}>{formatBytes(data?.total ?? row.valueSize)}</span>
        <IconButton label="Close" size="small" icon={<X size={14} />} onClick={onClose} />
      </header>
      {error && !data && (
        <div className={css.note}>
          <FailureNote failure={toFailure(error)} />
        </div>
      )}
      {!data && !error && (
        <div className={css.loading} role="status">
          <Spinner /> Reading…
        </div>
      )}
      {data && (
        <ValueEditor
          label={`Value of ${showName(row.field)}`}
          bytes={data.bytes}
          isWhole
          draft={draft}
          onDraft={(next) => setDraft(id, next)}
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
        />
      )}
    </section>
  )
}
