/*
 * Time, as something that is handed in: tests hand in one that they move.
 */
import { performance } from 'node:perf_hooks'

export interface Clock {
  /** Unix time in milliseconds. */
  now(): number
  /** The same in whole microseconds. */
  micros(): number
  /** Milliseconds since some fixed moment, with a fraction; never goes back. */
  monotonic(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  micros: () => Math.floor((performance.timeOrigin + performance.now()) * 1000),
  monotonic: () => performance.now(),
}
