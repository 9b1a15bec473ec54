/*
 * Streams: entries in the order of their ids, under one key.
 *
 * A stream's entries lie in nodes (../structures/stream-node.ts), the nodes in a
 * ranked tree in the order of their master ids. What reads them is
 * stream-range.ts; the groups of consumers are in stream-groups.ts.
 *
 * ROOT, in words; a stream is known by the Ref of it, which never changes:
 *
 *        0       1        2        4         8          12               16
 *        +-------+--------+--------+---------+----------+----------------+---------+
 *        | nodes | groups | length | last id | first id | max deleted id | added   |
 *        | tree  | table  |   | garbage      |          |                | u64     |
 *        +-------+--------+--------+---------+----------+----------------+---------+
 *
 *  groups: by name; NIL until there is a first one. first id: of the first live entry, 0-0 when
 *  there is none. added: entries ever added, high half first; what XSETID makes it.
 *  garbage: while the stream is freed in slices, the groups that are still to be freed.
 *
 * Only the last node grows. Its block has room for more entries than it holds, so that
 * most of XADD copies nothing, and is cut to size when the next node begins.
 *
 * A stream lives without entries: its key goes by DEL alone.
 */
import { assertLayout } from '../base/assert.ts'
import type { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Database } from '../keyspace/database.ts'
import { KIND_STREAM } from '../keyspace/object.ts'
import type { Memory } from '../memory/arena.ts'
import { blockInt64, blockRef, blockWord, setBlockInt64, setBlockWord } from '../memory/block.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import { blockWillChange } from '../memory/witness.ts'
import { idFromWords, idToWords } from '../structures/id-words.ts'
import { treeAppend, treeCount, treeCreate, treeRemove, treeReplace } from '../structures/ranked-tree.ts'
import {
  compareNode,
  StreamEntry,
  streamEntryBytesMax,
  streamNodeAppend,
  streamNodeCount,
  streamNodeCreate,
  streamNodeEntries,
  streamNodeFirst,
  streamNodeLast,
  streamNodeLive,
  streamNodeMark,
  streamNodeMove,
  streamNodeNext,
  streamNodeRead,
  streamNodeSize,
  streamNodeTrim,
} from '../structures/stream-node.ts'
import {
  TreeCursor,
  treeFirst,
  treeItem,
  treeLast,
  treeLowerBound,
  treeNext,
  treePrevious,
} from '../structures/tree-cursor.ts'
import { PLAIN } from '../structures/tree-node.ts'

// The root, in words.
export const NODES = 0
export const GROUPS = 1
export const LENGTH = 2
export const GARBAGE = 3
const LAST_ID = 4
export const FIRST_ID = 8
const MAX_DELETED_ID = 12
const ADDED = 16
const ROOT_WORDS = 18
assertLayout('stream', ROOT_WORDS, [
  [NODES, 1],
  [GROUPS, 1],
  [LENGTH, 1],
  [GARBAGE, 1],
  [LAST_ID, 4],
  [FIRST_ID, 4],
  [MAX_DELETED_ID, 4],
  [ADDED, 2],
])

/** What Redis allows a node, whatever the limit says. */
const NODE_BYTES_MAX = 1 << 30
/** No more than so much room is given to a node that has not used it yet. */
const ROOM_BYTES_MAX = 4096
/** What a node can come to be longer than the limit: the limit does not count what frames the texts. */
const NODE_SLACK_BYTES = 128

/** Whether fields and values of so many bytes in all are more than any entry may have. */
export const isTooLargeToAdd = (bytes: number): boolean => bytes > NODE_BYTES_MAX

const cursor = new TreeCursor()
const entry = new StreamEntry()
const sought = new StreamId()
let soughtMemory!: Memory

export const nodesOf = (memory: Memory, stream: Ref): Ref => blockRef(memory, stream, NODES)

/** An empty stream in no database; NIL when memory is exhausted. */
export function createRoot(memory: Memory): Ref {
  const stream = memory.allocZeroed(ROOT_WORDS * 4)
  if (stream === NIL) return NIL
  const nodes = treeCreate(memory, PLAIN)
  if (nodes !== NIL) {
    setBlockWord(memory, stream, NODES, nodes)
    return stream
  }
  memory.free(stream)
  return NIL
}

