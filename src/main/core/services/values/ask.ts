/*
 * Asking a server about one key: replies that are errors become failures, and
 * a missing right is named together with the rule that grants it.
 */
import { type Failure, FailureError } from '../../../../shared/contract/failure.ts'
import type { KeyName } from '../../../../shared/contract/types.ts'
import { isError, type RespValue } from '../../../../shared/resp/value.ts'
import { latin1ToBytes, utf8ToBytes } from '../../../../shared/text/bytes.ts'
import { quoteArgument } from '../../../../shared/text/quote.ts'
import { errorText, replyFailure } from '../redis-client/failures.ts'
import type { CommandOptions } from '../redis-client/session-connection.ts'
import type { Command } from '../redis-client/wire.ts'
import type { Session } from '../sessions/session.ts'

/** Where a key is. */
export interface KeyAt {
  readonly session: Session
  readonly db: number
  readonly key: KeyName
}

export const keyBytes = (name: string): Uint8Array => latin1ToBytes(name)

/** A larger sample than other servers take by themselves: an exact sum, as Keystead has it, takes as long as it is large. */
const SAMPLES = '100'

/** What asks how much a key occupies, about, in a time that does not depend on it. */
export function usageCommand({ session, key }: KeyAt): Command {
  const usage = ['MEMORY', 'USAGE', keyBytes(key)] as const
  return session.info.kind === 'keystead' ? [...usage, 'SAMPLES', SAMPLES] : usage
}

/** Sends commands together. Replies that are errors are left to the caller. */
export const send = (at: Pick<KeyAt, 'session' | 'db'>, commands: readonly Command[], options: CommandOptions = {}) =>
  at.session.pipeline(commands, { db: at.db, ...options })

/** Sends one command; an error reply is thrown as the failure it amounts to. */
export async function askOne(at: KeyAt, command: Command): Promise<RespValue> {
  const [reply] = await send(at, [command])
  return accept(at, reply!)
}

export function accept(at: Pick<KeyAt, 'session'>, reply: RespValue): RespValue {
  if (isError(reply)) throw new FailureError(failureOf(at, errorText(reply)))
  return reply
}

/** The failure an error reply amounts to, for this user of this server. */
export function failureOf({ session }: Pick<KeyAt, 'session'>, error: string): Failure {
  const failure = replyFailure(error)
  return failure.code === 'NO_PERMISSION' ? missingRight(failure, error, session.info.user) : failure
}

/**
 * Servers name the command in quotes (`'memory|usage' command`), or say that it
 * was a key that may not be touched. Newer ones name the user as well; older
 * ones leave that to ACL WHOAMI, which not every user may ask.
 */
function missingRight(failure: Failure, error: string, knownUser: string | undefined): Failure {
  const command = /'([\w|.-]+)' command/.exec(error)?.[1]
  const user = knownUser ?? /^NOPERM User (\S+) has/.exec(error)?.[1]
  const who = user === undefined ? 'This user' : `The user ${user}`
  const setUser = `ACL SETUSER ${user === undefined ? '<user>' : quoteArgument(utf8ToBytes(user))}`
  if (command !== undefined) {
    return {
      ...failure,
      message: `${who} may not run ${command.replace('|', ' ').toUpperCase()}.`,
      hint: `Whoever administers the server grants it with: ${setUser} +${command}`,
    }
  }
  return {
    ...failure,
    message: `${who} may not touch this key.`,
    hint: `Whoever administers the server grants it with: ${setUser} ~pattern, where the pattern matches the key.`,
  }
}

export const keyMissing: Failure = {
  code: 'KEY_MISSING',
  message: 'This key no longer exists.',
  hint: 'It expired, was deleted or was renamed since you looked.',
}

export const changedMeanwhile: Failure = {
  code: 'CHANGED_MEANWHILE',
  message: 'The value was changed by someone else since you read it. Nothing was written.',
  hint: 'Reload it to see the new value; what you typed is still here.',
}
