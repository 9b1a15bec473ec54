/*
 * A string in a block of its own, for what is too long to lie in a record.
 *
 *  byte  0        4
 *        +--------+------- - - -+- - - -
 *        | size   | bytes       | room      little endian; room up to sizeOf(block)
 *        | u32    | size        |
 *        +--------+------- - - -+- - - -
 */
import { assertLayout } from '../base/assert.ts'
import type { Slice } from '../base/slice.ts'
import type { Memory } from '../memory/arena.ts'
import { copyBytes } from '../memory/bytes.ts'
import { NIL, type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'
import { blockWillChange } from '../memory/witness.ts'

// Offsets in bytes.
const SIZE = 0
const BYTES = 4
assertLayout('long string', BYTES, [[SIZE, 4]])

/** Below this much, room to grow doubles what is there; above it, it is this much (as Redis preallocates). */
const GROWTH_BYTES_MAX = 1024 * 1024

/** A string of `size` undefined bytes in a block that holds `capacity`; NIL when memory is exhausted. */
export function longStringCreate(memory: Memory, size: number, capacity: number = size): Ref {
  const ref = memory.alloc(BYTES + capacity)
  if (ref !== NIL) memory.u32[ref >>> SEGMENT_SHIFT][ref & WORD_MASK] = size
  return ref
}

/** A string of the bytes of `value`; NIL when memory is exhausted. */
export function longStringOf(memory: Memory, value: Slice): Ref {
  const ref = longStringCreate(memory, value.size)
  if (ref !== NIL) copyBytes(memory.u8[ref >>> SEGMENT_SHIFT], longStringAt(ref), value.buf, value.at, value.size)
  return ref
}

export function longStringSize(memory: Memory, ref: Ref): number {
  return memory.u32[ref >>> SEGMENT_SHIFT][ref & WORD_MASK]
}

/** Where the bytes begin in the u8 view of the string's segment. */
export function longStringAt(ref: Ref): number {
  return ((ref & WORD_MASK) << 2) + BYTES
}

export function longStringAim(memory: Memory, ref: Ref, out: Slice): Slice {
  return out.aim(memory.u8[ref >>> SEGMENT_SHIFT], longStringAt(ref), longStringSize(memory, ref))
}

/** Replaces the bytes if they fit the block without wasting more than half of it; false: nothing changed. */
export function longStringOverwrite(memory: Memory, ref: Ref, value: Slice): boolean {
  const capacity = memory.sizeOf(ref) - BYTES
  if (value.size > capacity || value.size < capacity >>> 1) return false
  blockWillChange(memory, ref)
  const u8 = memory.u8[ref >>> SEGMENT_SHIFT]
  // As a whole and not by copyBytes: the value may be a part of the string itself, anywhere in it.
  u8.set(value.view(), longStringAt(ref))
  memory.u32[ref >>> SEGMENT_SHIFT][ref & WORD_MASK] = value.size
  return true
}

/**
 * Changes the size, or makes sure that the bytes may be written to: what is added is zeros. Answers the string, which moves when its block is too
 * small (with room for more growth) or much too big; NIL when memory is exhausted: nothing changed.
 */
export function longStringResize(memory: Memory, ref: Ref, size: number): Ref {
  blockWillChange(memory, ref)
  const before = longStringSize(memory, ref)
  const capacity = memory.sizeOf(ref) - BYTES
  const kept = Math.min(before, size)
  let target = ref
  if (size > capacity || size < capacity >>> 2) {
    const room = size > before ? Math.min(size, GROWTH_BYTES_MAX) : 0
    if (!memory.resizeInPlace(ref, BYTES + size + room)) {
      target = longStringCreate(memory, size, size + room)
      // Greed is no reason to fail.
      if (target === NIL && room > 0) target = longStringCreate(memory, size)
      if (target === NIL) return size <= capacity ? shrinkWhereItLies(memory, ref, size) : NIL
      const source = memory.u8[ref >>> SEGMENT_SHIFT]
      copyBytes(memory.u8[target >>> SEGMENT_SHIFT], longStringAt(target), source, longStringAt(ref), kept)
      memory.free(ref)
    }
  }
  const u8 = memory.u8[target >>> SEGMENT_SHIFT]
  const at = longStringAt(target)
  if (size > before) u8.fill(0, at + before, at + size)
  memory.u32[target >>> SEGMENT_SHIFT][target & WORD_MASK] = size
  return target
}

function shrinkWhereItLies(memory: Memory, ref: Ref, size: number): Ref {
  memory.u32[ref >>> SEGMENT_SHIFT][ref & WORD_MASK] = size
  return ref
}
