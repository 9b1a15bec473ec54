/*
 * Breaks a valid command the way clients do: too few or too many arguments, the
 * wrong one, numbers out of range or not numbers, options twice or in conflict.
 */
import type { CommandArg } from '../support/reply.ts'
import { type Grammar, KEYS, type Surroundings } from './grammar.ts'
import type { Command } from './state.ts'

/** Share of commands that get broken. */
const BROKEN = 0.25

const NASTY: readonly CommandArg[] = [
  '',
  ' ',
  '1 ',
  ' 1',
  '+1',
  '0x10',
  '1e3',
  '1.5',
  'nan',
  '-nan',
  'inf',
  '-inf',
  'infinity',
  '-',
  '--1',
  '00',
  '-0',
  '-0.0',
  '.5',
  '5.',
  '1e',
  '1e+2',
  '0x',
  '0x1p3',
  '5e-324',
  '1e-400',
  '1\n',
  '\t1',
  '+inf',
  'nan(1)',
  'abc',
  '9223372036854775807',
  '-9223372036854775808',
  '18446744073709551615',
  '9223372036854775808',
  '-9223372036854775809',
  '18446744073709551616',
  '2147483648',
  '-2147483649',
  '4294967296',
  '1e400',
  `${'0'.repeat(300)}1`,
  new Uint8Array([49, 0]),
  new Uint8Array([0]),
  new Uint8Array([255, 254]),
  'é',
]

/** Words that many commands know: where they do not belong, they must be refused in the right words. */
const OPTION_WORDS: readonly string[] = [
  'NX',
  'XX',
  'GT',
  'LT',
  'GET',
  'KEEPTTL',
  'PERSIST',
  'EX',
  'PX',
  'EXAT',
  'PXAT',
  'COUNT',
  'MATCH',
  'TYPE',
  'WITHVALUES',
  'NOVALUES',
  'REPLACE',
  'DB',
  'FIELDS',
  'FNX',
  'FXX',
  'LEN',
  'IDX',
  'ASYNC',
  'SYNC',
  'BEFORE',
  'AFTER',
  'LEFT',
  'RIGHT',
  'RANK',
  'MAXLEN',
  'LIMIT',
  'CH',
  'INCR',
  'BYSCORE',
  'BYLEX',
  'REV',
  'WITHSCORES',
  'WITHSCORE',
  'NOSCORES',
  'WEIGHTS',
  'AGGREGATE',
  'SUM',
  'MIN',
  'MAX',
  'MINID',
  'NOMKSTREAM',
  '~',
  '=',
  'BLOCK',
  'STREAMS',
  'GROUP',
  'NOACK',
  'MKSTREAM',
  'ENTRIESREAD',
  'IDLE',
  'TIME',
  'RETRYCOUNT',
  'FORCE',
  'JUSTID',
  'LASTID',
  'FULL',
  '$',
  '>',
  '+',
  'BIT',
  'BYTE',
  'AND',
  'OVERFLOW',
  'WRAP',
  'SET',
  'INCRBY',
  'BY',
  'ASC',
  'DESC',
  'ALPHA',
  'STORE',
  'STOREDIST',
  'FROMMEMBER',
  'FROMLONLAT',
  'BYRADIUS',
  'BYBOX',
  'BYPOLYGON',
  'WITHCOORD',
  'WITHDIST',
  'WITHHASH',
  'ANY',
  'km',
]

type Mutation = (args: CommandArg[], s: Surroundings) => void

