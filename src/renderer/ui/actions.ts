import type { ReactNode } from 'react'
import { useEffect, useRef } from 'react'
import { create } from 'zustand'

/** One thing the user can do, for the palette, the shortcut sheet and the keyboard alike. */
export interface Action {
  /** `home.add-connection`; unique among those on screen. */
  readonly id: string
  /** A verb with its object: "Add connection". */
  readonly label: string
  /** The heading it stands under in the palette. */
  readonly group: string
  readonly icon?: ReactNode
  readonly shortcut?: string
  /** Absent: always. */
  readonly when?: () => boolean
  readonly perform: () => void
}

interface Registry {
  readonly lists: readonly (readonly Action[])[]
}

const useRegistry = create<Registry>(() => ({ lists: [] }))

/** Offers `actions` while the component is on screen. Later ones win a shortcut: the page over the frame. */
export function useActions(actions: readonly Action[]): void {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  // The list is registered once per set of ids; what each does is looked up when it is performed.
  const shape = actions.map(({ id, label, shortcut }) => `${id} ${label} ${shortcut ?? ''}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the actions.
  useEffect(() => {
    const find = (id: string): Action | undefined => latest.current.find((action) => action.id === id)
    const list = latest.current.map((action) => ({
      ...action,
      when: () => find(action.id)?.when?.() ?? find(action.id) !== undefined,
      perform: () => find(action.id)?.perform(),
    }))
    useRegistry.setState(({ lists }) => ({ lists: [...lists, list] }))
    return () => useRegistry.setState(({ lists }) => ({ lists: lists.filter((other) => other !== list) }))
  }, [shape])
}

/** All actions on screen, the latest registered first. */
export const useAllActions = (): readonly Action[] =>
  useRegistry(({ lists }) => lists)
    .toReversed()
    .flat()

/** For handlers, which must not render. */
export const allActions = (): readonly Action[] => useRegistry.getState().lists.toReversed().flat()
