/*
 * One run of redis-benchmark against one server, and what it cost the server.
 */
import { spawn } from 'node:child_process'
import type { ServerProcess } from '../tests/support/server-process.ts'
import { WireClient } from '../tests/support/wire-client.ts'
import { missingCommands } from './peer-commands.ts'
import { cpuTime } from './process-usage.ts'
import { type Figure, median } from './table.ts'
import { VALUE_SIZE, type Workload } from './workloads.ts'

const CLIENTS = 50
const KEYS = 1_000_000
export const PIPELINES = [1, 16] as const
/** A deep pipeline is faster: more requests, so that a round lasts long enough to be measured. */
const DEEP_FACTOR = 8

export interface Sample {
  readonly perSecond: number
  /** Milliseconds in which 99 of 100 batches were answered, as redis-benchmark tells. */
  readonly p99: number
  /** Microseconds of the server's processor time per request, those that the system spent for it included. */
  readonly cpu: number
  /** The part of `cpu` that the system spent. */
  readonly systemCpu: number
}

export interface Rounds {
  readonly tools: { readonly benchmark: string }
  readonly rounds: number
  /** Rounds ahead of them that are not counted: compilers and caches. */
  readonly warmups: number
  /** Of a round of SET at pipeline 1. */
  readonly requests: number
}

/**
 * The samples of each server, which take turns within every round, in another order each time, since a core runs
 * slower after a long load; none of one that lacks a command.
 */
export async function sampleServers(
  workload: Workload,
  pipeline: number,
  servers: readonly ServerProcess[],
  { tools, rounds, warmups, requests }: Rounds,
): Promise<Sample[][]> {
  const samples: Sample[][] = servers.map(() => [])
  const lacks = await Promise.all(servers.map((server) => missingCommands(server, workload.needs)))
  await Promise.all(servers.map(emptyServer))
  for (let round = -warmups; round < rounds; round++) {
    for (let turn = 0; turn < servers.length; turn++) {
      const side = (turn + round + warmups) % servers.length
      if (lacks[side]!.size > 0) continue
      const sample = await runBenchmark(tools.benchmark, servers[side]!, workload, pipeline, requests)
      if (round >= 0) samples[side]!.push(sample)
    }
  }
  await Promise.all(servers.map(emptyServer))
  return samples
}

export const figureOf = (samples: readonly Sample[], pick: (sample: Sample) => number): Figure =>
  samples.length === 0 ? 'missing' : median(samples.map(pick))

/** One round of a workload; `setRequests` are those of a round of SET at pipeline 1. */
async function runBenchmark(
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
  const start = cpuTime(server.pid)
  const output = await outputOf(benchmark, benchmarkArgs(server.port, workload.send, pipeline, requests))
  const end = cpuTime(server.pid)
  // Below the line of titles: the test's name, requests per second, then milliseconds: average, least, p50, p95, p99.
  const figures = /^"[^"]*","([\d.]+)"(?:,"[\d.]+"){4},"([\d.]+)"/.exec(output.trim().split('\n').at(-1) ?? '')
  const perSecond = Number(figures?.[1])
  if (!(perSecond > 0))
    throw new Error(`redis-benchmark said nothing about ${workload.name} on ${server.name}:\n${output}`)
  const systemCpu = ((end.system - start.system) / requests) * 1e6
  return {
    perSecond,
    p99: Number(figures?.[2]),
    cpu: ((end.user - start.user) / requests) * 1e6 + systemCpu,
    systemCpu,
  }
}

/** The command of a round of SET, for who wants to run it by hand. */
export function commandOfSet(pipeline: number, setRequests: number): string {
  const requests = requestsOf({ share: 1 }, pipeline, setRequests)
  return ['redis-benchmark', ...benchmarkArgs('PORT', ['-t', 'set'], pipeline, requests)].join(' ')
}

async function emptyServer(server: ServerProcess): Promise<void> {
  const client = await WireClient.open({ port: server.port })
  await client.command('FLUSHALL', 'SYNC')
  await client.close()
}

const requestsOf = ({ share }: Pick<Workload, 'share'>, pipeline: number, requests: number): number =>
  Math.ceil(requests * share * (pipeline === 1 ? 1 : DEEP_FACTOR))

/** Options first: what follows a command of our own is its arguments. */
function benchmarkArgs(port: number | string, send: readonly string[], pipeline: number, requests: number): string[] {
  const sizes = ['-c', CLIENTS, '-d', VALUE_SIZE, '-r', KEYS, '-n', requests, '-P', pipeline].map(String)
  return ['-p', String(port), ...sizes, '--csv', ...send]
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
