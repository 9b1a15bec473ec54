import { useEffect, useRef, useState } from 'react'
import type { ParsedUrl } from '../../../shared/contract/connections.ts'
import type { Failure } from '../../../shared/contract/failure.ts'
import { ask, toFailure } from '../../api/backend.ts'

/** Long enough not to ask for every letter, short enough to feel live. */
const PAUSE_MS = 120

export type UrlState =
  | { readonly state: 'empty' }
  | { readonly state: 'parsed' }
  | { readonly state: 'bad'; readonly failure: Failure }

/** Reads `url` while it is typed and hands each one that makes sense to `onParsed`. */
export function useParsedUrl(url: string, onParsed: (parsed: ParsedUrl) => void): UrlState {
  const [state, setState] = useState<UrlState>({ state: 'empty' })
  const latest = useRef(onParsed)
  useEffect(() => {
    latest.current = onParsed
  })
  useEffect(() => {
    const text = url.trim()
    let isStale = false
    const read = async (): Promise<void> => {
      if (text === '') return setState({ state: 'empty' })
      try {
        const parsed = await ask('connections.parseUrl', { url: text })
        if (isStale) return
        latest.current(parsed)
        setState({ state: 'parsed' })
      } catch (error) {
        if (!isStale) setState({ state: 'bad', failure: toFailure(error) })
      }
    }
    const timer = setTimeout(() => void read(), text === '' ? 0 : PAUSE_MS)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [url])
  return state
}
