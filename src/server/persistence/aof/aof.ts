/*
 * Aof: the append-only file of a server, which is several: a base that has all of
 * the data at one moment, the commands since then in one or more files after it,
 * and a manifest that says which they are (folder.ts). How that is made shorter is
 * in rewriter.ts.
 *
 * It knows no commands and no clients: server.ts hands it units to append and
 * learns how far they are.
 */
import { mkdir } from 'node:fs/promises'
import { extname } from 'node:path'
import { getSystemErrorMessage } from 'node:util'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Config } from '../../config/config.ts'
import type { Keyspace } from '../../keyspace/keyspace.ts'
import { type Disk, type DiskFile, syncFolder } from '../disk.ts'
import { LoadFailure } from '../load.ts'
import { rdbWriter } from '../rdb-writer.ts'
import { Snapshot } from '../snapshot.ts'
import { AofFolder, type FinishedFiles, historic, withFile } from './folder.ts'
import { loadAof, type Replay } from './load.ts'
import type { AofFile } from './manifest.ts'
import { AofRewriter, type Rewritten } from './rewriter.ts'
import { AofWriter } from './writer.ts'

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

export class Aof implements Rewritten {
  readonly rewriter: AofRewriter
  isBeginning = false
  private readonly options: AofOptions
  private readonly folder: AofFolder
  private writer: AofWriter | undefined
  /** Told when the disk fails: who waits for a file to be ended. */
  private readonly enders = new Set<(error: Error) => void>()
  /** Whether commands are preceded by the time, and the last time that was told. */
  private tellsTime = false
  private toldTime = 0

  constructor(options: AofOptions) {
    this.options = options
    const { keyspace, config, log, clock, disk } = options
    this.folder = new AofFolder({ config, log, disk })
    this.rewriter = new AofRewriter({ keyspace, config, log, clock, disk, folder: this.folder, file: this })
  }

  get isOn(): boolean {
    return this.writer !== undefined
  }

  /** Whether its files hold all of the data, and more can be written to them. */
  get isComplete(): boolean {
    return this.writer !== undefined && this.folder.unlisted === undefined && this.writer.failure === undefined
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
    const { baseSize, earlierSize } = this.folder
    return this.writer === undefined ? 0 : baseSize + earlierSize + this.writer.fileSize
  }

  get baseSize(): number {
    return this.folder.baseSize
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
    return this.folder.exists
  }

  /** Loads what there is and opens it, or begins with what is in memory. Throws a LoadFailure. */
  async start(): Promise<void> {
    const { config, log, keyspace, clock, replay } = this.options
    const { folder } = this
    folder.readManifest()
    await folder.upgrade()
    const { base, incrs } = folder.manifest
    let isWhole = true
    if (base !== undefined || incrs.length > 0) {
      const files = [...(base ? [base] : []), ...incrs].map((file) => file.name)
      const [truncates, recovers] = [config.get('aof-load-truncated'), config.get('recover')]
      const skipsModules = config.get('skip-module-values')
      isWhole = await loadAof({
        folder: folder.path,
        files,
        keyspace,
        log,
        clock,
        replay,
        truncates,
        recovers,
        skipsModules,
      })
    }
    try {
      // Of a broken file no command may be written after the broken place: it begins anew, and the old ones stay.
      if (!isWhole || base === undefined) await this.writeBase(isWhole ? incrs : [])
      await this.open()
      await folder.removeHistory()
      await folder.removeTemporary()
      await folder.removeUnlisted()
    } catch (error) {
      if (error instanceof LoadFailure) throw error
      throw new LoadFailure(`The append-only file cannot be written to: ${(error as Error).message}`, { cause: error })
    }
  }

  /** Begins with what is in memory, while the server runs: appended from now on, in force when a base is written. */
  async begin(): Promise<void> {
    if (this.isOn) return
    const { folder, rewriter } = this
    this.isBeginning = true
    try {
      rewriter.cancel()
      rewriter.schedule()
      await rewriter.whenOver
      folder.readManifest()
      const incr = folder.nextIncr()
      const file = await this.options.disk.open(folder.pathOf(incr), true)
      folder.unlisted = [incr]
      this.openWriter(file, 0)
    } catch (error) {
      rewriter.isScheduled = false
      throw error
    } finally {
      this.isBeginning = false
    }
  }

  /** Writes a base at once, before there are clients. */
  private async writeBase(incrs: readonly AofFile[]): Promise<void> {
    const { keyspace, log, config, clock, disk } = this.options
    const { folder } = this
    await mkdir(folder.path, { recursive: true })
    const base = folder.nextBase()
    log.notice(`Creating AOF base file ${base.name} on server start`)
    disk.writeAtOnce(folder.pathOf(base), folder.temporary(), (send) => {
      const writer = rdbWriter({ config, keyspace, clock, isAofBase: true, send })
      const snapshot = new Snapshot(keyspace, writer, { isAtOnce: true })
      snapshot.step(() => true)
      snapshot.end()
      if (snapshot.failure) throw snapshot.failure
      return writer.end()
    })
    // Commands that are in the base already are not to be repeated after it.
    await folder.update((old) => ({ base, history: [...old.history, ...incrs.map(historic)], incrs: [] }))
  }

