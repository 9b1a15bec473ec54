/*
 * Processor time per request, of a server and of what it is measured beside: a
 * real one and, where one is given, a former build of itself. Unlike operations
 * per second it hardly changes when other programs want the same processors, so
 * it tells on a busy machine whether a change was worth it.
 *
 * The loads are those of the throughput part.
 */
import { type Program, type ServerProcess, startServer } from '../tests/support/server-process.ts'
import { commandOfSet, figureOf, PIPELINES, type Rounds, type Sample, sampleServers } from './redis-benchmark.ts'
import type { Row, Table } from './table.ts'
import { WORKLOADS } from './workloads.ts'

interface Options extends Rounds {
  readonly subject: Program
  /** Each of them makes a table beside the subject. */
  readonly others: readonly Program[]
  readonly isPicked: (name: string) => boolean
}

export async function measureCpu(options: Options): Promise<Table[]> {
  const servers: ServerProcess[] = []
  try {
    for (const program of [options.subject, ...options.others]) servers.push(await startServer(program))
    const rows: Row[][] = options.others.map(() => [])
    for (const workload of WORKLOADS.filter(({ name }) => options.isPicked(name))) {
      for (const pipeline of PIPELINES) {
        const [ours, ...theirs] = await sampleServers(workload, pipeline, servers, options)
        const what = `${workload.name}, pipeline ${pipeline}`
        for (const [i, samples] of theirs.entries()) {
          const row = (pick: (sample: Sample) => number): Pick<Row, 'ours' | 'theirs' | 'unit' | 'better'> => {
            return { ours: figureOf(ours!, pick), theirs: figureOf(samples, pick), unit: 'us', better: 'less' }
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
