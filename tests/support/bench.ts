/*
 * Micro-benchmarks that live beside the code they measure and cannot rot: a
 * `*.bench.ts` is a test with two sizes. `npm test` runs the small one, to know
 * that it still works; `npm run bench -- --only micro` runs the large one and
 * prints. Nothing is ever asserted about time.
 */
import { test } from 'vitest'

export const isFullBenchmark = process.env['KEYSTEAD_BENCH'] === 'full'

export interface Bench {
  /** A parameter with its two sizes; the one in force is printed. */
  size(name: string, small: number, large: number): number
  /**
   * Times `run`, which performs `count` operations and returns a checksum. The
   * checksum is printed, so that neither the optimiser nor an edit drops the work.
   */
  time(label: string, count: number, run: () => number): void
}

const ROUNDS = 5

export function bench(name: string, body: (b: Bench) => void): void {
  test(`${name} (benchmark)`, { timeout: isFullBenchmark ? 600_000 : 30_000 }, () => {
    const parameters: string[] = []
    body({
      size(parameter, small, large) {
        const value = isFullBenchmark ? large : small
        parameters.push(`${parameter}=${value}`)
        return value
      },
      time(label, count, run) {
        if (!isFullBenchmark) {
          run()
          return
        }
        run() // The first round compiles; it is not counted.
        const nanoseconds: number[] = []
        let checksum = 0
        for (let round = 0; round < ROUNDS; round++) {
          const start = performance.now()
          checksum = run()
          nanoseconds.push(((performance.now() - start) * 1e6) / count)
        }
        nanoseconds.sort((a, b) => a - b)
        const median = nanoseconds[ROUNDS >> 1]!
        const perSecond = Math.round(1e9 / median).toLocaleString('en-US')
        console.log(
          `${name}, ${label} (${parameters.join(' ')}): ${median.toFixed(1)} ns/op, ${perSecond} op/s, checksum ${checksum}`,
        )
      },
    })
  })
}
