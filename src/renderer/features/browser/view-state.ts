/*
 * What the user did to the view of one database: filter, open folders, open
 * keys, edits not yet applied. It outlives the page, so that a look at the
 * console loses nothing. What the server holds is in the query cache instead.
 */
import { useMemo } from 'react'
import { create } from 'zustand'
import type { KeyName, Latin1 } from '../../../shared/contract/types.ts'

/** One database of one session. */
export interface Place {
  readonly sessionId: string
  readonly db: number
}

export interface KeyTab {
  readonly key: KeyName
  /** A tab that the next key looked at replaces. */
  readonly isPreview: boolean
}

/** An edit that is not applied yet, and the bytes it began from. */
export interface Draft {
  readonly base: Uint8Array
  readonly bytes: Uint8Array
}

export interface View {
  readonly match: string
  readonly type: string
  readonly mode: 'tree' | 'list'
  readonly expanded: readonly Latin1[]
  readonly tabs: readonly KeyTab[]
  readonly shown: KeyName | undefined
  readonly drafts: ReadonlyMap<string, Draft>
  /** Raised to scan anew. */
  readonly scan: number
}

const FRESH: View = {
  match: '',
  type: '',
  mode: 'tree',
  expanded: [],
  tabs: [],
  shown: undefined,
  drafts: new Map(),
  scan: 0,
}

/** Beyond it the backend refuses, and no screen shows them. */
const EXPANDED_MAX = 10_000

const useViews = create<{ readonly views: ReadonlyMap<string, View> }>(() => ({ views: new Map() }))

const nameOf = ({ sessionId, db }: Place): string => `${sessionId}/${db}`

export const useView = (place: Place): View => useViews(({ views }) => views.get(nameOf(place)) ?? FRESH)
export const viewOf = (place: Place): View => useViews.getState().views.get(nameOf(place)) ?? FRESH

function patch(place: Place, change: (view: View) => Partial<View>): void {
  useViews.setState(({ views }) => {
    const view = views.get(nameOf(place)) ?? FRESH
    return { views: new Map(views).set(nameOf(place), { ...view, ...change(view) }) }
  })
}

export interface ViewActions {
  readonly filter: (filter: Partial<Pick<View, 'match' | 'type'>>) => void
  readonly setMode: (mode: View['mode']) => void
  readonly toggleFolder: (path: Latin1, open: boolean) => void
  readonly collapseAll: () => void
  readonly rescan: () => void
  readonly openKey: (key: KeyName, how?: { readonly pin?: boolean }) => void
  readonly closeKey: (key: KeyName) => void
  readonly renameKey: (from: KeyName, to: KeyName) => void
  /** Undefined forgets it. `id` names what is edited: a key, or a field of one. */
  readonly setDraft: (id: string, draft: Draft | undefined) => void
}

export function useViewActions({ sessionId, db }: Place): ViewActions {
  return useMemo(() => actionsOf({ sessionId, db }), [sessionId, db])
}

function actionsOf(place: Place): ViewActions {
  return {
    filter: (filter) => patch(place, () => filter),
    setMode: (mode) => patch(place, () => ({ mode })),
    toggleFolder: (path, open) =>
      patch(place, ({ expanded }) => {
        const others = expanded.filter((other) => other !== path)
        return { expanded: open ? [...others.slice(1 - EXPANDED_MAX), path] : others }
      }),
    collapseAll: () => patch(place, () => ({ expanded: [] })),
    rescan: () => patch(place, ({ scan }) => ({ scan: scan + 1 })),
    openKey: (key, how) => patch(place, (view) => opened(view, key, how?.pin ?? false)),
    closeKey: (key) => patch(place, (view) => closed(view, key)),
    renameKey: (from, to) =>
      patch(place, ({ tabs, shown }) => ({
        tabs: tabs.filter((tab) => tab.key !== to).map((tab) => (tab.key === from ? { ...tab, key: to } : tab)),
        shown: shown === from ? to : shown,
      })),
    setDraft: (id, draft) =>
      patch(place, (view) => {
        const drafts = new Map(view.drafts)
        if (draft) drafts.set(id, draft)
        else drafts.delete(id)
        // What is edited stays: a preview that is replaced would take the edit with it.
        return {
          drafts,
          tabs: draft
            ? view.tabs.map((tab) => ({ ...tab, isPreview: tab.isPreview && tab.key !== view.shown }))
            : view.tabs,
        }
      }),
  }
}

function opened(view: View, key: KeyName, pin: boolean): Partial<View> {
  const known = view.tabs.find((tab) => tab.key === key)
  if (known) {
    const tabs = pin ? view.tabs.map((tab) => (tab.key === key ? { key, isPreview: false } : tab)) : view.tabs
    return { tabs, shown: key }
  }
  const tab: KeyTab = { key, isPreview: !pin }
  const preview = view.tabs.findIndex(({ isPreview }) => isPreview)
  return { tabs: preview < 0 ? [...view.tabs, tab] : view.tabs.with(preview, tab), shown: key }
}

function closed({ tabs, shown, drafts }: View, key: KeyName): Partial<View> {
  const at = tabs.findIndex((tab) => tab.key === key)
  const left = tabs.filter((tab) => tab.key !== key)
  const kept = new Map([...drafts].filter(([id]) => id !== key && !id.startsWith(`${key.length}:${key}`)))
  return { tabs: left, drafts: kept, shown: shown === key ? left[Math.min(at, left.length - 1)]?.key : shown }
}

/** What names the draft of a field; its key is in it, so that it goes when the key is closed. */
export const fieldDraftId = (key: string, field: string): string => `${key.length}:${key}${field}`
