/*
 * Streams against arrays and maps, the slow things that are obviously right: random
 * edits of entries and of what is pending in a group, with nodes of several sizes,
 * and with a limit of memory that makes writes fail. SEED=<n> replays.
 */
import { describe, expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { createHashKey } from '../base/siphash.ts'
import { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Database } from '../keyspace/database.ts'
import { Keyspace } from '../keyspace/keyspace.ts'
import { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { copyKey } from './copy.ts'
import {
  streamAppend,
  streamCreate,
  streamDelete,
  streamFirstId,
  streamHas,
  streamLength,
  streamTrim,
} from './stream.ts'
import { consumerCreate, consumerFind, consumerForEach, consumerRemove } from './stream-consumers.ts'
import { pendingCount, pendingDeliver, pendingDrop, pendingFrom } from './stream-deliveries.ts'
import { groupCreate, groupDestroy, groupFind } from './stream-groups.ts'
import { pendingConsumer, pendingDeliveries, pendingId } from './stream-pending.ts'
import { StreamRange } from './stream-range.ts'
import './stream-value.ts'

const KEY = Slice.of('s')
const COPY = Slice.of('copy')
const GROUP = Slice.of('g')
const MIN = new StreamId()
const MAX = new StreamId().setMax()

interface Entry {
  readonly id: string
  readonly fields: readonly string[]
}

const NODES = {
  'nodes of the usual size': { bytes: 4096, entries: 100 },
  'nodes of 3 entries': { bytes: 4096, entries: 3 },
  'nodes of 200 bytes': { bytes: 200, entries: 0 },
  'nodes of any size': { bytes: 0, entries: 1000 },
}

function seededKeyspace(r: Random, limits: { readonly bytes: number; readonly entries: number }): Keyspace {
  const keyspace = new Keyspace({
    random: r,
    memory: new Memory(Number.POSITIVE_INFINITY, createHashKey(r.bytesOf(8))),
  })
  keyspace.limits.streamNodeMaxBytes = limits.bytes
  keyspace.limits.streamNodeMaxEntries = limits.entries
  return keyspace
}

function randomText(r: Random): string {
  const kind = r.below(20)
  if (kind < 10) return String(r.i32() >> r.below(32))
  if (kind === 10) return '-9223372036854775808'
  return 'v'.repeat(r.below(kind === 19 ? 400 : 30))
}

/** Mostly the same fields as before, so that entries share the master's names. */
function randomFields(r: Random): string[] {
  if (r.chance(0.7)) return ['a', randomText(r), 'b', randomText(r)]
  return Array.from({ length: 2 * r.between(1, 4) }, () => randomText(r))
}

/** The id after `last`: in the same millisecond, a little later, or so much later that 64 bits are needed. */
function nextId(r: Random, last: StreamId): StreamId {
  const id = new StreamId().copy(last)
  const kind = r.below(1000)
  if (kind < 500) id.next()
  else if (kind < 999) id.setMs(id.msHigh * 2 ** 32 + id.msLow + 1 + r.below(300))
  else id.set(id.msHigh + 1, 0xffff_fff0, 0xffff_ffff, 0xffff_fff0)
  return id
}

function idOf(text: string): StreamId {
  const id = new StreamId()
  expect(id.parse(Slice.of(text), 'first')).toBe(true)
  return id
}

function entriesOf(db: Database, stream: Ref, from: StreamId, to: StreamId, isBackwards: boolean): Entry[] {
  const range = new StreamRange().seek(db.memory, stream, from, to, isBackwards)
  const found: Entry[] = []
  while (range.next()) {
    const fields: string[] = []
    range.forEachField((field, value) => fields.push(field.text(), value.text()))
    found.push({ id: String(range.id), fields })
  }
  return found
}

const rootOf = (db: Database, key: Slice): Ref => db.valueRef(db.peek(key))

function freeAll(keyspace: Keyspace): void {
  while (keyspace.lazyFree.step(3));
}

for (const [name, limits] of Object.entries(NODES)) {
  describe(`a stream with ${name}`, () => {
    test('behaves as an array of entries', () => {
      const r = random()
      const keyspace = seededKeyspace(r, limits)
      const { memory } = keyspace
      const db = keyspace.databases[0]!
      const used = memory.usedBytes
      const stream = streamCreate(db, KEY)
      let model: Entry[] = []
      let last = new StreamId()
      for (let step = 0; step < 3000; step++) {
        const where = `seed ${r.seed}, step ${step}`
        const dice = r.below(100)
        if (dice < 60 || model.length === 0) {
          const fields = randomFields(r)
          last = nextId(r, last)
          const argv = fields.map((text) => Slice.of(text))
          expect(streamAppend(db, stream, last, argv, 0, argv.length), where).toBe(true)
          model.push({ id: String(last), fields })
        } else if (dice < 80) {
          const at = r.below(model.length)
          const id = idOf(model[at]!.id)
          expect(streamDelete(memory, stream, id), where).toBe(true)
          expect(streamDelete(memory, stream, id), where).toBe(false)
          model.splice(at, 1)
        } else if (dice < 84) {
          const maxLength = Math.max(model.length - r.below(20), 0)
          const trim = { by: 'length', maxLength, minId: MIN, approximate: false, limit: 0 } as const
          expect(streamTrim(memory, stream, { ...trim }), where).toBe(model.length - maxLength)
          model = model.slice(model.length - maxLength)
        } else if (dice < 88) {
          const at = r.below(Math.min(model.length, 20))
          const trim = { by: 'id', maxLength: 0, minId: idOf(model[at]!.id), approximate: false, limit: 0 } as const
          expect(streamTrim(memory, stream, { ...trim }), where).toBe(at)
          model = model.slice(at)
        } else if (dice < 90) {
          const trim = { by: 'length', maxLength: model.length - r.below(20), minId: MIN, approximate: true } as const
          const gone = streamTrim(memory, stream, { ...trim, limit: r.below(10) })
          model = model.slice(gone)
          expect(model.length, where).toBeGreaterThanOrEqual(Math.max(trim.maxLength, 0))
        } else {
          const [a, b] = [r.below(model.length), r.below(model.length)].sort((x, y) => x - y) as [number, number]
          const [from, to] = [idOf(model[a]!.id), idOf(model[b]!.id)]
          expect(entriesOf(db, stream, from, to, false), where).toEqual(model.slice(a, b + 1))
          expect(entriesOf(db, stream, from, to, true), where).toEqual(model.slice(a, b + 1).reverse())
        }
        expect(streamLength(memory, stream), where).toBe(model.length)
        expect(String(streamFirstId(memory, stream, new StreamId())), where).toBe(model[0]?.id ?? '0-0')
      }
      expect(entriesOf(db, stream, MIN, MAX, false), `seed ${r.seed}`).toEqual(model)
      memory.check()
      expect(copyKey(db, db.peek(KEY), db, COPY)).toBe(true)
      expect(entriesOf(db, rootOf(db, COPY), MIN, MAX, true), `seed ${r.seed}`).toEqual(model.toReversed())
      db.remove(KEY)
      db.remove(COPY)
      freeAll(keyspace)
      expect(memory.usedBytes, `seed ${r.seed}`).toBe(used)
    })

    test('loses nothing when memory is exhausted', () => {
      const r = random()
      const keyspace = seededKeyspace(r, limits)
      const { memory } = keyspace
      const db = keyspace.databases[0]!
      const stream = streamCreate(db, KEY)
      const model: Entry[] = []
      let last = new StreamId()
      let refused = 0
      for (let step = 0; step < 3000; step++) {
        memory.limitBytes = memory.usedBytes + r.below(r.chance(0.5) ? 600 : 10_000)
        const fields = randomFields(r)
        const id = nextId(r, last)
        const argv = fields.map((text) => Slice.of(text))
        if (streamAppend(db, stream, id, argv, 0, argv.length)) {
          last = id
          model.push({ id: String(id), fields })
        } else refused++
        if (r.chance(0.3)) {
          const at = r.below(model.length + 1)
          // To delete takes no memory, whatever becomes of the counters.
          if (at < model.length) {
            expect(streamDelete(memory, stream, idOf(model[at]!.id)), `seed ${r.seed}, step ${step}`).toBe(true)
            model.splice(at, 1)
          }
        }
        if (step % 100 === 0 && copyKey(db, db.peek(KEY), db, COPY)) {
          expect(entriesOf(db, rootOf(db, COPY), MIN, MAX, false), `seed ${r.seed}, step ${step}`).toEqual(model)
          db.remove(COPY)
          freeAll(keyspace)
        }
      }
      expect(refused, `seed ${r.seed}`).toBeGreaterThan(0)
      expect(entriesOf(db, stream, MIN, MAX, false), `seed ${r.seed}`).toEqual(model)
      memory.check()
    })
  })
}

interface Pending {
  consumer: string
  deliveries: number
}

describe('what is pending in a group', () => {
  for (const [name, limited] of [
    ['behaves as a map', false],
    ['behaves as a map while memory is exhausted', true],
  ] as const) {
    test(name, () => {
      const r = random()
      const keyspace = seededKeyspace(r, NODES['nodes of the usual size'])
      const { memory } = keyspace
      const db = keyspace.databases[0]!
      const used = memory.usedBytes
      const stream = streamCreate(db, KEY)
      let model = new Map<number, Pending>()
      let consumers = new Set<string>()
      groupCreate(memory, stream, GROUP, MIN, 0)
      const ids = 400
      for (let step = 0; step < 4000; step++) {
        const where = `seed ${r.seed}, step ${step}`
        if (limited) memory.limitBytes = memory.usedBytes + r.below(r.chance(0.5) ? 100 : 10_000)
        const group = groupFind(memory, stream, GROUP)
        const number = r.chance(0.5) ? (step % ids) + 1 : r.between(1, ids)
        const id = new StreamId().setMs(number)
        const consumer = `c${r.below(5)}`
        const dice = r.below(1000)
        if (dice < 600) {
          let block = consumerFind(memory, group, Slice.of(consumer))
          if (block === NIL) block = consumerCreate(memory, group, Slice.of(consumer), step)
          if (block === NIL) continue
          consumers.add(consumer)
          if (pendingDeliver(memory, group, block, id, step, step) === NIL) continue
          model.set(number, { consumer, deliveries: step })
        } else if (dice < 900) {
          expect(pendingDrop(memory, group, id), where).toBe(model.delete(number))
        } else if (dice < 970) {
          const from = r.between(1, ids)
          const found: number[] = []
          pendingFrom(memory, group, new StreamId().setMs(from), (pending) => {
            found.push(pendingId(memory, pending, id).msLow)
            return found.length < 10
          })
          const expected = [...model.keys()].filter((one) => one >= from).sort((a, b) => a - b)
          expect(found, where).toEqual(expected.slice(0, 10))
        } else if (dice < 990) {
          // One of them, or all, so that the last one has everything that is left.
          for (const leaving of r.chance(0.3) ? [...consumers] : [consumer]) {
            if (!consumers.delete(leaving)) continue
            const had = [...model].filter(([, pending]) => pending.consumer === leaving)
            expect(consumerRemove(db, group, Slice.of(leaving)), where).toBe(had.length)
            for (const [one] of had) model.delete(one)
          }
        } else if (dice < 994) {
          if (!copyKey(db, db.peek(KEY), db, COPY)) continue
          const copy = groupFind(memory, rootOf(db, COPY), GROUP)
          expect(pendingCount(memory, copy), where).toBe(model.size)
          db.remove(COPY)
          freeAll(keyspace)
        } else if (dice < 995) {
          groupDestroy(db, stream, GROUP)
          freeAll(keyspace)
          memory.limitBytes = Number.POSITIVE_INFINITY
          groupCreate(memory, stream, GROUP, MIN, 0)
          model = new Map()
          consumers = new Set()
        }
        expect(pendingCount(memory, groupFind(memory, stream, GROUP)), where).toBe(model.size)
      }
      const group = groupFind(memory, stream, GROUP)
      const found = new Map<number, Pending>()
      consumerForEach(memory, group, (block, itsName) => {
        pendingFrom(memory, block, MIN, (pending) => {
          expect(pendingConsumer(memory, pending)).toBe(block)
          const id = pendingId(memory, pending, new StreamId())
          found.set(id.msLow, { consumer: itsName.text(), deliveries: Number(pendingDeliveries(memory, pending)) })
          return true
        })
      })
      expect(found, `seed ${r.seed}`).toEqual(model)
      memory.check()
      db.remove(KEY)
      freeAll(keyspace)
      expect(memory.usedBytes, `seed ${r.seed}`).toBe(used)
    })
  }
})

test('a stream of nothing has nothing', () => {
  const keyspace = seededKeyspace(random(), NODES['nodes of the usual size'])
  const db = keyspace.databases[0]!
  const stream = streamCreate(db, KEY)
  expect(entriesOf(db, stream, MIN, MAX, false)).toEqual([])
  expect(entriesOf(db, stream, MIN, MAX, true)).toEqual([])
  expect(streamHas(db.memory, stream, MIN)).toBe(false)
})
