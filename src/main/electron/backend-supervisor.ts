/*
 * Forks the backend, hands it pages, does for it what only main can do, and
 * starts it again when it crashes: once, for what crashes twice within a minute
 * crashes always.
 */
import {
  MessageChannelMain,
  type MessagePortMain,
  type UtilityProcess,
  utilityProcess,
  type WebContents,
} from 'electron'
import { type Failure, FailureError } from '../../shared/contract/failure.ts'
import type { Log } from '../core/log.ts'
import type { FromBackend, ToBackend } from './backend-link.ts'
import { DatabaseProcesses } from './database-processes.ts'
import { seal, unseal } from './keychain.ts'

export interface SupervisorOptions {
  readonly backendEntry: string
  readonly databaseEntry: string
  readonly order: Omit<Extract<ToBackend, { type: 'start' }>, 'type' | 'crashed'>
  readonly log: Log
  /** It crashed and will not be started again. */
  readonly gaveUp: (how: string) => void
}

const RESTARTS_WITHIN_MS = 60_000
/** More than the databases get to save, which is 30 s. */
const STOP_TIMEOUT_MS = 35_000

export class BackendSupervisor {
  readonly #options: SupervisorOptions
  readonly #pages = new Set<WebContents>()
  #child: UtilityProcess | undefined
  #lastRestartAt = Number.NEGATIVE_INFINITY
  #stopped: PromiseWithResolvers<void> | undefined

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  start(crashed?: string): void {
    const { backendEntry, databaseEntry, order } = this.#options
    const child = utilityProcess.fork(backendEntry, [], { serviceName: 'Keystead backend' })
    this.#child = child
    const say = (message: ToBackend, ports: MessagePortMain[] = []): void => child.postMessage(message, ports)
    const databases = new DatabaseProcesses(databaseEntry, say)
    child.on('message', (message: FromBackend) => this.#serve(message, databases, say))
    child.once('exit', (code) => void this.#onExit(code, databases))
    say({ type: 'start', ...order, crashed })
    for (const page of this.#pages) this.#connect(page)
  }

  /** Joins a page that has finished loading to the backend; again after every reload and restart. */
  attach(page: WebContents): void {
    if (!this.#pages.has(page)) {
      this.#pages.add(page)
      page.once('destroyed', () => this.#pages.delete(page))
    }
    this.#connect(page)
  }

  /** Resolves when every database has saved, or has had its time. */
  async stop(): Promise<void> {
    if (!this.#child) return
    const stopped = Promise.withResolvers<void>()
    this.#stopped = stopped
    const timer = setTimeout(stopped.resolve, STOP_TIMEOUT_MS)
    this.#child.postMessage({ type: 'stop' } satisfies ToBackend)
    await stopped.promise
    clearTimeout(timer)
  }

  #connect(page: WebContents): void {
    if (!this.#child || page.isDestroyed()) return
    const { port1, port2 } = new MessageChannelMain()
    this.#child.postMessage({ type: 'page' } satisfies ToBackend, [port1])
    page.postMessage('port', null, [port2])
  }

  #serve(message: FromBackend, databases: DatabaseProcesses, say: (message: ToBackend) => void): void {
    switch (message.type) {
      case 'startDatabase':
        return databases.start(message.process)
      case 'toDatabase':
        return databases.send(message.process, message.message)
      case 'killDatabase':
        return databases.kill(message.process)
      case 'seal':
      case 'unseal': {
        const { call } = message
        const work = message.type === 'seal' ? seal(message.text) : unseal(message.text)
        work.then(
          (text) => say({ type: 'secret', call, text }),
          (error) => say({ type: 'secretFailed', call, failure: failureOf(error) }),
        )
        return
      }
      case 'stopped':
        this.#stopped?.resolve()
    }
  }

  async #onExit(code: number, databases: DatabaseProcesses): Promise<void> {
    this.#child = undefined
    if (this.#stopped) return this.#stopped.resolve()
    const how = `code ${code}`
    this.#options.log.error(`the backend ended with ${how}`)
    // Their backend is gone, and the next one will want their ports and files.
    await databases.stopAll()
    const now = performance.now()
    if (now - this.#lastRestartAt < RESTARTS_WITHIN_MS) return this.#options.gaveUp(how)
    this.#lastRestartAt = now
    this.start(how)
  }
}

const failureOf = (error: unknown): Failure =>
  error instanceof FailureError ? error.failure : { code: 'INTERNAL', message: String(error) }
