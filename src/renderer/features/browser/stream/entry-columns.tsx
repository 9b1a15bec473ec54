import type { EntryField, StreamEntry } from '../../../../shared/contract/streams.ts'
import type { FieldName } from '../../../../shared/contract/types.ts'
import { formatExact } from '../../../lib/format-count.ts'
import type { Column } from '../../../ui/data-table.tsx'
import css from '../browser.module.css'
import { ValueCell } from '../cells.tsx'
import { showName, showNameShort, showValue } from '../names.ts'
import { EntryTime } from './entry-time.tsx'
import own from './stream.module.css'

const SCHEMA_MAX = 12

/**
 * The names of the fields that entries have in common, in the order they come
 * in, or undefined where they do not share a schema: a name that an entry has
 * twice, more names than fit, or an entry that lacks most of them. A field that
 * some leave out is no reason to give the columns up.
 */
export function sharedSchema(entries: readonly StreamEntry[]): readonly FieldName[] | undefined {
  const names = new Set<FieldName>()
  for (const { fields, fieldCount } of entries) {
    const own = new Set(fields.map(({ field }) => field))
    if (own.size !== fieldCount) return undefined
    for (const name of own) names.add(name)
    if (names.size > SCHEMA_MAX) return undefined
  }
  if (names.size === 0 || entries.some(({ fieldCount }) => 2 * fieldCount < names.size)) return undefined
  return [...names]
}

const idColumns: readonly Column<StreamEntry>[] = [
  { id: 'id', header: 'ID', width: 152, mono: true, cell: ({ id }) => <span title={id}>{id}</span> },
  { id: 'time', header: 'time', width: 116, mono: true, cell: ({ id }) => <EntryTime id={id} /> },
]

const CHARACTER = 7.6
const COLUMN_MAX = 320

/** Pixels for the longest name or value; undefined, which takes what is left, for the longest of all. */
function widthsOf(schema: readonly FieldName[], entries: readonly StreamEntry[]): readonly (number | undefined)[] {
  const lengths = schema.map((name) => {
    const sizes = entries.map(({ fields }) => fields.find(({ field }) => field === name)?.valueSize ?? 0)
    return Math.max(showNameShort(name).length, ...sizes)
  })
  const longest = lengths.lastIndexOf(Math.max(...lengths))
  return lengths.map((length, i) =>
    i === longest ? undefined : Math.min(COLUMN_MAX, Math.max(64, Math.ceil(length * CHARACTER) + 24)),
  )
}

/** `entries` are those in sight: columns are as wide as what is in them. */
export function entryColumns(
  schema: readonly FieldName[] | undefined,
  entries: readonly StreamEntry[],
): readonly Column<StreamEntry>[] {
  if (schema === undefined) {
    return [...idColumns, { id: 'fields', header: 'fields', mono: true, cell: (row) => <Pairs entry={row} /> }]
  }
  const widths = widthsOf(schema, entries)
  return [
    ...idColumns,
    ...schema.map(
      (name, i): Column<StreamEntry> => ({
        id: `field:${name}`,
        width: widths[i],
        header: (
          <span className={own.fieldName} title={showName(name)}>
            {showNameShort(name)}
          </span>
        ),
        mono: true,
        cell: ({ fields }) => <FieldCell field={fields.find(({ field }) => field === name)} />,
      }),
    ),
  ]
}

function FieldCell({ field }: { readonly field: EntryField | undefined }) {
  if (field) return <ValueCell value={field.value} size={field.valueSize} />
  return (
    <span className={css.dim} title="This entry has no such field.">
      —
    </span>
  )
}

const PAIRS_SHOWN = 16
const PAIR_VALUE_MAX = 120

/** `name: value` of the first fields, on one line. */
function Pairs({ entry: { fields, fieldCount } }: { readonly entry: StreamEntry }) {
  const shown = fields.slice(0, PAIRS_SHOWN)
  return (
    <span className={css.cellText}>
      {shown.map(({ field, value, valueSize }, index) => {
        const start = value.subarray(0, PAIR_VALUE_MAX)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: fields of an entry never change places, and names may repeat.
          <span key={index} className={own.pair}>
            <span className={own.fieldName}>{showNameShort(field)}</span>
            <span className={css.dim}>: </span>
            {showValue(start, start.length < valueSize)}
            {start.length < valueSize && '…'}
          </span>
        )
      })}
      {fieldCount > shown.length && <span className={css.dim}>and {formatExact(fieldCount - shown.length)} more</span>}
    </span>
  )
}
