/*
 * An episode: a sequence of commands sent to both servers, answer compared with
 * answer, and now and then the whole state with the whole state. It begins with
 * empty servers and ends at the first difference.
 */
import type { CommandArg, Reply } from '../support/reply.ts'
import { isAccepted } from './accepted.ts'
import { isTime, quote, sameReply, show } from './compare.ts'
import type { View } from './grammar.ts'
import type { Entry, Side } from './side.ts'

export interface Step {
  readonly connection: number
  readonly args: readonly CommandArg[]
  readonly view: View
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

export async function runEpisode(
  ours: Side,
  theirs: Side,
  steps: readonly Step[],
  setting: Setting,
): Promise<Difference | undefined> {
  await Promise.all([ours.begin(setting.resp, setting.config), theirs.begin(setting.resp, setting.config)])
  // What each connection has queued since MULTI: EXEC's answer is made of theirs.
  const queues = new Map<number, Step[]>()
  for (const [at, step] of steps.entries()) {
    const [a, b] = await Promise.all([settled(ours, step), settled(theirs, step)])
    const difference = compareStep(step, a, b, queues, theirs.endpoint.name)
    if (difference !== undefined) return { at, ...difference }
    if (typeof a === 'string') return undefined // Both closed the connection: that is the end of it.
    if ((at + 1) % setting.stateEvery === 0 || at === steps.length - 1) {
      const state = await compareStates(ours, theirs, setting)
      if (state !== undefined) return { at, ...state }
    }
  }
  return undefined
}

type Told = Omit<Difference, 'at'>

/** The reply, or in words why there is none. */
async function settled(side: Side, step: Step): Promise<Reply | string> {
  try {
    return await side.answer(step.connection, step.args)
  } catch (error) {
    return (error as Error).message // The connection ended, or was silent: an answer to compare like any other.
  }
}

function compareStep(
  step: Step,
  a: Reply | string,
  b: Reply | string,
  queues: Map<number, Step[]>,
  against: string,
): Told | undefined {
  const what = lineOf(step.args)
  if (typeof a === 'string' || typeof b === 'string') {
    const [ours, theirs] = [a, b].map((side) => (typeof side === 'string' ? side : show(side))) as [string, string]
    return ours === theirs ? undefined : { what, ours, theirs }
  }
  return sameInTransaction(step, a, b, queues, against) ? undefined : { what, ours: show(a), theirs: show(b) }
}

/** Whether two answers are the same, or differ as they may; of an array of times each counts for itself. */
function isFine(view: View, what: string, against: string, a: Reply, b: Reply): boolean {
  if (sameReply(view, a, b) || isAccepted(what, against, show(a), show(b))) return true
  if (!isTime(view) || a.type !== 'array' || b.type !== 'array' || a.items.length !== b.items.length) return false
  return a.items.every((item, i) => isFine(view, what, against, item, b.items[i]!))
}

function sameInTransaction(step: Step, a: Reply, b: Reply, queues: Map<number, Step[]>, against: string): boolean {
  const name = String(step.args[0]).toLowerCase()
  const queue = queues.get(step.connection)
  if (b.type === 'simple' && b.text === 'QUEUED') {
    queue?.push(step)
    return show(a) === show(b)
  }
  if (name === 'multi' && b.type === 'simple') queues.set(step.connection, [])
  if (name !== 'exec' && name !== 'discard' && name !== 'reset') {
    return isFine(step.view, lineOf(step.args), against, a, b)
  }
  // EXEC with arguments, and RESET refused, leave the transaction open.
  if (b.type !== 'error' || b.text.startsWith('EXECABORT')) queues.delete(step.connection)
  if (name !== 'exec' || queue === undefined || a.type !== 'array' || b.type !== 'array') return show(a) === show(b)
  const [itemsA, itemsB] = [a.items, b.items]
  return (
    itemsA.length === itemsB.length &&
    itemsA.every((item, i) => {
      const queued = queue[i]
      return isFine(queued?.view ?? 'exact', queued ? lineOf(queued.args) : '', against, item, itemsB[i]!)
    })
  )
}

async function compareStates(ours: Side, theirs: Side, setting: Setting): Promise<Told | undefined> {
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
  const parts = [
    ['value', CONTENT_VIEWS[a.type] ?? 'exact', a.content, b.content],
    ['time to live', 'milliseconds', a.ttlMs, b.ttlMs],
    ['encoding', 'exact', a.encoding, b.encoding],
    ['field time to live', 'milliseconds', a.fieldTtls, b.fieldTtls],
  ] as const
  for (const [part, view, x, y] of parts) {
    const what = `${part} of ${key}`
    if (x && y && !isFine(view, what, against, x, y)) return { what, ours: show(x), theirs: show(y) }
  }
  return undefined
}
