/*
 * RDB files there and back, and broken in every way: a file with a byte changed, cut
 * off or with bytes put in is refused with the place where it is broken, or, where
 * nothing sums it up, loads as something that holds together. Never anything else.
 */
import { expect, test } from 'vitest'
import { ARRAY_VALUE, MODULE_VALUE } from '../../../../tests/support/opaque-values.ts'
import { random } from '../../../../tests/support/random.ts'
import { Slice } from '../../base/slice.ts'
import { StreamId } from '../../base/stream-id.ts'
import { createLimits } from '../../config/limits.ts'
import type { Database } from '../../keyspace/database.ts'
import { Keyspace } from '../../keyspace/keyspace.ts'
import { KIND_ARRAY, KIND_MODULE, KIND_STRING_RAW } from '../../keyspace/object.ts'
import { hashCreate, hashSet } from '../../types/hash.ts'
import { NO_EXPIRY } from '../../types/hash-fields.ts'
import { listCreate, listExpect, listPush } from '../../types/list.ts'
import { opaqueAdd } from '../../types/opaque-value.ts'
import { setAdd, setCreate } from '../../types/set.ts'
import { streamAppend, streamCreate } from '../../types/stream.ts'
import { consumerCreate } from '../../types/stream-consumers.ts'
import { pendingDeliver } from '../../types/stream-deliveries.ts'
import { groupCreate } from '../../types/stream-groups.ts'
import { zsetAdd, zsetCreate } from '../../types/zset.ts'
import { Snapshot } from '../snapshot.ts'
import { RdbFileReader } from './file-reader.ts'
import { RdbFileWriter } from './file-writer.ts'
import { RdbError } from './input.ts'

/** RDB_FUZZ_ROUNDS=<n> for a long run. */
const ROUNDS = Number(process.env['RDB_FUZZ_ROUNDS'] ?? 800)
const LATER = 4_000_000_000_000
const always = (): boolean => true

function newKeyspace(): Keyspace {
  return new Keyspace({
    databases: 4,
    limits: { ...createLimits(), listMaxListpackSize: 8, hashMaxListpackEntries: 8 },
  })
}

function filled(): Keyspace {
  const keyspace = newKeyspace()
  const r = random(1)
  for (const db of [keyspace.databases[0], keyspace.databases[2]]) {
    for (let i = 0; i < 40; i++) {
      const key = Slice.of(`string:${i}`)
      db.setString(key, new Slice(r.bytes(i % 7 === 0 ? 900 : 30)), KIND_STRING_RAW, i % 5 === 0 ? LATER + i : -1)
    }
    for (const size of [3, 30]) {
      const hash = hashCreate(db, Slice.of(`hash:${size}`))
      const list = listCreate(db, Slice.of(`list:${size}`))
      const set = setCreate(db, Slice.of(`set:${size}`), Slice.of('1'), size)
      const zset = zsetCreate(db, Slice.of(`zset:${size}`))
      for (let i = 0; i < size; i++) {
        const text = Slice.of(`element ${i}`)
        hashSet(db, hash, text, text, NO_EXPIRY)
        listExpect(db, list, 1, text.size)
        listPush(db, list, text, false)
        setAdd(db, set, Slice.of(String(i)))
        zsetAdd(db, zset, i / 2, text)
      }
    }
    const volatile = hashCreate(db, Slice.of('volatile'))
    for (let i = 0; i < 5; i++) hashSet(db, volatile, Slice.of(`f${i}`), Slice.of('v'), i % 2 === 0 ? LATER : NO_EXPIRY)
    fillStream(db)
    opaqueAdd(db, Slice.of('module'), KIND_MODULE, new Slice(MODULE_VALUE))
    opaqueAdd(db, Slice.of('array'), KIND_ARRAY, new Slice(ARRAY_VALUE))
  }
  return keyspace
}

/** Entries in several nodes, and a group with two consumers. */
function fillStream(db: Database): void {
  const { memory } = db
  const stream = streamCreate(db, Slice.of('stream'))
  const id = new StreamId()
  for (let i = 1; i <= 250; i++) streamAppend(db, stream, id.setMs(i), [Slice.of('f'), Slice.of(`${i}`)], 0, 2)
  const group = groupCreate(memory, stream, Slice.of('group'), id, 250)
  const consumers = ['one', 'two'].map((name) => consumerCreate(memory, group, Slice.of(name), 5))
  for (let i = 1; i <= 20; i++) pendingDeliver(memory, group, consumers[i % 2], id.setMs(i), 7, 1)
}

