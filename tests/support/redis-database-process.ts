/*
 * A local database's process with redis-server inside: it speaks the protocol of
 * src/main/core/services/databases/protocol.ts, so that the app's side of it is
 * tested against a database that is certainly right. The pid it tells is that of
 * redis-server: whoever ends that ends both.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { findPeer } from './peers.ts'

interface Start {
  readonly type: 'start'
  readonly port: number
  readonly bind: string
  readonly dir: string
}

type Order = Start | { readonly type: 'stop' }

/** Electron's utility processes have this in the place of process.send and of 'message'. */
const { parentPort } = process as unknown as {
  readonly parentPort?: {
    on(event: 'message', listener: (event: { readonly data: Order }) => void): void
    postMessage(message: unknown): void
  }
}

let server: ChildProcess | undefined

function obey(order: Order): void {
  if (order.type === 'start') start(order)
  else if (server) server.kill('SIGTERM')
  else process.exit(0)
}

function say(message: unknown): void {
  if (parentPort) parentPort.postMessage(message)
  else process.send?.(message)
}

if (parentPort) parentPort.on('message', ({ data }) => obey(data))
else process.on('message', obey)
process.on('disconnect', () => (server ? server.kill('SIGTERM') : process.exit(0)))

function start({ port, bind, dir }: Start): void {
  const program = findPeer('redis70')?.server
  if (!program) throw new Error('redis-server is not on this machine')
  const args = [
    '--port',
    String(port),
    '--bind',
    bind,
    '--dir',
    dir,
    '--save',
    '3600 1',
    '--enable-debug-command',
    'yes',
  ]
  server = spawn(program, args, { stdio: 'ignore' })
  // As a process of its own would: what ends the server ends this, in the same way.
  server.once('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 1)))
  process.on('exit', () => server?.kill('SIGKILL'))
  whenListening(port, bind, () => {
    say({ type: 'ready', port, pid: server?.pid })
    say({ type: 'stats', keys: 0, usedMemory: 1_000_000, clients: 1, opsPerSec: 0 })
  })
}

function whenListening(port: number, host: string, then: () => void): void {
  const socket = connect({ port, host })
  socket.once('connect', () => {
    socket.destroy()
    then()
  })
  socket.once('error', () => setTimeout(() => whenListening(port, host, then), 10))
}
