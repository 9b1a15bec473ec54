/*
 * The kinds of options: how the text of a value is read and written back.
 * Which options there are is in options.ts.
 */
import { quoteWord } from './quote-word.ts'

/** What an option's text stands for, or why it cannot. Texts are Redis' own. */
export type Read<T> = { readonly value: T } | { readonly error: string }

export interface Option<T = unknown> {
  readonly initial: T
  /**
   * `words` are the directive's arguments as quoting split them; of CONFIG SET exactly one. `current`
   * is what the option is now, for those of which a directive may change a part.
   */
  read(words: readonly string[], current: T): Read<T>
  /** As CONFIG GET answers it. */
  write(value: T): string
  /** Other names that are accepted and answered. */
  readonly aliases: readonly string[]
  /** Whether CONFIG SET may change it. */
  readonly mutable: boolean
  /** CONFIG SET needs enable-protected-configs. */
  readonly guarded: boolean
  /** Never written to the log. */
  readonly secret: boolean
  /** The directive takes several arguments; in CONFIG SET they are one text split at blanks. */
  readonly multiple: boolean
  /** The server can do one thing only: any other value is refused, saying why. */
  readonly isFixed: boolean
  /** How a configuration file writes it: each entry the arguments of one line. */
  lines(value: T): readonly string[]
}

export interface Traits {
  readonly aliases?: readonly string[]
  readonly mutable?: boolean
  readonly guarded?: boolean
  readonly secret?: boolean
}

interface Codec<T> {
  read(words: readonly string[], current: T): Read<T>
  write(value: T): string
  readonly multiple?: boolean
  readonly isFixed?: boolean
  lines?(value: T): readonly string[]
}

export function makeOption<T>(initial: T, traits: Traits, codec: Codec<T>): Option<T> {
  return {
    initial,
    aliases: traits.aliases ?? [],
    mutable: traits.mutable ?? true,
    guarded: traits.guarded ?? false,
    secret: traits.secret ?? false,
    multiple: codec.multiple ?? false,
    isFixed: codec.isFixed ?? false,
    read: codec.read,
    write: codec.write,
    lines: codec.lines ?? ((value) => [quoteWord(codec.write(value))]),
  }
}

const single = (words: readonly string[]): string | undefined => (words.length === 1 ? words[0] : undefined)
const WRONG_NUMBER = { error: 'wrong number of arguments' } as const

export function flag(initial: boolean, traits: Traits = {}): Option<boolean> {
  return makeOption<boolean>(initial, traits, {
    read(words) {
      const text = single(words)?.toLowerCase()
      if (text === 'yes') return { value: true }
      return text === 'no' ? { value: false } : { error: "argument must be 'yes' or 'no'" }
    },
    write: (value) => (value ? 'yes' : 'no'),
  })
}

export function text(initial: string, traits: Traits = {}): Option<string> {
  return makeOption<string>(initial, traits, {
    read(words) {
      const value = single(words)
      return value === undefined ? WRONG_NUMBER : { value }
    },
    write: (value) => value,
  })
}

export function choice<const N extends string>(initial: N, names: readonly N[], traits: Traits = {}): Option<N> {
  return makeOption<N>(initial, traits, {
    read(words) {
      const given = single(words)?.toLowerCase()
      const value = names.find((name) => name === given)
      if (value !== undefined) return { value }
      return { error: `argument(s) must be one of the following: ${names.join(', ')}` }
    },
    write: (value) => value,
  })
}

export interface Bounds {
  readonly min?: number
  readonly max?: number
}

const INT_MAX = 2 ** 31 - 1
/**
 * Numbers are kept in doubles: exact to 2^53, as a size more than any machine has. Beyond that they are rounded,
 * and the highest stands for what it is rounded from, the greatest signed 64-bit integer.
 */
export const INT64_MAX = 2 ** 63
const INT64_MAX_TEXT = '9223372036854775807'
/** The next double: the least size that must not be taken for the highest one. */
const BEYOND_INT64 = 2 ** 63 + 2 ** 11
const textOf = (value: number): string => (value === INT64_MAX ? INT64_MAX_TEXT : BigInt(value).toString())

