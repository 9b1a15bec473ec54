/*
 * How many keys to ask SCAN for. A server answers nobody else while it scans,
 * so the work of one call is kept near AIM_MS, whatever the server and the
 * distance: what the round trip alone takes is subtracted.
 */
const AIM_MS = 12
/** Of the round trip: behind a slow line a call may work longer, else waiting is all it does. */
const AIM_OF_ROUND_TRIP = 0.25
export const COUNT_FIRST = 1_000
/** Under a millisecond of work for any server: what takes longer then is waiting, on a busy machine or a bad line. */
export const COUNT_MIN = 500
export const COUNT_MAX = 10_000

export class ScanPace {
  #count = COUNT_FIRST
  #roundTripMs = Number.POSITIVE_INFINITY

  /** For the next call. */
  get count(): number {
    return this.#count
  }

  /**
   * The last call took so long, and an empty command (PING) when it was last
   * tried. Of all of them the shortest is the round trip: a PING that waited
   * behind a SCAN would otherwise excuse ever longer ones.
   */
  observe(elapsedMs: number, pingMs: number = Number.POSITIVE_INFINITY): void {
    this.#roundTripMs = Math.min(this.#roundTripMs, elapsedMs, pingMs)
    const workMs = Math.max(0.1, elapsedMs - this.#roundTripMs)
    const aimMs = Math.max(AIM_MS, this.#roundTripMs * AIM_OF_ROUND_TRIP)
    // At most doubled or halved: one slow answer is no trend.
    const factor = Math.min(2, Math.max(0.5, aimMs / workMs))
    this.#count = Math.round(Math.min(COUNT_MAX, Math.max(COUNT_MIN, this.#count * factor)))
  }
}
