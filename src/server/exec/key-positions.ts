/*
 * Which arguments of a request are keys, read from the key specifications of
 * its command. For COMMAND GETKEYS, and for whoever must know before running it.
 */
import type { Slice } from '../base/slice.ts'
import { integerOf } from './args.ts'
import { type CommandSpec, type KeySpec, REFUSED } from './command.ts'

export interface KeyPosition {
  readonly index: number
  readonly spec: KeySpec
}

/**
 * The keys of a request in the order of the specifications; undefined where what should say how
 * many they are, or where they begin, is not what the command could accept.
 */
export function keyPositions(
  command: CommandSpec,
  argv: readonly Slice[],
  argc: number,
): readonly KeyPosition[] | undefined {
  const found: KeyPosition[] = []
  for (const spec of command.keys ?? []) {
    if (spec.notKey) continue
    const first = spec.find ? spec.find(argv, argc) : firstIndex(spec, argv, argc)
    if (first === REFUSED) return undefined
    if (first === undefined) continue
    if (spec.keyNum) {
      const count = integerOf(argv[first + spec.keyNum.at] ?? argv[0])
      if (count === undefined || count < 1) return undefined
      const from = first + spec.keyNum.firstKey
      const end = from + (count - 1) * spec.keyNum.step
      if (end >= argc) return undefined
      for (let i = from; i <= end; i += spec.keyNum.step) found.push({ index: i, spec })
      continue
    }
    const end = lastIndex(spec, first, argc)
    for (let i = first; i <= end && i < argc; i += spec.step ?? 1) found.push({ index: i, spec })
  }
  return found.length === 0 ? undefined : found
}

function firstIndex({ at, unknown }: KeySpec, argv: readonly Slice[], argc: number): number | undefined {
  if (unknown) return undefined
  if (typeof at === 'number') return at < argc ? at : REFUSED
  const { keyword, from } = at
  const word = keyword.toLowerCase()
  // A negative start counts from the end and searches backwards.
  const step = from < 0 ? -1 : 1
  for (let i = from < 0 ? argc + from : from; i > 0 && i < argc - 1; i += step) if (argv[i].is(word)) return i + 1
  return undefined
}

function lastIndex(spec: KeySpec, first: number, argc: number): number {
  const last = spec.last ?? 0
  if (last >= 0) return first + last
  if (spec.limit && spec.limit > 1) return first + Math.floor((argc - first) / spec.limit) - 1
  return argc + last
}