const outside = (value: number, { min = 0, max = INT_MAX }: Bounds): string | undefined =>
  value < min || value > max ? `argument must be between ${textOf(min)} and ${textOf(max)} inclusive` : undefined

export function integer(initial: number, bounds: Bounds = {}, traits: Traits = {}): Option<number> {
  return makeOption<number>(initial, traits, {
    read(words) {
      const given = single(words)
      const exact = given !== undefined && /^(?:0|-?[1-9]\d{0,18})$/.test(given) ? BigInt(given) : undefined
      if (exact === undefined || exact !== BigInt.asIntN(64, exact)) {
        return { error: "argument couldn't be parsed into an integer" }
      }
      const value = Number(exact)
      const error = outside(value, bounds)
      return error === undefined ? { value } : { error }
    },
    write: textOf,
  })
}

/** An integer that is moved within its bounds instead of being refused outside of them. */
export function clamped(initial: number, bounds: Required<Bounds>, traits: Traits = {}): Option<number> {
  const unbounded = integer(initial, {}, traits)
  return {
    ...unbounded,
    read(words, current) {
      const read = unbounded.read(words, current)
      return 'error' in read ? read : { value: Math.min(Math.max(read.value, bounds.min), bounds.max) }
    },
  }
}

/** Permission bits, in octal. */
export function octal(initial: number, traits: Traits = {}): Option<number> {
  return makeOption<number>(initial, traits, {
    read(words) {
      const given = single(words)
      if (given === undefined || !/^[0-7]{1,4}$/.test(given)) {
        return { error: "argument couldn't be parsed into an octal number" }
      }
      const value = Number.parseInt(given, 8)
      return value > 0o777 ? { error: 'argument must be between 0 and 777 inclusive' } : { value }
    },
    write: (value) => value.toString(8),
  })
}

/** A number of bytes, with the units that `sizeOf` knows. */
export function size(initial: number, bounds: Bounds = {}, traits: Traits = {}): Option<number> {
  return makeOption<number>(initial, traits, {
    read(words) {
      const given = single(words)
      const value = given === undefined ? undefined : sizeOf(given)
      if (value === undefined) return { error: 'argument must be a memory value' }
      const error = outside(value, { min: 0, max: INT64_MAX, ...bounds })
      return error === undefined ? { value } : { error }
    },
    write: textOf,
  })
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1000 ** 2,
  mb: 1024 ** 2,
  g: 1000 ** 3,
  gb: 1024 ** 3,
}

/** `100`, `1k` (1000), `1kb` (1024), `2gb`: bytes, or undefined if it is no such text. As in Redis no digits are 0, and a zero byte ends the text. */
export function sizeOf(given: string): number | undefined {
  const match = /^(\d*)([a-z]*)(?:\0|$)/i.exec(given)
  if (!match) return undefined
  const unit = UNITS[match[2].toLowerCase()]
  if (unit === undefined) return undefined
  const exact = BigInt(match[1]) * BigInt(unit)
  return exact > BigInt(INT64_MAX_TEXT) ? Math.max(Number(exact), BEYOND_INT64) : Number(exact)
}

/** Words, kept as one text with a blank between. */
export function words(initial: string, traits: Traits = {}): Option<string> {
  return makeOption<string>(initial, traits, {
    multiple: true,
    read: (given) => ({ value: given.filter((word) => word !== '').join(' ') }),
    write: (value) => value,
    lines: (value) => [value === '' ? '""' : value],
  })
}

/**
 * An option of which this server can do one thing only. Saying that thing is accepted,
 * anything else is refused with `because`, which says what the user gets instead.
 */
export function fixed(only: string, because: string): Option<string> {
  return makeOption<string>(
    only,
    {},
    {
      multiple: true,
      isFixed: true,
      read: (given) => (given.join(' ').toLowerCase() === only ? { value: only } : { error: because }),
      write: (value) => value,
    },
  )
}
