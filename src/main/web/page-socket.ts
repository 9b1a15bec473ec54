/*
 * One page's WebSocket: frames in and out of the backend, and a heartbeat.
 */
import type { WebSocket } from 'ws'
import { decodeFrame, encodeFrame } from '../../shared/contract/codec.ts'
import type { BackendFrame } from '../../shared/contract/frames.ts'
import type { Backend } from '../core/backend.ts'
import type { Log } from '../core/log.ts'

/** A laptop that was closed leaves sockets that never end by themselves. */
const HEARTBEAT_MS = 30_000
/** A page that reads nothing: what is queued for it must not grow for ever. */
const QUEUED_SIZE_MAX = 256 << 20
const POLICY_VIOLATION = 1008

export function servePage(socket: WebSocket, backend: Backend, log: Log): void {
  const page = backend.attach({
    send: (frame) => {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > QUEUED_SIZE_MAX) return socket.terminate()
      socket.send(encode(frame, log))
    },
  })
  let isAlive = true
  const heartbeat = setInterval(() => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  }, HEARTBEAT_MS)
  socket.on('pong', () => {
    isAlive = true
  })
  socket.on('message', (data, isBinary) => {
    // A page of ours sends nothing else, so whoever does gets no second frame.
    const decoded = isBinary ? decodeFrame(toBytes(data)) : { ok: false as const, why: 'text instead of bytes' }
    if (decoded.ok) return page.receive(decoded.value)
    log.warn(`a page sent a frame that cannot be read: ${decoded.why}`)
    socket.close(POLICY_VIOLATION, 'unreadable frame')
  })
  // What follows is a close; ws reports a frame over the limit here.
  socket.on('error', (error) => log.warn(`a page's socket failed: ${error.message}`))
  socket.on('close', () => {
    clearInterval(heartbeat)
    page.detach()
  })
}

/** A result too large for a frame is still an answer: that it is too large. */
function encode(frame: BackendFrame, log: Log): Uint8Array {
  try {
    return encodeFrame(frame)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    if (frame.t !== 'result') throw error
    log.warn(`the result of call ${frame.id} cannot be sent: ${detail}`)
    const failure = {
      code: 'TOO_LARGE',
      message: 'The answer is too large to be shown at once.',
      hint: 'Ask for a smaller part.',
      detail,
    } as const
    return encodeFrame({ t: 'result', id: frame.id, result: { ok: false, error: failure } })
  }
}

/** In its default mode ws gives one Buffer per message; its types also allow the others. */
function toBytes(data: Buffer | ArrayBuffer | Buffer[]): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  return Array.isArray(data) ? Buffer.concat(data) : data
}
