import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { StringRange } from '../../../../shared/contract/strings.ts'
import { VALUE_SIZE_MAX } from '../../../../shared/contract/types.ts'
import { latin1ToBytes } from '../../../../shared/text/bytes.ts'
import { ask, toFailure } from '../../../api/backend.ts'
import { formatBytes } from '../../../lib/format-bytes.ts'
import { formatExact } from '../../../lib/format-count.ts'
import { Button } from '../../../ui/button.tsx'
import { IconButton } from '../../../ui/icon-button.tsx'
import { Spinner } from '../../../ui/spinner.tsx'
import { toast } from '../../../ui/toast.tsx'
import css from '../browser.module.css'
import { showCommand } from '../names.ts'
import { refreshKey } from '../queries.ts'
import { ReadFailure } from '../read-failure.tsx'
import { ValueEditor } from '../value-editor.tsx'
import type { ValuePaneProps } from '../value-type.ts'
import { useView, useViewActions } from '../view-state.ts'
import { readHyperLogLog } from './hyperloglog.ts'
import { HyperLogLogBar } from './hyperloglog-bar.tsx'
import { stringQuery } from './queries.ts'

/** A value up to here is read whole and can be edited. Longer ones are read in pages of PAGE_SIZE. */
const WHOLE_MAX = 1 << 20
const PAGE_SIZE = 64 << 10
/** On request a longer value is read whole. */
const ON_REQUEST_MAX = VALUE_SIZE_MAX

export function StringPane({ session, place, name }: ValuePaneProps) {
  const [offset, setOffset] = useState(0)
  const [limit, setLimit] = useState(WHOLE_MAX)
  const first = useQuery(stringQuery(place, name, { offset: 0, count: limit }))
  const total = first.data?.total ?? 0
  const isLong = total > limit
  const page = useQuery({ ...stringQuery(place, name, { offset, count: PAGE_SIZE }), enabled: isLong && offset > 0 })
  const shown = isLong && offset > 0 ? page.data : isLong ? firstPage(first.data) : first.data
  const error = first.error ?? page.error
  if (error && !shown) return <ReadFailure error={error} onRetry={() => void first.refetch()} />
  if (!shown) {
    return (
      <div className={css.loading} role="status">
        <Spinner /> Reading…
      </div>
    )
  }
  const hyperLogLog = isLong ? undefined : readHyperLogLog(shown.bytes)
  return (
    <>
      {hyperLogLog && <HyperLogLogBar place={place} name={name} header={hyperLogLog} />}
      <StringEditor
        session={session}
        place={place}
        name={name}
        range={shown}
        limit={limit}
        isWhole={!isLong}
        toolbar={
          isLong && (
            <Pager
              range={shown}
              onOffset={setOffset}
              onWhole={total <= ON_REQUEST_MAX ? () => setLimit(ON_REQUEST_MAX) : undefined}
            />
          )
        }
      />
    </>
  )
}

const firstPage = (range: StringRange | undefined): StringRange | undefined =>
  range && { ...range, bytes: range.bytes.subarray(0, PAGE_SIZE) }

interface PagerProps {
  readonly range: StringRange
  readonly onOffset: (offset: number) => void
  readonly onWhole: (() => void) | undefined
}

function Pager({ range, onOffset, onWhole }: PagerProps) {
  const { offset, total, bytes } = range
  const end = offset + bytes.length
  return (
    <span className={css.pager}>
      <IconButton
        label="The part before"
        size="small"
        icon={<ChevronLeft size={14} />}
        disabled={offset === 0}
        onClick={() => onOffset(Math.max(0, offset - PAGE_SIZE))}
      />
      <span>
        bytes {formatExact(offset)}–{formatExact(end)} of {formatExact(total)}
      </span>
      <IconButton
        label="The part after"
        size="small"
        icon={<ChevronRight size={14} />}
        disabled={end >= total}
        onClick={() => onOffset(offset + PAGE_SIZE)}
      />
      {onWhole ? (
        <Button size="small" onClick={onWhole}>
          Read all {formatBytes(total)} to edit
        </Button>
      ) : (
        <span className={css.fact}>over {formatBytes(ON_REQUEST_MAX)}: to be read only</span>
      )}
    </span>
  )
}

interface StringEditorProps extends Omit<ValuePaneProps, 'known'> {
  readonly range: StringRange
  readonly limit: number
  readonly isWhole: boolean
  readonly toolbar: ReactNode
}

function StringEditor({ session, place, name, range, limit, isWhole, toolbar }: StringEditorProps) {
  const client = useQueryClient()
  const { setDraft } = useViewActions(place)
  const draft = useView(place).drafts.get(name)
  const key = latin1ToBytes(name)
  const write = useMutation({
    mutationFn: ({ bytes, expected }: { readonly bytes: Uint8Array; readonly expected: Uint8Array | undefined }) =>
      ask('strings.write', { ...place, key: name, bytes, expected }),
    onSuccess: ({ total }, { bytes }) => {
      client.setQueryData(stringQuery(place, name, { offset: 0, count: limit }).queryKey, { bytes, offset: 0, total })
      setDraft(name, undefined)
      toast({ kind: 'ok', title: `Wrote ${formatBytes(total)}` })
      void refreshKey(client, place, name)
    },
  })
  return (
    <ValueEditor
      key={isWhole ? 'whole' : range.offset}
      label="Value"
      bytes={range.bytes}
      offset={range.offset}
      isWhole={isWhole}
      draft={isWhole ? draft : undefined}
      onDraft={(next) => setDraft(name, next)}
      sends={(bytes) => [
        showCommand(['WATCH', key]),
        showCommand(['EXISTS', key]),
        showCommand(['GETRANGE', key, '0', String(draft?.base.length ?? 0)]),
        'MULTI',
        showCommand(['SET', key, bytes, 'XX', 'KEEPTTL']),
        'EXEC',
      ]}
      confirms={session.environment === 'production'}
      onApply={(bytes, expected) => write.mutate({ bytes, expected })}
      isApplying={write.isPending}
      failure={write.error ? toFailure(write.error) : undefined}
      onReload={() => {
        write.reset()
        void refreshKey(client, place, name)
      }}
      toolbar={toolbar}
    />
  )
}
