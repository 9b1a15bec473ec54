/*
 * Operations per second and processor time per operation, by redis-benchmark
 * with 50 clients, 32-byte values and a million random keys or elements.
 *
 * The two servers run at the same time and take turns within every round, so
 * that what else the machine does hits both. Each workload begins on empty
 * servers; what it needs to be there is loaded ahead of each round.
 */
import { type Program, type ServerProcess, startServer } from '../tests/support/server-process.ts'
import { commandOfSet, figureOf, PIPELINES, type Rounds, type Sample, sampleServers } from './redis-benchmark.ts'
import type { Figure, Row, Table } from './table.ts'
import { WORKLOADS, type Workload } from './workloads.ts'

interface Options extends Rounds {
  readonly programs: readonly [Program, Program]
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
      commands: PIPELINES.map((pipeline) => commandOfSet(pipeline, options.requests)),
      notes: [],
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

async function measure(
  workload: Workload,
  pipeline: number,
  servers: readonly ServerProcess[],
  options: Options,
): Promise<Row[]> {
  const [ours, theirs] = await sampleServers(workload, pipeline, servers, options)
  const figures = (pick: (sample: Sample) => number): { ours: Figure; theirs: Figure } => {
    return { ours: figureOf(ours!, pick), theirs: figureOf(theirs!, pick) }
  }
  return [
    { what: `${workload.name}, pipeline ${pipeline}`, unit: 'op/s', better: 'more', ...figures((s) => s.perSecond) },
    { what: '  server CPU per request', unit: 'us', better: 'less', ...figures((s) => s.cpu) },
  ]
}
