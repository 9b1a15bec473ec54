import { decodeFrame, encodeFrame } from '../../shared/contract/codec.ts'
import { FrameTransport } from './frame-transport.ts'
import { linkLost, linkOpened } from './link.ts'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 4_000

/** Frames over a WebSocket to the host that served this page; the cookie it set is the proof of who asks. */
export function webTransport(url: string): FrameTransport {
  const transport = new FrameTransport()
  let wait = FIRST_WAIT_MS
  const connect = (): void => {
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      wait = FIRST_WAIT_MS
      transport.attach((frame) => socket.send(encodeFrame(frame)))
      linkOpened()
    }
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (!(event.data instanceof ArrayBuffer)) return
      const decoded = decodeFrame(new Uint8Array(event.data))
      if (decoded.ok) transport.receive(decoded.value)
    }
    // An error is always followed by a close; there is nothing more to learn from it.
    socket.onclose = () => {
      transport.detach()
      linkLost()
      setTimeout(connect, wait)
      wait = Math.min(wait * 2, LONGEST_WAIT_MS)
    }
  }
  connect()
  return transport
}
