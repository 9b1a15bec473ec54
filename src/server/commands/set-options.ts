/*
 * The options that SET, GETEX and MSETEX share: when to write, and how long the
 * key is to live. Options may come in any order and case, and twice; those that
 * contradict each other are a syntax error.
 */
import { Slice } from '../base/slice.ts'
import type { Call } from '../exec/call.ts'
import { Err } from '../exec/errors.ts'
import { expiryFrom, MILLISECONDS, SECONDS } from './expiry-argument.ts'

export const NX = 1 << 0
export const XX = 1 << 1
export const GET = 1 << 2
export const IFEQ = 1 << 3
export const KEEPTTL = 1 << 4
export const PERSIST = 1 << 5
export const EX = 1 << 6
export const PX = 1 << 7
export const EXAT = 1 << 8
export const PXAT = 1 << 9
export const ANY_EXPIRY = EX | PX | EXAT | PXAT

interface Option {
  readonly word: string
  readonly bit: number
  readonly conflicts: number
  readonly takesArgument: boolean
}

const WHEN = NX | XX | IFEQ
const LIFETIME = ANY_EXPIRY | KEEPTTL | PERSIST
const option = (word: string, bit: number, conflicts: number, takesArgument = false): Option => ({
  word,
  bit,
  conflicts,
  takesArgument,
})
const OPTIONS: readonly Option[] = [
  option('nx', NX, WHEN & ~NX),
  option('xx', XX, WHEN & ~XX),
  option('get', GET, 0),
  option('ifeq', IFEQ, WHEN, true),
  option('keepttl', KEEPTTL, LIFETIME & ~KEEPTTL),
  option('persist', PERSIST, LIFETIME & ~PERSIST),
  option('ex', EX, LIFETIME & ~EX, true),
  option('px', PX, LIFETIME & ~PX, true),
  option('exat', EXAT, LIFETIME & ~EXAT, true),
  option('pxat', PXAT, LIFETIME & ~PXAT, true),
]

const NONE = new Slice()

/** What `takeOptions` found, until its next call. */
export const taken = { mask: 0, expiry: NONE, comparison: NONE }

/** Takes the options from argv[from] on, of those `allowed`; false for a syntax error. */
export function takeOptions(c: Call, from: number, allowed: number): boolean {
  const { argv, argc } = c
  let mask = 0
  for (let i = from; i < argc; i++) {
    const option = optionNamed(argv[i])
    if (option === undefined || !(allowed & option.bit) || mask & option.conflicts) return false
    mask |= option.bit
    if (!option.takesArgument) continue
    if (++i === argc) return false
    if (option.bit === IFEQ) taken.comparison = argv[i]
    else taken.expiry = argv[i]
  }
  taken.mask = mask
  return true
}

function optionNamed(word: Slice): Option | undefined {
  for (let i = 0; i < OPTIONS.length; i++) if (word.is(OPTIONS[i].word)) return OPTIONS[i]
  return undefined
}

/** Whether `takenExpiry` has refused. */
export const REFUSED = Number.NaN

/** When the key is to die by the option taken (one of ANY_EXPIRY); REFUSED, having answered why, if that is no valid time. */
export function takenExpiry(c: Call): number {
  const { mask, expiry } = taken
  return expiryOrRefuse(c, expiry, mask & (EX | EXAT) ? SECONDS : MILLISECONDS, (mask & (EX | PX)) !== 0)
}

/** As `expiryFrom`, for the commands that set a value: they refuse a time to live that is not positive. */
export function expiryOrRefuse(c: Call, text: Slice, unit: number, isRelative: boolean): number {
  const base = isRelative ? c.db.keyspace.now : 0
  const time = expiryFrom(text, unit, base)
  if (Number.isNaN(time)) {
    c.reply.error(Err.notInteger)
    return REFUSED
  }
  if (time > base && time !== Number.POSITIVE_INFINITY) return time
  c.reply.errorText(`ERR invalid expire time in '${c.command.name}' command`)
  return REFUSED
}
