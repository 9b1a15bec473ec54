import { copyText } from '../../lib/copy-text.ts'
import type { MenuItem } from '../../ui/menu-item.ts'
import { toast } from '../../ui/toast.tsx'

/** Of a row's menu the line that Ctrl+C stands for as well. */
export const COPY = 'copy'

/** `text` undefined: the row has a part of it only, which would pass for the whole. */
export const copyItem = (label: string, text: string | undefined): MenuItem => ({
  id: COPY,
  label,
  shortcut: 'mod+c',
  disabled: text === undefined,
  perform: () => text !== undefined && void copyAndSay(text),
})

/** As the line of that menu, from the keyboard; where it may not be copied, why. */
export function copyRow(menu: readonly MenuItem[]): void {
  const item = menu.find(({ id }) => id === COPY)
  if (item === undefined || !('perform' in item)) return
  if (item.disabled) {
    toast({ title: 'Not copied', description: 'Only its beginning was read. Open it to copy all of it.' })
  } else item.perform()
}

const SHOWN_MAX = 80

async function copyAndSay(text: string): Promise<void> {
  const shown = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text
  if (await copyText(text)) toast({ kind: 'ok', title: 'Copied', description: shown })
  else toast({ kind: 'error', title: 'Not copied', description: 'The browser does not let this page copy.' })
}
