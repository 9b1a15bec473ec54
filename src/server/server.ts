/*
 * The composition root: builds a server of all its layers and wires them. The
 * only file that sees every layer. bin.ts and embed.ts start one in a process of
 * its own; from Node, and in tests, `createServer()` starts one in this process.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { PerformanceObserver } from 'node:perf_hooks'
import { systemClock } from './base/clock.ts'
import { Log, type LogTarget } from './base/log.ts'
import { NO_ORIGIN, NOWHERE } from './base/session.ts'
import { COMMANDS } from './commands/index.ts'
import { Config, isMultiple } from './config/config.ts'
import { applyDirectives } from './config/directives.ts'
import type { Directive } from './config/parse.ts'
import { refreshAuthentication } from './exec/authentication.ts'
import { Client } from './exec/client.ts'
import { Cron } from './exec/cron.ts'
import { Engine } from './exec/engine.ts'
import { LOADING, MEMORY_LIMITED, UNSAVED, UNWRITTEN } from './exec/gates.ts'
import { Replayer } from './exec/replayer.ts'
import { ServerContext, type ShutdownRequest } from './exec/server-context.ts'
import { CommandTable } from './exec/table.ts'
import { Keyspace } from './keyspace/keyspace.ts'
import { Listener } from './net/listener.ts'
import { talkToPeer } from './net/peer.ts'
import { Aof } from './persistence/aof/aof.ts'
import type { Replay } from './persistence/aof/load.ts'
import { Checkpoints } from './persistence/checkpoints/checkpoints.ts'
import { type Disk, systemDisk } from './persistence/disk.ts'
import { loadRdbFile } from './persistence/load.ts'
import { Saves } from './persistence/saves.ts'

/** Room for the tables of as many databases as there can be. */
const ARENA_LIMIT_MIN = 1024 * 1024
/** While more than this waits to be written to the append-only file, so do replies. */
const UNWRITTEN_BYTES_MAX = 32 * 1024 * 1024

export interface ServerOptions {
  /** Directives as in a configuration file: `{ maxmemory: '100mb' }`. Port 0, the default here, takes a free one. */
  readonly options?: Readonly<Record<string, string>>
  /** Where the log goes; nowhere if not given. */
  readonly log?: LogTarget
}

/** A server that listens. */
export interface RunningServer {
  /** The TCP port, or 0 when it listens on a unix socket only. */
  readonly port: number
  close(): Promise<void>
}

export interface StartedServer extends RunningServer {
  readonly server: ServerContext
  /** Saves what is to be saved and closes. Why it could not be saved, the server then goes on; undefined: all is done. */
  shutDown(request: ShutdownRequest): Promise<string | undefined>
}

/** How a process starts a server; `createServer` is the short form. */
export interface StartOptions {
  readonly directives: readonly Directive[]
  readonly log: Log
  readonly configFile?: string
  /** Where files are written; a test gives one that fails. */
  readonly disk?: Disk
  readonly requestShutdown?: (request: ShutdownRequest) => boolean
}

/** A server in this process, on 127.0.0.1 unless told otherwise. */
export async function createServer({ options = {}, log }: ServerOptions = {}): Promise<RunningServer> {
  const directives = directivesOf({ bind: '127.0.0.1', port: '0', save: '', dbfilename: '', ...options })
  return startServer({ directives, log: new Log(log ?? { write() {} }, systemClock) })
}

/** Options as directives. One of several arguments may be given as one text with blanks between them. */
export function directivesOf(options: Readonly<Record<string, string>>): Directive[] {
  return Object.entries(options).map(([name, value], i) => ({
    name: name.toLowerCase(),
    words: isMultiple(name) ? value.split(' ') : [value],
    line: i + 1,
    text: `${name} ${value}`,
  }))
}

