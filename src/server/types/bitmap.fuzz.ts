/*
 * Bitmaps and bit fields against an array of bits, the slow thing that is obviously
 * right. SEED=<n> replays.
 */
import { expect, test } from 'vitest'
import { type Random, random } from '../base/random.ts'
import { Slice } from '../base/slice.ts'
import { Keyspace } from '../keyspace/keyspace.ts'
import { Memory } from '../memory/arena.ts'
import { NIL } from '../memory/layout.ts'
import { addToField, type FieldType, fieldOf, fieldType, type Overflow, readField, writeField } from './bit-field.ts'
import { bitAt, bitRange, type Combination, countBits, findBit, setBitAt, storeCombination } from './bitmap.ts'

/** Sparse, dense and random bytes: words of zeros and ones are what the fast paths skip. */
function someBytes(r: Random, size: number): Uint8Array {
  const bytes = new Uint8Array(size).fill(r.below(3) === 0 ? 255 : 0)
  if (r.below(3) === 0) return Uint8Array.from(bytes, () => r.below(256))
  for (let i = r.below(4); i > 0 && size > 0; i--) bytes[r.below(size)] = r.below(256)
  return bytes
}

/** The bytes somewhere in a bigger buffer, at any distance from a whole word. */
function placed(r: Random, bytes: Uint8Array): Slice {
  const before = r.below(8)
  const buf = Uint8Array.from({ length: bytes.length + 16 }, () => r.below(256))
  buf.set(bytes, before)
  return new Slice(buf, before, bytes.length)
}

const bitsOf = (bytes: Uint8Array): number[] =>
  [...bytes].flatMap((byte) => Array.from({ length: 8 }, (_, i) => (byte >>> (7 - i)) & 1))

test('bits are counted and found as in an array', () => {
  const r = random()
  for (let step = 0; step < 1500; step++) {
    const where = `seed ${r.seed}, step ${step}`
    const bytes = someBytes(r, r.below(r.below(4) === 0 ? 700 : 30))
    const value = placed(r, bytes)
    const bits = bitsOf(bytes)
    const first = r.below(bits.length + 1)
    const last = Math.min(bits.length - 1, first + r.below(bits.length + 1))
    const range = { first, last }
    const part = bits.slice(first, last + 1)
    expect(countBits(value, range), where).toBe(part.filter((bit) => bit === 1).length)
    for (const bit of [0, 1]) {
      const at = part.indexOf(bit)
      expect(findBit(value, bit, range), `${where}, bit ${bit}`).toBe(at < 0 ? -1 : first + at)
    }
    const offset = r.below(bits.length + 20)
    expect(bitAt(value, offset), where).toBe(bits[offset] ?? 0)
    if (offset < bits.length) {
      const bit = r.below(2)
      setBitAt(value, offset, bit)
      bits[offset] = bit
      expect(bitsOf(value.bytes()), where).toEqual(bits)
    }
  }
})

test('a range of bytes or bits is what slice makes of it', () => {
  const r = random()
  for (let step = 0; step < 2000; step++) {
    const size = r.below(6)
    const [start, end] = [r.below(120) - 60, r.below(120) - 60]
    for (const unit of [1, 8] as const) {
      const bits = Array.from({ length: size * 8 }, (_, i) => i)
      const units = size * (8 / unit)
      // Array.slice knows all but this: before the first means the first, for the end too.
      const to = end < 0 ? Math.max(0, units + end) : end
      const expected = bits.filter((i) => i >= from(start, units) * unit && i < (to + 1) * unit)
      const { first, last } = bitRange(new Slice(new Uint8Array(size)), start, end, unit)
      expect(bits.slice(first, last + 1), `seed ${r.seed}: ${start} to ${end} of ${size}, unit ${unit}`).toEqual(
        expected,
      )
    }
  }
})

const from = (start: number, units: number): number => (start < 0 ? Math.max(0, units + start) : start)

test('strings are combined as arrays of bytes are', () => {
  const r = random()
  const keyspace = new Keyspace({ random: r, memory: new Memory() })
  const db = keyspace.databases[0]
  const used = keyspace.memory.usedBytes
  for (let step = 0; step < 400; step++) {
    const where = `seed ${r.seed}, step ${step}`
    const how = (['and', 'or', 'xor', 'not'] as Combination[])[r.below(4)]
    const count = how === 'not' ? 1 : 1 + r.below(4)
    const values = Array.from({ length: count }, () => someBytes(r, r.below(r.below(3) === 0 ? 9000 : 100)))
    for (const [i, value] of values.entries()) db.setString(Slice.of(`s${i}`), new Slice(value), 2, -1)
    const refs = values.map((value, i) => (value.length === 0 ? NIL : db.peek(Slice.of(`s${i}`))))
    const size = Math.max(1, ...values.map((value) => value.length))
    const at = (value: Uint8Array, i: number): number => value[i] ?? 0
    const expected = Uint8Array.from({ length: size }, (_, i) => {
      if (how === 'not') return ~at(values[0], i)
      const [head, ...rest] = values.map((value) => at(value, i))
      return rest.reduce((a, b) => (how === 'and' ? a & b : how === 'or' ? a | b : a ^ b), head)
    })
    // The destination is a key of its own, or one of the sources.
    const key = Slice.of(r.below(3) === 0 ? 's0' : 'd')
    expect(storeCombination(db, key, how, refs, size), where).toBe(true)
    expect(Buffer.from(db.stringOf(db.peek(key), new Slice()).bytes()).equals(expected), where).toBe(true)
  }
  for (const key of ['s0', 's1', 's2', 's3', 'd']) db.remove(Slice.of(key))
  db.check()
  keyspace.memory.check()
  db.clear()
  expect(keyspace.memory.usedBytes, `seed ${r.seed}`).toBe(used)
})

