/*
 * AofRewriter: replaces an append-only file by one without what later commands have
 * made needless, in the background. From one moment on commands go to another file,
 * and a new base is written, which is a snapshot (snapshot.ts) of that moment; when
 * it is on disk the manifest names it, and what it makes needless goes.
 */
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Config } from '../../config/config.ts'
import type { Keyspace } from '../../keyspace/keyspace.ts'
import type { Disk } from '../disk.ts'
import { FileSink } from '../file-sink.ts'
import type { RdbFileWriter } from '../rdb/file-writer.ts'
import { rdbWriter } from '../rdb-writer.ts'
import { Snapshot } from '../snapshot.ts'
import { takeTurns } from '../snapshot-turns.ts'
import { type AofFolder, historic } from './folder.ts'
import type { AofFile } from './manifest.ts'

/** After a rewrite that failed the next one by itself is not tried before. */
const RETRY_MS = 60_000
/** More files of commands than this are rewritten into one, whatever their size. */
const INCRS_MAX = 100

/** The append-only file that is rewritten. */
export interface Rewritten {
  readonly isOn: boolean
  /** It is being turned on: a rewrite has to wait for that. */
  readonly isBeginning: boolean
  /** Bytes appended since it was turned on. */
  readonly appended: number
  readonly currentSize: number
  /** Has commands go to another file from now on; resolves when both are on disk. */
  rotate(): Promise<void>
  /** Whether the rewrite has the disk for itself (no-appendfsync-on-rewrite). */
  suspendSync(isSuspended: boolean): void
}

export interface AofRewriterOptions {
  readonly keyspace: Keyspace
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  readonly disk: Disk
  readonly folder: AofFolder
  readonly file: Rewritten
}

/** A new base that is being written. */
interface Rewrite {
  readonly base: AofFile
  readonly sink: FileSink
  readonly writer: RdbFileWriter
  readonly snapshot: Snapshot
  readonly startedAt: number
  /** The first file of commands that is not in the base. */
  readonly firstIncr: number
  readonly rotated: Promise<unknown>
  readonly over: PromiseWithResolvers<void>
  /** The manifest is being changed: it cannot be given up any more. */
  isCompleting: boolean
}

export class AofRewriter {
  hasFailed = false
  /** Milliseconds that the last rewrite took, -1 if there was none. */
  lastMs = -1
  /** Rewrites since the start, and how many of the last ones failed in a row. */
  count = 0
  failuresInARow = 0
  isScheduled = false
  private readonly options: AofRewriterOptions
  private running: Rewrite | undefined
  private lastTryAt = Number.NEGATIVE_INFINITY
  private finished: Promise<void> = Promise.resolve()

  constructor(options: AofRewriterOptions) {
    this.options = options
  }

  /** Resolves when the rewrite that goes on is over. */
  get whenOver(): Promise<void> {
    return this.finished
  }

  get isRunning(): boolean {
    return this.running !== undefined
  }

  get progress(): Snapshot | undefined {
    return this.running?.snapshot
  }

  get runningForMs(): number {
    return this.running === undefined ? -1 : this.options.clock.monotonic() - this.running.startedAt
  }

  /** Begins a rewrite as soon as nothing else is written in the background. */
  schedule(): void {
    this.isScheduled = true
  }

  /** Begins what is due, when nothing else is written in the background. */
  startDue(): void {
    const { file, folder, clock, config, log } = this.options
    if (this.running !== undefined) return
    if (this.isScheduled) return this.start()
    if (!file.isOn || clock.monotonic() - this.lastTryAt < RETRY_MS) return
    if (folder.unlisted !== undefined) return this.start()
    const percentage = config.get('auto-aof-rewrite-percentage')
    const { baseSize } = folder
    const { currentSize } = file
    const growth = ((currentSize - baseSize) * 100) / Math.max(baseSize, 1)
    const isBig = percentage > 0 && currentSize >= config.get('auto-aof-rewrite-min-size')
    if (isBig && growth >= percentage) {
      log.notice(`Starting automatic rewriting of AOF on ${Math.round(growth)}% growth`)
      this.start()
    } else if (folder.manifest.incrs.length > INCRS_MAX) this.start()
  }

