import { expect, test } from 'vitest'
import { random } from '../base/random.ts'
import { scoreKey } from './record.ts'

test('keys of scores are in the order of the scores, as far as they go', () => {
  const r = random()
  const bits = new Float64Array(1)
  const words = new Uint32Array(bits.buffer)
  const anyDouble = (): number => {
    words[0] = r.below(2 ** 32)
    words[1] = r.below(2 ** 32)
    return Number.isNaN(bits[0]) ? 0 : bits[0]!
  }
  const special = [0, 5e-324, 2.2e-308, 1, 1 + Number.EPSILON, 2 ** 20, 2 ** 53, Number.MAX_VALUE, Infinity]
  const scores = [
    ...special.flatMap((score) => [score, -score]),
    ...Array.from({ length: 2_000 }, () => r.between(-(2 ** 20), 2 ** 20)),
    ...Array.from({ length: 2_000 }, anyDouble),
  ].sort((a, b) => a - b)
  for (let i = 1; i < scores.length; i++) {
    const [before, score] = [scores[i - 1]!, scores[i]!]
    const context = `seed ${r.seed}: ${before} and ${score}`
    expect(scoreKey(before) <= scoreKey(score), context).toBe(true)
    if (before === score) expect(scoreKey(before), context).toBe(scoreKey(score))
    const isSmall = Number.isInteger(score) && Number.isInteger(before) && Math.abs(score) <= 2 ** 20
    if (isSmall && before < score && before >= -(2 ** 20))
      expect(scoreKey(before), context).toBeLessThan(scoreKey(score))
  }
  expect(scoreKey(-0)).toBe(scoreKey(0))
})
