/*
 * Operations per second and processor time per operation, by redis-benchmark
 * with 50 clients and 32-byte values over a million random keys.
 *
 * The two servers run at the same time and take turns within every round, so
 * that what else the machine does hits both.
 */
import { spawn } from 'node:child_process'
import { type Program, type ServerProcess, startServer } from '../tests/support/server-process.ts'
import { cpuSeconds } from './process-usage.ts'
import { median, type Row, type Table } from './table.ts'

const CLIENTS = 50
const KEYS = 1_000_000
const PIPELINES = [1, 16]
/** A deep pipeline is faster: more requests, so that a round lasts long enough to be measured. */
const requestsAt = (pipeline: number, requests: number): number => (pipeline === 1 ? requests : requests * 8)

interface Sample {
  readonly perSecond: number
  readonly cpuMicroseconds: number
}

export async function measureThroughput(options: {
  readonly programs: readonly [Program, Program]
  readonly tools: { readonly benchmark: string }
  readonly rounds: number
  readonly requests: number
}): Promise<Table> {
  const servers: ServerProcess[] = []
  try {
    for (const program of options.programs) servers.push(await startServer(program))
    const rows: Row[] = []
    for (const pipeline of PIPELINES) {
      for (const test of ['SET', 'GET']) {
        const samples: [Sample[], Sample[]] = [[], []]
        // The first round warms up (compilers, caches, keys to GET) and is not counted.
        for (let round = 0; round <= options.rounds; round++) {
          for (const side of [0, 1] as const) {
            const count = requestsAt(pipeline, options.requests)
            const sample = await runOnce(options.tools.benchmark, servers[side]!, test, pipeline, count)
            if (round > 0) samples[side].push(sample)
          }
        }
        const [ours, theirs] = samples
        const name = `${test}, pipeline ${pipeline}`
        rows.push(row(name, 'op/s', 'more', ours, theirs, (sample) => sample.perSecond))
        rows.push(row(`  server CPU per ${test}`, 'us', 'less', ours, theirs, (sample) => sample.cpuMicroseconds))
      }
    }
    return {
      title: `throughput, median of ${options.rounds}`,
      names: [options.programs[0].name, options.programs[1].name],
      rows,
      commands: PIPELINES.map((p) =>
        ['redis-benchmark', ...benchmarkArgs('PORT', 'set', p, requestsAt(p, options.requests))].join(' '),
      ),
      notes: [],
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

function row(
  what: string,
  unit: string,
  better: Row['better'],
  ours: readonly Sample[],
  theirs: readonly Sample[],
  pick: (sample: Sample) => number,
): Row {
  return { what, unit, better, ours: median(ours.map(pick)), theirs: median(theirs.map(pick)) }
}

function benchmarkArgs(port: number | string, test: string, pipeline: number, requests: number): string[] {
  const sizes = ['-c', CLIENTS, '-d', 32, '-r', KEYS, '-n', requests, '-P', pipeline].map(String)
  return ['-p', String(port), '-t', test.toLowerCase(), ...sizes, '--csv']
}

async function runOnce(
  benchmark: string,
  server: ServerProcess,
  test: string,
  pipeline: number,
  requests: number,
): Promise<Sample> {
  const before = cpuSeconds(server.pid)
  const output = await outputOf(benchmark, benchmarkArgs(server.port, test, pipeline, requests))
  const spent = cpuSeconds(server.pid) - before
  const perSecond = Number(new RegExp(`^"${test}","([\\d.]+)"`, 'm').exec(output)?.[1])
  if (!(perSecond > 0)) throw new Error(`redis-benchmark said nothing about ${test} on ${server.name}:\n${output}`)
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