/** Adds an empty stream at `key`, where there is none; the stream, or NIL when memory is exhausted. */
export function streamCreate(db: Database, key: Slice): Ref {
  const { memory } = db
  const stream = createRoot(memory)
  if (stream === NIL) return NIL
  if (db.add(key, KIND_STREAM, stream) !== NIL) return stream
  memory.free(nodesOf(memory, stream))
  memory.free(stream)
  return NIL
}

// What a stream is asked

export function streamLength(memory: Memory, stream: Ref): number {
  return blockWord(memory, stream, LENGTH)
}

/** The number of its nodes. */
export function streamNodes(memory: Memory, stream: Ref): number {
  return treeCount(memory, nodesOf(memory, stream))
}

/** The id that was added last, or that XSETID made to be. */
export function streamLastId(memory: Memory, stream: Ref, id: StreamId): StreamId {
  return idFromWords(memory, stream, LAST_ID, id)
}

export function streamSetLastId(memory: Memory, stream: Ref, id: StreamId): void {
  idToWords(memory, stream, LAST_ID, id)
}

/** The id of the first entry, 0-0 when there is none. */
export function streamFirstId(memory: Memory, stream: Ref, id: StreamId): StreamId {
  return idFromWords(memory, stream, FIRST_ID, id)
}

/** The greatest id that was deleted by XDEL, 0-0 when none was. */
export function streamMaxDeletedId(memory: Memory, stream: Ref, id: StreamId): StreamId {
  return idFromWords(memory, stream, MAX_DELETED_ID, id)
}

export function streamSetMaxDeletedId(memory: Memory, stream: Ref, id: StreamId): void {
  idToWords(memory, stream, MAX_DELETED_ID, id)
}

/** The number of entries ever added, which XSETID may make any number of 63 bits. */
export function streamAdded(memory: Memory, stream: Ref): number | bigint {
  return blockInt64(memory, stream, ADDED)
}

export function streamSetAdded(memory: Memory, stream: Ref, added: number | bigint): void {
  setBlockInt64(memory, stream, ADDED, added)
}

/** Copies all of the root but what names other blocks. */
export function copyRoot(from: Memory, source: Ref, to: Memory, target: Ref): void {
  for (let word = LENGTH; word < ROOT_WORDS; word++) setBlockWord(to, target, word, blockWord(from, source, word))
  setBlockWord(to, target, GARBAGE, NIL)
}

// Finding

function beginsBeforeOrAt(node: Ref): boolean {
  return compareNode(soughtMemory, node, sought) <= 0
}

/** To the node that has this id if any has: the last one that begins with it or before; false when none does. */
export function seekNode(memory: Memory, stream: Ref, id: StreamId, at: TreeCursor): boolean {
  sought.copy(id)
  soughtMemory = memory
  treeLowerBound(memory, nodesOf(memory, stream), beginsBeforeOrAt, at)
  return treePrevious(memory, at)
}

/** Reads the live entry with this id; false when there is none. The cursor is then on its node. */
function find(memory: Memory, stream: Ref, id: StreamId): boolean {
  if (!seekNode(memory, stream, id, cursor)) return false
  const node = treeItem(memory, cursor)
  for (let at = streamNodeFirst(memory, node); at !== 0; at = streamNodeNext(memory, entry)) {
    streamNodeRead(memory, node, at, entry)
    const order = entry.id.compare(id)
    if (order > 0) return false
    if (order === 0 && !entry.isDeleted) return true
  }
  return false
}

export function streamHas(memory: Memory, stream: Ref, id: StreamId): boolean {
  return find(memory, stream, id)
}

// Adding

/**
 * Adds an entry of the fields and values from argv[first] to argv[end - 1]. Its id is greater than the
 * stream's last one. False when memory is exhausted: nothing changed.
 */
