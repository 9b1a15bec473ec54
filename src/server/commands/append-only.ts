/*
 * The append-only file: BGREWRITEAOF and WAITAOF. How it is kept is in
 * ../persistence/aof.
 */
import { parseExact } from '../base/integer-text.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import type { Reply } from '../exec/reply.ts'
import { timeoutFromMilliseconds } from './timeout-argument.ts'

const ALREADY_REWRITING = errorLine('ERR Background append only file rewriting already in progress')
const NOT_ZERO_OR_ONE = errorLine('ERR value is out of range, value must between 0 and 1')
const NOT_POSITIVE = errorLine('ERR value is out of range, must be positive')
const IS_OFF = errorLine('ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.')

export const BGREWRITEAOF = defineCommand({
  name: 'bgrewriteaof',
  usage: '',
  summary: 'Writes the append-only file anew in the background, without what later commands have made needless.',
  group: 'server',
  since: '1.0.0',
  complexity: 'O(1)',
  arity: 1,
  flags: ['admin', 'noscript', 'no-async-loading'],
  run({ reply, server }) {
    const { saves, executor } = server
    const { rewriter } = server.aof
    if (rewriter.isRunning) return reply.error(ALREADY_REWRITING)
    if (saves.isRunning || executor.isInTransaction) {
      rewriter.schedule()
      return reply.simple('Background append only file rewriting scheduled')
    }
    rewriter.start()
    reply.simple('Background append only file rewriting started')
  },
})

/** Replicas that have synced what this client wrote: there are none yet. */
const REPLICAS = 0

export const WAITAOF = defineCommand({
  name: 'waitaof',
  usage: 'numlocal:integer numreplicas:integer timeout:integer',
  summary: 'Waits until what this connection wrote is safe in the append-only file, here and on replicas.',
  group: 'generic',
  since: '7.2.0',
  complexity: 'O(1)',
  arity: 4,
  flags: ['blocking'],
  categories: ['connection'],
  tips: ['request_policy:all_shards', 'response_policy:agg_min'],
  run(c) {
    const { argv, reply, server, client } = c
    const { aof } = server
    // Parse.
    const local = parseExact(argv[1])
    if (local === undefined) return reply.error(Err.notInteger)
    if (local < 0 || local > 1) return reply.error(NOT_ZERO_OR_ONE)
    const replicas = parseExact(argv[2])
    if (replicas === undefined) return reply.error(Err.notInteger)
    if (replicas < 0) return reply.error(NOT_POSITIVE)
    const timeoutMs = timeoutFromMilliseconds(c, argv[3])
    if (timeoutMs === undefined) return
    if (local > 0 && !aof.isOn) return reply.error(IS_OFF)
    // Work and reply.
    const offset = aof.appended
    const answer = (to: Reply): void => {
      // It may have been turned off meanwhile.
      if (local > 0 && !aof.isOn) return to.error(IS_OFF)
      to.array(2)
      to.integer(aof.isOn && aof.synced >= offset ? 1 : 0)
      to.integer(REPLICAS)
    }
    const isDone = replicas <= REPLICAS && (local === 0 || aof.synced >= offset)
    // Who waits for replicas too is let go when the file is turned off, and not before.
    const syncedOffset = replicas <= REPLICAS ? offset : Number.POSITIVE_INFINITY
    const wait = { onTimeout: answer, onCancel: () => undefined, ...(local > 0 && { syncedOffset }) }
    if (isDone || !server.waiting.block(client, timeoutMs, wait)) answer(reply)
  },
})
