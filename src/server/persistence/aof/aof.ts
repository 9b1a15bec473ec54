/*
 * Aof: the append-only file of a server, which is several: a base that has all of
 * the data at one moment, the commands since then in one or more files after it,
 * and a manifest that says which they are. Rewriting begins another file for the
 * commands and, from that very moment, a new base (a snapshot, snapshot.ts); when
 * that is on disk the manifest names it and what it makes needless goes.
 *
 * It knows no commands and no clients: server.ts hands it units to append and
 * learns how far they are.
 */
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { getSystemErrorMessage } from 'node:util'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Config } from '../../config/config.ts'
import type { Keyspace } from '../../keyspace/keyspace.ts'
import { type Disk, type DiskFile, syncFolder } from '../disk.ts'
import { FileSink } from '../file-sink.ts'
import { LoadFailure } from '../load.ts'
import type { RdbFileWriter } from '../rdb/file-writer.ts'
import { rdbWriter } from '../rdb-writer.ts'
import { Snapshot } from '../snapshot.ts'
import { takeTurns } from '../snapshot-turns.ts'
import { loadAof, type Replay } from './load.ts'
import { type AofFile, EMPTY_MANIFEST, formatManifest, type Manifest, parseManifest } from './manifest.ts'
import { AofWriter } from './writer.ts'

/** After a rewrite that failed the next one by itself is not tried before. */
const RETRY_MS = 60_000
/** More files of commands than this are rewritten into one, whatever their size. */
const INCRS_MAX = 100

/** What comes after the name of the append-only file in those of its files. */
const NUMBERED = /^\.(?<number>\d{1,15})\.(?<kind>base|incr)\.(?:aof|rdb)$/

export interface AofOptions {
  readonly keyspace: Keyspace
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  readonly disk: Disk
  readonly replay: Replay
  /** Another file begins: its first command has to say of which database it is. */
  readonly onNewFile: () => void
  /** Told when more is written or synced, and when the disk fails or works again. */
  readonly onProgress: () => void
}

/** Paths of files that nothing is written to any more and that hold, one after the other, all of the data at one moment. */
export interface FinishedFiles {
  readonly base: string | undefined
  readonly incrs: readonly string[]
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

export class Aof {
  lastRewriteFailed = false
  /** Milliseconds that the last rewrite took, -1 if there was none. */
  lastRewriteMs = -1
  /** Rewrites since the start, and how many of the last ones failed in a row. */
  rewrites = 0
  failuresInARow = 0
  baseSize = 0
  isScheduled = false
  private readonly options: AofOptions
  private writer: AofWriter | undefined
  private manifest: Manifest = EMPTY_MANIFEST
  /** Files of commands that the manifest does not name yet, since there is no base for them. */
  private unlisted: AofFile[] | undefined
  private lastIncr = 0
  /** Bytes of the files of commands before the one that is written to. */
  private earlierSize = 0
  private running: Rewrite | undefined
  private lastTryAt = Number.NEGATIVE_INFINITY
  private updates: Promise<unknown> = Promise.resolve()
  private finished: Promise<void> = Promise.resolve()
  private temporaries = 0
  /** Told when the disk fails: who waits for a file to be ended. */
  private readonly enders = new Set<(error: Error) => void>()
  /** It is being turned on: a rewrite has to wait for that. */
  private isBeginning = false
  /** Whether commands are preceded by the time, and the last time that was told. */
  private tellsTime = false
  private toldTime = 0

  constructor(options: AofOptions) {
    this.options = options
  }

  get isOn(): boolean {
    return this.writer !== undefined
  }

  /** Whether its files hold all of the data, and more can be written to them. */
  get isComplete(): boolean {
    return this.writer !== undefined && this.unlisted === undefined && this.writer.failure === undefined
  }

  /** Resolves when the rewrite that goes on is over. */
  get whenOver(): Promise<void> {
    return this.finished
  }

  get isRewriting(): boolean {
    return this.running !== undefined
  }

  get rewritingForMs(): number {
    return this.running === undefined ? -1 : this.options.clock.monotonic() - this.running.startedAt
  }

