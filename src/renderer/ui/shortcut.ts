/*
 * Shortcuts are written once, as `mod+k`, `shift+delete`, `?`, and read in two
 * ways: matched against keyboard events, and shown as the platform draws them.
 * `mod` is Command on a Mac and Control elsewhere.
 */
export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

const MAC: Readonly<Record<string, string>> = { mod: '⌘', alt: '⌥', shift: '⇧', ctrl: '⌃' }
const OTHER: Readonly<Record<string, string>> = { mod: 'Ctrl', alt: 'Alt', shift: 'Shift', ctrl: 'Ctrl' }
const KEYS: Readonly<Record<string, string>> = {
  enter: '↵',
  escape: 'Esc',
  delete: 'Del',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  space: 'Space',
}

/** The key caps to draw for `shortcut`, in order. */
export function shortcutCaps(shortcut: string, mac: boolean = isMac): readonly string[] {
  const names = mac ? MAC : OTHER
  return shortcut
    .split('+')
    .map((part) => names[part] ?? KEYS[part] ?? (part.length === 1 ? part.toUpperCase() : title(part)))
}

const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** Whether `event` is `shortcut`. Shift is ignored for characters that need it to be typed, such as `?`. */
export function matchesShortcut(shortcut: string, event: Pressed, mac: boolean = isMac): boolean {
  const parts = shortcut.split('+')
  const key = parts.at(-1) ?? ''
  const wants = (name: string): boolean => parts.slice(0, -1).includes(name)
  const pressed = event.key === ' ' ? 'space' : event.key.toLowerCase()
  if (pressed !== key) return false
  const isSymbol = key.length === 1 && !/[a-z0-9]/.test(key)
  return (
    event.metaKey === (mac && wants('mod')) &&
    event.ctrlKey === (wants('ctrl') || (!mac && wants('mod'))) &&
    event.altKey === wants('alt') &&
    (isSymbol || event.shiftKey === wants('shift'))
  )
}

/** Typing into a field must never trigger a plain-letter shortcut. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target.isContentEditable || target.closest('.cm-editor') !== null
}
