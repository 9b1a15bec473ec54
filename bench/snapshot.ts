/*
 * What a snapshot costs those who are served meanwhile: BGSAVE or BGREWRITEAOF of the
 * strings of loads.ts while they are overwritten, and one more connection asks for one
 * thing at a time and keeps how long each answer took.
 *
 * Under the full load every answer waits for a batch of all other connections before it,
 * on any server: that is most of its p99, with a snapshot or without. The steady load leaves
 * the server time to spare, and shows what the snapshot itself makes somebody wait.
 *
 * A server of its own for each side, one after the other. Memory is that of the
 * server's process and of its children, as a fork shares its pages with its
 * parent: Pss counts a shared page once.
 */
import { type Program, startServer } from '../tests/support/server-process.ts'
import { LOADS } from './loads.ts'
import { pipeInto } from './pipe.ts'
import { type Background, type Latencies, Probe } from './probe.ts'
import type { Row, Table } from './table.ts'
import { fullLoad, fullLoadArgs, type Load, STEADY_RATE, steadyLoad, VALUE } from './write-load.ts'

const WARM_UP_MS = { full: 3_000, smoke: 100 }
/** How long the probe asks while nothing is saved. */
const CALM_MS = { full: 8_000, smoke: 200 }

interface Options {
  /** By what the snapshot is taken, on servers with these settings. */
  readonly background: Background
  readonly settings: Readonly<Record<string, string>>
  readonly programs: readonly [Program, Program]
  readonly tools: { readonly cli: string; readonly benchmark: string }
  readonly isSmoke: boolean
  readonly items: number | undefined
}

interface Measured {
  readonly full: UnderLoad
  readonly steady: UnderLoad
  /** Percent of the memory before, at the peak, under the full load. */
  readonly extraMemory: number
}

interface UnderLoad {
  readonly calm: Latencies
  readonly during: Latencies & { readonly seconds: number }
}

export async function measureSnapshot(options: Options): Promise<Table> {
  const load = LOADS[0]!
  const keys = options.items ?? load.items[options.isSmoke ? 1 : 0]
  const [ours, theirs] = [
    await measure(options.programs[0], keys, options),
    await measure(options.programs[1], keys, options),
  ]
  const row = (
    what: string,
    unit: string,
    pick: (measured: Measured) => number,
    better: Row['better'] = 'less',
  ): Row => ({
    what,
    ours: pick(ours),
    theirs: pick(theirs),
    unit,
    better,
  })
  const rows = (pick: (measured: Measured) => UnderLoad, asked: string): Row[] => [
    row('commands without it', '/s', (measured) => pick(measured).calm.rate, 'more'),
    row('commands during it', '/s', (measured) => pick(measured).during.rate, 'more'),
    row('p50 without it', 'ms', (measured) => pick(measured).calm.p50),
    row('p50 during it', 'ms', (measured) => pick(measured).during.p50),
    row('p99 without it', 'ms', (measured) => pick(measured).calm.p99),
    row(`p99 during it${asked}`, 'ms', (measured) => pick(measured).during.p99),
    row('longest without it', 'ms', (measured) => pick(measured).calm.max),
    row('longest during it', 'ms', (measured) => pick(measured).during.max),
    row('time it takes', 's', (measured) => pick(measured).during.seconds),
  ]
  const steadily = (what: Row): Row => ({ ...what, what: `  steady: ${what.what}` })
  const answers = ({ full, steady }: Measured): string =>
    [full, steady].flatMap(({ calm, during }) => [calm.count, during.count]).join(', ')
  return {
    title: `${options.background.command} of ${keys.toLocaleString('en-US')} keys under full load`,
    names: [options.programs[0].name, options.programs[1].name],
    rows: [
      ...rows(({ full }) => full, ' (asked: under 5 ms)'),
      row('extra memory at the peak (asked: under 10 %)', '%', ({ extraMemory }) => extraMemory),
      ...rows(({ steady }) => steady, '').map(steadily),
    ],
    commands: [`redis-benchmark ${fullLoadArgs('PORT', keys).join(' ')}`],
    notes: [
      `steady: ${STEADY_RATE.toLocaleString('en-US')} such commands a second, by bench/steady-load.ts`,
      `answers timed without it and during it, then steadily: ${answers(ours)} of ours, ${answers(theirs)} of theirs`,
    ],
  }
}

async function measure(program: Program, keys: number, options: Options): Promise<Measured> {
  const { tools, isSmoke, background, settings } = options
  const server = await startServer(program, settings)
  const size = isSmoke ? 'smoke' : 'full'
  const under = async (load: Load, probe: Probe): Promise<UnderLoad> => {
    try {
      await probe.askFor(WARM_UP_MS[size])
      return { calm: await probe.askFor(CALM_MS[size]), during: await probe.askDuring(background) }
    } finally {
      await load.end()
    }
  }
  try {
    await pipeInto(server, tools.cli, LOADS[0]!.commands(keys))
    const probe = await Probe.open(server, keys, VALUE)
    const full = await under(fullLoad(server, tools.benchmark, keys), probe)
    const load = fullLoad(server, tools.benchmark, keys)
    const extraMemory = await probe.extraMemory(background).finally(() => load.end())
    const steady = await under(steadyLoad(server, keys), probe)
    return { full, steady, extraMemory }
  } finally {
    await server.stop()
  }
}
