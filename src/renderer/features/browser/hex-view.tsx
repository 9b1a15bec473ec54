import { useState } from 'react'
import { VirtualList } from '../../ui/virtual-list.tsx'
import css from './browser.module.css'
import { asciiLine, BYTES_PER_LINE, hexLine, hexOffset, lineCount } from './hex-text.ts'

export interface HexViewProps {
  readonly label: string
  readonly bytes: Uint8Array
  /** Where in the value `bytes` begins. */
  readonly offset: number
}

/** A dump as every hex viewer draws it: where, which bytes, which characters. */
export function HexView({ label, bytes, offset }: HexViewProps) {
  const [active, setActive] = useState(-1)
  return (
    <div className={css.hex}>
      <VirtualList
        label={`${label}, in hexadecimal`}
        count={lineCount(bytes.length)}
        active={active}
        onActiveChange={setActive}
        minWidth={620}
        row={(line) => (
          <span className={css.hexLine}>
            <span className={css.hexOffset}>{hexOffset(offset + line * BYTES_PER_LINE)}</span>
            <span className={css.hexBytes}>{hexLine(bytes, line)}</span>
            <span className={css.hexText}>{asciiLine(bytes, line)}</span>
          </span>
        )}
      />
    </div>
  )
}
