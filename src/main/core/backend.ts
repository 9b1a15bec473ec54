/*
 * The backend: services, handlers, and the pages attached to them. A host gives
 * it a port per page and otherwise leaves it alone.
 */
import { randomUUID } from 'node:crypto'
import { type BackendFrame, isCallFrame } from '../../shared/contract/frames.ts'
import { EventHub } from './events.ts'
import { allHandlers } from './handlers/index.ts'
import type { Host } from './host.ts'
import { type Caller, type Handlers, serve } from './serve.ts'
import { loadServices, type ServiceOptions, type Services } from './services/services.ts'

/** One page's wire, already decoded; the backend's side of it. */
export interface PagePort {
  send(frame: BackendFrame): void
}

/** What a host calls when its page says something, and when it is gone. */
export interface AttachedPage {
  /** Anything at all: what is no call is answered with nothing. */
  receive(frame: unknown): void
  detach(): void
}

/**
 * Calls of one page that may be under way at once. A page that shows a tree has
 * a dozen; a page in a loop is told so before it fills the memory.
 */
const CALLS_IN_FLIGHT_MAX = 1_000

export class Backend {
  readonly services: Services
  readonly #handlers: Handlers
  readonly #events: EventHub

  private constructor(services: Services, events: EventHub) {
    this.services = services
    this.#events = events
    this.#handlers = allHandlers(services)
  }

  /** Loads what is on disk and starts the local databases, without waiting for them: the page shows them start. */
  static async start(host: Host, options: ServiceOptions = {}): Promise<Backend> {
    const events = new EventHub()
    const backend = new Backend(await loadServices(host, events, options), events)
    void backend.services.databases.startAll()
    return backend
  }

  attach(port: PagePort): AttachedPage {
    const caller: Caller = { id: randomUUID() }
    const unlisten = this.#events.listen((frame) => port.send(frame))
    let isAttached = true
    let inFlight = 0
    return {
      receive: (frame) => {
        if (!isAttached) return
        if (!isCallFrame(frame)) return this.services.log.warn('a page sent a frame that is no call')
        const { id, method, request } = frame
        if (inFlight >= CALLS_IN_FLIGHT_MAX) {
          const error = {
            code: 'TOO_LARGE',
            message: `There are ${inFlight} calls under way.`,
            hint: 'Wait for some of them.',
          } as const
          return port.send({ t: 'result', id, result: { ok: false, error } })
        }
        inFlight++
        // serve never rejects, and a port that is gone swallows what it is given.
        void serve(this.#handlers, this.services.log, caller, method, request).then((result) => {
          inFlight--
          if (isAttached) port.send({ t: 'result', id, result })
        })
      },
      detach: () => {
        isAttached = false
        unlisten()
        this.services.sessions.release(caller)
      },
    }
  }

  /** Ends the sessions and lets every database save and stop. */
  async stop(): Promise<void> {
    this.services.sessions.closeAll()
    await this.services.databases.stopAll()
  }
}
