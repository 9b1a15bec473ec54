/*
 * A load of a given rate: SET of random keys on many connections, each sending its
 * batch when its time has come, whether or not the last one has been answered. It is
 * a program of its own, so that it and whoever times answers do not wait for each other:
 *
 *   node bench/steady-load.ts PORT CONNECTIONS BATCH COMMANDS_PER_SECOND KEYS VALUE
 */
import { connect, type Socket } from 'node:net'

/** Batches that are due are sent this often. */
const TICK_MS = 1

const [port, connections, batch, rate, keys] = process.argv.slice(2, 7).map(Number) as [
  number,
  number,
  number,
  number,
  number,
]
const value = process.argv[7] ?? ''
const head = '*3\r\n$3\r\nSET\r\n$16\r\nkey:'
const tail = `\r\n$${value.length}\r\n${value}\r\n`

const sockets: Socket[] = Array.from({ length: connections }, () => connect({ port, host: '127.0.0.1', noDelay: true }))
for (const socket of sockets) {
  socket.resume()
  // The server was stopped: the measurement is over.
  socket.on('error', () => process.exit())
}

function commands(): string {
  let text = ''
  for (let i = 0; i < batch; i++) {
    text += head + String(Math.floor(Math.random() * keys)).padStart(12, '0') + tail
  }
  return text
}

const start = performance.now()
let sent = 0
setInterval(() => {
  const due = ((performance.now() - start) / 1000) * rate
  for (; sent < due; sent += batch) sockets[(sent / batch) % connections]!.write(commands(), 'latin1')
}, TICK_MS)
