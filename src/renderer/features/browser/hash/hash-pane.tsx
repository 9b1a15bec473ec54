import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { HashField } from '../../../../shared/contract/hashes.ts'
import type { FieldName } from '../../../../shared/contract/types.ts'
import { showLatin1 } from '../../../../shared/text/bytes.ts'
import { formatBytes } from '../../../lib/format-bytes.ts'
import { formatExact, plural } from '../../../lib/format-count.ts'
import { useActions } from '../../../ui/actions.ts'
import { Button } from '../../../ui/button.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import type { MenuItem } from '../../../ui/menu-item.ts'
import { SplitPane } from '../../../ui/split-pane.tsx'
import type { RowsHandle } from '../../../ui/virtual-rows.tsx'
import css from '../browser.module.css'
import { NameCell, ValueCell } from '../cells.tsx'
import { PaneSearch, searchPattern } from '../pane-search.tsx'
import { refreshKey } from '../queries.ts'
import { ReadFailure } from '../read-failure.tsx'
import { RowMenu } from '../row-menu.tsx'
import { Ttl } from '../ttl.tsx'
import type { ValuePaneProps } from '../value-type.ts'
import { type FieldDialog, FieldDialogs } from './field-dialogs.tsx'
import { FieldEditor } from './field-editor.tsx'
import { hashQuery } from './queries.ts'

type Row = HashField & { readonly at: number }

/** While a search finds little, so many pages are read before the user is asked whether to go on. */
const SEARCH_PAGES_MAX = 20
const ROWS_AHEAD = 100