function fileOf(keyspace: Keyspace, checksums: boolean): Uint8Array {
  const chunks: Uint8Array[] = []
  const writer = new RdbFileWriter({
    format: 'valkey',
    compresses: true,
    checksums,
    policy: 'lru',
    send: (chunk) => chunks.push(chunk),
  })
  writer.begin({ 'redis-ver': '7.2.4' })
  const snapshot = new Snapshot(keyspace, writer)
  snapshot.step(always)
  snapshot.end()
  expect(writer.end()).toBe(undefined)
  return Buffer.concat(chunks)
}

test('a file loads as what was saved, in pieces of any size', () => {
  const keyspace = filled()
  const file = fileOf(keyspace, true)
  for (const piece of [1, 7, 100, 1 << 20]) {
    const loaded = newKeyspace()
    let at = 0
    const reader = new RdbFileReader(
      {
        size: file.length,
        read(into, to) {
          const size = Math.min(piece, file.length - at, into.length - to)
          into.set(file.subarray(at, at + size), to)
          at += size
          return size
        },
      },
      loaded,
    )
    reader.step(always)
    loaded.check()
    expect(reader.keys).toBe(keyspace.databases[0].size + keyspace.databases[2].size)
    // The order of keys is the tables'; what they are is the same when a file of it is as long.
    expect(fileOf(loaded, true).length).toBe(file.length)
  }
})

for (const checksums of [true, false]) {
  test(`broken files ${checksums ? 'with a checksum are refused' : 'without one are refused or load soundly'}`, () => {
    const r = random()
    const whole = fileOf(filled(), checksums)
    const keyspace = newKeyspace()
    for (let round = 0; round < ROUNDS; round++) {
      let file = Uint8Array.from(whole)
      const at = r.below(file.length)
      const change = r.below(3)
      if (change === 0) file[at] ^= 1 << r.below(8)
      else if (change === 1) file = file.slice(0, at)
      else file = Uint8Array.from([...file.subarray(0, at), ...r.bytes(6), ...file.subarray(at + r.below(6))])
      const seed = `seed ${r.seed}, round ${round}: change ${change} at ${at}`
      keyspace.flushAll()
      const reader = new RdbFileReader(new Slice(file), keyspace)
      try {
        reader.step(always)
        // A change that changes nothing, or that only what is behind the end has seen.
        if (checksums) expect(Buffer.compare(file.subarray(0, reader.offset), whole), seed).toBe(0)
      } catch (error) {
        if (!(error instanceof RdbError)) throw new Error(seed, { cause: error })
        expect(error.offset, seed).toBeLessThanOrEqual(file.length)
        expect(error.message, seed).toMatch(/ at offset \d+$/)
      }
      if (round % 50 === 0) {
        keyspace.flushAll()
        keyspace.check()
      }
    }
  })
}

test('a reader that recovers passes over values of every type, and keeps the keys around them', () => {
  const whole = fileOf(filled(), false)
  // All that is in the file comes twice; the end with its checksum is of 9 bytes, the head too.
  const twice = new Slice(Buffer.concat([whole.subarray(0, -9), whole.subarray(9)]))
  const keyspace = newKeyspace()
  const reader = new RdbFileReader(twice, keyspace, { recovers: true })
  expect(reader.step(always)).toBe(true)
  expect(reader.lostKeys).toBe(reader.keys)
  expect(reader.missing).toBe(0)
  expect(reader.lost[0].reason).toMatch(/is there twice at offset/)
  expect(fileOf(keyspace, false).length).toBe(whole.length)
  keyspace.check()
})

test('broken files without a checksum are recovered as far as they can be read', () => {
  const r = random()
  const whole = fileOf(filled(), false)
  const keyspace = newKeyspace()
  let goneOn = 0
  for (let round = 0; round < ROUNDS; round++) {
    const file = Uint8Array.from(whole)
    for (let times = 1 + r.below(3); times > 0; times--) file[r.below(file.length)] = r.below(256)
    keyspace.flushAll()
    const reader = new RdbFileReader(new Slice(file), keyspace, { recovers: true })
    try {
      reader.step(always)
      if (reader.lostKeys > 0) goneOn++
    } catch (error) {
      if (!(error instanceof RdbError)) throw new Error(`seed ${r.seed}, round ${round}`, { cause: error })
    }
    if (round % 20 === 0) {
      let size = 0
      for (const db of keyspace.databases) size += db.size
      expect(size, `seed ${r.seed}, round ${round}`).toBe(reader.keys)
      keyspace.check()
    }
  }
  expect(goneOn).toBeGreaterThan(ROUNDS / 100)
})
