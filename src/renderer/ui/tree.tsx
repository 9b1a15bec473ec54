import { clsx } from 'clsx'
import { ChevronRight } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, type Ref, useImperativeHandle, useRef } from 'react'
import css from './tree.module.css'
import { type TreeRow, treeKey } from './tree-model.ts'
import { type MoveCause, type RowsHandle, VirtualRows } from './virtual-rows.tsx'

export type { TreeRow } from './tree-model.ts'

export interface TreeProps<Row extends TreeRow> {
  readonly ref?: Ref<RowsHandle>
  readonly label: string
  /** Visible rows in all, folders opened as they are. */
  readonly count: number
  /** The row at `index`, or undefined while its window is being fetched. */
  readonly rowAt: (index: number) => Row | undefined
  readonly onRangeChange: (first: number, end: number) => void
  readonly active: number
  readonly onActiveChange: (index: number, cause: MoveCause) => void
  readonly onToggle: (row: Row, index: number) => void
  /** Enter or a double click on a row that does not expand. */
  readonly onOpen?: (row: Row, index: number) => void
  readonly onKeyDown?: (event: KeyboardEvent<HTMLDivElement>, row: Row | undefined) => void
  readonly onRowContextMenu?: (row: Row | undefined, index: number) => void
  readonly row: (row: Row, index: number) => ReactNode
}

/** Levels of full width; a path of twenty names must leave room for the last of them. */
const DEEP = 6

/**
 * A tree that is flat: whoever owns the nodes says how many rows are visible
 * and hands out windows of them. So a tree of ten million leaves costs the
 * page one screenful.
 */
export function Tree<Row extends TreeRow>(props: TreeProps<Row>) {
  const { label, count, rowAt, active, onActiveChange, onToggle, onOpen } = props
  const rows = useRef<RowsHandle>(null)
  useImperativeHandle(
    props.ref,
    () => ({
      show: (index, align) => rows.current?.show(index, align),
      shift: (by) => rows.current?.shift(by),
      focus: () => rows.current?.focus(),
    }),
    [],
  )

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const row = rowAt(active)
    props.onKeyDown?.(event, row)
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const step = treeKey(event.key, active, count, rowAt)
    if (!step) return
    event.preventDefault()
    if (step.does === 'toggle' && row) onToggle(row, active)
    if (step.does === 'move') {
      rows.current?.show(step.index)
      onActiveChange(step.index, 'keyboard')
    }
  }
  /** A press on a folder opens or closes it, wherever in the row; a leaf is opened by a second one. */
  const press = (index: number): void => {
    const row = rowAt(index)
    if (row?.expandable) onToggle(row, index)
  }
  /** Enter never comes here with a folder: the keys of a tree toggle it before. */
  const activate = (index: number): void => {
    const row = rowAt(index)
    if (row && !row.expandable) onOpen?.(row, index)
  }
  return (
    <VirtualRows
      ref={rows}
      role="tree"
      label={label}
      count={count}
      active={active}
      onActiveChange={onActiveChange}
      onPress={press}
      onActivate={activate}
      onKeyDown={onKeyDown}
      onRowContextMenu={(index) => props.onRowContextMenu?.(rowAt(index), index)}
      onRangeChange={props.onRangeChange}
      rowClassName={css.row}
      rowAttributes={(index) => {
        const row = rowAt(index)
        return {
          role: 'treeitem',
          'aria-level': row ? row.depth + 1 : undefined,
          'aria-expanded': row?.expandable ? row.expanded : undefined,
          'aria-selected': index === active,
          'aria-busy': row === undefined ? true : undefined,
        }
      }}
      row={(index) => {
        const row = rowAt(index)
        if (!row) return <span className={css.pending} />
        return (
          <>
            {Array.from({ length: row.depth }, (_, depth) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a guide is nothing but its depth.
              <span key={depth} className={clsx(css.guide, depth >= DEEP && css.deep)} />
            ))}
            <span className={clsx(css.twisty, row.expandable && row.expanded && css.open)} aria-hidden="true">
              {row.expandable && <ChevronRight size={14} />}
            </span>
            <span className={css.content}>{props.row(row, index)}</span>
          </>
        )
      }}
    />
  )
}
