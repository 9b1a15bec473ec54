/*
 * npm run bench -- [options]: Keystead beside a real server, in one run on one
 * machine. Absolute numbers mean little here; the ratios are what to compare.
 *
 *   --only throughput,memory,start,micro   which parts (the first three)
 *   --peer redis70|redis80|valkey81|...    beside whom (redis70)
 *   --subject keystead|valkey91|...        who is measured (keystead, as built)
 *   --rounds N      of throughput and start; the medians are shown (5)
 *   --requests N    of a throughput round at pipeline 1; eight times as many at 16 (200000)
 *   --keys N        that the memory part loads (5000000)
 *   --smoke         all of it, tiny: to know that it works
 *
 * `micro` runs the benchmarks that live beside the code, at full size.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism, cpus, platform, release } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { findPeer, isPeerName, type Peer } from '../tests/support/peers.ts'
import { type Program, peerProgram } from '../tests/support/server-process.ts'
import { measureMemory } from './memory.ts'
import { measureStart } from './start.ts'
import { printTable } from './table.ts'
import { measureThroughput } from './throughput.ts'

const PARTS = ['throughput', 'memory', 'start', 'micro'] as const
const root = resolve(import.meta.dirname, '..')

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'throughput,memory,start' },
    peer: { type: 'string', default: 'redis70' },
    subject: { type: 'string', default: 'keystead' },
    rounds: { type: 'string' },
    requests: { type: 'string' },
    keys: { type: 'string' },
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
  // As users run it: built, in one process of plain Node.
  const built = resolve(root, 'out/main/keystead-server.js')
  if (!existsSync(built)) stop('out/main/keystead-server.js is not built; npm run bench builds it')
  return { name, command: process.execPath, args: [built] }
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

if (only.includes('throughput')) {
  printTable(await measureThroughput({ programs, tools, rounds, requests: number(values.requests, 200_000, 2_000) }))
}
if (only.includes('memory'))
  printTable(await measureMemory({ programs, tools, keys: number(values.keys, 5_000_000, 5_000) }))
if (only.includes('start')) printTable(await measureStart({ programs, rounds }))
if (only.includes('micro')) {
  const args = [resolve(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'unit', '.bench.ts']
  const env = { ...process.env, KEYSTEAD_BENCH: values.smoke ? 'smoke' : 'full' }
  process.exitCode = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1
}