test('a combination for which there is no memory changes nothing', () => {
  for (const size of [100, 9000]) {
    const keyspace = new Keyspace({ random: random(), memory: new Memory() })
    const db = keyspace.databases[0]
    const { memory } = keyspace
    db.setString(Slice.of('s'), new Slice(new Uint8Array(size).fill(1)), 2, -1)
    db.setString(Slice.of('d'), Slice.of('kept'), 1, 4e12)
    const used = memory.usedBytes
    const sources = [db.peek(Slice.of('s'))]
    let isStored = false
    // More and more room, until there is enough: whatever it lacks, it lacks before anything has changed.
    for (let room = 0; !isStored; room += 64) {
      memory.limitBytes = used + room
      isStored = storeCombination(db, Slice.of('d'), 'not', sources, size)
      if (isStored) break
      expect(memory.usedBytes).toBe(used)
      expect(db.stringOf(db.peek(Slice.of('d')), new Slice()).text()).toBe('kept')
      expect(db.expiresAt(db.peek(Slice.of('d')))).toBe(4e12)
    }
    expect(db.stringOf(db.peek(Slice.of('d')), new Slice()).size).toBe(size)
    db.check()
    memory.check()
  }
})

test('fields hold what bigints of their width hold', () => {
  const r = random()
  for (let step = 0; step < 4000; step++) {
    const where = `seed ${r.seed}, step ${step}`
    const isSigned = r.below(2) === 0
    const type = fieldType(isSigned, 1 + r.below(isSigned ? 64 : 63))!
    const bytes = Uint8Array.from({ length: 24 }, () => r.below(256))
    const value = placed(r, bytes)
    const bits = bitsOf(bytes)
    const offset = r.below(24 * 8 + 10)
    const expected = fieldIn(bits, type, offset)
    expect(BigInt(readField(value, type, offset)), where).toBe(expected)

    const overflow = (['wrap', 'saturate', 'fail'] as Overflow[])[r.below(3)]
    const number = someInteger(r)
    const sum = addToField(type, readField(value, type, offset), exact(number), overflow)
    expect(sum === undefined ? sum : BigInt(sum), where).toBe(model(expected + number, type, overflow))
    const set = fieldOf(type, exact(number), overflow)
    const max = (1n << BigInt(type.bits - 1)) - 1n
    const isTooFar = isSigned && type.bits < 64 && max - number >= 1n << 63n && overflow === 'saturate'
    const asked = !isSigned && number < 0n ? number + (1n << 64n) : isTooFar ? max : number
    expect(set === undefined ? set : BigInt(set), where).toBe(model(asked, type, overflow))
    if (set === undefined || offset + type.bits > 24 * 8) continue
    writeField(value, type, offset, set)
    const written = BigInt.asUintN(type.bits, BigInt(set)).toString(2).padStart(type.bits, '0')
    bits.splice(offset, type.bits, ...[...written].map(Number))
    expect(bitsOf(value.bytes()), where).toEqual(bits)
  }
})

function fieldIn(bits: readonly number[], type: FieldType, offset: number): bigint {
  let number = 0n
  for (let i = offset; i < offset + type.bits; i++) number = number * 2n + BigInt(bits[i] ?? 0)
  return type.isSigned ? BigInt.asIntN(type.bits, number) : number
}

function model(sum: bigint, { isSigned, bits }: FieldType, overflow: Overflow): bigint | undefined {
  const min = isSigned ? -(1n << BigInt(bits - 1)) : 0n
  const max = (1n << BigInt(isSigned ? bits - 1 : bits)) - 1n
  if (sum >= min && sum <= max) return sum
  if (overflow === 'fail') return undefined
  if (overflow === 'saturate') return sum < min ? min : max
  return isSigned ? BigInt.asIntN(bits, sum) : BigInt.asUintN(bits, sum)
}

/** Any signed 64-bit integer, small ones and the ends often. */
function someInteger(r: Random): bigint {
  const width = BigInt(1 + r.below(64))
  const all = (BigInt(r.below(2 ** 32)) << 32n) | BigInt(r.below(2 ** 32))
  const ends = [0n, -1n, 1n, -(2n ** 63n), 2n ** 63n - 1n]
  return r.below(5) === 0 ? ends[r.below(5)] : BigInt.asIntN(Number(width), all)
}

/** As an argument arrives: a number where that is exact. */
const exact = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value)