/** They act on the arguments after the command's own words; an empty list stays what it is where there is nothing to do. */
const MUTATIONS: readonly Mutation[] = [
  (args) => void args.pop(),
  (args, { random }) => void args.splice(random.below(args.length), 1),
  (args, { random }) => void args.splice(random.below(args.length + 1), 0, random.pick(NASTY)),
  (args, { random }) => void args.splice(random.below(args.length + 1), 0, random.pick(OPTION_WORDS)),
  (args, { random }) => {
    if (args.length > 0) args[random.below(args.length)] = random.pick(NASTY)
  },
  (args, { random }) => {
    if (args.length > 0) args[random.below(args.length)] = random.pick(KEYS)
  },
  (args, { random }) => {
    if (args.length > 0) args.push(random.pick(args))
  },
  // An option twice, with what belongs to it, next to itself or elsewhere.
  (args, { random }) => {
    const at = random.below(args.length + 1)
    const part = args.slice(at, at + random.between(1, 3))
    args.splice(random.chance(0.5) ? at : random.below(args.length + 1), 0, ...part)
  },
  // A key that is source and destination, an element twice.
  (args, { random }) => {
    if (args.length > 1) args[random.below(args.length)] = random.pick(args)
  },
  (args, { random }) => {
    if (args.length < 2) return
    const [i, j] = [random.below(args.length), random.below(args.length)]
    const held = args[i]!
    args[i] = args[j]!
    args[j] = held
  },
  (args, { random }) => {
    const at = random.below(args.length + 1)
    if (typeof args[at] === 'string') args[at] = args[at].toLowerCase()
  },
  (args) => void args.splice(0),
]

/** A command as its grammar makes it. */
export const valid = (grammar: Grammar, s: Surroundings): Command => [...grammar.words, ...grammar.args(s)]

/** One random command, as its arguments. */
export function generate(grammar: Grammar, s: Surroundings): Command {
  const { random } = s
  const isLower = random.chance(0.1)
  const name = grammar.words.map((word) => (isLower ? word.toLowerCase() : word)) as [string, ...string[]]
  const args = grammar.args(s)
  if (grammar.isWhole || !random.chance(BROKEN)) return [...name, ...args]
  const broken = [...args]
  const times = random.chance(0.8) ? 1 : 2
  for (let i = 0; i < times; i++) random.pick(MUTATIONS)(broken, s)
  // A broken time to live could end between the answers of two servers that are both right.
  if (grammar.timed && broken.some(isSoon)) return [...name, ...args]
  // Nobody would end the wait of a client that is to wait for ever, or for long.
  if (isLongWait(grammar, broken)) return [...name, ...args]
  // What is drawn at random is no difference, but the sets are not the same any more.
  if (DRAWS.includes(grammar.words[0]) && isDrawn(broken)) return [...name, ...args]
  // Real servers answer so many repetitions until their memory is gone.
  if (['HRANDFIELD', 'SRANDMEMBER'].includes(grammar.words[0]) && broken.some(isVeryNegative)) return [...name, ...args]
  return [...name, ...broken]
}

const DRAWS: readonly string[] = ['SPOP', 'SRANDMEMBER']
/** No random set has more members: a draw of so many is of all. */
const ALL = 100

/** Whether a key, with a count or without, makes a server choose among the members. */
function isDrawn(args: readonly CommandArg[]): boolean {
  if (args.length !== 2) return args.length === 1
  const count = numberOf(args[1]!)
  return count !== 0 && count < ALL
}

const SOON_LIMIT = 99_999

const numberOf = (arg: CommandArg): number =>
  Number(arg instanceof Uint8Array ? Buffer.from(arg).toString('latin1') : arg)

function isSoon(arg: CommandArg): boolean {
  const number = numberOf(arg)
  return number > 0 && number <= SOON_LIMIT
}

const WAIT_SECONDS_MAX = 0.1

function isLongWait({ waits }: Grammar, args: readonly CommandArg[]): boolean {
  if (waits === undefined) return false
  const at = waits === 'block' ? args.findIndex((arg) => String(arg).toLowerCase() === 'block') + 1 : 0
  if (waits === 'block' && at === 0) return false
  const arg = waits === 'last' ? args.at(-1) : args[at]
  const seconds = arg === undefined ? Number.NaN : numberOf(arg) / (waits === 'block' ? 1000 : 1)
  return seconds === 0 || seconds > WAIT_SECONDS_MAX
}

const isVeryNegative = (arg: CommandArg): boolean => numberOf(arg) < -SOON_LIMIT
