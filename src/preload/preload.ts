/*
 * Hands the page its port to the backend, and nothing else: no API is exposed,
 * so this file never grows with features. Runs sandboxed, in its own world.
 */
import { ipcRenderer } from 'electron'

/** The page listens for this in renderer/api/transport-electron.ts. */
const PORT_MESSAGE = 'keystead:port'

// Only the main process can send on this channel. The port goes to this very
// window: a frame of another origin, if there ever were one, does not get it.
ipcRenderer.on('port', (event) => {
  window.postMessage(PORT_MESSAGE, location.origin, event.ports)
})
