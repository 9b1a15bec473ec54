/*
 * Opens the byte stream to a server: TCP, TLS or a socket in the file system.
 * Rejects with a FailureError that says what is wrong and what to do.
 */
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Endpoint } from '../../../../shared/contract/connections.ts'
import { FailureError } from '../../../../shared/contract/failure.ts'
import { addressOf } from '../connections/parse-url.ts'
import { socketFailure, timedOut, tlsNotSpoken } from './failures.ts'

/** Probes of an idle connection, so that a peer that vanished is noticed by the system as well. */
const KEEP_ALIVE_MS = 15_000

export function openSocket(endpoint: Endpoint, timeoutMs: number, signal?: AbortSignal): Promise<Socket> {
  const where = addressOf(endpoint)
  return new Promise((resolve, reject) => {
    const socket = start(endpoint)
    const finish = (error?: FailureError): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      socket.removeAllListeners()
      if (!error) return resolve(socket)
      // A socket destroyed while it looks up a name may still report that; nobody is left to hear it.
      socket.on('error', () => undefined)
      socket.destroy()
      reject(error)
    }
    const abort = (): void => finish(new FailureError({ code: 'CANCELLED', message: 'Connecting was given up.' }))
    // Connected, and still nothing to decide on: the peer has not answered the TLS greeting.
    const timer = setTimeout(
      () => finish(new FailureError(socket.connecting ? timedOut(where) : tlsNotSpoken(where))),
      timeoutMs,
    )
    socket.once('error', (error) => finish(new FailureError(socketFailure(error, where), error)))
    // Closed without an error: a TLS peer that hung up in the middle of the handshake.
    socket.once('close', () => finish(new FailureError(socketFailure(new Error('closed'), where))))
    socket.once(endpoint.kind === 'tcp' && endpoint.tls ? 'secureConnect' : 'connect', () => finish())
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort)
  })
}

function start(endpoint: Endpoint): Socket {
  if (endpoint.kind === 'unix') return connectPlain({ path: endpoint.path })
  const { host, port, tls } = endpoint
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }
  if (!tls) return connectPlain(options)
  // A certificate names hosts; asking for an address by name (SNI) is forbidden.
  const servername = tls.serverName ?? (isIP(host) ? undefined : host)
  return connectTls({ ...options, servername, ca: tls.ca, rejectUnauthorized: tls.verify, ALPNProtocols: [] })
}
