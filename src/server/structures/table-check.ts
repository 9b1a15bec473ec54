/*
 * Whether a hash table (hash-table.ts) agrees with itself. For tests.
 */
import { assert } from '../base/assert.ts'
import type { Memory } from '../memory/arena.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { recordHash } from './record.ts'
import {
  COUNT,
  GROUP_ITEMS,
  GROUP_SHIFT,
  GROUPS,
  MASK,
  MOVED,
  NEXT,
  NEXT_MASK,
  OVERFLOW,
  OVERFLOW_MASK,
  REFS,
  tagOf,
  type Visit,
} from './table-groups.ts'

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
