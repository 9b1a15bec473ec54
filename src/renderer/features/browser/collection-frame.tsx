import { Plus } from 'lucide-react'
import { type ReactNode, type Ref, useImperativeHandle, useRef, useState } from 'react'
import { useActions } from '../../ui/actions.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable, type Sort } from '../../ui/data-table.tsx'
import type { MenuItem } from '../../ui/menu-item.ts'
import { RowMenu } from '../../ui/row-menu.tsx'
import { matchesShortcut } from '../../ui/shortcut.ts'
import { SplitPane } from '../../ui/split-pane.tsx'
import type { RowsHandle } from '../../ui/virtual-rows.tsx'
import css from './browser.module.css'
import { copyRow } from './copy-item.ts'
import { GoToField } from './go-to-field.tsx'
import { PaneSearch } from './pane-search.tsx'

export interface CollectionFrameProps<Row> {
  readonly ref?: Ref<CollectionHandle>
  /** The type, as the palette groups its actions: "List". */
  readonly group: string
  /** One of what is shown, "element", and all of them, "Elements". */
  readonly element: string
  readonly label: string
  readonly search: string
  readonly onSearch: (search: string) => void
  readonly tools?: ReactNode
  /** Where rows have numbers of their own. */
  readonly goTo?: GoTo
  /** How many there are, and how many of them are shown. */
  readonly status: ReactNode
  readonly onAdd: () => void
  /** Between the toolbar and the table: what went wrong. */
  readonly note?: ReactNode
  /** In place of the table, unless false: why there are no rows. */
  readonly empty?: ReactNode
  readonly foot?: ReactNode
  readonly columns: readonly Column<Row>[]
  readonly count: number
  readonly rowAt: (index: number) => Row | undefined
  readonly onRangeChange: (first: number, end: number) => void
  readonly sort?: Sort
  readonly onSortChange?: (sort: Sort) => void
  readonly menuOf: (row: Row) => readonly MenuItem[]
  readonly onOpen: (row: Row) => void
  readonly onDelete: (row: Row) => void
  /** What is opened, beside the table; null: nothing is. */
  readonly editor: ReactNode
  /** Escape in the table: what is opened is closed. */
  readonly onClose: () => void
}

export interface GoTo {
  /** What the number is called: "index". */
  readonly what: string
  readonly min: number
  readonly max: number
  /** The row that has it. */
  readonly rowOf: (number: number) => number
}

/** The keys that lead to the field for numbers. */
const GO_TO = 'mod+g'

export interface CollectionHandle {
  readonly focus: () => void
}

/** The pane of a value that is a collection: search and tools above, rows below, one of them opened beside. */
export function CollectionFrame<Row>(props: CollectionFrameProps<Row>) {
  const { element, label, search, rowAt, count, editor, goTo, menuOf, onOpen, onDelete } = props
  const [active, setActive] = useState(-1)
  const searchField = useRef<HTMLInputElement>(null)
  const goField = useRef<HTMLInputElement>(null)
  const table = useRef<RowsHandle>(null)
  useImperativeHandle(props.ref, () => ({
    focus: () => table.current?.focus(),
  }))
  const searchLabel = `Search ${label.toLowerCase()}`
  useActions([
    {
      id: 'browser.search-elements',
      group: props.group,
      label: searchLabel,
      shortcut: 'mod+f',
      perform: () => searchField.current?.select(),
    },
    ...(goTo
      ? [
          {
            id: 'browser.go-element',
            group: props.group,
            label: `Go to ${goTo.what}`,
            shortcut: GO_TO,
            perform: () => goField.current?.select(),
          },
        ]
      : []),
    { id: 'browser.add-element', group: props.group, label: addLabel(element), perform: props.onAdd },
  ])
  const content = (
    <section className={css.hash} aria-label={label}>
      <div className={css.toolbar}>
        <PaneSearch
          ref={searchField}
          label={searchLabel}
          search={search}
          onSearch={props.onSearch}
          onLeave={() => table.current?.focus()}
        />
        {props.tools}
        {goTo && (
          <GoToField
            ref={goField}
            {...goTo}
            shortcut={GO_TO}
            onGo={(number) => {
              const row = goTo.rowOf(number)
              setActive(row)
              table.current?.show(row, 'center')
              table.current?.focus()
            }}
            onLeave={() => table.current?.focus()}
          />
        )}
        <span className={css.grow} />
        <span className={css.fact} role="status">
          {props.status}
        </span>
        <Button size="small" icon={<Plus size={14} />} onClick={props.onAdd}>
          {element[0]!.toUpperCase() + element.slice(1)}
        </Button>
      </div>
      {props.note}
      {props.empty || (
        <RowMenu menuOf={menuOf}>
          {(onPoint) => (
            <DataTable
              ref={table}
              label={label}
              columns={props.columns}
              count={count}
              rowAt={rowAt}
              onRangeChange={props.onRangeChange}
              sort={props.sort}
              onSortChange={props.onSortChange}
              active={Math.min(active, count - 1)}
              onActiveChange={(index, cause) => {
                setActive(index)
                const row = rowAt(index)
                if (cause === 'pointer' && editor !== null && row !== undefined) onOpen(row)
              }}
              onOpen={onOpen}
              onRowContextMenu={onPoint}
              onKeyDown={(event, row) => {
                if (event.key === 'Delete') {
                  // Never the whole key instead of an element that is not read yet.
                  event.preventDefault()
                  if (row !== undefined) onDelete(row)
                } else if (matchesShortcut('mod+c', event) && row !== undefined) {
                  event.preventDefault()
                  copyRow(menuOf(row))
                } else if (event.key === 'Escape' && editor !== null) {
                  event.preventDefault()
                  props.onClose()
                }
              }}
            />
          )}
        </RowMenu>
      )}
      {props.foot}
    </section>
  )
  return (
    <SplitPane
      id="browser.field"
      orientation="vertical"
      firstSize="55%"
      firstMinSize={120}
      secondMinSize={120}
      first={content}
      second={editor}
    />
  )
}

const addLabel = (element: string): string => `Add ${/^[aeiou]/.test(element) ? 'an' : 'a'} ${element}`
