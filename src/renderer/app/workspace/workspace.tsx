import { ArrowLeftRight, RefreshCw, X } from 'lucide-react'
import { Suspense, useEffect } from 'react'
import { useLocation } from 'wouter'
import type { TargetKey } from '../../api/target.ts'
import { type Action, useActions } from '../../ui/actions.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { toast } from '../../ui/toast.tsx'
import { BackendAway } from '../backend-away.tsx'
import { ErrorBoundary } from '../error-boundary.tsx'
import layout from '../layout.module.css'
import { pagesFor, type WorkspacePage, workspacePath } from '../router.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { OpenFailure } from './open-failure.tsx'
import { closeSession, openSession, refreshSession, selectDb, useSession } from './sessions.ts'
import css from './workspace.module.css'
import { WorkspaceHeader } from './workspace-header.tsx'

export interface WorkspaceProps {
  readonly target: TargetKey
  /** Which of its pages; absent, unknown or not for this server: the first. */
  readonly page: string | undefined
  readonly onPalette: () => void
}

/** One server, one header, one of its pages. */
export function Workspace({ target, page, onPalette }: WorkspaceProps) {
  const session = useSession(target)
  const [, navigate] = useLocation()
  const pages = pagesFor(session?.info)
  const shown = pages.find(({ id }) => id === page) ?? pages[0]
  useEffect(() => void openSession(target), [target])
  useActions(useWorkspaceActions(target, session?.info?.name ?? 'this connection', pages), 'workspace')

  const { info } = session ?? {}
  return (
    <>
      <WorkspaceHeader
        target={target}
        session={session}
        page={shown?.id ?? ''}
        onPage={(id) => navigate(workspacePath(target, id))}
        onDb={(db) =>
          selectDb(target, db).catch((error: Error) =>
            toast({ kind: 'error', title: `Database ${db} was not selected`, description: error.message }),
          )
        }
        onPalette={onPalette}
      />
      <div className={layout.body}>
        <BackendAway />
        {session && <ConnectionBanner session={session} />}
        <div className={css.page}>
          {/* The failure stays while it is tried again: a page that flickers every few seconds cannot be read. */}
          {session?.failure && !info && <OpenFailure session={session} />}
          {!session?.failure && !info && (
            <div className={css.opening} role="status">
              <Spinner /> Connecting…
            </div>
          )}
          {info && shown && (
            // Another session or database is another page: no state may leak from one to the next.
            <ErrorBoundary key={`${shown.id} ${info.sessionId} ${info.db}`}>
              <Suspense>
                <shown.page session={info} />
              </Suspense>
            </ErrorBoundary>
          )}
        </div>
      </div>
    </>
  )
}

function useWorkspaceActions(target: TargetKey, name: string, pages: readonly WorkspacePage[]): readonly Action[] {
  const [, navigate] = useLocation()
  return [
    ...pages.map(({ id, label }, index) => ({
      id: `workspace.${id}`,
      group: name,
      label: `Show ${label}`,
      icon: <ArrowLeftRight size={14} />,
      shortcut: `mod+${index + 1}`,
      perform: () => navigate(workspacePath(target, id)),
    })),
    {
      id: 'workspace.refresh',
      group: name,
      label: 'Look again at the server',
      icon: <RefreshCw size={14} />,
      perform: () => {
        refreshSession(target).catch((error: Error) =>
          toast({ kind: 'error', title: 'The server did not answer', description: error.message }),
        )
      },
    },
    {
      id: 'workspace.close',
      group: name,
      label: `Close ${name}`,
      icon: <X size={14} />,
      perform: () => {
        closeSession(target)
        navigate('/')
      },
    },
  ]
}
