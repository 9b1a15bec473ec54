import { CircleCheck, Unplug } from 'lucide-react'
import { formatDuration } from '../../lib/format-duration.ts'
import { useNow } from '../../lib/use-now.ts'
import type { OpenSession } from './sessions.ts'
import css from './workspace.module.css'

const SHOWN_AFTER_RECOVERY_MS = 5_000

/** Says that the server is gone, and when it is back; the page below stays readable. */
export function ConnectionBanner({ session }: { readonly session: OpenSession }) {
  const now = useNow()
  const { info, state, recoveredAt, phase, failure: openFailure } = session
  if (!info) return null
  const isLost = phase === 'failed' || state?.state === 'reconnecting' || state?.state === 'failed'
  if (isLost) {
    const failure = phase === 'failed' ? openFailure : state?.failure
    const wait = state?.retryAt === undefined ? 0 : state.retryAt - now
    return (
      <div className={css.banner} data-tone="lost" role="status">
        <Unplug size={14} />
        <p title={failure?.detail}>
          {failure?.message ?? `${info.name} does not answer.`}{' '}
          <span className={css.words}>
            {state?.state === 'failed' ? failure?.hint : 'What is shown may be out of date. '}
            {state?.state === 'reconnecting' &&
              (wait >= 1000 ? `Trying again in ${formatDuration(wait)}.` : 'Trying again…')}
          </span>
        </p>
      </div>
    )
  }
  if (recoveredAt === undefined || now - recoveredAt > SHOWN_AFTER_RECOVERY_MS) return null
  return (
    <div className={css.banner} data-tone="back" role="status">
      <CircleCheck size={14} />
      <p>{info.name} is back.</p>
    </div>
  )
}
