/*
 * Processor time per request, of a server and of what it is measured beside: a
 * real one and, where one is given, a former build of itself. Unlike operations
 * per second it hardly changes when other programs want the same processors, so
 * it tells on a busy machine whether a change was worth it.
 *
 * The loads are those of the throughput part. Servers take turns within every
 * round, in another order each time, since a core runs slower after a long load.
 */
import { type Program, type ServerProcess, startServer } from '../tests/support/server-process.ts'
import { missingCommands } from './peer-commands.ts'
import { commandOfSet, emptyServer, PIPELINES, runBenchmark, type Sample } from './redis-benchmark.ts'
import { type Figure, median, type Row, type Table } from './table.ts'
import { WORKLOADS, type Workload } from './workloads.ts'

interface Options {
  readonly subject: Program
  /** Each of them makes a table beside the subject. */
  readonly others: readonly Program[]
  readonly tools: { readonly benchmark: string }
  readonly rounds: number
  /** Rounds ahead of them that are not counted: compilers and caches. */
  readonly warmups: number
  /** Of a round of SET at pipeline 1. */
  readonly requests: number
  readonly isPicked: (name: string) => boolean
}

export async function measureCpu(options: Options): Promise<Table[]> {
  const servers: ServerProcess[] = []
  try {
    for (const program of [options.subject, ...options.others]) servers.push(await startServer(program))
    const rows: Row[][] = options.others.map(() => [])
    for (const workload of WORKLOADS.filter(({ name }) => options.isPicked(name))) {
      for (const pipeline of PIPELINES) {
        const [ours, ...theirs] = await measure(workload, pipeline, servers, options)
        const what = `${workload.name}, pipeline ${pipeline}`
        for (const [i, samples] of theirs.entries()) {
          const row = (pick: (sample: Sample) => number): Pick<Row, 'ours' | 'theirs' | 'unit' | 'better'> => {
            return { ours: figure(ours!, pick), theirs: figure(samples, pick), unit: 'us', better: 'less' }
          }
          rows[i]!.push({ what, ...row(({ cpu }) => cpu) })
          rows[i]!.push({ what: '  in the system', ...row(({ systemCpu }) => systemCpu) })
        }
      }
    }
    return options.others.map((other, i) => ({
      title: `server CPU per request, median of ${options.rounds}`,
      names: [options.subject.name, other.name],
      rows: rows[i]!,
      commands: PIPELINES.map((pipeline) => commandOfSet(pipeline, options.requests)),
      notes: [],
    }))
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** The samples of each server; none of one that lacks a command. */
async function measure(
  workload: Workload,
  pipeline: number,
  servers: readonly ServerProcess[],
  options: Options,
): Promise<Sample[][]> {
  const samples: Sample[][] = servers.map(() => [])
  const lacks = await Promise.all(servers.map((server) => missingCommands(server, workload.needs)))
  await Promise.all(servers.map(emptyServer))
  for (let round = -options.warmups; round < options.rounds; round++) {
    for (let turn = 0; turn < servers.length; turn++) {
      const side = (turn + round + options.warmups) % servers.length
      if (lacks[side]!.size > 0) continue
      const sample = await runBenchmark(options.tools.benchmark, servers[side]!, workload, pipeline, options.requests)
      if (round >= 0) samples[side]!.push(sample)
    }
  }
  await Promise.all(servers.map(emptyServer))
  return samples
}

const figure = (samples: readonly Sample[], pick: (sample: Sample) => number): Figure =>
  samples.length === 0 ? 'missing' : median(samples.map(pick))
