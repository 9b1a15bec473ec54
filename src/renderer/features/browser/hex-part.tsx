import { lineNumbers } from '@codemirror/view'
import { useState } from 'react'
import { plural } from '../../lib/format-count.ts'
import { Button } from '../../ui/button.tsx'
import { CodeField } from '../../ui/code-field.tsx'
import css from './browser.module.css'
import { BYTES_PER_LINE, hexOffset, hexText, parseHex } from './hex-text.ts'
import { HexView } from './hex-view.tsx'

/** Larger values are read as hex; typing into their dump would be slow. */
const HEX_EDIT_MAX = 256 << 10

const offsets = lineNumbers({ formatNumber: (line) => hexOffset((line - 1) * BYTES_PER_LINE) })

export interface HexPartProps {
  readonly label: string
  readonly current: Uint8Array
  readonly isWhole: boolean
  /** Where in the value `current` begins. */
  readonly offset: number
  readonly onBytes: (bytes: Uint8Array) => void
  readonly onFault: (fault: string | undefined) => void
}

/** A dump to read, and on request to type into. */
export function HexPart({ label, current, isWhole, offset, onBytes, onFault }: HexPartProps) {
  const [typed, setTyped] = useState<string>()
  const mayEdit = isWhole && current.length <= HEX_EDIT_MAX
  if (typed === undefined) {
    return (
      <>
        <HexView label={label} bytes={current} offset={offset} />
        <div className={css.hexFoot}>
          {plural(current.length, 'byte')}
          <span className={css.grow} />
          {mayEdit && (
            <Button size="small" onClick={() => setTyped(hexText(current))}>
              Edit bytes
            </Button>
          )}
        </div>
      </>
    )
  }
  return (
    <CodeField
      label={`${label}, in hexadecimal`}
      value={typed}
      wrap={false}
      extensions={offsets}
      className={css.code}
      onValueChange={(text) => {
        setTyped(text)
        const parsed = parseHex(text)
        onFault(parsed.ok ? undefined : parsed.why)
        if (parsed.ok) onBytes(parsed.bytes)
      }}
    />
  )
}
