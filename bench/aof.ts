/*
 * What an append-only file costs: SET with each policy of appendfsync, beside the same
 * server without the file and beside the other one. All four run at the same time and
 * take turns (redis-benchmark.ts).
 *
 * With `always` it is the disk that is measured, and how many writes share a sync.
 */
import { type Program, type ServerProcess, startServer } from '../tests/support/server-process.ts'
import { commandOfSet, figureOf, PIPELINES, type Rounds, type Sample, sampleServers } from './redis-benchmark.ts'
import type { Figure, Row, Table } from './table.ts'
import { WORKLOADS } from './workloads.ts'

const POLICIES = ['no', 'everysec', 'always'] as const

interface Options extends Rounds {
  readonly programs: readonly [Program, Program]
}

export async function measureAof(options: Options): Promise<Table> {
  const rows: Row[] = []
  for (const appendfsync of POLICIES) {
    const servers: ServerProcess[] = []
    try {
      const settings = { appendonly: 'yes', appendfsync, 'auto-aof-rewrite-percentage': '0' }
      for (const program of options.programs) servers.push(await startServer(program))
      for (const program of options.programs) servers.push(await startServer(program, settings))
      for (const pipeline of PIPELINES) rows.push(...(await measure(appendfsync, pipeline, servers, options)))
    } finally {
      await Promise.all(servers.map((server) => server.stop()))
    }
  }
  return {
    title: `SET with an append-only file, median of ${options.rounds}`,
    names: [options.programs[0].name, options.programs[1].name],
    rows,
    commands: PIPELINES.map((pipeline) => commandOfSet(pipeline, options.requests)),
    notes: [],
  }
}

/** `servers`: ours and theirs without the file, then both with it. */
async function measure(
  policy: string,
  pipeline: number,
  servers: readonly ServerProcess[],
  options: Options,
): Promise<Row[]> {
  const set = WORKLOADS.find(({ name }) => name === 'SET')!
  const [oursWithout, theirsWithout, ours, theirs] = await sampleServers(set, pipeline, servers, options)
  const figures = (pick: (sample: Sample) => number): Pick<Row, 'ours' | 'theirs'> => {
    return { ours: figureOf(ours!, pick), theirs: figureOf(theirs!, pick) }
  }
  const share = (withFile: Sample[], without: Sample[]): Figure =>
    (Number(figureOf(withFile, ({ perSecond }) => perSecond)) /
      Number(figureOf(without, ({ perSecond }) => perSecond))) *
    100
  return [
    {
      what: `appendfsync ${policy}, pipeline ${pipeline}`,
      ...figures(({ perSecond }) => perSecond),
      unit: 'op/s',
      better: 'more',
    },
    {
      what: '  of what it does without the file',
      ours: share(ours!, oursWithout!),
      theirs: share(theirs!, theirsWithout!),
      unit: '%',
      better: 'more',
    },
    { what: '  p99', ...figures(({ p99 }) => p99), unit: 'ms', better: 'less' },
    { what: '  server CPU per request', ...figures(({ cpu }) => cpu), unit: 'us', better: 'less' },
  ]
}
