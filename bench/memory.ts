/*
 * Bytes per item: how much a server's resident memory grows under each load of
 * loads.ts, sent through redis-cli --pipe. A server for each load, and one after
 * the other, since both together may not fit.
 */
import { type Program, startServer } from '../tests/support/server-process.ts'
import { WireClient } from '../tests/support/wire-client.ts'
import { LOADS, type Load } from './loads.ts'
import { missingCommands } from './peer-commands.ts'
import { pipeInto } from './pipe.ts'
import { residentBytes } from './process-usage.ts'
import type { Figure, Row, Table } from './table.ts'

interface Options {
  readonly programs: readonly [Program, Program]
  readonly tools: { readonly cli: string }
  readonly isSmoke: boolean
  /** Instead of each load's own number of items. */
  readonly items: number | undefined
  readonly isPicked: (name: string) => boolean
}

interface Measured {
  readonly bytesPerItem: Figure
  readonly seconds: Figure
  /** Lines of INFO memory that only Keystead has. */
  readonly notes: readonly string[]
}

export async function measureMemory(options: Options): Promise<Table> {
  const rows: Row[] = []
  const notes: string[] = []
  for (const load of LOADS.filter(({ name }) => options.isPicked(name))) {
    const count = options.items ?? load.items[options.isSmoke ? 1 : 0]
    const [ours, theirs] = [
      await loadInto(options.programs[0], options.tools.cli, load, count),
      await loadInto(options.programs[1], options.tools.cli, load, count),
    ]
    const limit = load.limit === undefined ? '' : ` (at most ${load.limit})`
    rows.push(
      {
        what: `${load.name}: ${count.toLocaleString('en-US')}, per ${load.item}${limit}`,
        ours: ours.bytesPerItem,
        theirs: theirs.bytesPerItem,
        unit: 'bytes',
        better: 'less',
      },
      { what: '  time to load', ours: ours.seconds, theirs: theirs.seconds, unit: 's', better: 'less' },
    )
    notes.push(...ours.notes, ...theirs.notes)
  }
  return {
    title: 'memory, RSS growth',
    names: [options.programs[0].name, options.programs[1].name],
    rows,
    commands: ['redis-cli -p PORT --pipe < the load of bench/loads.ts; VmRSS of /proc/PID/status before and after'],
    notes,
  }
}

async function loadInto(program: Program, cli: string, load: Load, count: number): Promise<Measured> {
  const server = await startServer(program)
  try {
    if ((await missingCommands(server, load.needs)).size > 0)
      return { bytesPerItem: 'missing', seconds: 'missing', notes: [] }
    const before = residentBytes(server.pid)
    const start = performance.now()
    await pipeInto(server, cli, load.commands(count))
    const seconds = (performance.now() - start) / 1000
    const client = await WireClient.open({ port: server.port })
    const held = await client.command(...load.count)
    if (held !== count) throw new Error(`${server.name} holds ${String(held)} items after loading ${load.name}`)
    const bytesPerItem = (residentBytes(server.pid) - before) / count
    const notes = notesFrom(`${server.name}, ${load.name}`, String(await client.command('INFO', 'memory')))
    await client.close()
    return { bytesPerItem, seconds, notes }
  } finally {
    await server.stop()
  }
}

/** Keystead's own fields: what the V8 heap holds, and the longest pause its collector made. */
function notesFrom(name: string, info: string): string[] {
  const field = (key: string): number => Number(new RegExp(`^${key}:([\\d.]+)`, 'm').exec(info)?.[1])
  const [heap, pause] = [field('used_memory_v8_heap'), field('gc_pause_max_ms')]
  if (Number.isNaN(heap)) return []
  return [
    `${name}: V8 heap ${(heap / 2 ** 20).toFixed(1)} MiB, longest garbage collection pause ${pause.toFixed(1)} ms`,
  ]
}
