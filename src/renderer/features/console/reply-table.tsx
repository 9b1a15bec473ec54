import { useMemo, useState } from 'react'
import { exactCount } from '../../../shared/text/number.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { useRowHeight } from '../../ui/density.ts'
import type { Reply } from './reply.ts'
import { tabular } from './tabular.ts'
import css from './transcript.module.css'

const ROWS_SHOWN_MAX = 14
const HEADER_HEIGHT = 26
/** In pixels; wide enough for a field's name, narrow enough that the values are seen. */
const FIELD_WIDTH = 240
const RECORD_WIDTH = 160

export function ReplyTable({ reply, words }: { readonly reply: Reply; readonly words: readonly string[] }) {
  const table = useMemo(() => tabular(reply.value, words), [reply.value, words])
  const rowHeight = useRowHeight()
  const [active, setActive] = useState(-1)
  if (!table) return null
  const isPairs = table.columns.length === 2
  const columns = table.columns.map(
    (name, column): Column<number> => ({
      id: `${column}`,
      header: name,
      mono: true,
      width: isPairs ? (column === 0 ? FIELD_WIDTH : undefined) : RECORD_WIDTH,
      cell: (row) => {
        const text = table.cell(row, column)
        return <span title={text.length > 20 ? text.slice(0, 2_000) : undefined}>{text}</span>
      },
    }),
  )
  // A row that is 0 must not be taken for one that is not there yet.
  const shown = Math.min(table.rowCount, ROWS_SHOWN_MAX)
  return (
    <div className={css.table}>
      <div style={{ height: HEADER_HEIGHT + shown * rowHeight + 2 }}>
        <DataTable
          label="Reply"
          columns={columns}
          count={table.rowCount}
          rowAt={(index) => index}
          active={active}
          onActiveChange={setActive}
        />
      </div>
      {table.rowCount > shown && <div className={css.count}>{`${exactCount(table.rowCount)} rows`}</div>}
    </div>
  )
}
