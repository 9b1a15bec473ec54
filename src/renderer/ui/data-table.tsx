// biome-ignore-all lint/a11y/useSemanticElements: virtual rows are placed by arithmetic, which table elements forbid.
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus is the grid's; rows and cells are its active descendants.
import { clsx } from 'clsx'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, type ReactNode, type Ref, useState } from 'react'
import css from './data-table.module.css'
import { type MoveCause, type RowsHandle, VirtualRows } from './virtual-rows.tsx'

const HEADER_HEIGHT = 26
/** What a column can be dragged to. */
const LEAST_WIDTH = 48
/** Of a column without a width. */
const SHARED_LEAST_WIDTH = 120

export interface Column<Row> {
  readonly id: string
  readonly header: ReactNode
  readonly cell: (row: Row, index: number) => ReactNode
  /** Pixels; a column without a width shares what is left. */
  readonly width?: number
  /** Pixels to which it gives way where there is little room. */
  readonly leastWidth?: number
  readonly align?: 'start' | 'end'
  readonly mono?: boolean
  readonly sortable?: boolean
}

export interface Sort {
  readonly column: string
  readonly descending: boolean
}

export interface DataTableProps<Row> {
  readonly ref?: Ref<RowsHandle>
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly count: number
  /** The row at `index`, or undefined while its window is being fetched. */
  readonly rowAt: (index: number) => Row | undefined
  readonly onRangeChange?: (first: number, end: number) => void
  readonly active: number
  readonly onActiveChange: (index: number, cause: MoveCause) => void
  /** Enter, or a double click. */
  readonly onOpen?: (row: Row, index: number) => void
  readonly onKeyDown?: (event: KeyboardEvent<HTMLDivElement>, row: Row | undefined) => void
  readonly onRowContextMenu?: (row: Row | undefined, index: number) => void
  readonly sort?: Sort
  readonly onSortChange?: (sort: Sort) => void
}

/** Columns over virtual rows. Sorting is the owner's: it may mean asking the server again. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rowAt, onKeyDown } = props
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({})
  const tracks = columns.map(({ id, width, leastWidth = width }) => {
    const least = widths[id] ?? leastWidth ?? SHARED_LEAST_WIDTH
    const most = widths[id] ?? width
    return { least, track: `minmax(${least}px, ${most === undefined ? '1fr' : `${most}px`})` }
  })
  const gridTemplateColumns = tracks.map(({ track }) => track).join(' ')
  const minWidth = tracks.reduce((sum, { least }) => sum + least, 0)

  const header = (
    <div className={css.head} style={{ gridTemplateColumns, minWidth }} role="row" aria-rowindex={1}>
      {columns.map((column) => (
        <HeadCell
          key={column.id}
          column={column}
          sort={props.sort}
          onSortChange={props.onSortChange}
          onWidth={(width) => setWidths((old) => ({ ...old, [column.id]: width }))}
        />
      ))}
    </div>
  )
  return (
    <VirtualRows
      ref={props.ref}
      role="grid"
      label={props.label}
      count={props.count}
      columnCount={columns.length}
      active={props.active}
      onActiveChange={props.onActiveChange}
      onActivate={(index) => {
        const row = rowAt(index)
        if (row !== undefined) props.onOpen?.(row, index)
      }}
      onKeyDown={onKeyDown && ((event) => onKeyDown(event, rowAt(props.active)))}
      onRowContextMenu={(index) => props.onRowContextMenu?.(rowAt(index), index)}
      onRangeChange={props.onRangeChange}
      header={header}
      headerHeight={HEADER_HEIGHT}
      minWidth={minWidth}
      rowClassName={css.row}
      rowAttributes={(index) => ({
        role: 'row',
        'aria-rowindex': index + 2,
        'aria-selected': index === props.active,
        'aria-busy': rowAt(index) === undefined ? true : undefined,
      })}
      row={(index) => <Cells columns={columns} row={rowAt(index)} index={index} template={gridTemplateColumns} />}
    />
  )
}

interface CellsProps<Row> {
  readonly columns: readonly Column<Row>[]
  readonly row: Row | undefined
  readonly index: number
  readonly template: string
}

function Cells<Row>({ columns, row, index, template }: CellsProps<Row>) {
  return (
    <div className={css.cells} style={{ gridTemplateColumns: template }} role="presentation">
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={clsx(css.cell, column.mono && css.mono, column.align === 'end' && css.end)}
        >
          {row === undefined ? <span className={css.pending} /> : column.cell(row, index)}
        </div>
      ))}
    </div>
  )
}

interface HeadCellProps<Row> {
  readonly column: Column<Row>
  readonly sort: Sort | undefined
  readonly onSortChange: ((sort: Sort) => void) | undefined
  readonly onWidth: (width: number) => void
}

function HeadCell<Row>({ column, sort, onSortChange, onWidth }: HeadCellProps<Row>) {
  const sorted = sort?.column === column.id ? sort : undefined
  const className = clsx(css.headCell, column.align === 'end' && css.end)
  const grip = <span className={css.grip} aria-hidden="true" onPointerDown={(event) => dragWidth(event, onWidth)} />
  if (!column.sortable || !onSortChange) {
    return (
      <div className={className} role="columnheader">
        {column.header}
        {grip}
      </div>
    )
  }
  const Arrow = sorted?.descending ? ArrowDown : ArrowUp
  return (
    <button
      type="button"
      role="columnheader"
      className={className}
      aria-sort={sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none'}
      onClick={() => onSortChange({ column: column.id, descending: sorted ? !sorted.descending : false })}
    >
      {column.header}
      {sorted && <Arrow size={12} />}
      {grip}
    </button>
  )
}

/** Follows the pointer until it is let go; the cell under the grip says where the drag began. */
function dragWidth(event: PointerEvent<HTMLElement>, onWidth: (width: number) => void): void {
  const grip = event.currentTarget
  const start = grip.parentElement?.offsetWidth ?? 0
  const from = event.clientX
  event.preventDefault()
  grip.setPointerCapture(event.pointerId)
  const move = (moved: globalThis.PointerEvent): void => onWidth(Math.max(LEAST_WIDTH, start + moved.clientX - from))
  grip.addEventListener('pointermove', move)
  grip.addEventListener('lostpointercapture', () => grip.removeEventListener('pointermove', move), { once: true })
}
