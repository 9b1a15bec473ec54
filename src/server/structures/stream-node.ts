/*
 * A node of a stream: some consecutive entries in one block, in exactly the bytes
 * that Redis and Valkey have for them, because RDB files and DUMP carry them so.
 *
 *  word  0          1         2          3        4
 *        +----------+---------+----------+--------+------- - - -+- - - -
 *        | msHigh   | msLow   | seqHigh  | seqLow | listpack    | room
 *        +----------+---------+----------+--------+------- - - -+- - - -
 *
 * The id is that of the node's first entry, the master id, deleted or not. What the
 * listpack (listpack.ts) holds, one entry of it a word here:
 *
 *   master    live | deleted | fields | field ... | 0
 *   an entry  flags | ms | seq | value ...                  | walk     with SAME_FIELDS
 *             flags | ms | seq | fields | field | value ... | walk     without
 *
 * `live` and `deleted` count entries. `ms` and `seq` are differences to the master
 * id, modulo 2^64 as signed integers. An entry with the fields of the first one does
 * not repeat them. `walk` is how many listpack entries to go back to `flags`. A
 * deleted entry stays, with a flag; the node goes with its last live one.
 *
 * Positions are byte offsets from the start of the listpack, 0 = none, and dead after
 * any change of it. Blocks have room to grow; streamNodeTrim gives it back.
 */
import { assertLayout } from '../base/assert.ts'
import type { Slice } from '../base/slice.ts'
import { StreamId } from '../base/stream-id.ts'
import type { Memory } from '../memory/arena.ts'
import { copyBytes, moveBytes } from '../memory/bytes.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { compareWords, idFromWords, idToWords } from './id-words.ts'
import {
  before,
  END,
  encodeEntry,
  entryBytesMax,
  entryHigh,
  entryIs,
  entryLow,
  entryText,
  integerEntryBytes,
  nextEntry,
  writeEntry,
  writeIntegerEntry,
  writeU32,
} from './listpack-entry.ts'

// The block, in words.
const MASTER_ID = 0
const LISTPACK = 4
assertLayout('stream node', LISTPACK, [[MASTER_ID, 4]])
const LISTPACK_BYTES = LISTPACK * 4

// The listpack's own header, in bytes.
const COUNT = 4
const MASTER = 6

export const DELETED = 1
export const SAME_FIELDS = 2

/** What an entry takes at most besides its texts: flags, differences, two counts, and growth of the master's counters. */
const FRAME_BYTES = 40
/** A node of this many entries may need a few bytes more when some of them are deleted: counters get longer. */
const GROWING_ENTRIES = 128
const GROWTH_BYTES = 4
/** Listpacks of this many entries and more are walked to count them. */
const COUNT_UNKNOWN = 0xffff

const packAt = (node: Ref): number => ((node & WORD_MASK) + LISTPACK) << 2

/** One entry as it lies in a node: where it is and what it has. */
export class StreamEntry {
  readonly id = new StreamId()
  node: Ref = NIL
  at = 0
  flags = 0
  /** The number of fields. */
  fields = 0
  /** The position of the first field's name: the master's or the entry's own. */
  namesAt = 0
  /** The position of the first value, with names of its own of the first name. */
  valuesAt = 0

  get isDeleted(): boolean {
    return (this.flags & DELETED) !== 0
  }

  get hasOwnNames(): boolean {
    return (this.flags & SAME_FIELDS) === 0
  }
}

export function streamNodeId(memory: Memory, node: Ref, id: StreamId): StreamId {
  return idFromWords(memory, node, MASTER_ID, id)
}

/** As compareWords, of the master id. */
export function compareNode(memory: Memory, node: Ref, id: StreamId): number {
  return compareWords(memory, node, MASTER_ID, id)
}

/** The size of the listpack in bytes. */
export function streamNodeSize(memory: Memory, node: Ref): number {
  return memory.u32[node >>> SEGMENT_SHIFT][(node & WORD_MASK) + LISTPACK]
}

/** The entries that are not deleted. */
export function streamNodeLive(memory: Memory, node: Ref): number {
  return entryLow(memory.u8[node >>> SEGMENT_SHIFT], packAt(node) + MASTER)
}

/** The entries that are deleted. */
function deletedOf(memory: Memory, node: Ref): number {
  const u8 = memory.u8[node >>> SEGMENT_SHIFT]
  return entryLow(u8, nextEntry(u8, packAt(node) + MASTER))
}

