import { useEffect, useRef } from 'react'
import type { Method, Request, Response, Transport } from '../../shared/contract/contract.ts'
import type { EventName, EventPayload } from '../../shared/contract/events.ts'
import { type Failure, FailureError } from '../../shared/contract/failure.ts'
import { electronTransport } from './transport-electron.ts'
import { webTransport } from './transport-web.ts'

let transport: Transport | null = null

/** Once, before anything is rendered. Electron names itself in the user agent; everything else is a browser. */
export function connectBackend(): void {
  setTransport(
    /\bElectron\//.test(navigator.userAgent)
      ? electronTransport()
      : webTransport(`${location.origin.replace(/^http/, 'ws')}/session`),
  )
}

/** Tests and the design preview bring their own. */
export function setTransport(next: Transport): void {
  transport = next
}

function connected(): Transport {
  if (!transport) throw new Error('connectBackend() has not run')
  return transport
}

/** Asks the backend. Throws a FailureError, which carries the words for the user. */
export async function ask<M extends Method>(method: M, request: Request<M>): Promise<Response<M>> {
  const result = await connected().invoke(method, request)
  if (!result.ok) throw new FailureError(result.error)
  return result.value
}

export function subscribe<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void {
  return connected().subscribe(event, listener)
}

/** `subscribe` for the life of a component; always calls the latest listener. */
export function useBackendEvent<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): void {
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => subscribe(event, (payload) => latest.current(payload)), [event])
}

/** The failure in whatever was thrown. Anything but a FailureError is a bug of ours, and says so. */
export function toFailure(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure
  return {
    code: 'INTERNAL',
    message: 'Keystead itself made a mistake',
    hint: 'Reload the page. If it happens again, please report it with the words below.',
    detail: error instanceof Error ? error.message : String(error),
  }
}