export function streamAppend(
  db: Database,
  stream: Ref,
  id: StreamId,
  argv: readonly Slice[],
  first: number,
  end: number,
): boolean {
  const { memory } = db
  const nodes = nodesOf(memory, stream)
  const node = treeLast(memory, nodes, cursor) ? treeItem(memory, cursor) : NIL
  if (node !== NIL && isRoomy(db, node, argv, first, end)) {
    if (!appendToLast(db, node, id, argv, first, end)) return false
  } else if (!beginNode(db, nodes, node, id, argv, first, end)) return false
  idToWords(memory, stream, LAST_ID, id)
  const length = streamLength(memory, stream) + 1
  setBlockWord(memory, stream, LENGTH, length)
  if (length === 1) idToWords(memory, stream, FIRST_ID, id)
  const added = (blockWord(memory, stream, ADDED + 1) + 1) >>> 0
  setBlockWord(memory, stream, ADDED + 1, added)
  if (added === 0) setBlockWord(memory, stream, ADDED, blockWord(memory, stream, ADDED) + 1)
  return true
}

/** Whether the limits let a node have one more entry of these texts. */
function isRoomy(db: Database, node: Ref, argv: readonly Slice[], first: number, end: number): boolean {
  const { memory } = db
  const { streamNodeMaxBytes, streamNodeMaxEntries } = db.keyspace.limits
  const maxBytes = streamNodeMaxBytes === 0 ? NODE_BYTES_MAX : Math.min(streamNodeMaxBytes, NODE_BYTES_MAX)
  let bytes = streamNodeSize(memory, node)
  for (let i = first; i < end; i++) bytes += argv[i].size
  return bytes < maxBytes && (streamNodeMaxEntries === 0 || streamNodeEntries(memory, node) < streamNodeMaxEntries)
}

/** Adds to the last node, which the cursor is on, giving it a bigger block when its own is full. */
function appendToLast(
  db: Database,
  node: Ref,
  id: StreamId,
  argv: readonly Slice[],
  first: number,
  end: number,
): boolean {
  const { memory } = db
  blockWillChange(memory, node)
  if (streamNodeAppend(memory, node, id, argv, first, end)) return true
  const size = streamNodeSize(memory, node)
  const needed = size + streamEntryBytesMax(argv, first, end)
  // Twice as much, but no more than a full node takes.
  const wanted = Math.min(size * 2, Math.max(fullSize(db), size + (size >>> 3)))
  let moved = wanted > needed ? streamNodeMove(memory, node, wanted) : NIL
  if (moved === NIL) moved = streamNodeMove(memory, node, needed)
  if (moved === NIL) return false
  treeReplace(memory, cursor, moved)
  return streamNodeAppend(memory, moved, id, argv, first, end)
}

/** About what the listpack of a full node has, by the limit of bytes alone. */
function fullSize(db: Database): number {
  const { streamNodeMaxBytes } = db.keyspace.limits
  return (streamNodeMaxBytes === 0 ? ROOM_BYTES_MAX : streamNodeMaxBytes) + NODE_SLACK_BYTES
}

/** Begins a node behind `previous`, which is then cut to size; NIL: the first node. */
function beginNode(
  db: Database,
  nodes: Ref,
  previous: Ref,
  id: StreamId,
  argv: readonly Slice[],
  first: number,
  end: number,
): boolean {
  const { memory } = db
  // Where a node was filled, another one as big will be.
  const size = previous === NIL ? 0 : Math.min(streamNodeSize(memory, previous) + NODE_SLACK_BYTES, fullSize(db))
  const node = streamNodeCreate(memory, id, argv, first, end, Math.min(size, ROOM_BYTES_MAX + NODE_SLACK_BYTES))
  if (node === NIL) return false
  if (previous !== NIL) {
    blockWillChange(memory, previous)
    treeReplace(memory, cursor, streamNodeTrim(memory, previous))
  }
  if (treeAppend(memory, nodes, node, 1)) return true
  memory.free(node)
  return false
}

// Deleting