export function HashPane({ session, place, name }: ValuePaneProps) {
  const client = useQueryClient()
  const [search, setSearch] = useState('')
  const [active, setActive] = useState(-1)
  // The row, not its name: reading the hash anew forgets the pages after the first.
  const [opened, setOpened] = useState<Row>()
  const [dialog, setDialog] = useState<FieldDialog>()
  const [lastVisible, setLastVisible] = useState(0)
  const searchField = useRef<HTMLInputElement>(null)
  const table = useRef<RowsHandle>(null)
  const query = useInfiniteQuery(hashQuery(place, name, searchPattern(search)))
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = query

  // HSCAN may repeat a field while the hash is resized; the table must not.
  const rows = useMemo(() => {
    const byField = new Map<FieldName, Row>()
    for (const page of data?.pages ?? []) {
      for (const field of page.fields) byField.set(field.field, { ...field, at: page.at })
    }
    return [...byField.values()]
  }, [data])
  const pageCount = data?.pages.length ?? 0
  const wantsMore = lastVisible + ROWS_AHEAD > rows.length && (search === '' || pageCount % SEARCH_PAGES_MAX !== 0)
  useEffect(() => {
    if (wantsMore && hasNextPage && !isFetchingNextPage && !error) void fetchNextPage()
  }, [wantsMore, hasNextPage, isFetchingNextPage, error, fetchNextPage])

  useActions([
    {
      id: 'browser.search-fields',
      group: 'Hash',
      label: 'Search fields',
      shortcut: 'mod+f',
      perform: () => searchField.current?.select(),
    },
    { id: 'browser.add-field', group: 'Hash', label: 'Add a field', perform: () => setDialog({ does: 'add' }) },
  ])

  const latest = data?.pages.at(-1)
  const fieldExpiry = latest?.fieldExpiry ?? { supported: true }
  if (error && !data) return <ReadFailure error={error} onRetry={() => void query.refetch()} />
  const menuOf = (row: Row): readonly MenuItem[] => [
    { id: 'edit', label: 'Edit', shortcut: 'enter', perform: () => setOpened(row) },
    {
      id: 'copy',
      label: 'Copy the field name',
      perform: () => void navigator.clipboard.writeText(showLatin1(row.field)),
    },
    { id: 'ttl', label: 'Expiry…', perform: () => setDialog({ does: 'expire', row, at: row.at }) },
    { kind: 'separator', id: 'changes' },
    {
      id: 'delete',
      label: 'Delete…',
      shortcut: 'delete',
      danger: true,
      perform: () => setDialog({ does: 'remove', field: row.field }),
    },
  ]
  const content = (
    <section className={css.hash} aria-label="Fields">
      <div className={css.toolbar}>
        <PaneSearch
          ref={searchField}
          label="Search fields"
          search={search}
          onSearch={setSearch}
          onLeave={() => table.current?.focus()}
        />
        <span className={css.grow} />
        <span className={css.fact} role="status">
          {rowsText(rows.length, latest?.length, hasNextPage, search)}
        </span>
        <Button size="small" icon={<Plus size={14} />} onClick={() => setDialog({ does: 'add' })}>
          Field
        </Button>
      </div>
      {error && <ReadFailure error={error} onRetry={() => void fetchNextPage()} />}
      {rows.length === 0 && data && !hasNextPage ? (
        <EmptyState title="No field matches">
          <code>{search}</code> is in no field's name. Values are not searched.
        </EmptyState>
      ) : (
        <RowMenu menuOf={menuOf}>
          {(onPoint) => (
            <DataTable
              ref={table}
              label="Fields"
              columns={columnsOf(fieldExpiry.supported, (row) => setDialog({ does: 'expire', row, at: row.at }))}
              count={rows.length}
              rowAt={(index) => rows[index]}
              onRangeChange={(_, end) => setLastVisible(end)}
              active={Math.min(active, rows.length - 1)}
              onActiveChange={(index, cause) => {
                setActive(index)
                if (cause === 'pointer' && opened !== undefined) setOpened(rows[index])
              }}
              onOpen={setOpened}
              onRowContextMenu={onPoint}
              onKeyDown={(event, row) => {
                if (event.key !== 'Delete' || !row) return
                event.preventDefault()
                setDialog({ does: 'remove', field: row.field })
              }}
            />
          )}
        </RowMenu>
      )}
      {search !== '' && hasNextPage && !wantsMore && !isFetchingNextPage && (
        <div className={css.more}>
          {plural(rows.length, 'field')} found so far; not all of {formatExact(latest?.length ?? 0)} were searched.
          <Button size="small" onClick={() => void fetchNextPage()}>
            Search on
          </Button>
        </div>
      )}
      {!fieldExpiry.supported && <p className={css.lack}>{fieldExpiry.why}</p>}
    </section>
  )
  const openedRow = opened && (rows.find(({ field }) => field === opened.field) ?? opened)
  return (
    <>
      <SplitPane
        id="browser.field"
        orientation="vertical"
        firstSize="55%"
        firstMinSize={120}
        secondMinSize={120}
        first={content}
        second={
          openedRow ? (
            <FieldEditor
              key={openedRow.field}
              session={session}
              place={place}
              name={name}
              row={openedRow}
              onClose={() => {
                setOpened(undefined)
                table.current?.focus()
              }}
              onChanged={() => void refreshKey(client, place, name)}
            />
          ) : null
        }
      />
      <FieldDialogs
        place={place}
        name={name}
        length={latest?.length ?? 0}
        dialog={dialog}
        fieldExpiry={fieldExpiry}
        onClose={() => setDialog(undefined)}
        onRemoved={(field) => opened?.field === field && setOpened(undefined)}
      />
    </>
  )
}

function rowsText(shown: number, length: number | undefined, hasMore: boolean, search: string): string {
  if (length === undefined) return 'reading…'
  if (search !== '')
    return hasMore ? `${formatExact(shown)} found so far` : `${formatExact(shown)} found of ${formatExact(length)}`
  return hasMore ? `${formatExact(shown)} of ${formatExact(length)} read` : `${plural(shown, 'field')}, all read`
}

function columnsOf(canExpire: boolean, onExpiry: (row: Row) => void): readonly Column<Row>[] {
  const columns: Column<Row>[] = [
    { id: 'field', header: 'field', width: 240, mono: true, cell: (row) => <NameCell name={row.field} /> },
    { id: 'value', header: 'value', mono: true, cell: (row) => <ValueCell value={row.value} size={row.valueSize} /> },
    { id: 'size', header: 'size', width: 84, mono: true, align: 'end', cell: (row) => formatBytes(row.valueSize) },
  ]
  if (!canExpire) return columns
  const ttl = (row: Row) => (
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
