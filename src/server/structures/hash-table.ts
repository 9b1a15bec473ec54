/*
 * The hash table: open addressing in groups of one cache line. It serves the
 * keyspace, the index of keys that expire, and every big hash, set and sorted
 * set. Its items are records (record.ts); all of its state lies in the arena.
 *
 * Here items are found, added, replaced and taken out by their keys, and it is
 * decided how big a table is. Its bytes are drawn in table-groups.ts; how it gets
 * bigger is in table-resize.ts, and how its items are come by without their keys in
 * table-walk.ts.
 *
 * An empty table has no groups: removing the last item gives all memory back.
 */
import { sipHash } from '../base/siphash.ts'
import type { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { recordHasKey } from './record.ts'
import {
  COUNT,
  clearSlot,
  EVERY_BYTE,
  GROUP_BYTES,
  GROUP_ITEMS,
  GROUP_SHIFT,
  GROUPS,
  HEADER_WORDS,
  LOW_BITS,
  MASK,
  MOVED,
  NEXT,
  NEXT_MASK,
  OVERFLOW,
  OVERFLOW_MASK,
  place,
  REFS,
  readAhead,
  slotOf,
  tagOf,
  type Visit,
} from './table-groups.ts'
import { moveGroups, startResize } from './table-resize.ts'

/** Home groups that an insertion or removal moves while the table resizes. Two keep it well ahead of any growth. */
const MOVES_PER_WRITE = 2

/** The items at which a table of that many groups grows: 7/8 full. */
const growthCount = (groups: number): number => Math.floor((groups * GROUP_ITEMS * 7) / 8)
/** With no memory to grow, it fills up to 15/16; beyond that probes would get long. */
const refusalCount = (groups: number): number => Math.floor((groups * GROUP_ITEMS * 15) / 16)
/** Below it a table shrinks: 1/8 full. */
const shrinkCount = (groups: number): number => (groups * GROUP_ITEMS) >>> 3

/** The hash of a key, as all tables of this arena use it. */
export function hashOf(memory: Memory, key: Slice): number {
  return sipHash(memory.hashKey, key.buf, key.at, key.size)
}

/** An empty table; NIL when memory is exhausted. */
export function tableCreate(memory: Memory): Ref {
  return memory.allocZeroed(HEADER_WORDS * 4)
}

export function tableCount(memory: Memory, table: Ref): number {
  return memory.u32[table >>> SEGMENT_SHIFT][(table & WORD_MASK) + COUNT]
}

/** The bytes of the table itself: header and groups, not its items. */
export function tableBytes(memory: Memory, table: Ref): number {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  let bytes = memory.sizeOf(table)
  if (header[h + GROUPS] !== NIL) bytes += memory.sizeOf(header[h + GROUPS] as Ref)
  if (header[h + NEXT] !== NIL) bytes += memory.sizeOf(header[h + NEXT] as Ref)
  return bytes
}

/** The item with this key, or NIL. `hash` is hashOf(key). Allocates nothing. */
export function tableFind(memory: Memory, table: Ref, key: Slice, hash: number): Ref {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  let groups = header[h + GROUPS]
  if (groups === NIL) return NIL
  let mask = header[h + MASK]
  if (header[h + NEXT] !== NIL && (hash & mask) < header[h + MOVED]) {
    groups = header[h + NEXT]
    mask = header[h + NEXT_MASK]
  }
  return findInGroups(
    memory,
    memory.u32[groups >>> SEGMENT_SHIFT],
    groups & WORD_MASK,
    mask,
    hash,
    key.buf,
    key.at,
    key.size,
  )
}

/**
 * Compares a group's tags four at a time: `x` has a zero byte where a tag is the wanted one, and
 * `hits` a top bit there, exactly. Overflow alone does not end it: two groups may each have been full
 * when an item of theirs came, and count it still after others left. So it also ends where it began.
 */
function findInGroups(
  memory: Memory,
  u32: Uint32Array,
  base: number,
  mask: number,
  hash: number,
  buf: Uint8Array,
  at: number,
  size: number,
): Ref {
  const pattern = Math.imul(tagOf(hash), EVERY_BYTE)
  const home = hash & mask
  let group = home
  for (;;) {
    const g = base + (group << GROUP_SHIFT)
    for (let w = 0; w < 3; w++) {
      const x = u32[g + w] ^ pattern
      let hits = ~(((x & LOW_BITS) + LOW_BITS) | x | LOW_BITS)
      while (hits !== 0) {
        const slot = (w << 2) + ((31 - Math.clz32(hits & -hits)) >>> 3)
        const ref = u32[g + REFS + slot] as Ref
        if (recordHasKey(memory, ref, buf, at, size)) return ref
        hits &= hits - 1
      }
    }
    if ((u32[g + OVERFLOW] & OVERFLOW_MASK) === 0) return NIL
    group = (group + 1) & mask
    if (group === home) return NIL
  }
}

/** Searches are prepared for so many keys at a time. */
export const READ_AHEAD_KEYS = 16
const tagsAhead = new Int32Array(READ_AHEAD_KEYS)
/** Which array of groups, and the word in it. */
const arraysAhead = new Uint32Array(READ_AHEAD_KEYS)
const groupsAhead = new Uint32Array(READ_AHEAD_KEYS)
/** Tables of less are in the cache anyway. */
const READ_AHEAD_GROUPS_MIN = 256

/**
 * Reads what the searches for keys[from] to before keys[to], for READ_AHEAD_KEYS of them at most, will read. A search
 * waits for memory twice, for the group and for the record; these wait together (measured: a fifth off the removal of
 * a million members by one command). Changes nothing.
 */
export function tableReadAhead(memory: Memory, table: Ref, keys: readonly Slice[], from: number, to: number): void {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  const mask = header[h + MASK]
  if (mask < READ_AHEAD_GROUPS_MIN) return
  const count = Math.min(to - from, READ_AHEAD_KEYS)
  for (let i = 0; i < count; i++) {
    const hash = hashOf(memory, keys[from + i])
    const isMoved = header[h + NEXT] !== NIL && (hash & mask) < header[h + MOVED]
    const array = header[h + (isMoved ? NEXT : GROUPS)]
    tagsAhead[i] = tagOf(hash)
    arraysAhead[i] = array
    groupsAhead[i] = (array & WORD_MASK) + ((hash & header[h + (isMoved ? NEXT_MASK : MASK)]) << GROUP_SHIFT)
  }
  for (let i = 0; i < count; i++) readAhead[0] = memory.u32[arraysAhead[i] >>> SEGMENT_SHIFT][groupsAhead[i]]
  for (let i = 0; i < count; i++) {
    const u32 = memory.u32[arraysAhead[i] >>> SEGMENT_SHIFT]
    const g = groupsAhead[i]
    const pattern = Math.imul(tagsAhead[i], EVERY_BYTE)
    for (let w = 0; w < 3; w++) {
      const x = u32[g + w] ^ pattern
      const hits = ~(((x & LOW_BITS) + LOW_BITS) | x | LOW_BITS)
      if (hits === 0) continue
      const ref = u32[g + REFS + (w << 2) + ((31 - Math.clz32(hits & -hits)) >>> 3)]
      readAhead[0] = memory.u32[ref >>> SEGMENT_SHIFT][ref & WORD_MASK]
    }
  }
}

/**
 * What is told before an item of a table changes without being replaced, or anything else that goes with it:
 * whoever writes the table down as it was wants it first. Adding, removing and replacing tell by themselves.
 */
export function tableWillChange(memory: Memory, table: Ref, hash: number): void {
  if (memory.witness !== undefined) memory.witness.itemWillChange(table, hash)
}

/**
 * Adds an item whose key is not in the table. False when memory is exhausted: nothing changed, the
 * record is still the caller's. `hash` is that of its key.
 */
export function tableInsert(memory: Memory, table: Ref, hash: number, ref: Ref): boolean {
  tableWillChange(memory, table, hash)
  if (!tableReserve(memory, table)) return false
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  header[h + COUNT]++
  if (header[h + NEXT] !== NIL && (hash & header[h + MASK]) < header[h + MOVED]) {
    place(memory, header[h + NEXT] as Ref, header[h + NEXT_MASK], hash, ref)
  } else place(memory, header[h + GROUPS] as Ref, header[h + MASK], hash, ref)
  return true
}

/** Makes sure that the next insertion succeeds; false when memory is exhausted. Moves items if resizing. */
export function tableReserve(memory: Memory, table: Ref): boolean {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  if (header[h + NEXT] !== NIL) moveGroups(memory, table, MOVES_PER_WRITE)
  const wanted = header[h + COUNT] + 1
  if (header[h + NEXT] !== NIL) {
    if (
      wanted <= growthCount(Math.max(header[h + MASK], header[h + NEXT_MASK]) + 1) &&
      wanted <= refusalCount(header[h + NEXT_MASK] + 1)
    )
      return true
    // Shrinking while it fills up again faster than it moves: be done with it.
    moveGroups(memory, table, header[h + MASK] + 1)
  }
  if (header[h + GROUPS] === NIL) return setGroups(memory, table, 1)
  const groups = header[h + MASK] + 1
  if (wanted <= growthCount(groups)) return true
  return startResize(memory, table, groups * 2) || wanted <= refusalCount(groups)
}

/**
 * The most bytes that a table allocates for itself until it has `more` items more: what a write that must not fail
 * halfway makes sure of. NIL stands for a table that is still to be made.
 */
export function tableGrowthBytes(memory: Memory, table: Ref, more: number): number {
  let bytes = table === NIL ? HEADER_WORDS * 4 : 0
  let count = more
  let groups = 0
  if (table !== NIL) {
    const header = memory.u32[table >>> SEGMENT_SHIFT]
    const h = table & WORD_MASK
    count += header[h + COUNT]
    if (header[h + GROUPS] !== NIL) groups = header[h + (header[h + NEXT] === NIL ? MASK : NEXT_MASK)] + 1
  }
  // It could take some more without growing, but it grows if it can, and takes the room of what is to come.
  for (; count > growthCount(groups); bytes += groups * GROUP_BYTES) groups = groups === 0 ? 1 : groups * 2
  return bytes
}

/** Gives an empty table room for so many items at once, if there is memory for it; else it grows as they come. */
export function tablePresize(memory: Memory, table: Ref, items: number): void {
  let groups = 1
  while (growthCount(groups) < items) groups *= 2
  if (tableCount(memory, table) === 0 && groups <= PRESIZED_GROUPS_MAX) {
    tableClear(memory, table)
    setGroups(memory, table, groups)
  }
}

/** More than this is believed only when the items are there. */
const PRESIZED_GROUPS_MAX = 1 << 22

/** Gives a table without groups its first ones; false when memory is exhausted. */
function setGroups(memory: Memory, table: Ref, count: number): boolean {
  const groups = memory.allocZeroed(count * GROUP_BYTES)
  if (groups === NIL) return false
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  header[h + GROUPS] = groups
  header[h + MASK] = count - 1
  return true
}

/** Takes an item out, which is in the table, and moves or shrinks the table. The record is then the caller's. */
export function tableRemove(memory: Memory, table: Ref, hash: number, ref: Ref): void {
  tableWillChange(memory, table, hash)
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  if (header[h + NEXT] !== NIL && (hash & header[h + MASK]) < header[h + MOVED]) {
    displace(memory, header[h + NEXT] as Ref, header[h + NEXT_MASK], hash, ref)
  } else displace(memory, header[h + GROUPS] as Ref, header[h + MASK], hash, ref)
  const count = --header[h + COUNT]
  if (count === 0) tableClear(memory, table)
  else if (header[h + NEXT] !== NIL) moveGroups(memory, table, MOVES_PER_WRITE)
  else if (header[h + MASK] > 0 && count < shrinkCount(header[h + MASK] + 1)) {
    // To half full. A failure only means that it stays as big as it is.
    let groups = 1
    while (groups * GROUP_ITEMS < count * 2) groups *= 2
    startResize(memory, table, groups)
  }
}

function displace(memory: Memory, groups: Ref, mask: number, hash: number, ref: Ref): void {
  const u32 = memory.u32[groups >>> SEGMENT_SHIFT]
  const base = groups & WORD_MASK
  clearSlot(u32, base, mask, hash & mask, slotOf(u32, base, mask, hash, ref))
}

/** Puts another record with the same key in an item's place. */
export function tableReplace(memory: Memory, table: Ref, hash: number, old: Ref, ref: Ref): void {
  tableWillChange(memory, table, hash)
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  const isMoved = header[h + NEXT] !== NIL && (hash & header[h + MASK]) < header[h + MOVED]
  const groups = header[h + (isMoved ? NEXT : GROUPS)]
  const u32 = memory.u32[groups >>> SEGMENT_SHIFT]
  u32[slotOf(u32, groups & WORD_MASK, header[h + (isMoved ? NEXT_MASK : MASK)], hash, old)] = ref
}

/** Empties the table. Its items are the caller's, who knows them otherwise. */
export function tableClear(memory: Memory, table: Ref): void {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  if (header[h + GROUPS] !== NIL) memory.free(header[h + GROUPS] as Ref)
  if (header[h + NEXT] !== NIL) memory.free(header[h + NEXT] as Ref)
  header.fill(0, h, h + HEADER_WORDS)
}

// Freeing

/** Frees a table, handing each item to `freeItem` first. */
export function tableFree(memory: Memory, table: Ref, freeItem: Visit): void {
  // One call frees the items of one array at most.
  while (!tableFreeSome(memory, table, Number.MAX_SAFE_INTEGER, freeItem));
}

/**
 * Frees about `items` items of a table that nobody uses any more, and the table after its last one.
 * Answers true when the table is gone. Between the calls nothing else
 * may be done with it: the masks then count down to the groups that are still to be freed.
 */
export function tableFreeSome(memory: Memory, table: Ref, items: number, freeItem: Visit): boolean {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  // The array that items are being moved to goes first, whole homes at a time from its end.
  const which = header[h + NEXT] !== NIL ? NEXT : GROUPS
  const groups = header[h + which] as Ref
  if (groups === NIL) {
    memory.free(table)
    return true
  }
  const u32 = memory.u32[groups >>> SEGMENT_SHIFT]
  const base = groups & WORD_MASK
  let left = items
  let group = header[h + which + 1]
  for (; group >= 0 && left > 0; group--) {
    const first = base + (group << GROUP_SHIFT) + REFS
    for (let slot = first; slot < first + GROUP_ITEMS; slot++) {
      if (u32[slot] === NIL) continue
      freeItem(u32[slot] as Ref)
      header[h + COUNT]--
      left--
    }
    left--
  }
  if (group < 0) {
    memory.free(groups)
    header[h + which] = NIL
    header[h + which + 1] = 0
  } else header[h + which + 1] = group
  return false
}
