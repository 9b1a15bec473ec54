/*
 * What PFSELFTEST does: it shows a HyperLogLog elements whose number is known, and
 * checks that it never errs by more than it may, sparse or dense.
 */
import type { Random } from '../base/random.ts'
import { Slice } from '../base/slice.ts'
import { estimate, Sketch } from './hyperloglog.ts'

const ELEMENTS = 100_000
/** Looked at so many times, each ten times further than the one before. */
const FIRST_CHECK = 10
const SPARSE_MAX = 3000
/** Six times the standard error: a sound estimator passes it once in 500 million times. */
const RELATIVE_ERROR_MAX = 6 * 0.0081

/** Whether the estimates of random elements are as good as they should be. */
export function isEstimatorSound(random: Random): boolean {
  const sketch = new Sketch()
  sketch.clear()
  const element = new Slice(new Uint8Array(8))
  const words = new Uint32Array(element.buf.buffer)
  words[0] = random.u32()
  let nextCheck = FIRST_CHECK
  for (let shown = 1; shown <= ELEMENTS; shown++) {
    words[1] = shown
    sketch.add(element, SPARSE_MAX)
    if (shown !== nextCheck) continue
    nextCheck *= 10
    // Few elements may collide: one more or less is no error there.
    if (Math.abs(estimate(sketch.value) - shown) > 1 + shown * RELATIVE_ERROR_MAX) return false
  }
  return true
}
