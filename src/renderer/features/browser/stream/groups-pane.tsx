import { useQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { type ReactNode, useRef, useState } from 'react'
import type { StreamGroup } from '../../../../shared/contract/streams.ts'
import type { KeyName, Latin1 } from '../../../../shared/contract/types.ts'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import { copyText } from '../../../lib/copy-text.ts'
import { formatExact, plural } from '../../../lib/format-count.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import type { MenuItem } from '../../../ui/menu-item.ts'
import { RowMenu } from '../../../ui/row-menu.tsx'
import { SplitPane } from '../../../ui/split-pane.tsx'
import type { RowsHandle } from '../../../ui/virtual-rows.tsx'
import css from '../browser.module.css'
import { NameCell } from '../cells.tsx'
import { showName } from '../names.ts'
import { ReadFailure } from '../read-failure.tsx'
import type { Place } from '../view-state.ts'
import { EntryTime } from './entry-time.tsx'
import { GroupPane } from './group-pane.tsx'
import { groupsQuery } from './queries.ts'
import own from './stream.module.css'
import type { StreamDialog } from './stream-dialog.ts'
import { StreamFacts } from './stream-facts.tsx'

export interface GroupsPaneProps {
  readonly place: Place
  readonly name: KeyName
  readonly onDialog: (dialog: StreamDialog) => void
  readonly onShowEntry: (id: StreamId) => void
  readonly toolbar: (status: ReactNode) => ReactNode
}

/** The consumer groups of a stream, and one of them beside. Looking reads nothing for them. */
export function GroupsPane({ place, name, onDialog, onShowEntry, toolbar }: GroupsPaneProps) {
  const [active, setActive] = useState(-1)
  const [opened, setOpened] = useState<Latin1>()
  const table = useRef<RowsHandle>(null)
  const { data, error, refetch } = useQuery(groupsQuery(place, name))
  const groups = data?.groups ?? []
  const shown = groups.find((group) => group.name === opened)

  const menuOf = (group: StreamGroup): readonly MenuItem[] => [
    { id: 'open', label: 'Show consumers and pending', shortcut: 'enter', perform: () => setOpened(group.name) },
    { id: 'copy', label: 'Copy the name', perform: () => void copyText(showName(group.name)) },
    { kind: 'separator', id: 'changes' },
    { id: 'place', label: 'Set last delivered ID…', perform: () => onDialog({ does: 'set-place', group }) },
    {
      id: 'destroy',
      label: 'Destroy…',
      shortcut: 'delete',
      danger: true,
      perform: () => onDialog({ does: 'remove-group', group }),
    },
  ]
  const content = (
    <section className={clsx(css.hash, own.pane)} aria-label="Consumer groups">
      {toolbar(
        <span className={css.fact} role="status">
          {data ? `${plural(groups.length, 'group')}, all read` : error ? 'not read' : 'reading…'}
        </span>,
      )}
      {error && <ReadFailure error={error} onRetry={() => void refetch()} />}
      {data && groups.length === 0 && (
        <EmptyState title="No consumer group reads this stream">
          <code>XGROUP CREATE {showName(name)} group $</code> makes one that gets what is added from now on.
        </EmptyState>
      )}
      {groups.length > 0 && (
        <RowMenu menuOf={menuOf}>
          {(onPoint) => (
            <DataTable
              ref={table}
              label="Consumer groups"
              columns={COLUMNS}
              count={groups.length}
              rowAt={(index) => groups[index]}
              active={Math.min(active, groups.length - 1)}
              onActiveChange={(index, cause) => {
                setActive(index)
                if (cause === 'pointer' && opened !== undefined) setOpened(groups[index]?.name)
              }}
              onOpen={(group) => setOpened(group.name)}
              onRowContextMenu={onPoint}
              onKeyDown={(event, group) => {
                if (event.key === 'Escape' && shown) setOpened(undefined)
                else if (event.key === 'Delete' && group) onDialog({ does: 'remove-group', group })
                else return
                event.preventDefault()
              }}
            />
          )}
        </RowMenu>
      )}
      <StreamFacts place={place} name={name} />
    </section>
  )
  return (
    <SplitPane
      id="browser.group"
      orientation="vertical"
      firstSize="40%"
      firstMinSize={120}
      secondMinSize={160}
      first={content}
      second={
        shown ? (
          <GroupPane
            key={shown.name}
            place={place}
            name={name}
            group={shown}
            onDialog={onDialog}
            onShowEntry={onShowEntry}
            onClose={() => {
              setOpened(undefined)
              table.current?.focus()
            }}
          />
        ) : null
      }
    />
  )
}

/** A figure the server may not know, or not tell. */
function Known({ value, when }: { readonly value: number | null | undefined; readonly when: string }) {
  if (typeof value === 'number') return formatExact(value)
  return (
    <span
      className={css.dim}
      title={value === null ? when : 'Servers tell it since Redis 7.0 and Valkey 7.2; this one does not.'}
    >
      unknown
    </span>
  )
}

const WHEN_UNKNOWN =
  'The server cannot work it out: the group began in the middle of the stream, or entries ahead of it were deleted.'

const COLUMNS: readonly Column<StreamGroup>[] = [
  { id: 'name', header: 'group', mono: true, cell: ({ name }) => <NameCell name={name} /> },
  {
    id: 'consumers',
    header: 'consumers',
    width: 88,
    mono: true,
    align: 'end',
    cell: (row) => formatExact(row.consumers),
  },
  { id: 'pending', header: 'pending', width: 88, mono: true, align: 'end', cell: (row) => formatExact(row.pending) },
  {
    id: 'lag',
    header: <span title="Entries not delivered to the group yet">lag</span>,
    width: 88,
    mono: true,
    align: 'end',
    cell: ({ lag }) => <Known value={lag} when={WHEN_UNKNOWN} />,
  },
  {
    id: 'read',
    header: <span title="Entries read by the group so far">read</span>,
    width: 88,
    mono: true,
    align: 'end',
    cell: ({ entriesRead }) => <Known value={entriesRead} when={WHEN_UNKNOWN} />,
  },
  { id: 'last', header: 'last delivered', width: 152, mono: true, cell: (row) => row.lastDelivered },
  { id: 'time', header: 'time', width: 116, mono: true, cell: (row) => <EntryTime id={row.lastDelivered} /> },
]
