/*
 * An episode: a sequence of commands sent to both servers, answer compared with
 * answer, and now and then the whole state with the whole state. It begins with
 * empty servers and ends at the first difference.
 */
import type { CommandArg, Reply } from '../support/reply.ts'
import { isAccepted } from './accepted.ts'
import { isTime, quote, sameReply, show } from './compare.ts'
import type { View } from './grammar.ts'
import type { Side } from './side.ts'
import type { Command, Entry } from './state.ts'

export interface Step {
  readonly connection: number
  readonly args: Command
  /** As COMMAND INFO knows the command: `client|list`. */
  readonly name: string
  readonly view: View
  /** It gives something a moment to live, which is over before the next step. */
  readonly elapses?: boolean
}

export interface Difference {
  /** Index of the step after which it showed. */
  readonly at: number
  readonly what: string
  readonly ours: string
  readonly theirs: string
}

export interface Setting {
  readonly resp: 2 | 3
  readonly config: Readonly<Record<string, string>>
  /** Compare the states after every so many steps, and at the end. */
  readonly stateEvery: number
  readonly withFieldTtls: boolean
}

export function lineOf(args: readonly CommandArg[]): string {
  return args
    .map((arg) => {
      if (arg instanceof Uint8Array) return quote(arg)
      const text = String(arg)
      return /^[\w:.+-]+$/.test(text) ? text : quote(Buffer.from(text))
    })
    .join(' ')
}

/** What is told of every step whose answers were found alike. */
export type OnCompared = (step: Step, isRefused: boolean) => void

export async function runEpisode(
  ours: Side,
  theirs: Side,
  steps: readonly Step[],
  setting: Setting,
  onCompared?: OnCompared,
): Promise<Difference | undefined> {
  await Promise.all([ours.begin(setting.resp, setting.config), theirs.begin(setting.resp, setting.config)])
  // What each connection has queued since MULTI: EXEC's answer is made of theirs.
  const queues = new Map<number, Step[]>()
  for (let at = 0; at < steps.length; ) {
    const together = stepsTogether(steps, at, setting.stateEvery)
    const [ofOurs, ofTheirs] = await Promise.all([answers(ours, together), answers(theirs, together)])
    const last = together.at(-1)!
    // What a transaction gives a moment begins it with EXEC.
    const isOver = last.elapses || (isExec(last) && queues.get(last.connection)?.some((step) => step.elapses))
    for (const [i, step] of together.entries()) {
      const [a, b] = [ofOurs[i]!, ofTheirs[i]!]
      const difference = compareStep(step, a, b, queues, theirs.endpoint.name)
      if (difference !== undefined) return { at: at + i, ...difference }
      if (typeof a === 'string') return undefined // Both closed the connection: that is the end of it.
      onCompared?.(step, a.type === 'error')
    }
    at += together.length
    if (isOver) await new Promise((done) => setTimeout(done, MOMENT_MS))
    if (at % setting.stateEvery === 0 || at === steps.length) {
      const state = await compareStates(ours, theirs, setting)
      if (state !== undefined) return { at: at - 1, ...state }
    }
  }
  return undefined
}

/** More than what a generator calls a moment. */
const MOMENT_MS = 4

const isExec = (step: Step): boolean => String(step.args[0]).toLowerCase() === 'exec'

/** Whether time has to go by after it, or may have to. */
const isWaitedFor = (step: Step): boolean => step.elapses === true || isExec(step)

/** Those that can be sent at once: of one connection, since only that keeps their order, and up to the next look at the state. */
function stepsTogether(steps: readonly Step[], from: number, stateEvery: number): readonly Step[] {
  const limit = Math.min(steps.length, from - (from % stateEvery) + stateEvery)
  let end = from + 1
  while (end < limit && steps[end]!.connection === steps[from]!.connection && !isWaitedFor(steps[end - 1]!)) end++
  return steps.slice(from, end)
}

const answers = (side: Side, steps: readonly Step[]): Promise<(Reply | string)[]> =>
  side.answers(
    steps[0]!.connection,
    steps.map((step) => step.args),
  )

type Told = Omit<Difference, 'at'>

function compareStep(
  step: Step,
  a: Reply | string,
  b: Reply | string,
  queues: Map<number, Step[]>,
  against: string,
): Told | undefined {
  if (typeof a === 'string' || typeof b === 'string') {
    const what = lineOf(step.args)
    const [ours, theirs] = [a, b].map((side) => (typeof side === 'string' ? side : show(side))) as [string, string]
    return ours === theirs ? undefined : { what, ours, theirs }
  }
  return compareReplies(step, a, b, queues, against)
}

