/*
 * Messages and lines of MONITOR on their way to a page, a few batches a second.
 * A busy server sends more than anybody can read: what goes over the limit of a
 * batch is dropped, and counted.
 */
import { concatBytes } from '../../../../shared/text/bytes.ts'

const EVERY_MS = 100
const COUNT_MAX = 1_000
const SIZE_MAX = 2 << 20

export interface Batch {
  readonly raw: Uint8Array
  readonly count: number
  readonly dropped: number
}

export class StreamBatch {
  readonly #deliver: (batch: Batch) => void
  #pieces: Uint8Array[] = []
  #size = 0
  #dropped = 0
  #timer: NodeJS.Timeout | undefined

  constructor(deliver: (batch: Batch) => void) {
    this.#deliver = deliver
  }

  add(raw: Uint8Array): void {
    if (this.#pieces.length >= COUNT_MAX || this.#size + raw.length > SIZE_MAX) this.#dropped++
    else {
      this.#pieces.push(raw)
      this.#size += raw.length
    }
    this.#timer ??= setTimeout(() => this.flush(), EVERY_MS)
  }

  flush(): void {
    this.stop()
    if (this.#pieces.length === 0 && this.#dropped === 0) return
    const batch = { raw: concatBytes(this.#pieces), count: this.#pieces.length, dropped: this.#dropped }
    this.#pieces = []
    this.#size = 0
    this.#dropped = 0
    this.#deliver(batch)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
