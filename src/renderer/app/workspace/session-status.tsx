import { formatBytes, formatBytesExact } from '../../lib/format-bytes.ts'
import { formatCount, formatExact, plural } from '../../lib/format-count.ts'
import { formatLatency } from '../../lib/format-duration.ts'
import { Popover } from '../../ui/popover.tsx'
import { StatusButton } from '../../ui/status-bar.tsx'
import css from '../status.module.css'
import { LedgerList } from './ledger-list.tsx'
import type { OpenSession } from './sessions.ts'

/** What holds for the session in front, each part a button to its detail. */
export function SessionStatus({ session }: { readonly session: OpenSession }) {
  const { info, state, phase } = session
  if (!info) return null
  const isReady = phase === 'open' && state?.state === 'ready'
  const facts: readonly (readonly [string, string])[] = [
    ['address', info.address],
    ['server', `${info.kind} ${info.version}, ${info.mode}`],
    ['role', info.role],
    ['protocol', `RESP${info.protocol}`],
    ...(info.user === undefined ? [] : [['user', info.user] as const]),
    ...(state?.clients === undefined ? [] : [['clients', formatExact(state.clients)] as const]),
    ...(state?.usedMemory === undefined ? [] : [['memory', formatBytesExact(state.usedMemory)] as const]),
  ]
  return (
    <>
      <Popover
        side="top"
        trigger={
          <StatusButton>
            <span className={css.env} style={{ backgroundColor: `var(--env-${info.environment})` }} />
            <span className={info.environment === 'production' ? css.strong : undefined}>
              {info.environment === 'production' ? 'PRODUCTION' : info.environment}
            </span>
          </StatusButton>
        }
      >
        <Facts facts={facts} />
      </Popover>
      {info.lacks.length > 0 && <Lacks session={session} />}
      {info.role === 'replica' && (
        <StatusButton title="Writes are the primary's, unless this replica was told otherwise">replica</StatusButton>
      )}
      {isReady && state.latencyMs !== undefined && (
        <Popover side="top" title="Latency" trigger={<StatusButton>{formatLatency(state.latencyMs)}</StatusButton>}>
          The last PING to {info.address} took {state.latencyMs.toFixed(3)} ms, there and back.
        </Popover>
      )}
      {!isReady && <StatusButton>{phase === 'opening' ? 'connecting' : (state?.state ?? phase)}</StatusButton>}
      {state && (
        <Popover
          side="top"
          wide
          title={`${plural(state.commandsSent, 'command')} sent to ${info.name}`}
          trigger={<StatusButton>{plural(state.commandsSent, 'command')} sent</StatusButton>}
        >
          <LedgerList sessionId={info.sessionId} commandsSent={state.commandsSent} />
        </Popover>
      )}
    </>
  )
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, string])[] }) {
  return (
    <dl className={css.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={css.fact}>
          <dt>{name}</dt>
          <dd data-selectable>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Lacks({ session }: { readonly session: OpenSession }) {
  const lacks = session.info?.lacks ?? []
  return (
    <Popover
      side="top"
      title="What this user may not ask"
      trigger={<StatusButton>{plural(lacks.length, 'right')} missing</StatusButton>}
    >
      <dl className={css.facts}>
        {lacks.map(({ command, failure, grant }) => (
          <div key={command} className={css.fact}>
            <dt>{command}</dt>
            <dd data-selectable>
              {failure.message}
              {grant !== undefined && ` (ACL SETUSER ${session.info?.user ?? 'default'} ${grant})`}
            </dd>
          </div>
        ))}
      </dl>
    </Popover>
  )
}

/** Memory and load, humane; the exact figure is on hover. */
export function sessionFigures(session: OpenSession): readonly { label: string; value: string; exact: string }[] {
  const { usedMemory, opsPerSec } = session.state ?? {}
  return [
    ...(usedMemory === undefined
      ? []
      : [{ label: 'memory', value: formatBytes(usedMemory), exact: formatBytesExact(usedMemory) }]),
    ...(opsPerSec === undefined
      ? []
      : [{ label: 'ops/s', value: formatCount(opsPerSec), exact: `${formatExact(opsPerSec)} commands per second` }]),
  ]
}
