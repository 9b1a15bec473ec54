/*
 * ExpiryCycle: the way of the active cycle around the keys of one database that have
 * an expiry: how far it has come, and how long such keys live on average, as it has
 * seen them. How often and how long it runs, Keyspace.activeExpire decides.
 */
import type { Ref } from '../memory/layout.ts'
import type { Database } from './database.ts'

/** Keys of one sample, and homes that are looked at to find them. */
const SAMPLE_KEYS = 20
const SAMPLE_HOMES_MAX = 400
/** The average time to live is a running one; each sample moves it by this part. */
const TTL_SAMPLE_WEIGHT = 0.02

export class ExpiryCycle {
  /** How many keys the last sample looked at. */
  sampled = 0
  /** In ms; 0 before any key was seen that lives. */
  averageTtlMs = 0
  private cursor = 0
  private readonly sample: Ref[] = []

  /** Looks at the next keys (`sampled` of them), deletes those whose time has come, answers how many. */
  expireNext(db: Database): number {
    const { sample } = this
    const { now } = db.keyspace
    sample.length = 0
    let homes = 0
    do {
      this.cursor = db.scanExpiring(this.cursor, (ref) => sample.push(ref))
    } while (this.cursor !== 0 && sample.length < SAMPLE_KEYS && ++homes < SAMPLE_HOMES_MAX)
    let expired = 0
    let live = 0
    let ttlSum = 0
    for (const ref of sample) {
      const ttl = db.expiresAt(ref) - now
      if (ttl >= 0) {
        ttlSum += ttl
        live++
      } else {
        const left = db.expiring - 1
        db.deleteExpired(ref)
        expired++
        // A listener that came across other expired keys has deleted them: the sample may name them still.
        if (db.expiring !== left) break
      }
    }
    if (live > 0) {
      const average = ttlSum / live
      const weight = this.averageTtlMs === 0 ? 1 : TTL_SAMPLE_WEIGHT
      this.averageTtlMs += (average - this.averageTtlMs) * weight
    }
    this.sampled = live + expired
    return expired
  }

  /** Begins anew: the keys are others. */
  restart(): void {
    this.averageTtlMs = 0
    this.cursor = 0
  }
}
