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
import type { Grammar, Surroundings } from './grammar.ts'
import { GROUPS } from './groups.ts'
import { generate } from './mutate.ts'
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
  readonly progress?: (commandsDone: number) => void
}

export interface Finding extends Shrunk {
  readonly seed: number
  readonly kind: string
}

export interface Outcome {
  readonly findings: readonly Finding[]
  /** Findings that another real server shares with the subject, by its name. */
  readonly excused: readonly (readonly [judge: string, finding: Finding])[]
  readonly commandsSent: number
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
  const findings = new Map<string, Finding>()
  const excused = new Map<string, readonly [string, Finding]>()
  let commandsSent = 0
  for (let episode = 0; commandsSent < request.commands && findings.size < request.findings; episode++) {
    const seed = request.seed + episode
    const r = random(seed)
    const setting = settingOf(r, request.resp, ourNames.has('hpttl') && theirNames.has('hpttl'))
    const steps = makeSteps(compared, { random: r, peer })
    const run = (some: readonly Step[]) => runEpisode(ours, theirs, some, setting)
    const difference = await run(steps)
    commandsSent += steps.length
    request.progress?.(commandsSent)
    if (difference === undefined) continue
    const kind = kindOf(difference)
    if (findings.has(kind) || excused.has(kind)) continue
    const finding = { seed, kind, ...(await shrink(steps, difference, run)) }
    const judge = await whoAgrees(ours, others, finding, setting)
    if (judge === undefined) findings.set(kind, finding)
    else excused.set(kind, [judge, finding])
  }
  return {
    findings: [...findings.values()],
    excused: [...excused.values()],
    commandsSent,
    notCompared: [...ourNames].filter((name) => !theirNames.has(name)),
    missing: [...theirNames].filter((name) => !ourNames.has(name)),
  }
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

function makeSteps(grammars: readonly Grammar[], s: Surroundings): Step[] {
  const weighted = grammars.flatMap((grammar) => Array.from({ length: grammar.weight }, () => grammar))
  return Array.from({ length: EPISODE_STEPS }, () => {
    const grammar = s.random.pick(weighted)
    const connection = s.random.chance(0.8) ? 0 : s.random.below(CONNECTIONS)
    const args = generate(grammar, s)
    return { connection, args, view: startsInTheMiddle(grammar, args) ? 'type' : grammar.view }
  })
}

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
    }`,
  ].join('\n')
}
