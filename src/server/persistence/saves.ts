/*
 * Saves: when the data is saved to the RDB file, and what is known of the last
 * time. SAVE holds everything up until it is done; a save in the background is a
 * snapshot (snapshot.ts) that goes on a little at every turn of the event loop.
 */
import { existsSync } from 'node:fs'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Config } from '../config/config.ts'
import type { Keyspace } from '../keyspace/keyspace.ts'
import type { Disk } from './disk.ts'
import { FileSink } from './file-sink.ts'
import { LoadFailure, loadRdbFileAtOnce } from './load.ts'
import type { RdbFileWriter } from './rdb/file-writer.ts'
import { rdbWriter } from './rdb-writer.ts'
import { SavedFile } from './saved-file.ts'
import { Snapshot } from './snapshot.ts'
import { takeTurns } from './snapshot-turns.ts'

/** After a save that failed, the next one by itself is not tried before. */
const RETRY_MS = 5_000

export interface SavesOptions {
  readonly keyspace: Keyspace
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  readonly disk: Disk
  /** Counts changes since the last save; saving takes off what it has saved. */
  readonly changes: { dirty: number }
  /** Told after every save whether it failed. */
  readonly outcome: (hasFailed: boolean) => void
}

interface Running {
  readonly sink: FileSink
  readonly writer: RdbFileWriter
  readonly snapshot: Snapshot
  readonly startedAt: number
  readonly changesAtStart: number
  readonly keys: number
  readonly over: PromiseWithResolvers<void>
  /** It goes to a file of somebody else, who waits for this. */
  readonly copy: PromiseWithResolvers<void> | undefined
}

/** Where a save goes that is not to the file of the server. */
interface CopyTarget {
  readonly path: string
  readonly done: PromiseWithResolvers<void>
}

/** A save in the background was ended before it was done. */
export class SaveCancelled extends Error {
  override readonly name = 'SaveCancelled'
}

export class Saves {
  /** Unix time in milliseconds of the last save, or of the start. */
  lastSaveAt: number
  hasFailed = false
  /** Milliseconds that the last save in the background took, -1 if there was none. */
  lastDurationMs = -1
  /** Saves since the start. */
  count = 0
  private isScheduled = false
  /** Why nothing is saved any more, if so: what is in memory is not what is to be on disk. */
  refusal: string | undefined
  readonly file: SavedFile
  private readonly options: SavesOptions
  private running: Running | undefined
  private lastTryAt = 0
  private finished: Promise<void> = Promise.resolve()

  constructor(options: SavesOptions) {
    this.options = options
    this.file = new SavedFile(options)
    this.lastSaveAt = options.clock.now()
  }

  get isRunning(): boolean {
    return this.running !== undefined
  }

  get progress(): Snapshot | undefined {
    return this.running?.snapshot
  }

  /** Milliseconds since the save in the background began, -1 if there is none. */
  get runningForMs(): number {
    return this.running === undefined ? -1 : this.options.clock.monotonic() - this.running.startedAt
  }

  /** Resolves when the save in the background is over, and all of it on disk. */
  get whenOver(): Promise<void> {
    return this.finished
  }

  /** Saves now. Why it failed, or undefined. */
  save(): string | undefined {
    const { log } = this.options
    if (this.refusal !== undefined) return this.refusal
    try {
      this.copyAtOnce(this.file.path, this.file.temporary())
    } catch (error) {
      this.failed(error as Error)
      return (error as Error).message
    }
    this.succeeded()
    this.file.noteCurrent()
    log.notice('DB saved on disk')
    return undefined
  }

  /** Replaces all data by what is in the file, having saved it there first if `saves`. Why it failed, or undefined. */
  reload(saves: boolean): string | undefined {
    const { keyspace, clock, log } = this.options
    const failure = saves ? this.save() : undefined
    if (failure !== undefined) return failure
    const { path } = this.file
    if (!existsSync(path)) return `there is no ${path}`
    keyspace.flushAll()
    try {
      loadRdbFileAtOnce({ path, keyspace, clock, log, recovers: false })
    } catch (error) {
      if (!(error instanceof LoadFailure)) throw error
      log.warning(error.message)
      return error.message
    }
    this.file.noteCurrent()
    return undefined
  }

  /** Writes everything to a file at once, whether or not something is written in the background. Throws. */
  copyAtOnce(path: string, temporary = `${path}.part`): void {
    const { keyspace, disk } = this.options
    const { snapshot: other } = keyspace
    try {
      disk.writeAtOnce(path, temporary, (send) => {
        const writer = this.writerTo(send)
        const snapshot = new Snapshot(keyspace, writer, { isAtOnce: true })
        snapshot.step(() => true)
        snapshot.end()
        if (snapshot.failure) throw snapshot.failure
        return writer.end()
      })
    } finally {
      keyspace.snapshot = other
    }
  }

