/*
 * How a stream is written, as stream-format.ts draws it: at once, or bit by bit, as it was
 * when that began. Then what is pending in a group is visited once, in its place; whose it
 * is comes after it in the file, and is held until then: 16 bytes for each.
 */
import type { Slice } from '../../base/slice.ts'
import { StreamId } from '../../base/stream-id.ts'
import type { Database } from '../../keyspace/database.ts'
import type { Keyspace } from '../../keyspace/keyspace.ts'
import type { Memory } from '../../memory/arena.ts'
import type { Ref } from '../../memory/layout.ts'
import { PendingWalk } from '../../types/pending-walk.ts'
import {
  streamAdded,
  streamFirstId,
  streamLastId,
  streamLength,
  streamMaxDeletedId,
  streamNodes,
} from '../../types/stream.ts'
import { streamForNodes } from '../../types/stream-block.ts'
import { consumerActiveAt, consumerCount, consumerForEach, consumerSeenAt } from '../../types/stream-consumers.ts'
import { pendingCount, pendingFrom } from '../../types/stream-deliveries.ts'
import { groupCount, groupEntriesRead, groupForEach, groupLastId } from '../../types/stream-groups.ts'
import { pendingConsumer, pendingDeliveredAt, pendingDeliveries, pendingId } from '../../types/stream-pending.ts'
import { streamWalk } from '../../types/value-walks.ts'
import type { Walk } from '../../types/walk.ts'
import type { Outlet, Parts } from './big-value.ts'
import { RDB_VERSION_7_0 } from './format.ts'
import { HeldOutput } from './held-output.ts'
import { RdbOutput } from './output.ts'

const ID_SIZE = 16

const id = new StreamId()
const idBytes = new DataView(new ArrayBuffer(ID_SIZE))
const idArray = new Uint8Array(idBytes.buffer)

function writeRawId(out: RdbOutput, { msHigh, msLow, seqHigh, seqLow }: StreamId): void {
  idBytes.setUint32(0, msHigh)
  idBytes.setUint32(4, msLow)
  idBytes.setUint32(8, seqHigh)
  idBytes.setUint32(12, seqLow)
  out.bytes(idArray, 0, ID_SIZE)
}

function writeId(out: RdbOutput, { msHigh, msLow, seqHigh, seqLow }: StreamId): void {
  out.halves(msHigh, msLow)
  out.halves(seqHigh, seqLow)
}

function writeCount(out: RdbOutput, count: number | bigint): void {
  const value = BigInt.asUintN(64, BigInt(count))
  out.halves(Number(value >> 32n), Number(value & 0xffff_ffffn))
}

function writeNode(out: RdbOutput, master: StreamId, bytes: Slice): void {
  out.length(ID_SIZE)
  writeRawId(out, master)
  out.string(bytes)
}

/** What comes between the nodes and the groups. */
function writeWhole(out: RdbOutput, memory: Memory, stream: Ref): void {
  out.length(streamLength(memory, stream))
  writeId(out, streamLastId(memory, stream, id))
  writeId(out, streamFirstId(memory, stream, id))
  writeId(out, streamMaxDeletedId(memory, stream, id))
  writeCount(out, streamAdded(memory, stream))
  out.length(groupCount(memory, stream))
}

/** What comes before what is pending in a group. */
function writeGroup(out: RdbOutput, memory: Memory, group: Ref, name: Slice): void {
  out.string(name)
  writeId(out, groupLastId(memory, group, id))
  writeCount(out, groupEntriesRead(memory, group))
  out.length(pendingCount(memory, group))
}

function writePending(out: RdbOutput, memory: Memory, pending: Ref): void {
  writeRawId(out, pendingId(memory, pending, id))
  out.milliseconds(pendingDeliveredAt(memory, pending))
  writeCount(out, pendingDeliveries(memory, pending))
}

/** What comes before what is pending with a consumer. */
function writeConsumer(out: RdbOutput, memory: Memory, consumer: Ref, name: Slice): void {
  out.string(name)
  out.milliseconds(consumerSeenAt(memory, consumer))
  if (out.version > RDB_VERSION_7_0) out.milliseconds(consumerActiveAt(memory, consumer))
  out.length(pendingCount(memory, consumer))
}

