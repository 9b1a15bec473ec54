/*
 * AofWriter: puts units of commands at the end of a file, off the engine's
 * thread: the engine only copies them into a buffer. One write is on its way at
 * a time, and takes all that has come since the one before; with the policy
 * `always` a sync follows it, so that one sync is for all who wait (group commit).
 *
 * Three counts of bytes since the writer began tell how far it is:
 * `appended` >= `written` >= `synced`.
 *
 * What cannot be written is kept and tried again every second, after the file has
 * been cut back to its last whole unit. A job goes in line with the bytes: going
 * over to another file is one.
 */
import type { Clock } from '../../base/clock.ts'
import type { DiskFile } from '../disk.ts'

export type SyncPolicy = 'always' | 'everysec' | 'no'

const INITIAL_BYTES = 64 * 1024
/** A buffer that grew beyond this is given back once it is written. */
const KEPT_BYTES = 4 * 1024 * 1024
const SECOND_MS = 1000

/** Ends the file it is handed and returns the one that comes after it, or the same one. Tried again when it rejects. */
export type Succession = (file: DiskFile) => Promise<DiskFile>

interface Part {
  readonly buf: Uint8Array
  size: number
  readonly next: Succession | undefined
  readonly done: (() => void) | undefined
}

export interface AofWriterOptions {
  readonly file: DiskFile
  /** Bytes that the file has. */
  readonly fileSize: number
  readonly policy: SyncPolicy
  readonly clock: Clock
  /** Told when a count or `failure` has changed. */
  readonly onProgress: () => void
  /** What was thought to be on its way to the disk may be lost, although the disk now works again. */
  readonly onDoubt: () => void
}

export class AofWriter {
  appended = 0
  written = 0
  /** The first error of a disk that does not work, until it works again. */
  failure: Error | undefined
  policy: SyncPolicy
  /** Bytes of the file now written to. */
  fileSize: number
  /** How often a sync was due while the one before had not ended. */
  delayedSyncs = 0
  isSyncing = false
  /** With `everysec`: no sync while something else keeps the disk busy (no-appendfsync-on-rewrite). */
  isSyncSuspended = false
  private syncedBytes = 0
  private file: DiskFile
  private buf: Uint8Array = new Uint8Array(INITIAL_BYTES)
  private at = 0
  private spare: Uint8Array | undefined
  private readonly parts: Part[] = []
  private readonly options: AofWriterOptions
  private isWriting = false
  private isPlanned = false
  private isTorn = false
  private isClosed = false
  private lastSync: Promise<void> = Promise.resolve()
  private readonly timer: NodeJS.Timeout
  private idle: (() => void)[] = []
  private retry: (() => void) | undefined

  constructor(options: AofWriterOptions) {
    this.options = options
    this.file = options.file
    this.fileSize = options.fileSize
    this.policy = options.policy
    this.timer = setInterval(this.everySecond, SECOND_MS)
    this.timer.unref()
  }

  /** Bytes that survive the end of the machine; with the policy `no`, as far as anybody has asked for that. */
  get synced(): number {
    return this.policy === 'no' ? this.written : this.syncedBytes
  }

  get pendingBytes(): number {
    return this.appended - this.written
  }

  /** Whether the file that is written to has nothing in it, and nothing waits to be written or done. */
  get isFileEmpty(): boolean {
    return this.fileSize === 0 && this.at === 0 && this.parts.length === 0
  }

  /** Takes a unit. */
  append(bytes: Uint8Array, size: number): void {
    if (this.at + size > this.buf.length) {
      const grown = new Uint8Array(Math.max(this.buf.length * 2, this.at + size))
      grown.set(this.buf.subarray(0, this.at))
      this.buf = grown
    }
    this.buf.set(size === bytes.length ? bytes : bytes.subarray(0, size), this.at)
    this.at += size
    this.appended += size
    if (!this.isWriting && !this.isPlanned) this.plan()
  }

  /** What was appended so far goes to this file, what comes to the next one. Resolves when that has begun. */
  succeed(next: Succession): Promise<void> {
    return new Promise((done) => {
      this.seal(next, done)
      if (!this.isWriting && !this.isPlanned) this.plan()
    })
  }