/** Configures, builds and opens a server. Throws a ConfigSyntaxError or a ListenFailure. */
export async function startServer({ directives, log, ...rest }: StartOptions): Promise<StartedServer> {
  const config = new Config()
  const warnings = applyDirectives(config, directives)
  log.level = config.get('loglevel')
  for (const warning of warnings) log.warning(`Configuration: ${warning}`)

  const keyspace = new Keyspace({ databases: config.get('databases'), limits: config.limits })
  const server = new ServerContext({
    keyspace,
    config,
    commands: new CommandTable(COMMANDS),
    log,
    clock: systemClock,
    runId: randomBytes(20).toString('hex'),
  })
  server.configFile = rest.configFile
  if (rest.requestShutdown) server.requestShutdown = rest.requestShutdown
  const engine = new Engine(server)
  const outcome = (hasFailed: boolean): void => {
    if (hasFailed) server.conditions |= UNSAVED
    else server.conditions &= ~UNSAVED
  }
  const disk = rest.disk ?? systemDisk
  const saves = new Saves({ keyspace, config, log, clock: systemClock, disk, changes: server, outcome })
  server.saves = saves
  const aof = appendOnlyFile(server, engine, disk)
  server.aof = aof
  server.talkToPeer = talkToPeer
  const checkpoints = new Checkpoints({
    keyspace,
    config,
    log,
    clock: systemClock,
    saves,
    aof,
    newReplay: () => replayOf(server, engine),
    isWithinUnit: () => server.effects.isWithinUnit,
    rewindBegins: () => {
      server.conditions |= LOADING
      keyspace.generation++ // What is deleted from now on would be missing if the rewind fails, and in no file.
      server.watches.breakAll()
      server.effects.sink = undefined
    },
    rewindEnded: () => {
      if (aof.isOn) keepEffects(server, aof)
      server.conditions &= ~LOADING
      server.waiting.serveTurns()
    },
    disk,
  })
  server.checkpoints = checkpoints
  applyWhenChanged(server)

  const listener = new Listener({
    service: engine,
    limits: config.limits,
    backlog: config.get('tcp-backlog'),
    keepAliveSeconds: () => config.get('tcp-keepalive'),
  })
  const addresses = config.get('bind').split(' ')
  const path = config.get('unixsocket')
  try {
    // As in Redis, port 0 in a file means no TCP; `createServer` asks for a free one by the same number.
    if (config.get('port') !== 0 || path === '') server.port = await listener.listenTcp(addresses, config.get('port'))
    if (path !== '') await listener.listenUnix(path, config.get('unixsocketperm'))
  } catch (error) {
    await listener.close()
    throw error
  }
  await checkpoints.sweep()
  await load(server, saves, aof).catch(async (error: unknown) => {
    await listener.close()
    throw error
  })
  followAppendOnly(server, aof, checkpoints)
  const cron = new Cron(server)
  cron.start()
  const stopObserving = observeGarbageCollection(server)
  const close = async (): Promise<void> => {
    cron.stop()
    stopObserving()
    server.pause.end()
    saves.cancel(true)
    await checkpoints.end()
    await saves.whenOver
    await aof.flush()
    await listener.close()
    await aof.close()
  }
  return {
    server,
    port: server.port,
    close,
    async shutDown({ save = config.get('save').length > 0, force = false }) {
      saves.cancel(true)
      await saves.whenOver
      // Half a rewind is nothing to be saved.
      await checkpoints.settle()
      const error = (await aof.flush()) ?? (save ? saves.save() : undefined)
      if (error !== undefined && !force) return error
      await close()
      return undefined
    },
  }
}

/** The append-only file, and what its progress means for clients. */
function appendOnlyFile(server: ServerContext, engine: Engine, disk: Disk): Aof {
  const { keyspace, config, log, clock, effects, replyGate } = server
  const onProgress = (): void => {
    if (aof.failure !== undefined && !(server.conditions & UNWRITTEN)) {
      log.warning(`The append-only file cannot be written: ${aof.failure}. Writes are refused until it can.`)
      server.conditions |= UNWRITTEN
      // What they did may be lost yet: that is for them to find out, not for us to say that it is done.
      if (config.get('appendfsync') === 'always') for (const client of replyGate.abandon()) engine.disconnect(client)
    } else if (aof.failure === undefined && server.conditions & UNWRITTEN) {
      log.notice('The append-only file can be written again.')
      server.conditions &= ~UNWRITTEN
    }
    if (config.get('appendfsync') === 'always') replyGate.reached(aof.synced)
    // The other policies promise nothing that a disk that fails could break: nobody is to wait for it.
    else replyGate.reached(aof.failure === undefined ? aof.written + UNWRITTEN_BYTES_MAX : aof.appended)
    server.waiting.serveSynced()
  }
  const aof = new Aof({
    keyspace,
    config,
    log,
    clock,
    disk,
    replay: replayOf(server, engine),
    onNewFile: () => effects.forgetDatabase(),
    onProgress,
  })
  return aof
}

/** What runs the commands of one append-only file again. */
function replayOf({ keyspace, clock }: ServerContext, engine: Engine): Replay {
  const replayer = new Replayer(engine)
  const repeater = new Client(0, NOWHERE, NO_ORIGIN, keyspace.databases[0], clock.now())
  return (argv, argc) => replayer.replay(repeater, argv, argc)
}

/** Hands what commands do to the append-only file, as long as there is one. */
function keepEffects({ config, effects, replyGate }: ServerContext, aof: Aof): void {
  effects.sink = {
    append(bytes, size) {
      aof.append(bytes, size)
      if (aof.failure !== undefined) return
      if (config.get('appendfsync') === 'always') replyGate.close(aof.appended)
      else if (aof.bufferedBytes > UNWRITTEN_BYTES_MAX) replyGate.close(aof.appended)
    },
  }
  effects.forgetDatabase()
}

