import { formatBytes } from '../../lib/format-bytes.ts'
import css from './browser.module.css'
import { showName, showNameShort, showValue } from './names.ts'
import { guessFormat } from './value-text.ts'

export const NameCell = ({ name }: { readonly name: string }) => (
  <span title={showName(name)}>{showNameShort(name)}</span>
)

const CELL_TEXT_MAX = 300

export interface ValueCellProps {
  /** The beginning of the value. */
  readonly value: Uint8Array
  /** Bytes of all of it. */
  readonly size: number
}

/** The beginning of a value on one line, and what it is where that is not text. */
export function ValueCell({ value, size }: ValueCellProps) {
  if (value.length === 0 && size > 0) {
    return <span className={css.dim}>{formatBytes(size)}, not read; Enter opens it</span>
  }
  if (size === 0) return <span className={css.dim}>empty</span>
  const start = value.subarray(0, CELL_TEXT_MAX)
  const isCut = start.length < size
  const text = showValue(start, isCut)
  const format = guessFormat(value, value.length === size)
  return (
    <>
      <span className={css.cellText}>{isCut ? `${text}…` : text}</span>
      {format !== 'text' && <span className={css.cellFormat}>{format === 'json' ? 'json' : 'binary'}</span>}
    </>
  )
}
