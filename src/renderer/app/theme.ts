import { useEffect } from 'react'
import { useSettings } from '../api/settings.ts'

/*
 * Theme and density as attributes of <html>, which tokens.css answers to.
 * Settings live in the backend and arrive after the first paint, so the last
 * look is also noted in this browser: it spares the flash, nothing else.
 */
const NOTE = 'keystead.look'
const prefersDark = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: dark)')

interface Look {
  readonly theme: 'system' | 'light' | 'dark'
  readonly density: 'compact' | 'comfortable'
}

function show({ theme, density }: Look): void {
  const root = document.documentElement
  root.dataset.theme = theme === 'system' ? (prefersDark().matches ? 'dark' : 'light') : theme
  root.dataset.density = density
}

export function showRememberedLook(): void {
  const [theme, density] = (localStorage.getItem(NOTE) ?? '').split(' ')
  show({
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    density: density === 'comfortable' ? density : 'compact',
  })
}

/** Keeps <html> in step with the settings and, for `system`, with the system. */
export function useLook(): void {
  const { theme, density } = useSettings()
  useEffect(() => {
    const apply = (): void => show({ theme, density })
    apply()
    localStorage.setItem(NOTE, `${theme} ${density}`)
    const system = prefersDark()
    system.addEventListener('change', apply)
    return () => system.removeEventListener('change', apply)
  }, [theme, density])
}
