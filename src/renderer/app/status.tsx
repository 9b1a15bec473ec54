import { useQuery } from '@tanstack/react-query'
import { ask } from '../api/backend.ts'
import { Popover } from '../ui/popover.tsx'
import { StatusBar, StatusButton, StatusSpacer } from '../ui/status-bar.tsx'
import css from './status.module.css'
import { SessionStatus } from './workspace/session-status.tsx'
import { useSession } from './workspace/sessions.ts'
import { useShownTarget } from './workspace/use-shown-target.ts'

/** The status bar: about the session in front, else about the app. */
export function AppStatus({ slotRef }: { readonly slotRef: (element: HTMLElement | null) => void }) {
  const target = useShownTarget()
  const session = useSession(target ?? '')
  return (
    <StatusBar tint={session?.info?.environment === 'production' ? 'production' : undefined}>
      {session && <SessionStatus session={session} />}
      <span ref={slotRef} className={css.slot} />
      <StatusSpacer />
      {!session?.info && <AppFacts />}
    </StatusBar>
  )
}

const SECRETS: Readonly<Record<string, string>> = {
  keychain: 'the keychain of this system',
  basic_text: 'a file this system cannot protect',
  passphrase: 'an encrypted file, opened with your passphrase',
  'key-file': 'an encrypted file; its key lies beside it, readable by you alone',
}

function AppFacts() {
  const { data: info } = useQuery({ queryKey: ['app'], queryFn: () => ask('app.info', {}) })
  if (!info) return null
  const facts: readonly (readonly [string, string])[] = [
    ['version', `${info.name} ${info.version}`],
    ['runs as', info.mode === 'web' ? 'web mode, this browser over 127.0.0.1' : 'desktop app'],
    ['data', info.dataDir],
    ['passwords', SECRETS[info.secrets.kind] ?? info.secrets.kind],
    ['node', info.runtime.node],
  ]
  return (
    <Popover
      side="top"
      align="end"
      trigger={
        <StatusButton>
          {info.name} {info.version} · {info.mode}
        </StatusButton>
      }
    >
      <dl className={css.facts}>
        {facts.map(([name, value]) => (
          <div key={name} className={css.fact}>
            <dt>{name}</dt>
            <dd data-selectable>{value}</dd>
          </div>
        ))}
      </dl>
      {info.secrets.warning && <p className={css.warning}>{info.secrets.warning}</p>}
    </Popover>
  )
}
