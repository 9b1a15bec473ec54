import { type ReactNode, useState } from 'react'
import { ContextMenu } from './context-menu.tsx'
import type { MenuItem } from './menu-item.ts'
import css from './row-menu.module.css'

export interface RowMenuProps<Row> {
  readonly menuOf: (row: Row) => readonly MenuItem[]
  /** The table, which tells what was pointed at by `onRowContextMenu`. */
  readonly children: (onPoint: (row: Row | undefined) => void) => ReactNode
}

/** The context menu of whichever row of a table was pointed at. */
export function RowMenu<Row>({ menuOf, children }: RowMenuProps<Row>) {
  const [pointed, setPointed] = useState<Row>()
  return (
    <ContextMenu items={pointed === undefined ? [] : menuOf(pointed)}>
      <div className={css.rows}>{children(setPointed)}</div>
    </ContextMenu>
  )
}
