/*
 * Commands about replicas. There are none yet, so nobody acknowledges anything.
 */
import { parseExact } from '../base/integer-text.ts'
import { defineCommand } from '../exec/command.ts'
import { Err } from '../exec/errors.ts'
import type { Reply } from '../exec/reply.ts'
import { timeoutFromMilliseconds } from './timeout-argument.ts'

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
    const timeoutMs = timeoutFromMilliseconds(c, c.argv[2])
    if (timeoutMs === undefined) return
    // Work and reply: more replicas than there are may come until the time is over.
    const answer = (reply: Reply): void => reply.integer(ACKNOWLEDGED)
    const waits =
      wanted > ACKNOWLEDGED &&
      c.server.waiting.block(c.client, timeoutMs, { onTimeout: answer, onCancel: () => undefined })
    if (!waits) answer(c.reply)
  },
})
