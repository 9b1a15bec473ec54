import { showBytes } from '../../../shared/text/bytes.ts'
import { CodeField } from '../../ui/code-field.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import css from './browser.module.css'
import type { TextValue } from './value-text.ts'

export interface TextPartProps {
  readonly label: string
  readonly mode: 'text' | 'json'
  /** What is shown; undefined where it is not UTF-8. */
  readonly value: TextValue | undefined
  /** How the value was before it was edited: its ends of lines are kept. */
  readonly base: TextValue | undefined
  readonly bytes: Uint8Array
  readonly isWhole: boolean
  readonly onBytes: (bytes: Uint8Array) => void
  readonly onFault: (fault: string | undefined) => void
}

/** A value as text to edit; bytes that are none are shown, and edited as hex. */
export function TextPart({ label, mode, value, base, bytes, isWhole, onBytes, onFault }: TextPartProps) {
  if (!value) {
    return (
      <>
        <div className={css.note}>
          <ErrorNote
            tone="warning"
            what={
              isWhole ? 'These bytes are not text in UTF-8.' : 'This part does not begin or end between characters.'
            }
            todo={isWhole ? 'They are shown one character per byte, and can be edited as hex.' : undefined}
          />
        </div>
        <CodeField label={label} value={showBytes(bytes).replaceAll(/\r\n?/g, '\n')} readOnly className={css.code} />
      </>
    )
  }
  const why = value.readOnly ?? (isWhole ? undefined : 'A part of a long value can be read, not edited.')
  return (
    <>
      {value.readOnly !== undefined && (
        <div className={css.note}>
          <ErrorNote tone="warning" what="This text cannot be edited as text." todo={value.readOnly} />
        </div>
      )}
      <CodeField
        label={label}
        mode={mode}
        value={value.text}
        readOnly={why !== undefined}
        lineNumbers
        className={css.code}
        onValueChange={(text) => {
          onFault(undefined)
          onBytes((base ?? value).encode(text))
        }}
      />
    </>
  )
}
