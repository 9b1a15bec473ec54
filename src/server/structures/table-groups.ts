/*
 * How a hash table (hash-table.ts) lies in the arena, and what concerns the slots of one
 * array of groups. Which array an item is in is not known here.
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
 *  groups, mask: the array of groups, and their number less one. next, nextMask: as
 *  these, of the array to which items are being moved (table-resize.ts), or NIL; those
 *  of the homes below `moved` are there.
 */
import { assert, assertLayout } from '../base/assert.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'

// A group, in words.
const TAGS = 0
export const OVERFLOW = 3
export const REFS = 4
const GROUP_WORDS = 16
export const GROUP_SHIFT = 4
assertLayout('group', GROUP_WORDS, [
  [TAGS, 3],
  [OVERFLOW, 1],
  [REFS, 12],
])
export const GROUP_BYTES = GROUP_WORDS * 4
export const GROUP_ITEMS = 12
export const OVERFLOW_MASK = 0xffff

// The header, in words.
export const COUNT = 0
export const GROUPS = 1
export const MASK = 2
export const NEXT = 3
export const NEXT_MASK = 4
export const MOVED = 5
export const HEADER_WORDS = 6
assertLayout('table header', HEADER_WORDS, [
  [COUNT, 1],
  [GROUPS, 1],
  [MASK, 1],
  [NEXT, 1],
  [NEXT_MASK, 1],
  [MOVED, 1],
])

// Four tags are compared at a time.
export const EVERY_BYTE = 0x01010101
export const LOW_BITS = 0x7f7f7f7f

/** Where words go that are read only so that they are in the cache. */
export const readAhead = new Uint32Array(1)

export type Visit = (ref: Ref) => void

/** The tag of an item with this hash. */
export function tagOf(hash: number): number {
  return hash >>> 24 || 1
}

/** Puts an item into the first slot from its home on. There is one. */
export function place(memory: Memory, groups: Ref, mask: number, hash: number, ref: Ref): void {
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
export function slotOf(u32: Uint32Array, base: number, mask: number, hash: number, ref: Ref): number {
  for (let group = hash & mask, passed = 0; passed <= mask; group = (group + 1) & mask, passed++) {
    const first = base + (group << GROUP_SHIFT) + REFS
    for (let slot = first; slot < first + GROUP_ITEMS; slot++) if (u32[slot] === ref) return slot
  }
  assert(false, 'an item that is removed or replaced is in the table')
}

/** Empties a slot and counts down the groups from the item's home to it. */
export function clearSlot(u32: Uint32Array, base: number, mask: number, home: number, slot: number): void {
  const inGroups = slot - base
  const group = inGroups >>> GROUP_SHIFT
  const item = (inGroups & (GROUP_WORDS - 1)) - REFS
  u32[slot] = NIL
  u32[base + (group << GROUP_SHIFT) + (item >>> 2)] &= ~(0xff << ((item & 3) << 3))
  for (let passed = home; passed !== group; passed = (passed + 1) & mask)
    u32[base + (passed << GROUP_SHIFT) + OVERFLOW]--
}
