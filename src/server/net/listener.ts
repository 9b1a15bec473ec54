/*
 * Listener: the sockets of a server that runs in one thread. TCP addresses and a
 * unix socket all lead to the same engine.
 */
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net'
import type { Origin, Service, Session } from '../base/session.ts'
import { widened } from '../base/wide-bytes.ts'
import type { Limits } from '../config/limits.ts'
import { Connection } from './connection.ts'
import { readDirectly } from './direct-read.ts'
import { handleOf } from './stream-inside.ts'

const READ_BYTES = 64 * 1024

export interface ListenerOptions<S extends Session> {
  readonly service: Service<S>
  readonly limits: Limits
  readonly backlog: number
  /** Seconds between keep-alive probes of a silent connection; 0: none. Asked for each new connection. */
  readonly keepAliveSeconds: () => number
  /** Whether reading and writing go by what is inside Node, where that is as expected. On unless a test says no. */
  readonly usesInternals?: boolean
}

/** An address could not be listened on. */
export class ListenFailure extends Error {
  override readonly name = 'ListenFailure'
  /** The system's word: EADDRINUSE, EACCES, ... */
  readonly code: string
  readonly where: string

  constructor(where: string, cause: NodeJS.ErrnoException) {
    super(`cannot listen on ${where}: ${cause.message}`, { cause })
    this.code = cause.code ?? 'UNKNOWN'
    this.where = where
  }
}

export class Listener<S extends Session> {
  private readonly options: ListenerOptions<S>
  private readonly servers: Server[] = []
  private readonly connections = new Set<Socket>()
  /** All connections read into this one. */
  private readonly chunk = widened(new Uint8Array(READ_BYTES))

  constructor(options: ListenerOptions<S>) {
    this.options = options
  }

  /**
   * Listens on every address of a `bind` directive and returns the port, which is a free one where
   * `port` is 0. An address beginning with a minus sign is left out where the machine has none such.
   */
  async listenTcp(addresses: readonly string[], port: number): Promise<number> {
    let bound = port
    for (const address of addresses) {
      const isOptional = address.startsWith('-')
      const host = isOptional ? address.slice(1) : address
      const target: ListenOptions = { port: bound, backlog: this.options.backlog }
      if (host === '*') target.host = '0.0.0.0'
      else if (host === '::*') Object.assign(target, { host: '::', ipv6Only: true })
      else target.host = host
      try {
        bound = await this.listen(target, `${host}:${bound}`)
      } catch (error) {
        // Only a lack of the address itself is excused, not that somebody else has it.
        const isMissing = error instanceof ListenFailure && /^(EADDRNOTAVAIL|EAFNOSUPPORT)$/.test(error.code)
        if (!isOptional || !isMissing) throw error
      }
    }
    return bound
  }

  async listenUnix(path: string, permissions: number): Promise<void> {
    rmSync(path, { force: true })
    await this.listen({ path, backlog: this.options.backlog }, path)
    if (permissions !== 0) chmodSync(path, permissions)
  }

  private listen(target: ListenOptions, where: string): Promise<number> {
    // Half open: a connection itself says when one is to be closed that the peer sends nothing more to.
    const options = { pauseOnConnect: true, noDelay: true, allowHalfOpen: true }
    const server = createServer(options, (socket) => this.accept(socket))
    return new Promise((resolve, reject) => {
      server.once('error', (cause) => reject(new ListenFailure(where, cause)))
      server.listen(target, () => {
        this.servers.push(server)
        const address = server.address()
        resolve(address !== null && typeof address === 'object' ? address.port : 0)
      })
    })
  }

  private accept(socket: Socket): void {
    const { service, limits, keepAliveSeconds, usesInternals = true } = this.options
    const origin = originOf(socket)
    const refusal = service.refusalFor(origin)
    if (refusal !== undefined) {
      socket.on('error', () => {})
      socket.end(refusal)
      socket.destroySoon()
      return
    }
    const seconds = keepAliveSeconds()
    if (seconds > 0 && !origin.isUnixSocket) socket.setKeepAlive(true, seconds * 1000)
    this.connections.add(socket)
    socket.on('close', () => this.connections.delete(socket))
    const connection = new Connection(socket, origin, service, limits, usesInternals)
    const { chunk } = this
    if (!usesInternals || !readDirectly(socket, chunk, (size) => connection.receive(chunk, size)))
      socket.on('data', (read: Buffer) => connection.receive(read, read.length))
    socket.resume()
  }

  /** Stops listening and closes every connection. */
  async close(): Promise<void> {
    const closed = this.servers.map((server) => new Promise<void>((done) => server.close(() => done())))
    for (const socket of this.connections) socket.destroy()
    await Promise.all(closed)
  }
}

function originOf(socket: Socket): Origin {
  const fd = handleOf(socket)?.fd ?? -1
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  if (remoteAddress === undefined) {
    const server = socket as unknown as { server?: Server }
    const path = server.server?.address()
    const address = `${typeof path === 'string' ? path : ''}:0`
    return { address, localAddress: address, isUnixSocket: true, isLocal: true, fd }
  }
  return {
    address: endpoint(remoteAddress, remotePort),
    localAddress: endpoint(localAddress, localPort),
    isUnixSocket: false,
    isLocal: remoteAddress === '::1' || /^(::ffff:)?127\./.test(remoteAddress),
    fd,
  }
}

const endpoint = (address = '?', port = 0): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
