/*
 * Time, as something that is handed in: tests hand in one that they move.
 */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number
  /** Milliseconds since some fixed moment, with a fraction; never goes back. */
  monotonic(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}
