import { useState } from 'react'
import type { Request } from '../../../../shared/contract/contract.ts'
import { Checkbox } from '../../../ui/checkbox.tsx'
import { Field } from '../../../ui/field.tsx'
import { Select } from '../../../ui/select.tsx'
import css from '../browser.module.css'
import { parsePoint } from './points.ts'
import own from './stream.module.css'

export type Trimming = Request<'streams.trim'>['trim']

export interface TypedTrimming {
  readonly by: 'none' | 'maxlen' | 'minid'
  readonly keep: string
  readonly approximate: boolean
}

export type ReadTrimming =
  | { readonly ok: true; readonly trim: Trimming | undefined }
  /** No `why`: something is only missing yet. */
  | { readonly ok: false; readonly why?: string }

export function readTrimming({ by, keep, approximate }: TypedTrimming, now: number): ReadTrimming {
  const text = keep.trim()
  if (by === 'none') return { ok: true, trim: undefined }
  if (text === '') return { ok: false }
  if (by === 'minid') {
    const point = parsePoint(text, now)
    return point.ok ? { ok: true, trim: { by, keep: point.first, approximate } } : point
  }
  const count = /^[\d,]+$/.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN
  if (!Number.isSafeInteger(count)) return { ok: false, why: 'Write how many entries are to stay.' }
  return { ok: true, trim: { by, keep: count, approximate } }
}

/** As the command has it, between its name's key and what follows. */
export const trimArguments = ({ by, keep, approximate }: Trimming): readonly string[] => [
  by.toUpperCase(),
  approximate ? '~' : '=',
  String(keep),
]

export interface TrimmingFieldsProps {
  readonly typed: TypedTrimming
  readonly onTyped: (typed: TypedTrimming) => void
  readonly error: string | undefined
  readonly mayBeNone?: boolean
  readonly autoFocus?: boolean
}

/** By what a stream is trimmed. */
export function TrimmingFields({ typed, onTyped, error, mayBeNone, autoFocus }: TrimmingFieldsProps) {
  return (
    <>
      <div className={css.formRow}>
        <Select<TypedTrimming['by']>
          label="Trim by"
          prefix="trim:"
          value={typed.by}
          onValueChange={(by) => onTyped({ ...typed, by, keep: '' })}
          options={[
            ...(mayBeNone ? [{ value: 'none' as const, label: 'nothing' }] : []),
            { value: 'maxlen', label: 'to a length (MAXLEN)' },
            { value: 'minid', label: 'what is older (MINID)' },
          ]}
        />
        {typed.by !== 'none' && (
          <Field
            className={own.keep}
            aria-label={typed.by === 'maxlen' ? 'Entries that stay' : 'Everything before this goes'}
            placeholder={typed.by === 'maxlen' ? 'entries that stay' : 'ID, time, or how long ago: 30d'}
            mono
            autoFocus={autoFocus}
            value={typed.keep}
            onValueChange={(keep) => onTyped({ ...typed, keep })}
          />
        )}
      </div>
      {error !== undefined && (
        <div className={own.error} role="alert">
          {error}
        </div>
      )}
      {typed.by !== 'none' && (
        <Checkbox
          label="~ quicker: the server may keep some more, so that it drops whole blocks of entries only"
          checked={typed.approximate}
          onCheckedChange={(approximate) => onTyped({ ...typed, approximate })}
        />
      )}
    </>
  )
}

/** What was typed, and the moment it was: "2h ago" must not move while it is looked at. */
export function useTrimming(initial: TypedTrimming) {
  const [state, setState] = useState({ typed: initial, at: Date.now() })
  return {
    typed: state.typed,
    read: readTrimming(state.typed, state.at),
    onTyped: (typed: TypedTrimming): void => setState({ typed, at: Date.now() }),
  }
}
