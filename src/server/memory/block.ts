/*
 * Words of a block: what a structure whose block is a few fields reads and writes
 * where no loop is hot enough to keep the view at hand. 64-bit integers have their
 * high half first.
 */
import type { Memory } from './arena.ts'
import { type Ref, SEGMENT_SHIFT, WORD_MASK } from './layout.ts'

const HALF = 0x1_0000_0000
/** From this high half on, 64 bits are more than a number holds exactly. */
const EXACT_HIGH_END = 1 << 21

export function blockWord(memory: Memory, block: Ref, word: number): number {
  return memory.u32[block >>> SEGMENT_SHIFT][(block & WORD_MASK) + word]
}

/** A word that names another block. */
export function blockRef(memory: Memory, block: Ref, word: number): Ref {
  return memory.u32[block >>> SEGMENT_SHIFT][(block & WORD_MASK) + word] as Ref
}

export function setBlockWord(memory: Memory, block: Ref, word: number, value: number): void {
  memory.u32[block >>> SEGMENT_SHIFT][(block & WORD_MASK) + word] = value
}

/** A signed 64-bit integer: a number where that is exact, else a bigint. The two compare as one. */
export function blockInt64(memory: Memory, block: Ref, word: number): number | bigint {
  const high = blockWord(memory, block, word) | 0
  const low = blockWord(memory, block, word + 1)
  if (high >= -EXACT_HIGH_END && high < EXACT_HIGH_END) return high * HALF + low
  return (BigInt(high) << 32n) | BigInt(low)
}

export function setBlockInt64(memory: Memory, block: Ref, word: number, value: number | bigint): void {
  if (typeof value === 'bigint') {
    setBlockWord(memory, block, word, Number((value >> 32n) & 0xffff_ffffn))
    setBlockWord(memory, block, word + 1, Number(value & 0xffff_ffffn))
    return
  }
  const high = Math.floor(value / HALF)
  setBlockWord(memory, block, word, high)
  setBlockWord(memory, block, word + 1, value - high * HALF)
}
