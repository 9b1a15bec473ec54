/*
 * Transactions: MULTI, EXEC, DISCARD, WATCH, UNWATCH. Queueing is the engine's
 * business (exec/engine.ts), what WATCH watches is in exec/watch.ts.
 */
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import { IN_MULTI } from '../exec/gates.ts'

const NESTED = errorLine('ERR MULTI calls can not be nested')
const NO_MULTI_FOR_EXEC = errorLine('ERR EXEC without MULTI')
const NO_MULTI_FOR_DISCARD = errorLine('ERR DISCARD without MULTI')
const WATCH_IN_MULTI = errorLine('ERR WATCH inside MULTI is not allowed')
const FLAGS = ['noscript', 'loading', 'stale', 'fast', 'allow-busy'] as const

export const MULTI = defineCommand({
  name: 'multi',
  usage: '',
  summary: 'Starts a transaction: the commands that follow are queued.',
  group: 'transactions',
  since: '1.2.0',
  complexity: 'O(1)',
  arity: 1,
  flags: FLAGS,
  run({ client, reply }) {
    if (client.transaction) return reply.error(NESTED)
    client.transaction = { queue: [], gates: 0, broken: false, bytes: 0 }
    client.conditions |= IN_MULTI
    reply.ok()
  },
})

export const EXEC = defineCommand({
  name: 'exec',
  usage: '',
  summary: 'Runs the queued commands of a transaction.',
  group: 'transactions',
  since: '1.2.0',
  complexity: 'Depends on commands in the transaction',
  arity: 1,
  flags: ['noscript', 'loading', 'stale', 'skip-commandlog'],
  run({ client, reply, server }) {
    const { transaction } = client
    if (!transaction) return reply.error(NO_MULTI_FOR_EXEC)
    if (transaction.broken) {
      server.executor.discard(client)
      return reply.error(Err.execAbort)
    }
    if (!server.watches.isIntact(client)) {
      server.executor.discard(client)
      return reply.nilArray()
    }
    server.executor.runTransaction(client)
  },
})

export const DISCARD = defineCommand({
  name: 'discard',
  usage: '',
  summary: 'Drops a transaction and what was watched for it.',
  group: 'transactions',
  since: '2.0.0',
  complexity: 'O(N), when N is the number of queued commands',
  arity: 1,
  flags: FLAGS,
  run({ client, reply, server }) {
    if (!client.transaction) return reply.error(NO_MULTI_FOR_DISCARD)
    server.executor.discard(client)
    reply.ok()
  },
})

export const WATCH = defineCommand({
  name: 'watch',
  usage: 'key...',
  summary: 'Makes the next EXEC answer nil if one of the keys is changed before it.',
  group: 'transactions',
  since: '2.2.0',
  complexity: 'O(1) for every key.',
  arity: -2,
  flags: FLAGS,
  keys: [{ at: 1, last: -1, access: 'ro' }],
  run({ argv, argc, client, db, reply, server }) {
    if (client.transaction) return reply.error(WATCH_IN_MULTI)
    for (let i = 1; i < argc; i++) server.watches.watch(client, db, argv[i])
    reply.ok()
  },
})

export const UNWATCH = defineCommand({
  name: 'unwatch',
  usage: '',
  summary: 'Forgets all keys that this connection watches.',
  group: 'transactions',
  since: '2.2.0',
  complexity: 'O(1)',
  arity: 1,
  flags: FLAGS,
  run({ client, reply, server }) {
    server.watches.unwatchAll(client)
    reply.ok()
  },
})