  /** Bytes appended since the file was opened, and how many of them are written and are safe. */
  get appended(): number {
    return this.writer?.appended ?? 0
  }

  get written(): number {
    return this.writer?.written ?? 0
  }

  get synced(): number {
    return this.writer?.synced ?? 0
  }

  get currentSize(): number {
    return this.writer === undefined ? 0 : this.baseSize + this.earlierSize + this.writer.fileSize
  }

  get bufferedBytes(): number {
    return this.writer?.pendingBytes ?? 0
  }

  get isSyncing(): boolean {
    return this.writer?.isSyncing ?? false
  }

  get delayedSyncs(): number {
    return this.writer?.delayedSyncs ?? 0
  }

  /** What the system says about the disk, if it does not work. */
  get failure(): string | undefined {
    const error = this.writer?.failure as NodeJS.ErrnoException | undefined
    if (error === undefined) return undefined
    const text = error.errno === undefined ? error.message : getSystemErrorMessage(error.errno)
    return text.slice(0, 1).toUpperCase() + text.slice(1)
  }

  private get folder(): string {
    return join(this.options.config.get('dir'), this.options.config.get('appenddirname'))
  }

  private get name(): string {
    return this.options.config.get('appendfilename')
  }

  private pathOf({ name }: { readonly name: string }): string {
    return join(this.folder, name)
  }

  private get manifestPath(): string {
    return join(this.folder, `${this.name}.manifest`)
  }

  /** Takes a unit of commands. */
  append(bytes: Uint8Array, size: number): void {
    if (this.tellsTime) this.tellTime()
    this.writer?.append(bytes, size)
  }

  /** `#TS:` and the second, once for all commands of it. */
  private tellTime(): void {
    const time = Math.floor(this.options.clock.now() / 1000)
    if (time === this.toldTime) return
    this.toldTime = time
    const line = Buffer.from(`#TS:${time}\r\n`, 'latin1')
    this.writer?.append(line, line.length)
  }

  /** Whether there is something to load. */
  get exists(): boolean {
    return existsSync(this.manifestPath) || existsSync(join(this.options.config.get('dir'), this.name))
  }

  /** Loads what there is and opens it, or begins with what is in memory. Throws a LoadFailure. */
  async start(): Promise<void> {
    const { config, log, keyspace, clock, replay } = this.options
    this.readManifest()
    await this.upgrade()
    const { base, incrs } = this.manifest
    let isWhole = true
    if (base !== undefined || incrs.length > 0) {
      const files = [...(base ? [base] : []), ...incrs].map((file) => file.name)
      const { folder } = this
      const [truncates, recovers] = [config.get('aof-load-truncated'), config.get('recover')]
      const skipsModules = config.get('skip-module-values')
      isWhole = await loadAof({ folder, files, keyspace, log, clock, replay, truncates, recovers, skipsModules })
    }
    try {
      // Of a broken file no command may be written after the broken place: it begins anew, and the old ones stay.
      if (!isWhole || base === undefined) await this.writeBase(isWhole ? incrs : [])
      await this.open()
      await this.removeHistory()
      await this.removeUnlisted()
    } catch (error) {
      if (error instanceof LoadFailure) throw error
      throw new LoadFailure(`The append-only file cannot be written to: ${(error as Error).message}`, { cause: error })
    }
  }

  /** Begins with what is in memory, while the server runs: appended from now on, in force when a base is written. */
  async begin(): Promise<void> {
    if (this.isOn) return
    this.isBeginning = true
    try {
      this.cancelRewrite()
      this.isScheduled = true
      await this.finished
      this.readManifest()
      const incr = this.nextIncr()
      const file = await this.options.disk.open(this.pathOf(incr), true)
      this.unlisted = [incr]
      this.openWriter(file, 0)
    } catch (error) {
      this.isScheduled = false
      throw error
    } finally {
      this.isBeginning = false
    }
  }

  private readManifest(): void {
    let text: string
    try {
      text = readFileSync(this.manifestPath, 'latin1')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      throw new LoadFailure(`${this.manifestPath} cannot be read: ${(error as Error).message}`, { cause: error })
    }
    try {
      this.manifest = parseManifest(text)
    } catch (error) {
      throw new LoadFailure(`${this.manifestPath} is broken: ${(error as Error).message}`, { cause: error })
    }
    this.lastIncr = this.manifest.incrs.at(-1)?.seq ?? 0
  }

