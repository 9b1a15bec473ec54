/*
 * What it costs to get rid of a huge set, however that comes about: how long the
 * command itself takes, and the longest slice of the freeing that is left to the
 * background. Neither may grow with the set. Compare two commits on one idle machine:
 * on a busy one the longest slice is that in which another process had its turn.
 */
import { bench, isFullBenchmark } from '../../../tests/support/bench.ts'
import { Slice } from '../base/slice.ts'
import { type Database, NEVER } from '../keyspace/database.ts'
import { Keyspace } from '../keyspace/keyspace.ts'
import { KIND_SET_INTSET, KIND_STRING_INT } from '../keyspace/object.ts'
import { setAdd, setCreate, setDetached } from './set.ts'

/** As the background gives itself between two turns of the event loop. */
const BUDGET_MS = 1

const key = Slice.of('huge')
const member = new Slice(Uint8Array.from('member:000000000', (c) => c.charCodeAt(0)))

function fill(db: Database, members: number): void {
  db.remove(key)
  const set = setCreate(db, key, member, members)
  for (let i = 0; i < members; i++) {
    let rest = i
    for (let at = member.size - 1; at >= 7; at--) {
      const tenth = (rest / 10) | 0
      member.buf[at] = 48 + rest - tenth * 10
      rest = tenth
    }
    setAdd(db, set, member)
  }
}

const WAYS: readonly (readonly [name: string, remove: (db: Database) => void])[] = [
  ['DEL', (db) => db.remove(key)],
  ['SET over it', (db) => db.setString(key, Slice.of('1'), KIND_STRING_INT, NEVER)],
  ['SDIFFSTORE over it', (db) => db.put(setDetached(db, key, KIND_SET_INTSET))],
  [
    'expiry',
    (db) => {
      db.setExpire(key, db.keyspace.now + 1)
      db.keyspace.now += 10
      db.peek(key)
    },
  ],
  ['FLUSHDB', (db) => db.clear()],
]

bench('deleting a set', (b) => {
  const members = b.size('members', 1_000, 5_000_000)
  const keyspace = new Keyspace()
  const [db, other] = keyspace.databases
  // With a key in another database FLUSHDB cannot give all memory back at once.
  other.setString(Slice.of('other'), Slice.of('1'), KIND_STRING_INT, NEVER)
  for (const [name, remove] of WAYS) {
    fill(db, members)
    const used = keyspace.memory.usedBytes
    let start = performance.now()
    remove(db)
    const atOnce = performance.now() - start
    let longest = 0
    let slices = 0
    for (let isMore = true; isMore; slices++) {
      start = performance.now()
      isMore = keyspace.lazyFreeStep(BUDGET_MS)
      longest = Math.max(longest, performance.now() - start)
    }
    if (!isFullBenchmark) continue
    process.stdout.write(
      `deleting a set, ${name} (members=${members}): at once ${atOnce.toFixed(3)} ms, then ${slices} slices, ` +
        `the longest ${longest.toFixed(2)} ms; ${((used - keyspace.memory.usedBytes) / 2 ** 20).toFixed(0)} MiB freed\n`,
    )
  }
})