export function streamNodeEntries(memory: Memory, node: Ref): number {
  return streamNodeLive(memory, node) + deletedOf(memory, node)
}

// Making and adding. Fields and values are the texts from argv[first] to argv[end - 1].

/** The most bytes by which a node grows when these are added. */
export function streamEntryBytesMax(argv: readonly Slice[], first: number, end: number): number {
  let bytes = FRAME_BYTES
  for (let i = first; i < end; i++) bytes += entryBytesMax(argv[i].size)
  return bytes
}

/** The bytes of a block for a node whose listpack has `size` bytes. */
function blockBytes(size: number): number {
  return LISTPACK_BYTES + size
}

/** A node of one entry in a block that has room for `size` bytes; NIL when memory is exhausted. */
export function streamNodeCreate(
  memory: Memory,
  id: StreamId,
  argv: readonly Slice[],
  first: number,
  end: number,
  size: number,
): Ref {
  const needed = MASTER + 1 + streamEntryBytesMax(argv, first, end)
  let node = memory.alloc(blockBytes(Math.max(size, needed)))
  // Greed is no reason to fail.
  if (node === NIL && size > needed) node = memory.alloc(blockBytes(needed))
  if (node === NIL) return NIL
  idToWords(memory, node, MASTER_ID, id)
  const u8 = memory.u8[node >>> SEGMENT_SHIFT]
  const start = packAt(node)
  const fields = (end - first) / 2
  let at = writeIntegerEntry(u8, start + MASTER, 0, 1)
  at = writeIntegerEntry(u8, at, 0, 0)
  at = writeIntegerEntry(u8, at, 0, fields)
  for (let i = first; i < end; i += 2) at = writeText(u8, at, argv[i])
  at = writeIntegerEntry(u8, at, 0, 0)
  at = writeIntegerEntry(u8, at, 0, SAME_FIELDS)
  at = writeIntegerEntry(u8, at, 0, 0)
  at = writeIntegerEntry(u8, at, 0, 0)
  for (let i = first + 1; i < end; i += 2) at = writeText(u8, at, argv[i])
  at = writeIntegerEntry(u8, at, 0, fields + 3)
  u8[at] = END
  writeU32(u8, start, at + 1 - start)
  writeCount(u8, start, 2 * fields + 8)
  return node
}

/**
 * Adds an entry with an id after all others of the node, where it lies; false: its block is too small,
 * nothing changed. The texts are none of the node's own.
 */
export function streamNodeAppend(
  memory: Memory,
  node: Ref,
  id: StreamId,
  argv: readonly Slice[],
  first: number,
  end: number,
): boolean {
  const size = streamNodeSize(memory, node)
  if (blockBytes(size + streamEntryBytesMax(argv, first, end)) > memory.sizeOf(node)) return false
  const u8 = memory.u8[node >>> SEGMENT_SHIFT]
  const start = packAt(node)
  const fields = (end - first) / 2
  const grown = setCounters(u8, start, size, entryLow(u8, start + MASTER) + 1, undefined)
  const isSame = hasNames(u8, start, argv, first, end)
  let at = start + grown - 1
  at = writeIntegerEntry(u8, at, 0, isSame ? SAME_FIELDS : 0)
  at = writeDifference(u8, at, memory.u32[node >>> SEGMENT_SHIFT], node & WORD_MASK, id)
  if (!isSame) at = writeIntegerEntry(u8, at, 0, fields)
  for (let i = isSame ? first + 1 : first; i < end; i += isSame ? 2 : 1) at = writeText(u8, at, argv[i])
  const walk = isSame ? fields + 3 : 2 * fields + 4
  at = writeIntegerEntry(u8, at, 0, walk)
  u8[at] = END
  writeU32(u8, start, at + 1 - start)
  const count = u8[start + COUNT] | (u8[start + COUNT + 1] << 8)
  if (count !== COUNT_UNKNOWN) writeCount(u8, start, count + walk + 1)
  return true
}

function writeText(u8: Uint8Array, at: number, text: Slice): number {
  encodeEntry(text)
  return writeEntry(u8, at, text)
}

function writeCount(u8: Uint8Array, start: number, count: number): void {
  const stored = Math.min(count, COUNT_UNKNOWN)
  u8[start + COUNT] = stored
  u8[start + COUNT + 1] = stored >>> 8
}

