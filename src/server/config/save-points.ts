/*
 * `save 900 1 300 10`: the data is saved when so many seconds have passed since
 * the last save and so many changes were made. `save ""` is never.
 */
import { makeOption, type Option, type Traits } from './option.ts'

export interface SavePoint {
  readonly seconds: number
  readonly changes: number
}

const INVALID = { error: 'Invalid save parameters' } as const
const NUMBER = /^\d{1,15}$/

const textOf = ({ seconds, changes }: SavePoint): string => `${seconds} ${changes}`

export function savePoints(initial: readonly SavePoint[], traits: Traits = {}): Option<readonly SavePoint[]> {
  return makeOption<readonly SavePoint[]>(initial, traits, {
    multiple: true,
    read(given) {
      // `--save "900 1"` on the command line is one word.
      const words = given.flatMap((word) => word.split(' ')).filter((word) => word !== '')
      if (words.length === 0) return { value: [] }
      if (words.length % 2 !== 0 || !words.every((word) => NUMBER.test(word))) return INVALID
      const points: SavePoint[] = []
      for (let i = 0; i < words.length; i += 2)
        points.push({ seconds: Number(words[i]), changes: Number(words[i + 1]) })
      return points.every((point) => point.seconds >= 1) ? { value: points } : INVALID
    },
    write: (points) => points.map(textOf).join(' '),
    lines: (points) => (points.length === 0 ? ['""'] : points.map(textOf)),
  })
}
