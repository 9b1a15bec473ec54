/*
 * Web mode: the backend in one Node process, a browser as the window. This file
 * is both ends of supervision; see supervisor.ts.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import packageJson from '../../../package.json' with { type: 'json' }
import { Backend } from '../core/backend.ts'
import { errnoOf } from '../core/failure.ts'
import { type Log, stderrLog } from '../core/log.ts'
import { fileSecrets } from '../core/services/secrets/file-secrets.ts'
import { Access, newToken } from './access.ts'
import { childProcesses } from './child-processes.ts'
import { dataDir } from './data-dir.ts'
import { HELP, parseOptions, type WebOptions } from './options.ts'
import { type HostOrders, type HostReport, supervise } from './supervisor.ts'
import { WebHost } from './web-host.ts'

const here = import.meta.dirname
/** Built, this file is out/main/web.js; unbuilt, src/main/web/main.ts. */
const isBuilt = existsSync(join(here, 'database.js'))
const DATABASE_ENTRY = isBuilt ? join(here, 'database.js') : join(here, '../../server/embed.ts')
const ASSETS = isBuilt ? join(here, '../renderer') : join(here, '../../../out/renderer')

const parsed = parseOptions(process.argv.slice(2), process.env)
if (parsed.kind === 'help') process.stdout.write(HELP)
else if (parsed.kind === 'wrong') end(`${parsed.message}\n--help shows what there is.`, 2)
else if (process.env.KEYSTEAD_SUPERVISED === undefined) {
  process.exitCode = await supervise(fileURLToPath(import.meta.url), process.argv.slice(2))
} else {
  await run(parsed.options, await orders())
}

/** The supervisor speaks first. */
function orders(): Promise<HostOrders> {
  return new Promise((resolve) => process.once('message', (message: HostOrders) => resolve(message)))
}

async function run(
  options: WebOptions,
  { token = newToken(), port = options.port, crashed }: HostOrders,
): Promise<void> {
  const log = stderrLog()
  endOnBugs(log)
  const home = dataDir()
  const backend = await Backend.start({
    mode: 'web',
    version: packageJson.version,
    dataDir: home,
    runtime: { node: process.versions.node },
    processes: childProcesses(DATABASE_ENTRY, log),
    secrets: await fileSecrets(home, process.env.KEYSTEAD_PASSPHRASE),
    log,
  })
  if (crashed) {
    backend.services.notices.add({
      level: 'error',
      message: `Keystead's backend crashed (${crashed}) and was started again.`,
      hint: 'Sessions were reopened. The log says what happened.',
    })
  }
  const access = new Access({ token, password: options.password, allowedHosts: options.allowedHosts })
  const host = await WebHost.listen({ backend, access, assets: ASSETS, host: options.host, port, log }).catch((error) =>
    refusedPort(error, backend, port, options.host),
  )
  stopOnSignals(host, backend)
  process.send?.({ type: 'listening', port: host.port } satisfies HostReport)
  if (crashed) return
  const url = `${host.url}/?token=${token}`
  process.stdout.write(`Keystead is at ${url}\n`)
  if (options.open) openInBrowser(url)
}

async function refusedPort(error: unknown, backend: Backend, port: number, host: string): Promise<never> {
  await backend.stop()
  const why =
    errnoOf(error) === 'EADDRINUSE'
      ? `Port ${port} is already taken`
      : error instanceof Error
        ? error.message
        : String(error)
  return end(`${why}: Keystead cannot listen on ${host}. Choose another with --port.`, 1)
}

/** A bug leaves the process in a state nobody has thought about: say so, and let the supervisor start a new one. */
function endOnBugs(log: Log): void {
  const die = (error: unknown): void => {
    log.error('the backend made a mistake and ends', error)
    process.exit(70)
  }
  process.on('uncaughtException', die)
  process.on('unhandledRejection', die)
}

function stopOnSignals(host: WebHost, backend: Backend): void {
  let isStopping = false
  const stop = async (): Promise<void> => {
    if (isStopping) return
    isStopping = true
    await host.close()
    await backend.stop()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop())
  // The supervisor was killed: nobody is left who would stop us.
  process.on('disconnect', () => void stop())
}

function openInBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['explorer.exe', url]
        : ['xdg-open', url]
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  // No browser, no xdg-open: the URL is printed anyway.
  child.on('error', () => undefined)
  child.unref()
}

function end(message: string, code: number): never {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}
