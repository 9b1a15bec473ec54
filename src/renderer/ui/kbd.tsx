import css from './kbd.module.css'
import { shortcutCaps } from './shortcut.ts'

/** A shortcut such as `mod+k`, drawn as this platform draws it. */
export function Kbd({ keys }: { readonly keys: string }) {
  return (
    <kbd className={css.kbd}>
      {shortcutCaps(keys).map((cap) => (
        <span key={cap} className={css.key}>
          {cap}
        </span>
      ))}
    </kbd>
  )
}
