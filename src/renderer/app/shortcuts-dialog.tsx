import { useAllActions } from '../ui/actions.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Kbd } from '../ui/kbd.tsx'
import css from './shortcuts-dialog.module.css'

/** What holds in every tree, list and table, whoever draws it. */
const EVERYWHERE: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['arrowup', 'arrowdown'], 'move'],
  [['arrowright', 'arrowleft'], 'open and close a folder, or climb out of it'],
  [['enter'], 'open'],
  [['shift+f10'], 'the menu of the row'],
  [['home', 'end'], 'first and last'],
  [['escape'], 'back out one level'],
]

export interface ShortcutsDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

/** The shortcuts of where you are. */
export function ShortcutsDialog({ open, onOpenChange }: ShortcutsDialogProps) {
  const actions = useAllActions().filter((action) => action.shortcut && (action.when?.() ?? true))
  const groups = [...new Set(actions.map((action) => action.group))]
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Shortcuts here" wide>
      <div className={css.columns}>
        {groups.map((group) => (
          <section key={group}>
            <h3 className={css.heading}>{group}</h3>
            <dl className={css.list}>
              {actions
                .filter((action) => action.group === group)
                .map((action) => (
                  <Line key={action.id} keys={[action.shortcut ?? '']} does={action.label} />
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h3 className={css.heading}>Trees, lists, tables</h3>
          <dl className={css.list}>
            {EVERYWHERE.map(([keys, does]) => (
              <Line key={does} keys={keys} does={does} />
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  )
}

function Line({ keys, does }: { readonly keys: readonly string[]; readonly does: string }) {
  return (
    <div className={css.line}>
      <dt>
        {keys.map((key) => (
          <Kbd key={key} keys={key} />
        ))}
      </dt>
      <dd>{does}</dd>
    </div>
  )
}