export function writeStream(out: RdbOutput, db: Database, record: Ref): void {
  const { memory } = db
  const stream = db.valueRef(record)
  out.length(streamNodes(memory, stream))
  streamForNodes(memory, stream, (master, bytes) => writeNode(out, master, bytes))
  writeWhole(out, memory, stream)
  groupForEach(memory, stream, (group, name) => {
    writeGroup(out, memory, group, name)
    forPending(memory, group, (pending) => writePending(out, memory, pending))
    out.length(consumerCount(memory, group))
    consumerForEach(memory, group, (consumer, consumerName) => {
      writeConsumer(out, memory, consumer, consumerName)
      forPending(memory, consumer, (pending) => writeRawId(out, pendingId(memory, pending, id)))
    })
  })
}

/** Visits all that is pending with a group or a consumer, in the order of ids. */
function forPending(memory: Memory, owner: Ref, visit: (pending: Ref) => void): void {
  pendingFrom(memory, owner, new StreamId(), (pending) => {
    visit(pending)
    return true
  })
}

export function beginStream(outlet: Outlet, db: Database, record: Ref): Parts {
  outlet.out.length(streamNodes(db.memory, db.valueRef(record)))
  return { walk: new StreamParts(outlet, db, record) }
}

/** Bytes that were written down when a stream was begun, and are moved to the file when their place has come. */
function written(like: RdbOutput, write: (out: RdbOutput) => void): Uint8Array {
  const out = new RdbOutput({ version: like.version, compresses: like.compresses })
  write(out)
  // A copy of just these, because there is one for every consumer.
  return out.buf.slice(0, out.at)
}

class StreamParts {
  private readonly outlet: Outlet
  private readonly nodes: Walk
  private whole: Uint8Array | undefined
  private readonly groups: GroupParts[] = []

  constructor(outlet: Outlet, db: Database, record: Ref) {
    const { memory, keyspace } = db
    const stream = db.valueRef(record)
    this.outlet = outlet
    this.nodes = streamWalk(db, record, (master, bytes) => writeNode(outlet.out, master, bytes))
    this.whole = written(outlet.out, (out) => writeWhole(out, memory, stream))
    groupForEach(memory, stream, (group, name) => this.groups.push(new GroupParts(outlet.out, keyspace, group, name)))
  }

  step(items: number): boolean {
    const { outlet, nodes, whole, groups } = this
    if (whole !== undefined) {
      if (!nodes.step(items)) return false
      outlet.out.bytes(whole, 0, whole.length)
      this.whole = undefined
    } else if (groups[0]?.step(outlet.out, items)) groups.shift()?.end()
    return groups.length === 0
  }

  end(): void {
    for (const group of this.groups) group.end()
    // Last: if the stream is gone, its groups go with it.
    this.nodes.end()
  }
}

interface ConsumerParts {
  readonly head: Uint8Array
  /** Undefined as long as there are none: consumers that nothing is pending with may be many. */
  ids: HeldOutput | undefined
}

class GroupParts {
  private readonly head: Uint8Array
  private readonly pending: HeldOutput
  private readonly walk: PendingWalk
  private readonly consumers: ConsumerParts[] = []
  private readonly parts: Generator<void, void>
  private file!: RdbOutput
  private items = 0

  constructor(like: RdbOutput, keyspace: Keyspace, group: Ref, name: Slice) {
    const { memory } = keyspace
    this.head = written(like, (out) => writeGroup(out, memory, group, name))
    this.pending = new HeldOutput(like)
    const partsOf = new Map<Ref, ConsumerParts>()
    consumerForEach(memory, group, (consumer, consumerName) => {
      const head = written(like, (out) => writeConsumer(out, memory, consumer, consumerName))
      const parts = { head, ids: undefined }
      this.consumers.push(parts)
      partsOf.set(consumer, parts)
    })
    this.walk = new PendingWalk(keyspace, group, (pending) => {
      writePending(this.pending.out, memory, pending)
      const parts = partsOf.get(pendingConsumer(memory, pending))!
      parts.ids ??= new HeldOutput(like)
      writeRawId(parts.ids.out, pendingId(memory, pending, id))
    })
    this.parts = this.write()
  }

  /** Writes some more to the file; true when that was the last. */
  step(file: RdbOutput, items: number): boolean {
    this.file = file
    this.items = items
    return this.parts.next().done === true
  }

  private *write(): Generator<void, void> {
    const { head, pending, walk, consumers } = this
    this.file.bytes(head, 0, head.length)
    while (!pending.moveSome(this.file)) yield
    while (!walk.step(this.items)) yield
    this.file.length(consumers.length)
    for (const consumer of consumers) {
      this.file.bytes(consumer.head, 0, consumer.head.length)
      while (consumer.ids !== undefined && !consumer.ids.moveSome(this.file)) yield
    }
  }

  end(): void {
    this.walk.end()
  }
}
