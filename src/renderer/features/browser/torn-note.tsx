import { Button } from '../../ui/button.tsx'
import css from './browser.module.css'

export interface TornNoteProps {
  /** "The list changed while it was read: elements ..." is what it says of a "list" and its "elements". */
  readonly value: string
  readonly elements: string
  readonly onReload: () => void
}

/** Windows in sight were read at different times, and the value changed in between. */
export function TornNote({ value, elements, onReload }: TornNoteProps) {
  return (
    <div className={css.torn} role="status">
      The {value} changed while it was read: {elements} may be shown twice, or not at all.
      <Button size="small" onClick={onReload}>
        Reload
      </Button>
    </div>
  )
}
