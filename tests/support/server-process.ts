/*
 * One server process of a test run, Keystead's own or a real one: started on a
 * free port in an empty folder of its own, and gone with all its files when the
 * test is. How tests share one is the business of server.ts.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { findPeer, type PeerName } from './peers.ts'
import { freePort } from './ports.ts'
import { WireClient } from './wire-client.ts'

const START_TIMEOUT_MS = 15_000
const OUTPUT_TIMEOUT_MS = 5_000

export interface ServerProcess {
  readonly name: string
  readonly port: number
  readonly pid: number
  readonly dir: string
  /** From the start of the process to its first answer, to the 5 ms or so of our asking. */
  readonly startedInMs: number
  /** Everything it wrote to stdout and stderr so far, as far as it has come through the pipe. */
  output(): string
  /**
   * Resolves once its output has `text`. A line may come after the answer to the
   * command that caused it: they take different ways.
   */
  says(text: string | RegExp): Promise<void>
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>
  signal(name: NodeJS.Signals): void
  stop(): Promise<void>
}

/** The process ended before it answered; `output` says why. */
export class ServerRefusedToStart extends Error {
  override readonly name = 'ServerRefusedToStart'
  readonly output: string
  constructor(server: string, exit: number | string, output: string) {
    super(`${server} ended with ${exit} before it answered PING:\n${output}`)
    this.output = output
  }
}

export interface Program {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

/** Keystead from source, without a build; KEYSTEAD_SERVER names a built file to test instead. */
export function keysteadProgram(): Program {
  const entry = process.env['KEYSTEAD_SERVER'] ?? resolve(import.meta.dirname, '../../src/server/bin.ts')
  return { name: 'keystead', command: process.execPath, args: ['--disable-warning=ExperimentalWarning', entry] }
}

export function peerProgram(name: PeerName): Program {
  const peer = findPeer(name)
  if (peer === undefined) throw new Error(`${name} is not on this machine`)
  return { name, command: peer.server, args: [] }
}

/** Options every test server gets: no disk, no daemon, DEBUG allowed. `options` overrides them one by one. */
const DEFAULTS = {
  bind: '127.0.0.1',
  save: '',
  appendonly: 'no',
  daemonize: 'no',
  'enable-debug-command': 'yes',
}

const living = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

export async function startServer(
  program: Program,
  options: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'keystead-test-'))
  const port = await freePort()
  const all: Record<string, string> = { port: String(port), dir, ...DEFAULTS, ...options }
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])
  const started = performance.now()
  const child = spawn(program.command, [...program.args, ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] })
  living.add(child)
  let output = ''
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-64_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  let ended: number | string | undefined
  const exited = new Promise<number | string>((done) => {
    child.once('error', (error) => {
      output += error.message
      done('no process')
    })
    child.once('close', (code, signal) => done(code ?? signal ?? 'nothing'))
  })
  void exited.then((how) => {
    ended = how
    living.delete(child)
  })
  const stop = async (): Promise<void> => {
    // SIGKILL: nothing of a test server is worth saving, and a hanging shutdown must not hang the run.
    child.kill('SIGKILL')
    await exited
    rmSync(dir, { recursive: true, force: true })
  }
  const deadline = Date.now() + START_TIMEOUT_MS
  for (;;) {
    if (ended !== undefined) {
      rmSync(dir, { recursive: true, force: true })
      throw new ServerRefusedToStart(program.name, ended, output)
    }
    if (await answers(Number(all['port']))) break
    if (Date.now() > deadline) {
      await stop()
      throw new Error(`${program.name} did not answer PING within ${START_TIMEOUT_MS} ms:\n${output}`)
    }
    await new Promise((done) => setTimeout(done, 5))
  }
  const startedInMs = performance.now() - started
  return {
    name: program.name,
    port: Number(all['port']),
    pid: child.pid!,
    dir,
    startedInMs,
    output: () => output,
    says: async (text) => {
      const isSaid = (): boolean => (typeof text === 'string' ? output.includes(text) : text.test(output))
      const last = Date.now() + OUTPUT_TIMEOUT_MS
      while (!isSaid()) {
        if (Date.now() > last) throw new Error(`${program.name} did not say ${text}, but:\n${output}`)
        await new Promise((done) => setTimeout(done, 5))
      }
    },
    exited,
    signal: (name) => child.kill(name),
    stop,
  }
}

/** Whether a server there answers at all: an error (-NOAUTH, -LOADING) is an answer of a server that is up. */
async function answers(port: number): Promise<boolean> {
  try {
    const client = await WireClient.open({ port })
    try {
      const reply = await client.reply('PING')
      return !(reply.type === 'error' && reply.text.startsWith('LOADING'))
    } finally {
      await client.close()
    }
  } catch {
    return false // Refused or reset: not listening yet.
  }
}