/** Whether two answers are the same, or differ as they may; of an array of times each counts for itself. */
function isFine(view: View, what: string, against: string, a: Reply, b: Reply): boolean {
  if (sameReply(view, a, b) || isAccepted(what, against, show(a), show(b))) return true
  if (!isTime(view) || a.type !== 'array' || b.type !== 'array' || a.items.length !== b.items.length) return false
  return a.items.every((item, i) => isFine(view, what, against, item, b.items[i]!))
}

function compareReplies(
  step: Step,
  a: Reply,
  b: Reply,
  queues: Map<number, Step[]>,
  against: string,
): Told | undefined {
  const what = lineOf(step.args)
  const told = { what, ours: show(a), theirs: show(b) }
  const toTheByte = (): Told | undefined => (told.ours === told.theirs ? undefined : told)
  const name = String(step.args[0]).toLowerCase()
  const queue = queues.get(step.connection)
  if (b.type === 'simple' && b.text === 'QUEUED') {
    queue?.push(step)
    return toTheByte()
  }
  if (name === 'multi' && b.type === 'simple') queues.set(step.connection, [])
  if (name !== 'exec' && name !== 'discard' && name !== 'reset') {
    return isFine(step.view, what, against, a, b) ? undefined : told
  }
  // EXEC with arguments, and RESET refused, leave the transaction open.
  if (b.type !== 'error' || b.text.startsWith('EXECABORT')) queues.delete(step.connection)
  if (name !== 'exec' || queue === undefined || a.type !== 'array' || b.type !== 'array') return toTheByte()
  if (a.items.length !== b.items.length) return told
  // A difference is that of the command that was queued, so that it shrinks and is judged like any of that command.
  for (const [i, queued] of queue.entries()) {
    const [x, y] = [a.items[i], b.items[i]]
    if (x === undefined || y === undefined) return toTheByte()
    const line = lineOf(queued.args)
    if (!isFine(queued.view, line, against, x, y)) return { what: line, ours: show(x), theirs: show(y) }
  }
  return a.items.length === queue.length ? undefined : toTheByte()
}

/** The first thing in which what the two servers hold differs. */
export async function compareStates(
  ours: Side,
  theirs: Side,
  setting: Pick<Setting, 'withFieldTtls'>,
): Promise<Told | undefined> {
  const [a, b] = await Promise.all([ours.state(setting.withFieldTtls), theirs.state(setting.withFieldTtls)])
  const label = (entry: Entry): string => `${entry.db}/${lineOf([entry.key])}`
  const [ofOurs, ofTheirs] = [a, b].map(({ entries }) => new Map(entries.map((entry) => [label(entry), entry]))) as [
    Map<string, Entry>,
    Map<string, Entry>,
  ]
  for (const key of new Set([...ofOurs.keys(), ...ofTheirs.keys()])) {
    const [x, y] = [ofOurs.get(key), ofTheirs.get(key)]
    if (x === undefined || y === undefined) {
      return { what: `key ${key}`, ours: x?.type ?? 'does not exist', theirs: y?.type ?? 'does not exist' }
    }
    const difference = compareEntries(x, y, key, theirs.endpoint.name)
    if (difference !== undefined) return difference
  }
  return a.sizes === b.sizes ? undefined : { what: 'DBSIZE of all databases', ours: a.sizes, theirs: b.sizes }
}

/** How contents are compared that have no order of their own. */
const CONTENT_VIEWS: Readonly<Record<string, View>> = { hash: 'pairs', set: 'unordered' }

function compareEntries(a: Entry, b: Entry, key: string, against: string): Told | undefined {
  if (a.type !== b.type) return { what: `type of ${key}`, ours: a.type, theirs: b.type }
  const parts: readonly (readonly [part: string, view: View, ours: Reply | undefined, theirs: Reply | undefined])[] = [
    ['value', CONTENT_VIEWS[a.type] ?? 'exact', a.content, b.content],
    ['time to live', 'milliseconds', a.ttlMs, b.ttlMs],
    ['encoding', 'exact', a.encoding, b.encoding],
    a.type === 'stream'
      ? ['groups', 'exact', a.parts, b.parts]
      : ['field time to live', 'milliseconds', a.parts, b.parts],
  ]
  for (const [part, view, x, y] of parts) {
    const what = `${part} of ${key}`
    if (x && y && !isFine(view, what, against, x, y)) return { what, ours: show(x), theirs: show(y) }
  }
  return undefined
}
