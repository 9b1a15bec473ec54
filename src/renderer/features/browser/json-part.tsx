import { useRef } from 'react'
import { bytesEqual, showBytes } from '../../../shared/text/bytes.ts'
import { CodeField } from '../../ui/code-field.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import css from './browser.module.css'
import { jsonFault } from './json-layout.ts'
import { TextPart } from './text-part.tsx'
import { asJson, asText, type TextValue } from './value-text.ts'

export interface JsonPartProps {
  readonly label: string
  readonly bytes: Uint8Array
  readonly current: Uint8Array
  readonly json: TextValue | undefined
  readonly isWhole: boolean
  readonly isDirty: boolean
  readonly onBytes: (bytes: Uint8Array) => void
  readonly onFault: (fault: string | undefined) => void
}

/** Keeps what was typed while it is not JSON: laying it out anew under the cursor would be no help. */
export function JsonPart({ label, bytes, current, json, isWhole, isDirty, onBytes, onFault }: JsonPartProps) {
  const typed = useRef<{ readonly text: string; readonly bytes: Uint8Array }>(undefined)
  const shown = asJson(current)
  if (!json && !shown) {
    return (
      <>
        <div className={css.note}>
          <ErrorNote
            tone="warning"
            what={isWhole ? 'This value is not JSON.' : 'A part of a long value cannot be laid out as JSON.'}
            words={isWhole ? (jsonFault(showBytes(bytes)) ?? undefined) : undefined}
          />
        </div>
        <TextPart
          label={label}
          mode="text"
          value={asText(current)}
          base={asText(bytes)}
          bytes={current}
          isWhole={isWhole}
          onBytes={onBytes}
          onFault={onFault}
        />
      </>
    )
  }
  const isOurs = isDirty && typed.current !== undefined && bytesEqual(typed.current.bytes, current)
  const text = isOurs ? typed.current!.text : (shown?.text ?? showBytes(current))
  return (
    <CodeField
      label={label}
      mode="json"
      value={text}
      readOnly={!isWhole}
      lineNumbers
      className={css.code}
      onValueChange={(edited) => {
        const fault = jsonFault(edited)
        onFault(fault === null ? undefined : `Not JSON: ${fault}`)
        // Laid out and otherwise untouched, it is the value as it was.
        const encoded = json && edited === json.text ? bytes : (json ?? shown!).encode(edited)
        typed.current = { text: edited, bytes: encoded }
        onBytes(encoded)
      }}
    />
  )
}
