import { type ReactNode, useState } from 'react'
import { ContextMenu } from './context-menu.tsx'
import type { MenuItem } from './menu-item.ts'
import css from './row-menu.module.css'

export interface RowMenuProps<Row> {
  readonly menuOf: (row: Row) => readonly MenuItem[]
  /** The rows, which tell what was pointed at by `onRowContextMenu`; the keys of the menu are theirs. */
  readonly children: (onPoint: (row: Row | undefined) => void) => ReactNode
}

/** The context menu of whichever row was pointed at, or is active where the keyboard asks for it. */
export function RowMenu<Row>({ menuOf, children }: RowMenuProps<Row>) {
  const [pointed, setPointed] = useState<Row>()
  return (
    <ContextMenu items={pointed === undefined ? [] : menuOf(pointed)}>
      <div className={css.rows}>{children(setPointed)}</div>
    </ContextMenu>
  )
}