/** Turns the append-only file on and off as CONFIG SET says. */
function followAppendOnly(server: ServerContext, aof: Aof, checkpoints: Checkpoints): void {
  const { config, effects, log } = server
  config.onChange(['appendfsync', 'aof-timestamp-enabled'], () => {
    aof.followConfig()
    return undefined
  })
  const change = async (): Promise<void> => {
    const isWanted = config.get('appendonly')
    if (isWanted === aof.isOn) return
    if (isWanted) {
      await aof.begin()
      keepEffects(server, aof)
      if (!server.saves.isRunning) aof.rewriter.startDue()
    } else {
      effects.sink = undefined
      await aof.flush()
      await aof.close()
      // What could not be written holds nobody up any more.
      server.conditions &= ~UNWRITTEN
      server.replyGate.reached(Number.POSITIVE_INFINITY)
      server.waiting.serveSynced()
    }
  }
  let switches = 0
  config.onChange(['appendonly'], () => {
    if (config.get('appendonly') === aof.isOn && server.switching === undefined) return undefined
    // Now, and not when the file has been opened: INFO tells from now on that a rewrite is to come.
    if (config.get('appendonly') && !aof.isOn) aof.rewriter.schedule()
    const id = ++switches
    server.switching = checkpoints.exclusively(change).then(
      () => undefined,
      (error: Error) => {
        log.warning(`The append-only file could not be turned on or off: ${error.message}`)
        // Whoever asks is told what is so: nobody is to believe that his writes are kept.
        config.change([['appendonly', aof.isOn ? 'yes' : 'no']])
        return error.message
      },
    )
    void server.switching.then(() => {
      if (switches === id) server.switching = undefined
    })
    return undefined
  })
}

/** Fills the keyspace from what is on disk. Clients are told meanwhile that the server is loading. */
async function load(server: ServerContext, saves: Saves, aof: Aof): Promise<void> {
  const { config, keyspace, log, clock } = server
  const asked = { recovers: config.get('recover'), skipsModules: config.get('skip-module-values') }
  server.conditions |= LOADING
  saves.file.removeLeftovers()
  if (config.get('appendonly')) {
    // An append-only file that is only now begun begins with what was saved, instead of losing it.
    const path = join(config.get('dir'), config.get('dbfilename'))
    const begins = !aof.exists && config.get('dbfilename') !== ''
    const loaded = begins ? await loadRdbFile({ path, keyspace, log, clock, ...asked }) : undefined
    if (loaded) server.loaded = loaded
    await aof.start()
    server.dirty = 0
    server.conditions &= ~LOADING
    return keepEffects(server, aof)
  }
  if (aof.exists)
    log.warning('The append-only file is not loaded: with appendonly no the data is that of the RDB file.')
  if (config.get('dbfilename') === '') {
    server.conditions &= ~LOADING
    return
  }
  const path = join(config.get('dir'), config.get('dbfilename'))
  const loaded = await loadRdbFile({ path, keyspace, log, clock, ...asked })
  server.conditions &= ~LOADING
  if (loaded === undefined) return
  server.loaded = loaded
  // Of a broken file that was recovered from, something is missing in memory.
  if (!config.get('recover')) saves.file.noteCurrent()
}

/** What changed options set off beyond their own layer. */
function applyWhenChanged(server: ServerContext): void {
  const { config, log } = server
  config.onChange(['loglevel'], () => {
    log.level = config.get('loglevel')
    return undefined
  })
  config.onChange(['requirepass'], () => {
    for (const client of server.clients) refreshAuthentication(server, client)
    return undefined
  })
  const limitMemory = (): undefined => {
    if (config.get('maxmemory') > 0) server.conditions |= MEMORY_LIMITED
    else server.conditions &= ~MEMORY_LIMITED
    return undefined
  }
  config.onChange(['maxmemory'], limitMemory)
  limitMemory()
  const { accessClock, memory } = server.keyspace
  const limitArena = (): string | undefined => {
    const limit = config.get('arena-limit')
    if (limit > 0 && limit < ARENA_LIMIT_MIN) return 'argument must be 0 or at least 1mb'
    memory.limitBytes = limit || Number.POSITIVE_INFINITY
    return undefined
  }
  config.onChange(['arena-limit'], limitArena)
  limitArena()
  const countAccesses = (): undefined => {
    accessClock.countsFrequency = config.get('maxmemory-policy').endsWith('-lfu')
    accessClock.logFactor = config.get('lfu-log-factor')
    accessClock.decayMinutes = config.get('lfu-decay-time')
  }
  config.onChange(['maxmemory-policy', 'lfu-log-factor', 'lfu-decay-time'], countAccesses)
  countAccesses()
}

/** Keeps the longest pause of the garbage collector for INFO. Returns what ends it. */
function observeGarbageCollection({ stats }: ServerContext): () => void {
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      stats.gcPauses++
      if (duration > stats.gcPauseMaxMs) stats.gcPauseMaxMs = duration
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  return () => observer.disconnect()
}
