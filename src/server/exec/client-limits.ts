/*
 * How many clients there may be, who may be one, and how much of what they send and do
 * not read is kept. What a refused or closed client is told, or not, is done elsewhere.
 */
import type { Origin } from '../base/session.ts'
import type { Client } from './client.ts'
import { clientText } from './client-text.ts'
import { Err } from './errors.ts'
import type { ServerContext } from './server-context.ts'

/** Unfinished requests of a client that has not authenticated. */
const STRANGER_QUERY_MAX_BYTES = 1024 * 1024

/** Why a connection is not taken, if so. */
export function refusalFor(server: ServerContext, origin: Origin): Uint8Array | undefined {
  const { config, stats, clients } = server
  let refusal: Uint8Array | undefined
  if (clients.count >= config.get('maxclients')) refusal = Err.maxClients
  else if (config.get('protected-mode') && config.get('requirepass') === '' && !origin.isLocal) refusal = Err.denied
  if (refusal) stats.connectionsRejected++
  return refusal
}

/** Whether a request that is not whole yet is longer than is waited for: then the client is to be closed. */
export function isQueryTooBig(server: ServerContext, client: Client, heldBytes: number): boolean {
  const limit = client.isTrusted ? server.config.get('client-query-buffer-limit') : STRANGER_QUERY_MAX_BYTES
  if (heldBytes <= limit) return false
  server.stats.queryBufferDisconnections++
  server.log.warning(`Closing client that reached max query buffer length: ${clientText(client, server.clock.now())}`)
  return true
}

/** Whether more of its replies are unread than is kept, or more for longer: then the client is to be closed. */
export function isOutputTooBig(server: ServerContext, client: Client, pendingBytes: number): boolean {
  const limit = server.config.get('client-output-buffer-limit')[client.class]
  const isOverSoft = limit.soft > 0 && pendingBytes > limit.soft
  if (!isOverSoft) client.overSoftSince = 0
  else if (client.overSoftSince === 0) client.overSoftSince = server.clock.monotonic()
  const softMs = isOverSoft ? server.clock.monotonic() - client.overSoftSince : 0
  const isOver = (limit.hard > 0 && pendingBytes > limit.hard) || (isOverSoft && softMs > limit.softSeconds * 1000)
  if (!isOver) return false
  server.stats.outputBufferDisconnections++
  const text = clientText(client, server.clock.now())
  server.log.warning(`Client ${text} scheduled to be closed ASAP for overcoming of output buffer limits.`)
  return true
}
