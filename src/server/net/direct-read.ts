/*
 * Reading from a socket without the stream after it. A stream makes a Buffer for every
 * read, keeps account of it, starts timers anew and asks who listens: a quarter of the
 * time that a request without a pipeline takes. Here the system writes into one array
 * that all sockets share, and whoever reads is called with how much there is. The end of
 * the stream and its errors stay with the stream, which closes the socket as ever.
 */
import type { Socket } from 'node:net'
import { handleOf, streamBinding } from './stream-inside.ts'

/**
 * Has the socket, of which nothing has been read, read into `chunk`; `onRead` is called with the number of
 * bytes there are, which it has to be done with when it returns. False where Node's inside is not as
 * expected: then nothing has changed.
 */
export function readDirectly(socket: Socket, chunk: Uint8Array, onRead: (size: number) => void): boolean {
  const handle = handleOf(socket)
  if (streamBinding === undefined || handle === undefined) return false
  const { onread: readOfStream } = handle
  if (typeof handle.useUserBuffer !== 'function' || typeof readOfStream !== 'function') return false
  const { streamBaseState, kReadBytesOrError } = streamBinding
  handle.useUserBuffer(chunk)
  handle.onread = function (bytes): void {
    const size = streamBaseState[kReadBytesOrError]
    if (size > 0) onRead(size)
    else readOfStream.call(this, bytes)
  }
  return true
}
