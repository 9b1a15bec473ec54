/*
 * What is inside Node behind a socket, as far as it is used here: streams cost a small
 * request more than its execution does. None of it is promised. Whoever uses it asks
 * whether it is as expected, and does without where it is not.
 */
import type { Socket } from 'node:net'

/** One write that the system did not take at once. */
export interface WriteRequest {
  oncomplete?: (status: number) => void
  buffer?: Uint8Array
}

/** What Node's native side has for a socket. */
export interface StreamHandle {
  /** Of the socket; -1 where there are none. */
  readonly fd: number
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number
  readonly writeQueueSize: number
  /** Has whatever is read from now on written into these bytes. */
  useUserBuffer(bytes: Uint8Array): void
  /** Called after each read; the native side says how it went in `streamBaseState`. */
  onread: (this: StreamHandle, bytes?: ArrayBuffer) => void
}

export interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest
  /** What the last operation on whichever stream came to, by the places below. */
  readonly streamBaseState: Int32Array
  /** Whether the last write has to be waited for. */
  readonly kLastWriteWasAsync: number
  /** How many bytes the last read brought; negative: the error, the end of the stream among them. */
  readonly kReadBytesOrError: number
}

/** Undefined where Node does not let. */
export const streamBinding = findBinding()

/** What of the socket's handle is there; undefined of one that is closed. */
export function handleOf(socket: Socket): Partial<StreamHandle> | undefined {
  return (socket as unknown as { _handle?: Partial<StreamHandle> | null })._handle ?? undefined
}

function findBinding(): StreamBinding | undefined {
  try {
    const { binding: find } = process as unknown as { binding?: (name: string) => Partial<StreamBinding> }
    const found = find?.('stream_wrap')
    const { WriteWrap, streamBaseState, kLastWriteWasAsync, kReadBytesOrError } = found ?? {}
    const isKnown =
      typeof WriteWrap === 'function' &&
      streamBaseState instanceof Int32Array &&
      typeof kLastWriteWasAsync === 'number' &&
      typeof kReadBytesOrError === 'number'
    return isKnown ? (found as StreamBinding) : undefined
  } catch {
    // Where permissions are restricted, it is refused.
    return undefined
  }
}
