import { useQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { Check, Copy, CopyPlus, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import type { EntryField, StreamEntry } from '../../../../shared/contract/streams.ts'
import type { KeyName } from '../../../../shared/contract/types.ts'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import { copyText } from '../../../lib/copy-text.ts'
import { formatBytes } from '../../../lib/format-bytes.ts'
import { plural } from '../../../lib/format-count.ts'
import { Button } from '../../../ui/button.tsx'
import { IconButton } from '../../../ui/icon-button.tsx'
import { Spinner } from '../../../ui/spinner.tsx'
import { VirtualList } from '../../../ui/virtual-list.tsx'
import css from '../browser.module.css'
import { showName, showNameShort, showValue } from '../names.ts'
import { ReadFailure } from '../read-failure.tsx'
import { ValueView } from '../value-view.tsx'
import type { Place } from '../view-state.ts'
import { useWanted } from '../wanted.tsx'
import { timeText } from './entry-time.tsx'
import { entryQuery, entryValueQuery } from './queries.ts'
import own from './stream.module.css'

export interface EntryPaneProps {
  readonly place: Place
  readonly name: KeyName
  readonly id: StreamId
  readonly onClose: () => void
  readonly onAddLike: (fields: readonly EntryField[]) => void
  readonly onRemove: () => void
}

/** One entry, all of it: its fields, and the value of one of them. */
export function EntryPane({ place, name, id, onClose, onAddLike, onRemove }: EntryPaneProps) {
  const { data, error, refetch } = useQuery(entryQuery(place, name, id))
  return (
    <section
      className={css.fieldPane}
      aria-label={`Entry ${id}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.preventDefault()
        onClose()
      }}
    >
      <header className={css.fieldHead}>
        <span className={clsx(css.fieldTitle, own.entryId)} title={id}>
          {id}
        </span>
        <span className={clsx(css.fact, own.entryTime)} title={timeText(id)}>
          {timeText(id)}
        </span>
        {data && <span className={css.fact}>{plural(data.fieldCount, 'field')}</span>}
        <span className={css.fact} title="To correct an entry, delete it and add another.">
          never changes
        </span>
        <CopyId id={id} />
        <IconButton
          label={canCopy(data) ? 'Add another like it' : 'Add another like it: its values are too long for a form'}
          size="small"
          icon={<CopyPlus size={14} />}
          disabled={!canCopy(data)}
          onClick={() => data && onAddLike(data.fields)}
        />
        <IconButton label="Delete the entry" size="small" icon={<Trash2 size={14} />} onClick={onRemove} />
        <IconButton label="Close" size="small" icon={<X size={14} />} onClick={onClose} />
      </header>
      {error && !data && <ReadFailure error={error} onRetry={() => void refetch()} />}
      {!data && !error && (
        <div className={css.loading} role="status">
          <Spinner /> Reading…
        </div>
      )}
      {data && <Fields place={place} name={name} entry={data} />}
    </section>
  )
}

const LIKE_FIELDS_MAX = 50

const canCopy = (entry: StreamEntry | undefined): boolean =>
  entry !== undefined &&
  entry.fieldCount <= LIKE_FIELDS_MAX &&
  entry.fields.every(({ value, valueSize }) => value.length === valueSize)

function CopyId({ id }: { readonly id: StreamId }) {
  const [copied, setCopied] = useState(false)
  return (
    <IconButton
      label={copied ? 'Copied' : 'Copy the ID'}
      size="small"
      icon={copied ? <Check size={14} /> : <Copy size={14} />}
      onClick={() => {
        void copyText(id).then(setCopied)
        setTimeout(() => setCopied(false), 1_500)
      }}
    />
  )
}

interface FieldsProps {
  readonly place: Place
  readonly name: KeyName
  readonly entry: StreamEntry
}

function Fields({ place, name, entry }: FieldsProps) {
  const [active, setActive] = useState(0)
  const shown = entry.fields[active]
  return (
    <div className={own.entry}>
      <div className={own.entryFields}>
        <VirtualList
          label="Fields of the entry"
          count={entry.fields.length}
          active={active}
          onActiveChange={setActive}
          row={(index) => <FieldRow field={entry.fields[index]!} />}
        />
      </div>
      {shown && <Value key={active} place={place} name={name} id={entry.id} index={active} field={shown} />}
    </div>
  )
}

const ROW_TEXT_MAX = 200

function FieldRow({ field: { field, value, valueSize } }: { readonly field: EntryField }) {
  const start = value.subarray(0, ROW_TEXT_MAX)
  return (
    <span className={own.entryField} title={showName(field)}>
      <span className={own.fieldName}>{showNameShort(field)}</span>
      <span className={own.entryText}>
        {showValue(start, start.length < valueSize)}
        {start.length < valueSize && '…'}
      </span>
      <span className={css.fact}>{formatBytes(valueSize)}</span>
    </span>
  )
}

interface ValueProps extends Omit<FieldsProps, 'entry'> {
  readonly id: StreamId
  readonly index: number
  readonly field: EntryField
}

function Value({ place, name, id, index, field: { field, value, valueSize } }: ValueProps) {
  const isCut = value.length < valueSize
  const { isWanted, want } = useWanted(valueSize)
  const { data, error, isFetching, refetch } = useQuery({
    ...entryValueQuery(place, name, id, index),
    enabled: isCut && isWanted,
  })
  const bytes = data?.bytes ?? value
  return (
    <div className={own.entryValue}>
      {error && <ReadFailure error={error} onRetry={() => void refetch()} />}
      {bytes.length < valueSize && (
        <div className={css.more} role="status">
          The first {formatBytes(bytes.length)} of {formatBytes(valueSize)}.
          {data === undefined && (
            <Button size="small" busy={isFetching} onClick={want}>
              Read all of it
            </Button>
          )}
        </div>
      )}
      <ValueView label={`Value of ${showName(field)}`} bytes={bytes} isWhole={bytes.length === valueSize} />
    </div>
  )
}
