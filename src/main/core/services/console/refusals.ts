/*
 * Commands the console does not send, because after them a connection cannot be
 * talked to any more: no reply would come, or something that is none.
 */
import type { Failure } from '../../../../shared/contract/failure.ts'
import type { Command } from '../redis-client/wire.ts'
import { wordAt } from './words.ts'

export function refusalOf(args: Command): Failure | undefined {
  const name = wordAt(args, 0)
  if (name === 'sync' || name === 'psync') {
    return {
      code: 'UNSUPPORTED',
      message: `${name.toUpperCase()} makes the server send its whole data in a form of its own, which is no reply.`,
      hint: 'It was not sent. Use BGSAVE on the server, or DUMP for a single key.',
    }
  }
  if (name === 'client' && wordAt(args, 1) === 'reply' && wordAt(args, 2) !== 'on') {
    return {
      code: 'UNSUPPORTED',
      message: 'With CLIENT REPLY OFF or SKIP the console would wait for replies that never come.',
      hint: 'It was not sent.',
    }
  }
  return undefined
}
