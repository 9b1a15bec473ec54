import { Autocomplete } from '@base-ui/react/autocomplete'
import { Dialog } from '@base-ui/react/dialog'
import { clsx } from 'clsx'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { type Action, useAllActions } from '../ui/actions.ts'
import dialog from '../ui/dialog.module.css'
import floating from '../ui/floating.module.css'
import { Kbd } from '../ui/kbd.tsx'
import css from './palette.module.css'
import { filterActions } from './palette-filter.ts'

export interface PaletteProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

/** Every action on screen, by name. */
export function Palette({ open, onOpenChange }: PaletteProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Viewport className={dialog.viewport}>
          <Dialog.Popup className={clsx(floating.popup, css.popup)} aria-label="Command palette">
            <PaletteList onDone={() => onOpenChange(false)} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** Its own component, so that each opening begins with an empty line. */
function PaletteList({ onDone }: { readonly onDone: () => void }) {
  const [typed, setTyped] = useState('')
  const actions = useAllActions().filter(({ id, when }) => id !== 'app.palette' && (when?.() ?? true))
  const found = filterActions(actions, typed)
  const perform = (action: Action): void => {
    onDone()
    // After the palette has given the focus back, so that an action may move it on.
    setTimeout(action.perform, 0)
  }
  return (
    <Autocomplete.Root
      open
      inline
      items={found}
      mode="none"
      autoHighlight="always"
      keepHighlight
      value={typed}
      onValueChange={(value, details) => details.reason === 'input-change' && setTyped(value)}
      itemToStringValue={(action: Action) => action.label}
    >
      <div className={css.inputRow}>
        <Search size={16} aria-hidden="true" />
        <Autocomplete.Input aria-label="Find an action" placeholder="Find an action…" className={css.input} />
        <Kbd keys="escape" />
      </div>
      <Autocomplete.Empty className={css.none}>
        {typed === '' ? null : <>No action is called “{typed}”.</>}
      </Autocomplete.Empty>
      <Autocomplete.List className={css.list}>
        {(action: Action) => (
          <Autocomplete.Item
            key={action.id}
            value={action}
            className={clsx(floating.item, css.item)}
            onClick={() => perform(action)}
          >
            <span>{action.icon}</span>
            <span>
              <span className={css.group}>{action.group} · </span>
              {action.label}
            </span>
            {action.shortcut ? <Kbd keys={action.shortcut} /> : <span />}
          </Autocomplete.Item>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  )
}