/** Writes what an id is away from the master id at `word`. */
function writeDifference(u8: Uint8Array, at: number, u32: Uint32Array, word: number, id: StreamId): number {
  const ms = id.msLow - u32[word + 1]
  const msHigh = (id.msHigh - u32[word] - (ms < 0 ? 1 : 0)) | 0
  const next = writeIntegerEntry(u8, at, msHigh, ms >>> 0)
  const seq = id.seqLow - u32[word + 3]
  const seqHigh = (id.seqHigh - u32[word + 2] - (seq < 0 ? 1 : 0)) | 0
  return writeIntegerEntry(u8, next, seqHigh, seq >>> 0)
}

/** Whether the master has exactly these fields. */
function hasNames(u8: Uint8Array, start: number, argv: readonly Slice[], first: number, end: number): boolean {
  let at = nextEntry(u8, nextEntry(u8, start + MASTER))
  if (entryLow(u8, at) !== (end - first) / 2) return false
  for (let i = first; i < end; i += 2) {
    at = nextEntry(u8, at)
    if (!entryIs(u8, at, argv[i])) return false
  }
  return true
}

/** Writes the master's counters, moving what follows if they take more or fewer bytes; the listpack's size then. */
function setCounters(u8: Uint8Array, start: number, size: number, live: number, deleted: number | undefined): number {
  const at = start + MASTER
  const middle = nextEntry(u8, at)
  const newDeleted = deleted ?? entryLow(u8, middle)
  const tail = nextEntry(u8, middle)
  const newTail = at + integerEntryBytes(live) + integerEntryBytes(newDeleted)
  if (newTail !== tail) {
    moveBytes(u8, newTail, tail, start + size - tail)
    writeU32(u8, start, size + newTail - tail)
  }
  writeIntegerEntry(u8, writeIntegerEntry(u8, at, 0, live), 0, newDeleted)
  return size + newTail - tail
}

/** The same node in a block with room for `size` bytes; NIL when memory is exhausted: nothing changed. */
export function streamNodeMove(memory: Memory, node: Ref, size: number): Ref {
  const moved = copyTo(memory, node, memory, size)
  if (moved !== NIL) memory.free(node)
  return moved
}

/** Gives back what a node that grows no more does not need; where it is then. */
export function streamNodeTrim(memory: Memory, node: Ref): Ref {
  const size = finishedSize(memory, node)
  if (memory.blockSize(blockBytes(size)) >= memory.sizeOf(node)) return node
  const moved = streamNodeMove(memory, node, size)
  return moved === NIL ? node : moved
}

/** What the listpack of a node that gets no more entries may come to have. */
function finishedSize(memory: Memory, node: Ref): number {
  const size = streamNodeSize(memory, node)
  return streamNodeEntries(memory, node) < GROWING_ENTRIES ? size : size + GROWTH_BYTES
}

/** A copy of a node in the arena `to`; NIL when that is exhausted. */
export function streamNodeCopy(memory: Memory, node: Ref, to: Memory): Ref {
  return copyTo(memory, node, to, finishedSize(memory, node))
}

/** Aims `out` at the bytes of the listpack. */
export function streamNodeBytes(memory: Memory, node: Ref, out: Slice): Slice {
  return out.aim(memory.u8[node >>> SEGMENT_SHIFT], packAt(node), streamNodeSize(memory, node))
}

/** A node of a listpack that streamNodeSurvey (stream-survey.ts) has accepted; NIL when memory is exhausted. */
export function streamNodeOf(memory: Memory, id: StreamId, bytes: Slice): Ref {
  const node = memory.alloc(blockBytes(bytes.size + GROWTH_BYTES))
  if (node === NIL) return NIL
  idToWords(memory, node, MASTER_ID, id)
  copyBytes(memory.u8[node >>> SEGMENT_SHIFT], packAt(node), bytes.buf, bytes.at, bytes.size)
  return node
}

function copyTo(memory: Memory, node: Ref, to: Memory, size: number): Ref {
  const copy = to.alloc(blockBytes(size))
  if (copy === NIL) return NIL
  const from = memory.u8[node >>> SEGMENT_SHIFT]
  const bytes = blockBytes(streamNodeSize(memory, node))
  copyBytes(to.u8[copy >>> SEGMENT_SHIFT], (copy & WORD_MASK) << 2, from, (node & WORD_MASK) << 2, bytes)
  return copy
}

// Walking

