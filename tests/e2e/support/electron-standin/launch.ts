/*
 * The test's end of the rope: starts the built app under the stand-in and asks
 * it things.
 */
import { type ChildProcess, fork } from 'node:child_process'
import type { Answer, Order } from './control.ts'

export interface RunningApp {
  readonly pid: number
  /** Everything it and its children wrote to standard error so far. */
  output(): string
  ask<T>(order: Order): Promise<T>
  /** Resolves with the exit code. */
  quit(): Promise<number | null>
  readonly exited: Promise<number | null>
  kill(): void
}

export function launch(entry: string, env: NodeJS.ProcessEnv): RunningApp {
  const register = new URL('./register.ts', import.meta.url).href
  const child: ChildProcess = fork(entry, [], {
    execArgv: ['--import', register],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let lastId = 0
  child.on('message', ({ id, value, error }: Answer) => {
    if (error === undefined) waiting.get(id)?.resolve(value)
    else waiting.get(id)?.reject(new Error(`${error}\n${output}`))
    waiting.delete(id)
  })
  void exited.then((code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the app ended with ${code}:\n${output}`))
  })
  return {
    pid: child.pid as number,
    output: () => output,
    exited,
    ask<T>(order: Order): Promise<T> {
      const id = ++lastId
      const answer = Promise.withResolvers<unknown>()
      waiting.set(id, answer)
      child.send({ id, order })
      return answer.promise as Promise<T>
    },
    quit() {
      child.kill('SIGTERM')
      return exited
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
