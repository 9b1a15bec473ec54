import { type ReactNode, useState } from 'react'
import type { Checkpoint, Moment } from '../../../shared/contract/checkpoints.ts'
import type { Failure } from '../../../shared/contract/failure.ts'
import type { SessionInfo } from '../../../shared/contract/sessions.ts'
import { toFailure } from '../../api/backend.ts'
import { plural } from '../../lib/format-count.ts'
import { formatAbsolute } from '../../lib/format-time.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog, Sends } from '../../ui/dialog.tsx'
import { ErrorNote, FailureNote } from '../../ui/error-note.tsx'
import css from './checkpoints.module.css'
import { commandLine } from './command-line.ts'
import { earliestIn, rewindWords, timeOf, timeText } from './moment.ts'
import type { RewindCall } from './queries.ts'
import { TimeField } from './time-field.tsx'

export interface RewindDialogProps {
  readonly session: SessionInfo
  /** The page's: it goes on, and is told of, when this dialog is closed meanwhile. */
  readonly rewind: RewindCall
  readonly onClose: () => void
}

export function RewindDialog({ checkpoint, ...rest }: RewindDialogProps & { readonly checkpoint: Checkpoint }) {
  const { name, keys, createdAt } = checkpoint
  return (
    <Confirm
      {...rest}
      title={`Rewind ${rest.session.name} to “${name}”?`}
      action={`Rewind to ${plural(keys, 'key')}`}
      to={{ checkpoint: name }}
    >
      <p>
        All data, in all databases, becomes what it was on {formatAbsolute(createdAt)}: <b>{plural(keys, 'key')}</b>.
        What was written since is no longer there.
      </p>
    </Confirm>
  )
}

/** Some minutes back is where whoever made a mistake begins to look. */
const PROPOSED_MS = 5 * 60_000

/** To a time between checkpoints, which a server knows that has it in its append-only file. */
export function RewindTimeDialog(props: RewindDialogProps) {
  const [text, setText] = useState(() => timeText(Date.now() - PROPOSED_MS))
  const time = timeOf(text)
  const change = (typed: string): void => {
    if (!props.rewind.isPending) props.rewind.reset()
    setText(typed)
  }
  return (
    <Confirm
      {...props}
      title={`Rewind ${props.session.name} to a time`}
      action="Rewind to that time"
      to={time === undefined ? undefined : { time }}
      onFailure={(failure) => {
        const earliest = earliestIn(failure)
        if (earliest === undefined) return undefined
        return (
          <Button size="small" onClick={() => change(timeText(earliest))}>
            Take {formatAbsolute(earliest)}
          </Button>
        )
      }}
    >
      <TimeField value={text} onValueChange={change} autoFocus />
      <p>
        All data, in all databases, becomes what it was then, as far back as the append-only file and the checkpoints
        go. What was written since is no longer there.
      </p>
    </Confirm>
  )
}

interface ConfirmProps extends RewindDialogProps {
  readonly title: string
  readonly action: string
  /** Undefined while it is not a moment yet. */
  readonly to: Moment | undefined
  /** Ways out of a failure, as buttons in its note. */
  readonly onFailure?: (failure: Failure) => ReactNode
  readonly children: ReactNode
}

function Confirm({ session, rewind, onClose, title, action, to, onFailure, children }: ConfirmProps) {
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      action={action}
      busy={rewind.isPending}
      disabled={to === undefined || ('time' in to && to.time > Date.now())}
      onConfirm={() => to && rewind.mutate(to, { onSuccess: onClose })}
    >
      {children}
      {rewind.error && <FailureNote failure={toFailure(rewind.error)} actions={onFailure?.(toFailure(rewind.error))} />}
      <p>
        <b>This can be undone:</b> the data as it is now is kept as a checkpoint first, and rewinding to that one brings
        it back. If that checkpoint cannot be made, nothing is changed.
      </p>
      <p className={css.quiet}>Until it is done, everybody who asks the server is told LOADING.</p>
      {session.environment === 'production' && (
        <ErrorNote
          tone="warning"
          what={`${session.name} is production.`}
          todo="Whoever uses it sees the old data from then on."
        />
      )}
      {to && <Sends commands={[commandLine('KEYSTEAD.CHECKPOINT', 'REWIND', ...rewindWords(to))]} />}
    </ConfirmDialog>
  )
}
