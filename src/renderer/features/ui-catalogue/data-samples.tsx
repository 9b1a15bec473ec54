import { useState } from 'react'
import { formatExact } from '../../lib/format-count.ts'
import { keyTypeMark } from '../../lib/key-type.ts'
import { Badge } from '../../ui/badge.tsx'
import { CodeField } from '../../ui/code-field.tsx'
import { type Column, DataTable, type Sort } from '../../ui/data-table.tsx'
import { SplitPane } from '../../ui/split-pane.tsx'
import { Tree, type TreeRow } from '../../ui/tree.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import css from './catalogue.module.css'

interface SampleRow extends TreeRow {
  readonly label: string
  readonly count?: number
  readonly type?: string
}

/** Two folders of leaves, one of which opens; the last rows of the window stay unfetched. */
function sampleRows(isOpen: boolean): readonly SampleRow[] {
  const leaf = (label: string, type: string): SampleRow => ({
    id: label,
    depth: 1,
    expandable: false,
    expanded: false,
    label,
    type,
  })
  const folder = (label: string, count: number, expanded: boolean): SampleRow => ({
    id: label,
    depth: 0,
    expandable: true,
    expanded,
    label,
    count,
  })
  return [
    folder('cart:', 12_004, false),
    folder('user:', 1_204_311, isOpen),
    ...(isOpen ? [leaf('user:1042', 'hash'), leaf('user:1043', 'string'), leaf('user:\\xff\\x00', 'zset')] : []),
    folder('session:', 804_120, false),
  ]
}

export function TreeSamples() {
  const [isOpen, setOpen] = useState(true)
  const [active, setActive] = useState(2)
  const rows = sampleRows(isOpen)
  return (
    <div className={css.box}>
      <Tree
        label="Sample tree"
        count={rows.length + 1}
        rowAt={(index) => rows[index]}
        onRangeChange={() => {}}
        active={active}
        onActiveChange={setActive}
        onToggle={(row) => row.id === 'user:' && setOpen(!isOpen)}
        row={(row) => (
          <>
            {row.type !== undefined && (
              <Badge code hue={keyTypeMark(row.type).hue} title={keyTypeMark(row.type).name}>
                {keyTypeMark(row.type).code}
              </Badge>
            )}
            <span className={css.mono}>{row.label}</span>
            {row.count !== undefined && <span className={css.count}>{formatExact(row.count)}</span>}
          </>
        )}
      />
    </div>
  )
}

const TEN_MILLION = 10_000_000

export function ListSamples() {
  const [active, setActive] = useState(-1)
  return (
    <div className={css.box}>
      <VirtualList
        label="Sample list"
        count={TEN_MILLION}
        active={active}
        onActiveChange={setActive}
        row={(index) => <span className={css.mono}>row {formatExact(index + 1)}</span>}
      />
    </div>
  )
}

interface Field {
  readonly name: string
  readonly value: string
  readonly ttl: string
}

const COLUMNS: readonly Column<Field>[] = [
  { id: 'field', header: 'field', width: 140, mono: true, sortable: true, cell: (row) => row.name },
  { id: 'value', header: 'value', mono: true, cell: (row) => row.value },
  { id: 'ttl', header: 'ttl', width: 90, align: 'end', mono: true, sortable: true, cell: (row) => row.ttl },
]
const FIELDS: readonly Field[] = [
  { name: 'email', value: 'ada@example.org', ttl: '–' },
  { name: 'prefs', value: '{"theme":"dark","density":"compact","columns":["field","value","ttl"]}', ttl: '2d 4h' },
  { name: 'visits', value: '9007199254740993', ttl: '–' },
]

export function TableSamples() {
  const [active, setActive] = useState(1)
  const [sort, setSort] = useState<Sort>({ column: 'field', descending: false })
  const shown = FIELDS.toSorted((a, b) => (sort.descending ? -1 : 1) * a.name.localeCompare(b.name))
  return (
    <div className={`${css.box} ${css.short}`}>
      <DataTable
        label="Sample table"
        columns={COLUMNS}
        count={FIELDS.length + 1}
        rowAt={(index) => shown[index]}
        active={active}
        onActiveChange={setActive}
        sort={sort}
        onSortChange={setSort}
      />
    </div>
  )
}

const SAMPLE_JSON = '{\n  "theme": "dark",\n  "visits": 9007199254740993,\n  "tags": ["a", null, true]\n}'

export function PaneSamples({ theme }: { readonly theme: string }) {
  const [json, setJson] = useState(SAMPLE_JSON)
  return (
    <div className={`${css.box} ${css.short}`}>
      <SplitPane
        id={`catalogue-${theme}`}
        firstSize={200}
        firstMinSize={80}
        secondMinSize={120}
        first={<div className={css.pane}>Drag the line. Past its least size a pane folds.</div>}
        second={<CodeField label="Sample JSON" mode="json" lineNumbers value={json} onValueChange={setJson} />}
      />
    </div>
  )
}
