/*
 * Intset against a sorted array of BigInts, the slow thing that is obviously
 * right: random edits, then the bytes that Redis would have. SEED=<n> replays.
 */
import { expect, test } from 'vitest'
import { type Random, random } from '../../../tests/support/random.ts'
import { Int64, int64Text, readInt64 } from '../base/int64.ts'
import { Slice } from '../base/slice.ts'
import { Memory } from '../memory/arena.ts'
import { NIL, type Ref } from '../memory/layout.ts'
import {
  intsetBytes,
  intsetCount,
  intsetCreate,
  intsetFind,
  intsetHigh,
  intsetInsert,
  intsetIsValid,
  intsetLow,
  intsetOf,
  intsetRemove,
  intsetRetain,
} from './intset.ts'

const fits = (value: bigint, bits: number): boolean => value === BigInt.asIntN(bits, value)

/** What Redis has for these integers once the widest that ever was needed `width` bytes. */
function bytesOf(model: readonly bigint[], width: number): Buffer {
  const bytes = Buffer.alloc(8 + model.length * width)
  bytes.writeUInt32LE(width, 0)
  bytes.writeUInt32LE(model.length, 4)
  model.forEach((value, i) => {
    if (width === 8) bytes.writeBigInt64LE(value, 8 + i * 8)
    else bytes.writeIntLE(Number(value), 8 + i * width, width)
  })
  return bytes
}

/** Integers of one width mostly, so that each width lives for a while before the next one comes. */
function integerOf(r: Random, step: number): bigint {
  const bits = step < 500 ? 7 : step < 1200 ? 15 : step < 2000 ? 31 : r.pick([3, 16, 32, 33, 63])
  const magnitude = ((BigInt(r.u32()) << 31n) | BigInt(r.u32() >>> 1)) & ((1n << BigInt(bits)) - 1n)
  return r.chance(0.5) ? magnitude : -magnitude - 1n
}

test('an intset behaves as a sorted array, byte for byte', () => {
  const r = random()
  const memory = new Memory()
  const used = memory.usedBytes
  let set = intsetCreate(memory)
  let model: bigint[] = []
  let width = 2
  const out = new Int64()
  const slice = new Slice()
  for (let step = 0; step < 4000; step++) {
    const where = `seed ${r.seed}, step ${step}`
    const value = r.chance(0.3) && model.length > 0 ? r.pick(model) : integerOf(r, step)
    readInt64(Slice.of(String(value)), out)
    const index = intsetFind(memory, set, out.high, out.low)
    const expected = model.indexOf(value)
    if (expected >= 0) {
      expect(index, where).toBe(expected)
      if (r.chance(0.4)) {
        set = intsetRemove(memory, set, index)
        model.splice(expected, 1)
      }
    } else {
      expect(~index, where).toBe(model.filter((other) => other < value).length)
      set = intsetInsert(memory, set, ~index, out.high, out.low)
      model.splice(~index, 0, value)
      width = Math.max(width, fits(value, 16) ? 2 : fits(value, 32) ? 4 : 8)
    }
    if (r.chance(0.003)) {
      set = intsetRetain(memory, set, (_high, low) => (low & 1) === 0)
      model = model.filter((other) => other % 2n === 0n)
    }
    expect(intsetCount(memory, set), where).toBe(model.length)
    if (step % 50 !== 49) continue
    expect(Buffer.from(intsetBytes(memory, set, slice).bytes()), where).toEqual(bytesOf(model, width))
    expect(intsetIsValid(slice), where).toBe(model.length > 0)
    const texts = model.map((_, i) => int64Text(intsetHigh(memory, set, i), intsetLow(memory, set, i), slice).text())
    expect(texts, where).toEqual(model.map(String))
    memory.check()
  }
  memory.free(set)
  expect(memory.usedBytes).toBe(used)
})

test('an intset that finds no memory stays as it was', () => {
  const r = random()
  const memory = new Memory()
  let set: Ref = intsetCreate(memory)
  const out = new Int64()
  let refused = 0
  for (let step = 0; step < 2000; step++) {
    readInt64(Slice.of(String(integerOf(r, step))), out)
    const index = intsetFind(memory, set, out.high, out.low)
    if (index >= 0) continue
    const before = intsetBytes(memory, set, new Slice()).bytes()
    memory.limitBytes = r.chance(0.5) ? memory.usedBytes : Number.POSITIVE_INFINITY
    const grown = intsetInsert(memory, set, ~index, out.high, out.low)
    memory.limitBytes = Number.POSITIVE_INFINITY
    if (grown === NIL) {
      refused++
      expect(intsetBytes(memory, set, new Slice()).bytes(), `seed ${r.seed}, step ${step}`).toEqual(before)
    } else set = grown
  }
  expect(refused).toBeGreaterThan(0)
  expect(intsetIsValid(intsetBytes(memory, set, new Slice()))).toBe(true)
})

test('bytes that are no intset are told apart', () => {
  const valid = bytesOf([-5n, 1n, 300n], 2)
  expect(intsetIsValid(new Slice(valid))).toBe(true)
  const memory = new Memory()
  const set = intsetOf(memory, new Slice(valid))
  expect(intsetFind(memory, set, 0, 300)).toBe(2)
  const changed = (at: number, value: number): Slice => {
    const bytes = Buffer.from(valid)
    bytes[at] = value
    return new Slice(bytes)
  }
  expect(intsetIsValid(changed(0, 3)), 'a width that is none').toBe(false)
  expect(intsetIsValid(changed(4, 2)), 'fewer integers than bytes').toBe(false)
  expect(intsetIsValid(changed(9, 0)), 'not in order').toBe(false)
  expect(intsetIsValid(new Slice(valid.subarray(0, 7))), 'no header').toBe(false)
  expect(intsetIsValid(new Slice(bytesOf([], 2))), 'empty').toBe(false)
  expect(intsetIsValid(new Slice(bytesOf([1n, 1n], 8))), 'an integer twice').toBe(false)
})
