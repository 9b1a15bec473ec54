/*
 * Live fields of a hash at random, each with the same probability.
 */
import { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_HASH_VOLATILE } from '../keyspace/object.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { listpackCount, listpackFirst, listpackGet, listpackNext } from '../structures/listpack.ts'
import { tableForEach, tableRandom } from '../structures/table-walk.ts'
import { hashForEach, hashLength, isListpack } from './hash.ts'
import { fieldsOf, isGone, NO_EXPIRY, type VisitField, visitRecord } from './hash-fields.ts'

const fieldSlice = new Slice()
const valueSlice = new Slice()

/** Draws at random this often before it looks for a live field one by one. */
const DRAWS_MAX = 64

/** Visits one live field at random; false when there is none. */
export function hashRandomField(db: Database, hash: Ref, visit: VisitField): boolean {
  const { memory } = db
  const { random } = db.keyspace
  if (isListpack(db, hash)) {
    const pack = db.valueRef(hash)
    let at = listpackFirst(memory, pack)
    for (let skip = random.below(listpackCount(memory, pack) / 2) * 2; skip > 0; skip--)
      at = listpackNext(memory, pack, at)
    listpackGet(memory, pack, at, fieldSlice)
    visit(fieldSlice, listpackGet(memory, pack, listpackNext(memory, pack, at), valueSlice), NO_EXPIRY)
    return true
  }
  const table = fieldsOf(db, hash)
  for (let draw = 0; draw < DRAWS_MAX; draw++) {
    if (visitRecord(db, tableRandom(memory, table, random), visit)) return true
  }
  let live = NIL
  tableForEach(memory, table, (record) => {
    if (live === NIL && !isGone(db, record)) live = record
  })
  return live !== NIL && visitRecord(db, live, visit)
}

/** Visits `count` different live fields at random, or all of them when there are not more. */
export function hashRandomSample(db: Database, hash: Ref, count: number, visit: VisitField): void {
  const length = hashLength(db, hash)
  if (count >= length) return hashForEach(db, hash, visit)
  if (!isListpack(db, hash) && count * 3 < length && db.kindOf(hash) !== KIND_HASH_VOLATILE) {
    // Few out of many: draw until there are enough different ones.
    const { memory } = db
    const drawn = new Set<Ref>()
    while (drawn.size < count) drawn.add(tableRandom(memory, fieldsOf(db, hash), db.keyspace.random))
    for (const record of drawn) visitRecord(db, record, visit)
    return
  }
  // Many out of not many more: one pass that takes each with the probability that is left for it.
  let left = 0
  hashForEach(db, hash, () => left++)
  let wanted = Math.min(count, left)
  hashForEach(db, hash, (field, value, expiresAt) => {
    if (db.keyspace.random.below(left--) >= wanted) return
    wanted--
    visit(field, value, expiresAt)
  })
}
