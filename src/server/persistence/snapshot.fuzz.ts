/*
 * Snapshots of big values while everything is done to them: what a file has is what there
 * was when the snapshot began, digest by digest, whatever came in between; and when it is
 * over nothing of it is left in the arena. SEED=<n> replays.
 */
import { expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { createHashKey } from '../base/siphash.ts'
import { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import { createLimits } from '../config/limits.ts'
import type { Database } from '../keyspace/database.ts'
import { Keyspace } from '../keyspace/keyspace.ts'
import { KIND_STRING_RAW, TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_STREAM, TYPE_ZSET } from '../keyspace/object.ts'
import { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { copyKey } from '../types/copy.ts'
import { valueDigest } from '../types/digest.ts'
import { hashCreate, hashLength, hashRemove, hashSet, hashSetExpiry } from '../types/hash.ts'
import { NO_EXPIRY } from '../types/hash-fields.ts'
import {
  listBuild,
  listCreate,
  listExpect,
  listLength,
  listPop,
  listPush,
  listRemoveRange,
  listSet,
  listSettle,
} from '../types/list.ts'
import { listInsert, listRemoveEqual } from '../types/list-search.ts'
import { setAdd, setCreate, setLength, setRemove } from '../types/set.ts'
import { setPop, setPopSome } from '../types/set-random.ts'
import { streamAppend, streamCreate, streamDelete, streamLength, streamTrim } from '../types/stream.ts'
import { consumerCreate, consumerFind, consumerRemove } from '../types/stream-consumers.ts'
import { pendingDeliver, pendingDrop, pendingOf, pendingRepeat } from '../types/stream-deliveries.ts'
import { groupCreate, groupDestroy, groupFind } from '../types/stream-groups.ts'
import { zsetAdd, zsetCreate, zsetLength, zsetRemove } from '../types/zset.ts'
import { ADD_INCR } from '../types/zset-add.ts'
import { zsetPop } from '../types/zset-range.ts'
import { dumpValue } from './dump.ts'
import { RdbFileReader } from './rdb/file-reader.ts'
import { RdbFileWriter } from './rdb/file-writer.ts'
import { Snapshot } from './snapshot.ts'

/** SNAPSHOT_FUZZ_ROUNDS=<n> for a long run. */
const ROUNDS = Number(process.env['SNAPSHOT_FUZZ_ROUNDS'] ?? 3)
const ELEMENTS = 2600
const LATER = 4_000_000_000_000
const NAMES = ['hash', 'times', 'set', 'zset', 'list', 'stream', 'string', 'long', 'other']
const GROUPS = ['group', 'another'].map(Slice.of)
const CONSUMERS = ['consumer', 'other', 'third'].map(Slice.of)

const newKeyspace = (r: Random): Keyspace =>
  new Keyspace({
    databases: 2,
    limits: { ...createLimits(), listMaxListpackSize: 16, streamNodeMaxEntries: 16 },
    random: r,
    memory: new Memory(Number.POSITIVE_INFINITY, createHashKey(r.bytesOf(8))),
  })

const element = (r: Random): Slice =>
  Slice.of(r.chance(0.005) ? 'long'.repeat(3000) : `element ${r.below(2 * ELEMENTS)}`)
const key = (r: Random): Slice => Slice.of(r.pick(NAMES))

/** Of one byte, or of some that hardly repeat themselves: the one is compressed and the other is not. */
function longText(r: Random): Uint8Array {
  const size = 1024 * 1024 + r.below(400_000)
  return r.chance(0.7) ? new Uint8Array(size).fill(r.below(256)) : r.bytesOf(size)
}

/** Overwrites, appends to or cuts a string, where it lies if it can. */
function changeString(db: Database, name: Slice, record: Ref, r: Random): void {
  const { size } = db.stringOf(record, new Slice())
  if (size < 100_000) db.setString(name, element(r), KIND_STRING_RAW, NO_EXPIRY)
  else if (r.chance(0.1)) db.setString(name, new Slice(longText(r)), KIND_STRING_RAW, NO_EXPIRY)
  else {
    const out = new Slice()
    db.writableString(name, Math.max(1, size + r.pick([0, 0, 100, -100])), out)
    out.buf[out.at + r.below(out.size)]++
  }
}

function fill(db: Database, r: Random): void {
  const hash = hashCreate(db, Slice.of('hash'))
  const times = hashCreate(db, Slice.of('times'))
  const set = setCreate(db, Slice.of('set'), Slice.of('a'), 1)
  const zset = zsetCreate(db, Slice.of('zset'))
  const list = listCreate(db, Slice.of('list'))
  streamCreate(db, Slice.of('stream'))
  for (let i = 0; i < ELEMENTS; i++) {
    const text = Slice.of(`element ${i}`)
    hashSet(db, hash, text, text, NO_EXPIRY)
    hashSet(db, times, text, text, i % 3 === 0 ? LATER + i : NO_EXPIRY)
    setAdd(db, set, text)
    zsetAdd(db, zset, i % 50, text)
    listExpect(db, list, 1, text.size)
    listPush(db, list, text, false)
  }
  const stream = db.peek(Slice.of('stream'))
  for (let i = 0; i < ELEMENTS / 2; i++) changeStream(db, stream, r)
  for (let i = 0; i < ELEMENTS / 2; i++)
    changePending(db, db.valueRef(stream), new StreamId().setMs(r.below(lastId)), r)
  db.setString(Slice.of('string'), Slice.of('text'), KIND_STRING_RAW, LATER)
  db.setString(Slice.of('long'), new Slice(longText(r)), KIND_STRING_RAW, NO_EXPIRY)
}

/** What there is, by number and name. */
function contents(keyspace: Keyspace): Record<string, string> {
  const all: Record<string, string> = {}
  for (const db of keyspace.databases) {
    for (const name of NAMES) {
      const record = db.peek(Slice.of(name))
      if (record === NIL) continue
      // The digest of a stream leaves out its groups.
      const shown = db.typeOf(record) === TYPE_STREAM ? dumpValue(db, record).text() : valueDigest(db, record)
      all[`${db.index}/${name}`] = `${db.expiresAt(record)} ${shown}`
    }
  }
  return all
}

/** Does something to the value of a key, or to the key itself. */
function change(keyspace: Keyspace, r: Random): void {
  const db = r.pick(keyspace.databases)
  const name = key(r)
  const record = db.lookupWrite(name)
  if (record === NIL) {
    if (r.chance(0.1)) db.setString(name, element(r), KIND_STRING_RAW, NO_EXPIRY)
    return
  }
  if (r.chance(0.002)) return changeKey(keyspace, db, name, record, r)
  const type = db.typeOf(record)
  let left = 1
  if (type === TYPE_HASH) left = changeHash(db, record, r)
  else if (type === TYPE_SET) left = changeSet(db, record, r)
  else if (type === TYPE_ZSET) left = changeZset(db, record, r)
  else if (type === TYPE_LIST) left = changeList(db, record, r)
  else if (type === TYPE_STREAM) changeStream(db, record, r)
  else changeString(db, name, record, r)
  if (left === 0) db.remove(name)
}

function changeKey(keyspace: Keyspace, db: Database, name: Slice, record: Ref, r: Random): void {
  const other = key(r)
  const otherDb = r.pick(keyspace.databases)
  const dice = r.below(7)
  if (dice === 0) db.remove(name)
  else if (dice === 1) db.setExpire(name, LATER)
  else if (dice === 2) db.rename(name, other)
  else if (dice === 3 && otherDb !== db) db.moveTo(otherDb, name)
  else if (dice === 4 && !other.equals(name)) copyKey(db, record, otherDb, other)
  else if (dice === 5) db.setString(name, element(r), KIND_STRING_RAW, NO_EXPIRY)
  else keyspace.swap(0, 1)
}

function changeHash(db: Database, hash: Ref, r: Random): number {
  const dice = r.below(4)
  if (dice === 0) hashRemove(db, hash, element(r))
  else if (dice === 1) hashSetExpiry(db, hash, element(r), r.chance(0.5) ? NO_EXPIRY : LATER + r.below(100))
  else hashSet(db, hash, element(r), element(r), r.chance(0.1) ? LATER : NO_EXPIRY)
  return hashLength(db, hash)
}

function changeSet(db: Database, set: Ref, r: Random): number {
  const dice = r.below(3)
  if (dice === 0) setRemove(db, set, element(r))
  else if (dice === 1 && r.chance(0.99)) setPop(db, set, () => {})
  else if (dice === 1 && setLength(db, set) > 1) setPopSome(db, set, r.between(1, setLength(db, set) - 1), () => {})
  else setAdd(db, set, element(r))
  return setLength(db, set)
}

function changeZset(db: Database, zset: Ref, r: Random): number {
  const dice = r.below(5)
  // Now and then a good part of it goes at once.
  const count = r.chance(0.01) ? r.between(1, zsetLength(db, zset)) : 1
  if (dice === 0) zsetRemove(db, zset, element(r))
  else if (dice === 1) zsetPop(db, zset, r.chance(0.5), count, () => {})
  else if (dice === 2) zsetAdd(db, zset, r.below(50), element(r), ADD_INCR)
  else zsetAdd(db, zset, r.below(50), element(r))
  return zsetLength(db, zset)
}

function changeList(db: Database, list: Ref, r: Random): number {
  const text = element(r)
  const length = listLength(db, list)
  const dice = r.below(8)
  if (dice < 4 && !listExpect(db, list, 1, text.size)) throw new Error('there is memory')
  if (dice < 2) listPush(db, list, text, r.chance(0.5))
  else if (dice === 2) listSet(db, list, r.below(length), text)
  else if (dice === 3) listInsert(db, list, element(r), text, r.chance(0.5))
  else if (dice < 6) listPop(db, list, r.chance(0.5))
  else if (dice === 6) listRemoveEqual(db, list, text, r.chance(0.5), 2)
  else {
    const index = r.below(length)
    listRemoveRange(db, list, index, Math.min(r.below(r.chance(0.01) ? length : 40), length - index))
  }
  const left = listLength(db, list)
  if (left > 0) listSettle(db, list)
  return left
}

let lastId = 0

function changeStream(db: Database, record: Ref, r: Random): void {
  const { memory } = db
  const stream = db.valueRef(record)
  const id = new StreamId().set(0, 1 + r.below(lastId + 1), 0, 0)
  const dice = r.below(10)
  if (dice < 5) {
    const fields = [Slice.of('field'), element(r)]
    streamAppend(db, record === NIL ? NIL : stream, new StreamId().set(0, ++lastId, 0, 0), fields, 0, 2)
  } else if (dice < 7) streamDelete(memory, stream, id)
  else if (dice === 7) {
    if (r.chance(0.9)) return
    const maxLength = Math.max(0, streamLength(memory, stream) - r.below(40))
    streamTrim(memory, stream, {
      by: 'length',
      maxLength,
      minId: new StreamId(),
      approximate: r.chance(0.5),
      limit: 0,
    })
  } else changePending(db, stream, id, r)
}

function changePending(db: Database, stream: Ref, id: StreamId, r: Random): void {
  const { memory } = db
  const name = r.pick(GROUPS)
  let group = groupFind(memory, stream, name)
  if (group === NIL) group = groupCreate(memory, stream, name, new StreamId(), 0)
  const consumer = r.pick(CONSUMERS)
  let owner = consumerFind(memory, group, consumer)
  if (owner === NIL) owner = consumerCreate(memory, group, consumer, r.below(100))
  const known = pendingOf(memory, group, id)
  const dice = r.below(10)
  if (r.chance(0.005)) groupDestroy(db, stream, name)
  else if (r.chance(0.01)) consumerRemove(db, group, consumer)
  else if (dice < 2) pendingDrop(memory, group, id)
  else if (dice < 4 && known !== NIL) pendingRepeat(memory, group, known, r.below(100))
  else pendingDeliver(memory, group, owner, id, r.below(100), 1 + r.below(3))
}

class Taken {
  readonly chunks: Uint8Array[] = []
  readonly wanted: Record<string, string>
  readonly snapshot: Snapshot
  private readonly writer: RdbFileWriter

  constructor(keyspace: Keyspace) {
    this.wanted = contents(keyspace)
    this.writer = new RdbFileWriter({
      format: 'valkey',
      compresses: true,
      checksums: true,
      policy: 'none',
      send: (chunk) => this.chunks.push(chunk),
    })
    this.writer.begin({})
    this.snapshot = new Snapshot(keyspace, this.writer)
  }

  /** Some of it; true when it is complete. */
  step(looks: number): boolean {
    let left = looks
    return this.snapshot.step(() => left-- > 0)
  }

  check(r: Random, where: string): void {
    this.snapshot.end()
    this.writer.end()
    const loaded = newKeyspace(r)
    const reader = new RdbFileReader(new Slice(Buffer.concat(this.chunks)), loaded)
    reader.step(() => true)
    loaded.check()
    expect(contents(loaded), where).toEqual(this.wanted)
  }
}

test('what takes the place of a key, or gets a new one, is not in a snapshot that began before', () => {
  const r = random()
  const keyspace = newKeyspace(r)
  const db = keyspace.databases[0]!
  for (const name of NAMES.slice(1)) db.setString(Slice.of(name), Slice.of('old'), KIND_STRING_RAW, NO_EXPIRY)
  const taken = new Taken(keyspace)
  // As SORT does with STORE, and its kin of sets and sorted sets.
  for (const name of NAMES) expect(listBuild(db, Slice.of(name), 1, () => Slice.of('new'))).toBe(true)
  while (!taken.step(1));
  taken.check(r, `seed ${r.seed}`)
})

test('a snapshot has big values as they were when it began, and so has another one begun meanwhile', {
  timeout: 20_000 * ROUNDS,
}, () => {
  const r = random()
  for (let round = 0; round < ROUNDS; round++) {
    const where = `seed ${r.seed}, round ${round}`
    lastId = 0
    const keyspace = newKeyspace(r)
    for (const db of keyspace.databases) fill(db, r)
    const running = [new Taken(keyspace)]
    let mayBeginAnother = r.chance(0.5)
    const changes = r.pick([0, 1, 20, 200])
    while (running.length > 0) {
      for (let i = r.below(changes + 1); i > 0; i--) change(keyspace, r)
      if (mayBeginAnother && r.chance(0.1)) {
        mayBeginAnother = false
        running.push(new Taken(keyspace))
      }
      const turn = r.below(running.length)
      if (!running[turn].step(r.below(6))) continue
      running[turn].check(r, where)
      running.splice(turn, 1)
    }
    expect(keyspace.memory.witness, where).toBe(undefined)
    keyspace.check()
    for (const db of keyspace.databases) for (const name of NAMES) db.remove(Slice.of(name))
    while (keyspace.lazyFreeStep(100));
    // The two empty tables of each database, and of the one where values are made.
    expect(keyspace.memory.usedBytes, where).toBe(newKeyspace(r).memory.usedBytes)
  }
})
