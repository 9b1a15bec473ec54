/*
 * Operations per second and processor time per operation, by redis-benchmark
 * with 50 clients, 32-byte values and a million random keys or elements.
 *
 * The two servers run at the same time and take turns within every round, so
 * that what else the machine does hits both. Each workload begins on empty
 * servers; what it needs to be there is loaded ahead of each round.
 */
import { spawn } from 'node:child_process'
import { type Program, type ServerProcess, startServer } from '../tests/support/server-process.ts'
import { WireClient } from '../tests/support/wire-client.ts'
import { missingCommands } from './peer-commands.ts'
import { cpuSeconds } from './process-usage.ts'
import { type Figure, median, type Row, type Table } from './table.ts'
import { VALUE_SIZE, WORKLOADS, type Workload } from './workloads.ts'

const CLIENTS = 50
const KEYS = 1_000_000
const PIPELINES = [1, 16]
/** A deep pipeline is faster: more requests, so that a round lasts long enough to be measured. */
const DEEP_FACTOR = 8

interface Sample {
  readonly perSecond: number
  readonly cpuMicroseconds: number
}

interface Options {
  readonly programs: readonly [Program, Program]
  readonly tools: { readonly benchmark: string }
  readonly rounds: number
  /** Rounds ahead of them that are not counted: compilers and caches. */
  readonly warmups: number
  /** Of a round of SET at pipeline 1. */
  readonly requests: number
  readonly isPicked: (name: string) => boolean
}

export async function measureThroughput(options: Options): Promise<Table> {
  const servers: ServerProcess[] = []
  try {
    for (const program of options.programs) servers.push(await startServer(program))
    const rows: Row[] = []
    for (const workload of WORKLOADS.filter(({ name }) => options.isPicked(name))) {
      for (const pipeline of PIPELINES) rows.push(...(await measure(workload, pipeline, servers, options)))
    }
    return {
      title: `throughput, median of ${options.rounds}`,
      names: [options.programs[0].name, options.programs[1].name],
      rows,
      commands: PIPELINES.map((pipeline) => {
        const requests = requestsOf({ share: 1 }, pipeline, options.requests)
        return ['redis-benchmark', ...benchmarkArgs('PORT', ['-t', 'set'], pipeline, requests)].join(' ')
      }),
      notes: [],
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

const requestsOf = ({ share }: Pick<Workload, 'share'>, pipeline: number, requests: number): number =>
  Math.ceil(requests * share * (pipeline === 1 ? 1 : DEEP_FACTOR))

async function measure(
  workload: Workload,
  pipeline: number,
  servers: readonly ServerProcess[],
  options: Options,
): Promise<Row[]> {
  const samples: [Sample[], Sample[]] = [[], []]
  const lacks = await Promise.all(servers.map((server) => missingCommands(server, workload.needs)))
  await Promise.all(servers.map(empty))
  for (let round = -options.warmups; round < options.rounds; round++) {
    for (const side of [0, 1] as const) {
      if (lacks[side]!.size > 0) continue
      const sample = await runOnce(options.tools.benchmark, servers[side]!, workload, pipeline, options.requests)
      if (round >= 0) samples[side].push(sample)
    }
  }
  await Promise.all(servers.map(empty))
  const figures = (pick: (sample: Sample) => number): { ours: Figure; theirs: Figure } => {
    const [ours, theirs] = samples.map((list) => (list.length === 0 ? 'missing' : median(list.map(pick))))
    return { ours: ours!, theirs: theirs! }
  }
  return [
    { what: `${workload.name}, pipeline ${pipeline}`, unit: 'op/s', better: 'more', ...figures((s) => s.perSecond) },
    { what: '  server CPU per request', unit: 'us', better: 'less', ...figures((s) => s.cpuMicroseconds) },
  ]
}

async function empty(server: ServerProcess): Promise<void> {
  const client = await WireClient.open({ port: server.port })
  await client.command('FLUSHALL', 'SYNC')
  await client.close()
}

/** Options first: what follows a command of our own is its arguments. */
function benchmarkArgs(port: number | string, send: readonly string[], pipeline: number, requests: number): string[] {
  const sizes = ['-c', CLIENTS, '-d', VALUE_SIZE, '-r', KEYS, '-n', requests, '-P', pipeline].map(String)
  return ['-p', String(port), ...sizes, '--csv', ...send]
}

async function runOnce(
  benchmark: string,
  server: ServerProcess,
  workload: Workload,
  pipeline: number,
  setRequests: number,
): Promise<Sample> {
  const requests = requestsOf(workload, pipeline, setRequests)
  const { before } = workload
  if (before !== undefined) {
    const count = before.requests === 'as many' ? requests : before.requests
    await outputOf(benchmark, benchmarkArgs(server.port, before.send, 16, count))
  }
  const cpuBefore = cpuSeconds(server.pid)
  const output = await outputOf(benchmark, benchmarkArgs(server.port, workload.send, pipeline, requests))
  const spent = cpuSeconds(server.pid) - cpuBefore
  // Below the line of titles: the test's name, then requests per second.
  const perSecond = Number(/^"[^"]*","([\d.]+)"/.exec(output.trim().split('\n').at(-1) ?? '')?.[1])
  if (!(perSecond > 0))
    throw new Error(`redis-benchmark said nothing about ${workload.name} on ${server.name}:\n${output}`)
  return { perSecond, cpuMicroseconds: (spent / requests) * 1e6 }
}

/** Not spawnSync: the servers' output must be read meanwhile, or they block on a full pipe. */
function outputOf(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} ended with ${code}:\n${output}`)),
    )
  })
}
