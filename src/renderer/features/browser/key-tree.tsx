import { type KeyboardEvent, type Ref, useState } from 'react'
import type { TreeRow as TreeRowData } from '../../../shared/contract/browse.ts'
import type { KeyName, Latin1 } from '../../../shared/contract/types.ts'
import { formatExact } from '../../lib/format-count.ts'
import type { MenuItem } from '../../ui/menu-item.ts'
import { RowMenu } from '../../ui/row-menu.tsx'
import { Tree, type TreeRow } from '../../ui/tree.tsx'
import type { RowsHandle } from '../../ui/virtual-rows.tsx'
import css from './browser.module.css'
import { KeyRow } from './key-row.tsx'
import { showNameShort } from './names.ts'
import type { RowWindow } from './use-browse.ts'
import type { Place } from './view-state.ts'

export interface KeyTreeProps {
  readonly ref?: Ref<RowsHandle>
  readonly place: Place
  readonly rows: RowWindow<TreeRowData>
  readonly onToggle: (path: Latin1, open: boolean) => void
  readonly onOpen: (key: KeyName, pin: boolean) => void
  readonly onKeyDown: (event: KeyboardEvent<HTMLDivElement>, key: KeyName | undefined) => void
  readonly menu: (row: TreeRowData) => readonly MenuItem[]
}

type Row = TreeRow & { readonly data: TreeRowData }

const rowOf = (data: TreeRowData): Row => ({
  id: `${data.kind} ${data.path}`,
  depth: data.depth,
  expandable: data.kind === 'folder',
  expanded: data.kind === 'folder' && data.expanded,
  data,
})

export function KeyTree({ ref, place, rows, onToggle, onOpen, onKeyDown, menu }: KeyTreeProps) {
  const [active, setActive] = useState(-1)
  return (
    <RowMenu menuOf={menu}>
      {(onPoint) => (
        <Tree
          ref={ref}
          label="Keys"
          count={rows.total}
          rowAt={(index) => {
            const row = rows.rowAt(index)
            return row && rowOf(row)
          }}
          onRangeChange={rows.onRangeChange}
          active={Math.min(active, rows.total - 1)}
          onActiveChange={(index, cause) => {
            setActive(index)
            const row = rows.rowAt(index)
            // A click looks at the key; arrows only pass over it, or each step would ask the server.
            if (cause === 'pointer' && row?.kind === 'key') onOpen(row.key, false)
          }}
          onToggle={({ data, expanded }) => onToggle(data.path, !expanded)}
          onOpen={({ data }) => data.kind === 'key' && onOpen(data.key, true)}
          onKeyDown={(event, row) => {
            const key = row?.data.kind === 'key' ? row.data.key : undefined
            if (event.key === ' ' && key !== undefined) {
              event.preventDefault()
              onOpen(key, false)
            }
            onKeyDown(event, key)
          }}
          onRowContextMenu={(row) => onPoint(row?.data)}
          row={({ data }) =>
            data.kind === 'folder' ? (
              <FolderRow row={data} />
            ) : (
              <KeyRow place={place} name={data.key} label={data.label} />
            )
          }
        />
      )}
    </RowMenu>
  )
}

function FolderRow({ row }: { readonly row: TreeRowData & { readonly kind: 'folder' } }) {
  const count = formatExact(row.count)
  return (
    <>
      <span className={css.folder}>
        {showNameShort(row.label)}
        <span className={css.separator}>{row.path.slice(-1)}</span>
      </span>
      <span
        className={css.aside}
        title={row.complete ? `${count} keys, all counted` : `${count} keys so far; the scan is not complete`}
      >
        {count}
        {!row.complete && <span aria-hidden="true">+</span>}
      </span>
    </>
  )
}
