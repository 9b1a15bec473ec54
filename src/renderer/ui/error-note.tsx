import { clsx } from 'clsx'
import { CircleAlert, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import css from './error-note.module.css'

export interface ErrorNoteProps {
  /** What happened. */
  readonly what: ReactNode
  /** Why it may be, and what to do about it. */
  readonly todo?: ReactNode
  /** The server's own words, exactly. */
  readonly words?: string
  readonly tone?: 'error' | 'warning'
  readonly actions?: ReactNode
}

export function ErrorNote({ what, todo, words, tone = 'error', actions }: ErrorNoteProps) {
  const Mark = tone === 'error' ? CircleAlert : TriangleAlert
  return (
    <div className={clsx(css.note, tone === 'warning' && css.warn)} role={tone === 'error' ? 'alert' : 'status'}>
      <Mark size={16} className={css.mark} aria-label={tone === 'error' ? 'Error' : 'Warning'} />
      <div className={css.what}>{what}</div>
      {todo !== undefined && <div className={css.why}>{todo}</div>}
      {words !== undefined && words !== '' && <pre className={css.words}>{words}</pre>}
      {actions !== undefined && <div className={css.actions}>{actions}</div>}
    </div>
  )
}

export interface FailureNoteProps {
  readonly failure: { readonly message: string; readonly hint?: string; readonly detail?: string }
  readonly tone?: 'error' | 'warning'
  readonly actions?: ReactNode
}

/** The same, for a failure that already carries its words. */
export function FailureNote({ failure, tone, actions }: FailureNoteProps) {
  const { message, hint, detail } = failure
  return <ErrorNote what={message} todo={hint} words={detail} tone={tone} actions={actions} />
}
