/*
 * Sparse HyperLogLogs against dense ones, and both against an array of registers, the
 * slow thing that is obviously right. SEED=<n> replays.
 */
import { describe, expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { Slice } from '../base/slice.ts'
import {
  denseAdd,
  denseRegisters,
  describeRuns,
  estimate,
  isDense,
  isHyperLogLog,
  Sketch,
  Union,
} from './hyperloglog.ts'
import { isEstimatorSound } from './hyperloglog-check.ts'

/** Never too long: sparse until a value needs more bits than a run has. */
const ALWAYS_SPARSE = 40_000

/** The registers, which takes a dense copy. */
function registersOf(value: Slice): number[] {
  const copy = new Sketch()
  copy.load(value)
  expect(copy.toDense()).toBe(true)
  return denseRegisters(copy.value)
}

const element = (r: Random): Slice => new Slice(Uint8Array.from({ length: r.below(20) }, () => r.below(256)))

describe('a sparse HyperLogLog', () => {
  test('holds the registers of a dense one that was shown the same, and estimates the same', () => {
    const r = random()
    const [sparse, dense] = [new Sketch(), new Sketch()]
    sparse.clear()
    dense.clear()
    dense.toDense()
    for (let step = 0; step < 4000; step++) {
      const where = `seed ${r.seed}, step ${step}`
      const shown = element(r)
      expect(sparse.add(shown, ALWAYS_SPARSE) === 1, where).toBe(denseAdd(dense.value, shown))
      if (step % 400 !== 399) continue
      expect(registersOf(sparse.value), where).toEqual(denseRegisters(dense.value))
      expect(estimate(sparse.value), where).toBe(estimate(dense.value))
    }
    expect(isDense(sparse.value)).toBe(false)
  })

  test('holds any registers as an array does, in runs that add up', () => {
    const r = random()
    const sketch = new Sketch()
    sketch.clear()
    const model = new Array<number>(16384).fill(0)
    for (let step = 0; step < 3000; step++) {
      const where = `seed ${r.seed}, step ${step}`
      // Close together, so that runs meet, split and merge; the first and the last register too.
      const index = r.below(20) === 0 ? r.below(2) * 16383 : 8000 + r.below(200)
      const value = 1 + r.below(r.below(20) === 0 ? 32 : 3)
      const isChanged = sketch.raise(index, value, ALWAYS_SPARSE) === 1
      expect(isChanged, where).toBe(value > model[index])
      model[index] = Math.max(model[index], value)
      if (step % 100 === 99) expect(registersOf(sketch.value), where).toEqual(model)
    }
    const lengths = describeRuns(sketch.value)
      .split(' ')
      .map((run) => Number(run.split(/[:,]/).at(-1)))
    expect(lengths.reduce((a, b) => a + b)).toBe(16384)
  })

  test('becomes dense when it is too long or a value too great, and loses nothing', () => {
    const r = random()
    const sketch = new Sketch()
    sketch.clear()
    for (let i = 0; i < 60; i++) sketch.add(element(r), 100)
    expect(isDense(sketch.value)).toBe(true)
    sketch.clear()
    sketch.raise(5, 32, 3000)
    expect(isDense(sketch.value)).toBe(false)
    sketch.raise(5, 33, 3000)
    expect(isDense(sketch.value)).toBe(true)
    expect(registersOf(sketch.value)[5]).toBe(33)
  })
})

test('a union holds the greatest of every register', () => {
  const r = random()
  const union = new Union()
  union.clear()
  const all = new Sketch()
  all.clear()
  for (let i = 0; i < 5; i++) {
    const sketch = new Sketch()
    sketch.clear()
    for (let n = r.below(2000); n > 0; n--) {
      const shown = element(r)
      sketch.add(shown, 1000)
      all.add(shown, 1000)
    }
    expect(union.add(sketch.value)).toBe(true)
  }
  expect([...union.registers], `seed ${r.seed}`).toEqual(registersOf(all.value))
  expect(union.estimate(), `seed ${r.seed}`).toBe(estimate(all.value))
})

test('no bytes behind a header make it fail or grow without end', () => {
  const r = random()
  const union = new Union()
  for (let step = 0; step < 3000; step++) {
    const sketch = new Sketch()
    sketch.clear()
    const bytes = Uint8Array.from({ length: 16 + r.below(40) }, () => r.below(256))
    bytes.set(sketch.value.view().subarray(0, 8))
    const value = new Slice(bytes)
    expect(isHyperLogLog(value)).toBe(true)
    estimate(value)
    union.add(value)
    describeRuns(value)
    sketch.load(value)
    for (let i = 0; i < 10; i++) sketch.raise(r.below(16384), 1 + r.below(50), 3000)
    expect(sketch.value.size).toBeLessThanOrEqual(12_304)
  }
})

test('estimates are within six standard errors', () => {
  expect(isEstimatorSound(random())).toBe(true)
})
