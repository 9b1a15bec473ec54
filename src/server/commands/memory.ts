/*
 * MEMORY: what keys and the server occupy. Every byte of the dataset is in the
 * arena and counted there, so USAGE is a sum, and a sample only where one is asked for.
 */
import { bytesToHuman } from '../base/human-bytes.ts'
import { int64Of } from '../exec/args.ts'
import type { Call } from '../exec/call.ts'
import { defineCommand } from '../exec/command.ts'
import { Err } from '../exec/errors.ts'
import { NIL } from '../memory/layout.ts'
import { helpCommand } from './help.ts'

const COMMON = { group: 'server', arity: 2, flags: [] } as const

const USAGE = defineCommand({
  ...COMMON,
  name: 'usage',
  usage: 'key [SAMPLES count:integer]',
  summary: 'Tells how many bytes a key and its value occupy, exactly; with SAMPLES, by so many of its elements.',
  since: '4.0.0',
  complexity: 'O(N) in the blocks of the value, or in the samples',
  arity: -3,
  flags: ['readonly'],
  keys: [{ at: 2, access: 'ro' }],
  run(c) {
    const { argv, argc, reply } = c
    let samples = 0n
    for (let i = 3; i < argc; i += 2) {
      if (!argv[i].is('samples') || i + 1 === argc) return reply.error(Err.syntax)
      const count = int64Of(argv[i + 1])
      if (count === undefined) return reply.error(Err.notInteger)
      if (count < 0n) return reply.error(Err.syntax)
      samples = count
    }
    const found = c.db.peek(argv[2])
    if (found === NIL) return reply.nil()
    // None stands for all of them, as in every server.
    reply.integer(c.db.usageOf(found, samples === 0n ? Number.POSITIVE_INFINITY : Number(samples)))
  },
})

/** For clients of a cluster. */
const OF_ALL_SHARDS = ['request_policy:all_shards', 'response_policy:special']

type Statistic = readonly [name: string, value: number, kind?: 'double']

function statistics(c: Call): Statistic[] {
  const { keyspace, stats } = c.server
  const used = keyspace.memory.usedBytes
  const startup = keyspace.bytesAtStart
  const reserved = keyspace.memory.reservedBytes
  const peak = Math.max(stats.memoryPeak, used)
  const { rss } = process.memoryUsage()
  const keys = keyspace.size
  const overhead = keyspace.tableBytes
  return [
    ['peak.allocated', peak],
    ['total.allocated', used],
    ['startup.allocated', startup],
    ['replication.backlog', 0],
    ['clients.slaves', 0],
    ['clients.normal', c.server.clients.bufferedBytes],
    ['aof.buffer', 0],
    ['overhead.total', overhead],
    ['keys.count', keys],
    ['keys.bytes-per-key', keys > 0 ? Math.floor((used - startup) / keys) : 0],
    ['dataset.bytes', used - overhead],
    ['dataset.percentage', used > startup ? (100 * (used - overhead)) / (used - startup) : 0, 'double'],
    ['peak.percentage', peak > 0 ? (100 * used) / peak : 0, 'double'],
    ['allocator.allocated', used],
    ['allocator.active', reserved],
    ['allocator.resident', reserved],
    ['allocator-fragmentation.ratio', used > 0 ? reserved / used : 0, 'double'],
    ['allocator-fragmentation.bytes', reserved - used],
    ['allocator-rss.ratio', 1, 'double'],
    ['allocator-rss.bytes', 0],
    ['rss-overhead.ratio', reserved > 0 ? rss / reserved : 0, 'double'],
    ['rss-overhead.bytes', rss - reserved],
    ['fragmentation', used > 0 ? rss / used : 0, 'double'],
    ['fragmentation.bytes', rss - used],
  ]
}

