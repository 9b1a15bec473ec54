import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { PendingEntry } from '../../../../shared/contract/streams.ts'
import { type KeyName, type Latin1, WINDOW_MAX } from '../../../../shared/contract/types.ts'
import type { StreamId } from '../../../../shared/text/stream-id.ts'
import { formatExact, plural } from '../../../lib/format-count.ts'
import { useActions } from '../../../ui/actions.ts'
import { Button } from '../../../ui/button.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Field } from '../../../ui/field.tsx'
import { Kbd } from '../../../ui/kbd.tsx'
import { Menu } from '../../../ui/menu.tsx'
import type { MenuItem } from '../../../ui/menu-item.ts'
import { RowMenu } from '../../../ui/row-menu.tsx'
import { Select } from '../../../ui/select.tsx'
import type { RowsHandle } from '../../../ui/virtual-rows.tsx'
import css from '../browser.module.css'
import { NameCell } from '../cells.tsx'
import { parseDuration } from '../durations.ts'
import { showName } from '../names.ts'
import { ReadFailure } from '../read-failure.tsx'
import type { Place } from '../view-state.ts'
import { Since } from './consumers.tsx'
import { EntryTime } from './entry-time.tsx'
import { PointField, type TypedPoint } from './point-field.tsx'
import { consumersQuery, pendingQuery } from './queries.ts'
import own from './stream.module.css'
import type { StreamDialog } from './stream-dialog.ts'

export interface PendingProps {
  readonly place: Place
  readonly name: KeyName
  readonly group: Latin1
  /** Entries pending in the group, whoever has them. */
  readonly total: number
  /** Only of this one. */
  readonly consumer: Latin1 | undefined
  readonly onConsumer: (consumer: Latin1 | undefined) => void
  readonly onDialog: (dialog: StreamDialog) => void
  readonly onShowEntry: (id: StreamId) => void
}

type Row = PendingEntry & { readonly at: number }

const ROWS_AHEAD = 100

/** What was delivered to a group and not acknowledged. Some can be chosen, to acknowledge or to claim them. */
export function Pending({ place, name, group, total, consumer, onConsumer, onDialog, onShowEntry }: PendingProps) {
  const [minIdleMs, setMinIdleMs] = useState<number>()
  const [from, setFrom] = useState<TypedPoint>()
  const [active, setActive] = useState(-1)
  const [lastVisible, setLastVisible] = useState(0)
  const [chosen, setChosen] = useState<ReadonlySet<StreamId>>(new Set())
  const fromField = useRef<HTMLInputElement>(null)
  const table = useRef<RowsHandle>(null)
  const consumers = useQuery(consumersQuery(place, name, group))
  const query = useInfiniteQuery(pendingQuery(place, name, group, { consumer, minIdleMs, from: from?.first }))
  const { data, error, hasNextPage, isFetching, fetchNextPage } = query
  const rows = useMemo(
    () => data?.pages.flatMap(({ entries, at }) => entries.map((entry): Row => ({ ...entry, at }))) ?? [],
    [data],
  )
  const wantsMore = hasNextPage && lastVisible + ROWS_AHEAD > rows.length
  useEffect(() => {
    if (wantsMore && !isFetching && !error) void fetchNextPage()
  }, [wantsMore, isFetching, error, fetchNextPage])

  useActions([
    {
      id: 'browser.go-pending',
      group: 'Stream',
      label: 'Go to an ID or a time among the pending',
      shortcut: 'mod+f',
      perform: () => fromField.current?.select(),
    },
  ])
  // What is no longer in the list is no longer chosen.
  const ids = useMemo(() => rows.flatMap(({ id }) => (chosen.has(id) ? [id] : [])).slice(0, WINDOW_MAX), [rows, chosen])
  const toggle = ({ id }: PendingEntry): void =>
    setChosen((old) => {
      const next = new Set(old)
      if (!next.delete(id)) next.add(id)
      return next
    })
  const isFiltered = consumer !== undefined || minIdleMs !== undefined || from !== undefined
  const ofConsumer = consumers.data?.consumers.find(({ name }) => name === consumer)?.pending
  const all = {
    group,
    filter: { consumer, minIdleMs, from: from?.first },
    // Neither an idle time nor a beginning says how many are left.
    total: minIdleMs !== undefined || from !== undefined ? undefined : consumer === undefined ? total : ofConsumer,
  }
  const menuOf = (row: Row): readonly MenuItem[] => {
    // A click on one of those chosen means all of them.
    const meant = ids.includes(row.id) ? ids : [row.id]
    return [
      { id: 'show', label: 'Show the entry', shortcut: 'enter', perform: () => onShowEntry(row.id) },
      {
        id: 'choose',
        label: chosen.has(row.id) ? 'Choose no more' : 'Choose',
        shortcut: 'space',
        perform: () => toggle(row),
      },
      { kind: 'separator', id: 'changes' },
      { id: 'ack', label: 'Acknowledge…', perform: () => onDialog({ does: 'acknowledge', group, ids: meant }) },
      { id: 'claim', label: 'Claim…', perform: () => onDialog({ does: 'claim', group, ids: meant }) },
    ]
  }
  return (
    <>
      <div className={css.toolbar}>
        <Select
          label="Consumer"
          prefix="consumer:"
          size="small"
          value={consumer ?? ALL}
          onValueChange={(value) => onConsumer(value === ALL ? undefined : (value as Latin1))}
          options={[
            { value: ALL, label: 'all' },
            ...(consumers.data?.consumers ?? []).map(({ name, pending }) => ({
              value: name as string,
              label: showName(name),
              hint: formatExact(pending),
            })),
          ]}
        />
        <PointField
          ref={fromField}
          label="From an ID or time"
          placeholder="from"
          applied={from}
          onApply={(point) => {
            setFrom(point)
            setActive(point === undefined ? -1 : 0)
            table.current?.focus()
          }}
          onLeave={() => table.current?.focus()}
          shortcut="mod+f"
        />
        <IdleField onIdle={setMinIdleMs} onLeave={() => table.current?.focus()} />
        <span className={css.grow} />
        {ids.length > 0 ? (
          <>
            <span className={css.fact} role="status">
              {formatExact(ids.length)} chosen
            </span>
            <Button size="small" onClick={() => onDialog({ does: 'acknowledge', group, ids })}>
              Acknowledge
            </Button>
            <Button size="small" onClick={() => onDialog({ does: 'claim', group, ids })}>
              Claim
            </Button>
            <Button size="small" variant="quiet" onClick={() => setChosen(new Set())}>
              Choose none
            </Button>
          </>
        ) : (
          <>
            <span className={css.fact} role="status">
              {data
                ? countText(rows.length, hasNextPage, isFiltered ? undefined : total)
                : error
                  ? 'not read'
                  : 'reading…'}
            </span>
            {rows.length > 0 && (
              <Button
                size="small"
                variant="quiet"
                onClick={() => setChosen(new Set(rows.slice(0, WINDOW_MAX).map(({ id }) => id)))}
              >
                Choose {plural(Math.min(rows.length, WINDOW_MAX), 'entry', 'entries')}
              </Button>
            )}
            {rows.length > 0 && (
              <Menu
                align="end"
                trigger={
                  <Button size="small" variant="quiet">
                    {isFiltered ? 'All that match…' : 'All…'}
                  </Button>
                }
                items={[
                  {
                    id: 'ack-all',
                    label: 'Acknowledge all…',
                    perform: () => onDialog({ does: 'acknowledge-all', ...all }),
                  },
                  { id: 'claim-all', label: 'Claim all…', perform: () => onDialog({ does: 'claim-all', ...all }) },
                ]}
              />
            )}
          </>
        )}
      </div>
      {error && <ReadFailure error={error} onRetry={() => void query.refetch()} />}
      {data && rows.length === 0 && !hasNextPage ? (
        <EmptyState title={isFiltered ? 'No pending entry matches' : 'Nothing is pending'}>
          {isFiltered
            ? 'Choose another consumer, an earlier ID or a shorter idle time.'
            : 'All that was delivered to this group was acknowledged.'}
        </EmptyState>
      ) : (
        <RowMenu menuOf={menuOf}>
          {(onPoint) => (
            <DataTable
              ref={table}
              label="Pending entries"
              columns={columnsOf(chosen, toggle)}
              count={rows.length}
              rowAt={(index) => rows[index]}
              onRangeChange={(_, end) => setLastVisible(end)}
              active={Math.min(active, rows.length - 1)}
              onActiveChange={setActive}
              onOpen={({ id }) => onShowEntry(id)}
              onRowContextMenu={onPoint}
              onKeyDown={(event, row) => {
                if (event.key !== ' ' || !row) return
                event.preventDefault()
                toggle(row)
              }}
            />
          )}
        </RowMenu>
      )}
    </>
  )
}

