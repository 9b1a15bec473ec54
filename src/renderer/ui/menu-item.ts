import type { ReactNode } from 'react'

/**
 * One line of a menu, a context menu, or a split button, as data: the same
 * list serves a "..." button and a right click.
 */
export type MenuItem =
  | {
      readonly kind?: 'action'
      readonly id: string
      readonly label: ReactNode
      readonly icon?: ReactNode
      readonly shortcut?: string
      readonly danger?: boolean
      readonly disabled?: boolean
      readonly perform: () => void
    }
  | {
      readonly kind: 'check'
      readonly id: string
      readonly label: ReactNode
      readonly checked: boolean
      readonly onCheckedChange: (checked: boolean) => void
    }
  | { readonly kind: 'separator'; readonly id: string }
  | { readonly kind: 'label'; readonly id: string; readonly label: ReactNode }
