import { clsx } from 'clsx'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import type { StreamEntry } from '../../../../shared/contract/streams.ts'
import type { KeyName } from '../../../../shared/contract/types.ts'
import { compareIds, type StreamId } from '../../../../shared/text/stream-id.ts'
import { copyText } from '../../../lib/copy-text.ts'
import { formatExact, plural } from '../../../lib/format-count.ts'
import { useActions } from '../../../ui/actions.ts'
import { Button } from '../../../ui/button.tsx'
import { DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import type { MenuItem } from '../../../ui/menu-item.ts'
import { RowMenu } from '../../../ui/row-menu.tsx'
import { SplitPane } from '../../../ui/split-pane.tsx'
import { Segments } from '../../../ui/tabs.tsx'
import type { RowsHandle } from '../../../ui/virtual-rows.tsx'
import css from '../browser.module.css'
import { showName } from '../names.ts'
import { ReadFailure } from '../read-failure.tsx'
import type { Place } from '../view-state.ts'
import { entryColumns, sharedSchema } from './entry-columns.tsx'
import { EntryPane } from './entry-pane.tsx'
import { PointField, type TypedPoint } from './point-field.tsx'
import type { EntriesView } from './queries.ts'
import own from './stream.module.css'
import type { StreamDialog } from './stream-dialog.ts'
import { StreamFacts } from './stream-facts.tsx'
import { useEntries } from './use-entries.ts'

/** Where one is in a stream. */
export interface EntriesState {
  readonly order: 'down' | 'up'
  readonly from?: TypedPoint
  readonly to?: TypedPoint
  readonly anchor?: TypedPoint
  readonly opened?: StreamId
}

export const FROM_THE_END: EntriesState = { order: 'down' }

/** What lies outside of the range is not gone to; its end on that side is. */
function clamp(id: StreamId, min: StreamId | undefined, max: StreamId | undefined): StreamId {
  if (min !== undefined && compareIds(id, min) < 0) return min
  return max !== undefined && compareIds(id, max) > 0 ? max : id
}

function viewOf({ order, from, to, anchor }: EntriesState): EntriesView {
  const [min, max] = [from?.first, to?.last]
  const place = order === 'down' ? anchor?.last : anchor?.first
  return { order, min, max, anchor: place && clamp(place, min, max) }
}

export interface EntriesPaneProps {
  readonly place: Place
  readonly name: KeyName
  /** How many groups read it; undefined: not known. */
  readonly groups: number | undefined
  readonly state: EntriesState
  readonly onState: (change: Partial<EntriesState>) => void
  readonly onDialog: (dialog: StreamDialog) => void
  readonly toolbar: (status: ReactNode) => ReactNode
}

/** The entries of a stream by window, and one of them beside. */
export function EntriesPane(props: EntriesPaneProps) {
  const { place, name, state, onState, onDialog } = props
  const [active, setActive] = useState<StreamId>()
  // Raised to empty the fields.
  const [cleared, setCleared] = useState(0)
  const table = useRef<RowsHandle>(null)
  const goField = useRef<HTMLInputElement>(null)
  const view = viewOf(state)
  const entries = useEntries(place, name, view, table)
  const { rows, data, error, length, range, onRange } = entries
  const columns = useColumns(rows, range.first, range.end)
  const { opened } = state

  useActions([
    {
      id: 'browser.go-entry',
      group: 'Stream',
      label: 'Go to an ID or a time',
      shortcut: 'mod+f',
      perform: () => goField.current?.select(),
    },
  ])
  const focusTable = (): void => table.current?.focus()
  const close = (): void => {
    onState({ opened: undefined })
    focusTable()
  }
  const menuOf = ({ id }: StreamEntry): readonly MenuItem[] => [
    { id: 'open', label: 'Show the whole entry', shortcut: 'enter', perform: () => onState({ opened: id }) },
    { id: 'copy', label: 'Copy the ID', perform: () => void copyText(id) },
    { kind: 'separator', id: 'range' },
    { id: 'from', label: 'Only from here on', perform: () => onState({ from: pointAt(id), anchor: undefined }) },
    { id: 'to', label: 'Only up to here', perform: () => onState({ to: pointAt(id), anchor: undefined }) },
    { kind: 'separator', id: 'changes' },
    {
      id: 'delete',
      label: 'Delete…',
      shortcut: 'delete',
      danger: true,
      perform: () => onDialog({ does: 'remove', id }),
    },
  ]
  const showAll = (): void => {
    onState({ from: undefined, to: undefined, anchor: undefined })
    setCleared((times) => times + 1)
  }
  const apply = (field: 'from' | 'to' | 'anchor') => (point: TypedPoint | undefined) => {
    setActive(undefined)
    onState({ [field]: point, ...(field === 'anchor' ? {} : { anchor: undefined }) })
    focusTable()
  }
  const isRanged = view.min !== undefined || view.max !== undefined
  const content = (
    <section className={clsx(css.hash, own.pane)} aria-label="Entries">
      {props.toolbar(
        <span className={css.fact} role="status">
          {statusText(entries, isRanged)}
        </span>,
      )}
      <div key={cleared} className={clsx(css.toolbar, own.range)}>
        <PointField
          // A range chosen from the menu was not typed here.
          key={`from ${state.from?.text}`}
          label="From an ID or time"
          placeholder="from"
          applied={state.from}
          onApply={apply('from')}
          onLeave={focusTable}
        />
        <PointField
          key={`to ${state.to?.text}`}
          label="To an ID or time"
          placeholder="to"
          applied={state.to}
          onApply={apply('to')}
          onLeave={focusTable}
        />
        <PointField
          ref={goField}
          label="Go to an ID or time"
          placeholder="go to"
          applied={state.anchor}
          onApply={apply('anchor')}
          onLeave={focusTable}
          shortcut="mod+f"
        />
        <span className={css.grow} />
        <Segments
          label="On top"
          className={own.order}
          value={state.order}
          onValueChange={(order) => onState({ order })}
          items={[
            { value: 'down', label: 'newest' },
            { value: 'up', label: 'oldest' },
          ]}
        />
      </div>
      {error && !data ? (
        <ReadFailure error={error} onRetry={() => void entries.refetch()} />
      ) : (
        <>
          {error && <ReadFailure error={error} onRetry={() => void entries.refetch()} />}
          {data && rows.length === 0 && !entries.hasNextPage && !entries.hasPreviousPage ? (
            <Nothing {...props} isRanged={isRanged && length !== 0} onShowAll={showAll} />
          ) : (
            <RowMenu menuOf={menuOf}>
              {(onPoint) => (
                <DataTable
                  ref={table}
                  label="Entries"
                  columns={columns}
                  count={rows.length}
                  rowAt={(index) => rows[index]}
                  onRangeChange={onRange}
                  active={activeIndex(rows, active, view)}
                  onActiveChange={(index, cause) => {
                    setActive(rows[index]?.id)
                    if (cause === 'pointer' && opened !== undefined) onState({ opened: rows[index]?.id })
                  }}
                  onOpen={({ id }) => onState({ opened: id })}
                  onRowContextMenu={onPoint}
                  onKeyDown={(event, row) => {
                    if (event.key === 'Escape' && opened !== undefined) onState({ opened: undefined })
                    else if (event.key === 'Delete' && row) onDialog({ does: 'remove', id: row.id })
                    else return
                    event.preventDefault()
                  }}
                />
              )}
            </RowMenu>
          )}
        </>
      )}
      <StreamFacts place={place} name={name} />
    </section>
  )
  return (
    <SplitPane
      id="browser.entry"
      orientation="vertical"
      firstSize="55%"
      firstMinSize={120}
      secondMinSize={120}
      first={content}
      second={
        opened === undefined ? null : (
          <EntryPane
            key={opened}
            place={place}
            name={name}
            id={opened}
            onClose={close}
            onAddLike={(like) => onDialog({ does: 'add', like })}
            onRemove={() => onDialog({ does: 'remove', id: opened })}
          />
        )
      }
    />
  )
}

const pointAt = (id: StreamId): TypedPoint => ({ ok: true, first: id, last: id, isTime: false, text: id })

/** Columns for the entries in sight; the same array as long as they are the same columns. */
function useColumns(rows: readonly StreamEntry[], first: number, end: number) {
  const inSight = rows.slice(first, Math.max(end, first + 1))
  const schema = sharedSchema(inSight)
  const shape = schema && JSON.stringify(schema)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the schema; widths must not follow every row.
  return useMemo(() => entryColumns(schema, inSight), [shape])
}

/** After a jump, before anything was chosen: the row that was jumped to. */
function activeIndex(
  rows: readonly StreamEntry[],
  active: StreamId | undefined,
  { order, anchor }: EntriesView,
): number {
  if (active !== undefined) return rows.findIndex(({ id }) => id === active)
  if (anchor === undefined) return -1
  const index = rows.findIndex(({ id }) =>
    order === 'down' ? compareIds(id, anchor) <= 0 : compareIds(id, anchor) >= 0,
  )
  return index < 0 ? rows.length - 1 : index
}

function statusText(
  { rows, length, error, hasNextPage, hasPreviousPage }: ReturnType<typeof useEntries>,
  isRanged: boolean,
): string {
  if (length === undefined) return error ? 'not read' : 'reading…'
  const goesOn = hasNextPage || hasPreviousPage
  const count = formatExact(rows.length)
  if (isRanged) return goesOn ? `${count} read, the range goes on` : `${count} of ${formatExact(length)} in this range`
  return goesOn ? `${count} of ${formatExact(length)} read` : `${plural(rows.length, 'entry', 'entries')}, all read`
}

interface NothingProps extends EntriesPaneProps {
  readonly isRanged: boolean
  readonly onShowAll: () => void
}

function Nothing({ name, groups, isRanged, onShowAll }: NothingProps) {
  if (isRanged) {
    return (
      <EmptyState title="No entry in this range" actions={<Button onClick={onShowAll}>Show the whole stream</Button>}>
        Both ends belong to the range; times are those of this computer's time zone.
      </EmptyState>
    )
  }
  return (
    <EmptyState title="This stream is empty">
      All its entries were deleted or trimmed away
      {groups === undefined || groups === 0
        ? ''
        : `; ${plural(groups, 'group')} still ${groups === 1 ? 'waits' : 'wait'}`}
      . <code>XADD {showName(name)} * field value</code> adds one.
    </EmptyState>
  )
}
