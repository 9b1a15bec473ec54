import { createContext } from 'react'

/** Where split panes keep their sizes, in percent, by the pane's name. The app says where that is. */
export interface PaneSizes {
  readonly read: (id: string) => readonly number[] | undefined
  readonly write: (id: string, sizes: readonly number[]) => void
}

/** Without a provider (tests, the catalogue) nothing is remembered. */
export const PaneSizesContext = createContext<PaneSizes>({ read: () => undefined, write: () => {} })
