/*
 * Runs one local database: its process from start to exit. A crash is reported
 * and answered with one restart; a second one within a minute is left alone,
 * because a database that cannot stay up needs a person.
 */
import type { DatabaseStatus, LocalDatabase } from '../../../../shared/contract/databases.ts'
import { type Failure, FailureError } from '../../../../shared/contract/failure.ts'
import type { DatabaseProcess, DatabaseProcessListener, ProcessHost } from '../../host.ts'
import type { FromDatabase } from './protocol.ts'

/** Loading a big file takes its time; a process that says nothing for this long is not loading. */
const START_TIMEOUT_MS = 60_000
/** A database that is told to stop saves first. */
const STOP_TIMEOUT_MS = 30_000
const RESTARTS_WITHIN_MS = 60_000

/**
 * Nobody tunes a database on a laptop, so it keeps what it is given: a crash loses
 * at most the last second. And with the times in it, one can go back to any of them.
 */
const OPTIONS = { appendonly: 'yes', 'aof-timestamp-enabled': 'yes' } as const

export interface RunnerState {
  readonly status: DatabaseStatus
  readonly failure?: Failure
  readonly run?: Pick<LocalDatabase, 'pid' | 'startedAt' | 'keys' | 'memoryUsed' | 'clients' | 'opsPerSec'>
}

export interface RunnerOptions {
  readonly processes: ProcessHost
  readonly now: () => number
  /** What to start with; asked at every start. */
  readonly settings: () => { readonly name: string; readonly port: number; readonly dir: string }
  readonly changed: () => void
  readonly crashed: (failure: Failure, restarting: boolean) => void
}

type Exit = Parameters<DatabaseProcessListener['exit']>[0]

export class DatabaseRunner {
  readonly #options: RunnerOptions
  #state: RunnerState = { status: 'stopped' }
  #process: DatabaseProcess | undefined
  #starting: { readonly resolve: () => void; readonly reject: (error: FailureError) => void } | undefined
  #exited: Promise<void> = Promise.resolve()
  #lastRestartAt = Number.NEGATIVE_INFINITY

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  get state(): RunnerState {
    return this.#state
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    // One that failed to start is on its way out.
    if (this.#state.status === 'failed') await this.#exited
    if (this.#process) throw new FailureError({ code: 'DATABASE_FAILED', message: 'The database is already running.' })
    await this.#launch()
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    const process = this.#process
    if (!process) return this.#change({ status: 'stopped' })
    this.#change({ ...this.#state, status: 'stopping' })
    process.send({ type: 'stop' })
    const timer = setTimeout(() => process.kill(), STOP_TIMEOUT_MS)
    await this.#exited
    clearTimeout(timer)
  }

  /** A failure found before a process was even tried. */
  refuse(failure: Failure): void {
    this.#change({ status: 'failed', failure })
  }

  #launch(): Promise<void> {
    this.#change({ status: 'starting' })
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#process?.kill(), START_TIMEOUT_MS)
      const settle =
        <T>(finish: (outcome: T) => void) =>
        (outcome: T) => {
          clearTimeout(timer)
          this.#starting = undefined
          finish(outcome)
        }
      this.#starting = { resolve: settle(resolve) as () => void, reject: settle(reject) }
      const exited = Promise.withResolvers<void>()
      this.#exited = exited.promise
      const process = this.#options.processes.start({
        message: (message) => this.#onMessage(message),
        exit: (exit) => {
          this.#process = undefined
          this.#onExit(exit)
          exited.resolve()
        },
      })
      this.#process = process
      process.send({ type: 'start', bind: '127.0.0.1', options: OPTIONS, ...this.#options.settings() })
    })
  }

  #onMessage(message: FromDatabase): void {
    switch (message.type) {
      case 'ready':
        this.#change({ status: 'running', run: { pid: message.pid, startedAt: this.#options.now() } })
        this.#starting?.resolve()
        break
      case 'failed':
        this.#fail(startFailure(message.code, message.message))
        this.#process?.send({ type: 'stop' })
        break
      case 'stats': {
        const { keys, usedMemory: memoryUsed, clients, opsPerSec } = message
        if (this.#state.status !== 'running') return
        this.#change({ ...this.#state, run: { ...this.#state.run, keys, memoryUsed, clients, opsPerSec } })
        break
      }
    }
  }

  #onExit(exit: Exit): void {
    const { status } = this.#state
    if (status === 'stopping') return this.#change({ status: 'stopped' })
    // It said why before it went.
    if (status === 'failed') return
    // A client told it to: SHUTDOWN.
    if (status === 'running' && exit.code === 0) return this.#change({ status: 'stopped' })
    const failure = crashFailure(exit)
    if (status !== 'running') return this.#fail(failure)
    const now = this.#options.now()
    const restarting = now - this.#lastRestartAt > RESTARTS_WITHIN_MS
    this.#options.crashed(failure, restarting)
    if (!restarting) return this.#change({ status: 'failed', failure })
    this.#lastRestartAt = now
    // A restart that fails has put its reason into the state.
    this.#launch().catch(() => undefined)
  }

  #fail(failure: Failure): void {
    this.#change({ status: 'failed', failure })
    this.#starting?.reject(new FailureError(failure))
  }

  #change(state: RunnerState): void {
    this.#state = state
    this.#options.changed()
  }
}

function startFailure(code: string, message: string): Failure {
  if (code === 'PORT_TAKEN') return { code, message: 'The port is already taken.', detail: message }
  return {
    code: 'DATABASE_FAILED',
    message: 'The database could not start.',
    hint: 'The reason is given below.',
    detail: message,
  }
}

function crashFailure({ code, signal, output }: Exit): Failure {
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`
  return {
    code: 'DATABASE_FAILED',
    message: `The database's process ${how}.`,
    hint: 'What was written in its last second may be lost; everything before is on disk. The reason may be below.',
    detail: output.trim() || undefined,
  }
}
