/*
 * The backend in Electron: entry of the utility process. It hosts main/core over
 * MessagePorts, and asks main for what only main can do (backend-link.ts).
 */
import type { MessageEvent, MessagePortMain, ParentPort } from 'electron'
import { FailureError } from '../../shared/contract/failure.ts'
import { Backend } from '../core/backend.ts'
import type { DatabaseProcessListener, ProcessHost, SecretStore } from '../core/host.ts'
import { stderrLog } from '../core/log.ts'
import type { FromBackend, ToBackend } from './backend-link.ts'

const parent: ParentPort = process.parentPort
const log = stderrLog()
const say = (message: FromBackend): void => parent.postMessage(message)

/** Electron only warns of a rejection nobody handles; a backend in an unknown state must end. */
function die(error: unknown): never {
  log.error('the backend made a mistake and ends', error)
  process.exit(70)
}
process.on('uncaughtException', die)
process.on('unhandledRejection', die)

const databaseListeners = new Map<number, DatabaseProcessListener>()
let lastProcess = 0

const processes: ProcessHost = {
  start(listener) {
    const process = ++lastProcess
    databaseListeners.set(process, listener)
    say({ type: 'startDatabase', process })
    return {
      send: (message) => say({ type: 'toDatabase', process, message }),
      kill: () => say({ type: 'killDatabase', process }),
    }
  },
}

const secretCalls = new Map<number, PromiseWithResolvers<string>>()
let lastCall = 0

function askMain(type: 'seal' | 'unseal', text: string): Promise<string> {
  const call = ++lastCall
  const waiting = Promise.withResolvers<string>()
  secretCalls.set(call, waiting)
  say({ type, call, text })
  return waiting.promise
}

let backend: Promise<Backend> | undefined

function start(order: Extract<ToBackend, { type: 'start' }>): Promise<Backend> {
  const { version, dataDir, runtime, crashed } = order
  const secrets: SecretStore = {
    storage: order.secrets,
    seal: (secret) => askMain('seal', secret),
    unseal: (sealed) => askMain('unseal', sealed),
  }
  const started = Backend.start({ mode: 'desktop', version, dataDir, runtime, processes, secrets, log })
  if (crashed === undefined) return started
  return started.then((running) => {
    running.services.notices.add({
      level: 'error',
      message: `Keystead's backend crashed (${crashed}) and was started again.`,
      hint: 'Sessions were reopened. The log says what happened.',
    })
    return running
  })
}

async function attach(port: MessagePortMain): Promise<void> {
  const running = await backend
  if (!running) throw new Error('a page came before the order to start')
  const page = running.attach({ send: (frame) => port.postMessage(frame) })
  port.on('message', (event) => page.receive(event.data))
  port.on('close', () => page.detach())
  // Until now what the page said waits in the port.
  port.start()
}

async function stop(): Promise<void> {
  const running = await backend
  await running?.stop()
  say({ type: 'stopped' })
}

parent.on('message', ({ data, ports }: MessageEvent) => {
  const message: ToBackend = data
  switch (message.type) {
    case 'start':
      backend = start(message)
      break
    case 'page':
      void attach(ports[0])
      break
    case 'fromDatabase':
      databaseListeners.get(message.process)?.message(message.message)
      break
    case 'databaseExit':
      databaseListeners.get(message.process)?.exit({ code: message.code, signal: null, output: message.output })
      databaseListeners.delete(message.process)
      break
    case 'secret':
      secretCalls.get(message.call)?.resolve(message.text)
      secretCalls.delete(message.call)
      break
    case 'secretFailed':
      secretCalls.get(message.call)?.reject(new FailureError(message.failure))
      secretCalls.delete(message.call)
      break
    case 'stop':
      void stop()
      break
  }
})