/** Deletes the entry with this id; false when there is none. */
export function streamDelete(memory: Memory, stream: Ref, id: StreamId): boolean {
  if (!find(memory, stream, id)) return false
  const { node } = entry
  const isFirst = compareWithFirst(memory, stream, id) === 0
  blockWillChange(memory, node)
  setBlockWord(memory, stream, LENGTH, streamLength(memory, stream) - 1)
  if (streamNodeLive(memory, node) === 1) {
    treeRemove(memory, nodesOf(memory, stream), cursor)
    memory.free(node)
    if (isFirst) findFirstId(memory, stream)
  } else {
    streamNodeMark(memory, entry)
    // The next one is behind it in the node: who deletes all of them in turn would look at each again and again.
    if (isFirst) setFirstId(memory, stream, streamNodeNext(memory, entry))
    streamNodeCount(memory, node, 1)
  }
  if (streamMaxDeletedId(memory, stream, sought).compare(id) < 0) idToWords(memory, stream, MAX_DELETED_ID, id)
  return true
}

function compareWithFirst(memory: Memory, stream: Ref, id: StreamId): number {
  return id.compare(streamFirstId(memory, stream, sought))
}

/** Sets the first id anew, whose entry has gone. */
function findFirstId(memory: Memory, stream: Ref): void {
  sought.setMin()
  const nodes = nodesOf(memory, stream)
  if (streamLength(memory, stream) > 0 && treeFirst(memory, nodes, cursor)) {
    do {
      entry.node = treeItem(memory, cursor)
      if (setFirstId(memory, stream, streamNodeFirst(memory, entry.node))) return
    } while (treeNext(memory, cursor))
  }
  idToWords(memory, stream, FIRST_ID, sought)
}

/** To that of the first live entry from a position of the node of `entry` on; false when there is none. */
function setFirstId(memory: Memory, stream: Ref, position: number): boolean {
  for (let at = position; at !== 0; at = streamNodeNext(memory, entry)) {
    streamNodeRead(memory, entry.node, at, entry)
    if (entry.isDeleted) continue
    idToWords(memory, stream, FIRST_ID, entry.id)
    return true
  }
  return false
}

/** How a stream is to be trimmed: to so many entries, or from an id on. */
export interface Trim {
  by: 'length' | 'id'
  maxLength: number
  readonly minId: StreamId
  /** Only whole nodes go. */
  approximate: boolean
  /** No more entries than this go; 0: as many as there are. */
  limit: number
}

/** Deletes entries from the beginning, and answers how many. */
export function streamTrim(memory: Memory, stream: Ref, trim: Trim): number {
  const nodes = nodesOf(memory, stream)
  let length = streamLength(memory, stream)
  let gone = 0
  while (treeFirst(memory, nodes, cursor) && !(trim.by === 'length' && length <= trim.maxLength)) {
    const node = treeItem(memory, cursor)
    const live = streamNodeLive(memory, node)
    if (trim.limit > 0 && gone + live > trim.limit) break
    if (isAllTrimmed(memory, node, length - live, trim)) {
      blockWillChange(memory, node)
      treeRemove(memory, nodes, cursor)
      memory.free(node)
      length -= live
      gone += live
      continue
    }
    if (!trim.approximate) {
      const marked = trimNode(memory, node, length, trim)
      length -= marked
      gone += marked
    }
    break
  }
  if (gone === 0) return 0
  setBlockWord(memory, stream, LENGTH, length)
  findFirstId(memory, stream)
  return gone
}

/** Whether a node goes as a whole. `rest` is what the stream's length is without it. */
function isAllTrimmed(memory: Memory, node: Ref, rest: number, trim: Trim): boolean {
  if (trim.by === 'length') return rest >= trim.maxLength
  streamNodeRead(memory, node, streamNodeLast(memory, node), entry)
  return entry.id.compare(trim.minId) < 0
}

/** Deletes the first entries of a node, as far as the trimming goes; how many. */
function trimNode(memory: Memory, node: Ref, length: number, trim: Trim): number {
  let marked = 0
  for (let at = streamNodeFirst(memory, node); at !== 0; at = streamNodeNext(memory, entry)) {
    if (trim.by === 'length' && length - marked <= trim.maxLength) break
    streamNodeRead(memory, node, at, entry)
    if (trim.by === 'id' && entry.id.compare(trim.minId) >= 0) break
    if (entry.isDeleted) continue
    blockWillChange(memory, node)
    streamNodeMark(memory, entry)
    marked++
  }
  if (marked > 0) streamNodeCount(memory, node, marked)
  return marked
}
