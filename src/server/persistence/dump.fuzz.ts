/*
 * Payloads with broken insides and a right checksum: what a hostile client sends
 * to RESTORE. Each is refused, or makes a value that holds together and can be
 * dumped again; nothing else is there afterwards, and all memory comes back.
 */
import { expect, test } from 'vitest'
import { ARRAY_VALUE, MODULE_VALUE } from '../../../tests/support/opaque-values.ts'
import { type Random, random } from '../../../tests/support/random.ts'
import { Crc64 } from '../base/crc64.ts'
import { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import { createLimits } from '../config/limits.ts'
import type { Database } from '../keyspace/database.ts'
import { Keyspace } from '../keyspace/keyspace.ts'
import { KIND_ARRAY, KIND_MODULE, KIND_STRING_RAW } from '../keyspace/object.ts'
import { NIL } from '../memory/layout.ts'
import { hashCreate, hashSet } from '../types/hash.ts'
import { NO_EXPIRY } from '../types/hash-fields.ts'
import { listCreate, listExpect, listPush } from '../types/list.ts'
import { opaqueAdd } from '../types/opaque-value.ts'
import { setAdd, setCreate } from '../types/set.ts'
import { streamAppend, streamCreate } from '../types/stream.ts'
import { consumerCreate } from '../types/stream-consumers.ts'
import { pendingDeliver } from '../types/stream-deliveries.ts'
import { groupCreate } from '../types/stream-groups.ts'
import { zsetAdd, zsetCreate } from '../types/zset.ts'
import { dumpValue, isDump, restoreValue } from './dump.ts'

/** DUMP_FUZZ_ROUNDS=<n> for a long run. */
const ROUNDS = Number(process.env['DUMP_FUZZ_ROUNDS'] ?? 300)
const LATER = 4_000_000_000_000

/** Values of every type and encoding, made at `key`. */
const SAMPLES: Readonly<Record<string, (db: Database, key: Slice, r: Random) => void>> = {
  'a string': (db, key, r) => void db.setString(key, new Slice(r.bytes(200)), KIND_STRING_RAW, -1),
  'an integer': (db, key, r) =>
    void db.setString(key, Slice.of(String(r.between(-70_000, 70_000))), KIND_STRING_RAW, -1),
  'a compressed string': (db, key) => void db.setString(key, Slice.of('abc'.repeat(50)), KIND_STRING_RAW, -1),
  'a small hash': (db, key, r) => fields(db, key, 1 + r.below(8), NO_EXPIRY, r),
  'a big hash': (db, key, r) => fields(db, key, 20 + r.below(20), NO_EXPIRY, r),
  'a small list': (db, key, r) => elements(db, key, 1 + r.below(8), r),
  'a big list': (db, key, r) => elements(db, key, 20 + r.below(20), r),
  'a set of integers': (db, key, r) =>
    members(db, key, 1 + r.below(8), () => Slice.of(String(r.between(-99_999, 99_999)))),
  'a small set': (db, key, r) => members(db, key, 1 + r.below(8), () => new Slice(r.bytes(30))),
  'a big set': (db, key, r) => members(db, key, 20 + r.below(20), () => new Slice(r.bytes(30))),
  'a small sorted set': (db, key, r) => scored(db, key, 1 + r.below(8), r),
  'a big sorted set': (db, key, r) => scored(db, key, 20 + r.below(20), r),
  'a stream': (db, key, r) => stream(db, key, r),
  'a value of a module': (db, key) => void opaqueAdd(db, key, KIND_MODULE, new Slice(MODULE_VALUE)),
  'an array': (db, key) => void opaqueAdd(db, key, KIND_ARRAY, new Slice(ARRAY_VALUE)),
  'a hash with expiring fields': (db, key, r) => fields(db, key, 1 + r.below(8), LATER, r),
}

function fields(db: Database, key: Slice, count: number, expiresAt: number, r: Random): void {
  const hash = hashCreate(db, key)
  for (let i = 0; i < count; i++) {
    hashSet(db, hash, Slice.of(`field${i}`), new Slice(r.bytes(30)), r.chance(0.5) ? expiresAt : NO_EXPIRY)
  }
}

function elements(db: Database, key: Slice, count: number, r: Random): void {
  const list = listCreate(db, key)
  for (let i = 0; i < count; i++) {
    const text = new Slice(r.bytes(r.chance(0.05) ? 400 : 30))
    listExpect(db, list, 1, text.size)
    listPush(db, list, text, false)
  }
}

function members(db: Database, key: Slice, count: number, member: () => Slice): void {
  const first = member()
  const set = setCreate(db, key, first, count)
  setAdd(db, set, first)
  for (let i = 1; i < count; i++) setAdd(db, set, member())
}

function scored(db: Database, key: Slice, count: number, r: Random): void {
  const zset = zsetCreate(db, key)
  for (let i = 0; i < count; i++) zsetAdd(db, zset, r.pick([1, -2.5, Infinity, 0.1, 7e300]), Slice.of(`m${i}`))
}

/** Entries in several nodes, and a group with two consumers. */
function stream(db: Database, key: Slice, r: Random): void {
  const { memory } = db
  const root = streamCreate(db, key)
  const id = new StreamId()
  const count = 1 + r.below(15)
  for (let i = 1; i <= count; i++) {
    const texts = ['f', 'v', r.chance(0.8) ? 'g' : 'h', String(i)].map((text) => Slice.of(text))
    streamAppend(db, root, id.setMs(i), texts, 0, texts.length)
  }
  const group = groupCreate(memory, root, Slice.of('group'), id, count)
  const consumers = ['one', 'two'].map((name) => consumerCreate(memory, group, Slice.of(name), 5))
  for (let i = 1; i <= count; i += 2) pendingDeliver(memory, group, r.pick(consumers), id.setMs(i), 7, 1)
}

/** The payload with its insides as they are and the checksum that belongs to them. */
function sealed(payload: Uint8Array): Slice {
  const size = payload.length - 8
  new Crc64().add(payload, 0, size).write(payload, size)
  return new Slice(payload)
}

function mutate(payload: Uint8Array, r: Random): Uint8Array {
  let bytes = Array.from(payload.subarray(0, payload.length - 10))
  for (let times = 1 + r.below(3); times > 0; times--) {
    const at = r.below(bytes.length)
    switch (r.below(5)) {
      case 0:
        bytes[at] = r.below(256)
        break
      case 1:
        bytes[at] ^= 1 << r.below(8)
        break
      case 2:
        bytes.splice(at, 1 + r.below(4))
        break
      case 3:
        bytes.splice(at, 0, ...r.bytes(4))
        break
      default:
        bytes = bytes.slice(0, at)
    }
    if (bytes.length === 0) bytes.push(r.below(40))
  }
  return Uint8Array.from([...bytes, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0])
}

for (const [what, make] of Object.entries(SAMPLES)) {
  test(`${what}: broken payloads are refused or make a sound value`, () => {
    const r = random()
    const limits = {
      ...createLimits(),
      hashMaxListpackEntries: 10,
      listMaxListpackSize: 10,
      setMaxListpackEntries: 10,
      zsetMaxListpackEntries: 10,
      streamNodeMaxEntries: 4,
    }
    const keyspace = new Keyspace({ databases: 1, limits })
    const [db] = keyspace.databases
    const key = Slice.of('key')
    const before = keyspace.memory.usedBytes
    for (let round = 0; round < ROUNDS; round++) {
      make(db, key, r)
      const whole = dumpValue(db, db.peek(key)).bytes()
      db.remove(key)
      const payload = sealed(round === 0 ? whole : mutate(whole, r))
      const seed = `seed ${r.seed}, round ${round}: ${Buffer.from(payload.view()).toString('hex')}`
      expect(isDump(payload), seed).toBe(true)
      const restored = restoreValue(db, key, payload)
      if (round === 0) expect(restored, seed).toBe('done')
      expect(db.peek(key) !== NIL, seed).toBe(restored === 'done')
      if (restored === 'done') dumpValue(db, db.peek(key))
      if (round % 100 === 0) keyspace.check()
      db.remove(key)
      while (keyspace.lazyFreeStep(1_000));
      expect(keyspace.memory.usedBytes, seed).toBe(before)
    }
  })
}

test('a form that nobody knows is refused', () => {
  const keyspace = new Keyspace({ databases: 1 })
  for (let form = 0; form < 256; form++) {
    const payload = sealed(Uint8Array.from([form, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
    expect(restoreValue(keyspace.databases[0], Slice.of('k'), payload), `form ${form}`).toBe('broken')
  }
})

test('what modules of Redis 8.6 keep of a key is left out, and nothing else', () => {
  const keyspace = new Keyspace({ databases: 1 })
  const [db] = keyspace.databases
  const key = Slice.of('k')
  const payload = (metadata: string): Slice =>
    sealed(Uint8Array.from(Buffer.from(`${metadata}\0\x011\x0d\0\0\0\0\0\0\0\0\0`, 'latin1')))
  expect(restoreValue(db, key, payload('\xf3\x02AAAA\x02\x05\x00BBBB\x05\x03abc\x00'))).toBe('done')
  expect(db.remove(key)).toBe(true)
  expect(restoreValue(db, key, payload('\xf3\x02AAAA\x02\x05\x00BBBB\x05\x03abc'))).toBe('broken')
  expect(restoreValue(db, key, sealed(Uint8Array.from([0xf3, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0])))).toBe('broken')
})
