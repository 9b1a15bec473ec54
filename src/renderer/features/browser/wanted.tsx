import { useState } from 'react'
import { VALUE_SIZE_MAX } from '../../../shared/contract/types.ts'
import { formatBytes, formatBytesExact } from '../../lib/format-bytes.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { EDITOR_MAX } from './value-text.ts'

/** Read without being asked for; beyond, a value waits for a click. */
const READ_AT_ONCE_MAX = 1 << 20

/** Whether a value that a server sends only whole is to be read. */
export interface Wanted {
  readonly size: number
  readonly isWanted: boolean
  readonly want: () => void
}

export function useWanted(size: number): Wanted {
  const [isWanted, setIsWanted] = useState(size <= READ_AT_ONCE_MAX)
  return { size, isWanted, want: () => setIsWanted(true) }
}

/** In place of a value that nobody has asked for yet. */
export function NotRead({ size, want }: Wanted) {
  const isTooLarge = size > VALUE_SIZE_MAX
  return (
    <EmptyState
      title={`It has ${formatBytes(size)}`}
      actions={!isTooLarge && <Button onClick={want}>Read all of it</Button>}
    >
      That is {formatBytesExact(size)}, and a server sends it only whole. Nothing of it was read yet.{' '}
      {isTooLarge
        ? `Keystead reads no more than ${formatBytes(VALUE_SIZE_MAX)} of one: a client of your own can read it.`
        : size > EDITOR_MAX && 'It is too long for an editor, but can be saved to a file and replaced from one.'}
    </EmptyState>
  )
}
