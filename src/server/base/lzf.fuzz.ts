/*
 * LZF there and back over texts with more and less repetition, and broken
 * streams, which must be refused or come out with the size that was asked for.
 */
import { expect, test } from 'vitest'
import { type Random, random } from '../../../tests/support/random.ts'
import { LZF_SPARE, LzfRoom, lzfCompress } from './lzf.ts'

/** Decompresses to the room that `into` is, between bytes that nobody may touch. */
function unpack(packed: Uint8Array, size: number, into: Uint8Array): boolean {
  const start = GUARD
  const at = start + into.length + LZF_SPARE
  room.bytes.fill(GUARD)
  room.bytes.set(packed.subarray(0, size), at)
  const isWhole = room.decompress(at, size, start, into.length)
  into.set(room.bytes.subarray(start, start + into.length))
  expect(room.bytes.subarray(0, start).every((byte) => byte === GUARD)).toBe(true)
  expect(Buffer.compare(room.bytes.subarray(at, at + size), packed.subarray(0, size))).toBe(0)
  expect(room.bytes.subarray(at + size).every((byte) => byte === GUARD)).toBe(true)
  return isWhole
}

const room = new LzfRoom(128 * 1024)
const GUARD = 8

/** Pieces of few different bytes, and copies of what came before. */
function text(r: Random, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; ) {
    const run = Math.min(size - at, 1 + r.below(300))
    if (at > 0 && r.chance(0.5)) {
      const from = r.below(at)
      for (let i = 0; i < run; i++) bytes[at + i] = bytes[from + i]
    } else for (let i = 0; i < run; i++) bytes[at + i] = r.chance(0.9) ? 97 + r.below(4) : r.below(256)
    at += run
  }
  return bytes
}

test('what is compressed comes back', () => {
  const r = random()
  for (let round = 0; round < 300; round++) {
    const bytes = text(r, r.below(round < 10 ? 60_000 : 2_000))
    const packed = new Uint8Array(bytes.length + 8)
    const size = lzfCompress(bytes, 0, bytes.length, packed, packed.length)
    if (size === 0) continue
    const back = new Uint8Array(bytes.length)
    expect(unpack(packed, size, back), `seed ${r.seed}, round ${round}`).toBe(true)
    expect(Buffer.compare(back, bytes), `seed ${r.seed}, round ${round}`).toBe(0)
  }
})

test('repetition becomes small, and what does not become smaller is given up', () => {
  const packed = new Uint8Array(2_000)
  expect(lzfCompress(new Uint8Array(2_000).fill(65), 0, 2_000, packed, 2_000)).toBeLessThan(40)
  const noise = random(1).bytesOf(200)
  expect(lzfCompress(noise, 0, 200, packed, 200)).toBe(0)
})

test('a broken stream is refused or fills exactly what it was to fill', () => {
  const r = random()
  for (let round = 0; round < 2_000; round++) {
    const bytes = text(r, 300)
    const packed = new Uint8Array(400)
    const size = lzfCompress(bytes, 0, bytes.length, packed, packed.length)
    for (let i = r.below(4); i >= 0; i--) packed[r.below(size + 1)] = r.below(256)
    const back = new Uint8Array(r.chance(0.5) ? 300 : r.below(600))
    unpack(packed, r.below(size + 2), back)
  }
})
