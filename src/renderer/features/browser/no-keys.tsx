import { bytesToLatin1, showLatin1, utf8ToBytes } from '../../../shared/text/bytes.ts'
import { plural } from '../../lib/format-count.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import type { View } from './view-state.ts'

export interface NoKeysProps {
  readonly view: View
  readonly scanned: number
  readonly onCreate: () => void
  readonly onClear: () => void
}

/** A scan that is over and found nothing: why, and what to do. */
export function NoKeys({ view, scanned, onCreate, onClear }: NoKeysProps) {
  if (view.match === '' && view.type === '') {
    return (
      <EmptyState title="This database is empty" actions={<Button onClick={onCreate}>Create a key</Button>}>
        Any client can fill it: <code>SET hello world</code>
      </EmptyState>
    )
  }
  const type = view.type === '' ? 'key' : `${view.type} key`
  return (
    <EmptyState title={`No ${type} matches`} actions={<Button onClick={onClear}>Clear the filter</Button>}>
      {view.match !== '' && <code>{showLatin1(bytesToLatin1(utf8ToBytes(view.match)))}</code>} was held against{' '}
      {plural(scanned, 'key')}. <code>*</code> stands for anything, <code>?</code> for one byte.
    </EmptyState>
  )
}
