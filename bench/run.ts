/*
 * npm run bench -- [options]: Keystead beside a real server, in one run on one
 * machine. Absolute numbers mean little here; the ratios are what to compare.
 *
 *   --only throughput,memory,cost,start,load,snapshot,aof,cpu,long,micro   which parts (all but the last three)
 *   --pick zset,LRANGE      only what has one of these words in its name: see workloads.ts, loads.ts, structures.ts
 *   --peer redis70|redis80|valkey81|...    beside whom (redis70)
 *   --memory-peer valkey91|...             beside whom in the memory part (valkey91, or --peer where it is not here)
 *   --subject keystead|valkey91|...        who is measured (keystead, as built)
 *   --former FILE   a former build (its keystead-server.js): the cpu part is measured beside it too
 *   --rounds N      of all parts but memory, snapshot and micro; the medians are shown (5)
 *   --requests N    of a throughput, aof or cpu round of SET at pipeline 1; eight times as many at 16 (200000, 100000)
 *   --items N       that each load of the memory, load and aof parts has, the keys of snapshots, and of long (millions)
 *   --smoke         all of it, tiny: to know that it works
 *
 * What a server lacks a command for is reported as missing. `cpu` is what throughput
 * tells of processor time, of more servers than two, for machines that are not idle;
 * `long` tells it of single commands over big values. `micro` runs the
 * benchmarks that live beside the code, at full size.
 *
 * In full it takes about half an hour, 4 GiB of memory, and an idle machine.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism, cpus, platform, release } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { findPeer, isPeerName, type Peer } from '../tests/support/peers.ts'
import { type Program, peerProgram } from '../tests/support/server-process.ts'
import { measureAof } from './aof.ts'
import { measureCost } from './cost.ts'
import { measureCpu } from './cpu.ts'
import { APPEND_ONLY_FILE, measureLoadTime, RDB_FILE } from './load-time.ts'
import { measureLong } from './long.ts'
import { measureMemory } from './memory.ts'
import { REWRITE, SAVE } from './probe.ts'
import { measureSnapshot } from './snapshot.ts'
import { measureStart } from './start.ts'
import { printTable } from './table.ts'
import { measureThroughput } from './throughput.ts'

const PARTS = ['throughput', 'memory', 'cost', 'start', 'load', 'snapshot', 'aof', 'cpu', 'long', 'micro'] as const
const root = resolve(import.meta.dirname, '..')

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'throughput,memory,cost,start,load,snapshot,aof' },
    pick: { type: 'string' },
    peer: { type: 'string', default: 'redis70' },
    'memory-peer': { type: 'string' },
    subject: { type: 'string', default: 'keystead' },
    former: { type: 'string' },
    rounds: { type: 'string' },
    requests: { type: 'string' },
    items: { type: 'string' },
    smoke: { type: 'boolean', default: false },
  },
})

function stop(message: string): never {
  console.error(message)
  process.exit(1)
}

function programOf(name: string): Program {
  if (isPeerName(name)) return findPeer(name) ? peerProgram(name) : stop(`${name} is not on this machine`)
  if (name !== 'keystead') stop(`${name} is no server that is known here`)
  return builtProgram(resolve(root, 'out/main/keystead-server.js'))
}

/** As users run it: built, in one process of plain Node. */
function builtProgram(file: string): Program {
  if (!existsSync(file)) stop(`${file} is not there; npm run bench builds that of this checkout`)
  return { name: 'keystead', command: process.execPath, args: [resolve(file)] }
}

/** redis-benchmark and redis-cli, the same ones for both sides. */
function toolsOf(peer: Peer | undefined): { benchmark: string; cli: string } {
  const { benchmark, cli } = { ...findPeer('redis70'), ...peer }
  if (benchmark === undefined || cli === undefined)
    stop('redis-benchmark and redis-cli are needed (Debian: redis-tools)')
  return { benchmark, cli }
}

const number = (text: string | undefined, normal: number, smoke: number): number =>
  text !== undefined ? Number(text) : values.smoke ? smoke : normal

const only = values.only.split(',')
for (const part of only) {
  if (!(PARTS as readonly string[]).includes(part)) stop(`--only takes some of ${PARTS.join(',')}`)
}
const rounds = number(values.rounds, 5, 1)
const programs: readonly [Program, Program] = [programOf(values.subject), programOf(values.peer)]
const tools = toolsOf(isPeerName(values.peer) ? findPeer(values.peer) : undefined)

const commit = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' }).stdout?.trim()
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${platform()} ${release()}`)
console.log(`Node ${process.version}, commit ${commit || 'unknown'}, ${programs[0].name} beside ${programs[1].name}`)

const words = values.pick?.toLowerCase().split(',')
const isPicked = (name: string): boolean => words?.some((word) => name.toLowerCase().includes(word)) ?? true
const isSmoke = values.smoke
const items = values.items === undefined ? undefined : Number(values.items)

if (only.includes('throughput')) {
  const requests = number(values.requests, 200_000, 400)
  printTable(await measureThroughput({ programs, tools, rounds, warmups: isSmoke ? 0 : 1, requests, isPicked }))
}
if (only.includes('memory')) {
  const peer = values['memory-peer'] ?? (findPeer('valkey91') ? 'valkey91' : values.peer)
  printTable(await measureMemory({ programs: [programs[0], programOf(peer)], tools, isSmoke, items, isPicked }))
}
if (only.includes('cost')) printTable(await measureCost({ programs, tools, rounds, isSmoke, isPicked }))
if (only.includes('start')) printTable(await measureStart({ programs, rounds }))
if (only.includes('snapshot')) {
  printTable(await measureSnapshot({ background: SAVE, settings: {}, programs, tools, isSmoke, items }))
}
const loading = { programs, tools, rounds, isSmoke, items, isPicked }
if (only.includes('load')) printTable(await measureLoadTime({ kept: RDB_FILE, ...loading }))
if (only.includes('aof')) {
  const requests = number(values.requests, 200_000, 400)
  printTable(await measureAof({ programs, tools, rounds, warmups: isSmoke ? 0 : 1, requests }))
  const { settings } = APPEND_ONLY_FILE
  printTable(await measureSnapshot({ background: REWRITE, settings, programs, tools, isSmoke, items }))
  printTable(await measureLoadTime({ kept: APPEND_ONLY_FILE, ...loading }))
}
if (only.includes('cpu')) {
  const requests = number(values.requests, 100_000, 400)
  const [subject, peer] = programs
  const others = values.former === undefined ? [peer] : [peer, { ...builtProgram(values.former), name: 'former' }]
  const shared = { tools, rounds, warmups: isSmoke ? 0 : 1, requests, isPicked }
  for (const table of await measureCpu({ subject, others, ...shared })) printTable(table)
}
if (only.includes('long')) {
  printTable(await measureLong({ programs, rounds, items: items ?? (isSmoke ? 1_000 : 1_000_000), isPicked }))
}
if (only.includes('micro')) {
  const args = [resolve(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'unit', '.bench.ts']
  const env = { ...process.env, KEYSTEAD_BENCH: values.smoke ? 'smoke' : 'full' }
  process.exitCode = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1
}
