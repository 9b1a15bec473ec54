/*
 * Writing to a socket without the stream before it. For every write a stream makes an
 * object that Node's native side can hold, and walks through states that nobody here
 * asks for: a tenth of the time that a request without a pipeline takes. What the stream
 * asks of the system in the end is asked of it here, with one such object for all
 * writes: it is used up only by a write that the system does not take at once.
 *
 * That is inside Node and not promised. Where any of it is not as expected, nobody gets
 * a DirectWriter, and replies go through the stream.
 */
import type { Socket } from 'node:net'

/** What a write came to. */
export const WRITTEN = 0
/** The system takes the rest later; the bytes are to stay as they are until then. */
export const QUEUED = 1
/** The connection is broken. */
export const FAILED = 2

interface WriteRequest {
  oncomplete?: (status: number) => void
  buffer?: Uint8Array
}

interface StreamHandle {
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number
  readonly writeQueueSize: number
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest
  readonly streamBaseState: Int32Array
  readonly kLastWriteWasAsync: number
}

const binding = findBinding()
/** For the next write. */
let request = binding && new binding.WriteWrap()

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
    const handle = (socket as unknown as { _handle?: Partial<StreamHandle> | null })._handle
    if (binding === undefined || typeof handle?.writeBuffer !== 'function') return undefined
    return typeof handle.writeQueueSize === 'number'
      ? new DirectWriter(handle as StreamHandle, binding, onFailure)
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

function findBinding(): StreamBinding | undefined {
  try {
    const { binding: find } = process as unknown as { binding?: (name: string) => Partial<StreamBinding> }
    const found = find?.('stream_wrap')
    const { WriteWrap, streamBaseState, kLastWriteWasAsync } = found ?? {}
    const isKnown =
      typeof WriteWrap === 'function' && streamBaseState instanceof Int32Array && typeof kLastWriteWasAsync === 'number'
    return isKnown ? (found as StreamBinding) : undefined
  } catch {
    // Where permissions are restricted, it is refused.
    return undefined
  }
}