/** The position of the first entry, deleted or not. */
export function streamNodeFirst(memory: Memory, node: Ref): number {
  const u8 = memory.u8[node >>> SEGMENT_SHIFT]
  const start = packAt(node)
  let at = nextEntry(u8, nextEntry(u8, start + MASTER))
  for (let left = entryLow(u8, at) + 2; left > 0; left--) at = nextEntry(u8, at)
  return at - start
}

/** The position of the last entry, deleted or not. */
export function streamNodeLast(memory: Memory, node: Ref): number {
  return streamNodePrevious(memory, node, streamNodeSize(memory, node) - 1)
}

/** The position of the entry before the one at `position`; 0 when that is the first. */
export function streamNodePrevious(memory: Memory, node: Ref, position: number): number {
  const u8 = memory.u8[node >>> SEGMENT_SHIFT]
  const start = packAt(node)
  let at = before(u8, start, position)
  const walk = entryLow(u8, start + at)
  for (let left = walk; left > 0; left--) at = before(u8, start, at)
  return walk === 0 ? 0 : at
}

/** Reads the entry at `position`. */
export function streamNodeRead(memory: Memory, node: Ref, position: number, entry: StreamEntry): void {
  const u8 = memory.u8[node >>> SEGMENT_SHIFT]
  const start = packAt(node)
  entry.node = node
  entry.at = position
  entry.flags = entryLow(u8, start + position)
  const ms = nextEntry(u8, start + position)
  const seq = nextEntry(u8, ms)
  addDifference(u8, ms, seq, memory.u32[node >>> SEGMENT_SHIFT], node & WORD_MASK, entry.id)
  let at = nextEntry(u8, seq)
  if (entry.flags & SAME_FIELDS) {
    const fields = nextEntry(u8, nextEntry(u8, start + MASTER))
    entry.fields = entryLow(u8, fields)
    entry.namesAt = nextEntry(u8, fields) - start
  } else {
    entry.fields = entryLow(u8, at)
    at = nextEntry(u8, at)
    entry.namesAt = at - start
  }
  entry.valuesAt = at - start
}

function addDifference(u8: Uint8Array, ms: number, seq: number, u32: Uint32Array, word: number, id: StreamId): void {
  const msLow = u32[word + 1] + entryLow(u8, ms)
  const seqLow = u32[word + 3] + entryLow(u8, seq)
  id.set(
    (u32[word] + entryHigh(u8, ms) + (msLow > 0xffff_ffff ? 1 : 0)) >>> 0,
    msLow >>> 0,
    (u32[word + 2] + entryHigh(u8, seq) + (seqLow > 0xffff_ffff ? 1 : 0)) >>> 0,
    seqLow >>> 0,
  )
}

/** The position of the entry after the one that `entry` has read; 0 when that is the last. */
export function streamNodeNext(memory: Memory, entry: StreamEntry): number {
  const u8 = memory.u8[entry.node >>> SEGMENT_SHIFT]
  const start = packAt(entry.node)
  let at = start + entry.valuesAt
  for (let left = entry.hasOwnNames ? entry.fields * 2 : entry.fields; left > 0; left--) at = nextEntry(u8, at)
  at = nextEntry(u8, at)
  return u8[at] === END ? 0 : at - start
}

/** Aims `out` at the name or value at `position`, and answers where the next one is. */
export function streamNodeText(memory: Memory, node: Ref, position: number, out: Slice): number {
  const u8 = memory.u8[node >>> SEGMENT_SHIFT]
  const start = packAt(node)
  entryText(u8, start + position, out)
  return nextEntry(u8, start + position) - start
}

// Deleting

/** Flags an entry as deleted, leaving the counters to streamNodeCount: the position stays good. */
export function streamNodeMark(memory: Memory, entry: StreamEntry): void {
  const u8 = memory.u8[entry.node >>> SEGMENT_SHIFT]
  entry.flags |= DELETED
  // Flags are so small that they are one byte.
  u8[packAt(entry.node) + entry.at] = entry.flags
}

/** Books `marked` entries, which were live, as deleted. */
export function streamNodeCount(memory: Memory, node: Ref, marked: number): void {
  const u8 = memory.u8[node >>> SEGMENT_SHIFT]
  const live = streamNodeLive(memory, node) - marked
  setCounters(u8, packAt(node), streamNodeSize(memory, node), live, deletedOf(memory, node) + marked)
}