  /** Resolves when all that was appended is synced, or with why that is not so. */
  async flush(): Promise<Error | undefined> {
    this.retry?.()
    if (this.isWriting || this.isPlanned) await new Promise<void>((done) => this.idle.push(done))
    if (this.failure === undefined) await this.sync()
    return this.failure
  }

  /** Ends without writing what was not written. */
  async close(): Promise<void> {
    clearInterval(this.timer)
    this.isClosed = true
    this.retry?.()
    await this.lastSync
    await this.file.close().catch(() => undefined) // There is nothing left to lose.
  }

  /** With the replies of this turn of the event loop, so that one write is for all of them. */
  private plan(): void {
    this.isPlanned = true
    setImmediate(() => {
      this.isPlanned = false
      void this.run()
    })
  }

  private seal(next?: Succession, done?: () => void): void {
    this.parts.push({ buf: this.buf, size: this.at, next, done })
    this.buf = this.spare ?? new Uint8Array(INITIAL_BYTES)
    this.spare = undefined
    this.at = 0
  }

  private async run(): Promise<void> {
    this.isWriting = true
    for (;;) {
      if (this.parts.length === 0 && this.at > 0) this.seal()
      const part = this.parts[0]
      if (part === undefined) break
      try {
        await this.write(part)
        this.parts.shift()
        if (part.buf.length <= KEPT_BYTES) this.spare = part.buf
        part.done?.()
        this.recovered()
      } catch (error) {
        this.failed(error as Error)
        this.notifyIdle()
        if (!this.isClosed) await this.pause()
        if (this.isClosed) return
      }
    }
    this.isWriting = false
    this.notifyIdle()
  }

  private async write(part: Part): Promise<void> {
    if (this.isTorn) {
      await this.file.truncate(this.fileSize)
      this.isTorn = false
    }
    if (part.size > 0) {
      this.isTorn = true
      await this.file.write(part.buf.subarray(0, part.size))
      const isSynced = this.policy === 'always'
      if (isSynced) await this.file.sync()
      this.isTorn = false
      this.fileSize += part.size
      this.written += part.size
      part.size = 0
      if (isSynced) this.syncedBytes = this.written
      this.options.onProgress()
    }
    if (part.next) {
      await this.lastSync
      const next = await part.next(this.file)
      if (next === this.file) return
      this.file = next
      this.fileSize = 0
      this.syncedBytes = this.written
      this.options.onProgress()
    }
  }

  private readonly everySecond = (): void => {
    if (this.policy !== 'everysec' || this.syncedBytes === this.written || this.isSyncSuspended) return
    // Whoever goes over to another file syncs this one and closes it: it may be closed by now.
    if (this.parts[0]?.next !== undefined) return
    if (this.isSyncing) this.delayedSyncs++
    else void this.sync()
  }

  private sync(): Promise<void> {
    const { file, written } = this
    this.isSyncing = true
    this.lastSync = file.sync().then(
      () => {
        this.isSyncing = false
        this.syncedBytes = Math.max(this.syncedBytes, written)
        if (!this.isTorn) this.recovered()
        this.options.onProgress()
      },
      (error: Error) => {
        this.isSyncing = false
        this.failed(error)
      },
    )
    return this.lastSync
  }

  private failed(error: Error): void {
    if (this.failure !== undefined) return
    this.failure = error
    this.options.onProgress()
  }

  private recovered(): void {
    if (this.failure === undefined) return
    this.failure = undefined
    this.options.onProgress()
    // Bytes handed to the system before may be those that it could not write.
    this.options.onDoubt()
  }

  private notifyIdle(): void {
    for (const done of this.idle.splice(0)) done()
  }

  private pause(): Promise<void> {
    return new Promise<void>((done) => {
      const timer = setTimeout(done, SECOND_MS)
      timer.unref()
      this.retry = () => {
        clearTimeout(timer)
        done()
      }
    }).then(() => {
      this.retry = undefined
    })
  }
}