  /** Opens the last file of commands, or a first one. */
  private async open(): Promise<void> {
    const { disk, log } = this.options
    const { folder } = this
    const last = folder.manifest.incrs.at(-1)
    const incr = last ?? folder.nextIncr()
    if (last === undefined) log.notice(`Creating AOF incr file ${incr.name} on server start`)
    const file = await disk.open(folder.pathOf(incr), last === undefined)
    if (last === undefined) await folder.update((old) => ({ ...old, incrs: [incr] }))
    await folder.measure()
    this.openWriter(file, await file.size())
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
      onDoubt: () => this.rewriter.schedule(),
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

  suspendSync(isSuspended: boolean): void {
    if (this.writer) this.writer.isSyncSuspended = isSuspended
  }

  /**
   * Ends the file that commands are appended to and begins another one, at this moment, which must not be
   * within a unit. Resolves when both are on disk. `ended` is told of the files before the new one, while
   * none of them can go and before anything that comes later is on disk; if it throws, that waits until
   * another try succeeds.
   */
  async rotate(ended: (files: FinishedFiles) => void = () => undefined): Promise<void> {
    const { disk, onNewFile } = this.options
    const { folder } = this
    const incr = folder.nextIncr()
    this.toldTime = 0
    onNewFile()
    await this.writer?.succeed(async (old) => {
      await old.sync()
      const size = await old.size()
      const file = await disk.open(folder.pathOf(incr), true)
      try {
        if (!folder.unlisted)
          await folder.update((manifest) => ({ ...manifest, incrs: withFile(manifest.incrs, incr) }))
        // Not before the new one is listed: after a crash, nothing is appended to a file that has been told of.
        ended(folder.filesBefore(incr.seq))
      } catch (error) {
        // It is opened anew when this is tried again.
        await file.close()
        throw error
      }
      if (folder.unlisted) folder.unlisted = withFile(folder.unlisted, incr)
      folder.earlierSize += size
      await old.close().catch(() => undefined) // All of it is on disk.
      return file
    })
  }

  /**
   * Ends the file that commands are appended to, if there are any in it, at this moment, which must not be
   * within a unit; `ended` as in `rotate`, for files that are complete. Rejects when the disk fails first.
   */
  endFile(ended: (files: FinishedFiles) => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.enders.add(reject)
    const { folder } = this
    const work = async (): Promise<void> => {
      if (this.writer?.isFileEmpty) ended(folder.filesBefore(folder.manifest.incrs.at(-1)?.seq ?? 0))
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
    const { folder, rewriter } = this
    rewriter.cancel()
    await rewriter.whenOver
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
        await folder
          .update((manifest) => manifest)
          .catch((error: Error) => {
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
    await this.removeNeedless()
  }

  private async removeNeedless(): Promise<void> {
    try {
      await this.folder.removeHistory()
      if (!this.rewriter.isRunning) await this.folder.removeTemporary()
    } catch (error) {
      const { message } = error as Error
      this.options.log.warning(`Files of the append-only file that are needless now could not be deleted: ${message}`)
    }
  }

  private async goOverTo(
    { base: from, incrs: following }: FinishedFiles,
    take: (from: string, to: string) => void,
    old: DiskFile,
  ): Promise<DiskFile> {
    const { disk } = this.options
    const { folder } = this
    const base = from === undefined ? undefined : folder.nextBase(extname(from))
    const taken = following.map(() => folder.nextIncr())
    const incr = folder.nextIncr()
    const put = async (source: string, file: AofFile): Promise<void> => {
      await disk.remove(folder.pathOf(file)) // What a crash or a rewrite that failed may have left.
      take(source, folder.pathOf(file))
    }
    if (from !== undefined && base !== undefined) await put(from, base)
    for (const [i, path] of following.entries()) await put(path, taken[i])
    await syncFolder(folder.path)
    const baseSize = base ? await folder.sizeOf(base) : 0
    const earlierSize = await folder.sizeOfAll(taken)
    const file = await disk.open(folder.pathOf(incr), true)
    try {
      await folder.update((manifest) => {
        const needless = [...(manifest.base ? [manifest.base] : []), ...manifest.incrs, ...(folder.unlisted ?? [])]
        return { base, history: [...manifest.history, ...needless.map(historic)], incrs: [...taken, incr] }
      })
    } catch (error) {
      await file.close()
      throw error
    }
    folder.unlisted = undefined
    folder.baseSize = baseSize
    folder.earlierSize = earlierSize
    await old.close().catch(() => undefined) // Nobody needs it any more.
    return file
  }

  /** Puts everything on disk. Why that cannot be, if so. */
  async flush(): Promise<string | undefined> {
    await this.writer?.flush()
    return this.failure
  }

  /** Ends: what was not flushed is lost. */
  async close(): Promise<void> {
    const { writer } = this
    this.rewriter.cancel()
    await this.rewriter.whenOver
    this.writer = undefined
    this.folder.unlisted = undefined
    await writer?.close()
  }
}
