/*
 * Frees hash fields whose time has come and that nobody touches: a walk over the
 * databases that have volatile hashes, a little at a time. There is no index of such
 * hashes: they are counted, and told by the kind in their record.
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import type { Keyspace } from '../keyspace/keyspace.ts'
import { KIND_HASH_VOLATILE } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { hashLength, hashPurge } from './hash.ts'

/** Fields of one hash freed in one go. */
const FIELDS_MAX = 256
/** The budget is looked at after so many steps of the walk. */
const STEPS_PER_LOOK = 64

export interface ExpiredFields {
  /** A field is about to be freed; the slices live until this returns. */
  field(db: Database, key: Slice, field: Slice): void
  /** A hash has lost its last field and is gone. */
  emptied(db: Database, key: Slice): void
}

export class FieldExpiry {
  private readonly keyspace: Keyspace
  private readonly report: ExpiredFields
  private readonly key = new Slice()
  private database = 0
  private cursor = 0

  constructor(keyspace: Keyspace, report: ExpiredFields) {
    this.keyspace = keyspace
    this.report = report
  }

  /** Whether there may be something to free. */
  get isPending(): boolean {
    return this.keyspace.databases.some((db) => db.volatileHashes > 0)
  }

  /** Walks on for about `budgetMs`; `elapsedMs` tells the time since the step began. */
  step(budgetMs: number, elapsedMs: () => number): void {
    const volatile: Ref[] = []
    for (let steps = 1; steps % STEPS_PER_LOOK !== 0 || elapsedMs() < budgetMs; steps++) {
      const db = this.keyspace.databases[this.database]
      volatile.length = 0
      if (db.volatileHashes === 0) this.cursor = 0
      else {
        this.cursor = db.scan(this.cursor, (record) => {
          if (db.kindOf(record) === KIND_HASH_VOLATILE) volatile.push(record)
        })
      }
      for (const hash of volatile) this.purge(db, hash)
      if (this.cursor === 0 && this.nextDatabase()) return
    }
  }

  /** True when the walk has gone through all databases. */
  private nextDatabase(): boolean {
    this.database++
    if (this.database < this.keyspace.databases.length) return false
    this.database = 0
    return true
  }

  private purge(db: Database, hash: Ref): void {
    const key = db.keyOf(hash, this.key).copy()
    db.willChange(key)
    const removed = hashPurge(db, hash, FIELDS_MAX, (field) => this.report.field(db, key, field))
    this.keyspace.stats.expiredFields += removed
    if (removed === 0 || hashLength(db, hash) > 0) return
    if (db.peek(key) !== NIL) db.remove(key)
    this.report.emptied(db, key)
  }
}
