/*
 * Checkpoints and branches of a Keystead server: asked for, made, rewound to,
 * deleted. That a branch can be a local database is the business of databases.ts.
 */
import type {
  Branch,
  Checkpoint,
  CheckpointList,
  CheckpointPlace,
  Moment,
  Rewound,
} from '../../../../shared/contract/checkpoints.ts'
import { FailureError, fail } from '../../../../shared/contract/failure.ts'
import type { SessionTarget } from '../../../../shared/contract/sessions.ts'
import type { RespValue } from '../../../../shared/resp/value.ts'
import { integerOf, itemsOf, pairsOf, textOf } from '../redis-client/replies.ts'
import { type Ask, type ErrandServices, onErrand } from './errand.ts'

const NOT_LISTED = 'The checkpoints could not be listed.'

export const listCheckpoints = (services: ErrandServices, place: CheckpointPlace): Promise<CheckpointList> =>
  onErrand(services, place, async (ask) => ({
    checkpoints: await askCheckpoints(ask),
    branches: await askBranches(ask),
    keepsTimes: await askWhetherTimesAreKept(ask),
  }))

export const createCheckpoint = (services: ErrandServices, place: CheckpointPlace, name: string) =>
  onErrand(services, place, async (ask) => {
    await ask(['KEYSTEAD.CHECKPOINT', 'CREATE', name], 'The checkpoint was not made.')
    tellChange(services, place)
    return {}
  })

export const removeCheckpoint = (services: ErrandServices, place: CheckpointPlace, name: string) =>
  onErrand(services, place, async (ask) => {
    await ask(['KEYSTEAD.CHECKPOINT', 'DELETE', name], 'The checkpoint was not deleted.')
    tellChange(services, place)
    return {}
  })

/** The server does not tell what it named the checkpoint that it makes first; the one that was not there before is it. */
export const rewind = (services: ErrandServices, place: CheckpointPlace, to: Moment): Promise<Rewound> =>
  onErrand(services, place, async (ask) => {
    const before = new Set((await askCheckpoints(ask)).map((checkpoint) => checkpoint.name))
    await ask(['KEYSTEAD.CHECKPOINT', 'REWIND', ...rewindTarget(to)], 'The data was not rewound.')
    tellChange(services, place)
    services.sessions.askStatusOf(targetOf(services, place))
    const after = await askCheckpoints(ask)
    return { undo: after.find((one) => one.reason === 'before REWIND' && !before.has(one.name)) }
  })

export const createBranch = (services: ErrandServices, place: CheckpointPlace, name: string, from?: Moment) =>
  onErrand(services, place, async (ask) => {
    const origin = from === undefined ? [] : 'checkpoint' in from ? ['FROM', from.checkpoint] : timeWords(from)
    await ask(['KEYSTEAD.BRANCH', 'CREATE', name, ...origin], 'The branch was not made.')
    tellChange(services, place)
    return {}
  })

export const removeBranch = (services: ErrandServices, place: CheckpointPlace, name: string) =>
  onErrand(services, place, async (ask) => {
    requireUnused(services, place, name)
    await ask(['KEYSTEAD.BRANCH', 'DELETE', name], 'The branch was not deleted.')
    tellChange(services, place)
    return {}
  })

const timeWords = ({ time }: { readonly time: number }): readonly string[] => ['TIME', String(time)]
const rewindTarget = (to: Moment): readonly string[] => ('checkpoint' in to ? [to.checkpoint] : timeWords(to))

const targetOf = ({ sessions }: ErrandServices, place: CheckpointPlace): SessionTarget =>
  'database' in place ? place : sessions.get(place.sessionId).target

/** For the other windows with this server. */
const tellChange = (services: ErrandServices, place: CheckpointPlace): void =>
  services.events.emit('checkpoints.changed', targetOf(services, place))

/** The server does not know who has its data in the folder; if that is a database of ours, we do. */
function requireUnused(services: ErrandServices, place: CheckpointPlace, name: string): void {
  const target = targetOf(services, place)
  const user = 'database' in target ? services.databases.onBranch(target.database, name) : undefined
  if (!user) return
  fail({
    code: 'BAD_REQUEST',
    message: `The local database ${user.name} has its data there.`,
    hint: 'Remove that database, with its data, on Home.',
  })
}

async function askCheckpoints(ask: Ask): Promise<Checkpoint[]> {
  const all = itemsOf(await ask(['KEYSTEAD.CHECKPOINT', 'LIST'], NOT_LISTED)).map((item): Checkpoint => {
    const facts = factsOf(item)
    return {
      name: facts.text('name'),
      reason: facts.text('reason'),
      createdAt: facts.number('created'),
      keys: facts.number('keys'),
      size: facts.number('bytes'),
      problem: facts.text('problem') || undefined,
    }
  })
  return all.sort((a, b) => b.createdAt - a.createdAt)
}

/** Who may not ask for it, or has no such option, is not offered what may not be possible. */
async function askWhetherTimesAreKept(ask: Ask): Promise<boolean> {
  const options = ['appendonly', 'aof-timestamp-enabled']
  try {
    const answer = pairsOf(await ask(['CONFIG', 'GET', ...options], 'The options could not be read.'))
    const values = new Map(answer.map(([name, value]) => [textOf(name), textOf(value)]))
    return options.every((option) => values.get(option) === 'yes')
  } catch (error) {
    if (error instanceof FailureError && error.failure.code === 'NO_PERMISSION') return false
    throw error
  }
}

async function askBranches(ask: Ask): Promise<Branch[]> {
  const all = itemsOf(await ask(['KEYSTEAD.BRANCH', 'LIST'], 'The branches could not be listed.')).map(
    (item): Branch => {
      const facts = factsOf(item)
      return {
        name: facts.text('name'),
        origin: facts.text('origin'),
        createdAt: facts.number('created'),
        // -1: made from a time.
        keys: facts.number('keys') < 0 ? undefined : facts.number('keys'),
        dir: facts.text('dir'),
      }
    },
  )
  return all.sort((a, b) => b.createdAt - a.createdAt)
}

/** The fields of one map. A field that this server does not tell is empty, or 0. */
function factsOf(item: RespValue) {
  const fields = new Map(pairsOf(item).map(([field, value]) => [textOf(field), value]))
  const read = <T>(name: string, how: (value: RespValue) => T, otherwise: T): T => {
    const value = fields.get(name)
    return value === undefined ? otherwise : how(value)
  }
  return {
    text: (name: string): string => read(name, textOf, ''),
    number: (name: string): number => read(name, integerOf, 0),
  }
}
