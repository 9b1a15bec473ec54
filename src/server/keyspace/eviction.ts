/*
 * Eviction: which key goes when there is no more room. Keys are sampled, because
 * an exact order of all keys would cost more than it saves: of a few random ones
 * the worst goes. What is worst, the policy says.
 */
import { Slice } from '../base/slice.ts'
import type { EvictionPolicy } from '../config/options.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import type { Database } from './database.ts'
import type { Keyspace } from './keyspace.ts'

const key = new Slice()

/**
 * Deletes the worst of `samples` random keys of each database and tells `evicted` before it goes; the
 * key's bytes are good during that call. False when the policy finds nothing to delete.
 */
export function evictOne(
  keyspace: Keyspace,
  policy: EvictionPolicy,
  samples: number,
  evicted: (db: Database, key: Slice) => void,
): boolean {
  if (policy === 'noeviction') return false
  const isVolatile = policy.startsWith('volatile-')
  let worst = NIL
  let worstDb: Database | undefined
  let worstScore = Number.NEGATIVE_INFINITY
  for (const db of keyspace.databases) {
    const count = Math.min(samples, isVolatile ? db.expiring : db.size)
    for (let i = 0; i < count; i++) {
      const ref = db.randomRecord(isVolatile)
      const score = scoreOf(db, ref, policy)
      if (score <= worstScore) continue
      worst = ref
      worstDb = db
      worstScore = score
    }
  }
  if (worstDb === undefined) return false
  // A copy: deleting frees the record in which the bytes lie.
  const name = worstDb.keyOf(worst, key).copy()
  evicted(worstDb, name)
  worstDb.remove(name)
  return true
}

/** The higher, the sooner it goes. */
function scoreOf(db: Database, ref: Ref, policy: EvictionPolicy): number {
  if (policy.endsWith('-lru')) return db.idleSeconds(ref)
  if (policy.endsWith('-lfu')) return -db.frequency(ref)
  if (policy.endsWith('-ttl')) return -db.expiresAt(ref)
  return db.keyspace.random.u32()
}
