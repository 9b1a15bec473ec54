// biome-ignore-all lint/a11y/noStaticElementInteractions: the roles are there, but computed: listbox, tree or grid.
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: as above.
import { clsx } from 'clsx'
import {
  type FocusEvent,
  type HTMLAttributes,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
} from 'react'
import { flushSync } from 'react-dom'
import { useRowHeight } from './density.ts'
import { useVirtualRows } from './use-virtual-rows.ts'
import css from './virtual-rows.module.css'
import { type Align, movedIndex } from './virtual-window.ts'

export interface RowsHandle {
  readonly show: (index: number, align?: Align) => void
  /** Call it in a layout effect, when `rows` more were put before the first (or fewer): what is in sight stays. */
  readonly shift: (rows: number) => void
  readonly focus: () => void
}

/** Pixels from the left edge of the rows to a menu that the keyboard asked for. */
const MENU_INDENT = 24

/** What moved the active row; a list may open on a click and wait on a key. */
export type MoveCause = 'keyboard' | 'pointer'

type RowAttributes = HTMLAttributes<HTMLDivElement> & { readonly [data: `data-${string}`]: string | undefined }

export interface VirtualRowsProps {
  readonly ref?: Ref<RowsHandle>
  readonly role: 'listbox' | 'tree' | 'grid'
  readonly label: string
  readonly count: number
  /** -1 when there is none. */
  readonly active: number
  readonly onActiveChange: (index: number, cause: MoveCause) => void
  /** A click, each of a double click's included; for what a single press does (a folder opens). */
  readonly onPress?: (index: number) => void
  /** Enter, or a double click. */
  readonly onActivate?: (index: number) => void
  /** Runs before the movement keys; preventDefault() keeps a key from them. */
  readonly onKeyDown?: (event: KeyboardEvent<HTMLDivElement>) => void
  readonly onRowContextMenu?: (index: number) => void
  /** The rows in sight plus a margin: what to fetch. */
  readonly onRangeChange?: (first: number, end: number) => void
  readonly rowAttributes?: (index: number) => RowAttributes
  readonly row: (index: number) => ReactNode
  readonly header?: ReactNode
  readonly headerHeight?: number
  readonly minWidth?: number
  readonly className?: string
  readonly rowClassName?: string
  readonly columnCount?: number
}

/**
 * The floor under VirtualList, Tree and DataTable: rows in a window, one of
 * them active, moved by keyboard. Focus stays on the container, so a row that
 * scrolls out of the window never takes the focus with it.
 */
export function VirtualRows(props: VirtualRowsProps) {
  const { role, label, count, active, header, headerHeight, minWidth, row, rowAttributes } = props
  const id = useId()
  const rowHeight = useRowHeight()
  const rows = useVirtualRows({ count, rowHeight, headerHeight })
  const { first, end } = rows.range
  const { onRangeChange, onActiveChange } = props

  useImperativeHandle(
    props.ref,
    () => ({ show: rows.show, shift: rows.shift, focus: () => rows.scrollRef.current?.focus() }),
    [rows.show, rows.shift, rows.scrollRef],
  )
  useEffect(() => onRangeChange?.(first, end), [onRangeChange, first, end])

  /** The menu of the active row, asked for by keyboard: under it, as if it had been pointed at there. */
  const openMenu = (): void => {
    flushSync(() => rows.show(active))
    const row = document.getElementById(`${id}-${active}`)
    const container = rows.scrollRef.current?.getBoundingClientRect()
    if (!row || !container) return
    const at = { clientX: container.left + MENU_INDENT, clientY: row.getBoundingClientRect().bottom }
    row.dispatchEvent(new globalThis.MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...at }))
  }
  /** Some systems tell of the key once more, when it is let go, and mean the container, which has the focus. */
  const onContextMenu = (event: MouseEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget) return
    event.preventDefault()
    event.stopPropagation()
  }

  /**
   * A button in a row is for the pointer only, and the focus stays the rows': they are drawn by number, so that
   * the button would soon be another row's. Nor does it get the focus back from a menu or a dialog.
   */
  const onFocus = (event: FocusEvent<HTMLDivElement>): void => {
    if (event.target.matches('button[tabindex="-1"]')) event.currentTarget.focus()
  }

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    // A field inside a row (rename, edit in place) keeps its own keys.
    if (event.target !== event.currentTarget) return
    props.onKeyDown?.(event)
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (props.onRowContextMenu && (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))) {
      event.preventDefault()
      if (active >= 0 && active < count) openMenu()
      return
    }
    if (event.key === 'Enter' && active >= 0 && props.onActivate) {
      event.preventDefault()
      props.onActivate(active)
      return
    }
    const next = movedIndex(event.key, active, count, rows.page)
    if (next === null) return
    event.preventDefault()
    rows.show(next)
    if (next !== active) onActiveChange(next, 'keyboard')
  }

  const isActiveDrawn = active >= first && active < end
  const indexes = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i)
  return (
    <div
      ref={rows.scrollRef}
      role={role}
      aria-label={label}
      aria-rowcount={role === 'grid' ? count + 1 : undefined}
      aria-colcount={props.columnCount}
      aria-keyshortcuts={props.onRowContextMenu && 'Shift+F10'}
      aria-activedescendant={isActiveDrawn ? `${id}-${active}` : undefined}
      tabIndex={0}
      className={clsx(css.scroll, props.className)}
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
      onFocus={onFocus}
    >
      {header}
      <div className={css.rows} style={{ height: rows.height, minWidth }} role="presentation">
        <div className={css.window} style={{ transform: `translateY(${rows.offset}px)` }} role="presentation">
          {indexes.map((index) => (
            // The row's own attributes carry its role; presses on it move the active row.
            // biome-ignore lint/a11y/useKeyWithClickEvents: the focus, and so the keys, are the container's.
            <div
              key={index}
              {...rowAttributes?.(index)}
              id={`${id}-${index}`}
              className={clsx(css.row, props.rowClassName)}
              style={{ height: rowHeight }}
              data-active={index === active ? '' : undefined}
              onMouseDown={(event) => event.button !== 1 && onActiveChange(index, 'pointer')}
              onClick={() => props.onPress?.(index)}
              onDoubleClick={() => props.onActivate?.(index)}
              onContextMenu={() => props.onRowContextMenu?.(index)}
            >
              {row(index)}
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}
