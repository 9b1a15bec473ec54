/*
 * Streams in RDB files and DUMP: their nodes as they lie, what is known of the
 * whole, and the groups with their consumers and what is pending. The third form,
 * of Redis 7.2 and Valkey, is written (stream-writer.ts), or the second for Redis 7.0; all
 * are read.
 *
 *   nodes: how many, each an id of 16 bytes and a listpack | length | last id |
 *   first id, greatest deleted id, entries added              (from the second form on)
 *   groups: how many, each name, last id, entries read        (the same),
 *     pending: how many, each id of 16 bytes, time, deliveries
 *     consumers: how many, each name, seen, active            (from the third form on),
 *       pending: how many ids of 16 bytes
 *
 * An id of 16 bytes is big endian, any other one two lengths. Entries read are -1,
 * as an unsigned number of 64 bits, where they are not known.
 */
import { Slice } from '../../base/slice.ts'
import { StreamId } from '../../base/stream-id.ts'
import type { Memory } from '../../memory/arena.ts'
import { NIL, type Ref } from '../../memory/layout.ts'
import {
  streamCreate,
  streamLength,
  streamSetAdded,
  streamSetLastId,
  streamSetMaxDeletedId,
} from '../../types/stream.ts'
import { BROKEN_NODE, StreamSurvey, streamAddNode } from '../../types/stream-block.ts'
import { consumerCreate, consumerFind, consumerSeenAt, consumerSetActive } from '../../types/stream-consumers.ts'
import {
  PENDING_EXHAUSTED,
  PENDING_TAKEN,
  PENDING_UNKNOWN,
  pendingAssign,
  pendingCount,
  pendingExpect,
  pendingOf,
} from '../../types/stream-deliveries.ts'
import { groupCreate, groupFind } from '../../types/stream-groups.ts'
import { addedUpTo } from '../../types/stream-lag.ts'
// How a stream is freed, should it be given up half way.
import '../../types/stream-value.ts'
import { RDB_STREAM_1, RDB_STREAM_2, RDB_STREAM_3, RDB_STREAM_4, RDB_STREAM_5, RDB_VERSION_7_0 } from './format.ts'
import type { RdbInput } from './input.ts'
import { beginStream, writeStream } from './stream-writer.ts'
import type { ReadValue, ValueFormat } from './value-format.ts'

const ID_SIZE = 16
/** An id and a time and a count: what a pending entry takes at least. */
const PENDING_SIZE_MIN = ID_SIZE + 9

/** The consumer that has what nobody has, in a group of Redis 8.8. */
const RELEASED = Slice.of('nacked')

const id = new StreamId()
function readRawId(input: RdbInput, into: StreamId): StreamId {
  const { buf, at } = input.bytes(ID_SIZE)
  return into.set(bigEndian(buf, at), bigEndian(buf, at + 4), bigEndian(buf, at + 8), bigEndian(buf, at + 12))
}

const bigEndian = (buf: Uint8Array, at: number): number =>
  ((buf[at] << 24) | (buf[at + 1] << 16) | (buf[at + 2] << 8) | buf[at + 3]) >>> 0

/** As a number where that is exact, which costs less than a bigint. */
const exact = (value: bigint): number | bigint => (value <= Number.MAX_SAFE_INTEGER ? Number(value) : value)

function readId(input: RdbInput, into: StreamId): StreamId {
  const [ms, seq] = [input.bigLength(), input.bigLength()]
  const [high, low] = [(value: bigint) => Number(value >> 32n), (value: bigint) => Number(value & 0xffff_ffffn)]
  return into.set(high(ms), low(ms), high(seq), low(seq))
}

/** A count of 64 bits, in which the highest stands for -1. */
const readCount = (input: RdbInput): bigint => BigInt.asIntN(64, input.bigLength())

/** What a reading of a stream answers: false when memory is exhausted. */
type Done = boolean

class StreamReader {
  private readonly input: RdbInput
  private readonly memory: Memory
  private readonly stream: Ref
  private readonly version: number

  constructor(input: RdbInput, memory: Memory, stream: Ref, version: number) {
    this.input = input
    this.memory = memory
    this.stream = stream
    this.version = version
  }

  read(nodes: number): Done {
    return this.readNodes(nodes) && this.readGroups() && this.readIdempotence()
  }

  private readNodes(nodes: number): Done {
    const { input, memory, stream } = this
    const survey = new StreamSurvey()
    for (let left = nodes; left > 0; left--) {
      if (input.length() !== ID_SIZE) input.fail('the id of a node of a stream has no 16 bytes')
      const node = streamAddNode(memory, stream, readRawId(input, id), input.string(), survey)
      if (node === BROKEN_NODE) input.fail('a node of a stream is broken')
      if (node === NIL) return false
      input.release()
    }
    const length = input.length()
    if (length !== streamLength(memory, stream)) input.fail('a stream has not as many entries as it says')
    const lastId = readId(input, new StreamId())
    if (length > 0 && lastId.compare(survey.last) < 0) input.fail('the last id of a stream is before that of an entry')
    streamSetLastId(memory, stream, lastId)
    if (this.version === 1) {
      streamSetAdded(memory, stream, length)
      return true
    }
    // Which one is the first is known from the entries.
    readId(input, id)
    streamSetMaxDeletedId(memory, stream, readId(input, id))
    streamSetAdded(memory, stream, readCount(input))
    return true
  }

