/*
 * Witness: whoever writes values of the arena down as they were at one moment while they
 * go on changing (types/walk.ts), and so has to be told what is about to change. A Memory
 * has one only as long as there is something to be told about.
 */
import type { StreamId } from '../base/stream-id.ts'
import type { Ref } from './layout.ts'

export interface Witness {
  /** An item of this table whose key has this hash is about to change, to come or to go. */
  itemWillChange(table: Ref, hash: number): void
  /** This block is about to change, to move or to be freed. */
  blockWillChange(block: Ref): void
  /** What is pending in this group with this id is about to change, to come or to go. */
  pendingWillChange(group: Ref, id: StreamId): void
  /** A value goes on under another root. */
  rootBecomes(from: Ref, to: Ref): void
  /** Nobody can reach a value, or a group, any more. True: it is needed still; `dispose` is called when it is not. */
  keeps(value: Ref, dispose: () => void): boolean
}

/** What is told before a block changes that somebody may write down as it was. */
export function blockWillChange(memory: { readonly witness: Witness | undefined }, block: Ref): void {
  if (memory.witness !== undefined) memory.witness.blockWillChange(block)
}
