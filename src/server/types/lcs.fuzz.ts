/*
 * Common subsequences against the definition. Replay a failure with SEED=<n>.
 */
import { expect, test } from 'vitest'
import { random } from '../../../tests/support/random.ts'
import { Slice } from '../base/slice.ts'
import { lcsLength, lcsRanges } from './lcs.ts'

/** The length by its recursive definition, over prefixes. */
function lengthOf(a: string, b: string, known = new Map<string, number>()): number {
  if (a === '' || b === '') return 0
  const id = `${a.length},${b.length}`
  const found = known.get(id)
  if (found !== undefined) return found
  const [shortA, shortB] = [a.slice(0, -1), b.slice(0, -1)]
  const length =
    a.at(-1) === b.at(-1)
      ? lengthOf(shortA, shortB, known) + 1
      : Math.max(lengthOf(shortA, b, known), lengthOf(a, shortB, known))
  known.set(id, length)
  return length
}

test('ranges are equal bytes in order, as many as the definition says', () => {
  const r = random()
  for (let step = 0; step < 500; step++) {
    const letters = 'abcdefgh'.slice(0, r.between(1, 8))
    const text = () => Array.from({ length: r.below(30) }, () => r.pick([...letters])).join('')
    const [a, b] = [text(), text()]
    const context = `seed ${r.seed}, step ${step}, ${a} and ${b}`
    const expected = lengthOf(a, b)
    expect(lcsLength(Slice.of(a), Slice.of(b)), context).toBe(expected)
    const ranges = lcsRanges(Slice.of(a), Slice.of(b))
    expect(
      ranges.reduce((sum, range) => sum + range.size, 0),
      context,
    ).toBe(expected)
    let [endA, endB] = [a.length, b.length]
    for (const range of ranges) {
      expect(range.size, context).toBeGreaterThan(0)
      expect(a.slice(range.a, range.a + range.size), context).toBe(b.slice(range.b, range.b + range.size))
      expect(range.a + range.size <= endA && range.b + range.size <= endB, context).toBe(true)
      endA = range.a
      endB = range.b
    }
  }
})
