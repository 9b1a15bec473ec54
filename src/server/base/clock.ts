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
  /** What `now` was when `monotonic` answered this, which has to have been a moment ago. */
  wallAt(monotonic: number): number
}

/** The longest delay that a timer keeps; longer ones would fire at once. */
export const TIMER_MAX_MS = 2 ** 31 - 1

/** What a machine has, in milliseconds: Unix time, which somebody may set, and time since some fixed moment. */
interface Sources {
  wall(): number
  monotonic(): number
}

/** Unix time is looked at again after so many milliseconds. */
const CHECK_MS = 1
/** A reading of both that took this long says nothing about how far apart they are. */
const READING_MS_MAX = 0.5
/** So far apart they are when Unix time was set, or the machine slept: it is read in whole milliseconds. */
const STEP_MS = 2

/**
 * A clock whose Unix time is its monotonic one and the difference between the two, which is checked every
 * millisecond. So one reading serves both, and the microseconds of one moment agree with its milliseconds.
 */
export function createClock(sources: Sources): Clock {
  let offset = sources.wall() - sources.monotonic()
  let checkedAt = sources.monotonic()

  const check = (): void => {
    const before = sources.monotonic()
    const wall = sources.wall()
    const after = sources.monotonic()
    if (after - before > READING_MS_MAX) return
    checkedAt = after
    if (Math.abs(wall - (after + offset)) >= STEP_MS) offset = wall - after
  }
  const exactAt = (monotonic: number): number => {
    if (monotonic - checkedAt >= CHECK_MS) check()
    return monotonic + offset
  }
  return {
    now: () => Math.floor(exactAt(sources.monotonic())),
    micros: () => Math.floor(exactAt(sources.monotonic()) * 1000),
    monotonic: () => sources.monotonic(),
    wallAt: (monotonic) => Math.floor(exactAt(monotonic)),
  }
}

export const systemClock: Clock = createClock({ wall: () => Date.now(), monotonic: () => performance.now() })
