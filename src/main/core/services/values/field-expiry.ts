/*
 * Whether fields of a hash can expire on a server: found out by asking, because
 * versions are no proof (forks, proxies, renamed commands, missing rights).
 */
import type { Failure } from '../../../../shared/contract/failure.ts'
import { isError, type RespValue } from '../../../../shared/resp/value.ts'
import { errorText } from '../redis-client/failures.ts'
import type { Session } from '../sessions/session.ts'
import { failureOf, type KeyAt } from './ask.ts'

const NAMES: Readonly<Record<string, string>> = {
  redis: 'Redis',
  valkey: 'Valkey',
  keystead: 'Keystead',
  keydb: 'KeyDB',
  dragonfly: 'Dragonfly',
}

/** What was found out; the question is not asked twice. */
const lacking = new WeakMap<Session, Failure>()
const having = new WeakSet<Session>()

export const hasFieldExpiry = (session: Session): boolean => having.has(session)

export const fieldExpiryLack = (session: Session): Failure | undefined => lacking.get(session)

/** The failure in an answer to one of the HEXPIRE family; remembered where the server does not know the command. */
export function fieldExpiryFailure(at: Pick<KeyAt, 'session'>, reply: RespValue): Failure | undefined {
  if (!isError(reply)) {
    having.add(at.session)
    return undefined
  }
  const failure = failureOf(at, errorText(reply))
  if (failure.code !== 'UNSUPPORTED') return failure
  const { kind, version } = at.session.info
  const worded: Failure = {
    code: 'UNSUPPORTED',
    message: `Fields cannot expire on this server, which is ${NAMES[kind] ?? kind} ${version}.`,
    hint: 'Redis has it since 7.4 and Valkey since 9.0. The whole key can expire on any server.',
    detail: failure.detail,
  }
  lacking.set(at.session, worded)
  return worded
}
