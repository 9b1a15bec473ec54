/*
 * The utility processes of local databases, on behalf of one backend.
 */
import { type UtilityProcess, utilityProcess } from 'electron'
import { isFromDatabase, type ToDatabase } from '../core/services/databases/protocol.ts'
import type { ToBackend } from './backend-link.ts'

/** The end of what a process wrote is enough to say why it died. */
const OUTPUT_KEPT = 4_000
/** When their backend is gone, they get this long to save. */
const STOP_TIMEOUT_MS = 30_000

export class DatabaseProcesses {
  readonly #entry: string
  readonly #say: (message: ToBackend) => void
  readonly #children = new Map<number, UtilityProcess>()

  constructor(entry: string, say: (message: ToBackend) => void) {
    this.#entry = entry
    this.#say = say
  }

  start(process: number): void {
    const child = utilityProcess.fork(this.#entry, [], {
      serviceName: 'Keystead database',
      stdio: ['ignore', 'inherit', 'pipe'],
    })
    this.#children.set(process, child)
    let output = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_KEPT)
      globalThis.process.stderr.write(chunk)
    })
    child.on('message', (message: unknown) => {
      if (isFromDatabase(message)) this.#say({ type: 'fromDatabase', process, message })
    })
    child.once('exit', (code) => {
      this.#children.delete(process)
      this.#say({ type: 'databaseExit', process, code, output })
    })
  }

  send(process: number, message: ToDatabase): void {
    this.#children.get(process)?.postMessage(message)
  }

  kill(process: number): void {
    this.#children.get(process)?.kill()
  }

  /** Lets all of them save and end, and ends those that do not. */
  async stopAll(): Promise<void> {
    const exits = [...this.#children.values()].map(
      (child) =>
        new Promise<void>((resolve) => {
          const timer = setTimeout(() => child.kill(), STOP_TIMEOUT_MS)
          child.once('exit', () => {
            clearTimeout(timer)
            resolve()
          })
          child.postMessage({ type: 'stop' } satisfies ToDatabase)
        }),
    )
    await Promise.all(exits)
  }
}
