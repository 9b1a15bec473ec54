import { House, Keyboard, Plus } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { useTargetName } from '../features/home/index.ts'
import { allActions } from '../ui/actions.ts'
import { ContextMenu } from '../ui/context-menu.tsx'
import { Tooltip } from '../ui/tooltip.tsx'
import css from './rail.module.css'
import { workspacePath } from './router.tsx'
import { closeSession, type OpenSession, useSessions } from './workspace/sessions.ts'
import { useShownTarget } from './workspace/use-shown-target.ts'

/** Home, the open sessions, add, shortcuts: the window's left edge. */
export function Rail() {
  const sessions = useSessions(({ list }) => list)
  const shown = useShownTarget()
  const [location, navigate] = useLocation()
  return (
    <nav className={css.rail} aria-label="Open connections">
      <Tooltip text="Home" side="right">
        <Link href="/" className={css.button} aria-label="Home" aria-current={location === '/' ? 'page' : undefined}>
          <House size={18} />
        </Link>
      </Tooltip>
      <div className={css.items}>
        {sessions.map((session) => (
          <RailSession key={session.key} session={session} isShown={session.key === shown} />
        ))}
        <Tooltip text="Add a connection" side="right">
          <button
            type="button"
            className={css.button}
            aria-label="Add a connection"
            onClick={() => {
              navigate('/')
              // Home offers the action once it is on screen.
              setTimeout(() => perform('home.add-connection'), 0)
            }}
          >
            <Plus size={18} />
          </button>
        </Tooltip>
      </div>
      <span className={css.spacer} />
      <Tooltip text="Shortcuts" shortcut="?" side="right">
        <button type="button" className={css.button} aria-label="Shortcuts" onClick={() => perform('app.shortcuts')}>
          <Keyboard size={18} />
        </button>
      </Tooltip>
    </nav>
  )
}

const perform = (id: string): void =>
  allActions()
    .find((action) => action.id === id)
    ?.perform()

function RailSession({ session, isShown }: { readonly session: OpenSession; readonly isShown: boolean }) {
  const { key, info, phase, state } = session
  const [, navigate] = useLocation()
  const savedName = useTargetName(key)
  const name = info?.name ?? savedName
  const trouble = phase === 'failed' ? 'failed' : phase === 'opening' || state?.state !== 'ready' ? 'waiting' : null
  const close = (): void => {
    closeSession(key)
    if (isShown) navigate('/')
  }
  return (
    <ContextMenu items={[{ id: 'close', label: `Close ${name}`, perform: close }]}>
      <div className={css.slot}>
        {info && <span className={css.edge} style={{ backgroundColor: `var(--env-${info.environment})` }} />}
        <Tooltip text={info ? `${name} · ${info.environment}\n${info.address}` : name} side="right">
          <Link
            href={workspacePath(key)}
            className={`${css.button} ${css.session}`}
            aria-label={name}
            aria-current={isShown ? 'page' : undefined}
          >
            {initials(name)}
          </Link>
        </Tooltip>
        {trouble && <span className={css.dot} data-phase={trouble} role="img" aria-label={trouble} />}
      </div>
    </ContextMenu>
  )
}

/** "prod-cache" is PC, "local" is LO. */
function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const [first = '?', second] = words
  return (second ? `${[...first][0]}${[...second][0]}` : [...first].slice(0, 2).join('')).toUpperCase()
}
