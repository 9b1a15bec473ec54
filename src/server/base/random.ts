/*
 * Pseudo-random numbers: fast, replayable, not for secrets (those come from
 * node:crypto). Sampling for expiry and eviction, RANDOMKEY and its like draw
 * from here, and so do fuzz tests, which replay with SEED=<n>.
 *
 * The generator is Marsaglia's xorshift128: 128 bits of state, of which 32 are
 * seeded and the rest are spread from them, so a seed is one number to quote.
 */
import { randomBytes } from 'node:crypto'

export class Random {
  readonly seed: number
  /** In an Int32Array because a field would turn into a heap number at every step. */
  private readonly state = new Int32Array(4)

  constructor(seed: number) {
    this.seed = seed >>> 0
    let x = this.seed
    for (let i = 0; i < 4; i++) {
      x = (x + 0x9e3779b9) | 0
      const mixed = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
      this.state[i] = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) | 1
    }
  }

  /** A signed 32-bit integer. */
  i32(): number {
    const { state } = this
    let t = state[0]
    const s = state[3]
    state[0] = state[1]
    state[1] = state[2]
    state[2] = s
    t ^= t << 11
    t ^= t >>> 8
    t ^= s ^ (s >>> 19)
    state[3] = t
    return t
  }

  /** An unsigned 32-bit integer. */
  u32(): number {
    return this.i32() >>> 0
  }

  /** An integer in [0, limit), for limits up to 2^32. */
  below(limit: number): number {
    return Math.floor((this.u32() / 0x1_0000_0000) * limit)
  }

  /** An integer in [low, high], both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.u32() / 0x1_0000_0000 < probability
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]
  }

  /** Exactly `size` random bytes. */
  bytesOf(size: number): Uint8Array {
    const bytes = new Uint8Array(size)
    for (let i = 0; i < size; i++) bytes[i] = this.i32()
    return bytes
  }

  /** Random bytes, at most `sizeMax` of them, none included. */
  bytes(sizeMax: number): Uint8Array {
    return this.bytesOf(this.below(sizeMax + 1))
  }
}

/** A generator with the seed of the SEED environment variable, else with an unpredictable one. */
export function random(seed: number = freshSeed()): Random {
  return new Random(seed)
}

function freshSeed(): number {
  const given = process.env['SEED']
  return given === undefined ? randomBytes(4).readUInt32LE(0) : Number(given) >>> 0
}
