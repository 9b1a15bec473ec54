/*
 * The differential tester: starts or finds the two servers, makes episodes from
 * a seed, runs them, and gives back what differed in its shortest form.
 *
 * An episode depends on its own seed only: the n-th of seed S is the first of
 * seed S + n, so that a finding replays without what came before.
 */
import { isPeerName } from '../support/peers.ts'
import { type Random, random } from '../support/random.ts'
import type { CommandArg } from '../support/reply.ts'
import { keysteadProgram, peerProgram, type ServerProcess, startServer } from '../support/server-process.ts'
import { lineOf, runEpisode, type Setting, type Step } from './episode.ts'
import { command, type Grammar, none, type Surroundings } from './grammar.ts'
import { GROUPS } from './groups.ts'
import { generate, valid } from './mutate.ts'
import { kindOf, type Shrunk, shrink } from './shrink.ts'
import { CONNECTIONS, type Endpoint, Side } from './side.ts'

export interface Request {
  /** 'keystead', the name of a real server (peers.ts), or host:port. */
  readonly subject: string
  readonly against: string
  /** Other real servers: a difference that one of them shares with the subject is between versions, not ours. */
  readonly secondOpinions?: readonly string[]
  readonly resp: 2 | 3
  readonly seed: number
  readonly commands: number
  /** Names of groups; absent: all. */
  readonly groups?: readonly string[]
  /** Stop after so many different findings. */
  readonly findings: number
  /** Steps of an episode (60): in a longer one more has happened before, and a finding takes longer to shrink. */
  readonly steps?: number
  readonly onProgress?: (progress: Progress) => void
}

export interface Progress {
  readonly commands: number
  readonly findings: number
  /** Of the episode that comes next: where a run that is broken off goes on. */
  readonly nextSeed: number
}

export interface Finding extends Shrunk {
  readonly seed: number
  readonly kind: string
}

/** How often a command was answered alike by both servers. */
export interface Count {
  compared: number
  /** Of these, how often with an error. */
  refused: number
}

export interface Outcome {
  readonly findings: readonly Finding[]
  /** Findings that another real server shares with the subject, by its name. */
  readonly excused: readonly (readonly [judge: string, finding: Finding])[]
  /** Commands whose answers were compared. */
  readonly commands: number
  /** By the name of the command; of those that were chosen. */
  readonly counts: ReadonlyMap<string, Count>
  /** Of the episode that would come next. */
  readonly nextSeed: number
  /** Commands that the generators know and the other server lacks: not compared. */
  readonly notCompared: readonly string[]
  /** Commands that the other server knows and the subject lacks. */
  readonly missing: readonly string[]
}

const EPISODE_STEPS = 60
const STATE_EVERY = 20

export async function runTester(request: Request): Promise<Outcome> {
  const started: ServerProcess[] = []
  const sides: Side[] = []
  try {
    for (const name of [request.subject, request.against, ...(request.secondOpinions ?? [])]) {
      sides.push(await Side.open(await endpointOf(name, started)))
    }
    const [subject, against, ...others] = sides as [Side, Side, ...Side[]]
    return await compareServers(request, subject, against, others)
  } catch (error) {
    // A server that died has usually said why.
    const last = started.map((server) => `${server.name}: ${server.output().slice(-2_000)}`).join('\n')
    throw new Error(`the comparison broke off: ${(error as Error).message}\n${last}`, { cause: error })
  } finally {
    await Promise.all(sides.map((side) => side.close()))
    await Promise.all(started.map((server) => server.stop()))
  }
}

async function endpointOf(name: string, started: ServerProcess[]): Promise<Endpoint> {
  const at = name.lastIndexOf(':')
  if (at >= 0) return { name, host: name.slice(0, at) || '127.0.0.1', port: Number(name.slice(at + 1)) }
  if (name !== 'keystead' && !isPeerName(name)) throw new Error(`${name} is neither a known server nor host:port`)
  const server = await startServer(name === 'keystead' ? keysteadProgram() : peerProgram(name))
  started.push(server)
  return { name, host: '127.0.0.1', port: server.port }
}

/** As COMMAND INFO knows it: `client|list`. */
const nameOf = (grammar: Grammar): string => grammar.words.join('|').toLowerCase()

async function compareServers(request: Request, ours: Side, theirs: Side, others: readonly Side[]): Promise<Outcome> {
  const peer = await theirs.version()
  const all = GROUPS.filter((group) => request.groups?.includes(group.name) ?? true).flatMap((group) => group.commands)
  const names = [...new Set(all.flatMap((grammar) => [grammar.words[0].toLowerCase(), nameOf(grammar)]))]
  const [ourNames, theirNames] = await Promise.all([ours.knownOf(names), theirs.knownOf(names)])
  // A name that neither knows is compared too: it must be refused in the same words. One that only one of
  // them knows is told once, at the end.
  const isShared = (name: string): boolean => theirNames.has(name) === ourNames.has(name)
  const compared = all.filter((grammar) => isShared(grammar.words[0].toLowerCase()) && isShared(nameOf(grammar)))
  const counts = new Map<string, Count>()
  const findings = new Map<string, Finding>()
  const excused = new Map<string, readonly [string, Finding]>()
  let commands = 0
  let seed = request.seed
  for (; commands < request.commands && findings.size < request.findings; seed++) {
    const r = random(seed)
    const setting = settingOf(r, request.resp, ourNames.has('hpttl') && theirNames.has('hpttl'))
    const steps = makeSteps(compared, request.steps ?? EPISODE_STEPS, { random: r, peer })
    const difference = await runEpisode(ours, theirs, steps, setting, ({ name }, isRefused) => {
      commands++
      count(counts, name, isRefused)
    })
    request.onProgress?.({ commands, findings: findings.size, nextSeed: seed + 1 })
    if (difference === undefined) continue
    commands++
    const kind = kindOf(difference)
    if (findings.has(kind) || excused.has(kind)) continue
    const finding = {
      seed,
      kind,
      ...(await shrink(steps, difference, (some) => runEpisode(ours, theirs, some, setting))),
    }
    const judge = await whoAgrees(ours, others, finding, setting)
    if (judge === undefined) findings.set(kind, finding)
    else excused.set(kind, [judge, finding])
  }
  return {
    findings: [...findings.values()],
    excused: [...excused.values()],
    commands,
    counts,
    nextSeed: seed,
    notCompared: [...ourNames].filter((name) => !theirNames.has(name)),
    missing: [...theirNames].filter((name) => !ourNames.has(name)),
  }
}

