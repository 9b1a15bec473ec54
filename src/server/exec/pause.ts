/*
 * CLIENT PAUSE: until when, and what is held back.
 */
import { PAUSED_ALL, type PAUSED_WRITES } from './gates.ts'

export class Pause {
  /** Unix time in milliseconds; 0 when nothing is paused. */
  until = 0
  /** PAUSED_ALL, PAUSED_WRITES or 0. */
  condition = 0

  /** A second pause can prolong the first and make it stricter, never the reverse. */
  begin(until: number, condition: typeof PAUSED_ALL | typeof PAUSED_WRITES): void {
    this.until = Math.max(this.until, until)
    if (this.condition !== PAUSED_ALL) this.condition = condition
  }

  end(): void {
    this.until = 0
    this.condition = 0
  }
}