  private readGroups(): Done {
    const { input, memory, stream } = this
    for (let left = input.count(); left > 0; left--) {
      const name = input.string()
      const lastId = readId(input, new StreamId())
      const entriesRead = this.version === 1 ? addedUpTo(memory, stream, lastId) : readCount(input)
      if (groupFind(memory, stream, name) !== NIL) input.fail('a stream has a group twice')
      const group = groupCreate(memory, stream, name, lastId, entriesRead)
      if (group === NIL || !this.readGroup(group)) return false
    }
    return true
  }

  /** What is pending is told before its consumers are: whose it is, is known when they come. */
  private readGroup(group: Ref): Done {
    const { input, memory } = this
    for (let left = input.count(PENDING_SIZE_MIN); left > 0; left--) {
      readRawId(input, id)
      const at = Number(input.int64())
      if (pendingOf(memory, group, id) !== NIL) input.fail('an entry is pending twice with a group')
      if (!pendingExpect(memory, group, id, at, exact(input.bigLength()))) return false
    }
    let assigned = 0
    for (let left = input.count(); left > 0; left--) {
      const name = input.string()
      if (consumerFind(memory, group, name) !== NIL) input.fail('a group has a consumer twice')
      const consumer = consumerCreate(memory, group, name, Number(input.int64()))
      if (consumer === NIL) return false
      consumerSetActive(memory, consumer, this.version < 3 ? consumerSeenAt(memory, consumer) : Number(input.int64()))
      const count = this.readPending(group, consumer)
      if (count < 0) return false
      assigned += count
    }
    if (this.version >= 5) {
      const count = this.readReleased(group)
      if (count < 0) return false
      assigned += count
    }
    if (pendingCount(memory, group) !== assigned) input.fail('a pending entry has no consumer')
    return true
  }

  /** Reads what is pending with a consumer, and answers how many entries that are; -1 when memory is exhausted. */
  private readPending(group: Ref, consumer: Ref): number {
    const count = this.input.count(ID_SIZE)
    return this.assign(group, consumer, count, {
      unknown: 'a consumer has a pending entry that its group has not',
      taken: 'an entry is pending with two consumers',
    })
  }

  /**
   * Redis 8.8: what consumers have given back (XNACK) is pending with nobody. Here it is so with a consumer of a
   * name of its own, from which XAUTOCLAIM takes it, and is not lost. As readPending.
   */
  private readReleased(group: Ref): number {
    const { input, memory } = this
    const count = input.count(ID_SIZE)
    if (count === 0) return 0
    const found = consumerFind(memory, group, RELEASED)
    const consumer = found === NIL ? consumerCreate(memory, group, RELEASED, 0) : found
    if (consumer === NIL) return -1
    return this.assign(group, consumer, count, {
      unknown: 'an entry was given back that is not pending',
      taken: 'an entry was given back that a consumer has',
    })
  }

  /** Makes the `count` entries whose ids come next pending with a consumer. As readPending. */
  private assign(group: Ref, consumer: Ref, count: number, refusals: { unknown: string; taken: string }): number {
    const { input, memory } = this
    for (let left = count; left > 0; left--) {
      const done = pendingAssign(memory, group, consumer, readRawId(input, id))
      if (done === PENDING_EXHAUSTED) return -1
      if (done === PENDING_UNKNOWN) input.fail(refusals.unknown)
      if (done === PENDING_TAKEN) input.fail(refusals.taken)
    }
    return count
  }

  /** Redis 8.6: what producers have sent lately, so that nothing is added twice. Nothing here asks for it. */
  private readIdempotence(): Done {
    if (this.version < 4) return true
    const { input } = this
    input.length()
    input.length()
    for (let producers = input.count(); producers > 0; producers--) {
      input.string()
      for (let left = input.count(3); left > 0; left--) {
        input.string()
        readId(input, id)
      }
    }
    input.bigLength()
    input.bigLength()
    return true
  }
}

const readVersion =
  (version: number): ReadValue =>
  (input, db, key) => {
    const nodes = input.count(ID_SIZE)
    const stream = streamCreate(db, key)
    if (stream === NIL) return false
    if (new StreamReader(input, db.memory, stream, version).read(nodes)) return true
    db.remove(key)
    return false
  }

export const streamFormat: ValueFormat = {
  formOf: (_db, _record, version) => (version > RDB_VERSION_7_0 ? RDB_STREAM_3 : RDB_STREAM_2),
  write: writeStream,
  begin: beginStream,
  read: {
    [RDB_STREAM_1]: readVersion(1),
    [RDB_STREAM_2]: readVersion(2),
    [RDB_STREAM_3]: readVersion(3),
    [RDB_STREAM_4]: readVersion(4),
    [RDB_STREAM_5]: readVersion(5),
  },
}
