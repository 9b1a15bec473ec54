import { type ReactNode, useEffect, useRef } from 'react'
import { exactCount } from '../../../shared/text/number.ts'
import { Button } from '../../ui/button.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import css from './console.module.css'
import type { ConsoleView, PendingConfirm } from './console-store.ts'
import { cancelRun, connectConsole } from './run.ts'

/** What stands between the transcript and the input: a question, a stream, a lost connection. */
export function ConsoleStrip({ view, onDone }: { readonly view: ConsoleView; readonly onDone: () => void }) {
  const { confirm, state, session } = view
  const { sessionId } = session
  if (confirm) return <Confirm confirm={confirm} onDone={onDone} />
  if (state?.connection === 'closed' && state.failure) {
    const { failure } = state
    return (
      <Strip tone="warning">
        <span className={css.stripText}>
          {`Not connected: ${failure.message}`} {failure.hint && <span className={css.stripHint}>{failure.hint}</span>}
        </span>
        <Button size="small" onClick={() => void connectConsole(sessionId).then(onDone)}>
          Connect
        </Button>
      </Strip>
    )
  }
  if (state?.connection === 'connecting') {
    return (
      <Strip>
        <Spinner /> <span className={css.stripText}>Connecting…</span>
      </Strip>
    )
  }
  if (!state?.stream) return null
  const what =
    state.stream.kind === 'monitor'
      ? 'MONITOR shows every command of all clients.'
      : `${exactCount(state.stream.count)} ${state.stream.count === 1 ? 'subscription' : 'subscriptions'}: messages are shown as they come.`
  return (
    <Strip tone="stream">
      <span className={css.pulse} aria-hidden="true" />
      <span className={css.stripText} role="status">
        {what}
      </span>
      <Button size="small" onClick={() => void cancelRun(sessionId).then(onDone)}>
        Stop <Kbd keys="ctrl+c" />
      </Button>
    </Strip>
  )
}

function Strip({ tone, children }: { readonly tone?: 'warning' | 'stream'; readonly children: ReactNode }) {
  return (
    <div className={css.strip} data-tone={tone}>
      {children}
    </div>
  )
}

function Confirm({ confirm, onDone }: { readonly confirm: PendingConfirm; readonly onDone: () => void }) {
  const { failure, answer } = confirm
  const no = useRef<HTMLButtonElement>(null)
  // Enter was just pressed to run it: the safe answer is the one that a second Enter gives.
  useEffect(() => no.current?.focus(), [])
  const reply = (isConfirmed: boolean): void => {
    answer(isConfirmed)
    onDone()
  }
  return (
    <div
      className={css.confirm}
      role="alertdialog"
      aria-label="Confirm"
      onKeyDown={(event) => event.key === 'Escape' && reply(false)}
    >
      <p className={css.confirmWhat}>{failure.message}</p>
      {failure.detail && <pre className={css.confirmLines}>{failure.detail}</pre>}
      <div className={css.confirmButtons}>
        <Button ref={no} onClick={() => reply(false)}>
          Do not run
        </Button>
        <Button variant="danger" onClick={() => reply(true)}>
          Run it on production
        </Button>
      </div>
    </div>
  )
}
