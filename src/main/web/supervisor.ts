/*
 * Keeps the web host running: the process that was started by hand does nothing
 * but start the one that works, and start it again when it crashes. Once: what
 * crashes twice within a minute crashes always.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { newToken } from './access.ts'

/** What the supervisor tells the host it starts. */
export interface HostOrders {
  readonly type: 'orders'
  /** The same after a restart: the URL that was printed stays good. */
  readonly token: string
  /** Set after a crash: the port the pages know. */
  readonly port?: number
  readonly crashed?: string
}

/** What the host tells its supervisor. */
export interface HostReport {
  readonly type: 'listening'
  readonly port: number
}

const RESTARTS_WITHIN_MS = 60_000

/** Runs `entry` with `args` until it ends for good. Resolves with the exit code to end with. */
export function supervise(entry: string, args: readonly string[]): Promise<number> {
  const token = newToken()
  let port: number | undefined
  let lastRestartAt = Number.NEGATIVE_INFINITY
  let child: ChildProcess
  return new Promise((resolve) => {
    const start = (crashed?: string): void => {
      child = fork(entry, [...args], { env: { ...process.env, KEYSTEAD_SUPERVISED: '1' } })
      child.on('message', (report: HostReport) => {
        port = report.port
      })
      child.send({ type: 'orders', token, port, crashed } satisfies HostOrders)
      child.once('exit', (code, signal) => {
        // A refusal to start, or a stop that was asked for, is no crash.
        const hasCrashed = port !== undefined && code !== 0 && !isStopping
        if (!hasCrashed) return resolve(code ?? 1)
        const now = performance.now()
        if (now - lastRestartAt < RESTARTS_WITHIN_MS) {
          process.stderr.write('Keystead crashed twice within a minute and was not started again.\n')
          return resolve(1)
        }
        lastRestartAt = now
        const how = signal ?? `code ${code}`
        process.stderr.write(`Keystead crashed (${how}) and is being started again.\n`)
        start(how)
      })
    }
    let isStopping = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        isStopping = true
        // A terminal gives its signal to both of us; the host takes a second one for the same.
        child.kill('SIGTERM')
      })
    }
    start()
  })
}
