/*
 * Writing to a socket without the stream before it. For every write a stream makes an
 * object that Node's native side can hold, and walks through states that nobody here
 * asks for: a tenth of the time that a request without a pipeline takes. What the stream
 * asks of the system in the end is asked of it here, with one such object for all
 * writes: it is used up only by a write that the system does not take at once.
 * Where Node's inside is not as expected, nobody gets a DirectWriter, and replies go
 * through the stream.
 */
import type { Socket } from 'node:net'
import { handleOf, type StreamBinding, type StreamHandle, streamBinding } from './stream-inside.ts'

/** What a write came to. */
export const WRITTEN = 0
/** The system takes the rest later; the bytes are to stay as they are until then. */
export const QUEUED = 1
/** The connection is broken. */
export const FAILED = 2

/** For the next write. */
let request = streamBinding && new streamBinding.WriteWrap()

export class DirectWriter {
  /** What of a write that was QUEUED has not been taken, in bytes, at that time; 0: all of it has. */
  queuedBytes = 0
  private readonly handle: StreamHandle
  private readonly inside: StreamBinding
  private readonly onFailure: () => void

  private constructor(handle: StreamHandle, inside: StreamBinding, onFailure: () => void) {
    this.handle = handle
    this.inside = inside
    this.onFailure = onFailure
  }

  /** For a connected socket, to which others may write too; undefined where Node does not let. */
  static of(socket: Socket, onFailure: () => void): DirectWriter | undefined {
    const handle = handleOf(socket)
    if (streamBinding === undefined || typeof handle?.writeBuffer !== 'function') return undefined
    return typeof handle.writeQueueSize === 'number'
      ? new DirectWriter(handle as StreamHandle, streamBinding, onFailure)
      : undefined
  }

  /** Writes to the socket, which is not destroyed and for which nothing is queued. */
  write(bytes: Uint8Array): typeof WRITTEN | typeof QUEUED | typeof FAILED {
    const { inside, handle } = this
    const used = request!
    if (handle.writeBuffer(used, bytes) !== 0) return FAILED
    if (inside.streamBaseState[inside.kLastWriteWasAsync] === 0) return WRITTEN
    this.queuedBytes = handle.writeQueueSize
    used.buffer = bytes
    used.oncomplete = (status) => {
      this.queuedBytes = 0
      if (status < 0) this.onFailure()
    }
    request = new inside.WriteWrap()
    return QUEUED
  }
}
