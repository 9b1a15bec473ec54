/*
 * What the arena promises beyond handing out blocks (arena.fuzz.ts): where huge
 * ones lie, that segments come and go, that a reset gives all back.
 */
import { describe, expect, test } from 'vitest'
import { BLOCK_BYTES_MAX, Memory } from './arena.ts'
import { NIL, PAGE_BYTES, type Ref, SEGMENT_BYTES, SEGMENT_SHIFT } from './layout.ts'
import { CLASS_COUNT, CLASS_WORDS, CLASS_WORDS_MAX, classOf } from './size-classes.ts'

const MIB = 1024 * 1024

describe('size classes', () => {
  test('hold every size with at most a sixteenth of slack, and no smaller class would do', () => {
    for (let words = 1; words <= CLASS_WORDS_MAX; words++) {
      const sizeClass = classOf(words)
      const slack = CLASS_WORDS[sizeClass] - words
      if (slack < 0 || (sizeClass > 1 && CLASS_WORDS[sizeClass - 1] >= words) || slack * 16 > words) {
        expect.fail(`${words} words are in class ${sizeClass} of ${CLASS_WORDS[sizeClass]}`)
      }
    }
    expect(classOf(CLASS_WORDS_MAX)).toBe(CLASS_COUNT - 1)
  })

  test('fit small blocks to the word', () => {
    const memory = new Memory()
    for (let bytes = 1; bytes <= 128; bytes++) expect(memory.blockSize(bytes)).toBe((bytes + 3) & ~3)
    expect(memory.blockSize(0)).toBe(4)
  })
})

describe('the arena', () => {
  test('never hands out NIL', () => {
    expect(new Memory().alloc(4)).not.toBe(NIL)
  })

  test('gives a block above 32 MiB a segment of its own, and drops it when it is freed', () => {
    const memory = new Memory()
    const before = memory.reservedBytes
    const ref = memory.alloc(40 * MIB + 1)
    expect(ref >>> SEGMENT_SHIFT).toBeGreaterThan(0)
    expect(memory.sizeOf(ref)).toBe(40 * MIB + 4096)
    expect(memory.reservedBytes).toBe(before + 40 * MIB + 4096)
    memory.check()
    memory.free(ref)
    expect(memory.reservedBytes).toBe(before)
    expect(memory.usedBytes).toBe(0)
  })

  test('refuses a block that is bigger than any may be', () => {
    const memory = new Memory()
    expect(memory.alloc(BLOCK_BYTES_MAX + 1)).toBe(NIL)
    expect(memory.allocZeroed(BLOCK_BYTES_MAX + 1)).toBe(NIL)
  })

  test('adds segments as they are needed and keeps one spare when they empty', () => {
    const memory = new Memory()
    const refs: Ref[] = []
    for (let i = 0; i < 20; i++) refs.push(memory.alloc(16 * MIB))
    expect(refs).not.toContain(NIL)
    expect(memory.reservedBytes).toBeGreaterThanOrEqual(320 * MIB)
    for (const ref of refs) memory.free(ref)
    memory.check()
    expect(memory.reservedBytes).toBe(2 * SEGMENT_BYTES)
  })

  test('grows and shrinks a run of pages where it lies while its neighbour is free', () => {
    const memory = new Memory()
    const ref = memory.alloc(MIB)
    expect(memory.resizeInPlace(ref, 2 * MIB)).toBe(true)
    expect(memory.sizeOf(ref)).toBe(2 * MIB)
    const neighbour = memory.alloc(MIB)
    expect(memory.resizeInPlace(ref, 2 * MIB + PAGE_BYTES)).toBe(false)
    expect(memory.resizeInPlace(ref, MIB)).toBe(true)
    expect(memory.usedBytes).toBe(2 * MIB)
    memory.check()
    memory.free(ref)
    memory.free(neighbour)
    memory.check()
  })

  test('is empty after a reset, whatever was in it', () => {
    const memory = new Memory()
    for (let i = 0; i < 2_000; i++) memory.alloc(i * 40)
    memory.alloc(40 * MIB)
    memory.reset()
    memory.check()
    expect(memory.usedBytes).toBe(0)
    expect(memory.reservedBytes).toBe(SEGMENT_BYTES)
    expect(memory.alloc(100)).not.toBe(NIL)
    memory.check()
  })

  test('notices a block that is freed twice', () => {
    const memory = new Memory()
    const ref = memory.alloc(64)
    memory.free(ref)
    expect(() => memory.free(ref)).toThrow('lies in a page in use')
  })

  test('is found out by its check when its books are cooked', () => {
    const memory = new Memory()
    const first = memory.alloc(64)
    memory.alloc(64)
    memory.free(first)
    memory.u32[0][first] = 12345
    expect(() => memory.check()).toThrow()
  })
})
