/*
 * What SCAN and the scans of collections are told: the cursor and the options
 * behind it.
 */
import { globMatches } from '../base/glob.ts'
import { parseExact } from '../base/integer-text.ts'
import type { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { Err, errorLine } from '../exec/errors.ts'

export interface ScanOptions {
  /** About how many elements to visit. */
  count: number
  /** Undefined where every name matches. */
  pattern: Slice | undefined
  /** The name of a type, in any case. */
  type: Slice | undefined
  noValues: boolean
  noScores: boolean
}

/** The options that not every scan has. */
export interface ScanFeatures {
  readonly type?: boolean
  readonly novalues?: boolean
  readonly noscores?: boolean
}

const NOSCORES_ELSEWHERE = errorLine('ERR NOSCORES option can only be used in ZSCAN')
const NOVALUES_ELSEWHERE = errorLine('ERR NOVALUES option can only be used in HSCAN')
const COUNT_INITIAL = 10
/** What C's strtoull takes where the text is not the canonical form of an integer. A zero byte ends it. */
const CURSOR = /^[ \t-\r]*([+-]?)(\d+)(?:\0|$)/
const UINT64_MAX = 2n ** 64n - 1n
const STAR = 42

/**
 * Where to go on, from argv[at]; 0 is the beginning. Undefined, having refused, if it is no cursor. Apart from
 * the options, because the scan of a collection looks its key up between the two.
 */
export function parseCursor(c: Call, at: number): number | undefined {
  const cursor = cursorOf(c.argv[at])
  if (cursor === undefined) c.reply.error(Err.invalidCursor)
  return cursor
}

/** Reads the options from argv[at] on; undefined, having refused, if they are no good. */
export function parseScanOptions(c: Call, at: number, features: ScanFeatures): ScanOptions | undefined {
  const { argv, argc, reply } = c
  const options: ScanOptions = {
    count: COUNT_INITIAL,
    pattern: undefined,
    type: undefined,
    noValues: false,
    noScores: false,
  }
  for (let i = at; i < argc; i++) {
    const refusal = takeOption(options, features, argv[i], i + 1 < argc ? argv[i + 1] : undefined)
    if (refusal !== undefined) {
      reply.error(refusal)
      return undefined
    }
    if (!argv[i].is('novalues') && !argv[i].is('noscores')) i++
  }
  return options
}

/** Notes one option with its argument, if it takes one and there is one; the refusal if it is wrong. */
function takeOption(
  options: ScanOptions,
  features: ScanFeatures,
  word: Slice,
  argument: Slice | undefined,
): Uint8Array | undefined {
  if (word.is('novalues')) {
    if (!features.novalues) return NOVALUES_ELSEWHERE
    options.noValues = true
  } else if (word.is('noscores')) {
    if (!features.noscores) return NOSCORES_ELSEWHERE
    options.noScores = true
  } else if (argument === undefined) return Err.syntax
  else if (word.is('match')) {
    options.pattern = argument.size === 1 && argument.buf[argument.at] === STAR ? undefined : argument
  } else if (features.type && word.is('type')) options.type = argument
  else if (word.is('count')) {
    const count = parseExact(argument)
    if (count === undefined) return Err.notInteger
    if (count < 1) return Err.syntax
    options.count = Number(count)
  } else return Err.syntax
  return undefined
}

/** Our tables count groups in 32 bits; a cursor that another server gave out may be longer, and goes on somewhere. */
function cursorOf(given: Slice): number | undefined {
  // As in Redis 8 and Valkey: a negative integer is refused, but not what only strtoull reads as one.
  const canonical = parseExact(given)
  if (canonical !== undefined) return canonical < 0 ? undefined : Number(BigInt.asUintN(32, BigInt(canonical)))
  const match = CURSOR.exec(given.text())
  if (match === null) return undefined
  const [, sign, digits] = match
  const value = BigInt(digits)
  if (value > UINT64_MAX) return undefined
  return Number(BigInt.asUintN(32, sign === '-' ? -value : value))
}

/** Whether `name` passes MATCH. */
export function scanFilter(options: ScanOptions, name: Slice): boolean {
  return options.pattern === undefined || globMatches(options.pattern, name)
}
