/*
 * Sorted sets that a command has put together and that no key has yet: read and
 * freed, or stored at a key in the encoding that their size asks for.
 */
import type { Slice } from '../base/slice.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_ZSET_LISTPACK, KIND_ZSET_SKIPLIST } from '../keyspace/object.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { listpackAppend, listpackCreate } from '../structures/listpack.ts'
import type { VisitMember } from './zset.ts'
import { scoreText } from './zset-listpack.ts'
import { type RankRun, zsetForRun } from './zset-range.ts'
import { rootAppend, rootCount, rootCreate, rootForEach, rootFree } from './zset-skiplist.ts'

/** The members of a run, which stay where they are; NIL when memory is exhausted. */
export function zsetOfRun(db: Database, zset: Ref, run: RankRun): Ref {
  const { memory } = db
  const root = rootCreate(memory)
  if (root === NIL) return NIL
  let isWhole = true
  zsetForRun(db, zset, run, false, (walk) => {
    isWhole = isWhole && rootAppend(memory, root, walk.score, walk.member)
  })
  if (isWhole) return root
  rootFree(memory, root)
  return NIL
}

export function resultLength(db: Database, root: Ref): number {
  return rootCount(db.memory, root)
}

export function resultForEach(db: Database, root: Ref, visit: VisitMember): void {
  rootForEach(db.memory, root, visit)
}

/** Frees a result that is not stored. */
export function resultFree(db: Database, root: Ref): void {
  rootFree(db.memory, root)
}

/** Stores a result that is not empty, in the place of whatever is at `key`; false, having freed it, when memory is exhausted. */
export function resultStore(db: Database, key: Slice, root: Ref): boolean {
  const { memory } = db
  const pack = isSmall(db, root) ? packOf(memory, root) : NIL
  const value = pack === NIL ? root : pack
  if (pack !== NIL) rootFree(memory, root)
  const kind = pack === NIL ? KIND_ZSET_SKIPLIST : KIND_ZSET_LISTPACK
  const record = db.detached(key, kind, value)
  if (record === NIL) {
    if (pack === NIL) rootFree(memory, root)
    else memory.free(pack)
    return false
  }
  if (db.put(record)) return true
  db.discard(record)
  return false
}

function isSmall(db: Database, root: Ref): boolean {
  const { zsetMaxListpackEntries, zsetMaxListpackValue } = db.keyspace.limits
  if (rootCount(db.memory, root) > zsetMaxListpackEntries) return false
  let longest = 0
  rootForEach(db.memory, root, (member) => {
    longest = Math.max(longest, member.size)
  })
  return longest <= zsetMaxListpackValue
}

/** The same as a listpack, NIL when there is no memory for it: then it stays big. */
function packOf(memory: Memory, root: Ref): Ref {
  let pack = listpackCreate(memory)
  let isWhole = pack !== NIL
  rootForEach(memory, root, (member, score) => {
    for (const text of [member, scoreText(score)]) {
      if (!isWhole) return
      const grown = listpackAppend(memory, pack, text)
      if (grown === NIL) isWhole = false
      else pack = grown
    }
  })
  if (isWhole) return pack
  if (pack !== NIL) memory.free(pack)
  return NIL
}
