import { useState } from 'react'
import { showBytes } from '../../../shared/text/bytes.ts'
import { CodeField } from '../../ui/code-field.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Segments } from '../../ui/tabs.tsx'
import { BitsView } from './bits-view.tsx'
import css from './browser.module.css'
import { HexView } from './hex-view.tsx'
import { jsonFault } from './json-layout.ts'
import { asJson, asText, guessFormat, VALUE_FORMATS, type ValueFormat } from './value-text.ts'

export interface ValueViewProps {
  readonly label: string
  readonly bytes: Uint8Array
  /** False where `bytes` is the beginning of a longer value. */
  readonly isWhole: boolean
}

/** A value that is only ever read, as text, laid-out JSON, hex or bits; value-editor.tsx is for those that change. */
export function ValueView({ label, bytes, isWhole }: ValueViewProps) {
  const [chosen, setChosen] = useState<ValueFormat>()
  const format = chosen ?? guessFormat(bytes, isWhole)
  return (
    <div className={css.editor}>
      <div className={css.toolbar}>
        <Segments label="Show the value as" value={format} onValueChange={setChosen} items={VALUE_FORMATS} />
      </div>
      {format === 'hex' ? (
        <HexView label={label} bytes={bytes} offset={0} />
      ) : format === 'bits' ? (
        <BitsView label={label} bytes={bytes} offset={0} />
      ) : (
        <Characters label={label} bytes={bytes} isWhole={isWhole} format={format} />
      )}
    </div>
  )
}

function Characters({ label, bytes, isWhole, format }: ValueViewProps & { readonly format: 'text' | 'json' }) {
  const json = format === 'json' && isWhole ? asJson(bytes) : undefined
  const text = asText(bytes)
  return (
    <>
      {format === 'json' && !json && (
        <div className={css.note}>
          <ErrorNote
            tone="warning"
            what={isWhole ? 'This value is not JSON.' : 'The beginning of a value cannot be laid out as JSON.'}
            words={isWhole ? (jsonFault(showBytes(bytes)) ?? undefined) : undefined}
          />
        </div>
      )}
      {format === 'text' && !text && isWhole && (
        <div className={css.note}>
          <ErrorNote
            tone="warning"
            what="These bytes are not text in UTF-8."
            todo="They are shown one character per byte; hex shows what they are."
          />
        </div>
      )}
      <CodeField
        label={label}
        mode={json ? 'json' : 'text'}
        value={(json ?? text)?.text ?? showBytes(bytes).replaceAll(/\r\n?/g, '\n')}
        readOnly
        lineNumbers
        className={css.code}
      />
    </>
  )
}
