/*
 * A stream's id as four words of a block: high and low half of the milliseconds,
 * then of the sequence number, so that comparing words in order compares ids.
 */
import type { StreamId } from '../base/stream-id.ts'
import type { Memory } from '../memory/arena.ts'
import { type Ref, SEGMENT_SHIFT, WORD_MASK } from '../memory/layout.ts'

/** Fills an id from four words of a block. */
export function idFromWords(memory: Memory, ref: Ref, word: number, id: StreamId): StreamId {
  const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
  const at = (ref & WORD_MASK) + word
  return id.set(u32[at], u32[at + 1], u32[at + 2], u32[at + 3])
}

export function idToWords(memory: Memory, ref: Ref, word: number, id: StreamId): void {
  const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
  const at = (ref & WORD_MASK) + word
  u32[at] = id.msHigh
  u32[at + 1] = id.msLow
  u32[at + 2] = id.seqHigh
  u32[at + 3] = id.seqLow
}

/** Negative, zero or positive: as the id in four words of a block is before, the same as or after this one. */
export function compareWords(memory: Memory, ref: Ref, word: number, id: StreamId): number {
  const u32 = memory.u32[ref >>> SEGMENT_SHIFT]
  const at = (ref & WORD_MASK) + word
  if (u32[at] !== id.msHigh) return u32[at] - id.msHigh
  if (u32[at + 1] !== id.msLow) return u32[at + 1] - id.msLow
  if (u32[at + 2] !== id.seqHigh) return u32[at + 2] - id.seqHigh
  return u32[at + 3] - id.seqLow
}
