/*
 * What travels between page and backend, over a MessagePort (structured clone)
 * and over a WebSocket (codec.ts) alike.
 */
import type { EventName, EventPayload } from './events.ts'
import type { Result } from './failure.ts'

export interface CallFrame {
  readonly t: 'call'
  /** Chosen by the page, unique among its calls in flight. */
  readonly id: number
  readonly method: string
  readonly request: unknown
}

export interface ResultFrame {
  readonly t: 'result'
  readonly id: number
  readonly result: Result<unknown>
}

export type EventFrame = {
  readonly [E in EventName]: { readonly t: 'event'; readonly name: E; readonly payload: EventPayload<E> }
}[EventName]

export type BackendFrame = ResultFrame | EventFrame

const isRecord = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null

/** Guards the backend's end: what a page sent is not trusted to be a frame at all. */
export function isCallFrame(x: unknown): x is CallFrame {
  return isRecord(x) && x.t === 'call' && Number.isSafeInteger(x.id) && typeof x.method === 'string' && 'request' in x
}

/** Guards the page's end against a backend of another version, or a frame cut short. */
export function isBackendFrame(x: unknown): x is BackendFrame {
  if (!isRecord(x)) return false
  if (x.t === 'event') return typeof x.name === 'string' && 'payload' in x
  return x.t === 'result' && Number.isSafeInteger(x.id) && isRecord(x.result) && typeof x.result.ok === 'boolean'
}
