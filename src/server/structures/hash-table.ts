/*
 * The hash table: open addressing in groups of one cache line. It serves the
 * keyspace, the index of keys that expire, and every big hash, set and sorted
 * set. Its items are records (record.ts); all of its state lies in the arena.
 *
 * GROUP, 64 bytes:
 *
 *  byte  0            12         14        16                        64
 *        +------------+----------+---------+-- - - - - - - - - - - --+
 *        | 12 tags    | overflow | epoch   | 12 Refs of records      |
 *        | u8, 0 = no | u16      | u16     | u32, NIL = no item      |
 *        +------------+----------+---------+-- - - - - - - - - - - --+
 *
 * An item's home is the group numbered by the low bits of its hash; its tag is
 * the hash's top byte (1 instead of 0). When its home is full it goes to the next
 * group with room, wrapping around, and `overflow` of each full group that it
 * passed counts it. So a search ends at the first group with overflow 0 (or when
 * it is back home: in a small table that nearly filled up no group need have
 * one), there are no tombstones, and a removal counts the same groups down again. `epoch`
 * is for snapshots (which copy a group before its first change); 0 when unused.
 *
 * HEADER, one block; a table is known by the Ref of it, which never changes:
 *
 *  word  0       1        2      3      4          5
 *        +-------+--------+------+------+----------+-------+
 *        | count | groups | mask | next | nextMask | moved |
 *        +-------+--------+------+------+----------+-------+
 *
 * Resizing is incremental. `next` is then the new array of groups, and items go
 * over one home group at a time: those whose home is below `moved` are in `next`,
 * all others in `groups`. So a search looks in one array, never in both. Each
 * insertion and removal moves some; tableResizeStep moves more when idle.
 *
 * An empty table has no groups: removing the last item gives all memory back.
 */
