/*
 * Bytes per key: how much a server's resident memory grows when N keys of 16
 * bytes with values of 32 bytes are loaded through redis-cli --pipe. One server
 * after the other, since both together may not fit.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Program, type ServerProcess, startServer } from '../tests/support/server-process.ts'
import { WireClient } from '../tests/support/wire-client.ts'
import { residentBytes } from './process-usage.ts'
import type { Row, Table } from './table.ts'

const VALUE_BYTES = 32
/** Keys per write to redis-cli's input. */
const BATCH = 2_000

interface Load {
  readonly bytesPerKey: number
  readonly seconds: number
  /** Lines of INFO memory that only Keystead has. */
  readonly notes: readonly string[]
}

export async function measureMemory(options: {
  readonly programs: readonly [Program, Program]
  readonly tools: { readonly cli: string }
  readonly keys: number
}): Promise<Table> {
  const [ours, theirs] = [
    await loadInto(options.programs[0], options.tools.cli, options.keys),
    await loadInto(options.programs[1], options.tools.cli, options.keys),
  ]
  const rows: Row[] = [
    { what: 'RSS growth per key', ours: ours.bytesPerKey, theirs: theirs.bytesPerKey, unit: 'bytes', better: 'less' },
    { what: 'time to load', ours: ours.seconds, theirs: theirs.seconds, unit: 's', better: 'less' },
  ]
  return {
    title: `memory, ${options.keys.toLocaleString('en-US')} keys of 16 + ${VALUE_BYTES} bytes`,
    names: [options.programs[0].name, options.programs[1].name],
    rows,
    commands: [
      'redis-cli -p PORT --pipe < SET key:<12 digits> <32 bytes> ...; VmRSS of /proc/PID/status before and after',
    ],
    notes: [...ours.notes, ...theirs.notes],
  }
}

async function loadInto(program: Program, cli: string, keys: number): Promise<Load> {
  const server = await startServer(program)
  try {
    const before = residentBytes(server.pid)
    const start = performance.now()
    await pipe(cli, server, keys)
    const seconds = (performance.now() - start) / 1000
    const client = await WireClient.open({ port: server.port })
    const size = await client.command('DBSIZE')
    if (size !== keys) throw new Error(`${server.name} holds ${String(size)} keys after loading ${keys}`)
    const bytesPerKey = (residentBytes(server.pid) - before) / keys
    const notes = notesFrom(server.name, String(await client.command('INFO', 'memory')))
    await client.close()
    return { bytesPerKey, seconds, notes }
  } finally {
    await server.stop()
  }
}

async function pipe(cli: string, server: ServerProcess, keys: number): Promise<void> {
  const child = spawn(cli, ['-p', String(server.port), '--pipe'], { stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const closed = once(child, 'close')
  for (let first = 0; first < keys; first += BATCH) {
    if (!child.stdin.write(sets(first, Math.min(keys, first + BATCH)))) await once(child.stdin, 'drain')
  }
  child.stdin.end()
  await closed
  if (!output.includes(`errors: 0, replies: ${keys}`)) throw new Error(`loading ${server.name} went wrong:\n${output}`)
}

/** SET key:<12 digits> <the number, filled up to 32 bytes>, for each number in [first, end). */
function sets(first: number, end: number): string {
  let text = ''
  for (let i = first; i < end; i++) {
    const key = `key:${String(i).padStart(12, '0')}`
    text += `*3\r\n$3\r\nSET\r\n$16\r\n${key}\r\n$${VALUE_BYTES}\r\n${String(i).padStart(VALUE_BYTES, 'v')}\r\n`
  }
  return text
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
