/*
 * Integers as text against BigInt and a pattern, the slow things that are
 * obviously right. Replay a failure with SEED=<n>.
 */
import { expect, test } from 'vitest'
import { type Random, random } from '../../../tests/support/random.ts'
import { INTEGER_SIZE_MAX, isInt64, parseExact, parseInt64, parseInteger, writeInteger } from './integer-text.ts'
import { Slice } from './slice.ts'

const CANONICAL = /^(?:0|-?[1-9]\d*)$/
const LIMITS = [2n ** 63n, 2n ** 53n, 2n ** 31n, 10n ** 15n, 10n ** 16n, 10n ** 18n, 0n]

function modelOf(text: string): bigint | undefined {
  if (!CANONICAL.test(text)) return undefined
  const value = BigInt(text)
  return value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined
}

/** Numbers close to where something changes, numbers of any size, and what is nearly a number. */
function textOf(r: Random): string {
  const sign = r.pick([1n, -1n])
  if (r.chance(0.3)) return String(sign * (r.pick(LIMITS) + BigInt(r.between(-3, 3))))
  if (r.chance(0.6)) return String(sign * (BigInt(r.u32()) * BigInt(r.u32()) ** BigInt(r.below(2))))
  return Array.from({ length: r.below(6) }, () => r.pick([...'00199-+ .a'])).join('')
}

test('integers are read as BigInt reads their canonical form', () => {
  const r = random()
  for (let step = 0; step < 20_000; step++) {
    const text = textOf(r)
    const context = `seed ${r.seed}, step ${step}, ${JSON.stringify(text)}`
    // Surrounded by digits: what lies outside of a slice is not part of it.
    const slice = Slice.of(`9${text}9`)
    slice.aim(slice.buf, 1, text.length)
    const model = modelOf(text)
    const isSafe = model !== undefined && Number.isSafeInteger(Number(model)) && BigInt(Number(model)) === model
    expect(isInt64(slice), context).toBe(model !== undefined)
    expect(parseInt64(slice), context).toBe(model)
    expect(parseInteger(slice), context).toBe(isSafe ? Number(model) : Number.NaN)
    expect(parseExact(slice), context).toBe(isSafe ? Number(model) : model)
  }
})

test('integers are written as String writes them', () => {
  const r = random()
  const buf = new Uint8Array(INTEGER_SIZE_MAX + 2)
  for (let step = 0; step < 20_000; step++) {
    const value = Math.trunc((r.u32() - 2 ** 31) * 2 ** r.between(-31, 21))
    const expected = String(Object.is(value, -0) ? 0 : value)
    const size = writeInteger(value, buf, 2)
    expect(new Slice(buf, 2, size).text(), `seed ${r.seed}, step ${step}`).toBe(expected)
  }
})

test('numbers beside multiples of a billion are printed as JavaScript prints them', () => {
  const r = random()
  const buf = new Uint8Array(INTEGER_SIZE_MAX + 2)
  for (let step = 0; step < 20_000; step++) {
    const value = r.between(2, 9_007_199) * 1e9 + r.between(-2, 2)
    const size = writeInteger(value, buf, 1)
    expect(new Slice(buf, 1, size).text(), `seed ${r.seed}, step ${step}`).toBe(String(value))
  }
})