const STATS = defineCommand({
  ...COMMON,
  name: 'stats',
  usage: '',
  summary: 'Tells where the memory of the server goes.',
  since: '4.0.0',
  complexity: 'O(1)',
  tips: ['nondeterministic_output', ...OF_ALL_SHARDS],
  run(c) {
    const { reply } = c
    const databases = c.server.keyspace.databases.filter((db) => db.size > 0)
    const values = statistics(c)
    reply.map(values.length + databases.length)
    for (const [name, value, kind] of values) {
      reply.bulkText(name)
      if (kind === 'double') reply.double(value)
      else reply.integer(value)
    }
    for (const db of databases) {
      reply.bulkText(`db.${db.index}`)
      reply.map(2)
      reply.bulkText('overhead.hashtable.main')
      reply.integer(db.mainTableBytes)
      reply.bulkText('overhead.hashtable.expires')
      reply.integer(db.tableBytes - db.mainTableBytes)
    }
  },
})

/** The arena is kept in segments; below this it is not worth an opinion. */
const SMALL_BYTES = 5 * 1024 * 1024

const DOCTOR = defineCommand({
  ...COMMON,
  name: 'doctor',
  usage: '',
  summary: 'Says what is remarkable about the memory of the server, and what to do about it.',
  since: '4.0.0',
  complexity: 'O(1)',
  tips: ['nondeterministic_output', ...OF_ALL_SHARDS],
  run(c) {
    const { memory } = c.server.keyspace
    const used = memory.usedBytes
    if (used < SMALL_BYTES) {
      return c.reply.verbatim('The dataset is smaller than 5 MB: there is nothing to diagnose yet.')
    }
    const findings: string[] = []
    const reserved = memory.reservedBytes
    const peak = Math.max(c.server.stats.memoryPeak, used)
    const limit = c.server.config.get('maxmemory')
    if (peak > used * 1.5) {
      findings.push(
        `* Peak: the dataset once took ${bytesToHuman(peak)}, now ${bytesToHuman(used)}. Segments that are empty go back to the system by themselves.`,
      )
    }
    if (reserved > used * 1.4) {
      findings.push(
        `* Fragmentation: ${bytesToHuman(reserved - used)} are reserved but unused, in pages that still hold a few blocks. Keys written from now on fill them.`,
      )
    }
    if (limit > 0 && used > limit * 0.9) {
      findings.push(
        `* Limit: ${bytesToHuman(used)} of maxmemory ${bytesToHuman(limit)} are used; beyond it writes are refused.`,
      )
    }
    if (findings.length === 0) return c.reply.verbatim('No memory problem found.')
    c.reply.verbatim(`${findings.join('\n')}\n`)
  },
})

const PURGE = defineCommand({
  ...COMMON,
  name: 'purge',
  usage: '',
  summary: 'Asks for unused memory to be given back; the arena does so at once by itself.',
  tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
  since: '4.0.0',
  complexity: 'O(1)',
  run: (c) => c.reply.ok(),
})

const MALLOC_STATS = defineCommand({
  ...COMMON,
  name: 'malloc-stats',
  usage: '',
  summary: 'Tells how the arena is divided up.',
  since: '4.0.0',
  complexity: 'O(1)',
  tips: ['nondeterministic_output', ...OF_ALL_SHARDS],
  run(c) {
    const { memory } = c.server.keyspace
    c.reply.verbatim(`Keystead arena\nused: ${memory.usedBytes}\nreserved: ${memory.reservedBytes}\n`)
  },
})

export const MEMORY = defineCommand({
  name: 'memory',
  usage: '',
  summary: 'Tells what keys and the server occupy.',
  group: 'server',
  since: '4.0.0',
  complexity: 'Depends on the subcommand.',
  arity: -2,
  flags: [],
  subcommands: [
    USAGE,
    STATS,
    DOCTOR,
    PURGE,
    MALLOC_STATS,
    helpCommand('memory', COMMON, '4.0.0', [
      ['DOCTOR', 'What is remarkable about the memory of the server.'],
      ['MALLOC-STATS', 'How the arena is divided up.'],
      ['PURGE', 'Give unused memory back.'],
      ['STATS', 'Where the memory of the server goes.'],
      [
        'USAGE <key> [SAMPLES <count>]',
        'Bytes that <key> and its value occupy: all counted, or estimated by <count> of its elements.',
      ],
    ]),
  ],
})
