import { type KeyboardEvent, type Ref, useState } from 'react'
import type { KeyRow as KeyRowData } from '../../../shared/contract/browse.ts'
import type { KeyName } from '../../../shared/contract/types.ts'
import type { MenuItem } from '../../ui/menu-item.ts'
import { RowMenu } from '../../ui/row-menu.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import type { RowsHandle } from '../../ui/virtual-rows.tsx'
import css from './browser.module.css'
import { KeyRow } from './key-row.tsx'
import type { RowWindow } from './use-browse.ts'
import type { Place } from './view-state.ts'

export interface KeyListProps {
  readonly ref?: Ref<RowsHandle>
  readonly place: Place
  readonly rows: RowWindow<KeyRowData>
  readonly onOpen: (key: KeyName, pin: boolean) => void
  readonly onKeyDown: (event: KeyboardEvent<HTMLDivElement>, key: KeyName | undefined) => void
  readonly menu: (key: KeyName) => readonly MenuItem[]
}

/** All keys found, sorted by their bytes. */
export function KeyList({ ref, place, rows, onOpen, onKeyDown, menu }: KeyListProps) {
  const [active, setActive] = useState(-1)
  const open = (index: number, pin: boolean): void => {
    const row = rows.rowAt(index)
    if (row) onOpen(row.key, pin)
  }
  return (
    <RowMenu menuOf={menu}>
      {(onPoint) => (
        <VirtualList
          ref={ref}
          label="Keys"
          count={rows.total}
          active={Math.min(active, rows.total - 1)}
          onActiveChange={(index, cause) => {
            setActive(index)
            if (cause === 'pointer') open(index, false)
          }}
          onActivate={(index) => open(index, true)}
          onKeyDown={(event) => {
            if (event.key === ' ') {
              event.preventDefault()
              open(active, false)
            }
            onKeyDown(event, rows.rowAt(active)?.key)
          }}
          onRowContextMenu={(index) => onPoint(rows.rowAt(index)?.key)}
          onRangeChange={rows.onRangeChange}
          row={(index) => {
            const row = rows.rowAt(index)
            return <span className={css.listRow}>{row && <KeyRow place={place} name={row.key} label={row.key} />}</span>
          }}
        />
      )}
    </RowMenu>
  )
}
