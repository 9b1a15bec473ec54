/*
 * What the user should know about this run of the app and did not ask for.
 */
import type { Notice } from '../../../shared/contract/app.ts'
import type { EventHub } from '../events.ts'

const NOTICES_MAX = 100

export class Notices {
  readonly now: () => number
  readonly #events: EventHub
  #list: Notice[] = []

  constructor(events: EventHub, now: () => number) {
    this.#events = events
    this.now = now
  }

  get list(): readonly Notice[] {
    return this.#list
  }

  add(notice: Omit<Notice, 'at'>): void {
    const dated = { at: this.now(), ...notice }
    this.#list = [...this.#list.slice(1 - NOTICES_MAX), dated]
    this.#events.emit('app.notice', dated)
  }

  fileSetAside(what: string, setAside: { readonly path: string; readonly why: string }): void {
    this.add({
      level: 'error',
      message: `The file with your ${what} could not be read, so Keystead started without it.`,
      hint: `Nothing was deleted: it is now ${setAside.path}. Repair it and put it back while Keystead is closed.`,
      detail: setAside.why,
    })
  }
}
