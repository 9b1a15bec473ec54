import { create } from 'zustand'
import type { Failure } from '../../../shared/contract/failure.ts'
import type { SessionInfo, SessionState } from '../../../shared/contract/sessions.ts'
import { ask, subscribe, toFailure } from '../../api/backend.ts'
import { useLink } from '../../api/link.ts'
import { queryClient } from '../../api/query-client.ts'
import { forgetData } from '../../api/replaced-data.ts'
import { parseTargetKey, type TargetKey } from '../../api/target.ts'

/*
 * The sessions of this window: what the rail shows, what a workspace shows.
 * Each is opened once and stays open while it is on the rail, whichever page
 * is in front, so that going back to it is immediate.
 */
export interface OpenSession {
  readonly key: TargetKey
  readonly phase: 'opening' | 'open' | 'failed'
  /** Kept when the session is lost: what was shown stays readable. */
  readonly info?: SessionInfo
  readonly state?: SessionState
  /** Why it could not be opened. */
  readonly failure?: Failure
  /** Raised when the server came back after an absence. */
  readonly recoveredAt?: number
}

interface Sessions {
  readonly list: readonly OpenSession[]
}

export const useSessions = create<Sessions>(() => ({ list: [] }))

export const useSession = (key: TargetKey): OpenSession | undefined =>
  useSessions(({ list }) => list.find((session) => session.key === key))

const find = (key: TargetKey): OpenSession | undefined => useSessions.getState().list.find((s) => s.key === key)

function patch(key: TargetKey, change: Partial<OpenSession>): void {
  useSessions.setState(({ list }) => ({ list: list.map((s) => (s.key === key ? { ...s, ...change } : s)) }))
}

/** Opens it unless it is open or being opened. */
export async function openSession(key: TargetKey): Promise<void> {
  const known = find(key)
  if (known && known.phase !== 'failed') return
  if (known) patch(key, { phase: 'opening' })
  else useSessions.setState(({ list }) => ({ list: [...list, { key, phase: 'opening' }] }))
  const target = parseTargetKey(key)
  if (!target) {
    const failure: Failure = {
      code: 'NOT_FOUND',
      message: 'This address names no connection',
      hint: 'Open one from Home.',
    }
    return patch(key, { phase: 'failed', failure })
  }
  try {
    const info = await ask('sessions.open', { target })
    // Closed while it was being opened: nobody waits for it.
    if (!find(key)) return void ask('sessions.close', { sessionId: info.sessionId }).catch(() => {})
    patch(key, { phase: 'open', info, failure: undefined })
    patch(key, { state: await ask('sessions.state', { sessionId: info.sessionId }) })
  } catch (error) {
    patch(key, { phase: 'failed', failure: toFailure(error) })
  }
}

export function closeSession(key: TargetKey): void {
  const session = find(key)
  useSessions.setState(({ list }) => ({ list: list.filter((s) => s.key !== key) }))
  // The session is gone from the page either way; a backend that cannot be told has forgotten it as well.
  if (session?.info) ask('sessions.close', { sessionId: session.info.sessionId }).catch(() => {})
}

export async function selectDb(key: TargetKey, db: number): Promise<void> {
  const session = find(key)
  if (session?.info) patch(key, { info: await ask('sessions.select', { sessionId: session.info.sessionId, db }) })
}

/** Key counts, role and rights, asked again. */
export async function refreshSession(key: TargetKey): Promise<void> {
  const session = find(key)
  if (session?.info) patch(key, { info: await ask('sessions.info', { sessionId: session.info.sessionId }) })
}

function applyState(state: SessionState): void {
  const session = useSessions.getState().list.find((s) => s.info?.sessionId === state.sessionId)
  if (!session) return
  const isBack = state.state === 'ready' && session.state?.state === 'reconnecting'
  const isReplaced = session.state !== undefined && state.dataReplaced > session.state.dataReplaced
  patch(session.key, isBack ? { state, recoveredAt: Date.now() } : { state })
  if (!isBack && !isReplaced) return
  refreshSession(session.key).catch(() => {})
  if (isReplaced) void forgetData(queryClient, state.sessionId)
  // What changed while it was away is not known.
  else void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey.includes(state.sessionId) })
}

/** A backend that was started anew knows none of our sessions: open them again. */
async function revive({ key, info }: OpenSession): Promise<void> {
  if (info) {
    try {
      return patch(key, { info: await ask('sessions.info', { sessionId: info.sessionId }) })
    } catch {
      // NOT_FOUND, or the server is away as well: opening tells which.
    }
  }
  patch(key, { phase: 'failed' })
  await openSession(key)
}

/** Once, when the app starts. Returns its undo. */
export function followSessions(): () => void {
  const unsubscribe = subscribe('sessions.state', applyState)
  const unlink = useLink.subscribe((link, before) => {
    if (link.epoch > 1 && link.epoch !== before.epoch) useSessions.getState().list.forEach((s) => void revive(s))
  })
  return () => {
    unsubscribe()
    unlink()
  }
}
