/*
 * What a snapshot costs those who are served meanwhile: BGSAVE of the strings of
 * loads.ts while redis-benchmark overwrites them as fast as it can, and one more
 * connection asks for one thing at a time and keeps how long each answer took.
 *
 * The load's own process is the slower side of it: it sends to all its connections and
 * then takes their answers, and the server has nothing to do in between. So most answers
 * of the probe come at once, and what tells is the p99; the rate says that the load was on.
 *
 * A server of its own for each side, one after the other. Memory is that of the
 * server's process and of its children, as a fork shares its pages with its
 * parent: Pss counts a shared page once.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Program, startServer } from '../tests/support/server-process.ts'
import { WireClient } from '../tests/support/wire-client.ts'
import { LOADS } from './loads.ts'
import { pipeInto } from './pipe.ts'
import { familyBytes } from './process-usage.ts'
import type { Row, Table } from './table.ts'

const CLIENTS = 50
const PIPELINE = 16
const VALUE_SIZE = 32
/** As much load as anybody waits for; it is ended when what is measured is over. */
const REQUESTS = 2_000_000_000
const WARM_UP_MS = { full: 3_000, smoke: 100 }
/** How long the probe asks while nothing is saved. */
const CALM_MS = { full: 8_000, smoke: 200 }
const MEMORY_SAMPLE_MS = 50

interface Options {
  readonly programs: readonly [Program, Program]
  readonly tools: { readonly cli: string; readonly benchmark: string }
  readonly isSmoke: boolean
  readonly items: number | undefined
}

interface Measured {
  readonly calm: Latencies
  readonly saving: Latencies
  readonly seconds: number
  /** Percent of the memory before, at the peak. */
  readonly extraMemory: number
}

interface Latencies {
  /** Commands that the server ran a second meanwhile, of the load and of the probe. */
  readonly rate: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly count: number
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
  return {
    title: `BGSAVE of ${keys.toLocaleString('en-US')} keys under load`,
    names: [options.programs[0].name, options.programs[1].name],
    rows: [
      row('commands without a save', '/s', ({ calm }) => calm.rate, 'more'),
      row('commands during the save', '/s', ({ saving }) => saving.rate, 'more'),
      row('p50 without a save', 'ms', ({ calm }) => calm.p50),
      row('p50 during the save', 'ms', ({ saving }) => saving.p50),
      row('p99 without a save', 'ms', ({ calm }) => calm.p99),
      row('p99 during the save (asked: under 5 ms)', 'ms', ({ saving }) => saving.p99),
      row('longest without a save', 'ms', ({ calm }) => calm.max),
      row('longest during the save', 'ms', ({ saving }) => saving.max),
      row('extra memory at the peak (asked: under 10 %)', '%', ({ extraMemory }) => extraMemory),
      row('time of the save', 's', ({ seconds }) => seconds),
    ],
    commands: [`redis-benchmark ${benchmarkArgs('PORT', keys).join(' ')}`],
    notes: [
      `answers timed: ${ours.calm.count} and ${ours.saving.count} of ours, ${theirs.calm.count} and ` +
        `${theirs.saving.count} of theirs, without and during the save`,
    ],
  }
}

const benchmarkArgs = (port: number | string, keys: number): string[] => [
  ...['-p', String(port), '-c', String(CLIENTS), '-P', String(PIPELINE), '-r', String(keys), '-n', String(REQUESTS)],
  ...['-q', 'SET', 'key:__rand_int__', 'w'.repeat(VALUE_SIZE)],
]

async function measure(program: Program, keys: number, { tools, isSmoke }: Options): Promise<Measured> {
  const server = await startServer(program)
  let load: ChildProcess | undefined
  try {
    await pipeInto(server, tools.cli, LOADS[0]!.commands(keys))
    load = spawn(tools.benchmark, benchmarkArgs(server.port, keys), { stdio: 'ignore' })
    const client = await WireClient.open({ port: server.port, keepsBytes: false })
    const probe = await WireClient.open({ port: server.port, keepsBytes: false })
    const size = isSmoke ? 'smoke' : 'full'
    await ask(probe, client, keys, until(WARM_UP_MS[size]))
    const calm = await ask(probe, client, keys, until(CALM_MS[size]))
    const before = familyBytes(server.pid)
    let peak = before
    const sampler = setInterval(() => {
      peak = Math.max(peak, familyBytes(server.pid))
    }, MEMORY_SAMPLE_MS)
    const start = performance.now()
    await client.command('BGSAVE')
    const save = untilSaved(client)
    const saving = await ask(probe, client, keys, () => save.isOver)
    const seconds = (performance.now() - start) / 1000
    clearInterval(sampler)
    if (save.status !== 'ok') throw new Error(`${server.name} did not save: ${server.output()}`)
    return { calm, saving, seconds, extraMemory: (peak / before - 1) * 100 }
  } finally {
    await Promise.all([load && endOf(load), server.stop()])
  }
}

function endOf(load: ChildProcess): Promise<unknown> {
  const closed = once(load, 'close')
  load.kill('SIGKILL')
  return closed
}

function until(ms: number): () => boolean {
  const end = performance.now() + ms
  return () => performance.now() >= end
}

/** Asks the server, now and then, whether the save is over. */
function untilSaved(client: WireClient): { isOver: boolean; status: string } {
  const save = { isOver: false, status: '' }
  const look = async (): Promise<void> => {
    const info = String(await client.command('INFO', 'persistence'))
    if (/rdb_bgsave_in_progress:1/.test(info)) setTimeout(() => void look(), MEMORY_SAMPLE_MS)
    else {
      save.status = /rdb_last_bgsave_status:(\w+)/.exec(info)?.[1] ?? 'unknown'
      save.isOver = true
    }
  }
  void look()
  return save
}

/** How many commands a server has run so far. */
async function commandsOf(client: WireClient): Promise<number> {
  const info = String(await client.command('INFO', 'stats'))
  return Number(/total_commands_processed:(\d+)/.exec(info)?.[1])
}

/** Sends SET and GET in turn, each when the one before is answered, until told to stop. Milliseconds. */
async function ask(probe: WireClient, client: WireClient, keys: number, isOver: () => boolean): Promise<Latencies> {
  const times: number[] = []
  const [commandsBefore, beganAt] = [await commandsOf(client), performance.now()]
  do {
    const key = `key:${String(Math.floor(Math.random() * keys)).padStart(12, '0')}`
    const start = performance.now()
    if (times.length % 2 === 0) await probe.command('SET', key, 'p'.repeat(VALUE_SIZE))
    else await probe.command('GET', key)
    times.push(performance.now() - start)
  } while (!isOver())
  const sorted = Float64Array.from(times).sort()
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!
  const rate = ((await commandsOf(client)) - commandsBefore) / ((performance.now() - beganAt) / 1000)
  return { rate, p50: at(0.5), p99: at(0.99), max: at(1), count: times.length }
}
