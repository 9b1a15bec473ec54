/*
 * Free TCP ports for the servers that tests start.
 */
import { createServer } from 'node:net'

/**
 * A port nobody listened on a moment ago. Another process can take it before
 * its user binds it: whoever starts a server here retries once on that.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('the probe has no TCP address'))
        else resolve(address.port)
      })
    })
  })
}
