/*
 * How random commands are described: a group is data, a list of commands with
 * the grammar of their arguments. A grammar mostly yields what is valid;
 * mutate.ts then breaks some of it. A new group is one file in generators/ and
 * one line in groups.ts.
 */
import type { Random } from '../support/random.ts'
import type { CommandArg } from '../support/reply.ts'

/** What the arguments are made from, besides randomness. */
export interface Surroundings {
  readonly random: Random
  /** The real server at the other end: what it lacks is not sent. */
  readonly peer: { readonly kind: 'redis' | 'valkey'; readonly version: string }
}

/** Yields any number of arguments. */
export type Arg = (s: Surroundings) => CommandArg[]

/**
 * How two replies to the same command are compared:
 *   exact         to the byte
 *   unordered     arrays and sets as multisets
 *   pairs         a flat array of pairs, or a map, in any order
 *   scan          cursor and items: the items where both have ended, else nothing
 *   shape         types and lengths all the way down: the content is random
 *   type          the type alone: the content is each server's own
 *   seconds, milliseconds   integers that a clock moves
 */
export type View = 'exact' | 'unordered' | 'pairs' | 'scan' | 'shape' | 'type' | 'seconds' | 'milliseconds'

export interface Grammar {
  readonly words: readonly [string, ...string[]]
  readonly args: Arg
  readonly view: View
  /** It takes a time to live: small numbers would expire between two servers' answers, so none is sent. */
  readonly timed: boolean
  /**
   * It waits for so long as its first or last argument says in seconds, or the one after BLOCK in
   * milliseconds. A wait without end, or a long one, is not sent: nobody would end it.
   */
  readonly waits: 'first' | 'last' | 'block' | undefined
  /** It is never broken: what it would then make has no meaning that could be compared. */
  readonly isWhole: boolean
  /** It gives something a moment to live: that is over before anything else is sent. */
  readonly elapses: boolean
  /** How often it is chosen, relative to the others. */
  readonly weight: number
}

interface Traits {
  readonly view?: View
  readonly timed?: boolean
  readonly waits?: 'first' | 'last' | 'block'
  readonly isWhole?: boolean
  readonly elapses?: boolean
  readonly weight?: number
}

/** `command('SET', seq(key, value))`; a subcommand is written as one name, 'OBJECT ENCODING'. */
export function command(name: string, args: Arg, traits: Traits = {}): Grammar {
  const words = name.split(' ') as [string, ...string[]]
  const { view = 'exact', timed = false, waits, isWhole = false, elapses = false, weight = 1 } = traits
  return { words, args, view, timed, waits, isWhole, elapses, weight }
}

export interface Group {
  readonly name: string
  readonly commands: readonly Grammar[]
}

export const none: Arg = () => []
export const word =
  (...choices: CommandArg[]): Arg =>
  ({ random }) => [random.pick(choices)]

export const seq =
  (...parts: Arg[]): Arg =>
  (s) =>
    parts.flatMap((part) => part(s))

export const oneOf =
  (...choices: Arg[]): Arg =>
  (s) =>
    s.random.pick(choices)(s)

/** Present in half of the cases. */
export const maybe =
  (...parts: Arg[]): Arg =>
  (s) =>
    s.random.chance(0.5) ? seq(...parts)(s) : []

export const many =
  (low: number, high: number, part: Arg): Arg =>
  (s) =>
    Array.from({ length: s.random.between(low, high) }, () => part(s)).flat()

/** A count, then as many parts; the count lies now and then. */
export const counted =
  (low: number, high: number, part: Arg): Arg =>
  (s) => {
    const count = s.random.between(low, high)
    const said = s.random.chance(0.05) ? s.random.between(-1, high + 2) : count
    return [said, ...Array.from({ length: count }, () => part(s)).flat()]
  }

/** Some of the options, in any order. */
export const options =
  (...choices: Arg[]): Arg =>
  (s) =>
    s.random
      .shuffle([...choices])
      .filter(() => s.random.chance(0.35))
      .flatMap((choice) => choice(s))

/** Only where the other server has it: the first version of each kind, none where a kind is not named. */
export const since =
  (first: { readonly redis?: string; readonly valkey?: string }, part: Arg): Arg =>
  (s) => {
    const needed = first[s.peer.kind]
    return needed !== undefined && !isOlder(s.peer.version, needed) ? part(s) : []
  }

export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version.split('.').map(Number), than.split('.').map(Number)]
  for (let i = 0; i < b.length; i++) {
    if ((a[i] ?? 0) !== b[i]) return (a[i] ?? 0) < b[i]!
  }
  return false
}

/* What the arguments are: few keys and fields, so that commands meet. */

