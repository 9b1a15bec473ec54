/*
 * What an engine and a connection know of each other. Neither imports the other:
 * the engine gets a Sink, the connection a Service.
 */
import type { Slice } from './slice.ts'

/** The engine's way to a connection. Calls are cheap and never throw. */
export interface Sink {
  /** Sends bytes now. True: they have left and may be overwritten. False: they are kept until they can go. */
  send(bytes: Uint8Array): boolean
  /** Closes when everything has been sent. */
  end(): void
  /** Closes at once; what was not sent is lost. The engine has already forgotten the client. */
  destroy(): void
  /** The client is no longer held: what was received meanwhile is to be executed, soon but not within this call. */
  resume(): void
  /** Bytes accepted by `send` that the peer has not taken yet. */
  pendingBytes(): number
  /** Bytes received that are not a whole request yet. */
  queryBytes(): number
}

/** Where a connection comes from, as CLIENT LIST prints it. */
export interface Origin {
  readonly address: string
  readonly localAddress: string
  readonly isUnixSocket: boolean
  /** The peer is on this machine: a loopback address or a unix socket. */
  readonly isLocal: boolean
  /** The descriptor's number, or -1 where the system tells none. */
  readonly fd: number
}

/** Of a client that nobody is connected as: what is sent to it is for nobody. */
export const NOWHERE: Sink = {
  send: () => true,
  end() {},
  destroy() {},
  resume() {},
  pendingBytes: () => 0,
  queryBytes: () => 0,
}
export const NO_ORIGIN: Origin = { address: '', localAddress: '', isUnixSocket: false, isLocal: true, fd: -1 }

/** What a connection has to know of its client. */
export interface Session {
  /** It waits: requests are kept and not executed. */
  readonly held: boolean
  /** The connection is to be closed once what is written has been sent. */
  readonly closing: boolean
  /** Replies to it are still to come. */
  readonly isAwaited: boolean
  /** It has said who it is, or need not. Strangers get little room. */
  readonly isTrusted: boolean
}

/** What a connection needs of an engine. */
export interface Service<S extends Session> {
  /** Why a connection is not accepted: the error to send before it is closed. */
  refusalFor(origin: Origin): Uint8Array | undefined
  openClient(sink: Sink, origin: Origin): S
  /** Forgets a client whose connection is gone. */
  closeClient(session: S): void
  /** Counts input. */
  received(session: S, bytes: number): void
  /** The peer sends no more, but may still read: the client is closing from then on. */
  inputEnded(session: S): void
  /** The requests and replies that follow are this client's. */
  begin(session: S): void
  /** Executes one request. Afterwards the client may be held or closing: then nothing more is to be executed. */
  execute(session: S, argv: readonly Slice[], argc: number): void
  /** Refuses input that is no request at all. The connection closes after it. */
  refuseProtocol(session: S, text: string): void
  /** Hands the replies since `begin` to the client's sink. */
  finish(session: S): void
  /** After input: whether more than client-query-buffer-limit is waiting, so that the client is to go. */
  isQueryTooBig(session: S, heldBytes: number): boolean
  /** Replies wait for a peer that does not read: whether it has exceeded what is allowed. */
  isOutputTooBig(session: S, pendingBytes: number): boolean
}
