/*
 * Loads of writes that go on until they are ended: what others do while something is
 * measured.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { ServerProcess } from '../tests/support/server-process.ts'

const CLIENTS = 50
const PIPELINE = 16
/** Commands a second, which leaves every server time to spare. */
export const STEADY_RATE = 100_000
/** As much load as anybody waits for. */
const REQUESTS = 2_000_000_000
export const VALUE = 'w'.repeat(32)

/** redis-benchmark, which overwrites the strings of loads.ts as fast as it is answered. */
export function fullLoad(server: ServerProcess, benchmark: string, keys: number): Load {
  return new Load(benchmark, fullLoadArgs(server.port, keys))
}

export const fullLoadArgs = (port: number | string, keys: number): string[] => [
  ...['-p', String(port), '-c', String(CLIENTS), '-P', String(PIPELINE), '-r', String(keys), '-n', String(REQUESTS)],
  ...['-q', 'SET', 'key:__rand_int__', VALUE],
]

/** The same commands at STEADY_RATE. */
export function steadyLoad(server: ServerProcess, keys: number): Load {
  const args = [server.port, CLIENTS, PIPELINE, STEADY_RATE, keys].map(String)
  return new Load(process.execPath, [resolve(import.meta.dirname, 'steady-load.ts'), ...args, VALUE])
}

export class Load {
  private readonly command: string
  private readonly child: ChildProcess
  private readonly closed: Promise<unknown>

  constructor(command: string, args: readonly string[]) {
    this.command = command
    this.child = spawn(command, args, { stdio: 'ignore' })
    this.closed = once(this.child, 'close')
  }

  /** Throws when it had ended by itself: what was measured meanwhile was measured without it. */
  async end(): Promise<void> {
    const { exitCode } = this.child
    this.child.kill('SIGKILL')
    await this.closed
    if (exitCode !== null) throw new Error(`the load by ${this.command} ended by itself, with ${exitCode}`)
  }
}
