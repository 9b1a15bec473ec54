/*
 * One run of redis-benchmark against one server, and what it cost the server.
 */
import { spawn } from 'node:child_process'
import type { ServerProcess } from '../tests/support/server-process.ts'
import { WireClient } from '../tests/support/wire-client.ts'
import { cpuTime } from './process-usage.ts'
import { VALUE_SIZE, type Workload } from './workloads.ts'

const CLIENTS = 50
const KEYS = 1_000_000
export const PIPELINES = [1, 16] as const
/** A deep pipeline is faster: more requests, so that a round lasts long enough to be measured. */
const DEEP_FACTOR = 8

export interface Sample {
  readonly perSecond: number
  /** Microseconds of the server's processor time per request, those that the system spent for it included. */
  readonly cpu: number
  /** The part of `cpu` that the system spent. */
  readonly systemCpu: number
}

/** One round of a workload; `setRequests` are those of a round of SET at pipeline 1. */
export async function runBenchmark(
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
  // Below the line of titles: the test's name, then requests per second.
  const perSecond = Number(/^"[^"]*","([\d.]+)"/.exec(output.trim().split('\n').at(-1) ?? '')?.[1])
  if (!(perSecond > 0))
    throw new Error(`redis-benchmark said nothing about ${workload.name} on ${server.name}:\n${output}`)
  const systemCpu = ((end.system - start.system) / requests) * 1e6
  return { perSecond, cpu: ((end.user - start.user) / requests) * 1e6 + systemCpu, systemCpu }
}

/** The command of a round of SET, for who wants to run it by hand. */
export function commandOfSet(pipeline: number, setRequests: number): string {
  const requests = requestsOf({ share: 1 }, pipeline, setRequests)
  return ['redis-benchmark', ...benchmarkArgs('PORT', ['-t', 'set'], pipeline, requests)].join(' ')
}

export async function emptyServer(server: ServerProcess): Promise<void> {
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
