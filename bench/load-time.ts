/*
 * How long a server takes to load an RDB file, one file for each load of loads.ts.
 * The files are written once, by redis-server 7.0 or the peer where that is not
 * here, so that both sides read the same bytes. The sides take turns; the time is
 * the one that each server logs itself, without the start of its process. Time of
 * the processor includes that start, but tells more on a machine that is not idle.
 */
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPeer } from '../tests/support/peers.ts'
import { type Program, peerProgram, startServer } from '../tests/support/server-process.ts'
import { WireClient } from '../tests/support/wire-client.ts'
import { LOADS, type Load } from './loads.ts'
import { pipeInto } from './pipe.ts'
import { cpuSeconds } from './process-usage.ts'
import { median, type Row, type Table } from './table.ts'

interface Options {
  readonly programs: readonly [Program, Program]
  readonly tools: { readonly cli: string }
  readonly rounds: number
  readonly isSmoke: boolean
  readonly items: number | undefined
  readonly isPicked: (name: string) => boolean
}

/** Of each load's items in the memory part: files are written and read several times. */
const SHARE = 0.4
const FILE = 'dump.rdb'

export async function measureLoadTime(options: Options): Promise<Table> {
  const writer = findPeer('redis70') ? peerProgram('redis70') : options.programs[1]
  const rows: Row[] = []
  for (const load of LOADS.filter(({ name }) => options.isPicked(name))) {
    const count = options.items ?? (options.isSmoke ? load.items[1] : load.items[0] * SHARE)
    const folder = mkdtempSync(join(tmpdir(), 'keystead-load-'))
    try {
      const bytes = await writeFile(writer, options.tools.cli, load, count, join(folder, FILE))
      rows.push(...(await measure(options, load, count, folder, bytes)))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return {
    title: `loading an RDB file, median of ${options.rounds}`,
    names: [options.programs[0].name, options.programs[1].name],
    rows,
    commands: [`${writer.name}: the load of bench/loads.ts, SAVE; then PROGRAM --dir FOLDER until it answers PING`],
    notes: [],
  }
}

/** Answers the file's size in bytes. */
async function writeFile(writer: Program, cli: string, load: Load, count: number, path: string): Promise<number> {
  const server = await startServer(writer)
  try {
    await pipeInto(server, cli, load.commands(count))
    const client = await WireClient.open({ port: server.port })
    await client.command('SAVE')
    await client.close()
    copyFileSync(join(server.dir, FILE), path)
  } finally {
    await server.stop()
  }
  return statSync(path).size
}

async function measure(
  { programs, rounds }: Options,
  load: Load,
  count: number,
  dir: string,
  bytes: number,
): Promise<readonly Row[]> {
  const seconds: [number[], number[]] = [[], []]
  const cpu: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    for (const side of [0, 1] as const) {
      const server = await startServer(programs[side], { dir, dbfilename: FILE })
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
  return Number(/DB loaded from disk: ([\d.]+) seconds/.exec(output)?.[1])
}
