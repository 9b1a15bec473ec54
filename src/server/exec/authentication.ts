/*
 * Who a client is. There is one user, `default`, with the password of
 * `requirepass`, or with none.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Slice } from '../base/slice.ts'
import type { Client } from './client.ts'
import { NEEDS_AUTH } from './gates.ts'
import type { ServerContext } from './server-context.ts'

const digest = (bytes: Uint8Array | string): Buffer =>
  createHash('sha256')
    .update(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    .digest()

/** Whether the pair is right; the client then is that user. Takes as long for any wrong password. */
export function authenticate(server: ServerContext, client: Client, user: Slice, password: Slice): boolean {
  const required = server.config.get('requirepass')
  const isRight =
    user.text() === 'default' && (required === '' || timingSafeEqual(digest(password.view()), digest(required)))
  if (!isRight) {
    server.stats.authFailures++
    return false
  }
  client.user = 'default'
  client.authenticated = true
  client.conditions &= ~NEEDS_AUTH
  return true
}

/** As a new connection: authenticated only where no password is asked for. */
export function resetAuthentication(server: ServerContext, client: Client): void {
  client.user = 'default'
  client.authenticated = server.config.get('requirepass') === ''
  refreshAuthentication(server, client)
}

/** After `requirepass` changed: who was let in without stays; who was not is let in when there is no password any more. */
export function refreshAuthentication(server: ServerContext, client: Client): void {
  if (client.authenticated || server.config.get('requirepass') === '') client.conditions &= ~NEEDS_AUTH
  else client.conditions |= NEEDS_AUTH
}
