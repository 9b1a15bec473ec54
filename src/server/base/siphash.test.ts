/*
 * HalfSipHash-1-3 against the algorithm written down again from its description,
 * in arbitrary precision and without a thought for speed. That other writing is
 * first held to published values (of HalfSipHash-2-4, which differs by the two
 * round counts only), so that both cannot be wrong in the same way.
 */
import { describe, expect, test } from 'vitest'
import { random } from './random.ts'
import { createHashKey, sipHash } from './siphash.ts'

const WORD = 2n ** 32n

function halfSipHash(rounds: number, finalRounds: number, key: Uint8Array, data: Uint8Array): number {
  const word = (bytes: Uint8Array, at: number): bigint => {
    let value = 0n
    for (let i = 3; i >= 0; i--) value = value * 256n + BigInt(bytes[at + i])
    return value
  }
  const turn = (value: bigint, by: bigint): bigint => ((value << by) % WORD) | (value >> (32n - by))
  let v = [word(key, 0), word(key, 4), 0x6c796765n ^ word(key, 0), 0x74656462n ^ word(key, 4)]
  const round = (): void => {
    let [a, b, c, d] = v
    a = (a + b) % WORD
    c = (c + d) % WORD
    b = turn(b, 5n) ^ a
    d = turn(d, 8n) ^ c
    a = turn(a, 16n)
    c = (c + b) % WORD
    a = (a + d) % WORD
    b = turn(b, 13n) ^ c
    d = turn(d, 7n) ^ a
    c = turn(c, 16n)
    v = [a, b, c, d]
  }
  const padded = new Uint8Array((Math.floor(data.length / 4) + 1) * 4)
  padded.set(data)
  padded[padded.length - 1] = data.length & 255
  for (let at = 0; at < padded.length; at += 4) {
    const m = word(padded, at)
    v[3] ^= m
    for (let i = 0; i < rounds; i++) round()
    v[0] ^= m
  }
  v[2] ^= 0xffn
  for (let i = 0; i < finalRounds; i++) round()
  return Number(BigInt.asIntN(32, v[1] ^ v[3]))
}

const counting = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i)

describe('HalfSipHash', () => {
  test('as written down again gives the published values of its 2-4 form', () => {
    // Key 00..07, input 00..n-1: the first four of the reference's table, as little-endian words.
    const published = [0x5b9f35a9, 0xb85a4727, 0x03a662fa, 0x04e7fe8a]
    const found = published.map((_, size) => halfSipHash(2, 4, counting(8), counting(size)) >>> 0)
    expect(found).toEqual(published)
  })

  test('gives the same as that for every size and alignment', () => {
    const r = random()
    for (let step = 0; step < 2_000; step++) {
      const keyBytes = r.bytesOf(8)
      const data = r.bytesOf(step % 300)
      const at = r.below(9)
      const buf = new Uint8Array(at + data.length + 5).fill(0xaa)
      buf.set(data, at)
      expect(sipHash(createHashKey(keyBytes), buf, at, data.length), `seed ${r.seed}, step ${step}`).toBe(
        halfSipHash(1, 3, keyBytes, data),
      )
    }
  })

  test('spreads similar keys evenly over positions and tags', () => {
    const key = createHashKey(counting(8))
    const positions = new Uint32Array(1024)
    const tags = new Uint32Array(256)
    const text = new TextEncoder()
    const keys = 200_000
    for (let i = 0; i < keys; i++) {
      const bytes = text.encode(`user:${i}`)
      const hash = sipHash(key, bytes, 0, bytes.length)
      positions[hash & 1023]++
      tags[hash >>> 24]++
    }
    // Six standard deviations of a binomial count: a fair hash fails less than once in 10^5 keys of the hash.
    for (const [counts, expected] of [
      [positions, keys / 1024],
      [tags, keys / 256],
    ] as const) {
      for (const count of counts) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected))
    }
  })
})