  /** The single file of Redis before 7 becomes the base. */
  private async upgrade(): Promise<void> {
    const { config, disk, log } = this.options
    const old = join(config.get('dir'), this.name)
    const base: AofFile = { name: this.name, seq: 1, type: 'b' }
    const isPrepared = this.manifest.base?.name === this.name && !existsSync(this.pathOf(base))
    if (!existsSync(old) || (this.manifest !== EMPTY_MANIFEST && !isPrepared)) return
    await mkdir(this.folder, { recursive: true })
    await this.update(() => ({ base, history: [], incrs: [] }), disk)
    renameSync(old, this.pathOf(base))
    log.notice(`Moved ${old} to ${this.folder}, as the base of the append-only file`)
  }

  /** Writes a base at once, before there are clients. */
  private async writeBase(incrs: readonly AofFile[]): Promise<void> {
    const { keyspace, log, config, clock, disk } = this.options
    await mkdir(this.folder, { recursive: true })
    const base = this.nextBase()
    log.notice(`Creating AOF base file ${base.name} on server start`)
    disk.writeAtOnce(this.pathOf(base), this.temporary(), (send) => {
      const writer = rdbWriter({ config, keyspace, clock, isAofBase: true, send })
      const snapshot = new Snapshot(keyspace, writer, { isAtOnce: true })
      snapshot.step(() => true)
      snapshot.end()
      if (snapshot.failure) throw snapshot.failure
      return writer.end()
    })
    // Commands that are in the base already are not to be repeated after it.
    await this.update((old) => ({ base, history: [...old.history, ...incrs.map(historic)], incrs: [] }), disk)
  }

  /** Opens the last file of commands, or a first one. */
  private async open(): Promise<void> {
    const { disk, log } = this.options
    const last = this.manifest.incrs.at(-1)
    const incr = last ?? this.nextIncr()
    if (last === undefined) log.notice(`Creating AOF incr file ${incr.name} on server start`)
    const file = await disk.open(this.pathOf(incr), last === undefined)
    if (last === undefined) await this.update((old) => ({ ...old, incrs: [incr] }), disk)
    const sizes = await Promise.all(this.manifest.incrs.slice(0, -1).map((other) => this.sizeOf(other)))
    this.earlierSize = sizes.reduce((sum, size) => sum + size, 0)
    this.baseSize = this.manifest.base ? await this.sizeOf(this.manifest.base) : 0
    this.openWriter(file, await file.size())
  }

  private async sizeOf(file: AofFile): Promise<number> {
    return (await stat(this.pathOf(file))).size
  }

  private openWriter(file: DiskFile, fileSize: number): void {
    const { config, clock, onProgress, onNewFile } = this.options
    this.writer = new AofWriter({
      file,
      fileSize,
      policy: config.get('appendfsync'),
      clock,
      onProgress: () => {
        const error = this.writer?.failure
        if (error !== undefined) for (const tell of this.enders) tell(error)
        onProgress()
      },
      onDoubt: () => {
        this.isScheduled = true
      },
    })
    this.followConfig()
    this.toldTime = 0
    onNewFile()
  }

  /** Follows `appendfsync` and `aof-timestamp-enabled`. */
  followConfig(): void {
    const { config } = this.options
    this.tellsTime = config.get('aof-timestamp-enabled')
    if (this.writer) this.writer.policy = config.get('appendfsync')
  }

  /**
   * Ends the file that commands are appended to and begins another one, at this moment, which must not be
   * within a unit. Resolves when both are on disk. `ended` is told of the files before the new one, while
   * none of them can go and before anything that comes later is on disk; if it throws, that waits until
   * another try succeeds.
   */
  private async rotate(ended: (files: FinishedFiles) => void = () => undefined): Promise<void> {
    const { disk, onNewFile } = this.options
    const incr = this.nextIncr()
    this.toldTime = 0
    onNewFile()
    await this.writer?.succeed(async (old) => {
      await old.sync()
      const size = await old.size()
      const file = await disk.open(this.pathOf(incr), true)
      try {
        if (!this.unlisted)
          await this.update((manifest) => ({ ...manifest, incrs: withFile(manifest.incrs, incr) }), disk)
        // Not before the new one is listed: after a crash, nothing is appended to a file that has been told of.
        ended(this.filesBefore(incr.seq))
      } catch (error) {
        // It is opened anew when this is tried again.
        await file.close()
        throw error
      }
      if (this.unlisted) this.unlisted = withFile(this.unlisted, incr)
      this.earlierSize += size
      await old.close().catch(() => undefined) // All of it is on disk.
      return file
    })
  }

