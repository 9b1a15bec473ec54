/*
 * LZF there and back over texts with more and less repetition, and broken
 * streams, which must be refused or come out with the size that was asked for.
 */
import { expect, test } from 'vitest'
import { type Random, random } from '../../../tests/support/random.ts'
import { LZF_SPARE, LzfRoom } from './lzf.ts'
import { LZF_PIECE, LzfText, lzfCompress } from './lzf-compress.ts'
import { Slice } from './slice.ts'

/** Decompresses to the room that `into` is, between bytes that nobody may touch. */
function unpack(packed: Uint8Array, size: number, into: Uint8Array): boolean {
  const room = into.length < 4_000 ? smallRoom : bigRoom
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

const smallRoom = new LzfRoom(64 * 1024)
const bigRoom = new LzfRoom(512 * 1024)
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
    const seed = `seed ${r.seed}, round ${round}`
    const before = r.below(20)
    // Some are longer than what is compressed at a time.
    const size = r.below(round < 10 ? 200_000 : 2_000)
    const bytes = text(r, before + size)
    const packed = lzfCompress(bytes, before, size, size + 8)
    if (packed === undefined) continue
    const back = new Uint8Array(size)
    expect(unpack(packed.view(), packed.size, back), seed).toBe(true)
    expect(Buffer.compare(back, bytes.subarray(before)), seed).toBe(0)
  }
})

test('so does a text that is compressed in pieces, with others in between', () => {
  const r = random()
  for (let round = 0; round < 40; round++) {
    const seed = `seed ${r.seed}, round ${round}`
    const bytes = r.chance(0.2) ? r.bytesOf(1 + r.below(100_000)) : text(r, 1 + r.below(200_000))
    const other = text(r, 1_000)
    const pieces: Uint8Array[] = []
    const packer = new LzfText(bytes.length)
    for (let at = 0; at < bytes.length; ) {
      const size = Math.min(bytes.length - at, r.chance(0.3) ? LZF_PIECE : 1 + r.below(20_000))
      pieces.push(packer.next(new Slice(bytes, at, size)).bytes())
      at += size
      if (r.chance(0.5)) lzfCompress(other, 0, other.length, other.length)
    }
    const packed = Buffer.concat(pieces)
    const back = new Uint8Array(bytes.length)
    expect(unpack(packed, packed.length, back), seed).toBe(true)
    expect(Buffer.compare(back, bytes), seed).toBe(0)
  }
})

test('so does a text that waited until another one was counted as it was', () => {
  const bytes = random(1).bytesOf(100)
  const countToTheEnd = (): unknown => new LzfText(0x7fff_fff0)
  countToTheEnd()
  countToTheEnd()
  const waiting = new LzfText(bytes.length)
  countToTheEnd()
  // Both are the first text that is counted.
  lzfCompress(bytes, 0, bytes.length, bytes.length * 2)
  const packed = waiting.next(new Slice(bytes)).bytes()
  const back = new Uint8Array(bytes.length)
  expect(unpack(packed, packed.length, back)).toBe(true)
  expect(Buffer.compare(back, bytes)).toBe(0)
})

test('a text that is told in less than a limit is told', () => {
  const r = random()
  for (let round = 0; round < 300; round++) {
    const bytes = text(r, 1 + r.below(round < 10 ? 200_000 : 2_000))
    const { size } = lzfCompress(bytes, 0, bytes.length, bytes.length * 2 + 8)!
    const seed = `seed ${r.seed}, round ${round}`
    expect(lzfCompress(bytes, 0, bytes.length, size), seed).toBe(undefined)
    expect(lzfCompress(bytes, 0, bytes.length, size + 2)?.size, seed).toBe(size)
  }
})

test('repetition becomes small, and what does not become smaller is given up', () => {
  expect(lzfCompress(new Uint8Array(2_000).fill(65), 0, 2_000, 2_000)!.size).toBeLessThan(40)
  expect(lzfCompress(new Uint8Array(200_000).fill(65), 0, 200_000, 200_000)!.size).toBeLessThan(2_500)
  const noise = random(1).bytesOf(200_000)
  expect(lzfCompress(noise, 0, 200, 200)).toBe(undefined)
  expect(lzfCompress(noise, 0, noise.length, noise.length)).toBe(undefined)
})

test('a broken stream is refused or fills exactly what it was to fill', () => {
  const r = random()
  for (let round = 0; round < 2_000; round++) {
    const bytes = text(r, 300)
    const packed = new Uint8Array(400)
    const whole = lzfCompress(bytes, 0, bytes.length, packed.length)!
    const { size } = whole
    packed.set(whole.view())
    for (let i = r.below(4); i >= 0; i--) packed[r.below(size + 1)] = r.below(256)
    const back = new Uint8Array(r.chance(0.5) ? 300 : r.below(600))
    unpack(packed, r.below(size + 2), back)
  }
})
