import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { showLatin1 } from '../../../../shared/text/bytes.ts'
import { copyText } from '../../../lib/copy-text.ts'
import { formatBytes } from '../../../lib/format-bytes.ts'
import { formatExact, plural } from '../../../lib/format-count.ts'
import type { Column } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import type { MenuItem } from '../../../ui/menu-item.ts'
import css from '../browser.module.css'
import { NameCell, ValueCell } from '../cells.tsx'
import { CollectionFrame, type CollectionHandle } from '../collection-frame.tsx'
import { copyItem } from '../copy-item.ts'
import { copyableText } from '../names.ts'
import { searchPattern } from '../pane-search.tsx'
import { refreshKey } from '../queries.ts'
import { ReadFailure } from '../read-failure.tsx'
import { SearchFoot } from '../search-foot.tsx'
import { Ttl } from '../ttl.tsx'
import { type Findings, useFindings } from '../use-findings.ts'
import type { ValuePaneProps } from '../value-type.ts'
import { type FieldDialog, FieldDialogs } from './field-dialogs.tsx'
import { FieldEditor } from './field-editor.tsx'
import { type HashRow, hashQuery } from './queries.ts'

/** Fields in no order, as far as they were looked at. */
export function HashPane({ session, place, name, known }: ValuePaneProps) {
  const client = useQueryClient()
  const [search, setSearch] = useState('')
  // The row, not its name: reading the hash anew forgets the pages after the first.
  const [opened, setOpened] = useState<HashRow>()
  const [dialog, setDialog] = useState<FieldDialog>()
  const frame = useRef<CollectionHandle>(null)
  const isSearching = search !== ''
  const findings = useFindings(hashQuery(place, name, searchPattern(search)), ({ field }) => field)
  const { rows, latest, length = known.length ?? 0, state } = findings
  const fieldExpiry = latest?.fieldExpiry ?? { supported: true }
  const expire = (row: HashRow): void => setDialog({ does: 'expire', row, at: row.at })

  const menuOf = (row: HashRow): readonly MenuItem[] => [
    { id: 'edit', label: 'Edit', shortcut: 'enter', perform: () => setOpened(row) },
    copyItem('Copy the value', row.value.length < row.valueSize ? undefined : copyableText(row.value)),
    { id: 'copy-field', label: 'Copy the field name', perform: () => void copyText(showLatin1(row.field)) },
    { id: 'ttl', label: 'Expiry…', perform: () => expire(row) },
    { kind: 'separator', id: 'changes' },
    {
      id: 'delete',
      label: 'Delete…',
      shortcut: 'delete',
      danger: true,
      perform: () => setDialog({ does: 'remove', field: row.field }),
    },
  ]
  const openedRow = opened && (rows.find(({ field }) => field === opened.field) ?? opened)
  const close = (): void => {
    setOpened(undefined)
    frame.current?.focus()
  }
  return (
    <>
      <CollectionFrame<HashRow>
        ref={frame}
        group="Hash"
        element="field"
        label="Fields"
        search={search}
        onSearch={setSearch}
        status={statusOf(findings, length, isSearching)}
        onAdd={() => setDialog({ does: 'add' })}
        note={findings.error && <ReadFailure error={findings.error} onRetry={findings.goOn} />}
        empty={
          isSearching &&
          state === 'complete' &&
          rows.length === 0 && (
            <EmptyState title="No field matches">
              <code>{search}</code> is in no field's name. Values are not searched.
            </EmptyState>
          )
        }
        foot={
          <>
            {isSearching && <SearchFoot findings={findings} element="field" isAbout />}
            {!fieldExpiry.supported && <p className={css.lack}>{fieldExpiry.why}</p>}
          </>
        }
        columns={columnsOf(fieldExpiry.supported, expire)}
        count={rows.length}
        rowAt={(index) => rows[index]}
        onRangeChange={findings.onRangeChange}
        menuOf={menuOf}
        onOpen={setOpened}
        onDelete={({ field }) => setDialog({ does: 'remove', field })}
        onClose={close}
        editor={
          openedRow ? (
            <FieldEditor
              key={openedRow.field}
              session={session}
              place={place}
              name={name}
              row={openedRow}
              onClose={close}
              onChanged={() => void refreshKey(client, place, name)}
            />
          ) : null
        }
      />
      <FieldDialogs
        place={place}
        name={name}
        length={length}
        dialog={dialog}
        fieldExpiry={fieldExpiry}
        onClose={() => setDialog(undefined)}
        onRemoved={(field) => opened?.field === field && setOpened(undefined)}
      />
    </>
  )
}

function statusOf(
  { rows, state }: Pick<Findings<HashRow>, 'rows' | 'state'>,
  length: number,
  isSearching: boolean,
): string {
  if (isSearching) return `${formatExact(rows.length)} found${state === 'complete' ? ` of ${formatExact(length)}` : ''}`
  if (state === 'complete') return `${plural(rows.length, 'field')}, all read`
  return `${formatExact(rows.length)} of ${formatExact(length)} read`
}

function columnsOf(canExpire: boolean, onExpiry: (row: HashRow) => void): readonly Column<HashRow>[] {
  const columns: Column<HashRow>[] = [
    {
      id: 'field',
      header: 'field',
      width: 240,
      leastWidth: 100,
      mono: true,
      cell: (row) => <NameCell name={row.field} />,
    },
    { id: 'value', header: 'value', mono: true, cell: (row) => <ValueCell value={row.value} size={row.valueSize} /> },
    { id: 'size', header: 'size', width: 84, mono: true, align: 'end', cell: (row) => formatBytes(row.valueSize) },
  ]
  if (!canExpire) return columns
  const ttl = (row: HashRow) => (
    <button
      type="button"
      tabIndex={-1}
      className={css.cellButton}
      title="Change when this field expires"
      onClick={() => onExpiry(row)}
    >
      <Ttl ttlMs={row.ttlMs ?? -1} at={row.at} />
    </button>
  )
  return [...columns, { id: 'ttl', header: 'TTL', width: 92, mono: true, align: 'end', cell: ttl }]
}
