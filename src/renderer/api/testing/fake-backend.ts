/*
 * A backend for tests of the page: methods answer what a test says, events are
 * raised by hand. It also drives the preview with which screens are looked at
 * in states that are hard to bring about.
 */
import type { Method, Request, Response, Transport } from '../../../shared/contract/contract.ts'
import type { EventName, EventPayload } from '../../../shared/contract/events.ts'
import { type Failure, FailureError, type Result } from '../../../shared/contract/failure.ts'
import { setTransport } from '../backend.ts'

export type FakeAnswers = {
  [M in Method]?: (request: Request<M>) => Response<M> | Promise<Response<M>>
}

export interface FakeBackend {
  /** Replaces or adds answers. */
  readonly answer: (answers: FakeAnswers) => void
  readonly emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void
  /** Every call so far, in order. */
  readonly calls: readonly { readonly method: Method; readonly request: unknown }[]
}

/** Becomes the backend of the page. A method without an answer fails, and says which. */
export function fakeBackend(answers: FakeAnswers): FakeBackend {
  const known: FakeAnswers = { ...answers }
  const calls: { method: Method; request: unknown }[] = []
  const listeners = new Map<EventName, Set<(payload: never) => void>>()
  const transport: Transport = {
    async invoke<M extends Method>(method: M, request: Request<M>): Promise<Result<Response<M>>> {
      calls.push({ method, request })
      const answer = known[method]
      if (!answer) return { ok: false, error: { code: 'UNKNOWN_METHOD', message: `no answer given for ${method}` } }
      try {
        return { ok: true, value: await answer(request) }
      } catch (error) {
        if (error instanceof FailureError) return { ok: false, error: error.failure }
        throw error
      }
    },
    subscribe(event, listener) {
      const all = listeners.get(event) ?? new Set()
      listeners.set(event, all)
      all.add(listener as (payload: never) => void)
      return () => all.delete(listener as (payload: never) => void)
    },
  }
  setTransport(transport)
  return {
    answer: (more) => Object.assign(known, more),
    emit: (event, payload) => {
      for (const listener of listeners.get(event) ?? []) listener(payload as never)
    },
    calls,
  }
}

/** For an answer that fails. */
export const failing = (failure: Failure) => (): never => {
  throw new FailureError(failure)
}