import { assert, assertLayout } from '../base/assert.ts'
import type { Random } from '../base/random.ts'
import { sipHash } from '../base/siphash.ts'
import type { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { recordHash, recordHasKey } from './record.ts'

// A group, in words.
const TAGS = 0
const OVERFLOW = 3
const REFS = 4
const GROUP_WORDS = 16
const GROUP_SHIFT = 4
assertLayout('group', GROUP_WORDS, [
  [TAGS, 3],
  [OVERFLOW, 1],
  [REFS, 12],
])
const GROUP_BYTES = GROUP_WORDS * 4
const GROUP_ITEMS = 12
const OVERFLOW_MASK = 0xffff

// The header, in words.
const COUNT = 0
const GROUPS = 1
const MASK = 2
const NEXT = 3
const NEXT_MASK = 4
const MOVED = 5
const HEADER_WORDS = 6
assertLayout('table header', HEADER_WORDS, [
  [COUNT, 1],
  [GROUPS, 1],
  [MASK, 1],
  [NEXT, 1],
  [NEXT_MASK, 1],
  [MOVED, 1],
])

const EVERY_BYTE = 0x01010101
const LOW_BITS = 0x7f7f7f7f

/** Where words go that are read only so that they are in the cache. */
const readAhead = new Uint32Array(1)

/**
 * Odd, so that every group comes once. Of three million random ones this has the smallest numbers in the continued
 * fractions of WALK_STEP % 2^k / 2^k for all k to 26: in tables of every size its multiples keep apart.
 */
const WALK_STEP = 0x9c8d712f

/** Home groups that an insertion or removal moves while the table resizes. Two keep it well ahead of any growth. */
const MOVES_PER_WRITE = 2
/** A random probe gives up after this many empty slots and walks instead. */
const RANDOM_PROBES_MAX = 1_000

/** The items at which a table of that many groups grows: 7/8 full. */
const growthCount = (groups: number): number => Math.floor((groups * GROUP_ITEMS * 7) / 8)
/** With no memory to grow, it fills up to 15/16; beyond that probes would get long. */
const refusalCount = (groups: number): number => Math.floor((groups * GROUP_ITEMS * 15) / 16)
/** Below it a table shrinks: 1/8 full. */
const shrinkCount = (groups: number): number => (groups * GROUP_ITEMS) >>> 3

export type Visit = (ref: Ref) => void

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

export function tableIsResizing(memory: Memory, table: Ref): boolean {
  return memory.u32[table >>> SEGMENT_SHIFT][(table & WORD_MASK) + NEXT] !== NIL
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

function tagOf(hash: number): number {
  return hash >>> 24 || 1
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

/** Puts an item into the first slot from its home on. There is one. */
function place(memory: Memory, groups: Ref, mask: number, hash: number, ref: Ref): void {
  const u32 = memory.u32[groups >>> SEGMENT_SHIFT]
  const base = groups & WORD_MASK
  let group = hash & mask
  for (;;) {
    const g = base + (group << GROUP_SHIFT)
    for (let w = 0; w < 3; w++) {
      const x = u32[g + w]
      const empty = ~(((x & LOW_BITS) + LOW_BITS) | x | LOW_BITS)
      if (empty === 0) continue
      const byte = (31 - Math.clz32(empty & -empty)) >>> 3
      u32[g + w] = x | (tagOf(hash) << (byte << 3))
      u32[g + REFS + (w << 2) + byte] = ref
      return
    }
    assert((u32[g + OVERFLOW] & OVERFLOW_MASK) !== OVERFLOW_MASK, 'no group is passed by 65535 items')
    u32[g + OVERFLOW]++
    group = (group + 1) & mask
  }
}

/** The word of the slot's Ref in the array of groups at `base`, for an item that is there. */
function slotOf(u32: Uint32Array, base: number, mask: number, hash: number, ref: Ref): number {
  for (let group = hash & mask, passed = 0; passed <= mask; group = (group + 1) & mask, passed++) {
    const first = base + (group << GROUP_SHIFT) + REFS
    for (let slot = first; slot < first + GROUP_ITEMS; slot++) if (u32[slot] === ref) return slot
  }
  assert(false, 'an item that is removed or replaced is in the table')
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

/** Empties a slot and counts down the groups from the item's home to it. */
function clearSlot(u32: Uint32Array, base: number, mask: number, home: number, slot: number): void {
  const inGroups = slot - base
  const group = inGroups >>> GROUP_SHIFT
  const item = (inGroups & (GROUP_WORDS - 1)) - REFS
  u32[slot] = NIL
  u32[base + (group << GROUP_SHIFT) + (item >>> 2)] &= ~(0xff << ((item & 3) << 3))
  for (let passed = home; passed !== group; passed = (passed + 1) & mask)
    u32[base + (passed << GROUP_SHIFT) + OVERFLOW]--
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

// Resizing

function startResize(memory: Memory, table: Ref, groups: number): boolean {
  const next = memory.allocZeroed(groups * GROUP_BYTES)
  if (next === NIL) return false
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  header[h + NEXT] = next
  header[h + NEXT_MASK] = groups - 1
  header[h + MOVED] = 0
  return true
}

/** Moves items on while the table resizes; true when there is nothing left to move. */
export function tableResizeStep(memory: Memory, table: Ref, homes: number): boolean {
  if (tableIsResizing(memory, table)) moveGroups(memory, table, homes)
  return !tableIsResizing(memory, table)
}

function moveGroups(memory: Memory, table: Ref, homes: number): void {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  const groups = header[h + GROUPS] as Ref
  const mask = header[h + MASK]
  const end = Math.min(header[h + MOVED] + homes, mask + 1)
  for (let home = header[h + MOVED]; home < end; home++) {
    moveHome(memory, groups, mask, home, header[h + NEXT] as Ref, header[h + NEXT_MASK])
  }
  header[h + MOVED] = end
  if (end <= mask) return
  memory.free(groups)
  header[h + GROUPS] = header[h + NEXT]
  header[h + MASK] = header[h + NEXT_MASK]
  header[h + NEXT] = NIL
  header[h + NEXT_MASK] = 0
  header[h + MOVED] = 0
}

/** Moves the items whose home is this group, wherever they lie. */
function moveHome(memory: Memory, groups: Ref, mask: number, home: number, next: Ref, nextMask: number): void {
  const u32 = memory.u32[groups >>> SEGMENT_SHIFT]
  const base = groups & WORD_MASK
  let group = home
  for (;;) {
    const first = base + (group << GROUP_SHIFT) + REFS
    // Moving the items takes them off these counts: what is left afterwards is of other homes.
    const isPassed = (u32[first - REFS + OVERFLOW] & OVERFLOW_MASK) !== 0
    // These loads wait for memory together; the hashing below would wait for each in turn (measured: a
    // third off the cost of filling a table of a million).
    for (let slot = first; slot < first + GROUP_ITEMS; slot++) {
      const ref = u32[slot]
      readAhead[0] = memory.u32[ref >>> SEGMENT_SHIFT][ref & WORD_MASK]
    }
    for (let slot = first; slot < first + GROUP_ITEMS; slot++) {
      const ref = u32[slot] as Ref
      if (ref === NIL) continue
      const hash = recordHash(memory, ref)
      if ((hash & mask) !== home) continue
      clearSlot(u32, base, mask, home, slot)
      place(memory, next, nextMask, hash, ref)
    }
    if (!isPassed) return
    group = (group + 1) & mask
    if (group === home) return
  }
}

// Walks

/**
 * Visits the items of one home group and answers the next cursor, 0 when the walk is over. The
 * cursor counts through the homes with its bits in reverse, highest first: when the number of
 * groups changes between calls, the homes that are already behind it are the ones behind it in the
 * new table. So an item that is there from the first call to the last is visited, at least once.
 * While the table resizes, a home of the smaller array is visited together with all homes of the
 * larger one that its items come from or go to. The visitor must not write to the table.
 */
export function tableScan(memory: Memory, table: Ref, cursor: number, visit: Visit): number {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  const groups = header[h + GROUPS] as Ref
  if (groups === NIL) return 0
  const mask = header[h + MASK]
  const next = header[h + NEXT] as Ref
  if (next === NIL) {
    visitHome(memory, groups, mask, cursor & mask, visit, ALL_PARTS)
    return nextCursor(cursor, mask)
  }
  const nextMask = header[h + NEXT_MASK]
  const isGrowing = nextMask > mask
  const smallMask = isGrowing ? mask : nextMask
  const largeMask = isGrowing ? nextMask : mask
  visitHome(memory, isGrowing ? groups : next, smallMask, cursor & smallMask, visit, ALL_PARTS)
  let v = cursor
  do {
    visitHome(memory, isGrowing ? next : groups, largeMask, v & largeMask, visit, ALL_PARTS)
    v = nextCursor(v, largeMask)
  } while ((v & (smallMask ^ largeMask)) !== 0)
  return v
}

/** In how many homes the items lie now, a power of two. */
export function tableHomes(memory: Memory, table: Ref): number {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  return header[(table & WORD_MASK) + MASK] + 1
}

/** A home in 16 parts, by four bits of the tags of its items: as a mask. */
export const ALL_PARTS = 0xffff

/** The part, as a mask of one bit, in which an item with this hash is. */
export function tablePart(hash: number): number {
  return 1 << (tagOf(hash) & 15)
}

/**
 * Visits the items of some parts of one home as it was when there were `homes` of them, wherever growing and
 * shrinking have put them since. The visitor must not write to the table.
 */
export function tableVisitHome(
  memory: Memory,
  table: Ref,
  home: number,
  homes: number,
  visit: Visit,
  parts: number,
): void {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  for (let array = GROUPS; array <= NEXT; array += NEXT - GROUPS) {
    const groups = header[h + array] as Ref
    if (groups === NIL) continue
    const mask = header[h + array + 1]
    if (mask + 1 >= homes) {
      for (let part = home; part <= mask; part += homes) visitHome(memory, groups, mask, part, visit, parts)
    } else {
      const visitOwn = (ref: Ref): void => {
        if ((recordHash(memory, ref) & (homes - 1)) === home) visit(ref)
      }
      visitHome(memory, groups, mask, home & mask, visitOwn, parts)
    }
  }
}

function visitHome(memory: Memory, groups: Ref, mask: number, home: number, visit: Visit, parts: number): void {
  const u32 = memory.u32[groups >>> SEGMENT_SHIFT]
  const base = groups & WORD_MASK
  // Items of other homes lie here only if they passed the group before: hashing every key would be a waste.
  let isMixed = (u32[base + (((home - 1) & mask) << GROUP_SHIFT) + OVERFLOW] & OVERFLOW_MASK) !== 0
  let group = home
  do {
    const g = base + (group << GROUP_SHIFT)
    // As in moveHome: the records are waited for together.
    if (parts === ALL_PARTS) {
      for (let slot = g + REFS; slot < g + REFS + GROUP_ITEMS; slot++) {
        const ref = u32[slot]
        readAhead[0] = memory.u32[ref >>> SEGMENT_SHIFT][ref & WORD_MASK]
      }
    }
    for (let item = 0; item < GROUP_ITEMS; item++) {
      const tag = (u32[g + (item >>> 2)] >>> ((item & 3) << 3)) & 0xff
      if (tag === 0 || ((parts >>> (tag & 15)) & 1) === 0) continue
      const ref = u32[g + REFS + item] as Ref
      if (!isMixed || (recordHash(memory, ref) & mask) === home) visit(ref)
    }
    if ((u32[g + OVERFLOW] & OVERFLOW_MASK) === 0) return
    isMixed = true
    group = (group + 1) & mask
  } while (group !== home)
}

/** Adds one to the cursor read backwards, as a number of as many bits as the mask has. */
function nextCursor(cursor: number, mask: number): number {
  return reverseBits((reverseBits(cursor | ~mask) + 1) | 0) >>> 0
}

function reverseBits(value: number): number {
  let v = value
  v = ((v >>> 1) & 0x55555555) | ((v & 0x55555555) << 1)
  v = ((v >>> 2) & 0x33333333) | ((v & 0x33333333) << 2)
  v = ((v >>> 4) & 0x0f0f0f0f) | ((v & 0x0f0f0f0f) << 4)
  v = ((v >>> 8) & 0x00ff00ff) | ((v & 0x00ff00ff) << 8)
  return (v >>> 16) | (v << 16)
}

/** Visits every item once. The visitor must not write to the table. */
export function tableForEach(memory: Memory, table: Ref, visit: Visit): void {
  tableSome(memory, table, (ref) => {
    visit(ref)
    return false
  })
}

/** Visits items until `isEnough` says so of one; whether it did. It must not write to the table. */
export function tableSome(memory: Memory, table: Ref, isEnough: (ref: Ref) => boolean): boolean {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  return (
    someInGroups(memory, header[h + GROUPS] as Ref, header[h + MASK], isEnough) ||
    someInGroups(memory, header[h + NEXT] as Ref, header[h + NEXT_MASK], isEnough)
  )
}

/**
 * Homes are not walked in their order: whoever puts the items into another table, which grows with them, would fill
 * its homes one after the other with far more than they hold, as all tables hash alike (measured: 5.6 s to intersect
 * sets of 300,000, instead of 0.3). In steps of WALK_STEP the walk passes every home of a smaller table before it comes
 * to one again, and is never for long in one region of it.
 */
function someInGroups(memory: Memory, groups: Ref, mask: number, isEnough: (ref: Ref) => boolean): boolean {
  if (groups === NIL) return false
  const u32 = memory.u32[groups >>> SEGMENT_SHIFT]
  const base = groups & WORD_MASK
  let group = 0
  for (let walked = 0; walked <= mask; walked++) {
    const first = base + (group << GROUP_SHIFT) + REFS
    // As in moveHome: the records are waited for together.
    for (let slot = first; slot < first + GROUP_ITEMS; slot++) {
      const ref = u32[slot]
      readAhead[0] = memory.u32[ref >>> SEGMENT_SHIFT][ref & WORD_MASK]
    }
    for (let slot = first; slot < first + GROUP_ITEMS; slot++) {
      if (u32[slot] !== NIL && isEnough(u32[slot] as Ref)) return true
    }
    group = (group + WALK_STEP) & mask
  }
  return false
}

/** A random item, each with the same probability; NIL when there is none. */
export function tableRandom(memory: Memory, table: Ref, random: Random): Ref {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  if (header[h + COUNT] === 0) return NIL
  const groups = header[h + MASK] + 1
  const allGroups = groups + (header[h + NEXT] === NIL ? 0 : header[h + NEXT_MASK] + 1)
  // A slot at random until one is taken: no item is favoured, however they lie.
  for (let probe = 0; probe < RANDOM_PROBES_MAX; probe++) {
    const group = random.below(allGroups)
    const ref = refAt(memory, header, h, groups, group, random.below(GROUP_ITEMS))
    if (ref !== NIL) return ref
  }
  // Nearly empty (a table that could not shrink): the next item from a random place.
  for (let group = random.below(allGroups); ; group = (group + 1) % allGroups) {
    for (let item = 0; item < GROUP_ITEMS; item++) {
      const ref = refAt(memory, header, h, groups, group, item)
      if (ref !== NIL) return ref
    }
  }
}

function refAt(memory: Memory, header: Uint32Array, h: number, groups: number, group: number, item: number): Ref {
  const array = group < groups ? header[h + GROUPS] : header[h + NEXT]
  const g = group < groups ? group : group - groups
  return memory.u32[array >>> SEGMENT_SHIFT][(array & WORD_MASK) + (g << GROUP_SHIFT) + REFS + item] as Ref
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

/** Walks the table, throws where it does not agree with itself, and hands out each item. For tests. */
export function tableCheck(memory: Memory, table: Ref, visit: Visit): void {
  const header = memory.u32[table >>> SEGMENT_SHIFT]
  const h = table & WORD_MASK
  const isResizing = header[h + NEXT] !== NIL
  const oldMask = header[h + MASK]
  let count = 0
  if (header[h + GROUPS] !== NIL) {
    count += checkGroups(memory, header[h + GROUPS] as Ref, oldMask, visit, (hash) => {
      assert(!isResizing || (hash & oldMask) >= header[h + MOVED], 'what has moved is not in the old groups')
    })
  }
  if (isResizing) {
    count += checkGroups(memory, header[h + NEXT] as Ref, header[h + NEXT_MASK], visit, (hash) => {
      assert((hash & oldMask) < header[h + MOVED], 'what has not moved is not in the new groups')
    })
  }
  assert(count === header[h + COUNT], 'the table counts its items')
  assert(count > 0 === (header[h + GROUPS] !== NIL), 'only an empty table has no groups')
}

function checkGroups(
  memory: Memory,
  groups: Ref,
  mask: number,
  visit: Visit,
  checkHome: (hash: number) => void,
): number {
  const u32 = memory.u32[groups >>> SEGMENT_SHIFT]
  const base = groups & WORD_MASK
  const overflow = new Uint32Array(mask + 1)
  let count = 0
  for (let group = 0; group <= mask; group++) {
    const g = base + (group << GROUP_SHIFT)
    for (let item = 0; item < GROUP_ITEMS; item++) {
      const ref = u32[g + REFS + item] as Ref
      const tag = (u32[g + (item >>> 2)] >>> ((item & 3) << 3)) & 0xff
      assert((tag !== 0) === (ref !== NIL), 'a slot has a tag and an item, or neither')
      if (ref === NIL) continue
      const hash = recordHash(memory, ref)
      assert(tag === tagOf(hash), "a tag is of its item's hash")
      checkHome(hash)
      for (let passed = hash & mask; passed !== group; passed = (passed + 1) & mask) overflow[passed]++
      count++
      visit(ref)
    }
  }
  for (let group = 0; group <= mask; group++) {
    assert(
      (u32[base + (group << GROUP_SHIFT) + OVERFLOW] & OVERFLOW_MASK) === overflow[group],
      'overflow counts are exact',
    )
  }
  return count
}