  private filesBefore(seq: number): FinishedFiles {
    const { base, incrs } = this.manifest
    return {
      base: base && this.pathOf(base),
      incrs: incrs.filter((file) => file.seq < seq).map((file) => this.pathOf(file)),
    }
  }

  /**
   * Ends the file that commands are appended to, if there are any in it, at this moment, which must not be
   * within a unit; `ended` as in `rotate`, for files that are complete. Rejects when the disk fails first.
   */
  endFile(ended: (files: FinishedFiles) => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.enders.add(reject)
    const work = async (): Promise<void> => {
      if (this.writer?.isFileEmpty) ended(this.filesBefore(this.manifest.incrs.at(-1)?.seq ?? 0))
      else await this.rotate(ended)
    }
    work().then(resolve, reject)
    return promise.finally(() => this.enders.delete(reject))
  }

  /**
   * Goes on from other files than its own, which `take` puts under another name: they hold what is in memory
   * now. `line` tells readers of the file about it. Nothing has been appended since `endFile` last resolved.
   * Rejects with everything as it was; if the disk does not even let the manifest be put back, nothing more is
   * written until it does.
   */
  async adopt(files: FinishedFiles, take: (from: string, to: string) => void, line: string): Promise<void> {
    const { log } = this.options
    this.cancelRewrite()
    await this.finished
    if (this.writer?.failure) throw this.writer.failure
    const over = Promise.withResolvers<void>()
    let begins = true
    let failure: Error | undefined
    const giveUp = (error: Error): void => {
      begins = false
      over.reject(error)
    }
    const goOver = async (old: DiskFile): Promise<DiskFile> => {
      this.enders.delete(giveUp) // From now on it is either done or undone.
      try {
        if (begins) return await this.goOverTo(files, take, old)
      } catch (error) {
        failure = error as Error
        begins = false
      }
      // The manifest may have been replaced and not been synced: what it says must be known before it goes on.
      if (failure !== undefined) {
        await this.update((manifest) => manifest, this.options.disk).catch((error: Error) => {
          over.reject(failure)
          throw error
        })
      }
      return old
    }
    this.enders.add(giveUp)
    void this.writer?.succeed(goOver).then(() => (failure === undefined ? over.resolve() : over.reject(failure)))
    await over.promise.finally(() => this.enders.delete(giveUp))
    this.toldTime = 0
    this.options.onNewFile()
    this.writer?.append(Buffer.from(line, 'latin1'), line.length)
    await this.removeHistory().catch((error: Error) =>
      log.warning(`Files of the append-only file that are needless now could not be deleted: ${error.message}`),
    )
  }

  private async goOverTo(
    { base: from, incrs: following }: FinishedFiles,
    take: (from: string, to: string) => void,
    old: DiskFile,
  ): Promise<DiskFile> {
    const { disk } = this.options
    const base = from === undefined ? undefined : this.nextBase(extname(from))
    const taken = following.map(() => this.nextIncr())
    const incr = this.nextIncr()
    const put = async (source: string, file: AofFile): Promise<void> => {
      await disk.remove(this.pathOf(file)) // What a crash or a rewrite that failed may have left.
      take(source, this.pathOf(file))
    }
    if (from !== undefined && base !== undefined) await put(from, base)
    for (const [i, path] of following.entries()) await put(path, taken[i])
    await syncFolder(this.folder)
    const baseSize = base ? await this.sizeOf(base) : 0
    const sizes = await Promise.all(taken.map((other) => this.sizeOf(other)))
    const file = await disk.open(this.pathOf(incr), true)
    try {
      await this.update((manifest) => {
        const needless = [...(manifest.base ? [manifest.base] : []), ...manifest.incrs, ...(this.unlisted ?? [])]
        return { base, history: [...manifest.history, ...needless.map(historic)], incrs: [...taken, incr] }
      }, disk)
    } catch (error) {
      await file.close()
      throw error
    }
    this.unlisted = undefined
    this.baseSize = baseSize
    this.earlierSize = sizes.reduce((sum, size) => sum + size, 0)
    await old.close().catch(() => undefined) // Nobody needs it any more.
    return file
  }

