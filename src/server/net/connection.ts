/*
 * Connection: one accepted socket. Chunks go through the parser into the engine,
 * replies go back in one write per chunk; the peer that does not read is measured.
 *
 * It reads into one buffer that all connections of a thread share: a chunk is
 * executed, or copied, before the next read.
 */
import type { Socket } from 'node:net'
import type { Origin, Service, Session, Sink } from '../base/session.ts'
import type { Limits } from '../config/limits.ts'
import { DirectWriter, FAILED, WRITTEN } from './direct-write.ts'
import { NEED_MORE, REQUEST, RequestParser } from './request-parser.ts'

export class Connection<S extends Session> implements Sink {
  readonly session: S
  private readonly service: Service<S>
  private readonly socket: Socket
  private readonly writer: DirectWriter | undefined
  private readonly parser: RequestParser
  private isPumpPlanned = false
  private isEnding = false

  constructor(socket: Socket, origin: Origin, service: Service<S>, limits: Limits, writesDirectly: boolean) {
    this.socket = socket
    this.service = service
    this.writer = writesDirectly ? DirectWriter.of(socket, () => this.destroy()) : undefined
    this.parser = new RequestParser(limits)
    this.session = service.openClient(this, origin)
    // What a socket reports as an error is always followed by its close, and needs nothing more.
    socket.on('error', () => {})
    socket.on('end', () => this.inputEnded())
    socket.on('close', () => service.closeClient(this.session))
  }

  /** Answers that wait for the disk are still sent, and close it then; a command that itself waits is given up. */
  private inputEnded(): void {
    const { service, session } = this
    service.inputEnded(session)
    if (!session.isAwaited) this.end()
  }

  /** Takes input; the bytes may be overwritten afterwards. */
  receive(chunk: Uint8Array, size: number): void {
    const { session, parser } = this
    this.service.received(session, size)
    if (session.closing) return
    parser.feed(chunk, size)
    if (session.held) parser.keep()
    else this.pump()
    const held = parser.heldBytes
    if (held > 0 && this.service.isQueryTooBig(session, held)) this.destroy()
  }

  /** Executes what is there, until more input is needed or the client has to wait or go. */
  private pump(): void {
    const { parser, service, session } = this
    service.begin(session)
    while (!session.held && !session.closing) {
      parser.isTrusted = session.isTrusted
      const found = parser.next()
      if (found === REQUEST) {
        service.execute(session, parser.argv, parser.argc)
      } else if (found === NEED_MORE) {
        break
      } else {
        service.refuseProtocol(session, parser.error)
      }
    }
    if (session.held) parser.keep()
    service.finish(session)
    if (session.closing && !session.isAwaited) this.end()
  }

  send(bytes: Uint8Array): boolean {
    const { socket, writer } = this
    if (this.isEnding || socket.destroyed) return true
    if (this.pendingBytes() > 0) {
      // The peer is behind. A copy, because the shared buffer would be held as a whole for a few bytes of it.
      socket.write(Buffer.from(bytes))
      this.checkOutput()
      return true
    }
    if (writer === undefined) socket.write(bytes)
    else {
      const outcome = writer.write(bytes)
      if (outcome === WRITTEN) return true
      if (outcome === FAILED) {
        this.destroy()
        return true
      }
    }
    if (this.pendingBytes() === 0) return true
    this.checkOutput()
    return false
  }

  private checkOutput(): void {
    if (this.service.isOutputTooBig(this.session, this.pendingBytes())) this.destroy()
  }

  /** Closes when everything has been sent. */
  end(): void {
    if (this.isEnding) return
    this.isEnding = true
    this.socket.destroySoon()
  }

  destroy(): void {
    this.isEnding = true
    this.socket.destroy()
  }

  resume(): void {
    if (this.isPumpPlanned) return
    this.isPumpPlanned = true
    setImmediate(() => {
      this.isPumpPlanned = false
      if (!this.socket.destroyed && !this.session.held && !this.session.closing) this.pump()
    })
  }

  pendingBytes(): number {
    return this.socket.writableLength + (this.writer?.queuedBytes ?? 0)
  }

  queryBytes(): number {
    return this.parser.heldBytes
  }
}
