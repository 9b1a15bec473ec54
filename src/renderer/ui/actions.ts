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

/** Who offers it. The page comes before what is around it: in the palette, and when two want one shortcut. */
export type ActionLayer = 'page' | 'workspace' | 'frame'
const LAYERS: readonly ActionLayer[] = ['page', 'workspace', 'frame']

interface Registry {
  readonly lists: readonly { readonly layer: ActionLayer; readonly actions: readonly Action[] }[]
}

const useRegistry = create<Registry>(() => ({ lists: [] }))

/** Offers `actions` while the component is on screen. */
export function useActions(actions: readonly Action[], layer: ActionLayer = 'page'): void {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  // The list is registered once per set of ids; what each does is looked up when it is performed.
  const shape = actions.map(({ id, label, shortcut }) => `${id} ${label} ${shortcut ?? ''}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the actions.
  useEffect(() => {
    const find = (id: string): Action | undefined => latest.current.find((action) => action.id === id)
    const list = {
      layer,
      actions: latest.current.map((action) => ({
        ...action,
        when: () => find(action.id)?.when?.() ?? find(action.id) !== undefined,
        perform: () => find(action.id)?.perform(),
      })),
    }
    useRegistry.setState(({ lists }) => ({ lists: [...lists, list] }))
    return () => useRegistry.setState(({ lists }) => ({ lists: lists.filter((other) => other !== list) }))
  }, [shape, layer])
}

const inOrder = ({ lists }: Registry): readonly Action[] =>
  LAYERS.flatMap((layer) => lists.filter((list) => list.layer === layer).flatMap((list) => list.actions))

/** All actions on screen, those of the page first. */
export const useAllActions = (): readonly Action[] => inOrder(useRegistry())

/** For handlers, which must not render. */
export const allActions = (): readonly Action[] => inOrder(useRegistry.getState())
