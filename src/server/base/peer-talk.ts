/*
 * What is said to another server on a connection of its own: some requests at a time,
 * the next ones when all of these are answered. Who has the socket is net/peer.ts; who
 * has something to say is MIGRATE.
 */

export interface PeerStep {
  readonly requests: readonly Uint8Array[]
}

export interface PeerTalk {
  readonly host: string
  readonly port: number
  /** How long nothing may happen. */
  readonly timeoutMs: number
  readonly steps: readonly PeerStep[]
  /** Told of each reply, a line without its end, in the order of the requests. False: what follows need not be said. */
  onReply(line: string): boolean
}

/** Where a talk has failed, in the words of real servers. */
export type PeerFailure = 'connecting' | 'writing' | 'reading'

/** Undefined when all has been said and answered, or need not be said. */
export type TalkToPeer = (talk: PeerTalk) => Promise<PeerFailure | undefined>