const STRING_KEYS = ['s:1', 's:2', 's:3', 'n:1', 'n:2']
const HASH_KEYS = ['h:1', 'h:2', 'h:3']
const LIST_KEYS = ['l:1', 'l:2', 'l:3']
const SET_KEYS = ['u:1', 'u:2', 'u:3']
const ZSET_KEYS = ['z:1', 'z:2', 'z:3']
const STREAM_KEYS = ['x:1', 'x:2']
const BITMAP_KEYS = ['b:1', 'b:2', 'b:3']
const HYPERLOGLOG_KEYS = ['p:1', 'p:2', 'p:3']
const GEO_KEYS = ['g:1', 'g:2']
const ODD_KEYS: CommandArg[] = ['', 'missing', 'k é', new Uint8Array([0, 255, 13, 10]), 'h:[1]*?']
/** Every key a random command can create, for the comparison of states and for KEYS patterns. */
export const KEYS: readonly CommandArg[] = [
  ...STRING_KEYS,
  ...HASH_KEYS,
  ...LIST_KEYS,
  ...SET_KEYS,
  ...ZSET_KEYS,
  ...STREAM_KEYS,
  ...BITMAP_KEYS,
  ...HYPERLOGLOG_KEYS,
  ...GEO_KEYS,
  ...ODD_KEYS,
]

const mostly =
  (likely: readonly CommandArg[]): Arg =>
  ({ random }) => [random.chance(0.85) ? random.pick(likely) : random.pick(KEYS)]

export const stringKey = mostly(STRING_KEYS)
export const hashKey = mostly(HASH_KEYS)
export const listKey = mostly(LIST_KEYS)
export const setKey = mostly(SET_KEYS)
export const zsetKey = mostly(ZSET_KEYS)
export const streamKey = mostly(STREAM_KEYS)
export const bitmapKey = mostly(BITMAP_KEYS)
export const hyperloglogKey = mostly(HYPERLOGLOG_KEYS)
export const geoKey = mostly(GEO_KEYS)
export const anyKey = mostly(KEYS)

/** Text around the limits where encodings change, numbers of every form, and bytes. */
const VALUES: readonly CommandArg[] = [
  '',
  'a',
  'hello world',
  '0',
  '12',
  '-5',
  '9223372036854775807',
  '-9223372036854775808',
  '9223372036854775808',
  '10000',
  '3.14',
  '-0.5',
  '1e3',
  '012',
  ' 12',
  '+5',
  'x'.repeat(16),
  'x'.repeat(17),
  'y'.repeat(44),
  'y'.repeat(45),
  'z'.repeat(64),
  'z'.repeat(65),
  'long '.repeat(130),
  'naïve',
  new Uint8Array([0, 1, 254, 255, 13, 10]),
]
export const value: Arg = ({ random }) => [random.chance(0.9) ? random.pick(VALUES) : random.bytes(80)]

export const field: Arg = ({ random }) => [
  random.chance(0.9) ? `f${random.below(12)}` : random.pick<CommandArg>(['', 'n', new Uint8Array([255, 0])]),
]

/** Integers as most commands meet them. */
export const integer: Arg = ({ random }) => [
  random.chance(0.8)
    ? random.between(-20, 100)
    : random.pick([
        '9223372036854775807',
        '-9223372036854775808',
        '9223372036854775806',
        '4611686018427387904',
        '-1',
        '0',
      ]),
]

export const count: Arg = ({ random }) => [random.between(0, 12)]
/** A database, sometimes one that does not exist. */
export const database: Arg = ({ random }) => [random.chance(0.9) ? random.below(3) : random.pick([15, 16, -1])]

export const float: Arg = ({ random }) => [
  random.pick([
    '1',
    '-1',
    '0.1',
    '3.0',
    '5.0e3',
    '1e-7',
    '-2.5',
    '1e17',
    '123456.789',
    '0',
    '1e308',
    'inf',
    '-inf',
    'nan',
    '-0',
    '.5',
    '5.',
    '1e-320',
    '5e-324',
    '1.7976931348623157e308',
    '0.30000000000000004',
    '9007199254740993',
    '1e21',
  ]),
]

/** Where in a string: near, from its end, and far out; never so far that a server would allocate it. */
export const offset: Arg = ({ random }) => [
  random.chance(0.9) ? random.between(-60, 60) : random.pick([1000, '-9223372036854775808', '9223372036854775807']),
]

/** Seconds or milliseconds to live that outlast the run, or are over already. */
export const duration: Arg = ({ random }) => [
  random.chance(0.85)
    ? random.between(100_000, 10_000_000)
    : random.pick(['0', '-1', '-100', '9223372036854775807', '9223372036854775', '-9223372036854775808']),
]

/** Moments in seconds: past, far future, out of range. */
export const momentSeconds: Arg = ({ random }) => [
  random.chance(0.8)
    ? random.between(4_000_000_000, 5_000_000_000)
    : random.pick(['0', '-1', '100000', '9223372036854775807']),
]
export const momentMilliseconds: Arg = ({ random }) => [
  random.chance(0.8)
    ? `${random.between(4_000_000_000, 5_000_000_000)}123`
    : random.pick(['0', '-1', '100000', '9223372036854775807']),
]

/** Seconds that a blocking command waits for what nobody sends: next to none, or refused. */
export const wait: Arg = ({ random }) => [
  random.chance(0.85)
    ? random.pick(['0.01', '0.001', '1e-2'])
    : random.pick(['-1', 'x', '', 'inf', 'nan', '1e400', '9223372036854775807']),
]

export const pattern: Arg = word('*', 's:*', '?:1', '[hs]:[1-2]', '[^h]*', 'h:\\[1\\]*', '', '**1', 'f1*', '[', '\\')
