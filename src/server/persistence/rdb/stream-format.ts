/*
 * Streams in RDB files and DUMP: their nodes as they lie, what is known of the
 * whole, and the groups with their consumers and what is pending. The third form,
 * of Redis 7.2 and Valkey, is written, or the second for Redis 7.0; all are read.
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
import type { Database } from '../../keyspace/database.ts'
import type { Memory } from '../../memory/arena.ts'
import { NIL, type Ref } from '../../memory/layout.ts'
import {
  streamAdded,
  streamCreate,
  streamFirstId,
  streamLastId,
  streamLength,
  streamMaxDeletedId,
  streamNodes,
  streamSetAdded,
  streamSetLastId,
  streamSetMaxDeletedId,
} from '../../types/stream.ts'
import { BROKEN_NODE, StreamSurvey, streamAddNode, streamForNodes } from '../../types/stream-block.ts'
import {
  consumerActiveAt,
  consumerCount,
  consumerCreate,
  consumerFind,
  consumerForEach,
  consumerSeenAt,
  consumerSetActive,
  groupCount,
  groupCreate,
  groupEntriesRead,
  groupFind,
  groupForEach,
  groupLastId,
  PENDING_EXHAUSTED,
  PENDING_TAKEN,
  PENDING_UNKNOWN,
  pendingAssign,
  pendingCount,
  pendingExpect,
  pendingFrom,
  pendingOf,
} from '../../types/stream-groups.ts'
import { addedUpTo } from '../../types/stream-lag.ts'
import { pendingDeliveredAt, pendingDeliveries, pendingId } from '../../types/stream-pending.ts'
// How a stream is freed, should it be given up half way.
import '../../types/stream-value.ts'
import { streamWalk } from '../../types/value-walks.ts'
import type { Outlet, Parts } from './big-value.ts'
import { RDB_STREAM_1, RDB_STREAM_2, RDB_STREAM_3, RDB_STREAM_4, RDB_STREAM_5, RDB_VERSION_7_0 } from './format.ts'
import type { RdbInput } from './input.ts'
import { RdbOutput } from './output.ts'
import type { ReadValue, ValueFormat } from './value-format.ts'

const ID_SIZE = 16
/** An id and a time and a count: what a pending entry takes at least. */
const PENDING_SIZE_MIN = ID_SIZE + 9

/** The consumer that has what nobody has, in a group of Redis 8.8. */
const RELEASED = Slice.of('nacked')

const id = new StreamId()
const idBytes = new DataView(new ArrayBuffer(ID_SIZE))

// Writing

function writeRawId(out: RdbOutput, { msHigh, msLow, seqHigh, seqLow }: StreamId): void {
  idBytes.setUint32(0, msHigh)
  idBytes.setUint32(4, msLow)
  idBytes.setUint32(8, seqHigh)
  idBytes.setUint32(12, seqLow)
  out.bytes(new Uint8Array(idBytes.buffer), 0, ID_SIZE)
}

function writeId(out: RdbOutput, { msHigh, msLow, seqHigh, seqLow }: StreamId): void {
  out.halves(msHigh, msLow)
  out.halves(seqHigh, seqLow)
}

function writeCount(out: RdbOutput, count: number | bigint): void {
  const value = BigInt.asUintN(64, BigInt(count))
  out.halves(Number(value >> 32n), Number(value & 0xffff_ffffn))
}

function write(out: RdbOutput, db: Database, record: Ref): void {
  const { memory } = db
  const stream = db.valueRef(record)
  out.length(streamNodes(memory, stream))
  streamForNodes(memory, stream, (master, bytes) => {
    out.length(ID_SIZE)
    writeRawId(out, master)
    out.string(bytes)
  })
  writeEnd(out, memory, stream)
}

/** What comes after the nodes of a big stream is written down at once, and held until they are. */
function begin(outlet: Outlet, db: Database, record: Ref): Parts {
  const { memory } = db
  const stream = db.valueRef(record)
  outlet.out.length(streamNodes(memory, stream))
  const walk = streamWalk(db, record, (master, bytes) => {
    outlet.out.length(ID_SIZE)
    writeRawId(outlet.out, master)
    outlet.out.string(bytes)
  })
  const { version, compresses } = outlet.out
  const end = new RdbOutput({ version, compresses })
  writeEnd(end, memory, stream)
  return { walk, end }
}

/** What there is beside the nodes. */
function writeEnd(out: RdbOutput, memory: Memory, stream: Ref): void {
  out.length(streamLength(memory, stream))
  writeId(out, streamLastId(memory, stream, id))
  writeId(out, streamFirstId(memory, stream, id))
  writeId(out, streamMaxDeletedId(memory, stream, id))
  writeCount(out, streamAdded(memory, stream))
  out.length(groupCount(memory, stream))
  groupForEach(memory, stream, (group, name) => writeGroup(out, memory, group, name))
}

function writeGroup(out: RdbOutput, memory: Memory, group: Ref, name: Slice): void {
  out.string(name)
  writeId(out, groupLastId(memory, group, id))
  writeCount(out, groupEntriesRead(memory, group))
  out.length(pendingCount(memory, group))
  forPending(memory, group, (pending) => {
    writeRawId(out, pendingId(memory, pending, id))
    out.milliseconds(pendingDeliveredAt(memory, pending))
    writeCount(out, pendingDeliveries(memory, pending))
  })
  out.length(consumerCount(memory, group))
  consumerForEach(memory, group, (consumer, consumerName) => {
    out.string(consumerName)
    out.milliseconds(consumerSeenAt(memory, consumer))
    if (out.version > RDB_VERSION_7_0) out.milliseconds(consumerActiveAt(memory, consumer))
    out.length(pendingCount(memory, consumer))
    forPending(memory, consumer, (pending) => writeRawId(out, pendingId(memory, pending, id)))
  })
}

/** Visits all that is pending with a group or a consumer, in the order of ids. */
function forPending(memory: Memory, owner: Ref, visit: (pending: Ref) => void): void {
  pendingFrom(memory, owner, new StreamId(), (pending) => {
    visit(pending)
    return true
  })
}

// Reading

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
    const { input, memory } = this
    const count = input.count(ID_SIZE)
    for (let left = count; left > 0; left--) {
      const done = pendingAssign(memory, group, consumer, readRawId(input, id))
      if (done === PENDING_EXHAUSTED) return -1
      if (done === PENDING_UNKNOWN) input.fail('a consumer has a pending entry that its group has not')
      if (done === PENDING_TAKEN) input.fail('an entry is pending with two consumers')
    }
    return count
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
    for (let left = count; left > 0; left--) {
      const done = pendingAssign(memory, group, consumer, readRawId(input, id))
      if (done === PENDING_EXHAUSTED) return -1
      if (done === PENDING_UNKNOWN) input.fail('an entry was given back that is not pending')
      if (done === PENDING_TAKEN) input.fail('an entry was given back that a consumer has')
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
  write,
  begin,
  read: {
    [RDB_STREAM_1]: readVersion(1),
    [RDB_STREAM_2]: readVersion(2),
    [RDB_STREAM_3]: readVersion(3),
    [RDB_STREAM_4]: readVersion(4),
    [RDB_STREAM_5]: readVersion(5),
  },
}
