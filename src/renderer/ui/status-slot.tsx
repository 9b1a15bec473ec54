import { createContext, type ReactNode, useContext } from 'react'
import { createPortal } from 'react-dom'

/** Where in the status bar the page on screen may add what only it knows. */
export const StatusSlotContext = createContext<HTMLElement | null>(null)

/** Draws its children (StatusText, StatusButton) in the frame's status bar: "2.1 M keys, all scanned". */
export function StatusContribution({ children }: { readonly children: ReactNode }) {
  const slot = useContext(StatusSlotContext)
  return slot && createPortal(children, slot)
}
