import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { ListElement, ListEnd } from '../../../../shared/contract/lists.ts'
import { formatBytes } from '../../../lib/format-bytes.ts'
import { formatExact, plural } from '../../../lib/format-count.ts'
import { useActions } from '../../../ui/actions.ts'
import type { Column } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import type { MenuItem } from '../../../ui/menu-item.ts'
import css from '../browser.module.css'
import { ValueCell } from '../cells.tsx'
import { CollectionFrame, type CollectionHandle, type GoTo } from '../collection-frame.tsx'
import { copyItem } from '../copy-item.ts'
import { hasLargeElements, LargeElements } from '../large-elements.tsx'
import { copyableText } from '../names.ts'
import { searchPattern } from '../pane-search.tsx'
import { refreshKey } from '../queries.ts'
import { ReadFailure } from '../read-failure.tsx'
import { SearchFoot } from '../search-foot.tsx'
import { TornNote } from '../torn-note.tsx'
import { useFindings } from '../use-findings.ts'
import { rowsPerRead, useWindows } from '../use-windows.ts'
import type { ValuePaneProps } from '../value-type.ts'
import { type ListDialog, ListDialogs } from './list-dialogs.tsx'
import { ListEditor } from './list-editor.tsx'
import { listSearchQuery, listWindowQuery } from './queries.ts'

/** Elements by their index, from the head or from the tail. */
export function ListPane({ session, place, name, known }: ValuePaneProps) {
  const client = useQueryClient()
  const [from, setFrom] = useState<ListEnd>('head')
  const [search, setSearch] = useState('')
  const [opened, setOpened] = useState<ListElement>()
  const [dialog, setDialog] = useState<ListDialog>()
  const [step] = useState(() => rowsPerRead(known))
  const [isHeld, setIsHeld] = useState(() => hasLargeElements(known))
  const frame = useRef<CollectionHandle>(null)
  const isSearching = search !== ''
  const windows = useWindows<ListElement>(
    (offset, count) => listWindowQuery(place, name, from, { offset, count }),
    step,
    !isSearching && !isHeld,
  )
  const findings = useFindings(listSearchQuery(place, name, from, searchPattern(search)), ({ index }) => String(index))
  const total = (isSearching ? findings.length : windows.total) ?? known.length ?? 0
  const refresh = (): void => void refreshKey(client, place, name)

  useActions([
    {
      id: 'browser.list-end',
      group: 'List',
      label: from === 'head' ? 'Look from the tail' : 'Look from the head',
      perform: () => setFrom(from === 'head' ? 'tail' : 'head'),
    },
  ])
  const menuOf = (element: ListElement): readonly MenuItem[] => [
    { id: 'edit', label: 'Edit', shortcut: 'enter', perform: () => setOpened(element) },
    copyItem('Copy the element', element.value.length < element.size ? undefined : copyableText(element.value)),
    { kind: 'separator', id: 'changes' },
    {
      id: 'before',
      label: 'Insert before, on the side of the head…',
      perform: () => setDialog({ does: 'insert', side: 'before', element }),
    },
    {
      id: 'after',
      label: 'Insert after, on the side of the tail…',
      perform: () => setDialog({ does: 'insert', side: 'after', element }),
    },
    {
      id: 'delete',
      label: 'Delete…',
      shortcut: 'delete',
      danger: true,
      perform: () => setDialog({ does: 'remove', element }),
    },
  ]
  const error = isSearching ? findings.error : windows.error
  const status = isSearching
    ? `${formatExact(findings.rows.length)} found${findings.state === 'complete' ? ` of ${formatExact(total)}` : ''}`
    : plural(total, 'element')
  const close = (): void => {
    setOpened(undefined)
    frame.current?.focus()
  }
  return (
    <>
      <CollectionFrame<ListElement>
        ref={frame}
        group="List"
        element="element"
        label="Elements"
        search={search}
        onSearch={setSearch}
        goTo={isSearching || isHeld || total === 0 ? undefined : indexes(from, total)}
        status={status}
        onAdd={() => setDialog({ does: 'push' })}
        note={
          error ? (
            <ReadFailure error={error} onRetry={isSearching ? findings.goOn : windows.retry} />
          ) : (
            windows.isTorn && !isSearching && <TornNote value="list" elements="elements" onReload={refresh} />
          )
        }
        empty={
          isHeld && !isSearching ? (
            <LargeElements known={known} element="element" onRead={() => setIsHeld(false)} />
          ) : (
            isSearching &&
            findings.state === 'complete' &&
            findings.rows.length === 0 && (
              <EmptyState title="No element matches">
                None of the {plural(total, 'element')} contains <code>{search}</code>. <code>*</code>, <code>?</code>{' '}
                and <code>[a-z]</code> make it a pattern for the whole element.
              </EmptyState>
            )
          )
        }
        foot={isSearching && <SearchFoot findings={findings} element="element" />}
        columns={COLUMNS}
        count={isSearching ? findings.rows.length : total}
        rowAt={isSearching ? (index) => findings.rows[index] : windows.rowAt}
        onRangeChange={isSearching ? findings.onRangeChange : windows.onRangeChange}
        sort={{ column: 'index', descending: from === 'tail' }}
        onSortChange={({ descending }) => setFrom(descending ? 'tail' : 'head')}
        menuOf={menuOf}
        onOpen={setOpened}
        onDelete={(element) => setDialog({ does: 'remove', element })}
        onClose={close}
        editor={
          opened ? (
            <ListEditor
              key={`${opened.index} ${opened.digest}`}
              session={session}
              place={place}
              name={name}
              element={opened}
              onClose={close}
              onWritten={setOpened}
            />
          ) : null
        }
      />
      <ListDialogs
        place={place}
        name={name}
        length={total}
        dialog={dialog}
        onClose={() => setDialog(undefined)}
        onRemoved={({ index }) => opened?.index === index && setOpened(undefined)}
      />
    </>
  )
}

/** Counted from either end, as LINDEX counts, whichever end is on top. */
const indexes = (from: ListEnd, total: number): GoTo => ({
  what: 'index',
  min: -total,
  max: total - 1,
  rowOf: (index) => {
    const fromHead = index < 0 ? total + index : index
    return from === 'head' ? fromHead : total - 1 - fromHead
  },
})

const COLUMNS: readonly Column<ListElement>[] = [
  {
    id: 'index',
    header: 'index',
    width: 104,
    leastWidth: 72,
    mono: true,
    align: 'end',
    sortable: true,
    cell: ({ index }) => (
      <span className={css.dim} title={index < 0 ? 'Counted from the tail, as LINDEX does' : undefined}>
        {formatExact(index)}
      </span>
    ),
  },
  { id: 'value', header: 'element', mono: true, cell: ({ value, size }) => <ValueCell value={value} size={size} /> },
  { id: 'size', header: 'size', width: 84, mono: true, align: 'end', cell: ({ size }) => formatBytes(size) },
]
