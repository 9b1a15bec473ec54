/*
 * CLIENT PAUSE: until when, and what is held back; and the commands at work that need
 * the data to stay as it is.
 */
import { PAUSED_ALL, PAUSED_WRITES } from './gates.ts'

export class Pause {
  /** Unix time in milliseconds; 0 when nothing is paused. */
  until = 0
  /** What CLIENT PAUSE asks for: PAUSED_ALL, PAUSED_WRITES or 0. */
  asked = 0
  /** How many commands hold writes back. */
  holders = 0

  /** PAUSED_ALL, PAUSED_WRITES or 0. */
  get condition(): number {
    return this.asked === 0 && this.holders > 0 ? PAUSED_WRITES : this.asked
  }

  /** A second pause can prolong the first and make it stricter, never the reverse. */
  begin(until: number, condition: typeof PAUSED_ALL | typeof PAUSED_WRITES): void {
    this.until = Math.max(this.until, until)
    if (this.asked !== PAUSED_ALL) this.asked = condition
  }

  end(): void {
    this.until = 0
    this.asked = 0
  }
}
