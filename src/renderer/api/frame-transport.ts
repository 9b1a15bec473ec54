import type { Method, Request, Response, Transport } from '../../shared/contract/contract.ts'
import type { EventName, EventPayload } from '../../shared/contract/events.ts'
import type { Result } from '../../shared/contract/failure.ts'
import { type CallFrame, isBackendFrame } from '../../shared/contract/frames.ts'

type Send = (frame: CallFrame) => void
type Listener = (payload: never) => void

const GONE: Result<never> = {
  ok: false,
  error: {
    code: 'BACKEND_GONE',
    message: 'The backend of Keystead is away',
    hint: 'The page reconnects by itself. Do it again once it is back.',
  },
}

/**
 * A Transport over anything that carries frames. The wire is attached when it
 * opens and detached when it is lost; until it first opens, calls wait.
 */
export class FrameTransport implements Transport {
  #send: Send | null = null
  #nextId = 1
  #isFirst = true
  /** Sent, or waiting for the first wire. */
  readonly #calls = new Map<number, { readonly frame: CallFrame; readonly settle: (result: Result<never>) => void }>()
  readonly #listeners = new Map<EventName, Set<Listener>>()

  attach(send: Send): void {
    this.#send = send
    this.#isFirst = false
    for (const { frame } of this.#calls.values()) send(frame)
  }

  /** Every call in flight is lost with the wire: whether it was carried out is not known, so none is repeated. */
  detach(): void {
    this.#send = null
    this.#isFirst = false
    const calls = [...this.#calls.values()]
    this.#calls.clear()
    for (const { settle } of calls) settle(GONE)
  }

  /** Takes what arrived. What is not a frame of ours is dropped. */
  receive(frame: unknown): void {
    if (!isBackendFrame(frame)) return
    if (frame.t === 'event') {
      for (const listener of this.#listeners.get(frame.name) ?? []) listener(frame.payload as never)
      return
    }
    const call = this.#calls.get(frame.id)
    this.#calls.delete(frame.id)
    call?.settle(frame.result as Result<never>)
  }

  invoke<M extends Method>(method: M, request: Request<M>): Promise<Result<Response<M>>> {
    if (!this.#send && !this.#isFirst) return Promise.resolve(GONE)
    const frame: CallFrame = { t: 'call', id: this.#nextId++, method, request }
    return new Promise((settle) => {
      this.#calls.set(frame.id, { frame, settle })
      this.#send?.(frame)
    })
  }

  subscribe<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
}
