/*
 * Coming by the items of a hash table (hash-table.ts) without their keys: all of them
 * at once, all of them a home at a time while the table changes, or one at random.
 * Nothing here changes a table. A walk that sees a table as it was when the walk began
 * is in table-progress.ts.
 */
import type { Random } from '../base/random.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { recordHash } from './record.ts'
import {
  COUNT,
  GROUP_ITEMS,
  GROUP_SHIFT,
  GROUPS,
  MASK,
  NEXT,
  NEXT_MASK,
  OVERFLOW,
  OVERFLOW_MASK,
  REFS,
  readAhead,
  tagOf,
  type Visit,
} from './table-groups.ts'

/**
 * Odd, so that every group comes once. Of three million random ones this has the smallest numbers in the continued
 * fractions of WALK_STEP % 2^k / 2^k for all k to 26: in tables of every size its multiples keep apart.
 */
const WALK_STEP = 0x9c8d712f

/** A random probe gives up after this many empty slots and walks instead. */
const RANDOM_PROBES_MAX = 1_000

// By homes

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

// At once

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

// At random

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
