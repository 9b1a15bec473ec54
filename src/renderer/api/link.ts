import { create } from 'zustand'

/** The wire between this page and the backend. */
export interface Link {
  /** `away` is shown calmly and mends itself. */
  readonly state: 'connecting' | 'open' | 'away'
  /** Attempts since it was last open. */
  readonly attempts: number
  /** Counts the times it opened: whatever the backend held for this page before is gone. */
  readonly epoch: number
}

export const useLink = create<Link>(() => ({ state: 'connecting', attempts: 0, epoch: 0 }))

export const linkOpened = (): void =>
  useLink.setState(({ epoch }) => ({ state: 'open', attempts: 0, epoch: epoch + 1 }))

export const linkLost = (): void => useLink.setState(({ attempts }) => ({ state: 'away', attempts: attempts + 1 }))
