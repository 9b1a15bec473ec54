import { X } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import type { Failure } from '../../../shared/contract/failure.ts'
import { toFailure } from '../../api/backend.ts'
import { Button } from '../../ui/button.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import css from './browser.module.css'
import { ValueEditor, type ValueEditorProps } from './value-editor.tsx'
import { type Place, useView, useViewActions } from './view-state.ts'
import { NotRead, type Wanted } from './wanted.tsx'

export interface ElementEditorProps
  extends Pick<ValueEditorProps, 'sends' | 'confirms' | 'isApplying' | 'mayOverwrite' | 'toolbar'> {
  /** "Element 12", "Member ada". */
  readonly title: string
  /** What is edited, for screen readers. */
  readonly label: string
  readonly facts: ReactNode
  readonly place: Place
  /** Names the edit that is not applied yet. */
  readonly draftId: string
  /** Whether it is read, if it is large. */
  readonly wanted: Wanted
  /** Undefined until it is read. */
  readonly bytes: Uint8Array | undefined
  readonly readError: Error | null
  readonly onApply: (bytes: Uint8Array, expected: Uint8Array | undefined) => void
  readonly failure: Failure | undefined
  readonly onReload: () => void
  readonly onClose: () => void
}

/** One element of a collection, whole, beside the table. */
export function ElementEditor(props: ElementEditorProps) {
  const { title, label, facts, place, draftId, wanted, bytes, readError, onClose, ...editor } = props
  const { setDraft } = useViewActions(place)
  const draft = useView(place).drafts.get(draftId)
  // An editor with edits asks first, and keeps the key to itself.
  const onKeyDown = (event: KeyboardEvent): void => {
    // What a dialog above it did not use comes by here too.
    const isInside = event.currentTarget.contains(event.target as Node)
    if (event.key !== 'Escape' || event.defaultPrevented || !isInside) return
    event.preventDefault()
    onClose()
  }
  return (
    <section className={css.fieldPane} aria-label={title} onKeyDown={onKeyDown}>
      <header className={css.fieldHead}>
        <span className={css.fieldTitle} title={title}>
          {title}
        </span>
        {facts}
        <IconButton label="Close" size="small" icon={<X size={14} />} onClick={onClose} />
      </header>
      {readError && !bytes && (
        <div className={css.note}>
          <FailureNote
            failure={toFailure(readError)}
            actions={
              <Button size="small" onClick={props.onReload}>
                Reload
              </Button>
            }
          />
        </div>
      )}
      {!bytes && !readError && !wanted.isWanted && <NotRead {...wanted} />}
      {!bytes && !readError && wanted.isWanted && (
        <div className={css.loading} role="status">
          <Spinner /> Reading…
        </div>
      )}
      {bytes && (
        <ValueEditor
          {...editor}
          label={label}
          bytes={bytes}
          isWhole
          draft={draft}
          onDraft={(next) => setDraft(draftId, next)}
        />
      )}
    </section>
  )
}