  /** Writes everything as it is now to a file of somebody else, in the background, of which there is no other. */
  copy(path: string): Promise<void> {
    const done = Promise.withResolvers<void>()
    this.begin({ path, done })
    return done.promise
  }

  /** Begins a save in the background as soon as the running command is over. */
  schedule(): void {
    this.isScheduled = true
  }

  /** Begins a save in the background, of which there is none. */
  start(): void {
    const { log, clock } = this.options
    this.isScheduled = false
    this.lastTryAt = clock.monotonic()
    this.begin(undefined)
    log.notice('Background saving started')
  }

  private begin(target: CopyTarget | undefined): void {
    const { keyspace, clock, changes, disk } = this.options
    const sink = target
      ? new FileSink(disk, target.path, `${target.path}.part`)
      : new FileSink(disk, this.file.path, this.file.temporary())
    const writer = this.writerTo((chunk) => sink.send(chunk))
    const snapshot = new Snapshot(keyspace, writer, { outlivesFlush: target !== undefined })
    const running: Running = {
      sink,
      writer,
      snapshot,
      startedAt: clock.monotonic(),
      changesAtStart: changes.dirty,
      keys: keyspace.size,
      over: Promise.withResolvers<void>(),
      copy: target?.done,
    }
    this.running = running
    this.finished = running.over.promise
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

  /**
   * Ends the save in the background, or forgets the one that waits: which it was, undefined if there is neither.
   * What goes to a file of somebody else is theirs, and ends only when everything does.
   */
  cancel(copiesToo = false): 'running' | 'scheduled' | undefined {
    const { running, isScheduled } = this
    this.isScheduled = false
    if (running === undefined || (running.copy && !copiesToo)) return isScheduled ? 'scheduled' : undefined
    this.running = undefined
    running.snapshot.end()
    this.drop(running)
    running.copy?.reject(new SaveCancelled('it was cancelled'))
    this.options.log.notice('Background saving cancelled')
    return 'running'
  }

  /** Begins what is due: a save that waits, or one that a save point asks for. */
  startDue(): void {
    const { config, clock, changes } = this.options
    if (this.running !== undefined) return
    if (this.isScheduled) return this.start()
    if (this.hasFailed && clock.monotonic() - this.lastTryAt < RETRY_MS) return
    const seconds = (clock.now() - this.lastSaveAt) / 1000
    const due = config.get('save').find((point) => changes.dirty >= point.changes && seconds > point.seconds)
    if (due === undefined) return
    this.options.log.notice(`${due.changes} changes in ${due.seconds} seconds. Saving...`)
    this.start()
  }

  private writerTo(send: (chunk: Uint8Array) => void): RdbFileWriter {
    const { config, keyspace, clock } = this.options
    return rdbWriter({ config, keyspace, clock, isAofBase: false, send })
  }

  /** A flush has taken the keys that were to be saved: what is saved is what came after it. */
  private startAgain(running: Running): void {
    this.drop(running)
    this.start()
  }

  private drop({ sink, over }: Running): void {
    void sink.drop().then(over.resolve)
  }

  private giveUp(running: Running, error: Error): void {
    this.running = undefined
    running.snapshot.end()
    this.drop(running)
    this.failedTo(running, error)
  }

  private failedTo({ copy }: Running, error: Error): void {
    if (copy) copy.reject(error)
    else this.failed(error)
  }

  private async complete(running: Running): Promise<void> {
    const { clock, log, changes } = this.options
    running.snapshot.end()
    try {
      await running.sink.finish(running.writer.end())
      if (this.running !== running) return
      if (running.copy) return running.copy.resolve()
      this.lastDurationMs = clock.monotonic() - running.startedAt
      changes.dirty = Math.max(0, changes.dirty - running.changesAtStart)
      this.file.noteSaved(running.keys)
      this.succeeded()
      log.notice('Background saving terminated with success')
    } catch (error) {
      if (this.running === running) this.failedTo(running, error as Error)
    } finally {
      if (this.running === running) this.running = undefined
      running.over.resolve()
    }
  }

  private succeeded(): void {
    this.lastSaveAt = this.options.clock.now()
    this.hasFailed = false
    this.count++
    this.options.outcome(false)
  }

  private failed(error: Error): void {
    this.hasFailed = true
    this.lastTryAt = this.options.clock.monotonic()
    this.options.outcome(true)
    this.options.log.warning(`The data could not be saved to ${this.file.path}: ${error.message}`)
  }
}