  /** Begins a rewrite as soon as nothing else is written in the background. */
  schedule(): void {
    this.isScheduled = true
  }

  /** Begins what is due, when nothing else is written in the background. */
  startDue(): void {
    if (this.running !== undefined) return
    if (this.isScheduled) return this.rewrite()
    if (!this.isOn || this.options.clock.monotonic() - this.lastTryAt < RETRY_MS) return
    if (this.unlisted !== undefined) return this.rewrite()
    const percentage = this.options.config.get('auto-aof-rewrite-percentage')
    const { baseSize, currentSize } = this
    const growth = ((currentSize - baseSize) * 100) / Math.max(baseSize, 1)
    const isBig = percentage > 0 && currentSize >= this.options.config.get('auto-aof-rewrite-min-size')
    if (isBig && growth >= percentage) {
      this.options.log.notice(`Starting automatic rewriting of AOF on ${Math.round(growth)}% growth`)
      this.rewrite()
    } else if (this.manifest.incrs.length > INCRS_MAX) this.rewrite()
  }

  /** Begins a rewrite, of which there is none; not within a unit. */
  rewrite(): void {
    const { log, clock } = this.options
    this.isScheduled = this.isBeginning
    if (this.isBeginning) return
    this.lastTryAt = clock.monotonic()
    try {
      if (!this.isOn) this.readManifest()
    } catch (error) {
      // A file that is off was not looked at when the server started.
      return this.failed(error as Error)
    }
    this.beginRewrite(clock.monotonic(), Promise.withResolvers<void>())
    log.notice('Background append only file rewriting started')
  }

  private beginRewrite(startedAt: number, over: PromiseWithResolvers<void>): void {
    const { keyspace, config, clock, disk } = this.options
    // While the first base is being written there is a file of commands that begins with it.
    const isFirst = this.unlisted !== undefined && this.unlisted.length === 1 && this.appended === 0
    const rotated = this.isOn && !isFirst ? this.rotate() : Promise.resolve()
    const base = this.nextBase()
    const sink = new FileSink(disk, this.pathOf(base), this.temporary())
    const writer = rdbWriter({ config, keyspace, clock, isAofBase: true, send: (chunk) => sink.send(chunk) })
    const snapshot = new Snapshot(keyspace, writer)
    const firstIncr = this.isOn ? this.lastIncr : this.lastIncr + 1
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
    if (this.writer) this.writer.isSyncSuspended = config.get('no-appendfsync-on-rewrite')
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
    this.beginRewrite(startedAt, over)
  }

  private giveUp(running: Rewrite, error: Error): void {
    running.snapshot.end()
    this.running = undefined
    this.failed(error)
    void running.sink.drop().then(running.over.resolve)
  }

  private failed(error: Error): void {
    this.lastRewriteFailed = true
    this.failuresInARow++
    if (this.writer) this.writer.isSyncSuspended = false
    this.options.log.warning(`The append-only file could not be rewritten: ${error.message}`)
  }

