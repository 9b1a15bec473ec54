/*
 * Commands about replicas. There are none yet, so nobody acknowledges anything.
 */
import { INT64_MAX, parseExact } from '../base/integer-text.ts'
import { defineCommand } from '../exec/command.ts'
import { Err, errorLine } from '../exec/errors.ts'
import type { Reply } from '../exec/reply.ts'

const TIMEOUT_NO_INTEGER = errorLine('ERR timeout is not an integer or out of range')
const TIMEOUT_NEGATIVE = errorLine('ERR timeout is negative')
const TIMEOUT_OUT_OF_RANGE = errorLine('ERR timeout is out of range')

/** Replicas that have received what this client wrote. */
const ACKNOWLEDGED = 0

export const WAIT = defineCommand({
  name: 'wait',
  usage: 'numreplicas:integer timeout:integer',
  summary: 'Waits until replicas have received what this connection wrote; returns how many have.',
  group: 'generic',
  since: '3.0.0',
  complexity: 'O(1)',
  arity: 3,
  flags: ['blocking'],
  categories: ['connection'],
  tips: ['request_policy:all_shards', 'response_policy:agg_min'],
  run(c) {
    // Parse.
    const wanted = parseExact(c.argv[1])
    if (wanted === undefined) return c.reply.error(Err.notInteger)
    const timeout = parseExact(c.argv[2])
    if (timeout === undefined) return c.reply.error(TIMEOUT_NO_INTEGER)
    if (timeout < 0) return c.reply.error(TIMEOUT_NEGATIVE)
    if (BigInt(timeout) > INT64_MAX - BigInt(c.db.keyspace.now)) return c.reply.error(TIMEOUT_OUT_OF_RANGE)
    // Work and reply: more replicas than there are may come until the time is over.
    const answer = (reply: Reply): void => reply.integer(ACKNOWLEDGED)
    const waits =
      wanted > ACKNOWLEDGED &&
      c.server.executor.block(c.client, Number(timeout), { onTimeout: answer, onCancel: () => undefined })
    if (!waits) answer(c.reply)
  },
})
