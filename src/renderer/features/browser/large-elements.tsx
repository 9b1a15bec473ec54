import { formatBytes } from '../../lib/format-bytes.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import type { KnownKey } from './value-type.ts'

/** Beyond it elements are not read before the user says so. */
const ELEMENT_SIZE_MAX = 1 << 20

type Sized = Pick<KnownKey, 'size' | 'length'>

const averageSize = ({ size = 0, length = 1 }: Sized): number => size / Math.max(1, length)

export const hasLargeElements = (known: Sized): boolean => averageSize(known) > ELEMENT_SIZE_MAX

export interface LargeElementsProps {
  readonly known: Sized
  readonly element: string
  readonly onRead: () => void
}

/** In place of a table whose rows would cost megabytes each. */
export function LargeElements({ known, element, onRead }: LargeElementsProps) {
  return (
    <EmptyState title={`These ${element}s are large`} actions={<Button onClick={onRead}>Read what is in sight</Button>}>
      They have about {formatBytes(averageSize(known))} each, and a server sends them only whole. Nothing was read yet.
    </EmptyState>
  )
}
