import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { StreamConsumer } from '../../../../shared/contract/streams.ts'
import type { KeyName, Latin1 } from '../../../../shared/contract/types.ts'
import { copyText } from '../../../lib/copy-text.ts'
import { formatExact } from '../../../lib/format-count.ts'
import { formatDuration } from '../../../lib/format-duration.ts'
import { useNow } from '../../../lib/use-now.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import type { MenuItem } from '../../../ui/menu-item.ts'
import { RowMenu } from '../../../ui/row-menu.tsx'
import css from '../browser.module.css'
import { NameCell } from '../cells.tsx'
import { showName } from '../names.ts'
import { ReadFailure } from '../read-failure.tsx'
import type { Place } from '../view-state.ts'
import { consumersQuery } from './queries.ts'
import type { StreamDialog } from './stream-dialog.ts'

export interface ConsumersProps {
  readonly place: Place
  readonly name: KeyName
  readonly group: Latin1
  readonly onDialog: (dialog: StreamDialog) => void
  /** Shows what one of them has pending. */
  readonly onPending: (consumer: Latin1) => void
}

/** The consumers of a group. */
export function Consumers({ place, name, group, onDialog, onPending }: ConsumersProps) {
  const [active, setActive] = useState(-1)
  const { data, error, refetch } = useQuery(consumersQuery(place, name, group))
  const consumers = data?.consumers ?? []
  const menuOf = (consumer: StreamConsumer): readonly MenuItem[] => [
    { id: 'pending', label: 'Show its pending entries', shortcut: 'enter', perform: () => onPending(consumer.name) },
    { id: 'copy', label: 'Copy the name', perform: () => void copyText(showName(consumer.name)) },
    { kind: 'separator', id: 'changes' },
    {
      id: 'delete',
      label: 'Delete…',
      shortcut: 'delete',
      danger: true,
      perform: () => onDialog({ does: 'remove-consumer', group, consumer }),
    },
  ]
  if (error && !data) return <ReadFailure error={error} onRetry={() => void refetch()} />
  if (!data) return null
  if (consumers.length === 0) {
    return (
      <EmptyState title="This group has no consumer yet">
        One comes into being when it first reads:{' '}
        <code>
          XREADGROUP GROUP {showName(group)} consumer STREAMS {showName(name)} &gt;
        </code>
      </EmptyState>
    )
  }
  return (
    <RowMenu menuOf={menuOf}>
      {(onPoint) => (
        <DataTable
          label="Consumers"
          columns={columnsAt(data.at)}
          count={consumers.length}
          rowAt={(index) => consumers[index]}
          active={Math.min(active, consumers.length - 1)}
          onActiveChange={setActive}
          onOpen={(consumer) => onPending(consumer.name)}
          onRowContextMenu={onPoint}
          onKeyDown={(event, consumer) => {
            if (event.key !== 'Delete' || !consumer) return
            event.preventDefault()
            onDialog({ does: 'remove-consumer', group, consumer })
          }}
        />
      )}
    </RowMenu>
  )
}

/** A time that was told at `at`, and goes on since. */
export function Since({ ms, at }: { readonly ms: number; readonly at: number }) {
  return formatDuration(ms + Math.max(0, useNow() - at))
}

const columnsAt = (at: number): readonly Column<StreamConsumer>[] => [
  { id: 'name', header: 'consumer', mono: true, cell: ({ name }) => <NameCell name={name} /> },
  { id: 'pending', header: 'pending', width: 96, mono: true, align: 'end', cell: (row) => formatExact(row.pending) },
  {
    id: 'idle',
    header: <span title="Since it last tried to read, claim or acknowledge">idle</span>,
    width: 104,
    mono: true,
    align: 'end',
    cell: ({ idleMs }) => <Since ms={idleMs} at={at} />,
  },
  {
    id: 'inactive',
    header: <span title="Since it last got or acknowledged something">inactive</span>,
    width: 104,
    mono: true,
    align: 'end',
    cell: ({ inactiveMs }) => <Inactive ms={inactiveMs} at={at} />,
  },
]

function Inactive({ ms, at }: { readonly ms: number | null | undefined; readonly at: number }) {
  if (typeof ms === 'number') return <Since ms={ms} at={at} />
  if (ms === null) {
    return (
      <span className={css.dim} title="It never got anything.">
        never
      </span>
    )
  }
  return (
    <span className={css.dim} title="Servers tell it since Redis 7.2 and Valkey 7.2; this one does not.">
      unknown
    </span>
  )
}
