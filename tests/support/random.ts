/*
 * Randomness that can be replayed: every random test takes its numbers from
 * here, names the seed in its failure message, and runs again with SEED=<n>.
 *
 * The generator is mulberry32: 32 bits of state, no dependency, the same
 * numbers on every platform. It is for tests only.
 */

export interface Random {
  readonly seed: number
  /** An unsigned 32-bit integer. */
  u32(): number
  /** An integer in [0, limit). */
  below(limit: number): number
  /** An integer in [low, high], both included. */
  between(low: number, high: number): number
  /** True with the given probability. */
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  /** Random bytes, at most `sizeMax` of them, none included. */
  bytes(sizeMax: number): Uint8Array
  /** Exactly `size` random bytes. */
  bytesOf(size: number): Uint8Array
  /** Reorders the list in place. */
  shuffle<T>(list: T[]): T[]
}

/** SEED of the environment, else a new one: a run explores, a failure replays. */
export function seedFromEnvironment(): number {
  const given = process.env['SEED']
  return given === undefined ? (Math.random() * 0x1_0000_0000) >>> 0 : Number(given) >>> 0
}

export function random(seed: number = seedFromEnvironment()): Random {
  let state = seed >>> 0
  const u32 = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  const below = (limit: number): number => Math.floor((u32() / 0x1_0000_0000) * limit)
  const bytesOf = (size: number): Uint8Array => {
    const bytes = new Uint8Array(size)
    for (let i = 0; i < size; i++) bytes[i] = u32() >>> 24
    return bytes
  }
  return {
    seed,
    u32,
    below,
    bytesOf,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => u32() / 0x1_0000_0000 < probability,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('pick from an empty list')
      return list[below(list.length)]!
    },
    bytes: (sizeMax) => bytesOf(below(sizeMax + 1)),
    shuffle: (list) => {
      for (let i = list.length - 1; i > 0; i--) {
        const j = below(i + 1)
        const held = list[i]!
        list[i] = list[j]!
        list[j] = held
      }
      return list
    },
  }
}
