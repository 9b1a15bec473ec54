/*
 * How long a server takes to load an RDB file, or an append-only file, one for each load
 * of loads.ts. They are written once, by redis-server 7.0 or the peer where that is not
 * here, so that both sides read the same bytes. The sides take turns; the time is
 * the one that each server logs itself, without the start of its process. Time of
 * the processor includes that start, but tells more on a machine that is not idle.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPeer } from '../tests/support/peers.ts'
import { type Program, peerProgram, startServer } from '../tests/support/server-process.ts'
import { WireClient } from '../tests/support/wire-client.ts'
import { LOADS, type Load } from './loads.ts'
import { pipeInto } from './pipe.ts'
import { cpuSeconds } from './process-usage.ts'
import { median, type Row, type Table } from './table.ts'

/** What is loaded, and with which settings servers write and read it in their folder. */
export interface Kept {
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
  /** The command after which all data is in the file. */
  readonly finish: readonly [string, ...string[]]
}

export const RDB_FILE: Kept = { name: 'an RDB file', settings: {}, finish: ['SAVE'] }
export const APPEND_ONLY_FILE: Kept = {
  name: 'an append-only file',
  // All of it is commands: the base is of the empty server that began it.
  settings: { appendonly: 'yes', appendfsync: 'no', 'auto-aof-rewrite-percentage': '0' },
  // A command is written before it is answered.
  finish: ['PING'],
}

interface Options {
  readonly kept: Kept
  readonly programs: readonly [Program, Program]
  readonly tools: { readonly cli: string }
  readonly rounds: number
  readonly isSmoke: boolean
  readonly items: number | undefined
  readonly isPicked: (name: string) => boolean
}

/** Of each load's items in the memory part: files are written and read several times. */
const SHARE = 0.4

export async function measureLoadTime(options: Options): Promise<Table> {
  const writer = findPeer('redis70') ? peerProgram('redis70') : options.programs[1]
  const rows: Row[] = []
  for (const load of LOADS.filter(({ name }) => options.isPicked(name))) {
    const count = options.items ?? (options.isSmoke ? load.items[1] : load.items[0] * SHARE)
    const folder = mkdtempSync(join(tmpdir(), 'keystead-load-'))
    try {
      const bytes = await write(writer, options, load, count, folder)
      rows.push(...(await measure(options, load, count, folder, bytes)))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return {
    title: `loading ${options.kept.name}, median of ${options.rounds}`,
    names: [options.programs[0].name, options.programs[1].name],
    rows,
    commands: [
      `${writer.name}: the load of bench/loads.ts, ${options.kept.finish[0]}; then PROGRAM --dir FOLDER until it answers PING`,
    ],
    notes: [],
  }
}

/** Answers the bytes of what was written into the folder. */
async function write(
  writer: Program,
  { kept, tools }: Options,
  load: Load,
  count: number,
  folder: string,
): Promise<number> {
  const server = await startServer(writer, kept.settings)
  try {
    await pipeInto(server, tools.cli, load.commands(count))
    const client = await WireClient.open({ port: server.port })
    await client.command(...kept.finish)
    await client.close()
    cpSync(server.dir, folder, { recursive: true })
  } finally {
    await server.stop()
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

async function measure(
  { programs, rounds, kept }: Options,
  load: Load,
  count: number,
  dir: string,
  bytes: number,
): Promise<readonly Row[]> {
  const seconds: [number[], number[]] = [[], []]
  const cpu: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    for (const side of [0, 1] as const) {
      const server = await startServer(programs[side], { ...kept.settings, dir })
      try {
        const client = await WireClient.open({ port: server.port })
        const held = await client.command(...load.count)
        await client.close()
        if (held !== count) throw new Error(`${server.name} holds ${String(held)} items after loading ${load.name}`)
        cpu[side].push(cpuSeconds(server.pid))
        seconds[side].push(loadSeconds(server.output()))
      } finally {
        await server.stop()
      }
    }
  }
  const [ours, theirs] = [median(seconds[0]), median(seconds[1])]
  const [oursCpu, theirsCpu] = [median(cpu[0]), median(cpu[1])]
  const mib = (bytes / 2 ** 20).toFixed(0)
  return [
    { what: `${load.name}: ${count.toLocaleString('en-US')}, ${mib} MiB`, ours, theirs, unit: 's', better: 'less' },
    { what: '  processor, with start', ours: oursCpu, theirs: theirsCpu, unit: 's', better: 'less' },
  ]
}

/** What every family says at the end of loading. */
function loadSeconds(output: string): number {
  return Number(/DB loaded from (?:disk|append only file): ([\d.]+) seconds/.exec(output)?.[1])
}
