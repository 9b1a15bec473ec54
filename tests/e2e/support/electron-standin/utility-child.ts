/*
 * Imported ahead of a "utility process": gives it process.parentPort in
 * Electron's shape, and Electron's habit of only warning of a rejection that
 * nobody handles.
 */
import { EventEmitter } from 'node:events'
import type { FromChild, ToChild } from './child-messages.ts'

// Taken away from the code under test: Electron has no process.send, only parentPort.
const send = process.send?.bind(process)
process.send = undefined

const tell = (message: FromChild): void => {
  // The parent may be gone already; then so are we in a moment.
  if (process.connected) send?.(message)
}

class ChildPort extends EventEmitter {
  readonly #id: number
  readonly #waiting: (() => void)[] = []
  #isStarted = false

  constructor(id: number) {
    super()
    this.#id = id
  }

  postMessage(data: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new TypeError('the stand-in moves no ports through ports')
    tell({ type: 'port', id: this.#id, data })
  }

  start(): void {
    this.#isStarted = true
    for (const deliver of this.#waiting.splice(0)) deliver()
  }

  close(): void {
    tell({ type: 'portClosed', id: this.#id })
  }

  deliver(data: unknown): void {
    const emit = (): void => void this.emit('message', { data, ports: [] })
    if (this.#isStarted) emit()
    else this.#waiting.push(emit)
  }
}

class ParentPort extends EventEmitter {
  readonly #waiting: unknown[] = []

  constructor() {
    super()
    // It starts by itself when someone begins to listen.
    this.on('newListener', (name) => {
      if (name === 'message')
        queueMicrotask(() => this.#waiting.splice(0).forEach((event) => void this.emit('message', event)))
    })
  }

  postMessage(...args: unknown[]): void {
    if (args.length > 1) throw new TypeError('parentPort.postMessage takes one argument')
    tell({ type: 'message', data: args[0] })
  }

  deliver(event: unknown): void {
    if (this.listenerCount('message') > 0) this.emit('message', event)
    else this.#waiting.push(event)
  }
}

const ports = new Map<number, ChildPort>()
const parentPort = new ParentPort()

process.on('message', (message: ToChild) => {
  if (message.type === 'message') {
    const moved = message.ports.map((id) => {
      const port = new ChildPort(id)
      ports.set(id, port)
      return port
    })
    parentPort.deliver({ data: message.data, ports: moved })
  } else if (message.type === 'port') {
    ports.get(message.id)?.deliver(message.data)
  } else {
    ports.get(message.id)?.emit('close')
    ports.delete(message.id)
  }
})
// A utility process ends with its parent.
process.on('disconnect', () => process.exit(0))

Object.defineProperty(process, 'parentPort', { value: parentPort, enumerable: true })
Object.defineProperty(process, 'type', { value: 'utility' })
process.on('unhandledRejection', (reason) => console.error('(utility process) unhandled rejection', reason))
