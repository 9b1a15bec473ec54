/*
 * How a hash table (hash-table.ts) gets another number of groups: bit by bit, so that
 * no command waits for it. `next` is then the new array of groups, and items go over one
 * home group at a time: those whose home is below `moved` are in `next`, all others in
 * `groups`. So a search looks in one array, never in both. Each insertion and removal
 * moves some; tableResizeStep moves more when idle.
 *
 * When a table is to grow or shrink, hash-table.ts decides.
 */
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { recordHash } from './record.ts'
import {
  clearSlot,
  GROUP_BYTES,
  GROUP_ITEMS,
  GROUP_SHIFT,
  GROUPS,
  MASK,
  MOVED,
  NEXT,
  NEXT_MASK,
  OVERFLOW,
  OVERFLOW_MASK,
  place,
  REFS,
  readAhead,
} from './table-groups.ts'

export function tableIsResizing(memory: Memory, table: Ref): boolean {
  return memory.u32[table >>> SEGMENT_SHIFT][(table & WORD_MASK) + NEXT] !== NIL
}

/** Begins to move to an array of so many groups; false when memory is exhausted, nothing changed. The table has groups. */
export function startResize(memory: Memory, table: Ref, groups: number): boolean {
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

/** Moves the items of the next homes; after the last one the new array is the only one. The table is being resized. */
export function moveGroups(memory: Memory, table: Ref, homes: number): void {
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