function count(counts: Map<string, Count>, name: string, isRefused: boolean): void {
  const known = counts.get(name)
  if (known === undefined) {
    counts.set(name, { compared: 1, refused: isRefused ? 1 : 0 })
    return
  }
  known.compared++
  if (isRefused) known.refused++
}

/** The first of the other servers that answers the finding's steps as the subject does. */
async function whoAgrees(
  ours: Side,
  others: readonly Side[],
  finding: Finding,
  setting: Setting,
): Promise<string | undefined> {
  for (const other of others) {
    // A server that knows no times to live of fields has an opinion on everything else.
    const withFieldTtls = setting.withFieldTtls && (await other.knownOf(['hpttl'])).size > 0
    if ((await runEpisode(ours, other, finding.steps, { ...setting, withFieldTtls })) === undefined) {
      return other.endpoint.name
    }
  }
  return undefined
}

/**
 * Small limits in half of the episodes, so that every encoding of every type occurs: the first value
 * of an option keeps small values small, the second makes them outgrow it after a few elements.
 */
const ENCODING_LIMITS: Readonly<Record<string, readonly [string, string]>> = {
  'hash-max-listpack-entries': ['128', '4'],
  'hash-max-listpack-value': ['64', '64'],
  'list-max-listpack-size': ['-2', '3'],
  'set-max-intset-entries': ['512', '4'],
  'set-max-listpack-entries': ['128', '4'],
  'set-max-listpack-value': ['64', '20'],
  'zset-max-listpack-entries': ['128', '4'],
  'zset-max-listpack-value': ['64', '20'],
  'stream-node-max-entries': ['100', '3'],
  'hll-sparse-max-bytes': ['3000', '30'],
  // The least there is: a bit at a far offset would make a string of half a GiB.
  'proto-max-bulk-len': ['1048576', '1048576'],
}

function settingOf(r: Random, resp: 2 | 3, withFieldTtls: boolean): Setting {
  const which = r.chance(0.5) ? 0 : 1
  return {
    resp,
    config: Object.fromEntries(Object.entries(ENCODING_LIMITS).map(([name, values]) => [name, values[which]])),
    stateEvery: STATE_EVERY,
    withFieldTtls,
  }
}

/** How often a step is a whole transaction instead: random words alone hardly ever make one that is executed. */
const TRANSACTION_CHANCE = 0.02

/** Random steps made of these commands, each valid or broken somehow. */
export function makeSteps(grammars: readonly Grammar[], length: number, s: Surroundings): Step[] {
  const { random } = s
  const weighted = grammars.flatMap((grammar) => Array.from({ length: grammar.weight }, () => grammar))
  const inTransactions = weighted.filter(({ words }) => !BOUNDS.includes(words[0]))
  const [multi, exec] = [command('MULTI', none), command('EXEC', none)]
  const hasTransactions = grammars.some(({ words }) => words[0] === 'MULTI')
  const steps: Step[] = []
  while (steps.length < length) {
    const connection = random.chance(0.8) ? 0 : random.below(CONNECTIONS)
    const isTransaction = hasTransactions && random.chance(TRANSACTION_CHANCE)
    const parts = isTransaction
      ? [multi, ...Array.from({ length: random.between(1, 5) }, () => random.pick(inTransactions)), exec]
      : [random.pick(weighted)]
    for (const grammar of parts) {
      const args = isTransaction ? valid(grammar, s) : generate(grammar, s)
      const view = startsInTheMiddle(grammar, args) ? 'type' : grammar.view
      steps.push({ connection, args, name: nameOf(grammar), view, elapses: grammar.elapses })
    }
  }
  return steps
}

/** What begins and ends transactions, or the connection. */
const BOUNDS: readonly string[] = ['MULTI', 'EXEC', 'DISCARD', 'WATCH', 'RESET', 'QUIT', 'HELLO', 'AUTH']

/** A scan from a made-up cursor visits the part of the table that each server's own hashing puts there. */
function startsInTheMiddle(grammar: Grammar, args: readonly CommandArg[]): boolean {
  const cursorAt = grammar.words[0] === 'SCAN' ? 1 : 2
  return grammar.view === 'scan' && args[cursorAt] !== '0'
}

/** A finding as text: what was sent, both answers, and how to see it again. */
export function tell(finding: Finding, request: Request): string {
  const { difference, steps } = finding
  const several = steps.some((step) => step.connection !== 0)
  return [
    `${difference.what}`,
    `  ${request.subject}: ${difference.ours.slice(0, 400)}`,
    `  ${request.against}: ${difference.theirs.slice(0, 400)}`,
    '  after:',
    ...steps.map((step) => `    ${several ? `client ${step.connection}> ` : ''}${lineOf(step.args)}`),
    `  again: npm run differential -- --seed ${finding.seed} --commands 1 --against ${request.against} --resp ${request.resp}${
      request.groups ? ` --groups ${request.groups.join(',')}` : ''
    }${request.steps ? ` --steps ${request.steps}` : ''}`,
  ].join('\n')
}
