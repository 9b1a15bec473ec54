/*
 * One local database as a child process of the app: started, stopped and watched
 * by messages. The other end is src/main/core/services/databases.
 *
 *   parent: {type: 'start', port, bind, dir, name, options}
 *   child:  {type: 'ready', port, pid}  or  {type: 'failed', code, message}
 *   child:  {type: 'stats', keys, usedMemory, clients, opsPerSec}   every second
 *   parent: {type: 'stop'}                                          exits with 0
 *
 * The same messages pass under Node (child_process.fork) and in Electron
 * (utilityProcess). A child whose parent has gone ends too: nobody could stop it.
 */
import { mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Before the server's own code is loaded, so that it is compiled once and not at every start.
enableCompileCache()
await import('./lean-process.ts')
const { systemClock } = await import('./base/clock.ts')
const { Log } = await import('./base/log.ts')
const { openLog } = await import('./base/log-file.ts')
const { ConfigSyntaxError } = await import('./config/parse.ts')
const { directivesOf, startServer } = await import('./server.ts')
const { ListenFailure } = await import('./net/listener.ts')
const { LoadFailure } = await import('./persistence/load.ts')
const { reportCrash, reportCrashes } = await import('./crash.ts')

import type { ShutdownRequest } from './exec/server-context.ts'

const STATS_INTERVAL_MS = 1000

interface Start {
  readonly type: 'start'
  readonly port: number
  readonly bind: string
  readonly dir: string
  readonly name: string
  readonly options: Readonly<Record<string, string>>
}

type Request = Start | { readonly type: 'stop' }

type Answer =
  | { readonly type: 'ready'; readonly port: number; readonly pid: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | {
      readonly type: 'stats'
      readonly keys: number
      readonly usedMemory: number
      readonly clients: number
      readonly opsPerSec: number
    }

/** What Electron gives a utility process to talk to its parent; its types are not on this side of the house. */
interface ParentPort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
  postMessage(message: unknown): void
}

const parentPort = (process as { parentPort?: ParentPort }).parentPort
/** Why the data could not be saved, if so. */
let stop: ((request: ShutdownRequest) => Promise<string | undefined>) | undefined
let isEnding = false

function answer(message: Answer): void {
  if (parentPort) parentPort.postMessage(message)
  else process.send?.(message)
}

function isRequest(x: unknown): x is Request {
  if (typeof x !== 'object' || x === null || !('type' in x)) return false
  return x.type === 'stop' || (x.type === 'start' && 'port' in x && 'bind' in x && 'dir' in x && 'options' in x)
}

async function start({ port, bind, dir, name, options }: Start): Promise<void> {
  mkdirSync(dir, { recursive: true })
  process.chdir(dir)
  process.title = `keystead database ${name}`
  const log = new Log(openLog(options['logfile'] ?? join(dir, 'keystead.log')), systemClock)
  reportCrashes(log)
  const directives = directivesOf({ ...options, port: String(port), bind, dir })
  try {
    const started = await startServer({
      directives,
      log,
      requestShutdown: (request) => {
        setImmediate(() => void end(request))
        return true
      },
    })
    stop = (request) => started.shutDown(request)
    log.notice(`Database '${name}' is ready on port ${started.port}`)
    answer({ type: 'ready', port: started.port, pid: process.pid })
    const { keyspace, clients, stats } = started.server
    setInterval(() => {
      const opsPerSec = Math.round(stats.opsPerSecond.perSecond)
      answer({
        type: 'stats',
        keys: keyspace.size,
        usedMemory: keyspace.memory.usedBytes,
        clients: clients.count,
        opsPerSec,
      })
    }, STATS_INTERVAL_MS)
  } catch (error) {
    reportCrashIfBug(error, log)
    answer({ type: 'failed', code: codeOf(error), message: (error as Error).message })
  }
}

function codeOf(error: unknown): string {
  if (error instanceof ListenFailure) return error.code === 'EADDRINUSE' ? 'PORT_TAKEN' : error.code
  if (error instanceof LoadFailure) return 'BAD_DATA'
  return error instanceof ConfigSyntaxError ? 'BAD_OPTION' : 'INTERNAL'
}

function reportCrashIfBug(error: unknown, log: InstanceType<typeof Log>): void {
  if (codeOf(error) === 'INTERNAL') reportCrash(error, log)
}

async function end(request: ShutdownRequest = {}): Promise<void> {
  if (isEnding) return
  isEnding = true
  // Whoever stops a database is not asked again: what could not be saved is told by the exit code and in the log.
  const error = await stop?.({ ...request, force: true })
  process.exit(error === undefined ? 0 : 1)
}

function receive(message: unknown): void {
  if (!isRequest(message)) return
  if (message.type === 'stop') void end()
  else start(message).catch((error: unknown) => answer({ type: 'failed', code: codeOf(error), message: String(error) }))
}

if (parentPort) parentPort.on('message', ({ data }) => receive(data))
else process.on('message', receive)
process.on('disconnect', () => void end())
process.on('SIGTERM', () => void end())
// A Ctrl+C in a terminal reaches the whole group: the parent decides what becomes of its databases.
process.on('SIGINT', () => {})
