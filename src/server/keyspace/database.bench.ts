/*
 * What the keyspace costs by itself: SET, GET and memory per key, of keys of 16
 * and values of 32 bytes, in random order, at a million keys, where hardly any
 * of it is in the caches. A GET is two cache misses: the group and the record.
 *
 * Memory is the growth of the process's resident set; the figure for 5 million
 * keys (KEYSTEAD_BENCH=full) is to stay below 62 bytes a key. Compare two commits
 * on one idle machine; absolute times mean little, the less as the test runner
 * reaches every import through an object: plain Node takes about half of them.
 */
import { bench, isFullBenchmark } from '../../../tests/support/bench.ts'
import { Random } from '../base/random.ts'
import { Slice } from '../base/slice.ts'
import { type Database, NEVER } from './database.ts'
import { Keyspace } from './keyspace.ts'
import { KIND_STRING_EMBSTR } from './object.ts'

const KEY_SIZE = 16
const VALUE_SIZE = 32

const key = new Slice(Uint8Array.from('key:000000000000', (c) => c.charCodeAt(0)))
const value = new Slice(new Uint8Array(VALUE_SIZE).fill(65))

function aimAtKey(number: number): Slice {
  let rest = number
  for (let i = KEY_SIZE - 1; i >= 4; i--) {
    const tenth = (rest / 10) | 0
    key.buf[i] = 48 + rest - tenth * 10
    rest = tenth
  }
  return key
}

function fill(db: Database, keys: number): void {
  for (let i = 0; i < keys; i++) db.setString(aimAtKey(i), value, KIND_STRING_EMBSTR, NEVER)
}

bench('keyspace', (b) => {
  const keys = b.size('keys', 1_000, 1_000_000)
  const keyspace = new Keyspace()
  const [db] = keyspace.databases
  b.time('SET of new keys', keys, () => {
    db.clear()
    fill(db, keys)
    return db.size
  })
  b.time('SET of existing keys, random order', keys, () => {
    const random = new Random(1)
    for (let i = 0; i < keys; i++) db.setString(aimAtKey(random.below(keys)), value, KIND_STRING_EMBSTR, NEVER)
    return db.size
  })
  const out = new Slice()
  b.time('GET, random order', keys, () => {
    const random = new Random(1)
    let bytes = 0
    for (let i = 0; i < keys; i++) bytes += db.stringOf(db.lookupRead(aimAtKey(random.below(keys))), out).size
    return bytes
  })
  b.time('GET of absent keys', keys, () => {
    let found = 0
    for (let i = 0; i < keys; i++) found += db.lookupRead(aimAtKey(keys + i))
    return found
  })
  b.time('DEL and SET again, random order', keys, () => {
    const random = new Random(1)
    for (let i = 0; i < keys; i++) {
      db.remove(aimAtKey(random.below(keys)))
      db.setString(key, value, KIND_STRING_EMBSTR, NEVER)
    }
    return db.size
  })
})

bench('keyspace memory', (b) => {
  const keys = b.size('keys', 1_000, 5_000_000)
  const keyspace = new Keyspace()
  const [db] = keyspace.databases
  const before = process.memoryUsage().rss
  fill(db, keys)
  const { rss, heapUsed } = process.memoryUsage()
  if (!isFullBenchmark) return
  const perKey = (bytes: number): string => (bytes / keys).toFixed(2)
  process.stdout.write(
    `keyspace memory (keys=${keys}): ${perKey(rss - before)} bytes resident per key, ` +
      `${perKey(keyspace.memory.usedBytes)} in blocks; V8 heap ${Math.round(heapUsed / 2 ** 20)} MiB\n`,
  )
})