  /** Begins a rewrite, of which there is none; not within a unit. */
  start(): void {
    const { log, clock, file, folder } = this.options
    this.isScheduled = file.isBeginning
    if (file.isBeginning) return
    this.lastTryAt = clock.monotonic()
    try {
      if (!file.isOn) folder.readManifest()
    } catch (error) {
      // A file that is off was not looked at when the server started.
      return this.failed(error as Error)
    }
    this.begin(clock.monotonic(), Promise.withResolvers<void>())
    log.notice('Background append only file rewriting started')
  }

  private begin(startedAt: number, over: PromiseWithResolvers<void>): void {
    const { keyspace, config, clock, disk, folder, file } = this.options
    // While the first base is being written there is a file of commands that begins with it.
    const isFirst = folder.unlisted !== undefined && folder.unlisted.length === 1 && file.appended === 0
    const rotated = file.isOn && !isFirst ? file.rotate() : Promise.resolve()
    const base = folder.nextBase()
    const sink = new FileSink(disk, folder.pathOf(base), folder.temporary())
    const writer = rdbWriter({ config, keyspace, clock, isAofBase: true, send: (chunk) => sink.send(chunk) })
    const snapshot = new Snapshot(keyspace, writer)
    const firstIncr = file.isOn ? folder.lastIncr : folder.lastIncr + 1
    const running: Rewrite = {
      base,
      sink,
      writer,
      snapshot,
      startedAt,
      firstIncr,
      rotated,
      over,
      isCompleting: false,
    }
    this.running = running
    this.finished = over.promise
    file.suspendSync(config.get('no-appendfsync-on-rewrite'))
    takeTurns({
      snapshot,
      sink,
      clock,
      isGivenUp: () => this.running !== running,
      onFailure: (error) => this.giveUp(running, error),
      onVoid: () => this.startAgain(running),
      onWritten: () => void this.complete(running),
    })
  }

  /** A flush has taken the keys that were to be written: the base is what there is now. */
  private startAgain({ sink, startedAt, over }: Rewrite): void {
    void sink.drop()
    this.begin(startedAt, over)
  }

  private giveUp(running: Rewrite, error: Error): void {
    running.snapshot.end()
    this.running = undefined
    this.failed(error)
    void running.sink.drop().then(running.over.resolve)
  }

  private failed(error: Error): void {
    this.hasFailed = true
    this.failuresInARow++
    this.options.file.suspendSync(false)
    this.options.log.warning(`The append-only file could not be rewritten: ${error.message}`)
  }

  private async complete(running: Rewrite): Promise<void> {
    const { clock, log, folder, file } = this.options
    running.snapshot.end()
    try {
      await running.sink.finish(running.writer.end())
      if (file.isOn) await running.rotated
      if (this.running !== running) return
      running.isCompleting = true
      await this.list(running)
      await folder.measure()
      await folder.removeHistory()
      this.lastMs = clock.monotonic() - running.startedAt
      this.hasFailed = false
      this.failuresInARow = 0
      this.count++
      log.notice('Background AOF rewrite finished successfully')
    } catch (error) {
      if (this.running === running) this.failed(error as Error)
    } finally {
      // After one that was cancelled another may have begun, which has the disk for itself.
      if (this.running === running) {
        this.running = undefined
        file.suspendSync(false)
      }
      running.over.resolve()
    }
  }

  /** Has the manifest name the new base and what comes after it, and nothing that is in it. */
  private async list({ base, firstIncr }: Rewrite): Promise<void> {
    const { folder } = this.options
    await folder.update((old) => {
      const incrs = [...old.incrs, ...(folder.unlisted ?? [])]
      const needless = [...(old.base ? [old.base] : []), ...incrs.filter((file) => file.seq < firstIncr)]
      const history = [...old.history, ...needless.map(historic)]
      return { base, history, incrs: incrs.filter((file) => file.seq >= firstIncr) }
    })
    folder.unlisted = undefined
  }

  /** Gives a rewrite up, if there is one. */
  cancel(): void {
    const { running } = this
    this.isScheduled = false
    if (running === undefined || running.isCompleting) return
    this.running = undefined
    this.options.file.suspendSync(false)
    running.snapshot.end()
    void running.sink.drop().then(running.over.resolve)
  }
}
