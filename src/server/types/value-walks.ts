/*
 * Walks (walk.ts) over big values of each type, and which values are big: those that
 * take longer to write down than anybody should wait for. A value in one block never is.
 */
import { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Database } from '../keyspace/database.ts'
import {
  FIRST_OBJECT_KIND,
  FIRST_REF_KIND,
  KIND_HASH_TABLE,
  KIND_HASH_VOLATILE,
  KIND_LIST_QUICKLIST,
  KIND_SET_TABLE,
  KIND_STREAM,
  KIND_ZSET_SKIPLIST,
} from '../keyspace/object.ts'
import type { Ref } from '../memory/layout.ts'
import { quicklistRefs } from '../structures/quicklist.ts'
import { isPlain, nodeBytes } from '../structures/quicklist-node.ts'
import { treeCount } from '../structures/ranked-tree.ts'
import { recordExpiresAt, recordKey, recordScore, recordValue } from '../structures/record.ts'
import { streamNodeBytes, streamNodeId } from '../structures/stream-node.ts'
import { treeForEach } from '../structures/tree-cursor.ts'
import { hashLength } from './hash.ts'
import { fieldsOf, type VisitField } from './hash-fields.ts'
import { listNodes } from './list.ts'
import { OrderedWalk } from './ordered-walk.ts'
import { setLength, type VisitMember } from './set.ts'
import { nodesOf, streamNodes } from './stream.ts'
import { pendingInAll } from './stream-deliveries.ts'
import { BlockWalk, StringWalk, TableWalk, type Walk } from './walk.ts'
import { zsetLength } from './zset.ts'

/** Some half a millisecond's worth. */
const BIG_ITEMS = 2048
/** Blocks have some kilobytes, which take long to compress. */
const BIG_BLOCKS = 16
/** What takes one or two milliseconds to compress. */
const BIG_STRING_BYTES = 256 * 1024

const asked = new Slice()

/** Whether there is a walk over this value, and it is worth one. */
export function isBig(db: Database, record: Ref): boolean {
  const kind = db.kindOf(record)
  // Short strings are most of what is asked about.
  if (kind < FIRST_REF_KIND) return false
  if (kind < FIRST_OBJECT_KIND) return db.stringOf(record, asked).size >= BIG_STRING_BYTES
  switch (kind) {
    case KIND_HASH_TABLE:
    case KIND_HASH_VOLATILE:
      return hashLength(db, record) >= BIG_ITEMS
    case KIND_SET_TABLE:
      return setLength(db, record) >= BIG_ITEMS
    case KIND_ZSET_SKIPLIST:
      return zsetLength(db, record) >= BIG_ITEMS
    case KIND_LIST_QUICKLIST:
      return listNodes(db, record) >= BIG_BLOCKS
    case KIND_STREAM:
      return (
        streamNodes(db.memory, db.valueRef(record)) >= BIG_BLOCKS ||
        pendingInAll(db.memory, db.valueRef(record)) >= BIG_ITEMS
      )
    default:
      return false
  }
}

/** Visits the bytes in pieces. */
export function stringWalk(db: Database, record: Ref, visit: (piece: Slice) => void): Walk {
  return new StringWalk(db.keyspace, db.valueRef(record), db.stringOf(record, new Slice()), visit)
}

/** Visits every field; those as well whose time has come and that are not freed yet, as hashLength counts them. */
export function hashWalk(db: Database, hash: Ref, visit: VisitField): Walk {
  const { memory } = db
  const [field, value] = [new Slice(), new Slice()]
  return new TableWalk(db.keyspace, db.valueRef(hash), fieldsOf(db, hash), (record) =>
    visit(recordKey(memory, record, field), recordValue(memory, record, value), recordExpiresAt(memory, record)),
  )
}

/** Visits every member. */
export function setWalk(db: Database, set: Ref, visit: VisitMember): Walk {
  const table = db.valueRef(set)
  const member = new Slice()
  return new TableWalk(db.keyspace, table, table, (record) => visit(recordKey(db.memory, record, member)))
}

/** Visits every member, in order if nothing changes meanwhile. */
export function zsetWalk(db: Database, zset: Ref, visit: (member: Slice, score: number) => void): Walk {
  const { memory } = db
  const member = new Slice()
  return new OrderedWalk(db.keyspace, db.valueRef(zset), (record) =>
    visit(recordKey(memory, record, member), recordScore(memory, record)),
  )
}

/** Visits every node in order, as listForNodes. */
export function listWalk(db: Database, list: Ref, visit: (bytes: Slice, isPlain: boolean) => void): Walk {
  const { memory } = db
  const bytes = new Slice()
  return new BlockWalk(db.keyspace, db.valueRef(list), quicklistRefs(memory, db.valueRef(list)), {
    visit: (node) => visit(nodeBytes(memory, node, bytes), isPlain(memory, node)),
    keep(node) {
      const copy = nodeBytes(memory, node, bytes).copy()
      const wasPlain = isPlain(memory, node)
      return () => visit(copy, wasPlain)
    },
  })
}

/** Visits every node in order, as streamForNodes. For what is pending there is PendingWalk. */
export function streamWalk(db: Database, record: Ref, visit: (id: StreamId, bytes: Slice) => void): Walk {
  const { memory } = db
  const stream = db.valueRef(record)
  const nodes = nodesOf(memory, stream)
  const refs = new Uint32Array(treeCount(memory, nodes))
  let next = 0
  treeForEach(memory, nodes, (node) => {
    refs[next++] = node
  })
  const id = new StreamId()
  const bytes = new Slice()
  return new BlockWalk(db.keyspace, stream, refs, {
    visit: (node) => visit(streamNodeId(memory, node, id), streamNodeBytes(memory, node, bytes)),
    keep(node) {
      const master = streamNodeId(memory, node, new StreamId())
      const copy = streamNodeBytes(memory, node, bytes).copy()
      return () => visit(master, copy)
    },
  })
}
