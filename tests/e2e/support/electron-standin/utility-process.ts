/*
 * utilityProcess.fork as a forked Node; utility-child.ts is the other side.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import { isReady } from './app.ts'
import type { FromChild, ToChild } from './child-messages.ts'
import { keep } from './children.ts'
import { End, refuseShared, releaseAll } from './ports.ts'

interface ForkOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly execArgv?: readonly string[]
  readonly serviceName?: string
  readonly stdio?: string | readonly ('pipe' | 'ignore' | 'inherit')[]
}

/** Every process that was forked, in order: what a test wants to know. */
export const forked: { readonly serviceName: string; readonly pid: number | undefined }[] = []

class UtilityProcess extends EventEmitter {
  pid: number | undefined
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  readonly #child: ChildProcess

  constructor(entry: string, args: readonly string[], options: ForkOptions) {
    super()
    const stdio = Array.isArray(options.stdio)
      ? options.stdio.slice(1)
      : [options.stdio ?? 'inherit', options.stdio ?? 'inherit']
    this.#child = fork(entry, [...args], {
      execArgv: ['--import', new URL('./utility-child.ts', import.meta.url).href, ...(options.execArgv ?? [])],
      env: options.env ?? process.env,
      cwd: options.cwd,
      serialization: 'advanced',
      stdio: ['ignore', ...stdio, 'ipc'] as ('pipe' | 'ignore' | 'inherit' | 'ipc')[],
    })
    keep(this.#child)
    this.pid = this.#child.pid
    this.stdout = this.#child.stdout
    this.stderr = this.#child.stderr
    forked.push({ serviceName: options.serviceName ?? 'Node Utility Process', pid: this.pid })
    this.#child.on('spawn', () => this.emit('spawn'))
    this.#child.on('message', (message: FromChild) => this.#receive(message))
    this.#child.on('exit', (code) => {
      this.pid = undefined
      for (const end of this.#held) end.close()
      this.emit('exit', code ?? 1)
    })
  }

  readonly #held = new Set<End>()

  postMessage(data: unknown, transfer: readonly unknown[] = []): void {
    const ends = releaseAll(transfer)
    this.#tell({ type: 'message', data: structuredClone(refuseShared(data)), ports: ends.map(({ id }) => id) })
    for (const end of ends) {
      this.#held.add(end)
      end.hold({
        message: (message) => this.#tell({ type: 'port', id: end.id, data: message }),
        closed: () => {
          this.#held.delete(end)
          this.#tell({ type: 'portClosed', id: end.id })
        },
      })
    }
  }

  kill(): boolean {
    return this.#child.kill()
  }

  #tell(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message)
  }

  #receive(message: FromChild): void {
    if (message.type === 'message') this.emit('message', message.data)
    else if (message.type === 'port') End.find(message.id)?.send(message.data)
    else End.find(message.id)?.close()
  }
}

export const utilityProcess = {
  fork(entry: string, args: readonly string[] = [], options: ForkOptions = {}): UtilityProcess {
    if (!isReady()) throw new Error('utilityProcess cannot be created before app is ready.')
    return new UtilityProcess(entry, args, options)
  },
}
