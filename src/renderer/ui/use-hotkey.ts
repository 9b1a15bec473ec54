import { useEffect, useRef } from 'react'
import { isTyping, matchesShortcut } from './shortcut.ts'

/** Runs `perform` when `shortcut` is pressed anywhere, except plain keys while typing. */
export function useHotkey(shortcut: string, perform: () => void): void {
  const latest = useRef(perform)
  useEffect(() => {
    latest.current = perform
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || !matchesShortcut(shortcut, event)) return
      const isPlain = !/^(mod|ctrl|alt)\+/.test(shortcut)
      if (isPlain && isTyping(event.target)) return
      event.preventDefault()
      latest.current()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [shortcut])
}
