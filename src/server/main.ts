/*
 * The life of a keystead-server process: command line, start banner, signals,
 * the end. bin.ts is its door.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { systemClock } from './base/clock.ts'
import { Log } from './base/log.ts'
import { openLog } from './base/log-file.ts'
import { KEYSTEAD_VERSION, REDIS_VERSION } from './base/version.ts'
import { ConfigSyntaxError, type Directive, parseCommandLine, parseConfig, readConfigFile } from './config/parse.ts'
import { reportCrash, reportCrashes } from './crash.ts'
import type { ShutdownRequest } from './exec/server-context.ts'
import { ListenFailure } from './net/listener.ts'
import { LoadFailure } from './persistence/load.ts'
import { type StartedServer, startServer } from './server.ts'

const USAGE = `Usage: keystead-server [/path/to/valkey.conf] [options] [-]
       keystead-server - (read config from stdin)
       keystead-server -v or --version
       keystead-server -h or --help

Examples:
       keystead-server (run with the default options)
       echo 'maxmemory 128mb' | keystead-server -
       keystead-server /etc/valkey/6379.conf
       keystead-server --port 7777
       keystead-server --port 7777 --maxmemory 100mb --requirepass secret
       keystead-server /etc/myvalkey.conf --loglevel verbose -

Options that only Keystead has:
  --arena-limit 0                  The most memory that data may take, which nothing exceeds; 0: no limit.
  --checkpoint-before-flush yes    Keep the data as a checkpoint before FLUSHALL and FLUSHDB.
  --checkpoint-automatic-max 10    How many checkpoints that nobody asked for are kept.
  --rdb-format auto                For whom RDB files are written: auto, redis, redis-7.0 or valkey.
  --recover no                     Start on a file that is broken, with what can be read of it.
  --skip-module-values no          Leave values of modules out when a file is loaded.
`

export async function main(args: readonly string[]): Promise<void> {
  const [first] = args
  if (first === '-v' || first === '--version') {
    process.stdout.write(`Keystead server v=${KEYSTEAD_VERSION} redis=${REDIS_VERSION} node=${process.versions.node}\n`)
    return
  }
  if (first === '-h' || first === '--help') {
    process.stdout.write(USAGE)
    return
  }
  const { directives, configFile } = readConfiguration(args)
  enterFolder(lastOf(directives, 'dir'))
  const log = new Log(openLog(lastOf(directives, 'logfile')), systemClock)
  reportCrashes(log)
  await run(directives, configFile, log)
}

async function run(directives: readonly Directive[], configFile: string | undefined, log: Log): Promise<void> {
  let started: StartedServer | undefined
  let isEnding = false
  const end = async (why: string, request: ShutdownRequest): Promise<void> => {
    // Asked twice: whoever asks has no patience for what is still going on.
    if (isEnding) process.exit(1)
    isEnding = true
    log.notice(why)
    await shutDown(started, request, log)
    isEnding = false
  }
  process.on('SIGTERM', () => void end('Received SIGTERM scheduling shutdown...', {}))
  process.on('SIGINT', () => void end('Received SIGINT scheduling shutdown...', {}))
  log.notice('oO0OoO0OoO0Oo Keystead is starting oO0OoO0OoO0Oo')
  log.notice(
    `Keystead version=${KEYSTEAD_VERSION}, redis=${REDIS_VERSION}, node=${process.versions.node}, pid=${process.pid}, just started`,
  )
  if (configFile !== undefined) log.notice(`Configuration loaded from ${configFile}`)
  else if (directives.length > 0) log.notice('Configuration loaded')
  else log.notice('No configuration file: using the default options.')
  try {
    const requestShutdown = (request: ShutdownRequest): boolean => {
      setImmediate(() => void end('User requested shutdown...', request))
      return true
    }
    started = await startServer({
      directives: [...directives, hereAsDirective()],
      log,
      requestShutdown,
      ...(configFile !== undefined && { configFile }),
    })
  } catch (error) {
    explain(error, log)
    process.exit(1)
  }
  const pidfile = started.server.config.get('pidfile')
  if (pidfile !== '') writeFileSync(pidfile, `${process.pid}\n`)
  log.notice(`Running mode=standalone, port=${started.port}.`)
  log.notice('Server initialized')
  log.notice('Ready to accept connections')
}

/** Ends the process; returns if the data could not be saved. */
async function shutDown(started: StartedServer | undefined, request: ShutdownRequest, log: Log): Promise<void> {
  if (started) {
    const error = await started.shutDown(request)
    if (error !== undefined) {
      log.warning('Error trying to save the DB, can not exit. To exit without saving: SHUTDOWN NOSAVE.')
      return
    }
    const pidfile = started.server.config.get('pidfile')
    if (pidfile !== '') rmSync(pidfile, { force: true })
  }
  log.notice('Keystead is now ready to exit, bye bye...')
  process.exit(0)
}

/** All directives in order: the file's, then stdin's, then the command line's. Ends the process if they make no sense. */
function readConfiguration(args: readonly string[]): { directives: Directive[]; configFile: string | undefined } {
  const { file, isStdinUsed, options } = parseCommandLine(args)
  const configFile = file === undefined ? undefined : resolve(file)
  let text = ''
  try {
    if (configFile !== undefined) text += `${readConfigFile(configFile)}\n`
  } catch (error) {
    fail(`Fatal error, can't open config file '${configFile}': ${(error as NodeJS.ErrnoException).message}`)
  }
  try {
    if (isStdinUsed) text += `${readFileSync(0, 'latin1')}\n`
    return { directives: parseConfig(text + options), configFile }
  } catch (error) {
    if (!(error instanceof ConfigSyntaxError)) throw error
    fail(syntaxText(error))
  }
}

function syntaxText({ line, text, message }: ConfigSyntaxError): string {
  return [
    '',
    `*** FATAL CONFIG FILE ERROR (Keystead ${KEYSTEAD_VERSION}) ***`,
    `Reading the configuration file, at line ${line}`,
    `>>> '${text}'`,
    message,
  ].join('\n')
}

function fail(text: string): never {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

function lastOf(directives: readonly Directive[], name: string): string {
  return directives.findLast((directive) => directive.name === name)?.words[0] ?? ''
}

/** `dir`: relative names in the configuration are seen from there. */
function enterFolder(folder: string): void {
  if (folder === '') return
  try {
    process.chdir(folder)
  } catch (error) {
    fail(`Can't chdir to '${folder}': ${(error as NodeJS.ErrnoException).message}`)
  }
}

/** `dir` as it is from within: a relative one would be looked for below itself, and CONFIG GET answers the whole path. */
function hereAsDirective(): Directive {
  const here = process.cwd()
  return { name: 'dir', words: [here], line: 0, text: `dir ${here}` }
}

/** Says why the server did not start, and what to do. */
function explain(error: unknown, log: Log): void {
  if (error instanceof ConfigSyntaxError) {
    process.stderr.write(`${syntaxText(error)}\n`)
  } else if (error instanceof ListenFailure && error.code === 'EADDRINUSE') {
    log.warning(`Could not listen on ${error.where}: another process listens there.`)
    log.warning('Stop that one, or choose another port: keystead-server --port <number>')
  } else if (error instanceof ListenFailure) {
    log.warning(`Could not listen on ${error.where}: ${error.code}. Check 'bind', 'port' and your rights.`)
  } else if (error instanceof LoadFailure) {
    log.warning(error.message)
  } else reportCrash(error, log)
}
