import { FrameTransport } from './frame-transport.ts'
import { linkLost, linkOpened } from './link.ts'

/** What the preload says when it hands over a port (src/preload/preload.ts). */
const PORT_MESSAGE = 'keystead:port'

/**
 * Frames over a MessagePort straight to the backend process. When the backend
 * is started anew, a new port arrives and takes the old one's place.
 */
export function electronTransport(): FrameTransport {
  const transport = new FrameTransport()
  let current: MessagePort | null = null
  window.addEventListener('message', (event) => {
    const [port] = event.ports
    if (event.source !== window || event.data !== PORT_MESSAGE || !port) return
    if (current) {
      current.close()
      transport.detach()
    }
    current = port
    port.onmessage = (message: MessageEvent<unknown>) => transport.receive(message.data)
    port.addEventListener('close', () => {
      if (current !== port) return
      current = null
      transport.detach()
      linkLost()
    })
    transport.attach((frame) => port.postMessage(frame))
    linkOpened()
  })
  return transport
}
