/*
 * The 16 clock bits of a record: when a key was last accessed, or how often.
 *
 *   LRU   seconds of unix time, modulo 2^16: an idle time is right up to 18 hours
 *   LFU   | minutes of unix time modulo 256: 8 bits | counter: 8 bits |
 *
 * LFU's counter is logarithmic: the higher it is, the less likely an access adds
 * to it (at 255 it stands for about a million accesses with the default factor),
 * and it loses one for every `decayMinutes` that passed since it was looked at.
 */
import type { Random } from '../base/random.ts'

const CLOCK_MASK = 0xffff
const COUNTER_MASK = 0xff
const COUNTER_MAX = 255
/** New keys start here, or they would be evicted before they had a chance. */
const COUNTER_INITIAL = 5

/** The 24 bits of a moment, in unix milliseconds, that Redis shows as LRU clock: seconds. */
export const lruClock = (unixMs: number): number => Math.floor(unixMs / 1000) & 0xff_ffff

export class AccessClock {
  /** Whether the bits are LFU's. A change of it reinterprets what records hold, as in Redis. */
  countsFrequency = false
  /** `lfu-log-factor` and `lfu-decay-time`. */
  logFactor = 10
  decayMinutes = 1
  /** The bits that an LRU access writes now. */
  seconds = 0
  private minutes = 0
  private readonly random: Random

  constructor(random: Random) {
    this.random = random
  }

  set(unixMs: number): void {
    const seconds = Math.floor(unixMs / 1000)
    this.seconds = seconds & CLOCK_MASK
    this.minutes = Math.floor(seconds / 60) & COUNTER_MASK
  }

  /** The bits of a new key. */
  initial(): number {
    return this.countsFrequency ? (this.minutes << 8) | COUNTER_INITIAL : this.seconds
  }

  /** The bits after an access to a key that had `clock`. */
  touched(clock: number): number {
    if (!this.countsFrequency) return this.seconds
    const counter = this.frequency(clock)
    const base = Math.max(0, counter - COUNTER_INITIAL)
    const isCounted = counter < COUNTER_MAX && this.random.chance(1 / (base * this.logFactor + 1))
    return (this.minutes << 8) | (isCounted ? counter + 1 : counter)
  }

  /** LFU: the counter as it has decayed by now. */
  frequency(clock: number): number {
    const counter = clock & COUNTER_MASK
    if (this.decayMinutes === 0) return counter
    const elapsed = (this.minutes - (clock >>> 8)) & COUNTER_MASK
    return Math.max(0, counter - Math.floor(elapsed / this.decayMinutes))
  }

  /** LRU: seconds since the last access. */
  idleSeconds(clock: number): number {
    return (this.seconds - clock) & CLOCK_MASK
  }

  /** The bits of a key that is said to be idle for so long (RESTORE IDLETIME); longer than can be told is the most. */
  withIdleSeconds(seconds: number): number {
    return (this.seconds - Math.min(seconds, CLOCK_MASK)) & CLOCK_MASK
  }

  /** The bits of a key with this counter (RESTORE FREQ). */
  withFrequency(counter: number): number {
    return (this.minutes << 8) | Math.min(counter, COUNTER_MAX)
  }
}
