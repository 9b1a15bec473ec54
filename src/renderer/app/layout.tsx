import { House, Keyboard, Monitor, Moon, Rows3, Sun } from 'lucide-react'
import { Suspense, useEffect, useState } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { changeSettings, useSettings } from '../api/settings.ts'
import { type Action, allActions, useActions } from '../ui/actions.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { isTyping, matchesShortcut } from '../ui/shortcut.ts'
import { StatusSlotContext } from '../ui/status-slot.tsx'
import { toast } from '../ui/toast.tsx'
import { BackendAway } from './backend-away.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { Header } from './header.tsx'
import css from './layout.module.css'
import { Palette } from './palette.tsx'
import { Rail } from './rail.tsx'
import { PAGES } from './router.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'
import { AppStatus } from './status.tsx'
import { followSessions, useSession } from './workspace/sessions.ts'
import { useShownTarget } from './workspace/use-shown-target.ts'
import { Workspace } from './workspace/workspace.tsx'

export function Layout() {
  const [paletteOpen, setPaletteOpen] = useState(false)
  const [shortcutsOpen, setShortcutsOpen] = useState(false)
  const [statusSlot, setStatusSlot] = useState<HTMLElement | null>(null)
  const target = useShownTarget()
  const environment = useSession(target ?? '')?.info?.environment
  const [location] = useLocation()
  useEffect(() => followSessions(), [])
  useShortcuts()
  useActions(
    useFrameActions({ openPalette: () => setPaletteOpen(true), openShortcuts: () => setShortcutsOpen(true) }),
    'frame',
  )

  return (
    <StatusSlotContext value={statusSlot}>
      <div className={css.frame} data-environment={environment}>
        <Rail />
        <main className={css.main}>
          <Switch>
            {PAGES.map(({ path, title, page: Page }) => (
              <Route key={path} path={path}>
                <Header title={title} onPalette={() => setPaletteOpen(true)} />
                <div className={css.body}>
                  <BackendAway />
                  <ErrorBoundary key={path}>
                    <Suspense>
                      <Page />
                    </Suspense>
                  </ErrorBoundary>
                </div>
              </Route>
            ))}
            <Route path="/s/:target/:page?">
              {({ target, page }) => (
                <Workspace
                  key={target}
                  target={decodeURIComponent(target)}
                  page={page}
                  onPalette={() => setPaletteOpen(true)}
                />
              )}
            </Route>
            <Route>
              <Header title="Nothing here" onPalette={() => setPaletteOpen(true)} />
              <EmptyState title="There is no such page">
                <code>{location}</code> leads nowhere. Home is the first button on the left.
              </EmptyState>
            </Route>
          </Switch>
        </main>
        <div className={css.status}>
          <AppStatus slotRef={setStatusSlot} />
        </div>
      </div>
      <Palette open={paletteOpen} onOpenChange={setPaletteOpen} />
      <ShortcutsDialog open={shortcutsOpen} onOpenChange={setShortcutsOpen} />
    </StatusSlotContext>
  )
}

/** One listener for the shortcuts of all actions on screen. */
function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return
      const action = allActions().find(
        ({ shortcut, when }) => shortcut && matchesShortcut(shortcut, event) && (when?.() ?? true),
      )
      if (!action?.shortcut) return
      if (!/^(mod|ctrl|alt)\+/.test(action.shortcut) && isTyping(event.target)) return
      // A dialog holds the keyboard; what lies under it must not act.
      if (event.target instanceof Element && event.target.closest('[role="dialog"]') !== null) return
      event.preventDefault()
      action.perform()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

interface Openers {
  readonly openPalette: () => void
  readonly openShortcuts: () => void
}

function useFrameActions({ openPalette, openShortcuts }: Openers): readonly Action[] {
  const [, navigate] = useLocation()
  const { theme, density } = useSettings()
  const change = (settings: Parameters<typeof changeSettings>[0]) => () => {
    changeSettings(settings).catch((error: Error) => {
      toast({ kind: 'error', title: 'The setting could not be kept', description: error.message })
    })
  }
  const group = 'Keystead'
  return [
    { id: 'app.palette', group, label: 'Find an action', shortcut: 'mod+k', perform: openPalette },
    {
      id: 'app.home',
      group,
      label: 'Go to Home',
      icon: <House size={14} />,
      shortcut: 'mod+shift+h',
      perform: () => navigate('/'),
    },
    {
      id: 'app.shortcuts',
      group,
      label: 'Show the shortcuts here',
      icon: <Keyboard size={14} />,
      shortcut: '?',
      perform: openShortcuts,
    },
    {
      id: 'app.theme-dark',
      group,
      label: 'Theme: dark',
      icon: <Moon size={14} />,
      when: () => theme !== 'dark',
      perform: change({ theme: 'dark' }),
    },
    {
      id: 'app.theme-light',
      group,
      label: 'Theme: light',
      icon: <Sun size={14} />,
      when: () => theme !== 'light',
      perform: change({ theme: 'light' }),
    },
    {
      id: 'app.theme-system',
      group,
      label: 'Theme: as the system',
      icon: <Monitor size={14} />,
      when: () => theme !== 'system',
      perform: change({ theme: 'system' }),
    },
    {
      id: 'app.density',
      group,
      label: density === 'compact' ? 'Rows: comfortable' : 'Rows: compact',
      icon: <Rows3 size={14} />,
      perform: change({ density: density === 'compact' ? 'comfortable' : 'compact' }),
    },
    { id: 'app.parts', group, label: 'Show the parts of the interface', perform: () => navigate('/ui') },
  ]
}
