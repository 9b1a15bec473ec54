import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import type { FailureCode } from '../../../shared/contract/failure.ts'
import { ask, toFailure, useBackendEvent } from '../../api/backend.ts'
import { parseTargetKey } from '../../api/target.ts'
import { plural } from '../../lib/format-count.ts'
import { Button } from '../../ui/button.tsx'
import { FailureNote } from '../../ui/error-note.tsx'
import { type OpenSession, openSession } from './sessions.ts'
import css from './workspace.module.css'

/** Those that pass by themselves. A wrong password does not, and asking again might lock the account. */
const PASSING: ReadonlySet<FailureCode> = new Set([
  'CONNECTION_REFUSED',
  'HOST_UNREACHABLE',
  'HOST_NOT_FOUND',
  'TIMED_OUT',
  'CONNECTION_LOST',
  'LOADING',
  'TOO_MANY_CLIENTS',
  'BACKEND_GONE',
])
const RETRY_SECONDS = 5

/** A server that could not be reached: why, what to do, and trying again by itself where that can help. */
export function OpenFailure({ session }: { readonly session: OpenSession }) {
  const { key, failure, phase } = session
  const isTrying = phase === 'opening'
  const [, navigate] = useLocation()
  const target = parseTargetKey(key)
  const databaseId = target && 'database' in target ? target.database : null
  const retries = failure !== undefined && PASSING.has(failure.code)
  const secondsLeft = useCountdown(retries && !isTrying, RETRY_SECONDS, () => void openSession(key))
  useBackendEvent('databases.changed', (databases) => {
    const isUp = databases.some(({ id, status }) => id === databaseId && status === 'running')
    if (isUp) void openSession(key)
  })
  if (!failure) return null
  return (
    <div className={css.note}>
      <FailureNote
        failure={failure}
        actions={
          <>
            {databaseId !== null && <StartButton id={databaseId} />}
            <Button busy={isTrying} onClick={() => void openSession(key)}>
              Try again
            </Button>
            <Button variant="quiet" onClick={() => navigate('/')}>
              Go to Home
            </Button>
            {retries && !isTrying && (
              <span className={css.words}>Trying again in {plural(secondsLeft, 'second')}.</span>
            )}
          </>
        }
      />
    </div>
  )
}

/** Counts down and calls `done`; begins anew whenever it becomes active. */
function useCountdown(active: boolean, seconds: number, done: () => void): number {
  const [left, setLeft] = useState(seconds)
  useEffect(() => {
    if (!active) return
    setLeft(seconds)
    const timer = setInterval(() => setLeft((n) => n - 1), 1000)
    return () => clearInterval(timer)
  }, [active, seconds])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `done` is new at every render; only the count decides.
  useEffect(() => {
    if (active && left <= 0) done()
  }, [active, left])
  return Math.max(0, left)
}

function StartButton({ id }: { readonly id: string }) {
  const [busy, setBusy] = useState(false)
  const [words, setWords] = useState<string | null>(null)
  const start = async (): Promise<void> => {
    setBusy(true)
    try {
      await ask('databases.start', { id })
    } catch (error) {
      setWords(toFailure(error).message)
    }
    setBusy(false)
  }
  return (
    <>
      <Button variant="primary" busy={busy} onClick={() => void start()}>
        Start it
      </Button>
      {words !== null && <span className={css.words}>{words}</span>}
    </>
  )
}