  private async complete(running: Rewrite): Promise<void> {
    const { clock, log, disk } = this.options
    const { base, firstIncr } = running
    running.snapshot.end()
    try {
      await running.sink.finish(running.writer.end())
      if (this.isOn) await running.rotated
      if (this.running !== running) return
      running.isCompleting = true
      await this.update((old) => {
        const incrs = [...old.incrs, ...(this.unlisted ?? [])]
        const needless = [...(old.base ? [old.base] : []), ...incrs.filter((file) => file.seq < firstIncr)]
        const history = [...old.history, ...needless.map(historic)]
        return { base, history, incrs: incrs.filter((file) => file.seq >= firstIncr) }
      }, disk)
      this.unlisted = undefined
      this.baseSize = await this.sizeOf(base)
      const sizes = await Promise.all(this.manifest.incrs.slice(0, -1).map((file) => this.sizeOf(file)))
      this.earlierSize = sizes.reduce((sum, size) => sum + size, 0)
      await this.removeHistory()
      this.lastRewriteMs = clock.monotonic() - running.startedAt
      this.lastRewriteFailed = false
      this.failuresInARow = 0
      this.rewrites++
      log.notice('Background AOF rewrite finished successfully')
    } catch (error) {
      if (this.running === running) this.failed(error as Error)
    } finally {
      if (this.running === running) this.running = undefined
      if (this.writer) this.writer.isSyncSuspended = false
      running.over.resolve()
    }
  }

  /** Gives a rewrite up, if there is one. */
  cancelRewrite(): void {
    const { running } = this
    this.isScheduled = false
    if (running === undefined || running.isCompleting) return
    this.running = undefined
    if (this.writer) this.writer.isSyncSuspended = false
    running.snapshot.end()
    void running.sink.drop().then(running.over.resolve)
  }

  /** Puts everything on disk. Why that cannot be, if so. */
  async flush(): Promise<string | undefined> {
    await this.writer?.flush()
    return this.failure
  }

  /** Ends: what was not flushed is lost. */
  async close(): Promise<void> {
    const { writer } = this
    this.cancelRewrite()
    await this.finished
    this.writer = undefined
    this.unlisted = undefined
    await writer?.close()
  }

  /** Deletes what the manifest says is not needed any more, and what an interrupted rewrite left. */
  private async removeHistory(): Promise<void> {
    const { disk } = this.options
    const { history } = this.manifest
    for (const file of history) await disk.remove(this.pathOf(file))
    if (history.length > 0) await this.update((old) => ({ ...old, history: [] }), disk)
    if (this.running !== undefined) return
    for (const name of readdirSync(this.folder)) {
      if (/^temp-(rewriteaof-|.*\.manifest$)/.test(name)) await disk.remove(join(this.folder, name))
    }
  }

  /**
   * Deletes what a crash has left of what was about to be listed, under numbers that were about to be given: links
   * that a rewind has made of files that others have, and files that nothing was written to.
   */
  private async removeUnlisted(): Promise<void> {
    const { base } = this.manifest
    for (const file of readdirSync(this.folder)) {
      const { number, kind } =
        (file.startsWith(`${this.name}.`) && NUMBERED.exec(file.slice(this.name.length))?.groups) || {}
      if (number === undefined || Number(number) <= (kind === 'base' ? (base?.seq ?? 0) : this.lastIncr)) continue
      const { nlink, size } = await stat(join(this.folder, file))
      if (nlink > 1 || size === 0) await this.options.disk.remove(join(this.folder, file))
    }
  }

  /** Changes the manifest, on disk and then in memory, after the changes before it. */
  private update(change: (old: Manifest) => Manifest, disk: Disk): Promise<void> {
    const updated = this.updates.then(async () => {
      const next = change(this.manifest)
      await disk.replace(this.manifestPath, formatManifest(next))
      this.manifest = next
    })
    this.updates = updated.catch(() => undefined) // Whoever asked for it is told.
    return updated
  }

  private nextIncr(): AofFile {
    const seq = ++this.lastIncr
    return { name: `${this.name}.${seq}.incr.aof`, seq, type: 'i' }
  }

  private nextBase(extension = '.rdb'): AofFile {
    const seq = (this.manifest.base?.seq ?? 0) + 1
    return { name: `${this.name}.${seq}.base${extension}`, seq, type: 'b' }
  }

  private temporary(): string {
    return join(this.folder, `temp-rewriteaof-${process.pid}-${++this.temporaries}.aof`)
  }
}

/** The files with one at their end, which another try may have put there. */
const withFile = (files: readonly AofFile[], last: AofFile): AofFile[] => [
  ...files.filter(({ seq }) => seq !== last.seq),
  last,
]
const historic = ({ name, seq }: AofFile): AofFile => ({ name, seq, type: 'h' })
