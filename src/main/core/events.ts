/*
 * Events on their way from services to every page that listens.
 */
import type { EventName, EventPayload } from '../../shared/contract/events.ts'
import type { EventFrame } from '../../shared/contract/frames.ts'

export class EventHub {
  readonly #listeners = new Set<(frame: EventFrame) => void>()

  emit<E extends EventName>(name: E, payload: EventPayload<E>): void {
    const frame = { t: 'event', name, payload } as EventFrame
    for (const listener of this.#listeners) listener(frame)
  }

  /** Returns its unsubscribe. */
  listen(listener: (frame: EventFrame) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
