/*
 * Writing only if what was read still holds: WATCH, look, MULTI, write, EXEC.
 *
 * WATCH belongs to the connection, and the session's is shared. Two guards at
 * once would forget each other's watched keys, so they take turns per session;
 * other commands may pass in between, and if one of them touches the key, EXEC
 * refuses, which is right. A reconnect between WATCH and EXEC would make EXEC
 * succeed unguarded; the transaction is therefore bound to the connection's epoch.
 *
 * EXEC refuses whatever touched the key: on a list that serves as a queue that
 * is somebody most of the time. So it is looked at again, and what is seen then
 * decides; only a key that never holds still for the time of a round trip is
 * given up.
 */
import { type Failure, FailureError } from '../../../../shared/contract/failure.ts'
import { isError, isNull, type RespValue } from '../../../../shared/resp/value.ts'
import { errorText } from '../redis-client/failures.ts'
import { itemsOf } from '../redis-client/replies.ts'
import type { Command } from '../redis-client/wire.ts'
import type { Session } from '../sessions/session.ts'
import { accept, failureOf, type KeyAt, keyBytes, send } from './ask.ts'

const ATTEMPTS_MAX = 5

const changesTooOften: Failure = {
  code: 'CHANGED_MEANWHILE',
  message: `Others changed the key each of the ${ATTEMPTS_MAX} times this was tried. Nothing was written.`,
  hint: 'Try again when it is less busy.',
}

const turns = new WeakMap<Session, Promise<unknown>>()

interface Guarded {
  /** What to look at. Error replies among the answers fail the write. */
  readonly look: readonly Command[]
  /** The commands to write with, given what was seen. Throws where it must not be written. */
  readonly write: (seen: readonly RespValue[]) => readonly Command[]
}

/** The replies to the writing commands. Throws CHANGED_MEANWHILE when the key is touched at every attempt. */
export function guarded(at: KeyAt, steps: Guarded): Promise<readonly RespValue[]> {
  const before = turns.get(at.session) ?? Promise.resolve()
  const turn = before.then(() => attempt(at, steps))
  turns.set(
    at.session,
    turn.catch(() => undefined),
  )
  return turn
}

async function attempt(at: KeyAt, steps: Guarded): Promise<readonly RespValue[]> {
  for (let left = ATTEMPTS_MAX; left > 0; left--) {
    const results = await run(at, steps)
    if (results) return results
  }
  throw new FailureError(changesTooOften)
}

/** Undefined when the key was touched between the look and the write: nothing was written. */
async function run(at: KeyAt, { look, write }: Guarded): Promise<readonly RespValue[] | undefined> {
  const [watched, ...seen] = await send(at, [['WATCH', keyBytes(at.key)], ...look])
  const { epoch } = at.session
  let commands: readonly Command[]
  try {
    accept(at, watched!)
    for (const reply of seen) accept(at, reply)
    commands = write(seen)
  } catch (error) {
    await send(at, [['UNWATCH']], { epoch })
    throw error
  }
  const replies = await send(at, [['MULTI'], ...commands, ['EXEC']], { epoch })
  // A command that could not be queued says why; EXEC would only say that one could not.
  const refused = replies.find(isError)
  if (refused) throw new FailureError(failureOf(at, errorText(refused)))
  const done = replies.at(-1)!
  if (isNull(done)) return undefined
  const results = itemsOf(done)
  for (const result of results) accept(at, result)
  return results
}
