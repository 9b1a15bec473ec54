/*
 * The arena against a map of what it handed out.
 *
 * Every block is filled with a byte of its own, all of it, so that two blocks
 * that overlap, or a free list that runs through a live one, show when the byte
 * is looked for. After each round the arena's own `check` walks all its pages.
 * Replay with SEED=<n>.
 */
import { describe, expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { Memory } from './arena.ts'
import { NIL, PAGE_BYTES, type Ref, SEGMENT_BYTES, SEGMENT_SHIFT, WORD_MASK } from './layout.ts'

interface Block {
  ref: Ref
  size: number
  mark: number
}

/** A size of any of the ways a block can be had, mostly small. */
function randomSize(r: Random): number {
  const kind = r.below(1000)
  if (kind < 700) return r.below(300)
  if (kind < 900) return r.below(20_000)
  if (kind < 985) return r.below(600_000)
  if (kind < 999) return r.between(600_000, 4_000_000)
  return r.between(30 * 1024 * 1024, 40 * 1024 * 1024)
}

/** The ends and the middle of every block carry its mark; filling 40 MiB each time would only be slow. */
function marks(memory: Memory, block: Block, visit: (view: Uint8Array, at: number) => void): void {
  const view = memory.u8[block.ref >>> SEGMENT_SHIFT]
  const start = (block.ref & WORD_MASK) << 2
  const { size } = block
  const whole = size <= 4096
  for (let i = 0; i < size; i += whole || i < 64 || i >= size - 64 ? 1 : 61) visit(view, start + i)
}

function fill(memory: Memory, block: Block): void {
  marks(memory, block, (view, at) => {
    view[at] = block.mark
  })
}

function isIntact(memory: Memory, block: Block): boolean {
  let intact = true
  marks(memory, block, (view, at) => {
    if (view[at] !== block.mark) intact = false
  })
  return intact
}

describe('the arena', () => {
  test('hands out blocks that never overlap, and counts them exactly', () => {
    const r = random()
    const memory = new Memory()
    const start = memory.usedBytes
    const blocks: Block[] = []
    let used = start
    for (let step = 0; step < 20_000; step++) {
      // Phases of growing and shrinking, so that slabs fill up and empty again.
      const grows = (step >> 11) % 2 === 0
      if (blocks.length === 0 || r.chance(grows ? 0.6 : 0.4)) {
        const wanted = randomSize(r)
        const ref = memory.alloc(wanted)
        expect(ref, `seed ${r.seed}, step ${step}`).not.toBe(NIL)
        const block = { ref, size: memory.sizeOf(ref), mark: r.below(256) }
        expect(block.size).toBeGreaterThanOrEqual(wanted)
        expect(memory.blockSize(wanted)).toBe(block.size)
        fill(memory, block)
        blocks.push(block)
        used += block.size
      } else {
        const at = r.below(blocks.length)
        const block = blocks[at]
        expect(isIntact(memory, block), `seed ${r.seed}, step ${step}`).toBe(true)
        if (r.chance(0.2)) {
          const wanted = r.chance(0.5) ? block.size + r.below(PAGE_BYTES) : r.below(block.size + 1)
          if (memory.resizeInPlace(block.ref, wanted)) {
            used += memory.sizeOf(block.ref) - block.size
            block.size = memory.sizeOf(block.ref)
            expect(block.size).toBe(memory.blockSize(wanted))
            fill(memory, block)
          }
        } else {
          memory.free(block.ref)
          used -= block.size
          blocks[at] = blocks[blocks.length - 1]
          blocks.pop()
        }
      }
      expect(memory.usedBytes, `seed ${r.seed}, step ${step}`).toBe(used)
      if (step % 500 === 0) memory.check()
    }
    for (const block of blocks) {
      expect(isIntact(memory, block), `seed ${r.seed}`).toBe(true)
      memory.free(block.ref)
    }
    memory.check()
    expect(memory.usedBytes).toBe(start)
    expect(memory.reservedBytes).toBeLessThanOrEqual(2 * SEGMENT_BYTES)
  })

  test('fills with zeros what is asked for so, whether new or used before', () => {
    const r = random()
    const memory = new Memory()
    const blocks: Block[] = []
    for (let step = 0; step < 2_000; step++) {
      if (blocks.length > 0 && r.chance(0.5)) memory.free(blocks.pop()!.ref)
      else {
        const wanted = randomSize(r)
        const ref = memory.allocZeroed(wanted)
        const zeros = { ref, size: wanted, mark: 0 }
        expect(isIntact(memory, zeros), `seed ${r.seed}, step ${step}`).toBe(true)
        const block = { ref, size: memory.sizeOf(ref), mark: 0xff }
        fill(memory, block)
        blocks.splice(r.below(blocks.length + 1), 0, block)
      }
    }
  })

  test('answers NIL at its limit, having changed nothing, and serves again when there is room', () => {
    const r = random()
    const memory = new Memory(8 * 1024 * 1024)
    const blocks: Ref[] = []
    let refused = 0
    for (let step = 0; step < 20_000; step++) {
      if (blocks.length > 0 && r.chance(0.3)) memory.free(blocks.splice(r.below(blocks.length), 1)[0])
      const wanted = randomSize(r)
      const before = memory.usedBytes
      const ref = memory.alloc(wanted)
      if (ref === NIL) {
        refused++
        expect(memory.usedBytes).toBe(before)
        expect(before + memory.blockSize(wanted)).toBeGreaterThan(memory.limitBytes)
      } else blocks.push(ref)
      expect(memory.usedBytes).toBeLessThanOrEqual(memory.limitBytes)
    }
    expect(refused, `seed ${r.seed}`).toBeGreaterThan(0)
    memory.check()
    for (const ref of blocks) memory.free(ref)
    expect(memory.usedBytes).toBe(0)
  })
})
