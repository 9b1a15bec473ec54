import { type ComponentType, lazy } from 'react'
import type { SessionInfo } from '../../shared/contract/sessions.ts'
import { HomePage } from '../features/home/index.ts'

/*
 * Fetched when they are first shown, so that Home is there at once: the code
 * editor alone weighs as much as everything Home needs.
 */
const BrowserPage = lazy(async () => ({ default: (await import('../features/browser/index.ts')).BrowserPage }))
const DatabaseCheckpoints = lazy(async () => ({
  default: (await import('../features/checkpoints/index.ts')).DatabaseCheckpoints,
}))
const CheckpointsPage = lazy(async () => ({
  default: (await import('../features/checkpoints/index.ts')).CheckpointsPage,
}))
const ConsolePage = lazy(async () => ({ default: (await import('../features/console/index.ts')).ConsolePage }))
const UiCataloguePage = lazy(async () => ({
  default: (await import('../features/ui-catalogue/index.ts')).UiCataloguePage,
}))

/*
 * The list of pages, one line each. A page that needs a server belongs to the
 * workspace and gets its session; the others stand alone.
 */
export interface Page {
  readonly path: string
  readonly title: string
  readonly page: ComponentType
}

export const PAGES: readonly Page[] = [
  { path: '/', title: 'Home', page: () => <HomePage checkpoints={DatabaseCheckpoints} /> },
  { path: '/ui', title: 'Parts', page: UiCataloguePage },
]

export interface WorkspacePage {
  readonly id: string
  readonly label: string
  readonly page: ComponentType<{ readonly session: SessionInfo }>
  /** Absent: for every server. */
  readonly isFor?: (session: SessionInfo) => boolean
}

const WORKSPACE_PAGES: readonly WorkspacePage[] = [
  { id: 'browser', label: 'Browser', page: BrowserPage },
  { id: 'console', label: 'Console', page: ConsolePage },
  { id: 'checkpoints', label: 'Checkpoints', page: CheckpointsPage, isFor: ({ kind }) => kind === 'keystead' },
]

/** Those that have something to show of this server; all of them while it is not known. */
export const pagesFor = (session: SessionInfo | undefined): readonly WorkspacePage[] =>
  WORKSPACE_PAGES.filter(({ isFor }) => session === undefined || isFor === undefined || isFor(session))

export const workspacePath = (target: string, page: string = WORKSPACE_PAGES[0]?.id ?? ''): string =>
  `/s/${encodeURIComponent(target)}/${page}`
