/*
 * An errand: a few commands to a Keystead server, on a connection of their own.
 *
 * Not on the session's: whoever asks for a checkpoint or a rewind waits until it
 * is done, which takes as long as the data is big, and meanwhile the browser and
 * the question how the server is must not wait behind it. And Home asks
 * databases that no page has opened.
 */
import type { CheckpointPlace } from '../../../../shared/contract/checkpoints.ts'
import { type Failure, FailureError } from '../../../../shared/contract/failure.ts'
import { isError, type RespValue } from '../../../../shared/resp/value.ts'
import { Ledger } from '../ledger/ledger.ts'
import { errorText, replyFailure } from '../redis-client/failures.ts'
import { SessionConnection } from '../redis-client/session-connection.ts'
import type { Command } from '../redis-client/wire.ts'
import type { Services } from '../services.ts'
import type { Session } from '../sessions/session.ts'
import { failureOf } from '../values/ask.ts'

export type ErrandServices = Pick<Services, 'sessions' | 'databases' | 'events' | 'now'>

/** Sends one command, however long it takes. An error reply is thrown, as a failure that begins with `failed`. */
export type Ask = (command: Command, failed: string) => Promise<RespValue>

export async function onErrand<T>(
  { sessions, databases, now }: ErrandServices,
  place: CheckpointPlace,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const session = 'sessionId' in place ? sessions.get(place.sessionId) : undefined
  const connection = new SessionConnection({
    address: async () => ('database' in place ? databases.address(place.database) : session!.serverAddress()),
    // Home has no ledger to show: there, every command is one that a button named.
    ledger: session?.ledger ?? new Ledger(),
    source: 'checkpoints',
    clientName: 'keystead-checkpoints',
    now,
  })
  try {
    await connection.connect()
    return await work(async (command, failed) => {
      const reply = await connection.command(command)
      if (!isError(reply)) return reply
      throw new FailureError(failureIn(errorText(reply), failed, session))
    })
  } finally {
    connection.close()
  }
}

function failureIn(error: string, failed: string, session: Session | undefined): Failure {
  const failure = session ? failureOf({ session }, error) : replyFailure(error)
  // What has no words of its own is told by what was asked for.
  if (failure.code !== 'COMMAND_FAILED') return failure
  const errno = /\bthe disk says (E[A-Z]+)$/.exec(error)?.[1]
  if (errno === undefined) return { ...failure, message: failed, hint: 'The server says why:' }
  return { ...failure, code: 'DISK_FAILED', message: failed, hint: diskHint(errno) }
}

/** Keystead's own words for a failure of its disk (docs/checkpoints.md), and what can be done about it. */
function diskHint(errno: string): string {
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    return 'The disk of the server is full. Make room on it: checkpoints and branches that nobody needs can go.'
  }
  if (errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS') {
    return 'The server may not write into its folder. Whoever runs it can allow that.'
  }
  return 'Look at the folder of the server; its log has the path.'
}
