/*
 * The shortest sequence that still shows a difference: cut off what came after,
 * then leave out halves, quarters, and so on down to single steps, as long as
 * some difference remains. Every try runs on fresh servers' data, so the
 * result replays.
 */
import type { Difference, Step } from './episode.ts'

const TRIES_MAX = 400

export interface Shrunk {
  readonly steps: readonly Step[]
  readonly difference: Difference
}

export async function shrink(
  steps: readonly Step[],
  difference: Difference,
  run: (steps: readonly Step[]) => Promise<Difference | undefined>,
): Promise<Shrunk> {
  let best: Shrunk = { steps: steps.slice(0, difference.at + 1), difference }
  let tries = 0
  for (let size = best.steps.length >> 1; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.steps.length; ) {
      if (tries++ >= TRIES_MAX) return best
      const without = [...best.steps.slice(0, at), ...best.steps.slice(at + size)]
      const still = without.length > 0 ? await run(without) : undefined
      if (still !== undefined && isSameKind(still, difference))
        best = { steps: without.slice(0, still.at + 1), difference: still }
      else at += size
    }
  }
  return best
}

/** The same trouble, not merely some trouble: shrinking must not wander off to another difference. */
function isSameKind(a: Difference, b: Difference): boolean {
  return kindOf(a) === kindOf(b)
}

/** A difference without its particulars: what makes two of them one finding. */
export function kindOf({ what, ours, theirs }: Difference): string {
  const blank = (text: string): string => text.replace(/"(?:\\.|[^"\\])*"/g, '"..."').replace(/\d+/g, '0')
  const name =
    /^(?:key|value|time to live|encoding|field time to live|groups|type|DBSIZE)\b/.exec(what)?.[0] ??
    what.split(' ')[0]!.toUpperCase()
  return `${name} | ${blank(ours).slice(0, 60)} | ${blank(theirs).slice(0, 60)}`
}