function countText(read: number, goesOn: boolean, total: number | undefined): string {
  if (!goesOn) return `${formatExact(read)} in all`
  return `${formatExact(read)} ${total === undefined ? 'read, there are more' : `of ${formatExact(total)} read`}`
}

/** No consumer can have this value: names come as one character per byte. */
const ALL = '\u{1f465}'

interface IdleFieldProps {
  readonly onIdle: (minIdleMs: number | undefined) => void
  readonly onLeave: () => void
}

/** It holds from Enter on: every change of it makes the server walk through what is pending. */
function IdleField({ onIdle, onLeave }: IdleFieldProps) {
  const [typed, setTyped] = useState('')
  const parsed = typed.trim() === '' ? undefined : parseDuration(typed)
  return (
    <Field
      className={own.idle}
      aria-label="Idle for at least"
      placeholder="idle at least, as in 5m"
      mono
      value={typed}
      onValueChange={setTyped}
      error={parsed === null ? 'Write it as 5m, 90s or 1500ms.' : undefined}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && parsed !== null) onIdle(parsed)
        else if (event.key === 'Escape') {
          setTyped('')
          onIdle(undefined)
        } else if (event.key !== 'ArrowDown') return
        event.preventDefault()
        onLeave()
      }}
      suffix={typed !== '' && <Kbd keys="enter" />}
    />
  )
}

function columnsOf(chosen: ReadonlySet<StreamId>, onToggle: (row: Row) => void): readonly Column<Row>[] {
  return [
    {
      id: 'chosen',
      header: '',
      width: 30,
      cell: (row) => (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Choose ${row.id}`}
          aria-pressed={chosen.has(row.id)}
          className={own.check}
          onClick={() => onToggle(row)}
        >
          {chosen.has(row.id) && <Check size={10} strokeWidth={3} />}
        </button>
      ),
    },
    { id: 'id', header: 'ID', width: 152, mono: true, cell: ({ id }) => <span title={id}>{id}</span> },
    { id: 'time', header: 'time', width: 116, mono: true, cell: ({ id }) => <EntryTime id={id} /> },
    { id: 'consumer', header: 'consumer', mono: true, cell: (row) => <NameCell name={row.consumer} /> },
    {
      id: 'idle',
      header: <span title="Since it was last delivered">idle</span>,
      width: 104,
      mono: true,
      align: 'end',
      cell: ({ idleMs, at }) => <Since ms={idleMs} at={at} />,
    },
    {
      id: 'deliveries',
      header: 'deliveries',
      width: 88,
      mono: true,
      align: 'end',
      cell: (row) => formatExact(row.deliveries),
    },
  ]
}
